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
        """Return a new map in which themes have other names, in tables and pictures too.

        Parameters
        ----------
        names : dict of int to str
            The new names, by the numbers of their themes.

        Raises
        ------
        OptionError
            If there is no such theme, or if a name is not a str, is empty, has more
            than one line, or belongs to another theme.

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
        """Return a new map in which several themes are one.

        Everything else follows: the themes' numbers (largest first), keywords,
        representative papers, memberships, tables and pictures. The other themes keep
        their names, and all papers their places on the map. The stability of a theme
        made by hand is NaN, because no clustering found it.

        Parameters
        ----------
        themes : list of int
            The numbers of two or more themes.
        name
            The name of the new theme; by default it is named by its keywords.

        Raises
        ------
        OptionError
            If there is no such theme, or the name can't be used.

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
            The number of parts; by default, the communities inside the theme.

        Raises
        ------
        OptionError
            If there is no such theme, it has no parts, or it has fewer papers than n.

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
        """Return a new map in which papers are in another theme; the rest follows as in `merge`.

        Rows with the same text are one paper and move together; ``history`` lists
        them. A theme that has no papers left is dropped. All themes keep their names.

        Parameters
        ----------
        rows : int, sequence of int, or one bool per row of the input
            Row numbers, counted from 0 in the order of the input.
        to
            The number of the theme; -1 for none.

        Raises
        ------
        OptionError
            If there is no such row or theme, or a row has no text.

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
