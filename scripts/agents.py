"""Write AGENTS.md, a page for programs that write code, and llms.txt, a list of the pages.

Usage::

    python scripts/agents.py

AGENTS.md is made of the Makefile's targets and of CONTRIBUTING.md; a test compares it. The site's
build writes llms.txt from the toctrees and the pages themselves.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TARGETS = ("install", "demo", "test", "test-fast", "lint", "types", "docs", "notebooks")
TARGET = re.compile(r"^([a-z-]+):.*## (.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```$\n", re.MULTILINE | re.DOTALL)
TOCTREE = re.compile(r"^```\{toctree\}\n(.*?)^```", re.MULTILINE | re.DOTALL)


def agents() -> str:
    """Return AGENTS.md."""
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    known = dict(TARGET.findall((ROOT / "Makefile").read_text("utf-8")))
    targets = "\n".join(f"- `make {name}`: {known[name]}" for name in TARGETS)
    rows = re.findall(r"^\| `(\w+/)` \| (.+?) \|", contributing, re.MULTILINE)
    packages = "\n".join(f"- `src/absclust/{name}` {what}" for name, what in rows)
    rules = contributing.split("## How we write\n")[1].split("\n## ")[0].strip()
    return f"""# AGENTS.md

For programs that write code here. Made by `make agents` from the Makefile and
[CONTRIBUTING.md](CONTRIBUTING.md), which has more: where each thing is, and two worked examples.
Change those, not this page.

absclust clusters abstracts of papers into named themes, offline and reproducibly:
`cluster_abstracts(texts)`.

## Commands

{targets}

## Packages, in the order in which data flows

Each may import those above it and nothing below.

{packages}

## Rules

{rules}
"""


def pages(name: str = "index") -> list[str]:
    """Return the pages below one, in the order of the toctrees; guides come first."""
    path = ROOT / "docs" / f"{name}.md"
    if not path.exists():
        return []
    found = []
    for tree in TOCTREE.findall(path.read_text("utf-8")):
        for line in filter(None, tree.splitlines()):
            if not line.startswith(":"):
                below = str(Path(name).parent / re.sub(r".*<(.+)>$", r"\1", line))
                found += [below, *pages(below)]
    return [page for page in found if not page.startswith("notebooks/")]  # copied by the build


def llms() -> str:
    """Return llms.txt: each page of the site, with its title and its first sentence."""
    lines = [
        "# absclust",
        "",
        "> Cluster paper abstracts into named themes, offline, in one call.",
        "",
    ]
    for name in pages():
        path = ROOT / "docs" / f"{name}.md"
        if path.exists():
            text = FENCE.sub("", path.read_text("utf-8"))
            heading = re.search(r"^# (.+)$", text, re.MULTILINE)
            title = heading[1] if heading else path.stem.capitalize()
            first = re.search(r"^(?=[A-Z`])((?:.+\n)+)", text.split("\n", 1)[1], re.MULTILINE)
            about = re.split(r"(?<=[.:])\s", " ".join(first[1].split()))[0] if first else ""
            lines.append(f"- [{title}]({name}.html): {re.sub(r'[][]|[(][^)]*[)]', '', about)}")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    (ROOT / "AGENTS.md").write_text(agents(), "utf-8")
