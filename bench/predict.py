"""Measure predict, novelty and update: quality on held-out halves, calibration and speed.

Usage::

    make bench-predict            # in .venv
    python bench/predict.py LABELLED [--peers PYTHON] [--tables halves novelty update speed]

LABELLED contains ``*.jsonl.gz`` files with ``title``, ``abstract`` and ``label`` in each
line; the first 1,500 rows of each English set are used. Prints Markdown tables;
docs/measured/predict.md has those of the last run. Each set is split at random into halves, three
times; figures are means. PYTHON is the interpreter of an environment with
bench/constraints-peers.txt; without it, BERTopic is left out.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_mutual_info_score

from absclust import cluster_abstracts
from absclust.corpus.corpus import build_corpus
from absclust.embedding.embed import embed
from absclust.new_papers.novelty import is_novel
from absclust.theme_map import ThemeMap
from embedding import ENGLISH, minilm, read

MOST_PAPERS = 1500
SPLITS = range(3)
OTHER = {
    "pubmed5terms": "arxiv_ml",
    "wos_1k": "arxiv_ml",
}  # the foreign set; FOREIGN for the others
FOREIGN = "pubmed5terms"
SMALL = (30, 100)


@dataclass(frozen=True)
class Papers:
    """Distinct papers of one set, with their labels."""

    frame: pd.DataFrame
    labels: np.ndarray

    def rows(self, chosen: np.ndarray) -> pd.DataFrame:
        """Return the chosen papers, without their labels."""
        return self.frame.iloc[chosen]


def load(path: Path) -> Papers:
    """Read a set in the order of the file."""
    corpus, labels, frame = read(path, MOST_PAPERS)
    order = np.argsort(corpus.first_row)
    return Papers(frame.reindex(columns=["title", "abstract"]).iloc[order], labels[order])


def halves(papers: Papers, size: int | None = None) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the rows to cluster and those to predict."""
    for seed in SPLITS:
        order = np.random.default_rng(seed).permutation(len(papers.labels))
        middle = size or len(order) // 2
        yield order[:middle], order[middle:]


def cluster(frame: pd.DataFrame) -> ThemeMap:
    """Cluster with the defaults."""
    return cluster_abstracts(frame, progress=False)


def table_of_halves(sets: dict[str, Papers], peers: str | None) -> None:
    """Print the AMI of the predicted halves."""
    bertopic_ami = bertopic(peers, sets) if peers else {}
    print("\n| set | clustered | predicted | AMI, all clustered | AMI, predicted | ratio", end="")
    print(" | BERTopic, predicted, AMI |" if peers else " |")
    print("|---" * (7 if peers else 6) + "|")
    ratios = []
    for name, papers in sets.items():
        whole = cluster(papers.frame).labels
        scores = []
        for train, test in halves(papers):
            predicted_themes = cluster(papers.rows(train)).predict(papers.rows(test))["theme"]
            truth = papers.labels[test]
            both = (whole[test], predicted_themes)
            scores.append([adjusted_mutual_info_score(truth, labels) for labels in both])
        of_all, predicted = np.mean(scores, axis=0)
        ratios.append(predicted / of_all)
        row = f"| {name} | {len(train)} | {len(test)} | {of_all:.3f} | {predicted:.3f}"
        row += f" | {ratios[-1]:.2f} |"
        print(row + (f" {bertopic_ami[name]:.3f} |" if peers else ""), flush=True)
    print(f"\nRatio: geometric mean {statistics.geometric_mean(ratios):.3f}, lowest", end="")
    print(f" {min(ratios):.3f}")


def bertopic(python: str, sets: dict[str, Papers]) -> dict[str, float]:
    """Return BERTopic's mean AMI on the predicted halves, given MiniLM's vectors."""
    with tempfile.TemporaryDirectory() as folder:
        given: dict[str, dict[str, list]] = {}
        for name, papers in sets.items():
            corpus = build_corpus(papers.frame)
            np.save(Path(folder, f"{name}.npy"), embed(corpus, embedder=minilm()).vectors)
            splits = [[corpus.paper_of_row[part].tolist() for part in s] for s in halves(papers)]
            given[name] = {"texts": list(corpus.paper_texts), "splits": splits}
        Path(folder, "sets.json").write_text(json.dumps(given), encoding="utf-8")
        script = str(Path(__file__).with_name("peers.py"))
        subprocess.run([python, script, "predict", folder], check=True)
        predicted = json.loads(Path(folder, "predicted.json").read_text(encoding="utf-8"))
    return {
        name: float(
            np.mean(
                [
                    adjusted_mutual_info_score(papers.labels[test], labels)
                    for (_, test), labels in zip(halves(papers), predicted[name], strict=True)
                ]
            )
        )
        for name, papers in sets.items()
    }


