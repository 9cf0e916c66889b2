"""Analyses of a map, as methods of ThemeMap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from absclust.methods import MapMethods

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from absclust.analysis.changes import Comparison
    from absclust.analysis.explain import Explanation
    from absclust.analysis.quality import Quality


class Questions(MapMethods):
    """Search, why a paper is in its theme, how good the themes are, and how they change."""

    def search(
        self,
        query: str,
        *,
        n: int = 10,
        theme: int | str | Iterable[int | str] | None = None,
        embeddings: Any = None,
    ) -> pd.DataFrame:
        """Return the papers that match a query best, by their words and by their meaning.

        Words are compared by BM25 (Robertson and Zaragoza 2009) over titles, which count
        twice, and abstracts; forms and spellings of a word count as one. Meaning is the cosine
        similarity of the papers' vectors to the query's, by the embedder that the map was made
        with. The two are joined by a convex combination (Bruch, Gai and Ingber 2023), which
        found more than a fusion of ranks (Cormack, Clarke and Buettcher 2009): the score is the
        mean of BM25, as a share of the best paper's, and of the cosine, scaled to 0 for an
        average paper and 1 for the nearest. A paper whose title is the query comes first, with
        the score 1; one that has none of the words, and is no nearer in meaning than an average
        paper, is left out.

        The first search reads all papers, which takes some ten seconds for 100,000 of them;
        later ones take milliseconds. What was read is not saved with the map.

        Parameters
        ----------
        query
            Words, a phrase, a title or a whole abstract.
        n
            How many papers to return, at most.
        theme : int, str, or list of these, optional
            Only look in these themes, given by number or name.
        embeddings : array of shape (d,), optional
            The vector of the query, if the map was made from vectors of your own. Without it,
            such a map is searched by words alone, with a warning.

        Returns
        -------
        DataFrame, one row per paper, best first
            The index, ``row``, is the row number in the input, counted from 0; a paper with
            several rows is listed once, by its first. Columns: ``title``; ``year``, if any
            paper has one; ``theme`` and ``theme_name``; ``score``, 1 for a paper that is best
            both by words and by meaning, and comparable within one search only; and ``link``,
            if any paper has one.

        Raises
        ------
        OptionError
            If there is no word in the query, or n is not 1 or more.
        UnknownThemeError
            If there is no such theme.
        EmbedderError, InputError
            If the vector given can't be used.

        Warns
        -----
        SearchWarning
            If the query can't be embedded, so that words alone decide.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> themes.search("robot with a cup").index.tolist()
        [1, 0]
        """
        from absclust.analysis.search import search

        return search(self._map, query, n=n, theme=theme, embeddings=embeddings)

    def search_themes(self, query: str, *, n: int = 5, embeddings: Any = None) -> pd.DataFrame:
        """Return the themes that match a query best.

        The twenty papers that match best, as in ``search``, each vote for their theme with
        their score (Macdonald and Ounis 2006, "CombSUM"); a theme's score is its share of the
        votes. A theme whose name is the query has the score 1. Themes without votes are left
        out.

        Parameters
        ----------
        query
            As in ``search``.
        n
            How many themes to return, at most.
        embeddings
            As in ``search``.

        Returns
        -------
        DataFrame, one row per theme, best first
            The index is the number of the theme; the columns are ``name``, ``score``, ``size``
            and ``keywords``.

        Raises
        ------
        OptionError, EmbedderError, InputError
            As in ``search``.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> themes.search_themes("robots")[["name", "score"]].values.tolist()
        [['Robots grasp', 1.0]]
        """
        from absclust.analysis.search import search_themes

        return search_themes(self._map, query, n=n, embeddings=embeddings)

    def alternatives(self) -> pd.DataFrame:
        """Return what coarser and finer themes would be like: how many, how stable, coverage.

        Each row describes the partition at one resolution; ``chosen`` marks this map's.
        To get one of them, pass its resolution to ``cluster_abstracts``. Takes a few
        times as long as the clustering.

        Raises
        ------
        OptionError
            If the themes were not made from the neighbour graph.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> others = themes.alternatives()
        >>> others.loc[others["chosen"], ["resolution", "n_themes"]].values.tolist()
        [[1.5, 2.0]]
        """
        import pandas as pd

        from absclust.clustering.leiden import alternatives

        return pd.DataFrame(
            alternatives(
                self._map.paper_graph, self._map.settings, random_state=self._map.random_state
            )
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

        Returns
        -------
        Explanation
            The evidence, which prints as text.

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

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> themes.explain_name(0)[["keyword", "in_theme", "rows"]].values.tolist()
        [['Robots grasp', 2, [0, 1]], ['grasp cups', 1, [1]]]
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

        Returns
        -------
        Quality
            The measures of the map, and of each theme.

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

    def by(
        self,
        column: str,
        *,
        n_groups: int | None = 20,
        min_papers: int = 1,
        level: float = 0.95,
    ) -> pd.DataFrame:
        """Return which themes each venue, country, author or year has more or less of.

        Parameters
        ----------
        column
            The column of the input that groups the papers. A cell may hold several values, as
            a list or separated by semicolons; the paper counts in each of them. "authors",
            "keywords", "journal" (or "venue"), "type" and "year" are found whatever the column
            is called, and years in dates too.
        n_groups
            The number of groups, largest first; None for all. Papers with other values are
            together in a last group, "other".
        min_papers
            The fewest papers of a group; those of smaller ones are in "other" too.
        level
            Confidence level of the intervals, for all rows of the table at once (Bonferroni):
            with 0.95, one in twenty tables of groups that don't differ reports any news.

        Returns
        -------
        DataFrame, one row per group and theme
            Largest groups first, years in their order. ``group``, ``theme``, ``name``;
            ``papers``, distinct papers of the group in the theme; ``of``, all papers of the
            group; ``share``, the one divided by the other; ``share_elsewhere``, the theme's
            share of the papers that have a value, but not this one; ``ratio`` of the two
            shares, after adding half a paper inside and outside the theme to each, with the
            bounds ``low`` and ``high``; and ``news``: ``"over"`` or ``"under"`` if the interval
            excludes 1, else ``"even"``. ``attrs["note"]`` says how many groups are in "other",
            and how many papers have no value and are left out; ``attrs["other"]`` is the name
            of that group, or empty.

        Raises
        ------
        OptionError
            If an option can't be used, there is no such column, or no paper has a value in it.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> papers = [{"abstract": f"Robots grasp {what}.", "venue": "ICRA"} for what in "abcdefgh"]
        >>> papers += [{"abstract": f"Proteins fold {what}.", "venue": "ISMB"} for what in "abcdef"]
        >>> table = cluster_abstracts(papers, n_themes=2).by("venue")
        >>> table[["group", "theme", "papers", "of", "news"]].values.tolist()[:2]
        [['ICRA', 0, 8, 8, 'over'], ['ICRA', 1, 0, 8, 'under']]
        """
        from absclust.analysis.groups import by

        return by(self._map, column, n_groups=n_groups, min_papers=min_papers, level=level)

    def reading_list(self, n: int = 20, *, theme: int | str | None = None) -> pd.DataFrame:
        """Return the papers that together cover the map, or a theme, best: what to read first.

        The first is the most central paper; each further one is that which adds most to what
        is covered: the mean, over all papers, of the cosine similarity to the most similar
        paper on the list. This is the greedy solution of facility location, which covers at
        least 63 % of what the best n papers do (Nemhauser, Wolsey and Fisher 1978). Of more
        than 5,000 papers, an even sample is chosen from.

        Parameters
        ----------
        n
            The number of papers; if there are fewer, all of them.
        theme
            The number or name of a theme; by default, the whole map.

        Returns
        -------
        DataFrame, one row per paper, with its index in the input
            ``order``, from 1 on; ``row``, its row number; ``title``; ``theme`` and
            ``theme_name``; ``year`` and ``link``, missing and empty where unknown; and
            ``covered``, the share covered so far, 0 to 1: 1 if all papers are on the list.

        Raises
        ------
        OptionError
            If n is not an int of 1 or more.
        UnknownThemeError
            If there is no such theme.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> themes.reading_list(2)[["title", "theme"]].values.tolist()
        [['Proteins fold fast.', 1], ['Robots grasp.', 0]]
        """
        from absclust.analysis.reading_list import reading_list

        return reading_list(self._map, n, theme)

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

        Returns
        -------
        Comparison
            The share of each theme in the two periods, and whether its change is news.

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
