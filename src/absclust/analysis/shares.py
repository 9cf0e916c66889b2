"""Intervals of shares of papers, and of the ratio of two shares."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from absclust.arrays import IntArray
from absclust.errors import OptionError

Floats = npt.NDArray[np.float64]

_PRIOR = 0.5  # papers added inside and outside of each theme (Jeffreys' prior)


def check_confidence(confidence: Any) -> None:
    """Raise an error if a confidence level is not between 0 and 1."""
    if not (isinstance(confidence, Real) and 0 < float(confidence) < 1):
        raise OptionError(
            f"confidence is {confidence!r}; expected a number between 0 and 1, such as 0.95"
        )


def share_interval(
    inside: IntArray | Floats, of: IntArray, confidence: float, at_once: int = 1
) -> tuple[Floats, Floats]:
    """Return the bounds of shares by Jeffreys' interval (Brown, Cai and DasGupta 2001).

    Parameters
    ----------
    inside, of : arrays of one shape
        How many of how many papers.
    confidence
        Between 0 and 1, for so many intervals at once (Bonferroni).

    Raises
    ------
    OptionError
        If the confidence is not between 0 and 1.

    Examples
    --------
    >>> low, high = share_interval(np.array([4]), np.array([8]), 0.95)
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.2], [0.8])
    """
    from scipy.special import betaincinv

    check_confidence(confidence)
    tail = (1 - float(confidence)) / 2 / at_once
    with_, without = inside + _PRIOR, of - inside + _PRIOR
    low, high = (betaincinv(with_, without, at).astype(np.float64) for at in (tail, 1 - tail))
    return low, high


def ratio_intervals(
    inside: IntArray | Floats, of: IntArray, confidence: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return ratios of two shares and their intervals, for any number of pairs at once.

    Half a paper inside and half a paper outside are added to each share, which then has a beta
    distribution (Brown, Cai and DasGupta 2001); bounds of the ratio are recovered from those of
    the shares (Zou and Donner 2008). They are computed and not drawn: with hundreds of cells, the
    tail of each is so thin that millions of draws would be needed.

    Parameters
    ----------
    inside, of : arrays of shape (2, n_cells)
        Of each pair, how many of how many papers; the second share is divided by the first.
        A paper may count half.
    confidence
        Between 0 and 1, for all cells at once (Bonferroni).

    Returns
    -------
    shares : float array of shape (2, n_cells)
        NaN of no papers.
    ratio, low, high : float arrays of shape (n_cells,)
        NaN where one of the shares is of no papers.

    Examples
    --------
    >>> inside, of = np.array([[10, 90], [40, 60]]), np.array([[100, 100], [100, 100]])
    >>> _, ratio, low, high = ratio_intervals(inside, of, 0.95)
    >>> ratio.round(1).tolist(), low.round(1).tolist(), high.round(1).tolist()
    ([3.9, 0.7], [2.0, 0.5], [8.8, 0.8])
    """
    shares = np.divide(inside, of, out=np.full(of.shape, np.nan), where=of > 0)
    middle = np.log((inside + _PRIOR) / (of + 2 * _PRIOR))
    lowest, highest = share_interval(inside, of, confidence, at_once=max(of.shape[1], 1))
    below, above = middle - np.log(lowest), np.log(highest) - middle
    ratio = np.where((of > 0).all(axis=0), middle[1] - middle[0], np.nan)
    low = ratio - np.hypot(below[1], above[0])
    high = ratio + np.hypot(above[1], below[0])
    return shares, np.exp(ratio), np.exp(low), np.exp(high)