def table_of_novelty(sets: dict[str, Papers]) -> None:
    """Print the shares of held-out and of foreign papers that count as novel."""
    print("\n| set | clustered | held out, novel | their median novelty | foreign", end="")
    print(" | foreign, novel |\n|" + "---|" * 6)
    for name, papers in sets.items():
        other = OTHER.get(name, FOREIGN)
        foreign = sets[other].frame.head(400)
        for size in (*SMALL, None):
            rows = []
            for train, test in halves(papers, size):
                themes = cluster(papers.rows(train))
                held = themes.predict(papers.rows(test))["novelty"].to_numpy()
                away = themes.predict(foreign)["novelty"].to_numpy()
                rows.append([is_novel(held).mean(), np.median(held), is_novel(away).mean()])
            a, b, c = np.mean(rows, axis=0)
            row = f"{len(train)} | {a:.1%} | {b:.2f} | {other} | {c:.0%}"
            print(f"| {name} | {row} |", flush=True)


def table_of_updates(sets: dict[str, Papers]) -> None:
    """Print how often update asks to cluster again, without news and with a new label."""
    print("\n| set | no news | one new label of 5 to 20 % | its share | its papers, novel", end="")
    print(" |\n|" + "---|" * 5)
    for name, papers in sets.items():
        quiet, loud, shares, novel = [], [], [], []
        for seed, (train, test) in enumerate(halves(papers)):
            few = test[: len(test) // 2]  # few enough that growth alone is no reason
            quiet.append(bool(cluster(papers.rows(train)).update(papers.rows(few)).reasons))
            share = np.bincount(papers.labels[few]) / len(few)
            fits = np.flatnonzero((share >= 0.05) & (share <= 0.2))
            if not len(fits):
                continue
            label = np.random.default_rng(seed).choice(fits)
            themes = cluster(papers.rows(train[papers.labels[train] != label]))
            loud.append(bool(themes.update(papers.rows(few)).reasons))
            shares.append(share[label])
            of_label = papers.rows(few[papers.labels[few] == label])
            novel.append(themes.predict(of_label)["is_novel"].mean())
        row = f"| {name} | {sum(quiet)} of {len(quiet)} | "
        row += f"{sum(loud)} of {len(loud)} | {np.mean(shares):.0%} | {np.mean(novel):.0%} |"
        print(row if loud else f"| {name} | {sum(quiet)} of {len(quiet)} | – | – | – |", flush=True)


def table_of_speed(sets: dict[str, Papers]) -> None:
    """Print papers per second of predict and of embedding alone, medians of five rounds."""
    frame = sets["arxiv_ml"].frame
    middle = len(frame) // 2
    themes, new = cluster(frame.head(middle)), frame.tail(middle)
    began = time.perf_counter()
    themes.predict(new.head(1))
    first = time.perf_counter() - began
    ways = {
        "embedding (cleaning and what is learnt from the corpus included)": lambda: embed(
            build_corpus(new), progress=False
        ),
        "embedding by what was fitted": lambda: themes.foundation.encoder.transform(
            build_corpus(new).paper_texts
        ),
        "predict": lambda: themes.predict(new),
    }
    rates: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(5):
        for way, run in ways.items():
            began = time.perf_counter()
            run()
            rates[way].append(len(new) / (time.perf_counter() - began))
    print("\n| | papers/s |\n|---|---|")
    for way, measured in rates.items():
        print(f"| {way} | {statistics.median(measured):,.0f} |")
    print(f"\nThe first call calibrates novelty: {first:.1f} s for {middle} papers.")


def main() -> None:
    """Print the requested tables."""
    tables = ("halves", "novelty", "update", "speed")
    parser = argparse.ArgumentParser(description="Measure predict, novelty and update.")
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--peers", help="Python of an environment with BERTopic")
    parser.add_argument("--tables", nargs="+", choices=tables, default=list(tables))
    args = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    warnings.simplefilter("ignore")
    sets = {name: load(args.labelled / f"{name}.jsonl.gz") for name in ENGLISH}
    for table in args.tables:
        if table == "halves":
            table_of_halves(sets, args.peers)
        elif table == "novelty":
            table_of_novelty(sets)
        elif table == "update":
            table_of_updates(sets)
        else:
            table_of_speed(sets)


if __name__ == "__main__":
    main()
