"""Measure what known labels and described themes do for the papers that nobody labelled.

Usage::

    make bench-labels             # in .venv
    python bench/labels.py LABELLED [--sets SET ...] [--tables labels some screening described]

LABELLED contains ``*.jsonl.gz`` files with ``title``, ``abstract`` and ``label`` in each line; the
first 1,500 rows of each set are used. Prints Markdown tables; docs/clustering.md has those of the
last run. The built-in embedding, its neighbour graph and the resolution are those of the default
call. Figures are means of draws of the labelled papers, each with a seed of its own, and are
compared with the themes without labels at the same seed. Agreement is adjusted mutual information
(AMI) on the papers whose label was not given.
"""

import argparse
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score

from absclust.clustering.leiden import choose_resolution
from absclust.clustering.neighbors import NeighborGraph, neighbor_graph
from absclust.clustering.partition import Partition, Partitioner
from absclust.corpus.corpus import Corpus
from absclust.corpus.labels import KnownLabels
from absclust.embedding.embed import Embedding, embed
from embedding import read

# The sets that the constants were chosen on, and others.
CHOSEN = ("arxiv_ml", "wos_1k", "aaai21_clusters", "csl_zh")
KEPT = ("nlp_tracks", "iclr26_areas", "tib_mixed_de_en", "pubmed5terms")
MOST_PAPERS = 1500
SHARES = (0.05, 0.1, 0.2)
DRAWS = range(5)
SMALLEST = 20  # papers of a class that is labelled alone, screened for or described
SOME, SOME_SHARE = 2, 0.2
DESCRIBED = 3  # classes at a time
# What the abbreviations of two sets stand for.
IN_WORDS = {
    "cs.AI": "artificial intelligence",
    "cs.CL": "computation and language",
    "cs.CR": "cryptography and security",
    "cs.CV": "computer vision and pattern recognition",
    "cs.GR": "computer graphics",
    "cs.GT": "computer science and game theory",
    "cs.HC": "human-computer interaction",
    "cs.IT": "information theory",
    "cs.LG": "machine learning",
    "cs.RO": "robotics",
    "cs.SE": "software engineering",
    "eess.IV": "image and video processing",
    "stat.ML": "statistical machine learning",
    "Medical": "medicine",
    "CS": "computer science",
    "ECE": "electrical engineering",
    "Civil": "civil engineering",
    "MAE": "mechanical and aerospace engineering",
}


@dataclass(frozen=True)
class Papers:
    """Papers with the class of each, and what the default call makes of them first."""

    corpus: Corpus
    classes: np.ndarray
    names: tuple[str, ...]
    embedding: Embedding
    graph: NeighborGraph
    partitioner: Partitioner

    def partition(self, seed: int, known: KnownLabels | None = None, **options: dict) -> Partition:
        """Find the themes."""
        partitioner = replace(self.partitioner, random_state=seed, **options)
        return partitioner.partition(self.graph, self.embedding, self.corpus, known)

    @property
    def large(self) -> np.ndarray:
        """The classes with enough papers."""
        return np.flatnonzero(np.bincount(self.classes) >= SMALLEST)


def load(path: Path) -> Papers:
    """Read a set."""
    corpus, classes, frame = read(path, MOST_PAPERS)
    embedding = embed(corpus, progress=False)
    graph = neighbor_graph(embedding.vectors, 15, embedding.batches)
    names = tuple(map(str, np.unique(frame["label"])))
    partitioner = Partitioner(
        clusterer="graph",
        n_themes=None,
        granularity=1.0,
        min_theme_size=None,
        resolution=choose_resolution(graph.adjacency),
        seed_themes=None,
        min_strength=0.0,
        random_state=0,
    )
    return Papers(corpus, classes, names, embedding, graph, partitioner)


def draws(papers: Papers, share: float) -> Iterator[tuple[int, np.ndarray]]:
    """Yield each seed, and whether each paper is labelled."""
    n = len(papers.classes)
    for seed in DRAWS:
        labelled = np.zeros(n, dtype=bool)
        drawn = np.random.default_rng(seed).choice(n, round(share * n), replace=False)
        labelled[drawn] = True
        yield seed, labelled


