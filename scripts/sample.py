"""Draw the sample of real papers, data/samples/arxiv.csv.gz, from arXiv's metadata.

Usage::

    make sample
    python scripts/sample.py DATA OUT

DATA has arxiv_100k.jsonl.gz, with an id, a title, an abstract and a month in each line, and
arxiv_100k_categories.jsonl.gz with the categories of each id; OUT is the file to write. A paper
is eligible if its first category is one of CATEGORIES and its month is FIRST_MONTH or later. Its
subject is the first of SUBJECTS that its title mentions. Of each subject, the EACH papers are
taken whose ids have the smallest hashes: a fair draw, and the same one in every run. Nothing in
them is changed. Papers are sorted by month and id.
"""

import argparse
import csv
import gzip
import hashlib
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CATEGORIES = ("cs.AI", "cs.CL", "cs.LG", "stat.ML")
FIRST_MONTH = "2023-01"
EACH = 250
COLUMNS = ("id", "title", "abstract", "date", "categories")
SUBJECTS = {
    name: re.compile(terms, re.IGNORECASE)
    for name, terms in {
        "value-based reinforcement learning": (
            r"\bq-?(?:learning|functions?|values?|networks?)\b|\bvalue[- ](?:functions?|iteration|"
            r"estimation|learning|based)|temporal[- ]difference|\bTD\b|bellman|\bcritics?\b|"
            r"off-policy|offline (?:reinforcement|rl|goal)|\bdqn\b|"
            r"distributional (?:reinforcement|rl)|successor (?:features?|measures?)"
        ),
        "other reinforcement learning": (
            r"reinforcement learning|\bMDPs?\b|markov decision|bandits?\b|"
            r"policy (?:gradient|optimi[sz])"
        ),
        "preference learning and alignment": (
            r"preferences?\b|human feedback|\brlhf\b|\bdpo\b|reward model|reward hacking|sycophan|"
            r"(?:ai|values?|llm|model|human|safety|pluralistic|cultural|moral) alignment|"
            r"\balign(?:ing|ed)? (?:large |language |llms?\b)|misalign"
        ),
        "agents": r"\bagents?\b|agentic",
        "benchmarks and evaluation": r"benchmark|-as-a-judge|leaderboard|evaluat",
        "reasoning, interpretability and world models": (
            r"chain[- ]of[- ]thought|reasoning|interpretab|sparse autoencoder|world models?"
        ),
    }.items()
}


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a compressed file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def subject(paper: dict[str, Any]) -> str | None:
    """Return the first subject that the title mentions."""
    return next((name for name, terms in SUBJECTS.items() if terms.search(paper["title"])), None)


def draw(data: Path) -> list[dict[str, Any]]:
    """Return the papers of the sample, sorted by month and id."""
    found = read_lines(data / "arxiv_100k_categories.jsonl.gz")
    categories = {paper["id"]: paper["categories"] for paper in found}
    of_subject: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for paper in read_lines(data / "arxiv_100k.jsonl.gz"):
        known = categories[paper["id"]]
        if known[0] in CATEGORIES and paper["date"] >= FIRST_MONTH and (name := subject(paper)):
            of_subject[name].append(paper | {"categories": "; ".join(known)})
    drawn = []
    for name in SUBJECTS:
        papers = sorted(of_subject[name], key=lambda paper: _hash(paper["id"]))
        print(f"{name}: {len(papers[:EACH])} of {len(papers)}")
        drawn += papers[:EACH]
    return sorted(drawn, key=lambda paper: (paper["date"], paper["id"]))


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def write(papers: list[dict[str, Any]], path: Path) -> None:
    """Write the papers as compressed CSV, byte for byte the same in every run."""
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows(papers)
    beside = path.with_name(f".{path.name}")
    beside.write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0))
    beside.replace(path)
    print(f"{path}  {len(papers)} papers, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    write(draw(args.data), args.out)
