"""The one cosine k-nearest-neighbour graph, used by all later stages."""

import warnings
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from absclust.arrays import FloatArray, IntArray

_BLOCK_FLOATS = 32_000_000  # similarities held at a time: 128 MB
_BLOCK_ROWS = 1024
# From here on the approximate search is faster on two cores, although numba
# compiles it for about 25 seconds first.
_APPROXIMATE_FROM = 80_000
# The last bits of a matrix product depend on the number of threads and on the
# block, so that it only proposes a few neighbours more than are wanted; sums in
# a fixed order decide. The approximate search finds more with them, too.
_SPARE = 8
_DECIMALS = 9
_STRIPES = 16
_STRIPED_FROM = 10_000  # columns; with fewer, a plain partition is as fast
_SMALL_CORPUS_SHARE = 0.4
_FROM_OTHER_GROUPS = 1 / 3


@dataclass(frozen=True, eq=False)
class NeighborGraph:
    """The k most similar papers of each paper.

    Attributes
    ----------
    indices : int32 array of shape (n, k)
        Neighbours, most similar first; the paper itself is not among them.
    similarities : float32 array of shape (n, k)
        Their cosine similarities.
    """

    indices: npt.NDArray[np.int32]
    similarities: FloatArray

    @property
    def n_papers(self) -> int:
        """Number of papers."""
        return len(self.indices)

    @cached_property
    def adjacency(self) -> "sparse.csr_matrix[np.float64]":
        """The symmetric weight matrix: the sum of both directions' similarity.

        Pairs that are not similar (cosine of 0 or less) have no edge.
        """
        n, k = self.indices.shape
        weights = np.maximum(self.similarities, 0).astype(np.float64).ravel()
        rows = np.repeat(np.arange(n), k)
        directed = sparse.csr_matrix((weights, (rows, self.indices.ravel())), shape=(n, n))
        both = (directed + directed.T).tocsr()
        both.eliminate_zeros()
        both.sort_indices()
        return both


def neighbor_graph(
    embedding: FloatArray, n_neighbors: int = 15, groups: IntArray | None = None
) -> NeighborGraph:
    """Find the nearest neighbours by cosine similarity.

    The search is exact below 80,000 papers, and with groups. From there on
    nearest neighbour descent (Dong, Moses and Li 2011) proposes neighbours, of
    which about 99 in 100 are the exact ones; its seed is fixed. Neither result
    depends on the number of threads.

    Parameters
    ----------
    embedding : float32 array of shape (n, d)
        Rows of unit length (or zero).
    n_neighbors
        Neighbours a paper at most; small corpora take two fifths of their
        papers, so that a neighbourhood stays smaller than a theme.
    groups : int array of shape (n,), optional
        Groups that are less similar to each other than their subjects are, such
        as languages. A third of each paper's neighbours then come from the
        other groups, as in BBKNN (Polanski et al. 2020), and their similarities
        are scaled to the level of those within groups.

    Examples
    --------
    >>> v = np.array([[1, 0], [0.8, 0.6], [0, 1]], dtype=np.float32)
    >>> neighbor_graph(v).indices.tolist()
    [[1], [0], [1]]
    """
    n = len(embedding)
    k = min(n_neighbors, n - 1, max(1, round(_SMALL_CORPUS_SHARE * n)))
    if groups is not None and min(np.unique(groups, return_counts=True)[1]) > k:
        return _balanced(embedding, groups, k)
    if n >= _APPROXIMATE_FROM:
        return NeighborGraph(*_approximately_nearest(embedding, k))
    everyone = np.arange(n)
    return NeighborGraph(*_nearest(embedding, everyone, everyone, k))


def _balanced(embedding: FloatArray, groups: IntArray, k: int) -> NeighborGraph:
    """Take each paper's neighbours from its own group and from the others."""
    from_others = max(1, round(k * _FROM_OTHER_GROUPS))
    n = len(embedding)
    indices = np.zeros((n, k), dtype=np.int32)
    similarities = np.zeros((n, k), dtype=np.float32)
    own, others = slice(0, k - from_others), slice(k - from_others, k)
    for group in np.unique(groups):
        inside, outside = np.flatnonzero(groups == group), np.flatnonzero(groups != group)
        for columns, pool in ((own, inside), (others, outside)):
            found = _nearest(embedding, inside, pool, columns.stop - columns.start)
            indices[inside, columns], similarities[inside, columns] = found
    level_within, level_across = similarities[:, own].mean(), similarities[:, others].mean()
    if level_across > 0:
        similarities[:, others] *= level_within / level_across
    return NeighborGraph(indices, np.minimum(similarities, 1))


def nearest(
    queries: FloatArray, pool: FloatArray, k: int, own: IntArray | None = None
) -> tuple[npt.NDArray[np.int32], FloatArray]:
    """Return the k most similar rows of a pool for each query, and their similarities.

    Parameters
    ----------
    queries : float32 array of shape (m, d)
    pool : float32 array of shape (n, d)
        Rows of unit length (or zero), as those of the queries.
    k
        Below n.
    own : int array of shape (m,), optional
        The row of the pool that is the query itself and no neighbour; -1 for none.
    """
    n = len(pool)
    own = np.full(len(queries), -1) if own is None else own
    asked = np.where(own >= 0, own, n + np.arange(len(queries)))
    return _nearest(np.vstack([pool, queries]), asked, np.arange(n), k)


