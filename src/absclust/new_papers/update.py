"""New papers into a map: what was there stays as it was, the new ones find their themes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.clustering.membership import Membership, Placed, place
from absclust.clustering.neighbors import NeighborGraph
from absclust.corpus.corpus import Corpus, build_corpus, extend_corpus
from absclust.embedding.embed import mean_of_rows
from absclust.embedding.fitted import Embedding
from absclust.new_papers.novelty import is_novel, novelty
from absclust.new_papers.predict import embed_new, given_vectors, locate

if TYPE_CHECKING:
    import pandas as pd

    from absclust.themes.theme_map import ThemeMap

# One ordinary paper in twenty counts as novel; calibration is no finer than that
# twice as many would be no surprise (docs/decisions.md, 41).
_USUAL_SHARE = 0.1
_SURPRISE = 0.01  # how rare so many novel papers must be in a corpus without news
_SHOWN = 5
_GROWN = 1.0  # papers added, as a share of those that were clustered


@dataclass(frozen=True, eq=False)
class Update:
    """A map to which papers were added.

    Attributes
    ----------
    themes : ThemeMap
        The new map. Its rows are those of the old one, then the new ones.
    n_papers : int
        Distinct papers that were new.
    n_known : int
        New rows whose paper was in the map already.
    n_novel : int
        New papers unlike all themes; one in twenty is to be expected.
    reasons : tuple of str
        Why it is time to cluster anew; empty where it is not.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups.",
    ...                            "Proteins fold.", "Proteins fold fast."])
    >>> update = found.update(["A robot grasps a bottle."])
    >>> update.themes.labels.tolist(), update.table()["added"].tolist()
    ([0, 0, 1, 1, 0], [1, 0])
    """

    themes: ThemeMap
    n_papers: int
    n_known: int
    n_novel: int
    reasons: tuple[str, ...]
    _sizes_before: tuple[int, ...]

    @property
    def cluster_anew(self) -> bool:
        """Whether it is time to cluster all papers anew.

        It is where more papers than a tenth, by more than chance (binomial test at
        1 %), were unlike all themes, or where as many papers were added as were
        clustered; all updates since the themes were made count.
        """
        return bool(self.reasons)

    def table(self) -> pd.DataFrame:
        """Return the themes with their size before, rows added, and growth, most grown first."""
        import pandas as pd

        before = np.array(self._sizes_before)
        added = np.array([theme.size for theme in self.themes], dtype=np.int64) - before
        table = pd.DataFrame(
            {
                "name": [theme.name for theme in self.themes],
                "before": before,
                "added": added,
                "growth": added / np.maximum(before, 1),
            },
            index=pd.Index(range(len(self.themes)), name="theme"),
        )
        return table.sort_values("added", ascending=False, kind="stable")

    def report(self) -> str:
        """Say what was added, which themes grew, and whether it is time to cluster anew."""
        known = f"; {self.n_known} rows are papers that were there" if self.n_known else ""
        table = self.table().query("added > 0").head(_SHOWN)
        grown = [f"{n} (+{a})" for n, a in zip(table["name"], table["added"], strict=True)]
        return "\n".join(
            [
                f"{self.n_papers} new papers, {self.n_novel} of them unlike all themes{known}",
                *(["grown most: " + ", ".join(grown)] if grown else []),
                *(f"time to cluster anew: {reason}" for reason in self.reasons),
            ]
        )

    def __repr__(self) -> str:
        return f"Update: {self.report()}"


def update(themes: ThemeMap, texts: Any, embeddings: Any = None) -> Update:
    """Add papers to a map.

    The papers that are there keep theme, neighbours and place; new ones are placed
    by their neighbours among the papers that were clustered, so that it makes no
    difference in how many steps they come.

    Parameters and errors are those of ``ThemeMap.update``.
    """
    new = build_corpus(texts, allow_empty=True)
    known = locate(themes.corpus, new)
    papers = np.unique(new.paper_of_row[(new.paper_of_row >= 0) & (known < 0)])
    if embeddings is not None:
        vectors = given_vectors(themes, embeddings, new.n_rows)
        embedding = Embedding(mean_of_rows(vectors, new)[papers])
    elif len(papers):
        embedding = embed_new(themes, new, papers)
    else:
        embedding = Embedding(themes.embedding[:0])
    placed = place(themes, embedding)
    corpus = extend_corpus(themes.corpus, new)
    grown = _grow(themes, corpus, [new.paper_keys[paper] for paper in papers], embedding, placed)
    return Update(
        themes=grown,
        n_papers=len(papers),
        n_known=int((known >= 0).sum()),
        n_novel=int(is_novel(placed.novelty).sum()),
        reasons=_reasons(grown),
        _sizes_before=tuple(theme.size for theme in themes),
    )


def _grow(
    themes: ThemeMap, corpus: Corpus, keys: list[bytes], embedding: Embedding, placed: Placed
) -> ThemeMap:
    """Put the papers of the map and new ones together, in the order of the corpus."""
    old, new = corpus.find(themes.corpus.paper_keys), corpus.find(keys)
    order = np.argsort(np.concatenate([old, new]))

    def merge(first: Any, second: Any) -> Any:
        return np.concatenate([first, second])[order]

    graph, k = themes.graph, themes.graph.indices.shape[1]
    groups = graph.groups
    if groups is not None:
        found = embedding.groups
        groups = merge(groups, np.zeros(len(new), dtype=np.int64) if found is None else found)
    before, after = themes.membership, placed.membership
    labels = merge(themes.paper_labels, placed.theme)
    added = np.zeros(themes.corpus.n_papers, bool) if themes.added is None else themes.added
    sizes = np.bincount(labels[labels >= 0], corpus.n_rows_of_paper[labels >= 0], len(themes))
    grown = replace(
        themes,
        # What is appended last serves the rows without a paper, which have number -1.
        labels=np.append(labels, -1)[corpus.paper_of_row],
        themes=tuple(replace(theme, size=int(sizes[theme.id])) for theme in themes),
        corpus=corpus,
        embedding=merge(themes.embedding, embedding.vectors),
        graph=NeighborGraph(
            merge(old[graph.indices], old[placed.indices[:, :k]]).astype(np.int32),
            merge(graph.similarities, placed.similarities[:, :k]),
            groups,
            graph.level,
        ),
        membership=Membership(
            merge(before.strength, after.strength),
            merge(before.runner_up, after.runner_up),
            merge(before.margin, after.margin),
        ),
        added=merge(added, np.ones(len(new), bool)),
    )
    vars(grown)["usual_similarity"] = themes.usual_similarity  # is the same for both
    return grown


def _reasons(themes: ThemeMap) -> tuple[str, ...]:
    """Say why it is time to cluster anew, from all papers added since the themes were made."""
    from scipy.stats import binom

    assert themes.added is not None
    n_added, n_clustered = int(themes.added.sum()), len(themes.clustered)
    found = novelty(themes.graph.similarities[themes.added], themes.usual_similarity)
    n_novel = int(is_novel(found).sum())
    reasons = []
    if n_novel and binom.sf(n_novel - 1, n_added, _USUAL_SHARE) < _SURPRISE:
        reasons.append(
            f"{n_novel} of {n_added} papers added are unlike all themes "
            f"({n_novel / n_added:.0%}; one in twenty is usual)"
        )
    if n_added >= _GROWN * n_clustered:
        reasons.append(f"{n_added} papers were added to {n_clustered} that were clustered")
    return tuple(reasons)
