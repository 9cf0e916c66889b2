"""Theme and ThemeMap: the frozen result of a clustering, with its tables and reprs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray, unit_rows
from absclust.corpus import Corpus
from absclust.plot.methods import Pictures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from os import PathLike
    from pathlib import Path

    import pandas as pd
    from IPython.display import HTML

    from absclust.assign import Membership
    from absclust.changes import Comparison
    from absclust.cluster import Rule
    from absclust.encoder import FittedEmbedding
    from absclust.explain import Explanation
    from absclust.measure import Quality
    from absclust.name import ThemeName
    from absclust.neighbors import NeighborGraph
    from absclust.update import Update


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
    encoder : FittedEmbedding or None
        What embeds new papers as those of the map were; None for given vectors.
    options : dict of str
        The options that made the themes, objects by their names.
    added : bool array of shape (n_papers,), or None
        Papers that ``update`` added since the themes were made.

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
    encoder: FittedEmbedding | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    added: npt.NDArray[np.bool_] | None = None

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

        Computed when it is first needed, then kept. Papers that were added lie amid
        their neighbours, and move no other.
        """
        from absclust.layout import layout, layout_with_added

        if self.added is None:
            return layout(self.graph, self.embedding, random_state=self.random_state)
        return layout_with_added(
            self.graph,
            self.embedding,
            self._paper_labels,
            self.added,
            random_state=self.random_state,
        )

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

    @property
    def mean_stability(self) -> float:
        """Mean stability of the themes that have one, counted by size; else NaN."""
        known = [theme for theme in self.themes if not np.isnan(theme.stability)]
        if not known:
            return float("nan")
        return float(np.average([t.stability for t in known], weights=[t.size for t in known]))

    @cached_property
    def clustered(self) -> IntArray:
        """The papers that the themes were made of: all but those added since."""
        if self.added is None:
            return np.arange(self.corpus.n_papers)
        return np.flatnonzero(~self.added)

    @cached_property
    def centres(self) -> FloatArray:
        """Mean direction of each theme's papers, float32 array of shape (n_themes, d)."""
        labels = self._paper_labels[self.clustered]
        vectors = self.embedding[self.clustered]
        sums = [vectors[labels == theme.id].sum(axis=0, dtype=np.float64) for theme in self.themes]
        return unit_rows(np.array(sums).reshape(len(sums), vectors.shape[1]))

    @cached_property
    def usual_similarity(self) -> FloatArray:
        """How similar ordinary papers are to their neighbours in the map; rising.

        Novelty is told by it. Computed when it is first needed, then kept.
        """
        from absclust.novelty import usual_similarity

        return usual_similarity(self)

    @cached_property
    def checked_encoder(self) -> FittedEmbedding:
        """The encoder, once it was seen to embed papers of the map as it did."""
        from absclust.predict import checked_encoder

        return checked_encoder(self)

    def predict(self, texts: Any, *, embeddings: Any = None) -> pd.DataFrame:
        """Say to which theme papers belong.

        Papers that the map was made from get their own labels back. A new paper
        gets the theme of its neighbours, whatever else is in the batch.

        Parameters
        ----------
        texts
            Papers, as in ``cluster_abstracts``; rows without text get -1.
        embeddings : array of shape (n_rows, d), optional
            Their vectors, where the map was made from given vectors.

        Returns
        -------
        DataFrame, a row for each paper
            ``theme``, ``theme_name``, ``strength``, ``runner_up`` and ``margin`` as in
            ``papers()``; ``novelty``, the share of ordinary papers that are more
            similar to their neighbours, 0 for a paper of the map; ``is_novel``,
            whether that is 0.95 or more: then the paper is unlike all themes, as one
            ordinary paper in twenty is.

        Raises
        ------
        EmbedderError
            If the embedder gives no usable vectors, or they are needed and not given.
        InputError
            If texts can't be used; the message says which row or column and why.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups.",
        ...                            "Proteins fold.", "Proteins fold fast."])
        >>> found.predict(["A robot grasps a bottle.", None])["theme"].tolist()
        [0, -1]
        """
        import pandas as pd

        from absclust.corpus import build_corpus
        from absclust.predict import predict

        corpus = build_corpus(texts, allow_empty=True)
        found = predict(self, corpus, embeddings)
        names = np.array([*(t.name for t in self.themes), ""], dtype=object)
        return pd.DataFrame(
            {
                "theme": found.theme,
                "theme_name": names[found.theme],
                "strength": found.membership.strength,
                "runner_up": names[found.membership.runner_up],
                "margin": found.membership.margin,
                "novelty": found.novelty,
                "is_novel": found.novel,
            },
            index=corpus.records.index,
        )

    def update(self, texts: Any, *, embeddings: Any = None) -> Update:
        """Add papers to the map, and say which themes grew and whether to cluster anew.

        Parameters
        ----------
        texts
            Papers, as in ``cluster_abstracts``.
        embeddings : array of shape (n_rows, d), optional
            Their vectors, where the map was made from given vectors.

        Returns
        -------
        Update
            Its ``themes`` is the new map; labels of the papers before are as they were.

        Raises
        ------
        EmbedderError, InputError
            As in ``predict``.
        """
        from absclust.update import update

        return update(self, texts, embeddings)

    def save(self, folder: str | Path) -> None:
        """Save the map to a folder, whole or not at all; ``absclust.load`` reads it.

        Parameters
        ----------
        folder
            A new or empty folder, or that of a saved map, which is replaced.

        Raises
        ------
        StoreError
            If the folder holds other files, or can't be written.
        """
        from absclust.store import save

        save(self, folder)

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
        from absclust.explain import explain

        return explain(self, row)

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
        from absclust.measure import quality

        return quality(self, labels)

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
        from absclust.trends import over_time

        return over_time(self, freq, keywords=keywords)

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
        from absclust.comparison import compare_periods

        return compare_periods(self, before=before, level=level, random_state=random_state)

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
        from absclust.edit import merge

        return merge(self, themes, name)

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
        from absclust.edit import split

        return split(self, theme, n)

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
        from absclust.edit import move

        return move(self, rows, to=to)

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
        known = sum(not np.isnan(theme.stability) for theme in self.themes)
        if not known:
            return []
        some = "" if known == len(self) else f" ({known} of {len(self)} themes have one)"
        return [f"mean stability {self.mean_stability:.2f} of 1{some}"]

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
    encoder: FittedEmbedding | None = None,
    options: Mapping[str, Any] | None = None,
    added: npt.NDArray[np.bool_] | None = None,
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
        encoder=encoder,
        options=options or {},
        added=added,
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
