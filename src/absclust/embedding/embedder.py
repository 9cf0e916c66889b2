"""Embedders that learn nothing from the corpus: a transformer, or an object of the user's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, unit_rows
from absclust.embedding.cache import VectorCache
from absclust.embedding.transformer import TransformerEmbedder
from absclust.errors import EmbedderError, OptionError
from absclust.progress import progress_bar

_RESULT = "the embedder's result"  # in error messages
_MOST_DENSE = 2e9  # bytes of a sparse matrix with its zeros


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


def embed_with(
    embedder: EmbedderLike, texts: Sequence[str], cache: CacheLike, *, progress: bool | None
) -> FloatArray:
    """Return an embedder's vectors, scaled to unit length, through the cache if it has a key.

    An embedder without a cache key gets all texts in one call, and shows its own progress.

    Raises
    ------
    EmbedderError
        If the embedder can't be loaded or doesn't return usable vectors.
    OptionError
        If the embedder or the cache is of another type.
    """
    usable, kept = _usable(embedder), _cache(cache)
    call = getattr(usable, "encode", usable)
    key: Any = getattr(usable, "cache_key", None)
    has_key = isinstance(key, str)
    with progress_bar("Embedding", len(texts), "papers", show=progress and has_key) as bar:

        def step(some: list[str]) -> FloatArray:
            vectors = checked_vectors(call(some), len(some), _RESULT)
            bar.update(len(some))
            return vectors

        vectors = kept.encode(key, texts, step) if has_key else call(list(texts))
    return unit_rows(checked_vectors(vectors, len(texts), _RESULT))


def _usable(embedder: EmbedderLike) -> Any:
    if isinstance(embedder, str):
        return TransformerEmbedder(embedder)
    if isinstance(embedder, type) or not (callable(embedder) or hasattr(embedder, "encode")):
        raise OptionError(
            f"embedder is {embedder!r:.80}; expected 'builtin', 'lsa', the name or path of a "
            "sentence-transformers model, an object with an encode method, or a callable"
        )
    return embedder


def _cache(cache: CacheLike) -> VectorCache:
    if isinstance(cache, VectorCache):
        return cache
    if isinstance(cache, bool):
        return VectorCache() if cache else VectorCache(max_bytes=0)
    if isinstance(cache, str | Path):
        return VectorCache(cache)
    raise OptionError(f"cache is {cache!r}; expected True, False, a folder or a VectorCache")


def checked_vectors(
    vectors: Any, n: int, what: str, unused: npt.NDArray[np.bool_] | None = None
) -> FloatArray:
    """Return vectors as a float32 array, or raise an error that says what is wrong with them.

    What stands in unused rows doesn't matter; these get zeros.
    """
    try:
        array = _scaled(_numbers(vectors))
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


def _numbers(vectors: Any) -> npt.NDArray[Any]:
    """Return vectors as an array, whatever holds their numbers; a row that is None gets NaN."""
    if hasattr(vectors, "detach"):  # a torch tensor, maybe on a GPU
        tensor = vectors.detach().cpu()
        try:
            return np.asarray(tensor.numpy())
        except TypeError:  # it is sparse, or of a type that NumPy lacks
            return np.asarray(tensor.to_dense().float().numpy())
    if hasattr(vectors, "toarray"):
        size = 4 * np.prod(vectors.shape, dtype=float)
        if size > _MOST_DENSE:
            raise ValueError(
                f"sparse, and would be {size / 1e9:,.0f} GB with its zeros. Reduce it, as by "
                "scikit-learn's TruncatedSVD"
            )
        return np.asarray(vectors.toarray())
    if isinstance(vectors, np.ma.MaskedArray):
        return np.asarray(np.ma.filled(vectors.astype(np.float64), np.nan))
    rows = vectors.to_pylist() if hasattr(vectors, "to_pylist") else vectors
    if not isinstance(rows, list | tuple):
        array = np.asarray(rows)
        if array.dtype != object or array.ndim != 1:
            return array
        rows = list(array)  # as in a column of arrays
    if all(isinstance(row, list) for row in rows):
        return np.asarray(rows)
    parts = [None if row is None else np.ravel(_numbers(row)) for row in rows]
    width = max((len(part) for part in parts if part is not None), default=1)
    return np.array([np.full(width, np.nan) if part is None else part for part in parts])


def _scaled(array: npt.NDArray[Any]) -> FloatArray:
    """Return an array as float32; rows that are too large or small for it are scaled first."""
    if array.dtype.kind not in "buifOU":
        raise TypeError(f"its numbers are {array.dtype}")
    if array.dtype == np.float64 and array.ndim == 2 and array.size:
        largest = np.abs(array).max(axis=1, keepdims=True)
        far = np.isfinite(largest) & (largest > 0) & ((largest > 1e15) | (largest < 1e-15))
        array = array / np.where(far, largest, 1)
    return array.astype(np.float32, copy=False)
