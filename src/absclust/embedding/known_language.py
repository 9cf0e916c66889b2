"""Corpora that the built-in model doesn't know: other languages, and mixtures."""

import re
import warnings

import numpy as np

from absclust.arrays import FloatArray, IntArray, unit_rows
from absclust.text.words import content_words, has_unspaced_script

KNOWN, UNKNOWN = 0, 1
MULTILINGUAL_MODEL = "paraphrase-multilingual-MiniLM-L12-v2"
# English abstracts have 0.8 to 1.0 known words, German ones 0.3 to 0.6, Chinese
# ones 0.1 to 0.4 (docs/decisions.md, 8).
KNOWN_SHARE = 0.65
_FOREIGN_SHARE, _FOREIGN_PAPERS = 0.1, 3  # what is more than a few foreign abstracts
_CENTRE_PAPERS = 20  # that many papers take away half of their mean
_SHORTEST, _LONGEST = 4, 5  # character n-grams

_WORD = re.compile(r"[^\W\d_]+")


class LanguageWarning(UserWarning):
    """Much of the corpus is in a language that the built-in model doesn't know."""


def language_groups(known_share: FloatArray) -> IntArray:
    """Tell the papers that the built-in model knows (0) from those it doesn't (1).

    A few foreign papers count as known: they are no language group.

    Parameters
    ----------
    known_share : float array of shape (n,)
        Share of each text's words that the model knows.

    Examples
    --------
    >>> language_groups(np.array([0.9, 0.4, 0.3, 0.5], dtype=np.float32)).tolist()
    [0, 1, 1, 1]
    """
    groups = language_of(known_share)
    n_foreign = int(groups.sum())
    if n_foreign < max(_FOREIGN_PAPERS, _FOREIGN_SHARE * len(groups)) and n_foreign < len(groups):
        return np.zeros_like(groups)
    return groups


def language_of(known_share: FloatArray) -> IntArray:
    """Tell texts that the built-in model knows (0) from those it doesn't (1), each by itself."""
    return np.where(known_share < KNOWN_SHARE, UNKNOWN, KNOWN)


def warn_of_languages(groups: IntArray) -> None:
    """Warn that the built-in model knows too little of these papers' language."""
    n_foreign = int(groups.sum())
    if n_foreign:
        warnings.warn(
            f"the built-in model, which knows English, doesn't know the language of {n_foreign} "
            f"of {len(groups)} papers; their themes rest on words and parts of words that they "
            f"share. A multilingual model does better where one can be downloaded: "
            f"embedder={MULTILINGUAL_MODEL!r}",
            LanguageWarning,
            stacklevel=2,
        )


def character_ngrams(text: str) -> list[str]:
    """Return the parts of words that related languages share, such as "optimi" and "energ".

    Scripts without spaces between words give pairs of characters instead, texts
    without letters their numbers.

    Examples
    --------
    >>> character_ngrams("Energie")
    ['ener', 'nerg', 'ergi', 'rgie', 'energ', 'nergi', 'ergie']
    """
    if has_unspaced_script(text):
        return content_words(text)
    words = (word.lower() for word in _WORD.findall(text))
    return [gram for word in words for gram in _ngrams(word)] or content_words(text)


def _ngrams(word: str) -> list[str]:
    if len(word) <= _SHORTEST:
        return [word]
    return [
        word[i : i + n] for n in range(_SHORTEST, _LONGEST + 1) for i in range(len(word) - n + 1)
    ]


def group_centres(vectors: FloatArray, groups: IntArray) -> FloatArray:
    """Return what all texts of a language and a field have in common: each group's mean.

    The mean of a few papers says less about the field than about these papers,
    and counts in part only.

    Returns
    -------
    float32 array of shape (2, d)
        Of the group that the built-in model knows and of the one it doesn't; zero
        for a group without papers.
    """
    centres = np.zeros((2, vectors.shape[1]), dtype=np.float32)
    says_something = vectors.any(axis=1)
    for group in (KNOWN, UNKNOWN):
        members = (groups == group) & says_something
        size = np.count_nonzero(members)
        if size:
            centres[group] = size / (size + _CENTRE_PAPERS) * vectors[members].mean(axis=0)
    return centres


def centre(vectors: FloatArray, groups: IntArray, centres: FloatArray) -> FloatArray:
    """Take each group's centre away.

    Returns
    -------
    float32 array of the same shape, rows of unit length; zero rows stay zero
    """
    says_something = vectors.any(axis=1, keepdims=True)
    return unit_rows(np.where(says_something, vectors - centres[groups], 0))
