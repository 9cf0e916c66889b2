"""How numbers and rows are written for people."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from absclust.arrays import IntArray

if TYPE_CHECKING:
    from absclust.themes.theme import Theme

_MAX_ROWS_NAMED = 10


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural if needed.

    Examples
    --------
    >>> counted(1, "paper"), counted(1200, "paper")
    ('1 paper', '1,200 papers')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def counted_themes(themes: Collection[Theme]) -> str:
    """Return the number of themes, of which those that are mixed are counted apart.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> counted_themes(cluster_abstracts(["Owls hunt at night.", "Owls fly at night."]).themes)
    '1 theme'
    """
    n_mixed = sum(theme.mixed for theme in themes)
    return counted(len(themes) - n_mixed, "theme") + (f" and {n_mixed} mixed" if n_mixed else "")


def name_rows(
    rows: IntArray, name: Callable[[int], str] = lambda row: "", *, noun: str = "row"
) -> str:
    """Name rows by their position, and by what else they are called; the first few where many.

    Examples
    --------
    >>> import numpy as np
    >>> name_rows(np.array([0, 2]), ["smith2020", "", "W31"].__getitem__)
    'rows 0 (smith2020), 2 (W31)'
    """
    shown = rows[:_MAX_ROWS_NAMED].tolist()
    named = ", ".join(f"{row} ({called})" if (called := name(row)) else f"{row}" for row in shown)
    more = len(rows) - _MAX_ROWS_NAMED
    plural = "" if len(rows) == 1 else "s"
    return f"{noun}{plural} {named}" + (f" and {more} more" if more > 0 else "")
