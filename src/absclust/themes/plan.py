"""A plan of edits: a small file, kept beside the data, that is applied to every new map again."""

from __future__ import annotations

import tomllib
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.arrays import IntArray
from absclust.atomic import Target, content_of
from absclust.corpus.columns import find_bibliographic, find_columns
from absclust.errors import OptionError, ReadError, UnknownThemeError, listed
from absclust.themes import edit as edits

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap


# The kinds of edits, with what each entry has and, marked with "?", may have.
_ENTRIES = {
    "rename": ("themes", "name"),
    "merge": ("themes", "name?"),
    "split": ("theme", "n?", "into?"),
    "move": ("papers", "to"),
}


class EditWarning(UserWarning):
    """An edit of a plan no longer fits the map, which has other themes or papers now."""


def edit(themes: ThemeMap, plan: Target | Mapping[str, Any]) -> ThemeMap:
    """Return a new map with the edits of a plan: renames, merges, splits and moves.

    Keep a plan and apply it to every new map of the same subject. Its sections are applied in
    their order, and each names themes as the ones before it left them. An edit that was applied
    already is skipped; one that no longer fits is left out, with a warning.

    Parameters
    ----------
    plan : path of a TOML file, the file open, or dict
        A file such as this one; or the same as a dict::

            [rename]
            "Exchange rate, countries, abroad" = "Exchange rates"

            [[merge]]
            themes = ["Robots, grasping", "Robot hands"]
            name = "Manipulation"  # may be left out

            [[split]]
            theme = "Health, law"
            into = ["Health", "Law"]  # the larger part first; or n = 2; or neither

            [[move]]
            papers = ["10.1000/182", "A title", "an id"]
            to = "Manipulation"  # "" for no theme

    Returns
    -------
    ThemeMap
        The edited map; ``history`` lists the edits.

    Raises
    ------
    ReadError
        If the file can't be read or is no TOML.
    OptionError
        If the plan has other sections, or an entry lacks something.

    Warns
    -----
    EditWarning
        For each edit that no longer fits.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> plan = {"rename": {"Robots grasp": "Grasping"},
    ...         "move": [{"papers": ["Proteins fold."], "to": "Grasping"}]}
    >>> edited = themes.edit(plan)
    >>> edited[0].name, edited.labels.tolist()
    ('Grasping', [0, 0, 0, 1])
    """
    for kind, entry in _entries(plan):
        try:
            themes = _EDITS[kind](themes, entry)
        except OptionError as error:
            made = (entry.get("name"), *entry.get("into", ()))
            done = {str(name).casefold() for name in made if name is not None}
            names = {theme.name.casefold() for theme in themes}
            if not (isinstance(error, UnknownThemeError) and done and done <= names):
                shown = ", ".join(f"{name} = {value!r}" for name, value in entry.items())
                message = f"{kind} {shown}: this edit no longer fits: {error}"
                warnings.warn(message, EditWarning, stacklevel=2)
    return themes


def _entries(plan: Target | Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the edits of a plan, each with its kind, after checking them all."""
    sections = plan if isinstance(plan, Mapping) else read_toml(plan)
    checked = []
    for kind, section in sections.items():
        if kind not in _ENTRIES:
            raise OptionError(
                f"the plan has a section {kind!r}; expected {', '.join(map(repr, _ENTRIES))}"
            )
        if kind == "rename" and isinstance(section, Mapping):
            section = [{"themes": old, "name": new} for old, new in section.items()]
        known = [name.strip("?") for name in _ENTRIES[kind]]
        needed = set(known) & set(_ENTRIES[kind])
        for entry in section if isinstance(section, list | tuple) else [section]:
            given = set(entry) if isinstance(entry, Mapping) else set()
            lists = [entry[name] for name in given & {"papers", "into"}]
            if not needed <= given <= set(known) or None in map(listed, lists):
                raise OptionError(
                    f"an edit in {kind!r} is {entry!r}; expected {' and '.join(known)}, as in "
                    "the documentation of ThemeMap.edit"
                )
            checked.append((kind, dict(entry)))
    return checked


def read_toml(source: Target) -> dict[str, Any]:
    """Return what a file in TOML holds, given by its path or open."""
    try:
        return tomllib.loads(content_of(source, ReadError).decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ReadError(f"{source}: {error}") from error


def _split(themes: ThemeMap, entry: dict[str, Any]) -> ThemeMap:
    names = listed(entry.get("into", ()))
    inside = themes.labels == themes[entry["theme"]].id
    divided = edits.split(themes, entry["theme"], entry.get("n", len(names) or None))
    parts = np.unique(divided.labels[inside]).tolist()  # the largest first
    return edits.rename(divided, dict(zip(parts, names, strict=False))) if names else divided


def _move(themes: ThemeMap, entry: dict[str, Any]) -> ThemeMap:
    to = entry["to"]
    to = edits.UNASSIGNED if isinstance(to, str) and not to else to
    return edits.move(themes, _rows(themes, entry["papers"]), to=to)


def _rows(themes: ThemeMap, papers: list[Any]) -> IntArray:
    """Return the rows of papers that are given by id, DOI or title, in that order."""
    corpus = themes.corpus
    columns = find_bibliographic(corpus.records.columns) | find_columns(corpus.records.columns)
    texts = [corpus.records[columns[name]] for name in ("id", "doi") if name in columns]
    keys = [[str(text).casefold() for text in column] for column in (*texts, corpus.titles)]
    rows: list[int] = []
    for paper in papers:
        key = str(paper).casefold()
        column = next((column for column in keys if key in column), [])
        rows += [row for row, text in enumerate(column) if text == key]
        if not column:
            message = f"move: there is no paper with the id, DOI or title {paper!r} in this map"
            warnings.warn(message, EditWarning, stacklevel=4)
    if not rows:
        raise OptionError("none of its papers is in this map")
    return np.array(rows)


_EDITS: dict[str, Callable[[ThemeMap, dict[str, Any]], ThemeMap]] = {
    "rename": lambda themes, entry: edits.rename(themes, {entry["themes"]: entry["name"]}),
    "merge": lambda themes, entry: edits.merge(themes, entry["themes"], entry.get("name")),
    "split": _split,
    "move": _move,
}
