"""Papers of each theme -> its keywords: the phrases that are characteristic of them.

Three things make up the score of a phrase. The first is how much more common it is in
the theme's papers than elsewhere, the core of class-based TF-IDF (Grootendorst 2022),
and how many of them use it. Papers are counted, not occurrences, so that no single paper
names a theme, and the prior for "elsewhere" is the frequencies of scientific prose at
large (after Monroe, Colaresi and Quinn 2008), so that a handful of papers is named well
too. The second is how close its meaning is to the theme's centre, and how much closer
than to those of other themes (as KeyBERT, Grootendorst 2020, ranks phrases), by the
embedding that ships with absclust. The third is whether it is worded like a subject: in
two or three words, of the kind that stand in titles, and spelled out. The weights were
set on labelled corpora (decision 53).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from absclust.arrays import FloatArray, IntArray, unit_rows
from absclust.naming.evidence import Evidence
from absclust.naming.theme_use import Floats, ThemeUse
from absclust.text.acronyms import stands_for
from absclust.text.english import is_subject
from absclust.text.phrases import Phrases
from absclust.text.reading import BoolArray
from absclust.text.stems import same_stem, stems
from absclust.text.words import title_shares, word_frequencies

N_KEYWORDS = 12  # to choose a name from
_MAX_COUNTED, _MAX_CANDIDATES = 400, 200  # per theme: the best by counts are scored
_PRIOR_PAPERS = 100  # how many papers the prior counts as
_COVERAGE = 0.75  # above 1 favours phrases common in a theme over those peculiar to it
_SHARPNESS = 10.0  # of the comparison with the centres of other themes
# Weights in the score.
_RATIO, _SHARE, _CLOSENESS, _DISTINCTION, _LEAD = 0.8, 0.7, 6.0, 0.6, 6.0
_SEVERAL_WORDS, _MANY_WORDS, _ACRONYM, _PROPER_NAME = 0.8, -0.6, -1.6, -0.8
_SUBJECT, _TITLED, _DECLARED = 1.3, 0.5, 1.0
# A phrase yields to a shorter one inside it that is used by far more papers and scores
# nearly as much: "aseptic meningitis" to "meningitis".
_NESTED_SHARE, _NESTED_LOSS = 0.65, 1.2
_AFTER = 0.001  # by which its score is then lower
_SAMENESS = 1.0  # what a phrase loses per unit of cosine to a better one
_N_AUTHORS = 10  # of their keywords that are shown
_SAME_STEM = 2  # keywords that may share a word


@dataclass(frozen=True)
class Scored:
    """A phrase as papers write it, its key, score, closeness to the theme, and unit vector."""

    phrase: int
    surface: str
    key: str
    score: float
    closeness: float
    vector: FloatArray


def theme_centres(
    vectors: tuple[FloatArray, FloatArray] | None, labels: IntArray, n_themes: int
) -> FloatArray | None:
    """Return the direction in which each theme's papers differ from all papers.

    Titles count as much as texts.

    Parameters
    ----------
    vectors : tuple of float arrays of shape (n_papers, d), or None
        Unit vectors of texts and of titles; None where their meaning isn't known.
    labels : int array of shape (n_papers,)
        Theme of each of these papers; -1 for none.
    n_themes
        Number of themes.
    """
    if vectors is None:
        return None
    inside = labels >= 0
    centres = np.zeros((n_themes, vectors[0].shape[1]), dtype=np.float32)
    for source in vectors:
        total = np.zeros_like(centres)
        np.add.at(total, labels[inside], source[inside])
        centres += unit_rows(total)
    return unit_rows(centres - centres.mean(axis=0))


def theme_keywords(
    theme: int,
    evidence: Evidence,
    use: ThemeUse,
    centres: FloatArray | None,
    stop_phrases: Sequence[str] = (),
) -> list[Scored]:
    """Return the keywords of a theme, best first.

    Parameters
    ----------
    theme
        Number of the theme.
    evidence
        The papers.
    use
        How often each theme uses each phrase.
    centres : float array of shape (n_themes, d), or None
        Meaning of each theme.
    stop_phrases
        Phrases that no keyword may contain.
    """
    chosen, by_counts = _candidates(theme, use, stop_phrases)
    if not len(chosen):
        return []
    scored = _score(theme, chosen, by_counts, evidence, use, centres)
    papers = dict(zip(chosen.tolist(), use.n_papers(theme, chosen).tolist(), strict=True))
    return _diverse(_yield_to_shorter(scored, papers))


def author_keywords(theme: int, use: ThemeUse, stop_phrases: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the authors' keywords that are characteristic of a theme, best first.

    Each was given by at least two papers, unless the theme has one.
    """
    phrases = use.phrases
    given = use.declared[[theme]]
    enough = given.data >= min(2, use.sizes[theme])
    chosen, n_papers = given.indices[enough], given.data[enough]
    elsewhere = use.n_declared_in_all[chosen] - n_papers + 1
    rest = max(int(use.sizes.sum() - use.sizes[theme]), 1)
    ratio = np.log1p((n_papers / use.sizes[theme]) / (elsewhere / rest))
    best = chosen[np.lexsort((chosen, -(n_papers * ratio).round(6)))].astype(np.int64)
    shown = best[_allowed(best, phrases, stop_phrases)][:_N_AUTHORS]
    return tuple(phrases.surfaces(shown))


