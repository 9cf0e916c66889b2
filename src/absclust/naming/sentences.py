"""Papers of a theme -> the sentence of theirs that says best what they share."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from absclust.naming.keywords import Scored, Setting

_PAPERS = 10  # nearest to the theme's centre, whose sentences are read
_SHORTEST, _LONGEST = 50, 200  # characters of a sentence; a Chinese one counts three times
_CHINESE = re.compile("[\u3040-\u9fff]")
_END = re.compile(
    r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\b(?:al|cf|sp|no|vs)\.)(?<!\b(?:e\.g|i\.e|spp|z\.B)\.)\s+"
    r"(?=[^a-z\s])|(?<=[。！？])|(?<=[\u3400-\u9fff]\.)"
)
# A heading of a structured abstract, and "We show that owls hear" -> "Owls hear".
_LEAD = re.compile(
    r"^\W*(?:(?:[A-ZÀ-Þ][A-ZÀ-Þ &/]{3,40}|[A-Z][a-z]+(?: [a-z]+)?)\s*:|(?:Background|Objectives?|"
    r"Aims?|Methods?|Results?|Conclusions?)(?=\s[A-Z])|结论:)\s*"
    r"|^(?:[\w’' -]{0,40}, )?(?:[Ww]e|(?:[Tt]he|[Oo]ur|[Tt]hese) (?:authors|results?|findings|"
    r"study|data|analys[ie]s)|[Ii]t (?:is|was)) (?:also )?(?:have )?(?:show|find|found|demonstrat|"
    r"argu|conclud|suggest|reveal|indicat|confirm|observ|prov)\w* that "
)
# What needs the sentence before it, or speaks of the paper or its authors: at the beginning of a
# sentence, or anywhere in it.
_NEEDY = re.compile(
    r"^(?:it|its|they|their|he|she|his|her|both|here|there|th[ue]s|thereby|hence|however|therefore|"
    r"moreover|furthermore|additionally|finally|also|but|and|so|yet|then|although|while|in (?:addi"
    r"tion|contrast|particular|total|conclusion)|to do|for (?:example|instance)|as a result|on the "
    r"other|the (?:(?:present|current|proposed|above|latter|former)|authors?|papers?|articles?|"
    r"stud(?:y|ies)|books?|methods?|results?|models?|approach|aim|purpose|objective)|experiment\w*|"
    r"results?|das|es|sie|er|dabei|hier\w*|daher|dadurch|somit|außerdem|ferner|jedoch|damit|dazu|ce|"
    r"il|elle|ils|elles|cependant|ainsi|ello|además|se|além|inoltre)\b"
    r"|\b(?:we|our|us|this|these|those|such|i|my|professor|university|author|dies\w*|unser\w*|wir|"
    r"sein(?:e[nrms]?)?|Professor\w*|Lehrstuhls?|Universität|Mitarbeiter\w*|Autor\w*|Verlag\w*|nous|"
    r"notre|nos|cet(?:te)?|ces|nuestr\w+|[nd]?est[ae]s?|ess[ae]s?|noss[ao]s?|quest[aeio]|nostr[aeio])"
    r"\b|本文|本研究|我们|笔者|^(?:该|这|此|其|它|文章|因此|同时|但|而|并|结果)",
    re.IGNORECASE,
)
_DETAIL = re.compile(r"\d|\b(?:participants|respondents|data ?set|were|et al|recent)\b|[%=<>$\\]")
_COVERED, _DETAILED, _LATE = 0.4, -0.05, 0.1  # weights beside the cosine to the theme's centre


@dataclass(frozen=True)
class Sentence:
    """A sentence, and the paper of the corpus that it is from."""

    text: str
    paper: int


def theme_sentence(theme: int, keywords: list[Scored], setting: Setting) -> Sentence | None:
    """Return the sentence that covers most of what a theme's papers share, if one is fit.

    Parameters
    ----------
    theme
        Number of the theme.
    keywords
        Its keywords.
    setting
        The themes in its language.
    """
    evidence, centre = setting.evidence, setting.centres[theme]
    own = np.flatnonzero(setting.use.labels == theme)
    likeness = setting.meaning.texts[own] @ centre
    nearest = own[np.argsort(-likeness.round(5), kind="stable")[:_PAPERS]]
    found: list[tuple[str, int, float]] = []
    for paper in evidence.read_in(setting.language)[nearest].tolist():
        title, text = evidence.titles[paper], evidence.texts[paper]
        sentences = _END.split(text.removeprefix(title).lstrip(" .:"))
        last = max(len(sentences) - 1, 1)
        for i, sentence in enumerate(sentences):
            if fit := _standing_alone(sentence):
                found.append((fit, paper, i / last))
    if not found:
        return None
    scores = np.array(
        [
            _COVERED * _covered(f" {setting.use.phrases.keys.of(text)} ", keywords)
            + _DETAILED * len(_DETAIL.findall(text))
            + _LATE * place
            for text, _, place in found
        ]
    )
    if setting.meaning.by_model:
        scores += evidence.embed([text for text, _, _ in found]) @ centre
    text, paper, _ = found[int(scores.round(5).argmax())]
    return Sentence(text, int(evidence.papers[paper]))


def _standing_alone(sentence: str) -> str:
    """Return a sentence without its heading and "we show that"; "" if it needs others."""
    text = _LEAD.sub("", _LEAD.sub("", sentence.strip()))
    size = len(text) * (3 if _CHINESE.search(text) else 1)
    if not _SHORTEST <= size <= _LONGEST or _NEEDY.search(text) or text[-1] not in ".!?。！？":
        return ""
    return text[0].upper() + text[1:]


def _covered(key: str, keywords: list[Scored]) -> float:
    """Return the share of the keywords that a sentence has, by how many papers use them."""
    shares = [float(keyword.used.mean()) for keyword in keywords]
    pairs = zip(keywords, shares, strict=True)
    return sum(share for k, share in pairs if f" {k.key} " in key) / max(sum(shares), 1e-9)
