"""Vectors kept on disk by text, so that a slow embedder encodes each text only once.

If the cache fails, the run must not. A damaged row fails its checksum, and its text is
encoded again; a file that SQLite can't read is renamed, and a new one is started; if
the disk is full or read-only, or the file is locked, the run continues without the
cache. All but the damaged row give a `CacheWarning`.
"""

import os
import re
import sqlite3
import sys
import time
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

import numpy as np

from absclust.arrays import FloatArray
from absclust.errors import InputError

DEFAULT_MAX_BYTES = 2 * 1024**3

_FILE = "vectors.sqlite"
_FILE_NAMES = re.compile(r"vectors\.sqlite(\.corrupt-\d+)?(-wal|-shm|-journal)?")
_MARKS = {"application_id": 0x61627363, "user_version": 1}  # of our files and their version
_PAGE_BYTES = 16384  # with SQLite's 4,096, 384-d vectors need a quarter more disk
_GIVE_BACK = "PRAGMA incremental_vacuum"  # run as a script, because execute() stops after one page
_BUSY_SECONDS = 10.0
_CHUNK = 2048  # texts per commit: a killed run loses the vectors of at most this many
_PRUNE_TO = 0.9  # of max_bytes, so that not every write prunes
_USER_CACHES = {"darwin": ("", "Library/Caches"), "win32": ("LOCALAPPDATA", "AppData/Local")}

_T = TypeVar("_T")
_Vectors = dict[bytes, FloatArray]  # by the hash of their text


class CacheWarning(UserWarning):
    """The cache can't be used, or was started again; the vectors are correct all the same."""


@dataclass(frozen=True)
class CacheInfo:
    """What a cache holds; `models` has the identity, number of vectors and bytes of each."""

    folder: Path
    bytes: int  # of all its files on disk
    n_vectors: int
    models: tuple[tuple[str, int, int], ...]


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
        keys = [_digest(_utf8(text)) for text in texts]
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


def cache_info(folder: str | Path | None = None) -> CacheInfo:
    """Return what the cache in a folder holds; a missing cache is not created."""
    folder = default_folder() if folder is None else Path(folder)
    query = (
        "SELECT model, count(*), CAST(4 * total(dimension) AS INTEGER) FROM vectors"
        " WHERE typeof(model) = 'blob' GROUP BY model ORDER BY model"
    )
    models: list[tuple[str, int, int]] = []
    size = 0
    try:
        if (folder / _FILE).is_file():
            with closing(_connect(folder / _FILE)) as db:
                rows = db.execute(query).fetchall()
            models = [(name.decode(errors="surrogatepass"), *counts) for name, *counts in rows]
    except (sqlite3.Error, OSError, UnicodeError) as error:
        _warn(f"The vector cache {folder} can't be read ({error}).")
    for path in _files(folder):
        with suppress(FileNotFoundError):  # SQLite creates and deletes files at any time
            size += path.stat().st_size
    return CacheInfo(folder, size, sum(n for _, n, _ in models), tuple(models))


def clear_cache(folder: str | Path | None = None, model: str | None = None) -> int:
    """Remove vectors, free their disk space, and return how many were removed.

    Parameters
    ----------
    folder
        The cache's folder, by default `default_folder`.
    model
        The model whose vectors to remove. By default all vectors are removed, and
        also any unreadable cache that was renamed.
    """
    folder = default_folder() if folder is None else Path(folder)
    try:
        for path in _files(folder, set_aside=True) if model is None else []:
            path.unlink(missing_ok=True)
        if (folder / _FILE).is_file():
            return _with_database(folder, lambda db: _clear(db, model))
    except (sqlite3.Error, OSError) as error:
        _warn(f"The vector cache {folder} can't be cleared ({error}).")
    return 0


