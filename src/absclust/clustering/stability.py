"""How far to trust themes: whether they come back when some papers are left out."""

from collections.abc import Callable
from typing import Any

import numpy as np

from absclust import sizes
from absclust.arrays import FloatArray, IntArray, group_matrix
from absclust.parallel import in_threads

SHARE = 0.8  # of the papers, in each resample
_FEWEST = 3  # papers; of two, four fifths leave none out
# The stability of large themes varies little from resample to resample.
_RESAMPLES, _RESAMPLES_LARGE, _RESAMPLES_OF_LAYER = 10, 4, 2


def resample(n_papers: int, n_resamples: int, random_state: int) -> list[IntArray]:
    """Draw four fifths of the papers several times, without replacement; sort each sample."""
    random = np.random.default_rng(random_state)
    size = max(1, round(SHARE * n_papers))
    return [
        np.sort(random.choice(n_papers, size, replace=False)).astype(np.int64)
        for _ in range(n_resamples)
    ]


def stability_samples(n_papers: int, random_state: int, *, layer: bool = False) -> list[IntArray]:
    """Draw the resamples for `theme_stability`: ten, or four from 50,000 papers on.

    From 300,000 papers on, two for each layer that is broader or finer than the themes.
    """
    n_resamples = _RESAMPLES if n_papers < sizes.FEW_RESAMPLES_FROM else _RESAMPLES_LARGE
    if layer and n_papers >= sizes.TWO_RESAMPLES_FROM:
        n_resamples = _RESAMPLES_OF_LAYER
    return resample(n_papers, n_resamples, random_state)


def theme_stability(
    labels: IntArray, samples: list[IntArray], relabel: Callable[[IntArray], IntArray]
) -> FloatArray:
    """Return the stability of each theme, between 0 and 1.

    For each resample, themes are found again among its papers. A theme's stability is
    the mean, over resamples, of the best Jaccard similarity between its papers in the
    resample and one of the themes found there (Hennig 2007).

    Parameters
    ----------
    labels : int array of shape (n,)
        Theme of each paper, 0 to K - 1; -1 for none.
    samples : list of int arrays
        The papers of each resample.
    relabel
        Finds themes from scratch among the given papers and returns their labels. It is
        called in several threads.

    Returns
    -------
    float32 array of shape (K,)
        NaN where the stability can't be measured: for a theme of a single paper, and
        for all themes if the corpus is too small to leave a paper out.

    Examples
    --------
    >>> labels = np.array([0, 0, 1, 1])
    >>> theme_stability(labels, [np.array([0, 1, 2])], lambda papers: labels[papers]).tolist()
    [1.0, 1.0]
    """
    stability = _mean_jaccard(labels, samples, relabel)
    sizes = np.bincount(labels[labels >= 0], minlength=len(stability))
    stability[(sizes < 2) | (len(labels) < _FEWEST)] = np.nan
    return stability


def mean_stability(
    labels: IntArray, samples: list[IntArray], relabel: Callable[[IntArray], IntArray]
) -> float:
    """Return the mean stability of a partition's communities, weighted by their size."""
    sizes = np.bincount(labels[labels >= 0])
    return float(np.average(_mean_jaccard(labels, samples, relabel), weights=sizes))


def _mean_jaccard(
    labels: IntArray, samples: list[IntArray], relabel: Callable[[IntArray], IntArray]
) -> FloatArray:
    """Return each theme's best Jaccard similarity, averaged over the resamples."""
    n_themes = int(labels.max(initial=-1)) + 1
    total = np.zeros(n_themes)
    drawn = np.zeros(n_themes)
    for papers, found in zip(samples, in_threads(relabel, samples), strict=True):
        theme, _, similarity = jaccard(labels[papers], found)
        best = np.zeros(n_themes)
        np.maximum.at(best, theme, similarity)
        total += best
        # A theme that is drawn and not found again counts as 0.
        drawn += np.bincount(labels[papers] + 1, minlength=n_themes + 1)[1:] > 0
    return (total / np.maximum(drawn, 1)).astype(np.float32)


def jaccard(labels: IntArray, others: IntArray) -> tuple[IntArray, IntArray, Any]:
    """Return the themes of two partitions that share papers, and how similar they are.

    Parameters
    ----------
    labels, others : int arrays of shape (n,)
        Theme of each paper in each partition; -1 for none.

    Returns
    -------
    themes, theirs : int arrays of shape (n_pairs,)
        A theme of each partition.
    similarity : float array of shape (n_pairs,)
        The papers in both, as a share of those in either: 1 for the same theme.

    Examples
    --------
    >>> pairs = jaccard(np.array([0, 0, 1]), np.array([1, 1, 1]))
    >>> [column.round(2).tolist() for column in pairs]
    [[0, 1], [1, 1], [0.67, 0.33]]
    """
    # Only pairs that share papers are held: of thousands of themes, nearly all share none.
    first, second = (group_matrix(own, int(own.max(initial=-1)) + 1) for own in (labels, others))
    shared = (first @ second.T).tocoo()
    theme, other = shared.coords
    either = first.sum(axis=1)[theme] + second.sum(axis=1)[other] - shared.data
    return theme, other, shared.data / either
