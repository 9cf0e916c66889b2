"""Judge theme names: of gold clusters named from their papers, and of default calls.

Usage::

    make bench-naming             # in .venv, with the extra "bench"
    python bench/naming.py LABELLED

The clusters are the labels with at least ten papers, except "other". A name counts as
right if, embedded with all-MiniLM-L6-v2, it is closer to its own label than to any other
label. It is compared with BERTopic's naming in its best variant: the first four terms by
c-TF-IDF, with English stop words removed and phrases of one or two words. A second figure
needs no embedding: the share of clusters of which some part of the name shares a word with
the label or is a keyword that an author in the cluster gave. The authors' keywords are not
given to the naming.

A second table has the groups of ``named_groups.jsonl.gz`` and ``keyword_groups.jsonl.gz``, which
people named (sessions, reading lists, authors' keywords): how close absclust's name comes, named
among the other groups of the same source and year. Nothing was learnt from any of these.
"""

import argparse
import gzip
import json
import os
import random
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from absclust import cluster_abstracts
from absclust.corpus.corpus import Corpus, build_corpus
from absclust.embedding.tokens import tokenizer
from absclust.naming.evidence import Evidence
from absclust.naming.names import ThemeName, name_themes
from absclust.text.phrases import phrase_key
from absclust.text.stems import related
from absclust.text.words import is_stop_word
from embedding import minilm

SETS = ("aaai21_clusters", "nlp_tracks", "iclr26_areas")
ALL_SETS = (*SETS, "arxiv_ml", "wos_1k", "pubmed5terms", "tib_mixed_de_en", "csl_zh")
FEWEST_PAPERS = 10
SEED = 0
FEWEST_PAPERS_OF_GROUP, FEWEST_GROUPS, MOST_GROUPS = 4, 5, 40  # groups of one corpus
MOST_CORPORA = 9  # of one field, so that political science doesn't outweigh the rest
ECOLOGY = ("ecol", "plant", "zoo", "forest", "marine")
POLITICS = ("briatte/ecprconf", "KisooKim/mpsa2026", "briatte/epsaconf")


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


def touching(names: list[list[str]], gold: Gold) -> float:
    """Return the share of names of which a part is in the label or is an author's keyword."""
    own = [set[str]() for _ in gold.names]
    for label, keywords in zip(gold.labels, gold.keywords, strict=True):
        own[label].update(keywords)
    labels = [" ".join(w for w in name.split() if not is_stop_word(w)) for name in gold.names]
    return float(
        np.mean(
            [
                any(phrase_key(part) in own[i] or related(part, labels[i]) for part in parts)
                for i, parts in enumerate(names)
            ]
        )
    )


def named_groups(folder: Path) -> list[tuple[str, list[dict]]]:
    """Return groups with people's names: those of one source and year, or field, together."""
    chance, by_source = random.Random(SEED), defaultdict(list)
    for group in read_records(folder / "named_groups.jsonl.gz"):
        if len(group["papers"]) >= FEWEST_PAPERS_OF_GROUP:
            source = group["source"]
            papers = "paperlists" in source or "acl" in source.lower()
            field = "politics" if source in POLITICS else "AI conferences" if papers else "lists"
            by_source[field, source, group.get("year")].append(group)
    for group in read_records(folder / "keyword_groups.jsonl.gz"):
        of = group.get("field", "")
        ecology = any(word in of.lower() for word in ECOLOGY)
        by_source["ecology, keywords" if ecology else "other sciences, keywords", of].append(group)
    by_field = defaultdict(list)
    for key in sorted(by_source, key=str):
        groups = list({group["name"]: group for group in by_source[key]}.values())
        chance.shuffle(groups)
        parts = [groups[i : i + MOST_GROUPS] for i in range(0, len(groups), MOST_GROUPS)]
        by_field[key[0]] += [part for part in parts if len(part) >= FEWEST_GROUPS]
    return [
        (field, part)
        for field, parts in by_field.items()
        for part in chance.sample(parts, min(MOST_CORPORA, len(parts)))
    ]


