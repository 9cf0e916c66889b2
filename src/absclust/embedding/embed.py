"""Papers -> embedding: one unit vector per paper, from the embedder that the user chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from absclust.arrays import FloatArray, IntArray, group_sums, unit_rows
from absclust.corpus.corpus import Corpus
from absclust.embedding.builtin import FittedBuiltin
from absclust.embedding.embedder import (
    CacheLike,
    EmbedderLike,
    MissingEmbedder,
    checked_vectors,
    embed_with,
)
from absclust.embedding.lsa import FittedLSA, fit_lsa
from absclust.errors import EmbedderError

LEARNT = {"builtin": FittedBuiltin, "lsa": FittedLSA}  # by the embedders that learn from a corpus
_MAX_DISTANCE = 0.03  # between two embeddings of the same text; allows for half precision


@dataclass(frozen=True, eq=False)
class Embedding:
    """The vectors of papers.

    Attributes
    ----------
    vectors : float32 array of shape (n_papers, d)
        Rows of unit length; zero for a text without known words.
    batches : int array of shape (n_papers,), or None
        Batch of each paper, by its language, if there is more than one: papers of
        different batches are less similar than their subjects would suggest.
    encoder : FittedEmbedding or None
        Embeds other texts in the same way; None if the user passed vectors.
    """

    vectors: FloatArray
    batches: IntArray | None = None
    encoder: FittedEmbedding | None = None


@dataclass(frozen=True, eq=False)
class FittedEmbedding:
    """An embedding fitted to a corpus.

    With ``"builtin"`` and ``"lsa"``, a text's vector depends on that text alone, to
    the last bit. With a transformer, the last bits can depend on the batch; its
    vectors are cached by text and read from the cache the next time.

    Attributes
    ----------
    embedder : str, object or callable
        As in ``cluster_abstracts``.
    fitted : FittedBuiltin, FittedLSA or None
        What ``"builtin"`` and ``"lsa"`` learnt from the corpus; other embedders learn nothing.
    cache : bool, path or VectorCache
        Where to keep the vectors of a slow embedder.
    progress : bool or None
        As in `progress_bar`.
    """

    embedder: EmbedderLike
    fitted: FittedBuiltin | FittedLSA | None = None
    cache: CacheLike = True
    progress: bool | None = True

    def transform(self, texts: Sequence[str]) -> Embedding:
        """Embed cleaned texts, such as ``Corpus.paper_texts``.

        Raises
        ------
        EmbedderError
            If the embedder can't be loaded or doesn't return usable vectors.
        """
        if self.fitted is None or isinstance(self.embedder, MissingEmbedder):
            return Embedding(embed_with(self.embedder, texts, self.cache, progress=self.progress))
        if isinstance(self.fitted, FittedLSA):
            return Embedding(self.fitted.transform(texts))
        return Embedding(*self.fitted.transform(texts, progress=self.progress))

    def check(self, texts: Sequence[str], vectors: FloatArray) -> None:
        """Check that texts still get the same vectors as before.

        Raises
        ------
        EmbedderError
            If they don't: it is another model, or its vectors depend on the batch.
        """
        again = self.transform(texts).vectors
        if again.shape[1] != vectors.shape[1]:
            difference = f"gives vectors of {again.shape[1]} dimensions, not {vectors.shape[1]}"
        elif (away := np.linalg.norm(again - vectors, axis=1).max(initial=0)) > _MAX_DISTANCE:
            difference = (
                f"gives other vectors (at a distance of up to {away:.2g}; expected at most "
                f"{_MAX_DISTANCE})"
            )
        else:
            return
        raise EmbedderError(
            f"the embedder {difference} for papers that it has embedded before, so new papers "
            "can't be compared with them. Use the embedder that the themes were made with, or "
            "cluster again"
        )


def embed(corpus: Corpus, embeddings: Any = None, **options: Any) -> Embedding:
    """Embed the distinct papers of a corpus.

    Parameters
    ----------
    corpus
        The papers.
    embeddings : array of shape (n_rows, d), optional
        Your own vectors, one per row of the input; the embedder is then not used.
    **options
        As in `fit_embedding`.

    Raises
    ------
    EmbedderError
        If the embedder can't be loaded or doesn't return usable vectors.
    OptionError
        If an option has the wrong type.
    """
    if embeddings is None:
        found = fit_embedding(corpus.paper_texts, **options)
    else:
        # ThemeMap.embedding has NaN there, and can be given back.
        without_text = corpus.paper_of_row < 0
        given = checked_vectors(embeddings, corpus.n_rows, "embeddings", without_text)
        found = Embedding(mean_of_rows(given, corpus))
    own = found.encoder is None or not isinstance(found.encoder.embedder, str)
    if own and corpus.n_papers and not found.vectors.any():
        raise EmbedderError("all vectors are zero; expected some that tell papers apart")
    return found


def fit_embedding(
    texts: Sequence[str],
    *,
    embedder: EmbedderLike = "builtin",
    cache: CacheLike = True,
    progress: bool | None = None,
    random_state: int = 0,
    warn: bool = True,
) -> Embedding:
    """Fit an embedding to cleaned texts in canonical order, and embed them with it.

    Parameters
    ----------
    texts
        The texts.
    embedder
        ``"builtin"``, ``"lsa"``, the name or path of a sentence-transformers
        model, an object with ``encode(list[str])``, or a callable.
    cache
        Where to keep the vectors of a slow embedder: True for the user's
        cache folder, a folder, a ``VectorCache``, or False to keep none.
    progress
        Show a progress bar for long work; as in `progress_bar`.
    random_state
        Seed of the randomised SVD.
    warn
        Whether to warn of languages that the built-in model doesn't know.
    """
    encoder = FittedEmbedding(embedder, cache=cache, progress=progress)
    learns = embedder if isinstance(embedder, str) else ""  # an array can't be compared
    if learns == "builtin":
        builtin, vectors, batches = FittedBuiltin.fit(
            texts, progress=progress, random_state=random_state, warn=warn
        )
        return Embedding(vectors, batches, replace(encoder, fitted=builtin))
    if learns == "lsa":
        lsa, vectors = fit_lsa(texts, random_state=random_state)
        return Embedding(vectors, encoder=replace(encoder, fitted=lsa))
    return replace(encoder.transform(texts), encoder=encoder)


def mean_of_rows(vectors: FloatArray, corpus: Corpus) -> FloatArray:
    """Return one unit vector per paper: the mean over its rows, if it has several."""
    return unit_rows(group_sums(corpus.paper_of_row, corpus.n_papers, unit_rows(vectors)))
