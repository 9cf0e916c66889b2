"""Edits of a ThemeMap by hand, as its methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from absclust.methods import MapMethods

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from absclust.themes.theme_map import ThemeMap


class Edits(MapMethods):
    """What can be edited by hand: each edit gives a new map that is whole."""

    def rename(self, names: Mapping[int, str]) -> ThemeMap:
        """Give themes other names, in a new map; tables, papers and pictures follow.

        Parameters
        ----------
        names : dict of int to str
            Theme numbers with their new names.

        Raises
        ------
        OptionError
            If there is no such theme, or a name is empty, no str, of more than one
            line, or another theme's.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups."])
        >>> found.rename({0: "manipulation"})[0].name
        'manipulation'
        """
        from absclust.themes.edit import rename

        return rename(self._map, names)

    def merge(self, themes: Iterable[int], name: str | None = None) -> ThemeMap:
        """Make one theme of several, in a new map.

        Whatever is told of themes and papers follows: numbers (largest first),
        keywords, representative papers, memberships, tables, pictures. Other
        themes keep their names, and the picture its places. The stability of
        themes made by hand is NaN: no clustering found them.

        Parameters
        ----------
        themes : int, two or more
            Their numbers.
        name
            What to call the theme; by default it is named by its keywords.

        Raises
        ------
        OptionError
            If there are no such themes, or the name can't be used.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                            "Proteins fold fast."])
        >>> found.merge([0, 1], "all").table()[["name", "size"]].values.tolist()
        [['all', 4]]
        """
        from absclust.themes.edit import merge

        return merge(self._map, themes, name)

    def split(self, theme: int, n: int | None = None) -> ThemeMap:
        """Make several themes of one, in a new map; all else follows as with `merge`.

        Parameters
        ----------
        theme
            Its number.
        n
            How many to make; by default the communities inside the theme.

        Raises
        ------
        OptionError
            If there is no such theme, or it has no parts, or fewer papers than n.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                            "Proteins fold fast."], n_themes=1)
        >>> found.split(0, n=2).labels.tolist()
        [0, 0, 1, 1]
        """
        from absclust.themes.edit import split

        return split(self._map, theme, n)

    def move(self, rows: Any, *, to: int) -> ThemeMap:
        """Put papers into another theme, in a new map; all else follows as with `merge`.

        Rows with the same text are one paper and move together; ``history`` names
        them. A theme without papers is dropped. All themes keep their names.

        Parameters
        ----------
        rows : int, sequence of int, or a bool a row of the input
            Row numbers, counted from 0 in the order of the input.
        to
            Number of the theme; -1 for none.

        Raises
        ------
        OptionError
            If there are no such rows or no such theme, or a row has no text.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                            "Proteins fold fast."])
        >>> moved = found.move(2, to=0)
        >>> moved.labels.tolist(), moved.history
        ([0, 0, 0, 1], ("moved row 2 to theme 0 ('Robots grasp')",))
        """
        from absclust.themes.edit import move

        return move(self._map, rows, to=to)
