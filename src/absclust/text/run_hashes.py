"""Hashes of runs of words, worked out for many runs at once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from absclust.arrays import IntArray

Hashes = npt.NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15  # odd, so that no power of it is 0
_WRAP = 2**64
_UNKNOWN = 1  # the hash of words that aren't known, which those of known words never are
# The finalizer of splitmix64 (Steele, Lea and Flood 2014): a shift and a factor, twice.
_FACTORS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_LAST_SHIFT = 31


class RunHashes:
    """Hashes runs of words, each of which may stand for several: "RL" for two.

    The hash of a run is a polynomial in the hashes of the words that it stands for
    (Karp and Rabin 1987), modulo 2 to the power of 64.

    Parameters
    ----------
    meanings
        The words that each word stands for, separated by spaces.

    Examples
    --------
    >>> hashes = RunHashes(["reinforcement learning", "agent"])
    >>> run = hashes.of(np.array([0, 1]), np.array([0]), np.array([2]))
    >>> int(run[0]) == hashes.of_text("reinforcement learning agent")
    True
    """

    def __init__(self, meanings: Sequence[str]) -> None:
        numbers: dict[str, int] = {}
        several = [i for i, meaning in enumerate(meanings) if " " in meaning or not meaning]
        for i in several:
            for word in meanings[i].split():
                numbers.setdefault(word, len(numbers))
        single = [numbers.setdefault(meaning, len(numbers)) for meaning in meanings]
        values = _mixed(np.arange(len(numbers)))
        self._value_of = dict(zip(numbers, values.tolist(), strict=True))
        # Most words stand for one word, and the rest of it is empty.
        n = len(meanings)
        self._whole = values[single], np.full(n, _BASE, dtype=np.uint64)
        self._without_first, self._without_last = (
            (np.zeros(n, dtype=np.uint64), np.ones(n, dtype=np.uint64)) for _ in range(2)
        )
        for i in several:
            words = meanings[i].split()
            for (value, power), kept in (
                (self._whole, words),
                (self._without_first, words[1:]),
                (self._without_last, words[:-1]),
            ):
                value[i] = self._of(kept)
                power[i] = pow(_BASE, len(kept), _WRAP)

    def _of(self, words: Iterable[str]) -> int:
        total = 0
        for word in words:
            total = (total * _BASE + self._value_of.get(word, _UNKNOWN)) % _WRAP
        return total

    def of_text(self, text: str) -> int:
        """Return the hash of words separated by spaces, known or not."""
        return self._of(text.split())

    def of(
        self,
        ids: IntArray,
        places: IntArray,
        sizes: IntArray,
        without: Literal["first", "last"] | None = None,
    ) -> Hashes:
        """Return the hash of each run.

        Parameters
        ----------
        ids : int array
            Words, by number.
        places, sizes : int arrays of shape (n_runs,)
            Where each run begins in ``ids``, and how many words it has.
        without
            Leave out the first or the last of the words that the run stands for.
        """
        total = np.zeros(len(places), dtype=np.uint64)
        for i, rest, words in _steps(ids, places, sizes):
            value, power = (a[words] for a in self._whole)
            if without == "first" and i == 0:
                value, power = (a[words] for a in self._without_first)
            elif without == "last":
                ends = sizes[rest] == i + 1
                value, power = (
                    np.where(ends, short[words], whole[words])
                    for short, whole in zip(self._without_last, self._whole, strict=True)
                )
            total[rest] = total[rest] * power + value
        return total


def hash_runs(ids: IntArray, places: IntArray, sizes: IntArray) -> Hashes:
    """Return the hash of each run of words as they are written.

    Parameters
    ----------
    ids : int array
        Words, by number.
    places, sizes : int arrays of shape (n_runs,)
        Where each run begins in ``ids``, and how many words it has.
    """
    total = np.zeros(len(places), dtype=np.uint64)
    for _, rest, words in _steps(ids, places, sizes):
        total[rest] = total[rest] * np.uint64(_BASE) + _mixed(words)
    return total


def _steps(
    ids: IntArray, places: IntArray, sizes: IntArray
) -> Iterator[tuple[int, IntArray, IntArray]]:
    """Yield the runs that have a first word, with that word; then those with a second."""
    for i in range(int(sizes.max(initial=0))):
        rest = np.flatnonzero(sizes > i)
        yield i, rest, ids[places[rest] + i]


def _mixed(numbers: IntArray) -> Hashes:
    mixed = (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(_BASE)
    for shift, factor in _FACTORS:
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(_LAST_SHIFT))
