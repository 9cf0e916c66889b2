"""Whether themes are about one thing; those that aren't are divided into what they are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from absclust import sizes
from absclust.arrays import (
    FloatArray,
    IntArray,
    evenly_spread,
    group_sums,
    members,
    one_thread,
    take,
    unit_rows,
)
from absclust.clustering.leiden import (
    Adjacency,
    PartitionSettings,
    communities_inside,
    links_between,
    merge_small,
    without_gaps,
)
from absclust.clustering.neighbors import NeighborGraph

Relabel = Callable[[IntArray], IntArray]  # numbers of some papers -> community of each

# Learnt from how pure the themes of labelled corpora are, beyond chance (decision 80).
_CLOSE, _APART, _ONE_RIVAL, _INSIDE, _NONE = 0.65, 0.05, 0.3, 0.4, -0.25
_OUTER = 0.2  # the share of a theme's papers that are furthest from its centre
_TINY = 1e-6
# Differences in focus (decision 81): from a map's mean down to the themes that are divided, and
# to those that are mixed; and from such a theme up to the parts that become themes.
_DIVIDED, _MIXED, _BETTER = 0.03, 0.12, 0.1
_CLEAR = 0.5  # a theme with more focus is never mixed, however clear the others are
_SMALLEST, _SMALLEST_PART = 30, 8  # papers in a theme that is divided, and in its parts
_FEWEST = 3  # papers of a mixed theme: two that differ are no remainder


def theme_focus(graph: NeighborGraph, vectors: FloatArray, labels: IntArray) -> FloatArray:
    """Return how far each theme is about one thing: about 0 for what is left over, to 1.

    It estimates, without labels, which share of a theme's papers a person would give the same
    label, beyond what chance would. A theme is about one thing if even its outer papers are
    close to its centre; if it lies apart from the papers of the corpus; if its papers' links
    stay inside it; and if those that leave it lead to one theme, rather than everywhere.

    Parameters
    ----------
    graph
        The neighbour graph of n papers.
    vectors : float32 array of shape (n, d)
        Their vectors, of unit length (or zero).
    labels : int array of shape (n,)
        Theme of each paper, 0 to K - 1; -1 for none.

    Returns
    -------
    float32 array of shape (K,)
        NaN for a theme of a single paper.

    Examples
    --------
    >>> from absclust.clustering.neighbors import neighbor_graph
    >>> v = np.array([[1, 0, 0], [1, 0.1, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float32)
    >>> focus = theme_focus(neighbor_graph(v), v, np.array([0, 0, 1, 1]))
    >>> bool(focus[0] > focus[1])
    True
    """
    n_themes = int(labels.max()) + 1
    close, apart = _closeness(vectors, labels, n_themes)
    inside, one_rival = _links(graph, labels)
    focus = _CLOSE * close + _APART * apart + _ONE_RIVAL * one_rival + _INSIDE * inside + _NONE
    focus[np.bincount(labels[labels >= 0]) < 2] = np.nan
    return np.asarray(np.clip(focus, 0, 1).round(3), dtype=np.float32)


def divide_mixed(
    graph: NeighborGraph,
    vectors: FloatArray,
    labels: IntArray,
    parts_of: Relabel,
    min_theme_size: int,
    of_person: IntArray,
) -> tuple[IntArray, frozenset[int]]:
    """Divide the themes that aren't about one thing, and find those that can't be.

    A theme with less focus than the themes have on average is divided into the communities
    inside it, as far as these have clearly more; the other papers stay together. What has far
    less focus than the average in the end is mixed: it is left over, rather than about something.

    Parameters
    ----------
    graph, vectors, labels
        As in `theme_focus`.
    parts_of
        Finds the parts of a theme, as `parts_finder` makes it.
    min_theme_size
        The least number of papers that a theme may have; smaller ones are merged.
    of_person : int array
        A paper of each theme that a person asked for; these themes stay as they are.

    Returns
    -------
    labels : int array of shape (n,)
        Theme of each paper, from 0, in no particular order; -1 for none.
    mixed : frozenset of int
        The mixed themes.
    """
    focus = theme_focus(graph, vectors, labels)
    n_papers = np.bincount(labels[labels >= 0])
    usual = np.average(np.nan_to_num(focus), weights=n_papers) if len(focus) else 0
    divided, whole = labels.copy(), np.arange(len(focus))  # the theme that each part comes from
    unclear = np.flatnonzero((focus < usual - _DIVIDED) & (n_papers >= _SMALLEST))
    for theme in np.setdiff1d(unclear, labels[of_person]).tolist():
        papers = np.flatnonzero(labels == theme)
        parts = parts_of(papers)
        divided[papers] = len(whole) + parts
        whole = np.append(whole, np.full(parts.max() + 1, theme))
    better = theme_focus(graph, vectors, divided) >= focus[whole] + _BETTER
    divided = take(np.where(better, np.arange(len(whole)), whole), divided, missing=-1)
    divided = without_gaps(divided)
    divided = merge_small(divided, graph.adjacency, min_theme_size, keep=of_person)
    focus, n_papers = theme_focus(graph, vectors, divided), np.bincount(divided[divided >= 0])
    mixed = np.flatnonzero((focus < min(usual - _MIXED, _CLEAR)) & (n_papers >= _FEWEST))
    return divided, frozenset(np.setdiff1d(mixed, divided[of_person]).tolist())


def dividing(relabel: Relabel, parts_of: Relabel, whole: IntArray, divided: IntArray) -> Relabel:
    """Return a function that finds themes anew, and divides those that were divided.

    Parameters
    ----------
    relabel
        Finds themes among some of the papers.
    parts_of
        As in `divide_mixed`.
    whole, divided : int arrays of shape (n,)
        Theme of each paper before and after mixed ones were divided; -1 for none.
    """
    pairs = np.unique(np.column_stack([whole, divided])[whole >= 0], axis=0)
    themes = np.flatnonzero(np.bincount(pairs[:, 0]) > 1).tolist()

    def relabel_and_divide(papers: IntArray) -> IntArray:
        found = relabel(papers).copy()
        for theme in themes:
            again = found[(whole[papers] == theme) & (found >= 0)]
            if len(again):
                inside = np.flatnonzero(found == np.bincount(again).argmax())
                found[inside] = found.max() + 1 + parts_of(papers[inside])
        return found

    return relabel_and_divide


def parts_finder(adjacency: Adjacency, granularity: float, random_state: int) -> Relabel:
    """Return a function that finds the parts of a theme: the communities among its papers.

    Parameters
    ----------
    adjacency
        Symmetric weights between all papers, shape (n, n).
    granularity
        Resolution of the parts: below 1 fewer themes are divided, as fewer were asked for.
    random_state
        Seed.
    """
    settings = PartitionSettings(granularity, min_theme_size=_SMALLEST_PART)
    return lambda papers: communities_inside(adjacency, papers, settings, random_state)


def _closeness(vectors: FloatArray, labels: IntArray, n_themes: int) -> tuple[Any, Any]:
    """Return how close a theme's outer papers are to its centre, and how far it lies apart.

    The first is a cosine, beyond the mean of all papers; the second is the mean of its papers'
    cosines, in standard deviations above that of all. No paper counts towards the centre that
    it is compared with.
    """
    sums = group_sums(labels, n_themes, vectors)
    sample = evenly_spread(np.arange(len(vectors)), sizes.CHOSEN_AMONG)
    with one_thread():
        of_all = vectors[sample] @ unit_rows(sums).T
    mean, spread = of_all.mean(axis=0), np.maximum(of_all.std(axis=0), _TINY)
    outer, means = np.zeros((2, n_themes))
    for theme, papers in enumerate(members(labels, n_themes)):
        if len(papers):
            own = np.einsum("nd,d->n", vectors[papers], sums[theme])
            rest = sums[theme] @ sums[theme] - 2 * own + 1
            cosines = (own - 1) / np.sqrt(np.maximum(rest, _TINY))
            outer[theme], means[theme] = np.quantile(cosines, _OUTER), cosines.mean()
    return (outer - mean) / np.maximum(1 - mean, _TINY), (means - mean) / spread


def _links(graph: NeighborGraph, labels: IntArray) -> tuple[Any, Any]:
    """Return the share of links inside beyond chance, and how few themes the others lead to.

    A theme with fewer papers than a paper has neighbours can't hold all their links; its share
    is that of those it could hold.
    """
    links, n_papers = links_between(labels, graph.adjacency)
    total = np.maximum(links.sum(axis=1), _TINY)
    most = np.clip((n_papers - 1) / max(graph.indices.shape[1], 1), _TINY, 1)
    inside = np.minimum(np.diag(links) / total / most, 1) - total / max(total.sum(), _TINY)
    np.fill_diagonal(links, 0)
    leaving = links.sum(axis=1, keepdims=True)
    shares = np.divide(links, leaving, out=np.zeros_like(links), where=leaving > 0)
    return inside, np.where(leaving.ravel() > 0, (shares**2).sum(axis=1), 1)