def _nearest(
    embedding: FloatArray, queries: IntArray, pool: IntArray, k: int
) -> tuple[npt.NDArray[np.int32], FloatArray]:
    """Return the k most similar papers of a pool for each query, and their similarities."""
    indices = np.zeros((len(queries), k), dtype=np.int32)
    similarities = np.zeros((len(queries), k), dtype=np.float32)
    if not k:
        return indices, similarities
    candidates = embedding[pool]
    count = min(k + _SPARE, len(pool) - 1)
    block = max(1, min(_BLOCK_FLOATS // len(pool), _BLOCK_ROWS, len(queries)))
    memory = np.empty((block, len(pool)), dtype=np.float32)  # the same for all blocks
    for start in range(0, len(queries), block):
        rows = queries[start : start + block]
        similarity = np.matmul(embedding[rows], candidates.T, out=memory[: len(rows)])
        similarity[rows[:, None] == pool] = -np.inf  # no paper is its own neighbour
        proposed = pool[_columns_of_largest(similarity, count)]
        done = slice(start, start + len(rows))
        indices[done], similarities[done] = _decide(embedding, rows, proposed, k)
    return indices, similarities


def _columns_of_largest(values: FloatArray, count: int) -> IntArray:
    """Return the columns of the largest values of each row, in no order."""
    n_rows, n_columns = values.shape
    width = n_columns // _STRIPES
    if n_columns < _STRIPED_FROM or width <= count:
        return np.argpartition(values, n_columns - count, axis=1)[:, -count:]
    # To partition whole rows takes nearly as long as the matrix product. So columns j,
    # j + width, j + 2 * width, ... are taken together: the largest values can
    # only be where the largest maxima are, or in the columns left over.
    end = width * _STRIPES
    maxima = values[:, :end].reshape(n_rows, _STRIPES, width).max(axis=1)
    where = _columns_of_largest(maxima, count)
    together = where[:, None, :] + np.arange(0, end, width)[:, None]
    left_over = np.broadcast_to(np.arange(end, n_columns), (n_rows, n_columns - end))
    columns = np.hstack([together.reshape(n_rows, -1), left_over])
    few = np.take_along_axis(values, columns, axis=1)
    best = np.argpartition(few, few.shape[1] - count, axis=1)[:, -count:]
    return np.take_along_axis(columns, best, axis=1)


def _decide(
    embedding: FloatArray, rows: IntArray, proposed: IntArray, k: int
) -> tuple[IntArray, FloatArray]:
    """Return the k most similar of the papers proposed for each row, and their similarities.

    The paper itself and -1 may be among the proposed; they come last, at -inf.
    """
    # In rising order, so that among equals the lower index comes first.
    proposed = np.sort(proposed, axis=1)
    exact = np.einsum("rd,rcd->rc", embedding[rows], embedding[proposed], dtype=np.float64)
    exact[(proposed == rows[:, None]) | (proposed < 0)] = -np.inf
    exact = exact.round(_DECIMALS)  # equal vectors differ in the sixteenth digit
    best = np.argsort(-exact, axis=1, kind="stable")[:, :k]
    similarities = np.take_along_axis(exact, best, axis=1).astype(np.float32)
    return np.take_along_axis(proposed, best, axis=1), similarities


def _approximately_nearest(
    embedding: FloatArray, k: int
) -> tuple[npt.NDArray[np.int32], FloatArray]:
    """Return most of the k most similar papers of each paper, and their similarities."""
    n = len(embedding)
    found = _descend(embedding, k + 1 + _SPARE)  # a paper finds itself, too
    indices = np.zeros((n, k), dtype=np.int32)
    similarities = np.zeros((n, k), dtype=np.float32)
    for start in range(0, n, _BLOCK_ROWS):
        rows = np.arange(start, min(start + _BLOCK_ROWS, n))
        indices[rows], similarities[rows] = _decide(embedding, rows, found[rows], k)
    short = np.flatnonzero(np.isneginf(similarities).any(axis=1))
    indices[short], similarities[short] = _nearest(embedding, short, np.arange(n), k)
    return indices, similarities


def _descend(embedding: FloatArray, count: int) -> IntArray:
    """Return neighbours by nearest neighbour descent, -1 where fewer than count were found."""
    with warnings.catch_warnings():
        # Papers with too few neighbours are searched for again, exactly.
        warnings.filterwarnings("ignore", "Failed to correctly find n_neighbors")
        from pynndescent import NNDescent

        # One thread, because the neighbours differ with the number of threads.
        index = NNDescent(embedding, "cosine", n_neighbors=count, random_state=0, n_jobs=1)
    indices: IntArray = index.neighbor_graph[0].astype(np.int64)
    return indices
