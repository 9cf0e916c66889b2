"""Two corpora, or two periods of one, theme by theme: what is news and what is noise.

Even two clusterings of the same papers differ, so different themes are not news in
themselves. What is compared is how many papers of each corpus belong to each theme of
either map. Papers of both corpora are assigned by the same rule: the vote of the nearest
papers that the map was made from, other than the paper itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from absclust.analysis.changes import INSIDE, Change, Comparison, Interval, intervals, news_of
from absclust.arrays import FloatArray, IntArray
from absclust.clustering.membership import count_votes
from absclust.clustering.nearest import nearest
from absclust.corpus.corpus import build_corpus
from absclust.embedding.embed import embed
from absclust.errors import OptionError

if TYPE_CHECKING:
    from absclust.embedding.fitted import CacheLike, EmbedderLike
    from absclust.themes.theme import Theme
    from absclust.themes.theme_map import ThemeMap

Shares = npt.NDArray[np.float64]

_SAME = 1 / 3  # the overlap of two themes of equal size that share half of their papers
_STRANGERS = 0.1  # the share of a theme's own papers that would count as strangers to it


def compare(
    before: ThemeMap,
    after: ThemeMap,
    *,
    embedder: EmbedderLike = "builtin",
    level: float = 0.95,
    cache: CacheLike = True,
    progress: bool = True,
    random_state: int = 0,
) -> Comparison:
    """Compare the themes of two corpora: matched, grown, shrunk, new, gone, split, merged.

    The texts of both are embedded in one space. Each paper of either corpus is then
    assigned to a theme of each map by the vote of its nearest papers there, excluding
    itself, or to none if it is less similar to them than nine in ten of the theme's own
    papers. Two themes match if each overlaps more with the other than with any other
    theme, with a Jaccard similarity of at least a third. Shares and their ratios have
    intervals from resampling the papers, and only what they exclude is news:

    - *grown*, *shrunk*: the interval of the ratio of shares doesn't contain 1;
    - *new*, *gone*: grown from, or shrunk to, less than a fifth;
    - *split*, *merged*: a theme without a match that has grown, or shrunk, and most of
      whose papers are in one theme of the other map.

    Parameters
    ----------
    before, after : ThemeMap
        The themes of two corpora.
    embedder
        Embeds the texts of both, as in ``cluster_abstracts``. ``"own"`` takes the maps'
        own vectors; use it if the same model made both, or if you gave them. Vectors of
        the built-in embedding and of LSA depend on the corpus and can't be compared.
    level
        Confidence level of the intervals, for all themes at once (Bonferroni). With
        0.95, one in twenty comparisons of equal corpora reports any news.
    cache, progress
        As in ``cluster_abstracts``.
    random_state
        Seed.

    Returns
    -------
    Comparison
        One change per theme, and which of them are news.

    Raises
    ------
    OptionError
        If an option can't be used, or a map has a single paper.

    Examples
    --------
    >>> from absclust import cluster_abstracts, compare
    >>> old = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
    >>> new = cluster_abstracts(["Robots grasp tools.", "Robots grasp.", "Proteins fold fast."])
    >>> comparison = compare(old, new)
    >>> comparison.news, comparison.notes
    ((), ('papers in both: 1',))
    """
    from absclust.themes.theme_map import ThemeMap

    for name, themes in (("before", before), ("after", after)):
        if not isinstance(themes, ThemeMap):
            raise OptionError(
                f"{name} is {type(themes).__name__}; expected a ThemeMap, such as "
                "cluster_abstracts returns"
            )
        if themes.corpus.n_papers < 2:
            raise OptionError(f"{name} has a single paper; expected two or more to compare")
    vectors = _one_space(before, after, embedder, cache, progress, random_state)
    n = before.corpus.n_papers
    keys = [*before.corpus.paper_keys, *after.corpus.paper_keys]
    theme_before = _voted(before, vectors[:n], vectors, keys)
    theme_after = _voted(after, vectors[n:], vectors, keys)
    corpus = (np.arange(len(vectors)) >= n).astype(np.int64)
    cells = np.zeros((2, len(before) + 1, len(after) + 1), dtype=np.int64)
    np.add.at(cells, (corpus, theme_before, theme_after), 1)
    shared = len(keys) - len(set(keys))
    return Comparison(
        n_before=n,
        n_after=len(vectors) - n,
        level=level,
        changes=_changes(before, after, cells, level, random_state),
        notes=(f"papers in both: {shared:,}",) if shared else (),
    )


def compare_periods(
    themes: ThemeMap, *, before: int, level: float = 0.95, random_state: int = 0
) -> Comparison:
    """Compare two periods of one map; see `ThemeMap.compare_periods`."""
    years = themes.corpus.years[themes.corpus.first_row]
    if not (years > 0).any():
        raise OptionError("no paper has a year: expected a column named year, date or published")
    known, later = years > 0, years >= before
    sizes = [int((known & ~later).sum()), int((known & later).sum())]
    if not all(sizes):
        known_years = years[known]
        raise OptionError(
            f"before is {before!r}, but all years are from {known_years.min()} to "
            f"{known_years.max()}; expected a year with papers before it and from it on"
        )
    labels = themes.paper_labels
    counts = np.zeros((2, len(themes) + 1), dtype=np.int64)
    np.add.at(counts, (later[known].astype(int), labels[known]), 1)
    rows = intervals(counts, np.eye(len(themes) + 1)[:, :-1], level, random_state)
    unknown = int((~known).sum())
    return Comparison(
        n_before=sizes[0],
        n_after=sizes[1],
        level=level,
        changes=_sorted(
            Change(news_of(row), t.name, t.name, t.id, t.id, *row, overlap=1.0)
            for t, row in zip(themes, rows, strict=True)
        ),
        notes=(f"papers without a known year, left out: {unknown:,}",) if unknown else (),
    )


def _one_space(
    before: ThemeMap,
    after: ThemeMap,
    embedder: EmbedderLike,
    cache: CacheLike,
    progress: bool,
    random_state: int,
) -> FloatArray:
    """Return vectors of the papers of both maps, one after the other."""
    if isinstance(embedder, str) and embedder == "own":
        shapes = before.paper_embedding.shape, after.paper_embedding.shape
        if shapes[0][1] != shapes[1][1]:
            raise OptionError(
                f"embedder is 'own', but the vectors have {shapes[0][1]} and {shapes[1][1]} "
                "dimensions; expected those of one model. Leave embedder out to embed both again"
            )
        return np.vstack([before.paper_embedding, after.paper_embedding])
    both = build_corpus([*before.corpus.paper_texts, *after.corpus.paper_texts])
    vectors = embed(
        both, embedder=embedder, cache=cache, progress=progress, random_state=random_state
    ).vectors
    # The row appended last serves texts of which nothing is left when they are cleaned again.
    return np.vstack([vectors, np.zeros_like(vectors[:1])])[both.paper_of_row]


def _voted(themes: ThemeMap, pool: FloatArray, vectors: FloatArray, keys: list[bytes]) -> IntArray:
    """Return the theme that each paper's nearest papers of a map vote for; -1 for none.

    A paper has no vote on itself, so that papers of the map and other papers are assigned
    by the same rule.
    """
    own = themes.corpus.find(keys)
    k = themes.paper_graph.indices.shape[1]
    indices, similarities = nearest(vectors, pool, k, own)
    votes = count_votes(themes.paper_labels[indices], similarities, len(themes))
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
    before: ThemeMap, after: ThemeMap, cells: IntArray, level: float, random_state: int
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
    rows = intervals(cells[:, old, new], weights, level, random_state)
    changes = []
    for (i, j), row in zip(places, rows, strict=True):
        if (i, j) in pairs:
            news = news_of(row)
            change = Change(news, before[i].name, after[j].name, i, j, *row, pairs[i, j])
        elif j < 0:
            change = _alone(row, before[i], weight[i], of_before[i], after, "shrunk", "merged")
        else:
            change = _alone(row, after[j], weight[:, j], of_after[j], before, "grown", "split")
        changes.append(change)
    return _sorted(changes)


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


def _alone(
    row: Interval,
    theme: Theme,
    parts: Shares,
    of: float,
    others: ThemeMap,
    moved: str,
    part: str,
) -> Change:
    """Return what became of a theme that only one map has."""
    within, within_share = "", 0.0
    if parts.any():
        within, within_share = others[int(parts.argmax())].name, float(parts.max() / of)
    news = news_of(row)
    if news == moved and within_share >= INSIDE:
        news = part
    is_before = moved == "shrunk"
    return Change(
        news,
        theme.name if is_before else "",
        "" if is_before else theme.name,
        theme.id if is_before else -1,
        -1 if is_before else theme.id,
        *row,
        within=within,
        within_share=round(within_share, 3),
    )


def _sorted(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Put news first, and large themes before small ones."""
    return tuple(
        sorted(changes, key=lambda c: (c.news == "steady", -max(c.share_before, c.share_after)))
    )
