"""Labelled papers -> their themes: names, keywords and representative papers."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from absclust.arrays import IntArray, members
from absclust.clustering.focus import theme_focus
from absclust.clustering.leiden import by_size, communities_inside
from absclust.clustering.partition import Partition
from absclust.naming.names import MAX_NAME_LENGTH, N_SHOWN, ThemeName, name_themes
from absclust.text.stems import related
from absclust.themes.foundation import Foundation
from absclust.themes.layers import FINE
from absclust.themes.theme import Theme

_REPRESENTATIVE = 3  # papers shown for each theme
_TRIED, _NAMED_PARTS = 3, 3  # keywords of each part of a mixed theme; parts that its name tells
_MIXED = "Mixed: {}"  # the name of a theme that is not about one thing, with what it holds


def make_themes(
    foundation: Foundation, partition: Partition, parts: IntArray | None = None
) -> tuple[Theme, ...]:
    """Name and describe the themes of partitioned papers.

    Parameters
    ----------
    foundation
        The papers, and all else that the themes were made from.
    partition
        The themes. Those without a name are named by their keywords; mixed ones, which are
        not about one thing, after their parts.
    parts : int array of shape (n_papers,), optional
        The finer themes that broad themes consist of; they help to name them.
    """
    labels = partition.labels
    with foundation.stage(f"Naming {int(labels.max(initial=-1)) + 1:,} themes"):
        named = _named(foundation, partition, parts)
    corpus, embedding = foundation.corpus, foundation.paper_embedding
    focus = theme_focus(foundation.paper_graph, embedding, labels)
    themes = []
    n_rows = corpus.n_rows_of_paper
    of_theme = members(labels, len(named))
    for theme, (name, papers) in enumerate(zip(named, of_theme, strict=True)):
        similarity = embedding[papers] @ embedding[papers].sum(axis=0)
        nearest = papers[np.argsort(-similarity.round(5), kind="stable")[:_REPRESENTATIVE]]
        rows, said = corpus.first_row[nearest].tolist(), name.sentence
        themes.append(
            Theme(
                id=theme,
                name=name.name,
                size=int(n_rows[papers].sum()),
                keywords=name.keywords,
                stability=round(float(partition.stability[theme]), 3),
                representative_rows=tuple(rows),
                representative_papers=tuple(corpus.titles[row] for row in rows),
                author_keywords=name.author_keywords,
                focus=round(float(focus[theme]), 3),
                mixed=theme in partition.mixed,
                sentence=said.text if said else "",
                sentence_paper=corpus.titles[corpus.first_row[said.paper]] if said else "",
            )
        )
    return tuple(themes)


def _named(foundation: Foundation, partition: Partition, parts: IntArray | None) -> list[ThemeName]:
    """Name the themes: a mixed one after the communities inside it."""
    labels, given = partition.labels, partition.names
    named = name_themes(
        foundation.evidence,
        labels,
        given=given,
        stop_phrases=foundation.stop_phrases,
        vocabulary=foundation.vocabulary,
        parts=parts,
    )
    for theme in sorted(partition.mixed - set(given)):
        papers, seed = np.flatnonzero(labels == theme), foundation.random_state
        inside = communities_inside(foundation.paper_graph.adjacency, papers, FINE, seed)
        of_parts = np.where(labels < 0, -1, inside.max() + 1)  # all others are one group
        of_parts[papers] = by_size(inside, foundation.corpus.n_rows_of_paper[papers])
        found = name_themes(foundation.evidence, of_parts, stop_phrases=foundation.stop_phrases)
        taken = {name.name for name in named}
        named[theme] = _mixed_name(named[theme], found[: inside.max() + 1], taken)
    return named


def _mixed_name(whole: ThemeName, parts: list[ThemeName], taken: Collection[str]) -> ThemeName:
    """Name a mixed theme after its parts: by a keyword of each, three at most.

    If two don't fit into a name, by shorter ones.
    """
    best = [part.keywords[:_TRIED] for part in parts]
    short = [sorted(keywords, key=len) for keywords in best]
    choices = sorted([_one_each(best), _one_each(short)], key=lambda words: len(words) < 2)
    names = ((_MIXED.format(", ".join(words)), words) for words in choices if words)
    free = (named for named in names if named[0] not in taken)
    name, words = next(free, (whole.name, []))
    keywords = tuple(dict.fromkeys([*words, *whole.keywords]))[:N_SHOWN]
    return replace(whole, name=name, keywords=keywords, sentence=None)


def _one_each(lists: Sequence[Sequence[str]]) -> list[str]:
    """Return the first word of each list that fits into a name, and isn't related to others."""
    kept: list[str] = []
    for words in lists:
        free = (word for word in words if not any(related(word, other) for other in kept))
        fitting = (word for word in free if len(", ".join([*kept, word])) <= MAX_NAME_LENGTH)
        kept += [word for word in [next(fitting, None)] if word]
    return kept[:_NAMED_PARTS]
