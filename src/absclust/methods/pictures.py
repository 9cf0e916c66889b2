"""The pictures of a ThemeMap, as its methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from absclust.methods import MapMethods

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Pictures(MapMethods):
    """What can be drawn of a ThemeMap.

    Every picture takes the same options beside its own, and returns its Axes:

    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    dark : bool, default False
        For a dark ground. A figure of your own keeps its colour.
    figsize : tuple of float, optional
        Width and height of a new figure, in inches.
    """

    def plot(
        self,
        *,
        ax: Axes | None = None,
        dark: bool = False,
        names: int | None = None,
        title: str | None = None,
        figsize: tuple[float, float] | None = None,
    ) -> Axes:
        """Draw the theme map: every paper a point, every theme a colour and a name.

        Fringe papers are paler than the core of their theme, papers in no theme
        are grey. Names stand clear of each other, for the size that the axes have
        now; where not all have room, the note below says how many are left out.
        For print, ``ax.figure.savefig("map.pdf", dpi=300)``: points of maps of
        5,000 papers and more are pixels there, all else is vectors and text.

        Parameters
        ----------
        ax
            Where to draw; a new figure by default.
        dark
            For a dark ground. A figure of your own keeps its colour.
        names
            How many themes are named at most, largest first; all by default.
        title
            By default the number of themes and papers; "" for none.
        figsize
            Width and height of a new figure, in inches; by default 10 by 7.5, in a
            paper's column for instance ``(3.3, 2.7)``.

        Raises
        ------
        OptionError
            If ``names`` is below 0.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts(["Robot arms grasp cups.", "Robots grasp tools."])
        >>> found.plot().get_title(loc="left")
        '1 theme of 2 papers'
        """
        from absclust.plot.theme_map import plot_map

        return plot_map(self._map, ax=ax, dark=dark, names=names, title=title, figsize=figsize)

    def plot_sizes(
        self,
        *,
        ax: Axes | None = None,
        dark: bool = False,
        figsize: tuple[float, float] | None = None,
    ) -> Axes:
        """Draw how many papers each theme has, and beside it how stable the theme is.

        Parameters
        ----------
        ax, dark, figsize
            As in ``plot``.
        """
        from absclust.plot.charts import plot_sizes

        return plot_sizes(self._map, ax=ax, dark=dark, figsize=figsize)

    def plot_keywords(
        self,
        theme: int | None = None,
        *,
        ax: Axes | None = None,
        dark: bool = False,
        figsize: tuple[float, float] | None = None,
    ) -> Axes:
        """Draw the keywords of a theme, or of all.

        Of one theme, each keyword has two bars: the share of the theme's papers
        that mention it, and of all other papers. Of all themes, keywords stand in
        a row each, most telling first, darker the more of the theme's papers
        mention them. Counts are of at most 300 papers a theme, drawn at random.

        Parameters
        ----------
        theme
            Number of a theme; all by default.
        ax, dark, figsize
            As in ``plot``.

        Raises
        ------
        OptionError
            If there is no such theme.
        """
        from absclust.plot.keywords import plot_keywords

        return plot_keywords(self._map, theme, ax=ax, dark=dark, figsize=figsize)

    def plot_tree(
        self,
        *,
        fine: bool | None = None,
        ax: Axes | None = None,
        dark: bool = False,
        figsize: tuple[float, float] | None = None,
    ) -> Axes:
        """Draw how themes nest: broad ones, the themes, and fine ones, as in ``hierarchy``.

        Parameters
        ----------
        fine
            Whether fine themes are shown; by default up to 80 of them.
        ax, dark, figsize
            As in ``plot``.
        """
        from absclust.plot.tree import plot_tree

        return plot_tree(self._map, fine=fine, ax=ax, dark=dark, figsize=figsize)

    def plot_years(
        self,
        *,
        share: bool = True,
        ax: Axes | None = None,
        dark: bool = False,
        figsize: tuple[float, float] | None = None,
    ) -> Axes:
        """Draw themes over the years, and how many papers each year has.

        Bars of years with fewer than 20 papers are pale: their shares are mostly
        chance.

        Parameters
        ----------
        share
            Shares of the year's papers; False for numbers of papers.
        ax, dark, figsize
            As in ``plot``.

        Raises
        ------
        InputError
            If no paper has a year.
        """
        from absclust.plot.charts import plot_years

        return plot_years(self._map, share=share, ax=ax, dark=dark, figsize=figsize)

    def plot_similarity(
        self,
        *,
        ax: Axes | None = None,
        dark: bool = False,
        figsize: tuple[float, float] | None = None,
    ) -> Axes:
        """Draw how similar themes are: the cosine of their centres, similar ones side by side.

        Parameters
        ----------
        ax, dark, figsize
            As in ``plot``.
        """
        from absclust.plot.charts import plot_similarity

        return plot_similarity(self._map, ax=ax, dark=dark, figsize=figsize)
