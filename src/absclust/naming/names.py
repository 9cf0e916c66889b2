"""Keywords of themes -> their names: one keyword, or two where one doesn't say enough."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from absclust.arrays import IntArray, unit_rows
from absclust.corpus.clean import without_surrogates
from absclust.naming.evidence import Evidence
from absclust.naming.keywords import (
    Scored,
    Setting,
    author_keywords,
    learnt_weights,
    meaning,
    theme_keywords,
)
from absclust.naming.sentences import Sentence, fit_sentences, theme_sentence
from absclust.naming.theme_use import Floats
from absclust.naming.vocabulary import Vocabulary, warn_of_themes_without
from absclust.text.english import says_little_alone
from absclust.text.phrases import phrase_key
from absclust.text.stems import related

MAX_NAME_LENGTH = 40
N_SHOWN = 10  # keywords of a theme
# Cosine between two parts: more alike, the second adds too little to be worth a comma.
_MAX_SIMILARITY = 0.32
_RARE = 1e-3  # the least share that counts
_COMMON = 0.03  # weight of the share of papers that use a part, in the order of the parts
_EMPTY = "Theme {}"  # for a theme without keywords
# What speaks for a name; the weights stand in name_weights.toml. Scores are beside those of the
# theme's best phrase; "whole" is the meaning of all parts together.
FEATURES = (
    "one_part", "best_score", "second_score", "reached", "whole_closeness", "whole_fit",
)  # fmt: skip


_Option = list[Scored]  # the parts of a name


@dataclass(frozen=True)
class ThemeName:
    """A theme's name, the keywords it is made from, best first, and what else describes it."""

    name: str
    keywords: tuple[str, ...]
    author_keywords: tuple[str, ...] = ()
    sentence: Sentence | None = None


@dataclass
class _Found:
    """What the papers of a theme say."""

    options: list[_Option] = field(default_factory=list)  # its possible names, best first
    keywords: list[Scored] = field(default_factory=list)
    author_keywords: tuple[str, ...] = ()
    sentence: Sentence | None = None
    unlisted: bool = False  # whether no phrase of the user's vocabulary fits it


def name_themes(
    evidence: Evidence,
    labels: IntArray,
    *,
    given: Mapping[int, str] | None = None,
    stop_phrases: Sequence[str] = (),
    vocabulary: Sequence[str] = (),
    parts: IntArray | None = None,
) -> list[ThemeName]:
    """Name each theme by the phrases that are characteristic of its papers.

    Parameters
    ----------
    evidence
        The phrases and the meaning of the papers.
    labels : int array of shape (n_papers,)
        Theme of each paper, 0 to K - 1; -1 for none.
    given
        Names that some themes have already.
    stop_phrases
        Phrases that no keyword may contain, in any case, singular or plural.
    vocabulary
        Phrases that names come from where one fits; by default, the papers' own.
    parts : int array of shape (n_papers,), optional
        The part of its theme that each paper belongs to. A theme of several parts is
        named by phrases that at least two of them use.

    Returns
    -------
    list of ThemeName, one per theme
        Names are unique and, if a keyword is short enough, at most 40 characters
        long. Of themes with the same first keyword, the other one leads: "Robotics,
        reinforcement learning".

    Warns
    -----
    NamingWarning
        If no phrase of the vocabulary fits some themes.

    Examples
    --------
    >>> texts = ["Deep Q-learning of games.", "Q-learning for games.", "Protein folding.",
    ...          "Folding a protein: protein folding."]
    >>> names = name_themes(Evidence.of(texts, [""] * 4), np.array([0, 0, 1, 1]))
    >>> [name.name for name in names]
    ['Q-learning, games', 'Protein folding']
    """
    found = [_Found() for _ in range(int(labels.max(initial=-1)) + 1)]
    evidence, given = evidence.covering(labels), given or {}
    labels = labels[evidence.papers]
    parts = None if parts is None else parts[evidence.papers]
    listed = Vocabulary.of(vocabulary, evidence) if vocabulary else None
    for language, themes in evidence.themes_in(labels).items():
        setting = Setting.of(evidence, language, labels, parts)
        sentences = [fit_sentences(theme, setting) for theme in themes]
        evidence.embed([s.text for of_theme in sentences for s in of_theme])  # at once: faster
        keywords_of = theme_keywords(themes, setting, stop_phrases)
        for theme, keywords, said in zip(themes, keywords_of, sentences, strict=True):
            fitting = listed.fitting(theme, setting) if listed else []
            found[theme] = _Found(
                options=[*_options(theme, fitting, setting), *_options(theme, keywords, setting)],
                keywords=keywords,
                author_keywords=author_keywords(theme, setting.use, stop_phrases),
                sentence=theme_sentence(theme, said, keywords, setting),
                unlisted=bool(listed) and not fitting and theme not in given,
            )
    names = _unique_names([of_theme.options for of_theme in found], given)
    unlisted = [theme for theme, of_theme in enumerate(found) if of_theme.unlisted]
    warn_of_themes_without([name for name, _ in names], unlisted)
    return [
        ThemeName(name, _shown(chosen, said.keywords), said.author_keywords, said.sentence)
        for (name, chosen), said in zip(names, found, strict=True)
    ]


