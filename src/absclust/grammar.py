"""How languages other than English make phrases: words, stop words, where the noun stands.

English has rules of its own, in ``phrases``. Function words come from the library
stopwordsiso; what scientific prose adds to them, and what a language's lists
hold although it names subjects, stands in the folders ``words/de`` and so on.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib.resources import files

from absclust.words import is_stop_word, word_list

Edges = tuple[frozenset[str], frozenset[str]]
Runs = Iterable[list[list[str]]]

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german",
    "el": "greek", "es": "spanish", "fi": "finnish", "fr": "french", "hu": "hungarian",
    "id": "indonesian", "it": "italian", "nl": "dutch", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
# Languages whose adjectives follow the noun: "changement climatique".
_NOUN_FIRST = frozenset(["ar", "ca", "es", "fa", "fr", "id", "it", "pt", "ro"])
_NOUN_SHARE = 0.5  # of the places of a word in longer stretches, for it to be a noun
_LOWER_SHARE = 0.3  # a German word with more lower-case uses than this is no noun

_APOSTROPHE = re.compile(r"['’ʼ]")
_HYPHEN = re.compile(r"[-‐‑]")
_SPACED_HYPHEN = re.compile(r" [-‐‑] ")
_GERMAN_ADJECTIVE = re.compile(r"e[nrsm]?$")
_OBLIQUE = re.compile(r"e[nrm]$")
_FEMININE_OR_PLURAL = re.compile(
    r"(?:ung|heit|keit|schaft|ion|tät|ik|ie|ur|enz|anz"
    r"|ungen|heiten|keiten|schaften|ionen|täten|enzen|anzen|e)$"
)
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_GAP = re.compile(rf"(?<=[{_UNSPACED}]) | (?=[{_UNSPACED}])")
_JAPANESE = re.compile(
    r"(?P<word>[\u3400-\u9fff々]+|[\u30a1-\u30fa\u30fc]+|[A-Za-z0-9][\w.+-]*)|(?P<other>.)",
    re.DOTALL,
)
# Parts of speech as jieba marks them: nouns, and what can stand in front of one.
_NOUNS = frozenset(
    ["n", "nr", "ns", "nt", "nz", "nrt", "nrfg", "ng", "vn", "an", "l", "i", "j", "eng"]
)
_MODIFIERS = _NOUNS | {"v", "a", "b", "s", "t", "z"}
_ALONE = _NOUNS - {"i", "ng"}
_SUFFIXES = frozenset(["n", "ng", "j", "k", "g"])
_CUT = ";"


def commonest_form(forms: Counter[str]) -> str:
    """Return the form that most papers use."""
    return min(forms, key=lambda form: (-forms[form], form))


@dataclass(frozen=True)
class Grammar:
    """What ``phrases`` needs to know of a language.

    Attributes
    ----------
    spaced
        Puts spaces between the words of a text.
    is_stop
        Tells whether a word carries no subject and so ends a phrase.
    fold
        Gives the key that the forms of a lower-case word share.
    is_candidate
        Tells whether words can be a phrase.
    edges
        Gives the lower-case words that can't begin, and those that can't end a
        phrase, from the stretches of words of all texts.
    join
        Writes words as one phrase.
    best_form
        Picks the form of a phrase to show, from the number of papers with each.
    capital_nouns
        Whether a noun's capital is kept in running text.
    """

    spaced: Callable[[str], str]
    is_stop: Callable[[str], bool]
    fold: Callable[[str], str]
    is_candidate: Callable[[tuple[str, ...]], bool]
    edges: Callable[[Runs], Edges]
    join: Callable[[Iterable[str]], str] = " ".join
    best_form: Callable[[Counter[str]], str] = commonest_form
    capital_nouns: bool = False


@cache
def grammar_of(language: str) -> Grammar:
    """Return the rules of a language by its ISO 639-1 code.

    Examples
    --------
    >>> french = grammar_of("fr")
    >>> french.is_stop("nous"), french.is_stop("Résultats"), french.is_stop("climat")
    (True, True, False)
    >>> grammar_of("zh").spaced("支持向量机的研究")
    '支持 向量 机 ; 研究'
    """
    fold, is_stop = partial(_stem, language), partial(is_stop_word_of, language)
    if language in {"ja", "zh"}:
        chinese = language == "zh"
        return Grammar(
            spaced=_space_chinese if chinese else _space_japanese,
            is_stop=is_stop,
            fold=fold,
            is_candidate=_is_chinese_candidate if chinese else partial(_is_candidate, language),
            edges=lambda runs_of: (frozenset(), frozenset()),
            join=lambda words: _GAP.sub("", " ".join(words)),
        )
    german = language == "de"
    return Grammar(
        spaced=partial(_APOSTROPHE.sub, f" {_CUT} "),  # "l'eau" is two words
        is_stop=is_stop,
        fold=fold,
        is_candidate=_is_german_candidate if german else partial(_is_candidate, language),
        edges=_german_edges if german else partial(_edges, language in _NOUN_FIRST),
        best_form=_best_german_form if german else commonest_form,
        capital_nouns=german,
    )


@lru_cache(maxsize=100_000)
def is_stop_word_of(language: str, word: str) -> bool:
    """Tell whether a word of a language other than English carries no subject.

    Examples
    --------
    >>> [is_stop_word_of("de", w) for w in ("Der", "untersuchten", "Recht", "Gräser")]
    [True, True, False, False]
    """
    lower = word.lower()
    if lower in _list("subject", language):
        return False
    if lower.isascii() and language not in _STEMMERS and is_stop_word(lower):
        return True  # Chinese abstracts have English words in them
    return lower in _function_words(language) or _stem(language, lower) in _stems(
        "academic", language
    )


@cache
def _function_words(language: str) -> frozenset[str]:
    from stopwordsiso import stopwords

    return frozenset(stopwords(language))


@cache
def _list(kind: str, language: str) -> frozenset[str]:
    """Return one of our lists for a language; it is empty where we keep none."""
    if not files("absclust").joinpath("words", language, f"{kind}_words.txt").is_file():
        return frozenset()
    return frozenset(map(str.lower, word_list(f"{language}/{kind}")))


@cache
def _stems(kind: str, language: str) -> frozenset[str]:
    return frozenset(_stem(language, word) for word in _list(kind, language))


@lru_cache(maxsize=100_000)
def _stem(language: str, word: str) -> str:
    if language not in _STEMMERS:
        return word
    return str(_stemmer(language).stemWord(word))


@cache
def _stemmer(language: str):  # type: ignore[no-untyped-def]  # the library has no types
    from snowballstemmer import stemmer

    return stemmer(_STEMMERS[language])


def _is_candidate(language: str, words: tuple[str, ...]) -> bool:
    if len(words) > 1:
        return True
    word = words[0]
    if _stem(language, word.lower()) in _stems("generic", language):
        return False
    return len(word) > 2 or word.isupper() or language in {"ja", "ko"}


def _edges(noun_first: bool, runs_of: Runs) -> Edges:
    """Return the words that stand in the noun's place too rarely to be nouns.

    Only stretches of several words tell: "climatique" follows "changement" and
    seldom begins one, "optische" seldom ends one.
    """
    places: Counter[str] = Counter()
    as_noun: Counter[str] = Counter()
    for runs in runs_of:
        for run in runs:
            if len(run) > 1:
                places.update(word.lower() for word in run)
                as_noun[run[0 if noun_first else -1].lower()] += 1
    others = frozenset(w for w, count in places.items() if as_noun[w] < _NOUN_SHARE * count)
    return (others, frozenset()) if noun_first else (frozenset(), others)


def _german_edges(runs_of: Runs) -> Edges:
    """Return the words that can't end a phrase: those that lower case shows to be no nouns.

    A title and a sentence begin with a capital whatever the word.
    """
    uses: Counter[str] = Counter()
    lower: Counter[str] = Counter()
    for runs in runs_of:
        for run in runs:
            for word in run:
                uses[word.lower()] += 1
                lower[_GERMAN_ADJECTIVE.sub("", word.lower())] += word[0].islower()
    all_uses: Counter[str] = Counter()
    for word, count in uses.items():
        all_uses[_GERMAN_ADJECTIVE.sub("", word)] += count
    return frozenset(), frozenset(
        word
        for word in uses
        if (base := _GERMAN_ADJECTIVE.sub("", word)) in lower
        and lower[base] > _LOWER_SHARE * all_uses[base]
    )


def _is_german_candidate(words: tuple[str, ...]) -> bool:
    """Tell whether words end in a noun, which has a capital, after nouns and adjectives."""
    if words[-1].islower():
        return False
    return all(
        not word.islower() or _GERMAN_ADJECTIVE.search(word) for word in words
    ) and _is_candidate("de", words)


def _best_german_form(forms: Counter[str]) -> str:
    """Return the commonest form that can be a nominative.

    Adjectives tell ("künstliche", not "künstlichen"), and so do nouns that the
    papers also use without their ending ("Automobil", not "Automobils").
    """
    shown: Counter[str] = Counter()
    for form, count in forms.items():
        shown[_with_plain_adjectives(form)] += count
    least = min(map(_obliqueness, shown))
    nominative = Counter({f: count for f, count in shown.items() if _obliqueness(f) == least})
    best = commonest_form(nominative)
    shorter = [best.removesuffix(ending) for ending in ("es", "s", "n")]
    return next((form for form in shorter if form != best and form in nominative), best)


def _with_plain_adjectives(form: str) -> str:
    """Put adjectives before a feminine or plural noun into the nominative, which ends in -e."""
    *adjectives, noun = form.split()
    if not _FEMININE_OR_PLURAL.search(noun):
        return form
    plain = (_OBLIQUE.sub("e", word) if word.islower() else word for word in adjectives)
    return " ".join([*plain, noun])


def _obliqueness(form: str) -> int:
    """Rank a form: "geschlossener Regelkreis" over "geschlossene" and "geschlossenen"."""
    endings = {word[-2:] for word in form.split()[:-1] if word.islower()}
    if endings & {"en", "em"}:
        return 2
    return 0 if endings <= {"er", "es"} or _FEMININE_OR_PLURAL.search(form) else 1


def _space_chinese(text: str) -> str:
    """Put spaces between the words of a Chinese text, and cuts where no noun phrase goes on.

    A noun of one character is a part of the word before it.
    """
    from rjieba import tag

    pieces: list[str] = []
    for word, part in tag(text):
        if len(word) == 1 and part in _SUFFIXES and not is_stop_word_of("zh", word):
            pieces[-1:] = [*pieces[-1:], word] if pieces[-1:] in ([], [_CUT]) else [pieces[-1] + word]
        elif _HYPHEN.fullmatch(word) or (part in _MODIFIERS and len(word) > 1):
            pieces.append(word)
        elif not word.isspace():
            pieces.append(_CUT)
    return _SPACED_HYPHEN.sub("-", " ".join(pieces))


@lru_cache(maxsize=100_000)
def _part_of_speech(word: str) -> str:
    from rjieba import tag

    return tag(word)[-1][1]


def _is_chinese_candidate(words: tuple[str, ...]) -> bool:
    last = _part_of_speech(words[-1])
    if len(words) == 1:
        return last in _ALONE and words[0] not in _list("generic", "zh")
    return last in _NOUNS or last == "v"


def _space_japanese(text: str) -> str:
    """Put spaces between the kanji, katakana and Latin words of a Japanese text.

    Grammar is written in hiragana, which cuts.
    """
    return " ".join(match["word"] or _CUT for match in _JAPANESE.finditer(text))
