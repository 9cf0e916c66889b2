"""Neighbour graph -> 2-D coordinates, by t-SNE on the graph that was clustered."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from absclust import sizes
from absclust.arrays import FloatArray, IntArray, evenly_spread, one_thread, principal_axes
from absclust.clustering.neighbors import NeighborGraph, NeighborSearch, sample_graph

# Exaggeration of the attraction, steps, momentum. Above 1 at the end: white between themes.
_PHASES = ((12.0, 100, 0.5), (1.3, 200, 0.8))
_FEW = 15  # papers; fewer have no neighbourhoods to show
_START = 0.01  # spread of the first places: far less than the width of the kernel
_LONGEST_STEP = 5.0
_CELL, _FEWEST_CELLS = 0.4, 64  # of the raster for the repulsion; the kernel's width is 1
_GAP, _GAP_OF_ONE = 0.04, 1.0  # widest empty strip allowed, as a share of the map
_NARROWINGS = 5
_MEDIAN_STEPS = 20
_TINY = 1e-6  # weight of dissimilar neighbours: above 0, since every paper needs a place


def layout(graph: NeighborGraph, embedding: FloatArray) -> FloatArray:
    """Place papers in the plane so that neighbours lie together.

    Map and themes agree, because both come from the same neighbour graph. The map
    is turned so that it is widest from left to right. Groups that lie far away, where
    distances no longer mean anything, are moved closer. Fewer than 15 papers are placed
    by principal components.

    Method: t-SNE (van der Maaten and Hinton 2008) of the graph, its repulsion computed on
    a raster by Fourier transforms (Linderman et al. 2019), with some exaggeration kept
    (Böhm, Berens and Kobak 2022). The result does not depend on the number of threads.

    Of more than 50,000 papers, an even sample is laid out so, and each of the others lies
    among its neighbours there.

    Parameters
    ----------
    graph
        The neighbour graph of n papers.
    embedding : float32 array of shape (n, d)
        The layout starts from it.

    Returns
    -------
    float32 array of shape (n, 2)
    """
    if graph.n_papers > sizes.LAID_OUT:
        return _layout_by_sample(graph, embedding)
    if graph.n_papers < _FEW:
        return _lie_flat(_principal_components(embedding))
    places = _principal_components(embedding)
    start = np.ascontiguousarray(places * (_START / max(float(places.std()), _TINY)))
    return _close_gaps(_lie_flat(_descend(graph, start)))


def _principal_components(embedding: FloatArray) -> FloatArray:
    """Return the first two principal components of papers; zeros for a second of one dimension."""
    centred = embedding - embedding.mean(axis=0)
    axes = principal_axes(centred, 2)
    with one_thread():
        places = centred @ axes
    return places if places.shape[1] > 1 else np.hstack([places, np.zeros_like(places)])


def _descend(graph: NeighborGraph, places: FloatArray) -> FloatArray:
    """Move papers step by step: neighbours attract each other, and all repel all."""
    affinities = _affinities(graph)
    kernels_of = lru_cache(maxsize=1)(_kernels)  # the raster seldom changes from step to step
    change, gains = np.zeros_like(places), np.ones_like(places)
    for exaggeration, n_steps, momentum in _PHASES:
        rate = np.float32(4 * len(places) / exaggeration)
        for _ in range(n_steps):
            pull = np.float32(exaggeration) * _attraction(affinities, places)
            slope = pull - _repulsion(places, kernels_of)
            # Longer steps straight on (Jacobs 1988).
            turned = np.signbit(change) != np.signbit(slope)
            gains = np.maximum(np.where(turned, gains + 0.2, gains * 0.8), 0.01).astype(np.float32)
            change = np.float32(momentum) * change - rate * gains * slope
            np.clip(change, -_LONGEST_STEP, _LONGEST_STEP, out=change)
            places = np.ascontiguousarray(places + change)
    return places


def _affinities(graph: NeighborGraph) -> Any:
    """Return the symmetric matrix of pulls, which sum up to 1; each paper gives out the same."""
    weights = np.maximum(graph.similarities, _TINY).astype(np.float64)
    both = graph.both_ways(weights / weights.sum(axis=1, keepdims=True))
    both.data = (both.data / both.data.sum()).astype(np.float32)
    return both


def _attraction(affinities: Any, places: FloatArray) -> FloatArray:
    points = places.view(np.complex64).ravel()
    apart = np.repeat(points, np.diff(affinities.indptr)) - points[affinities.indices]
    apart *= affinities.data / (1 + apart.real**2 + apart.imag**2)
    pulls = np.add.reduceat(apart, affinities.indptr[:-1])  # every paper has a neighbour
    return pulls.view(np.float32).reshape(-1, 2)


def _repulsion(places: FloatArray, kernels_of: Callable[[int, float], list[Any]]) -> FloatArray:
    """Return the sum of all papers' pushes on each, a share of all closeness as t-SNE has it.

    The sums are a convolution of the papers' density on a raster.
    """
    from scipy import fft

    extent = max(float(np.ptp(places, axis=0).max()), _TINY)
    cell = _CELL
    while extent / cell < _FEWEST_CELLS:
        cell /= 2
    width = 2 * fft.next_fast_len(int(extent / cell) + 2, real=True)  # half of it stays empty
    at = (places - places.min(axis=0)) / np.float32(cell)
    corner = at.astype(np.int32)
    (x, y), (left, down) = (at - corner).T, (1 - at + corner).T
    shares = np.stack([left * down, left * y, x * down, x * y])
    first = corner[:, 0].astype(np.int64) * width + corner[:, 1]
    cells = first + np.array([[0], [1], [width], [width + 1]])
    density = np.bincount(cells.ravel(), shares.ravel(), width * width).astype(np.float32)
    waves = fft.rfft2(density.reshape(width, width))
    closeness, across, up = (
        (fft.irfft2(waves * kernel, (width, width)).ravel()[cells] * shares).sum(axis=0)
        for kernel in kernels_of(width, cell)
    )
    pairs = max(float(closeness.sum(dtype=np.float64)) - len(places), 1.0)
    return (np.stack([across, up], axis=1) / pairs).astype(np.float32, order="C")


def _kernels(width: int, cell: float) -> list[Any]:
    """Return what a paper in the corner of the raster does to all cells, as waves."""
    from scipy import fft

    offsets = (np.arange(width) - width * (np.arange(width) >= width // 2)) * cell
    across, up = offsets[:, None], offsets[None]
    near = 1 / (1 + across**2 + up**2)
    kernels = (near, near**2 * across, near**2 * up)
    return [fft.rfft2(kernel.astype(np.float32)) for kernel in kernels]


def _layout_by_sample(graph: NeighborGraph, embedding: FloatArray) -> FloatArray:
    everyone = np.arange(graph.n_papers)
    sample = evenly_spread(everyone, sizes.LAID_OUT)
    others = np.setdiff1d(everyone, sample)
    part = sample_graph(graph, embedding, sample)
    places = np.zeros((graph.n_papers, 2), dtype=np.float32)
    places[sample] = layout(part, embedding[sample])
    search = NeighborSearch.in_graph(part, embedding[sample])
    for start in range(0, len(others), sizes.PLACED_AT_ONCE):
        papers = others[start : start + sizes.PLACED_AT_ONCE]
        near, similarities = search.neighbors(embedding[papers], graph.batches_of(papers))
        places[papers] = place_new(near, similarities, places[sample])
    return places


def _lie_flat(places: FloatArray) -> FloatArray:
    """Rotate a map about its centre so that its main axis is horizontal."""
    centred = (places - places.mean(axis=0)).astype(np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    across = axes[:, 1] * (1 if axes[0, 1] >= 0 else -1)
    up = np.array([-across[1], across[0]])
    return (centred @ np.stack([across, up], axis=1)).astype(np.float32)


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
    return medians.astype(np.float32)


def layout_with_added(
    graph: NeighborGraph, embedding: FloatArray, labels: IntArray, added: npt.NDArray[np.bool_]
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

    Returns
    -------
    float32 array of shape (n, 2)
    """
    old = np.flatnonzero(~added)
    position = np.cumsum(~added) - 1
    part = NeighborGraph(position[graph.indices[old]].astype(np.int32), graph.similarities[old])
    places = np.zeros((len(added), 2), dtype=np.float32)
    places[old] = layout(part, embedding[old])
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
