"""Vectors kept on disk by text, so that a slow embedder encodes each text only once.

Every batch of an embedder is a file of its own, written beside and renamed into place, so that
any number of processes may write at once, and a killed one leaves whole files. If the cache
fails, the run must not: a damaged file is removed and its texts are encoded again; if the disk
is full or read-only, the run continues without the cache. Both give a `CacheWarning`.
"""

import os
import re
import sys
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from uuid import uuid4

import numpy as np

from absclust.arrays import FloatArray
from absclust.atomic import replacing
from absclust.errors import InputError

DEFAULT_MAX_BYTES = 2 * 1024**3

# The hash of the model, a random number, and another while it is being written.
_NAME = re.compile(r"[0-9a-f]{16}-[0-9a-f]{32}\.npz(\.([0-9a-f]{16}\.)?part)?")
_CHUNK = 2048  # texts per file: a killed run loses the vectors of at most this many
_MOST_FILES = 64  # of a model; the smaller half of more become one
_PRUNE_TO = 0.9  # of max_bytes, so that not every write prunes
_USER_CACHES = {"darwin": ("", "Library/Caches"), "win32": ("LOCALAPPDATA", "AppData/Local")}
# What NumPy and its readers raise for damaged files.
_DAMAGED = (ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError)

_Vectors = dict[bytes, FloatArray]  # by the hash of their text


class CacheWarning(UserWarning):
    """The cache can't be used, or lost a file; the vectors are correct all the same."""


@dataclass(frozen=True)
class VectorCache:
    """A disk cache of vectors, for any number of embedders and processes.

    Parameters
    ----------
    folder
        The cache's folder, by default the user's or $ABSCLUST_CACHE; it is created when
        first needed.
    max_bytes
        The largest total size of the vectors; beyond it, the least recently used are
        dropped. With 0 the cache is off: nothing is read or written.

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
            The embedder. It gets up to 2,048 distinct texts per call, in order of
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
        keys = [_digest(_utf8(text), 16) for text in texts]
        distinct = dict(zip(keys, texts, strict=True))
        if not distinct:
            return np.zeros((0, 0), dtype=np.float32)
        store = _Store(self, model)
        vectors = store.read(distinct)
        missing = [key for key in distinct if key not in vectors]
        dimension = None
        while missing:
            for start in range(0, len(missing), _CHUNK):
                chunk = missing[start : start + _CHUNK]
                rows = _checked(encode([distinct[key] for key in chunk]), len(chunk), dimension)
                dimension = rows.shape[1]
                new = dict(zip(chunk, rows, strict=True))
                store.write(new)
                vectors |= new
            # Cached vectors of another dimension than the embedder's can't be its own.
            missing = [key for key in distinct if len(vectors[key]) != dimension]
        return np.stack([vectors[key] for key in keys])


def default_folder() -> Path:
    """Return ``$ABSCLUST_CACHE`` if it is set, else ``absclust`` in the user's cache folder."""
    if chosen := os.environ.get("ABSCLUST_CACHE"):
        return Path(os.path.expanduser(chosen))
    variable, below_home = _USER_CACHES.get(sys.platform, ("XDG_CACHE_HOME", ".cache"))
    caches = Path(os.environ.get(variable, ""))
    if caches.is_absolute():  # the XDG standard says to ignore relative paths
        return caches / "absclust"
    try:
        home = Path.home()
    except RuntimeError:  # no home folder: encode() will warn that it can't use this path
        home = Path(os.devnull)
    return home / below_home / "absclust"


