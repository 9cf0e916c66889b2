"""Edits by hand: each takes a ThemeMap and returns a new, complete one.

Everything that describes a theme (name, keywords, representative papers, memberships)
is derived from the new labels again, so that nothing can be out of date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from numbers import Integral
from reprlib import repr as shortened
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from absclust.arrays import IntArray
from absclust.clustering.leiden import PartitionSettings, by_size, communities_inside, together
from absclust.clustering.partition import Partition
from absclust.corpus.clean import without_surrogates
from absclust.corpus.corpus import Corpus
from absclust.counted import name_rows
from absclust.errors import OptionError, check_number, listed
from absclust.themes.find import check_map, find_theme, find_themes
from absclust.themes.layers import FINE, parents

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

UNASSIGNED = -1


def rename(themes: ThemeMap, names: Mapping[int | str, str]) -> ThemeMap:
    """Return a new map in which some themes have new names, in tables and pictures too.

    Parameters
    ----------
    names : dict of int or str to str
        The new name of each theme, by its number or present name.

    Raises
    ------
    UnknownThemeError
        If there is no such theme.
    OptionError
        If a name is not a str, is empty, has more than one line, or belongs to another
        theme.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups."])
    >>> themes.rename({0: "manipulation"})[0].name
    'manipulation'
    """
    if not isinstance(names, Mapping) or not names:
        raise OptionError(
            f"names is {names!r}; expected numbers or names of themes with their new names, "
            'as in {3: "alignment"} or {"old name": "new name"}'
        )
    given = {themes[theme].id: _name(name, f"theme {theme}") for theme, name in names.items()}
    after = {theme.id: given.get(theme.id, theme.name) for theme in themes}
    for theme, name in given.items():
        _check_unique(name, {t: n for t, n in after.items() if t != theme})
    lines = (f"renamed {_called(themes, t)} to {name!r}" for t, name in sorted(given.items()))
    renamed = tuple(replace(theme, name=after[theme.id]) for theme in themes)
    return replace(themes, themes=renamed, history=(*themes.history, *lines))


def merge(themes: ThemeMap, these: Iterable[int | str], name: str | None = None) -> ThemeMap:
    """Return a new map in which several themes are merged into one.

    Everything else follows: the themes' numbers (largest first), keywords,
    representative papers, memberships, tables and pictures. The other themes keep
    their names, and all papers keep their places on the map. The stability of a
    theme made by hand is NaN, because no clustering found it.

    Parameters
    ----------
    these : list of int or str
        Two or more themes, each by its number or name.
    name
        The name of the merged theme; by default it is made from its keywords.

    Raises
    ------
    UnknownThemeError
        If there is no such theme.
    OptionError
        If there are fewer than two themes, or the name can't be used.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> themes.merge([0, 1], "all").table()[["name", "size"]].values.tolist()
    [['all', 4]]
    """
    merged = find_themes(themes, listed(these) or [])
    if len(merged) < 2:
        raise OptionError(
            f"the themes to merge are {these!r}; expected two or more, by number or name, "
            "as in [2, 5]"
        )
    new = len(themes)
    names = {}
    if name is not None:
        names[new] = _name(name, "the merged theme")
        _check_unique(names[new], {t.id: t.name for t in themes if t.id not in merged})
    labels = themes._paper_labels
    labels[np.isin(labels, merged)] = new
    edited, number = _relabelled(themes, labels, names)
    what = " and ".join(_called(themes, theme) for theme in merged)
    line = f"merged {what} into {_called(edited, number[new])}"
    return replace(edited, history=(*themes.history, line))


def split(themes: ThemeMap, theme: int | str, n: int | None = None) -> ThemeMap:
    """Return a new map in which a theme is split; everything else follows as in `merge`.

    Parameters
    ----------
    theme
        The number or name of the theme.
    n
        The number of parts; by default, as many as there are communities inside the theme.

    Raises
    ------
    UnknownThemeError
        If there is no such theme.
    OptionError
        If the theme has no separate parts, or fewer distinct papers than n.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."], n_themes=1)
    >>> themes.split(0, n=2).labels.tolist()
    [0, 0, 1, 1]
    """
    theme = find_theme(themes, theme)
    check_number(n, "n", Integral, least=2, none=True)
    labels = themes._paper_labels
    members = np.flatnonzero(labels == theme)
    if n is not None and n > len(members):
        raise OptionError(
            f"n is {n}, but theme {theme} has {len(members)} distinct papers; expected at "
            "most as many themes as papers"
        )
    settings = FINE if n is None else PartitionSettings(FINE.resolution, int(n))
    adjacency, seed = themes.foundation.paper_graph.adjacency, themes.foundation.random_state
    parts = communities_inside(adjacency, members, settings, seed)
    if n is None:
        parts = together(parts, themes.foundation.alike[members])
    if len(np.unique(parts)) < 2:
        raise OptionError(
            f"theme {theme} has no separate parts to split it into; say how many you want, as in "
            f"split({theme}, n=2)"
        )
    labels[members] = len(themes) + parts
    edited, number = _relabelled(themes, labels)
    made = sorted(new for label, new in number.items() if label >= len(themes))
    what = " and ".join(_called(edited, new) for new in made)
    line = f"split {_called(themes, theme)} into {what}"
    return replace(edited, history=(*themes.history, line))


def move(themes: ThemeMap, rows: Any, *, to: int | str) -> ThemeMap:
    """Return a new map with papers moved to another theme; the rest follows as in `merge`.

    Rows with the same text are one paper and move together; ``history`` lists
    them. A theme with no papers left is dropped. All other themes keep their names.

    Parameters
    ----------
    rows : int, sequence of int, or one bool per row of the input
        Row numbers, counted from 0 in the order of the input. Of bools, such as
        ``papers["year"] >= 2024``, those of rows without text don't count.
    to
        The number or name of the theme to move them to; -1 for no theme.

    Raises
    ------
    UnknownThemeError
        If there is no such theme.
    OptionError
        If there is no such row, or the row of a number has no text.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> moved = themes.move(2, to=0)
    >>> moved.labels.tolist(), moved.history
    ([0, 0, 0, 1], ("moved row 2 to theme 0 ('Robots grasp')",))
    """
    is_none = isinstance(to, Integral) and to == UNASSIGNED
    target = UNASSIGNED if is_none else find_theme(themes, to)
    requested = row_numbers(rows, themes.corpus)
    labels = themes._paper_labels
    papers = np.unique(themes.corpus.paper_of_row[requested])
    papers = papers[labels[papers] != target]
    if not len(papers):
        return themes  # all of them are there already
    sources = set(labels[papers].tolist()) - {UNASSIGNED}
    labels[papers] = target
    edited, number = _relabelled(themes, labels)
    where = "no theme" if target == UNASSIGNED else _called(edited, number[target])
    moved = np.flatnonzero(np.isin(themes.corpus.paper_of_row, papers))
    line = f"moved {name_rows(moved)} to {where}"
    if len(same := np.setdiff1d(moved, requested)):
        verb = "has" if len(same) == 1 else "have"
        line += f" ({name_rows(same)} too: {verb} the same text as a row that was moved)"
    for theme in sorted(sources - set(number)):
        line += f"; {_called(themes, theme)} is empty and was dropped"
    return replace(edited, history=(*themes.history, line))


def became(themes: ThemeMap, after: ThemeMap) -> pd.DataFrame:
    """Return where the themes of this map went in an edited or updated one.

    Parameters
    ----------
    after
        A map that edits, ``update`` or ``layers`` made from this one, in however many steps.

    Returns
    -------
    DataFrame, one row per theme of this map and theme of the other that holds papers of it
        The index is the number of the theme here; the columns are ``name``; ``became``, the
        number of the theme there, -1 for none; ``became_name``; and ``papers``, the rows that
        are in both, most first.

    Raises
    ------
    OptionError
        If the other map was not made from this one.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> themes.became(themes.merge([0, 1], "all"))[["became_name", "papers"]].values.tolist()
    [['all', 2], ['all', 2]]
    """
    check_map(after, themes)
    papers = after.corpus.find(themes.corpus.paper_keys)
    if (papers < 0).any():
        raise OptionError(
            "the other map lacks papers of this one; expected a map that was made from it by "
            "edits or by update"
        )
    now = after._paper_labels[papers][themes.corpus.paper_of_row]
    here = themes.labels >= 0
    pairs = pd.DataFrame({"theme": themes.labels[here], "became": now[here]})
    table = pairs.value_counts().rename("papers").reset_index()
    table = table.sort_values(["theme", "papers", "became"], ascending=[True, False, True])
    table.insert(1, "name", themes._names_by_label[table["theme"]])
    table.insert(3, "became_name", after._names_by_label[table["became"]])
    return table.set_index("theme")


def row_numbers(rows: Any, corpus: Corpus, *, least: int = 1) -> IntArray:
    """Return the requested row numbers, sorted; all of these rows have text.

    Parameters
    ----------
    rows : int, sequence of int, or one bool per row of the input
        Of bools, those of rows without text don't count: they come from a question to the table.
    least
        How many rows there must be.

    Raises
    ------
    OptionError
        If these are not row numbers, there is no such row, or a row has no text.
    """
    given = np.atleast_1d(np.asarray(rows))
    if given.shape == (corpus.n_rows,) and pd.api.types.infer_dtype(given) == "boolean":
        true = pd.array(given, dtype="boolean").to_numpy(bool, na_value=False)
        given = np.flatnonzero(true & (corpus.paper_of_row >= 0))
    if given.ndim != 1 or len(given) < least or not np.issubdtype(given.dtype, np.integer):
        raise OptionError(
            f"rows is {shortened(rows)}; expected row numbers, counted from 0 in the order of the "
            f"input, or one True or False for each of the {corpus.n_rows} rows; at least one row "
            "with text"
        )
    if len(outside := given[(given < 0) | (given >= corpus.n_rows)]):
        raise OptionError(
            f"there is no row {outside[0]}; expected numbers from 0 to {corpus.n_rows - 1}"
        )
    if len(empty := np.unique(given[corpus.paper_of_row[given] < 0])):
        raise OptionError(f"{name_rows(empty)}: no text, so no theme; leave out rows without text")
    return np.unique(given).astype(np.int64)


def _relabelled(
    themes: ThemeMap, labels: IntArray, new_names: Mapping[int, str] | None = None
) -> tuple[ThemeMap, dict[int, int]]:
    """Build the map of new labels, and return the theme that each label became.

    Themes that keep their papers stay as they were. The stability of all others is NaN: no
    clustering found them.

    Parameters
    ----------
    labels : int array, one per distinct paper
        Old theme numbers for themes that stay, higher numbers for new themes.
    new_names
        Names of new themes; those without one are named by their keywords.
    """
    before = themes._paper_labels
    touched = np.union1d(labels[labels != before], before[labels != before])
    names = {t.id: t.name for t in themes} | dict(new_names or {})
    mixed = [theme.id for theme in themes if theme.mixed]
    numbered = by_size(labels, themes.corpus.n_rows_of_paper, last=mixed)
    old = parents(numbered, labels).tolist()
    partition = Partition(
        numbered,
        np.full(len(old), np.nan, dtype=np.float32),
        themes.settings,
        {theme: names[label] for theme, label in enumerate(old) if label in names},
        frozenset(theme for theme, label in enumerate(old) if label in mixed),
    )
    made = themes._of(themes.foundation, partition)
    untouched = {t.id: t for t in themes if t.id not in touched}
    parts = tuple(
        replace(untouched[label], id=theme) if label in untouched else made[theme]
        for theme, label in enumerate(old)
    )
    return replace(made, themes=parts), {label: theme for theme, label in enumerate(old)}


def _called(themes: ThemeMap, theme: int) -> str:
    return f"theme {theme} ({themes[theme].name!r})"


def _name(name: Any, what: str) -> str:
    """Return a name as it will be shown: one line, without surrounding blanks."""
    if not isinstance(name, str) or not name.strip() or len(name.strip().splitlines()) > 1:
        raise OptionError(
            f"the new name of {what} is {name!r}; expected one line of text that is not empty"
        )
    return without_surrogates(name.strip())


def _check_unique(name: str, others: Mapping[int, str]) -> None:
    """Raise an error if another theme has the name, ignoring case."""
    for theme, taken in others.items():
        if taken.casefold() == name.casefold():
            raise OptionError(
                f"{name!r} is the name of theme {theme}, and names must differ by more than case; "
                "choose another, or rename both"
            )
