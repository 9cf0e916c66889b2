"""Vectors kept on disk by text, so that a slow embedder encodes each text only once.

They are rows of one SQLite file, which any number of processes may use at once; a killed one
leaves the batches that it has stored. Each row has a checksum, because SQLite does not notice a
changed bit; what has changed is encoded again. If the cache fails, the run must not: a damaged file
is removed; if the disk is full or read-only, the run continues without the cache. Both give a
`CacheWarning`.
"""

import os
import sqlite3
import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from absclust.arrays import FloatArray
from absclust.errors import InputError

DEFAULT_MAX_BYTES = 2 * 1024**3
FILE = "absclust-vectors.sqlite"  # no one else's: a damaged one is removed

_STEP = 256  # texts encoded and stored at a time, which is all that a killed run loses
_PRUNE_TO = 0.9  # of max_bytes, so that not every write prunes
_PATIENCE_S = 60.0  # for other processes that are writing
_HASH = 16  # bytes of a key, and of the checksum before a vector
_TABLE = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB)"
_SIZE = """
    SELECT (page_count - freelist_count) * page_size
    FROM pragma_page_count, pragma_freelist_count, pragma_page_size
"""
_DROP_OLDEST = """
    DELETE FROM vectors WHERE rowid IN (
        SELECT rowid FROM vectors ORDER BY rowid
        LIMIT (SELECT 1 + CAST(? * count(*) AS INTEGER) FROM vectors)
    )
"""

_Vectors = dict[bytes, FloatArray]  # by the hash of their model and text


class CacheWarning(UserWarning):
    """The cache can't be used, or its damaged file was removed; the vectors are correct anyway."""


@dataclass(frozen=True)
class VectorCache:
    """A disk cache of vectors, for any number of embedders and processes.

    Parameters
    ----------
    folder
        The cache's folder, by default the user's or $ABSCLUST_CACHE; it is created when
        first needed.
    max_bytes
        The largest total size of the vectors; beyond it, the oldest are dropped. With 0 the
        cache is off: nothing is read or written.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> cache = VectorCache("vectors", max_bytes=10_000_000)
    >>> cluster_abstracts(papers, embedder="all-MiniLM-L6-v2", cache=cache)  # doctest: +SKIP
    """

    folder: str | Path | None = None
    max_bytes: int = DEFAULT_MAX_BYTES

    def encode(
        self, model: str, texts: Sequence[str], encode: Callable[[list[str]], FloatArray]
    ) -> FloatArray:
        """Return the vectors of texts, calling the embedder only for texts not in the cache.

        Parameters
        ----------
        model
            Identity of the embedder; it must differ wherever vectors may differ.
        texts
            Texts in any order; they may repeat.
        encode
            The embedder. It gets up to 256 distinct texts per call, in order of
            first occurrence, and its vectors are stored before it is called again.
            Errors that it raises are passed on.

        Returns
        -------
        float32 array of shape (len(texts), d)
            Bit for bit what the embedder returned; shape (0, 0) if there are no texts.

        Raises
        ------
        InputError
            If the embedder doesn't return one vector per text.

        Examples
        --------
        >>> import tempfile
        >>> def embed(texts):
        ...     print("encoding", texts)
        ...     return np.array([[len(text)] for text in texts], dtype=np.float32)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     cache = VectorCache(folder)
        ...     _ = cache.encode("length", ["robot", "cell"], embed)
        ...     cache.encode("length", ["cell", "planet"], embed).tolist()
        encoding ['robot', 'cell']
        encoding ['planet']
        [[4.0], [6.0]]
        """
        of_model = blake2b(_utf8(model)).digest()
        keys = [_digest(_utf8(text), of_model) for text in texts]
        distinct = dict(zip(keys, texts, strict=True))
        if not distinct:
            return np.zeros((0, 0), dtype=np.float32)
        store = _Store(self)
        vectors = store.read(distinct)
        missing = [key for key in distinct if key not in vectors]
        dimension = None
        while missing:
            for start in range(0, len(missing), _STEP):
                step = missing[start : start + _STEP]
                rows = _checked(encode([distinct[key] for key in step]), len(step), dimension)
                dimension = rows.shape[1]
                new = dict(zip(step, rows, strict=True))
                store.write(new)
                vectors |= new
            # Cached vectors of another dimension than the embedder's can't be its own.
            missing = [key for key in distinct if len(vectors[key]) != dimension]
        return np.stack([vectors[key] for key in keys])


