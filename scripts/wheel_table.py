"""Which packages have wheels for which Pythons and machines: python scripts/wheel_table.py.

Reads what pip's index lists of each package that absclust needs, in the versions of
constraints.txt, and prints the table of docs/install.md. Runs where absclust is installed.
"""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import canonicalize_name, parse_wheel_filename
from pip._internal.models.index import PyPI

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"
PYTHONS = ((3, 11), (3, 12), (3, 13), (3, 14))
GLIBC = range(28, 16, -1)  # glibc 2.28: Debian 10, Ubuntu 20.04, RHEL 8, and all later ones
MACHINES = {
    "Linux x86_64": [f"manylinux_2_{minor}_x86_64" for minor in GLIBC] + ["manylinux2014_x86_64"],
    "Linux arm64": [f"manylinux_2_{minor}_aarch64" for minor in GLIBC] + ["manylinux2014_aarch64"],
    "macOS arm64": list(mac_platforms((14, 0), "arm64")),
    "macOS x86_64": list(mac_platforms((14, 0), "x86_64")),
    "Windows x86_64": ["win_amd64"],
    "Windows arm64": ["win_arm64"],
}


def main() -> None:
    """Print a row per package that lacks a wheel somewhere, and the names of the others."""
    pins = re.findall(r"^([\w.-]+)==(\S+)$", CONSTRAINTS.read_text("utf-8"), re.MULTILINE)
    versions = {canonicalize_name(name): version for name, version in pins}
    print(f"| package | version | {' | '.join(MACHINES)} |\n|---|---|{'---|' * len(MACHINES)}")
    everywhere = []
    for name in sorted(closure("absclust") & set(versions)):
        tags = wheel_tags(name, versions[name])
        cells = [cell(tags, platforms) for platforms in MACHINES.values()]
        if set(cells) == {"yes"}:
            everywhere.append(f"{name} {versions[name]}")
        else:
            print(f"| {name} | {versions[name]} | {' | '.join(cells)} |")
    print(f"\nThe other {len(everywhere)} have wheels for all: {', '.join(everywhere)}.")


def closure(name: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the names of all packages that an installed one needs, and theirs."""
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return seen  # needed on another system only
    for requirement in map(Requirement, lines):
        needed = canonicalize_name(requirement.name)
        if needed not in seen and (not requirement.marker or requirement.marker.evaluate()):
            seen = closure(needed, seen | {needed})
    return seen


def wheel_tags(name: str, version: str) -> frozenset[Tag]:
    """Return the tags of all wheels of one version."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"],
        capture_output=True,
        text=True,
        check=False,  # none is set: the usual one
    )
    index = (asked.stdout.strip() or PyPI.simple_url).rstrip("/")
    request = urllib.request.Request(
        f"{index}/{name}/", headers={"Accept": "application/vnd.pypi.simple.v1+json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        files = [file["filename"] for file in json.load(answer)["files"] if not file["yanked"]]
    wheels = [file for file in files if re.match(rf"[^-]+-{re.escape(version)}-.*\.whl$", file)]
    return frozenset().union(*(parse_wheel_filename(file)[3] for file in wheels))


def cell(tags: Iterable[Tag], platforms: list[str]) -> str:
    """Say for which Pythons one of the wheels would be installed on a machine."""
    without = [
        f"{python[0]}.{python[1]}"
        for python in PYTHONS
        if not {*cpython_tags(python, platforms=platforms)}.union(
            compatible_tags(python, f"cp{python[0]}{python[1]}", platforms)
        )
        & set(tags)
    ]
    if not without:
        return "yes"
    return "no" if len(without) == len(PYTHONS) else f"not for {', '.join(without)}"


if __name__ == "__main__":
    main()
