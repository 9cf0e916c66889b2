"""Labelled papers -> their themes: names, keywords and representative papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from absclust.arrays import FloatArray, IntArray, members
from absclust.naming.names import name_themes
from absclust.themes.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from absclust.themes.foundation import Foundation

_REPRESENTATIVE = 3  # papers shown for each theme


def make_themes(
    foundation: Foundation,
    labels: IntArray,
    stability: FloatArray,
    names: Mapping[int, str] | None = None,
    parts: IntArray | None = None,
) -> tuple[Theme, ...]:
    """Name and describe the themes of labelled papers.

    Parameters
    ----------
    foundation
        The papers, and all else that the themes were made from.
    labels : int array of shape (n_papers,)
        Theme of each distinct paper, 0 to K - 1; -1 for none.
    stability : float array of shape (K,)
        Stability of each theme; NaN where it is unknown.
    names
        Names that some themes have already; the others are named by their keywords.
    parts : int array of shape (n_papers,), optional
        The finer themes that broad themes consist of; they help to name them.
    """
    with foundation.stage(f"Naming {int(labels.max(initial=-1)) + 1:,} themes"):
        named = name_themes(
            foundation.evidence,
            labels,
            given=names,
            stop_phrases=foundation.stop_phrases,
            vocabulary=foundation.vocabulary,
            parts=parts,
        )
    corpus, embedding = foundation.corpus, foundation.paper_embedding
    themes = []
    n_rows = corpus.n_rows_of_paper
    of_theme = members(labels, len(named))
    for theme, (name, papers) in enumerate(zip(named, of_theme, strict=True)):
        similarity = embedding[papers] @ embedding[papers].sum(axis=0)
        nearest = papers[np.argsort(-similarity.round(5), kind="stable")[:_REPRESENTATIVE]]
        rows = corpus.first_row[nearest].tolist()
        themes.append(
            Theme(
                id=theme,
                name=name.name,
                size=int(n_rows[papers].sum()),
                keywords=name.keywords,
                stability=round(float(stability[theme]), 3),
                representative_rows=tuple(rows),
                representative_papers=tuple(corpus.titles[row] for row in rows),
                author_keywords=name.author_keywords,
            )
        )
    return tuple(themes)
