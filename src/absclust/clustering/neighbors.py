"""The cosine k-nearest-neighbour graph that all later stages use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from absclust import sizes
from absclust.arrays import FloatArray, IntArray
from absclust.clustering.inverted_lists import InvertedLists
from absclust.clustering.nearest import nearest
from absclust.parallel import Memo

# From this many papers on, inverted lists take less time than comparing all with all.
_SMALL_CORPUS_SHARE = 0.4
_FROM_OTHER_BATCHES = 1 / 3
# The third neighbour, because the first may be another version of the same paper.
_CLOSE, _STRANGE = 3, 0.5


@dataclass(frozen=True, eq=False)
class NeighborGraph:
    """The k most similar papers of each paper.

    Attributes
    ----------
    indices : int32 array of shape (n, k)
        Neighbours, most similar first; the paper itself is not among them.
    similarities : float32 array of shape (n, k)
        Their cosine similarities.
    batches : int array of shape (n,), or None
        Batch of each paper, if part of its neighbours were taken from other batches.
    scale : float
        The factor by which similarities across batches were multiplied.
    """

    indices: npt.NDArray[np.int32]
    similarities: FloatArray
    batches: IntArray | None = None
    scale: float = 1.0

    @property
    def n_papers(self) -> int:
        """Number of papers."""
        return len(self.indices)

    @cached_property
    def adjacency(self) -> sparse.csr_matrix[np.float64]:
        """The symmetric weight matrix: the sum of the similarities in both directions.

        A neighbour with a cosine of 0 or less gets no edge, nor does one that is less
        than half as similar as the third neighbour: papers of a group smaller than k
        have strangers among their neighbours, which must not link it to other groups.
        """
        n, k = self.indices.shape
        weights = np.maximum(self.similarities, 0).astype(np.float64)
        if k >= _CLOSE:
            weights[weights < _STRANGE * weights[:, [_CLOSE - 1]]] = 0
        ends = (np.repeat(np.arange(n), k), self.indices.ravel())
        directed = sparse.csr_matrix((weights.ravel(), ends), shape=(n, n))
        both = (directed + directed.T).tocsr()
        both.eliminate_zeros()
        both.sort_indices()
        return both


def neighbor_graph(
    embedding: FloatArray, n_neighbors: int = 15, batches: IntArray | None = None
) -> NeighborGraph:
    """Find each paper's nearest neighbours by cosine similarity.

    The search is exact below 20,000 papers. From there on, papers are divided into lists
    of similar ones, and a paper is compared with those of the lists that are nearest to
    it; about 98 in 100 of its neighbours are the exact ones. Neither result depends on the
    number of threads.

    Parameters
    ----------
    embedding : float32 array of shape (n, d)
        Rows of unit length (or zero).
    n_neighbors
        The largest number of neighbours per paper. In a small corpus it is two
        fifths of the papers, so that a neighbourhood stays smaller than a theme.
    batches : int array of shape (n,), optional
        Batch of each paper, such as its language: vectors of two batches differ even
        where the subject is the same. A third of each paper's neighbours then come from
        the other batches, as in BBKNN (Polanski et al. 2020), and their similarities
        are scaled to those within batches.

    Examples
    --------
    >>> v = np.array([[1, 0], [0.8, 0.6], [0, 1]], dtype=np.float32)
    >>> neighbor_graph(v).indices.tolist()
    [[1], [0], [1]]
    """
    n = len(embedding)
    k = min(n_neighbors, n - 1, max(1, round(_SMALL_CORPUS_SHARE * n)))
    if batches is not None and min(np.unique(batches, return_counts=True)[1]) <= k:
        batches = None
    indices, similarities = _Pool(embedding, batches).nearest(embedding, batches, k, np.arange(n))
    if batches is None:
        return NeighborGraph(indices, similarities)
    own = k - _number_from_others(k)
    within, across = similarities[:, :own].mean(), similarities[:, own:].mean()
    scale = float(within / across) if across > 0 else 1.0
    return NeighborGraph(indices, _scaled(similarities, scale), batches, scale)


def sample_graph(graph: NeighborGraph, embedding: FloatArray, papers: IntArray) -> NeighborGraph:
    """Return the neighbour graph of some of a graph's papers, made anew from their vectors.

    Parameters
    ----------
    graph
        The graph.
    embedding : float32 array of shape (n, d)
        Vectors of all its papers.
    papers : int array of shape (m,)
        The papers of the sample.
    """
    batches = None if graph.batches is None else graph.batches[papers]
    return neighbor_graph(embedding[papers], graph.indices.shape[1], batches)


class NeighborSearch:
    """Finds neighbours among a graph's papers for papers that are not in it.

    The search is the one that made the graph. The result for a paper depends only on that
    paper and the graph.

    Parameters
    ----------
    embedding : float32 array of shape (p, d)
        Vectors of the graph's papers that may be neighbours.
    graph
        The graph.
    papers : int array of shape (p,), optional
        The numbers of these papers in the graph; all by default.

    Examples
    --------
    >>> v = np.array([[1, 0], [0.8, 0.6], [0, 1]], dtype=np.float32)
    >>> NeighborSearch(v, neighbor_graph(v)).neighbors(v[:1])[0].tolist()
    [[0]]
    """

    def __init__(
        self, embedding: FloatArray, graph: NeighborGraph, papers: IntArray | None = None
    ) -> None:
        self._papers = np.arange(len(embedding)) if papers is None else papers
        batches = None if graph.batches is None else graph.batches[self._papers]
        self._pool = _Pool(embedding, batches)
        self._k = min(max(graph.indices.shape[1], 1), len(embedding))
        self._scale = graph.scale

    def neighbors(
        self, vectors: FloatArray, batches: IntArray | None = None
    ) -> tuple[npt.NDArray[np.int32], FloatArray]:
        """Find the neighbours of new papers.

        Parameters
        ----------
        vectors : float32 array of shape (m, d)
            The new papers, rows of unit length (or zero).
        batches : int array of shape (m,), optional
            Their batches, if the graph's papers have batches.

        Returns
        -------
        indices : int32 array of shape (m, k)
            Numbers of papers in the graph, most similar first.
        similarities : float32 array of shape (m, k)
        """
        indices, similarities = self._pool.nearest(vectors, batches, self._k)
        if self._pool.batches is not None:
            similarities = _scaled(similarities, self._scale)
        return self._papers[indices].astype(np.int32), similarities


_Part = tuple[IntArray, FloatArray | InvertedLists]  # papers, and their vectors or an index


class _Pool:
    """Papers that may be neighbours, each part of them indexed when it is first searched."""

    def __init__(self, vectors: FloatArray, batches: IntArray | None) -> None:
        self.batches = batches
        self._vectors = vectors
        self._parts: Memo[tuple[int, bool] | None, _Part] = Memo()

    def nearest(
        self,
        queries: FloatArray,
        query_batches: IntArray | None,
        k: int,
        own: IntArray | None = None,
    ) -> tuple[npt.NDArray[np.int32], FloatArray]:
        """Return neighbours: with batches, first those from the query's own, then the others."""
        if self.batches is None:
            return self._nearest_in(None, queries, k, own)
        if query_batches is None:
            query_batches = np.zeros(len(queries), dtype=np.int64)
        own = np.full(len(queries), -1) if own is None else own
        indices = np.zeros((len(queries), k), dtype=np.int32)
        similarities = np.zeros((len(queries), k), dtype=np.float32)
        first = k - _number_from_others(k)
        for batch in np.unique(query_batches).tolist():
            asked = np.flatnonzero(query_batches == batch)
            for columns, inside in ((slice(first), True), (slice(first, k), False)):
                indices[asked, columns], similarities[asked, columns] = self._nearest_in(
                    (batch, inside), queries[asked], len(range(k)[columns]), own[asked]
                )
        return indices, similarities

    def _nearest_in(
        self, part: tuple[int, bool] | None, queries: FloatArray, k: int, own: IntArray | None
    ) -> tuple[npt.NDArray[np.int32], FloatArray]:
        """Return neighbours in one batch, outside it, or among all papers."""
        members, index = self._parts.one(part, self._index)
        if own is not None and part is not None:
            position = np.full(len(self._vectors) + 1, -1)  # the last entry is for own = -1
            position[members] = np.arange(len(members))
            own = position[own]
        if isinstance(index, InvertedLists):
            rows, similarities = index.nearest(queries, k, own)
        else:
            rows, similarities = nearest(queries, index, k, own)
        return members[rows].astype(np.int32), similarities

    def _index(self, part: tuple[int, bool] | None) -> _Part:
        members, vectors = np.arange(len(self._vectors)), self._vectors
        if part is not None:
            batch, inside = part
            members = np.flatnonzero((self.batches == batch) == inside)
            vectors = vectors[members]
        if len(members) < sizes.INVERTED_LISTS_FROM:
            return members, vectors
        return members, InvertedLists.of(vectors)


def _number_from_others(k: int) -> int:
    return max(1, round(k * _FROM_OTHER_BATCHES))


def _scaled(similarities: FloatArray, scale: float) -> FloatArray:
    """Scale similarities across batches to those within batches."""
    similarities[:, -_number_from_others(similarities.shape[1]) :] *= scale
    return np.minimum(similarities, 1)
