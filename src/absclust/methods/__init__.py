"""What a ThemeMap can do, by topic: signatures and what they promise.

The work is done by the module that each method imports when it is called, so
that a map costs no more to load than what is asked of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from absclust.themes.theme_map import ThemeMap


class MapMethods:
    """Methods that ThemeMap inherits."""

    @property
    def _map(self) -> ThemeMap:
        return cast("ThemeMap", self)
