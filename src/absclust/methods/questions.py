"""Analyses of a map, as methods of ThemeMap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from absclust.methods import MapMethods

if TYPE_CHECKING:
    import pandas as pd

    from absclust.analysis.changes import Comparison
    from absclust.analysis.explain import Explanation
    from absclust.analysis.quality import Quality


class Questions(MapMethods):
    """Why a paper is in its theme, how good the themes are, and how they change."""

    def alternatives(self) -> pd.DataFrame:
        """Return what coarser and finer themes would be like: how many, how stable, coverage.

        Each row describes the partition at one resolution; ``chosen`` marks this map's.
        To get one of them, pass its resolution to ``cluster_abstracts``. Takes a few
        times as long as the clustering.

        Raises
        ------
        OptionError
            If the themes were not made from the neighbour graph.
        """
        import pandas as pd

        from absclust.clustering.leiden import alternatives

        return pd.DataFrame(
            alternatives(self._map.graph, self._map.settings, random_state=self._map.random_state)
        )

    def explain(self, row: int) -> Explanation:
        """Explain why a paper is in its theme.

        Lists the evidence for its theme and for the runner-up: the share of its
        neighbours' votes, the nearest papers, and those keywords of the two themes that
        its text uses, with the share of each theme's papers that use them.

        Parameters
        ----------
        row
            The row number, counted from 0 in the order of the input.

        Raises
        ------
        OptionError
            If there is no such row, or it has no text.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> why = themes.explain(0)
        >>> why.own.papers[0].title, why.own.phrases[0].phrase
        ('Robots grasp cups.', 'Robots grasp')
        """
        from absclust.analysis.explain import explain

        return explain(self._map, row)

    def explain_name(self, theme: int) -> pd.DataFrame:
        """Return the evidence for a theme's name and keywords.

        Parameters
        ----------
        theme
            The number of the theme.

        Returns
        -------
        DataFrame
            One row per keyword: ``in_theme`` and ``elsewhere``, the numbers of distinct
            papers that use it in the theme and outside; ``share_in_theme`` and
            ``share_elsewhere``; and ``rows``, the rows of the theme's papers that use it.

        Raises
        ------
        UnknownThemeError
            If there is no such theme.
        """
        from absclust.analysis.explain_name import keyword_use

        return keyword_use(self._map, theme)

    def quality(self, labels: Any = None) -> Quality:
        """Measure the themes: stability, separation, coherence, diversity, coverage.

        ``Quality`` defines each measure and names its source.

        Parameters
        ----------
        labels : one per row of the input, or the name of a column, optional
            Labels to compare the themes with, which adds AMI and ARI. Rows without a
            label (None, NaN, empty or -1) are left out.

        Raises
        ------
        OptionError
            If there is no such column, there is not exactly one label per row, or no row
            with text has a label.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> themes.quality(labels=["a", "a", "b", "b"]).ami
        1.0
        """
        from absclust.analysis.quality import quality

        return quality(self._map, labels)

    def sources(self) -> pd.DataFrame:
        """Return where the papers come from and what became of them, as for a PRISMA flow.

        One row per file, and ``total`` where there are several. Columns: ``identified``
        (records), ``unreadable`` (parts that could not be read, which are not among the
        records), ``duplicates`` (records merged into another), ``without_abstract`` (of
        the others; they are clustered by their titles), ``without_text`` (those of them
        without a title too) and ``clustered``. A record that was merged counts for the first
        file that holds it. For a table that was not read by ``read_abstracts``, there is
        one row.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts([{"abstract": "Robots grasp."}, {"title": "On owls"}, {}])
        >>> themes.sources()[["identified", "without_abstract", "clustered"]].values.tolist()
        [[3, 2, 2]]
        """
        from absclust.analysis.sources import sources

        return sources(self._map)

    def over_time(self, freq: str = "Y", *, keywords: bool = True) -> pd.DataFrame:
        """Return how the themes rise and fall over time: one row per theme and period.

        Columns: ``theme``, ``name``, ``period``, ``papers`` (rows of the theme in the
        period), ``of`` (all rows with text in the period), ``share``, ``growth`` (the
        share divided by that of the last earlier period with papers), ``keywords`` (the
        theme's keywords that its papers of the period use most) and ``distinctive``
        (phrases that distinguish these papers from the theme's papers of other periods).
        The last two are empty for fewer than five papers. ``attrs["note"]`` says how
        many rows have no known date and are therefore not counted.

        Parameters
        ----------
        freq
            ``"Y"``, ``"Q"`` or ``"M"`` for years, quarters or months, or a multiple such
            as ``"5Y"``.
        keywords
            Whether to look for phrases, which takes most of the time.

        Raises
        ------
        OptionError
            If freq is none of these, or no row has a year (or a month, where months are
            needed).

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts([{"title": "Robots grasp", "year": 2023},
        ...                             {"title": "Robots grasp cups", "year": 2024}])
        >>> themes.over_time()[["period", "papers", "share"]].values.tolist()
        [['2023', 1, 1.0], ['2024', 1, 1.0]]
        """
        from absclust.analysis.trends import over_time

        return over_time(self._map, freq, keywords=keywords)

    def compare_periods(
        self, *, before: int, level: float = 0.95, random_state: int = 0
    ) -> Comparison:
        """Compare the papers before a year with those from that year on, theme by theme.

        To compare two corpora, each with its own themes, see ``compare``.

        Parameters
        ----------
        before
            The first year of the later period.
        level
            Confidence level of the intervals, which hold for all themes at once.
        random_state
            Seed.

        Raises
        ------
        OptionError
            If no paper has a year, or one of the periods has no papers.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts([{"title": f"Robots grasp {i}", "year": 2015 + i}
        ...                             for i in range(10)])
        >>> themes.compare_periods(before=2020).news
        ()
        """
        from absclust.analysis.comparison import compare_periods

        return compare_periods(self._map, before=before, level=level, random_state=random_state)
