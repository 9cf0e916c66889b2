"""Vectors kept on disk by content, so that a slow embedder encodes each text once.

The cache may fail, the run may not. A damaged row fails its checksum and is
encoded again; a file that SQLite can't read is renamed and a new one begun; where
the disk is full, read-only or locked, the run goes on without the cache. A
`CacheWarning` says so.
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
_OURS = re.compile(r"vectors\.sqlite(\.corrupt-\d+)?(-wal|-shm|-journal)?")
_MARKS = {"application_id": 0x61627363, "user_version": 1}  # the table's version
_PAGE_BYTES = 16384  # SQLite's 4,096 need a quarter more disk for vectors of 384 dimensions
_GIVE_BACK = "PRAGMA incremental_vacuum"  # as a script: execute() stops after one page
_BUSY_SECONDS = 10.0
_CHUNK = 2048  # texts between two commits: the most that a killed run encodes in vain
_PRUNE_TO = 0.9  # of max_bytes, so that not every write prunes
_USER_CACHES = {"darwin": ("", "Library/Caches"), "win32": ("LOCALAPPDATA", "AppData/Local")}

_T = TypeVar("_T")
_Vectors = dict[bytes, FloatArray]  # by the hash of their text


class CacheWarning(UserWarning):
    """The cache can't be used or was begun anew; the vectors are right all the same."""


@dataclass(frozen=True)
class CacheInfo:
    """What a cache holds; `models` has each one's identity, number of vectors and their bytes."""

    folder: Path
    bytes: int  # on disk, of all its files
    n_vectors: int
    models: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class VectorCache:
    """A disk cache of vectors, for any number of embedders and processes.

    Parameters
    ----------
    folder
        Where it lies, by default in `default_folder`; made when first needed.
    max_bytes
        Bound of the vectors' bytes: those not used for longest are dropped. With 0
        the cache is off: nothing is read or written.
    """

    folder: str | Path | None = None
    max_bytes: int = DEFAULT_MAX_BYTES

    def encode(
        self, model: str, texts: Sequence[str], encode: Callable[[list[str]], FloatArray]
    ) -> FloatArray:
        """Return the vectors of texts, asking the embedder only for those not yet kept.

        Parameters
        ----------
        model
            Identity of the embedder: another one wherever vectors may differ.
        texts
            Texts in any order, repeated ones too.
        encode
            The embedder. It gets up to 2,048 distinct texts a call, in the order of
            first occurrence, and its vectors are kept before it is called again.
            An error that it raises comes through.

        Returns
        -------
        float32 array of shape (len(texts), d)
            Bit for bit what the embedder gave; of shape (0, 0) without texts.

        Raises
        ------
        InputError
            The embedder gave something else than one vector a text.

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
            # The embedder decides: what was kept in another dimension is not its own.
            missing = [key for key in distinct if len(vectors[key]) != dimension]
        return np.stack([vectors[key] for key in keys])


def default_folder() -> Path:
    """Return ``$ABSCLUST_CACHE``, else ``absclust`` in the user's cache folder."""
    if chosen := os.environ.get("ABSCLUST_CACHE"):
        return Path(os.path.expanduser(chosen))
    variable, below_home = _USER_CACHES.get(sys.platform, ("XDG_CACHE_HOME", ".cache"))
    caches = Path(os.environ.get(variable, ""))
    if caches.is_absolute():  # the XDG standard has others ignored
        return caches / "absclust"
    try:
        home = Path.home()
    except RuntimeError:  # there is none: a place where no cache can be made, which encode() says
        home = Path(os.devnull)
    return home / below_home / "absclust"


def cache_info(folder: str | Path | None = None) -> CacheInfo:
    """Say what the cache in a folder holds; an absent one is not created."""
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
        with suppress(FileNotFoundError):  # SQLite's own come and go
            size += path.stat().st_size
    return CacheInfo(folder, size, sum(n for _, n, _ in models), tuple(models))


def clear_cache(folder: str | Path | None = None, model: str | None = None) -> int:
    """Remove vectors, give their space back, and return how many there were.

    Parameters
    ----------
    folder
        Where the cache lies, by default in `default_folder`.
    model
        Whose vectors go. By default all go, and files that were set aside.
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
    """One model's vectors on disk, up to the first failure: then it holds nothing more."""

    def __init__(self, cache: VectorCache, model: str) -> None:
        self._folder = default_folder() if cache.folder is None else Path(cache.folder)
        self._max_bytes, self._model = cache.max_bytes, _utf8(model)
        self._usable = cache.max_bytes > 0

    def read(self, keys: Iterable[bytes]) -> _Vectors:
        """Return those vectors that are kept and sound, all of one dimension."""
        # Filled from within: what was read stays where marking it as used fails.
        found: _Vectors = {}
        self._attempt(lambda db: _read(db, self._model, keys, found))
        usual = Counter(map(len, found.values())).most_common(1)
        return {key: row for key, row in found.items() if len(row) == usual[0][0]}

    def write(self, vectors: _Vectors) -> None:
        """Keep vectors, and drop the least recently used of all above the bound."""
        self._attempt(lambda db: _write(db, self._model, vectors, self._max_bytes))

    def _attempt(self, action: Callable[[sqlite3.Connection], None]) -> None:
        if not self._usable:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # Open only for the moment: the embedder may take hours, and may fork.
            _with_database(self._folder, action)
        except (sqlite3.Error, OSError) as error:
            self._usable = False
            _warn(
                f"The vector cache {self._folder} can't be used ({error}): the run goes on "
                "without it, and nothing more is kept."
            )


