"""An embedding fitted to a corpus, which embeds new texts in the same way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray, unit_rows
from absclust.embedding.builtin import embed_counts
from absclust.embedding.cache import VectorCache
from absclust.embedding.contexts import TokenContexts
from absclust.embedding.known_language import UNKNOWN, centre, language_of
from absclust.embedding.lsa import FittedLSA
from absclust.embedding.tokens import count_tokens
from absclust.embedding.transformer import TransformerEmbedder
from absclust.errors import EmbedderError, OptionError
from absclust.progress import progress_bar

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_FOREIGN_STATIC_WEIGHT = 0.5  # for texts the built-in model doesn't know (decision 8)
_JOINED = 65_536  # texts at a time, to limit memory
_STEP = 256  # texts between updates of the progress bar
_MAX_DISTANCE = 0.03  # between two embeddings of the same text; allows for half precision


@runtime_checkable
class Embedder(Protocol):
    """Anything that turns texts into vectors, such as a ``SentenceTransformer``.

    An embedder that always gives a text the same vector may have a str attribute
    ``cache_key`` that identifies it; its vectors are then kept on disk under that key.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> class Lengths:
    ...     def encode(self, sentences):
    ...         return [[len(sentence), 1] for sentence in sentences]
    >>> cluster_abstracts(["Robots grasp.", "Proteins fold."], embedder=Lengths()).labels.tolist()
    [0, 0]
    """

    def encode(self, sentences: Sequence[str], /) -> Any:
        """Return an array of shape (len(sentences), d)."""
        ...


@dataclass(frozen=True)
class MissingEmbedder:
    """Placeholder for the embedder of a saved map, if that embedder can't be restored.

    Attributes
    ----------
    about : dict
        What was saved about the embedder.
    request : str
        The error message, which says what to do.
    """

    about: dict[str, Any]
    request: str

    def encode(self, sentences: Sequence[str], /) -> Any:
        """Raise the error that says what to do.

        Raises
        ------
        EmbedderError
            Always.
        """
        raise EmbedderError(self.request)


EmbedderLike = str | Embedder | Callable[[list[str]], Any]
CacheLike = bool | str | Path | VectorCache


@dataclass(frozen=True, eq=False)
class Embedding:
    """The vectors of papers.

    Attributes
    ----------
    vectors : float32 array of shape (n_papers, d)
        Rows of unit length; zero for a text without known words.
    groups : int array of shape (n_papers,), or None
        Language group of each paper, if there is more than one group: papers of
        different groups are less similar than their subjects would suggest.
    encoder : FittedEmbedding or None
        Embeds other texts in the same way; None if the user passed vectors.
    """

    vectors: FloatArray
    groups: IntArray | None = None
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
    lsa : FittedLSA or None
        Latent semantic analysis of the corpus: for ``"lsa"``, and for ``"builtin"`` if the
        corpus has a language that the model doesn't know.
    lsa_centres : float32 array of shape (2, d), or None
        For ``"builtin"`` with LSA: the centres that are subtracted from the vectors of
        LSA, of texts in a language that the model knows and of texts in other languages.
    centres : float32 array of shape (2, 384), or None
        For ``"builtin"``: the same for the model's vectors.
    contexts : TokenContexts or None
        For ``"builtin"``: what the tokens of the corpus mean there.
    cache : bool, path or VectorCache
        Where to keep the vectors of a slow embedder.
    progress : bool
        Show a progress bar for long work.
    """

    embedder: EmbedderLike
    lsa: FittedLSA | None = None
    lsa_centres: FloatArray | None = None
    centres: FloatArray | None = None
    contexts: TokenContexts | None = None
    cache: CacheLike = True
    progress: bool = True

    def transform(self, texts: Sequence[str]) -> Embedding:
        """Embed cleaned texts, such as ``Corpus.paper_texts``.

        Raises
        ------
        EmbedderError
            If the embedder can't be loaded or doesn't return usable vectors.
        """
        if isinstance(self.embedder, MissingEmbedder):
            self.embedder.encode(texts)
        if self.embedder == "builtin":
            return self._builtin(texts)
        if self.lsa is not None:
            return Embedding(self.lsa.transform(texts))
        vectors = _encode(_resolve(self.embedder), texts, _cache(self.cache), self.progress)
        return Embedding(unit_rows(checked_vectors(vectors, len(texts), "the embedder's result")))

    @property
    def is_learnt(self) -> bool:
        """Whether the embedding was learnt from the corpus, at least in part."""
        return self.lsa is not None or self.contexts is not None

    def _builtin(self, texts: Sequence[str]) -> Embedding:
        tokens = count_tokens(texts, progress=self.progress)
        static = embed_counts(tokens.counts)
        if self.lsa is None:
            one_group = np.zeros(len(texts), dtype=np.int64)
            return Embedding(self.join(static, tokens.counts, None, one_group))
        groups = language_of(tokens.known_share)
        weights = self.lsa.transform(texts)
        return Embedding(self.join(static, tokens.counts, weights, groups), groups)

    def join(
        self, static: FloatArray, counts: csr_array, weights: FloatArray | None, groups: IntArray
    ) -> FloatArray:
        """Centre the built-in model's vectors, add contexts, and join LSA, if there is any."""
        d = static.shape[1] + (0 if weights is None else weights.shape[1])
        vectors = np.empty((len(static), d), dtype=np.float32)
        for start in range(0, len(static), _JOINED):
            rows = slice(start, start + _JOINED)
            own = None if weights is None else weights[rows]
            vectors[rows] = self._join(static[rows], counts[rows], own, groups[rows])
        return vectors

    def _join(
        self, static: FloatArray, counts: csr_array, weights: FloatArray | None, groups: IntArray
    ) -> FloatArray:
        assert self.centres is not None
        assert self.contexts is not None
        vectors = self.contexts.add_to(centre(static, groups, self.centres), counts)
        if weights is None:
            return vectors
        assert self.lsa_centres is not None
        trust = np.where(groups == UNKNOWN, _FOREIGN_STATIC_WEIGHT, 1.0).astype(np.float32)
        weights = centre(weights, groups, self.lsa_centres)
        return unit_rows(np.hstack([trust[:, None] * vectors, weights]))

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


