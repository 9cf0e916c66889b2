"""Texts -> their words in order, as numbers: what phrases are counted from."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from absclust.arrays import IntArray, count_entries, numbering

BoolArray = npt.NDArray[np.bool_]

# A substance or a formula is one word: "1,2-dichlorobenzene", "La0.7Sr0.3MnO3", "N,N'-diamine".
_WORD = re.compile(
    r"[^\W_]+(?:(?:['’′]?[-‐‑]|['’]|(?<=\d)[.,](?=\d)|(?<=[A-Z]),(?=[A-Z](?:,[A-Z])*['’′]?[-‐‑]))"
    r"[^\W_]+)*(?:\+\+|#)?"
)
_NUMBER = re.compile(
    r"[\d.,]+(?:[kKmMbB]|th|st|nd|rd|[xX])?|\d+[-‐‑]\d+|V?I{2,3}|X?IX|XI{1,3}|[A-Za-z]+['’]\d\d"
)
_POSSESSIVES = ("'s", "’s", "'S", "’S")
# Two things are numbered like words: a break between words that can't belong to one phrase,
# and the ending of a possessive, which ends a phrase too but may stand inside a keyword.
NO_WORDS, BREAK = ("", "'s"), 0


@dataclass(frozen=True, eq=False)
class Reading:
    """The words of texts in order.

    Attributes
    ----------
    words : tuple of str
        The distinct words as written, after "" for a break (punctuation, or the end of
        a text) and "'s" for the ending of a possessive.
    ids : int array
        The words of all texts, one text after the other, by their place in ``words``.
    starts : int array of shape (n_texts + 1,)
        Where each text begins in ``ids``, and where the last one ends.
    is_stop
        Returns whether a word says nothing about the subject.
    """

    words: tuple[str, ...]
    ids: IntArray
    starts: IntArray
    is_stop: Callable[[str], bool]

    @cached_property
    def content(self) -> BoolArray:
        """Whether each distinct word can belong to a phrase: no stop word, number or letter."""
        return self.mark(lambda w: len(w) > 1 and not (_NUMBER.fullmatch(w) or self.is_stop(w)))

    @cached_property
    def text_of(self) -> IntArray:
        """Number of the text that each word of ``ids`` belongs to."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    @cached_property
    def in_run(self) -> BoolArray:
        """Whether each word of ``ids`` can belong to a phrase."""
        return self.content[self.ids]

    @cached_property
    def lower_words(self) -> tuple[str, ...]:
        """The distinct words in lower case."""
        return tuple(map(str.lower, self.words))

    @cached_property
    def lower(self) -> IntArray:
        """Number of each distinct word in lower case; words that differ in case share it."""
        numbers = numbering()
        return np.array([numbers[word] for word in self.lower_words])

    def count(self, where: BoolArray) -> IntArray:
        """Count how often each distinct word, in any case, stands at certain places.

        Parameters
        ----------
        where : bool array of the shape of ``ids``

        Returns
        -------
        int array of shape (len(words),)
        """
        return np.bincount(self.lower[self.ids[where]], minlength=len(self.words))[self.lower]

    def runs(self) -> tuple[BoolArray, BoolArray, BoolArray]:
        """Return which words are in a run of several content words, begin one, and end one."""
        around = np.concatenate([[False], self.in_run, [False]])
        before, after = around[:-2], around[2:]
        longer = self.in_run & (before | after)
        return longer, longer & ~before, longer & ~after

    def mark(self, holds: Callable[[str], bool]) -> BoolArray:
        """Return for which distinct words something holds; for what is no word it doesn't."""
        n_none = len(NO_WORDS)
        return np.array([False] * n_none + [holds(word) for word in self.words[n_none:]])

    def beside(self, words: Iterable[str]) -> tuple[BoolArray, BoolArray]:
        """Return which places stand right before one of the words, and which right after."""
        listed = frozenset(words)
        marked = np.array([word in listed for word in self.lower_words])[self.ids]
        around = np.concatenate([[False], marked, [False]])
        return around[2:], around[:-2]


def read(
    texts: Iterable[str],
    spaced: Callable[[str], str] = str,
    is_stop: Callable[[str], bool] = lambda _: False,
) -> Reading:
    """Read texts word by word.

    Parameters
    ----------
    texts
        Cleaned texts.
    spaced
        Puts spaces between the words of a text.
    is_stop
        Returns whether a word says nothing about the subject.

    Examples
    --------
    >>> reading = read(["Robot arms, robot hands."])
    >>> [reading.words[i] for i in reading.ids]
    ['Robot', 'arms', '', 'robot', 'hands', '', '']
    """
    chunks = numbering()  # a few of them make up most of a corpus
    listed = count_entries(([*spaced(text).split(), ""] for text in texts), chunks)
    numbers = numbering(*NO_WORDS)
    in_order = count_entries(map(_parts, chunks), numbers)[listed.indices]
    starts = in_order.indptr[listed.indptr]
    return Reading(tuple(numbers), in_order.indices, starts, is_stop)


def words_in(text: str) -> list[str]:
    """Return the words of a text; a possessive is the word without its "'s".

    Examples
    --------
    >>> words_in("Bellman's Q-learning, in C++")
    ['Bellman', 'Q-learning', 'in', 'C++']
    """
    return [_bare(match[0]) for match in _WORD.finditer(text)]


def _bare(word: str) -> str:
    return word[:-2] if word.endswith(_POSSESSIVES) else word


def _parts(chunk: str) -> list[str]:
    """Return the words in what stands between two spaces; "" for a break, "'s" for that ending."""
    if chunk.isalpha():  # a word as it stands
        return [chunk]
    parts: list[str] = []
    end = 0
    for match in _WORD.finditer(chunk):
        if match.start() > end:
            parts.append("")
        end = match.end()
        word = _bare(match[0])
        parts += [word] if word == match[0] else [word, "'s"]
    return parts if parts and end == len(chunk) else [*parts, ""]
