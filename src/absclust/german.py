"""German phrases: nouns have capitals, adjectives have endings."""

import re
from collections import Counter
from functools import cache

from absclust.words import word_list

_LOWER_SHARE = 0.3  # a word with more lower-case uses than this is no noun
_ENDING = re.compile(r"e[nrsm]?$")
_FEMININE_OR_PLURAL = re.compile(
    r"(?:ung|heit|keit|schaft|ion|tät|enz|anz)(?:en)?$|(?:ik|ie|ur|e)$"
)
_NEUTER = re.compile(r"(?:chen|lein|ment|tum|um|nis|eln|ern|[^aeioußtzgn]en)$")
_GENITIVE = re.compile(r"(?<=[lnrmtdgk])s$")


def lower_case_words(runs_of: list[list[list[str]]]) -> frozenset[str]:
    """Return the words that lower case shows to be no nouns, in lower case.

    One use doesn't tell: titles and sentences begin with a capital whatever the
    word. The endings of an adjective count as one word.
    """
    words: set[str] = set()
    uses: Counter[str] = Counter()
    lower: Counter[str] = Counter()
    for runs in runs_of:
        for run in runs:
            for word in run:
                words.add(word.lower())
                base = _ENDING.sub("", word.lower())
                uses[base] += 1
                lower[base] += word[0].islower()
    return frozenset(w for w in words if lower[b := _ENDING.sub("", w)] > _LOWER_SHARE * uses[b])


def is_noun_phrase(words: tuple[str, ...]) -> bool:
    """Tell whether words end in a noun, after nouns and adjectives alone.

    Examples
    --------
    >>> is_noun_phrase(("neuronale", "Netze")), is_noun_phrase(("optimal", "gesteuert"))
    (True, False)
    """
    return not words[-1].islower() and all(not w.islower() or _ENDING.search(w) for w in words)


def nominative(forms: Counter[str]) -> str:
    """Return a phrase in the nominative, given how many papers use which form.

    The noun loses the ending of a case where papers use it without ("Automobil",
    not "Automobils"); adjectives get the ending that they have without an article.

    Examples
    --------
    >>> nominative(Counter(["künstlichen Intelligenz", "künstlicher Intelligenz"]))
    'künstliche Intelligenz'
    >>> nominative(Counter(["digitalen Zeitalter"])), nominative(Counter(["globalen Wandels"]))
    ('digitales Zeitalter', 'globaler Wandel')
    """
    *words, _ = min(forms, key=lambda form: (-forms[form], form)).split()
    nouns: Counter[str] = Counter()
    for form, count in forms.items():
        nouns[form.split()[-1]] += count
    noun = min(nouns, key=lambda form: (-nouns[form], form))
    shorter = (noun.removesuffix(ending) for ending in ("es", "s", "n"))
    noun = next((form for form in shorter if form != noun and form in nouns), noun)
    adjectives = [word for word in words if word.islower()]
    if any(word.endswith("en") for word in adjectives):
        noun = _GENITIVE.sub("", noun)
    ending = _ending_before(noun)
    plain = (_ENDING.sub(ending, word) if word.islower() else word for word in words)
    return " ".join([*(plain if ending else words), noun])


def _ending_before(noun: str) -> str:
    """Return the ending of adjectives in front of a noun; empty where that isn't known."""
    lower = noun.lower()
    if _FEMININE_OR_PLURAL.search(lower) or lower.endswith(_nouns("feminine")):
        return "e"
    if _NEUTER.search(lower) or lower.endswith(_nouns("neuter")):
        return "es"
    return "" if lower.endswith("en") else "er"


@cache
def _nouns(gender: str) -> tuple[str, ...]:
    return tuple(sorted(word.lower() for word in word_list(f"de/{gender}")))
