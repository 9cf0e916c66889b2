"""Papers of each theme -> its keywords: the phrases that are characteristic of them.

Candidates are the phrases that are much more common in the theme's papers than elsewhere, the
core of class-based TF-IDF (Grootendorst 2022). Papers are counted, not occurrences, so that no
single paper names a theme, and the prior for "elsewhere" is the frequencies of scientific prose
at large (after Monroe, Colaresi and Quinn 2008), so that a handful of papers is named well too.
Which of them come first is learnt from how readers rated the phrases of some 400 themes (decision
88): those whose meaning is close to the theme's centre (as KeyBERT, Grootendorst 2020, ranks
phrases), which many of its papers use, and which are neither rare nor everywhere in the corpus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import repeat

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray, count_entries, group_matrix, numbering, unit_rows
from absclust.naming.evidence import Evidence, Meaning
from absclust.naming.theme_use import ANYHOW, Floats, ThemeUse
from absclust.packaged import packaged
from absclust.text.acronyms import stands_for
from absclust.text.english import is_subject
from absclust.text.grammar import Grammar
from absclust.text.phrases import DECLARED, IN_TITLE, Phrases
from absclust.text.reading import BoolArray
from absclust.text.stems import same_stem, stems
from absclust.text.words import word_frequencies

N_KEYWORDS = 12  # to choose a name from
_MAX_CANDIDATES = 200  # per theme: the best by counts, which are embedded and scored
_PRIOR_PAPERS = 100  # how many papers the prior counts as
_FEW = 1  # paper more in a share: of few papers it says little
_DECLARED_WEIGHT = 0.06  # weight of the authors' keywords, which the groups learnt from don't have
_N_AUTHORS = 10  # of their keywords that are shown
_SAME_STEM = 2  # keywords that may share a word
# What a phrase is judged by; name_weights.toml has the weights. "elsewhere" is the share of the
# papers of other themes that use it; its square lets the best share lie in the middle. "inside"
# is how many papers use longer phrases around it, "everyday" how common a single word is in prose.
PHRASE_FEATURES = (
    "closeness", "fit", "share", "elsewhere", "elsewhere_squared", "titled", "inside",
    "single_word", "everyday", "proper_name",
)  # fmt: skip


@dataclass(frozen=True)
class Scored:
    """A phrase of a theme.

    Attributes
    ----------
    surface, key
        As papers write it, and what its variants share.
    score
        How well it would name the theme.
    features : array
        What that is made of; the first is its closeness to the theme.
    vector : float32 array
        Its meaning.
    used : bool array of shape (size,)
        Which of the theme's papers use it.
    """

    surface: str
    key: str
    score: float
    features: Floats
    vector: FloatArray
    used: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Setting:
    """The themes whose papers are in one language, among which each is named.

    Attributes
    ----------
    evidence
        The papers.
    language
        ISO 639-1 code.
    use
        How often each theme uses each phrase.
    meaning
        The meaning of the papers in this language.
    centres : float32 array of shape (n_themes, d)
        The direction in which each theme's papers differ from those of all themes; titles
        count as much as texts. Of unit length; zero for a theme with no paper in this language.
    middles : float32 array of shape (n_themes, d)
        The mean direction of each theme's papers, whatever they share with other themes.
    """

    evidence: Evidence
    language: str
    use: ThemeUse
    meaning: Meaning
    centres: FloatArray
    middles: FloatArray

    @classmethod
    def of(
        cls, evidence: Evidence, language: str, labels: IntArray, parts: IntArray | None = None
    ) -> Setting:
        """Compare the themes in one language.

        Parameters
        ----------
        labels, parts : int arrays of shape (n_read,)
            Theme, and part of its theme, of each paper that was read; -1 for none.
        """
        own, n_themes = evidence.read_in(language), int(labels.max()) + 1
        parts = None if parts is None else parts[own]
        use = ThemeUse.count(evidence.phrases(language), labels[own], n_themes, parts)
        papers = evidence.meaning(language)
        return cls(evidence, language, use, papers, *theme_centres(papers, labels[own], n_themes))


@cache
def learnt_weights(features: tuple[str, ...], by_model: bool) -> Floats:
    """Return the weight of each feature, as training/train_names.py learnt it.

    ``by_model`` says whether meaning is the built-in model's.
    """
    table = packaged("naming/name_weights.toml")["by_model" if by_model else "by_use"]
    return np.array([table[feature] for feature in features])


def theme_centres(
    meaning: Meaning, labels: IntArray, n_themes: int
) -> tuple[FloatArray, FloatArray]:
    """Return the direction in which each theme's papers differ from all, and their mean one.

    Titles count as much as texts.

    Parameters
    ----------
    meaning
        Vectors of the texts and titles of some papers.
    labels : int array of shape (n_papers,)
        Theme of each of these papers; -1 for none.
    n_themes
        Number of themes.

    Returns
    -------
    centres, middles : float32 arrays of shape (n_themes, d)
        Rows of unit length; zero for a theme with none of these papers.
    """
    members = group_matrix(labels, n_themes).astype(np.float32)
    centres = unit_rows(members @ meaning.texts) + unit_rows(members @ meaning.titles)
    middles, present = unit_rows(centres), centres.any(axis=1)
    if np.count_nonzero(present) > 1:
        centres[present] -= centres[present].mean(axis=0)
    centres = unit_rows(centres)
    return centres, middles if meaning.by_model else centres  # other vectors are centred


def theme_keywords(
    themes: Sequence[int], setting: Setting, stop_phrases: Sequence[str] = ()
) -> list[list[Scored]]:
    """Return the keywords of each theme, best first, none with a stop phrase in it."""
    chosen = [candidates(theme, setting.use, stop_phrases) for theme in themes]
    surfaces = setting.use.phrases.surfaces(np.unique(np.concatenate(chosen)))
    if setting.meaning.by_model:
        setting.evidence.embed(surfaces)  # of all themes at once: several times faster
    return list(map(diverse, map(ranked_phrases, themes, repeat(setting), chosen)))


def author_keywords(theme: int, use: ThemeUse, stop_phrases: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the authors' keywords that are characteristic of a theme, best first.

    Each was given by at least two papers, unless the theme has one.
    """
    phrases = use.phrases
    given = use.papers[DECLARED][[theme]]
    enough = given.data >= min(2, use.sizes[theme])
    chosen, n_papers = given.indices[enough], given.data[enough]
    others, outside = use.totals[DECLARED][chosen] - n_papers, use.sizes.sum() - use.sizes[theme]
    elsewhere = (others + _FEW) / (outside + _FEW)
    ratio = np.log1p(n_papers / use.sizes[theme] / elsewhere)
    best = chosen[np.lexsort((chosen, -(n_papers * ratio).round(6)))].astype(np.int64)
    shown = best[_allowed(best, phrases, stop_phrases)][:_N_AUTHORS]
    return tuple(phrases.surfaces(shown))


