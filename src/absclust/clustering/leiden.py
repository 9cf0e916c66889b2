"""Neighbour graph -> communities, by the Leiden algorithm, as many as there are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from absclust.arrays import IntArray
from absclust.clustering.neighbors import NeighborGraph
from absclust.clustering.stability import mean_stability, resample
from absclust.errors import OptionError

UNASSIGNED = -1
DEFAULT_RESOLUTION = 1.5

Adjacency: TypeAlias = "sparse.csr_matrix[np.float64]"

_ITERATIONS, _TRIALS = 4, 2  # more raise modularity by half a percent, in five times the time
_QUICK_ITERATIONS, _QUICK_TRIALS = 2, 1
# Tried from fine to coarse before the default is taken (docs/decisions.md, 11).
_COARSE_RESOLUTIONS = (1.0, 0.7)  # below, whole sciences stand clear of each other
_CLEAR = 0.97  # themes of that stability are there for everyone to see
_CLEAR_RESAMPLES = 5
_STEPS = 3  # alternatives on either side, each at twice the resolution
_DOUBLINGS, _HALVINGS = 30, 8  # to find a resolution that gives as many themes as asked for


@dataclass(frozen=True)
class PartitionSettings:
    """How communities are made of a graph.

    Attributes
    ----------
    resolution : float
        Of the modularity; above 1 it gives more and smaller communities.
    n_themes : int or None
        Exactly so many, by merging the most alike of a finer partition.
    min_theme_size : int
        Smaller communities go with the one they are most linked to.
    """

    resolution: float = DEFAULT_RESOLUTION
    n_themes: int | None = None
    min_theme_size: int = 1


def leiden(
    adjacency: Adjacency,
    *,
    resolution: float = 1.5,
    random_state: int = 0,
    quick: bool = False,
) -> IntArray:
    """Partition a graph into communities.

    Leiden (Traag, Waltman and van Eck 2019) maximises modularity with a
    resolution parameter: above 1 it gives more and smaller communities.

    Parameters
    ----------
    adjacency
        Symmetric weights, shape (n, n).
    resolution
        Resolution of the modularity, above 0.
    random_state
        Seed.
    quick
        Spend a fifth of the time, for a modularity half a percent lower.

    Returns
    -------
    int array of shape (n,)
        Community of each paper, from 0; -1 for papers without an edge, unless
        that holds for all: then each is its own community.

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
        trials=_QUICK_TRIALS if quick else _TRIALS,
        seed=random_state,
    )
    labels = np.array([community.get(paper, UNASSIGNED) for paper in range(n)], dtype=np.int64)
    labels[~connected] = UNASSIGNED
    # Those papers had communities of their own, whose numbers must not stay as gaps.
    labels[connected] = np.unique(labels[connected], return_inverse=True)[1]
    return labels


def choose_resolution(adjacency: Adjacency, *, random_state: int = 0) -> float:
    """Return the resolution whose themes are there for everyone to see, or the default.

    Where a partition coarser than the default comes back almost whole when a
    fifth of the papers is left out (mean stability of 0.97 and more), the
    corpus has clear-cut subjects, and the finest such partition is taken. Most
    corpora have none; any partition of them is a view among others.
    """
    samples = resample(adjacency.shape[0], _CLEAR_RESAMPLES, random_state)
    for resolution in _COARSE_RESOLUTIONS:
        labels = leiden(adjacency, resolution=resolution, random_state=random_state, quick=True)
        if labels.max() < 1:
            break
        rule = PartitionSettings(resolution)
        # Two resamples tell nearly always that a partition is not clear.
        if all(
            mean_stability(labels, part, relabeller(adjacency, rule, random_state)) >= _CLEAR
            for part in (samples[:2], samples)
        ):
            return resolution
    return DEFAULT_RESOLUTION


