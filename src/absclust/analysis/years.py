"""Themes over time: how many papers of each period are in each, and what they are about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.analysis.keywords import KeywordUse
from absclust.analysis.shares import Floats, share_interval
from absclust.arrays import IntArray, pair_counts
from absclust.corpus.columns import dated, months
from absclust.corpus.columns import years as years_of
from absclust.corpus.corpus import Corpus
from absclust.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd

    from absclust.theme_map import ThemeMap

_FREQ = re.compile(r"([1-9]\d{0,2})?([YQM])")
_MONTHS = {"Y": 12, "Q": 3, "M": 1}
_FEWEST = 5  # papers of a theme in a period; the words of fewer are those of single papers
_KEYWORDS_SHOWN = 5


@dataclass(frozen=True)
class _Freq:
    number: int
    unit: str

    @property
    def needs(self) -> str:
        """What must be known of a paper to be counted."""
        return "year" if self.unit == "Y" else "month"

    def periods(self, corpus: Corpus, date: Any = None) -> IntArray:
        """Return the period of each row, counted from the year 0; -1 if it is unknown."""
        records = corpus.records if date is None else dated(corpus.records, date)
        year = corpus.years if date is None else years_of(records)
        month = np.ones(corpus.n_rows, dtype=np.int64)
        if self.unit != "Y":
            month = months(records, year)
        known = (year > 0) & (month > 0)
        since = year * 12 + month - 1
        return np.where(known, since // (self.number * _MONTHS[self.unit]), -1)

    def label(self, period: int) -> str:
        """Name a period: 2024, 2020–2024, 2024-Q1, 2024-03; or by its first month."""
        year, month = divmod(period * self.number * _MONTHS[self.unit], 12)
        if self.unit == "Y":
            return str(year) if self.number == 1 else f"{year}–{year + self.number - 1}"
        if self.unit == "Q" and self.number == 1:
            return f"{year}-Q{month // 3 + 1}"
        return f"{year}-{month + 1:02d}"


def years(
    themes: ThemeMap,
    freq: str = "Y",
    *,
    keywords: bool = True,
    date: Any = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return how the themes rise and fall over time: one row per theme and period.

    Columns: ``theme``, ``name``, ``period``, ``papers`` (rows of the theme in the period), ``of``
    (all rows with text in the period), ``share``, with ``low`` and ``high``, its bounds by
    Jeffreys' interval (Brown, Cai and DasGupta 2001), all three NaN in a period without papers,
    ``growth`` (the share divided by that of the last earlier period with papers) and ``keywords``
    (the theme's keywords that its papers of the period use most; of large corpora a sample is
    read; empty for fewer than five papers). ``attrs["note"]`` says how many rows have no known
    date and are therefore not counted.

    Parameters
    ----------
    freq
        ``"Y"``, ``"Q"`` or ``"M"`` for years, quarters or months, or a multiple such
        as ``"5Y"``.
    keywords
        Whether to look for keywords, which takes most of the time.
    date
        The name of a column to count by, such as that of the day of acceptance. By default, the
        year, and for months the date.
    confidence
        Confidence level of each interval, between 0 and 1.

    Raises
    ------
    OptionError
        If freq or confidence is none of these, there is no column of that name, or no row has a
        year (or a month, where months are needed).

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts([{"title": f"Robots grasp {i}", "year": 2023 + i % 2}
    ...                             for i in range(8)], n_themes=1)
    >>> themes.years()[["period", "papers", "share", "low"]].round(2).values.tolist()
    [['2023', 4, 1.0, 0.56], ['2024', 4, 1.0, 0.56]]
    """
    import pandas as pd

    labels, column, counts = count_periods(themes, freq, date)
    n_periods, total = len(labels), counts.sum(axis=0)
    shares = np.where(total > 0, counts[:-1] / np.maximum(total, 1), np.nan)
    low, high = _interval(counts[:-1], np.broadcast_to(total, shares.shape), confidence)
    table = pd.DataFrame(
        {
            "theme": np.repeat(np.arange(len(themes)), n_periods),
            "name": np.repeat(themes._names_by_label[:-1], n_periods),
            "period": labels * len(themes),
            "papers": counts[:-1].ravel(),
            "of": np.tile(total, len(themes)),
            "share": shares.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "growth": _growth(shares).ravel(),
        }
    )
    if keywords:
        table["keywords"] = _keywords(themes, column[themes.corpus.first_row], n_periods)
    with_text = themes.corpus.paper_of_row >= 0
    left_out = int((with_text & (column < 0)).sum())
    table.attrs["note"] = (
        f"{left_out} of {int(with_text.sum())} rows with text are not counted: "
        f"no {_parse(freq).needs} is known"
        if left_out
        else ""
    )
    return table


