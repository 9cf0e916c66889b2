"""Pictures, as methods of ThemeMap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from absclust.methods import MapMethods

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes


class Pictures(MapMethods):
    """Pictures of a ThemeMap.

    Every method returns the Axes and takes, besides its own options:

    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    dark : bool, default False
        Whether the background is dark. A figure of your own keeps its colour.
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
        density: bool = False,
        highlight: int | str | Iterable[int | str] | None = None,
        color_by: str | None = None,
    ) -> Axes:
        """Draw the theme map: each paper as a point, each theme with its colour and name.

        Papers on the fringe of a theme are paler than those in its core; papers in no
        theme are grey. The themes of a broad theme have neighbouring hues. Names grow with
        the square root of their themes' sizes; at the current size of the axes, they don't
        overlap, and hide no papers of other themes, or next to none of large ones. If there is
        not room for all, a note below says how many are left out. For print, use
        ``ax.figure.savefig("map.pdf", dpi=300)``: text and lines are vector graphics, and
        so are the points of maps with fewer than 5,000 papers.

        Parameters
        ----------
        ax
            Where to draw; a new figure by default.
        dark
            Whether the background is dark. A figure of your own keeps its colour.
        names
            The maximum number of themes to name, largest first; by default, all.
        title
            The title; by default, the numbers of themes and papers. "" for none.
        figsize
            Width and height of a new figure in inches; by default 10 by 7.5. For one
            column of a paper, use about ``(3.3, 2.7)``.
        density
            Whether to shade, under the points, where papers lie densely. The outermost
            shade holds 95 % of all papers, the innermost a fifth.
        highlight : int, str, or list of these, optional
            Themes to pick out, by number or name: their papers keep their colours and their
            names are written, all other papers are a pale grey.
        color_by : str, optional
            A column of the input that papers take their colours from, instead of their
            themes; a paper that has several rows takes the value of its first row. Numbers,
            and dates by their years, are shown by a colour bar; of other columns, the ten
            most frequent values have a colour each, and a legend. Papers without a value are
            grey. ``"year"`` is also taken from a column of dates.

        Returns
        -------
        matplotlib.axes.Axes
            The axes that were drawn on.

        Raises
        ------
        UnknownThemeError
            If there is no theme to highlight with that number or name.
        OptionError
            If ``names`` is negative, or the input has no column ``color_by``.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robot arms grasp cups.", "Robots grasp tools."])
        >>> themes.plot().get_title(loc="left")
        '1 theme of 2 papers'
        """
        from absclust.plot.theme_map import plot_map

        return plot_map(
            self._map,
            ax=ax,
            dark=dark,
            names=names,
            title=title,
            figsize=figsize,
            density=density,
            highlight=highlight,
            color_by=color_by,
        )

    def plot_sizes(
        self,
        *,
        ax: Axes | None = None,
        dark: bool = False,
        figsize: tuple[float, float] | None = None,
    ) -> Axes:
        """Draw the number of papers in each theme, with the theme's stability beside it.

        Parameters
        ----------
        ax, dark, figsize
            As in ``plot``.

        Returns
        -------
        matplotlib.axes.Axes
            The axes that were drawn on.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> [name.get_text() for name in themes.plot_sizes().get_yticklabels()]
        ['Robots grasp', 'Proteins fold fast']
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
        """Draw the keywords of one theme, or of all themes.

        For one theme, each keyword has two bars: the share of the theme's papers that
        use it, and the share of all other papers that do. For all themes, each theme's
        keywords are written in a row, most distinctive first; the more of its papers use
        a keyword, the darker it is. Shares are estimated from at most 300 papers per
        theme. A phrase that themes spell differently ("model", "models") is written in one
        spelling for all themes.

        Parameters
        ----------
        theme
            The number of the theme; by default, all themes.
        ax, dark, figsize
            As in ``plot``.

        Returns
        -------
        matplotlib.axes.Axes
            The axes that were drawn on.

        Raises
        ------
        UnknownThemeError
            If there is no such theme.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> [phrase.get_text() for phrase in themes.plot_keywords(0).get_yticklabels()]
        ['Robots grasp', 'grasp cups']
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
        """Draw the tree of broad themes, themes and fine themes, as in ``hierarchy``.

        Parameters
        ----------
        fine
            Whether to show fine themes; by default, only if there are at most 80.
        ax, dark, figsize
            As in ``plot``.

        Returns
        -------
        matplotlib.axes.Axes
            The axes that were drawn on.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> [text.get_text() for text in themes.plot_tree(fine=False).texts][-2:]
        ['Proteins fold fast  2', 'Proteins fold fast  2']
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
        """Draw the themes over the years, and the number of papers in each year.

        Years with fewer than 20 papers have pale bars, because their shares are mostly due
        to chance. The picture starts where there is something to see: the first years, as
        long as less than 1 % of the papers lie in them together, are left out, and a note
        says how many papers these are.

        Parameters
        ----------
        share
            Whether to show each theme's share of the year's papers, instead of numbers.
        ax, dark, figsize
            As in ``plot``.

        Returns
        -------
        matplotlib.axes.Axes
            The axes that were drawn on.

        Raises
        ------
        InputError
            If no paper has a year.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts([{"title": "Robots grasp", "year": 2023},
        ...                             {"title": "Robots grasp cups", "year": 2024}])
        >>> [name.get_text() for name in themes.plot_years().get_yticklabels()]
        ['Robots grasp', 'all papers']
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
        """Draw the cosine similarity of the themes' centroids, with similar themes side by side.

        Parameters
        ----------
        ax, dark, figsize
            As in ``plot``.

        Returns
        -------
        matplotlib.axes.Axes
            The axes that were drawn on.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> [name.get_text() for name in themes.plot_similarity().get_yticklabels()]
        ['Robots grasp', 'Proteins fold fast']
        """
        from absclust.plot.charts import plot_similarity

        return plot_similarity(self._map, ax=ax, dark=dark, figsize=figsize)

    def plot_by(
        self,
        column: str,
        *,
        n_groups: int | None = 20,
        min_papers: int = 1,
        level: float = 0.95,
        ax: Axes | None = None,
        dark: bool = False,
        figsize: tuple[float, float] | None = None,
    ) -> Axes:
        """Draw which themes each venue, country, author or year has more or less of.

        Each cell has the number of papers of a group in a theme. It is the more orange, the
        larger the theme's share of the group's papers is compared with its share of all others,
        and the bluer, the smaller; at four times, or a quarter, it has the full colour. To the
        papers found and those expected, half a paper is added. Framed cells are more than
        noise: the interval of the ratio excludes 1, at a level for all cells at once; all
        others are paler. Bars show the sizes of themes and groups.

        Parameters
        ----------
        column, n_groups, min_papers, level
            As in ``by``, which returns the numbers.
        ax, dark, figsize
            As in ``plot``.

        Returns
        -------
        matplotlib.axes.Axes
            The axes that were drawn on.

        Raises
        ------
        OptionError
            As in ``by``.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> papers = [{"abstract": f"Robots grasp {what}.", "venue": "ICRA"} for what in "abcdefgh"]
        >>> papers += [{"abstract": f"Proteins fold {what}.", "venue": "ISMB"} for what in "abcdef"]
        >>> ax = cluster_abstracts(papers, n_themes=2).plot_by("venue")
        >>> [group.get_text() for group in ax.get_xticklabels()]
        ['ICRA', 'ISMB']
        """
        from absclust.plot.groups import plot_by

        return plot_by(
            self._map,
            column,
            n_groups=n_groups,
            min_papers=min_papers,
            level=level,
            ax=ax,
            dark=dark,
            figsize=figsize,
        )
