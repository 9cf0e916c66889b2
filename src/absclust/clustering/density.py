"""Neighbour graph -> themes and outliers, by UMAP and HDBSCAN: ``clusterer="hdbscan"``."""

import warnings
from numbers import Integral
from typing import Any, Literal

import numpy as np
from scipy import sparse

from absclust.arrays import FloatArray, IntArray
from absclust.clustering.leiden import UNASSIGNED
from absclust.clustering.membership import theme_centroids
from absclust.clustering.neighbors import NeighborGraph
from absclust.clustering.reduce import reduce_dimensions
from absclust.errors import OptionError

_DIMENSIONS = 5
_SMALLEST_DEFAULT, _LARGEST_DEFAULT = 5, 50
_MIN_SAMPLES = 5  # HDBSCAN's default, the theme size, leaves out more and fits labels less
_ALIKE = 1e-6  # vectors that differ less differ by rounding only
_DECIMALS = 9  # sums of the same similarities in another order differ in the sixteenth digit


def umap_hdbscan(
    graph: NeighborGraph,
    embedding: FloatArray,
    *,
    min_theme_size: int | None = None,
    outliers: Literal["keep", "assign"] = "keep",
    random_state: int = 0,
) -> IntArray:
    """Find themes as dense regions, and the papers that are in none.

    UMAP (McInnes, Healy and Melville 2018) reduces the very neighbour graph that
    the other stages use to 5 dimensions; HDBSCAN (Campello, Moulavi and Sander
    2013, in the form of McInnes, Healy and Astels 2017) finds the regions that
    stay dense longest. It finds two themes or more, or none. Fewer than 15 papers
    are reduced to their main components instead.

    Parameters
    ----------
    graph
        The neighbour graph, of n papers.
    embedding : float32 array of shape (n, d)
        Rows of unit length (or zero). The start of the reduction; with
        ``outliers="assign"`` also the last resort of papers without neighbours.
    min_theme_size
        Papers that make a theme, 2 or more. By default a third of the square root
        of n, between 5 and 50.
    outliers
        ``"keep"`` leaves papers outside all dense regions out; ``"assign"`` gives
        each the theme to which its neighbours are tied most, in rounds from the
        themes outwards, and the nearest theme where no round reaches it.
    random_state
        Seed.

    Returns
    -------
    int array of shape (n,)
        Theme of each paper, from 0, in no order; -1 for an outlier. With
        ``outliers="assign"`` there are none, and papers in which no theme was
        found are one theme.

    Raises
    ------
    OptionError
        If ``min_theme_size`` or ``outliers`` is none of the above.

    Examples
    --------
    >>> from absclust.clustering.neighbors import neighbor_graph
    >>> v = np.repeat(np.eye(3, dtype=np.float32), [5, 5, 1], axis=0)
    >>> umap_hdbscan(neighbor_graph(v), v).tolist()
    [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, -1]
    """
    _check_options(min_theme_size, outliers)
    size = _default_size(graph.n_papers) if min_theme_size is None else int(min_theme_size)
    labels = _dense_regions(graph, embedding, size, random_state)
    return assign_outliers(labels, graph, embedding) if outliers == "assign" else labels


def _check_options(min_theme_size: Any, outliers: Any) -> None:
    if min_theme_size is not None and (
        not isinstance(min_theme_size, Integral) or int(min_theme_size) < 2
    ):
        raise OptionError(
            f"min_theme_size is {min_theme_size!r}; expected an int of 2 or more, or None for a "
            "size that grows with the number of papers"
        )
    if outliers not in ("keep", "assign"):
        raise OptionError(f"outliers is {outliers!r}; expected 'keep' or 'assign'")


def _default_size(n: int) -> int:
    return int(np.clip(round(n**0.5 / 3), _SMALLEST_DEFAULT, _LARGEST_DEFAULT))


def _dense_regions(
    graph: NeighborGraph, embedding: FloatArray, size: int, random_state: int
) -> IntArray:
    """Return the theme of each paper by HDBSCAN, -1 for none."""
    labels = np.full(graph.n_papers, UNASSIGNED)
    # A paper without similar ones would stay where it started, amid a theme perhaps.
    linked = np.flatnonzero((graph.similarities > 0).any(axis=1))
    if len(linked) < 2 * size:  # themes come of a split in two
        return labels
    if np.ptp(embedding[linked], axis=0).max() <= _ALIKE:
        return labels
    places = reduce_dimensions(
        graph,
        embedding,
        n_components=min(_DIMENSIONS, embedding.shape[1]),
        min_distance=0,
        random_state=random_state,
    )
    labels[linked] = _hdbscan(places[linked], size)
    return labels


def _hdbscan(places: FloatArray, size: int) -> IntArray:
    with warnings.catch_warnings():
        # Of hdbscan's imports, and of its divisions where papers lie in one place.
        warnings.simplefilter("ignore")
        from hdbscan import HDBSCAN

        found = HDBSCAN(
            min_cluster_size=size,
            min_samples=min(_MIN_SAMPLES, size),
            approx_min_span_tree=False,
            core_dist_n_jobs=1,
        ).fit_predict(places)
    return np.asarray(found, dtype=np.int64)


def assign_outliers(labels: IntArray, graph: NeighborGraph, embedding: FloatArray) -> IntArray:
    """Give every outlier a theme."""
    n_themes = labels.max(initial=UNASSIGNED) + 1
    if n_themes == 0:
        return np.zeros_like(labels)
    labels = _spread(labels, graph.adjacency, n_themes)
    left = np.flatnonzero(labels == UNASSIGNED)
    if len(left):
        centroids = theme_centroids(embedding, labels, n_themes)
        # Not a matrix product, whose last bits depend on the number of threads.
        cosines = np.einsum("pd,td->pt", embedding[left], centroids, dtype=np.float64)
        labels[left] = cosines.round(_DECIMALS).argmax(axis=1)
    return labels


def _spread(
    labels: IntArray, adjacency: "sparse.csr_matrix[np.float64]", n_themes: int
) -> IntArray:
    """Give outliers the theme of their neighbours, in rounds, until a round reaches none."""
    labels = labels.copy()
    while True:
        themed, left = np.flatnonzero(labels >= 0), np.flatnonzero(labels == UNASSIGNED)
        members = sparse.csr_matrix(
            (np.ones(len(themed)), (themed, labels[themed])), shape=(len(labels), n_themes)
        )
        ties = (adjacency[left] @ members).toarray().round(_DECIMALS)
        reached = ties.any(axis=1)
        if not reached.any():
            return labels
        labels[left[reached]] = ties[reached].argmax(axis=1)  # the first of equals