def known(names: np.ndarray, labelled: np.ndarray) -> KnownLabels:
    """Return the labels of some papers, given the name of each paper's class."""
    labels, numbers = np.unique(names[labelled], return_inverse=True)
    of_paper = np.full(len(names), -1)
    of_paper[labelled] = numbers
    return KnownLabels(tuple(map(str, labels)), of_paper, ())


def agreement(papers: Papers, partition: Partition, rest: np.ndarray) -> float:
    """Return the AMI of the rest."""
    return float(adjusted_mutual_info_score(papers.classes[rest], partition.labels[rest]))


def found(truth: np.ndarray, theme: np.ndarray) -> np.ndarray:
    """Return the share of a class that is in a theme, the theme's precision, and their F1."""
    both = (truth & theme).sum()
    sizes = truth.sum(), theme.sum()
    return np.array([both / max(1, sizes[0]), both / max(1, sizes[1]), 2 * both / sum(sizes)])


def best(truth: np.ndarray, partition: Partition, rest: np.ndarray) -> np.ndarray:
    """Return the same of the theme that has most of the class."""
    themes = partition.labels[rest]
    return found(truth[rest], themes == np.bincount(themes[truth[rest]]).argmax())


def named(truth: np.ndarray, partition: Partition, rest: np.ndarray, name: str) -> np.ndarray:
    """Return the same of the theme with a name; zeros if there is none."""
    number = {name: theme for theme, name in partition.names.items()}.get(name, -1)
    return found(truth[rest], partition.labels[rest] == number)


def table_of_labels(sets: dict[str, Papers]) -> None:
    """Print the AMI of the rest without labels, with them, and with labels put at random.

    And how whole a class is: the mean F1 of its best theme without labels, and of its label's.
    """
    print("\n| set | classes | labelled | AMI of the rest, without | with labels | gain", end="")
    print(" | least gain | random labels | their gain | least", end="")
    print(" | F1 of a class, best theme without | theme of its label |\n" + "|---" * 12 + "|")
    for name, papers in sets.items():
        names = np.array(papers.names)[papers.classes]
        without = {seed: papers.partition(seed) for seed in DRAWS}
        for share in SHARES:
            rows = []
            for seed, labelled in draws(papers, share):
                shuffled = names.copy()
                order = np.random.default_rng(seed).permutation(int(labelled.sum()))
                shuffled[labelled] = names[labelled][order]
                ways = [
                    without[seed],
                    *(papers.partition(seed, known(n, labelled)) for n in (names, shuffled)),
                ]
                truths = [(papers.classes == c, papers.names[c]) for c in papers.large]
                f1 = [
                    (
                        best(truth, ways[0], ~labelled)[2],
                        named(truth, ways[1], ~labelled, label)[2],
                    )
                    for truth, label in truths
                ]
                of_ways = [agreement(papers, way, ~labelled) for way in ways]
                rows.append([*of_ways, *np.mean(f1, axis=0)])
            base, true, random, of_best, of_named = np.mean(rows, axis=0)
            gains = np.array(rows)[:, 1:3] - np.array(rows)[:, :1]
            cells = f"{base:.3f} | {true:.3f} | {true - base:+.3f} | {gains[:, 0].min():+.3f}"
            cells += f" | {random:.3f} | {random - base:+.3f} | {gains[:, 1].min():+.3f}"
            cells += f" | {of_best:.2f} | {of_named:.2f}"
            print(f"| {name} | {len(papers.names)} | {share:.0%} | {cells} |", flush=True)


