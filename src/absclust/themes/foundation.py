"""Foundation: what the themes of a map were made from, the same for every view of the papers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from absclust import sizes
from absclust.arrays import FloatArray, IntArray, evenly_spread
from absclust.clustering.neighbors import NeighborGraph, NeighborSearch
from absclust.clustering.partition import alike_papers
from absclust.corpus.corpus import Corpus
from absclust.embedding.embed import Embedding, FittedEmbedding, fit_embedding
from absclust.errors import EmbedderError
from absclust.layout import layout, layout_with_added
from absclust.naming.evidence import Evidence
from absclust.parallel import use_jobs
from absclust.progress import stage
from absclust.text.word_index import WordIndex

_FEWEST = 19  # papers; with fewer, no share as small as one in twenty can be estimated
# What is learnt from a corpus fits its own papers best, so that new papers lie elsewhere.
# In large corpora the difference is negligible (decision 40).
_FOLDS, _ENOUGH = 10, 250
_PAPERS_CHECKED = 4  # that the embedder must embed as before, before it is trusted with new ones


@dataclass(frozen=True, eq=False)
class Foundation:
    """What the themes of a map were made from.

    Edits and layers of a map share its foundation, and with it all that is computed
    from it: each of these is computed when it is first needed, once.

    Attributes
    ----------
    corpus : Corpus
        The rows that came in, and the distinct papers among them.
    paper_embedding : float32 array of shape (n_papers, d)
        One unit vector per distinct paper, in the corpus's canonical order.
    paper_graph : NeighborGraph
        The neighbour graph of the distinct papers.
    encoder : FittedEmbedding or None
        Embeds new papers the way those of the corpus were embedded; None if the
        vectors were given.
    added : bool array of shape (n_papers,), or None
        Papers that ``update`` added after the themes were made.
    labels_when_added : int array of shape (n_papers,), or None
        Theme of each paper when papers were last added. The added ones were placed on the
        map by it, and no later edit moves them.
    random_state : int
        The seed.
    stop_phrases : tuple of str
        Phrases that no name and no keyword may contain.
    vocabulary : tuple of str
        Phrases that names come from where one fits; empty for the papers' own.
    min_strength : float
        Papers with a lower strength are left in no theme.
    label_notes : tuple of str
        What the report says about labels that people gave to papers.
    options : mapping of str
        The options of the call, for the record: objects by their names. Nothing
        depends on them.
    progress : bool
        Whether to show what is being done during long work.
    n_jobs : int or None
        How many threads may work, as in ``cluster_abstracts``.
    known_coordinates, known_calibration : float32 arrays, or None
        The papers' coordinates and the calibration that were computed earlier, such as by a
        map that was saved.
    """

    corpus: Corpus
    paper_embedding: FloatArray
    paper_graph: NeighborGraph
    encoder: FittedEmbedding | None = None
    added: npt.NDArray[np.bool_] | None = None
    labels_when_added: IntArray | None = None
    random_state: int = 0
    stop_phrases: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()
    min_strength: float = 0.0
    label_notes: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    progress: bool = True
    n_jobs: int | None = None
    known_coordinates: FloatArray | None = None
    known_calibration: FloatArray | None = None

    @contextmanager
    def stage(self, what: str) -> Iterator[None]:
        """Show what is being done, if it may take long, and set how many threads may do it."""
        with use_jobs(self.n_jobs), stage(what, self.corpus.n_papers, show=self.progress):
            yield

    @cached_property
    def clustered_papers(self) -> IntArray:
        """The papers that the themes were made from: all except those added later."""
        if self.added is None:
            return np.arange(self.corpus.n_papers)
        return np.flatnonzero(~self.added)

    @cached_property
    def alike(self) -> IntArray:
        """A number per paper, the same for papers that can't be told apart."""
        embedding = Embedding(self.paper_embedding, encoder=self.encoder)
        return alike_papers(embedding, self.corpus)

    @cached_property
    def search(self) -> NeighborSearch:
        """Finds the neighbours of new papers among those that the themes were made from."""
        if self.added is None:
            return NeighborSearch.in_graph(self.paper_graph, self.paper_embedding)
        papers = self.clustered_papers
        return NeighborSearch.in_graph(self.paper_graph, self.paper_embedding[papers], papers)

    @cached_property
    def evidence(self) -> Evidence:
        """What the themes of all layers are named from."""
        corpus = self.corpus
        return Evidence.of(corpus.paper_texts, corpus.paper_titles, corpus.paper_keywords)

    @cached_property
    def words(self) -> WordIndex:
        """The words of each paper, to search by; those of its title count twice."""
        corpus = self.corpus
        with self.stage(f"Indexing the words of {corpus.n_papers:,} papers"):
            pairs = zip(corpus.paper_titles, corpus.paper_texts, strict=True)
            return WordIndex.of([f"{title} {text}" for title, text in pairs])

    @cached_property
    def paper_coordinates(self) -> FloatArray:
        """Place of each distinct paper on the map, float32 array of shape (n_papers, 2).

        Papers that were added lie among their neighbours; they move no other paper.
        """
        if self.known_coordinates is not None:
            return self.known_coordinates
        graph, embedding = self.paper_graph, self.paper_embedding
        with self.stage(f"Laying out {self.corpus.n_papers:,} papers"):
            if self.added is None or self.labels_when_added is None:
                return layout(graph, embedding)
            labels = self.labels_when_added
            return layout_with_added(graph, embedding, labels, self.added)

    @property
    def coordinates_so_far(self) -> FloatArray | None:
        """The papers' coordinates if they were computed already, else None."""
        return vars(self).get("paper_coordinates", self.known_coordinates)

    @cached_property
    def calibration_similarities(self) -> FloatArray:
        """Mean similarity of ordinary papers to their neighbours, in rising order.

        The novelty of a new paper is its rank among them. If the embedding was learnt from the
        corpus, papers are held out, a tenth at a time, until there are 250: the embedding is
        learnt from the others, and the papers held out are embedded with it and compared with
        the others. If it was not, or from 5,000 papers on, all papers serve as they are: no
        paper is its own neighbour.
        """
        if self.known_calibration is not None:
            return self.known_calibration
        graph, clustered = self.paper_graph, self.clustered_papers
        if not graph.indices.shape[1]:
            return np.zeros(0, dtype=np.float32)
        learnt = self.encoder is not None and self.encoder.fitted is not None
        if not learnt or not _FEWEST <= len(clustered) < sizes.CALIBRATED_BELOW:
            return np.sort(mean_similarity(graph.similarities[clustered]))
        parts: list[FloatArray] = []
        for fold in range(_FOLDS):
            parts.append(self._held_out(clustered[fold::_FOLDS]))
            if sum(map(len, parts)) >= _ENOUGH:
                break
        return np.sort(np.concatenate(parts))

    def _held_out(self, held_out: IntArray) -> FloatArray:
        """Return the mean similarity of papers to others, by an embedding learnt from these."""
        assert self.encoder is not None
        kept = np.setdiff1d(self.clustered_papers, held_out)
        texts = self.corpus.paper_texts
        learnt = fit_embedding(
            [texts[paper] for paper in kept],
            embedder=self.encoder.embedder,
            random_state=self.random_state,
            warn=False,  # of languages: that was done when the map was made
        )
        assert learnt.encoder is not None
        new = learnt.encoder.transform([texts[paper] for paper in held_out])
        search = NeighborSearch.in_graph(self.paper_graph, learnt.vectors, kept)
        return mean_similarity(search.neighbors(new.vectors, new.batches)[1])

    @cached_property
    def checked_encoder(self) -> FittedEmbedding:
        """The encoder, after a check that it still embeds some of the papers as it did.

        Raises
        ------
        EmbedderError
            If there is none, or if it gives other vectors than before.
        """
        if self.encoder is None:
            raise EmbedderError(
                "this map was made from vectors of your own, so it can't embed new papers; pass "
                f"their vectors, one row per paper, of {self.paper_embedding.shape[1]} dimensions: "
                "embeddings=..."
            )
        papers = evenly_spread(np.arange(self.corpus.n_papers), _PAPERS_CHECKED)
        texts = [self.corpus.paper_texts[paper] for paper in papers]
        self.encoder.check(texts, self.paper_embedding[papers])
        return self.encoder


def mean_similarity(similarities: FloatArray) -> FloatArray:
    """Return the mean similarity of each paper to its k neighbours, shape (m,)."""
    sums = similarities.sum(axis=1, dtype=np.float64)
    return np.asarray(sums / max(similarities.shape[1], 1), dtype=np.float32)
