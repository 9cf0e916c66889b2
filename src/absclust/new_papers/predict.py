"""Papers, known and new -> where they belong in a map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from absclust.arrays import FloatArray, IntArray, take, unit_rows
from absclust.clustering.membership import led_by_label, vote_shares
from absclust.corpus.corpus import Corpus, build_corpus
from absclust.embedding.embed import Embedding
from absclust.embedding.embedder import checked_vectors
from absclust.errors import EmbedderError, InputError, OptionError
from absclust.io.read import papers_of
from absclust.new_papers.novelty import is_novel, novelty
from absclust.new_papers.placement import Placement, place

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap


@dataclass(frozen=True, eq=False)
class Located:
    """Where the rows of a corpus are in a map.

    Papers of the map, recognised by their text, are where the map says; others are placed
    among those that were clustered. The answer for a row depends on nothing but that row and
    the map.

    Attributes
    ----------
    themes : ThemeMap
        The map.
    paper_of_row : int array of shape (n_rows,)
        Index of the row's paper in the map; -1 for none.
    new : int array
        The rows with papers that are not in the map.
    placement : Placement or None
        Where these are placed; None if there are none.
    """

    themes: ThemeMap
    paper_of_row: IntArray
    new: IntArray
    placement: Placement | None

    def values(
        self, of_map: npt.ArrayLike, of_new: Callable[[Placement], Any], missing: Any
    ) -> npt.NDArray[Any]:
        """Return a value for each row, given those of the map's papers and of those placed."""
        values = take(of_map, self.paper_of_row, missing)
        if self.placement is not None:
            values[self.new] = of_new(self.placement)
        return values

    def themes_and_votes(self) -> dict[str, npt.NDArray[Any]]:
        """Return each row's theme, strength, runner-up, margin and novelty.

        Novelty is 0 for a paper that the themes were made from, NaN for a row without text.
        """
        votes = self.themes._paper_membership
        return {
            "theme": self.values(self.themes._paper_labels, lambda new: new.theme, -1),
            "strength": self.values(votes.strength, lambda new: new.membership.strength, 0),
            "runner_up": self.values(votes.runner_up, lambda new: new.membership.runner_up, -1),
            "margin": self.values(votes.margin, lambda new: new.membership.margin, 0),
            "novelty": self.values(novelty_in_map(self.themes), lambda new: new.novelty, np.nan),
        }


def predict(themes: ThemeMap, texts: Any, *, embeddings: Any = None) -> pd.DataFrame:
    """Assign papers to the themes of the map.

    Papers that are in the map already get their own labels back. A new paper gets
    the theme of its neighbours, whatever else is in the batch.

    Parameters
    ----------
    texts
        Papers, as in ``cluster_abstracts``; rows without text get theme -1. For a dask
        DataFrame, call ``frame.map_partitions(themes.predict)``.
    embeddings : array of shape (n_rows, d), optional
        Their vectors, needed if the map was made from vectors of your own.

    Returns
    -------
    DataFrame, one row per row of the input
        ``theme``, ``theme_name``, ``strength``, ``runner_up`` and ``margin`` as in
        ``papers()``; ``novelty``, the share of ordinary papers that are more similar
        to their neighbours than this one is, 0 for a paper of the map; ``is_novel``,
        whether that share is at least 0.95. A novel paper is unlike all themes, but
        one ordinary paper in twenty is also marked by chance.

    Raises
    ------
    EmbedderError
        If the embedder returns no usable vectors, or vectors are needed but not given.
    InputError
        If the texts can't be used; the message says which row or column and why.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.",
    ...                             "Proteins fold.", "Proteins fold fast."])
    >>> themes.predict(["A robot grasps a bottle.", None])["theme"].tolist()
    [0, -1]
    """
    corpus = build_corpus(papers_of(texts), allow_empty=True)
    found: dict[str, Any] = locate(themes, corpus, embeddings).themes_and_votes()
    novel, names = is_novel(found["novelty"]), themes._names_by_label
    found["runner_up"] = names[found["runner_up"]]
    table = pd.DataFrame(found | {"is_novel": novel}, index=corpus.records.index)
    table.insert(1, "theme_name", names[table["theme"]])
    return table


