"""Keywords of themes -> their names: one keyword, or two where one doesn't say enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray, unit_rows
from absclust.naming.evidence import Evidence
from absclust.naming.keywords import (
    Scored,
    author_keywords,
    meaning,
    prior_share,
    theme_centres,
    theme_keywords,
)
from absclust.naming.theme_use import Floats, ThemeUse
from absclust.naming.vocabulary import Vocabulary, warn_of_themes_without
from absclust.text.phrases import phrase_key
from absclust.text.stems import related
from absclust.text.words import word_frequencies

MAX_NAME_LENGTH = 40
_N_KEYWORDS = 10  # of a theme that are shown
_MAX_PARTS = 2  # keywords in a name
_MAX_SIMILARITY = 0.55  # cosine between two parts
_MAX_LOSS = 8.0  # in score, from the best keyword to any part
_COMMON = 0.5  # weight of the share of papers that use a part, in the order of the parts
_EMPTY = "Theme {}"  # for a theme without keywords
# What a name is judged by; the weights stand in name_weights.txt. "whole" is the meaning of
# all parts together; "general" is how common in science the most general part is.
FEATURES = (
    "second_part", "best_score", "worst_score", "least_closeness", "single_word_alone",
    "single_words_in_two", "general_alone", "general_in_two", "largest_share", "reached",
    "whole_closeness", "whole_share", "whole_lead",
)  # fmt: skip


@dataclass(frozen=True)
class ThemeName:
    """A theme's name, the keywords it is made from, best first, and its authors' keywords."""

    name: str
    keywords: tuple[str, ...]
    author_keywords: tuple[str, ...] = ()


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
        long. Themes with the same first keyword are named as in "Reinforcement
        learning: robotics".

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
    n_themes = int(labels.max(initial=-1)) + 1
    evidence = evidence.covering(labels)
    labels = labels[evidence.papers]
    parts = None if parts is None else parts[evidence.papers]
    listed = Vocabulary.of(vocabulary, evidence) if vocabulary else None
    options: list[list[_Option]] = [[] for _ in range(n_themes)]
    keywords: list[list[Scored]] = [[] for _ in range(n_themes)]
    authors: list[tuple[str, ...]] = [() for _ in range(n_themes)]
    unlisted = []
    for language, themes in evidence.themes_in(labels).items():
        own = evidence.read_in(language)
        parts_of_own = None if parts is None else parts[own]
        use = ThemeUse.count(evidence.phrases(language), labels[own], n_themes, parts_of_own)
        centres = theme_centres(evidence.vectors(language), labels[own], n_themes)
        for theme in themes:
            found = keywords[theme] = theme_keywords(theme, evidence, use, centres, stop_phrases)
            used = use.users(theme, np.array([k.phrase for k in found], dtype=np.int64))
            options[theme] = _options(theme, found, used, centres)
            authors[theme] = author_keywords(theme, use, stop_phrases)
            if listed:
                fitting = listed.fitting(theme, own, labels[own], centres)
                used = listed.used[np.ix_(labels == theme, [k.phrase for k in fitting])]
                options[theme] = _options(theme, fitting, used, centres) + options[theme]
                if not fitting and theme not in (given or {}):
                    unlisted.append(theme)
    names = _unique_names(options, given or {})
    if unlisted:
        warn_of_themes_without([name for name, _ in names], unlisted)
    return [
        ThemeName(name, _shown(parts, of_theme), of_authors)
        for (name, parts), of_theme, of_authors in zip(names, keywords, authors, strict=True)
    ]


_Option = list[Scored]  # the parts of a name


def _options(
    theme: int,
    keywords: list[Scored],
    used: npt.NDArray[np.bool_],
    centres: FloatArray | None,
) -> list[_Option]:
    """Return the names that keywords can make, best first.

    ``used`` holds which papers of the theme use which keyword.

    A name's value is learnt from how people named some 1,000 groups of papers (decision 77).
    """
    choices = name_choices(keywords)
    if not choices:
        return []
    values = name_features(theme, keywords, choices, used, centres) @ _weights()
    # What the papers have in common comes first.
    scores, shares = np.array([k.score for k in keywords]), used.mean(axis=0)
    prominence = scores + _COMMON * np.log(np.maximum(shares, 1 / (len(used) + 1)))
    best = np.argsort(-values.round(6), kind="stable")
    return [
        [keywords[k] for k in sorted(choices[i], key=lambda k: (-prominence[k], k))]
        for i in best.tolist()
    ]


def name_features(
    theme: int,
    keywords: list[Scored],
    choices: list[list[int]],
    used: npt.NDArray[np.bool_],
    centres: FloatArray | None,
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
    used : bool array of shape (size, n_keywords)
        Which papers of the theme use which keyword.
    centres : float array of shape (n_themes, d), or None
        Meaning of each theme.
    """
    scores = np.array([k.score for k in keywords])
    closeness = np.array([k.closeness for k in keywords])
    single = np.array([" " not in k.key for k in keywords], dtype=float)
    general = np.array([_generality(k.key) for k in keywords])
    shares, reached = _coverage(used, choices)
    parts = [
        (
            float(len(c) > 1),
            scores[c].max() - scores.max(),
            scores[c].min() - scores.max(),
            closeness[c].min(),
            single[c].sum() * (len(c) == 1),
            single[c].sum() * (len(c) > 1),
            general[c].max() * (len(c) == 1),
            general[c].max() * (len(c) > 1),
            shares[c].max(),
        )
        for c in choices
    ]
    whole = np.zeros((3, len(choices)))
    if centres is not None:
        vectors = np.array([k.vector for k in keywords])
        names = unit_rows(np.array([vectors[c].sum(axis=0) for c in choices]))
        whole = np.array(meaning(theme, names, centres))
    return np.column_stack([np.array(parts), reached, *whole])


