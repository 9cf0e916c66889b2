"""New papers into a map: the old ones stay as they are, the new ones find their themes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from absclust.clustering.membership import Membership
from absclust.clustering.neighbors import NeighborGraph
from absclust.corpus.corpus import Corpus, build_corpus, extend_corpus
from absclust.counted import counted
from absclust.embedding.embed import Embedding, mean_of_rows
from absclust.io.read import papers_of
from absclust.layout import place_added
from absclust.new_papers.novelty import is_novel
from absclust.new_papers.placement import Placement, place
from absclust.new_papers.predict import embed_new, given_vectors, novelty_in_map
from absclust.progress import LOG

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

# One ordinary paper in twenty counts as novel, but calibration is so coarse that twice as
# many are no surprise (decision 41).
_USUAL_SHARE = 0.1
_SURPRISE = 0.01  # the significance level
_SHOWN = 5
_GROWN = 1.0  # papers added, as a share of those that were clustered


@dataclass(frozen=True, eq=False)
class Update:
    """A map to which papers were added.

    Attributes
    ----------
    themes : ThemeMap
        The new map: the rows of the old one, then the new ones.
    n_papers : int
        Number of distinct papers that were new.
    n_known : int
        Number of new rows whose paper was in the map already.
    n_novel : int
        Number of new papers unlike all themes; one in twenty is to be expected.
    reasons : tuple of str
        Why it is time to cluster again: significantly more than a tenth of the added papers
        (binomial test at 1 %) were unlike all themes, or at least as many papers were added as
        had been clustered. All updates since the themes were made count. Empty if it is not.
    growth : DataFrame, one row per theme
        ``name``; ``before``, its size in the old map; ``added``, its new papers; ``growth``, the
        second divided by the first. Most added first.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups.",
    ...                            "Proteins fold.", "Proteins fold fast."])
    >>> update = found.update(["A robot grasps a bottle."])
    >>> update.themes.labels.tolist(), update.growth["added"].tolist()
    ([0, 0, 1, 1, 0], [1, 0])
    """

    themes: ThemeMap
    n_papers: int
    n_known: int
    n_novel: int
    reasons: tuple[str, ...]
    growth: pd.DataFrame

    def __repr__(self) -> str:
        new, known = counted(self.n_papers, "new paper"), counted(self.n_known, "row")
        repeated = f"; {known} of papers in the map" if self.n_known else ""
        lines = [f"{new}, {self.n_novel} of them unlike all themes{repeated}"]
        table = self.growth.query("added > 0").head(_SHOWN)
        if len(table):
            grown = zip(table["name"], table["added"], strict=True)
            lines.append("grown most: " + ", ".join(f"{name} (+{n})" for name, n in grown))
        lines += [f"time to cluster again: {reason}" for reason in self.reasons]
        return "\n".join(lines)


def update(themes: ThemeMap, texts: Any, *, embeddings: Any = None) -> Update:
    """Add papers to the map; the result says which themes grew and whether to cluster again.

    Parameters
    ----------
    texts
        Papers, as in ``cluster_abstracts``.
    embeddings : array of shape (n_rows, d), optional
        Their vectors, needed if the map was made from vectors of your own.

    Returns
    -------
    Update
        Its ``themes`` attribute is the new map, in which old papers keep their labels.

    Raises
    ------
    EmbedderError, InputError
        As in ``predict``.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> update = themes.update(["A robot grasps a bottle."])
    >>> update.themes.labels.tolist(), update.reasons
    ([0, 0, 1, 1, 0], ())
    """
    new = build_corpus(papers_of(texts), allow_empty=True)
    for note in new.report():
        LOG.warning("%s", note)
    known = themes.corpus.find(new.paper_keys)
    papers = np.flatnonzero(known < 0)
    if embeddings is not None:
        vectors = given_vectors(themes, embeddings, new.n_rows, new.paper_of_row < 0)
        embedding = Embedding(mean_of_rows(vectors, new)[papers])
    elif len(papers):
        embedding = embed_new(themes, new, papers)
    else:
        embedding = Embedding(themes.foundation.paper_embedding[:0])
    placement = place(themes, embedding)
    corpus = extend_corpus(themes.corpus, new)
    grown = _grow(themes, corpus, [new.paper_keys[paper] for paper in papers], embedding, placement)
    growth = grown.table()[["name"]].assign(before=[theme.size for theme in themes])
    growth["added"] = np.bincount(placement.theme + 1, minlength=len(themes) + 1)[1:]
    growth["growth"] = growth["added"] / growth["before"].clip(1)
    return Update(
        themes=grown,
        n_papers=len(papers),
        n_known=int((new.to_rows(known, missing=-1) >= 0).sum()),
        n_novel=int(is_novel(placement.novelty).sum()),
        reasons=_reasons(grown),
        growth=growth.sort_values("added", ascending=False, kind="stable"),
    )


def _grow(
    themes: ThemeMap, corpus: Corpus, keys: list[bytes], embedding: Embedding, placement: Placement
) -> ThemeMap:
    """Put the papers of the map and the new ones together, in the order of the new corpus."""
    before = themes.foundation
    old, new = corpus.find(before.corpus.paper_keys), corpus.find(keys)
    order = np.argsort(np.concatenate([old, new]))

    def merge(first: Any, second: Any) -> Any:
        return np.concatenate([first, second])[order]

    graph, k = before.paper_graph, before.paper_graph.indices.shape[1]
    batches = graph.batches
    if batches is not None:
        known = embedding.batches
        batches = merge(batches, np.zeros(len(new), dtype=np.int64) if known is None else known)
    added = np.zeros(before.corpus.n_papers, bool) if before.added is None else before.added
    labels = merge(themes._paper_labels, placement.theme)
    grown = replace(
        before,
        corpus=corpus,
        paper_embedding=merge(before.paper_embedding, embedding.vectors),
        paper_graph=NeighborGraph(
            merge(old[graph.indices], old[placement.indices[:, :k]]).astype(np.int32),
            merge(graph.similarities, placement.similarities[:, :k]),
            batches,
            graph.scale,
        ),
        added=merge(added, np.ones(len(new), bool)),
        labels_when_added=labels,
        known_calibration=before.calibration_similarities,
    )
    # Papers that were added earlier were placed by the labels of that time.
    places = before.coordinates_so_far if before.added is None else before.paper_coordinates
    if places is not None:
        places = merge(places, np.zeros((len(new), 2), dtype=np.float32))
        is_new = merge(np.zeros(len(old), bool), np.ones(len(new), bool))
        grown = replace(
            grown, known_coordinates=place_added(grown.paper_graph, places, labels, is_new)
        )
    votes, new_votes = (
        vars(membership).values() for membership in (themes._paper_membership, placement.membership)
    )
    sizes = np.bincount(labels[labels >= 0], corpus.n_rows_of_paper[labels >= 0], len(themes))
    return replace(
        themes,
        foundation=grown,
        labels=corpus.to_rows(labels, missing=-1),
        themes=tuple(replace(theme, size=int(sizes[theme.id])) for theme in themes),
        _paper_membership=Membership(*map(merge, votes, new_votes)),
    )


def _reasons(themes: ThemeMap) -> tuple[str, ...]:
    """Say why it is time to cluster again, judging by all papers added since the last time."""
    from scipy.stats import binom

    added = themes.foundation.added
    assert added is not None
    n_added, n_clustered = int(added.sum()), len(themes.foundation.clustered_papers)
    n_novel = int(is_novel(novelty_in_map(themes)).sum())
    reasons = []
    if binom.sf(n_novel - 1, n_added, _USUAL_SHARE) < _SURPRISE:
        reasons.append(
            f"{n_novel} of {n_added} papers added are unlike all themes "
            f"({n_novel / n_added:.0%}; one in twenty is usual)"
        )
    if n_added >= _GROWN * n_clustered:
        reasons.append(f"{counted(n_added, 'paper')} added to {n_clustered:,} that were clustered")
    return tuple(reasons)
