"""Papers -> embedding: one unit vector per paper, from the embedder that the user chose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from absclust.arrays import FloatArray, unit_rows
from absclust.corpus.corpus import Corpus
from absclust.embedding.builtin import embed_counts
from absclust.embedding.contexts import fit_contexts
from absclust.embedding.fitted import (
    CacheLike,
    EmbedderLike,
    Embedding,
    FittedEmbedding,
    checked_vectors,
)
from absclust.embedding.known_language import (
    KNOWN,
    centre,
    group_centres,
    language_groups,
    warn_of_languages,
)
from absclust.embedding.lsa import fit_lsa
from absclust.embedding.tokens import count_tokens


def embed(
    corpus: Corpus,
    *,
    embedder: EmbedderLike = "builtin",
    embeddings: Any = None,
    cache: CacheLike = True,
    progress: bool = True,
    random_state: int = 0,
) -> Embedding:
    """Embed the distinct papers of a corpus.

    Parameters
    ----------
    corpus
        The papers.
    embedder
        ``"builtin"``, ``"lsa"``, the name or path of a sentence-transformers
        model, an object with ``encode(list[str])``, or a callable.
    embeddings : array of shape (n_rows, d), optional
        Your own vectors, one per row of the input; the embedder is then not used.
    cache
        Where to keep the vectors of a slow embedder: True for the user's
        cache folder, a folder, a ``VectorCache``, or False to keep none.
    progress
        Show a progress bar for long work.
    random_state
        Seed of the randomised SVD.

    Raises
    ------
    EmbedderError
        If the embedder can't be loaded or doesn't return usable vectors.
    OptionError
        If an option has the wrong type.
    """
    if embeddings is not None:
        # ThemeMap.embedding has NaN there, and can be given back.
        without_text = corpus.paper_of_row < 0
        given = checked_vectors(embeddings, corpus.n_rows, "embeddings", without_text)
        return Embedding(mean_of_rows(given, corpus))
    return fit_embedding(
        corpus.paper_texts,
        embedder=embedder,
        cache=cache,
        progress=progress,
        random_state=random_state,
    )


def fit_embedding(
    texts: Sequence[str],
    *,
    embedder: EmbedderLike,
    cache: CacheLike = True,
    progress: bool = False,
    random_state: int = 0,
    warn: bool = True,
) -> Embedding:
    """Fit an embedding to cleaned texts in canonical order, and embed them with it."""
    if embedder == "builtin":
        return _builtin(texts, progress, random_state, warn=warn)
    if embedder == "lsa":
        lsa, vectors = fit_lsa(texts, random_state=random_state)
        return Embedding(vectors, encoder=FittedEmbedding("lsa", lsa))
    encoder = FittedEmbedding(embedder, cache=cache, progress=progress)
    return Embedding(encoder.transform(texts).vectors, encoder=encoder)


def _builtin(texts: Sequence[str], progress: bool, random_state: int, *, warn: bool) -> Embedding:
    """Embed papers with the built-in model and with what their words mean in this corpus.

    Texts in languages that the model doesn't know rely on LSA of parts of words besides.
    """
    tokens = count_tokens(texts, progress=progress)
    groups = language_groups(tokens.known_share)
    if warn:
        warn_of_languages(groups)
    foreign = bool(groups.any())
    static = embed_counts(tokens.counts)
    centres = group_centres(static, groups)
    contexts = fit_contexts(centre(static, groups, centres), tokens.counts)
    lsa, weights = (
        fit_lsa(texts, features="characters", random_state=random_state)
        if foreign
        else (None, None)
    )
    encoder = FittedEmbedding(
        "builtin",
        lsa,
        None if weights is None else group_centres(weights, groups),
        centres,
        contexts,
        progress=progress,
    )
    two_groups = foreign and bool((groups == KNOWN).any())
    vectors = encoder.join(static, tokens.counts, weights, groups)
    return Embedding(vectors, groups if two_groups else None, encoder)


def mean_of_rows(vectors: FloatArray, corpus: Corpus) -> FloatArray:
    """Return one unit vector per paper: the mean over its rows, if it has several."""
    rows = np.flatnonzero(corpus.paper_of_row >= 0)
    sums = np.zeros((corpus.n_papers, vectors.shape[1]), dtype=np.float64)
    np.add.at(sums, corpus.paper_of_row[rows], unit_rows(vectors)[rows])
    return unit_rows(sums)