def _allowed(chosen: IntArray, phrases: Phrases, stop_phrases: Sequence[str]) -> BoolArray:
    """Return which phrases contain no stop phrase."""
    stops = [f" {phrases.keys.of(phrase)} " for phrase in stop_phrases]
    keys = [f" {phrases.key(phrase)} " for phrase in chosen.tolist()] if stops else []
    free = [not any(stop in key for stop in stops) for key in keys]
    return np.array(free, dtype=bool) if stops else np.ones(len(chosen), dtype=bool)


def _candidates(theme: int, use: ThemeUse, stop_phrases: Sequence[str]) -> tuple[IntArray, Floats]:
    """Return a theme's best phrases by counts, with their scores."""
    phrases = use.phrases
    chosen = use.candidates(theme)
    inside, elsewhere = use.shares(theme, chosen)
    outside = int(use.sizes.sum() - use.sizes[theme])
    rough = inside**_COVERAGE * np.log1p(inside / ((elsewhere + 1) / (outside + _PRIOR_PAPERS)))
    kept = np.argsort(-rough, kind="stable")[:_MAX_COUNTED]
    kept = kept[_allowed(chosen[kept], phrases, stop_phrases)]
    chosen, inside, elsewhere = chosen[kept], inside[kept], elsewhere[kept]
    prior = np.array([prior_share(phrases.key(i)) for i in chosen.tolist()])
    elsewhere = (elsewhere + _PRIOR_PAPERS * prior) / (outside + _PRIOR_PAPERS)
    ratio = np.log(np.maximum(inside, 1e-9) / elsewhere)
    salience = inside**_COVERAGE * ratio
    best = np.argsort(-salience, kind="stable")[:_MAX_CANDIDATES]
    best = best[salience[best] > 0]
    return chosen[best], _RATIO * np.log(ratio[best]) + _SHARE * np.log(inside[best])


def prior_share(key: str) -> float:
    """Return the largest share of papers a phrase can have: that of its rarest word."""
    frequencies = word_frequencies()
    return min(frequencies.get(word, frequencies[""]) for word in key.split())


def _score(
    theme: int,
    chosen: IntArray,
    by_counts: Floats,
    evidence: Evidence,
    use: ThemeUse,
    centres: FloatArray | None,
) -> list[Scored]:
    """Score phrases by counts, meaning and wording."""
    phrases = use.phrases
    surfaces, keys = phrases.surfaces(chosen), [phrases.key(i) for i in chosen.tolist()]
    vectors = evidence.embed(surfaces)
    proper_nouns = not phrases.grammar.capital_nouns
    wording = [_wording(*names, proper_nouns) for names in zip(keys, surfaces, strict=True)]
    scores = by_counts + np.array(wording)
    scores += _TITLED * np.log(phrases.titled[chosen])
    scores += _DECLARED * np.log1p(10 * use.n_declared(theme, chosen) / use.sizes[theme])
    closeness = np.zeros(len(chosen))
    if centres is not None:
        by_meaning, closeness = meaning_score(theme, vectors, centres)
        scores += by_meaning
    table = zip(
        chosen.tolist(), surfaces, keys, scores.round(4).tolist(), closeness.tolist(), vectors,
        strict=True,
    )  # fmt: skip
    return sorted((Scored(*row) for row in table), key=lambda s: (-s.score, s.key))