def _allowed(chosen: IntArray, phrases: Phrases, stop_phrases: Sequence[str]) -> BoolArray:
    """Return which phrases contain no stop phrase."""
    stops = [f" {phrases.words.keys.of(phrase)} " for phrase in stop_phrases]
    keys = [f" {phrases.keys[phrase]} " for phrase in chosen.tolist()]
    return np.array([not any(stop in key for stop in stops) for key in keys], dtype=bool)


def candidates(theme: int, use: ThemeUse, stop_phrases: Sequence[str] = ()) -> IntArray:
    """Return a theme's best phrases by counts, none of those as common elsewhere.

    What each adds to the Kullback-Leibler divergence of the theme's use of phrases from that
    elsewhere.
    """
    chosen = use.candidates(theme)
    chosen = chosen[_allowed(chosen, use.phrases, stop_phrases)]
    inside, elsewhere = use.shares(theme, chosen)
    outside = int(use.sizes.sum() - use.sizes[theme])
    prior = np.array([_prior_share(use.phrases.keys[i]) for i in chosen.tolist()])
    elsewhere = (elsewhere + _PRIOR_PAPERS * prior) / (outside + _PRIOR_PAPERS)
    salience = inside * np.log(inside / elsewhere)
    best = np.argsort(-salience, kind="stable")[:_MAX_CANDIDATES]
    return chosen[best[salience[best] > 0]]


