"""Corpora that the built-in model doesn't know: other languages, and mixtures."""

import re
import warnings

import numpy as np

from absclust.arrays import FloatArray, IntArray, unit_rows
from absclust.words import content_words, has_unspaced_script

KNOWN, UNKNOWN = 0, 1
MULTILINGUAL_MODEL = "paraphrase-multilingual-MiniLM-L12-v2"
# English abstracts have 0.8 to 1.0 known words, German ones 0.3 to 0.6, Chinese
# ones 0.1 to 0.4 (docs/decisions.md, 8).
_KNOWN_SHARE = 0.65
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
    groups = np.where(known_share < _KNOWN_SHARE, UNKNOWN, KNOWN)
    n_foreign = int(groups.sum())
    if n_foreign < max(_FOREIGN_PAPERS, _FOREIGN_SHARE * len(groups)) and n_foreign < len(groups):
        return np.zeros_like(groups)
    return groups


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

    Scripts without spaces between words give pairs of characters instead.

    Examples
    --------
    >>> character_ngrams("Energie")
    ['ener', 'nerg', 'ergi', 'rgie', 'energ', 'nergi', 'ergie']
    """
    if has_unspaced_script(text):
        return content_words(text)
    words = (word.lower() for word in _WORD.findall(text))
    return [gram for word in words for gram in _ngrams(word)]


def _ngrams(word: str) -> list[str]:
    if len(word) <= _SHORTEST:
        return [word]
    return [
        word[i : i + n] for n in range(_SHORTEST, _LONGEST + 1) for i in range(len(word) - n + 1)
    ]


def centre_by_group(vectors: FloatArray, groups: IntArray) -> FloatArray:
    """Take away each group's mean: what all texts of a language and a field have in common.

    The mean of a few papers says less about the field than about these papers,
    and is taken away in part only.

    Returns
    -------
    float32 array of the same shape, rows of unit length; zero rows stay zero
    """
    centred = vectors.copy()
    says_something = vectors.any(axis=1)
    for group in np.unique(groups):
        members = (groups == group) & says_something
        size = np.count_nonzero(members)
        if not size:
            continue
        centred[members] -= size / (size + _CENTRE_PAPERS) * vectors[members].mean(axis=0)
    return unit_rows(centred)
