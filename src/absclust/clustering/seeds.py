"""Seed themes: themes that a user has in mind -> extra nodes of the neighbour graph."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from absclust.arrays import IntArray
from absclust.clustering.leiden import Adjacency, leiden
from absclust.errors import OptionError
from absclust.text.phrases import phrase_key

_PULL = 0.5  # a seed's link to a paper, relative to the links of the median paper


@dataclass(frozen=True, eq=False)
class Seeds:
    """Themes that the user has in mind, linked to the papers that mention them.

    Attributes
    ----------
    names : tuple of str
        One per seed theme.
    links : float array of shape (n_papers, n_seeds)
        How strongly each seed pulls each paper; 0 if the paper does not mention it.
    """

    names: tuple[str, ...]
    links: npt.NDArray[np.float64]


def find_seeds(
    seed_themes: Mapping[str, Sequence[str]],
    texts: Sequence[str],
    titles: Sequence[str],
    degrees: npt.NDArray[np.float64],
) -> Seeds:
    """Find the papers that mention each seed theme's words.

    Parameters
    ----------
    seed_themes
        For each theme's name its words or phrases; case, singular and plural don't matter.
    texts, titles
        The cleaned text (title and abstract) and the title of each paper.
    degrees : float array of shape (n_papers,)
        Total weight of each paper's links in the neighbour graph.

    Raises
    ------
    OptionError
        If a seed theme has no words, or none of them occurs.

    Examples
    --------
    >>> seeds = find_seeds({"alignment": ["reward model"]}, ["Reward models drift.", "Owls."],
    ...                    ["", ""], np.ones(2))
    >>> seeds.links.ravel().tolist()
    [0.5, 0.0]
    """
    keyed = [f" {phrase_key(text)} " for text in texts]
    keyed_titles = [f" {phrase_key(title)} " for title in titles]
    typical = float(np.median(degrees[degrees > 0])) if (degrees > 0).any() else 1.0
    links = np.zeros((len(texts), len(seed_themes)))
    for column, (name, words) in enumerate(seed_themes.items()):
        keys = [f" {phrase_key(word)} " for word in _words(name, words)]
        for row, (text, title) in enumerate(zip(keyed, keyed_titles, strict=True)):
            # Half of the words give the full pull; a word in the title counts twice.
            mentioned = sum(key in text for key in keys) + sum(key in title for key in keys)
            links[row, column] = min(1, 2 * mentioned / len(keys)) if mentioned else 0
        if not links[:, column].any():
            raise OptionError(
                f"seed theme {name!r}: none of its words ({', '.join(words)}) occurs in the "
                "papers; use words that occur, or leave the theme out"
            )
    return Seeds(tuple(seed_themes), links * _PULL * typical)


def guided_communities(
    adjacency: Adjacency,
    seeds: Seeds,
    *,
    resolution: float,
    random_state: int = 0,
    quick: bool = False,
) -> tuple[IntArray, IntArray]:
    """Partition a graph in which each seed theme is an extra node, linked to its papers.

    If a community holds several seeds, each of its papers goes to the seed that the
    paper and its neighbours are linked to most. Papers that no seed pulls form
    communities of their own.

    Parameters
    ----------
    adjacency
        Symmetric weights between the papers, shape (n, n).
    seeds
        The seed themes, with their links to the same papers.
    resolution, random_state, quick
        As in `leiden`.

    Returns
    -------
    papers : int array of shape (n,)
        Community of each paper, from 0; -1 for a paper without an edge.
    own : int array of shape (n_seeds,)
        Community of each seed theme.
    """
    n = adjacency.shape[0]
    links = sparse.csr_matrix(seeds.links)
    above, below = (
        sparse.hstack([adjacency, links]),
        sparse.hstack([links.T, sparse.csr_matrix((links.shape[1], links.shape[1]))]),
    )
    both = sparse.csr_matrix(sparse.vstack([above, below]))
    both.sort_indices()
    labels = leiden(both, resolution=resolution, random_state=random_state, quick=quick)
    papers, own = labels[:n].copy(), labels[n:].copy()
    degrees = np.maximum(np.asarray(adjacency.sum(axis=1)), np.finfo(float).tiny)
    pull = seeds.links + (adjacency @ seeds.links) / degrees.reshape(-1, 1)
    for community in np.unique(own[own >= 0]):
        rivals = np.flatnonzero(own == community)
        members = np.flatnonzero(papers == community)
        choice = pull[np.ix_(members, rivals)].argmax(axis=1)
        for position, seed in enumerate(rivals[1:], start=1):
            own[seed] = max(papers.max(initial=-1), own.max()) + 1
            papers[members[choice == position]] = own[seed]
    return papers, own


def _words(name: str, words: Sequence[str]) -> Sequence[str]:
    if isinstance(words, str) or not words or not all(isinstance(word, str) for word in words):
        raise OptionError(
            f"seed theme {name!r} has the words {words!r}; expected a list of at least one str"
        )
    return words
