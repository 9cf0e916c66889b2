"""The folder that the results of a data set are written to, wherever fsspec can write."""

from __future__ import annotations

import io
import json
import os
import threading
import uuid
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from absclust.errors import MissingPackageError, OptionError, ReadError, WriteError, needs

if TYPE_CHECKING:
    import pyarrow as pa

    from absclust.theme_map import ThemeMap

_loading = threading.Lock()


needs_dask = partial(needs, "a data set", "Dask", install="absclust[dask]")


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
        raise OptionError(f"{url!r:.80} can't be a folder; expected a str or a Path")
    try:
        place: tuple[Any, str] = fsspec.core.url_to_fs(os.fspath(url))
    except ImportError as error:  # of s3fs, say; it tells what to install
        raise MissingPackageError(f"can't reach {url}: {error}") from error
    return place


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

    @cached_property
    def _place(self) -> tuple[Any, str]:
        return file_system(self.url)

    def _path(self, name: str) -> str:
        return f"{self._place[1].rstrip('/')}/{name}"

    def names(self, folder: str) -> set[str]:
        """Return the names of the files in a folder of the store; none if there is no folder."""
        fs, path = self._place[0], self._path(folder)
        if not fs.exists(path):
            return set()
        fs.invalidate_cache(path)
        return {f"{folder}/{Path(found).name}" for found in fs.ls(path, detail=False)}

    def has(self, name: str) -> bool:
        """Whether there is a file of this name."""
        found: bool = self._place[0].exists(self._path(name))
        return found

    def write(self, name: str, content: bytes) -> None:
        """Write a file among those that are removed in the end, then move it to its place."""
        fs, path = self._place[0], self._path(name)
        unfinished = self._path(f"work/{uuid.uuid4().hex}")
        try:
            for file in (unfinished, path):
                fs.makedirs(file.rpartition("/")[0], exist_ok=True)
            fs.pipe_file(unfinished, content)
            fs.mv(unfinished, path)
        except OSError as error:
            raise WriteError(f"can't write {self.url}/{name}: {error.strerror or error}") from error

    def read(self, name: str) -> bytes:
        """Return the content of a file."""
        try:
            content: bytes = self._place[0].cat_file(self._path(name))
        except (OSError, ValueError) as error:
            raise ReadError(
                f"can't read {self.url!r}/{name}: {error}; expected the folder of results of "
                "cluster_dataset"
            ) from error
        return content

    def write_json(self, name: str, value: Any) -> None:
        """Write plain values."""
        self.write(name, json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8"))

    def read_json(self, name: str) -> Any:
        """Read plain values."""
        return json.loads(self.read(name))

    def write_table(self, name: str, table: pa.Table, facts: Any) -> None:
        """Write a Parquet file, and plain facts beside its table."""
        import pyarrow.parquet as pq

        content = io.BytesIO()
        about = {b"facts": json.dumps(facts).encode("utf-8")}
        pq.write_table(table.replace_schema_metadata(about), content)
        self.write(name, content.getvalue())

    def read_table(self, name: str) -> pa.Table:
        """Read a Parquet file."""
        import pyarrow.parquet as pq

        with self._place[0].open(self._path(name), "rb") as file:
            return pq.read_table(file, use_threads=False)

    def read_facts(self, name: str) -> Any:
        """Read the facts that were written beside tables."""
        import pyarrow.parquet as pq

        with self._place[0].open(self._path(name), "rb") as file:
            return json.loads(pq.read_schema(file).metadata[b"facts"])

    def load_map(self, name: str) -> ThemeMap:
        """Load a map; kept in memory, so that the next task in this process has it at once."""
        with _loading:  # not once for each thread of a worker
            return _load(self, name, self._place[0].ukey(self._path(name)))

    def remove(self, name: str) -> None:
        """Remove a folder of the store with all that is in it."""
        self._place[0].rm(self._path(name), recursive=True)


@lru_cache(maxsize=1)
def _load(store: Store, name: str, _version: str) -> ThemeMap:  # not an earlier map
    from absclust.saving.store import read_map
    from absclust.theme_map import ThemeMap

    return read_map(
        store.read(name), f"{store.url}/{name}", None, ThemeMap, trust_model=store.trust_model
    )
