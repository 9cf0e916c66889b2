"""Draw the sample of real papers, data/samples/arxiv.csv.gz, from arXiv's metadata.

Usage::

    make sample
    python scripts/sample.py DATA OUT
    python scripts/sample.py --exports OUT

DATA has arxiv_100k.jsonl.gz, with an id, a title, an abstract and a month in each line, and
arxiv_100k_categories.jsonl.gz with the categories of each id; OUT is the file to write. A paper
is eligible if its first category is one of CATEGORIES and its month is FIRST_MONTH or later. Its
subject is the first of SUBJECTS that its title mentions. Of each subject, the EACH papers are
taken whose ids have the smallest hashes: a fair draw, and the same one in every run. Nothing in
them is changed. Papers are sorted by month and id.

Beside OUT, zotero.bib and scopus.csv are made of its papers, in the form in which these programs
export: EXPORTED papers each, SHARED of them in both. --exports makes only these two, from the
OUT that is there; it needs no DATA.
"""

import argparse
import calendar
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
EXPORTED, SHARED, WITHOUT_ABSTRACT = 150, 30, 3
COLUMNS = ("id", "title", "abstract", "date", "categories")
VENUES = {
    "cs.AI": "arXiv: Artificial Intelligence",
    "cs.CL": "arXiv: Computation and Language",
    "cs.LG": "arXiv: Machine Learning",
    "stat.ML": "arXiv: Machine Learning (Statistics)",
}
# What Zotero makes of signs that BibTeX takes for commands.
ESCAPED = str.maketrans(
    {sign: rf"\{sign}" for sign in "#%&$_{}"}
    | {"\\": "{\\textbackslash}", "~": "{\\textasciitilde}", "^": "{\\textasciicircum}"}
    | {"<": "{\\textless}", ">": "{\\textgreater}"}
)
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


def write_exports(path: Path) -> None:
    """Write zotero.bib and scopus.csv beside the sample, from its papers."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as table:
        papers = sorted(csv.DictReader(table), key=lambda paper: _hash(f"export {paper['id']}"))
    of_zotero = papers[:EXPORTED]
    of_scopus = papers[EXPORTED - SHARED :][:EXPORTED]
    _write_text(path.with_name("zotero.bib"), "\n".join(map(_as_bibtex, of_zotero)))
    rows = [_as_row(paper) for paper in of_scopus]
    for row in rows[-WITHOUT_ABSTRACT:]:
        row["Abstract"] = "[No abstract available]"  # as Scopus writes it
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, list(rows[0]), quoting=csv.QUOTE_ALL, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    _write_text(path.with_name("scopus.csv"), f"\ufeff{text.getvalue()}")


def _as_row(paper: dict[str, Any]) -> dict[str, str]:
    """Return a paper as a row of Scopus's table."""
    return {
        "Title": paper["title"],
        "Year": paper["date"][:4],
        "Source title": VENUES[paper["categories"].split(";")[0]],
        "DOI": f"10.48550/arXiv.{paper['id']}",
        "Link": f"https://arxiv.org/abs/{paper['id']}",
        "Abstract": " ".join(paper["abstract"].split()),
        "Document Type": "Preprint",
    }


def _as_bibtex(paper: dict[str, Any]) -> str:
    """Return a paper as an entry of Zotero's BibTeX."""
    row = _as_row(paper)
    month = calendar.month_abbr[int(paper["date"][5:])].lower()
    fields = {
        "title": f"{{{row['Title'].translate(ESCAPED)}}}",
        "url": f"{{{row['Link']}}}",
        "doi": f"{{{row['DOI']}}}",
        "abstract": f"{{{paper['abstract'].translate(ESCAPED)}}}",
        "journal": f"{{{row['Source title']}}}",
        "month": month,
        "year": f"{{{row['Year']}}}",
    }
    lines = "".join(f"\t{name} = {value},\n" for name, value in fields.items())
    return f"@article{{arxiv_{paper['id']},\n{lines}}}\n"


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
    print(f"{path}  {EXPORTED} papers, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("out", type=Path)
    parser.add_argument("--exports", action="store_true")
    args = parser.parse_args()
    if not args.exports:
        write(draw(args.data), args.out)
    write_exports(args.out)