class _Store:
    """One model's vectors on disk; after the first failure it neither reads nor writes."""

    def __init__(self, cache: VectorCache, model: str) -> None:
        self._folder = default_folder() if cache.folder is None else Path(cache.folder)
        self._max_bytes, self._model = cache.max_bytes, _utf8(model)
        self._usable = cache.max_bytes > 0

    def read(self, keys: Iterable[bytes]) -> _Vectors:
        """Return the undamaged vectors for these keys, all of the same dimension."""
        # Filled by _read, so that vectors are not lost if marking them as used fails.
        vectors: _Vectors = {}
        self._attempt(lambda db: _read(db, self._model, keys, vectors))
        usual = Counter(map(len, vectors.values())).most_common(1)
        return {key: row for key, row in vectors.items() if len(row) == usual[0][0]}

    def write(self, vectors: _Vectors) -> None:
        """Store vectors, and drop the least recently used ones beyond the size limit."""
        self._attempt(lambda db: _write(db, self._model, vectors, self._max_bytes))

    def _attempt(self, action: Callable[[sqlite3.Connection], None]) -> None:
        if not self._usable:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # Open only briefly, because the embedder may run for hours, and may fork.
            _with_database(self._folder, action)
        except (sqlite3.Error, OSError) as error:
            self._usable = False
            _warn(
                f"The vector cache {self._folder} can't be used ({error}). The run continues "
                "without it, and no more vectors are kept."
            )


def _with_database(folder: Path, action: Callable[[sqlite3.Connection], _T]) -> _T:
    """Run an action on the database; if its file is broken, rename it and start a new one."""
    path, restarted = folder / _FILE, False
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        before = _identity(path)
        try:
            with closing(_connect(path)) as db:
                return action(db)
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary error code
            # Operational errors come from the disk or a lock, except SQLITE_ERROR: a wrong schema.
            broken = not isinstance(error, sqlite3.OperationalError) or code == sqlite3.SQLITE_ERROR
            if broken and not restarted:
                restarted = True
                # Another process may have just renamed it; the path is then that of a new file.
                if before == _identity(path):
                    _set_aside(path, error)
            # SQLite itself does not wait while another process switches a new file to WAL.
            elif code == sqlite3.SQLITE_BUSY and time.monotonic() < deadline:
                time.sleep(0.02)
            else:
                raise


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        _prepare(db)
    except BaseException as error:
        db.close()
        if isinstance(error, UnicodeDecodeError):  # SQLite's message quotes a damaged name
            raise sqlite3.DatabaseError("malformed database schema") from error
        raise
    return db


def _prepare(db: sqlite3.Connection) -> None:
    """Check that the file is a vector cache, and create the table if the file is new."""
    db.text_factory = bytes  # damaged text may not be valid UTF-8
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute("PRAGMA synchronous = NORMAL")
    with db:
        db.execute("BEGIN")  # one consistent state: another process may be creating the file
        marks = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in _MARKS]
        empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    if marks == list(_MARKS.values()):
        return
    if any(marks) or not empty:
        raise sqlite3.DatabaseError("it is not a vector cache, or is from another version")
    for pragma in (f"page_size = {_PAGE_BYTES}", "auto_vacuum = INCREMENTAL", "journal_mode = WAL"):
        db.execute(f"PRAGMA {pragma}")
    with db:
        db.execute("BEGIN IMMEDIATE")
        db.execute(
            "CREATE TABLE IF NOT EXISTS vectors (id INTEGER PRIMARY KEY, model BLOB NOT NULL,"
            " text BLOB NOT NULL, dimension INTEGER NOT NULL, checksum INTEGER NOT NULL,"
            " used INTEGER NOT NULL, vector BLOB NOT NULL, UNIQUE (model, text))"
        )
        # Has all that pruning and `cache_info` need, so that neither reads the vectors.
        db.execute("CREATE INDEX IF NOT EXISTS by_use ON vectors (used, model, dimension)")
        for name, value in _MARKS.items():
            db.execute(f"PRAGMA {name} = {value}")


