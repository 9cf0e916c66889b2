"""Neighbour graph -> communities, found by the Leiden algorithm."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from absclust import sizes
from absclust.arrays import IntArray, group_matrix, take
from absclust.clustering.neighbors import NeighborGraph
from absclust.clustering.stability import mean_stability, resample
from absclust.errors import OptionError

UNASSIGNED = -1
DEFAULT_RESOLUTION = 1.5

Adjacency: TypeAlias = "sparse.csr_matrix[np.float64]"
Weights = npt.NDArray[np.float64]

_ITERATIONS, _TRIALS = 4, 2  # more would gain half a percent of modularity for five times the time
_QUICK_ITERATIONS = 2  # of a single trial
# Tried from fine to coarse before falling back on the default (decision 11).
_COARSE_RESOLUTIONS = (1.0, 0.7)  # below 0.7 only whole sciences separate
_CLEAR = 0.95  # themes at least this stable are clear-cut (decision 51)
_CLEAR_RESAMPLES = 5
_TOLERANCE = 0.03  # for the mean of two resamples, which varies more
_DOUBLINGS, _HALVINGS = 30, 8  # steps towards the resolution that gives the wanted number of themes


@dataclass(frozen=True)
class PartitionSettings:
    """How to partition a graph into communities.

    Attributes
    ----------
    resolution : float
        Resolution of the modularity; above 1 it gives more and smaller communities.
    n_themes : int or None
        The exact number of communities, reached by merging the most similar ones
        of a finer partition; None for as many as the resolution gives.
    min_theme_size : int
        Communities with fewer papers are merged into the one they are most
        strongly linked to.
    """

    resolution: float = DEFAULT_RESOLUTION
    n_themes: int | None = None
    min_theme_size: int = 1


def leiden(
    adjacency: Adjacency, *, resolution: float = 1.5, random_state: int = 0, quick: bool = False
) -> IntArray:
    """Partition a graph into communities.

    Leiden (Traag, Waltman and van Eck 2019) maximises modularity with a
    resolution parameter; values above 1 give more and smaller communities.

    Parameters
    ----------
    adjacency
        Symmetric weights, shape (n, n).
    resolution
        Resolution of the modularity, above 0.
    random_state
        Seed.
    quick
        Take a fifth of the time, for a modularity half a percent lower.

    Returns
    -------
    int array of shape (n,)
        Community of each paper, from 0; -1 for papers without an edge. If no
        paper has an edge, each paper is a community of its own.

    Examples
    --------
    >>> from absclust.clustering.neighbors import neighbor_graph
    >>> v = np.repeat(np.eye(2, dtype=np.float32), 3, axis=0)
    >>> leiden(neighbor_graph(v).adjacency).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    from graspologic_native import leiden_csr

    n = adjacency.shape[0]
    connected = np.diff(adjacency.indptr) > 0
    if not connected.any():
        return np.arange(n)
    _, community = leiden_csr(
        adjacency.indptr.astype(np.int64),
        adjacency.indices.astype(np.int32),
        adjacency.data,
        n,
        resolution=resolution,
        iterations=_QUICK_ITERATIONS if quick else _ITERATIONS,
        trials=1 if quick or n >= sizes.ONE_TRIAL_FROM else _TRIALS,
        seed=random_state,
    )
    labels = np.array([community.get(paper, UNASSIGNED) for paper in range(n)], dtype=np.int64)
    labels[~connected] = UNASSIGNED  # they had communities of their own
    return without_gaps(labels)


def without_gaps(labels: IntArray) -> IntArray:
    """Return the labels numbered from 0 on, in the same order; -1 stays.

    Examples
    --------
    >>> without_gaps(np.array([7, 4, -1, 7])).tolist()
    [1, 0, -1, 1]
    """
    placed = labels >= 0
    closed = np.full(len(labels), UNASSIGNED)
    closed[placed] = np.unique(labels[placed], return_inverse=True)[1]
    return closed


