"""Neighbour graph -> a few dimensions, by UMAP: for the map and for density clustering."""

import warnings
from contextlib import ExitStack

import numpy as np

from absclust.arrays import FloatArray, IntArray, one_thread
from absclust.clustering.neighbors import NeighborGraph

UMAP_FROM = 15  # below this many papers UMAP has no structure to reduce
_SPREAD = 1.0
_EPOCHS_SMALL, _EPOCHS_LARGE, _LARGE = 500, 200, 10_000


def reduce_dimensions(
    graph: NeighborGraph,
    embedding: FloatArray,
    *,
    n_components: int,
    min_distance: float,
    random_state: int = 0,
) -> FloatArray:
    """Reduce the papers by UMAP on the very neighbour graph that is clustered.

    McInnes, Healy and Melville 2018. Fewer than 15 papers are reduced to the main
    components of their embedding. The result does not depend on the number of
    threads: UMAP's descent would turn a last bit of its start into another picture.

    Parameters
    ----------
    graph
        The neighbour graph, of n papers.
    embedding : float32 array of shape (n, d)
        Used for the start.
    n_components
        Dimensions of the result, at most d.
    min_distance
        How close two papers may lie; 0 for clustering, above for a picture.
    random_state
        Seed.

    Returns
    -------
    float32 array of shape (n, n_components)
    """
    if graph.n_papers < UMAP_FROM:
        return _components(embedding, n_components)
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        # Of umap's own imports and numba's first compilation; nothing a user can mend.
        warnings.simplefilter("ignore")
        from umap.umap_ import find_ab_params, fuzzy_simplicial_set, simplicial_set_embedding

        stack.enter_context(one_thread())
        random = np.random.RandomState(random_state)
        indices, distances = _umap_neighbours(graph)
        strengths, _, _ = fuzzy_simplicial_set(
            embedding,
            n_neighbors=indices.shape[1],
            random_state=random,
            metric="cosine",
            knn_indices=indices,
            knn_dists=distances,
        )
        a, b = find_ab_params(_SPREAD, min_distance)
        coordinates, _ = simplicial_set_embedding(
            embedding,
            strengths,
            n_components=n_components,
            initial_alpha=1.0,
            a=a,
            b=b,
            gamma=1.0,
            negative_sample_rate=5,
            n_epochs=_EPOCHS_SMALL if graph.n_papers < _LARGE else _EPOCHS_LARGE,
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


def _umap_neighbours(graph: NeighborGraph) -> tuple[IntArray, FloatArray]:
    """Return neighbours and distances as UMAP keeps them, nearest first."""
    n = graph.n_papers
    indices = np.where(graph.similarities > 0, graph.indices, -1)  # -1: no edge
    distances = np.maximum(1 - graph.similarities, 0)
    order = np.argsort(distances, axis=1, kind="stable")  # groups of papers come one by one
    # UMAP counts a paper as its own first neighbour, at distance 0.
    own, zero = np.arange(n)[:, None], np.zeros((n, 1), dtype=np.float32)
    return (
        np.hstack([own, np.take_along_axis(indices, order, axis=1)]),
        np.hstack([zero, np.take_along_axis(distances, order, axis=1)]),
    )


def _components(embedding: FloatArray, n_components: int) -> FloatArray:
    centred = embedding - embedding.mean(axis=0)
    with one_thread():
        left, values, _ = np.linalg.svd(centred, full_matrices=False)
    components = np.zeros((len(embedding), n_components), dtype=np.float32)
    width = min(n_components, len(values))
    components[:, :width] = (left * values)[:, :width]
    return components
