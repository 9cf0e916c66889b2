"""Neighbour graph -> themes and outliers, by UMAP and HDBSCAN (``clusterer="hdbscan"``)."""

from contextlib import ExitStack
from numbers import Integral

import numpy as np

from absclust.arrays import FloatArray, IntArray, one_thread
from absclust.clustering.leiden import UNASSIGNED
from absclust.clustering.neighbors import NeighborGraph
from absclust.errors import check_number, needs
from absclust.parallel import without_warnings

_DIMENSIONS = 5
_UMAP_FROM = 15  # papers; fewer have no structure to reduce
_SMALLEST_DEFAULT, _LARGEST_DEFAULT = 5, 50
_MIN_SAMPLES = 5  # HDBSCAN's default, the theme size, gives more outliers and matches labels less
_ALIKE = 1e-6  # smaller differences between vectors are rounding errors


def umap_hdbscan(
    graph: NeighborGraph,
    embedding: FloatArray,
    *,
    min_theme_size: int | None = None,
    random_state: int = 0,
) -> IntArray:
    """Find themes as dense regions, and outliers as the papers outside them.

    UMAP (McInnes, Healy and Melville 2018) reduces the neighbour graph of the
    other stages to 5 dimensions. HDBSCAN (Campello, Moulavi and Sander 2013, as
    implemented by McInnes, Healy and Astels 2017) then finds the regions that stay
    dense over the widest range of thresholds: at least two, or none. Fewer than 15
    papers are not reduced.

    Parameters
    ----------
    graph
        The neighbour graph of n papers.
    embedding : float32 array of shape (n, d)
        Rows of unit length (or zero). The reduction starts from it.
    min_theme_size
        The least number of papers that make a theme, at least 2. By default a third
        of the square root of n, between 5 and 50.
    random_state
        Seed.

    Returns
    -------
    int array of shape (n,)
        Theme of each paper, from 0, in no particular order; -1 for an outlier.

    Raises
    ------
    OptionError
        If ``min_theme_size`` is less than 2.

    Examples
    --------
    >>> from absclust.clustering.neighbors import neighbor_graph
    >>> v = np.repeat(np.eye(3, dtype=np.float32), [5, 5, 1], axis=0)
    >>> umap_hdbscan(neighbor_graph(v), v).tolist()
    [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, -1]
    """
    check_number(min_theme_size, "min_theme_size", Integral, least=2, none=True)
    size = _default_size(graph.n_papers) if min_theme_size is None else int(min_theme_size)
    labels = np.full(graph.n_papers, UNASSIGNED)
    # UMAP doesn't move papers without a similar one, and they may start inside a theme.
    linked = np.flatnonzero((graph.similarities > 0).any(axis=1))
    # HDBSCAN makes themes by splitting in two.
    if len(linked) < 2 * size or np.ptp(embedding[linked], axis=0).max() <= _ALIKE:
        return labels
    if graph.n_papers >= _UMAP_FROM:
        embedding = reduce_dimensions(graph, embedding, random_state)
    labels[linked] = _hdbscan(embedding[linked], size)
    return labels


def _default_size(n: int) -> int:
    return int(np.clip(round(n**0.5 / 3), _SMALLEST_DEFAULT, _LARGEST_DEFAULT))


def reduce_dimensions(
    graph: NeighborGraph, embedding: FloatArray, random_state: int = 0
) -> FloatArray:
    """Return the papers in five dimensions; NaN for a paper without a similar one.

    UMAP runs on one thread: it would turn a difference in the last bit of its start into
    another result, which would then depend on the number of threads.
    """
    indices = np.where(graph.similarities > 0, graph.indices, -1)  # -1: no edge
    distances = np.maximum(1 - graph.similarities, 0)
    order = np.argsort(distances, axis=1, kind="stable")  # the graph's is batch by batch
    # UMAP counts a paper as its own first neighbour, at distance 0.
    n, k = indices.shape
    neighbors = np.hstack([np.arange(n)[:, None], np.take_along_axis(indices, order, axis=1)])
    zero = np.zeros((n, 1), dtype=np.float32)
    distances = np.hstack([zero, np.take_along_axis(distances, order, axis=1)])
    with ExitStack() as stack:
        stack.enter_context(without_warnings())  # of umap's imports and numba's compilation
        with needs("clusterer='hdbscan'", "UMAP", install="umap-learn"):
            from umap.umap_ import UMAP

        stack.enter_context(one_thread())
        umap = UMAP(
            n_neighbors=k + 1,
            n_components=min(_DIMENSIONS, embedding.shape[1]),
            metric="cosine",
            min_dist=0,  # papers may lie as close as they will
            init="pca",
            random_state=random_state,
            n_jobs=1,
            precomputed_knn=(neighbors.astype(np.int32), distances, None),
            force_approximation_algorithm=True,  # or few papers are compared anew
        )
        return np.asarray(umap.fit_transform(embedding), dtype=np.float32)


def _hdbscan(places: FloatArray, size: int) -> IntArray:
    # From hdbscan's imports, and its divisions by zero where papers coincide.
    with without_warnings():
        with needs("clusterer='hdbscan'", "hdbscan"):
            from hdbscan import HDBSCAN

        labels = HDBSCAN(
            min_cluster_size=size,
            min_samples=min(_MIN_SAMPLES, size),
            approx_min_span_tree=False,
            core_dist_n_jobs=1,
        ).fit_predict(places)
    return np.asarray(labels, dtype=np.int64)
