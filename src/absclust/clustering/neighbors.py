"""The cosine k-nearest-neighbour graph that all later stages use."""

import warnings
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from absclust.arrays import FloatArray, IntArray

_BLOCK_FLOATS = 32_000_000  # similarities in memory at a time: 128 MB
_BLOCK_ROWS = 1024
# From this many papers on, the approximate search is faster on two cores, even
# though numba first takes about 25 seconds to compile it.
_APPROXIMATE_FROM = 80_000
# The last bits of a matrix product depend on the number of threads and on the
# block. So it only proposes candidates, these many more than are wanted, and sums
# in a fixed order decide. The extra ones also help the approximate search.
_SPARE = 8
_PRODUCT_ERROR = 1e-5  # of a float32 product of unit vectors; ten times the largest error seen
_DECIMALS = 9
_STRIPES = 16
_STRIPED_FROM = 10_000  # columns; with fewer, np.argpartition alone is as fast
_SMALL_CORPUS_SHARE = 0.4
_FROM_OTHER_GROUPS = 1 / 3
# The third neighbour, because the first may be another version of the same paper.
_CLOSE, _STRANGE = 3, 0.5


@dataclass(frozen=True, eq=False)
class NeighborGraph:
    """The k most similar papers of each paper.

    Attributes
    ----------
    indices : int32 array of shape (n, k)
        Neighbours, most similar first; the paper itself is not among them.
    similarities : float32 array of shape (n, k)
        Their cosine similarities.
    groups : int array of shape (n,), or None
        Group of each paper, if part of its neighbours were taken from other groups.
    level : float
        The factor by which similarities across groups were multiplied.
    """

    indices: npt.NDArray[np.int32]
    similarities: FloatArray
    groups: IntArray | None = None
    level: float = 1.0

    @property
    def n_papers(self) -> int:
        """Number of papers."""
        return len(self.indices)

    @cached_property
    def adjacency(self) -> "sparse.csr_matrix[np.float64]":
        """The symmetric weight matrix: the sum of the similarities in both directions.

        A neighbour with a cosine of 0 or less gets no edge, nor does one that is less
        than half as similar as the third neighbour: papers of a group smaller than k
        have strangers among their neighbours, which must not link it to other groups.
        """
        n, k = self.indices.shape
        weights = np.maximum(self.similarities, 0).astype(np.float64)
        if k >= _CLOSE:
            weights[weights < _STRANGE * weights[:, [_CLOSE - 1]]] = 0
        rows = np.repeat(np.arange(n), k)
        ends = (rows, self.indices.ravel())
        directed = sparse.csr_matrix((weights.ravel(), ends), shape=(n, n))
        both = (directed + directed.T).tocsr()
        both.eliminate_zeros()
        both.sort_indices()
        return both


