"""What an install costs, and the first minute with it: python bench/install.py.

Clones the repository, makes an environment, installs the whole, the light and the developers'
set of packages with an empty pip cache and again with a full one, and goes on to the map of the
sample: the time of each step, and what lies on the disk in the end. Prints Markdown tables.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
# What each way installs, as docs/install.md says; the clone is the working directory.
WAYS = {
    "light": ["-r requirements-light.txt", "--no-deps ."],
    "whole": ["."],
    "developers'": ["-e .[dev]"],
}
CLUSTER = "absclust.cluster_abstracts(absclust.read_abstracts('data/samples/abstracts.csv'))"


def main() -> None:
    """Print a row per way, and the steps of each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ways", nargs="*", default=list(WAYS), help=f"any of {list(WAYS)}")
    ways = parser.parse_args().ways
    print("| way | pip cache | step | s | s of CPU |\n|---|---|---|---:|---:|")
    sizes = [measure(way, Path(folder)) for way in ways for folder in [tempfile.mkdtemp()]]
    print("\n| way | packages | MB | the largest, MB |\n|---|---:|---:|---|")
    print("\n".join(sizes))


def measure(way: str, folder: Path) -> str:
    """Print the steps of one way with both states of the cache; return its row of sizes."""
    environment = os.environ | {
        "PIP_CACHE_DIR": str(folder / "cache"),
        "MPLCONFIGDIR": str(folder / "mpl"),
        "MPLBACKEND": "agg",
    }
    clone, venv = folder / "clone", folder / "venv"
    python = str(venv / "bin" / "python")
    command = [python, "-m", "absclust", "cluster"]
    pip = [python, "-m", "pip", "install", "-q", "-c", "constraints.txt"]
    for cache in ("empty", "full"):
        shutil.rmtree(clone, ignore_errors=True)
        shutil.rmtree(venv, ignore_errors=True)
        steps = {
            "git clone": [["git", "clone", "-q", str(ROOT), str(clone)]],
            "python -m venv": [[sys.executable, "-m", "venv", str(venv)]],
            "pip install": [[*pip, *what.split()] for what in WAYS[way]],
            "first import": [[python, "-c", "import absclust; absclust.ThemeModel"]],
            "themes of the sample": [[python, "-c", f"import absclust; {CLUSTER}"]],
            "themes and first map": [[python, "-c", f"import absclust; {CLUSTER}.plot()"]],
            "the command, with all files": [
                [*command, "data/samples/abstracts.csv", "--out", str(folder / "out"), "--quiet"]
            ],
        }
        for step, commands in steps.items():
            before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            for words in commands:
                where = clone if clone.exists() else folder
                subprocess.run(
                    words, cwd=where, env=environment, check=True, stdout=subprocess.DEVNULL
                )
            wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(f"| {way} | {cache} | {step} | {wall:.1f} | {cpu:.1f} |", flush=True)
    row = sizes(way, venv)
    shutil.rmtree(folder)
    return row


def sizes(way: str, venv: Path) -> str:
    """Return a row with the number of packages in an environment, and their size."""
    packages = next(venv.glob("lib/python*/site-packages"))
    mb = {
        path.name: sum(f.stat().st_size for f in path.rglob("*") if f.is_file()) / 1e6
        for path in packages.iterdir()
        if path.is_dir()
    }
    largest = sorted(mb, key=mb.__getitem__, reverse=True)[:8]
    count = len(list(packages.glob("*.dist-info")))
    named = ", ".join(f"{name} {mb[name]:.0f}" for name in largest)
    return f"| {way} | {count} | {sum(mb.values()):.0f} | {named} |"


if __name__ == "__main__":
    main()
