"""Two corpora, or two periods of one, theme by theme: what is news and what is noise.

Even two clusterings of the same papers differ, so different themes are not news in
themselves. What is compared is how many papers of each corpus belong to each theme of
either map. Papers of both corpora are assigned by the same rule: the vote of the nearest
papers that the map was made from, other than the paper itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from absclust.analysis.changes import (
    INSIDE,
    Change,
    Comparison,
    check_confidence,
    news_of,
    ratio_intervals,
)
from absclust.analysis.years import none_known
from absclust.arrays import FloatArray, IntArray, pair_counts
from absclust.clustering.membership import count_votes
from absclust.clustering.nearest import nearest
from absclust.corpus.corpus import build_corpus
from absclust.embedding.embed import embed
from absclust.errors import OptionError, check_number
from absclust.themes.find import check_map

if TYPE_CHECKING:
    from absclust.embedding.embedder import EmbedderLike
    from absclust.theme_map import ThemeMap

Shares = npt.NDArray[np.float64]
Row = tuple[float, float, float, float, float]  # both shares, their ratio, low and high

_SAME = 1 / 3  # the overlap of two themes of equal size that share half of their papers
_STRANGERS = 0.1  # the share of a theme's own papers that would count as strangers to it


def compare(
    themes: ThemeMap,
    other: ThemeMap | None = None,
    *,
    before: int | None = None,
    embedder: EmbedderLike = "builtin",
    confidence: float = 0.95,
) -> Comparison:
    """Compare this map with that of another corpus, or two periods of this one.

    Of two corpora, themes are matched, grown, shrunk, new, gone, split or merged. The texts of
    both are embedded in one space. Each paper of either corpus is then
    assigned to a theme of each map by the vote of its nearest papers there, excluding
    itself, or to none if it is less similar to them than nine in ten of the theme's own
    papers. Two themes match if each overlaps more with the other than with any other
    theme, with a Jaccard similarity of at least a third. Of two periods, the themes are the
    map's own. The ratio of a theme's shares has an interval, and only what it excludes is news:

    - *grown*, *shrunk*: the interval of the ratio of shares doesn't contain 1;
    - *new*, *gone*: grown from, or shrunk to, less than a fifth;
    - *split*, *merged*: a theme without a match that has grown, or shrunk, and most of
      whose papers are in one theme of the other map.

    Parameters
    ----------
    other : ThemeMap, optional
        The map of a later corpus.
    before : int, optional
        Instead of another map, the first year of the later period of this one.
    embedder
        Embeds the texts of both corpora, as in ``cluster_abstracts``. ``"own"`` takes the maps'
        own vectors; use it if the same model made both, or if you gave them. Vectors of
        the built-in embedding and of LSA depend on the corpus and can't be compared.
    confidence
        Confidence level of the intervals, for all themes at once (Bonferroni). With
        0.95, one in twenty comparisons of equal corpora reports any news.

    Returns
    -------
    Comparison
        One change per theme, and which of them are news.

    Raises
    ------
    OptionError
        If an option can't be used, a map has a single paper, no paper has a year, or one of
        the periods has no papers.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> old = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
    >>> new = cluster_abstracts(["Robots grasp tools.", "Robots grasp.", "Proteins fold fast."])
    >>> comparison = old.compare(new)
    >>> comparison.news, comparison.notes
    ((), ('papers in both: 1',))
    >>> themes = cluster_abstracts([{"title": f"Robots grasp {i}", "year": 2015 + i}
    ...                             for i in range(10)])
    >>> themes.compare(before=2020).news
    ()
    """
    if (other is None) == (before is None):
        given = "neither" if other is None else "both"
        raise OptionError(
            f"of another map and a year to divide this one at, {given} is given; expected one of "
            "them, as in compare(other) or compare(before=2025)"
        )
    check_confidence(confidence)
    if other is None:
        return _of_periods(themes, before, confidence)
    check_map(other, themes)
    for name, one in (("this map", themes), ("the other map", other)):
        if one.corpus.n_papers < 2:
            raise OptionError(f"{name} has a single paper; expected two or more to compare")
    vectors = _one_space(themes, other, embedder)
    n = themes.corpus.n_papers
    keys = [*themes.corpus.paper_keys, *other.corpus.paper_keys]
    theme_before = _voted(themes, vectors[:n], vectors, keys)
    theme_after = _voted(other, vectors[n:], vectors, keys)
    corpus = (np.arange(len(vectors)) >= n).astype(np.int64)
    cells = np.zeros((2, len(themes) + 1, len(other) + 1), dtype=np.int64)
    np.add.at(cells, (corpus, theme_before, theme_after), 1)
    shared = len(keys) - len(set(keys))
    return Comparison(
        n_before=n,
        n_after=len(vectors) - n,
        confidence=confidence,
        changes=_changes(themes, other, cells, confidence),
        notes=(f"papers in both: {shared:,}",) if shared else (),
    )


def _of_periods(themes: ThemeMap, before: Any, confidence: float) -> Comparison:
    """Compare the papers before a year with those from that year on, theme by theme."""
    check_number(before, "before", Integral, least=1)
    years = themes.corpus.paper_years
    known = years[years > 0]
    if not len(known):
        raise none_known(themes.corpus)
    later = (known >= before).astype(np.int64)
    counts = pair_counts(later, themes._paper_labels[years > 0], (2, len(themes) + 1))
    n_before, n_after = sizes = counts.sum(axis=1)
    if not sizes.all():
        raise OptionError(
            f"before is {before!r}, but all years are from {known.min()} to "
            f"{known.max()}; expected a year with papers before it and from it on"
        )
    rows = _intervals(counts[:, :-1], sizes, confidence)
    unknown = len(years) - len(known)
    return Comparison(
        n_before=int(n_before),
        n_after=int(n_after),
        confidence=confidence,
        changes=_sorted(
            Change(news_of(*row), t.name, t.name, t.id, t.id, *row, overlap=1.0)
            for t, row in zip(themes, rows, strict=True)
        ),
        notes=(f"papers without a known year, left out: {unknown:,}",) if unknown else (),
    )


def _one_space(before: ThemeMap, after: ThemeMap, embedder: EmbedderLike) -> FloatArray:
    """Return vectors of the papers of both maps, one after the other."""
    if isinstance(embedder, str) and embedder == "own":
        shapes = before.foundation.paper_embedding.shape, after.foundation.paper_embedding.shape
        if shapes[0][1] != shapes[1][1]:
            raise OptionError(
                f"embedder is 'own', but the vectors have {shapes[0][1]} and {shapes[1][1]} "
                "dimensions; expected those of one model. Leave embedder out to embed both again"
            )
        return np.vstack([before.foundation.paper_embedding, after.foundation.paper_embedding])
    both = build_corpus([*before.corpus.paper_texts, *after.corpus.paper_texts])
    own, encoder = before.foundation, before.foundation.encoder
    vectors = embed(
        both,
        embedder=embedder,
        cache=True if encoder is None else encoder.cache,
        progress=own.progress,
        random_state=own.random_state,
    ).vectors
    # The row appended last serves texts of which nothing is left when they are cleaned again.
    return np.vstack([vectors, np.zeros_like(vectors[:1])])[both.paper_of_row]


def _voted(themes: ThemeMap, pool: FloatArray, vectors: FloatArray, keys: list[bytes]) -> IntArray:
    """Return the theme that each paper's nearest papers of a map vote for; -1 for none.

    A paper has no vote on itself, so that papers of the map and other papers are assigned
    by the same rule.
    """
    own = themes.corpus.find(keys)
    k = themes.foundation.paper_graph.indices.shape[1]
    indices, similarities = nearest(vectors, pool, k, own)
    votes = count_votes(themes._paper_labels[indices], similarities, len(themes))
    best = votes.argmax(axis=1)
    best[votes.max(axis=1) == 0] = len(themes)
    return _without_strangers(best, similarities.mean(axis=1), own >= 0, len(themes))


def _without_strangers(
    voted: IntArray, closeness: FloatArray, inside: npt.NDArray[np.bool_], n_themes: int
) -> IntArray:
    """Leave papers in no theme that are farther from theirs than nearly all its own papers.

    Otherwise, every paper on a new subject would be in the theme it is least unlike.
    """
    for theme in range(n_themes):
        members = np.flatnonzero(voted == theme)
        own = members[inside[members]]
        if len(own):
            near = np.quantile(closeness[own], _STRANGERS)
            voted[members[closeness[members] < near]] = n_themes
    return np.where(voted < n_themes, voted, -1)


def _changes(
    before: ThemeMap, after: ThemeMap, cells: IntArray, confidence: float
) -> tuple[Change, ...]:
    """Match the themes of two maps, and say what became of each."""
    # The two corpora count equally, whatever their sizes.
    weight = (cells / cells.sum(axis=(1, 2), keepdims=True)).sum(axis=0)
    of_before, of_after = weight.sum(axis=1)[:-1], weight.sum(axis=0)[:-1]
    weight = weight[:-1, :-1]
    pairs = _pairs(weight, of_before, of_after)
    matched_before, matched_after = {i for i, _ in pairs}, {j for _, j in pairs}
    places = [
        *pairs,
        *((i, -1) for i in range(len(before)) if i not in matched_before),
        *((-1, j) for j in range(len(after)) if j not in matched_after),
    ]
    if not places:
        return ()
    old, new = np.nonzero(cells.sum(axis=0))
    weights = np.column_stack([_counted(old, new, i, j) for i, j in places])
    rows = _intervals(cells[:, old, new] @ weights, cells.sum(axis=(1, 2)), confidence)
    changes = []
    for (i, j), row in zip(places, rows, strict=True):
        news, within, share = news_of(*row), "", 0.0
        if i < 0 or j < 0:
            parts, whole, others, moved, part = (
                (weight[i], of_before[i], after, "shrunk", "merged")
                if j < 0
                else (weight[:, j], of_after[j], before, "grown", "split")
            )
            if parts.any():
                within, share = others[int(parts.argmax())].name, float(parts.max() / whole)
            if news == moved and share >= INSIDE:
                news = part
        names = before[i].name if i >= 0 else "", after[j].name if j >= 0 else ""
        overlap = pairs.get((i, j), 0.0)
        changes.append(Change(news, *names, i, j, *row, overlap, within, round(share, 3)))
    return _sorted(changes)


def _intervals(inside: IntArray | Shares, of: IntArray, confidence: float) -> list[Row]:
    """Return both shares of each theme, their ratio and its interval.

    Parameters
    ----------
    inside : array of shape (2, n_themes)
        Its papers in both corpora.
    of : int array of shape (2,)
        All papers of both.
    """
    of = np.broadcast_to(of[:, None], inside.shape)
    shares, *ratio = ratio_intervals(inside, of, confidence)
    rows: list[Row] = np.vstack([shares, *ratio]).T.tolist()
    return rows


def _pairs(weight: Shares, of_before: Shares, of_after: Shares) -> dict[tuple[int, int], float]:
    """Return the pairs of themes that overlap most with each other, with their overlap."""
    either = of_before[:, None] + of_after - weight
    overlap = np.divide(weight, either, out=np.zeros_like(weight), where=either > 0)
    if not overlap.size:
        return {}
    return {
        (i, int(j)): round(float(overlap[i, j]), 3)
        for i, j in enumerate(overlap.argmax(axis=1))
        if overlap[i, j] >= _SAME and overlap[:, j].argmax() == i
    }


def _counted(old: IntArray, new: IntArray, i: int, j: int) -> Shares:
    """Return how much a paper in each cell counts for a theme.

    Two themes that match count half each: what the borders of one map give a theme in
    excess, those of the other take away.
    """
    either: Shares = (old == i).astype(np.float64) + (new == j)
    return either / 2 if i >= 0 and j >= 0 else either


def _sorted(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Put news first, and large themes before small ones."""
    return tuple(
        sorted(changes, key=lambda c: (c.news == "steady", -max(c.share_before, c.share_after)))
    )
