"""Which papers use which keywords."""

from collections.abc import Sequence

import numpy as np

from absclust.arrays import IntArray
from absclust.text.language_id import paper_languages
from absclust.text.phrases import keyed_words


def uses_with_titles(
    texts: Sequence[str], titles: Sequence[str], keywords: Sequence[str]
) -> IntArray:
    """Return whether papers use keywords, 0 or 1, and 1 more in their titles.

    Case, plurals, spellings and hyphens don't matter, and an acronym means what these
    texts say it stands for. Each text is read by the rules of its own language; titles are too
    short to tell theirs: they are read by the rules of their texts.

    Parameters
    ----------
    texts, titles
        Cleaned texts, and titles.
    keywords
        Phrases, such as the keywords of themes.

    Returns
    -------
    int array of shape (len(texts), len(keywords))

    Examples
    --------
    >>> uses_with_titles(["Reward models drift."], ["Reward models"], ["reward model"]).tolist()
    [[2]]
    """
    used = np.zeros((len(texts), len(keywords)), dtype=np.int64)
    languages = np.array(paper_languages(texts), dtype=object)
    for language in sorted(set(languages)):
        own = np.flatnonzero(languages == language)
        own_texts, own_titles = ([of[paper] for paper in own.tolist()] for of in (texts, titles))
        found = keyed_words(own_texts, own_titles, language=language).uses(keywords)
        used[own] = found[: len(own)].astype(np.int64) + found[len(own) : 2 * len(own)]
    return used
