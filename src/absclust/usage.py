"""Which papers use which keywords."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from absclust.phrases import find_acronyms, phrase_key


def uses(
    texts: Sequence[str], keywords: Sequence[str], acronyms: Mapping[str, str] | None = None
) -> npt.NDArray[np.bool_]:
    """Tell which texts use which keywords.

    Case, plurals and hyphens don't matter, and an acronym is what it stands for.

    Parameters
    ----------
    texts
        Cleaned texts.
    keywords
        Phrases, as themes have them.
    acronyms
        What ``find_acronyms`` found; by default it looks in these texts.

    Returns
    -------
    bool array of shape (len(texts), len(keywords))

    Examples
    --------
    >>> uses(["Reinforcement learning (RL).", "An RL agent."], ["RL", "agents"]).tolist()
    [[True, False], [True, True]]
    """
    known = find_acronyms(texts) if acronyms is None else acronyms
    written_as = defaultdict(set)
    for acronym, long in known.items():
        written_as[long].add(phrase_key(acronym))
    # Keys by their first word, so that each word of a text is looked up once.
    keys: dict[str, set[tuple[tuple[str, ...], int]]] = defaultdict(set)
    for column, keyword in enumerate(keywords):
        key = known.get(keyword, phrase_key(keyword))
        for form in {key, phrase_key(keyword), *written_as.get(key, ())}:
            words = tuple(form.split())
            if words:
                keys[words[0]].add((words, column))
    found = np.zeros((len(texts), len(keywords)), dtype=bool)
    for row, text in enumerate(texts):
        words = tuple(phrase_key(text).split())
        for start, word in enumerate(words):
            for key_words, column in keys.get(word, ()):
                if words[start : start + len(key_words)] == key_words:
                    found[row, column] = True
    return found


def evenly_spread(papers: npt.NDArray[np.int64], at_most: int) -> npt.NDArray[np.int64]:
    """Return at most so many of the papers; canonical order is by hash, so that these are random.

    Examples
    --------
    >>> evenly_spread(np.arange(10), 4).tolist()
    [0, 3, 6, 9]
    """
    return papers[:: max(1, -(-len(papers) // at_most))]
