"""Groups of papers, such as venues, countries or years: which themes each has more of, or less."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from absclust.analysis.shares import ratio_intervals
from absclust.arrays import pair_counts
from absclust.corpus.columns import commonest_spellings, is_year, values
from absclust.counted import counted
from absclust.errors import OptionError, check_number

if TYPE_CHECKING:
    from absclust.corpus.corpus import Corpus
    from absclust.theme_map import ThemeMap

OVER, UNDER, EVEN = "over", "under", "even"
_OTHER = "other"


def by(themes: ThemeMap, column: str, *, n_groups: int | None = 20) -> pd.DataFrame:
    """Return which themes each venue, country, author or year has more or less of.

    Parameters
    ----------
    column
        The column of the input that groups the papers. A cell may hold several values, as
        a list or separated by semicolons; the paper counts in each of them. "authors",
        "keywords", "journal" (or "venue"), "type" and "year" are found whatever the column
        is called, and years in dates too.
    n_groups
        The number of groups, largest first, or of years, latest first; None for all. Papers
        with other values are together in a last group, "other" ("before 2008" of years).

    Returns
    -------
    DataFrame, one row per group and theme
        Largest groups first, years in their order. ``group``, ``theme``, ``name``;
        ``papers``, distinct papers of the group in the theme; ``of``, all papers of the
        group; ``share``, the first divided by the second; ``share_elsewhere``, the theme's
        share of the papers that have a value but are not in the group; ``ratio`` of the two
        shares, drawn towards 1 where papers are few, with the
        bounds ``low`` and ``high`` at 95 % for all rows of the table at once (Bonferroni), so that
        one in twenty tables of groups that don't differ reports any news; and ``news``:
        ``"over"`` or ``"under"`` if the interval excludes 1, else ``"even"``. ``attrs["note"]``
        says how many groups are in "other", and how many papers have no value and are left out;
        ``attrs["other"]`` is the name of that group, or empty.

    Raises
    ------
    OptionError
        If an option can't be used, there is no such column, or no paper has a value in it.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> papers = [{"abstract": f"Robots grasp {what}.", "venue": "ICRA"} for what in "abcdefgh"]
    >>> papers += [{"abstract": f"Proteins fold {what}.", "venue": "ISMB"} for what in "abcdef"]
    >>> table = cluster_abstracts(papers, n_themes=2).by("venue")
    >>> table[["group", "theme", "papers", "of", "news"]].values.tolist()[:2]
    [['ICRA', 0, 8, 8, 'over'], ['ICRA', 1, 0, 8, 'under']]
    """
    pairs, labels = _grouped(themes.corpus, column, n_groups), themes._paper_labels
    groups = pairs["group"].cat.categories
    shape = len(groups), len(themes) + 1  # the last column for no theme
    group = np.asarray(pairs["group"].cat.codes, dtype=np.int64)
    counts = pair_counts(group, labels[pairs["paper"]], shape)
    # A paper may be in several groups, so the groups don't add up to all papers.
    everyone = np.bincount(labels[pairs["paper"].unique()] % shape[1], minlength=shape[1])
    sizes = counts.sum(axis=1)
    inside = np.stack([everyone - counts, counts])[:, :, :-1].reshape(2, -1)
    of = np.stack([everyone.sum() - sizes, sizes]).repeat(len(themes), axis=1)
    (elsewhere, share), ratio, low, high = ratio_intervals(inside, of)
    table = pd.DataFrame(
        {
            "group": np.repeat(groups.to_numpy(object), len(themes)),
            "theme": np.tile(np.arange(len(themes)), len(groups)),
            "name": [theme.name for theme in themes] * len(groups),
            "papers": inside[1],
            "of": of[1],
            "share": share,
            "share_elsewhere": elsewhere,
            "ratio": ratio,
            "low": low,
            "high": high,
            "news": np.select([low > 1, high < 1], [OVER, UNDER], EVEN).astype(object),
        }
    )
    table.attrs = pairs.attrs
    return table


def top(themes: ThemeMap, column: str, n: int = 5) -> pd.DataFrame:
    """Return the most frequent values of a column in each theme, such as authors or venues.

    Parameters
    ----------
    column
        As in ``by``.
    n
        How many values of each theme, at most.

    Returns
    -------
    DataFrame, one row per theme and value
        Most papers first. ``theme``, ``name``, ``value``; ``papers``, distinct papers of the theme
        that have it; ``share`` of the theme's papers; ``elsewhere``, papers that have it outside
        the theme. ``attrs["note"]`` says how many papers have no value.

    Raises
    ------
    OptionError
        As in ``by``, or if n is not an int of 1 or more.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> papers = [{"abstract": f"Robots grasp {what}.", "venue": "ICRA"} for what in "abcdefgh"]
    >>> papers += [{"abstract": f"Proteins fold {what}.", "venue": "ISMB"} for what in "abcdef"]
    >>> cluster_abstracts(papers, n_themes=2).top("venue")[["value", "papers"]].values.tolist()
    [['ICRA', 8], ['ISMB', 6]]
    """
    check_number(n, "n", Integral, least=1)
    pairs, labels = _grouped(themes.corpus, column, None), themes._paper_labels
    pairs["theme"] = labels[pairs["paper"]]
    sizes = pairs.groupby(["theme", "group"], observed=True).size()
    table = sizes.reset_index(name="papers").astype({"group": str})
    table["elsewhere"] = table.groupby("group")["papers"].transform("sum") - table["papers"]
    table = table[table["theme"] >= 0].sort_values("papers", ascending=False, kind="stable")
    table = table.sort_values("theme", kind="stable").groupby("theme").head(n)
    table["share"] = table["papers"] / np.bincount(labels + 1)[table["theme"] + 1]
    table["name"] = themes._names_by_label[table["theme"]]
    table = table.rename(columns={"group": "value"}).reset_index(drop=True)
    table.attrs["note"] = pairs.attrs["note"]
    return table.reindex(columns=["theme", "name", "value", "papers", "share", "elsewhere"])


def _grouped(corpus: Corpus, column: Any, n_groups: int | None) -> pd.DataFrame:
    """Group distinct papers by the values of a column; a paper has those of all its rows.

    Returns
    -------
    DataFrame, one row per pair of a paper and a group
        ``paper``; ``group``, a categorical: largest groups first, years in their order, and last
        what was put together. ``attrs["other"]`` is the name of that group, or empty;
        ``attrs["note"]`` says what was put together or left out.

    Raises
    ------
    OptionError
        If an option can't be used, there is no such column, or no paper has a value in it.
    """
    check_number(n_groups, "n_groups", Integral, least=1, none=True)
    used = pd.DataFrame({"paper": corpus.paper_of_row, "name": values(corpus.records, column)})
    used = used[used["paper"] >= 0].explode("name").dropna()
    if used.empty:
        raise OptionError(
            f"no paper has a value in the column {column!r}; expected one that groups papers"
        )
    spelled = commonest_spellings(used["name"])
    pairs = used[["paper"]].assign(group=used["name"].str.casefold().map(spelled)).drop_duplicates()
    sizes = pairs["group"].value_counts().sort_index(key=lambda group: group.str.casefold())
    by_year = is_year(corpus.records, column)
    # Of years, the last ones are kept, so that none is missing within the series.
    order = (sizes[::-1] if by_year else sizes.sort_values(ascending=False, kind="stable")).index
    kept = order[:n_groups][:: -1 if by_year else 1]
    names, other, notes = list(kept), "", []
    if n_others := len(order) - len(kept):
        other = f"before {kept[0]}" if by_year else _OTHER
        while other in kept.str.casefold():
            other = f"all {other}"
        what = counted(n_others, "earlier year" if by_year else "smaller group")
        notes.append(f"{what} together in {other!r}")
        pairs["group"] = pairs["group"].where(pairs["group"].isin(kept), other)
        pairs, names = pairs.drop_duplicates(), [*names, other]
    if n_without := corpus.n_papers - pairs["paper"].nunique():
        notes.append(f"{counted(n_without, 'paper')} without a value left out")
    pairs["group"] = pd.Categorical(pairs["group"], names)
    pairs.attrs = {"note": "; ".join(notes), "other": other}
    return pairs
