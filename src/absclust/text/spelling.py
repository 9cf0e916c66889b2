"""Variants of an English word -> one key: plurals, British and American spellings."""

import re
from functools import cache, lru_cache

from absclust.packaged import packaged
from absclust.text.words import fold_plural, word_list

_AMERICAN = [(re.compile(british), to) for british, to in packaged("text/spelling.toml")["rules"]]
_BRITISH = re.compile("|".join(british.pattern for british, _ in _AMERICAN))  # hardly a word is


@lru_cache(maxsize=100_000)
def fold_word(word: str) -> str:
    """Return the key that the forms and spellings of a lower-case English word share.

    The key is for comparison, not for display: it need not be a word.

    Examples
    --------
    >>> fold_word("behaviours") == fold_word("behavior")
    True
    >>> [fold_word(word) for word in ("analyses", "modelling", "tumours", "randomised")]
    ['analysis', 'modeling', 'tumor', 'randomized']
    """
    folded = _irregular().get(word) or fold_plural(word)
    if len(folded) > 4 and _BRITISH.search(folded):
        for pattern, replacement in _AMERICAN:
            folded = pattern.sub(replacement, folded)
    return folded


@cache
def _irregular() -> dict[str, str]:
    """Return the plurals that ``fold_plural`` leaves alone or cuts too short, with their keys."""
    return dict(pair.split("=") for pair in word_list("irregular"))