def neighbor_graph(
    embedding: FloatArray, n_neighbors: int = 15, groups: IntArray | None = None
) -> NeighborGraph:
    """Find each paper's nearest neighbours by cosine similarity.

    The search is exact below 80,000 papers, and whenever groups are used. From
    80,000 on, nearest neighbour descent (Dong, Moses and Li 2011) with a fixed seed
    proposes neighbours; about 99 in 100 are the exact ones. Neither result depends
    on the number of threads.

    Parameters
    ----------
    embedding : float32 array of shape (n, d)
        Rows of unit length (or zero).
    n_neighbors
        The largest number of neighbours per paper. In a small corpus it is two
        fifths of the papers, so that a neighbourhood stays smaller than a theme.
    groups : int array of shape (n,), optional
        Groups, such as languages, whose vectors differ even where the subject is
        the same. A third of each paper's neighbours then come from the other
        groups, as in BBKNN (Polanski et al. 2020), and their similarities are
        scaled to the level of those within groups.

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
    return NeighborGraph(*nearest(embedding, embedding, k, np.arange(n)))


def neighbors_of_new(
    vectors: FloatArray,
    groups: IntArray | None,
    embedding: FloatArray,
    graph: NeighborGraph,
    papers: IntArray | None = None,
) -> tuple[npt.NDArray[np.int32], FloatArray]:
    """Find neighbours among a graph's papers for papers that are not in it.

    The search is the one that made the graph, but always exact: the result for a
    paper depends only on that paper and the graph.

    Parameters
    ----------
    vectors : float32 array of shape (m, d)
        The new papers, rows of unit length (or zero).
    groups : int array of shape (m,), or None
        Their groups, if the graph's papers have groups.
    embedding : float32 array of shape (p, d)
        Vectors of the graph's papers that may be neighbours.
    papers : int array of shape (p,), optional
        The numbers of these papers in the graph; all by default.

    Returns
    -------
    indices : int32 array of shape (m, k)
        Numbers of papers in the graph, most similar first.
    similarities : float32 array of shape (m, k)

    Examples
    --------
    >>> v = np.array([[1, 0], [0.8, 0.6], [0, 1]], dtype=np.float32)
    >>> neighbors_of_new(v[:1], None, v, neighbor_graph(v))[0].tolist()
    [[0]]
    """
    k = min(max(graph.indices.shape[1], 1), len(embedding))
    papers = np.arange(len(embedding)) if papers is None else papers
    if graph.groups is None:
        indices, similarities = nearest(vectors, embedding, k)
    else:
        groups = np.zeros(len(vectors), dtype=np.int64) if groups is None else groups
        outside = np.full(len(vectors), -1)
        indices, similarities = _from_all_groups(
            vectors, groups, outside, embedding, graph.groups[papers], k
        )
        similarities = _levelled(similarities, graph.level)
    return papers[indices].astype(np.int32), similarities


def _balanced(embedding: FloatArray, groups: IntArray, k: int) -> NeighborGraph:
    """Find each paper's neighbours, in its own group and in the other groups."""
    everyone = np.arange(len(embedding))
    indices, similarities = _from_all_groups(embedding, groups, everyone, embedding, groups, k)
    own = k - _number_from_others(k)
    within, across = similarities[:, :own].mean(), similarities[:, own:].mean()
    level = float(within / across) if across > 0 else 1.0
    return NeighborGraph(indices, _levelled(similarities, level), groups, level)


def _from_all_groups(
    queries: FloatArray,
    query_groups: IntArray,
    own: IntArray,
    pool: FloatArray,
    groups: IntArray,
    k: int,
) -> tuple[npt.NDArray[np.int32], FloatArray]:
    """Return neighbours from each query's own group, followed by those from other groups."""
    indices = np.zeros((len(queries), k), dtype=np.int32)
    similarities = np.zeros((len(queries), k), dtype=np.float32)
    first = k - _number_from_others(k)
    for group in np.unique(query_groups):
        asked = np.flatnonzero(query_groups == group)
        for columns, part in ((slice(first), groups == group), (slice(first, k), groups != group)):
            members = np.flatnonzero(part)
            position = np.full(len(pool) + 1, -1)  # the last entry is for own = -1
            position[members] = np.arange(len(members))
            rows, similarity = nearest(
                queries[asked], pool[members], len(range(k)[columns]), position[own[asked]]
            )
            indices[asked, columns], similarities[asked, columns] = members[rows], similarity
    return indices, similarities


def _number_from_others(k: int) -> int:
    return max(1, round(k * _FROM_OTHER_GROUPS))


def _levelled(similarities: FloatArray, level: float) -> FloatArray:
    """Scale similarities across groups to the level of those within groups."""
    k = similarities.shape[1]
    similarities[:, k - _number_from_others(k) :] *= level
    return np.minimum(similarities, 1)


