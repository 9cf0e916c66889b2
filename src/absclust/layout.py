"""Neighbour graph -> 2-D coordinates, by UMAP on the graph that was clustered."""

from absclust.arrays import FloatArray
from absclust.neighbors import NeighborGraph
from absclust.reduce import reduce_dimensions

_MIN_DISTANCE = 0.15


def layout(graph: NeighborGraph, embedding: FloatArray, *, random_state: int = 0) -> FloatArray:
    """Place papers in the plane so that neighbours lie together.

    Map and themes agree, because both come from one neighbour graph.

    Parameters
    ----------
    graph
        The neighbour graph, of n papers.
    embedding : float32 array of shape (n, d)
        Used for the start of the layout.
    random_state
        Seed.

    Returns
    -------
    float32 array of shape (n, 2)
    """
    return reduce_dimensions(
        graph, embedding, n_components=2, min_distance=_MIN_DISTANCE, random_state=random_state
    )
