"""Themes over time: how many papers of each period are in each, and what they are about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from absclust.analysis.keywords import keyword_use
from absclust.analysis.shares import share_interval
from absclust.arrays import IntArray, pair_counts
from absclust.corpus.columns import dated, find_columns, months
from absclust.corpus.columns import years as years_of
from absclust.errors import OptionError

if TYPE_CHECKING:
    from absclust.corpus.corpus import Corpus
    from absclust.theme_map import ThemeMap

_FREQ = re.compile(r"([1-9]\d{0,2})?([YQM])")
_MONTHS = {"Y": 12, "Q": 3, "M": 1}
_FEWEST = 5  # papers of a theme in a period; the words of fewer are those of single papers
_KEYWORDS_SHOWN = 5


def years(
    themes: ThemeMap, freq: str = "Y", *, keywords: bool = True, date: Any = None
) -> pd.DataFrame:
    """Return how the themes rise and fall over time: one row per theme and period.

    Columns: ``theme``, ``name``, ``period``, ``papers`` (rows of the theme in the period), ``of``
    (all rows with text in the period), ``share``, with ``low`` and ``high``, its bounds by
    Jeffreys' interval at 95 % (Brown, Cai and DasGupta 2001), all three NaN in a period without
    papers, ``growth`` (the share divided by that of the last earlier period with papers) and
    ``keywords`` (the theme's keywords that its papers of the period use most; of large corpora a
    sample is read; empty for fewer than five papers). ``attrs["note"]`` says how many rows have no
    known date and are therefore not counted.

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

    Raises
    ------
    OptionError
        If freq is none of these, there is no column of that name, or no row has a
        year (or a month, where months are needed).

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts([{"title": f"Robots grasp {i}", "year": 2023 + i % 2}
    ...                             for i in range(8)], n_themes=1)
    >>> themes.years()[["period", "papers", "share", "low"]].round(2).values.tolist()
    [['2023', 4, 1.0, 0.56], ['2024', 4, 1.0, 0.56]]
    """
    labels, column, counts = count_periods(themes, freq, date)
    table = pd.DataFrame(
        {
            "theme": np.repeat(np.arange(len(themes)), len(labels)),
            "name": np.repeat(themes._names_by_label[:-1], len(labels)),
            "period": labels * len(themes),
            "papers": counts[:-1].ravel(),
            "of": np.tile(counts.sum(axis=0), len(themes)),
        }
    )
    papers, of = table["papers"], table["of"]
    low, high = share_interval(papers.to_numpy(), of.to_numpy())
    table["share"] = papers / of
    # Where none or all papers are in the theme, the interval ends there.
    table["low"], table["high"] = np.where(papers == 0, 0, low), np.where(papers == of, 1, high)
    table.loc[of == 0, ["low", "high"]] = np.nan
    before = table.groupby("theme")["share"].transform(lambda share: share.ffill().shift())
    table["growth"] = table["share"] / before.where(before > 0)
    if keywords:
        table["keywords"] = _keywords(themes, column[themes.corpus.first_row], len(labels))
    with_text = themes.corpus.paper_of_row >= 0
    left_out = int((with_text & (column < 0)).sum())
    table.attrs["note"] = (
        f"{left_out} of {int(with_text.sum())} rows with text are not counted: "
        f"no {_needed(_step(freq))} is known"
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
    corpus, step = themes.corpus, _step(freq)
    needed = _needed(step)
    records = corpus.records if date is None else dated(corpus.records, date)
    year = corpus.years if date is None else years_of(records)
    month = months(records, year) if needed == "month" else np.ones_like(year)
    counted = (corpus.paper_of_row >= 0) & (year > 0) & (month > 0)
    if not counted.any():
        raise none_known(corpus, needed)
    period = (year * 12 + month - 1) // step
    first, last = int(period[counted].min()), int(period[counted].max())
    column = np.where(counted, period - first, -1)
    shape = (len(themes) + 1, last - first + 1)
    counts = pair_counts(themes.labels[counted], column[counted], shape)
    return [_period_name(at * step, step) for at in range(first, last + 1)], column, counts


def _step(freq: Any) -> int:
    """Return how many months a period has."""
    match = _FREQ.fullmatch(freq) if isinstance(freq, str) else None
    if not match:
        raise OptionError(
            f"freq is {freq!r}; expected 'Y', 'Q' or 'M' for years, quarters or months, or "
            "a multiple such as '5Y'"
        )
    return int(match[1] or 1) * _MONTHS[match[2]]


def _needed(step: int) -> str:
    """Return what must be known of a paper to be counted."""
    return "month" if step % 12 else "year"


def _period_name(start: int, step: int) -> str:
    """Name a period of so many months: 2024, 2020–2024, 2024-Q1; or by its first month."""
    year, month = divmod(start, 12)
    if step % 12 == 0:
        return str(year) if step == 12 else f"{year}–{year + step // 12 - 1}"
    return f"{year}-Q{month // 3 + 1}" if step == 3 else f"{year}-{month + 1:02d}"


def none_known(corpus: Corpus, needed: str = "year") -> OptionError:
    """Return the error that no paper has a year, or a month."""
    records, own = corpus.records, find_columns(corpus.records.columns)
    columns, column = ", ".join(map(repr, records.columns)), own.get("year", own.get("date"))
    given = [] if column is None else records[column].dropna().map(str).to_list()
    seen = f"; {column!r} has values such as {given[0]!r}" if given else ""
    only = "; freq='Y' needs years only" if needed == "month" else ""
    return OptionError(
        f"no paper has a {needed}; the columns are {columns}{seen}. Expected a column named 'year' "
        f"or 'date' with values such as 2024 or 2024-05; add or correct it and cluster again{only}"
    )


def _keywords(themes: ThemeMap, period: IntArray, n_periods: int) -> list[str]:
    """Return, for each theme and period, the keywords that the theme's papers then use most."""
    use = keyword_use(themes)
    label, period = themes._paper_labels[use.index], period[use.index]
    most_used = []
    for theme in themes:
        used = use[list(theme.keywords)].to_numpy()
        for at in range(n_periods):
            here = (label == theme.id) & (period == at)
            counts = used[here].sum(axis=0) * (here.sum() >= _FEWEST)
            best = np.argsort(-counts, kind="stable")[:_KEYWORDS_SHOWN]
            most_used.append(", ".join(theme.keywords[i] for i in best if counts[i]))
    return most_used
