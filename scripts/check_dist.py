"""Check what a wheel and an sdist hold: python scripts/check_dist.py dist.

The sdist must hold what git tracks, the wheel all that git tracks of the package: nothing less,
such as a word list or a module of the page, and nothing more, such as caches or tests.
"""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path


def main(folder: str) -> None:
    """Compare the one wheel and the one sdist in a folder with the repository."""
    [wheel], [sdist] = Path(folder).glob("*.whl"), Path(folder).glob("*.tar.gz")
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True)
    tracked = set(listed.stdout.split("\0")) - {""}
    with tarfile.open(sdist) as archive:
        members = [member.name for member in archive if member.isfile()]
    in_sdist = {name.partition("/")[2] for name in members}
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = {f"src/{name}" for name in archive.namelist() if ".dist-info/" not in name}
    compare(sdist, in_sdist, tracked | {"PKG-INFO"})
    compare(wheel, in_wheel, {name for name in tracked if name.startswith("src/")})


def compare(path: Path, found: set[str], expected: set[str]) -> None:
    """Say what a file holds, or stop if that isn't what it should hold."""
    if found != expected:
        sys.exit(
            f"{path}: lacks {sorted(expected - found)}, and has {sorted(found - expected)}, "
            "which git doesn't track; commit or remove it"
        )
    print(f"{path}: {len(found)} files, {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1])