def choose_resolution(adjacency: Adjacency, *, random_state: int = 0) -> float:
    """Return the resolution at which the themes are clear-cut, or the default.

    If a partition coarser than the default comes back almost unchanged when a
    fifth of the papers is left out (mean stability of at least 0.95), the
    corpus has clear-cut subjects, and the finest such partition is used. Most
    corpora have none, and any partition of them is one view among several.
    """
    samples = resample(adjacency.shape[0], _CLEAR_RESAMPLES, random_state)
    for resolution in _COARSE_RESOLUTIONS:
        labels = leiden(adjacency, resolution=resolution, random_state=random_state, quick=True)
        if labels.max() < 1:
            break
        relabel = relabeller(adjacency, PartitionSettings(resolution), random_state)
        # Two resamples are nearly always enough to show that a partition is not clear-cut.
        if (
            mean_stability(labels, samples[:2], relabel) >= _CLEAR - _TOLERANCE
            and mean_stability(labels, samples, relabel) >= _CLEAR
        ):
            return resolution
    return DEFAULT_RESOLUTION


def find_communities(
    graph: NeighborGraph, settings: PartitionSettings, *, random_state: int = 0
) -> IntArray:
    """Partition the papers with the given settings.

    Returns
    -------
    int array of shape (n,)
        Community of each paper, from 0. A paper without a positive similarity
        joins the paper it is least unlike; it is -1 if all its similarities are
        zero, as for a text without known words. If no two papers are similar,
        each is a community of its own.

    Raises
    ------
    OptionError
        If ``n_themes`` is more than the number of communities the papers can form.

    Examples
    --------
    >>> from absclust.clustering.neighbors import neighbor_graph
    >>> v = np.repeat(np.eye(3, dtype=np.float32), 4, axis=0)
    >>> int(find_communities(neighbor_graph(v), PartitionSettings(n_themes=2)).max()) + 1
    2
    """
    return place_isolated(_partition(graph.adjacency, settings, random_state), graph)


def place_isolated(labels: IntArray, graph: NeighborGraph) -> IntArray:
    """Let each paper without a positive similarity join the paper it is least unlike."""
    labels = labels.copy()
    for paper in np.flatnonzero(labels < 0):
        near = labels[graph.indices[paper]][graph.similarities[paper] != 0]
        labels[paper] = next((label for label in near if label >= 0), UNASSIGNED)
    return labels


def communities_inside(
    adjacency: Adjacency, papers: IntArray, settings: PartitionSettings, random_state: int
) -> IntArray:
    """Partition some of the papers, using only the links between them.

    A paper that is linked to none of the others joins the first community.
    """
    return np.maximum(_partition(subgraph(adjacency, papers), settings, random_state), 0)


def subgraph(adjacency: Adjacency, papers: IntArray) -> Adjacency:
    """Return the weights between some of the papers."""
    part = adjacency[papers][:, papers].tocsr()
    part.sort_indices()
    return part


def relabeller(
    adjacency: Adjacency, settings: PartitionSettings, random_state: int
) -> Callable[[IntArray], IntArray]:
    """Return a function that partitions a subset of the papers with the same settings."""
    return lambda some: _partition(subgraph(adjacency, some), settings, random_state, quick=True)


def _partition(
    adjacency: Adjacency, settings: PartitionSettings, random_state: int, *, quick: bool = False
) -> IntArray:
    def at(resolution: float) -> IntArray:
        return leiden(adjacency, resolution=resolution, random_state=random_state, quick=quick)

    labels = at(settings.resolution)
    if settings.n_themes is not None:
        labels = _with_at_least(settings.n_themes, labels, settings.resolution, at)
        # A resample of the papers may form fewer; of all papers, the user asked for that many.
        if not quick and labels.max() + 1 < settings.n_themes:
            raise OptionError(
                f"n_themes is {settings.n_themes}, but the papers form at most {labels.max() + 1} "
                "themes; ask for fewer"
            )
        labels = merge_to(labels, adjacency, settings.n_themes)
    if settings.min_theme_size > 1:
        labels = merge_small(labels, adjacency, settings.min_theme_size)
    return labels


def _with_at_least(
    n_themes: int, labels: IntArray, resolution: float, at: Callable[[float], IntArray]
) -> IntArray:
    """Return the coarsest partition with at least that many communities, else the finest."""
    low, high = resolution, resolution
    for _ in range(_DOUBLINGS):
        if labels.max() + 1 >= n_themes:
            break
        low, high = high, high * 2
        labels = at(high)
    for _ in range(_HALVINGS if high > low else 0):
        middle = float(np.sqrt(low * high))
        coarser = at(middle)
        if coarser.max() + 1 >= n_themes:
            high, labels = middle, coarser
        else:
            low = middle
    return labels


