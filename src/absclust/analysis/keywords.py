"""Which papers use a theme's keywords: one count for tables, pictures and explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from absclust.themes.find import find_themes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from absclust.theme_map import ThemeMap

_COLUMNS = [
    "theme", "name", "keyword", "in_theme", "share_in_theme", "elsewhere", "share_elsewhere",
    "rows",
]  # fmt: skip


def keyword_use(themes: ThemeMap, theme: int | str | Iterable[int] | None = None) -> pd.DataFrame:
    """Return which papers use the keywords of themes, by default of all.

    The papers are those that themes are named from: all, or an even sample of a large corpus, so
    that a share is the same wherever it is shown.

    Returns
    -------
    DataFrame of bool
        The index has the distinct papers that were read, the columns are the keywords.
    """
    wanted = [themes[number] for number in find_themes(themes, theme)]
    words = list(dict.fromkeys(word for one in wanted for word in one.keywords))
    evidence = themes.foundation.evidence.covering(themes._paper_labels)
    return pd.DataFrame(evidence.uses(words), index=evidence.papers, columns=words)


def shares_of(use: pd.DataFrame, inside: npt.NDArray[np.bool_]) -> pd.Series[float]:
    """Return the share of some papers that use each keyword, 0 where none of them was read.

    Parameters
    ----------
    use
        As `keyword_use` returns it.
    inside : bool array, one per distinct paper of the corpus
    """
    return use[inside[use.index]].mean().fillna(0)


def keywords(themes: ThemeMap, theme: int | str | None = None) -> pd.DataFrame:
    """Return how many papers use the keywords of a theme, in it and elsewhere.

    This is the evidence for its name. Of more than 5,000 papers, an even sample is read, and the
    numbers are estimates.

    Parameters
    ----------
    theme
        The number or name of the theme; by default, all themes.

    Returns
    -------
    DataFrame
        One row per keyword: ``in_theme`` and ``elsewhere``, the numbers of distinct
        papers that use it in the theme and outside; ``share_in_theme`` and
        ``share_elsewhere``; and ``rows``, the rows of the theme's papers that were read and
        use it. For all themes, ``theme`` and ``name`` come first.

    Raises
    ------
    UnknownThemeError
        If there is no such theme.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> themes.keywords(0)[["keyword", "in_theme", "rows"]].values.tolist()
    [['Robots grasp', 2, [0, 1]], ['grasp cups', 1, [1]]]
    """
    use, labels = keyword_use(themes, theme), themes._paper_labels
    found = []
    for one in (themes[number] for number in find_themes(themes, theme)):
        inside = labels == one.id
        share, elsewhere, read = shares_of(use, inside), shares_of(use, ~inside), inside[use.index]
        for word in one.keywords:
            here, there = float(share[word]), float(elsewhere[word])
            using = use.index[read & use[word]]
            rows = np.flatnonzero(np.isin(themes.corpus.paper_of_row, using)).tolist()
            counts = round(here * inside.sum()), round(there * (~inside).sum())
            numbers = counts[0], round(here, 3), counts[1], round(there, 3)
            found.append((one.id, one.name, word, *numbers, rows))
    table = pd.DataFrame(found, columns=_COLUMNS)
    return table if theme is None else table.drop(columns=["theme", "name"])
