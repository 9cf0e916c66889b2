"""Latent semantic analysis (LSA): an embedding learnt from the corpus itself.

TF-IDF, reduced by a truncated SVD (Deerwester et al. 1990).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from absclust.arrays import FloatArray, one_thread, unit_rows
from absclust.embedding.known_language import character_ngrams
from absclust.text.words import content_words

# With fewer papers there is too little text to learn dimensions from, and plain
# TF-IDF clusters better; from this number on, LSA does (decision 3).
_SMALL_CORPUS = 256
_RARE_IN_SMALL, _RARE_IN_LARGE = 1, 2  # least number of papers with a word that counts
_MIN_DIMENSIONS, _MAX_DIMENSIONS = 50, 100
_BATCH = 4096  # texts transformed at a time, to limit memory

_ANALYZERS = {"words": content_words, "characters": character_ngrams}


@dataclass(frozen=True, eq=False)
class FittedLSA:
    """Latent semantic analysis fitted to a corpus.

    Attributes
    ----------
    features : str
        What texts are split into: ``"words"`` for content words, ``"characters"``
        for parts of words.
    vocabulary : tuple of str
        The features that count, in the order of the columns.
    idf : float32 array of shape (n_features,)
        Inverse document frequencies.
    components : float32 array of shape (d, n_features), or None
        The main directions; None for a small corpus, for which plain TF-IDF is used.
    """

    features: str
    vocabulary: tuple[str, ...]
    idf: FloatArray
    components: FloatArray | None = None

    def transform(self, texts: Sequence[str]) -> FloatArray:
        """Return float32 vectors of unit length; zero for a text without known features.

        Each text's vector depends on that text alone, to the last bit.
        """
        counter = _counter(self.features, vocabulary=self.vocabulary)
        starts = range(0, max(1, len(texts)), _BATCH)
        parts = [counter.transform(texts[start : start + _BATCH]) for start in starts]
        return np.vstack([self._project(counts) for counts in parts])

    def _project(self, counts: Any) -> FloatArray:
        weights = tf_idf(counts, self.idf)
        if self.components is None:
            return np.asarray(weights.toarray(), dtype=np.float32)
        # A sparse product sums row by row, in the order of the columns.
        return unit_rows(weights @ self.components.T)


def fit_lsa(
    texts: Sequence[str], *, features: str = "words", random_state: int = 0
) -> tuple[FittedLSA, FloatArray]:
    """Fit latent semantic analysis to texts, and embed them with it.

    Parameters
    ----------
    texts
        Cleaned texts, in canonical order.
    features
        What texts are split into: content words, or parts of words.
    random_state
        Seed of the randomised SVD.

    Returns
    -------
    FittedLSA
        The fitted analysis, which embeds other texts in the same way.
    float32 array of shape (len(texts), d)
        Rows of unit length; zero for a text that shares no feature with any other.
        With fewer than 256 texts, d is the number of features, otherwise 50 to 100.

    Examples
    --------
    >>> _, v = fit_lsa(["robot arms grasp", "robot hands grasp", "protein folding"])
    >>> bool(v[0] @ v[1] > v[0] @ v[2])
    True
    """
    small = len(texts) < _SMALL_CORPUS
    counter, counts = _count(texts, features, _RARE_IN_SMALL if small else _RARE_IN_LARGE)
    frequencies = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = (np.log((1 + len(texts)) / (1 + frequencies)) + 1).astype(np.float32)
    reduced = not small and counts.shape[1] > 1
    components = _components(tf_idf(counts, idf), random_state) if reduced else None
    fitted = FittedLSA(features, tuple(counter.get_feature_names_out()), idf, components)
    return fitted, fitted._project(counts)


def _components(weights: Any, random_state: int) -> FloatArray:
    """Return the principal directions of the TF-IDF matrix, shape (d, n_features)."""
    from sklearn.decomposition import TruncatedSVD

    dimensions = int(np.clip(weights.shape[0] // 10, _MIN_DIMENSIONS, _MAX_DIMENSIONS))
    dimensions = min(dimensions, min(weights.shape) - 1)
    # Its shares of the variance, which nobody asks for, divide by none if texts are alike.
    with one_thread(), np.errstate(divide="ignore", invalid="ignore"):
        svd = TruncatedSVD(dimensions, random_state=random_state).fit(weights)
    return np.asarray(svd.components_, dtype=np.float32)


def _counter(features: str, **options: Any) -> Any:
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(analyzer=_ANALYZERS[features], dtype=np.float32, **options)


def _count(texts: Sequence[str], features: str, min_papers: int) -> tuple[Any, Any]:
    """Return the fitted counter, and the sparse matrix of each text's feature counts."""
    # Words that occur in more than half of the papers don't distinguish them, except
    # among a handful of papers, where half of them may be a theme.
    common = 0.5 if len(texts) >= 10 else 1.0
    counter = _counter(features, min_df=min_papers, max_df=common)
    try:
        counts = counter.fit_transform(texts)
    except ValueError:  # no word is left: the texts are all alike, or all unlike
        counter = _counter(features)
        counts = counter.fit_transform(texts)
    counts.sort_indices()  # so that sums have the same order for all texts
    return counter, counts


def tf_idf(counts: Any, idf: FloatArray) -> Any:
    """Return the TF-IDF matrix: (log count + 1) times idf, with rows of unit length."""
    from scipy.sparse.linalg import norm

    data, ends = np.empty(counts.nnz, dtype=np.float32), counts.indptr
    for start in range(0, counts.shape[0], _BATCH):  # in double precision, some texts at a time
        weights = counts[start : start + _BATCH].astype(np.float64)
        weights.data = (np.log(weights.data) + 1) * idf[weights.indices]
        weights.data /= np.repeat(norm(weights, axis=1), np.diff(weights.indptr))
        data[ends[start] : ends[start] + weights.nnz] = weights.data
    return type(counts)((data, counts.indices, ends), shape=counts.shape)
