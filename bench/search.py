"""Measure search: what it finds by words, by meaning and by both, and how fast it is.

Usage::

    make bench-search
    python bench/search.py SHARED [--tables papers themes speed]

SHARED contains the folders ``labelled`` and ``unlabelled`` with ``*.jsonl.gz`` files. Prints
Markdown tables; docs/measured/searching.md has those of the last run. How the two rankings are
joined, and how many papers vote, was chosen on the sets in CHOSEN; the others show what it is
worth.
"""

import argparse
import gzip
import json
import statistics
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
from peers import peak_gb

from absclust import cluster_abstracts, load
from absclust.analysis.search import Scores, by_meaning, by_words, called, votes
from absclust.corpus.columns import keywords
from absclust.theme_map import ThemeMap

CHOSEN = ("arxiv_ml", "nlp_tracks", "tib_mixed_de_en")
REPORTED = ("aaai21_clusters", "iclr26_areas", "csl_zh", "wos_1k", "biomed_3k", "reviews_17k")
LARGE = "arxiv_100k"
QUERIES = 1000
WAYS = ("words", "meaning", "both", "ranks", "search")
RRF = 60  # of Cormack, Clarke and Buettcher
TIMED = 100


def read(shared: Path, name: str) -> pd.DataFrame:
    """Read a set."""
    path = next(shared.glob(f"*labelled/{name}.jsonl.gz"))
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return pd.DataFrame(map(json.loads, lines))


def cluster(frame: pd.DataFrame) -> ThemeMap:
    """Cluster titles and abstracts alone: keywords must not be known to the map."""
    return cluster_abstracts(frame.reindex(columns=["title", "abstract"]), progress=False)


def scores_of(themes: ThemeMap, queries: list[str]) -> Iterator[dict[str, Scores]]:
    """Yield the scores of the papers for each query, in every way."""
    encoder = themes.foundation.encoder
    assert encoder is not None
    for query, vector in zip(queries, encoder.transform(queries).vectors, strict=True):
        words, meaning = by_words(themes, query), by_meaning(themes, vector)
        ranks = reciprocal(words) * (words > 0) + reciprocal(meaning)
        both = (words + meaning) / 2
        found = both.copy()
        sought = called(themes, query, words)
        found[sought] = 1 + found[sought].clip(1e-6)
        yield dict(zip(WAYS, (words, meaning, both, ranks, found), strict=True))


def reciprocal(scores: Scores) -> Scores:
    """Return the reciprocal of each rank, as in reciprocal rank fusion."""
    rank = np.empty(len(scores))
    rank[np.argsort(-scores, kind="stable")] = np.arange(len(scores)) + 1
    return 1 / (RRF + rank)


def table_of_papers(shared: Path) -> None:
    """Print how often a title finds its paper first, and the share of others with its label."""
    print("\n| set | papers | queries | " + " | ".join(f"first, {way}" for way in WAYS), end=" | ")
    print(" | ".join(f"label, {way}" for way in WAYS[:4]) + " |\n|" + "---|" * 12)
    for name in (*CHOSEN, *REPORTED, LARGE):
        frame = read(shared, name)
        if "title" not in frame:
            continue
        themes = cluster(frame)
        corpus = themes.corpus
        titled = [p for p in range(corpus.n_papers) if corpus.paper_titles[p]]
        titled = [p for p in titled if len(corpus.paper_texts[p]) > len(corpus.paper_titles[p]) + 2]
        chosen = np.random.default_rng(0).permutation(titled)[:QUERIES]
        queries = [corpus.paper_titles[paper] for paper in chosen]
        titles = np.array([title.casefold() for title in corpus.paper_titles], dtype=object)
        label = frame["label"].to_numpy()[corpus.first_row] if "label" in frame else None
        first, same = defaultdict(list), defaultdict(list)
        for paper, scores in zip(chosen, scores_of(themes, queries), strict=True):
            for way, of_papers in scores.items():
                best = np.argsort(-of_papers, kind="stable")[:11]
                first[way].append(titles[best[0]] == titles[paper])
                if label is not None:
                    others = best[best != paper][:10]
                    same[way].append((label[others] == label[paper]).mean())
        cells = [f"{np.mean(first[way]):.1%}" for way in WAYS]
        cells += [f"{np.mean(same[way]):.3f}" if label is not None else "–" for way in WAYS[:4]]
        print(
            f"| {name} | {corpus.n_papers:,} | {len(queries):,} | {' | '.join(cells)} |", flush=True
        )


