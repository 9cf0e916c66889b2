"""Papers of a theme -> the sentence of theirs that says best what they share."""

import re
from dataclasses import dataclass

import numpy as np

from absclust.naming.keywords import Scored, Setting, learnt_weights
from absclust.naming.theme_use import Floats
from absclust.packaged import packaged

_PAPERS = 10  # nearest to the theme's centre, whose sentences are read
_SHORTEST, _LONGEST = 50, 200  # characters of a sentence
_END = re.compile(
    r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\b(?:al|cf|sp|no|vs)\.)(?<!\b(?:e\.g|i\.e|spp)\.)\s+(?=[^a-z\s])"
)
_WORDS = {kind: "|".join(words) for kind, words in packaged("naming/sentences.toml").items()}
# A heading of a structured abstract, and "We show that owls hear" -> "Owls hear".
_LEAD = re.compile(
    r"^\(\d+\)\s*|^\W*(?:(?:[A-ZÀ-Þ][A-ZÀ-Þ &/]{3,40}|[A-Z][a-z]+(?: [a-z]+)?)\s*:|"
    rf"(?:{_WORDS['headings']})(?=\s[A-Z]))\s*|^(?:[\w’' -]{{0,40}}, )?(?:{_WORDS['speakers']}) "
    rf"(?:also )?(?:have )?(?:{_WORDS['verbs']})\w* that "
)
_NEEDY = re.compile(rf"^(?:{_WORDS['needy_first']})\b|\b(?:{_WORDS['needy']})\b", re.IGNORECASE)
_DETAIL = re.compile(rf"\d|\b(?:{_WORDS['details']})\b|[%=<>$\\]")
# Formulas that were lost.
_BROKEN = re.compile(r"\s[,.;:]|\(\s*\)|\b(?:of|a|the|by|with) (?:for|is|and|[,.])")
# What a sentence is judged by: its cosine to the middle of the theme's papers, the share of the
# keywords that it has, its signs of detail, and where in its abstract it stands, from 0 to 1: the
# first sentences tell the subject. name_weights.toml has the weights; the score is the log-odds
# that readers keep a sentence, and the least of them seven in ten (decision 87).
SENTENCE_FEATURES = ("to_middle", "covered", "details", "place", "always")
_LEAST = 1.0


@dataclass(frozen=True)
class Sentence:
    """A sentence, the paper of the corpus that it is from, and where in it: 0 to 1."""

    text: str
    paper: int
    place: float


def theme_sentence(
    theme: int, sentences: list[Sentence], keywords: list[Scored], setting: Setting
) -> Sentence | None:
    """Return which of some sentences covers most of what a theme's papers share, if one is fit.

    Parameters
    ----------
    theme
        Number of the theme.
    sentences
        Those of its papers that can stand alone.
    keywords
        Its keywords.
    setting
        The themes in its language.
    """
    if not sentences:
        return None
    features = sentence_features(theme, sentences, keywords, setting)
    scores = (features @ learnt_weights(SENTENCE_FEATURES, True)).round(5)
    best = int(scores.argmax())
    return sentences[best] if scores[best] > _LEAST else None


def fit_sentences(theme: int, setting: Setting) -> list[Sentence]:
    """Return the sentences of the papers nearest to a theme's centre that can stand alone.

    In a language that the built-in model doesn't know there is none: without meaning, hardly one
    in ten of the sentences that share its keywords speaks of the theme.
    """
    if not setting.meaning.by_model:
        return []
    evidence, centre = setting.evidence, setting.centres[theme]
    own = np.flatnonzero(setting.use.labels == theme)
    likeness = setting.meaning.texts[own] @ centre
    nearest = own[np.argsort(-likeness.round(5), kind="stable")[:_PAPERS]]
    found: list[Sentence] = []
    for paper in evidence.read_in(setting.language)[nearest].tolist():
        title, text = evidence.titles[paper], evidence.texts[paper]
        sentences = _END.split(text.removeprefix(title).lstrip(" .:"))
        for i, sentence in enumerate(sentences):
            if fit := _standing_alone(sentence):
                place = i / max(len(sentences) - 1, 1)
                found.append(Sentence(fit, int(evidence.papers[paper]), place))
    return found


def sentence_features(
    theme: int, sentences: list[Sentence], keywords: list[Scored], setting: Setting
) -> Floats:
    """Return what sentences are judged by, shape (n_sentences, len(SENTENCE_FEATURES))."""
    texts, key_of = [s.text for s in sentences], setting.use.phrases.words.keys.of
    features = [
        setting.evidence.embed(texts) @ setting.middles[theme],
        _covered([f" {key_of(text)} " for text in texts], keywords),
        [len(_DETAIL.findall(text)) for text in texts],
        [s.place for s in sentences],
        np.ones(len(texts)),
    ]
    return np.column_stack(features)


def _standing_alone(sentence: str) -> str:
    """Return a sentence without its heading and "we show that"; "" if it needs others."""
    text = _LEAD.sub("", _LEAD.sub("", sentence.strip()))
    whole = _SHORTEST <= len(text) <= _LONGEST and text[-1] in ".!?"
    if not whole or _NEEDY.search(text) or _BROKEN.search(text):
        return ""
    return text[0].upper() + text[1:]


def _covered(keys: list[str], keywords: list[Scored]) -> list[float]:
    """Return the share of the keywords that each sentence has, by how many papers use them."""
    shares = {f" {keyword.key} ": float(keyword.used.mean()) for keyword in keywords}
    total = max(sum(shares.values()), 1e-9)
    return [sum(share for k, share in shares.items() if k in key) / total for key in keys]
