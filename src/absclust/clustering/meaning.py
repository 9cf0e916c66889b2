"""Which papers a theme that a person describes, or gave papers of, is likely to hold.

Both functions return links: for each paper and theme a share between 0 and 1, which says how
much of its full pull a theme has on the paper.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from absclust.arrays import FloatArray, IntArray, group_matrix, row_product, unit_rows
from absclust.clustering.leiden import Adjacency

Links = npt.NDArray[np.float64]

# Descriptions, chosen on arxiv_ml and wos_1k (docs/clustering.md has other sets): where their pull
# begins and ends, in standard deviations above the mean.
_FROM, _TO = 1.0, 3.0
_FLOOR = 0.55  # of the likeness that papers have to their neighbours (decision 82)
# Labels, chosen on arxiv_ml, wos_1k, aaai21_clusters and csl_zh: how fast a label's odds rise with
# the cosine, and to which power with the votes of the neighbours.
_BY_COSINE = (2.5, 3.5, 5.0, 7.0, 10.0, 14.0, 20.0)
_BY_VOTES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
_NO_VOTE = 1e-3  # what counts for none of a paper's votes, so that odds stay above 0
_PRIOR = 5.0  # papers' worth of what all labels have in common, in the estimates for each
_CAUTION = 2.0  # standard errors by which labels must agree with the neighbourhood
_LEAST = 0.05  # smaller links are left out, which keeps the graph sparse


def description_links(
    described: FloatArray, vectors: FloatArray, n_closest: int, usual: float = 0.0
) -> Links:
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
    usual
        The mean cosine of a typical paper to its neighbours. A description whose closest papers
        are not half as like it fits nothing.

    Returns
    -------
    float array of shape (n, m)
        Each description has the full pull on at least one paper, or fits nothing: none.

    Examples
    --------
    >>> papers = np.array([[1, 0], [0.9, 0.1], [0, 1], [0, 1], [0, 1], [0.1, 0.9]])
    >>> description_links(np.array([[1, 0.2]]), papers, 2).ravel().round(1).tolist()
    [1.0, 0.1, 0.0, 0.0, 0.0, 0.0]
    """
    cosines = _cosines(vectors, described)
    closest = np.argsort(-cosines, axis=0, kind="stable")[:n_closest]
    fits = np.take_along_axis(cosines, closest, axis=0).mean(axis=0) >= _FLOOR * usual
    return _outstanding(_cosines(vectors, unit_rows(vectors[closest].mean(axis=0)))) * fits


def label_links(
    known: IntArray, vectors: FloatArray, adjacency: Adjacency, n_labels: int, n_closest: int
) -> Links:
    """Link labels to their papers, and to those that are likely to have the same label.

    A paper is like a label's papers by its cosine to their mean, and by how many of its
    neighbours, and of theirs, have the label. How close a paper of the label should be, how
    much either says, and whether the label can be trusted are learnt from the labelled papers,
    each compared with the others only (leave-one-out). A label's trust is how often a paper of
    its own is closer to it than one that is not (the area under the ROC curve, scaled from 0
    for chance to 1), less two standard errors, and less for a label of few papers: half for
    one, three quarters for three. So labels that have nothing to do with what the papers say
    pull none.

    Parameters
    ----------
    known : int array of shape (n,)
        Label of each paper, 0 to n_labels - 1; -1 for none.
    vectors : float32 array of shape (n, d)
        Vectors of the papers, of unit length (or zero).
    adjacency : sparse array of shape (n, n)
        Symmetric weights between neighbours.
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
    >>> from absclust.clustering.neighbors import neighbor_graph
    >>> papers = np.repeat(np.eye(2, dtype=np.float32), 20, axis=0)
    >>> known = np.full(40, -1)
    >>> known[:20:4], known[20::4] = 0, 1
    >>> links = label_links(known, papers, neighbor_graph(papers).adjacency, 2, 15)
    >>> bool((links[:20, 0] > links[:20, 1]).all()), bool((links[20:, 1] > 0).all())
    (True, True)
    """
    labelled = np.flatnonzero(known >= 0)
    own = known[labelled]
    sizes = np.bincount(own, minlength=n_labels)
    judged = sizes[own] > 1
    if not judged.any():
        means = np.zeros((n_labels, vectors.shape[1]))
        means[own] = vectors[labelled]
        links = description_links(unit_rows(means), vectors, n_closest)
        trust = np.ones(n_labels)
    else:
        of, papers = own[judged], labelled[judged]
        measures = (
            _cosines_to_others(labelled, own, vectors, n_labels),
            np.log(_votes_of_others(labelled, own, adjacency, n_labels) + _NO_VOTE),
        )
        closer = _closer(measures, papers, of)
        links = _odds(closer)
        trust = _trust(of, papers, closer, known) * sizes / (sizes + 1)
    links[labelled] = 0
    links[labelled, own] = 1
    links *= trust
    links[links < _LEAST] = 0
    return links


