"""Chinese and Japanese, which are written without spaces: where words begin and end."""

import re
from collections.abc import Iterable
from functools import lru_cache

from absclust.errors import needs
from absclust.text.stopwords import is_generic_in, is_stop_word_in

CUT = ";"  # marks where a phrase must end

_JOINTS = frozenset([CUT, "-", "‐", "‑"])
_SPACED_HYPHEN = re.compile(r" [-‐‑] ")
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_GAP = re.compile(rf"(?<=[{_UNSPACED}]) | (?=[{_UNSPACED}])")
_JAPANESE_WORD = re.compile(
    r"([\u3400-\u9fff々]+|[\u30a1-\u30fa\u30fc]+|[A-Za-z0-9][\w.+-]*)|\s+|."
)
# Parts of speech in jieba's notation: nouns and phrases; what else can precede a
# noun; nouns and endings of one character.
_NOUNS = frozenset(["n", "nr", "ns", "nt", "nz", "nrt", "nrfg", "vn", "an", "l", "i", "j", "eng"])
_MODIFIERS = frozenset(["v", "a", "b", "s", "t", "z"])
_SUFFIXES = frozenset(["n", "ng", "j", "k", "g"])


def space_chinese(text: str) -> str:
    """Put spaces between the words of a Chinese text, and cuts where a noun phrase must end.

    A noun of one character is part of the word next to it: 筛选法, 风荷载.

    Examples
    --------
    >>> space_chinese("支持向量机的研究")
    '支持 向量机 ; 研究'
    """
    pieces: list[str] = []
    for word, part in _tagged(text):
        last = pieces[-1] if pieces else CUT
        short = len(word) == 1 and part in _SUFFIXES and not is_stop_word_in("zh", word)
        if short or (len(word) > 1 and part in _NOUNS | _MODIFIERS):
            joined = (short or len(last) == 1) and last not in _JOINTS
            pieces.append(pieces.pop() + word if joined else word)
        elif word in _JOINTS:
            pieces.append(word)
        elif not word.isspace():
            pieces.append(CUT)
    return _SPACED_HYPHEN.sub("-", " ".join(pieces))


def space_japanese(text: str) -> str:
    """Put spaces between the kanji, katakana and Latin words of a Japanese text.

    Grammatical words and endings are written in hiragana, which becomes cuts.

    Examples
    --------
    >>> space_japanese("深層学習モデルの評価")
    '深層学習 モデル ; 評価'
    """
    matches = (match for match in _JAPANESE_WORD.finditer(text) if not match[0].isspace())
    return " ".join(match[1] or CUT for match in matches)


def join_unspaced(words: Iterable[str]) -> str:
    """Join words into one phrase, with spaces only between Latin words.

    Examples
    --------
    >>> join_unspaced(["BP", "神经网络"]), join_unspaced(["deep", "learning"])
    ('BP神经网络', 'deep learning')
    """
    return _GAP.sub("", " ".join(words))


def can_end_chinese_phrase(word: str) -> bool:
    """Return whether a word can be a noun, as many Chinese verbs can too (数值模拟)."""
    part = _part_of_speech(word)
    return part in _NOUNS or part == "v"


def is_chinese_subject(word: str) -> bool:
    """Return whether a word alone is a noun and says enough."""
    part = _part_of_speech(word)
    return part in _NOUNS and part != "i" and not is_generic_in("zh", word)


@lru_cache(maxsize=100_000)
def _part_of_speech(word: str) -> str:
    return _tagged(word)[-1][1]


def _tagged(text: str) -> list[tuple[str, str]]:
    """Return the words of a text, each with its part of speech."""
    with needs("a text in Chinese", "rjieba"):
        from rjieba import tag
    return tag(text)