def _read(db: sqlite3.Connection, model: bytes, keys: Iterable[bytes], vectors: _Vectors) -> None:
    """Fill `vectors` with the undamaged vectors of these keys, and mark the rows as used."""
    with db:
        db.execute("BEGIN")
        db.execute("CREATE TEMP TABLE asked (text BLOB PRIMARY KEY)")
        db.executemany("INSERT INTO asked VALUES (?)", ((key,) for key in keys))
    # CROSS JOIN makes SQLite look up each text asked for, instead of scanning the cache.
    source = "FROM asked CROSS JOIN vectors USING (text) WHERE model = ?"
    sound = "typeof(vector) = 'blob' AND length(vector) = 4 * dimension"
    rows = db.execute(f"SELECT text, checksum, vector {source} AND {sound}", (model,))
    for key, checksum, vector in rows:
        if checksum == _checksum(model, key, vector):
            vectors[key] = np.frombuffer(vector, dtype="<f4")
    now = int(time.time())
    db.execute(
        f"UPDATE vectors SET used = ? WHERE used < ? AND id IN (SELECT id {source})",
        (now, now, model),
    )


def _write(db: sqlite3.Connection, model: bytes, vectors: _Vectors, max_bytes: int) -> None:
    now = int(time.time())
    blobs = ((key, row.astype("<f4").tobytes()) for key, row in vectors.items())
    with db:
        db.execute("BEGIN IMMEDIATE")
        db.executemany(
            "INSERT OR REPLACE INTO vectors (model, text, dimension, checksum, used, vector)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            ((model, k, len(b) // 4, _checksum(model, k, b), now, b) for k, b in blobs),
        )
        (size,) = db.execute("SELECT 4 * total(dimension) FROM vectors").fetchone()
        if size <= max_bytes:
            return
        db.execute(
            "DELETE FROM vectors WHERE id IN (SELECT id FROM"
            " (SELECT id, 4 * (sum(dimension) OVER (ORDER BY used, id) - dimension) AS older"
            " FROM vectors) WHERE older < ?)",
            (size - _PRUNE_TO * max_bytes,),
        )
    db.executescript(_GIVE_BACK)


def _clear(db: sqlite3.Connection, model: str | None) -> int:
    which, values = ("", ()) if model is None else (" WHERE model = ?", (_utf8(model),))
    removed = db.execute(f"DELETE FROM vectors{which}", values).rowcount
    db.executescript(_GIVE_BACK)
    return removed


def _set_aside(path: Path, error: sqlite3.DatabaseError) -> None:
    """Rename a broken file and those of SQLite beside it, and delete any renamed earlier."""
    for old in _files(path.parent, set_aside=True):
        old.unlink(missing_ok=True)
    target = f"{_FILE}.corrupt-{int(time.time())}"
    # The file itself comes last, because then another process may start a new one.
    for suffix in ("-wal", "-shm", "-journal", ""):
        with suppress(FileNotFoundError):
            path.with_name(_FILE + suffix).replace(path.with_name(target + suffix))
    _warn(
        f"The vector cache {path} can't be read ({error}). It was renamed to {target}, "
        "and a new one was started."
    )


def _files(folder: Path, set_aside: bool = False) -> list[Path]:
    """Return the cache's files in a folder, or only those that were set aside as broken."""
    named = ((path, _FILE_NAMES.fullmatch(path.name)) for path in folder.glob(f"{_FILE}*"))
    return [path for path, match in named if match and (match[1] or not set_aside)]


def _identity(path: Path) -> tuple[int, int] | None:
    with suppress(OSError):
        stat = path.stat()
        return stat.st_dev, stat.st_ino
    return None


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


def _checksum(model: bytes, key: bytes, vector: bytes) -> int:
    return zlib.crc32(vector, zlib.crc32(_digest(model) + key))


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()


def _utf8(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # text from PDFs may contain lone surrogates


def _warn(message: str) -> None:
    warnings.warn(message, CacheWarning, stacklevel=3)