def _options(theme: int, keywords: list[Scored], setting: Setting) -> list[_Option]:
    """Return the names that keywords can make, best first.

    A name's value is learnt from how readers named some 400 themes (decision 88).
    """
    choices = name_choices(keywords)
    if not choices:
        return []
    weights = learnt_weights(FEATURES, setting.meaning.by_model)
    values = name_features(theme, keywords, choices, setting) @ weights
    # What the papers have in common comes first.
    prominence = [k.score + _COMMON * np.log(max(k.used.mean(), _RARE)) for k in keywords]
    best = np.argsort(-values.round(6), kind="stable")
    return [
        [keywords[k] for k in sorted(choices[i], key=lambda k: (-prominence[k], k))]
        for i in best.tolist()
    ]


def name_features(
    theme: int, keywords: list[Scored], choices: list[list[int]], setting: Setting
) -> Floats:
    """Return what tells a good name from a bad one, shape (n_choices, len(FEATURES)).

    Parameters
    ----------
    theme
        Number of the theme.
    keywords
        Its keywords.
    choices
        The keywords that each name is made of, by number.
    setting
        The themes in its language.
    """
    scores = np.array([k.score for k in keywords]) - max(k.score for k in keywords)
    used, vectors = (np.array([getattr(k, of) for k in keywords]) for of in ("used", "vector"))
    alone = np.array([len(choice) == 1 for choice in choices])
    best, second = (np.array([of(scores[choice]) for choice in choices]) for of in (max, min))
    reached = [used[choice].any(axis=0).mean() for choice in choices]
    names = unit_rows(np.array([vectors[c].sum(axis=0) for c in choices]))
    closeness, fit = meaning(theme, names, setting)
    return np.column_stack([alone, best, ~alone * second, reached, closeness, fit])


def name_choices(keywords: list[Scored]) -> list[list[int]]:
    """Return the keywords, and the pairs of them, that fit into a name, by number."""
    pairs = [
        [i, j]
        for (i, a), (j, b) in combinations(enumerate(keywords), 2)
        if a.vector @ b.vector < _MAX_SIMILARITY
        and not related(a.surface, b.surface)
        and len(f"{a.surface}, {b.surface}") <= MAX_NAME_LENGTH
    ]
    short = [[i] for i, k in enumerate(keywords) if len(k.surface) <= MAX_NAME_LENGTH]
    enough = [[i] for [i] in short if not says_little_alone(keywords[i].key)]
    return enough + pairs or short


def _unique_names(
    options: list[list[_Option]], given: Mapping[int, str]
) -> list[tuple[str, _Option]]:
    """Return the name of each theme, and the parts that it is made of."""
    names: list[tuple[str, _Option]] = []
    taken = {name.lower() for name in given.values()}
    first = [phrase_key(of_theme[0][0].surface) if of_theme else "" for of_theme in options]
    for theme, of_theme in enumerate(options):
        shared = first.count(first[theme]) > 1
        written = ((_write(parts, shared=shared), parts) for parts in of_theme)
        free = (option for option in written if option[0].lower() not in taken)
        if theme in given:
            names.append((without_surrogates(given[theme]), of_theme[0] if of_theme else []))
        else:
            names.append(next(free, (_EMPTY.format(theme), [])))
            taken.add(names[-1][0].lower())
    return names


def _shown(parts: _Option, keywords: list[Scored]) -> tuple[str, ...]:
    """Return the keywords to show: those that the name is made of, then the others."""
    surfaces = {k.surface for k in keywords}
    named = [part.surface for part in parts if part.surface in surfaces]
    return tuple(dict.fromkeys([*named, *(k.surface for k in keywords)]))[:N_SHOWN]


def _write(parts: Sequence[Scored], *, shared: bool) -> str:
    """Write a name; if several themes share its first part, what tells them apart leads."""
    surfaces = [part.surface for part in parts]
    name = ", ".join(surfaces[::-1] if shared else surfaces)
    return name[0].upper() + name[1:] if name.split()[0].islower() else name  # not "MRNA"
