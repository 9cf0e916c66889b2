"""ThemeMap: the frozen result of a clustering, with its tables and reprs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray, unit_rows
from absclust.corpus.corpus import Corpus
from absclust.methods.edits import Edits
from absclust.methods.exports import Exports
from absclust.methods.new_papers import NewPapers
from absclust.methods.pictures import Pictures
from absclust.methods.questions import Questions
from absclust.themes.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from os import PathLike

    import pandas as pd

    from absclust.clustering.leiden import Rule
    from absclust.clustering.membership import Membership
    from absclust.clustering.neighbors import NeighborGraph
    from absclust.embedding.fitted import FittedEmbedding


@dataclass(frozen=True, eq=False, repr=False)
class ThemeMap(Pictures, Questions, Edits, NewPapers, Exports):
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
        from absclust.clustering.layout import layout, layout_with_added

        if self.added is None:
            return layout(self.graph, self.embedding, random_state=self.random_state)
        return layout_with_added(
            self.graph,
            self.embedding,
            self.paper_labels,
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
        labels = self.paper_labels[self.clustered]
        vectors = self.embedding[self.clustered]
        sums = [vectors[labels == theme.id].sum(axis=0, dtype=np.float64) for theme in self.themes]
        return unit_rows(np.array(sums).reshape(len(sums), vectors.shape[1]))

    @cached_property
    def usual_similarity(self) -> FloatArray:
        """How similar ordinary papers are to their neighbours in the map; rising.

        Novelty is told by it. Computed when it is first needed, then kept.
        """
        from absclust.new_papers.novelty import usual_similarity

        return usual_similarity(self)

    @cached_property
    def checked_encoder(self) -> FittedEmbedding:
        """The encoder, once it was seen to embed papers of the map as it did."""
        from absclust.new_papers.predict import checked_encoder

        return checked_encoder(self)

    @cached_property
    def layers(self) -> tuple[ThemeMap, ThemeMap, ThemeMap]:
        """The broad themes, these themes, and fine ones, each layer nested in the one before.

        Computed when it is first needed, then kept. Their names, tables and plots
        are those of any map; the stability of a theme is how surely it is found
        anew at its layer's resolution.
        """
        from absclust.themes.layers import layers

        return layers(self)

    def hierarchy(self) -> pd.DataFrame:
        """Show how themes nest: a row for each fine theme, with what is above it."""
        import pandas as pd

        from absclust.themes.layers import parents

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
        from absclust.reprs import headline

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
        from absclust.corpus.corpus import name_rows

        rows = np.flatnonzero((self.labels < 0) & (self.corpus.paper_of_row >= 0))
        if not len(rows):
            return []
        what = "row belongs" if len(rows) == 1 else "rows belong"
        return [f"{len(rows)} {what} to no theme: {name_rows(rows)}"]

    def __repr__(self) -> str:
        from absclust.reprs import map_text

        return map_text(self)

    def _repr_html_(self) -> str:
        from absclust.reprs import map_html

        return map_html(self)
