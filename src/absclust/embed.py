"""Papers -> embedding: one vector of unit length a paper, by the embedder asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from absclust.arrays import FloatArray, IntArray, unit_rows
from absclust.builtin import BuiltinEmbedder
from absclust.cache import VectorCache
from absclust.corpus import Corpus
from absclust.errors import EmbedderError, OptionError
from absclust.language import (
    KNOWN,
    UNKNOWN,
    centre_by_group,
    character_ngrams,
    language_groups,
    warn_of_languages,
)
from absclust.lsa import embed_lsa
from absclust.progress import progress_bar
from absclust.stages import Embedder
from absclust.transformer import TransformerEmbedder

_FOREIGN_STATIC_WEIGHT = 0.5  # for texts the built-in model doesn't know (docs/decisions.md, 8)
_STEP = 256  # texts between two movements of the progress bar

EmbedderLike = str | Embedder | Callable[[list[str]], Any]
CacheLike = bool | str | Path | VectorCache


@dataclass(frozen=True, eq=False)
class Embedding:
    """Vectors of the distinct papers.

    Attributes
    ----------
    vectors : float32 array of shape (n_papers, d)
        Rows of unit length; zero for a text that says nothing.
    groups : int array of shape (n_papers,), or None
        Language group of each paper where there is more than one: papers of
        two groups are less similar than their subjects are.
    """

    vectors: FloatArray
    groups: IntArray | None = None


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
        Vectors of your own, one a row of the input; the embedder is not used.
    cache
        Where the vectors of a slow embedder are kept: True for the user's
        cache folder, a folder, a ``VectorCache``, or False.
    progress
        Show a bar where the work is long.
    random_state
        Seed of the randomised SVD.

    Raises
    ------
    EmbedderError
        If the embedder can't be loaded or gives no usable vectors.
    OptionError
        If an option is of the wrong kind.
    """
    if embeddings is not None:
        return Embedding(_given(embeddings, corpus))
    if embedder == "builtin":
        return _builtin(corpus.paper_texts, progress, random_state)
    if embedder == "lsa":
        return Embedding(embed_lsa(corpus.paper_texts, random_state=random_state))
    vectors = _encode(_resolve(embedder), corpus.paper_texts, _cache(cache), progress)
    return Embedding(unit_rows(_checked(vectors, corpus.n_papers, "the embedder")))


def _builtin(texts: Sequence[str], progress: bool, random_state: int) -> Embedding:
    """Put the built-in model and LSA of the corpus side by side.

    The model knows what words mean, LSA what matters in this corpus.
    """
    static, known = BuiltinEmbedder(progress=progress).encode_with_known_share(texts)
    groups = language_groups(known)
    warn_of_languages(groups)
    if not groups.any():
        lsa = embed_lsa(texts, random_state=random_state)
        return Embedding(unit_rows(np.hstack([centre_by_group(static, groups), lsa])))
    lsa = embed_lsa(texts, analyzer=character_ngrams, random_state=random_state)
    trust = np.where(groups == UNKNOWN, _FOREIGN_STATIC_WEIGHT, 1.0).astype(np.float32)
    parts = [trust[:, None] * centre_by_group(static, groups), centre_by_group(lsa, groups)]
    return Embedding(unit_rows(np.hstack(parts)), groups if (groups == KNOWN).any() else None)


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
    """Call the embedder, by way of the cache where its vectors have a lasting name.

    One without a name gets all texts in one call, and shows its own progress.
    """
    call = embedder.encode if hasattr(embedder, "encode") else embedder
    key = getattr(embedder, "cache_key", None)
    if not isinstance(key, str):
        return call(list(texts))
    with progress_bar("Embedding", len(texts), "papers", show=progress) as bar:

        def encode(some: list[str]) -> FloatArray:
            parts = []
            for start in range(0, len(some), _STEP):
                step = some[start : start + _STEP]
                parts.append(_checked(call(step), len(step), "the embedder"))
                bar.update(len(step))
            return np.vstack(parts)

        return encode(list(texts)) if cache is None else cache.encode(key, texts, encode)


def _given(embeddings: Any, corpus: Corpus) -> FloatArray:
    """Take the user's own vectors, the mean of its rows' for a paper with several."""
    vectors = _checked(embeddings, corpus.n_rows, "embeddings")
    rows = np.flatnonzero(corpus.paper_of_row >= 0)
    sums = np.zeros((corpus.n_papers, vectors.shape[1]), dtype=np.float64)
    np.add.at(sums, corpus.paper_of_row[rows], unit_rows(vectors)[rows])
    return unit_rows(sums)


def _checked(vectors: Any, n: int, what: str) -> FloatArray:
    """Return the vectors as a float32 array, or say what is wrong with them."""
    if hasattr(vectors, "detach"):  # a torch tensor, maybe on a GPU
        vectors = vectors.detach().cpu().numpy()
    try:
        array = np.asarray(vectors, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise EmbedderError(
            f"{what} gave {type(vectors).__name__}, which is no array of numbers ({error}); "
            f"expected shape ({n}, d)"
        ) from error
    if array.ndim != 2 or array.shape[0] != n or array.shape[1] == 0:
        raise EmbedderError(f"{what} has shape {array.shape}; expected ({n}, d), one row a text")
    bad = np.flatnonzero(~np.isfinite(array).all(axis=1))
    if len(bad):
        raise EmbedderError(
            f"{what} has NaN or infinite values in {len(bad)} of {n} rows, the first is row "
            f"{bad[0]}; drop those rows, or use embedder='builtin'"
        )
    return array
