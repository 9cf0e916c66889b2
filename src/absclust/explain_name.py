"""What a theme's name rests on: where its keywords are used."""

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from absclust.errors import OptionError
from absclust.identify import paper_languages
from absclust.phrases import english_or, find_acronyms, phrase_key

if TYPE_CHECKING:
    import pandas as pd

    from absclust.themes import ThemeMap


def keyword_use(themes: "ThemeMap", theme: int) -> "pd.DataFrame":
    """Count the papers that use a theme's keywords; see `ThemeMap.explain_name`."""
    import pandas as pd

    if theme not in range(len(themes)):
        raise OptionError(
            f"theme {theme!r} is not in this map; expected a number from 0 to {len(themes) - 1}"
        )
    corpus = themes.corpus
    inside = themes.labels[corpus.first_row] == theme
    own = [corpus.paper_texts[i] for i in np.flatnonzero(inside)]
    grammar = english_or(Counter(paper_languages(own)).most_common(1)[0][0])
    acronyms = find_acronyms(corpus.paper_texts, grammar.fold)
    texts = [f" {phrase_key(text, acronyms, grammar)} " for text in corpus.paper_texts]
    uses = []
    for keyword in themes[theme].keywords:
        key = f" {phrase_key(keyword, acronyms, grammar)} "
        use = np.array([key in text for text in texts])
        rows = np.isin(corpus.paper_of_row, np.flatnonzero(use & inside))
        uses.append(
            {
                "keyword": keyword,
                "in_theme": int((use & inside).sum()),
                "share_in_theme": round(float(use[inside].mean()), 3),
                "elsewhere": int((use & ~inside).sum()),
                "share_elsewhere": round(float(use[~inside].mean()), 3) if not inside.all() else 0,
                "rows": np.flatnonzero(rows).tolist(),
            }
        )
    return pd.DataFrame(uses)
