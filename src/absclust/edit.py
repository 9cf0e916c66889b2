"""Edits by hand: each takes a ThemeMap and gives a new one that is whole."""

from collections.abc import Mapping
from dataclasses import replace
from numbers import Integral
from typing import Any

from absclust.errors import OptionError
from absclust.themes import ThemeMap


def rename(themes: ThemeMap, names: Mapping[int, str]) -> ThemeMap:
    """Give themes other names; see `ThemeMap.rename`."""
    if not isinstance(names, Mapping) or not names:
        raise OptionError(
            f"names is {names!r}; expected theme numbers with their new names, "
            'as in {3: "alignment"}'
        )
    given = {_theme(themes, theme): _name(name, theme) for theme, name in names.items()}
    after = [given.get(theme.id, theme.name) for theme in themes]
    for theme, name in given.items():
        _check_unique(name, theme, after)
    lines = [
        f"renamed theme {theme}, {themes[theme].name!r}, to {name!r}"
        for theme, name in sorted(given.items())
    ]
    renamed = replace(
        themes,
        themes=tuple(replace(t, name=name) for t, name in zip(themes, after, strict=True)),
        history=(*themes.history, *lines),
    )
    return _in_the_same_place(renamed, themes)


def _in_the_same_place(edited: ThemeMap, before: ThemeMap) -> ThemeMap:
    """Keep the layout, where it is known: an edit moves no point of the picture."""
    if "coordinates" in vars(before):
        vars(edited)["coordinates"] = before.coordinates
    return edited


def _theme(themes: ThemeMap, theme: Any) -> int:
    """Return the number of a theme that exists."""
    known = isinstance(theme, Integral) and not isinstance(theme, bool)
    if not known or not 0 <= theme < len(themes):
        raise OptionError(
            f"theme {theme!r} is not in this map; expected a number from 0 to {len(themes) - 1}, "
            "as in themes.table()"
        )
    return int(theme)


def _name(name: Any, theme: Any) -> str:
    """Return a name as it will be shown: one line, no blanks around it."""
    if not isinstance(name, str) or not name.strip() or len(name.strip().splitlines()) > 1:
        raise OptionError(
            f"the new name of theme {theme} is {name!r}; expected one line of text, and not empty"
        )
    return name.strip()


def _check_unique(name: str, theme: int, names: list[str]) -> None:
    """Refuse a name that another theme has, in whatever case."""
    for other, taken in enumerate(names):
        if other != theme and taken.casefold() == name.casefold():
            raise OptionError(
                f"theme {theme} can't be called {name!r}: theme {other} is. Names are told apart "
                "without regard to case; choose another, or rename both"
            )
