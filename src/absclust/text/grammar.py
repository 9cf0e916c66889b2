"""How languages form phrases: words, stop words, the noun's position."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from absclust.text import english
from absclust.text.german import (
    can_be_inside_german_phrase,
    can_end_german_phrase,
    commonest,
    lower_case_words,
    nominative,
)
from absclust.text.reading import BoolArray, Reading
from absclust.text.segment import (
    CUT,
    can_end_chinese_phrase,
    is_chinese_subject,
    join_unspaced,
    space_chinese,
    space_japanese,
)
from absclust.text.spelling import fold_word
from absclust.text.stopwords import LANGUAGES, is_generic_in, is_stop_word_in, stem
from absclust.text.words import is_stop_word

Edges = tuple[BoolArray, BoolArray]

_NOUN_SHARE = 0.5  # a noun is in the noun's position in at least this share of longer runs
_APOSTROPHE = re.compile(r"['’ʼ]")


def _any(_: str) -> bool:
    return True


def _none(reading: Reading) -> BoolArray:
    return np.zeros(len(reading.words), dtype=bool)


def _no_edges(reading: Reading) -> Edges:
    return _none(reading), _none(reading)


@dataclass(frozen=True)
class Grammar:
    """What ``phrases`` needs to know about a language.

    Attributes
    ----------
    is_stop
        Returns whether a word says nothing about the subject and so ends a phrase.
    fold
        Returns the key shared by all forms of a lower-case word.
    is_subject
        Returns whether a word can be a phrase alone.
    spaced
        Puts spaces between the words of a text.
    edges
        Returns which words of a reading can't begin a phrase, and which can't end one.
    can_end, can_be_inside
        Return whether a word can be the last word of a phrase, and whether it can be
        any word of it.
    join
        Joins words into one phrase.
    best_form
        Picks the form of a phrase to show, given the number of papers with each form.
    capital_nouns
        Whether nouns keep their capital in running text.
    """

    is_stop: Callable[[str], bool]
    fold: Callable[[str], str]
    is_subject: Callable[[str], bool]
    spaced: Callable[[str], str] = str
    edges: Callable[[Reading], Edges] = _no_edges
    can_end: Callable[[str], bool] = _any
    can_be_inside: Callable[[str], bool] = _any
    join: Callable[[Iterable[str]], str] = " ".join
    best_form: Callable[[Counter[str]], str] = commonest
    capital_nouns: bool = False


@cache
def grammar_of(language: str) -> Grammar:
    """Return the rules of a language by its ISO 639-1 code.

    Examples
    --------
    >>> french = grammar_of("fr")
    >>> french.is_stop("Nous"), french.is_stop("résultats"), french.is_stop("climat")
    (True, True, False)
    """
    if language == "en":
        return Grammar(
            is_stop=is_stop_word,
            fold=fold_word,
            is_subject=english.is_subject,
            edges=english.edges,
            can_end=english.can_end,
            can_be_inside=english.can_be_inside,
        )
    usual = Grammar(
        is_stop=partial(is_stop_word_in, language),
        fold=partial(stem, language),
        is_subject=partial(_says_enough, language),
    )
    if language == "ja":
        return replace(usual, spaced=space_japanese, join=join_unspaced)
    if language == "zh":
        return replace(
            usual,
            is_subject=is_chinese_subject,
            spaced=space_chinese,
            can_end=can_end_chinese_phrase,
            join=join_unspaced,
        )
    usual = replace(usual, spaced=partial(_APOSTROPHE.sub, f" {CUT} "))  # "l'eau" is two words
    if language == "de":
        return replace(
            usual,
            edges=_lower_case_ends,
            can_end=can_end_german_phrase,
            can_be_inside=can_be_inside_german_phrase,
            best_form=nominative,
            capital_nouns=True,
        )
    return replace(usual, edges=partial(_edges, language in LANGUAGES["noun_first"]))


def _lower_case_ends(reading: Reading) -> Edges:
    """Return the words in lower case as bad ends: German nouns have capitals."""
    return _none(reading), lower_case_words(reading)


def _says_enough(language: str, word: str) -> bool:
    # Two characters make a word in Japanese and Korean, but elsewhere an acronym or a scrap.
    long_enough = len(word) > 2 or not word.isascii() or word.isupper()
    return long_enough and not is_generic_in(language, word)


def _edges(noun_first: bool, reading: Reading) -> Edges:
    """Return the words that are too rarely in the noun's position to be nouns.

    Only runs of several words count: "climatique" follows "changement" and seldom
    begins a run, "optische" seldom ends one.
    """
    longer, begins, ends = reading.runs()
    as_noun = reading.count(begins if noun_first else ends)
    not_nouns = as_noun < _NOUN_SHARE * reading.count(longer)
    return (not_nouns, _none(reading)) if noun_first else (_none(reading), not_nouns)
