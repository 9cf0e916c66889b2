"""ThemeMap: the frozen result of a clustering, with its tables and reprs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.arrays import FloatArray, IntArray
from absclust.clustering.coverage import covering
from absclust.clustering.membership import Membership, theme_centroids
from absclust.errors import UnknownThemeError
from absclust.methods.edits import Edits
from absclust.methods.exports import Exports
from absclust.methods.new_papers import NewPapers
from absclust.methods.pictures import Pictures
from absclust.methods.questions import Questions
from absclust.themes.foundation import Foundation
from absclust.themes.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from absclust.clustering.leiden import PartitionSettings
    from absclust.clustering.neighbors import NeighborGraph
    from absclust.corpus.corpus import Corpus
    from absclust.themes.layers import Layers

_TO_READ_FIRST = 10  # papers of a theme that together cover it


@dataclass(frozen=True, eq=False, repr=False)
class ThemeMap(Pictures, Questions, Edits, NewPapers, Exports):
    """The themes of a corpus. Made by ``cluster_abstracts`` or ``ThemeModel.fit``.

    ``labels``, ``membership``, ``embedding`` and ``coordinates`` have an entry for each row of
    the input, in its order, and so have the rows of ``papers()``. What begins with ``paper_``
    has an entry for each distinct paper instead, in the order of ``corpus.paper_texts``.

    Attributes
    ----------
    foundation : Foundation
        What the themes were made from: papers, vectors, neighbour graph, encoder,
        seed. Edits and layers of a map share it.
    labels : int array of shape (n_rows,), read-only
        Theme of each row of the input; -1 for a row without text.
    themes : tuple of Theme
        Largest first; ``themes[i].id == i``.
    paper_membership : Membership
        How firmly each distinct paper belongs to its theme.
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
    paper_membership: Membership
    settings: PartitionSettings | None
    history: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.labels.setflags(write=False)

    def __len__(self) -> int:
        """Return the number of themes."""
        return len(self.themes)

    def __iter__(self) -> Iterator[Theme]:
        return iter(self.themes)

    def __getitem__(self, theme: int) -> Theme:
        """Return a theme by its number.

        Raises
        ------
        UnknownThemeError
            If there is no such theme; -1, the label for "no theme", is not one.
        """
        whole = isinstance(theme, Integral) and not isinstance(theme, bool)
        if not whole or not 0 <= theme < len(self):
            expected = f"a number from 0 to {len(self) - 1}" if len(self) else "none: it is empty"
            raise UnknownThemeError(
                f"theme {theme!r} is not in this map; expected {expected}, as in themes.table()"
            )
        return self.themes[theme]

    @property
    def corpus(self) -> Corpus:
        """The rows that came in, and the distinct papers among them."""
        return self.foundation.corpus

    @property
    def membership(self) -> Membership:
        """How firmly each row belongs to its theme: arrays of shape (n_rows,).

        A row without text has a strength of 0 and no runner-up (-1).
        """
        votes, to_rows = self.paper_membership, self.corpus.to_rows
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
        return self.corpus.to_rows(self.paper_embedding, missing=np.nan)

    @property
    def coordinates(self) -> FloatArray:
        """Place of each row on the map, float32 array of shape (n_rows, 2), a copy.

        NaN for a row without text; rows with the same text lie at the same place. The layout
        is computed when it is first needed, then kept; no edit moves a paper.
        """
        return self.corpus.to_rows(self.paper_coordinates, missing=np.nan)

    @property
    def paper_embedding(self) -> FloatArray:
        """One unit vector per distinct paper, float32 array of shape (n_papers, d)."""
        return self.foundation.paper_embedding

    @property
    def paper_coordinates(self) -> FloatArray:
        """Place of each distinct paper on the map, float32 array of shape (n_papers, 2)."""
        return self.foundation.paper_coordinates

    @property
    def paper_graph(self) -> NeighborGraph:
        """The neighbour graph of the distinct papers."""
        return self.foundation.paper_graph

    @property
    def random_state(self) -> int:
        """The seed."""
        return self.foundation.random_state

    @property
    def options(self) -> Mapping[str, Any]:
        """The options that the themes were made with; objects by their names."""
        return self.foundation.options

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the partition by the papers' content: the same for the same themes.

        It depends neither on the order of rows nor on the names or numbers of themes.
        """
        digest = hashlib.blake2b(digest_size=16)
        numbers: dict[int, int] = {}
        for key, label in zip(self.corpus.paper_keys, self.paper_labels.tolist(), strict=True):
            number = numbers.setdefault(label, len(numbers)) if label >= 0 else -1
            digest.update(key + number.to_bytes(8, "big", signed=True))
        return digest.hexdigest()

    @property
    def paper_labels(self) -> IntArray:
        """Theme of each distinct paper, -1 for none: a copy, int array of shape (n_papers,)."""
        return self.labels[self.corpus.first_row]

    @property
    def coverage(self) -> float:
        """Share of the rows with text that are in a theme."""
        with_text = self.corpus.paper_of_row >= 0
        return float((self.labels[with_text] >= 0).mean())

    @property
    def mean_stability(self) -> float:
        """Mean stability of the themes whose stability is known, weighted by size; else NaN."""
        known = [theme for theme in self.themes if not np.isnan(theme.stability)]
        if not known:
            return float("nan")
        return float(np.average([t.stability for t in known], weights=[t.size for t in known]))

    @cached_property
    def centroids(self) -> FloatArray:
        """Mean direction of each theme's papers, float32 array of shape (n_themes, d).

        Papers that were added later don't count.
        """
        clustered = self.foundation.clustered_papers
        labels = self.paper_labels[clustered]
        return theme_centroids(self.paper_embedding[clustered], labels, len(self))

    @cached_property
    def layers(self) -> Layers:
        """The broad themes, these themes, and finer ones, each layer nested in the one before.

        There are three layers, in large corpora more: the finest themes have a few hundred
        papers. Each is computed when it is first asked for, then kept, and has the names,
        tables and plots of any map; the stability of its themes is that at the layer's
        resolution.
        """
        from absclust.themes.layers import Layers

        return Layers(self)

    def hierarchy(self) -> pd.DataFrame:
        """Return how themes nest: one row per theme of the finest layer, and those above it.

        The columns are ``broad``, ``theme``, ``fine``, in large corpora ``fine 2`` and so on,
        and ``size``.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> themes.hierarchy()[["theme", "size"]].values.tolist()
        [['Robots grasp', 2], ['Proteins fold fast', 2]]
        """
        from absclust.themes.layers import hierarchy

        return hierarchy(self)

    def table(self) -> pd.DataFrame:
        """Return the themes as a table: one row per theme, whose number is the index.

        The columns are ``name``, ``size``, ``stability``, ``keywords``,
        ``author_keywords`` (empty where there are none) and ``representative_papers``.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."])
        >>> themes.table()[["name", "size"]].values.tolist()
        [['Robots grasp', 2], ['Proteins fold fast', 2]]
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "name": [t.name for t in self.themes],
                "size": [t.size for t in self.themes],
                "stability": [t.stability for t in self.themes],
                "keywords": [", ".join(t.keywords) for t in self.themes],
                "author_keywords": [", ".join(t.author_keywords) for t in self.themes],
                "representative_papers": [" | ".join(t.representative_papers) for t in self.themes],
            },
            index=pd.Index([t.id for t in self.themes], name="theme"),
        )

    def papers(self, theme: int | str | None = None, *, coordinates: bool = False) -> pd.DataFrame:
        """Return the input, row for row, with the theme of each paper.

        Adds the columns ``theme`` and ``theme_name``; ``strength``, the theme's share of
        the neighbours' votes, 0 to 1; ``runner_up``, the name of the theme with the
        second most votes; ``margin``, the lead over it; and ``core``, whether the paper
        is in the core of its theme rather than on its fringe. A row without text has the
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
            takes some 10 seconds for 10,000 papers.

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
        names = np.array([*(t.name for t in self.themes), ""], dtype=object)
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
        papers = frame.rename(columns=renamed).assign(**columns)
        return papers if theme is None else papers.iloc[self._reading_order(theme)]

    def _reading_order(self, named: int | str) -> IntArray:
        """Return the rows of a theme in the order in which `papers` lists them."""
        from absclust.themes.find import find_theme

        theme = find_theme(self, named)
        papers = np.flatnonzero(self.paper_labels == theme)
        vectors = self.paper_embedding[papers]
        first = covering(vectors, _TO_READ_FIRST)
        closeness = np.einsum("nd,d->n", vectors, self.centroids[theme]).round(5)
        rank = np.full(self.corpus.n_papers, len(papers))
        rank[papers[np.lexsort((-closeness, ~self.paper_membership.core[papers]))]] = np.arange(
            len(papers)
        )
        rank[papers[first]] = np.arange(len(first)) - len(first)
        rows = np.flatnonzero(self.labels == theme)
        order: IntArray = rows[np.argsort(rank[self.corpus.paper_of_row[rows]], kind="stable")]
        return order

    def __repr__(self) -> str:
        from absclust.reprs import map_text

        return map_text(self)

    def _repr_html_(self) -> str:
        from absclust.reprs import map_html

        return map_html(self)
