"""Run the commands of a page's console blocks, and put what they print below them.

Usage::

    python scripts/transcript.py docs/guides/shell.md

The commands, each after ``$``, run one after the other in an empty folder that has the samples
in ``data``, and the files of blocks of TOML that begin with ``# NAME``. A test compares what the
page says with what they print today.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^```toml\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def told_anew(page: str, folder: Path) -> str:
    """Return a page with the output of its commands as it is now, run in a folder."""
    bin_folder = folder / ".bin"
    bin_folder.mkdir()
    (folder / "data").symlink_to(ROOT / "data")
    command = bin_folder / "absclust"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m absclust "$@"\n', "utf-8")
    command.chmod(0o755)
    for name, content in FILE.findall(page):
        (folder / name).write_text(content, "utf-8")
    environment = os.environ | {
        "PATH": f"{bin_folder}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONIOENCODING": "utf-8",
    }

    def run(block: re.Match[str]) -> str:
        lines = []
        for line in re.findall(r"^\$ .*", block[0], re.MULTILINE):
            done = subprocess.run(
                ["bash", "-c", line[2:]],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                check=False,
            )
            lines += [line, *done.stdout.rstrip().splitlines()]
        return "".join(f"{line.rstrip()}\n" for line in lines)

    return BLOCK.sub(run, page)


def main() -> None:
    """Rewrite the pages that are named."""
    for name in sys.argv[1:]:
        path = Path(name)
        with tempfile.TemporaryDirectory() as folder:
            path.write_text(told_anew(path.read_text("utf-8"), Path(folder)), "utf-8")


if __name__ == "__main__":
    main()
