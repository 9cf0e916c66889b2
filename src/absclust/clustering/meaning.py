"""Which papers a theme that a person describes, or gave papers of, is likely to hold.

Both functions return links: for each paper and theme a share between 0 and 1, which says how
much of its full pull a theme has on the paper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.arrays import FloatArray, IntArray, row_product, unit_rows

if TYPE_CHECKING:
    import numpy.typing as npt

    Links = npt.NDArray[np.float64]

# Descriptions, chosen on arxiv_ml and wos_1k (docs/clustering.md has other sets): where their pull
# begins and ends, in standard deviations above the mean.
_FROM, _TO = 1.0, 3.0
# Labels, chosen on arxiv_ml, wos_1k, aaai21_clusters and csl_zh.
_SHARPNESS = (2.5, 3.5, 5.0, 7.0, 10.0, 14.0, 20.0)  # how fast a label's odds rise with the cosine
_PRIOR = 5.0  # papers' worth of what all labels have in common, in the estimates for each
_CAUTION = 2.0  # standard errors by which labels must agree with the neighbourhood
_LEAST = 0.05  # smaller links are left out, which keeps the graph sparse


def description_links(described: FloatArray, vectors: FloatArray, n_closest: int) -> Links:
    """Link descriptions of themes to the papers whose meaning is closest to them.

    The words of a description are few. So each is represented by the mean of the papers that
    are closest to it, as in pseudo-relevance feedback (Rocchio 1971). What counts as close
    depends on the corpus: a paper is pulled if it is more than one standard deviation closer
    than the mean of all papers, fully from three on, and by the description alone for which
    it stands out most.

    Parameters
    ----------
    described : float32 array of shape (m, d)
        Vectors of the descriptions, of unit length.
    vectors : float32 array of shape (n, d)
        Vectors of the papers, of unit length (or zero).
    n_closest
        How many papers represent a description.

    Returns
    -------
    float array of shape (n, m)
        Each description has the full pull on at least one paper.

    Examples
    --------
    >>> papers = np.array([[1, 0], [0.9, 0.1], [0, 1], [0, 1], [0, 1], [0.1, 0.9]])
    >>> description_links(np.array([[1, 0.2]]), papers, 2).ravel().round(1).tolist()
    [1.0, 0.1, 0.0, 0.0, 0.0, 0.0]
    """
    cosines = _cosines(vectors, described)
    closest = np.argsort(-cosines, axis=0, kind="stable")[:n_closest]
    return _outstanding(_cosines(vectors, unit_rows(vectors[closest].mean(axis=0))))


def label_links(labels: IntArray, vectors: FloatArray, n_labels: int, n_closest: int) -> Links:
    """Link labels to their papers, and to those that are likely to have the same label.

    A label is represented by the mean of its papers. How close a paper of the label should be
    to it, how much a difference in closeness says, and whether the label can be trusted are
    learnt from the labelled papers, each compared with the mean of the others. A label's trust
    is how often a paper of its own is closer to it than one that is not (the area under the
    ROC curve, scaled from 0 for chance to 1), less two standard errors. So labels that have
    nothing to do with what the papers say pull none.

    Parameters
    ----------
    labels : int array of shape (n,)
        Label of each paper, 0 to n_labels - 1; -1 for none.
    vectors : float32 array of shape (n, d)
        Vectors of the papers, of unit length (or zero).
    n_labels
        Number of labels; each has at least one paper.
    n_closest
        How many papers represent a label if no label has two papers: then none can be judged,
        and each paper serves as a description of its label.

    Returns
    -------
    float array of shape (n, n_labels)
        A labelled paper is linked to no label but its own.

    Examples
    --------
    >>> papers = np.repeat(np.eye(2), 20, axis=0)
    >>> labels = np.full(40, -1)
    >>> labels[[0, 1, 2, 20, 21, 22]] = [0, 0, 0, 1, 1, 1]
    >>> links = label_links(labels, papers, 2, 15)
    >>> bool((links[:20, 0] > links[:20, 1]).all()), bool((links[20:, 1] > 0).all())
    (True, True)
    """
    labelled = np.flatnonzero(labels >= 0)
    own = labels[labelled]
    sums = np.zeros((n_labels, vectors.shape[1]))
    np.add.at(sums, own, vectors[labelled])
    judged = np.bincount(own, minlength=n_labels)[own] > 1
    if not judged.any():
        links = description_links(unit_rows(sums), vectors, n_closest)
        trust = np.ones(n_labels)
    else:
        cosines = _cosines(vectors, unit_rows(sums))
        others = unit_rows(sums[own] - vectors[labelled])
        cosines[labelled, own] = np.einsum("nd,nd->n", vectors[labelled], others)
        of, papers = own[judged], labelled[judged]
        near = cosines[papers, of]
        closer = cosines - _of_each(of, near, n_labels, near.mean())
        links = _odds(closer, _sharpness(closer[papers], of))
        trust = _trust(of, papers, cosines, labels)
    links[labelled] = 0
    links[labelled, own] = 1
    links *= trust
    links[links < _LEAST] = 0
    return links


def _odds(closer: Links, sharpness: float) -> Links:
    """Return the probability of each label, where no label is an alternative to them."""
    odds = np.exp(sharpness * closer)
    probabilities: Links = odds / (1 + odds.sum(axis=1, keepdims=True))
    return probabilities


def _sharpness(closer: Links, of: IntArray) -> float:
    """Return the sharpness that makes the labels of labelled papers most likely."""
    rows = np.arange(len(of))
    likelihoods = [np.log(_odds(closer, value)[rows, of]).sum() for value in _SHARPNESS]
    return _SHARPNESS[int(np.argmax(likelihoods))]


def _trust(of: IntArray, papers: IntArray, cosines: Links, labels: IntArray) -> Links:
    """Return how far each label can be trusted, given labelled papers and their labels."""
    closer = np.zeros(len(papers))
    for label in np.unique(of):
        mine = of == label
        # Papers with other labels and papers without: the label must stand out from both.
        rivals = (labels >= 0) & (labels != label), labels < 0
        shares = [
            _share_below(cosines[papers[mine], label], cosines[group, label])
            for group in rivals
            if group.any()
        ]
        closer[mine] = np.min(shares, axis=0) if shares else 1
    # The standard error of the area under the curve of labels without meaning.
    of_all = closer.mean() - _CAUTION / np.sqrt(12 * len(papers))
    trust: Links = np.clip(2 * _of_each(of, closer, cosines.shape[1], of_all) - 1, 0, 1)
    return trust


def _share_below(values: Any, others: Any) -> Any:
    """Return the share of the others below each value; half of those that are equal count."""
    others = np.sort(others)
    below, not_above = (np.searchsorted(others, values, side) for side in ("left", "right"))
    return (below + not_above) / (2 * len(others))


def _of_each(of: IntArray, values: Any, n_labels: int, of_all: float) -> Any:
    """Return each label's mean of its papers' values, drawn towards that of all labels."""
    sums, sizes = np.bincount(of, values, n_labels), np.bincount(of, minlength=n_labels)
    return (sums + _PRIOR * of_all) / (sizes + _PRIOR)


def _outstanding(cosines: Links) -> Links:
    """Return how much each paper stands out by its closeness to each theme, from 0 to 1."""
    spread = cosines.std(axis=0)
    scores = (cosines - cosines.mean(axis=0)) / np.where(spread > 0, spread, 1)
    links: Links = np.clip((scores - _FROM) / (_TO - _FROM), 0, 1)
    links[scores < scores.max(axis=1, keepdims=True)] = 0
    links[cosines.argmax(axis=0), np.arange(cosines.shape[1])] = 1
    return links


def _cosines(vectors: FloatArray, others: FloatArray) -> Links:
    cosines: Links = row_product(vectors, others.T).astype(np.float64)
    return cosines