def merge_to(labels: IntArray, adjacency: Adjacency, n_themes: int) -> IntArray:
    """Merge the two communities with the strongest mean link until n_themes are left."""
    links, sizes = links_between(labels, adjacency)
    while len(sizes) > n_themes:
        mean = links / np.outer(sizes, sizes)
        np.fill_diagonal(mean, -1)
        pair = np.unravel_index(int(mean.argmax()), mean.shape)
        labels, links, sizes = _join(pair, labels, links, sizes)
    return labels


def merge_small(
    labels: IntArray, adjacency: Adjacency, min_size: int, keep: IntArray | None = None
) -> IntArray:
    """Merge each community that is too small into the one it is most strongly linked to.

    The smallest comes first, until all are large enough.

    Parameters
    ----------
    labels : int array of shape (n,)
        Community of each paper; -1 for none.
    adjacency
        Symmetric weights, shape (n, n).
    min_size
        The least number of papers that a community may have.
    keep : int array, optional
        Papers whose communities stay, however small.
    """
    links, sizes = links_between(labels, adjacency)
    while len(sizes) > 1:
        kept = np.isin(np.arange(len(sizes)), [] if keep is None else labels[keep])
        small = int(np.where(kept, np.inf, sizes).argmin())
        if kept[small] or sizes[small] >= min_size:
            break
        own = links[small].copy()
        own[small] = -1
        if own.max() <= 0:  # it has no links to another community
            break
        labels, links, sizes = _join((small, own.argmax()), labels, links, sizes)
    return labels


def links_between(labels: IntArray, adjacency: Adjacency) -> tuple[Weights, Weights]:
    """Return the total weight between communities, twice that inside each, and their sizes."""
    member = group_matrix(labels, int(labels.max(initial=-1)) + 1)
    return (member @ adjacency @ member.T).toarray(), member.sum(axis=1)


def _join(
    pair: Sequence[Any], labels: IntArray, links: Weights, sizes: Weights
) -> tuple[IntArray, Weights, Weights]:
    """Merge two communities into the first of them, and close the gap in the numbering.

    Changes links and sizes.
    """
    target, absorbed = min(pair), max(pair)
    into = np.insert(np.arange(len(sizes) - 1), absorbed, target)
    # In place: products of matrices take several times as long.
    sizes[target] += sizes[absorbed]
    links[target] += links[absorbed]
    links[:, target] += links[:, absorbed]
    links = np.delete(np.delete(links, absorbed, axis=0), absorbed, axis=1)
    return take(into, labels, missing=UNASSIGNED), links, np.delete(sizes, absorbed)


def together(labels: IntArray, alike: IntArray) -> IntArray:
    """Put papers that can't be told apart into the community that most of them are in.

    Parameters
    ----------
    labels : int array of shape (n,)
        Community of each paper; -1 for none.
    alike : int array of shape (n,)
        A number per paper, the same for papers that can't be told apart.

    Examples
    --------
    >>> together(np.array([0, 1, 1, 0]), np.array([5, 5, 5, 7])).tolist()
    [1, 1, 1, 0]
    """
    _, number, size = np.unique(alike, return_inverse=True, return_counts=True)
    several = np.flatnonzero(size[number] > 1)  # only these vote, which takes long for each
    if not len(several):
        return labels
    members = group_matrix(labels[several], int(labels.max(initial=0)) + 1)
    votes = group_matrix(number[several], len(size)) @ members.T
    labels = labels.copy()
    labels[several] = np.asarray(votes.argmax(axis=1)).ravel()[number[several]]
    return labels


def by_size(labels: IntArray, weights: IntArray, last: Collection[int] = ()) -> IntArray:
    """Renumber communities from the largest total weight down; ties by their first member.

    Parameters
    ----------
    labels : int array of shape (n,)
        Community of each paper; -1 for none.
    weights : int array of shape (n,)
        Number of rows that hold each paper.
    last
        Communities that come after all others, whatever their size.

    Examples
    --------
    >>> by_size(np.array([7, 4, 4, -1]), np.ones(4, dtype=int)).tolist()
    [1, 0, 0, -1]
    """
    member = np.flatnonzero(labels >= 0)
    numbers, first, community = np.unique(labels[member], return_index=True, return_inverse=True)
    size = np.bincount(community, weights[member], minlength=len(numbers))
    rank = np.empty(len(numbers), dtype=np.int64)
    rank[np.lexsort((first, -size, np.isin(numbers, list(last))))] = np.arange(len(numbers))
    ordered = np.full(len(labels), UNASSIGNED)
    ordered[member] = rank[community]
    return ordered
