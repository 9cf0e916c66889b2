"""Judge theme names: of gold clusters named from their papers, and of default calls.

Usage::

    make bench-naming             # in .venv, with the extra "bench"
    python bench/naming.py LABELLED

The clusters are the labels with at least ten papers, except "other". A name counts as
right if, embedded with all-MiniLM-L6-v2, it is closer to its own label than to any other
label. It is compared with BERTopic's naming in its best variant: the first four terms by
c-TF-IDF, with English stop words removed and phrases of one or two words. For sets with
authors' keywords, the share of clusters whose first keyword is one of them is printed.
The weights in ``absclust.naming.name`` were set on aaai21_clusters and nlp_tracks.
"""

import argparse
import gzip
import json
import os
import time
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from absclust import cluster_abstracts
from absclust.corpus.corpus import Corpus, build_corpus
from absclust.naming.keywords import name_themes
from absclust.text.phrases import phrase_key
from embedding import minilm

SETS = ("aaai21_clusters", "nlp_tracks", "iclr26_areas")
ALL_SETS = (*SETS, "arxiv_ml", "wos_1k", "pubmed5terms")
FEWEST_PAPERS = 10


@dataclass(frozen=True)
class Gold:
    """Papers in clusters made by people, with the authors' keywords."""

    corpus: Corpus
    labels: np.ndarray
    names: list[str]
    keywords: list[list[str]]


def load(path: Path) -> Gold:
    """Read the papers of the labels that serve as clusters."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    sizes = Counter(row["label"] for row in rows)
    names = [n for n in sorted(sizes) if sizes[n] >= FEWEST_PAPERS and "other" not in n.lower()]
    rows = [row for row in rows if row["label"] in names]
    corpus = build_corpus([{"title": r["title"], "abstract": r["abstract"]} for r in rows])
    papers = [rows[i] for i in corpus.first_row]
    labels = np.array([names.index(row["label"]) for row in papers])
    return Gold(corpus, labels, names, [_keywords(row.get("keywords")) for row in papers])


def _keywords(value: str | list[str] | None) -> list[str]:
    parts = value.replace(";", ",").split(",") if isinstance(value, str) else value or []
    return [phrase_key(part) for part in parts]


def first_terms(gold: Gold) -> list[list[str]]:
    """Return each cluster's first four terms by BERTopic's c-TF-IDF."""
    words = CountVectorizer(stop_words="english", ngram_range=(1, 2))
    counts = words.fit_transform(gold.corpus.paper_texts)
    member = np.eye(len(gold.names), dtype=np.int64)[gold.labels]
    of_cluster = counts.T @ member
    mean = of_cluster.sum() / len(gold.names)
    inverse = np.log1p(mean / np.asarray(of_cluster.sum(axis=1)).ravel())
    scores = normalize(of_cluster, norm="l1", axis=0) * inverse[:, None]
    terms = words.get_feature_names_out()
    return [list(terms[np.argsort(-column)[:4]]) for column in scores.T]


def right(names: list[str], labels: list[str]) -> float:
    """Return the share of names that are closest to their own label."""
    judge = minilm(256)
    similarity = judge.encode(names) @ judge.encode(labels).T
    return float((similarity.argmax(axis=1) == np.arange(len(labels))).mean())


def share_of_authors(first: list[str], gold: Gold) -> float | None:
    """Return the share of clusters whose first keyword is an author's keyword in its papers."""
    if not any(gold.keywords):
        return None
    own = [set[str]() for _ in gold.names]
    for label, keywords in zip(gold.labels, gold.keywords, strict=True):
        own[label].update(keywords)
    return float(np.mean([phrase_key(word) in own[i] for i, word in enumerate(first)]))


def show_names(title: str, names: list[str]) -> None:
    """Print the names as a list."""
    print(f"\n{title}:\n")
    print("\n".join(f"- {name}" for name in names))


def judge_sets(folder: Path) -> None:
    """Print the share of names that are right on each set with gold clusters."""
    print("| set | clusters | names right | c-TF-IDF, 4 terms | first keyword an author's", end="")
    print(" | c-TF-IDF |\n|---|---|---|---|---|---|")
    names_of_set = {}
    for name in SETS:
        gold = load(folder / f"{name}.jsonl.gz")
        themes = name_themes(gold.corpus.paper_texts, gold.corpus.paper_titles, gold.labels)
        terms = first_terms(gold)
        own_share = right([theme.name for theme in themes], gold.names)
        ctfidf_share = right([" ".join(four) for four in terms], gold.names)
        authors = (
            share_of_authors([theme.keywords[0] for theme in themes], gold),
            share_of_authors([four[0] for four in terms], gold),
        )
        cells = " | ".join("–" if share is None else f"{share:.2f}" for share in authors)
        print(f"| {name} | {len(gold.names)} | {own_share:.3f} | {ctfidf_share:.3f} | {cells} |")
        pairs = zip(gold.names, themes, strict=True)
        names_of_set[name] = [f"{label}: **{theme.name}**" for label, theme in pairs]
    for name, names in names_of_set.items():
        show_names(name, names)


def default_calls(folder: Path) -> None:
    """Print the names that default calls give."""
    for name in ALL_SETS:
        with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        papers = [{"title": r.get("title"), "abstract": r["abstract"]} for r in rows]
        themes = cluster_abstracts(papers, progress=False)
        show_names(f"{name}, as a default call finds them", [theme.name for theme in themes])


def time_naming(folder: Path) -> None:
    """Print how long naming 50 themes of 10,000 papers takes."""
    path = folder.parent / "unlabelled" / "arxiv_100k.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line, _ in zip(lines, range(10_000), strict=False)]
    papers = [{"title": r["title"], "abstract": r["abstract"]} for r in rows]
    themes = cluster_abstracts(papers, n_themes=50, progress=False)
    labels = themes.labels[themes.corpus.first_row]
    began = time.perf_counter()
    name_themes(themes.corpus.paper_texts, themes.corpus.paper_titles, labels)
    print(f"\n50 themes over 10,000 papers: {time.perf_counter() - began:.1f} s")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Judge theme names.")
    parser.add_argument("labelled", type=Path)
    args = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    warnings.simplefilter("ignore")
    judge_sets(args.labelled)
    time_naming(args.labelled)
    default_calls(args.labelled)


if __name__ == "__main__":
    main()