def meaning_score(theme: int, vectors: FloatArray, centres: FloatArray) -> tuple[Floats, Floats]:
    """Score phrases by their meaning; return the scores and the cosines to the theme's centre."""
    closeness, share, lead = meaning(theme, vectors, centres)
    return _CLOSENESS * closeness + _DISTINCTION * share + _LEAD * lead, closeness


def meaning(theme: int, vectors: FloatArray, centres: FloatArray) -> tuple[Floats, Floats, Floats]:
    """Compare the meaning of phrases with that of themes.

    Returns
    -------
    closeness : array of shape (n_phrases,)
        Cosine to the theme's centre.
    share : array of shape (n_phrases,)
        Logarithm of the theme's share in a softmax of the cosines to all centres.
    lead : array of shape (n_phrases,)
        How much larger the cosine is than that to the nearest other theme.
    """
    cosine = (vectors @ centres.T).astype(np.float64)
    likeness = np.exp(_SHARPNESS * cosine)
    share = np.log(likeness[:, theme] / likeness.sum(axis=1))
    others = np.delete(cosine, theme, axis=1).max(axis=1, initial=-1)
    lead = cosine[:, theme] - others if len(centres) > 1 else np.zeros(len(vectors))
    return cosine[:, theme], share, lead


def _wording(key: str, surface: str, proper_nouns: bool) -> float:
    """Score how much a phrase is worded like a subject.

    A capital makes a proper noun, except where all nouns have one, as in German.
    """
    words = surface.split()
    last = words[-1]
    n_words = key.count(" ") + 1
    acronym = any(any(map(str.isupper, word[1:])) for word in words)
    proper = proper_nouns and last[0].isupper() and not acronym
    shares = title_shares()
    return (
        _SEVERAL_WORDS * (n_words > 1)
        + _MANY_WORDS * (n_words > 2)
        + _ACRONYM * acronym
        + _PROPER_NAME * proper
        + _SUBJECT * float(np.log(shares.get(key.split()[-1], 1.0)))
    )


def _yield_to_shorter(scored: list[Scored], papers: dict[int, float]) -> list[Scored]:
    """Rank a phrase after a shorter one inside it that says what the papers have in common."""
    by_key = {s.key: s for s in scored}
    ranked = []
    for long in scored:
        score = long.score
        for part in _inside(long.key):
            short = by_key.get(part)
            if (
                short
                and papers[long.phrase] < _NESTED_SHARE * papers[short.phrase]
                and short.score > long.score - _NESTED_LOSS
            ):
                score = min(score, round(short.score - _AFTER, 4))
        ranked.append(replace(long, score=score))
    return sorted(ranked, key=lambda s: (-s.score, s.key))


def _inside(key: str) -> Iterator[str]:
    """Yield the runs of words inside a phrase."""
    words = key.split()
    for size in range(1, len(words)):
        for start in range(len(words) - size + 1):
            yield " ".join(words[start : start + size])


def _diverse(ranked: list[Scored]) -> list[Scored]:
    """Return the best phrases, none nested in another, each unlike the others.

    As in maximal marginal relevance (Carbonell and Goldstein 1998), a phrase's score
    is reduced by its similarity to the most similar phrase already taken. At most two
    share a word that says something alone.
    """
    scores = np.array([s.score for s in ranked])
    vectors = np.array([s.vector for s in ranked])
    redundancy = np.zeros(len(ranked))
    open_ = np.ones(len(ranked), dtype=bool)
    kept: list[Scored] = []
    while open_.any() and len(kept) < N_KEYWORDS:
        best = int(np.where(open_, scores - _SAMENESS * redundancy, -np.inf).argmax())
        open_[best] = False
        phrase = ranked[best]
        if not any(_same(phrase, other) for other in kept) and _adds(phrase, kept):
            kept.append(phrase)
            redundancy = np.maximum(redundancy, vectors @ phrase.vector)
    return kept


def _same(a: Scored, b: Scored) -> bool:
    """Return whether all words of one phrase occur in the other, or one is its acronym."""
    words_a, words_b = set(a.key.split()), set(b.key.split())
    if words_a <= words_b or words_b <= words_a:
        return True
    return stands_for(a.surface, b.surface) or stands_for(b.surface, a.surface)


def _adds(phrase: Scored, kept: list[Scored]) -> bool:
    """Return whether no word of a phrase is in two keywords already, generic words excepted."""
    taken = [stems(other.surface) for other in kept]
    return all(
        sum(any(same_stem(stem, other) for other in words) for words in taken) < _SAME_STEM
        for stem in stems(phrase.surface)
        if is_subject(stem)
    )
