"""Papers of each theme -> keywords -> names.

Two things make up the score of a phrase. The first is how common it is in the theme's
papers and how much rarer elsewhere: its term of the Kullback-Leibler divergence
between the theme and the rest, the idea behind class-based TF-IDF (Grootendorst
2022). Papers are counted, not occurrences, so that no single paper names a theme, and
the prior for "elsewhere" is the frequencies of scientific prose at large (after
Monroe, Colaresi and Quinn 2008), so that a handful of papers is named well too. The
second is how close its meaning is to the theme's centre, and how much closer than to
those of other themes (as KeyBERT, Grootendorst 2020, ranks phrases), by the embedding
that ships with absclust: that keeps "friend" from naming papers on human values. The
weights were set on two labelled corpora (docs/decisions.md, 20).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from absclust.arrays import FloatArray, IntArray, unit_rows
from absclust.embedding.known_language import KNOWN_SHARE
from absclust.text.keyword_usage import evenly_spread
from absclust.text.language_id import group_by_language
from absclust.text.phrases import PhraseCounts, count_phrases, phrase_key
from absclust.text.words import fold_plural, word_frequencies

N_KEYWORDS = 10
MAX_NAME_LENGTH = 40
# Papers to name themes from, which bound time and memory: so many in all, but up to the
# second number for each theme in any case.
_MAX_PAPERS, _PAPERS_PER_THEME = 6000, 50
_MAX_CANDIDATES = 200  # per theme: the best by counts are compared by meaning
_BEGINNING = 1000  # characters of a text that are enough to show its subject
_PRIOR_PAPERS = 100  # how many papers the prior counts as
_COVERAGE = 0.75  # above 1 favours phrases common in a theme over those peculiar to it
_WORD_BONUS = 1.0  # a phrase says more than its words separately
_TITLED = 0.15  # subjects appear in titles, benchmarks and metrics in abstracts
_CLOSENESS = 4.0  # weight of the cosine to the theme's centre
_DISTINCTION = 2.0  # weight of being closer to it than to the centres of other themes
_SHARPNESS = 10.0  # of that comparison
_SAMENESS = 3.0  # what a phrase loses per unit of cosine to a better one
_MAX_PARTS = 3  # keywords in a name
_FEW_PHRASES = 2  # shared by a theme's papers: too few to choose a name from
_MAX_DROP = 5.0  # in score from the first keyword of a name to the others
_NESTED_SHARE = 0.65  # of a phrase's papers that must use a longer one for it to be preferred


@dataclass(frozen=True)
class ThemeName:
    """A theme's name and the keywords it is made from, best first."""

    name: str
    keywords: tuple[str, ...]


def name_themes(
    texts: Sequence[str],
    titles: Sequence[str],
    labels: IntArray,
    *,
    given: Mapping[int, str] | None = None,
    stop_phrases: Sequence[str] = (),
    parts: IntArray | None = None,
) -> list[ThemeName]:
    """Name each theme by the phrases that are characteristic of its papers.

    Parameters
    ----------
    texts, titles
        Cleaned text (title and abstract) and title of each paper.
    labels : int array of shape (len(texts),)
        Theme of each paper, 0 to K - 1; -1 for none.
    given
        Names that some themes have already.
    stop_phrases
        Phrases that no keyword may contain, in any case, singular or plural.
    parts : int array of shape (len(texts),), optional
        The part of its theme that each paper belongs to. A theme of several parts is
        named by phrases that at least two of them use.

    Returns
    -------
    list of ThemeName, one per theme
        Names are unique and, if a keyword is short enough, at most 40 characters
        long. Themes with the same first keyword are named as in "Reinforcement
        learning: robotics".

    Examples
    --------
    >>> texts = ["Deep Q-learning of games.", "Q-learning for games.", "Protein folding.",
    ...          "Folding a protein: protein folding."]
    >>> [n.name for n in name_themes(texts, [""] * 4, np.array([0, 0, 1, 1]))]
    ['Q-learning, games', 'Protein folding']
    """
    n_themes = int(labels.max(initial=-1)) + 1
    chosen = _sample(labels, n_themes)
    texts, titles = [texts[i] for i in chosen], [titles[i] for i in chosen]
    part_of = labels[chosen] if parts is None else parts[chosen]
    keywords: list[list[_Scored]] = [[] for _ in range(n_themes)]
    for group in group_by_language(texts, labels[chosen]):
        themes = labels[chosen][group.papers]
        own_titles = [titles[i] for i in group.papers]
        own_parts = part_of[group.papers].tolist()
        by_part = count_phrases(group.texts, own_titles, own_parts, group.language)
        by_part.drop(stop_phrases)
        theme_of = dict(zip(own_parts, themes.tolist(), strict=True))
        counts = by_part if parts is None else by_part.gathered(theme_of)
        sizes = np.bincount(themes, minlength=n_themes)
        centres = _centres(group.texts, own_titles, themes, n_themes)
        used = _phrases_used(counts, sizes)
        for theme in group.themes:
            scores = _scores(theme, used[theme], sizes, counts, centres)
            keywords[theme] = _keywords(theme, scores, counts)
    return _unique_names(keywords, given or {})


