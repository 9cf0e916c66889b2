"""Themes that a user names, by their numbers or names: the one rule for every call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from numbers import Integral
from typing import TYPE_CHECKING, Any

from absclust.errors import OptionError, UnknownThemeError, listed

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

_NEAR_NAMES = 3  # names that an error lists
_PART = 3  # letters that a part of a name must have to be looked for in names


def find_themes(themes: ThemeMap, wanted: int | str | Iterable[int | str] | None) -> list[int]:
    """Return the numbers of themes given by number or name, largest first; None means all.

    Raises
    ------
    UnknownThemeError
        If there is no such theme, or a name could mean two.
    """
    if wanted is None:
        return list(range(len(themes)))
    return sorted({find_theme(themes, theme) for theme in listed(wanted, [wanted])})


def check_map(other: Any, themes: ThemeMap) -> None:
    """Raise an OptionError unless another map is one."""
    if not isinstance(other, type(themes)):
        raise OptionError(
            f"the other map is {type(other).__name__}; expected a ThemeMap, such as "
            "cluster_abstracts returns"
        )


def find_theme(themes: ThemeMap, theme: Any) -> int:
    """Return the number of a theme given by number or name; case matters only between two names.

    Raises
    ------
    UnknownThemeError
        If there is no such theme, or the name could mean two.
    """
    if isinstance(theme, str):
        return _named(themes, theme)
    whole = isinstance(theme, Integral) and not isinstance(theme, bool)
    if not whole or not 0 <= theme < len(themes):
        raise _unknown(themes, theme)
    return int(theme)


def _named(themes: ThemeMap, name: str) -> int:
    known = [theme.name for theme in themes]
    found = [number for number, other in enumerate(known) if other == name] or [
        number for number, other in enumerate(known) if other.casefold() == name.casefold()
    ]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = " and ".join(map(str, found))
        raise UnknownThemeError(
            f"{name!r} could mean themes {numbers}, which have the same name; expected a number"
        )
    part = name.casefold()
    near = [other for other in known if len(part) >= _PART and part in other.casefold()]
    raise _unknown(themes, name, near or get_close_matches(name, known, cutoff=0.5))


def _unknown(themes: ThemeMap, theme: Any, near: Sequence[str] = ()) -> UnknownThemeError:
    expected = f"a number from 0 to {len(themes) - 1} or a name" if len(themes) else "none"
    listed = ", ".join(map(repr, near[:_NEAR_NAMES]))
    hint = f", such as {listed}," if near else ","
    return UnknownThemeError(
        f"theme {theme!r} is not in this map; expected {expected}{hint} as in the table of themes"
    )
