"""Edits by hand, as methods of ThemeMap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from absclust.methods import MapMethods

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from absclust.themes.theme_map import ThemeMap


class Edits(MapMethods):
    """Edits by hand: each returns a new, complete map."""

    def rename(self, names: Mapping[int, str]) -> ThemeMap:
        """Return a new map in which some themes have new names, in tables and pictures too.

        Parameters
        ----------
        names : dict of int to str
            The new name of each theme, by its number.

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
        from absclust.themes.edit import rename

        return rename(self._map, names)

    def merge(self, themes: Iterable[int], name: str | None = None) -> ThemeMap:
        """Return a new map in which several themes are merged into one.

        Everything else follows: the themes' numbers (largest first), keywords,
        representative papers, memberships, tables and pictures. The other themes keep
        their names, and all papers keep their places on the map. The stability of a
        theme made by hand is NaN, because no clustering found it.

        Parameters
        ----------
        themes : list of int
            The numbers of two or more themes.
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
        from absclust.themes.edit import merge

        return merge(self._map, themes, name)

    def split(self, theme: int, n: int | None = None) -> ThemeMap:
        """Return a new map in which a theme is split; everything else follows as in `merge`.

        Parameters
        ----------
        theme
            The number of the theme.
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
        from absclust.themes.edit import split

        return split(self._map, theme, n)

    def move(self, rows: Any, *, to: int) -> ThemeMap:
        """Return a new map with papers moved to another theme; the rest follows as in `merge`.

        Rows with the same text are one paper and move together; ``history`` lists
        them. A theme with no papers left is dropped. All other themes keep their names.

        Parameters
        ----------
        rows : int, sequence of int, or one bool per row of the input
            Row numbers, counted from 0 in the order of the input.
        to
            The number of the theme to move them to; -1 for no theme.

        Raises
        ------
        UnknownThemeError
            If there is no such theme.
        OptionError
            If there is no such row, or a row has no text.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> moved = themes.move(2, to=0)
        >>> moved.labels.tolist(), moved.history
        ([0, 0, 0, 1], ("moved row 2 to theme 0 ('Robots grasp')",))
        """
        from absclust.themes.edit import move

        return move(self._map, rows, to=to)
