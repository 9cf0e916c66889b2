"""Thematic evolution: in which themes of one period the papers of the next have their like."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from absclust.arrays import in_blocks
from absclust.clustering.membership import count_votes
from absclust.counted import counted
from absclust.errors import OptionError, listed

if TYPE_CHECKING:
    from absclust.arrays import IntArray
    from absclust.theme_map import ThemeMap

_PERIODS = 3


def evolution(themes: ThemeMap, breaks: Iterable[int] | None = None) -> pd.DataFrame:
    """Return what each theme's papers of a period continue in the period before.

    A paper continues the theme that most of its nearest papers in the period before are in,
    by the graph that was clustered, weighted by their cosines; a paper of which none of the
    nearest papers is of that period continues none. The themes are the same in all periods.

    Parameters
    ----------
    breaks
        The first year of each later period, in order, such as ``[2010, 2020]``; by default,
        three periods with about as many papers each.

    Returns
    -------
    DataFrame, one row per flow
        ``from_period``, ``from_theme`` (-1 for none), ``from_name``, ``period``, ``theme``,
        ``name``; ``papers``, how many distinct papers of the theme in the period continue
        that earlier theme; ``share`` of the theme's papers in the period. In the rows of the first
        period, ``from_period`` is empty. ``attrs["periods"]`` has the names of the periods,
        ``attrs["note"]`` says how many papers have no year and are left out.

    Raises
    ------
    OptionError
        If the papers have fewer than two years, or ``breaks`` are not rising years among
        them.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts([{"title": "Robots grasp", "year": 2023},
    ...                             {"title": "Robots grasp cups", "year": 2024}])
    >>> themes.evolution([2024])[["from_period", "period", "papers"]].values.tolist()
    [['', '2023', 1], ['2023', '2024', 1]]
    """
    labels = themes._paper_labels
    years = themes.corpus.paper_years
    known = np.sort(years[(years > 0) & (labels >= 0)])
    starts = _starts(known, breaks)
    periods = [
        str(first) if first == last else f"{first}–{last}"
        for first, last in zip(starts, [*(s - 1 for s in starts[1:]), int(known[-1])], strict=True)
    ]
    period = np.where(labels >= 0, np.searchsorted(starts, years, side="right") - 1, -1)
    keys = np.stack([period, _continued(themes, labels, period), labels])[:, period >= 0]
    (when, source, theme), papers = np.unique(keys, axis=1, return_counts=True)
    names = themes._names_by_label
    table = pd.DataFrame(
        {
            "from_period": np.array(["", *periods], dtype=object)[when],
            "from_theme": source,
            "from_name": names[source],
            "period": np.array(periods, dtype=object)[when],
            "theme": theme,
            "name": names[theme],
            "papers": papers,
        }
    )
    table["share"] = papers / table.groupby(["period", "theme"])["papers"].transform("sum")
    undated = int((years == 0).sum())
    table.attrs["periods"] = periods
    table.attrs["note"] = f"{counted(undated, 'paper')} without a year left out" if undated else ""
    return table


def _starts(known: IntArray, breaks: Any) -> list[int]:
    """Return the first year of each period; `known` are the years of papers, in order."""
    if not len(known) or known[0] == known[-1]:
        raise OptionError(
            "an evolution needs papers of two years or more; expected a column named year or date "
            f"with them, got {counted(len(np.unique(known)), 'year')}"
        )
    first, last = int(known[0]), int(known[-1])
    if breaks is None:
        second = int(known[known > first][0])  # where the first year has more than a third
        thirds = (known[len(known) * part // _PERIODS] for part in range(1, _PERIODS))
        return [first, *sorted({max(int(year), second) for year in thirds})]
    given = listed(breaks, [breaks])
    whole = all(isinstance(year, Integral) for year in given)
    if not given or not whole or [first, *given, last + 1] != sorted({first, *given, last + 1}):
        raise OptionError(
            f"breaks is {breaks!r}; expected the first year of each later period in rising order, "
            f"from {first + 1} to {last}"
        )
    return [first, *map(int, given)]


def _continued(themes: ThemeMap, labels: IntArray, period: IntArray) -> IntArray:
    """Return the theme that each paper continues, -1 for none."""
    graph = themes.foundation.paper_graph

    def most_votes(rows: slice) -> IntArray:
        near, own = graph.indices[rows], period[rows, None]
        before = np.where((own > 0) & (period[near] == own - 1), labels[near], -1)
        votes = count_votes(before, graph.similarities[rows], len(themes))[:, :-1]
        return np.where(votes.any(axis=1), votes.argmax(axis=1), -1)

    return in_blocks(most_votes, out=np.empty_like(labels))
