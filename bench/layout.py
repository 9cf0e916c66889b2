"""Measure the map: how well it agrees with the space it shows, and its speed against UMAP.

Usage::

    make bench-layout
    python bench/layout.py DATA [--tables agreement time plot]

DATA is the folder that contains ``labelled`` and ``unlabelled``. Prints Markdown tables;
docs/measured/maps.md has those of the last run. Everything uses the built-in embedding.
"""

import argparse
import gzip
import json
import statistics
import time
import warnings
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

SETS = ("aaai21_clusters", "arxiv_ml", "iclr26_areas", "nlp_tracks", "pubmed5terms", "wos_1k")
MOST_PAPERS = 2000  # per set
NEIGHBOURS = 10
SIZES, ROUNDS = (1000, 10_000), 3
HELD_OUT = 0.1


def read(path: Path, n: int) -> pd.DataFrame:
    """Return the first n papers of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return pd.DataFrame([json.loads(line) for line in islice(lines, n)])


def umap_plain(vectors: np.ndarray) -> np.ndarray:
    """Return the coordinates that a user of umap-learn would get with a seed."""
    import umap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return umap.UMAP(metric="cosine", random_state=0).fit_transform(vectors)


def umap_unseeded(vectors: np.ndarray) -> np.ndarray:
    """Return coordinates by UMAP's defaults: in parallel, and different in every run."""
    import umap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return umap.UMAP().fit_transform(vectors)


def agreement(near: np.ndarray, labels: np.ndarray) -> float:
    """Return how often the vote of a paper's nearest papers gives its label."""
    _, codes = np.unique(labels, return_inverse=True)
    votes = np.zeros((len(codes), codes.max() + 1))
    for column in near.T:
        votes[np.arange(len(codes)), codes[column]] += 1
    return float((votes.argmax(axis=1) == codes).mean())


def nearest_in_plane(places: np.ndarray) -> np.ndarray:
    """Return the ten nearest papers of each paper on a map."""
    from sklearn.neighbors import NearestNeighbors

    index = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(places)
    return index.kneighbors(return_distance=False)


def agreement_table(folder: Path) -> None:
    """Print agreement with human labels and with themes, in the space and on maps."""
    from absclust import cluster_abstracts
    from absclust.clustering.neighbors import neighbor_graph
    from absclust.layout import layout, place_new

    print("| set | papers | space | map | UMAP | themes: space | map | UMAP | new papers |")
    print("|---|---|---|---|---|---|---|---|---|")
    rows = []
    for name in SETS:
        papers = read(folder / f"{name}.jsonl.gz", MOST_PAPERS)
        theme_map = cluster_abstracts(papers, progress=False)
        vectors, first = theme_map.foundation.paper_embedding, theme_map.corpus.first_row
        near = {
            "space": neighbor_graph(vectors, NEIGHBOURS).indices,
            "map": nearest_in_plane(theme_map.foundation.paper_coordinates),
            "UMAP": nearest_in_plane(umap_plain(vectors)),
        }
        labels, themes = papers["label"].to_numpy()[first], theme_map.labels[first]
        figures = [agreement(near[k], kind) for kind in (labels, themes) for k in near]
        new = np.arange(0, len(vectors), round(1 / HELD_OUT))
        old = np.setdiff1d(np.arange(len(vectors)), new)
        places = layout(neighbor_graph(vectors[old]), vectors[old])
        alike = vectors[new] @ vectors[old].T
        indices = np.argsort(-alike, axis=1)[:, :15]
        placed = place_new(indices, np.take_along_axis(alike, indices, axis=1), places)
        distances = np.linalg.norm(placed[:, None] - places, axis=2)
        around = themes[old][np.argsort(distances, axis=1)[:, :NEIGHBOURS]]
        figures.append(
            float(np.mean([np.bincount(r + 1).argmax() - 1 for r in around] == themes[new]))
        )
        rows.append(figures)
        print(f"| {name} | {len(vectors):,} | " + " | ".join(f"{f:.3f}" for f in figures) + " |")
    mean = " | ".join(f"{f:.3f}" for f in np.mean(rows, axis=0))
    print(f"| mean | | {mean} |")


def seconds(run: Callable[[], object]) -> float:
    """Return how long something takes."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def time_table(folder: Path) -> None:
    """Print how long layouts take, run in turn after numba has compiled."""
    from absclust import BuiltinEmbedder
    from absclust.arrays import unit_rows
    from absclust.clustering.neighbors import neighbor_graph
    from absclust.layout import layout

    papers = read(folder / "arxiv_100k.jsonl.gz", max(SIZES))
    encoded = BuiltinEmbedder(progress=False).encode(
        (papers.title + ". " + papers.abstract).tolist()
    )
    vectors = unit_rows(encoded)
    few = vectors[:200]
    for warm_up in (lambda: layout(neighbor_graph(few), few), lambda: umap_unseeded(few)):
        warm_up()
    print("| papers | layout | neighbour graph and layout | `umap.UMAP()` | seeded, cosine |")
    print("|---|---|---|---|---|")
    for n in SIZES:
        sample = vectors[:n]
        graph = neighbor_graph(sample)
        runs: dict[str, Callable[[], object]] = {
            "layout": lambda sample=sample, graph=graph: layout(graph, sample),
            "both": lambda sample=sample: layout(neighbor_graph(sample), sample),
            "umap": lambda sample=sample: umap_unseeded(sample),
            "seeded": lambda sample=sample: umap_plain(sample),
        }
        took: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(ROUNDS):
            for name, run in runs.items():
                took[name].append(seconds(run))
        medians = " | ".join(f"{statistics.median(t):.1f} s" for t in took.values())
        print(f"| {n:,} | {medians} |")


def plot_table(folder: Path) -> None:
    """Print the time and file size of plots of 10,000 papers, without the layout."""
    import io

    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    from absclust import cluster_abstracts

    papers = read(folder / "arxiv_100k.jsonl.gz", max(SIZES))
    print("| themes | plot() | written as PNG | PDF, 300 dpi | SVG, 300 dpi |")
    print("|---|---|---|---|---|")
    for n_themes in (None, 40):
        theme_map = cluster_abstracts(papers, n_themes=n_themes, progress=False)
        _ = theme_map.foundation.paper_coordinates
        took = statistics.median(seconds(theme_map.plot) for _ in range(ROUNDS))
        figure = theme_map.plot().figure
        cells = [str(len(theme_map)), f"{took:.1f} s"]
        for kind, dpi in (("png", 100), ("pdf", 300), ("svg", 300)):
            file = io.BytesIO()
            wrote = seconds(lambda f=figure, o=file, k=kind, d=dpi: f.savefig(o, format=k, dpi=d))
            cells.append(f"{wrote:.1f} s, {len(file.getvalue()) / 1000:,.0f} kB")
        print("| " + " | ".join(cells) + " |")
        plt.close("all")


if __name__ == "__main__":
    tables = {"agreement": agreement_table, "time": time_table, "plot": plot_table}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--tables", nargs="+", choices=list(tables), default=list(tables))
    chosen = parser.parse_args()
    for table in chosen.tables:
        print(f"\n{table}\n")
        tables[table](chosen.data / ("labelled" if table == "agreement" else "unlabelled"))
