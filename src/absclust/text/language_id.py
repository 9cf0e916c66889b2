"""Which language each paper is in, so that themes can be named in it."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from absclust.text.stopwords import LANGUAGES, function_words
from absclust.text.words import word_list

# Shares of function words. Those of its own language make up 0.3 to 0.5 of an abstract's
# words, those of another language less than 0.1 (decision 31).
_PLAINLY_ENGLISH, _AT_LEAST, _SECOND_SHARE = 0.3, 0.15, 0.1
_SECOND_WORDS = 5  # fewer function words of a second language come from names or terms
_SCRIPT_SHARE, _KANA_SHARE = 0.25, 0.1

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def paper_languages(texts: Sequence[str]) -> list[str]:
    """Return the ISO 639-1 code of the main language of each text.

    Chinese, Japanese and Korean are recognised by their script, other languages by
    the share of their function words. Texts with too few of them are taken to be in
    the commonest language of the other texts, or in English.

    Examples
    --------
    >>> paper_languages(["Die Regeln der Kunst", "Das Spiel der Welt", "Quarks", "机器学习"])
    ['de', 'de', 'de', 'zh']
    """
    languages = [_language(text) for text in texts]
    usual = commonest_language(Counter(filter(None, languages))) if any(languages) else "en"
    return [language or usual for language in languages]


def language_name(code: str) -> str:
    """Return the English name of a language that papers can be recognised to be in.

    Examples
    --------
    >>> language_name("pt")
    'Portuguese'
    """
    return str({"en": "English", **LANGUAGES["by_words"], **LANGUAGES["by_script"]}[code])


def is_english(text: str) -> bool:
    """Return whether the words of a text show that it is English.

    Examples
    --------
    >>> is_english("[Cu(phen)2](NO3)2 is monoclinic, and has the form of a chain"), is_english("Cu")
    (True, False)
    """
    return _language(text) == "en"


def commonest_language(counts: Counter[str]) -> str:
    """Return the language with the highest count; English where two have it."""
    return min(counts, key=lambda language: (-counts[language], language != "en", language))


def _language(text: str) -> str | None:
    script = None if text.isascii() else _language_of_script(text)
    if script:
        return script
    if _plainly_english(text):
        return "en"
    words = _words(text)
    hits = _count_function_words(words)
    best = commonest_language(hits)
    lead = hits[best] if best == "en" else hits[best] - hits["en"]
    return best if lead >= 2 and hits[best] >= _AT_LEAST * len(words) else None


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _count_english(words: Sequence[str]) -> int:
    return sum(map(word_list("function").__contains__, words))


def _plainly_english(text: str) -> bool:
    """Return whether a text is in English beyond doubt, and in no second language."""
    words = text.lower().split()  # many times faster than _WORD
    english = _count_english(words)
    if english > _PLAINLY_ENGLISH * len(words):
        return True
    foreign = sum(map(_languages_of_word().__contains__, words))
    return english >= _AT_LEAST * len(words) and foreign < min(english, _SECOND_WORDS)


def _count_function_words(words: Sequence[str]) -> Counter[str]:
    """Count the function words of each language."""
    hits = Counter(en=_count_english(words))
    languages = _languages_of_word()
    for word in filter(languages.__contains__, words):
        hits.update(languages[word])
    return hits


def _language_of_script(text: str) -> str | None:
    letters = sum(map(str.isalpha, text))
    hangul, kana, han = (len(script.findall(text)) for script in (_HANGUL, _KANA, _HAN))
    if hangul > _SCRIPT_SHARE * letters:
        return "ko"
    if kana + han > _SCRIPT_SHARE * letters:
        return "ja" if kana > _KANA_SHARE * (kana + han) else "zh"
    return None


@cache
def _languages_of_word() -> dict[str, tuple[str, ...]]:
    """Map each function word to its languages.

    Words that are also English are left out, and so are single letters, which are as often
    initials.
    """
    languages: dict[str, tuple[str, ...]] = {}
    for language in LANGUAGES["by_words"]:
        for word in function_words(language) - word_list("function"):
            if len(word) > 1:
                languages[word] = (*languages.get(word, ()), language)
    return languages


def part_in(language: str, text: str) -> str:
    """Return the sentences of a text that are in one language: many abstracts come in two.

    A sentence whose language is unclear goes with the one before it.
    """
    if language in LANGUAGES["by_script"] or (language == "en" and _plainly_english(text)):
        return text
    words = _words(text)
    hits = _count_function_words(words)
    candidates = [code for code in hits if code != "en"] if language == "en" else ["en"]
    second = max(sorted(candidates), key=hits.__getitem__, default="en")
    if hits[second] < max(_SECOND_WORDS, _SECOND_SHARE * len(words)):
        return text
    kept, keeping = [], True
    for sentence in _SENTENCE.split(text):
        counts = _count_function_words(_words(sentence))
        if counts[language] != counts[second]:
            keeping = counts[language] > counts[second]
        if keeping:
            kept.append(sentence)
    return " ".join(kept)