def nearest(
    queries: FloatArray, pool: FloatArray, k: int, own: IntArray | None = None
) -> tuple[npt.NDArray[np.int32], FloatArray]:
    """Return the exact k most similar rows of a pool for each query, and their similarities.

    The result for a query does not depend on the other queries, nor on the number
    of threads. Among equally similar rows the lower one comes first.

    Parameters
    ----------
    queries : float32 array of shape (m, d)
    pool : float32 array of shape (n, d)
        Rows of unit length (or zero), like the queries.
    k
        At most n, or n - 1 where the queries are in the pool.
    own : int array of shape (m,), optional
        The row of the pool that is the query itself, and so not a neighbour; -1 for none.
    """
    own = np.full(len(queries), -1) if own is None else own
    indices = np.zeros((len(queries), k), dtype=np.int32)
    similarities = np.zeros((len(queries), k), dtype=np.float32)
    if not k or not len(queries):
        return indices, similarities
    count = min(k + _SPARE, len(pool) - int((own >= 0).any()))
    at_a_time = (_BLOCK_FLOATS // len(pool), _BLOCK_FLOATS // (count * max(pool.shape[1], 1)))
    block = max(1, min(*at_a_time, _BLOCK_ROWS, len(queries)))
    memory = np.empty((block, len(pool)), dtype=np.float32)  # reused for all blocks
    for start in range(0, len(queries), block):
        done = slice(start, start + block)
        rows, selves = queries[done], own[done]
        similarity = np.matmul(rows, pool.T, out=memory[: len(rows)])
        inside = np.flatnonzero(selves >= 0)
        similarity[inside, selves[inside]] = -np.inf  # no paper is its own neighbour
        proposed = _columns_of_largest(similarity, count)
        indices[done], similarities[done] = _decide(rows, pool, selves, proposed, k)
        if count == k + _SPARE:
            border = np.take_along_axis(similarity, proposed, axis=1).min(axis=1)
            close = rows.any(axis=1) & (similarities[done, -1] <= border + _PRODUCT_ERROR)
            for row in np.flatnonzero(close):  # papers that were not proposed may be as similar
                lowest = similarities[start + row, -1] - _PRODUCT_ERROR
                candidates, query = np.flatnonzero(similarity[row] >= lowest), slice(row, row + 1)
                decided = _decide(rows[query], pool, selves[query], candidates[None], k)
                indices[start + row], similarities[start + row] = decided[0][0], decided[1][0]
    return indices, similarities


def _columns_of_largest(values: FloatArray, count: int) -> IntArray:
    """Return the columns of the largest values of each row, in no particular order."""
    n_rows, n_columns = values.shape
    width = n_columns // _STRIPES
    if n_columns < _STRIPED_FROM or width <= count:
        return np.argpartition(values, n_columns - count, axis=1)[:, -count:]
    # Partitioning whole rows takes nearly as long as the matrix product. So columns j,
    # j + width, j + 2 * width, ... are grouped: the largest values can only be in the
    # groups with the largest maxima, or in the columns left over.
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
    queries: FloatArray, pool: FloatArray, own: IntArray, proposed: IntArray, k: int
) -> tuple[IntArray, FloatArray]:
    """Return the k most similar of the rows proposed for each query, and their similarities.

    The query itself and -1 may be among the proposed rows; they come last, with -inf.
    """
    # In rising order, so that the lower index comes first in a tie.
    proposed = np.sort(proposed, axis=1)
    exact = np.einsum("rd,rcd->rc", queries, pool[proposed], dtype=np.float64)
    exact[(proposed == own[:, None]) | (proposed < 0)] = -np.inf
    exact = exact.round(_DECIMALS)  # equal vectors differ in the sixteenth digit
    best = np.argsort(-exact, axis=1, kind="stable")[:, :k]
    similarities = np.take_along_axis(exact, best, axis=1).astype(np.float32)
    return np.take_along_axis(proposed, best, axis=1), similarities


def _approximately_nearest(
    embedding: FloatArray, k: int
) -> tuple[npt.NDArray[np.int32], FloatArray]:
    """Return nearly the k most similar papers of each paper, and their similarities."""
    n = len(embedding)
    proposed = _descend(embedding, k + 1 + _SPARE)  # a paper finds itself, too
    indices = np.zeros((n, k), dtype=np.int32)
    similarities = np.zeros((n, k), dtype=np.float32)
    for start in range(0, n, _BLOCK_ROWS):
        rows = np.arange(start, min(start + _BLOCK_ROWS, n))
        chosen = _decide(embedding[rows], embedding, rows, proposed[rows], k)
        indices[rows], similarities[rows] = chosen
    short = np.flatnonzero(np.isneginf(similarities).any(axis=1))
    indices[short], similarities[short] = nearest(embedding[short], embedding, k, short)
    return indices, similarities


def _descend(embedding: FloatArray, count: int) -> IntArray:
    """Return neighbours from nearest neighbour descent, -1 where fewer than count were found."""
    with warnings.catch_warnings():
        # Papers with too few neighbours get an exact search afterwards.
        warnings.filterwarnings("ignore", "Failed to correctly find n_neighbors")
        from pynndescent import NNDescent

        # One thread, because the neighbours depend on the number of threads.
        index = NNDescent(embedding, "cosine", n_neighbors=count, random_state=0, n_jobs=1)
    indices: IntArray = index.neighbor_graph[0].astype(np.int64)
    return indices
