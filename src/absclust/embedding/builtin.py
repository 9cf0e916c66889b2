"""The built-in embedding: one vector per word piece, summed over a text.

The model ships with the package in the folder ``model``, in model2vec's format
(a tokenizer, int8 vectors and one weight per vector). Its model card,
``model/README.md``, says how it was trained. Loading it does not import torch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import numpy as np

from absclust.arrays import FloatArray, row_product, unit_rows
from absclust.embedding.tokens import count_tokens, dampened

if TYPE_CHECKING:
    from scipy.sparse import csr_array

DIMENSIONS = 384


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
        return embed_counts(count_tokens(sentences, progress=self.progress).counts)


def embed_counts(counts: csr_array) -> FloatArray:
    """Return the vectors of texts whose tokens are counted: see ``BuiltinEmbedder``."""
    return unit_rows(row_product(dampened(counts), _token_vectors()))


@cache
def model_hash() -> str:
    """Return a hash of the model's files, which identifies its version."""
    digest = hashlib.sha256()
    for name in ("tokenizer.json", "model.safetensors"):
        digest.update(files("absclust.embedding").joinpath("model", name).read_bytes())
    return digest.hexdigest()


@cache
def _token_vectors() -> FloatArray:
    from safetensors.numpy import load_file

    with as_file(files("absclust.embedding").joinpath("model", "model.safetensors")) as path:
        tensors = load_file(path)
    vectors: FloatArray = tensors["embeddings"].astype(np.float32)
    vectors *= tensors["weights"].astype(np.float32)[:, None]
    return vectors
