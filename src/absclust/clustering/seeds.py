"""Themes that a user has in mind, in words or by examples -> extra nodes of the neighbour graph."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from absclust.arrays import IntArray, group_matrix
from absclust.clustering.leiden import (
    UNASSIGNED,
    Adjacency,
    PartitionSettings,
    leiden,
    merge_small,
    without_gaps,
)
from absclust.clustering.meaning import description_links, label_links
from absclust.clustering.neighbors import NeighborGraph
from absclust.corpus.corpus import Corpus
from absclust.corpus.labels import KnownLabels
from absclust.embedding.embed import Embedding
from absclust.errors import EmbedderError, OptionError, listed
from absclust.text.keyword_usage import uses_with_titles

# A seed's link to a paper, relative to the links of the median paper: by words, and by labels.
_PULL, _PULL_OF_LABELS = 0.5, 0.75
# A community goes to a label as a whole if its papers are pulled by more than this share of the
# full pull, and have at least this share of the labelled neighbours that labelled papers have.
_FOLLOWS, _LOOKED_AT = 0.15, 0.6
_TINY = np.finfo(float).tiny

SeedThemes = Mapping[str, Sequence[str] | str] | Sequence[str]


@dataclass(frozen=True, eq=False)
class Seeds:
    """Themes that the user has in mind, linked to the papers that they are about.

    Attributes
    ----------
    names : tuple of str
        One per seed theme.
    links : float array of shape (n_papers, n_seeds)
        How strongly each seed pulls each paper; 0 if not at all.
    apart : float array of shape (n_papers,)
        How strongly each paper is kept from being divided among seeds that share a community,
        because it is like none of them; 0 divides all papers of a community.
    given : int array of shape (n_papers,)
        The seed whose theme each paper has to be in, because a person said so; -1 for none.
    """

    names: tuple[str, ...]
    links: npt.NDArray[np.float64]
    apart: npt.NDArray[np.float64]
    given: IntArray

    def among(self, papers: IntArray) -> Seeds:
        """Return the seeds with their links to some of the papers."""
        return Seeds(self.names, self.links[papers], self.apart[papers], self.given[papers])


def checked_seed_themes(seed_themes: SeedThemes | None) -> dict[str, list[str] | str]:
    """Return for each seed theme's name its words, or its description.

    Raises
    ------
    OptionError
        If it has neither, or they aren't text.

    Examples
    --------
    >>> checked_seed_themes({"owls": ["owl", "owlet"], "robots": "machines that grasp"})
    {'owls': ['owl', 'owlet'], 'robots': 'machines that grasp'}
    >>> checked_seed_themes(["papers on protein folding"])
    {'papers on protein folding': 'papers on protein folding'}
    """
    if seed_themes is None:
        return {}
    if not isinstance(seed_themes, Collection) or listed(seed_themes) is None:
        raise OptionError(
            f"seed_themes is {seed_themes!r}; expected a dict of names with words or descriptions, "
            'or a list of descriptions, as in ["papers on protein folding"]'
        )
    pairs = (
        seed_themes.items() if isinstance(seed_themes, Mapping) else ((x, x) for x in seed_themes)
    )
    themes: dict[str, list[str] | str] = {}
    for name, content in pairs:
        words = listed(content, [content])
        if not words or not all(isinstance(x, str) and x.strip() for x in (name, *words)):
            raise OptionError(
                f"seed theme {name!r} has the words {content!r}; expected a list of at least one "
                "str, or a description, under a name that is a str"
            )
        themes[name] = content if isinstance(content, str) else list(words)
    return themes


def find_seeds(
    seed_themes: Mapping[str, list[str] | str],
    known: KnownLabels | None,
    graph: NeighborGraph,
    embedding: Embedding,
    corpus: Corpus,
) -> Seeds:
    """Find the papers that seed themes and labels are likely to be about.

    A seed theme of words pulls the papers that mention them, a description those that are close
    to it in meaning, a label its papers and those like them. A label and a seed theme of the
    same name are one, and no seed pulls a paper that has another label.

    Parameters
    ----------
    seed_themes
        Words, or a description, for each name, from ``checked_seed_themes``.
    known
        Labels of some papers, if there are any.
    graph, embedding, corpus
        The papers.

    Raises
    ------
    OptionError
        If none of a seed theme's words occurs.
    EmbedderError
        If there is no embedder for descriptions.

    Warns
    -----
    UserWarning
        If a description fits no paper.
    """
    n_closest = max(1, graph.indices.shape[1])
    names = list(seed_themes)
    links = np.zeros((corpus.n_papers, len(names)))
    in_words = {name: words for name, words in seed_themes.items() if not isinstance(words, str)}
    described = {name: text for name, text in seed_themes.items() if isinstance(text, str)}
    if in_words:
        links[:, [names.index(name) for name in in_words]] = mentions(in_words, corpus)
    if described:
        vectors = _embed(described, embedding)
        usual = float(np.median(graph.similarities.mean(axis=1))) if graph.indices.size else 0.0
        found = description_links(vectors, embedding.vectors, n_closest, usual)
        links[:, [names.index(name) for name in described]] = found
        for name in np.array(list(described))[~found.any(axis=0)]:
            warnings.warn(
                f"seed theme {str(name)!r}: no paper is like its description, so that it has none; "
                "describe it in the papers' words, or leave it out",
                stacklevel=2,
            )
    degrees = np.asarray(graph.adjacency.sum(axis=1)).ravel()
    typical = float(np.median(degrees[degrees > 0])) if (degrees > 0).any() else 1.0
    links *= _PULL * typical
    n = corpus.n_papers
    seeds = Seeds(tuple(names), links, np.zeros(n), np.full(n, UNASSIGNED))
    if known is None:
        return seeds
    of_labels = label_links(
        known.of_paper, embedding.vectors, graph.adjacency, len(known.names), n_closest
    )
    return _with_labels(seeds, known, of_labels, _PULL_OF_LABELS * typical)


def _with_labels(
    seeds: Seeds, known: KnownLabels, of_labels: npt.NDArray[np.float64], pull: float
) -> Seeds:
    """Add labels to the seeds; a label with the name of a seed is that seed."""
    names = {name.casefold(): name for name in (*known.names, *seeds.names)}  # a seed's spelling
    place = {key: seed for seed, key in enumerate(names)}
    of_label, of_seed = (
        np.array([place[name.casefold()] for name in own], dtype=np.int64)
        for own in (known.names, seeds.names)
    )
    labelled = known.of_paper >= 0
    links = np.zeros((len(labelled), len(names)))
    links[:, of_seed] = np.where(labelled[:, None], 0, seeds.links)
    links[:, of_label] = np.maximum(links[:, of_label], of_labels * pull)
    apart = np.maximum(pull - links.sum(axis=1), 0)
    given = np.where(labelled, of_label[known.of_paper], UNASSIGNED)
    return Seeds(tuple(names.values()), links, apart, given)


def mentions(seed_themes: Mapping[str, Sequence[str]], corpus: Corpus) -> npt.NDArray[np.float64]:
    """Link seed themes to the papers that mention their words.

    Parameters
    ----------
    seed_themes
        For each theme's name its words or phrases; case, singular and plural don't
        matter, by the rules of each paper's language.
    corpus
        The papers.

    Returns
    -------
    float array of shape (n_papers, n_seeds)
        From 0 for papers that mention no word to 1.

    Raises
    ------
    OptionError
        If none of a theme's words occurs.

    Examples
    --------
    >>> from absclust.corpus.corpus import build_corpus
    >>> corpus = build_corpus(["Reward models drift.", "Owls hoot."])
    >>> links = mentions({"alignment": ["reward model"]}, corpus)
    >>> corpus.to_rows(links.ravel(), missing=0).tolist()
    [1.0, 0.0]
    """
    everything = list(dict.fromkeys(word for words in seed_themes.values() for word in words))
    used = uses_with_titles(corpus.paper_texts, corpus.paper_titles, everything)
    links = np.zeros((corpus.n_papers, len(seed_themes)))
    for column, (name, words) in enumerate(seed_themes.items()):
        # Half of the words give the full pull; a word in the title counts twice.
        mentioned = used[:, [everything.index(word) for word in words]].sum(axis=1)
        links[:, column] = np.minimum(1, 2 * mentioned / len(words))
        if not links[:, column].any():
            raise OptionError(
                f"seed theme {name!r}: none of its words ({', '.join(words)}) occurs in the "
                "papers; use words that occur, or leave the theme out"
            )
    return links


def guided_communities(
    adjacency: Adjacency,
    seeds: Seeds,
    settings: PartitionSettings,
    random_state: int = 0,
    *,
    quick: bool = False,
) -> tuple[IntArray, IntArray]:
    """Partition a graph in which each seed theme is an extra node, linked to its papers.

    If a community holds several seeds, each of its papers goes to the seed that the
    paper and its neighbours are linked to most, or stays apart from all of them. Papers that
    no seed pulls form communities of their own. Papers whose theme is given are put there in
    the end, and a community without a seed follows, as a whole, a label that pulls its papers.

    Parameters
    ----------
    adjacency
        Symmetric weights between the papers, shape (n, n).
    seeds
        The seed themes, with their links to the same papers.
    settings
        The resolution, and the least number of papers of a community without a seed.
    random_state, quick
        As in `leiden`.

    Returns
    -------
    labels : int array of shape (n,)
        Community of each paper, from 0; -1 for a paper without an edge.
    first : int array of shape (n_seeds,)
        A paper of each seed theme; -1 if it has no papers.
    """
    n, n_seeds = seeds.links.shape
    pulling = np.flatnonzero(seeds.links.any(axis=0))  # a seed that pulls nothing changes nothing
    links = sparse.csr_matrix(seeds.links[:, pulling])
    blocks: Any = [[adjacency, links], [links.T, None]]
    both = sparse.csr_matrix(sparse.bmat(blocks))
    both.sort_indices()
    found = leiden(both, resolution=settings.resolution, random_state=random_state, quick=quick)
    labels, of_seeds = found[:n].copy(), found[n:]
    own = found.max(initial=-1) + 1 + np.arange(n_seeds)  # the community that each seed gets
    degrees = np.maximum(np.asarray(adjacency.sum(axis=1)), _TINY)
    choices = np.column_stack([seeds.links, seeds.apart])
    pull = choices + (adjacency @ choices) / degrees.reshape(-1, 1)
    for community in np.unique(of_seeds):
        rivals = pulling[of_seeds == community]
        members = np.flatnonzero(found[:n] == community)
        options = np.append(rivals, n_seeds) if len(rivals) > 1 else rivals
        choice = options[pull[members][:, options].argmax(axis=1)]
        labels[members] = np.append(own, community)[choice]
    for seed in pulling[~np.isin(own[pulling], labels)]:
        # Its papers went elsewhere; those that it pulls most make the theme that was asked for.
        labels[seeds.links[:, seed] == seeds.links[:, seed].max()] = own[seed]
    labelled = seeds.given >= 0
    labels[labelled] = own[seeds.given[labelled]]
    if labelled.any():
        near = (adjacency @ labelled.astype(np.float64)) / degrees.ravel()
        labels = _following(labels, own, choices, near, seeds.given)
    first = np.array([next(iter(np.flatnonzero(labels == community)), -1) for community in own])
    labels = without_gaps(labels)
    of_seeds = first[first >= 0]  # a seed theme is the user's own, however small
    return merge_small(labels, adjacency, settings.min_theme_size, keep=of_seeds), first


def _following(
    papers: IntArray,
    own: IntArray,
    choices: npt.NDArray[np.float64],
    near: npt.NDArray[np.float64],
    given: IntArray,
) -> IntArray:
    """Put whole communities without a seed into that of a label which pulls their papers.

    A class is often several communities, each of them pulled a little by its label. Where
    next to no neighbour is labelled (``near`` is their share), nobody has looked, and the
    papers may be of a class without a label: these communities are left alone.
    """
    known = np.unique(given[given >= 0])
    n = int(own.max()) + 1
    member = group_matrix(papers, n)
    pulls = member @ choices
    shares = pulls[:, known] / np.maximum(pulls.sum(axis=1, keepdims=True), _TINY)
    looked_at = member @ near / np.maximum(member.sum(axis=1), 1)
    follows = shares.max(axis=1) > _FOLLOWS
    follows &= looked_at >= _LOOKED_AT * near[given >= 0].mean()
    follows[own] = False
    into = np.where(follows, own[known[shares.argmax(axis=1)]], np.arange(n))
    return np.where(papers >= 0, into[papers], papers)


def _embed(described: Mapping[str, str], embedding: Embedding) -> Any:
    """Return the vectors of descriptions."""
    if embedding.encoder is None:
        raise EmbedderError(
            f"seed theme {next(iter(described))!r} is a description, but the vectors of the papers "
            "are your own, so there is no embedder to compare it with them; give a list of words "
            "that the papers use, or leave out embeddings"
        )
    vectors = embedding.encoder.transform(list(described.values())).vectors
    for (name, text), vector in zip(described.items(), vectors, strict=True):
        if not vector.any():
            raise OptionError(
                f"seed theme {name!r}: the embedder knows no word of its description ({text!r}); "
                "describe it in other words"
            )
    return vectors
