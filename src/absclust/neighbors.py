"""The one cosine k-nearest-neighbour graph, used by all later stages."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from absclust.arrays import FloatArray, IntArray

_BLOCK_FLOATS = 32_000_000  # similarities held at a time: 128 MB
_BLOCK_ROWS = 1024
# The last bits of a matrix product depend on the number of threads and on the
# block, so that it only proposes a few neighbours more than are wanted; sums in
# a fixed order decide.
_SPARE = 8
_DECIMALS = 9
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

    def adjacency(self) -> "sparse.csr_matrix[np.float64]":
        """Return the symmetric weight matrix: the sum of both directions' similarity.

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
    """Find the nearest neighbours by cosine similarity, exactly.

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
    everyone = np.arange(n)
    if groups is None or min(np.unique(groups, return_counts=True)[1]) <= k:
        return NeighborGraph(*_nearest(embedding, everyone, everyone, k))
    return _balanced(embedding, groups, k)


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


def _nearest(
    embedding: FloatArray, queries: IntArray, pool: IntArray, k: int
) -> tuple[npt.NDArray[np.int32], FloatArray]:
    """Return the k most similar papers of a pool for each query, and their similarities."""
    indices = np.zeros((len(queries), k), dtype=np.int32)
    similarities = np.zeros((len(queries), k), dtype=np.float32)
    candidates = embedding[pool]
    block = max(1, min(_BLOCK_FLOATS // max(len(pool), 1), _BLOCK_ROWS))
    for start in range(0, len(queries) if k else 0, block):
        rows = queries[start : start + block]
        similarity = embedding[rows] @ candidates.T
        similarity[rows[:, None] == pool] = -np.inf  # no paper is its own neighbour
        count = min(k + _SPARE, len(pool) - 1)
        # In rising order, so that among equals the lower index comes first.
        proposed = np.sort(np.argpartition(-similarity, count - 1, axis=1)[:, :count], axis=1)
        exact = np.einsum("rd,rcd->rc", embedding[rows], candidates[proposed], dtype=np.float64)
        exact[rows[:, None] == pool[proposed]] = -np.inf
        exact = exact.round(_DECIMALS)  # equal vectors differ in the sixteenth digit
        best = np.argsort(-exact, axis=1, kind="stable")[:, :k]
        stop = start + len(rows)
        indices[start:stop] = pool[np.take_along_axis(proposed, best, axis=1)]
        similarities[start:stop] = np.take_along_axis(exact, best, axis=1)
    return indices, similarities
