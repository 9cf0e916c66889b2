"""The cosine k-nearest-neighbour graph that all later stages use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from absclust import sizes
from absclust.arrays import FloatArray, IntArray
from absclust.clustering.inverted_lists import InvertedLists
from absclust.clustering.nearest import nearest
from absclust.parallel import Memo

_SMALL_CORPUS_SHARE = 0.4  # of the papers: a neighbourhood stays smaller than a theme
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

    def batches_of(self, papers: IntArray) -> IntArray | None:
        """Return the batches of some of the papers, if there are batches."""
        return None if self.batches is None else self.batches[papers]

    @cached_property
    def adjacency(self) -> sparse.csr_matrix[np.float64]:
        """The symmetric weight matrix: the sum of the similarities in both directions.

        A neighbour with a cosine of 0 or less gets no edge, nor does one that is less
        than half as similar as the third neighbour: papers of a group smaller than k
        have strangers among their neighbours, which must not link it to other groups.
        """
        weights = np.maximum(self.similarities, 0).astype(np.float64)
        if weights.shape[1] >= _CLOSE:
            weights[weights < _STRANGE * weights[:, [_CLOSE - 1]]] = 0
        return self.both_ways(weights)

    def both_ways(self, weights: npt.NDArray[np.float64]) -> sparse.csr_matrix[np.float64]:
        """Return the symmetric matrix of weights, (n, k): the sum of those in both directions."""
        n, k = self.indices.shape
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
    search = NeighborSearch(embedding, k, batches)
    indices, similarities = search.neighbors(embedding, batches, own=np.arange(n))
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
    return neighbor_graph(embedding[papers], graph.indices.shape[1], graph.batches_of(papers))


# Papers, and what finds the nearest of them: rows for queries.
_Index = tuple[IntArray, Callable[..., tuple[npt.NDArray[np.int32], FloatArray]]]


@dataclass(eq=False)
class NeighborSearch:
    """Finds the neighbours of papers among others; each batch is indexed when it is first searched.

    The result for a paper depends only on that paper and those that are searched.

    Attributes
    ----------
    vectors : float32 array of shape (p, d)
        Vectors of the papers that may be neighbours.
    k
        Number of neighbours.
    batches : int array of shape (p,), optional
        Their batches.
    scale
        What similarities across batches are multiplied by.
    papers : int array of shape (p,), optional
        Their numbers; 0 to p - 1 by default.

    Examples
    --------
    >>> v = np.array([[1, 0], [0.8, 0.6], [0, 1]], dtype=np.float32)
    >>> NeighborSearch(v, 1).neighbors(v[:1])[0].tolist()
    [[0]]
    """

    vectors: FloatArray
    k: int
    batches: IntArray | None = None
    scale: float | None = None
    papers: IntArray | None = None
    _indexes: Memo[tuple[int, bool] | None, _Index] = field(default_factory=Memo, init=False)

    @classmethod
    def in_graph(
        cls, graph: NeighborGraph, vectors: FloatArray, papers: IntArray | None = None
    ) -> NeighborSearch:
        """Return the search that made a graph, among some of its papers; all by default."""
        batches = graph.batches if papers is None else graph.batches_of(papers)
        k = min(max(graph.indices.shape[1], 1), len(vectors))
        return cls(vectors, k, batches, graph.scale, papers)

    def neighbors(
        self, vectors: FloatArray, batches: IntArray | None = None, own: IntArray | None = None
    ) -> tuple[npt.NDArray[np.int32], FloatArray]:
        """Find the neighbours of papers; with batches, first those of the same, then the others.

        Parameters
        ----------
        vectors : float32 array of shape (m, d)
            The papers, rows of unit length (or zero).
        batches : int array of shape (m,), optional
            Their batches, if the papers that are searched have batches; 0 by default.
        own : int array of shape (m,), optional
            The row of each among those that are searched; -1 for none.

        Returns
        -------
        indices : int32 array of shape (m, k)
            Numbers of papers, most similar first.
        similarities : float32 array of shape (m, k)
        """
        shape = len(vectors), self.k
        indices, similarities = np.zeros(shape, np.int32), np.zeros(shape, np.float32)
        own = np.full(len(vectors), -1) if own is None else own
        for asked, columns, part in self._parts(batches, len(vectors)):
            members, nearest_of = self._indexes.one(part, self._index)
            place = np.full(len(self.vectors) + 1, -1)  # the last entry is for own = -1
            place[members] = np.arange(len(members))
            k = len(range(self.k)[columns])
            rows, found = nearest_of(vectors[asked], k=k, own=place[own[asked]])
            indices[asked, columns] = members[rows]
            similarities[asked, columns] = found
        if self.batches is not None and self.scale is not None:
            similarities = _scaled(similarities, self.scale)
        papers = indices if self.papers is None else self.papers[indices].astype(np.int32)
        return papers, similarities

    def _parts(
        self, batches: IntArray | None, n: int
    ) -> Iterator[tuple[Any, slice, tuple[int, bool] | None]]:
        """Yield queries, the columns to fill, and where to search: in a batch, or outside it."""
        if self.batches is None:
            yield slice(None), slice(None), None
            return
        batches = np.zeros(n, dtype=np.int64) if batches is None else batches
        first = self.k - _number_from_others(self.k)
        for batch in np.unique(batches).tolist():
            asked = np.flatnonzero(batches == batch)
            yield asked, slice(first), (batch, True)
            yield asked, slice(first, None), (batch, False)

    def _index(self, part: tuple[int, bool] | None) -> _Index:
        members, vectors = np.arange(len(self.vectors)), self.vectors
        if part is not None:
            batch, inside = part
            members = np.flatnonzero((self.batches == batch) == inside)
            vectors = vectors[members]
        if len(members) < sizes.INVERTED_LISTS_FROM:
            return members, partial(nearest, pool=vectors)
        return members, InvertedLists.of(vectors).nearest


def _number_from_others(k: int) -> int:
    return max(1, round(k * _FROM_OTHER_BATCHES))


def _scaled(similarities: FloatArray, scale: float) -> FloatArray:
    """Scale similarities across batches to those within batches."""
    similarities[:, -_number_from_others(similarities.shape[1]) :] *= scale
    return np.minimum(similarities, 1)
