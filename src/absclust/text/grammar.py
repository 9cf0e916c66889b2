"""How languages other than English form phrases: words, stop words, the noun's position.

English has its own rules, in ``phrases``.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from absclust.text.german import commonest, is_noun_phrase, lower_case_words, nominative
from absclust.text.segment import (
    CUT,
    is_chinese_noun_phrase,
    join_unspaced,
    space_chinese,
    space_japanese,
)
from absclust.text.stopwords import is_generic_in, is_stop_word_in, stem

Runs = list[list[list[str]]]
Edges = tuple[frozenset[str], frozenset[str]]

# Languages whose adjectives follow the noun: "changement climatique".
_NOUN_FIRST = frozenset(["ar", "ca", "es", "fa", "fr", "he", "id", "it", "pt", "ro", "vi"])
_NOUN_SHARE = 0.5  # a noun is in the noun's position in at least this share of longer runs
_APOSTROPHE = re.compile(r"['’ʼ]")


@dataclass(frozen=True)
class Grammar:
    """What ``phrases`` needs to know about a language.

    Attributes
    ----------
    spaced
        Puts spaces between the words of a text.
    is_stop
        Returns whether a word says nothing about the subject and so ends a phrase.
    fold
        Returns the key shared by all forms of a lower-case word.
    is_candidate
        Returns whether words can form a phrase.
    edges
        Returns the lower-case words that can't begin a phrase and those that can't
        end one, given the runs of words in all texts and the texts themselves.
    join
        Joins words into one phrase.
    best_form
        Picks the form of a phrase to show, given the number of papers with each form.
    capital_nouns
        Whether nouns keep their capital in running text.
    """

    spaced: Callable[[str], str]
    is_stop: Callable[[str], bool]
    fold: Callable[[str], str]
    is_candidate: Callable[[tuple[str, ...]], bool]
    edges: Callable[[Runs, Sequence[str]], Edges]
    join: Callable[[Iterable[str]], str] = " ".join
    best_form: Callable[[Counter[str]], str] = commonest
    capital_nouns: bool = False


@cache
def grammar_of(language: str) -> Grammar:
    """Return the rules of a language other than English, by its ISO 639-1 code.

    Examples
    --------
    >>> french = grammar_of("fr")
    >>> french.is_stop("Nous"), french.is_stop("résultats"), french.is_stop("climat")
    (True, True, False)
    """
    stops, fold = partial(is_stop_word_in, language), partial(stem, language)
    says_enough = partial(_says_enough, language)
    if language == "zh":
        return Grammar(space_chinese, stops, fold, is_chinese_noun_phrase, _no_edges, join_unspaced)
    if language == "ja":
        return Grammar(space_japanese, stops, fold, says_enough, _no_edges, join_unspaced)
    split = partial(_APOSTROPHE.sub, f" {CUT} ")  # "l'eau" is two words
    if language == "de":
        return Grammar(
            split,
            stops,
            fold,
            lambda words: is_noun_phrase(words) and says_enough(words),
            lambda runs_of, _: (frozenset(), lower_case_words(runs_of)),
            best_form=nominative,
            capital_nouns=True,
        )
    edges = partial(_edges, language in _NOUN_FIRST)
    return Grammar(split, stops, fold, says_enough, edges)


def _no_edges(_: Runs, __: Sequence[str]) -> Edges:
    return frozenset(), frozenset()


def _says_enough(language: str, words: tuple[str, ...]) -> bool:
    if len(words) > 1:
        return True
    word = words[0]
    # Two characters make a word in Japanese and Korean, but elsewhere an acronym or a scrap.
    long_enough = len(word) > 2 or not word.isascii() or word.isupper()
    return long_enough and not is_generic_in(language, word)


def _edges(noun_first: bool, runs_of: Runs, _: Sequence[str]) -> Edges:
    """Return the words that are too rarely in the noun's position to be nouns.

    Only runs of several words count: "climatique" follows "changement" and seldom
    begins a run, "optische" seldom ends one.
    """
    uses: Counter[str] = Counter()
    as_noun: Counter[str] = Counter()
    for runs in runs_of:
        for run in runs:
            if len(run) > 1:
                uses.update(word.lower() for word in run)
                as_noun[run[0 if noun_first else -1].lower()] += 1
    not_nouns = frozenset(w for w, count in uses.items() if as_noun[w] < _NOUN_SHARE * count)
    return (not_nouns, frozenset()) if noun_first else (frozenset(), not_nouns)