def table_of_themes(shared: Path) -> None:
    """Print how often a paper's keywords find its theme: first, and in the first three."""
    ways = (*WAYS[:3], "both, without the paper")
    print("\n| set | themes | queries | " + " | ".join(ways) + " |\n|" + "---|" * 7)
    for name in (*CHOSEN, *REPORTED):
        frame = read(shared, name)
        if "keywords" not in frame:
            continue
        themes = cluster(frame)
        corpus, labels = themes.corpus, themes._paper_labels
        given = keywords(frame.assign(title="")[["title", "keywords"]])
        papers = [p for p, row in enumerate(corpus.first_row) if given[row] and labels[p] >= 0]
        papers = np.random.default_rng(0).permutation(papers)[:QUERIES]
        queries = [" ".join(given[corpus.first_row[paper]]) for paper in papers]
        ranks = defaultdict(list)
        for query, paper, scores in zip(queries, papers, scores_of(themes, queries), strict=True):
            others = scores["both"].copy()
            others[paper] = 0
            for way, of_papers in (scores | {ways[3]: others}).items():
                share = votes(themes, query, of_papers, of_papers > 0)
                own = share[labels[paper]]
                ranks[way].append((share > own).sum() if own else len(themes))
        cells = [
            f"{np.mean(np.less(ranks[w], 1)):.1%}, {np.mean(np.less(ranks[w], 3)):.1%}"
            for w in ways
        ]
        print(f"| {name} | {len(themes)} | {len(queries):,} | {' | '.join(cells)} |", flush=True)


def table_of_speed(shared: Path) -> None:
    """Print the time of the first search and of later ones, on a loaded map."""
    print("\n| papers | first search | later, median | longest | processor time, median", end="")
    print(" | words | index | peak memory |\n|" + "---|" * 8)
    for n in (1000, 10_000, 100_000):
        frame = read(shared, LARGE)[:n]
        with tempfile.TemporaryDirectory() as folder:
            cluster(frame).save(f"{folder}/map.zip")
            themes = load(f"{folder}/map.zip")
        titles = frame["title"].iloc[:: max(1, n // TIMED)].tolist()
        queries = [part for title in titles for part in (title, " ".join(title.split()[:2]))]
        began = time.perf_counter()
        themes.search("reward hacking")
        first = time.perf_counter() - began
        times, busy = [], []
        for query in islice(queries, TIMED):
            began, before = time.perf_counter(), time.process_time()
            themes.search(query)
            times.append(time.perf_counter() - began)
            busy.append(time.process_time() - before)
        words = themes.foundation.words
        parts = (words.weights.data, words.weights.indices, words.weights.indptr)
        megabytes = sum(part.nbytes for part in parts) / 1e6
        middle, longest = statistics.median(times) * 1e3, max(times) * 1e3
        row = f"{n:,} | {first:.1f} s | {middle:.0f} ms | {longest:.0f} ms"
        row += f" | {statistics.median(busy) * 1e3:.0f} ms"
        row += f" | {len(words.numbers):,} | {megabytes:.0f} MB | {peak_gb():.1f} GB"
        print(f"| {row} |", flush=True)


def main() -> None:
    """Print the requested tables."""
    tables = {"papers": table_of_papers, "themes": table_of_themes, "speed": table_of_speed}
    parser = argparse.ArgumentParser(description="Measure search.")
    parser.add_argument("shared", type=Path)
    parser.add_argument("--tables", nargs="+", choices=tables, default=list(tables))
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    for table in args.tables:
        tables[table](args.shared)


if __name__ == "__main__":
    main()
