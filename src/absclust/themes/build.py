"""Labelled papers -> a ThemeMap, whole: names, keywords, representative papers, memberships."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray
from absclust.clustering.membership import membership
from absclust.corpus.corpus import Corpus
from absclust.naming.keywords import name_themes
from absclust.themes.theme import Theme
from absclust.themes.theme_map import ThemeMap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from absclust.clustering.leiden import Rule
    from absclust.clustering.neighbors import NeighborGraph
    from absclust.embedding.fitted import FittedEmbedding
    from absclust.naming.keywords import ThemeName


def build_map(
    labels: IntArray,
    stability: FloatArray,
    names: Mapping[int, str] | None = None,
    *,
    corpus: Corpus,
    embedding: FloatArray,
    graph: NeighborGraph,
    rule: Rule | None,
    random_state: int,
    stop_phrases: tuple[str, ...] = (),
    encoder: FittedEmbedding | None = None,
    options: Mapping[str, Any] | None = None,
    added: npt.NDArray[np.bool_] | None = None,
    parts: IntArray | None = None,
) -> ThemeMap:
    """Put a map together: names, tables and memberships of labelled papers.

    Parameters
    ----------
    labels : int array, one a distinct paper
        Theme of each paper, 0 to K - 1; -1 for none.
    stability : float array of shape (K,)
    names
        Names that some themes have already.
    stop_phrases
        Phrases that no name and no keyword may hold.
    parts : int array, one a distinct paper
        The themes that a broad theme is made of, for its name.
    """
    found = name_themes(
        corpus.paper_texts,
        corpus.paper_titles,
        labels,
        given=names,
        stop_phrases=stop_phrases,
        parts=parts,
    )
    return ThemeMap(
        # What is appended last serves the rows without a paper, which have number -1.
        labels=np.append(labels, -1)[corpus.paper_of_row],
        themes=_make_themes(labels, found, stability, corpus, embedding),
        corpus=corpus,
        embedding=embedding,
        graph=graph,
        membership=membership(graph, labels),
        rule=rule,
        random_state=random_state,
        stop_phrases=stop_phrases,
        encoder=encoder,
        options=options or {},
        added=added,
    )


def _make_themes(
    labels: IntArray,
    names: list[ThemeName],
    stability: FloatArray,
    corpus: Corpus,
    embedding: FloatArray,
    n_papers: int = 3,
) -> tuple[Theme, ...]:
    themes = []
    for theme, name in enumerate(names):
        members = np.flatnonzero(labels == theme)
        similarity = embedding[members] @ embedding[members].sum(axis=0)
        nearest = members[np.argsort(-similarity.round(5), kind="stable")[:n_papers]]
        rows = corpus.first_row[nearest].tolist()
        themes.append(
            Theme(
                id=theme,
                name=name.name,
                size=int(corpus.n_rows_of_paper[members].sum()),
                keywords=name.keywords,
                stability=round(float(stability[theme]), 3),
                representative_rows=tuple(rows),
                representative_papers=tuple(corpus.titles[row] for row in rows),
            )
        )
    return tuple(themes)
