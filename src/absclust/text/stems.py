"""Whether phrases say the same in part: a word, a stem, an acronym."""

from functools import lru_cache

from absclust.text.acronyms import WORD, stands_for
from absclust.text.spelling import fold_word

_SHORTEST = 4  # letters that words must share to have the same stem
_ENDING = 2  # letters by which the shorter word may differ


@lru_cache(maxsize=100_000)
def stems(phrase: str) -> frozenset[str]:
    """Return the words of a phrase in the form in which stems are compared.

    Examples
    --------
    >>> sorted(stems("Image captions"))
    ['caption', 'image']
    """
    return frozenset(map(fold_word, WORD.findall(phrase.lower())))


def same_stem(a: str, b: str) -> bool:
    """Return whether two words begin alike: "captioning" and "caption".

    Examples
    --------
    >>> same_stem("captioning", "caption"), same_stem("graph", "grasp")
    (True, False)
    """
    letters = max(_SHORTEST, min(len(a), len(b)) - _ENDING)
    return a[:letters] == b[:letters]


def related(a: str, b: str) -> bool:
    """Return whether two phrases share a word or stem, or one is the acronym of the other.

    Examples
    --------
    >>> related("captions", "image captioning"), related("owls", "robots")
    (True, False)
    >>> related("GNNs", "graph neural networks")
    True
    """
    if stands_for(a, b) or stands_for(b, a):
        return True
    return any(same_stem(v, w) for v in stems(a) for w in stems(b))
