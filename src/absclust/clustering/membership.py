"""How firmly papers belong to their themes: their neighbours vote."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from absclust.arrays import FloatArray, IntArray, group_sums, unit_rows
from absclust.clustering.neighbors import NeighborGraph

_BLOCK_FLOATS = 4_000_000  # votes in memory at a time: 16 MB, of which several copies are made
_LEAD = 1e-5  # by which the share of a paper's own theme is the largest, where it wasn't
CORE_STRENGTH = 0.5  # the least share of its neighbours' votes that a core paper has


@dataclass(frozen=True, eq=False)
class Membership:
    """How firmly each paper belongs to its theme; arrays of shape (n,).

    Attributes
    ----------
    strength : float32 array
        Share of the neighbours' votes for the paper's own theme, 0 to 1. Each
        neighbour's vote is weighted by its similarity. 0 for a paper without a theme.
    runner_up : int array
        The theme with the most votes among the others; -1 if there is none.
    margin : float32 array
        Strength minus the runner-up's share, -1 to 1; negative where more of the
        neighbours' votes go to the runner-up.
    """

    strength: FloatArray
    runner_up: IntArray
    margin: FloatArray

    @property
    def core(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether each paper is in the core of its theme rather than on its fringe."""
        return (self.strength >= CORE_STRENGTH) & (self.margin > 0)


def membership(graph: NeighborGraph, labels: IntArray) -> Membership:
    """Let each paper's neighbours vote on its theme.

    Parameters
    ----------
    graph
        The neighbour graph of n papers.
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
    parts, at_a_time = [], max(1, _BLOCK_FLOATS // n_themes)
    for start in range(0, n, at_a_time):
        block = slice(start, start + at_a_time)
        shares, _ = vote_shares(labels[graph.indices[block]], graph.similarities[block], n_themes)
        parts.append(membership_by_shares(shares, labels[block]))
    columns = zip(*(vars(part).values() for part in parts), strict=True)
    return Membership(*map(np.concatenate, columns))


def led_by_label(shares: FloatArray, labels: IntArray) -> FloatArray:
    """Make shares of votes add up to 1, with that of the label as the largest.

    A label need not have most votes: themes are found in the graph as a whole, or a paper was
    moved by hand. Its share is then raised to just above the largest, and all are scaled.

    Parameters
    ----------
    shares : float32 array of shape (m, n_themes)
        As `vote_shares` returns them.
    labels : int array of shape (m,)
        Theme of each paper; -1 for none.

    Returns
    -------
    float32 array of shape (m, n_themes)
        A paper without votes belongs to its theme alone; NaN if it is in no theme either.

    Examples
    --------
    >>> votes = np.array([[0.8, 0.2], [0.8, 0.2], [0.8, 0.2], [0, 0], [0, 0]], dtype=np.float32)
    >>> led_by_label(votes, np.array([0, 1, -1, 1, -1])).round(2).tolist()[1:]
    [[0.5, 0.5], [0.800000011920929, 0.20000000298023224], [0.0, 1.0], [nan, nan]]
    """
    led = shares.copy()
    themed = np.flatnonzero(labels >= 0)
    own = labels[themed]
    others = led[themed]
    others[np.arange(len(themed)), own] = 0
    best = others.max(axis=1, initial=0)
    votes = np.where(best > 0, led[themed, own], 1)
    led[themed, own] = np.maximum(votes, (1 + _LEAD) * best)
    total = led.sum(axis=1, keepdims=True)
    return np.divide(led, total, out=np.full_like(led, np.nan), where=total > 0)


def count_votes(themes: IntArray, similarities: FloatArray, n_themes: int) -> FloatArray:
    """Count the neighbours' votes, each weighted by its similarity.

    Parameters
    ----------
    themes : int array of shape (m, k)
        Themes of the neighbours; -1 for none.
    similarities : float32 array of shape (m, k)
        Neighbours with a similarity of 0 or less have no vote.

    Returns
    -------
    float32 array of shape (m, n_themes + 1)
        The last column counts the votes for no theme.
    """
    votes = np.zeros((len(themes), n_themes + 1), dtype=np.float32)
    np.add.at(votes, (np.arange(len(themes))[:, None], themes), np.maximum(similarities, 0))
    return votes


def vote_shares(
    themes: IntArray, similarities: FloatArray, n_themes: int
) -> tuple[FloatArray, FloatArray]:
    """Return each theme's share of the votes; see `count_votes`.

    Returns
    -------
    shares : float32 array of shape (m, n_themes)
        Each theme's share of the votes; all 0 for a paper without similar neighbours.
    unassigned : float32 array of shape (m,)
        Votes of neighbours that are in no theme, relative to the votes for themes.
    """
    votes = count_votes(themes, similarities, n_themes)
    shares, unassigned = np.ascontiguousarray(votes[:, :-1]), votes[:, -1]
    total = shares.sum(axis=1)
    voted = total > 0
    shares[voted] /= total[voted, None]
    ratio = np.divide(unassigned, total, out=np.full_like(unassigned, np.inf), where=voted)
    return shares, ratio


def membership_by_shares(shares: FloatArray, labels: IntArray) -> Membership:
    """Return the membership that follows from each theme's share of the votes."""
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


def theme_centroids(vectors: FloatArray, labels: IntArray, n_themes: int) -> FloatArray:
    """Return the mean direction of each theme's papers.

    Parameters
    ----------
    vectors : float32 array of shape (n, d)
        Rows of unit length (or zero).
    labels : int array of shape (n,)
        Theme of each paper; -1 for none.

    Returns
    -------
    float32 array of shape (n_themes, d)
        Rows of unit length; zero for a theme without papers.

    Examples
    --------
    >>> v = np.array([[1, 0], [0, 1], [0, 1]], dtype=np.float32)
    >>> theme_centroids(v, np.array([1, 0, 0]), 2).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    return unit_rows(group_sums(labels, n_themes, vectors))
