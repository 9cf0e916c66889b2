"""How unlike a map's papers a new one is, calibrated on papers that were held out.

A conformal p-value (Vovk, Gammerman and Shafer 2005): the share of ordinary papers
that are as far from their neighbours as the paper in question.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray
from absclust.clustering.neighbors import neighbors_of_new
from absclust.embedding.known_language import LanguageWarning

if TYPE_CHECKING:
    from absclust.themes.theme_map import ThemeMap

NOVEL = 0.95  # one ordinary paper in twenty lies above it
_FEWEST = 19  # papers to be calibrated on: with fewer, nothing can be told at that level
# The vocabulary and directions of LSA fit the papers they were learnt from, which
# makes these stand apart more than new ones do; in large corpora it is no matter
# (docs/decisions.md, 40).
_LARGE = 5000
_FOLDS, _ENOUGH = 10, 250


def novelty(similarities: FloatArray, usual: FloatArray) -> FloatArray:
    """Return the share of ordinary papers that are closer to their neighbours, 0 to 1.

    Parameters
    ----------
    similarities : float32 array of shape (m, k)
        Of each paper to its k neighbours in the map.
    usual : float32 array of shape (n,)
        Mean similarities of ordinary papers, rising.

    Examples
    --------
    >>> usual = np.array([0.2, 0.4, 0.6], dtype=np.float32)
    >>> novelty(np.array([[0.5], [0.1]], dtype=np.float32), usual).tolist()
    [0.25, 0.75]
    """
    as_far = 1 + np.searchsorted(usual, mean_similarity(similarities), side="right")
    return (1 - as_far / (len(usual) + 1)).astype(np.float32)


def is_novel(novelties: FloatArray) -> npt.NDArray[np.bool_]:
    """Tell which papers are unlike all themes; NaN is not."""
    return novelties >= np.float32(NOVEL)


def mean_similarity(similarities: FloatArray) -> FloatArray:
    """Return the mean similarity to k neighbours, of shape (m,)."""
    sums = similarities.sum(axis=1, dtype=np.float64)
    return np.asarray(sums / max(similarities.shape[1], 1), dtype=np.float32)


def usual_similarity(themes: ThemeMap) -> FloatArray:
    """Return the mean similarity of ordinary papers to their neighbours, rising.

    Where the embedding was learnt from the corpus, papers are held out: a tenth
    at a time, until 250 were, the embedding is learnt from the others, and the
    papers held out are embedded by it and compared with the others. Where it was
    not, or from 5,000 papers on, all papers stand for themselves: a paper is no
    neighbour of its own.
    """
    graph, clustered = themes.graph, themes.clustered
    if not graph.indices.shape[1]:
        return np.zeros(0, dtype=np.float32)
    encoder = themes.encoder
    learnt = encoder is not None and encoder.lsa is not None
    if not learnt or not _FEWEST <= len(clustered) < _LARGE:
        return np.sort(mean_similarity(graph.similarities[clustered]))
    found: list[FloatArray] = []
    for fold in range(_FOLDS):
        found.append(_held_out(themes, clustered[fold::_FOLDS]))
        if sum(map(len, found)) >= _ENOUGH:
            break
    return np.sort(np.concatenate(found))


def _held_out(themes: ThemeMap, held: IntArray) -> FloatArray:
    """Return the mean similarity of papers to others from which the embedding is learnt anew."""
    from absclust.embedding.embed import fit_embedding

    assert themes.encoder is not None
    kept, texts = np.setdiff1d(themes.clustered, held), themes.corpus.paper_texts
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LanguageWarning)  # it was said when the map was made
        others = fit_embedding(
            [texts[paper] for paper in kept],
            embedder=themes.encoder.embedder,
            random_state=themes.random_state,
        )
    assert others.encoder is not None
    new = others.encoder.transform([texts[paper] for paper in held])
    found = neighbors_of_new(new.vectors, new.groups, others.vectors, themes.graph, kept)
    return mean_similarity(found[1])
