"""Files to a DataFrame with the columns id, title, abstract, year and more."""

import csv
import gzip
import io
import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from absclust.columns import find_columns
from absclust.errors import InputError, ReadError

if TYPE_CHECKING:
    import pandas as pd

_ABSTRACT_MIN_WORDS = 30  # the shortest paragraph of a page that is an abstract
_WRAPPED_LINE_MAX = 120  # lines up to this long, several to a paragraph, were wrapped by hand


def read_abstracts(path: str | Path) -> "pd.DataFrame":
    r"""Read papers from a file.

    Parameters
    ----------
    path
        ``.csv``, ``.tsv``, ``.jsonl`` / ``.ndjson``, ``.json`` or ``.parquet``
        with an abstract or a title in each record, or ``.txt`` / ``.md``: a
        page of titles, each followed by its abstract. All but Parquet may be
        compressed (``.csv.gz``).

    Returns
    -------
    pandas.DataFrame
        One row a record, in the file's order, with the columns ``id``,
        ``title``, ``abstract`` and ``year``, then the file's other columns
        under their own names. A value that the file lacks is the empty string.
        For a page, ``frame.attrs["skipped"]`` lists the lines that belong to
        no paper.

    Raises
    ------
    ReadError
        If the file is missing, broken, empty, or of an unknown format.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "papers.csv"
    ...     _ = file.write_text("Title,Abstract\nDeep Q,We study Q-learning.\n")
    ...     read_abstracts(file)[["title", "abstract"]].iloc[0].tolist()
    ['Deep Q', 'We study Q-learning.']
    """
    path = Path(path)
    suffixes = [s.lower() for s in path.suffixes]
    kind = suffixes[-2] if suffixes[-1:] == [".gz"] and len(suffixes) > 1 else path.suffix.lower()
    if kind not in _READERS:
        known = ", ".join(sorted(_READERS))
        raise ReadError(f"{path}: can't read files of type {kind or '(none)'!r}; known are {known}")
    content = _content(path)
    if not content.strip():
        raise ReadError(f"{path}: the file is empty")
    frame = _READERS[kind](content, path)
    return _standard_columns(frame, path)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.suffix.lower() == ".gz" else content
    except FileNotFoundError:
        raise ReadError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise ReadError(f"{path}: is a folder; expected a file") from None
    except (OSError, EOFError) as error:
        raise ReadError(f"{path}: {error}") from error


