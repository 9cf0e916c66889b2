"""How themes changed from one corpus to another: the result of a comparison."""

from __future__ import annotations

from dataclasses import dataclass, fields
from html import escape
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from absclust.arrays import IntArray
from absclust.errors import OptionError
from absclust.reprs import block

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]

_PRIOR = 0.5  # papers added inside and outside of each theme (Jeffreys' prior)
_MANY = 100  # ratios above depend on a paper or two
INSIDE = 0.5  # the share of a theme's papers in another theme that makes it part of that theme
_HARDLY = 0.2  # a share below this fraction of the other is next to nothing


@dataclass(frozen=True)
class Change:
    """What became of one theme.

    Attributes
    ----------
    news : str
        ``"steady"``, ``"grown"``, ``"shrunk"``, ``"new"``, ``"gone"``, ``"split"``
        (off the theme ``within``) or ``"merged"`` (into it).
    before, after : str
        The theme's name in each map; empty in a map where it has no match.
    before_id, after_id : int
        Its number in each map; -1 where it has no match.
    share_before, share_after : float
        The share of each corpus's papers that are in the theme, 0 to 1.
    ratio, low, high : float
        The second share divided by the first, after adding half a paper inside
        and outside the theme to each, and
        the bounds of its interval.
    overlap : float
        For two themes that match, the number of papers in both divided by the number in
        either; 0 without a match.
    within : str
        For a theme without a match, the theme of the other map that has most of its
        papers.
    within_share : float
        The share of its papers that are in that theme, 0 to 1.
    """

    news: str
    before: str
    after: str
    before_id: int
    after_id: int
    share_before: float
    share_after: float
    ratio: float
    low: float
    high: float
    overlap: float = 0.0
    within: str = ""
    within_share: float = 0.0

    def __str__(self) -> str:
        name = self.after or self.before
        if self.before and self.after and self.before != self.after:
            name = f"{self.before} → {self.after}"
        if self.within_share >= INSIDE:
            name += {"split": " off ", "merged": " into "}.get(self.news, " in ") + self.within
        return (
            f"{self.news}: {name}, {self.share_before:.1%} → {self.share_after:.1%}, "
            f"× {_times(self.ratio)} ({_times(self.low)} to {_times(self.high)})"
        )


@dataclass(frozen=True, repr=False)
class Comparison:
    """How themes changed. Made by ``ThemeMap.compare``.

    Attributes
    ----------
    n_before, n_after : int
        Number of distinct papers in each corpus.
    confidence : float
        Confidence level of the intervals, for all themes at once.
    changes : tuple of Change
        One per theme: news first, then by share.
    notes : tuple of str
        Remarks, such as the number of papers that are in both.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts([{"title": f"Robots grasp {i}", "year": 2015 + i}
    ...                             for i in range(10)])
    >>> comparison = themes.compare(before=2020)
    >>> comparison.n_before, comparison.n_after, comparison.news
    (5, 5, ())
    """

    n_before: int
    n_after: int
    confidence: float
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()

    @property
    def news(self) -> tuple[Change, ...]:
        """The changes that are more than noise."""
        return tuple(change for change in self.changes if change.news != "steady")

    def table(self) -> pd.DataFrame:
        """Return the changes as a table, one row per theme."""
        import pandas as pd

        return pd.DataFrame(self.changes, columns=[field.name for field in fields(Change)])

    def _headline(self) -> str:
        return (
            f"{self.n_before:,} papers before, {self.n_after:,} after: {len(self.news)} of "
            f"{len(self.changes)} themes changed by more than noise (intervals at "
            f"{self.confidence:.0%} for all themes at once)"
        )

    def __repr__(self) -> str:
        return "\n".join([self._headline(), *self.notes, *map(str, self.news)])

    def _repr_html_(self) -> str:
        notes = "".join(f"<br>{escape(note)}" for note in self.notes)
        table = self.table().drop(columns=["before_id", "after_id"])
        shown = table.to_html(index=False, border=0, float_format="{:.3f}".format)
        return block(self._headline(), notes, shown)


def _times(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < _MANY else f"above {_MANY}"


def news_of(share_before: float, share_after: float, ratio: float, low: float, high: float) -> str:
    """Return what an interval of the ratio of two shares says.

    Examples
    --------
    >>> news_of(0.1, 0.2, 2.0, 1.4, 2.6), news_of(0.1, 0.12, 1.2, 0.8, 1.6)
    ('grown', 'steady')
    """
    if low > 1:
        return "new" if share_before < _HARDLY * share_after else "grown"
    if high < 1:
        return "gone" if share_after < _HARDLY * share_before else "shrunk"
    return "steady"


def check_confidence(confidence: Any) -> None:
    """Raise an error if a confidence level is not between 0 and 1."""
    if not (isinstance(confidence, Real) and 0 < float(confidence) < 1):
        raise OptionError(
            f"confidence is {confidence!r}; expected a number between 0 and 1, such as 0.95"
        )


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
    from scipy.special import betaincinv

    check_confidence(confidence)
    shares = np.divide(inside, of, out=np.full(of.shape, np.nan), where=of > 0)
    with_, without = inside + _PRIOR, of - inside + _PRIOR
    tail = (1 - float(confidence)) / 2 / max(of.shape[1], 1)
    middle = np.log(with_ / (of + 2 * _PRIOR))
    below = middle - np.log(betaincinv(with_, without, tail))
    above = np.log(betaincinv(with_, without, 1 - tail)) - middle
    ratio = np.where((of > 0).all(axis=0), middle[1] - middle[0], np.nan)
    low = ratio - np.hypot(below[1], above[0])
    high = ratio + np.hypot(above[1], below[0])
    return shares, np.exp(ratio), np.exp(low), np.exp(high)
