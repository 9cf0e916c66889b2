"""What can be asked of a ThemeMap, as its methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from absclust.methods import MapMethods

if TYPE_CHECKING:
    import pandas as pd

    from absclust.analysis.changes import Comparison
    from absclust.analysis.explain import Explanation
    from absclust.analysis.quality import Quality


class Questions(MapMethods):
    """What can be asked: why a paper is there, how good the themes are, how they change."""

    def alternatives(self) -> pd.DataFrame:
        """Show coarser and finer themes: their number, stability and coverage.

        Each row is a partition at another resolution; ``chosen`` marks the one
        nearest to this map's. Pass its resolution to ``cluster_abstracts`` to get
        it. Takes a few times as long as the clustering did.

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
        """Say why a paper is where it is.

        What speaks for its theme and for the runner-up: the share of its
        neighbours' votes, the nearest papers, and the keywords of either theme
        that its text uses, with the share of papers that use them here and there.

        Parameters
        ----------
        row
            Row number, counted from 0 in the order of the input.

        Raises
        ------
        OptionError
            If there is no such row, or it has no text.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                            "Proteins fold fast."])
        >>> why = found.explain(0)
        >>> why.own.papers[0].title, why.own.phrases[0].phrase
        ('Robots grasp cups.', 'Robots grasp')
        """
        from absclust.analysis.explain import explain

        return explain(self._map, row)

    def explain_name(self, theme: int) -> pd.DataFrame:
        """Show what a theme's name and keywords rest on.

        Parameters
        ----------
        theme
            Its number.

        Returns
        -------
        DataFrame
            A row for each keyword: ``in_theme`` and ``elsewhere``, how many distinct
            papers use it, ``share_in_theme`` and ``share_elsewhere``, and ``rows``,
            the rows of the theme's papers that do.

        Raises
        ------
        OptionError
            If there is no such theme.
        """
        from absclust.analysis.explain_name import keyword_use

        return keyword_use(self._map, theme)

    def quality(self, labels: Any = None) -> Quality:
        """Measure the themes: stability, separation, coherence, diversity, coverage.

        ``Quality`` says how each is defined, and where that comes from.

        Parameters
        ----------
        labels : one a row of the input, or the name of a column, optional
            A partition to compare with: adds AMI and ARI. Rows without a label
            (None, NaN or empty) are left out.

        Raises
        ------
        OptionError
            If there is no such column, or not one label a row.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                            "Proteins fold fast."])
        >>> found.quality(labels=["a", "a", "b", "b"]).ami
        1.0
        """
        from absclust.analysis.quality import quality

        return quality(self._map, labels)

    def over_time(self, freq: str = "Y", *, keywords: bool = True) -> pd.DataFrame:
        """Show how themes come and go: a row a theme and period.

        Columns: ``theme``, ``name``, ``period``, ``papers`` (rows of the theme in
        the period), ``of`` (all rows with text in it), ``share``, ``growth`` (the
        share over that of the last period with papers), ``keywords`` (those of the
        theme's that its papers of the period use most) and ``distinctive`` (the
        phrases that set them apart from the theme's papers of other periods); both
        are empty with fewer than five papers. ``attrs["note"]`` says how many rows
        have no known date and are not counted.

        Parameters
        ----------
        freq
            ``"Y"``, ``"Q"`` or ``"M"`` for years, quarters or months, or several of
            them, as in ``"5Y"``.
        keywords
            Whether to count phrases, which takes most of the time.

        Raises
        ------
        OptionError
            If freq is none of these, or no row has a year, or a month where it is
            needed.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts([{"title": "Robots grasp", "year": 2023},
        ...                            {"title": "Robots grasp cups", "year": 2024}])
        >>> found.over_time()[["period", "papers", "share"]].values.tolist()
        [['2023', 1, 1.0], ['2024', 1, 1.0]]
        """
        from absclust.analysis.trends import over_time

        return over_time(self._map, freq, keywords=keywords)

    def compare_periods(
        self, *, before: int, level: float = 0.95, random_state: int = 0
    ) -> Comparison:
        """Compare the papers from before a year with those from it on, theme by theme.

        For two corpora, each with its own themes, see ``compare``.

        Parameters
        ----------
        before
            The first year of the later period.
        level
            Of the intervals, for all themes at once.
        random_state
            Seed.

        Raises
        ------
        OptionError
            If no paper has a year, or one of the periods has no paper.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts([{"title": f"Robots grasp {i}", "year": 2015 + i}
        ...                            for i in range(10)])
        >>> found.compare_periods(before=2020).news
        ()
        """
        from absclust.analysis.comparison import compare_periods

        return compare_periods(self._map, before=before, level=level, random_state=random_state)
