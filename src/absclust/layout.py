"""Neighbour graph -> 2-D coordinates, by UMAP on the graph that was clustered."""

import numpy as np
import numpy.typing as npt

from absclust import sizes
from absclust.arrays import FloatArray, IntArray, evenly_spread
from absclust.clustering.neighbors import NeighborGraph, NeighborSearch, sample_graph
from absclust.clustering.reduce import UMAP_FROM, reduce_dimensions

_MIN_DISTANCE = 0.08
_GAP, _GAP_OF_ONE = 0.04, 1.0  # widest empty strip allowed, as a share of the map
_NARROWINGS = 5
_MEDIAN_STEPS = 20
_TINY = 1e-6  # weight of dissimilar neighbours: above 0, since every paper needs a place


def layout(graph: NeighborGraph, embedding: FloatArray, *, random_state: int = 0) -> FloatArray:
    """Place papers in the plane so that neighbours lie together.

    Map and themes agree, because both come from the same neighbour graph. The map
    is turned so that it is widest from left to right. Groups that UMAP puts far
    away, where distances no longer mean anything, are moved closer.

    Of more than 50,000 papers, UMAP lays out an even sample, and each of the others lies
    among its neighbours there.

    Parameters
    ----------
    graph
        The neighbour graph of n papers.
    embedding : float32 array of shape (n, d)
        The layout starts from it.
    random_state
        Seed.

    Returns
    -------
    float32 array of shape (n, 2)
    """
    if graph.n_papers > sizes.LAID_OUT:
        return _layout_by_sample(graph, embedding, random_state)
    places = reduce_dimensions(
        graph, embedding, n_components=2, min_distance=_MIN_DISTANCE, random_state=random_state
    )
    places = _lie_flat(places)
    return places if graph.n_papers < UMAP_FROM else _close_gaps(places)


def _layout_by_sample(graph: NeighborGraph, embedding: FloatArray, seed: int) -> FloatArray:
    everyone = np.arange(graph.n_papers)
    sample = evenly_spread(everyone, sizes.LAID_OUT)
    others = np.setdiff1d(everyone, sample)
    part = sample_graph(graph, embedding, sample)
    places = np.zeros((graph.n_papers, 2), dtype=np.float32)
    places[sample] = layout(part, embedding[sample], random_state=seed)
    search = NeighborSearch(embedding[sample], part)
    for start in range(0, len(others), sizes.PLACED_AT_ONCE):
        papers = others[start : start + sizes.PLACED_AT_ONCE]
        groups = None if graph.groups is None else graph.groups[papers]
        near, similarities = search.neighbors(embedding[papers], groups)
        places[papers] = place_new(near, similarities, places[sample])
    return places


def _lie_flat(places: FloatArray) -> FloatArray:
    """Rotate a map about its centre so that its main axis is horizontal."""
    centred = (places - places.mean(axis=0)).astype(np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    across = axes[:, 1] * (1 if axes[0, 1] >= 0 else -1)
    up = np.array([-across[1], across[0]])
    turned: FloatArray = (centred @ np.stack([across, up], axis=1)).astype(np.float32)
    return turned


def _close_gaps(places: FloatArray) -> FloatArray:
    """Narrow the empty strips across a map, then turn it if it is now taller than wide."""
    closed = np.empty_like(places)
    for axis in range(2):
        order = np.argsort(places[:, axis], kind="stable")
        steps = np.diff(places[order, axis].astype(np.float64), prepend=places[order[0], axis])
        for _ in range(_NARROWINGS):  # the gap allowed shrinks with the map
            steps = np.minimum(steps, steps.sum() * (_GAP + _GAP_OF_ONE / np.sqrt(len(places))))
        closed[order, axis] = steps.cumsum()
    closed -= closed.mean(axis=0)
    width, height = np.ptp(closed, axis=0)
    return closed if width >= height else np.stack([-closed[:, 1], closed[:, 0]], axis=1)


def place_new(
    indices: npt.NDArray[np.integer], similarities: FloatArray, places: FloatArray
) -> FloatArray:
    """Place new papers on a map among their neighbours, each independently of the others.

    A new paper is placed at the weighted geometric median of its neighbours' places
    (Weiszfeld 1937). That lies with the majority of them, whereas their mean could
    lie in the empty middle between two groups.

    Parameters
    ----------
    indices : int array of shape (n_new, k)
        Neighbours among the papers on the map.
    similarities : float32 array of shape (n_new, k)
        Their cosine similarities.
    places : float32 array of shape (n, 2)
        The map.

    Returns
    -------
    float32 array of shape (n_new, 2)

    Examples
    --------
    >>> places = np.array([[0, 0], [0, 1], [9, 9]], dtype=np.float32)
    >>> alike = np.array([[0.8, 0.8, 0.5]], dtype=np.float32)
    >>> place_new(np.array([[0, 1, 2]]), alike, places).round(1).tolist()
    [[0.0, 1.0]]
    """
    around = places[indices].astype(np.float64)
    weights = np.maximum(similarities, _TINY).astype(np.float64)[:, :, None]
    medians = (weights * around).sum(axis=1) / weights.sum(axis=1)
    for _ in range(_MEDIAN_STEPS):
        distances = np.linalg.norm(around - medians[:, None], axis=2, keepdims=True)
        pulls = weights / np.maximum(distances, _TINY)
        medians = (pulls * around).sum(axis=1) / pulls.sum(axis=1)
    new: FloatArray = medians.astype(np.float32)
    return new


def layout_with_added(
    graph: NeighborGraph,
    embedding: FloatArray,
    labels: IntArray,
    added: npt.NDArray[np.bool_],
    *,
    random_state: int = 0,
) -> FloatArray:
    """Lay out a map to which papers were added, without moving the original papers.

    Parameters
    ----------
    graph
        The neighbour graph, in which no added paper is a neighbour of any other paper.
    embedding : float32 array of shape (n, d)
        The layout starts from it.
    labels : int array of shape (n,)
        Theme of each paper, for `place_added`.
    added : bool array of shape (n,)
        True for the papers that were added.
    random_state
        Seed.

    Returns
    -------
    float32 array of shape (n, 2)
    """
    old = np.flatnonzero(~added)
    position = np.cumsum(~added) - 1
    part = NeighborGraph(position[graph.indices[old]].astype(np.int32), graph.similarities[old])
    places = np.zeros((len(added), 2), dtype=np.float32)
    places[old] = layout(part, embedding[old], random_state=random_state)
    return place_added(graph, places, labels, added)


def place_added(
    graph: NeighborGraph, places: FloatArray, labels: IntArray, added: npt.NDArray[np.bool_]
) -> FloatArray:
    """Place the added papers among their neighbours.

    If a paper has neighbours in its own theme, only these count, so that it lies in
    that theme's region (decision 49).

    Parameters
    ----------
    graph
        The neighbour graph, as in `layout_with_added`.
    places : float32 array of shape (n, 2)
        Coordinates; those of the added papers are ignored.
    labels : int array of shape (n,)
        Theme of each paper; -1 for none.
    added : bool array of shape (n,)
        True for the papers that were added.

    Returns
    -------
    float32 array of shape (n, 2)
        The coordinates, unchanged for all other papers.
    """
    placed = places.copy()
    if graph.indices.shape[1]:
        near = graph.indices[added]
        own = labels[near] == labels[added, None]
        own |= ~own.any(axis=1, keepdims=True)
        placed[added] = place_new(near, graph.similarities[added] * own, places)
    return placed
