"""Stop words and stems of languages other than English.

Function words come from the library stopwordsiso. What scientific prose adds to
them, and which of the library's words name subjects after all, stands in text
files in ``words/de`` and so on, made to be read and edited.
"""

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Protocol

from absclust.text.words import is_stop_word, word_list

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german",
    "el": "greek", "es": "spanish", "fi": "finnish", "fr": "french", "hu": "hungarian",
    "id": "indonesian", "it": "italian", "nl": "dutch", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
_OTHER_SCRIPTS = frozenset(["ar", "bg", "el", "fa", "he", "hi", "ja", "ko", "ru", "uk", "zh"])
_NOUN_OF_VERB = re.compile(
    r"(?:ung|heit|keit|tion|ment|ance|ence|eur|ité|age|ción|miento|dad|dor|zione|mento|ção)"
    r"(?:e?n|e?s|i)?$|ciones$|zioni$|ções$"
)


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802  # the library's name


@lru_cache(maxsize=100_000)
def is_stop_word_in(language: str, word: str) -> bool:
    """Tell whether a word, in any form, carries no subject in a language other than English.

    Parameters
    ----------
    language
        ISO 639-1 code. Where stopwordsiso has no list, no word is a stop word.

    Examples
    --------
    >>> [is_stop_word_in("de", word) for word in ("Der", "untersuchten", "Recht", "Gräser")]
    [True, True, False, False]
    """
    lower = word.lower()
    if lower in _listed("subject", language):
        return False
    if language in _OTHER_SCRIPTS and lower.isascii() and is_stop_word(lower):
        return True  # English words stand in Chinese and Russian abstracts
    if lower in function_words(language) or lower in _listed("academic", language):
        return True
    generic = _listed("generic", language)
    if any(lower[: len(lower) - ending] in generic for ending in range(3)):
        return False  # a form of the noun "Unterschied"; "unterschiedlich" has its stem
    return _form(language, lower) in _forms("academic", language)


def is_generic_in(language: str, word: str) -> bool:
    """Tell whether a word says too little alone: "System", 系统.

    Examples
    --------
    >>> is_generic_in("de", "Systeme"), is_generic_in("de", "Immunsystem")
    (True, False)
    """
    return _form(language, word.lower()) in _forms("generic", language)


@cache
def function_words(language: str) -> frozenset[str]:
    """Return a language's function words, lower case."""
    from stopwordsiso import stopwords

    return frozenset(stopwords(language))


@lru_cache(maxsize=100_000)
def stem(language: str, word: str) -> str:
    """Return the key that the forms of a lower-case word share.

    The stemmers are Snowball's (Porter 2001). A language without one keeps its
    words as they are.

    Examples
    --------
    >>> {stem("de", word) for word in ("netz", "netze", "netzen")}
    {'netz'}
    """
    return _stemmer(language).stemWord(word) if language in _STEMMERS else word


@cache
def _stemmer(language: str) -> _Stemmer:
    from Stemmer import Stemmer

    found: _Stemmer = Stemmer(_STEMMERS[language])
    return found


@cache
def _listed(kind: str, language: str) -> frozenset[str]:
    """Return one of our lists for a language; it is empty where we keep none."""
    if not files("absclust.text").joinpath("word_lists", language, f"{kind}_words.txt").is_file():
        return frozenset()
    return frozenset(map(str.lower, word_list(f"{language}/{kind}")))


@cache
def _forms(kind: str, language: str) -> frozenset[tuple[str, bool]]:
    return frozenset(_form(language, word) for word in _listed(kind, language))


def _form(language: str, word: str) -> tuple[str, bool]:
    """Return what the forms of a listed word share: its stem, and whether it is a noun.

    French "estimation" says more than "estimer", though they have one stem.
    """
    return stem(language, word), bool(_NOUN_OF_VERB.search(word))
