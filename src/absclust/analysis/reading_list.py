"""What to read first: the papers that together cover a map, or a theme, best."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from absclust.analysis.citations import citations
from absclust.corpus.addresses import links
from absclust.errors import check_number
from absclust.themes.coverage import coverage, covering
from absclust.themes.find import find_theme

if TYPE_CHECKING:
    from absclust.arrays import IntArray
    from absclust.theme_map import ThemeMap

_TO_READ_FIRST = 10  # papers of a theme that together cover it


def reading_list(themes: ThemeMap, n: int = 20, *, theme: int | str | None = None) -> pd.DataFrame:
    """Return the papers that together cover the map, or a theme, best: what to read first.

    The first is the most central paper; each further one is that which adds most to what
    is covered: the mean, over all papers, of the cosine similarity to the most similar
    paper on the list. This is the greedy solution of facility location, which covers at
    least 63 % of what the best n papers do (Nemhauser, Wolsey and Fisher 1978). Of more
    than 5,000 papers, the list is chosen from an even sample.

    Parameters
    ----------
    n
        The number of papers; if there are fewer, all of them.
    theme
        The number or name of a theme; by default, the whole map.

    Returns
    -------
    DataFrame, one row per paper, with its index in the input
        ``order``, from 1 on; ``row``, its row number; ``title``; ``theme`` and
        ``theme_name``; ``year`` and ``link``, missing and empty where unknown; and
        ``covered``, the share covered so far, 0 to 1: 1 if all papers are on the list. Where the
        input has references, as in the exports of Scopus, Web of Science and OpenAlex, also
        ``cited_by``, how many papers of the map are known to cite it.

    Raises
    ------
    OptionError
        If n is not an int of 1 or more.
    UnknownThemeError
        If there is no such theme.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> themes.reading_list(2)[["title", "theme"]].values.tolist()
    [['Proteins fold fast.', 1], ['Robots grasp.', 0]]
    """
    check_number(n, "n", Integral, least=1)
    labels, corpus = themes._paper_labels, themes.corpus
    here = np.arange(len(labels))
    if theme is not None:
        here = np.flatnonzero(labels == find_theme(themes, theme))
    with themes.foundation.stage("Choosing papers to read"):
        chosen = covering(themes.foundation.paper_embedding[here], n)
        covered = coverage(themes.foundation.paper_embedding[here], chosen)
    papers = here[chosen]
    listed = described(themes, papers)
    listed.insert(0, "order", np.arange(1, len(papers) + 1))
    listed["covered"] = covered.round(4)
    if (cited := citations(corpus)) is not None:
        listed["cited_by"] = np.bincount(cited[:, 1], minlength=corpus.n_papers)[papers]
    return listed


def described(themes: ThemeMap, papers: IntArray) -> pd.DataFrame:
    """Return the row, title, theme, year and link of some papers, with their index in the input."""
    rows = themes.corpus.first_row[papers]
    records, years = themes.corpus.records.iloc[rows], themes.corpus.years[rows]
    labels = themes.labels[rows]
    return pd.DataFrame(
        {
            "row": rows,
            "title": [themes.corpus.titles[row] for row in rows],
            "theme": labels,
            "theme_name": themes._names_by_label[labels],
            "year": pd.arrays.IntegerArray(years, years == 0),
            "link": links(records),
        },
        index=records.index,
    )


def reading_order(themes: ThemeMap, theme: int) -> IntArray:
    """Return the rows of a theme in the order in which ``ThemeMap.papers`` lists them."""
    papers = np.flatnonzero(themes._paper_labels == theme)
    vectors = themes.foundation.paper_embedding[papers]
    first = covering(vectors, _TO_READ_FIRST)
    closeness = np.einsum("nd,d->n", vectors, themes.centroids[theme]).round(5)
    rank = np.lexsort((-closeness, ~themes._paper_membership.core[papers])).argsort()
    rank[first] = np.arange(len(first)) - len(first)
    rows = np.flatnonzero(themes.labels == theme)
    place = np.searchsorted(papers, themes.corpus.paper_of_row[rows])
    return rows[np.argsort(rank[place], kind="stable")]
