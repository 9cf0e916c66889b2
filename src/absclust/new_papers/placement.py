"""Vectors of papers that are not in a map -> their themes: neighbours and centroids decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray
from absclust.clustering.membership import (
    Membership,
    membership_by_shares,
    theme_centroids,
    vote_shares,
)
from absclust.embedding.embed import Embedding
from absclust.new_papers.novelty import novelty

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

_CENTROID_WEIGHT = 4.0  # of the cosine with a theme's centroid, relative to its share of votes
_DECIMALS = 9


@dataclass(frozen=True, eq=False)
class Placement:
    """Where papers belong that are not in a map; arrays of shape (m,) or (m, k).

    Attributes
    ----------
    theme, membership, novelty
        As in ``ThemeMap.predict``.
    shares : float32 array of shape (m, n_themes)
        Each theme's share of the neighbours' votes.
    indices, similarities : arrays of shape (m, k)
        The most similar papers among those that were clustered.
    embedding : Embedding
        The papers' vectors.
    """

    theme: IntArray
    membership: Membership
    novelty: FloatArray
    shares: FloatArray
    indices: npt.NDArray[np.int32]
    similarities: FloatArray
    embedding: Embedding


def place(themes: ThemeMap, embedding: Embedding) -> Placement:
    """Find the themes of papers that are not in the map.

    Among the themes of a paper's neighbours, the one with the highest sum of its share
    of votes and its weighted cosine with the paper is taken: a few neighbours alone
    know less about a theme than all its papers do (decision 39).

    As when themes are made, a paper without similar papers joins the theme of the one
    it is least dissimilar to, and a paper whose strength is below ``min_strength`` gets
    no theme. With a clusterer other than the graph, neighbours without a theme vote
    for none.
    """
    foundation = themes.foundation
    indices, similarities = foundation.search.neighbors(embedding.vectors, embedding.batches)
    labels = themes._paper_labels
    shares, unassigned = vote_shares(labels[indices], similarities, len(themes))
    most = shares.max(axis=1, initial=0)
    theme = np.where(most > 0, best_theme(shares, embedding.vectors, themes.centroids), -1)
    if themes.settings is None:
        theme[unassigned > most] = -1
    else:
        for row in np.flatnonzero(theme < 0):
            near = labels[indices[row]][similarities[row] != 0]
            theme[row] = next((label for label in near if label >= 0), -1)
    votes = membership_by_shares(shares, theme)
    weak = votes.strength < foundation.min_strength
    theme[weak] = -1
    return Placement(
        theme=theme,
        membership=membership_by_shares(shares, theme) if weak.any() else votes,
        novelty=novelty(similarities, foundation.calibration_similarities),
        shares=shares,
        indices=indices,
        similarities=similarities,
        embedding=embedding,
    )


def place_inside(themes: ThemeMap, placed: Placement, finer: IntArray) -> IntArray:
    """Find the finer themes of papers, each inside the theme in which it was placed.

    Parameters
    ----------
    themes
        The map.
    placed
        Where the papers were placed in it.
    finer : int array of shape (n_papers,)
        Finer theme of each paper of the map, nested in its themes; -1 for none.

    Returns
    -------
    int array of shape (m,); -1 for papers without a theme
    """
    labels, clustered = themes._paper_labels, themes.foundation.clustered_papers
    vectors = themes.foundation.paper_embedding[clustered]
    centroids = theme_centroids(vectors, finer[clustered], int(finer.max()) + 1)
    found = np.full(len(placed.theme), -1)
    for theme in np.unique(placed.theme[placed.theme >= 0]).tolist():
        rows, inside = np.flatnonzero(placed.theme == theme), np.unique(finer[labels == theme])
        near = placed.indices[rows]
        voted = np.where(labels[near] == theme, np.searchsorted(inside, finer[near]), -1)
        shares, _ = vote_shares(voted, placed.similarities[rows], len(inside))
        shares[~shares.any(axis=1)] = 1  # without votes, the nearest centroid decides
        found[rows] = inside[best_theme(shares, placed.embedding.vectors[rows], centroids[inside])]
    return found


def best_theme(shares: FloatArray, vectors: FloatArray, centroids: FloatArray) -> IntArray:
    """Return the theme, among those with votes, with the highest score."""
    if not len(centroids):
        return np.full(len(vectors), -1)
    # Not a matrix product, whose last bits depend on the number of threads.
    cosines = np.einsum("md,td->mt", vectors, centroids, dtype=np.float64)
    score = (shares + _CENTROID_WEIGHT * cosines).round(_DECIMALS)
    return np.where(shares > 0, score, -np.inf).argmax(axis=1)
