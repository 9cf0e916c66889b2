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
        return [_find(themes, wanted)]
    return sorted({_find(themes, theme) for theme in wanted})


def _find(themes: ThemeMap, theme: int | str) -> int:
    if not isinstance(theme, str):
        return themes[theme].id
    numbers = {known.name: known.id for known in themes}
    if theme not in numbers:
        raise UnknownThemeError(
            f"theme {theme!r} is not in this map; expected a number or a name of a theme, as in "
            "themes.table()"
        )
    return numbers[theme]