@lru_cache(maxsize=100_000)
def _prior_share(key: str) -> float:
    """Return the largest share of papers a phrase can have: that of its rarest word."""
    frequencies = word_frequencies()
    return min(frequencies.get(word, frequencies[""]) for word in key.split())


def ranked_phrases(theme: int, setting: Setting, chosen: IntArray) -> list[Scored]:
    """Return phrases that could be keywords of a theme, best first."""
    use, papers, phrases = setting.use, setting.meaning, setting.use.phrases
    if not len(chosen):
        return []
    surfaces, keys = phrases.surfaces(chosen), [phrases.keys[i] for i in chosen.tolist()]
    embed = setting.evidence.embed
    vectors = embed(surfaces) if papers.by_model else papers.of_users(phrases.uses[:, chosen])
    used = use.users(theme, chosen)
    titled, declared = (
        use.n_papers(theme, chosen, how) / len(used) for how in (IN_TITLE, DECLARED)
    )
    closeness, fit = meaning(theme, vectors, setting)
    n_papers = used.sum(axis=0)
    share = (n_papers + _FEW) / (len(used) + _FEW)
    others, outside = use.totals[ANYHOW][chosen] - n_papers, use.sizes.sum() - len(used)
    elsewhere = np.log((others + _FEW) / (outside + _FEW))
    single = np.array([" " not in key for key in keys])
    everyday = single * np.log([_prior_share(key) for key in keys])
    proper = [_is_proper_name(surface, phrases.words.grammar) for surface in surfaces]
    features = np.column_stack(
        [
            *(closeness, fit, np.log(share), elsewhere, elsewhere**2),
            *(titled, _inside_longer(keys) @ share, single, everyday, proper),
        ]
    )
    scores = features @ learnt_weights(PHRASE_FEATURES, papers.by_model)
    scores += n_papers >= min(2, len(used))  # what one paper alone uses comes after all others
    scores = (scores + _DECLARED_WEIGHT * np.log1p(10 * declared)).round(6).tolist()
    found = map(Scored, surfaces, keys, scores, features, vectors, used.T)
    return sorted(found, key=lambda s: (-s.score, s.key))


def meaning(theme: int, vectors: FloatArray, setting: Setting) -> tuple[Floats, Floats]:
    """Compare the meaning of phrases with that of a theme.

    Returns
    -------
    closeness : array of shape (n_phrases,)
        Cosine to the theme's centre.
    fit : array of shape (n_phrases,)
        Cosine to the theme's middle: what most of its papers are about, if not they alone.
    """
    closeness, fit = (vectors @ np.array([setting.centres[theme], setting.middles[theme]]).T).T
    return closeness.astype(np.float64), fit.astype(np.float64)


def _inside_longer(keys: Sequence[str]) -> BoolArray:
    """Return which phrases (rows) have all their words in which longer ones (columns)."""
    words = count_entries((set(key.split()) for key in keys), numbering())
    shared = (words @ words.T).toarray()
    own = shared.diagonal()
    return (shared == own[:, None]) & (own > own[:, None])


def _is_proper_name(surface: str, grammar: Grammar) -> bool:
    """Return whether a capital makes a phrase a name; not where all nouns have one, as in German.

    Acronyms are no names.
    """
    words = surface.split()
    acronym = any(any(map(str.isupper, word[1:])) for word in words)
    return not grammar.capital_nouns and words[-1][0].isupper() and not acronym


def diverse(ranked: list[Scored]) -> list[Scored]:
    """Return the best phrases, none nested in another.

    At most two share a word that says something alone.
    """
    kept: list[Scored] = []
    for phrase in ranked:
        if not any(_same(phrase, other) for other in kept) and _adds(phrase, kept):
            kept.append(phrase)
        if len(kept) == N_KEYWORDS:
            break
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
