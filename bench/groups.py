"""Measure groups and reading lists: false alarms, what a list covers, and the time they take.

Usage::

    make bench-groups
    python bench/groups.py DATA [--tables alarms lists time]

DATA is the folder that contains ``labelled`` and ``unlabelled``. Prints Markdown tables;
docs/measured/groups.md has those of the last run. Everything uses the built-in embedding.
"""

import argparse
import gzip
import json
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from absclust import ThemeMap, cluster_abstracts
from absclust.themes.coverage import coverage

ALARMS = {
    "labelled/iclr26_areas": "label",
    "labelled/nlp_tracks": "label",
    "labelled/wos_1k": "sublabel",
    "labelled/tib_mixed_de_en": "label",
    "unlabelled/conferences_80k": "venue",
    "unlabelled/reviews_17k": "review",
}
SHUFFLES = 200
LISTS = (
    "labelled/aaai21_clusters",
    "labelled/iclr26_areas",
    "labelled/nlp_tracks",
    "labelled/wos_1k",
    "labelled/pubmed5terms",
    "labelled/tib_mixed_de_en",
    "unlabelled/biomed_3k",
    "unlabelled/conferences_80k",
)
LENGTHS = (5, 10, 20)
DRAWS = 100
MOST_PAPERS = 4000  # per set
SIZES = (1000, 10_000, 100_000)


def read(path: Path, n: int) -> pd.DataFrame:
    """Return the first n papers of a file."""
    with gzip.open(path.with_name(f"{path.name}.jsonl.gz"), "rt", encoding="utf-8") as lines:
        return pd.DataFrame([json.loads(line) for line in islice(lines, n)])


def alarms(data: Path) -> None:
    """Count the tables with any news if the groups are shuffled among the papers."""
    print("| set | papers | themes | groups | tables with news, shuffled | cells with news |")
    print("|---|---|---|---|---|---|")
    for name, column in ALARMS.items():
        papers = read(data / name, MOST_PAPERS).drop_duplicates("abstract")
        random = np.random.default_rng(0)
        shuffled = {f"_{i}": random.permutation(papers[column]) for i in range(SHUFFLES)}
        papers = papers.reset_index(drop=True).join(pd.DataFrame(shuffled))
        themes = cluster_abstracts(papers, progress=False)
        n_false = sum((themes.by(shuffle)["news"] != "even").any() for shuffle in shuffled)
        real = themes.by(column)
        n_groups, n_news = real["group"].nunique(), (real["news"] != "even").sum()
        print(
            f"| {name.partition('/')[2]} by {column} | {len(papers):,} | {len(themes)} "
            f"| {n_groups} | {n_false} of {SHUFFLES} | {n_news} of {len(real)} |"
        )


def typical(themes: ThemeMap, n: int) -> np.ndarray:
    """Return the most typical paper of each theme, largest first, then the second of each."""
    rows = [
        theme.representative_rows[rank]
        for rank in range(3)
        for theme in themes
        if rank < len(theme.representative_rows)
    ]
    return themes.corpus.paper_of_row[rows[:n]]


def lists(data: Path) -> None:
    """Compare what reading lists cover with random papers and with typical ones."""
    header = [f"{n}: list, random, typical" for n in LENGTHS]
    print(f"| set | papers | themes | {' | '.join(header)} | labels of 20: list, random, typical |")
    print("|---" * (len(LENGTHS) + 4) + "|")
    for name in LISTS:
        papers = read(data / name, MOST_PAPERS)
        themes = cluster_abstracts(papers, progress=False)
        corpus, vectors = themes.corpus, themes.foundation.paper_embedding
        longest = max(LENGTHS)
        chosen = corpus.paper_of_row[themes.reading_list(longest)["row"]]
        random = np.random.default_rng(0)
        drawn = [random.choice(len(vectors), longest, replace=False) for _ in range(DRAWS)]
        usual = typical(themes, longest)
        shares = [
            coverage(vectors, chosen),
            np.mean([coverage(vectors, papers) for papers in drawn], axis=0),
            coverage(vectors, usual),
        ]
        cells = [
            ", ".join(f"{share[min(n, len(share)) - 1]:.3f}" for share in shares) for n in LENGTHS
        ]
        labels = ""
        if "label" in papers:
            label = papers["label"].to_numpy()[corpus.first_row]
            counts = [len(set(label[p])) for p in (chosen, *drawn, usual)]
            labels = f"{counts[0]}, {np.mean(counts[1:-1]):.1f}, {counts[-1]}"
            labels += f" of {len(set(label))}"
        print(
            f"| {name.partition('/')[2]} | {len(vectors):,} | {len(themes)} "
            f"| {' | '.join(cells)} | {labels} |"
        )


def seconds(call: Callable[..., object], *options: object) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    call(*options)
    return time.perf_counter() - start


def times(data: Path) -> None:
    """Measure the seconds that each call takes on a finished map."""
    print("| papers | themes | clustering | by | memberships | reading_list | papers(theme=0) |")
    print("|---" * 7 + "|")
    for n in SIZES:
        papers = read(data / "unlabelled/arxiv_100k", n)
        start = time.perf_counter()
        themes = cluster_abstracts(papers, progress=False)
        taken = [time.perf_counter() - start]
        taken += [
            seconds(themes.by, "year"),
            seconds(themes.memberships),
            seconds(themes.reading_list),
            seconds(themes.papers, 0),
        ]
        print(f"| {n:,} | {len(themes)} | {' | '.join(f'{s:.2f} s' for s in taken)} |", flush=True)


TABLES = {"alarms": alarms, "lists": lists, "time": times}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    options = parser.parse_args()
    for table in options.tables:
        print(f"\n## {table}\n")
        TABLES[table](options.data)
