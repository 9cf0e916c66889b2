"""Several maps into one: themes that are the same become one, the others stay."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from absclust.errors import OptionError, listed
from absclust.model import ThemeModel
from absclust.theme_map import ThemeMap

_KEPT = ("n_neighbors", "granularity", "min_theme_size", "resolution")  # options of the first map


def combine(maps: Mapping[str, ThemeMap] | Sequence[ThemeMap]) -> ThemeMap:
    """Combine maps into one: themes that are the same become one, the others stay.

    Which themes are the same is found as by ``compare``, between each map and those before it.
    The papers are then embedded together, and keep their themes, whose stability is unknown
    (NaN); those of a mixed theme, or of none, join a theme or find their own. The edits of all
    maps stand in its ``history``.

    Parameters
    ----------
    maps : dict of str to ThemeMap, or list of ThemeMap
        Two or more maps, such as ``{"2024": map_2024, "2025": map_2025}``; in a list, they
        are called "1", "2" and so on. The first gives the options, and the names of themes
        that are the same; another theme that has such a name gets that of its map after it.

    Returns
    -------
    ThemeMap
        Of the rows of all maps, one map after the other. The column ``map`` says which map a
        row comes from.

    Raises
    ------
    OptionError
        If these are not two or more maps, or one has a single paper.

    Examples
    --------
    >>> from absclust import cluster_abstracts, combine
    >>> old = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                          "Proteins fold fast."])
    >>> new = cluster_abstracts(["Owls hoot.", "Owls hoot at night.", "A robot grasps tools.",
    ...                          "Robots grasp a cup."])
    >>> both = combine({"old": old, "new": new})
    >>> len(both.papers()), both.papers()["map"].unique().tolist()
    (8, ['old', 'new'])
    """
    pairs = maps.items() if isinstance(maps, Mapping) else enumerate(listed(maps) or (), start=1)
    named: dict[str, Any] = {str(key): themes for key, themes in pairs}
    if len(named) < 2 or not all(isinstance(each, ThemeMap) for each in named.values()):
        raise OptionError(
            f"the maps are {list(map(type, named.values()))}; expected two or more of the class "
            "ThemeMap, as in combine([old, new])"
        )
    first, *others = named
    combined: ThemeMap = named[first]
    for key in others:
        combined = _combined(combined, first, named[key], key)
    return combined


def _combined(before: ThemeMap, first: str, other: ThemeMap, key: str) -> ThemeMap:
    """Return a map of the papers of two, the first of which may be combined already."""
    foundation, encoder = before.foundation, before.foundation.encoder
    embedder = "builtin" if encoder is None else encoder.embedder
    space = "own" if encoder is None else embedder
    same = before.compare(other, embedder=space).changes.query("before_id >= 0 and after_id >= 0")
    same = same[~same["before_id"].isin([theme.id for theme in before if theme.mixed])]
    matched = dict(zip(same["after_id"], same["before"], strict=True))
    old_names = {theme.id: theme.name for theme in before}
    new_names = {
        theme.id: theme.name + (f" ({key})" if theme.name in old_names.values() else "")
        for theme in other
    }
    labels: list[str | None] = []
    for themes, names in ((before, old_names), (other, new_names | matched)):
        kept = {theme.id: names[theme.id] for theme in themes if not theme.mixed}
        labels += map(kept.get, themes.labels.tolist())
    records = before.corpus.records
    if "map" not in records.columns:
        records = records.assign(map=first)
    model = ThemeModel(
        embedder=embedder,
        stop_phrases=foundation.stop_phrases,
        vocabulary=foundation.vocabulary,
        random_state=foundation.random_state,
        progress=foundation.progress,
        n_jobs=foundation.n_jobs,
        **{name: before.options[name] for name in _KEPT},
    )
    combined = model.fit(
        pd.concat([records, other.corpus.records.assign(map=key)], ignore_index=True),
        labels=labels,
        embeddings=np.vstack([before.embedding, other.embedding]) if encoder is None else None,
    ).theme_map_
    edits = [f"{key}: {line}" for line in other.history]
    return replace(combined, history=(*before.history, f"combined with {key!r}", *edits))
