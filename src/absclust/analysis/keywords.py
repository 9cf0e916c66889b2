"""The evidence for a theme's name: where its keywords are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from absclust.text.keyword_usage import uses
from absclust.themes.find import find_theme

if TYPE_CHECKING:
    import pandas as pd

    from absclust.theme_map import ThemeMap


def keywords(themes: ThemeMap, theme: int | str) -> pd.DataFrame:
    """Return the evidence for a theme's name and keywords.

    Parameters
    ----------
    theme
        The number or name of the theme.

    Returns
    -------
    DataFrame
        One row per keyword: ``in_theme`` and ``elsewhere``, the numbers of distinct
        papers that use it in the theme and outside; ``share_in_theme`` and
        ``share_elsewhere``; and ``rows``, the rows of the theme's papers that use it.

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

    theme = find_theme(themes, theme)
    corpus, keywords = themes.corpus, themes.themes[theme].keywords
    evidence = themes.foundation.evidence
    inside = themes._paper_labels == theme
    members = np.flatnonzero(inside)
    read_inside = inside[evidence.papers]
    used = evidence.uses(keywords)
    if len(evidence.papers) == corpus.n_papers:
        own = used[inside]
    else:  # a sample was read; but of the theme itself, every paper counts
        own = uses([corpus.paper_texts[paper] for paper in members.tolist()], keywords)
    n_others = corpus.n_papers - len(members)
    share = used[~read_inside].sum(axis=0) / max((~read_inside).sum(), 1)
    rows = [np.flatnonzero(np.isin(corpus.paper_of_row, members[use])) for use in own.T]
    return pd.DataFrame(
        {
            "keyword": keywords,
            "in_theme": own.sum(axis=0),
            "share_in_theme": own.mean(axis=0).round(3),
            "elsewhere": (share * n_others).round().astype(int),
            "share_elsewhere": share.round(3),
            "rows": [of_keyword.tolist() for of_keyword in rows],
        }
    )
