"""Measure the static map: how far apart its colours look, and what its names cover.

Usage::

    make bench-pictures
    python bench/pictures.py DATA

DATA is the folder that contains ``labelled`` and ``unlabelled``. Prints Markdown tables;
docs/measured/maps.md has those of the last run. Colours and names were tuned on other papers.
"""

import argparse
import gzip
import json
from itertools import islice
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from absclust import ThemeMap, cluster_abstracts
from absclust.plot.colors import oklab, theme_colors

# Name: file, first paper, number of papers.
SETS = {
    "arxiv_ml, 24": ("labelled/arxiv_ml", 0, 24),
    "nlp_tracks, 24": ("labelled/nlp_tracks", 100, 24),
    "wos_1k, 24": ("labelled/wos_1k", 0, 24),
    "wos_1k": ("labelled/wos_1k", 0, 1000),
    "biomed": ("unlabelled/biomed_3k", 0, 1000),
    "conferences": ("unlabelled/conferences_80k", 20_000, 1000),
    "reviews": ("unlabelled/reviews_17k", 10_000, 1000),
    "nlp_tracks": ("labelled/nlp_tracks", 0, 5000),
    "arxiv_ml": ("labelled/arxiv_ml", 0, 5000),
    "conferences, 10,000": ("unlabelled/conferences_80k", 0, 10_000),
    "tib_en": ("unlabelled/tib_en_20k", 0, 10_000),
}
FIGSIZES = (10, 7.5), (3.3, 2.7)
NEIGHBOURS, MEET = 10, 0.05  # themes meet if this share of one's nearest papers is in the other
# Viénot, Brettel and Mollon 1999: a different simulation from the one used to choose colours.
READERS = {
    "normal": np.eye(3),
    "deutan": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
    "protan": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
}


def read(path: Path, start: int, n: int) -> pd.DataFrame:
    """Return n papers of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return pd.DataFrame([json.loads(line) for line in islice(lines, start, start + n)])


def distances(colors: np.ndarray, reader: np.ndarray) -> np.ndarray:
    """Return the distances of colours in OKLab, as a reader sees them."""
    linear = np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ reader.T, 0, 1)
    lab = oklab(np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055))
    return np.linalg.norm(lab[:, None] - lab, axis=2)


def meeting(themes: ThemeMap) -> np.ndarray:
    """Return which pairs of themes meet on the map, each pair once."""
    from sklearn.neighbors import NearestNeighbors

    labels, k = themes._paper_labels, min(NEIGHBOURS + 1, themes.corpus.n_papers)
    near = NearestNeighbors(n_neighbors=k).fit(themes.foundation.paper_coordinates).kneighbors()[1]
    counts = np.zeros((len(themes) + 1,) * 2)
    np.add.at(counts, (np.repeat(labels, near.shape[1]), labels[near.ravel()]), 1)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    share = np.maximum(share, share.T)[:-1, :-1]
    return np.triu(share >= MEET, 1)


def color_row(themes: ThemeMap) -> list[str]:
    """Return the smallest distances of colours for each reader, on light or dark."""
    meets, anywhere = meeting(themes), np.triu(np.ones((len(themes),) * 2, dtype=bool), 1)
    palettes = [theme_colors(themes, dark=dark) for dark in (False, True)]
    cells = [str(int(meets.sum()))]
    for pairs in (meets, anywhere):
        for reader in READERS.values():
            apart = np.array([distances(colors, reader)[pairs] for colors in palettes])
            cells.append(f"{apart.min():.3f}" if apart.size else "–")
    return cells


def name_row(themes: ThemeMap, figsize: tuple[float, float]) -> list[str]:
    """Return how many names stand on a map and over papers of other themes, and their sizes."""
    ax = themes.plot(figsize=figsize)
    ax.figure.draw_without_rendering()
    places = ax.transData.transform(themes.foundation.paper_coordinates)
    radius = np.sqrt(ax.collections[-1].get_sizes()[0]) / 2 * ax.figure.dpi / 72
    names = [text for text in ax.texts if not text.get_path_effects()]
    numbers = {"".join(theme.name.split()): theme.id for theme in themes}
    labels, over, covered = themes._paper_labels, 0, 0
    for text in names:
        theme, box = numbers["".join(text.get_text().split())], text.get_window_extent()
        away = places - np.clip(places, [box.x0, box.y0], [box.x1, box.y1])
        under = (np.linalg.norm(away, axis=1) < radius) & (labels >= 0) & (labels != theme)
        over, covered = over + int(under.any()), covered + int(under.sum())
    sizes = [text.get_fontsize() for text in names]
    plt.close("all")
    return [
        f"{figsize[0]}×{figsize[1]}",
        str(len(themes) - len(names)),
        f"{over / max(len(names), 1):.0%}",
        str(covered),
        f"{max(sizes, default=0):.1f} to {min(sizes, default=0):.1f}",
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    colors, names = [], []
    for name, (file, start, n) in SETS.items():
        themes = cluster_abstracts(read(data / f"{file}.jsonl.gz", start, n), progress=False)
        about = [name, f"{themes.corpus.n_papers:,}", str(len(themes))]
        colors.append([*about, str(len(themes.layers[0])), *color_row(themes)])
        names += [[*about, *name_row(themes, figsize)] for figsize in FIGSIZES]
    readers = " | ".join(READERS)
    print(f"| set | papers | themes | families | pairs that meet | {readers} | all: {readers} |")
    print("|---|" + "---|" * 10)
    print("\n".join(f"| {' | '.join(row)} |" for row in colors))
    print("\n| set | papers | themes | inches | left out | over others | papers | points |")
    print("|---|" + "---|" * 7)
    print("\n".join(f"| {' | '.join(row)} |" for row in names))