def default_folder() -> Path:
    """Return ``$ABSCLUST_CACHE`` if it is set, else ``absclust`` in the user's cache folder."""
    caches = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    chosen = os.environ.get("ABSCLUST_CACHE") or os.path.join(caches, "absclust")
    try:
        return Path(chosen).expanduser()
    except RuntimeError:  # no home folder: encode() will warn that it can't use this path
        return Path(os.devnull, "absclust")


class _Store:
    """The file of a cache; once it can't be used, it is neither read nor written any more."""

    def __init__(self, cache: VectorCache) -> None:
        self._file = Path(default_folder() if cache.folder is None else cache.folder) / FILE
        self._max_bytes, self._usable = cache.max_bytes, cache.max_bytes > 0

    def read(self, keys: Iterable[bytes]) -> _Vectors:
        """Return the undamaged vectors for these keys, all of the same dimension."""
        vectors = {
            key: np.frombuffer(row, np.float32, offset=_HASH)
            for key, row in self._run("SELECT ?1, vector FROM vectors WHERE key = ?1", zip(keys))
            if isinstance(row, bytes) and row == _packed(key, row[_HASH:])
        }
        return vectors if len(set(map(len, vectors.values()))) == 1 else {}

    def write(self, vectors: _Vectors) -> None:
        """Store vectors, and drop the oldest ones beyond the size limit."""
        rows = [(key, _packed(key, row.tobytes())) for key, row in vectors.items()]
        self._run("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        for (size,) in self._run(_SIZE, [()]):
            if size > self._max_bytes:
                self._run(_DROP_OLDEST, [(1 - _PRUNE_TO * self._max_bytes / size,)])

    def _run(self, statement: str, parameters: Iterable[Any]) -> list[Any]:
        """Return the rows that a statement finds for each of some parameters.

        If the file fails, warn and return what it has found by then.
        """
        found: list[Any] = []
        if not self._usable:
            return found
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file, timeout=_PATIENCE_S)) as database, database:
                database.text_factory = bytes  # damage can make a text of a vector
                database.execute(_TABLE)
                for values in parameters:
                    found += database.execute(statement, values)
        except (OSError, sqlite3.Error, UnicodeDecodeError) as error:  # of a damaged table's name
            self._usable = _is_damage(error)
            if self._usable:
                message = f"The vector cache's file {self._file} can't be read and is removed"
                with suppress(OSError):
                    for name in (f"{FILE}-journal", FILE):
                        self._file.with_name(name).unlink(missing_ok=True)
            else:
                message = f"The vector cache {self._file} can't be used, and the run does without"
            warnings.warn(f"{message} ({error}).", CacheWarning, stacklevel=2)
        return found


def _is_damage(error: Exception) -> bool:
    """Whether SQLite can't make sense of a file, rather than not read or write it."""
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode == sqlite3.SQLITE_ERROR  # such as a table without its columns
    return not isinstance(error, OSError)


def _checked(vectors: FloatArray, n_texts: int, dimension: int | None) -> FloatArray:
    """Check the vectors and return a copy, because the embedder may reuse its array."""
    rows = np.array(vectors, dtype=np.float32)
    if rows.ndim != 2 or len(rows) != n_texts or dimension not in (None, rows.shape[1]):
        raise InputError(
            f"The embedder returned an array of shape {rows.shape} for {n_texts} texts; expected "
            f"one vector per text, all of one dimension{f' ({dimension})' if dimension else ''}. "
            "Check the embedder's encode function."
        )
    return rows


def _packed(key: bytes, vector: bytes) -> bytes:
    """Return what is kept of a vector: a checksum, and its bytes."""
    return _digest(vector, key) + vector


def _digest(content: bytes, key: bytes) -> bytes:
    return blake2b(content, key=key, digest_size=_HASH).digest()


def _utf8(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # text from PDFs may contain lone surrogates
