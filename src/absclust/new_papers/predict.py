"""Papers, old and new -> where they belong in a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray, unit_rows
from absclust.clustering.membership import Membership, place
from absclust.corpus.corpus import Corpus
from absclust.embedding.fitted import Embedding, FittedEmbedding, checked_vectors
from absclust.errors import EmbedderError, InputError
from absclust.new_papers.novelty import is_novel, novelty

if TYPE_CHECKING:
    from absclust.themes.theme_map import ThemeMap

_PAPERS_CHECKED = 4  # that the embedder must embed as it did before it is trusted with new ones


@dataclass(frozen=True, eq=False)
class Prediction:
    """Where papers belong in a map; arrays of shape (n,), one entry a row of the input.

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
        The paper of the map that the row is; -1 for a paper that is not in it.
    """

    theme: IntArray
    membership: Membership
    novelty: FloatArray
    paper: IntArray

    @property
    def novel(self) -> npt.NDArray[np.bool_]:
        """Whether each row is unlike all themes."""
        return is_novel(self.novelty)


def predict(themes: ThemeMap, corpus: Corpus, embeddings: Any = None) -> Prediction:
    """Say to which theme each row of a corpus belongs.

    Papers of the map, known by their text, keep what the map says of them; others
    get the theme of their neighbours among the papers that were clustered. What
    comes back for a row depends on nothing but that row and the map.

    Parameters
    ----------
    themes
        The map.
    corpus
        The papers in question; it may be without any text.
    embeddings : array of shape (n_rows, d), optional
        Vectors of the rows, where the map was made from given vectors.

    Raises
    ------
    EmbedderError
        If vectors are needed and not given, or those given are no use.
    """
    paper = locate(themes.corpus, corpus)
    novel = np.append(_novelty_in_map(themes), np.nan).astype(np.float32)[paper]
    # What is appended last serves the rows that are no paper of the map, which have number -1.
    of_map = themes.membership
    theme = np.append(themes.paper_labels, -1)[paper]
    strength, margin = (
        np.append(part, np.float32(0))[paper] for part in (of_map.strength, of_map.margin)
    )
    runner_up = np.append(of_map.runner_up, -1)[paper]
    rows = np.flatnonzero((corpus.paper_of_row >= 0) & (paper < 0))
    if len(rows):
        new = place(themes, _embed_rows(themes, corpus, rows, embeddings))
        theme[rows], novel[rows] = new.theme, new.novelty
        strength[rows], margin[rows] = new.membership.strength, new.membership.margin
        runner_up[rows] = new.membership.runner_up
    return Prediction(theme, Membership(strength, runner_up, margin), novel, paper)


def locate(corpus: Corpus, other: Corpus) -> IntArray:
    """Return the paper of a corpus that each row of another is, by its text; -1 for none."""
    return np.append(corpus.find(other.paper_keys), -1)[other.paper_of_row]


def given_vectors(themes: ThemeMap, embeddings: Any, n_rows: int) -> FloatArray:
    """Check the vectors that a user gives beside new papers."""
    if themes.encoder is not None and themes.encoder.lsa is not None:
        raise InputError(
            "embeddings are given, but this map embeds new papers itself, with what it learnt "
            "from its own; leave them out"
        )
    vectors = checked_vectors(embeddings, n_rows, "embeddings")
    if vectors.shape[1] != themes.embedding.shape[1]:
        raise EmbedderError(
            f"embeddings has {vectors.shape[1]} dimensions; expected "
            f"{themes.embedding.shape[1]}, as the vectors of the papers in the map have"
        )
    return vectors


def embed_new(themes: ThemeMap, corpus: Corpus, papers: IntArray) -> Embedding:
    """Embed some papers of a corpus as those of the map were embedded."""
    return themes.checked_encoder.transform([corpus.paper_texts[paper] for paper in papers])


def _embed_rows(themes: ThemeMap, corpus: Corpus, rows: IntArray, embeddings: Any) -> Embedding:
    if embeddings is not None:
        return Embedding(unit_rows(given_vectors(themes, embeddings, corpus.n_rows)[rows]))
    papers, back = np.unique(corpus.paper_of_row[rows], return_inverse=True)
    found = embed_new(themes, corpus, papers)
    groups = None if found.groups is None else found.groups[back]
    return Embedding(found.vectors[back], groups)


def _novelty_in_map(themes: ThemeMap) -> FloatArray:
    """Return how novel each paper of the map was when it was added; 0 for those clustered."""
    found = np.zeros(themes.corpus.n_papers, dtype=np.float32)
    if themes.added is not None:
        similarities = themes.graph.similarities[themes.added]
        found[themes.added] = novelty(similarities, themes.usual_similarity)
    return found


def checked_encoder(themes: ThemeMap) -> FittedEmbedding:
    """Return the map's encoder, once it was seen to embed some of its papers as it did."""
    corpus, encoder = themes.corpus, themes.encoder
    if encoder is None:
        raise EmbedderError(
            "this map was made from vectors of your own, so that it can't embed new papers; give "
            f"theirs, of {themes.embedding.shape[1]} dimensions, one row a paper: embeddings=..."
        )
    papers = np.unique(np.linspace(0, corpus.n_papers - 1, _PAPERS_CHECKED).astype(int))
    encoder.check([corpus.paper_texts[paper] for paper in papers], themes.embedding[papers])
    return encoder
