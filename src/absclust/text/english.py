"""English phrases: which words can stand where in them."""

import re
from functools import lru_cache

from absclust.text.reading import BoolArray, Reading
from absclust.text.words import fold_plural, word_list

# Endings of adjectives, participles and adverbs: "deep generative" is half a
# phrase. Nouns with these endings are in the word list "finished".
_UNFINISHED = re.compile(
    r"(?:ive|ous|al|ic|able|ible|ed|ary|ful|less|ly|ant|ent|wise|like|free|aware|an|eous|ular|"
    r"linear)$"
    # "low-rank", "few-shot", "bottom-up", "document-level"
    r"|[a-z][-‐‑](?:box|class|domain|down|end|fidelity|label|level|modal|order|prompt|rank|"
    r"resource|scale|shot|source|task|time|up|view|world)$"
)
# A word that no other content word follows in a smaller share of its uses is a modifier;
# the second share is that of its uses beside another content word. Both are smoothed, so
# that a word must be used some times before it is taken for one.
_FINAL_SHARE, _SOME_USES = 0.12, 4
_FINAL_SHARE_IN_LONGER, _SOME_LONGER = 0.04, 10
_MODALS = ("can", "cannot", "may", "will", "would", "could")
_BEFORE_VERBS = (*_MODALS, "to", "we", "that", "which", "and")
_ARTICLES = ("the", "a", "an", "its", "their")
_BEFORE_NOUNS = (*_ARTICLES, "of", "this", "these", "for", "in")


def edges(reading: Reading) -> tuple[BoolArray, BoolArray]:
    """Return which words can't begin a phrase, and which can't end one.

    Verbs do neither: "predicting" begins "predicting gene expression"; "parsing" ends
    "semantic parsing" and is a noun. "Fool" follows "to", and "induces" precedes "a".
    In capitals a word is no verb: RAG. Modifiers don't end a phrase: "monocular",
    "low-resource" and "prostate" are nearly always followed by a noun.
    """
    longer, begins, ends = reading.runs()
    n_begins, n_ends = reading.count(begins), reading.count(ends)
    before_article, _ = reading.beside(_ARTICLES)
    _, after_to = reading.beside(_BEFORE_VERBS)
    _, after_article = reading.beside(_BEFORE_NOUNS)
    as_verb = reading.count(after_to) + reading.count(before_article)
    as_noun = reading.count(after_article)
    doing = reading.mark(lambda word: word.lower().endswith("ing"))
    capitals = reading.mark(str.isupper)
    verbs = ~capitals & (as_verb > as_noun) & (as_verb > n_ends)
    n_uses, n_longer = reading.count(reading.in_run), reading.count(longer)
    n_final = n_ends + n_uses - n_longer
    modifiers = (n_final + 1) / (n_uses + _SOME_USES) < _FINAL_SHARE
    modifiers |= (n_ends + 1) / (n_longer + _SOME_LONGER) < _FINAL_SHARE_IN_LONGER
    return doing & (n_begins > n_ends), verbs | modifiers


@lru_cache(maxsize=100_000)
def can_end(word: str) -> bool:
    """Return whether a word can be the noun that ends a phrase.

    Examples
    --------
    >>> can_end("network"), can_end("generative"), can_end("objective")
    (True, False, True)
    """
    lower = fold_plural(word.lower())
    finished = word_list("finished")
    return word.isupper() or lower in finished or not _UNFINISHED.search(lower)


@lru_cache(maxsize=100_000)
def can_be_inside(word: str) -> bool:
    """Return whether a word can stand in a phrase: whether it is no adverb."""
    return not word.lower().endswith("ly") or word.lower() in word_list("finished")


@lru_cache(maxsize=100_000)
def is_subject(word: str) -> bool:
    """Return whether a word says enough on its own.

    Examples
    --------
    >>> is_subject("learning"), is_subject("translation")
    (False, True)
    """
    lower, generic = word.lower(), word_list("generic")
    is_generic = lower in generic or fold_plural(lower) in generic
    return not is_generic and (len(word) > 2 or word.isupper())


def says_little_alone(key: str) -> bool:
    """Return whether the key of a phrase is a word that says too little as a whole name.

    Examples
    --------
    >>> says_little_alone("health"), says_little_alone("mental health")
    (True, False)
    """
    return key in word_list("bare")