def find_communities(
    graph: NeighborGraph, rule: PartitionSettings, *, random_state: int = 0
) -> IntArray:
    """Partition the papers by a rule.

    Returns
    -------
    int array of shape (n,)
        Community of each paper, from 0. A paper with no positive similarity goes
        with the paper it is least unlike, or is -1 where its similarities are all
        zero, as those of a text without known words. Where no two papers are
        similar, each is its own community.

    Raises
    ------
    OptionError
        If more themes are asked for than there are papers to put in them.

    Examples
    --------
    >>> from absclust.clustering.neighbors import neighbor_graph
    >>> v = np.repeat(np.eye(3, dtype=np.float32), 4, axis=0)
    >>> int(find_communities(neighbor_graph(v), PartitionSettings(n_themes=2)).max()) + 1
    2
    """
    adjacency = graph.adjacency
    return place_isolated(_partition(adjacency, rule, random_state, quick=False), graph)


def place_isolated(labels: IntArray, graph: NeighborGraph) -> IntArray:
    """Put papers without a positive similarity with the paper they are least unlike."""
    labels = labels.copy()
    for paper in np.flatnonzero(labels < 0):
        neighbours = graph.indices[paper][graph.similarities[paper] != 0]
        placed = neighbours[labels[neighbours] >= 0]
        if len(placed):
            labels[paper] = labels[placed[0]]
    return labels


def communities_inside(
    adjacency: Adjacency, papers: IntArray, rule: PartitionSettings, random_state: int
) -> IntArray:
    """Partition some of the papers by a rule, by the links between them alone.

    A paper linked to none of the others goes with the first community.
    """
    inside = subgraph(adjacency, papers)
    return np.maximum(_partition(inside, rule, random_state, quick=False), 0)


def subgraph(adjacency: Adjacency, papers: IntArray) -> Adjacency:
    """Return the weights between some of the papers."""
    part = adjacency[papers][:, papers].tocsr()
    part.sort_indices()
    return part


def relabeller(
    adjacency: Adjacency, rule: PartitionSettings, random_state: int
) -> Callable[[IntArray], IntArray]:
    """Return the function that partitions some of the papers by the same rule."""

    def relabel(papers: IntArray) -> IntArray:
        return _partition(subgraph(adjacency, papers), rule, random_state, quick=True)

    return relabel


def _partition(
    adjacency: Adjacency, rule: PartitionSettings, random_state: int, *, quick: bool
) -> IntArray:
    def at(resolution: float) -> IntArray:
        return leiden(adjacency, resolution=resolution, random_state=random_state, quick=quick)

    labels = at(rule.resolution)
    if rule.n_themes is not None:
        labels = _with_at_least(rule.n_themes, labels, rule.resolution, at)
        labels = _merge(labels, adjacency, rule.n_themes)
    if rule.min_theme_size > 1:
        labels = merge_small(labels, adjacency, rule.min_theme_size)
    return labels


def _with_at_least(
    n_themes: int, labels: IntArray, resolution: float, at: Callable[[float], IntArray]
) -> IntArray:
    """Return the coarsest partition found with at least that many communities."""
    low, high = resolution, resolution
    for _ in range(_DOUBLINGS):
        if labels.max() + 1 >= n_themes:
            break
        low, high = high, high * 2
        labels = at(high)
    else:
        raise OptionError(
            f"n_themes is {n_themes}, but the papers fall into {labels.max() + 1} at the most; "
            "ask for fewer"
        )
    for _ in range(_HALVINGS if high > low else 0):
        middle = float(np.sqrt(low * high))
        fewer = at(middle)
        if fewer.max() + 1 >= n_themes:
            high, labels = middle, fewer
        else:
            low = middle
    return labels


def _merge(labels: IntArray, adjacency: Adjacency, n_themes: int) -> IntArray:
    """Merge the two communities with the strongest mean link until so many are left."""
    labels = labels.copy()
    links, sizes = _links(labels, adjacency)
    while len(sizes) > n_themes:
        mean = links / np.outer(sizes, sizes)
        np.fill_diagonal(mean, -1)
        one, other = sorted(np.unravel_index(int(mean.argmax()), mean.shape))
        labels, links, sizes = _join(labels, links, sizes, int(one), int(other))
    return labels