def _with_database(folder: Path, action: Callable[[sqlite3.Connection], _T]) -> _T:
    """Run an action on the file; where that is broken, set it aside and begin a new one."""
    path, begun_anew = folder / _FILE, False
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        before = _identity(path)
        try:
            with closing(_connect(path)) as db:
                return action(db)
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the kind, without its details
            # Operational errors are the disk's or a lock's, but for the one of a missing column.
            broken = not isinstance(error, sqlite3.OperationalError) or code == sqlite3.SQLITE_ERROR
            if broken and not begun_anew:
                begun_anew = True
                # Where another process has just set it aside, the path is a new file's.
                if before == _identity(path):
                    _set_aside(path, error)
            # SQLite itself does not wait where two processes switch a new file to WAL.
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
        if isinstance(error, UnicodeDecodeError):  # SQLite's message quotes damaged names
            raise sqlite3.DatabaseError("malformed database schema") from error
        raise
    return db


def _prepare(db: sqlite3.Connection) -> None:
    """Check that the file is ours, and make the table of a new one."""
    db.text_factory = bytes  # a damaged text need not be UTF-8
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute("PRAGMA synchronous = NORMAL")
    with db:
        db.execute("BEGIN")  # one state of the file, which another process may be making
        marks = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in _MARKS]
        empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    if marks == list(_MARKS.values()):
        return
    if any(marks) or not empty:
        raise sqlite3.DatabaseError("it is no vector cache, or another version's")
    for pragma in (f"page_size = {_PAGE_BYTES}", "auto_vacuum = INCREMENTAL", "journal_mode = WAL"):
        db.execute(f"PRAGMA {pragma}")
    with db:
        db.execute("BEGIN IMMEDIATE")
        db.execute(
            "CREATE TABLE IF NOT EXISTS vectors (id INTEGER PRIMARY KEY, model BLOB NOT NULL,"
            " text BLOB NOT NULL, dimension INTEGER NOT NULL, checksum INTEGER NOT NULL,"
            " used INTEGER NOT NULL, vector BLOB NOT NULL, UNIQUE (model, text))"
        )
        # All that pruning and `cache_info` need, so that neither reads the vectors.
        db.execute("CREATE INDEX IF NOT EXISTS by_use ON vectors (used, model, dimension)")
        for name, value in _MARKS.items():
            db.execute(f"PRAGMA {name} = {value}")


def _read(db: sqlite3.Connection, model: bytes, keys: Iterable[bytes], found: _Vectors) -> None:
    with db:
        db.execute("BEGIN")
        db.execute("CREATE TEMP TABLE asked (text BLOB PRIMARY KEY)")
        db.executemany("INSERT INTO asked VALUES (?)", ((key,) for key in keys))
    # CROSS JOIN has SQLite look up each text asked for, not go through all that are kept.
    source = "FROM asked CROSS JOIN vectors USING (text) WHERE model = ?"
    sound = "typeof(vector) = 'blob' AND length(vector) = 4 * dimension"
    rows = db.execute(f"SELECT text, checksum, vector {source} AND {sound}", (model,))
    for key, checksum, vector in rows:
        if checksum == _checksum(model, key, vector):
            found[key] = np.frombuffer(vector, dtype="<f4")
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
    """Rename a broken file and what lies beside it, in place of an earlier one."""
    for old in _files(path.parent, set_aside=True):
        old.unlink(missing_ok=True)
    target = f"{_FILE}.corrupt-{int(time.time())}"
    # The file itself last: from then on the names beside it may be a new file's.
    for suffix in ("-wal", "-shm", "-journal", ""):
        with suppress(FileNotFoundError):
            path.with_name(_FILE + suffix).replace(path.with_name(target + suffix))
    _warn(
        f"The vector cache {path} can't be read ({error}): it was renamed to {target}, "
        "and a new one is begun."
    )


def _files(folder: Path, set_aside: bool = False) -> list[Path]:
    """Return the files that are ours, or those of them that were set aside."""
    named = ((path, _OURS.fullmatch(path.name)) for path in folder.glob(f"{_FILE}*"))
    return [path for path, match in named if match and (match[1] or not set_aside)]


def _identity(path: Path) -> tuple[int, int] | None:
    with suppress(OSError):
        stat = path.stat()
        return stat.st_dev, stat.st_ino
    return None


def _checked(vectors: FloatArray, n_texts: int, dimension: int | None) -> FloatArray:
    """Return a copy, as the embedder may use its array again."""
    rows = np.array(vectors, dtype=np.float32)
    if rows.ndim != 2 or len(rows) != n_texts or dimension not in (None, rows.shape[1]):
        raise InputError(
            f"The embedder gave an array of shape {rows.shape} for {n_texts} texts; expected was "
            f"one vector a text, all of one dimension{f' ({dimension})' if dimension else ''}. "
            "Check the function that embeds."
        )
    return rows


def _checksum(model: bytes, key: bytes, vector: bytes) -> int:
    return zlib.crc32(vector, zlib.crc32(_digest(model) + key))


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()


def _utf8(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # text from PDFs may hold half a character


def _warn(message: str) -> None:
    warnings.warn(message, CacheWarning, stacklevel=3)
