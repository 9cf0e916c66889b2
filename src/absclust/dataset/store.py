"""The folder that the results of a data set are written to, wherever fsspec can write."""

from __future__ import annotations

import io
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from absclust.errors import (
    AbsclustError,
    MissingPackageError,
    OptionError,
    ReadError,
    WriteError,
    needs,
)
from absclust.parallel import Memo

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

needs_dask = partial(needs, "a data set", "Dask", install="absclust[dask]")
_maps: Memo[Any, ThemeMap] = Memo(most=1)  # one for all threads of a worker


def file_system(url: str) -> tuple[Any, str]:
    """Return the fsspec file system of a URL or path, and the path in it.

    Raises
    ------
    MissingPackageError
        If fsspec, or the package that it needs for such a URL, is not installed.
    """
    with needs_dask():
        import fsspec
    if not isinstance(url, str | os.PathLike):
        raise OptionError(f"a {type(url).__name__} is no place of files; expected a str or a Path")
    try:
        return fsspec.core.url_to_fs(os.fspath(url))
    except ImportError as error:  # of s3fs, say; it tells what to install
        raise MissingPackageError(f"can't reach {url}: {error}") from error


@contextmanager
def reached(url: str, kind: type[AbsclustError]) -> Iterator[None]:
    """Raise an error of that kind if a file system or a parser raises anything, as some do."""
    try:
        yield
    except AbsclustError:
        raise
    except Exception as error:
        done = "write" if kind is WriteError else "read"
        reason = getattr(error, "strerror", None) or error
        raise kind(f"can't {done} {url}: {reason}") from error


@dataclass(frozen=True)
class Store:
    """A folder of results; what is in it under its final name is complete.

    Parameters
    ----------
    url : str
        A folder or a URL, such as ``s3://papers/themes``.
    trust_model : bool
        Whether a model may be loaded from the folder that a map names, as in ``absclust.load``.
    """

    url: str
    trust_model: bool = False

    @contextmanager
    def _at(self, name: str, kind: type[AbsclustError] = ReadError) -> Iterator[tuple[Any, str]]:
        """Give the file system and the path of a file; what the system raises becomes an error."""
        fs, path = file_system(self.url)
        with reached(f"the results of cluster_dataset, {self.url}/{name}", kind):
            yield fs, f"{path.rstrip('/')}/{name}".rstrip("/")

    def names(self, folder: str = "") -> set[str]:
        """Return the names of the files in the store, or in a folder of it; none without it."""
        with self._at(folder) as (fs, path):
            fs.invalidate_cache()  # others write there too
            found = fs.ls(path, detail=False) if fs.exists(path) else []
            return {f"{folder}/{Path(file).name}".removeprefix("/") for file in found}

    def write(self, name: str, content: bytes) -> None:
        """Write a file among those that are removed in the end, then move it to its place."""
        with self._at(name, WriteError) as (fs, path):
            unfinished = f"{path.removesuffix(name)}work/{uuid.uuid4().hex}"
            for file in (unfinished, path):
                fs.makedirs(file.rpartition("/")[0], exist_ok=True)
            fs.pipe_file(unfinished, content)
            fs.mv(unfinished, path)

    def read(self, name: str) -> bytes:
        """Return the content of a file."""
        with self._at(name) as (fs, path):
            return fs.cat_file(path)

    def write_json(self, name: str, value: Any) -> None:
        """Write plain values."""
        self.write(name, json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8"))

    def read_json(self, name: str) -> Any:
        """Read plain values."""
        return json.loads(self.read(name))

    def write_table(self, name: str, table: pa.Table, facts: Any) -> Any:
        """Write a Parquet file, and plain facts beside its table; return these."""
        content = io.BytesIO()
        about = {b"facts": json.dumps(facts).encode("utf-8")}
        pq.write_table(table.replace_schema_metadata(about), content)
        self.write(name, content.getvalue())
        return facts

    def read_table(self, name: str) -> pa.Table:
        """Read a Parquet file."""
        with self._at(name) as (fs, path), fs.open(path, "rb") as file:
            return pq.read_table(file, use_threads=False)

    def read_facts(self, name: str) -> Any:
        """Read the facts that were written beside tables."""
        with self._at(name) as (fs, path), fs.open(path, "rb") as file:
            return json.loads(pq.read_schema(file).metadata[b"facts"])

    def load_map(self, name: str) -> ThemeMap:
        """Load a map; kept in memory, so that the next task in this process has it at once."""
        with self._at(name) as (fs, path):  # in another version it is another map
            return _maps.one((self, fs.ukey(path)), lambda _: self._loaded(name))

    def _loaded(self, name: str) -> ThemeMap:
        from absclust.saving.store import read_map
        from absclust.theme_map import ThemeMap

        where = f"{self.url}/{name}"
        return read_map(self.read(name), where, None, ThemeMap, trust_model=self.trust_model)

    def remove(self, name: str) -> None:
        """Remove a folder of the store with all that is in it."""
        with self._at(name, WriteError) as (fs, path):
            fs.rm(path, recursive=True)
