"""Neighbour graph -> 2-D coordinates, by UMAP on the graph that was clustered."""

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray
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


def layout_with_added(
    graph: NeighborGraph,
    embedding: FloatArray,
    labels: IntArray,
    added: npt.NDArray[np.bool_],
    *,
    random_state: int = 0,
) -> FloatArray:
    """Place papers that were added to a map amid their neighbours, the others as if alone.

    Parameters
    ----------
    graph
        The neighbour graph, in which added papers are nobody's neighbours.
    embedding : float32 array of shape (n, d)
    labels : int array of shape (n,)
        Theme of each paper. An added one is placed amid the neighbours of its own
        theme, where it has such, so that it lies in that theme's region.
    added : bool array of shape (n,)
    random_state
        Seed.

    Returns
    -------
    float32 array of shape (n, 2)
    """
    old, new = np.flatnonzero(~added), np.flatnonzero(added)
    position = np.cumsum(~added) - 1
    part = NeighborGraph(position[graph.indices[old]].astype(np.int32), graph.similarities[old])
    places = np.zeros((len(added), 2), dtype=np.float32)
    places[old] = layout(part, embedding[old], random_state=random_state)
    if graph.indices.shape[1]:
        near = graph.indices[new]
        weights = np.maximum(graph.similarities[new], 0).astype(np.float64) + 1e-6
        own = labels[near] == labels[new, None]
        weights *= np.where(own.any(axis=1, keepdims=True), own, True)
        weights /= weights.sum(axis=1, keepdims=True)
        places[new] = (places[near] * weights[:, :, None]).sum(axis=1)
    return places
