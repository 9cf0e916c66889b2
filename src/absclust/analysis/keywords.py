"""Which papers use a theme's keywords: one count for tables, pictures and explanations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray
from absclust.themes.find import find_themes

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from absclust.theme_map import ThemeMap

_COLUMNS = [
    "theme",
    "name",
    "keyword",
    "in_theme",
    "share_in_theme",
    "elsewhere",
    "share_elsewhere",
    "rows",
]


@dataclass(frozen=True, eq=False)
class KeywordUse:
    """Which papers use which keywords, among the papers that themes are named from.

    These are all papers, or an even sample of a large corpus, so that a share is the same
    wherever it is shown.

    Attributes
    ----------
    papers : int array of shape (n_read,)
        The distinct papers that were read.
    columns : dict of str to int
        Where a keyword stands in `used`.
    used : bool array of shape (n_read, n_keywords)
    """

    papers: IntArray
    columns: dict[str, int]
    used: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, themes: ThemeMap, theme: int | str | Iterable[int] | None = None) -> KeywordUse:
        """Look for the keywords of themes, by default all, in the papers that names are from."""
        wanted = [themes[number] for number in find_themes(themes, theme)]
        words = list(dict.fromkeys(word for one in wanted for word in one.keywords))
        evidence = themes.foundation.evidence.covering(themes._paper_labels)
        columns = {word: number for number, word in enumerate(words)}
        return cls(evidence.papers, columns, evidence.uses(words))

    def __getitem__(self, keywords: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Return which papers use some of the keywords, shape (n_read, n_keywords)."""
        return self.used[:, [self.columns[word] for word in keywords]]

    def shares(self, inside: npt.NDArray[np.bool_]) -> FloatArray:
        """Return the share of some papers that use each keyword, 0 where none of them was read.

        Parameters
        ----------
        inside : bool array, one per distinct paper of the corpus
        """
        read = inside[self.papers]
        shares: FloatArray = self.used[read].sum(axis=0) / max(int(read.sum()), 1)
        return shares


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
    import pandas as pd

    use, labels = KeywordUse.of(themes, theme), themes._paper_labels
    rows = []
    for one in (themes[number] for number in find_themes(themes, theme)):
        inside = labels == one.id
        share, elsewhere = use.shares(inside), use.shares(~inside)
        read = inside[use.papers]
        for word in one.keywords:
            column = use.columns[word]
            here, there = float(share[column]), float(elsewhere[column])
            using = use.papers[read & use.used[:, column]]
            of_papers = np.flatnonzero(np.isin(themes.corpus.paper_of_row, using)).tolist()
            counts = round(here * inside.sum()), round(there * (~inside).sum())
            numbers = counts[0], round(here, 3), counts[1], round(there, 3)
            rows.append((one.id, one.name, word, *numbers, of_papers))
    table = pd.DataFrame(rows, columns=_COLUMNS)
    return table if theme is None else table.drop(columns=["theme", "name"])
