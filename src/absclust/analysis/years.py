"""Themes over time: how many papers of each period are in each, and what they are about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from absclust.analysis.changes import check_confidence, log_odds
from absclust.arrays import IntArray, evenly_spread, pair_counts
from absclust.corpus.columns import dated, months
from absclust.corpus.columns import years as years_of
from absclust.corpus.corpus import Corpus
from absclust.errors import OptionError
from absclust.text.keyword_usage import uses
from absclust.text.language_id import main_language
from absclust.text.phrases import count_phrases, keyed_words

if TYPE_CHECKING:
    import pandas as pd

    from absclust.theme_map import ThemeMap

_FREQ = re.compile(r"([1-9]\d{0,2})?([YQM])")
_MONTHS = {"Y": 12, "Q": 3, "M": 1}
_FEWEST = 5  # papers of a theme in a period; the words of fewer are those of single papers
_MAX_PAPERS_READ = 300  # per theme and period
_KEYWORDS_SHOWN = 5
_STANDARD_ERRORS = 2.5  # by which a phrase must stand out, since hundreds are tried


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
    themes: ThemeMap, freq: str = "Y", *, keywords: bool = True, date: Any = None
) -> pd.DataFrame:
    """Return how the themes rise and fall over time: one row per theme and period.

    Columns: ``theme``, ``name``, ``period``, ``papers`` (rows of the theme in the
    period), ``of`` (all rows with text in the period), ``share``, ``growth`` (the
    share divided by that of the last earlier period with papers), ``keywords`` (the
    theme's keywords that its papers of the period use most) and ``distinctive``
    (phrases that distinguish these papers from the theme's papers of other periods).
    The last two are empty for fewer than five papers. ``attrs["note"]`` says how
    many rows have no known date and are therefore not counted.

    Parameters
    ----------
    freq
        ``"Y"``, ``"Q"`` or ``"M"`` for years, quarters or months, or a multiple such
        as ``"5Y"``.
    keywords
        Whether to look for phrases, which takes most of the time.
    date
        The name of a column to count by, such as that of the day of acceptance. By default, the
        year, and for months the date.

    Raises
    ------
    OptionError
        If freq is none of these, there is no column of that name, or no row has a year (or a
        month, where months are needed).

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts([{"title": "Robots grasp", "year": 2023},
    ...                             {"title": "Robots grasp cups", "year": 2024}])
    >>> themes.years()[["period", "papers", "share"]].values.tolist()
    [['2023', 1, 1.0], ['2024', 1, 1.0]]
    """
    import pandas as pd

    labels, column, counts = count_periods(themes, freq, date)
    n_periods, total = len(labels), counts.sum(axis=0)
    shares = np.where(total > 0, counts[:-1] / np.maximum(total, 1), np.nan)
    table = pd.DataFrame(
        {
            "theme": np.repeat(np.arange(len(themes)), n_periods),
            "name": np.repeat(np.array([t.name for t in themes], dtype=object), n_periods),
            "period": labels * len(themes),
            "papers": counts[:-1].ravel(),
            "of": np.tile(total, len(themes)),
            "share": shares.ravel(),
            "growth": _growth(shares).ravel(),
        }
    )
    if keywords:
        table["keywords"], table["distinctive"] = _words(themes, column, n_periods)
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


def growth(themes: ThemeMap, freq: str = "Y", *, confidence: float = 0.95) -> pd.DataFrame:
    """Return the share of each theme in each period with its interval: rows as in ``years``.

    Parameters
    ----------
    freq
        As in ``years``.
    confidence
        Confidence level of each interval, between 0 and 1.

    Returns
    -------
    DataFrame, one row per theme and period
        ``theme``, ``name``, ``period``, ``papers``, ``of``, ``share`` and ``growth`` as in
        ``years``; ``low`` and ``high``, the bounds of the share by Jeffreys' interval (Brown,
        Cai and DasGupta 2001), NaN in a period without papers. ``attrs["note"]`` as in
        ``years``.

    Raises
    ------
    OptionError
        As in ``years``, or if the confidence is not between 0 and 1.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts([{"title": f"Robots grasp {i}", "year": 2023 + i % 2}
    ...                             for i in range(8)], n_themes=1)
    >>> themes.growth()[["period", "papers", "low", "high"]].round(2).values.tolist()
    [['2023', 4, 0.56, 1.0], ['2024', 4, 0.56, 1.0]]
    """
    from scipy.special import betaincinv

    check_confidence(confidence)
    table = years(themes, freq, keywords=False)
    papers, of = table["papers"], table["of"]
    tail = (1 - float(confidence)) / 2
    bounds = (betaincinv(papers + 0.5, of - papers + 0.5, at) for at in (tail, 1 - tail))
    # Where none or all papers are in the theme, the interval ends there.
    for name, bound, where, end in zip(
        ("low", "high"), bounds, (papers == 0, papers == of), (0.0, 1.0), strict=True
    ):
        table[name] = np.where(of > 0, np.where(where, end, bound), np.nan)
    return table


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


def _growth(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return each share divided by that of the last period before it that has papers."""
    import pandas as pd

    by_period = pd.DataFrame(shares)
    known = by_period.dropna(axis="columns")
    before = known.shift(axis="columns")
    growth = (known / before.where(before > 0)).reindex(columns=by_period.columns)
    return growth.to_numpy()


def _words(themes: ThemeMap, column: IntArray, n_periods: int) -> tuple[list[str], list[str]]:
    """Return each theme's most used keywords in each period, and what is special to the period."""
    corpus = themes.corpus
    used, distinctive = [], []
    for theme in themes:
        rows = np.flatnonzero((themes.labels == theme.id) & (column >= 0))
        paper, period = corpus.paper_of_row[rows], column[rows]
        by_period = [np.unique(paper[period == p]) for p in range(n_periods)]
        read = [evenly_spread(papers, _MAX_PAPERS_READ) for papers in by_period]
        read = [papers if len(papers) >= _FEWEST else papers[:0] for papers in read]
        used += [_most_used(theme.keywords, [corpus.paper_texts[i] for i in p]) for p in read]
        distinctive += _distinctive(corpus, read)
    return used, distinctive


def _most_used(keywords: tuple[str, ...], texts: list[str]) -> str:
    counts = uses(texts, keywords).sum(axis=0)
    best = np.argsort(-counts, kind="stable")[:_KEYWORDS_SHOWN]
    return ", ".join(keywords[i] for i in best if counts[i])


def _distinctive(corpus: Corpus, read: list[IntArray]) -> list[str]:
    """Return the phrases that distinguish the papers of each period from the others.

    A phrase is scored by its log odds ratio in standard errors (Monroe, Colaresi
    and Quinn 2008).
    """
    papers = np.concatenate(read)
    sizes = np.array([len(part) for part in read])
    labels = np.repeat(np.arange(len(read)), sizes)
    texts = [corpus.paper_texts[i] for i in papers]
    titles = [corpus.paper_titles[i] for i in papers]
    phrases = count_phrases(keyed_words(texts, titles, language=main_language(texts)))
    often = np.flatnonzero((phrases.n_papers >= _FEWEST) & ~phrases.fragment)
    keys = [phrases.key(phrase) for phrase in often.tolist()]
    used = phrases.uses[:, often].astype(bool).astype(np.int64)
    inside = np.array([used[labels == period].sum(axis=0) for period in range(len(read))]).T
    scores = _standardised_log_odds(inside.reshape(len(keys), len(read)), sizes)
    words = []
    for period in range(len(read)):
        kept: list[int] = []
        for i in np.argsort(-scores[:, period], kind="stable"):
            if scores[i, period] < _STANDARD_ERRORS or len(kept) == _KEYWORDS_SHOWN:
                break
            if not any(set(keys[i].split()) & set(keys[k].split()) for k in kept):
                kept.append(int(i))
        words.append(", ".join(phrases.surfaces(often[kept])))
    return words


def _standardised_log_odds(inside: IntArray, sizes: IntArray) -> npt.NDArray[np.float64]:
    """Return how far each phrase stands out in each period, shape (n_phrases, n_periods)."""
    odds, variance = log_odds(inside, sizes)
    outside = inside.sum(axis=1, keepdims=True) - inside
    odds_elsewhere, variance_elsewhere = log_odds(outside, sizes.sum() - sizes)
    standardised: npt.NDArray[np.float64] = odds - odds_elsewhere
    return standardised / np.sqrt(variance + variance_elsewhere)
