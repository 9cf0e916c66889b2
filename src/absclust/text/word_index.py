"""Texts -> an index of their words, which ranks them by the words of a query."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from absclust.arrays import FloatArray, count_entries, numbering
from absclust.text.spelling import fold_word
from absclust.text.words import all_words

# The usual values: how soon further occurrences of a word say little, and how much a long
# text is marked down.
_K1, _B = 1.2, 0.75
# Signs that part words: without them, there are half as many different pieces between spaces.
_PARTED = bytes(c if c > 127 or chr(c).isalnum() or c in b"-'" else ord(" ") for c in range(256))
_ACCENTS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, eq=False)
class WordIndex:
    """The words of texts, each with what it adds to the score of each text that has it.

    Scores are by BM25 (Robertson and Zaragoza 2009), with the idf that is never negative.
    The forms and spellings of an English word are one word, accents don't matter, and
    scripts without spaces between words are read as overlapping pairs of characters.

    Attributes
    ----------
    numbers : dict of str
        The row of each word.
    weights : sparse float32 array of shape (n_words, n_texts)
    """

    numbers: dict[str, int]
    weights: Any

    @classmethod
    def of(cls, texts: Sequence[str]) -> "WordIndex":
        """Read texts.

        Examples
        --------
        >>> index = WordIndex.of(["Robot arms grasp.", "A protein folds.", "A robot walks."])
        >>> index.scores("robots").round(2).tolist()
        [0.4699999988079071, 0.0, 0.4699999988079071]
        """
        # What stands between spaces recurs many times, and is folded once.
        pieces, words = numbering(), numbering()
        counts = count_entries(map(_pieces, texts), pieces)
        counts @= count_entries(map(_folded, pieces), words)
        return cls(dict(words), _weighted(counts.T.tocsr()))

    def scores(self, query: str) -> FloatArray:
        """Return how well each text matches a query; 0 for one with none of its words.

        Returns
        -------
        float32 array of shape (n_texts,)
        """
        words = [word for word in dict.fromkeys(words_of(query)) if word in self.numbers]
        return np.asarray(self.weights[[self.numbers[word] for word in words]].sum(axis=0))


def words_of(text: str) -> list[str]:
    """Return the words of a text as the index knows them.

    Examples
    --------
    >>> words_of("Naïve Bayes' behaviours")
    ['naive', 'baye', 'behavior']
    """
    return [word for piece in _pieces(text) for word in _folded(piece)]


def _pieces(text: str) -> list[bytes]:
    """Return what stands between spaces, in lower case, without accents and punctuation.

    In UTF-8, of which signs are replaced three times faster.
    """
    lower = text.lower()
    if not lower.isascii():
        lower = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", lower)))
    return lower.encode("utf-8", "surrogatepass").translate(_PARTED).split()


def _folded(piece: bytes) -> list[str]:
    text = piece.decode("utf-8", "surrogatepass")
    return [fold_word(text)] if piece.isalnum() else list(map(fold_word, all_words(text)))


def _weighted(counts: Any) -> Any:
    """Turn the number of times that each word (row) is in each text (column) into BM25 weights."""
    n_texts, texts, ends = counts.shape[1], counts.indices, counts.indptr
    lengths = np.bincount(texts, counts.data, minlength=n_texts)
    frequencies = np.diff(ends)
    idf = np.log1p((n_texts - frequencies + 0.5) / (frequencies + 0.5)).astype(np.float32)
    damping: FloatArray = (_K1 * (1 - _B + _B * lengths / lengths.mean())).astype(np.float32)
    counts.data *= (_K1 + 1) / (counts.data + damping[texts])
    counts.data *= np.repeat(idf, frequencies)
    return counts