def merge_small(
    labels: IntArray, adjacency: Adjacency, min_size: int, keep: IntArray | None = None
) -> IntArray:
    """Merge the smallest community into the one it is most linked to, until all are large enough.

    Parameters
    ----------
    labels : int array of shape (n,)
        Community of each paper; -1 for none.
    adjacency
        Symmetric weights, shape (n, n).
    min_size
        Papers that a community must have.
    keep : int array, optional
        Communities that stay, however small.
    """
    labels = labels.copy()
    links, sizes = _links(labels, adjacency)
    kept = np.isin(np.arange(len(sizes)), [] if keep is None else keep)
    while len(sizes) > 1 and sizes[~kept].min(initial=np.inf) < min_size:
        small = int(np.where(kept, np.inf, sizes).argmin())
        own = links[small].copy()
        own[small] = -1
        if own.max() <= 0:  # it has no links to another community
            break
        one, other = sorted((small, int(own.argmax())))
        kept[one] |= kept[other]
        kept = np.delete(kept, other)
        labels, links, sizes = _join(labels, links, sizes, one, other)
    return labels


def _links(
    labels: IntArray, adjacency: Adjacency
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the total weight between communities, and their sizes."""
    placed = np.flatnonzero(labels >= 0)
    member = sparse.csr_matrix(
        (np.ones(len(placed)), (placed, labels[placed])),
        shape=(len(labels), int(labels.max(initial=-1)) + 1),
    )
    return (member.T @ adjacency @ member).toarray(), np.asarray(member.sum(axis=0)).ravel()


def _join(
    labels: IntArray,
    links: npt.NDArray[np.float64],
    sizes: npt.NDArray[np.float64],
    one: int,
    other: int,
) -> tuple[IntArray, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Make one community of two, the second number vanishing."""
    labels = np.where(labels == other, one, labels)
    labels = labels - (labels > other)
    links[one] += links[other]
    links[:, one] += links[:, other]
    links = np.delete(np.delete(links, other, axis=0), other, axis=1)
    sizes[one] += sizes[other]
    return labels, links, np.delete(sizes, other)


def by_size(labels: IntArray, weights: IntArray) -> IntArray:
    """Renumber communities by falling total weight, equals by their first member.

    Parameters
    ----------
    labels : int array of shape (n,)
        Community of each paper; -1 for none.
    weights : int array of shape (n,)
        How many rows hold each paper.

    Examples
    --------
    >>> by_size(np.array([7, 4, 4, -1]), np.ones(4, dtype=int)).tolist()
    [1, 0, 0, -1]
    """
    member = np.flatnonzero(labels >= 0)
    found, first, community = np.unique(labels[member], return_index=True, return_inverse=True)
    size = np.bincount(community, weights[member], minlength=len(found))
    rank = np.empty(len(found), dtype=np.int64)
    rank[np.lexsort((first, -size))] = np.arange(len(found))
    ordered = np.full(len(labels), UNASSIGNED)
    ordered[member] = rank[community]
    return ordered


def alternatives(
    graph: NeighborGraph, rule: PartitionSettings | None, *, random_state: int = 0
) -> list[dict[str, Any]]:
    """Describe the partitions at coarser and finer resolutions than the rule's.

    Returns
    -------
    list of dict
        With the keys resolution, n_themes, stability, coverage and chosen, from
        coarse to fine.

    Raises
    ------
    OptionError
        If there is no rule: the themes were not made from the graph.
    """
    if rule is None:
        raise OptionError(
            "alternatives are partitions of the neighbour graph, but another clusterer made "
            "these themes; use clusterer='graph', the default"
        )
    adjacency = graph.adjacency
    samples = resample(graph.n_papers, _CLEAR_RESAMPLES, random_state)
    rows = []
    for step in range(-_STEPS, _STEPS + 1):
        other = PartitionSettings(rule.resolution * 2**step, None, rule.min_theme_size)
        labels = find_communities(graph, other, random_state=random_state)
        relabel = relabeller(adjacency, other, random_state)
        rows.append(
            {
                "resolution": round(other.resolution, 4),
                "n_themes": int(labels.max(initial=-1)) + 1,
                "stability": round(mean_stability(labels, samples, relabel), 3),
                "coverage": round(float((labels >= 0).mean()), 3),
                "chosen": step == 0,
            }
        )
    return rows
