"""Words: tokens, plural folding, and the lists of words that can't name a theme.

The lists are text files in the folder ``word_lists``, meant to be read and edited.
"""

import re
from functools import cache, lru_cache
from importlib.resources import files

# Scripts written without spaces between words: Chinese, Japanese, Thai and the like.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+(?:[-‐‑][^\W_{_UNSPACED}]+)*")
_UNSPACED_RUN = re.compile(rf"[{_UNSPACED}]+")
_HYPHEN = re.compile(r"[-‐‑]")
_APOSTROPHE = re.compile(r"[’ʼ]")
_ALL = "*"  # in the list of word frequencies: all words
_POSSESSIVE = re.compile(r"'s\b")


@cache
def word_list(name: str) -> frozenset[str]:
    """Return the words of one of the package's lists in lower case, none if there is no such list.

    Parameters
    ----------
    name
        ``"function"``, ``"academic"``, ``"generic"``, ``"bare"``, ``"finished"`` or
        ``"irregular"`` for English; with a language code in front for another language, as in
        ``"de/academic"``.

    Examples
    --------
    >>> "the" in word_list("function"), "propose" in word_list("academic")
    (True, True)
    """
    path = files("absclust.text").joinpath("word_lists", f"{name}_words.txt")
    lines = path.read_text("utf-8").splitlines() if path.is_file() else ()
    return frozenset(word for line in lines for word in line.split("#", 1)[0].lower().split())


@cache
def word_frequencies() -> dict[str, float]:
    """Return, for each folded word, the share of scientific papers that contain it.

    The key ``""`` holds the share for words too rare to be listed.

    Examples
    --------
    >>> word_frequencies()["model"] > 100 * word_frequencies()["bellman"]
    True
    """
    text = files("absclust.text").joinpath("word_lists", "word_frequencies.txt").read_text("utf-8")
    lines = (line.split() for line in text.splitlines() if line[0] != "#")
    counts = {word: int(papers) for word, papers, _ in lines}
    total = counts.pop(_ALL)
    return {"": min(counts.values()) / 2 / total} | {w: c / total for w, c in counts.items()}


@cache
def stop_words() -> frozenset[str]:
    """Return the words that say nothing about the subject: function and academic words."""
    return word_list("function") | word_list("academic")


@lru_cache(maxsize=100_000)
def is_stop_word(word: str) -> bool:
    """Return whether a word, in any case, singular or plural, says nothing about the subject.

    Examples
    --------
    >>> is_stop_word("Approaches"), is_stop_word("reward")
    (True, False)
    """
    lower = word.lower()
    return lower in stop_words() or fold_plural(lower) in stop_words()


@lru_cache(maxsize=100_000)
def fold_plural(word: str) -> str:
    """Return the key that a lower-case English noun shares with its plural.

    The key is for comparison, not for display: it need not be a word.

    Examples
    --------
    >>> [fold_plural(w) for w in ("rewards", "policies", "losses", "bias", "physics")]
    ['reward', 'policy', 'loss', 'bias', 'physics']
    """
    if len(word) <= 3 or not word.endswith("s"):
        return word
    if word.endswith("ies"):
        return word if word in {"series", "species"} else word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return word[:-2]
    if word.endswith(("ss", "us", "is", "as", "ics")):
        return word
    return word[:-1]


def has_unspaced_script(text: str) -> bool:
    """Return whether most letters of a text belong to a script without spaces between words.

    Examples
    --------
    >>> has_unspaced_script("强化学习 RL"), has_unspaced_script("Deep RL (强化学习)")
    (True, False)
    """
    unspaced = sum(map(len, _UNSPACED_RUN.findall(text)))
    return 2 * unspaced > sum(map(str.isalpha, text))


def content_words(text: str) -> list[str]:
    """Return the words of a text that describe its subject, folded, in order.

    Hyphenated words are split; scripts without spaces give overlapping pairs of
    characters. A text with nothing but stop words keeps them, so that no text with a
    letter or digit comes out empty.

    Examples
    --------
    >>> content_words("We propose value-based RL for the control of robots")
    ['value', 'rl', 'control', 'robot']
    """
    content = [word for token in _tokens(text) for word in _content(token)]
    return content or all_words(text)


def all_words(text: str) -> list[str]:
    """Return all words of a text in lower case, split as in `content_words` but not folded.

    Examples
    --------
    >>> all_words("The robot's value-based RL: 强化学习")
    ['the', 'robot', 'value', 'based', 'rl', '强化', '化学', '学习']
    """
    return [word for token in _tokens(text) for word in _split(token)]


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(_POSSESSIVE.sub("", _APOSTROPHE.sub("'", text.lower())))


def _split(token: str) -> list[str]:
    if _UNSPACED_RUN.match(token):
        return [token[i : i + 2] for i in range(len(token) - 1)] or [token]
    if token in stop_words():  # such as "state-of-the-art"
        return [token]
    return _HYPHEN.split(token)


@lru_cache(maxsize=100_000)  # the words of a corpus recur many times
def _content(token: str) -> tuple[str, ...]:
    return tuple(
        fold_plural(word)
        for word in _split(token)
        if len(word) > 1 and not word.isdecimal() and not is_stop_word(word)
    )
