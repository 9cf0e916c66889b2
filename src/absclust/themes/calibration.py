"""How similar ordinary papers are to their neighbours, to judge the novelty of new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from absclust import sizes
from absclust.arrays import FloatArray, IntArray
from absclust.clustering.neighbors import NeighborSearch
from absclust.embedding.embed import fit_embedding

if TYPE_CHECKING:
    from absclust.themes.foundation import Foundation

_FEWEST = 19  # papers; with fewer, no share as small as one in twenty can be estimated
# What is learnt from a corpus fits its own papers best, so that new papers lie elsewhere.
# In large corpora the difference is negligible (decision 40).
_FOLDS, _ENOUGH = 10, 250


def calibrate(foundation: Foundation) -> FloatArray:
    """Return the mean similarity of ordinary papers to their neighbours, in rising order.

    If the embedding was learnt from the corpus, papers are held out, a tenth at a time,
    until there are 250: the embedding is learnt from the others, and the papers held out
    are embedded with it and compared with the others. If it was not, or from 5,000
    papers on, all papers serve as they are: no paper is its own neighbour.
    """
    graph, clustered = foundation.paper_graph, foundation.clustered_papers
    if not graph.indices.shape[1]:
        return np.zeros(0, dtype=np.float32)
    encoder = foundation.encoder
    learnt = encoder is not None and encoder.fitted is not None
    if not learnt or not _FEWEST <= len(clustered) < sizes.CALIBRATED_BELOW:
        return np.sort(mean_similarity(graph.similarities[clustered]))
    parts: list[FloatArray] = []
    for fold in range(_FOLDS):
        parts.append(_held_out(foundation, clustered[fold::_FOLDS]))
        if sum(map(len, parts)) >= _ENOUGH:
            break
    return np.sort(np.concatenate(parts))


def mean_similarity(similarities: FloatArray) -> FloatArray:
    """Return the mean similarity of each paper to its k neighbours, shape (m,)."""
    sums = similarities.sum(axis=1, dtype=np.float64)
    return np.asarray(sums / max(similarities.shape[1], 1), dtype=np.float32)


def _held_out(foundation: Foundation, held_out: IntArray) -> FloatArray:
    """Return the mean similarity of papers to others, by an embedding learnt from the others."""
    assert foundation.encoder is not None
    kept = np.setdiff1d(foundation.clustered_papers, held_out)
    texts = foundation.corpus.paper_texts
    learnt = fit_embedding(
        [texts[paper] for paper in kept],
        embedder=foundation.encoder.embedder,
        random_state=foundation.random_state,
        warn=False,  # of languages: that was done when the map was made
    )
    assert learnt.encoder is not None
    new = learnt.encoder.transform([texts[paper] for paper in held_out])
    search = NeighborSearch.in_graph(foundation.paper_graph, learnt.vectors, kept)
    _, similarities = search.neighbors(new.vectors, new.batches)
    return mean_similarity(similarities)
