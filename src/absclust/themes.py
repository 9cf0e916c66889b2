"""Theme and ThemeMap: the frozen result of a clustering, with its tables and reprs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from absclust.arrays import FloatArray, IntArray
from absclust.corpus import Corpus
from absclust.plot.methods import Pictures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from os import PathLike
    from pathlib import Path

    import pandas as pd
    from IPython.display import HTML

    from absclust.assign import Membership
    from absclust.cluster import Rule
    from absclust.name import ThemeName
    from absclust.neighbors import NeighborGraph


@dataclass(frozen=True, repr=False)
class Theme:
    """One theme.

    Attributes
    ----------
    id : int
        Its number in ``labels``; 0 is the largest theme.
    name : str
        Made of its best keywords; unique within the map.
    size : int
        How many rows are in it.
    keywords : tuple of str
        The phrases that set it apart, most telling first.
    stability : float
        How surely the theme comes back when a fifth of the papers is left out,
        0 to 1: the mean, over ten draws, of the best Jaccard similarity with a
        theme found anew. NaN where the clusterer can't tell.
    representative_rows : tuple of int
        The rows nearest to its centre, nearest first.
    representative_papers : tuple of str
        Their titles, or first words where there is no title.
    """

    id: int
    name: str
    size: int
    keywords: tuple[str, ...]
    stability: float
    representative_rows: tuple[int, ...]
    representative_papers: tuple[str, ...]

    def __repr__(self) -> str:
        from absclust.show import theme_text

        return theme_text(self)

    def _repr_html_(self) -> str:
        from absclust.show import theme_html

        return theme_html(self)


@dataclass(frozen=True, eq=False, repr=False)
class ThemeMap(Pictures):
    """The themes of a corpus. Made by ``cluster_abstracts`` or ``ThemeModel.fit``.

    Attributes
    ----------
    labels : int array, one a row of the input, read-only
        Theme of each row; -1 for a row without text.
    themes : tuple of Theme
        Largest first; ``themes[i].id == i``.
    corpus : Corpus
        What came in, and what became of it.
    embedding : float32 array of shape (n_papers, d)
        One unit vector a distinct paper, in the corpus's canonical order.
    graph : NeighborGraph
        The neighbour graph of the distinct papers.
    membership : Membership
        How firmly each distinct paper belongs to its theme.
    rule : Rule or None
        How the communities were made of the graph; None for another clusterer.
    random_state : int
        The seed that was used.
    stop_phrases : tuple of str
        Phrases that no name and no keyword may hold.
    history : tuple of str
        What was edited by hand, in order, a line an edit.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> found = cluster_abstracts(
    ...     ["Robot arms grasp cups.", "Robots grasp tools.", "Robot arms stack tools.",
    ...      "Proteins fold fast.", "How proteins fold.", "A protein folds twice."]
    ... )
    >>> found.labels.tolist()
    [0, 0, 0, 1, 1, 1]
    >>> found.table()["size"].tolist()
    [3, 3]
    """

    labels: IntArray
    themes: tuple[Theme, ...]
    corpus: Corpus
    embedding: FloatArray
    graph: NeighborGraph
    membership: Membership
    rule: Rule | None
    random_state: int = 0
    history: tuple[str, ...] = ()
    stop_phrases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.labels.setflags(write=False)

    def __len__(self) -> int:
        """Return the number of themes."""
        return len(self.themes)

    def __iter__(self) -> Iterator[Theme]:
        return iter(self.themes)

    def __getitem__(self, theme: int) -> Theme:
        return self.themes[theme]

    @cached_property
    def coordinates(self) -> FloatArray:
        """Place of each distinct paper on the map, float32 array of shape (n_papers, 2).

        Computed when it is first needed, then kept.
        """
        from absclust.layout import layout

        return layout(self.graph, self.embedding, random_state=self.random_state)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the partition by the papers' content: the same for the same themes.

        It depends neither on the order of rows nor on names or numbers of themes.
        """
        digest = hashlib.blake2b(digest_size=16)
        numbers: dict[int, int] = {}
        for key, label in zip(self.corpus.paper_keys, self._paper_labels.tolist(), strict=True):
            number = numbers.setdefault(label, len(numbers)) if label >= 0 else -1
            digest.update(key + number.to_bytes(8, "big", signed=True))
        return digest.hexdigest()

    @property
    def _paper_labels(self) -> IntArray:
        return self.labels[self.corpus.first_row]

    @property
    def coverage(self) -> float:
        """Share of the rows with text that are in a theme."""
        with_text = self.corpus.paper_of_row >= 0
        return float((self.labels[with_text] >= 0).mean())

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

        from absclust.cluster import alternatives

        return pd.DataFrame(alternatives(self.graph, self.rule, random_state=self.random_state))

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
        from absclust.explain_name import keyword_use

        return keyword_use(self, theme)

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
        from absclust.edit import rename

        return rename(self, names)

    @cached_property
    def layers(self) -> tuple[ThemeMap, ThemeMap, ThemeMap]:
        """The broad themes, these themes, and fine ones, each layer nested in the one before.

        Computed when it is first needed, then kept. Their names, tables and plots
        are those of any map; the stability of a theme is how surely it is found
        anew at its layer's resolution.
        """
        from absclust.layers import layers

        return layers(self)

    def hierarchy(self) -> pd.DataFrame:
        """Show how themes nest: a row for each fine theme, with what is above it."""
        import pandas as pd

        from absclust.layers import parents

        broad, middle, fine = self.layers
        above = parents(fine.labels, middle.labels)
        top = parents(middle.labels, broad.labels)[above]
        return (
            pd.DataFrame(
                {
                    "broad": [broad[t].name for t in top],
                    "theme": [middle[t].name for t in above],
                    "fine": [theme.name for theme in fine],
                    "size": [theme.size for theme in fine],
                }
            )
            .iloc[np.lexsort((np.arange(len(fine)), above, top))]
            .reset_index(drop=True)
        )

    def table(self) -> pd.DataFrame:
        """Return the themes as a table: id (index), name, size, stability, keywords, papers."""
        import pandas as pd

        return pd.DataFrame(
            {
                "name": [t.name for t in self.themes],
                "size": [t.size for t in self.themes],
                "stability": [t.stability for t in self.themes],
                "keywords": [", ".join(t.keywords) for t in self.themes],
                "representative_papers": [" | ".join(t.representative_papers) for t in self.themes],
            },
            index=pd.Index([t.id for t in self.themes], name="theme"),
        )

    def papers(self) -> pd.DataFrame:
        """Return the input, row for row, with what was found about each paper.

        Adds the columns ``theme`` and ``theme_name``, ``strength`` (share of the
        neighbours' votes for the theme, 0 to 1), ``runner_up`` (name of the theme
        with the next most votes), ``margin`` (how far that is behind) and
        ``core`` (whether the paper is in the core of its theme, not its fringe).
        The theme of a row without text is -1, its names are empty. An input column
        of one of these names is kept with ``_input`` after its name.
        """
        frame = self.corpus.records
        names = np.array([*(t.name for t in self.themes), ""], dtype=object)
        paper = self.corpus.paper_of_row
        votes = self.membership
        ours = {
            "theme": self.labels,
            "theme_name": names[self.labels],
            # What is appended last serves the rows without a paper, which have number -1.
            "strength": np.append(votes.strength, 0)[paper],
            "runner_up": names[np.append(votes.runner_up, -1)[paper]],
            "margin": np.append(votes.margin, 0)[paper],
            "core": np.append(votes.core, False)[paper],
        }
        return frame.rename(columns={c: f"{c}_input" for c in ours if c in frame.columns}).assign(
            **ours
        )

    def to_html(self, path: str | PathLike[str]) -> Path:
        """Write the interactive theme map: one file, which any browser opens without network.

        Hover over a paper, click to open its link, search titles, switch themes,
        years and layers, draw a lasso and export what is in it. The file holds
        the titles, not the abstracts.

        Parameters
        ----------
        path
            The file; what was there is replaced.

        Returns
        -------
        pathlib.Path
            Where it was written.

        Raises
        ------
        WriteError
            If the path is a folder, its folder is missing, or writing fails.

        Examples
        --------
        >>> import tempfile
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> found.to_html(f"{tempfile.mkdtemp()}/map.html").name
        'map.html'
        """
        from absclust.html import write_html

        return write_html(self, path)

    def explore(self) -> HTML:
        """Show the interactive theme map in a notebook, as ``to_html`` writes it.

        Returns
        -------
        IPython.display.HTML
            Which a notebook shows where it is a cell's last line.

        Raises
        ------
        MissingPackageError
            If IPython is not installed.
        """
        from absclust.html import notebook_frame

        return notebook_frame(self)

    def to_ris(self, path: str | PathLike[str]) -> Path:
        """Write the papers as RIS, each with its theme as a keyword and a note.

        Zotero, Mendeley and EndNote show the keyword, "theme: NAME", as a tag.
        Whatever else the input holds is written too: under its RIS tag, or as a
        note with its name.

        Parameters
        ----------
        path
            The file; what was there is replaced.

        Raises
        ------
        WriteError
            If the path is a folder, its folder is missing, or writing fails.

        Examples
        --------
        >>> import tempfile
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> found.to_ris(f"{tempfile.mkdtemp()}/a.ris").name
        'a.ris'
        """
        from absclust.export import write_ris

        return write_ris(self, path)

    def to_bib(self, path: str | PathLike[str]) -> Path:
        """Write the papers as BibTeX, each with its theme as a keyword and an ``annote``.

        The ids are the citation keys, where BibTeX takes them; else ``recordid``
        holds the id. Signs that LaTeX needs escaped are; mathematics and commands
        stay.

        Parameters
        ----------
        path
            The file; what was there is replaced.

        Raises
        ------
        WriteError
            If the path is a folder, its folder is missing, or writing fails.

        Examples
        --------
        >>> import tempfile
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> found.to_bib(f"{tempfile.mkdtemp()}/a.bib").name
        'a.bib'
        """
        from absclust.export import write_bib

        return write_bib(self, path)

    def to_csv(self, path: str | PathLike[str]) -> Path:
        """Write the table of papers as CSV that spreadsheet programs read as UTF-8.

        A text that begins with one of ``= + - @`` gets an apostrophe in front: a
        spreadsheet program would run it as a formula. Parquet keeps all as it is.

        Parameters
        ----------
        path
            The file; what was there is replaced.

        Raises
        ------
        WriteError
            If the path is a folder, its folder is missing, or writing fails.

        Examples
        --------
        >>> import tempfile
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> found.to_csv(f"{tempfile.mkdtemp()}/a.csv").name
        'a.csv'
        """
        from absclust.export import write_csv

        return write_csv(self, path)

    def to_parquet(self, path: str | PathLike[str]) -> Path:
        """Write the table of papers as Parquet.

        A column of values of several types becomes one of strings.

        Parameters
        ----------
        path
            The file; what was there is replaced.

        Raises
        ------
        InputError
            If two columns have one name.
        WriteError
            If the path is a folder, its folder is missing, or writing fails.

        Examples
        --------
        >>> import tempfile
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> found.to_parquet(f"{tempfile.mkdtemp()}/a.parquet").name
        'a.parquet'
        """
        from absclust.export import write_parquet

        return write_parquet(self, path)

    def report(self, path: str | PathLike[str] | None = None) -> str:
        """Say how many papers and themes there are and what was set aside.

        Parameters
        ----------
        path
            Write a report in Markdown there, with the map as a picture beside it:
            the method in two paragraphs, the themes, and the papers of each. Returns
            what was written.

        Raises
        ------
        WriteError
            If the path is a folder, its folder is missing, or writing fails.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> found.report().splitlines()[0]
        '3 rows, 3 distinct papers, 1 theme, coverage 100%'
        """
        if path is not None:
            from absclust.report import write_report

            return write_report(self, path)
        from absclust.show import headline

        return "\n".join(
            [
                headline(self),
                *self._trust(),
                *self.corpus.report(),
                *self._unassigned(),
                *self.history,
            ]
        )

    def _trust(self) -> list[str]:
        stability = [theme.stability for theme in self.themes]
        if not stability or np.isnan(stability).any():
            return []
        mean = np.average(stability, weights=[theme.size for theme in self.themes])
        return [f"mean stability {mean:.2f} of 1"]

    def _unassigned(self) -> list[str]:
        from absclust.corpus import name_rows

        rows = np.flatnonzero((self.labels < 0) & (self.corpus.paper_of_row >= 0))
        if not len(rows):
            return []
        what = "row belongs" if len(rows) == 1 else "rows belong"
        return [f"{len(rows)} {what} to no theme: {name_rows(rows)}"]

    def __repr__(self) -> str:
        from absclust.show import map_text

        return map_text(self)

    def _repr_html_(self) -> str:
        from absclust.show import map_html

        return map_html(self)


