"""Exact search for the most similar rows of a pool."""

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray

_BLOCK_FLOATS = 32_000_000  # similarities in memory at a time: 128 MB
_BLOCK_ROWS = 1024
# The last bits of a matrix product depend on the number of threads and on the
# block. So it only proposes candidates, these many more than are wanted, and sums
# in a fixed order decide.
SPARE = 8
_PRODUCT_ERROR = 1e-5  # of a float32 product of unit vectors; ten times the largest error seen
_DECIMALS = 9


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
    count = min(k + SPARE, len(pool) - int((own >= 0).any()))
    at_a_time = (_BLOCK_FLOATS // len(pool), _BLOCK_FLOATS // (count * max(pool.shape[1], 1)))
    block = max(1, min(*at_a_time, _BLOCK_ROWS, len(queries)))
    memory = np.empty((block, len(pool)), dtype=np.float32)  # reused for all blocks
    for start in range(0, len(queries), block):
        done = slice(start, start + block)
        rows, selves = queries[done], own[done]
        similarity = np.matmul(rows, pool.T, out=memory[: len(rows)])
        inside = np.flatnonzero(selves >= 0)
        similarity[inside, selves[inside]] = -np.inf  # no paper is its own neighbour
        proposed = np.argpartition(similarity, -count, axis=1)[:, -count:]
        indices[done], similarities[done] = decide(rows, pool, selves, proposed, k)
        if count == k + SPARE:
            border = np.take_along_axis(similarity, proposed, axis=1).min(axis=1)
            close = rows.any(axis=1) & (similarities[done, -1] <= border + _PRODUCT_ERROR)
            for row in np.flatnonzero(close):  # papers that were not proposed may be as similar
                lowest = similarities[start + row, -1] - _PRODUCT_ERROR
                candidates, query = np.flatnonzero(similarity[row] >= lowest), slice(row, row + 1)
                decided = decide(rows[query], pool, selves[query], candidates[None], k)
                indices[start + row], similarities[start + row] = decided[0][0], decided[1][0]
    return indices, similarities


def decide(
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