def _text(content: bytes) -> str:
    """Decode UTF-8 with or without a mark, UTF-16 with one, else Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _read_delimited(content: bytes, path: Path) -> "pd.DataFrame":
    import pandas as pd

    text = _text(content)
    header = (text.strip().splitlines() or [""])[0]
    # Counted in the header alone: commas and semicolons abound in abstracts.
    separator = max(",;\t|", key=header.count) if path.suffix.lower() != ".tsv" else "\t"
    csv.field_size_limit(2**31 - 1)
    try:
        with warnings.catch_warnings():
            # pandas only warns when it drops the surplus fields of a record.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            # The Python engine names the line of a broken record; nothing is taken
            # for missing, so that a paper called "None" or "NA" keeps its title.
            return pd.read_csv(
                io.StringIO(text),
                sep=separator,
                dtype=str,
                keep_default_na=False,
                engine="python",
                index_col=False,
            ).fillna("")
    except (
        pd.errors.ParserError,
        pd.errors.ParserWarning,
        pd.errors.EmptyDataError,
        csv.Error,
    ) as error:
        raise ReadError(f"{path}: not a readable table ({error})") from error


def _read_json_lines(content: bytes, path: Path) -> "pd.DataFrame":
    records = []
    for number, line in enumerate(_text(content).split("\n"), start=1):
        if line.strip():
            records.append(_record(_parse_json(line, f"{path}, line {number}"), path, number))
    return _frame(records)


def _read_json(content: bytes, path: Path) -> "pd.DataFrame":
    data = _parse_json(_text(content), str(path))
    if isinstance(data, dict):
        lists = {k: v for k, v in data.items() if isinstance(v, list) and v}
        if len(lists) != 1:
            raise ReadError(
                f"{path}: expected a list of records, or an object with one list of records "
                f"in it; got an object with the keys {', '.join(map(repr, data)) or '(none)'}"
            )
        data = next(iter(lists.values()))
    if not isinstance(data, list):
        raise ReadError(f"{path}: expected a list of records; got {type(data).__name__}")
    return _frame([_record(item, path, number) for number, item in enumerate(data, start=1)])


def _parse_json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ReadError(f"{where}: not JSON ({error})") from error


def _record(item: Any, path: Path, number: int) -> dict[str, Any]:
    if isinstance(item, str):
        return {"abstract": item}
    if not isinstance(item, dict):
        raise ReadError(
            f"{path}: record {number} is {type(item).__name__}; expected an object with an "
            "abstract, or a string"
        )
    return item


def _frame(records: list[dict[str, Any]]) -> "pd.DataFrame":
    import pandas as pd

    # dtype=object keeps integers whole where some records lack them.
    frame = pd.DataFrame(records, dtype=object)
    return frame.where(frame.notna(), "")


def _read_parquet(content: bytes, path: Path) -> "pd.DataFrame":
    import pandas as pd
    import pyarrow as pa

    try:
        frame = pd.read_parquet(io.BytesIO(content), engine="pyarrow")
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ReadError(f"{path}: not a readable Parquet file ({error})") from error
    frame = frame.astype(object)
    return frame.where(frame.notna(), "")


def _read_page(content: bytes, path: Path) -> "pd.DataFrame":
    """Read a page of titles, each followed by its abstract, as saved from a web site."""
    import pandas as pd

    records: list[dict[str, str]] = []
    skipped: list[str] = []
    title = ""
    for paragraph in _paragraphs(_text(content)):
        if len(paragraph.split()) < _ABSTRACT_MIN_WORDS:
            if title:
                skipped.append(title)
            title = paragraph
        elif title or not records or not records[-1]["title"]:
            records.append({"title": title, "abstract": paragraph})
            title = ""
        else:
            # On a page with titles a second long paragraph goes on with the abstract.
            records[-1]["abstract"] += " " + paragraph
    if title:
        skipped.append(title)
    if not records:
        raise ReadError(
            f"{path}: found no abstract (a paragraph of {_ABSTRACT_MIN_WORDS} words or more) "
            "in this page; expected titles, each followed by its abstract"
        )
    frame = pd.DataFrame(records, dtype=object)
    frame.attrs["skipped"] = skipped
    return frame


def _paragraphs(text: str) -> list[str]:
    paragraphs: list[str] = []
    for block in re.split(r"\n[^\S\n]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        wrapped = len(lines) > 2 and max(map(len, lines)) <= _WRAPPED_LINE_MAX
        paragraphs.extend([" ".join(lines)] if wrapped else lines)
    return paragraphs


def _standard_columns(frame: "pd.DataFrame", path: Path) -> "pd.DataFrame":
    """Rename the columns that are known and put them first."""
    try:
        columns = find_columns(frame.columns)
    except InputError as error:
        raise ReadError(f"{path}: {error}") from error
    if frame.empty:
        raise ReadError(f"{path}: the file has columns but no records")
    attrs = frame.attrs
    first = ["id", "title", "abstract", "year"]
    frame = frame.rename(columns={columns[name]: name for name in first if name in columns})
    for name in first:
        if name not in frame:
            frame[name] = "" if name != "id" else [str(i + 1) for i in range(len(frame))]
    frame = frame[[*first, *(c for c in frame.columns if c not in first)]].copy()
    frame.attrs = attrs
    return frame


_READERS: dict[str, Callable[[bytes, Path], "pd.DataFrame"]] = {
    ".csv": _read_delimited,
    ".tsv": _read_delimited,
    ".jsonl": _read_json_lines,
    ".ndjson": _read_json_lines,
    ".json": _read_json,
    ".parquet": _read_parquet,
    ".txt": _read_page,
    ".md": _read_page,
}
