"""Stop words and stems of languages other than English.

Function words come from the library stopwordsiso. Stop words of scientific prose,
and words of the library that do name subjects, are listed in text files in
``word_lists/de`` and so on, which are meant to be read and edited.
"""

import re
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from absclust.packaged import packaged
from absclust.text.words import is_stop_word, word_list

LANGUAGES = packaged("text/languages.toml")
_NOUN_OF_VERB = re.compile(
    r"(?:ung|heit|keit|tion|ment|ance|ence|eur|ité|age|ción|miento|dad|dor|zione|mento|ção)"
    r"(?:e?n|e?s|i)?$|ciones$|zioni$|ções$"
)


_stemming = Lock()  # a stemmer serves one thread at a time


@lru_cache(maxsize=100_000)
def is_stop_word_in(language: str, word: str) -> bool:
    """Return whether a word, in any form, says nothing about the subject.

    Parameters
    ----------
    language
        ISO 639-1 code of a language other than English. If neither stopwordsiso nor
        absclust has a list for it, no word is a stop word.

    Examples
    --------
    >>> [is_stop_word_in("de", word) for word in ("Der", "untersuchten", "Recht", "Gräser")]
    [True, True, False, False]
    """
    lower = word.lower()
    if lower in word_list(f"{language}/subject"):
        return False
    if language in LANGUAGES["other_scripts"] and lower.isascii() and is_stop_word(lower):
        return True  # Chinese and Russian abstracts contain English words
    if lower in function_words(language) or lower in word_list(f"{language}/academic"):
        return True
    generic = word_list(f"{language}/generic")
    if any(lower[: len(lower) - ending] in generic for ending in range(3)):
        return False  # a form of the noun "Unterschied"; "unterschiedlich" shares its stem
    return _form(language, lower) in _forms("academic", language)


def is_generic_in(language: str, word: str) -> bool:
    """Return whether a word says too little on its own: "System", 系统.

    Examples
    --------
    >>> is_generic_in("de", "Systeme"), is_generic_in("de", "Immunsystem")
    (True, False)
    """
    return _form(language, word.lower()) in _forms("generic", language)


@cache
def function_words(language: str) -> frozenset[str]:
    """Return the function words of a language, in lower case."""
    from stopwordsiso import stopwords

    return frozenset(stopwords(language))


@lru_cache(maxsize=100_000)
def stem(language: str, word: str) -> str:
    """Return the key shared by all forms of a lower-case word.

    The stemmers are Snowball's (Porter 2001). In a language without one, a word is its
    own key.

    Examples
    --------
    >>> {stem("de", word) for word in ("netz", "netze", "netzen")}
    {'netz'}
    """
    stemmer = _stemmer(language)
    with _stemming:
        return stemmer.stemWord(word) if stemmer else word


@cache
def _stemmer(language: str) -> Any:
    from Stemmer import Stemmer

    stemmed = language in LANGUAGES["by_words"] and language not in LANGUAGES["unstemmed"]
    return Stemmer(LANGUAGES["by_words"][language].lower()) if stemmed else None


@cache
def _forms(kind: str, language: str) -> frozenset[tuple[str, bool]]:
    return frozenset(_form(language, word) for word in word_list(f"{language}/{kind}"))


def _form(language: str, word: str) -> tuple[str, bool]:
    """Return what all forms of a listed word share: its stem, and whether it is a noun.

    French "estimation" says more than "estimer", though they share a stem.
    """
    return stem(language, word), bool(_NOUN_OF_VERB.search(word))
