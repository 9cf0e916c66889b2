"""What a data set consists of: parts that are read one at a time, each where a worker is."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from absclust.corpus.columns import find_columns
from absclust.dataset.store import file_system, reached
from absclust.errors import ReadError
from absclust.io.papers import as_papers
from absclust.io.parsed import Parsed
from absclust.io.read import can_read, kind_of, parse
from absclust.io.tables import as_text_table

# How much a part holds. It is read whole, so this bounds the memory of a worker.
_ROWS = 50_000  # of Parquet files: whole row groups, at least one
_BYTES = 64_000_000  # of other files; of these, those of JSON lines are divided
_UNPACKED = 4  # times the size of a compressed file of texts
_LINES = (".jsonl", ".ndjson")
# What later stages know; other columns stay in the source.
_COLUMNS = ("id", "title", "abstract", "year", "keywords", "doi", "url", "authors", "journal")


@dataclass(frozen=True)
class Piece:
    """What is read at once: a file, or a range of one.

    Attributes
    ----------
    url : str
        The file.
    share : float
        How much of a part it fills.
    start, stop : int or None
        The row groups of a Parquet file, or the bytes of a file of JSON lines, that it
        consists of; None for a whole file.
    """

    url: str
    share: float = 1
    start: int | None = None
    stop: int | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        if self.start is None:
            return self.url
        unit = "bytes" if kind_of(self.url) in _LINES else "row groups"
        return f"{self.url} ({unit} {self.start:,} to {self.stop:,})"

    def read(self) -> pd.DataFrame:
        """Read the papers, as ``read_abstracts`` does, with the columns that are needed.

        Raises
        ------
        ReadError
            If nothing of it can be read.
        """
        parsed = self._parse()
        if parsed.frame.empty and self.start is not None:
            return parsed.frame
        papers = as_papers([(self.name, parsed)], merge_duplicates=False)
        if "id" not in find_columns(parsed.frame.columns):
            papers["id"] = ""  # numbered when all parts are together
        return papers.filter(items=_COLUMNS)

    def _parse(self) -> Parsed:
        import fsspec

        with reached(self.name, ReadError), fsspec.open(self.url, "rb") as file:
            if self.start is None or self.stop is None:
                return parse(self.url, file.read())
            if kind_of(self.url) not in _LINES:
                groups = range(self.start, self.stop)
                table = pq.ParquetFile(file).read_row_groups(groups, use_threads=False)
                return as_text_table(table.to_pandas())
            size = self.stop - self.start
            lines = fsspec.utils.read_block(file, self.start, size, delimiter=b"\n")
            return parse(self.url, lines) if lines.strip() else Parsed(pd.DataFrame())


@dataclass(frozen=True)
class Part:
    """Pieces of a data set that are small enough to be held in memory together.

    Attributes
    ----------
    number : int
        Its place in the data set.
    pieces : tuple of Piece
        In their order.
    """

    number: int
    pieces: tuple[Piece, ...]


def list_files(source: Any) -> tuple[dict[str, int], list[str]]:
    """Return the files of a data set in the order of their names, with their bytes; and others.

    Parameters
    ----------
    source
        A file, a folder, or a pattern such as ``s3://papers/*.parquet``.

    Raises
    ------
    MissingPackageError
        If the file system needs a package that is not installed.
    OptionError
        If the source is neither a str nor a path.
    ReadError
        If there are no files that can be read.
    """
    fs, path = file_system(source)
    with reached(source, ReadError):
        found = fs.glob(path) if any(sign in path for sign in "*?[") else fs.find(path)
    # "_SUCCESS" and the like are hidden too.
    files = [file for file in sorted(found) if PurePosixPath(file).name[0] not in "._"]
    readable = [file for file in files if can_read(file)]
    if not readable:
        raise ReadError(
            f"{source}: no files of papers; expected a file, a folder, or a pattern such as "
            "'papers/*.parquet', of a type that read_abstracts can read"
        )
    others = [file for file in files if not can_read(file)]
    urls = map(fs.unstrip_protocol, readable)
    return dict(zip(urls, fs.sizes(readable), strict=True)), others


def pieces_of_files(sizes: Mapping[str, int]) -> list[Piece]:
    """Divide files, given with their sizes in bytes; a damaged file is a single piece."""
    return [piece for url, size in sizes.items() for piece in _divided(url, size)]


def _divided(url: str, size: int) -> list[Piece]:
    import fsspec

    share = size / _BYTES
    if url.lower().endswith(_LINES) and share > 1:
        ends = [*range(0, size, _BYTES), size]
        return [Piece(url, (b - a) / _BYTES, a, b) for a, b in pairwise(ends)]
    if url.lower().endswith(".parquet"):
        with suppress(Exception), fsspec.open(url, "rb") as file:  # it is named when it is read
            about = pq.ParquetFile(file).metadata
            rows = [about.row_group(group).num_rows for group in range(about.num_row_groups)]
            if rows:
                return [Piece(url, n / _ROWS, group, group + 1) for group, n in enumerate(rows)]
    return [Piece(url, share * (_UNPACKED if url.lower().endswith(".gz") else 1))]


def parts_of(pieces: Iterable[Piece]) -> list[Part]:
    """Make parts of pieces, in their order: as many together as fill one, so that none is small."""
    parts: list[list[Piece]] = []
    filled = float("inf")
    for piece in pieces:
        filled += piece.share
        if filled > 1:
            parts.append([])
            filled = piece.share
        last = parts[-1][-1] if parts[-1] else None
        if last and last.url == piece.url and last.stop == piece.start:
            parts[-1][-1] = replace(last, stop=piece.stop)  # read at once
        else:
            parts[-1].append(piece)
    return [Part(number, tuple(several)) for number, several in enumerate(parts)]