@cache
def _weights() -> Floats:
    """Return the weight of each feature, as training/train_names.py learnt it."""
    text = files("absclust.naming").joinpath("name_weights.txt").read_text("utf-8")
    by_feature = dict(line.split() for line in text.splitlines() if not line.startswith("#"))
    return np.array([float(by_feature[feature]) for feature in FEATURES])


def _generality(key: str) -> float:
    """Return how common the rarest word of a phrase is in science: 0 if very rare, up to 1."""
    rare = word_frequencies()[""]
    return float(np.log(prior_share(key) / rare) / -np.log(rare))


def name_choices(keywords: list[Scored]) -> list[list[int]]:
    """Return the keywords, and the pairs of them, that fit into a name, by number."""
    lengths = [len(k.surface) for k in keywords]
    best = max((k.score for k in keywords), default=0.0)
    near = [i for i, k in enumerate(keywords) if k.score >= best - _MAX_LOSS]
    apart = {
        (i, j)
        for i, j in combinations(near, 2)
        if keywords[i].vector @ keywords[j].vector < _MAX_SIMILARITY
        and not related(keywords[i].surface, keywords[j].surface)
    }
    return [
        list(choice)
        for n_parts in range(1, _MAX_PARTS + 1)
        for choice in combinations(near, n_parts)
        if sum(lengths[i] + 2 for i in choice) - 2 <= MAX_NAME_LENGTH
        and all(pair in apart for pair in combinations(choice, 2))
    ]


def _coverage(used: npt.NDArray[np.bool_], choices: list[list[int]]) -> tuple[Floats, Floats]:
    """Return the share of papers that each keyword reaches, and that each choice reaches."""
    # Papers that use the same keywords are counted together: there are few such patterns.
    patterns, counts = np.unique(used @ (1 << np.arange(used.shape[1])), return_counts=True)
    masks = np.array([sum(1 << i for i in choice) for choice in choices])
    reached: Floats = counts @ ((patterns[:, None] & masks) > 0) / len(used)
    return used.mean(axis=0), reached


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
            names.append((given[theme], of_theme[0] if of_theme else []))
        else:
            names.append(next(free, (_EMPTY.format(theme), [])))
            taken.add(names[-1][0].lower())
    return names


def _shown(parts: _Option, keywords: list[Scored]) -> tuple[str, ...]:
    """Return the keywords to show: those that the name is made of, then the others."""
    surfaces = {k.surface for k in keywords}
    named = [part.surface for part in parts if part.surface in surfaces]
    return tuple(dict.fromkeys([*named, *(k.surface for k in keywords)]))[:_N_KEYWORDS]


def _write(parts: Sequence[Scored], *, shared: bool) -> str:
    """Write a name; if several themes share its first part, a colon follows that."""
    first, *later = (part.surface for part in parts)
    joint = ": " if shared else ", "
    return _capital(joint.join([first, ", ".join(later)]) if later else first)


def _capital(text: str) -> str:
    """Capitalise the first letter, but leave words such as mRNA as they are."""
    first = text.split()[0]
    return text[0].upper() + text[1:] if first.lower() == first else text
