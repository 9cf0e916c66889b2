"""Which papers use which keywords."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from absclust.arrays import IntArray, lists_in_order
from absclust.text.grammar import grammar_of
from absclust.text.language_id import paper_languages
from absclust.text.phrases import PhraseKeys
from absclust.text.reading import BREAK, Reading, read


class KeywordFinder:
    """Finds keywords in texts that were read once.

    Parameters
    ----------
    reading
        The texts.
    word_keys
        The key of each distinct word of the reading.
    keys
        Makes the keys that phrases are compared by.

    Examples
    --------
    >>> texts = ["Reinforcement learning (RL).", "An RL agent."]
    >>> reading, keys = read(texts), PhraseKeys(grammar_of("en"), texts=texts)
    >>> finder = KeywordFinder(reading, keys.of_words(reading), keys)
    >>> finder.uses(["RL", "agents"]).tolist()
    [[True, False], [True, True]]
    """

    def __init__(self, reading: Reading, word_keys: Sequence[str], keys: PhraseKeys) -> None:
        self._keys = keys
        self._numbers: dict[str, int] = {"": 0}  # which stands for a break
        meanings = [key.split() for key in word_keys]
        meanings[BREAK] = [""]
        numbers = [[self._numbers.setdefault(w, len(self._numbers)) for w in m] for m in meanings]
        self._words, ends = lists_in_order(numbers, reading.ids)
        self._text_ends = np.append(0, ends)[reading.starts[1:]]

    def uses(self, keywords: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return which texts use which keywords, bool array of shape (n_texts, n_keywords)."""
        used = np.zeros((len(self._text_ends), len(keywords)), dtype=bool)
        for column, keyword in enumerate(keywords):
            words = [self._numbers.get(word, -1) for word in self._keys.of(keyword).split()]
            if words:
                at = np.flatnonzero(self._words == words[0])
                for i, word in enumerate(words[1:], start=1):
                    at = at[at + i < len(self._words)]
                    at = at[self._words[at + i] == word]
                used[np.searchsorted(self._text_ends, at, side="right"), column] = True
        return used


def uses(texts: Sequence[str], keywords: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return which texts use which keywords.

    Case, plurals, spellings and hyphens don't matter, and an acronym means what these
    texts say it stands for. Each text is read by the rules of its own language.

    Parameters
    ----------
    texts
        Cleaned texts.
    keywords
        Phrases, such as the keywords of themes.

    Returns
    -------
    bool array of shape (len(texts), len(keywords))

    Examples
    --------
    >>> uses(["Reinforcement learning (RL).", "An RL agent."], ["RL", "agents"]).tolist()
    [[True, False], [True, True]]
    """
    return _uses(texts, keywords, paper_languages(texts))


def uses_with_titles(
    texts: Sequence[str], titles: Sequence[str], keywords: Sequence[str]
) -> IntArray:
    """Return whether papers use keywords, 0 or 1, and 1 more in their titles.

    Titles are too short to tell their language: they are read by the rules of their texts.

    Examples
    --------
    >>> uses_with_titles(["Reward models drift."], ["Reward models"], ["reward model"]).tolist()
    [[2]]
    """
    used = _uses([*texts, *titles], keywords, 2 * paper_languages(texts)).astype(np.int64)
    return used[: len(texts)] + used[len(texts) :]


def _uses(
    texts: Sequence[str], keywords: Sequence[str], language_of: Sequence[str]
) -> npt.NDArray[np.bool_]:
    used = np.zeros((len(texts), len(keywords)), dtype=bool)
    languages = np.array(language_of, dtype=object)
    for language in sorted(set(languages)):
        grammar = grammar_of(language)
        rows = np.flatnonzero(languages == language)
        own = [texts[row] for row in rows.tolist()]
        reading = read(own, grammar.spaced)
        keys = PhraseKeys(grammar, reading.lower_words, own)
        finder = KeywordFinder(reading, keys.of_words(reading), keys)
        used[rows] = finder.uses(keywords)
    return used
