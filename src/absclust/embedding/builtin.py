"""The built-in embedding: one vector per word piece, summed over a text.

The model ships with the package in the folder ``model``, in model2vec's format
(a tokenizer, int8 vectors and one weight per vector). Its model card,
``model/README.md``, says how it was trained. Loading it does not import torch.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, unit_rows
from absclust.corpus.clean import without_surrogates
from absclust.progress import progress_bar

if TYPE_CHECKING:
    from tokenizers import Tokenizer

DIMENSIONS = 384

_BATCH = 1024  # texts tokenised at a time


class BuiltinEmbedder:
    """The embedding that ships with absclust; it needs no download and no GPU.

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
        return self.encode_with_known_share(sentences)[0]

    def encode_with_known_share(self, sentences: Sequence[str], /) -> tuple[FloatArray, FloatArray]:
        """Return the vectors, and for each text the share of its words that the model knows.

        A word is known if it is a single token. The share is 0.8 to 1.0 for English
        abstracts of all sciences, 0.3 to 0.6 for German and 0.1 to 0.4 for Chinese ones.
        """
        tokenizer, vectors = _model()
        kinds = _token_kinds()
        pooled = np.zeros((len(sentences), vectors.shape[1]), dtype=np.float32)
        known = np.zeros(len(sentences), dtype=np.float32)
        with progress_bar("Embedding", len(sentences), "papers", show=self.progress) as bar:
            for start in range(0, len(sentences), _BATCH):
                batch = [without_surrogates(text) for text in sentences[start : start + _BATCH]]
                encoded = tokenizer.encode_batch_fast(batch, add_special_tokens=False)
                for row, encoding in enumerate(encoded, start=start):
                    ids = np.array(encoding.ids, dtype=np.int32)
                    if len(ids):
                        pooled[row] = vectors[ids].sum(axis=0)
                        known[row] = _known_share(ids, kinds)
                bar.update(len(batch))
        return unit_rows(pooled), known


@cache
def model_hash() -> str:
    """Return a hash of the model's files, which identifies its version."""
    digest = hashlib.sha256()
    for name in ("tokenizer.json", "model.safetensors"):
        digest.update(files("absclust.embedding").joinpath("model", name).read_bytes())
    return digest.hexdigest()


@cache
def _model() -> "tuple[Tokenizer, FloatArray]":
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    with as_file(files("absclust.embedding").joinpath("model")) as folder:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tensors = load_file(folder / "model.safetensors")
    vectors = tensors["embeddings"].astype(np.float32)
    vectors *= tensors["weights"].astype(np.float32)[:, None]
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer, vectors


@dataclass(frozen=True, eq=False)
class _TokenKinds:
    """The kind of each token; bool arrays of shape (vocabulary,)."""

    starts_word: npt.NDArray[np.bool_]  # letters at the start of a word, or the unknown token
    continues_word: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]


@cache
def _token_kinds() -> _TokenKinds:
    tokenizer, _ = _model()
    vocabulary = tokenizer.get_vocab()
    tokens = sorted(vocabulary, key=vocabulary.__getitem__)
    unknown = np.array([token == "[UNK]" for token in tokens])
    # Numbers and punctuation belong to no language.
    letters = np.array([token[:1].isalpha() for token in tokens])
    continues = np.array([token.startswith("##") for token in tokens])
    return _TokenKinds(letters | unknown, continues, ~unknown)


def _known_share(ids: npt.NDArray[np.int32], kinds: _TokenKinds) -> float:
    """Return the share of words that are a single known token; 0 for a text without words."""
    starts = kinds.starts_word[ids]
    n_words = np.count_nonzero(starts)
    goes_on = np.append(kinds.continues_word[ids[1:]], False)
    whole = starts & kinds.known[ids] & ~goes_on
    return float(np.count_nonzero(whole) / n_words) if n_words else 0.0
