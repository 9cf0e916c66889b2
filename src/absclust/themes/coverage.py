"""A few papers that together cover many: each paper has a similar one among them."""

import numpy as np

from absclust import sizes
from absclust.arrays import FloatArray, IntArray, evenly_spread, one_thread

_BATCH = 256  # candidates whose gain is computed at a time
_DECIMALS = 9  # of a gain; the last bits of a matrix product depend on the block


def covering(vectors: FloatArray, n: int) -> IntArray:
    """Choose the papers to read first if one wants to know them all.

    What is covered is the sum, over all papers, of the cosine similarity to the most similar
    paper that was chosen (facility location). Each paper in turn is the one that adds most:
    n of them cover at least 63 % of what the best n papers do (Nemhauser, Wolsey and Fisher
    1978). A gain can only shrink as papers are chosen, so that most of them need not be
    computed again (Minoux 1978).

    Parameters
    ----------
    vectors : float32 array of shape (m, d)
        Rows of unit length (or zero). Of more than 5,000, an even sample is chosen from and
        is to be covered.
    n
        How many to choose, if there are as many.

    Returns
    -------
    int array of shape (min(n, m),)
        The chosen rows in the order of choice: the most central first.

    Examples
    --------
    >>> v = np.array([[1, 0], [0.96, 0.28], [0.8, 0.6], [0, 1]], dtype=np.float32)
    >>> covering(v, 2).tolist()
    [2, 3]
    """
    pool = evenly_spread(np.arange(len(vectors)), sizes.CHOSEN_AMONG)
    points = vectors[pool]
    chosen: list[int] = []
    covered = np.zeros(len(points), dtype=np.float32)
    gains = np.full(len(points), np.inf)  # upper bounds until they are computed
    with one_thread():
        for _ in range(min(n, len(points))):
            known = np.zeros(len(points), dtype=bool)
            while True:
                bounds = np.where(known, -np.inf, gains)
                if gains[known].max(initial=-np.inf) > bounds.max():
                    break
                batch = np.argsort(-bounds, kind="stable")[:_BATCH]
                batch = batch[bounds[batch] > -np.inf]
                added = np.maximum(points[batch] @ points.T - covered, 0)
                gains[batch] = added.mean(axis=1, dtype=np.float64).round(_DECIMALS)
                known[batch] = True
            best = int(gains.argmax())
            chosen.append(best)
            covered = np.maximum(covered, points @ points[best])
            gains[best] = -np.inf
    return pool[chosen]


def coverage(vectors: FloatArray, chosen: IntArray) -> FloatArray:
    """Return the share of the papers that the chosen ones cover: the first, the first two ...

    Parameters
    ----------
    vectors : float32 array of shape (m, d)
        Rows of unit length (or zero).
    chosen : int array of shape (n,)
        Rows.

    Returns
    -------
    float array of shape (n,)
        Mean cosine similarity to the most similar paper chosen so far, 0 to 1: 1 where all
        are chosen.

    Examples
    --------
    >>> v = np.array([[1, 0], [0.8, 0.6], [0, 1]], dtype=np.float32)
    >>> coverage(v, np.array([1, 0, 2])).round(2).tolist()
    [0.8, 0.87, 1.0]
    """
    nearest = np.maximum.accumulate(np.maximum(vectors @ vectors[chosen].T, 0), axis=1)
    return nearest.mean(axis=0, dtype=np.float64).clip(0, 1)
