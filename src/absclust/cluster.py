"""Neighbour graph -> communities, by the Leiden algorithm."""

import numpy as np

from absclust.arrays import IntArray
from absclust.neighbors import NeighborGraph

UNASSIGNED = -1

_ITERATIONS = 10  # Leiden stops by itself when an iteration changes nothing
_TRIALS = 5  # the best of a few starts; cheap beside the embedding


def leiden(graph: NeighborGraph, *, resolution: float = 1.5, random_state: int = 0) -> IntArray:
    """Partition the graph into communities of papers.

    Leiden (Traag, Waltman and van Eck 2019) maximises modularity with a
    resolution parameter: above 1 it gives more and smaller communities.

    Parameters
    ----------
    graph
        The neighbour graph, of n papers.
    resolution
        Resolution of the modularity, above 0.
    random_state
        Seed.

    Returns
    -------
    int array of shape (n,)
        Community of each paper, from 0. A paper with no positive similarity goes
        with the paper it is least unlike, or is -1 where its similarities are all
        zero, as those of a text without known words. Where no two papers are
        similar, each is its own community.

    Examples
    --------
    >>> from absclust.neighbors import neighbor_graph
    >>> v = np.repeat(np.eye(2, dtype=np.float32), 3, axis=0)
    >>> leiden(neighbor_graph(v)).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    from graspologic_native import leiden_csr

    adjacency = graph.adjacency()
    connected = np.diff(adjacency.indptr) > 0
    if not connected.any():
        return np.arange(graph.n_papers)
    _, community = leiden_csr(
        adjacency.indptr.astype(np.int64),
        adjacency.indices.astype(np.int32),
        adjacency.data,
        graph.n_papers,
        resolution=resolution,
        iterations=_ITERATIONS,
        trials=_TRIALS,
        seed=random_state,
    )
    labels = np.array([community.get(paper, UNASSIGNED) for paper in range(graph.n_papers)])
    for paper in np.flatnonzero(~connected):
        neighbours = graph.indices[paper][graph.similarities[paper] != 0]
        linked = neighbours[connected[neighbours]]
        labels[paper] = labels[linked[0]] if len(linked) else UNASSIGNED
    return labels


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
