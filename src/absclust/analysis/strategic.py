"""How similar themes are, how they are linked by their papers, and the strategic map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from absclust.analysis.comparison import compare
from absclust.analysis.shares import Floats

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap


def links(themes: ThemeMap) -> pd.DataFrame:
    """Return how strongly themes are linked: one row per pair of themes with any link.

    A link joins a paper with one of its nearest papers, in the graph that was clustered.
    Columns: ``theme``, ``name``, ``other``, ``other_name``; ``links``, their number between
    the two themes; ``strength``, the sum of their cosines divided by what themes with as
    many links would have by chance: above 1, more than chance. Strongest first.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> themes.links().columns.tolist()
    ['theme', 'name', 'other', 'other_name', 'links', 'strength']
    """
    number, weight = _between(themes)
    one, other = np.nonzero(np.triu(number, 1))
    ends = weight.sum(axis=1)
    chance = ends[one] * ends[other] / max(float(ends.sum()), 1e-12)
    names = themes._names_by_label
    table = pd.DataFrame(
        {
            "theme": one,
            "name": names[one],
            "other": other,
            "other_name": names[other],
            "links": number[one, other].astype(np.int64),
            "strength": weight[one, other] / chance,
        }
    )
    return table.sort_values("strength", ascending=False, kind="stable", ignore_index=True)


def similarity(themes: ThemeMap) -> pd.DataFrame:
    """Return how similar themes are: the cosine similarity of their centroids, -1 to 1.

    Returns
    -------
    DataFrame of float32, one row and one column per theme
        Both are labelled with the themes' numbers.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> bool(themes.similarity().loc[0, 1] < 0.5)
    True
    """
    numbers = pd.RangeIndex(len(themes), name="theme")
    return pd.DataFrame(themes.centroids @ themes.centroids.T, index=numbers, columns=numbers)


def strategic(themes: ThemeMap) -> pd.DataFrame:
    """Return the strategic map of Callon, Courtial and Laville (1991): one row per theme.

    Motor themes are central and dense, basic themes central, niche themes dense, emerging or
    declining themes neither; the medians of all themes divide them. The two measures come
    from the links between papers and their nearest papers, not from words.

    Returns
    -------
    DataFrame, one row per theme
        ``theme``, ``name``; ``papers``, its distinct papers; ``centrality``, the share of the
        theme's links that lead to other themes, by their cosines, divided by the share expected
        by chance; ``density``, the mean cosine of the links inside the theme; ``quadrant``:
        "motor", "basic", "niche", and "emerging" or "declining" where the theme's share grew or
        shrank from the earlier to the later half of the dated papers by more than noise, else
        "emerging or declining"; ``mean_year`` of its dated papers; ``growth``, the later share
        divided by the earlier one, with ``low`` and ``high``, its interval at 95 % for all
        themes at once. The last four are NaN without years. ``attrs["split"]`` is the first
        year of the later half, 0 without two years.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> themes.strategic()[["name", "papers", "centrality"]].values.tolist()
    [['Robots grasp', 2, 0.0], ['Proteins fold', 2, 0.0]]
    """
    number, weight = _between(themes)
    inside, ends = np.diag(weight), weight.sum(axis=1)
    whole = max(float(ends.sum()), 1e-12)
    chance = np.maximum(1 - ends / whole, 1e-12)
    centrality = (1 - _divided(inside, ends)) / chance * (len(themes) > 1)
    density = _divided(inside, np.diag(number))
    growth, split = _growth(themes)
    table = pd.DataFrame(
        {
            "theme": np.arange(len(themes)),
            "name": themes._names_by_label[:-1],
            "papers": np.bincount(themes._paper_labels + 1, minlength=len(themes) + 1)[1:],
            "centrality": centrality,
            "density": density,
            "quadrant": "",
        }
    ).join(growth)
    # The median itself belongs to the upper side, so equal themes are motor themes.
    central, dense = (table[of] >= table[of].median() - 1e-9 for of in ("centrality", "density"))
    table["quadrant"] = np.select(
        [central & dense, central, dense, table["low"] > 1, table["high"] < 1],
        ["motor", "basic", "niche", "emerging", "declining"],
        "emerging or declining",
    ).astype(object)
    table.attrs["split"] = split
    return table


def _between(themes: ThemeMap) -> tuple[Floats, Floats]:
    """Return the number of links between themes, in both directions, and the sum of cosines."""
    graph, labels, n = themes.foundation.paper_graph, themes._paper_labels, len(themes)
    ends = labels[graph.indices]
    starts = np.broadcast_to(labels[:, None], ends.shape)
    kept = (graph.similarities > 0) & (starts >= 0) & (ends >= 0)
    cell = starts[kept] * n + ends[kept]
    counted = np.ones(len(cell)), graph.similarities[kept]
    sums = np.array([np.bincount(cell, each, n * n) for each in counted], dtype=np.float64)
    number, weight = sums.reshape(2, n, n)
    return number + number.T, weight + weight.T


def _divided(one: Floats, other: Floats) -> Floats:
    return np.divide(one, other, out=np.zeros_like(one), where=other > 0)


def _growth(themes: ThemeMap) -> tuple[pd.DataFrame, int]:
    """Return the mean year and the growth of themes with its interval, and the year that halves."""
    years = pd.Series(themes.corpus.paper_years, dtype=float).where(lambda year: year > 0)
    means = {"mean_year": years.groupby(themes._paper_labels).mean()}
    table = pd.DataFrame(means, index=range(len(themes)))
    table[["growth", "low", "high"]] = np.nan
    distinct = np.unique(years.dropna())
    if len(distinct) < 2:
        return table, 0
    split = int(max(years.quantile(interpolation="higher"), distinct[1]))
    changes = compare(themes, before=split).changes.set_index("after_id")
    table[["growth", "low", "high"]] = changes[["ratio", "low", "high"]]
    return table, split
