"""ThemeMap: the frozen result of a clustering, put together from what the packages do.

A method stands, with its docstring, where its work is done: a function whose first parameter is
the map. Here it becomes a method.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from absclust import report as reports
from absclust import reprs
from absclust.analysis import comparison, groups
from absclust.analysis import evolution as flows
from absclust.analysis import explain as evidence
from absclust.analysis import keywords as keyword_use
from absclust.analysis import network as networks
from absclust.analysis import quality as measures
from absclust.analysis import reading_list as reading
from absclust.analysis import search as finding
from absclust.analysis import sources as origins
from absclust.analysis import strategic as strategy
from absclust.analysis import years as periods
from absclust.arrays import FloatArray, IntArray
from absclust.atomic import Target
from absclust.clustering.leiden import PartitionSettings
from absclust.clustering.membership import Membership, membership, theme_centroids
from absclust.clustering.partition import Partition
from absclust.corpus.columns import with_years
from absclust.corpus.corpus import Corpus
from absclust.io.write_papers import write_bib, write_csv, write_parquet, write_ris
from absclust.new_papers import predict as assignment
from absclust.new_papers import update as updating
from absclust.plot.pictures import Pictures
from absclust.saving import store
from absclust.themes import edit as edits
from absclust.themes import layers as nesting
from absclust.themes import plan as plans
from absclust.themes.build import make_themes
from absclust.themes.find import find_theme
from absclust.themes.foundation import Foundation
from absclust.themes.theme import Theme
from absclust.web import explore as notebooks
from absclust.web import page

# How what a theme has several of stands in a cell of a table.
_LISTS = {"keywords": ", ", "author_keywords": ", ", "representative_papers": " | "}


@dataclass(frozen=True, eq=False, repr=False)
class ThemeMap:
    """The themes of a corpus. Made by ``cluster_abstracts`` or ``ThemeModel.fit``.

    ``labels``, ``membership``, ``embedding`` and ``coordinates`` have an entry for each row of
    the input, in its order, and so have the rows of ``papers()``. Every method that takes a
    theme takes its number or its name. ``plot`` draws the map, and
    its methods the other pictures (see ``Pictures``). Each edit returns a new map.

    Attributes
    ----------
    foundation : Foundation
        What the themes were made from: papers, vectors, neighbour graph, encoder,
        seed. Edits and layers of a map share it.
    labels : int array of shape (n_rows,), read-only
        Theme of each row of the input; -1 for a row without text.
    themes : tuple of Theme
        Largest first, and mixed ones last; ``themes[i].id == i``.
    settings : PartitionSettings or None
        How the communities of the graph were found; None for another clusterer.
    history : tuple of str
        What was edited by hand, in order, one line per edit.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(
    ...     ["Robot arms grasp cups.", "Robots grasp tools.", "Robot arms stack tools.",
    ...      "Proteins fold fast.", "How proteins fold.", "A protein folds twice."]
    ... )
    >>> themes.labels.tolist()
    [0, 0, 0, 1, 1, 1]
    >>> themes.table()["size"].tolist()
    [3, 3]
    """

    foundation: Foundation
    labels: IntArray
    themes: tuple[Theme, ...]
    _paper_membership: Membership
    settings: PartitionSettings | None
    history: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.labels.setflags(write=False)

    @classmethod
    def _of(
        cls, foundation: Foundation, partition: Partition, parts: IntArray | None = None
    ) -> ThemeMap:
        """Make the map of partitioned papers; the parameters are those of `make_themes`."""
        return cls(
            foundation,
            foundation.corpus.to_rows(partition.labels, missing=-1),
            make_themes(foundation, partition, parts),
            membership(foundation.paper_graph, partition.labels),
            partition.settings,
        )

    def __len__(self) -> int:
        """Return the number of themes."""
        return len(self.themes)

    def __iter__(self) -> Iterator[Theme]:
        return iter(self.themes)

    def __getitem__(self, theme: int | str) -> Theme:
        """Return a theme by its number or its name.

        Raises
        ------
        UnknownThemeError
            If there is no such theme, or the name could mean two; -1, the label for "no
            theme", is not one.
        """
        return self.themes[find_theme(self, theme)]

    @property
    def corpus(self) -> Corpus:
        """The rows that came in, and the distinct papers among them."""
        return self.foundation.corpus

    @property
    def membership(self) -> Membership:
        """How firmly each row belongs to its theme: arrays of shape (n_rows,).

        A row without text has a strength of 0 and no runner-up (-1).
        """
        votes, to_rows = self._paper_membership, self.corpus.to_rows
        return Membership(
            strength=to_rows(votes.strength, missing=0),
            runner_up=to_rows(votes.runner_up, missing=-1),
            margin=to_rows(votes.margin, missing=0),
        )

    @property
    def embedding(self) -> FloatArray:
        """The unit vector of each row, float32 array of shape (n_rows, d), a copy.

        NaN for a row without text; rows with the same text have the same vector.
        """
        return self.corpus.to_rows(self.foundation.paper_embedding, missing=np.nan)

    @property
    def coordinates(self) -> FloatArray:
        """Place of each row on the map, float32 array of shape (n_rows, 2), a copy.

        NaN for a row without text; rows with the same text lie at the same place. The layout
        is computed when it is first needed, then kept; no edit moves a paper.
        """
        return self.corpus.to_rows(self.foundation.paper_coordinates, missing=np.nan)

    @property
    def options(self) -> Mapping[str, Any]:
        """The options that the themes were made with; objects by their names."""
        return self.foundation.options

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the partition by the papers' content: the same for the same themes.

        It depends neither on the order of rows nor on the names or numbers of themes.
        """
        labels = self._paper_labels
        numbers = pd.factorize(np.where(labels < 0, np.nan, labels))[0].astype(">i8")
        content = np.hstack([self.corpus.key_bytes, numbers[:, None].view(np.uint8)])
        return hashlib.blake2b(content.tobytes(), digest_size=16).hexdigest()

    @property
    def _paper_labels(self) -> IntArray:
        """Theme of each distinct paper, -1 for none: a copy, int array of shape (n_papers,)."""
        return self.labels[self.corpus.first_row]

    @property
    def _names_by_label(self) -> npt.NDArray[np.object_]:
        """The theme's name for each label; "" for -1."""
        return np.array([*(theme.name for theme in self.themes), ""], dtype=object)

    @property
    def coverage(self) -> float:
        """Share of the rows with text that are in a theme."""
        with_text = self.corpus.paper_of_row >= 0
        return float((self.labels[with_text] >= 0).mean())

    @property
    def mean_stability(self) -> float:
        """Mean stability of the themes whose stability is known, weighted by size; else NaN."""
        stability, sizes = np.array([(t.stability, t.size) for t in self]).reshape(-1, 2).T
        known = ~np.isnan(stability)
        return float(np.average(stability[known], weights=sizes[known])) if known.any() else np.nan

    @cached_property
    def centroids(self) -> FloatArray:
        """Mean direction of each theme's papers, float32 array of shape (n_themes, d).

        Papers that were added later don't count.
        """
        clustered = self.foundation.clustered_papers
        labels = self._paper_labels[clustered]
        return theme_centroids(self.foundation.paper_embedding[clustered], labels, len(self))

    @cached_property
    def layers(self) -> nesting.Layers:
        """The broad themes, these themes, and finer ones, each layer nested in the one before.

        There are three layers, in large corpora more: the finest themes have a few hundred
        papers. Each is computed when it is first asked for, then kept, and has the names,
        tables and plots of any map; the stability of its themes is that at the layer's
        resolution.
        """
        return nesting.Layers(self)

    @property
    def plot(self) -> Pictures:
        """Draws the map, ``themes.plot()``, and other pictures, such as ``themes.plot.years()``."""
        return Pictures(self)

    def table(self) -> pd.DataFrame:
        """Return the themes as a table: one row per theme, whose number is the index.

        The columns are ``name``, ``size``, ``stability``, ``focus``, ``mixed``, ``keywords``,
        ``author_keywords`` (empty where there are none), ``representative_papers``, ``sentence``
        (one that says what the theme's papers share) and ``sentence_paper``, the paper it is from.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> themes.table()[["name", "size"]].values.tolist()
        [['Robots grasp', 2], ['Proteins fold', 2]]
        """
        table = pd.DataFrame(self.themes, columns=[field.name for field in fields(Theme)])
        for name, sign in _LISTS.items():
            table[name] = table[name].map(sign.join)
        return table.set_index("id").rename_axis("theme").drop(columns="representative_rows")

    def papers(self, theme: int | str | None = None, *, coordinates: bool = False) -> pd.DataFrame:
        """Return the input, row for row, with the theme of each paper.

        Adds the columns ``theme`` and ``theme_name``; ``strength``, the theme's share of
        the neighbours' votes, 0 to 1; ``runner_up``, the name of the theme with the
        second most votes; ``margin``, the lead over it; and ``core``, whether the paper
        is in the core of its theme rather than on its fringe. Where the year is empty, it is
        that of the date, if there is one. A row without text has the
        theme -1 and empty names. If the input has a column of one of these names, it is
        kept with ``_input`` after its name.

        Parameters
        ----------
        theme
            The number or name of a theme, to get only its papers, in an order to read them: first
            ten that together cover the theme, the most central before those that differ from
            it most (as ``reading_list`` chooses them); then its core and last its fringe,
            each from the centre outwards.
        coordinates
            Whether to add ``x`` and ``y``, the place of the paper on the map; NaN for a row
            without text. If the map was not drawn before, this computes its layout, which
            takes a few seconds for 10,000 papers.

        Raises
        ------
        UnknownThemeError
            If there is no such theme.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp cups.", "Robots grasp.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> themes.papers(theme=0)["abstract"].tolist()
        ['Robots grasp.', 'Robots grasp cups.']
        >>> themes.papers(coordinates=True)[["theme", "x", "y"]].shape
        (4, 3)
        """
        frame, votes = self.corpus.records, self.membership
        names = self._names_by_label
        columns: dict[str, Any] = {
            "theme": self.labels,
            "theme_name": names[self.labels],
            "strength": votes.strength,
            "runner_up": names[votes.runner_up],
            "margin": votes.margin,
            "core": votes.core,
        }
        if coordinates:
            columns["x"], columns["y"] = self.coordinates.T
        renamed = {name: f"{name}_input" for name in columns if name in frame.columns}
        papers = with_years(frame, self.corpus.years).rename(columns=renamed).assign(**columns)
        if theme is None:
            return papers
        return papers.iloc[reading.reading_order(self, find_theme(self, theme))]

    def to_ris(self, path: Target) -> Path:
        """Write the papers as RIS, each with its theme as a keyword and a note.

        Zotero, Mendeley and EndNote show the keyword, "theme: NAME", as a tag.
        Every other column of the input is written too, under its RIS tag or as a note
        that gives the column's name.

        Parameters
        ----------
        path
            The file to write; an existing one is replaced. Or a file that is open for writing.

        Returns
        -------
        pathlib.Path
            The path of the file.

        Raises
        ------
        WriteError
            If the path is a folder, its folder is missing, or writing fails.

        Examples
        --------
        >>> import tempfile
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> themes.to_ris(f"{tempfile.mkdtemp()}/a.ris").name
        'a.ris'
        """
        return write_ris(self.papers(), path)

    def to_bib(self, path: Target) -> Path:
        """Write the papers as BibTeX, each with its theme as a keyword and an ``annote``.

        An id becomes the citation key if BibTeX allows it; otherwise it is kept as
        ``recordid``. LaTeX's special characters are escaped; mathematics and commands are
        left as they are.

        Parameters
        ----------
        path
            The file to write; an existing one is replaced. Or a file that is open for writing.

        Returns
        -------
        pathlib.Path
            The path of the file.

        Raises
        ------
        WriteError
            If the path is a folder, its folder is missing, or writing fails.

        Examples
        --------
        >>> import tempfile
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> themes.to_bib(f"{tempfile.mkdtemp()}/a.bib").name
        'a.bib'
        """
        return write_bib(self.papers(), path)

    def to_csv(self, path: Target, *, coordinates: bool = True) -> Path:
        """Write the table of papers as CSV, which spreadsheet programs recognise as UTF-8.

        An index of the input becomes the first columns, unless it only numbers the rows.

        A text that begins with one of ``= + - @``, and is not a number, gets an apostrophe in
        front, because spreadsheet programs would run it as a formula. Parquet keeps texts as
        they are.

        Parameters
        ----------
        path
            The file to write; an existing one is replaced. Or a file that is open for writing.
        coordinates
            Whether to write ``x`` and ``y`` too, the place of each paper on the map. If the map
            was not drawn before, this computes its layout, which takes a few seconds for
            10,000 papers.

        Returns
        -------
        pathlib.Path
            The path of the file.

        Raises
        ------
        WriteError
            If the path is a folder, its folder is missing, or writing fails.

        Examples
        --------
        >>> import tempfile
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> themes.to_csv(f"{tempfile.mkdtemp()}/a.csv").name
        'a.csv'
        """
        return write_csv(self.papers(coordinates=coordinates), path)

    def to_parquet(self, path: Target, *, coordinates: bool = True) -> Path:
        """Write the table of papers as Parquet.

        A column that mixes several types is written as strings. An index of the input becomes the
        first columns, unless it only numbers the rows.

        Parameters
        ----------
        path
            The file to write; an existing one is replaced. Or a file that is open for writing.
        coordinates
            Whether to write ``x`` and ``y`` too, the place of each paper on the map. If the map
            was not drawn before, this computes its layout, which takes a few seconds for
            10,000 papers.

        Returns
        -------
        pathlib.Path
            The path of the file.

        Raises
        ------
        InputError
            If two columns have the same name.
        WriteError
            If the path is a folder, its folder is missing, or writing fails.

        Examples
        --------
        >>> import tempfile
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> themes.to_parquet(f"{tempfile.mkdtemp()}/a.parquet").name
        'a.parquet'
        """
        return write_parquet(self.papers(coordinates=coordinates), path)

    # What the map is about
    tree = nesting.tree
    levels = nesting.levels
    similarity = strategy.similarity
    keywords = keyword_use.keywords
    years = periods.years
    evolution = flows.evolution
    strategic = strategy.strategic
    links = strategy.links
    by = groups.by
    top = groups.top
    compare = comparison.compare
    sources = origins.sources
    summary = reprs.summary

    # What to read, and why it is there
    search = finding.search
    search_themes = finding.search_themes
    reading_list = reading.reading_list
    explain = evidence.explain
    quality = measures.quality
    alternatives = measures.alternatives

    # Edits by hand: each returns a new map
    rename = edits.rename
    merge = edits.merge
    split = edits.split
    move = edits.move
    edit = plans.edit
    became = edits.became

    # Papers that came later
    predict = assignment.predict
    memberships = assignment.memberships
    update = updating.update

    # Files and pages
    save = store.save
    to_network = networks.to_network
    to_html = page.to_html
    explore = notebooks.explore
    report = reports.report

    __repr__ = reprs.map_text
    _repr_html_ = reprs.map_html
