"""Themes -> a few broader ones above them, and finer and finer ones inside each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from numbers import Integral
from typing import TYPE_CHECKING, overload

import numpy as np
import pandas as pd

from absclust.arrays import IntArray, group_matrix, members, take
from absclust.clustering.leiden import (
    DEFAULT_RESOLUTION,
    PartitionSettings,
    by_size,
    communities_inside,
    find_communities,
    merge_to,
    relabeller,
    together,
)
from absclust.clustering.partition import Partition
from absclust.clustering.stability import jaccard, stability_samples, theme_stability
from absclust.errors import OptionError, listed
from absclust.parallel import Memo, in_threads

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap
    from absclust.themes.foundation import Foundation

_BROADER, FINER = 0.25, 3.0  # from layer to layer, relative to the resolution of the themes
_SMALLEST_SPLIT = 10  # papers in a theme of the map that is split
# Below the first layer of fine themes: a theme with fewer papers is split no further.
_SMALLEST_SPLIT_BELOW = 500
_PARTS, _SMALL = 10, 300  # parts that a theme usually has; papers in a theme that is small enough
FINE = PartitionSettings(1.0, min_theme_size=3)  # of the parts of a theme


class Layers(Sequence["ThemeMap"]):
    """The views of a map from broad to fine, each nested in the one before.

    The first has the broad themes, the second the themes themselves, the others finer and
    finer ones, until most have a few hundred papers. A broad theme unites the themes most
    of whose papers are in the same community at a quarter of the resolution; fine themes
    are the communities inside one theme.

    Each layer is computed when it is first asked for; a fine one needs those above it.
    """

    def __init__(self, themes: ThemeMap) -> None:
        self._themes = themes
        self._others: Memo[int, ThemeMap] = Memo()
        self._length = 2 + number_of_finer(themes.corpus.n_papers, len(themes))

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> ThemeMap: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ThemeMap, ...]: ...
    def __getitem__(self, index: int | slice) -> ThemeMap | tuple[ThemeMap, ...]:
        if isinstance(index, slice):
            return tuple(self[number] for number in range(len(self))[index])
        number = range(len(self))[index]
        if number == 1:
            return self._themes
        return self._others.one(number, self._finer if number else lambda _: self._broad())

    @cached_property
    def families(self) -> IntArray:
        """The themes that are united in a broad theme have the same number: (n_themes,).

        Found before the broad themes are, which takes a fraction of the time. The numbers
        are not those of the broad themes.
        """
        themes = self[1]
        with themes.foundation.stage("Finding broad themes"):
            coarse = find_communities(
                themes.foundation.paper_graph,
                PartitionSettings(_resolution(themes) * _BROADER),
                random_state=themes.foundation.random_state,
            )
        of_coarse = group_matrix(coarse, int(coarse.max(initial=0)) + 1)
        votes = (group_matrix(themes._paper_labels, len(themes)) @ of_coarse.T).toarray()
        return np.unique(votes.argmax(axis=1), return_inverse=True)[1].astype(np.int64)

    def _broad(self) -> ThemeMap:
        themes = self[1]
        labels = themes._paper_labels
        broad = take(self.families, labels, missing=-1)
        settings = PartitionSettings(_resolution(themes) * _BROADER)
        return _layer(broad, themes, settings, parts=labels)

    def _finer(self, number: int) -> ThemeMap:
        above = self[number - 1]
        with above.foundation.stage("Finding finer themes"):
            fine = split_themes(above._paper_labels, above.foundation, number - 2)
        return _layer(fine, above, PartitionSettings(_resolution(above) * FINER))


def layer_names(n_layers: int) -> list[str]:
    """Return the names of the columns for that many layers.

    Examples
    --------
    >>> layer_names(4)
    ['broad', 'theme', 'fine', 'fine_2']
    """
    return ["broad", "theme", "fine", *(f"fine_{number}" for number in range(2, n_layers - 1))]


def number_of_finer(n_papers: int, n_themes: int) -> int:
    """Return how many layers below its themes a corpus needs, so that the last are small."""
    papers_per_theme = n_papers / max(1, n_themes)
    return max(1, math.ceil(math.log(papers_per_theme / _SMALL, _PARTS)))


def _resolution(themes: ThemeMap) -> float:
    return themes.settings.resolution if themes.settings else DEFAULT_RESOLUTION


def tree(themes: ThemeMap) -> pd.DataFrame:
    """Return how themes nest: one row per theme of the finest layer, and those above it.

    The columns are ``broad``, ``theme``, ``fine``, in large corpora ``fine_2`` and so on,
    and ``size``.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> themes.tree()[["theme", "size"]].values.tolist()
    [['Robots grasp', 2], ['Proteins fold', 2]]
    """
    layers = list(themes.layers)
    finest = members(layers[-1]._paper_labels, len(layers[-1]))
    papers = [papers[0] for papers in finest]
    numbers = [layer._paper_labels[papers] for layer in layers]
    columns = layer_names(len(layers))
    table = pd.DataFrame(
        {
            name: layer._names_by_label[number]
            for name, layer, number in zip(columns, layers, numbers, strict=True)
        }
    )
    table["size"] = [theme.size for theme in layers[-1]]
    return table.iloc[np.lexsort(numbers[::-1])].reset_index(drop=True)


def levels(themes: ThemeMap, numbers: Sequence[int]) -> tuple[ThemeMap, ...]:
    """Return maps of exactly so many themes each, every one nested in the one before it.

    The finest themes are communities of the neighbour graph; the two that are most strongly
    linked are united, again and again, until each of the other numbers is reached. Unlike
    `layers`, they need not contain the themes of this map.

    Parameters
    ----------
    numbers : sequence of int
        How many themes, from few to many, such as [5, 20, 80].

    Returns
    -------
    tuple of ThemeMap
        One for each number, in the same order.

    Raises
    ------
    OptionError
        If the numbers don't rise from 1 on, or the papers form fewer themes.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast.", "Proteins bind.", "Robots walk."])
    >>> [len(level) for level in themes.levels([1, 2])]
    [1, 2]
    """
    rising = [0, *(listed(numbers) or ())]
    whole = all(isinstance(number, Integral) for number in rising)
    if len(rising) < 2 or not whole or any(below >= above for below, above in pairwise(rising)):
        raise OptionError(
            f"the numbers of themes are {numbers!r}; expected rising ones, from 1 on, as in [5, 20]"
        )
    foundation = themes.foundation
    graph, seed = foundation.paper_graph, foundation.random_state
    settings = PartitionSettings(_resolution(themes), rising[-1], min_theme_size=1)
    labels = find_communities(graph, settings, random_state=seed)
    found = [_layer(labels, themes, settings)]
    for number in rising[-2:0:-1]:
        labels = merge_to(found[0]._paper_labels, graph.adjacency, number)
        settings = replace(settings, n_themes=number)
        found.insert(0, _layer(labels, found[0], settings, parts=found[0]._paper_labels))
    return tuple(found)


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


def split_themes(labels: IntArray, foundation: Foundation, depth: int) -> IntArray:
    """Split each theme that has enough papers into communities.

    Parameters
    ----------
    labels : int array of shape (n,)
        Theme of each paper; -1 for none.
    foundation
        The papers.
    depth
        How many layers lie between these themes and those of the map.
    """
    adjacency, seed = foundation.paper_graph.adjacency, foundation.random_state
    alike = foundation.alike
    smallest = _SMALLEST_SPLIT if depth == 0 else _SMALLEST_SPLIT_BELOW

    def parts(papers: IntArray) -> IntArray:
        if len(papers) < smallest:
            return np.zeros(len(papers), dtype=np.int64)
        return together(communities_inside(adjacency, papers, FINE, seed), alike[papers])

    of_theme = members(labels, int(labels.max(initial=-1)) + 1)
    fine = np.full(len(labels), -1)
    for papers, split in zip(of_theme, in_threads(parts, of_theme), strict=True):
        fine[papers] = split + fine.max(initial=-1) + 1
    return fine


def _layer(
    labels: IntArray, themes: ThemeMap, settings: PartitionSettings, parts: IntArray | None = None
) -> ThemeMap:
    """Make a layer: its themes from the largest down, with their stability by the settings."""
    foundation, seed = themes.foundation, themes.foundation.random_state
    labels = by_size(labels, themes.corpus.n_rows_of_paper)
    relabel = relabeller(foundation.paper_graph.adjacency, settings, seed)
    stability = theme_stability(labels, stability_samples(len(labels), seed, layer=True), relabel)
    names = names_of_whole(labels, themes._paper_labels, [theme.name for theme in themes])
    return themes._of(foundation, Partition(labels, stability, settings, names), parts)


def names_of_whole(labels: IntArray, before: IntArray, names: Sequence[str]) -> dict[int, str]:
    """Return the names of the themes in a layer that are themes of another, paper for paper.

    Parameters
    ----------
    labels, before : int arrays of shape (n_papers,)
        Theme of each paper in the layer and in the other; -1 for none.
    names
        Names of the themes in the other.
    """
    theme, whole, alike = jaccard(labels, before)
    same = alike == 1
    return {of: names[other] for of, other in zip(theme[same].tolist(), whole[same], strict=True)}
