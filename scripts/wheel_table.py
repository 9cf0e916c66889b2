"""Which packages have wheels for which Pythons and machines: python scripts/wheel_table.py.

Asks pip, for all that absclust needs in the versions of constraints.txt, and for each Python and
machine, what it would install there without compiling anything. Prints the table of
docs/install.md. Needs pip 23 or later, and absclust installed where it runs.
"""

import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
_GLIBC = ("2_28", "2_27", "2_24", "2_17")  # RHEL 8, Debian 10, Ubuntu 20.04 and all later ones
MACHINES = {
    "Linux x86_64": [f"manylinux_{glibc}_x86_64" for glibc in _GLIBC] + ["manylinux2014_x86_64"],
    "Linux arm64": [f"manylinux_{glibc}_aarch64" for glibc in _GLIBC] + ["manylinux2014_aarch64"],
    "macOS arm64": ["macosx_14_0_arm64"],
    "macOS x86_64": ["macosx_14_0_x86_64"],
    "Windows x86_64": ["win_amd64"],
    "Windows arm64": ["win_arm64"],
}


def main() -> None:
    """Print a row per package that lacks a wheel somewhere, and the names of the others."""
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)$", CONSTRAINTS.read_text("utf-8"), re.MULTILINE))
    pins = {canonicalize_name(name): version for name, version in pins.items()}
    needed = sorted(name for name in closure("absclust") if name in pins)
    wanted = [f"{name}=={pins[name]}" for name in needed]
    lacks = defaultdict(list)  # by package: (machine, Python)
    for machine, platforms in MACHINES.items():
        for python in PYTHONS:
            for name in without_wheel(wanted, platforms, python):
                lacks[name].append((machine, python))
    print(f"| package | version | {' | '.join(MACHINES)} |\n|---|---|{'---|' * len(MACHINES)}")
    for name, missing in sorted(lacks.items()):
        cells = [_cell([p for m, p in missing if m == machine]) for machine in MACHINES]
        print(f"| {name} | {pins[name]} | {' | '.join(cells)} |")
    others = [f"{name} {pins[name]}" for name in needed if name not in lacks]
    print(f"\nEverywhere: {', '.join(others)}.")


def _cell(missing: list[str]) -> str:
    if not missing:
        return "yes"
    return "no" if len(missing) == len(PYTHONS) else f"not for {', '.join(missing)}"


def closure(name: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the names of all packages that an installed one needs, and theirs."""
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return seen  # needed on another system only
    for line in lines:
        requirement = Requirement(line)
        needed = canonicalize_name(requirement.name)
        if needed not in seen and (not requirement.marker or requirement.marker.evaluate()):
            seen = closure(needed, seen | {needed})
    return seen


def without_wheel(pins: list[str], platforms: list[str], python: str) -> list[str]:
    """Return the names of those packages that pip would have to compile there."""
    found = []
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps"]
    pip += ["--only-binary=:all:", "--ignore-installed", "--python-version", python]
    pip += [word for platform in platforms for word in ("--platform", platform)]
    with tempfile.TemporaryDirectory() as folder:
        while pins:
            done = subprocess.run(
                [*pip, "--target", folder, *pins], capture_output=True, text=True, check=False
            )
            if done.returncode == 0:
                break
            # The second is what pip says of a package that its own settings constrain.
            lacking = re.search(r"(?:distribution found for|Cannot install) (\S+)", done.stderr)
            if not lacking or lacking[1] not in pins:
                sys.exit(done.stderr)
            found.append(lacking[1].partition("==")[0])
            pins = [pin for pin in pins if pin != lacking[1]]
            print(f"{lacking[1]}: none for {python} on {platforms[0]}", file=sys.stderr)
    return found


if __name__ == "__main__":
    main()
