"""Papers, known and new -> where they belong in a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray, take, unit_rows
from absclust.clustering.membership import Membership, led_by_label, theme_shares
from absclust.corpus.corpus import Corpus, build_corpus
from absclust.embedding.embed import Embedding
from absclust.embedding.embedder import checked_vectors
from absclust.errors import EmbedderError, InputError, OptionError
from absclust.io.read import papers_of
from absclust.new_papers.novelty import is_novel, novelty
from absclust.new_papers.placement import Placement, place

if TYPE_CHECKING:
    import pandas as pd

    from absclust.theme_map import ThemeMap


@dataclass(frozen=True, eq=False)
class Prediction:
    """Where papers belong in a map; arrays of shape (n,), one entry per row of the input.

    Attributes
    ----------
    theme : int array
        Theme of each row; -1 for none.
    membership : Membership
        Strength, runner-up and margin of each row.
    novelty : float32 array
        How unlike the map's papers each row is, 0 to 1 (``novelty.novelty``); 0 for
        a paper that the themes were made from, NaN for a row without text.
    paper : int array
        Index of the row's paper in the map; -1 for a paper that is not in it.
    """

    theme: IntArray
    membership: Membership
    novelty: FloatArray
    paper: IntArray

    @property
    def novel(self) -> npt.NDArray[np.bool_]:
        """Whether each row is unlike all themes."""
        return is_novel(self.novelty)


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
    DataFrame, one row per paper
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
    import pandas as pd

    corpus = build_corpus(papers_of(texts), allow_empty=True)
    assigned = assign(themes, corpus, embeddings)
    return pd.DataFrame(
        {
            "theme": assigned.theme,
            "theme_name": themes._names_by_label[assigned.theme],
            "strength": assigned.membership.strength,
            "runner_up": themes._names_by_label[assigned.membership.runner_up],
            "margin": assigned.membership.margin,
            "novelty": assigned.novelty,
            "is_novel": assigned.novel,
        },
        index=corpus.records.index,
    )


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
    import pandas as pd

    if texts is None and embeddings is not None:
        raise OptionError("embeddings are given without texts; expected both or neither")
    corpus = themes.corpus
    if texts is not None:
        corpus = build_corpus(papers_of(texts), allow_empty=True)
    graph, labels, n = themes.foundation.paper_graph, themes._paper_labels, len(themes)
    paper, rows, new = located_or_placed(themes, corpus, embeddings)
    shares = np.full((corpus.n_rows, n), np.nan, dtype=np.float32)
    known = np.flatnonzero(paper >= 0)
    shares[known] = theme_shares(graph, labels, n, paper[known])
    if new is not None:
        shares[rows] = led_by_label(new.shares, new.theme)
    return pd.DataFrame(shares, index=corpus.records.index, columns=pd.RangeIndex(n, name="theme"))


def assign(themes: ThemeMap, corpus: Corpus, embeddings: Any = None) -> Prediction:
    """Assign a theme to each row of a corpus.

    Papers of the map, recognised by their text, keep what the map says of them; others
    get the theme of their neighbours among the papers that were clustered. The answer
    for a row depends on nothing but that row and the map.

    Parameters
    ----------
    themes
        The map.
    corpus
        The papers to assign; none of them need have text.
    embeddings : array of shape (n_rows, d), optional
        Vectors of the rows, if the map was made from given vectors.

    Raises
    ------
    EmbedderError
        If vectors are needed and not given, or those given can't be used.
    """
    paper, rows, new = located_or_placed(themes, corpus, embeddings)
    return assigned(themes, paper, rows, new)


def located_or_placed(
    themes: ThemeMap, corpus: Corpus, embeddings: Any = None
) -> tuple[IntArray, IntArray, Placement | None]:
    """Return the map's paper in each row, -1 for others; which rows are new, and their places."""
    paper = locate(themes.corpus, corpus)
    rows = np.flatnonzero((corpus.paper_of_row >= 0) & (paper < 0))
    if not len(rows):
        return paper, rows, None
    return paper, rows, place(themes, _embed_rows(themes, corpus, rows, embeddings))


def assigned(
    themes: ThemeMap,
    paper: IntArray,
    new: IntArray | None = None,
    placement: Placement | None = None,
) -> Prediction:
    """Return what a map says of its own papers, and where others were placed.

    Parameters
    ----------
    themes
        The map.
    paper : int array of shape (n,)
        Numbers of papers in the map; -1 for others.
    new : int array of shape (m,), optional
        Which of the n are placed anew.
    placement
        Where.
    """
    of_map = themes._paper_membership
    theme = take(themes._paper_labels, paper, missing=-1)
    runner_up = take(of_map.runner_up, paper, missing=-1)
    strength, margin = (take(part, paper, missing=0) for part in (of_map.strength, of_map.margin))
    novel = take(_novelty_in_map(themes), paper, missing=np.nan)
    if placement is not None:
        votes = placement.membership
        theme[new], novel[new] = placement.theme, placement.novelty
        strength[new], margin[new], runner_up[new] = votes.strength, votes.margin, votes.runner_up
    return Prediction(theme, Membership(strength, runner_up, margin), novel, paper)


def locate(corpus: Corpus, other: Corpus) -> IntArray:
    """Return the paper of a corpus that each row of another is, by its text; -1 for none."""
    return other.to_rows(corpus.find(other.paper_keys), missing=-1)


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
    encoder = themes.foundation.checked_encoder
    return encoder.transform([corpus.paper_texts[paper] for paper in papers])


def _embed_rows(themes: ThemeMap, corpus: Corpus, rows: IntArray, embeddings: Any) -> Embedding:
    if embeddings is not None:
        return Embedding(
            unit_rows(
                given_vectors(themes, embeddings, corpus.n_rows, corpus.paper_of_row < 0)[rows]
            )
        )
    papers, back = np.unique(corpus.paper_of_row[rows], return_inverse=True)
    embedding = embed_new(themes, corpus, papers)
    groups = None if embedding.groups is None else embedding.groups[back]
    return Embedding(embedding.vectors[back], groups)


def _novelty_in_map(themes: ThemeMap) -> FloatArray:
    """Return how novel each paper of the map was when it was added; 0 for those clustered."""
    novelties = np.zeros(themes.corpus.n_papers, dtype=np.float32)
    added = themes.foundation.added
    if added is not None:
        similarities = themes.foundation.paper_graph.similarities[added]
        novelties[added] = novelty(similarities, themes.foundation.calibration_similarities)
    return novelties
