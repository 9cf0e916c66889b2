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
    inside = themes.paper_labels == theme
    used = uses(corpus.paper_texts, keywords)
    own, others = used[inside].sum(axis=0), used[~inside].sum(axis=0)
    rows = [np.isin(corpus.paper_of_row, np.flatnonzero(use & inside)) for use in used.T]
    return pd.DataFrame(
        {
            "keyword": keywords,
            "in_theme": own,
            "share_in_theme": (own / inside.sum()).round(3),
            "elsewhere": others,
            "share_elsewhere": (others / max((~inside).sum(), 1)).round(3),
            "rows": [np.flatnonzero(of_keyword).tolist() for of_keyword in rows],
        }
    )