def count_periods(
    themes: ThemeMap, freq: str = "Y", date: Any = None
) -> tuple[list[str], IntArray, IntArray]:
    """Count the rows with text of each period, from the first to the last with any.

    Returns
    -------
    labels : list of str
        The names of the periods.
    column : int array of shape (n_rows,)
        The period of each row; -1 if it isn't counted.
    counts : int array of shape (n_themes + 1, n_periods)
        The last row is for no theme.

    Raises
    ------
    OptionError
        As in ``years``.
    """
    every = _parse(freq)
    periods = every.periods(themes.corpus, date)
    counted = (themes.corpus.paper_of_row >= 0) & (periods >= 0)
    if not counted.any():
        raise none_known(themes.corpus, every.needs)
    first, last = int(periods[counted].min()), int(periods[counted].max())
    column = np.where(counted, periods - first, -1)
    shape = (len(themes) + 1, last - first + 1)
    counts = pair_counts(themes.labels[counted], column[counted], shape)
    return [every.label(period) for period in range(first, last + 1)], column, counts


def _interval(papers: IntArray, of: IntArray, confidence: float) -> tuple[Floats, Floats]:
    """Return the bounds of shares by Jeffreys' interval; NaN of no papers."""
    low, high = share_interval(papers, of, confidence)
    # Where none or all papers are in the theme, the interval ends there.
    low, high = np.where(papers == 0, 0.0, low), np.where(papers == of, 1.0, high)
    return np.where(of > 0, low, np.nan), np.where(of > 0, high, np.nan)


def _parse(freq: Any) -> _Freq:
    match = _FREQ.fullmatch(freq) if isinstance(freq, str) else None
    if not match:
        raise OptionError(
            f"freq is {freq!r}; expected 'Y', 'Q' or 'M' for years, quarters or months, or "
            "a multiple such as '5Y'"
        )
    return _Freq(int(match[1] or 1), match[2])


def none_known(corpus: Corpus, needed: str = "year") -> OptionError:
    """Return the error that no paper has a year, or a month."""
    columns = ", ".join(map(repr, corpus.records.columns))
    expected = {
        "year": "a column named 'year' or 'date'; add one and cluster again",
        "month": "a column named 'date' with values such as 2024-05, or freq='Y' for years",
    }
    return OptionError(
        f"no paper has a {needed}; the columns are {columns}. Expected {expected[needed]}"
    )


def _growth(shares: Floats) -> Floats:
    """Return each share divided by that of the last period before it that has papers."""
    import pandas as pd

    by_period = pd.DataFrame(shares)
    known = by_period.dropna(axis="columns")
    before = known.shift(axis="columns")
    growth = (known / before.where(before > 0)).reindex(columns=by_period.columns)
    return growth.to_numpy()


def _keywords(themes: ThemeMap, period: IntArray, n_periods: int) -> list[str]:
    """Return, for each theme and period, the keywords that the theme's papers then use most."""
    use = KeywordUse.of(themes)
    label, period = themes._paper_labels[use.papers], period[use.papers]
    most_used = []
    for theme in themes:
        used = use[theme.keywords]
        for at in range(n_periods):
            here = (label == theme.id) & (period == at)
            counts = used[here].sum(axis=0) * (here.sum() >= _FEWEST)
            best = np.argsort(-counts, kind="stable")[:_KEYWORDS_SHOWN]
            most_used.append(", ".join(theme.keywords[i] for i in best if counts[i]))
    return most_used
