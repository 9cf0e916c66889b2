"""Themes' papers -> keywords -> names.

A phrase is scored by how common it is in the theme's papers and how much rarer
elsewhere: its term of the Kullback-Leibler divergence between the theme and the
rest, the idea behind class-based TF-IDF (Grootendorst 2022). It is counted over
papers, so that no single paper names a theme, and "elsewhere" has the
frequencies of scientific prose at large as its prior (after Monroe, Colaresi
and Quinn 2008), so that a handful of papers is named well too.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from absclust.arrays import IntArray
from absclust.identify import group_by_language
from absclust.phrases import PhraseCounts, count_phrases
from absclust.words import fold_plural, word_frequencies

N_KEYWORDS = 10
MAX_NAME_LENGTH = 40
_MAX_PAPERS_A_THEME = 300  # enough to name a theme; bounds time and memory
_PRIOR_PAPERS = 100  # how many papers the prior counts as
_COVERAGE = 1.25  # above 1 favours what is common in a theme over what is special to it
_WORD_BONUS = 1.0  # a phrase says more than its words one by one
_NESTED_SHARE = 0.5  # of a phrase's papers that must use the longer one to prefer that


@dataclass(frozen=True)
class ThemeName:
    """A theme's name and the keywords it is made from, best first."""

    name: str
    keywords: tuple[str, ...]


def name_themes(
    texts: Sequence[str],
    titles: Sequence[str],
    labels: IntArray,
    given: Mapping[int, str] | None = None,
) -> list[ThemeName]:
    """Name each theme by the phrases that set its papers apart.

    Parameters
    ----------
    texts, titles
        Cleaned text (title and abstract) and title of each paper.
    labels : int array of shape (len(texts),)
        Theme of each paper, 0 to K - 1; -1 for none.
    given
        Names that some themes have already.

    Returns
    -------
    list of ThemeName, one a theme
        Names are unique and, where a keyword is that short, at most 40
        characters long.

    Examples
    --------
    >>> texts = ["Deep Q-learning of games.", "Q-learning for games.", "Protein folding.",
    ...          "Folding a protein: protein folding."]
    >>> [n.name for n in name_themes(texts, [""] * 4, np.array([0, 0, 1, 1]))]
    ['Q-learning, games', 'Protein folding']
    """
    n_themes = int(labels.max(initial=-1)) + 1
    chosen = _sample(labels, n_themes)
    keywords: list[list[str]] = [[] for _ in range(n_themes)]
    for group in group_by_language([texts[i] for i in chosen], labels[chosen]):
        themes = labels[chosen][group.papers]
        counts = count_phrases(
            group.texts, [titles[chosen[i]] for i in group.papers], themes.tolist(), group.language
        )
        sizes = np.bincount(themes, minlength=n_themes)
        for theme in group.themes:
            keywords[theme] = _keywords(theme, sizes, counts)
    return _unique_names(keywords, given or {})


def _sample(labels: IntArray, n_themes: int) -> list[int]:
    """Return papers to name from: all of a theme, or evenly spread ones of a large one.

    Canonical order is by hash, so that evenly spread means drawn at random.
    """
    chosen: list[int] = []
    for theme in range(n_themes):
        members = np.flatnonzero(labels == theme)
        step = max(1, -(-len(members) // _MAX_PAPERS_A_THEME))
        chosen.extend(members[::step].tolist())
    return chosen


def _keywords(theme: int, sizes: IntArray, counts: PhraseCounts) -> list[str]:
    """Return the theme's best phrases, most telling first, none inside another."""
    scores = _scores(theme, sizes, counts)
    kept: list[str] = []
    for key in sorted(scores, key=lambda key: (-scores[key], key)):
        clashes = [k for k in kept if _nested(k, key)]
        if not clashes:
            kept.append(key)
        elif len(clashes) == 1 and len(key) > len(clashes[0]):
            shorter = clashes[0]
            if counts.papers[key][theme] >= _NESTED_SHARE * counts.papers[shorter][theme]:
                kept[kept.index(shorter)] = key
        if len(kept) == N_KEYWORDS:
            break
    return list(dict.fromkeys(counts.surface(key) for key in kept))


def _scores(theme: int, sizes: IntArray, counts: PhraseCounts) -> dict[str, float]:
    size = int(sizes[theme])
    outside = int(sizes.sum()) - size
    at_least = max(2 if size > 1 else 1, round(0.03 * size))
    scores = {}
    for key, papers in counts.papers.items():
        if papers[theme] < at_least:
            continue
        weight = counts.weight[key]
        inside = weight[theme] / size
        elsewhere = weight.total() - weight[theme] + _PRIOR_PAPERS * _prior(key)
        elsewhere /= outside + _PRIOR_PAPERS
        if inside > elsewhere:
            bonus = 1 + _WORD_BONUS * min(key.count(" "), 2)
            scores[key] = bonus * inside**_COVERAGE * float(np.log(inside / elsewhere))
    return scores


def _prior(key: str) -> float:
    """Return the share of abstracts at large with a phrase: at most that of its rarest word."""
    frequencies = word_frequencies()
    return min(frequencies.get(word, frequencies[""]) for word in key.split())


def _nested(a: str, b: str) -> bool:
    """Tell whether the words of one phrase are all among the other's."""
    words_a, words_b = set(a.split()), set(b.split())
    return words_a <= words_b or words_b <= words_a


def _unique_names(keywords: list[list[str]], given: Mapping[int, str]) -> list[ThemeName]:
    names: list[ThemeName] = []
    taken = {name.lower() for name in given.values()}
    for theme, words in enumerate(keywords):
        options = (n for n in _name_options(words) if n.lower() not in taken)
        name = given.get(theme) or next(options, f"Theme {theme}")
        taken.add(name.lower())
        names.append(ThemeName(name, tuple(words)))
    return names


def _name_options(keywords: list[str]) -> Iterator[str]:
    """Yield names: the best keyword with the next that adds something, then other pairs."""
    for i, first in enumerate(keywords):
        for second in keywords[i + 1 :]:
            if not _related(first, second) and len(first) + len(second) + 2 <= MAX_NAME_LENGTH:
                yield _capital(f"{first}, {second}")
        if len(first) <= MAX_NAME_LENGTH:
            yield _capital(first)


def _related(a: str, b: str) -> bool:
    """Tell whether two phrases share a word or a stem: "captions" and "image captioning"."""
    words_a, words_b = (
        {fold_plural(w) for w in re.findall(r"[^\W_]+", text.lower())} for text in (a, b)
    )
    return any(_same_stem(v, w) for v in words_a for w in words_b)


def _same_stem(a: str, b: str) -> bool:
    common = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    if common is None:
        common = min(len(a), len(b))
    return a == b or common >= max(4, min(len(a), len(b)) - 2)


def _capital(text: str) -> str:
    """Begin with a capital, but leave words such as mRNA as they are."""
    first = text.split()[0]
    return text[0].upper() + text[1:] if first.lower() == first else text
