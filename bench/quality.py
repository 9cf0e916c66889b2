"""Compare absclust's themes with those of other tools, on the same vectors.

Usage::

    make bench-clustering         # in .venv, and build/peers for the other tools
    python bench/quality.py LABELLED [--peers PYTHON] [--papers 1500] [--builtin]

LABELLED contains ``*.jsonl.gz`` files with ``title``, ``abstract`` and ``label`` in each
line; the first 1,500 rows of each English set are used. Prints Markdown tables;
docs/clustering.md has those of the last run. All methods get the same vectors, made by
all-MiniLM-L6-v2 at 96 tokens or, with --builtin, by the built-in embedding, in the order
of the file. Scores are medians of five seeds;
unassigned papers count as one more cluster. PYTHON is the interpreter of an environment
with bench/constraints-peers.txt; without it, the other tools are left out.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd
from peers import METHODS
from scipy.stats import rankdata, spearmanr
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from absclust import ThemeModel
from absclust.embedding.embed import embed
from embedding import ENGLISH, SEEDS, minilm, read

MOST_PAPERS = 1500
OURS = "absclust"
TOLD = "k-means, told the number"  # for reference, not a peer


@dataclass(frozen=True)
class LabelledSet:
    """Papers with their vectors and human labels."""

    frame: pd.DataFrame
    texts: tuple[str, ...]
    vectors: np.ndarray
    labels: np.ndarray

    @property
    def n_labels(self) -> int:
        """Number of different labels."""
        return int(self.labels.max()) + 1


@dataclass(frozen=True)
class Score:
    """How well one partition agrees with the labels."""

    themes: float
    unassigned: float
    ami: float
    ari: float
    error: float


Scores = dict[str, dict[str, list[Score]]]  # by set, then by method; one per seed


def load(path: Path, most_papers: int, *, builtin: bool) -> LabelledSet:
    """Read a set, with vectors from the cache if they are there."""
    corpus, labels, frame = read(path, most_papers)
    embedder = "builtin" if builtin else minilm()
    vectors = embed(corpus, embedder=embedder, progress=False).vectors
    # In the order that a user of the other tools would pass them: on arxiv_ml, absclust's
    # own order affects how many of BERTopic's five seeds find next to nothing.
    rows = np.argsort(corpus.first_row)
    papers = frame.reindex(columns=["title", "abstract"]).iloc[rows]
    texts = tuple(corpus.paper_texts[row] for row in rows)
    return LabelledSet(papers, texts, vectors[rows], labels[rows])


def score(partition: Sequence[int] | np.ndarray, data: LabelledSet) -> Score:
    """Compare one partition with the labels."""
    themes_of_papers = np.asarray(partition)
    themes = len(np.unique(themes_of_papers[themes_of_papers >= 0]))
    return Score(
        themes=themes,
        unassigned=float((themes_of_papers < 0).mean()),
        ami=float(adjusted_mutual_info_score(data.labels, themes_of_papers)),
        ari=float(adjusted_rand_score(data.labels, themes_of_papers)),
        error=abs(themes - data.n_labels) / data.n_labels,
    )


def median(scores: list[Score], figure: str) -> float:
    """Return the median of one figure over the seeds."""
    return statistics.median(getattr(seed_score, figure) for seed_score in scores)


def own_methods() -> dict[str, Callable[[int], ThemeModel]]:
    """Return absclust's methods of clustering, as functions of the seed."""
    return {
        OURS: lambda seed: ThemeModel(random_state=seed, progress=False),
        'absclust, clusterer="hdbscan"': lambda seed: ThemeModel(
            clusterer="hdbscan", random_state=seed, progress=False
        ),
    }


def run_own(data: LabelledSet, seeds: Sequence[int]) -> dict[str, list[Score]]:
    """Score absclust, and k-means given the number of labels."""
    scores = {}
    for method, model in own_methods().items():
        fits = [model(seed).fit(data.frame, embeddings=data.vectors) for seed in seeds]
        scores[method] = [score(fit.labels_, data) for fit in fits]
    kmeans = [KMeans(data.n_labels, n_init=10, random_state=seed) for seed in seeds]
    scores[TOLD] = [score(model.fit_predict(data.vectors), data) for model in kmeans]
    return scores


def run_peers(python: str, sets: dict[str, LabelledSet], seeds: Sequence[int]) -> Scores:
    """Score the other tools, which run in an environment of their own."""
    scores: Scores = {name: {} for name in sets}
    with tempfile.TemporaryDirectory() as folder:
        texts = {name: data.texts for name, data in sets.items()}
        given = json.dumps({"seeds": list(seeds), "texts": texts})
        Path(folder, "sets.json").write_text(given, encoding="utf-8")
        for name, data in sets.items():
            np.save(Path(folder, f"{name}.npy"), data.vectors)
        script = str(Path(__file__).with_name("peers.py"))
        for tool in METHODS:
            # On shared cores, threads waiting for each other make t-SNE five times slower.
            environment = {**os.environ, "OMP_NUM_THREADS": "1"}
            command = [python, script, "cluster", folder, tool]
            subprocess.run(command, check=True, env=environment)
            for row in json.loads(Path(folder, f"{tool}.json").read_text(encoding="utf-8")):
                for method, labels in row["found"].items():
                    of_seed = score(labels, sets[row["set"]])
                    scores[row["set"]].setdefault(method, []).append(of_seed)
    return scores