class _Store:
    """One model's vectors on disk; after the first failure it neither reads nor writes."""

    def __init__(self, cache: VectorCache, model: str) -> None:
        self._folder = default_folder() if cache.folder is None else Path(cache.folder)
        self._max_bytes, self._model = cache.max_bytes, _utf8(model)
        self._whole = f"{_prefix(self._model)}*.npz"  # the files that are written to their end
        self._usable = cache.max_bytes > 0

    def read(self, wanted: Iterable[bytes]) -> _Vectors:
        """Return the undamaged vectors for these keys, all of the same dimension."""
        keys = set(wanted)
        vectors: _Vectors = {}
        files = _files(self._folder, self._whole) if self._usable else {}
        for path in sorted(files, key=lambda path: files[path].st_mtime_ns):  # the newest wins
            if found := self._rows(path, keys):
                vectors |= found
                with suppress(OSError):
                    os.utime(path)  # it was used last now
        return _of_usual_dimension(vectors)

    def write(self, vectors: _Vectors) -> None:
        """Store vectors, and drop the least recently used ones beyond the size limit."""
        if not self._usable:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._save(vectors)
            self._join_small()
            self._prune()
        except OSError as error:
            self._usable = False
            _warn(
                f"The vector cache {self._folder} can't be used ({error}). The run continues "
                "without it, and no more vectors are kept."
            )

    def _rows(self, path: Path, wanted: set[bytes] | None = None) -> _Vectors:
        """Return the wanted rows of a file, or all; a damaged file is removed."""
        try:
            with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                if bytes(file["model"]) != self._model:
                    return {}
                keys = [row.tobytes() for row in file["keys"]]
                if wanted is not None and wanted.isdisjoint(keys):
                    return {}  # without reading the vectors
                vectors = file["vectors"]
            if vectors.dtype != np.float32 or vectors.ndim != 2:
                raise ValueError("vectors are not a matrix")
            rows = dict(zip(keys, vectors, strict=True))
        except FileNotFoundError:  # another process has joined or dropped it
            return {}
        except (*_DAMAGED, MemoryError, OSError) as error:
            _warn(f"The vector cache's file {path} can't be read and is removed ({error}).")
            with suppress(OSError):
                path.unlink()
            return {}
        return rows if wanted is None else {key: rows[key] for key in wanted & rows.keys()}

    def _save(self, vectors: _Vectors) -> None:
        if not vectors:
            return
        path = self._folder / f"{_prefix(self._model)}-{uuid4().hex}.npz"
        keys = np.frombuffer(b"".join(vectors), dtype=np.uint8).reshape(len(vectors), -1)
        model = np.frombuffer(self._model, dtype=np.uint8)
        with replacing(path) as beside, beside.open("wb") as file:
            np.savez(file, model=model, keys=keys, vectors=np.stack([*vectors.values()]))

    def _join_small(self) -> None:
        """Make one file of the smaller half if there are many, as after many small batches."""
        files = _files(self._folder, self._whole)
        if len(files) <= _MOST_FILES:
            return
        small = sorted(files, key=lambda path: files[path].st_size)[: len(files) // 2]
        joined: _Vectors = {}
        for path in small:
            joined |= self._rows(path)
        self._save(_of_usual_dimension(joined))
        for path in small:
            path.unlink(missing_ok=True)

    def _prune(self) -> None:
        files = _files(self._folder)
        total = sum(file.st_size for file in files.values())
        if total <= self._max_bytes:
            return
        for path in sorted(files, key=lambda path: files[path].st_mtime_ns):
            if total <= _PRUNE_TO * self._max_bytes:
                break
            total -= files[path].st_size
            path.unlink(missing_ok=True)


def _files(folder: Path, pattern: str = "*") -> dict[Path, os.stat_result]:
    """Return the cache's files in a folder, with those that writers left or are at work on."""
    files = {}
    for path in folder.glob(pattern):
        if _NAME.fullmatch(path.name):
            with suppress(FileNotFoundError):  # other processes remove files at any time
                files[path] = path.stat()
    return files


def _of_usual_dimension(vectors: _Vectors) -> _Vectors:
    usual = Counter(map(len, vectors.values())).most_common(1)
    return {key: row for key, row in vectors.items() if len(row) == usual[0][0]}


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


def _prefix(model: bytes) -> str:
    return _digest(model, 8).hex()


def _digest(content: bytes, size: int) -> bytes:
    return blake2b(content, digest_size=size).digest()


def _utf8(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # text from PDFs may contain lone surrogates


def _warn(message: str) -> None:
    warnings.warn(message, CacheWarning, stacklevel=3)
