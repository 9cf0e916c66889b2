"""The evidence for a theme's name: where its keywords are used."""

from typing import TYPE_CHECKING

import numpy as np

from absclust.text.keyword_usage import uses

if TYPE_CHECKING:
    import pandas as pd

    from absclust.themes.theme_map import ThemeMap


def keyword_use(themes: "ThemeMap", theme: int) -> "pd.DataFrame":
    """Count the papers that use a theme's keywords; see `ThemeMap.explain_name`."""
    import pandas as pd

    corpus, keywords = themes.corpus, themes[theme].keywords
    evidence = themes.foundation.evidence
    inside = themes.paper_labels == theme
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
