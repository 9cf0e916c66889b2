"""Run the commands and the code of a page, and put what they print below them.

Usage::

    python scripts/transcript.py README.md docs/guides/shell.md docs/trust.md

All run one after the other in an empty folder that has the samples in ``data``:

- commands, each after ``$``, in a block of ``console``; what they print stands below each;
- Python, in a block that a block of ``text`` follows, in which what it prints stands, and all
  Python above it;
- files, in blocks of TOML that begin with ``# NAME``. The theme at the beginning of a line that
  ends in ``# about WORDS`` is the one that ``absclust search`` finds by them in the newest map.

A test compares what the pages say with what is printed today.
"""

import io
import json
import os
import re
import subprocess
import sys
import tempfile
from contextlib import chdir, redirect_stdout
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
BLOCK = re.compile(
    r"(?<=^```)(?P<kind>console|toml|python)\n(?P<code>.*?^)```\n"
    r"(?:\n```text\n(?P<printed>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
ABOUT = re.compile(r'^( *)"[^"]+"(?=.*# about (.+)$)', re.MULTILINE)


def told_anew(page: str, folder: Path) -> str:
    """Return a page with the output of its commands and its code as it is now."""
    bin_folder = folder / ".bin"
    bin_folder.mkdir()
    (folder / "data").symlink_to(ROOT / "data")
    command = bin_folder / "absclust"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m absclust "$@"\n', "utf-8")
    command.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{bin_folder}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONIOENCODING": "utf-8",
    }
    names: dict = {}
    last = max((block.start() for block in BLOCK.finditer(page) if block["printed"]), default=-1)

    def run(line: str) -> str:
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return done.stdout

    def console(code: str) -> str:
        lines = []
        for line in re.findall(r"^\$ .*", code, re.MULTILINE):
            lines += [line, *run(line[2:]).rstrip().splitlines()]
        return "".join(f"{line.rstrip()}\n" for line in lines)

    def theme(found: re.Match[str]) -> str:
        maps = sorted(folder.glob("*/map.zip"), key=os.path.getmtime)
        found_themes = run(f'absclust search {maps[-1]} "{found[2]}" --themes -n 1 --json')
        return found[1] + json.dumps(json.loads(found_themes)[0]["name"])

    def python(code: str) -> str:
        with chdir(folder), redirect_stdout(io.StringIO()) as out:
            exec(code, names)
        return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())

    def told(block: re.Match[str]) -> str:
        kind, code, printed = block["kind"], block["code"], block["printed"]
        if kind == "console":
            return block[0].replace(code, console(code))
        if kind == "toml" and (name := re.match(r"# (\S+)\n", code)):
            code = ABOUT.sub(theme, code)
            (folder / name[1]).write_text(code.partition("\n")[2], "utf-8")
            return block[0].replace(block["code"], code)
        if kind == "python" and block.start() <= last:
            now = python(code)
            if printed is not None:
                return block[0].removesuffix(f"{printed}```\n") + f"{now}```\n"
        return block[0]

    return BLOCK.sub(told, page)


def main() -> None:
    """Rewrite the pages that are named."""
    for name in sys.argv[1:]:
        path = Path(name)
        with tempfile.TemporaryDirectory() as folder:
            path.write_text(told_anew(path.read_text("utf-8"), Path(folder)), "utf-8")


if __name__ == "__main__":
    main()
