"""The built-in embedding: one vector per word piece, summed over a text.

The model ships with the package in the folder ``model``, in model2vec's format
(a tokenizer, int8 vectors and one weight per vector). Its model card,
``model/README.md``, says how it was trained. Loading it does not import torch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from absclust.arrays import FloatArray, IntArray, in_blocks, row_product, unit_rows
from absclust.embedding.contexts import TokenContexts, fit_contexts
from absclust.embedding.known_language import (
    UNKNOWN,
    batch_centres,
    centre,
    language_batches,
    language_of,
    warn_of_languages,
)
from absclust.embedding.lsa import FittedLSA, fit_lsa
from absclust.embedding.tokens import count_tokens, dampened, model_file

DIMENSIONS = 384
_FOREIGN_STATIC_WEIGHT = 0.5  # for texts the model doesn't know (decision 8)


class BuiltinEmbedder:
    """The embedding that ships with absclust; it needs no download and no GPU.

    A text's vector is the sum of the vectors of its tokens, each times 1 + log n for a
    token that occurs n times, scaled to unit length.

    Parameters
    ----------
    progress : bool, default False
        Show a progress bar if the work takes long.

    Examples
    --------
    >>> v = BuiltinEmbedder().encode(["A robot arm.", "A manipulator grasps.", "Protein folds."])
    >>> bool(v[0] @ v[1] > v[0] @ v[2])
    True
    """

    def __init__(self, *, progress: bool = False) -> None:
        self.progress = progress

    def encode(self, sentences: Sequence[str], /) -> FloatArray:
        """Return float32 vectors of unit length, shape (len(sentences), 384).

        The row of a text without a known word piece is zero.
        """
        return embed_counts(count_tokens(sentences, progress=self.progress or None).counts)


@dataclass(frozen=True, eq=False)
class FittedBuiltin:
    """The built-in model, with what the words of a corpus mean there.

    Texts in languages that the model doesn't know rely on LSA of parts of words besides.
    A text's vector depends on that text alone, to the last bit.

    Attributes
    ----------
    centres : float32 array of shape (2, 384)
        What is subtracted from the model's vectors: the centre of the papers in a language
        that the model knows, and that of the others.
    contexts : TokenContexts
        What the tokens of the corpus mean there.
    lsa : FittedLSA or None
        For a corpus with a language that the model doesn't know.
    lsa_centres : float32 array of shape (2, d), or None
        With LSA: what is subtracted from its vectors.
    """

    centres: FloatArray
    contexts: TokenContexts
    lsa: FittedLSA | None = None
    lsa_centres: FloatArray | None = None

    @classmethod
    def fit(
        cls, texts: Sequence[str], *, progress: bool | None, random_state: int, warn: bool
    ) -> tuple[FittedBuiltin, FloatArray, IntArray | None]:
        """Learn from a corpus, and return the papers' vectors and batches, by language, as well.

        The batches are None if there is only one.
        """
        tokens = count_tokens(texts, progress=progress)
        batches = language_batches(tokens.known_share)
        if warn:
            warn_of_languages(batches, texts)
        static, weights = embed_counts(tokens.counts), None
        centres = batch_centres(static, batches)
        fitted = cls(centres, fit_contexts(centre(static, batches, centres), tokens.counts))
        if batches.any():
            lsa, weights = fit_lsa(texts, features="characters", random_state=random_state)
            fitted = replace(fitted, lsa=lsa, lsa_centres=batch_centres(weights, batches))
        vectors = fitted._join(static, tokens.counts, weights, batches)
        return fitted, vectors, batches if len(np.unique(batches)) > 1 else None

    def transform(
        self, texts: Sequence[str], *, progress: bool | None
    ) -> tuple[FloatArray, IntArray | None]:
        """Return the vectors and batches of texts; no batches if there is no LSA."""
        tokens = count_tokens(texts, progress=progress)
        batches = language_of(tokens.known_share) if self.lsa else np.zeros(len(texts), np.int64)
        static = centre(embed_counts(tokens.counts), batches, self.centres)
        weights = self.lsa.transform(texts) if self.lsa else None
        return self._join(static, tokens.counts, weights, batches), batches if self.lsa else None

    def _join(
        self, static: FloatArray, counts: Any, weights: FloatArray | None, batches: IntArray
    ) -> FloatArray:
        """Add contexts to the model's centred vectors, in place, and join LSA, if there is any."""
        vectors = in_blocks(
            lambda rows: self.contexts.add_to(static[rows], counts[rows]), out=static
        )
        if weights is None:
            return vectors
        assert self.lsa_centres is not None
        trust = np.where(batches == UNKNOWN, _FOREIGN_STATIC_WEIGHT, 1.0).astype(np.float32)
        centre(weights, batches, self.lsa_centres)
        return in_blocks(
            lambda rows: unit_rows(np.hstack([trust[rows, None] * vectors[rows], weights[rows]])),
            out=np.empty((len(vectors), vectors.shape[1] + weights.shape[1]), dtype=np.float32),
        )


def embed_counts(counts: Any) -> FloatArray:
    """Return the vectors of texts whose tokens are counted: see ``BuiltinEmbedder``."""
    tokens = _token_vectors()
    return in_blocks(
        lambda rows: unit_rows(row_product(dampened(counts[rows]), tokens)),
        out=np.empty((counts.shape[0], DIMENSIONS), dtype=np.float32),
    )


@cache
def model_hash() -> str:
    """Return a hash of the model's files, which identifies its version."""
    content = model_file("tokenizer.json") + model_file("model.safetensors")
    return hashlib.sha256(content).hexdigest()


@cache
def _token_vectors() -> FloatArray:
    from safetensors.numpy import load

    tensors = load(model_file("model.safetensors"))
    vectors: FloatArray = tensors["embeddings"].astype(np.float32)
    vectors *= tensors["weights"].astype(np.float32)[:, None]
    return vectors