def _resolve(embedder: EmbedderLike) -> Embedder | Callable[[list[str]], Any]:
    if isinstance(embedder, str):
        return TransformerEmbedder(embedder)
    if isinstance(embedder, type) or not (callable(embedder) or hasattr(embedder, "encode")):
        raise OptionError(
            f"embedder is {embedder!r}; expected 'builtin', 'lsa', the name or path of a "
            "sentence-transformers model, an object with an encode method, or a callable"
        )
    return embedder


def _cache(cache: CacheLike) -> VectorCache | None:
    if isinstance(cache, VectorCache):
        return cache
    if isinstance(cache, bool):
        return VectorCache() if cache else None
    if isinstance(cache, str | Path):
        return VectorCache(cache)
    raise OptionError(f"cache is {cache!r}; expected True, False, a folder or a VectorCache")


def _encode(embedder: Any, texts: Sequence[str], cache: VectorCache | None, progress: bool) -> Any:
    """Call the embedder, through the cache if it has a cache key.

    An embedder without a key gets all texts in one call, and shows its own progress.
    """
    call = embedder.encode if hasattr(embedder, "encode") else embedder
    key = getattr(embedder, "cache_key", None)
    if not isinstance(key, str):
        return call(list(texts))
    with progress_bar("Embedding", len(texts), "papers", show=progress) as bar:

        def encode(chunk: list[str]) -> FloatArray:
            parts = []
            for start in range(0, len(chunk), _STEP):
                step = chunk[start : start + _STEP]
                parts.append(checked_vectors(call(step), len(step), "the embedder's result"))
                bar.update(len(step))
            return np.vstack(parts)

        return encode(list(texts)) if cache is None else cache.encode(key, texts, encode)


def checked_vectors(
    vectors: Any, n: int, what: str, unused: npt.NDArray[np.bool_] | None = None
) -> FloatArray:
    """Return vectors as a float32 array, or raise an error that says what is wrong with them.

    What stands in unused rows doesn't matter; these get zeros.
    """
    if hasattr(vectors, "detach"):  # a torch tensor, maybe on a GPU
        vectors = vectors.detach().cpu().numpy()
    try:
        array = np.asarray(vectors, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise EmbedderError(
            f"{what} is of type {type(vectors).__name__} and not an array of numbers ({error}); "
            f"expected an array of shape ({n}, d)"
        ) from error
    if array.ndim != 2 or array.shape[0] != n or array.shape[1] == 0:
        raise EmbedderError(f"{what} has shape {array.shape}; expected ({n}, d), one row per text")
    if unused is not None:
        array = np.where(unused[:, None], np.float32(0), array)
    bad = np.flatnonzero(~np.isfinite(array).all(axis=1))
    if len(bad):
        raise EmbedderError(
            f"{what} has NaN or infinite values in {len(bad)} of {n} rows, first in row "
            f"{bad[0]}; drop these rows, or use embedder='builtin'"
        )
    return array
