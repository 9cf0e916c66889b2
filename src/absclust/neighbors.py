"""The one cosine k-nearest-neighbour graph, used by all later stages."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from absclust.embed import FloatArray

_BLOCK_FLOATS = 32_000_000  # similarities held at a time: 128 MB
_BLOCK_ROWS = 1024
# The last bits of a matrix product depend on the number of threads and on the
# block, so that it only proposes a few neighbours more than are wanted; sums in
# a fixed order decide.
_SPARE = 8
_DECIMALS = 9
_SMALL_CORPUS_SHARE = 0.4


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


def neighbor_graph(embedding: FloatArray, n_neighbors: int = 15) -> NeighborGraph:
    """Find the nearest neighbours by cosine similarity, exactly.

    Parameters
    ----------
    embedding : float32 array of shape (n, d)
        Rows of unit length (or zero).
    n_neighbors
        Neighbours a paper at most; small corpora take two fifths of their
        papers, so that a neighbourhood stays smaller than a theme.

    Examples
    --------
    >>> v = np.array([[1, 0], [0.8, 0.6], [0, 1]], dtype=np.float32)
    >>> neighbor_graph(v).indices.tolist()
    [[1], [0], [1]]
    """
    n = len(embedding)
    k = min(n_neighbors, n - 1, max(1, round(_SMALL_CORPUS_SHARE * n)))
    indices = np.zeros((n, k), dtype=np.int32)
    similarities = np.zeros((n, k), dtype=np.float32)
    block = max(1, min(_BLOCK_FLOATS // max(n, 1), _BLOCK_ROWS))
    for start in range(0, n if k else 0, block):
        rows = np.arange(start, min(start + block, n))
        proposed = _propose(embedding, rows, min(k + _SPARE, n - 1))
        exact = np.einsum("rd,rcd->rc", embedding[rows], embedding[proposed], dtype=np.float64)
        exact = exact.round(_DECIMALS)  # equal vectors differ in the sixteenth digit
        best = np.argsort(-exact, axis=1, kind="stable")[:, :k]
        indices[rows] = np.take_along_axis(proposed, best, axis=1)
        similarities[rows] = np.take_along_axis(exact, best, axis=1)
    return NeighborGraph(indices, similarities)


def _propose(embedding: FloatArray, rows: npt.NDArray[np.intp], count: int) -> npt.NDArray[np.intp]:
    """Return the most similar papers of each row, in rising order of their index."""
    similarity = embedding[rows] @ embedding.T
    similarity[np.arange(len(rows)), rows] = -np.inf
    proposed = np.argpartition(-similarity, count - 1, axis=1)[:, :count]
    return np.sort(proposed, axis=1)
