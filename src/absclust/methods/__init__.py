"""The methods of ThemeMap, by topic: their signatures and docstrings.

Each method imports the module that does the work when it is called, so that nothing is
loaded before it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from absclust.themes.theme_map import ThemeMap


class MapMethods:
    """Base of the classes whose methods ThemeMap inherits."""

    @property
    def _map(self) -> ThemeMap:
        return cast("ThemeMap", self)
