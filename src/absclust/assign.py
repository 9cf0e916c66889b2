"""How firmly papers belong to their themes: a vote of their neighbours."""

from dataclasses import dataclass

import numpy as np

from absclust.arrays import FloatArray, IntArray
from absclust.neighbors import NeighborGraph

CORE_STRENGTH = 0.5  # a core paper has this share of its neighbours' votes, and leads


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
    own = np.maximum(labels, 0)
    strength, margin = np.zeros(n, dtype=np.float32), np.zeros(n, dtype=np.float32)
    runner_up = np.full(n, -1, dtype=np.int64)
    if n_themes == 0 or k == 0:
        strength[labels >= 0] = margin[labels >= 0] = 1
        return Membership(strength, runner_up, margin)
    rows = np.arange(n)
    votes = np.zeros((n, n_themes), dtype=np.float32)
    for column in range(k):
        neighbour_themes = labels[graph.indices[:, column]]
        vote = np.maximum(graph.similarities[:, column], 0) * (neighbour_themes >= 0)
        np.add.at(votes, (rows, np.maximum(neighbour_themes, 0)), vote)
    total = votes.sum(axis=1)
    # Neighbours that are not alike have no vote: such a paper stands by itself.
    votes[total > 0] /= total[total > 0, None]
    strength[:] = votes[rows, own]
    votes[rows, own] = -1
    if n_themes > 1:
        runner_up[:] = np.where(votes.max(axis=1) > 0, votes.argmax(axis=1), -1)
    margin[:] = strength - np.maximum(votes.max(axis=1), 0)
    without = labels < 0
    strength[without] = margin[without] = 0
    runner_up[without] = -1
    return Membership(strength, runner_up, margin)