def read_records(path: Path) -> list[dict]:
    """Return the records of a compressed file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def judge_groups(folder: Path) -> None:
    """Print how close names come to those that people gave, by field."""
    records = read_records(folder.parent / "unlabelled" / "broad_180k.jsonl.gz")
    abstracts = {(r.get("title") or "").lower(): r["abstract"] for r in records}
    judge, found = minilm(256), defaultdict(list)
    for field, groups in named_groups(folder):
        papers = [(g, paper) for g, group in enumerate(groups) for paper in group["papers"]]
        titles = [paper.get("title") or "" for _, paper in papers]
        texts = [
            f"{title}. {paper.get('abstract') or abstracts.get(title.lower(), '')}".strip(". ")
            for title, (_, paper) in zip(titles, papers, strict=True)
        ]
        labels = np.array([g for g, _ in papers])
        names = [theme.name for theme in name_themes(Evidence.of(texts, titles), labels)]
        cosine = judge.encode(names) @ judge.encode([group["name"] for group in groups]).T
        right = cosine.argmax(axis=1) == np.arange(len(groups))
        n_parts = [name.count(", ") + 1 for name in names]
        found[field] += zip(np.diag(cosine), right, n_parts, strict=True)
    print("\n| groups | cosine | right | parts |\n|---|---|---|---|")
    for field, rows in sorted(found.items()):
        means = " | ".join(f"{mean:.3f}" for mean in np.mean(np.array(rows, float), axis=0))
        print(f"| {field}, {len(rows)} | {means} |")


def parts_of(theme: ThemeName) -> list[str]:
    """Return the parts of a name."""
    return theme.name.replace(": ", ", ").split(", ")


def show_names(title: str, names: list[str]) -> None:
    """Print the names as a list."""
    print(f"\n{title}:\n")
    print("\n".join(f"- {name}" for name in names))


def judge_sets(folder: Path) -> None:
    """Print the share of names that are right on each set with gold clusters."""
    print(
        "| set | clusters | names right | c-TF-IDF, 4 terms | a part in label or keywords", end=""
    )
    print(" | c-TF-IDF |\n|---|---|---|---|---|---|")
    names_of_set = {}
    for name in SETS:
        gold = load(folder / f"{name}.jsonl.gz")
        evidence = Evidence.of(gold.corpus.paper_texts, gold.corpus.paper_titles)
        themes = name_themes(evidence, gold.labels)
        terms = first_terms(gold)
        shares = (
            right([theme.name for theme in themes], gold.names),
            right([" ".join(four) for four in terms], gold.names),
            touching([parts_of(theme) for theme in themes], gold),
            touching(terms, gold),
        )
        cells = " | ".join(f"{share:.3f}" for share in shares)
        print(f"| {name} | {len(gold.names)} | {cells} |")
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
    """Print how long naming 10,000 papers takes, beside the tokenizer's time on the same texts."""
    path = folder.parent / "unlabelled" / "arxiv_100k.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line, _ in zip(lines, range(10_000), strict=False)]
    papers = [{"title": r["title"], "abstract": r["abstract"]} for r in rows]
    themes = cluster_abstracts(papers, progress=False)
    corpus, labels = themes.corpus, themes._paper_labels
    fine = themes.layers[2]._paper_labels
    seconds: dict[str, list[float]] = {}

    def timed(step: str, work: Callable[..., object], *args: object) -> None:
        began = time.perf_counter()
        work(*args)
        seconds.setdefault(step, []).append(time.perf_counter() - began)

    for _ in range(3):
        evidence = Evidence.of(corpus.paper_texts, corpus.paper_titles)
        asked = replace(themes, foundation=replace(themes.foundation))
        timed("tokenizer alone", tokenizer().encode_batch_fast, corpus.paper_texts)
        timed("names of the themes", name_themes, evidence, labels)
        timed("then of the fine themes", name_themes, evidence, fine)
        asked.foundation.evidence.phrases("en")
        timed("keywords", asked.keywords, 0)
    print(f"\n{len(labels):,} papers, {len(themes)} themes, {fine.max() + 1} fine themes:\n")
    print("| step | seconds | tokenizer's time |\n|---|---|---|")
    alone = median(seconds["tokenizer alone"])
    for step, times in seconds.items():
        print(f"| {step} | {median(times):.2f} | {median(times) / alone:.2f} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Judge theme names.")
    parser.add_argument("labelled", type=Path)
    args = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    warnings.simplefilter("ignore")
    judge_sets(args.labelled)
    judge_groups(args.labelled)
    time_naming(args.labelled)
    default_calls(args.labelled)


if __name__ == "__main__":
    main()
