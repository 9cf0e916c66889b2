"""Themes that a user names, by their numbers or names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from absclust.errors import UnknownThemeError

if TYPE_CHECKING:
    from absclust.themes.theme_map import ThemeMap


def find_themes(themes: ThemeMap, wanted: int | str | Iterable[int | str] | None) -> list[int]:
    """Return the numbers of themes given by number or name, largest first; None means all.

    Raises
    ------
    UnknownThemeError
        If there is no such theme.
    """
    if wanted is None:
        return list(range(len(themes)))
    if isinstance(wanted, str) or not isinstance(wanted, Iterable):
        return [find_theme(themes, wanted)]
    return sorted({find_theme(themes, theme) for theme in wanted})


def find_theme(themes: ThemeMap, theme: int | str) -> int:
    """Return the number of a theme given by number or name.

    Raises
    ------
    UnknownThemeError
        If there is no such theme.
    """
    if not isinstance(theme, str):
        return themes[theme].id
    numbers = {known.name: known.id for known in themes}
    if theme not in numbers:
        raise UnknownThemeError(
            f"theme {theme!r} is not in this map; expected a number or a name of a theme, as in "
            "themes.table()"
        )
    return numbers[theme]
