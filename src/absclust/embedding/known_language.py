"""Corpora in languages that the built-in model doesn't know, entirely or in part."""

import re
import warnings
from collections import Counter
from collections.abc import Sequence

import numpy as np

from absclust.arrays import FloatArray, IntArray, in_blocks, unit_rows
from absclust.text.language_id import is_english, language_name, paper_languages
from absclust.text.words import content_words, has_unspaced_script

KNOWN, UNKNOWN = 0, 1
MULTILINGUAL_MODEL = "paraphrase-multilingual-MiniLM-L12-v2"
# The share of known words is 0.8 to 1.0 in English abstracts, 0.3 to 0.6 in German
# and 0.1 to 0.4 in Chinese ones (decision 8).
KNOWN_SHARE = 0.65
_FOREIGN_SHARE, _FOREIGN_PAPERS = 0.1, 3  # fewer foreign abstracts are no batch of their own
_NAMED_BY = 200  # so many foreign papers tell which languages there are
_CENTRE_PAPERS = 20  # with this many papers, half of their mean is subtracted
_SHORTEST, _LONGEST = 4, 5  # character n-grams

_WORD = re.compile(r"[^\W\d_]+")


class LanguageWarning(UserWarning):
    """Much of the corpus is in a language that the built-in model doesn't know."""


def language_batches(known_share: FloatArray) -> IntArray:
    """Divide papers into those whose language the built-in model knows (0) and others (1).

    If there are only a few foreign papers, they count as known.

    Parameters
    ----------
    known_share : float array of shape (n,)
        Share of each paper's words that the model knows.

    Examples
    --------
    >>> language_batches(np.array([0.9, 0.4, 0.3, 0.5], dtype=np.float32)).tolist()
    [0, 1, 1, 1]
    """
    batches = language_of(known_share)
    n_foreign = int(batches.sum())
    if n_foreign < max(_FOREIGN_PAPERS, _FOREIGN_SHARE * len(batches)) and n_foreign < len(batches):
        return np.zeros_like(batches)
    return batches


def language_of(known_share: FloatArray) -> IntArray:
    """Return 0 for each text whose language the built-in model knows, and 1 for the others."""
    return np.where(known_share < KNOWN_SHARE, UNKNOWN, KNOWN)


def warn_of_languages(batches: IntArray, texts: Sequence[str]) -> None:
    """Warn of papers in a language that the built-in model doesn't know, if there are any.

    A text of formulas and names of substances has few words that the model knows, and is English.
    """
    unknown = np.flatnonzero(batches == UNKNOWN).tolist()
    foreign = [i for i in unknown if not is_english(texts[i])]
    if len(foreign):
        step = -(-len(foreign) // _NAMED_BY)  # papers that are spread over all are enough
        found = Counter(paper_languages([texts[i] for i in foreign[::step]]))
        names = [language_name(code) for code, _ in found.most_common() if code != "en"]
        seen = f" ({', '.join(names[:3])})" if names else ""
        warnings.warn(
            f"the built-in model knows English, but not the language of {len(foreign)} of "
            f"{len(batches)} papers{seen}; their themes are based on the words and parts of words "
            f"that they share. A multilingual model does better, if you can download one: "
            f"embedder={MULTILINGUAL_MODEL!r}",
            LanguageWarning,
            stacklevel=2,
        )


def character_ngrams(text: str) -> list[str]:
    """Return the parts of words that related languages share, such as "optimi" and "energ".

    For scripts without spaces between words it returns pairs of characters instead,
    and for texts without letters their numbers.

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


def batch_centres(vectors: FloatArray, batches: IntArray) -> FloatArray:
    """Return each batch's mean: what texts in the same language and field have in common.

    The mean is shrunk towards zero in a small batch, where it says more about the few
    papers than about their language and field.

    Returns
    -------
    float32 array of shape (2, d)
        The centre of the papers whose language the built-in model knows, then that of
        the others; zero for a batch without papers.
    """
    centres = np.zeros((2, vectors.shape[1]), dtype=np.float32)
    nonzero = vectors.any(axis=1)
    for batch in (KNOWN, UNKNOWN):
        members = (batches == batch) & nonzero
        if size := np.count_nonzero(members):
            centres[batch] = (
                size / (size + _CENTRE_PAPERS) * vectors.mean(axis=0, where=members[:, None])
            )
    return centres


def centre(vectors: FloatArray, batches: IntArray, centres: FloatArray) -> FloatArray:
    """Subtract from each vector the centre of its batch, in place.

    Returns
    -------
    float32 array of the same shape
        The array given: rows of unit length; zero rows stay zero.
    """

    def centred(rows: slice) -> FloatArray:
        nonzero = vectors[rows].any(axis=1, keepdims=True)
        return unit_rows(np.where(nonzero, vectors[rows] - centres[batches[rows]], 0))

    return in_blocks(centred, out=vectors)