def memberships(themes: ThemeMap, texts: Any = None, *, embeddings: Any = None) -> pd.DataFrame:
    """Return how much of each theme is in each paper, from the votes of its neighbours.

    The largest share is that of the paper's theme. Where it has fewer votes than another,
    because themes are found in the graph as a whole or the paper was moved by hand, it is
    raised to just above the largest, and all are scaled.

    Parameters
    ----------
    texts
        Papers, as in ``predict``; by default, those of the map.
    embeddings : array of shape (n_rows, d), optional
        Their vectors, needed if the map was made from vectors of your own.

    Returns
    -------
    DataFrame of float32, one row per row of the input and one column per theme
        Columns are the themes' numbers. Each row adds up to 1. A paper in no theme has
        the shares of its neighbours' votes, in which there is none for "no theme". A row
        without text is NaN, and so is a paper in no theme without similar papers.

    Raises
    ------
    EmbedderError, InputError
        As in ``predict``.
    OptionError
        If embeddings are given without texts.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.",
    ...                             "Proteins fold.", "Proteins fold fast.", None])
    >>> themes.memberships().round(1).values.tolist()
    [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [nan, nan]]
    >>> themes.memberships(["A robot grasps a bottle."]).idxmax(axis=1).tolist()
    [0]
    """
    if texts is None and embeddings is not None:
        raise OptionError("embeddings are given without texts; expected both or neither")
    corpus = themes.corpus
    if texts is not None:
        corpus = build_corpus(papers_of(texts), allow_empty=True)
    graph, labels, n = themes.foundation.paper_graph, themes._paper_labels, len(themes)
    found = locate(themes, corpus, embeddings)
    shares = np.full((corpus.n_rows, n), np.nan, dtype=np.float32)
    known = np.flatnonzero(found.paper_of_row >= 0)
    papers = found.paper_of_row[known]
    votes, _ = vote_shares(labels[graph.indices[papers]], graph.similarities[papers], n)
    shares[known] = led_by_label(votes, labels[papers])
    if found.placement is not None:
        shares[found.new] = led_by_label(found.placement.shares, found.placement.theme)
    return pd.DataFrame(shares, index=corpus.records.index, columns=pd.RangeIndex(n, name="theme"))


def locate(themes: ThemeMap, corpus: Corpus, embeddings: Any = None) -> Located:
    """Find the rows of a corpus in a map.

    Parameters
    ----------
    themes
        The map.
    corpus
        The papers; none of them need have text.
    embeddings : array of shape (n_rows, d), optional
        Vectors of the rows, if the map was made from given vectors.

    Raises
    ------
    EmbedderError
        If vectors are needed and not given, or those given can't be used.
    """
    paper_of_row = corpus.to_rows(themes.corpus.find(corpus.paper_keys), missing=-1)
    new = np.flatnonzero((corpus.paper_of_row >= 0) & (paper_of_row < 0))
    placement = place(themes, _embed_rows(themes, corpus, new, embeddings)) if len(new) else None
    return Located(themes, paper_of_row, new, placement)


def given_vectors(
    themes: ThemeMap, embeddings: Any, n_rows: int, unused: npt.NDArray[np.bool_] | None = None
) -> FloatArray:
    """Check the vectors that a user gives beside new papers, of which some may have no text."""
    encoder = themes.foundation.encoder
    if encoder is not None and encoder.fitted is not None:
        raise InputError(
            "embeddings are given, but this map embeds new papers itself, with what it learnt "
            "from its own papers; leave them out"
        )
    vectors = checked_vectors(embeddings, n_rows, "embeddings", unused)
    expected = themes.foundation.paper_embedding.shape[1]
    if vectors.shape[1] != expected:
        raise EmbedderError(
            f"embeddings has {vectors.shape[1]} dimensions; expected "
            f"{expected}, as the vectors of the papers in the map have"
        )
    return vectors


def embed_new(themes: ThemeMap, corpus: Corpus, papers: IntArray) -> Embedding:
    """Embed some papers of a corpus as those of the map were embedded."""
    texts = [corpus.paper_texts[paper] for paper in papers]
    return themes.foundation.checked_encoder.transform(texts)


def _embed_rows(themes: ThemeMap, corpus: Corpus, rows: IntArray, embeddings: Any) -> Embedding:
    if embeddings is not None:
        vectors = given_vectors(themes, embeddings, corpus.n_rows, corpus.paper_of_row < 0)
        return Embedding(unit_rows(vectors[rows]))
    papers, back = np.unique(corpus.paper_of_row[rows], return_inverse=True)
    embedding = embed_new(themes, corpus, papers)
    batches = None if embedding.batches is None else embedding.batches[back]
    return Embedding(embedding.vectors[back], batches)


def novelty_in_map(themes: ThemeMap) -> FloatArray:
    """Return how novel each paper of the map was when it was added; 0 for those clustered."""
    novelties = np.zeros(themes.corpus.n_papers, dtype=np.float32)
    added = themes.foundation.added
    if added is not None:
        similarities = themes.foundation.paper_graph.similarities[added]
        novelties[added] = novelty(similarities, themes.foundation.calibration_similarities)
    return novelties
