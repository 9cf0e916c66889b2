"""Neighbour graph -> a few dimensions by UMAP, for density clustering."""

from contextlib import ExitStack

import numpy as np

from absclust import sizes
from absclust.arrays import FloatArray, IntArray, one_thread
from absclust.clustering.neighbors import NeighborGraph
from absclust.errors import needs
from absclust.parallel import without_warnings

_UMAP_FROM = 15  # with fewer papers UMAP has no structure to work on
_SPREAD, _MIN_DISTANCE = 1.0, 0  # papers may lie as close as they will
_EPOCHS_SMALL, _EPOCHS_LARGE = 500, 200  # umap-learn's own numbers


def reduce_dimensions(
    graph: NeighborGraph, embedding: FloatArray, n_components: int, random_state: int = 0
) -> FloatArray:
    """Reduce the papers to a few dimensions, by UMAP on the neighbour graph that is clustered.

    UMAP: McInnes, Healy and Melville 2018. Fewer than 15 papers are reduced to the
    principal components of their embedding instead. UMAP runs on one thread: it would
    turn a difference in the last bit of its start into a different picture, so that
    the result would depend on the number of threads.

    Parameters
    ----------
    graph
        The neighbour graph of n papers.
    embedding : float32 array of shape (n, d)
        UMAP starts from it.
    n_components
        Dimensions of the result, at most d.
    random_state
        Seed.

    Returns
    -------
    float32 array of shape (n, n_components)
    """
    if graph.n_papers < _UMAP_FROM:
        return principal_components(embedding, n_components)
    with ExitStack() as stack:
        stack.enter_context(without_warnings())  # of umap's imports and numba's compilation
        with needs("clusterer='hdbscan'", "UMAP", install="umap-learn"):
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
        large = graph.n_papers >= sizes.UMAP_FEW_EPOCHS_FROM
        a, b = find_ab_params(_SPREAD, _MIN_DISTANCE)
        coordinates, _ = simplicial_set_embedding(
            embedding,
            strengths,
            n_components=n_components,
            initial_alpha=1.0,
            a=a,
            b=b,
            gamma=1.0,
            negative_sample_rate=5,
            n_epochs=_EPOCHS_LARGE if large else _EPOCHS_SMALL,
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
    """Return neighbours and distances in UMAP's form, nearest first."""
    n = graph.n_papers
    indices = np.where(graph.similarities > 0, graph.indices, -1)  # -1: no edge
    distances = np.maximum(1 - graph.similarities, 0)
    # The graph lists neighbours group by group.
    order = np.argsort(distances, axis=1, kind="stable")
    # UMAP counts a paper as its own first neighbour, at distance 0.
    own, zero = np.arange(n)[:, None], np.zeros((n, 1), dtype=np.float32)
    return (
        np.hstack([own, np.take_along_axis(indices, order, axis=1)]),
        np.hstack([zero, np.take_along_axis(distances, order, axis=1)]),
    )


def principal_components(embedding: FloatArray, n_components: int) -> FloatArray:
    """Return the first principal components of papers; zeros where there are not so many."""
    centred = embedding - embedding.mean(axis=0)
    with one_thread():
        left, values, _ = np.linalg.svd(centred, full_matrices=False)
    components = np.zeros((len(embedding), n_components), dtype=np.float32)
    width = min(n_components, len(values))
    components[:, :width] = (left * values)[:, :width]
    return components