def print_scores(scores: Scores, sets: dict[str, LabelledSet]) -> None:
    """Print one row per set and method."""
    print(
        "\n| set | method | themes | unassigned | AMI | of all seeds | ARI | error of the number |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, rows in scores.items():
        data = sets[name]
        title = f"{name}: {len(data.labels):,} papers, {data.n_labels} labels"
        for method, row in rows.items():
            shown = f"**{method}**" if method == OURS else method
            themes, unassigned, ami, ari, error = (median(row, f.name) for f in fields(Score))
            between = f"{min(s.ami for s in row):.3f} to {max(s.ami for s in row):.3f}"
            cells = f"{themes:g} | {unassigned:.0%} | {ami:.3f} | {between} | {ari:.3f}"
            print(f"| {title} | {shown} | {cells} | {error:.0%} |")
            title = ""


def print_ratios(scores: Scores) -> None:
    """Print absclust's AMI and ARI divided by each method's, and each method's mean error."""
    print("\n| absclust over | AMI, geometric mean | lowest", end="")
    print(" | ARI, mean | geometric mean | lowest | its error of the number, mean |")
    print("|" + "---|" * 7)
    for method in next(iter(scores.values())):
        ami, ari = (
            [median(rows[OURS], figure) / median(rows[method], figure) for rows in scores.values()]
            for figure in ("ami", "ari")
        )
        error = statistics.mean(median(rows[method], "error") for rows in scores.values())
        cells = [
            f"{statistics.geometric_mean(ami):.2f}",
            f"{min(ami):.2f}",
            f"{statistics.mean(ari):.2f}",
            f"{statistics.geometric_mean(ari):.2f}",
            f"{min(ari):.2f}",
            f"{error:.0%}",
        ]
        print(f"| {method} | {' | '.join(cells)} |")


def measures_and_purity(data: LabelledSet) -> np.ndarray:
    """Return each theme's stability, its focus, and the share of its most frequent label."""
    themes = ThemeModel(progress=False).fit(data.frame, embeddings=data.vectors).theme_map_
    members = [data.labels[themes.labels == theme.id] for theme in themes]
    purity = [np.bincount(labels).max() / len(labels) for labels in members]
    return np.array([[theme.stability for theme in themes], [t.focus for t in themes], purity])


def print_measures(sets: dict[str, LabelledSet]) -> None:
    """Print how stability and focus of themes correlate with purity, over all and within sets."""
    print("\n| set | themes | stability with purity | p | focus with purity | p |")
    print("|---|---|---|---|---|---|")
    found, ranks = [], []
    for name, data in sets.items():
        found.append(measures_and_purity(data))
        ranks.append(np.array([rankdata(measure) / len(measure) for measure in found[-1]]))
        print_spearman(name, found[-1])
    print_spearman("all", np.hstack(found))
    print_spearman("all, ranks within each set", np.hstack(ranks))


def print_spearman(name: str, measures: np.ndarray) -> None:
    """Print one row."""
    *others, purity = measures
    results = [spearmanr(measure, purity) for measure in others]
    cells = " | ".join(f"{result.statistic:.2f} | {result.pvalue:.2g}" for result in results)
    print(f"| {name} | {len(purity)} | {cells} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Compare the themes with other tools'.")
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--peers", help="Python of an environment with the other tools")
    parser.add_argument("--sets", nargs="+", choices=ENGLISH, default=list(ENGLISH))
    parser.add_argument("--papers", type=int, default=MOST_PAPERS, help="of each set, at most")
    parser.add_argument("--builtin", action="store_true", help="the built-in embedding's vectors")
    parser.add_argument("--seeds", nargs="+", type=int, default=list(SEEDS))
    args = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    warnings.simplefilter("ignore")
    files = {name: args.labelled / f"{name}.jsonl.gz" for name in args.sets}
    sets = {name: load(file, args.papers, builtin=args.builtin) for name, file in files.items()}
    scores = {name: run_own(data, args.seeds) for name, data in sets.items()}
    if args.peers:
        for name, rows in run_peers(args.peers, sets, args.seeds).items():
            scores[name] = {**scores[name], **rows}
    else:
        print("No --peers: the other tools are left out.", file=sys.stderr)
    print_scores(scores, sets)
    print_ratios(scores)
    print_measures(sets)


if __name__ == "__main__":
    main()
