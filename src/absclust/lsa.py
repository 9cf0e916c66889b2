"""Latent semantic analysis: an embedding learnt from the corpus itself.

Deerwester et al. 1990: TF-IDF, reduced by a truncated SVD.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from absclust.arrays import FloatArray, one_thread, unit_rows
from absclust.words import content_words

# Below this many papers there is too little text to learn dimensions from, and
# plain TF-IDF clusters better; above it, LSA does (docs/decisions.md, 3).
_SMALL_CORPUS = 256
_RARE_IN_SMALL, _RARE_IN_LARGE = 1, 2  # papers that a word must be in to count
_MIN_DIMENSIONS, _MAX_DIMENSIONS = 50, 100


def embed_lsa(
    texts: Sequence[str],
    *,
    analyzer: Callable[[str], list[str]] = content_words,
    random_state: int = 0,
) -> FloatArray:
    """Embed texts by latent semantic analysis.

    Parameters
    ----------
    texts
        Cleaned texts, in canonical order.
    analyzer
        Splits a text into its features; content words by default.
    random_state
        Seed of the randomised SVD.

    Returns
    -------
    float32 array of shape (len(texts), d)
        Rows of unit length; a row is zero where a text shares no feature with
        any other. d is the number of features below 256 texts, else 50 to 100.

    Examples
    --------
    >>> v = embed_lsa(["robot arms grasp", "robot hands grasp", "protein folding"])
    >>> bool(v[0] @ v[1] > v[0] @ v[2])
    True
    """
    from sklearn.decomposition import TruncatedSVD

    small = len(texts) < _SMALL_CORPUS
    weights = _tfidf(texts, analyzer, _RARE_IN_SMALL if small else _RARE_IN_LARGE)
    if small:
        return np.asarray(weights.toarray(), dtype=np.float32)
    dimensions = int(np.clip(len(texts) // 10, _MIN_DIMENSIONS, _MAX_DIMENSIONS))
    dimensions = min(dimensions, min(weights.shape) - 1)
    svd = TruncatedSVD(dimensions, random_state=random_state)
    with one_thread():
        return unit_rows(svd.fit_transform(weights))


def _tfidf(texts: Sequence[str], analyzer: Callable[[str], list[str]], min_papers: int) -> Any:
    """Return the sparse TF-IDF matrix, rows of unit length."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    # Words of more than half of the papers tell none apart, but in a handful of
    # papers half of them is a theme.
    common = 0.5 if len(texts) >= 10 else 1.0
    for options in (
        {"min_df": min_papers, "max_df": common},
        {"min_df": 1, "max_df": 1.0},  # no word is left: all texts alike, or all unlike
    ):
        vectorizer = TfidfVectorizer(
            analyzer=analyzer, sublinear_tf=True, dtype=np.float32, **options
        )
        try:
            return vectorizer.fit_transform(texts)
        except ValueError:
            continue
    raise AssertionError("a corpus without words was let through")  # build_corpus refuses it
