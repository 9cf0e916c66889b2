"""How firmly papers belong to their themes, and where new vectors belong: neighbours vote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray
from absclust.clustering.neighbors import NeighborGraph, neighbors_of_new
from absclust.embedding.fitted import Embedding
from absclust.new_papers.novelty import novelty

if TYPE_CHECKING:
    from absclust.themes.theme_map import ThemeMap

CORE_STRENGTH = 0.5  # a core paper has this share of its neighbours' votes, and leads
_CENTRE_WEIGHT = 4.0  # of the cosine with a theme's centre, beside the share of votes
_DECIMALS = 9


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
class Placed:
    """Where papers belong that are not in a map; arrays of shape (m,), or (m, k).

    Attributes
    ----------
    theme, membership, novelty
        As those of ``predict.Prediction``.
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
    >>> from absclust.clustering.neighbors import neighbor_graph
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


def count_votes(themes: IntArray, similarities: FloatArray, n_themes: int) -> FloatArray:
    """Count the votes of neighbours, each with its similarity.

    Parameters
    ----------
    themes : int array of shape (m, k)
        Themes of the neighbours; -1 for none.
    similarities : float32 array of shape (m, k)
        Neighbours that are not alike (0 or less) have no vote.

    Returns
    -------
    float32 array of shape (m, n_themes + 1)
        The last column is that of no theme.
    """
    rows = np.arange(len(themes))
    votes = np.zeros((len(themes), n_themes + 1), dtype=np.float32)
    for column in range(themes.shape[1]):
        np.add.at(votes, (rows, themes[:, column]), np.maximum(similarities[:, column], 0))
    return votes


def _shares(
    themes: IntArray, similarities: FloatArray, n_themes: int
) -> tuple[FloatArray, FloatArray]:
    """Return the share of the votes that each theme has; see `count_votes`.

    Returns
    -------
    shares : float32 array of shape (m, n_themes)
        Share of the votes for each theme; all 0 for a paper like no other.
    without : float32 array of shape (m,)
        What the neighbours without theme would have had, as a multiple of all votes.
    """
    votes = count_votes(themes, similarities, n_themes)
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


def place(themes: ThemeMap, embedding: Embedding) -> Placed:
    """Let neighbours vote on the theme of papers that are not in the map.

    Of the neighbours' themes, the one is taken for which the share of votes and
    the similarity to the theme's centre are highest together: a few neighbours
    alone know less of a theme than all its papers do (docs/decisions.md, 39).

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
    labels = themes.paper_labels
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