def build_map(
    labels: IntArray,
    stability: FloatArray,
    names: Mapping[int, str] | None = None,
    *,
    corpus: Corpus,
    embedding: FloatArray,
    graph: NeighborGraph,
    rule: Rule | None,
    random_state: int,
    stop_phrases: tuple[str, ...] = (),
) -> ThemeMap:
    """Put a map together: names, tables and memberships of labelled papers.

    Parameters
    ----------
    labels : int array, one a distinct paper
        Theme of each paper, 0 to K - 1; -1 for none.
    stability : float array of shape (K,)
    names
        Names that some themes have already.
    stop_phrases
        Phrases that no name and no keyword may hold.
    """
    from absclust.assign import membership
    from absclust.name import name_themes

    found = name_themes(
        corpus.paper_texts, corpus.paper_titles, labels, given=names, stop_phrases=stop_phrases
    )
    return ThemeMap(
        # What is appended last serves the rows without a paper, which have number -1.
        labels=np.append(labels, -1)[corpus.paper_of_row],
        themes=_make_themes(labels, found, stability, corpus, embedding),
        corpus=corpus,
        embedding=embedding,
        graph=graph,
        membership=membership(graph, labels),
        rule=rule,
        random_state=random_state,
        stop_phrases=stop_phrases,
    )


def _make_themes(
    labels: IntArray,
    names: list[ThemeName],
    stability: FloatArray,
    corpus: Corpus,
    embedding: FloatArray,
    n_papers: int = 3,
) -> tuple[Theme, ...]:
    themes = []
    for theme, name in enumerate(names):
        members = np.flatnonzero(labels == theme)
        similarity = embedding[members] @ embedding[members].sum(axis=0)
        nearest = members[np.argsort(-similarity.round(5), kind="stable")[:n_papers]]
        rows = corpus.first_row[nearest].tolist()
        themes.append(
            Theme(
                id=theme,
                name=name.name,
                size=int(corpus.n_rows_of_paper[members].sum()),
                keywords=name.keywords,
                stability=round(float(stability[theme]), 3),
                representative_rows=tuple(rows),
                representative_papers=tuple(corpus.titles[row] for row in rows),
            )
        )
    return tuple(themes)
