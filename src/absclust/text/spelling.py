"""Variants of an English word -> one key: plurals, British and American spellings."""

import re
from functools import cache, lru_cache

from absclust.text.words import fold_plural, word_list

# British spelling -> American. A key need not be a word, so a rule may also change words
# that are spelt alike everywhere ("noise"), as long as no two words become one.
_OUR = r"(?<!sc)(?<!^p)our(?=$|al|ed|ing|it|is|iz|ful|less|abl[ey]|ant$|ation|hood|er$)"
_AE = r"(?<=[a-z])ae(?=[a-z])|^ae"
_OE = (
    r"^oe|o?oe(?=dem|soph|str)|(?<=f)oe(?=t)|(?<=[hn])oe(?=a|ic)|(?<=^c)oe(?=l)|(?<=am)oe(?=b)|"
    r"(?<=hom)oe(?=o)|(?<=man)oe(?=u)"
)
_AMERICAN = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (_OUR, "or"),
        (r"is(?=e$|ed$|er$|ing$|ation)", "iz"),
        (r"ys(?=e$|ed$|er$|ing$)", "yz"),
        (rf"{_AE}|{_OE}", "e"),
        (r"(?<=[ae])ll(?=ing$|ed$|er$)", "l"),
        (r"(?<!timb)(?<=[tbhv])re$", "er"),
        (r"(?<!prol)ogue$", "og"),
        (r"(?<=gra)mme$", "m"),
        (r"(?<=f)ence$", "ense"),
        (r"sulph", "sulf"),
        (r"^grey", "gray"),
        (r"minium$", "minum"),
        (r"judgement", "judgment"),
        (r"ageing$", "aging"),
    )
]


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
    if len(folded) > 4:
        for pattern, replacement in _AMERICAN:
            folded = pattern.sub(replacement, folded)
    return folded


@cache
def _irregular() -> dict[str, str]:
    """Return the plurals that ``fold_plural`` leaves alone or cuts too short, with their keys."""
    return dict(pair.split("=") for pair in word_list("irregular"))