def table_of_some_classes(sets: dict[str, Papers]) -> None:
    """Print what becomes of all classes when papers of two of them are labelled."""
    print(
        "\n| set | AMI of the rest, without | with labels | of the other classes, without", end=""
    )
    print(" | with labels | F1 of the two, best theme | theme of that label | themes |")
    print("|---" * 8 + "|")
    for name, papers in sets.items():
        names, rows = np.array(papers.names)[papers.classes], []
        for seed, drawn in draws(papers, SOME_SHARE):
            two = np.random.default_rng(seed).choice(papers.large, SOME, replace=False)
            of_two = np.isin(papers.classes, two)
            labelled = drawn & of_two
            ways = papers.partition(seed), papers.partition(seed, known(names, labelled))
            truths = [(papers.classes == number, papers.names[number]) for number in two]
            of_best = [best(truth, ways[0], ~labelled)[2] for truth, _ in truths]
            of_named = [named(truth, ways[1], ~labelled, label)[2] for truth, label in truths]
            rows.append(
                [
                    *(agreement(papers, way, ~labelled) for way in ways),
                    *(agreement(papers, way, ~of_two) for way in ways),
                    np.mean(of_best),
                    np.mean(of_named),
                    ways[1].labels.max() + 1,
                ]
            )
        *shares, themes = np.mean(rows, axis=0)
        print(f"| {name} | {' | '.join(f'{s:.3f}' for s in shares)} | {themes:.0f} |", flush=True)


def table_of_screening(sets: dict[str, Papers]) -> None:
    """Print how well papers of one class are found, included among those looked at."""
    print("\n| set | screened | F1 of the class, best theme without labels", end="")
    print(' | theme "1" | found | precision |\n' + "|---" * 6 + "|")
    for name, papers in sets.items():
        for share in SHARES:
            rows = []
            for seed, labelled in draws(papers, share):
                wanted = np.random.default_rng(seed).choice(papers.large)
                truth = papers.classes == wanted
                with_labels = papers.partition(seed, known(np.where(truth, "1", "0"), labelled))
                by_label = named(truth, with_labels, ~labelled, "1")
                rows.append([best(truth, papers.partition(seed), ~labelled)[2], *by_label])
            before, share_found, precision, f1 = np.mean(rows, axis=0)
            cells = f"{before:.2f} | {f1:.2f} | {share_found:.2f} | {precision:.2f}"
            print(f"| {name} | {share:.0%} | {cells} |", flush=True)


def table_of_descriptions(sets: dict[str, Papers]) -> None:
    """Print how well classes are found by their names, a few at a time and all at once."""
    print(
        "\n| set | described | found | precision | F1 | best theme without: found | precision",
        end="",
    )
    print(" | F1 | AMI, without | with |\n" + "|---" * 10 + "|")
    for name, papers in sets.items():
        everyone = np.ones(len(papers.classes), dtype=bool)
        for n in (DESCRIBED, len(papers.large)):
            rows = []
            for seed in DRAWS:
                some = np.random.default_rng(seed).choice(papers.large, n, replace=False)
                words = [IN_WORDS.get(papers.names[c], papers.names[c]) for c in some]
                without = papers.partition(seed)
                themes = papers.partition(seed, seed_themes=words)
                truths = [papers.classes == number for number in some]
                by_name = [
                    named(truth, themes, everyone, text)
                    for truth, text in zip(truths, words, strict=True)
                ]
                before = [best(truth, without, everyone) for truth in truths]
                ami = [agreement(papers, way, everyone) for way in (without, themes)]
                rows.append([*np.mean(by_name, axis=0), *np.mean(before, axis=0), *ami])
            cells = " | ".join(f"{value:.2f}" for value in np.mean(rows, axis=0)[:6])
            cells += " | " + " | ".join(f"{value:.3f}" for value in np.mean(rows, axis=0)[6:])
            print(f"| {name} | {n} of {len(papers.names)} classes | {cells} |", flush=True)


TABLES = {
    "labels": table_of_labels,
    "some": table_of_some_classes,
    "screening": table_of_screening,
    "described": table_of_descriptions,
}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Measure known labels and described themes.")
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--sets", nargs="+", choices=CHOSEN + KEPT, default=list(CHOSEN + KEPT))
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    args = parser.parse_args()
    warnings.simplefilter("ignore")  # about languages other than English: they are intended
    sets = {name: load(args.labelled / f"{name}.jsonl.gz") for name in args.sets}
    for table in args.tables:
        TABLES[table](sets)


if __name__ == "__main__":
    main()