def _sample(labels: IntArray, n_themes: int) -> list[int]:
    """Return papers to name themes from: all of a small theme, a sample of a large one."""
    chosen: list[int] = []
    at_most = max(_PAPERS_PER_THEME, _MAX_PAPERS // max(n_themes, 1))
    for theme in range(n_themes):
        members = np.flatnonzero(labels == theme)
        chosen.extend(evenly_spread(members, at_most).tolist())
    return chosen


def _centres(
    texts: Sequence[str], titles: Sequence[str], labels: IntArray, n_themes: int
) -> FloatArray | None:
    """Return the direction in which each theme's papers differ from all papers.

    Titles count as much as texts. Returns None if the built-in embedding doesn't know
    the language.
    """
    from absclust.embedding.builtin import BuiltinEmbedder, embed_counts
    from absclust.embedding.tokens import count_tokens

    tokens = count_tokens([text[:_BEGINNING] for text in texts])
    if not len(texts) or np.median(tokens.known_share) < KNOWN_SHARE:
        return None
    vectors = embed_counts(tokens.counts)
    title_vectors = np.where(
        [[bool(title)] for title in titles], BuiltinEmbedder().encode(list(titles)), vectors
    )
    centres = np.zeros((n_themes, vectors.shape[1]), dtype=np.float32)
    for source in (vectors, title_vectors):
        total = np.zeros_like(centres)
        np.add.at(total, labels, source)
        centres += unit_rows(total)
    return unit_rows(centres - centres.mean(axis=0))


@dataclass(frozen=True)
class _Scored:
    """A phrase as papers write it, its score, and its unit vector."""

    surface: str
    score: float
    vector: FloatArray


def _phrases_used(counts: PhraseCounts, sizes: IntArray) -> list[list[str]]:
    """Return the phrases that enough of each theme's papers use to represent it.

    If its papers share hardly any phrase, those of single papers must do.
    """
    at_least = np.maximum(np.minimum(sizes, 2), (0.03 * sizes).round()).tolist()
    used: list[list[str]] = [[] for _ in at_least]
    by_any: list[list[str]] = [[] for _ in at_least]
    for key, papers in counts.papers.items():
        for theme, count in papers.items():
            by_any[theme].append(key)
            if count >= at_least[theme]:
                used[theme].append(key)
    return [
        some if len(some) >= _FEW_PHRASES else of_any
        for some, of_any in zip(used, by_any, strict=True)
    ]


def _scores(
    theme: int,
    phrases: list[str],
    sizes: IntArray,
    counts: PhraseCounts,
    centres: FloatArray | None,
) -> dict[str, _Scored]:
    """Score the phrases of a theme by counts, and the best of them by meaning too."""
    from absclust.embedding.builtin import BuiltinEmbedder

    salience = _salience(theme, phrases, sizes, counts)
    best = sorted(salience, key=lambda key: (-salience[key], key))[:_MAX_CANDIDATES]
    surfaces = [counts.surface(key) for key in best]
    vectors = BuiltinEmbedder().encode(surfaces)
    scores = np.log([salience[key] for key in best])
    if centres is not None and best:
        cosine = vectors @ centres.T
        likeness = np.exp(_SHARPNESS * cosine)
        share = likeness[:, theme] / likeness.sum(axis=1)
        scores = scores + _CLOSENESS * cosine[:, theme] + _DISTINCTION * np.log(share)
    scored = map(_Scored, surfaces, scores.round(4).tolist(), vectors)
    return dict(zip(best, scored, strict=True))


def _keywords(theme: int, scored: dict[str, _Scored], counts: PhraseCounts) -> list[_Scored]:
    """Return the theme's best phrases, none nested in another, each unlike the others.

    As in maximal marginal relevance (Carbonell and Goldstein 1998), a phrase's score
    is reduced by its similarity to the most similar phrase already taken.
    """
    kept: list[str] = []
    keys = sorted(scored, key=lambda key: (-scored[key].score, key))
    score = np.array([scored[key].score for key in keys])
    redundancy = np.zeros(len(keys))
    open_ = np.ones(len(keys), dtype=bool)
    while open_.any() and len(kept) < N_KEYWORDS:
        best = int(np.where(open_, score - _SAMENESS * redundancy, -np.inf).argmax())
        key, open_[best] = keys[best], False
        clashes = [k for k in kept if _nested(k, key)]
        if not clashes:
            kept.append(key)
            similarity = [float(scored[k].vector @ scored[key].vector) for k in keys]
            redundancy = np.maximum(redundancy, similarity)
        elif len(clashes) == 1 and len(key) > len(clashes[0]):
            shorter = clashes[0]
            if counts.papers[key][theme] >= _NESTED_SHARE * counts.papers[shorter][theme]:
                kept[kept.index(shorter)] = key
    return list({scored[key].surface: scored[key] for key in reversed(kept)}.values())[::-1]


def _salience(
    theme: int, phrases: list[str], sizes: IntArray, counts: PhraseCounts
) -> dict[str, float]:
    """Score phrases by how much more common they are in a theme than elsewhere."""
    size = int(sizes[theme])
    outside = int(sizes.sum()) - size
    salience = {}
    for key in phrases:
        weight = counts.weight[key]
        inside = weight[theme] / size
        elsewhere = weight.total() - weight[theme] + _PRIOR_PAPERS * _prior(key)
        elsewhere /= outside + _PRIOR_PAPERS
        if inside > elsewhere:
            bonus = (1 + _WORD_BONUS * min(key.count(" "), 2)) * counts.titled(key) ** _TITLED
            salience[key] = bonus * inside**_COVERAGE * float(np.log(inside / elsewhere))
    return salience


def _prior(key: str) -> float:
    """Return the largest share of abstracts a phrase can have: that of its rarest word."""
    frequencies = word_frequencies()
    return min(frequencies.get(word, frequencies[""]) for word in key.split())


def _nested(a: str, b: str) -> bool:
    """Return whether all words of one phrase occur in the other."""
    words_a, words_b = set(a.split()), set(b.split())
    return words_a <= words_b or words_b <= words_a


def _unique_names(keywords: list[list[_Scored]], given: Mapping[int, str]) -> list[ThemeName]:
    names: list[ThemeName] = []
    taken = {name.lower() for name in given.values()}
    first = [phrase_key(words[0].surface) if words else "" for words in keywords]
    for theme, words in enumerate(keywords):
        shared = first.count(first[theme]) > 1
        options = (n for n in _name_options(words, shared=shared) if n.lower() not in taken)
        name = given.get(theme) or next(options, f"Theme {theme}")
        taken.add(name.lower())
        names.append(ThemeName(name, tuple(word.surface for word in words)))
    return names


def _name_options(keywords: list[_Scored], *, shared: bool) -> Iterator[str]:
    """Yield names, best first: a keyword, followed by later ones that add something.

    If several themes share their first keyword, a colon follows it.
    """
    for i, first in enumerate(keywords):
        parts = [first.surface]
        for later in keywords[i + 1 :]:
            fits = sum(map(len, parts)) + 2 * len(parts) + len(later.surface) <= MAX_NAME_LENGTH
            close = later.score >= first.score - _MAX_DROP
            if fits and close and not any(_related(part, later.surface) for part in parts):
                parts.append(later.surface)
            if len(parts) == _MAX_PARTS:
                break
        if shared and i == 0 and len(parts) > 1:
            yield _capital(f"{parts[0]}: {', '.join(parts[1:])}")
        for n_parts in range(len(parts), 1, -1):
            yield _capital(", ".join(parts[:n_parts]))
        if len(first.surface) <= MAX_NAME_LENGTH:
            yield _capital(first.surface)


def _related(a: str, b: str) -> bool:
    """Return whether two phrases share a word or stem: "captions" and "image captioning"."""
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
    """Capitalise the first letter, but leave words such as mRNA as they are."""
    first = text.split()[0]
    return text[0].upper() + text[1:] if first.lower() == first else text
