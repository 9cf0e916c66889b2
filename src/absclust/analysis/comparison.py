"""Two corpora, or two periods of one, theme by theme: what is news and what is noise.

Even two clusterings of the same papers differ, so different themes are not news in
themselves. What is compared is how many papers of each corpus belong to each theme of
either map. Papers of both corpora are assigned by the same rule: the vote of the nearest
papers that the map was made from, other than the paper itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from absclust.analysis.shares import Floats, ratio_intervals
from absclust.analysis.years import none_known
from absclust.arrays import FloatArray, IntArray
from absclust.clustering.membership import count_votes
from absclust.clustering.nearest import nearest
from absclust.corpus.corpus import build_corpus
from absclust.embedding.embed import embed
from absclust.errors import OptionError, check_number
from absclust.themes.find import check_map

if TYPE_CHECKING:
    from absclust.embedding.embedder import EmbedderLike
    from absclust.theme_map import ThemeMap

_SAME = 1 / 3  # the overlap of two themes of equal size that share half of their papers
_STRANGERS = 0.1  # the share of a theme's own papers that would count as strangers to it
_INSIDE = 0.5  # the share of a theme's papers in another theme that makes it part of that theme
_HARDLY = 0.2  # a share below this fraction of the other is next to nothing
_MANY = 100  # ratios above depend on a paper or two


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """How themes changed. Made by ``ThemeMap.compare``; printed, it says what is news.

    Attributes
    ----------
    n_before, n_after : int
        Number of distinct papers in each corpus.
    changes : DataFrame, one row per theme
        News first, then by share. ``news``: "steady", "grown", "shrunk", "new", "gone", "split"
        (off the theme ``within``) or "merged" (into it). ``before``, ``after``: the theme's name
        in each map, and ``before_id``, ``after_id``, its number; empty and -1 in a map where it
        has no match. ``share_before``, ``share_after``: the share of each corpus's papers that are
        in the theme, 0 to 1. ``ratio``: the second divided by the first, drawn towards 1
        where papers are few, with the bounds of its interval, ``low`` and ``high``.
        ``overlap``: for two themes that match, the number of papers in both divided by the number
        in either, else 0. ``within``, ``within_share``: for a theme without a match, the theme of
        the other map that has most of its papers, and the share of them that it has.
    note : str
        A remark, such as the number of papers that are in both; may be empty.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts([{"title": f"Robots grasp {i}", "year": 2015 + i}
    ...                             for i in range(10)])
    >>> comparison = themes.compare(before=2020)
    >>> comparison.n_before, comparison.n_after, comparison.changes["news"].tolist()
    (5, 5, ['steady'])
    """

    n_before: int
    n_after: int
    changes: pd.DataFrame
    note: str

    @property
    def news(self) -> pd.DataFrame:
        """The changes that are more than noise."""
        return self.changes[self.changes["news"] != "steady"]

    def __repr__(self) -> str:
        headline = (
            f"{self.n_before:,} papers before, {self.n_after:,} after: {len(self.news)} of "
            f"{len(self.changes)} themes changed by more than noise (intervals at 95% "
            "for all themes at once)"
        )
        said = map(_said, self.news.itertuples())
        return "\n".join([headline, *filter(None, [self.note]), *said])


def _said(change: Any) -> str:
    """Say a change in a line."""
    name = " → ".join(dict.fromkeys(filter(None, (change.before, change.after))))
    if change.within_share >= _INSIDE:
        name += {"split": " off ", "merged": " into "}.get(change.news, " in ") + change.within
    ratio, low, high = (
        f"{times:.2f}" if times < _MANY else f"above {_MANY}"
        for times in (change.ratio, change.low, change.high)
    )
    return (
        f"{change.news}: {name}, {change.share_before:.1%} → {change.share_after:.1%}, "
        f"× {ratio} ({low} to {high})"
    )


def compare(
    themes: ThemeMap,
    other: ThemeMap | None = None,
    *,
    before: int | None = None,
    embedder: EmbedderLike = "builtin",
) -> Comparison:
    """Compare this map with that of another corpus, or two periods of this one.

    Of two corpora, themes are matched, grown, shrunk, new, gone, split or merged. The texts of
    both are embedded in one space. Each paper of either corpus is then
    assigned to a theme of each map by the vote of its nearest papers there, excluding
    itself, or to none if it is less similar to them than nine in ten of the theme's own
    papers. Two themes match if each overlaps more with the other than with any other
    theme, with a Jaccard similarity of at least a third. Of two periods, the themes are the
    map's own. The ratio of a theme's shares has an interval at 95 % for all themes at once
    (Bonferroni), so that one in twenty comparisons of equal corpora reports any news. Only what it
    excludes is news:

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
    >>> len(comparison.news), comparison.note
    (0, 'papers in both: 1')
    >>> themes = cluster_abstracts([{"title": f"Robots grasp {i}", "year": 2015 + i}
    ...                             for i in range(10)])
    >>> len(themes.compare(before=2020).news)
    0
    """
    if (other is None) == (before is None):
        given = "neither" if other is None else "both"
        raise OptionError(
            f"of another map and a year to divide this one at (before), {given} is given; expected "
            "one of them"
        )
    if other is None:
        return _of_periods(themes, before)
    check_map(other, themes)
    for name, one in (("this map", themes), ("the other map", other)):
        if one.corpus.n_papers < 2:
            raise OptionError(f"{name} has a single paper; expected two or more to compare")
    vectors = _one_space(themes, other, embedder)
    n = themes.corpus.n_papers
    keys = [*themes.corpus.paper_keys, *other.corpus.paper_keys]
    theme_before = _voted(themes, vectors[:n], vectors, keys)
    theme_after = _voted(other, vectors[n:], vectors, keys)
    later = (np.arange(len(vectors)) >= n).astype(np.int64)
    shared = len(keys) - len(set(keys))
    note = f"papers in both: {shared:,}" if shared else ""
    return _compared((themes, other), (later, theme_before, theme_after), note)


def _of_periods(themes: ThemeMap, before: Any) -> Comparison:
    """Compare the papers before a year with those from that year on, theme by theme."""
    check_number(before, "before", Integral, least=1)
    years = themes.corpus.paper_years
    known = years[years > 0]
    if not len(known):
        raise none_known(themes.corpus)
    if not known.min() < before <= known.max():
        raise OptionError(
            f"before is {before!r}, but all years are from {known.min()} to "
            f"{known.max()}; expected a year with papers before it and from it on"
        )
    later, labels = (known >= before).astype(np.int64), themes._paper_labels[years > 0]
    unknown = len(years) - len(known)
    note = f"papers without a known year, left out: {unknown:,}" if unknown else ""
    return _compared((themes, themes), (later, labels, labels), note)


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
    voted = np.where(votes.any(axis=1), votes.argmax(axis=1), len(themes))
    # Papers that are farther from a theme than nearly all its own papers are not in it: otherwise,
    # every paper on a new subject would be in the theme that it is least unlike.
    closeness, inside = pd.Series(similarities.mean(axis=1)), own >= 0
    nearly_all = closeness[inside].groupby(voted[inside]).quantile(_STRANGERS)
    strange = closeness.to_numpy() < nearly_all.reindex(voted).to_numpy()
    return np.where(strange | (voted == len(themes)), -1, voted)


def _compared(
    maps: tuple[ThemeMap, ThemeMap], papers: tuple[IntArray, IntArray, IntArray], note: str
) -> Comparison:
    """Match the themes of two maps, and say what became of each.

    Parameters
    ----------
    maps
        The maps, which may be the same.
    papers : three int arrays of shape (n,)
        Which corpus each paper is from, 0 or 1, and its theme in each map; -1 for none.
    """
    before, after = maps
    names_before, names_after = before._names_by_label, after._names_by_label
    cells = np.zeros((2, len(names_before), len(names_after)), dtype=np.int64)
    np.add.at(cells, papers, 1)
    sizes, of_before, of_after = (cells.sum(axis=axis) for axis in ((1, 2), 2, 1))
    # The two corpora count equally, whatever their sizes.
    weight = (cells / sizes[:, None, None]).sum(axis=0)
    overlap = _overlaps(weight) if before is not after else np.diag([1.0] * len(before) + [0])
    i, j = _places(overlap)
    # Two themes that match count half each: what the borders of one map give a theme in excess,
    # those of the other take away.
    of_before[:, -1] = of_after[:, -1] = 0
    inside = (of_before[:, i] + of_after[:, j]) / np.where((i >= 0) & (j >= 0), 2, 1)
    of = np.broadcast_to(sizes[:, None], inside.shape)
    shares, ratio, low, high = ratio_intervals(inside, of)
    there, part_there = _most(weight, names_after)
    here, part_here = _most(weight.T, names_before)
    part = np.select([j < 0, i < 0], [part_there[i], part_here[j]], 0.0)
    up, down = low > 1, high < 1
    said = {
        "new": up & (shares[0] < _HARDLY * shares[1]),
        "split": up & (i < 0) & (part >= _INSIDE),
        "grown": up,
        "gone": down & (shares[1] < _HARDLY * shares[0]),
        "merged": down & (j < 0) & (part >= _INSIDE),
        "shrunk": down,
    }
    news = np.select(list(said.values()), list(said), "steady")  # the first that holds
    table = pd.DataFrame(
        {
            "news": news.astype(object),
            "before": names_before[i],
            "after": names_after[j],
            "before_id": i,
            "after_id": j,
            "share_before": shares[0],
            "share_after": shares[1],
            "ratio": ratio,
            "low": low,
            "high": high,
            "overlap": overlap[i, j].round(3),
            "within": np.select([j < 0, i < 0], [there[i], here[j]], ""),
            "within_share": part.round(3),
        }
    )
    table = table.iloc[np.lexsort((-shares.max(axis=0), news == "steady"))]
    n_before, n_after = sizes.tolist()
    return Comparison(n_before, n_after, table.reset_index(drop=True), note)


def _overlaps(weight: Floats) -> Floats:
    """Return the Jaccard similarity of all pairs of themes; 0 with no theme, the last of each."""
    either = weight.sum(axis=1, keepdims=True) + weight.sum(axis=0) - weight
    overlap: Floats = np.divide(weight, either, out=np.zeros_like(weight), where=either > 0)
    overlap[-1] = overlap[:, -1] = 0
    return overlap


def _places(overlap: Floats) -> IntArray:
    """Return the themes that match, and those of each map that have no match, beside -1."""
    best = overlap.argmax(axis=1).tolist()
    pairs = {
        i: j for i, j in enumerate(best) if overlap[i, j] >= _SAME and overlap[:, j].argmax() == i
    }
    places = [(i, pairs.get(i, -1)) for i in range(len(overlap) - 1)]
    places += [(-1, j) for j in range(overlap.shape[1] - 1) if j not in pairs.values()]
    return np.array(places, dtype=np.int64).reshape(-1, 2).T


def _most(weight: Floats, names: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.object_], Floats]:
    """Return which of the named themes has most of each theme's papers, and their share."""
    inside = weight.copy()
    inside[:, -1] = 0
    share = inside.max(axis=1) / np.maximum(weight.sum(axis=1), 1e-12)
    return np.where(share > 0, names[inside.argmax(axis=1)], ""), share
