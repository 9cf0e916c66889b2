"""What the words of a corpus mean there, learnt from the papers that use them.

A token's context vector is the mean of the vectors of the papers in which it occurs (as in
Khodak et al. 2018, "A la carte embedding", without their linear map). A paper's vector moves
towards the context vectors of its tokens: so words that the model knows badly get a meaning
from their company, and papers that share rare words come closer together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, one_thread, row_product, unit_rows
from absclust.embedding.lsa import tf_idf

# Chosen on fields that the model was not trained on (decision 50).
_WEIGHT = 2.0  # of the contexts, beside the paper's own vector
_PRIOR = 1.0  # papers whose vector is zero, added to each token's mean
_DIMENSIONS = 128
_TIMES = 4  # in which the tokens are gone through, to bound memory


@dataclass(frozen=True, eq=False)
class TokenContexts:
    """The context vectors of a corpus's tokens, reduced to their main directions.

    Attributes
    ----------
    tokens : int32 array of shape (n_tokens,)
        The tokens that occur in the corpus, in rising order.
    idf : float32 array of shape (n_tokens,)
        Their inverse document frequencies.
    vectors : float32 array of shape (n_tokens, 128)
        Their context vectors.
    directions : float32 array of shape (128, d)
        The directions, in the space of the papers' vectors, that the 128 dimensions are.
    """

    tokens: npt.NDArray[np.int32]
    idf: FloatArray
    vectors: FloatArray
    directions: FloatArray

    def add_to(self, vectors: FloatArray, counts: Any) -> FloatArray:
        """Move the vectors of texts towards the contexts of their tokens.

        Parameters
        ----------
        vectors : float32 array of shape (n, d)
            Rows of unit length, or zero.
        counts : sparse array of shape (n, vocabulary)
            As in ``TokenCounts``. Tokens that don't occur in the corpus are ignored.

        Returns
        -------
        float32 array of shape (n, d), rows of unit length
        """
        contexts = row_product(tf_idf(counts[:, self.tokens], self.idf), self.vectors)
        return unit_rows(vectors + _WEIGHT * row_product(contexts, self.directions))


def fit_contexts(vectors: FloatArray, counts: Any) -> TokenContexts:
    """Learn what the tokens of a corpus mean there.

    Parameters
    ----------
    vectors : float32 array of shape (n, d)
        The papers' vectors, centred, of unit length.
    counts : sparse array of shape (n, vocabulary)
        How often each token occurs in each paper.

    Examples
    --------
    >>> from absclust.embedding.builtin import embed_counts
    >>> from absclust.embedding.tokens import count_tokens
    >>> counts = count_tokens(["A zorb is a robot.", "This zorb has arms.", "Cells divide."]).counts
    >>> before = embed_counts(counts)
    >>> after = fit_contexts(before, counts).add_to(before, counts)
    >>> bool(after[0] @ after[1] > before[0] @ before[1])
    True
    """
    frequencies = np.bincount(counts.indices, minlength=counts.shape[1])
    tokens = np.flatnonzero(frequencies).astype(np.int32)
    idf = np.log((counts.shape[0] + 1) / (frequencies + 0.5)).astype(np.float32)
    directions = _main_directions(vectors)
    reduced = row_product(vectors, directions.T)
    weights = tf_idf(counts, idf)

    def means(some: npt.NDArray[np.int32]) -> FloatArray:
        by_token = weights[:, some].T.tocsr()
        total = np.asarray(by_token.sum(axis=1), dtype=np.float32) + np.float32(_PRIOR)
        return row_product(by_token, reduced) / total[:, None]

    contexts = np.concatenate([means(some) for some in np.array_split(tokens, _TIMES)])
    return TokenContexts(tokens, idf[tokens], contexts, directions)


def _main_directions(vectors: FloatArray) -> FloatArray:
    """Return the principal directions of vectors, shape (128 or fewer, d)."""
    with one_thread():
        _, directions = np.linalg.eigh(vectors.T @ vectors)
    return np.ascontiguousarray(directions[:, ::-1][:, :_DIMENSIONS].T)