def _cosines_to_others(
    labelled: IntArray, own: IntArray, vectors: FloatArray, n_labels: int
) -> Links:
    """Return each paper's cosine to the mean of a label's papers, the paper itself left out."""
    sums = group_matrix(own, n_labels) @ vectors[labelled]
    cosines = _cosines(vectors, unit_rows(sums))
    others = unit_rows(sums[own] - vectors[labelled])
    cosines[labelled, own] = np.einsum("nd,nd->n", vectors[labelled], others)
    return cosines


def _votes_of_others(
    labelled: IntArray, own: IntArray, adjacency: Adjacency, n_labels: int
) -> Links:
    """Return a label's share of each paper's neighbours, plus its share of their neighbours.

    These are the first two steps of label propagation (Zhou et al. 2004); more gain nothing.
    A labelled paper is a neighbour of its neighbours, and its own vote is left out.
    """
    degrees = np.maximum(np.asarray(adjacency.sum(axis=1)).ravel(), np.finfo(float).tiny)
    shares = sparse.csr_matrix(sparse.diags(1 / degrees) @ adjacency)
    has = np.zeros((adjacency.shape[0], n_labels))
    has[labelled, own] = 1
    nearest = shares @ has
    votes: Links = np.asarray(nearest + shares @ nearest)
    returning = np.asarray(shares.multiply(shares.T).sum(axis=1)).ravel()
    # Rounding may leave a little less than nothing.
    votes[labelled, own] = np.maximum(votes[labelled, own] - returning[labelled], 0)
    return votes


def _closer(measures: tuple[Links, Links], papers: IntArray, of: IntArray) -> Links:
    """Return the log odds of each label, compared with those of a typical paper of it.

    The weights of the two measures are those that make the labels of the labelled papers
    most likely.
    """
    rows = np.arange(len(of))

    def compared(measure: Links) -> Links:
        near = measure[papers, of]
        return measure - _of_each(of, near, measure.shape[1], near.mean())

    cosines, votes = map(compared, measures)

    def likelihood(weights: tuple[float, float]) -> float:
        closer = weights[0] * cosines[papers] + weights[1] * votes[papers]
        return float(np.log(_odds(closer)[rows, of]).sum())

    by_cosine, by_votes = max(product(_BY_COSINE, _BY_VOTES), key=likelihood)
    return by_cosine * cosines + by_votes * votes


def _odds(closer: Links) -> Links:
    """Return the probability of each label, where no label is an alternative to them."""
    odds = np.exp(closer)
    return odds / (1 + odds.sum(axis=1, keepdims=True))


def _trust(of: IntArray, papers: IntArray, closer: Links, known: IntArray) -> Links:
    """Return how far each label can be trusted, given labelled papers and their labels."""
    below = np.zeros(len(papers))
    for label in np.unique(of):
        mine = of == label
        # Papers with other labels and papers without: the label must stand out from both.
        rivals = (known >= 0) & (known != label), known < 0
        shares = [
            _share_below(closer[papers[mine], label], closer[group, label])
            for group in rivals
            if group.any()
        ]
        below[mine] = np.min(shares, axis=0) if shares else 1
    # The standard error of the area under the curve of labels without meaning.
    of_all = below.mean() - _CAUTION / np.sqrt(12 * len(papers))
    return np.clip(2 * _of_each(of, below, closer.shape[1], of_all) - 1, 0, 1)


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
    return row_product(vectors, others.T).astype(np.float64)
