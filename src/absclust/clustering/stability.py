"""How far themes can be trusted: whether they come back when papers are left out."""

from collections.abc import Callable
from typing import Any

import numpy as np

from absclust.arrays import FloatArray, IntArray

N_RESAMPLES = 10
SHARE = 0.8  # of the papers, in each resample


def resample(n_papers: int, n_resamples: int, random_state: int) -> list[IntArray]:
    """Draw papers without replacement, four fifths each time, in rising order."""
    random = np.random.default_rng(random_state)
    size = _sample_size(n_papers)
    return [
        np.sort(random.choice(n_papers, size, replace=False)).astype(np.int64)
        for _ in range(n_resamples)
    ]


def _sample_size(n_papers: int) -> int:
    return max(1, round(SHARE * n_papers))


def theme_stability(
    labels: IntArray, samples: list[IntArray], relabel: Callable[[IntArray], IntArray]
) -> FloatArray:
    """Return the stability of each theme, between 0 and 1.

    A theme's stability is the mean, over resamples, of the best Jaccard
    similarity between its papers in the resample and a theme found there anew
    (Hennig 2007).

    Parameters
    ----------
    labels : int array of shape (n,)
        Theme of each paper, 0 to K - 1; -1 for none.
    samples : list of int arrays
        The papers of each resample.
    relabel
        Finds themes anew among the papers it is given; returns their labels.

    Returns
    -------
    float32 array of shape (K,)
        NaN for a theme whose stability can't be known: that of a single paper, and
        any theme if the corpus is too small to leave a paper out.

    Examples
    --------
    >>> labels = np.array([0, 0, 1, 1])
    >>> theme_stability(labels, [np.array([0, 1, 2])], lambda papers: labels[papers]).tolist()
    [1.0, 1.0]
    """
    stability = _mean_jaccard(labels, samples, relabel)
    sizes = np.bincount(labels[labels >= 0], minlength=len(stability))
    nothing_left_out = _sample_size(len(labels)) == len(labels)
    stability[(sizes < 2) | nothing_left_out] = np.nan
    return stability


def mean_stability(
    labels: IntArray, samples: list[IntArray], relabel: Callable[[IntArray], IntArray]
) -> float:
    """Return the mean stability of a partition's communities, weighted by size."""
    sizes = np.bincount(labels[labels >= 0])
    return float(np.average(_mean_jaccard(labels, samples, relabel), weights=sizes))


def _mean_jaccard(
    labels: IntArray, samples: list[IntArray], relabel: Callable[[IntArray], IntArray]
) -> FloatArray:
    """Return, for each theme, the mean of its best Jaccard similarities in the resamples."""
    n_themes = int(labels.max(initial=-1)) + 1
    total = np.zeros(n_themes)
    drawn = np.zeros(n_themes)
    for papers in samples:
        best, present = _best_jaccard(labels[papers], relabel(papers), n_themes)
        total += best
        drawn += present
    return (total / np.maximum(drawn, 1)).astype(np.float32)


def _best_jaccard(
    labels: IntArray, found: IntArray, n_themes: int
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return each theme's best Jaccard similarity, and whether any of its papers was drawn."""
    both = (labels >= 0) & (found >= 0)
    overlap = np.zeros((n_themes, int(found.max(initial=-1)) + 1))
    np.add.at(overlap, (labels[both], found[both]), 1)
    sizes = np.bincount(labels[labels >= 0], minlength=n_themes)
    found_sizes = np.bincount(found[found >= 0], minlength=overlap.shape[1])
    union = sizes[:, None] + found_sizes - overlap
    jaccard = np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)
    return jaccard.max(axis=1, initial=0), sizes > 0
