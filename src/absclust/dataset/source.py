"""What a data set consists of: parts that are read one at a time, each where a worker is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from absclust.corpus.columns import find_columns
from absclust.dataset.store import file_system
from absclust.errors import InputError, InputTypeError, ReadError
from absclust.io.papers import as_papers
from absclust.io.parsed import Parsed
from absclust.io.read import kind_of, parse
from absclust.io.tables import as_text_table

if TYPE_CHECKING:
    import pandas as pd

_ROWS = 50_000  # of a Parquet file in a part: whole row groups, at least one
_BYTES = 64_000_000  # of a file of JSON lines in a part
_LINES = (".jsonl", ".ndjson")
# What later stages know; other columns stay in the source.
_COLUMNS = ("id", "title", "abstract", "year", "keywords", "doi", "url", "authors", "journal")


@dataclass(frozen=True)
class Part:
    """A piece of a data set that is small enough to be held in memory.

    Attributes
    ----------
    number : int
        Its place in the data set.
    url : str
        The file, or "" for a partition of a Dask DataFrame.
    start, stop : int or None
        The row groups of a Parquet file, or the bytes of a file of JSON lines, that it
        consists of; None for a whole file.
    frame : DataFrame, optional
        The partition, not yet computed until a task gets the part.
    """

    number: int
    url: str = ""
    start: int | None = None
    stop: int | None = None
    frame: Any = None

    @property
    def name(self) -> str:
        """What messages call it."""
        if not self.url:
            return f"partition {self.number}"
        if self.start is None:
            return self.url
        unit = "bytes" if kind_of(self.url) in _LINES else "row groups"
        return f"{self.url} ({unit} {self.start:,} to {self.stop:,})"

    def read(self) -> pd.DataFrame:
        """Read the papers, as ``read_abstracts`` does, with the columns that are needed.

        Raises
        ------
        ReadError
            If nothing of the part can be read.
        """
        parsed = self._parse() if self.frame is None else as_text_table(self.frame)
        if parsed.frame.empty and self.start is not None:
            return parsed.frame
        papers = as_papers([(self.name, parsed)], merge_duplicates=False)
        if "id" not in find_columns(parsed.frame.columns):
            papers["id"] = ""  # numbered when all parts are together
        attributes = papers.attrs
        papers = papers[[name for name in _COLUMNS if name in papers]]
        papers.attrs = attributes
        return papers

    def _parse(self) -> Parsed:
        import fsspec
        import pandas as pd
        import pyarrow.parquet as pq

        try:
            with fsspec.open(self.url, "rb") as file:
                if self.start is None or self.stop is None:
                    return parse(self.url, file.read())
                if kind_of(self.url) not in _LINES:
                    groups = range(self.start, self.stop)
                    table = pq.ParquetFile(file).read_row_groups(groups, use_threads=False)
                    return as_text_table(table.to_pandas())
                size = self.stop - self.start
                lines = fsspec.utils.read_block(file, self.start, size, delimiter=b"\n")
            return parse(self.url, lines) if lines.strip() else Parsed(pd.DataFrame())
        except ReadError:
            raise
        except Exception as error:  # a file system or a parser may raise anything
            raise ReadError(f"{self.name}: {error}") from error


def list_files(source: str) -> tuple[list[str], list[str], int]:
    """Return the files of a data set, in the order of their names, others, and their bytes.

    Parameters
    ----------
    source
        A file, a folder, or a pattern such as ``s3://papers/*.parquet``.

    Raises
    ------
    MissingPackageError
        If the file system needs a package that is not installed.
    ReadError
        If there are no files that can be read.
    """
    fs, path = file_system(source)
    found = (fs.glob if any(sign in path for sign in "*?[") else fs.find)(path, detail=True)
    # "_SUCCESS" and the like are hidden too.
    files = [file for file in sorted(found) if PurePosixPath(file).name[0] not in "._"]
    readable = [file for file in files if _is_readable(file)]
    if not readable:
        raise ReadError(
            f"{source}: no files of papers; expected a file, a folder, or a pattern such as "
            "'papers/*.parquet', of a type that read_abstracts can read"
        )
    size = sum(found[file].get("size") or fs.info(file)["size"] for file in readable)
    others = [file for file in files if file not in set(readable)]
    return [fs.unstrip_protocol(file) for file in readable], others, size


def _is_readable(path: str) -> bool:
    try:
        kind_of(path)
    except ReadError:
        return False
    return True


def parts_of_file(url: str) -> list[Part]:
    """Divide a file into parts; they are numbered later. A damaged file is a single part."""
    import fsspec
    import pyarrow.parquet as pq

    ranges: list[tuple[int, int]] = []
    with suppress(Exception):  # of any kind; it is named and counted when the part is read
        if url.lower().endswith(_LINES):
            fs, path = fsspec.core.url_to_fs(url)
            size = fs.info(path)["size"]
            if size > _BYTES:
                ranges = [(at, min(at + _BYTES, size)) for at in range(0, size, _BYTES)]
        elif url.lower().endswith(".parquet"):
            with fsspec.open(url, "rb") as file:
                metadata = pq.ParquetFile(file).metadata
            sizes = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
            ranges = list(_grouped(sizes))
    return [Part(0, url, *part) for part in ranges] or [Part(0, url)]


def _grouped(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield ranges of row groups with so many rows together."""
    start = rows = 0
    for number, size in enumerate(sizes):
        if rows and rows + size > _ROWS:
            yield start, number
            start, rows = number, 0
        rows += size
    if sizes:
        yield start, len(sizes)


def numbered(parts: Sequence[Part]) -> list[Part]:
    """Return the parts with their numbers."""
    return [replace(part, number=number) for number, part in enumerate(parts)]


def partitions(source: Any) -> list[Part] | None:
    """Return the partitions of a Dask DataFrame as parts, not computed; None for a path.

    Raises
    ------
    InputTypeError
        If it is neither.
    InputError
        If the DataFrame has neither titles nor abstracts.
    """
    import dask.dataframe as dd

    if isinstance(source, dd.DataFrame):
        if not {"title", "abstract"} & set(find_columns(source.columns)):
            raise InputError(
                f"the DataFrame has the columns {list(source.columns)}; expected a 'title' and/or "
                "an 'abstract' column"
            )
        frames = source.to_delayed()  # type: ignore[no-untyped-call]
        return [Part(number, frame=frame) for number, frame in enumerate(frames)]
    if isinstance(source, str) or hasattr(source, "__fspath__"):
        return None
    raise InputTypeError(
        f"the data set is a {type(source).__name__}; expected a file, a folder, a pattern such as "
        "'papers/*.parquet', a URL, or a dask DataFrame"
    )
