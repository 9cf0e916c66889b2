"""German phrases, recognised by the capitals of nouns and the endings of adjectives."""

import re
from collections import Counter
from functools import cache

import numpy as np
import pandas as pd

from absclust.text.reading import BoolArray, Reading
from absclust.text.words import word_list

_LOWER_SHARE = 0.3  # a word with a larger share of lower-case uses is not a noun
_ENDING = re.compile(r"e[nrsm]?$")
_FEMININE_OR_PLURAL = re.compile(
    r"(?:ung|heit|keit|schaft|ion|tät|enz|anz)(?:en)?$|(?:ik|ie|ur|oren|e)$|[äöü]\w{1,4}er$"
)
_NEUTER = re.compile(r"(?:chen|lein|ment|tum|(?<!a)um|nis)$")
# "Wandels" and "Kalbes", but not "Diskurs", "Impuls", "Zins", "Konsens", "Fels" or "Vers".
_GENITIVE = re.compile(
    r"(?<=[bdfgklmnrt])(?<![Kk]ur)(?<!pul)(?<![Zz]in)(?<!onsen)(?<![Ff]el)(?<![Vv]er)e?s$"
)


def commonest(forms: Counter[str]) -> str:
    """Return the form that the most papers use."""
    return min(forms, key=lambda form: (-forms[form], form))


def lower_case_words(reading: Reading) -> BoolArray:
    """Return which words of a reading are written in lower case too often to be nouns.

    A single capital proves nothing: titles and sentences begin with one whatever
    the word. All forms of an adjective count as one word.
    """
    counts = np.bincount(reading.ids[reading.in_run], minlength=len(reading.words))
    lower = counts * [word[:1].islower() for word in reading.words]
    table = pd.DataFrame({"uses": counts, "lower": lower})
    bases = [_ENDING.sub("", word.lower().rsplit("-", 1)[-1]) for word in reading.words]
    of_base = table.groupby(bases).transform("sum")
    return (of_base["lower"] > _LOWER_SHARE * of_base["uses"]).to_numpy()


def can_end_german_phrase(word: str) -> bool:
    """Return whether a word can be a noun, which has a capital."""
    return not word.islower()


def can_be_inside_german_phrase(word: str) -> bool:
    """Return whether a word can be a noun or an adjective.

    Examples
    --------
    >>> can_be_inside_german_phrase("neuronale"), can_be_inside_german_phrase("optimal")
    (True, False)
    """
    return not word.islower() or bool(_ENDING.search(word))


def nominative(forms: Counter[str]) -> str:
    """Return a phrase in the nominative, given how many papers use each form.

    The noun loses its case ending if papers also use it without ("Automobil",
    not "Automobils"); adjectives get the ending they have without an article.

    Examples
    --------
    >>> nominative(Counter(["künstlichen Intelligenz", "künstlicher Intelligenz"]))
    'künstliche Intelligenz'
    >>> nominative(Counter(["digitalen Zeitalter"])), nominative(Counter(["globalen Wandels"]))
    ('digitales Zeitalter', 'globaler Wandel')
    """
    best = commonest(forms)
    forms = Counter({f: n for f, n in forms.items() if f.count(" ") == best.count(" ")})
    noun = _noun(forms)
    *words, _ = commonest(Counter({f: n for f, n in forms.items() if f.endswith(noun)})).split()
    if any(word.endswith("en") for word in words if word.islower()):
        noun = _GENITIVE.sub("", noun)
    first_noun = next(word for word in [*words, noun] if not word.islower())
    ending = _ending_before(first_noun)
    if ending:
        words = [_ENDING.sub(ending, word) if word.islower() else word for word in words]
    return " ".join([*words, noun])


def _noun(forms: Counter[str]) -> str:
    """Return the commonest last word, counting forms in -es, -s and -n with those without."""
    nouns = Counter({form.split()[-1]: 0 for form in forms})
    for form, count in forms.items():
        noun = form.split()[-1]
        endings = ("es", "s") if noun.endswith("eln") else ("es", "s", "n")
        shorter = (noun.removesuffix(ending) for ending in endings)
        nouns[next((n for n in shorter if n != noun and n in nouns), noun)] += count
    return commonest(nouns)


def _ending_before(noun: str) -> str:
    """Return the ending of adjectives before a noun, or "" if it isn't known."""
    lower = noun.lower()
    if _FEMININE_OR_PLURAL.search(lower) or lower.endswith(_nouns("feminine")):
        return "e"
    if _NEUTER.search(lower) or lower.endswith(_nouns("neuter")):
        return "es"
    return "" if lower.endswith("en") else "er"


@cache
def _nouns(gender: str) -> tuple[str, ...]:
    nouns = sorted(word_list(f"de/{gender}"))
    return (*nouns, *(noun + "en" for noun in nouns if gender == "feminine"))
