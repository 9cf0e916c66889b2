"""What to read first: the papers that together cover a map, or a theme, best."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np

from absclust.arrays import take
from absclust.clustering.coverage import coverage, covering
from absclust.corpus.addresses import links
from absclust.corpus.columns import years
from absclust.errors import check_number
from absclust.themes.find import find_theme

if TYPE_CHECKING:
    import pandas as pd

    from absclust.themes.theme_map import ThemeMap


def reading_list(themes: ThemeMap, n: int, theme: int | str | None) -> pd.DataFrame:
    """Choose the papers to read first; see `ThemeMap.reading_list`."""
    import pandas as pd

    check_number(n, "n", Integral, least=1)
    labels, corpus = themes.paper_labels, themes.corpus
    here = np.arange(len(labels))
    if theme is not None:
        here = np.flatnonzero(labels == find_theme(themes, theme))
    with themes.foundation.stage("Choosing papers to read"):
        chosen = covering(themes.paper_embedding[here], n)
        covered = coverage(themes.paper_embedding[here], chosen)
    papers = here[chosen]
    rows = corpus.first_row[papers]
    records = corpus.records.iloc[rows]
    known = years(records)
    return pd.DataFrame(
        {
            "order": np.arange(1, len(rows) + 1),
            "row": rows,
            "title": [corpus.titles[row] for row in rows],
            "theme": labels[papers],
            "theme_name": take(
                np.array([t.name for t in themes], dtype=object), labels[papers], ""
            ),
            "year": pd.arrays.IntegerArray(known, known == 0),
            "link": links(records),
            "covered": covered.round(4),
        },
        index=records.index,
    )
