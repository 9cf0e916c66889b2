"""Intervals of shares of papers, and of the ratio of two shares."""

from typing import Any

import numpy as np
import numpy.typing as npt

from absclust.arrays import IntArray

Floats = npt.NDArray[np.float64]

_CONFIDENCE = 0.95  # of an interval, or of all in a table at once
_PRIOR = 0.5  # papers added to each share: inside and outside (Jeffreys' prior), or to the rarer


def share_interval(
    inside: IntArray | Floats, of: IntArray, at_once: int = 1, prior: Any = (_PRIOR, _PRIOR)
) -> tuple[Floats, Floats]:
    """Return the bounds of shares by Jeffreys' interval (Brown, Cai and DasGupta 2001).

    Parameters
    ----------
    inside, of : arrays of one shape
        How many of how many papers.
    at_once
        For how many intervals together the confidence of 95 % holds (Bonferroni).
    prior : pair of numbers or of such arrays
        How many papers are added inside and outside.

    Examples
    --------
    >>> low, high = share_interval(np.array([4]), np.array([8]))
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.2], [0.8])
    """
    from scipy.special import betaincinv

    tail = (1 - _CONFIDENCE) / 2 / at_once
    with_, without = inside + prior[0], of - inside + prior[1]
    low, high = (betaincinv(with_, without, at).astype(np.float64) for at in (tail, 1 - tail))
    return low, high


def ratio_intervals(
    inside: IntArray | Floats, of: IntArray
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return ratios of two shares and their intervals, for any number of pairs at once.

    To each share, papers are added inside and outside, in the proportion that both shares have
    together, and half a paper of the rarer: a share of few papers is drawn towards the other. It
    then has a beta distribution (Brown, Cai and DasGupta 2001); bounds of the ratio are
    recovered from those of the shares (Zou and Donner 2008). They are computed and not drawn:
    with hundreds of cells, the tail of each is so thin that millions of draws would be needed.

    Parameters
    ----------
    inside, of : arrays of shape (2, n_cells)
        Of each pair, how many of how many papers; the second share is divided by the first.
        A paper may count half.

    Returns
    -------
    shares : float array of shape (2, n_cells)
        NaN of no papers.
    ratio, low, high : float arrays of shape (n_cells,)
        At 95 % for all cells at once (Bonferroni); NaN where one of the shares is of no papers.

    Examples
    --------
    >>> inside, of = np.array([[10, 90], [40, 60]]), np.array([[100, 100], [100, 100]])
    >>> _, ratio, low, high = ratio_intervals(inside, of)
    >>> ratio.round(1).tolist(), low.round(1).tolist(), high.round(1).tolist()
    ([3.9, 0.7], [2.0, 0.5], [8.8, 0.8])
    """
    shares = np.divide(inside, of, out=np.full(of.shape, np.nan), where=of > 0)
    both = np.clip(inside.sum(axis=0) / np.maximum(of.sum(axis=0), 1), 1e-9, 1 - 1e-9)
    added = _PRIOR / np.minimum(both, 1 - both)
    middle = np.log((inside + added * both) / (of + added))
    prior = added * both, added * (1 - both)
    lowest, highest = share_interval(inside, of, at_once=max(of.shape[1], 1), prior=prior)
    below, above = middle - np.log(lowest), np.log(highest) - middle
    ratio = np.where((of > 0).all(axis=0), middle[1] - middle[0], np.nan)
    low = ratio - np.hypot(below[1], above[0])
    high = ratio + np.hypot(above[1], below[0])
    return shares, np.exp(ratio), np.exp(low), np.exp(high)
