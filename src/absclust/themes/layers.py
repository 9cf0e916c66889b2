"""Themes -> a few broader ones above them, and finer ones inside each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from absclust.arrays import IntArray, take
from absclust.clustering.leiden import (
    DEFAULT_RESOLUTION,
    PartitionSettings,
    by_size,
    communities_inside,
    find_communities,
    relabeller,
)
from absclust.clustering.stability import stability_samples, theme_stability
from absclust.themes.build import build_map
from absclust.themes.theme_map import ThemeMap

if TYPE_CHECKING:
    import pandas as pd

_BROADER, _FINER = 0.25, 3.0  # relative to the resolution of the themes between
_SMALLEST_SPLIT = 10  # papers in a theme that is split
FINE = PartitionSettings(1.0, min_theme_size=3)  # of the parts of a theme


def layers(themes: ThemeMap) -> tuple[ThemeMap, ThemeMap, ThemeMap]:
    """Return the broad themes, the themes themselves, and the fine themes.

    Each layer is nested in the one before. A broad theme unites the themes most of
    whose papers are in the same community at a quarter of the resolution; fine themes
    are the communities inside one theme.
    """
    labels = themes.paper_labels
    resolution = themes.settings.resolution if themes.settings else DEFAULT_RESOLUTION
    broad = _broad(labels, themes, resolution * _BROADER)
    fine = _fine(labels, themes)
    return (
        _layer(broad, themes, resolution * _BROADER, parts=labels),
        themes,
        _layer(fine, themes, resolution * _FINER),
    )


def hierarchy(themes: ThemeMap) -> pd.DataFrame:
    """Return how themes nest; see `ThemeMap.hierarchy`."""
    import pandas as pd

    broad, middle, fine = themes.layers
    above = parents(fine.labels, middle.labels)
    top = parents(middle.labels, broad.labels)[above]
    table = pd.DataFrame(
        {
            "broad": [broad[theme].name for theme in top],
            "theme": [middle[theme].name for theme in above],
            "fine": [theme.name for theme in fine],
            "size": [theme.size for theme in fine],
        }
    )
    return table.iloc[np.lexsort((np.arange(len(fine)), above, top))].reset_index(drop=True)


def parents(child: IntArray, parent: IntArray) -> IntArray:
    """Return the theme above each theme, given both labels of the same papers.

    Examples
    --------
    >>> parents(np.array([0, 1, 2, -1]), np.array([0, 0, 1, -1])).tolist()
    [0, 0, 1]
    """
    above = np.full(int(child.max(initial=-1)) + 1, -1)
    placed = child >= 0
    above[child[placed]] = parent[placed]
    return above


def _broad(labels: IntArray, themes: ThemeMap, resolution: float) -> IntArray:
    coarse = find_communities(
        themes.graph, PartitionSettings(resolution), random_state=themes.random_state
    )
    both = (labels >= 0) & (coarse >= 0)
    votes = np.zeros((len(themes), int(coarse.max(initial=0)) + 1), dtype=np.int64)
    np.add.at(votes, (labels[both], coarse[both]), 1)
    above = votes.argmax(axis=1) if len(votes) else np.zeros(0, dtype=np.int64)
    return take(above, labels, missing=-1)


def _fine(labels: IntArray, themes: ThemeMap) -> IntArray:
    adjacency = themes.graph.adjacency
    fine = np.full(len(labels), -1)
    for theme in range(len(themes)):
        members = np.flatnonzero(labels == theme)
        parts = np.zeros(len(members), dtype=np.int64)
        if len(members) >= _SMALLEST_SPLIT:
            parts = communities_inside(adjacency, members, FINE, themes.random_state)
        fine[members] = parts + fine.max(initial=-1) + 1
    return fine


def _layer(
    labels: IntArray, themes: ThemeMap, resolution: float, parts: IntArray | None = None
) -> ThemeMap:
    labels = by_size(labels, themes.corpus.n_rows_of_paper)
    settings = PartitionSettings(resolution)
    samples = stability_samples(len(labels), themes.random_state)
    relabel = relabeller(themes.graph.adjacency, settings, themes.random_state)
    stability = theme_stability(labels, samples, relabel)
    names = _names_of_whole_themes(labels, themes)
    return build_map(themes.foundation, labels, stability, settings, names, parts)


def _names_of_whole_themes(labels: IntArray, themes: ThemeMap) -> dict[int, str]:
    """Return the names of the themes in a layer that are themes of the map, paper for paper."""
    before = themes.paper_labels
    sizes, above = np.bincount(labels[labels >= 0]), parents(labels, before)
    whole = np.bincount(before[before >= 0], minlength=len(themes))
    return {
        theme: themes[parent].name
        for theme, parent in enumerate(above.tolist())
        if sizes[theme] == whole[parent] == ((labels == theme) & (before == parent)).sum()
    }
