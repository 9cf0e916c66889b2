"""How firmly papers belong to their themes, and where new papers belong: neighbours vote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray, unit_rows
from absclust.corpus import Corpus
from absclust.encoder import Embedding, FittedEmbedding, checked_vectors
from absclust.errors import EmbedderError, InputError
from absclust.neighbors import NeighborGraph, neighbors_of_new
from absclust.novelty import is_novel, novelty

if TYPE_CHECKING:
    from absclust.themes import ThemeMap

CORE_STRENGTH = 0.5  # a core paper has this share of its neighbours' votes, and leads
_CENTRE_WEIGHT = 4.0  # of the cosine with a theme's centre, beside the share of votes
_DECIMALS = 9
_PAPERS_CHECKED = 4  # that the embedder must embed as it did before it is trusted with new ones


@dataclass(frozen=True, eq=False)
class Membership:
    """How firmly each paper belongs to its theme; arrays of shape (n,).

    Attributes
    ----------
    strength : float32 array
        Share of the neighbours' votes for the paper's own theme, 0 to 1; a
        neighbour votes with its similarity. 0 for a paper without theme.
    runner_up : int array
        The other theme with most votes; -1 where there is none.
    margin : float32 array
        Strength less the runner-up's share, -1 to 1; below 0 the neighbours
        would rather have the paper elsewhere.
    """

    strength: FloatArray
    runner_up: IntArray
    margin: FloatArray

    @property
    def core(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether a paper is in the core of its theme; the others are its fringe."""
        return (self.strength >= CORE_STRENGTH) & (self.margin > 0)


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


@dataclass(frozen=True, eq=False)
class Placed:
    """Where papers belong that are not in a map; arrays of shape (m,), or (m, k).

    Attributes
    ----------
    theme, membership, novelty
        As those of ``Prediction``.
    indices, similarities : arrays of shape (m, k)
        The most similar papers among those that were clustered.
    """

    theme: IntArray
    membership: Membership
    novelty: FloatArray
    indices: npt.NDArray[np.int32]
    similarities: FloatArray


def membership(graph: NeighborGraph, labels: IntArray) -> Membership:
    """Let each paper's neighbours vote on its theme.

    Parameters
    ----------
    graph
        The neighbour graph, of n papers.
    labels : int array of shape (n,)
        Theme of each paper, 0 to K - 1; -1 for none.

    Examples
    --------
    >>> from absclust.neighbors import neighbor_graph
    >>> v = np.array([[1, 0], [1, 0.1], [0.1, 1], [0, 1]], dtype=np.float32)
    >>> votes = membership(neighbor_graph(v), np.array([0, 0, 1, 1]))
    >>> votes.core.tolist(), votes.runner_up.tolist()
    ([True, True, True, True], [1, 1, 0, 0])
    """
    n, k = graph.indices.shape
    n_themes = int(labels.max(initial=-1)) + 1
    if n_themes == 0 or k == 0:
        alone = (labels >= 0).astype(np.float32)
        return Membership(alone, np.full(n, -1), alone.copy())
    shares, _ = _shares(labels[graph.indices], graph.similarities, n_themes)
    return _membership(shares, labels)


def _shares(
    themes: IntArray, similarities: FloatArray, n_themes: int
) -> tuple[FloatArray, FloatArray]:
    """Count the votes of neighbours, each with its similarity.

    Parameters
    ----------
    themes : int array of shape (m, k)
        Themes of the neighbours; -1 for none, which has no vote.
    similarities : float32 array of shape (m, k)
        Neighbours that are not alike (0 or less) have no vote.

    Returns
    -------
    shares : float32 array of shape (m, n_themes)
        Share of the votes for each theme; all 0 for a paper like no other.
    without : float32 array of shape (m,)
        What the neighbours without theme would have had, as a multiple of all votes.
    """
    rows = np.arange(len(themes))
    votes = np.zeros((len(themes), n_themes + 1), dtype=np.float32)  # the last for no theme
    for column in range(themes.shape[1]):
        np.add.at(votes, (rows, themes[:, column]), np.maximum(similarities[:, column], 0))
    shares, without = np.ascontiguousarray(votes[:, :-1]), votes[:, -1]
    total = shares.sum(axis=1)
    some = total > 0
    shares[some] /= total[some, None]
    return shares, np.divide(without, total, out=np.full_like(without, np.inf), where=some)


def _membership(shares: FloatArray, labels: IntArray) -> Membership:
    """Return how the votes for a theme stand to those for the others."""
    if not shares.shape[1]:
        nothing = np.zeros(len(labels), dtype=np.float32)
        return Membership(nothing, np.full(len(labels), -1), nothing.copy())
    rows, themed = np.arange(len(labels)), labels >= 0
    own = np.maximum(labels, 0)
    others = shares.copy()
    others[rows, own] = -1
    best = others.max(axis=1)
    strength = np.where(themed, shares[rows, own], 0).astype(np.float32)
    margin = np.where(themed, strength - np.maximum(best, 0), 0).astype(np.float32)
    runner_up = np.where(themed & (best > 0), others.argmax(axis=1), -1)
    return Membership(strength, runner_up, margin)


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
    theme = np.append(themes.labels[themes.corpus.first_row], -1)[paper]
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
    position = {key: paper for paper, key in enumerate(corpus.paper_keys)}
    papers = [position.get(key, -1) for key in other.paper_keys]
    return np.array([*papers, -1], dtype=np.int64)[other.paper_of_row]


def place(themes: ThemeMap, embedding: Embedding) -> Placed:
    """Let neighbours vote on the theme of papers that are not in the map.

    Of the neighbours' themes, the one is taken for which the share of votes and
    the similarity to the theme's centre are highest together: a few neighbours
    alone know less of a theme than all its papers do (docs/decisions.md, NN).

    As where themes are made, a paper without similar ones goes with the one it is
    least unlike, and one with too few votes for ``min_strength`` gets no theme.
    With another clusterer than the graph, neighbours in no theme vote for none.
    """
    some = themes.added is not None
    indices, similarities = neighbors_of_new(
        embedding.vectors,
        embedding.groups,
        themes.embedding[themes.clustered] if some else themes.embedding,
        themes.graph,
        themes.clustered if some else None,
    )
    labels = themes.labels[themes.corpus.first_row]
    shares, without = _shares(labels[indices], similarities, len(themes))
    most = shares.max(axis=1, initial=0)
    theme = np.where(most > 0, _best(shares, embedding.vectors, themes.centres), -1)
    if themes.rule is None:
        theme[without > most] = -1
    else:
        for row in np.flatnonzero(theme < 0):
            near = labels[indices[row]][similarities[row] != 0]
            theme[row] = next((label for label in near if label >= 0), -1)
    votes = _membership(shares, theme)
    weak = votes.strength < themes.options.get("min_strength", 0)
    theme[weak] = -1
    return Placed(
        theme=theme,
        membership=_membership(shares, theme) if weak.any() else votes,
        novelty=novelty(similarities, themes.usual_similarity),
        indices=indices,
        similarities=similarities,
    )


def _best(shares: FloatArray, vectors: FloatArray, centres: FloatArray) -> IntArray:
    """Return the theme, among those with votes, that votes and centre speak for most."""
    if not len(centres):
        return np.full(len(vectors), -1)
    # Not a matrix product, whose last bits depend on the number of threads.
    cosines = np.einsum("md,td->mt", vectors, centres, dtype=np.float64)
    score = (shares + _CENTRE_WEIGHT * cosines).round(_DECIMALS)
    best: IntArray = np.where(shares > 0, score, -np.inf).argmax(axis=1)
    return best


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
