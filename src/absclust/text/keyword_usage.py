"""Which papers use which keywords."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from absclust.text.grammar import Grammar
from absclust.text.language_id import paper_languages
from absclust.text.phrases import english_or, find_acronyms, phrase_key

# By first word: the phrases that stand for keywords, with the keywords' columns. That
# way, each word of a text is looked up only once.
_Keys = dict[str, set[tuple[tuple[str, ...], int]]]


def uses(texts: Sequence[str], keywords: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return which texts use which keywords.

    Case, plurals and hyphens don't matter, and an acronym means what these texts say
    it stands for. Each text is read by the rules of its own language.

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
    used = np.zeros((len(texts), len(keywords)), dtype=bool)
    languages = np.array(paper_languages(texts), dtype=object)
    for language in sorted(set(languages)):
        grammar = english_or(language)
        rows = np.flatnonzero(languages == language).tolist()
        acronyms = find_acronyms((texts[row] for row in rows), grammar.fold)
        keys = _keys(keywords, acronyms, grammar)
        for row in rows:
            words = tuple(phrase_key(texts[row], grammar=grammar).split())
            for start, word in enumerate(words):
                for key_words, column in keys.get(word, ()):
                    if words[start : start + len(key_words)] == key_words:
                        used[row, column] = True
    return used


def _keys(keywords: Sequence[str], acronyms: Mapping[str, str], grammar: Grammar) -> _Keys:
    written_as = defaultdict(set)
    for acronym, long in acronyms.items():
        written_as[long].add(phrase_key(acronym, grammar=grammar))
    keys: _Keys = defaultdict(set)
    for column, keyword in enumerate(keywords):
        plain = phrase_key(keyword, grammar=grammar)
        key = acronyms.get(keyword, plain)
        for form in {key, plain, *written_as.get(key, ())}:
            words = tuple(form.split())
            if words:
                keys[words[0]].add((words, column))
    return keys


def evenly_spread(papers: npt.NDArray[np.int64], at_most: int) -> npt.NDArray[np.int64]:
    """Return at most ``at_most`` of the papers, evenly spread.

    Canonical order is by hash, so this amounts to a random sample.

    Examples
    --------
    >>> evenly_spread(np.arange(10), 4).tolist()
    [0, 3, 6, 9]
    """
    return papers[:: max(1, -(-len(papers) // at_most))]
