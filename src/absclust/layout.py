"""Neighbour graph -> 2-D coordinates, by UMAP on the graph that was clustered."""

import warnings

import numpy as np

from absclust.arrays import FloatArray
from absclust.neighbors import NeighborGraph

_UMAP_FROM = 15  # below this many papers UMAP has no structure to lay out
_MIN_DISTANCE, _SPREAD = 0.15, 1.0
_EPOCHS_SMALL, _EPOCHS_LARGE, _LARGE = 500, 200, 10_000


def layout(graph: NeighborGraph, embedding: FloatArray, *, random_state: int = 0) -> FloatArray:
    """Place papers in the plane so that neighbours lie together.

    UMAP (McInnes, Healy and Melville 2018) optimises the layout of the very
    neighbour graph that was clustered, so that map and themes agree. Fewer than
    15 papers are placed by the two main components of their embedding.

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
    n = graph.n_papers
    if n < _UMAP_FROM:
        return _components(embedding)
    with warnings.catch_warnings():
        # Of umap's own imports and numba's first compilation; nothing a user can mend.
        warnings.simplefilter("ignore")
        from umap.umap_ import find_ab_params, fuzzy_simplicial_set, simplicial_set_embedding

        random = np.random.RandomState(random_state)
        distances = 1 - graph.similarities
        # UMAP counts a paper as its own first neighbour, at distance 0.
        own = np.arange(n, dtype=np.int32)[:, None]
        strengths, _, _ = fuzzy_simplicial_set(
            embedding,
            n_neighbors=graph.indices.shape[1] + 1,
            random_state=random,
            metric="cosine",
            knn_indices=np.hstack([own, graph.indices]),
            knn_dists=np.hstack([np.zeros((n, 1), np.float32), distances]),
        )
        a, b = find_ab_params(_SPREAD, _MIN_DISTANCE)
        coordinates, _ = simplicial_set_embedding(
            embedding,
            strengths,
            n_components=2,
            initial_alpha=1.0,
            a=a,
            b=b,
            gamma=1.0,
            negative_sample_rate=5,
            n_epochs=_EPOCHS_SMALL if n < _LARGE else _EPOCHS_LARGE,
            init="pca",
            random_state=random,
            metric="cosine",
            metric_kwds={},
            densmap=False,
            densmap_kwds={},
            output_dens=False,
            parallel=False,
        )
    return np.asarray(coordinates, dtype=np.float32)


def _components(embedding: FloatArray) -> FloatArray:
    centred = embedding - embedding.mean(axis=0)
    left, values, _ = np.linalg.svd(centred, full_matrices=False)
    coordinates = np.zeros((len(embedding), 2), dtype=np.float32)
    width = min(2, len(values))
    coordinates[:, :width] = (left * values)[:, :width]
    return coordinates
