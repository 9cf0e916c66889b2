"""Tables: CSV and TSV, including the exports of databases; Excel and OpenDocument; Parquet."""

from __future__ import annotations

import csv
import io
import json
import re
from ast import literal_eval
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import accumulate, chain, pairwise
from typing import Any, Literal
from urllib.parse import unquote

import pandas as pd

from absclust.corpus.columns import RESULT_COLUMNS, field_of, find_bibliographic, plain_name
from absclust.corpus.people import split_people
from absclust.errors import ReadError
from absclust.io.formulas import unguarded
from absclust.io.json_records import record_of
from absclust.io.parsed import FIELDS, Parsed, flat, have_papers, join, whole
from absclust.io.tagged import LINE_END, WEB_OF_SCIENCE

Row = tuple[int, list[str]]  # its first line, counted from 1, and its fields

# Columns that identify an export -> our names of those columns that would be misunderstood.
_EXPORTS: dict[tuple[str, ...], dict[str, str]] = {
    tuple(export["has"]): {theirs: ours for ours, theirs in export.get("names", {}).items()}
    for export in FIELDS["exports"]
}
# Web of Science names the columns of its tables by the tags of its records.
_EXPORTS[("TI", "SO")] = {tags[0]: name for name, tags in WEB_OF_SCIENCE.fields.items()}
_COMMON = {theirs: ours for ours, names in FIELDS["common"].items() for theirs in names}
# R writes "Source title" as "Source.title".
_SPELT = {
    plain_name(name): name
    for name in (
        *chain(_COMMON, *_EXPORTS, *_EXPORTS.values()),
        *("Automatic Tags", "Extra", "DOI", "Index Keywords"),
    )
}
# What a table has that `to_csv` or the interactive map wrote, where formulas are guarded.
_OURS = (set(RESULT_COLUMNS), {"rows", "title", "theme", "strength"})
_SEPARATORS = ",;\t|"
_LONGEST_NAME = 40  # characters
_LAST_HEADER_LINE = 10  # some databases write lines of their own before the header, but not more
# A cell and the separator or line end after it. A quotation mark that neither ends the cell nor is
# doubled belongs to the text; so does, as a second reading, one of two that end the cell.
_CELLS = tuple(
    r'(?:"(?P<quoted>(?:' + doubled + r'|[^"]|"(?!{end}))*+)"'
    r'|(?P<plain>[^"{s}\r\n][^{s}\r\n]*|))(?P<end>{end})'
    for doubled in ('""', '""(?!{end})')
)
# What programs write for a missing value; all else is text ("None" may be the title of a paper).
_MISSING = ("NA", "N/A", "#N/A", "NaN", "nan", "NULL", "null", "None")
# The fields in which they can be nothing else.
_NO_SUCH_VALUE = {"year", "doi", "url", "authors", "keywords"}
# Columns with several values, besides authors and keywords.
_SEVERAL = {"institutions", "countries", "topics"}
_LONGEST_RECORD = 40  # rows of a record with a row for each field
_MOST_LINES = 50  # of a record whose quotation marks don't match
_MOST_SEPARATORS = 20  # for each column: abstracts are full of commas
_OBJECTS = ("[{", "{'", '{"')  # how objects begin
# Where Springer's names meet, as in "Inês SilvaJón Müller", except inside one such as "McDonald".
_SPRINGER_NAMES = re.compile(r"(?<=[^\W\d_])(?<!\bMc)(?<!\bMac)(?<!\b[DLO][aeiou])(?=[A-ZÀ-ÖØ-Þ])")


def read_delimited(text: str, separator: str | None = None) -> Parsed:
    r"""Read a table; records that don't fit the header are listed as broken.

    All values stay text, so that a paper called "None" keeps its title.

    Examples
    --------
    >>> table = read_delimited("title;abstract\nOn owls;They hoot, at night\na;b;c\n")
    >>> table.frame["abstract"].tolist(), table.broken
    (['They hoot, at night'], ('line 3 has 3 fields; the header has 2',))
    """
    if declared := re.match(r"\s*sep=(.)\s*\n", text):  # for spreadsheet programs
        separator, text = declared[1], text[declared.end() :]
    first, *_ = text.lstrip().split("\n", 1)
    separator = separator or separator_of(text) or max(_SEPARATORS, key=first.count)
    broken: list[str] = []
    return _table(list(_rows(text, separator, broken)), broken)


def separator_of(text: str) -> str:
    r"""Return what separates the names in the header of a table; "" if it has none that we know.

    Of lines that stand above the header, prose may have the names and the separators, too.

    Examples
    --------
    >>> separator_of("Search of May 2020, by Silva, I.\nTitle;Abstract\nOwls;They hoot, at night\n")
    ';'
    """
    lines = LINE_END.split(text.lstrip(), maxsplit=_LAST_HEADER_LINE + 1)
    for line, following in pairwise([*lines, ""][: _LAST_HEADER_LINE + 1]):
        # Only the header counts, because abstracts are full of commas and semicolons.
        mark = max(_SEPARATORS, key=line.count)
        names = line.replace('"', "").split(mark)
        several = sum(bool(field_of(n)) for n in names) > 1 and max(map(len, names)) < _LONGEST_NAME
        below = following.count(mark) >= line.count(mark)
        certain = (several and below) or (line is lines[0] and following.strip())
        if len(names) > 1 and certain and have_papers(names):
            return mark
    return ""


def read_spreadsheet(content: bytes) -> Parsed:
    """Read ``.xlsx``, ``.xls`` or ``.ods``: the first sheet whose header has names that we know."""
    try:
        book = pd.read_excel(
            io.BytesIO(content), None, header=None, dtype=str, na_filter=False, engine="calamine"
        )
    except BaseException as error:  # a panic of the parser's, on a damaged file, is no Exception
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise ReadError(f"not readable as a spreadsheet ({error})") from error
        raise
    sheets = {name: rows for name, sheet in book.items() if (rows := _with_text(sheet))}
    if not sheets:
        raise ReadError("all sheets are empty; expected one with a header and a row per paper")
    known = (name for name, rows in sheets.items() if _header_place(rows) is not None)
    read = next(known, next(iter(sheets)))
    others = [repr(name) for name in sheets if name != read]
    notes = [f"sheet {read!r} was read; not read: {', '.join(others)}"] if others else []
    return replace(_table(sheets[read], []), notes=tuple(notes))


def _with_text(sheet: pd.DataFrame) -> list[Row]:
    """Return the rows of a sheet that have text; dates are without midnight."""
    cells = sheet.replace(" 00:00:00$", "", regex=True).to_numpy().tolist()
    return [(line, row) for line, row in enumerate(cells, start=1) if any(map(str.strip, row))]


def _table(rows: list[Row], broken: list[str]) -> Parsed:
    """Make a table of its rows, the header among them."""
    if {"title", "authors"} <= {field_of(cells[0]) for _, cells in rows[:_LONGEST_RECORD]}:
        rows = _turned(rows)
    place = _header_place(rows) or 0  # after the lines that a database writes before it
    frame = _fitted(rows[place:], broken)
    if any(columns <= {*map(unguarded, frame.columns)} for columns in _OURS):
        frame = frame.map(unguarded).rename(columns=unguarded)
    frame = _known_export(_with_objects(_without_missing_marks(frame)))
    known = find_bibliographic(frame.columns)
    for name in {known.get("keywords"), known.get("authors"), *_SEVERAL} & {*frame.columns}:
        frame[name] = frame[name].map(_separated)
    if authors := known.get("authors"):
        frame[authors] = frame[authors].map(split_people)
    if (keywords := known.get("keywords")) and _joined_by_and(frame[keywords]):
        frame[keywords] = frame[keywords].str.replace(" and ", "; ")
    return Parsed(frame, tuple(broken), tuple(join(before, " ") for _, before in rows[:place]))


def _turned(rows: list[Row]) -> list[Row]:
    """Return a row per record of a table that has one per field, as Embase can write it."""
    records: list[dict[str, str]] = []
    for _, (name, *values) in rows:
        if name == rows[0][1][0]:
            records.append({})
        records[-1][name] = join(values)
    names = list(dict.fromkeys(name for record in records for name in record))
    body = [[record.get(name, "") for name in names] for record in records]
    return list(enumerate([names, *body], start=1))


def _with_objects(frame: pd.DataFrame) -> pd.DataFrame:
    """Read the columns with objects of JSON, as pandas writes what an API answered."""
    names = [name for name in frame if any(cell[:2] in _OBJECTS for cell in frame[name])]
    if not names:
        return frame
    rows = frame[names].map(_literal).to_dict("records")
    read = pd.DataFrame(map(record_of, rows), frame.index, dtype=object)
    new = read.loc[:, ~read.columns.isin(frame.columns.difference(names))]
    return frame.drop(columns=names).join(new.where(new.notna(), ""))


def _literal(cell: str) -> Any:
    """Return the value of a cell that is written as JSON or Python writes it, or else the cell."""
    for read in (json.loads, literal_eval):
        with suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            return read(cell)
    return cell


def _joined_by_and(cells: pd.Series[str]) -> bool:
    """Whether nothing but "and" separates the keywords, as R's synthesisr writes them."""
    return not cells.str.contains("[;|,\n]").any() and bool((cells.str.count(" and ") > 1).any())


def _separated(cell: str) -> str:
    """Separate by semicolons what OpenAlex does by bars, Embase by ";," and Python as a list."""
    if cell[:2] in ("['", '["') and isinstance(several := _literal(cell), list):
        return join(map(str, several))
    return re.sub(r";\s*,\s*", "; ", cell) if ";" in cell else cell.replace("|", "; ")


def _without_missing_marks(frame: pd.DataFrame) -> pd.DataFrame:
    """Empty the cells that a statistics program wrote for a missing value, such as R's NA.

    A paper may be called "NA", and a country be Namibia: the mark must stand where it can be no
    value, or in several columns.
    """
    marked = frame.loc[:, frame.isin(_MISSING).any()]
    columns = {mark: [n for n in marked if (marked[n] == mark).any()] for mark in _MISSING}
    marks = [
        mark
        for mark, names in columns.items()
        if len(names) > 1 or any(field_of(name) in _NO_SUCH_VALUE for name in names)
    ]
    return frame.mask(frame.isin(marks), "") if marks else frame


def _rows(text: str, separator: str, broken: list[str]) -> Iterator[Row]:
    """Yield the rows that have text. One with stray quotation marks is read as it is meant."""
    # Web of Science separates fields by tabs and does not escape quotes inside them.
    quoting: Literal[0, 3] = csv.QUOTE_NONE if text.startswith("PT\t") else csv.QUOTE_MINIMAL
    csv.field_size_limit(2**31 - 1)
    lines = list(io.StringIO(text, newline=""))
    marks = [*accumulate((line.count('"') for line in lines), initial=0)]  # before each line
    width = start = 0
    while start < len(lines):
        # A row goes on until its quotation marks are even in number.
        even = (n for n in range(start + 1, len(marks)) if (marks[n] - marks[start]) % 2 == 0)
        stop = next(even, start + 1) if quoting == csv.QUOTE_MINIMAL else start + 1
        reader = csv.reader(lines[start:stop], delimiter=separator, quoting=quoting, strict=True)
        numbers = (start + 1 + reader.line_num for _ in lines)  # each before its row is read
        try:
            rows = list(zip(numbers, reader, strict=False))
        except csv.Error as error:
            fields, n_lines = _stray_quotes(lines, start, separator, width)
            if not fields:
                broken.append(f"line {start + 1}: {error}; it has quotation marks that don't match")
            rows, stop = [(start + 1, fields)], start + n_lines
        for line, fields in rows:
            if any(map(str.strip, fields)):
                width = len(fields)
                yield line, fields
        start = stop


def _stray_quotes(
    lines: Sequence[str], start: int, separator: str, width: int
) -> tuple[list[str], int]:
    """Read a row with stray quotation marks; return its fields and its number of lines.

    If no reading has as many fields as the row before, there are no fields.
    """
    if fields := _cells(lines[start], separator, width):
        return fields, 1
    # A quotation mark that is never closed, if the next line is a whole row; tabs are in no text.
    plain = lines[start].rstrip("\r\n").split(separator)
    if separator == "\t" and len(plain) <= width:
        return plain, 1
    following = lines[start + 1] if start + 1 < len(lines) else ""
    whole = _cells(following, separator, width) or len(following.split(separator)) == width
    if len(plain) == width and (whole or not following):
        return plain, 1
    for stop in range(start + 2, min(start + _MOST_LINES, len(lines)) + 1):
        row = "".join(lines[start:stop])
        if fields := _cells(row, separator, width):
            return fields, stop - start
        if row.count(separator) > _MOST_SEPARATORS * width:
            break  # it goes on into other rows
    return [], 1


def _cells(row: str, separator: str, width: int) -> list[str]:
    """Split a row into cells; empty if it has not as many as the row before (0: there is none)."""
    s = re.escape(separator)
    for pattern in _CELLS:
        cell = re.compile(pattern.replace("{end}", rf"(?:{s}|\r?\n?\Z)").replace("{s}", s))
        cells, place, end = [], 0, separator
        while end == separator and (match := cell.match(row, place)):
            quoted, end = match["quoted"], match["end"]
            cells.append(match["plain"] if quoted is None else quoted.replace('""', '"'))
            place = match.end()
        if end != separator and len(cells) == (width or len(cells)):
            return cells
    return []


def _header_place(rows: list[Row]) -> int | None:
    """Return the place of the first row that has names of columns that we know."""
    first = enumerate(fields for _, fields in rows[:_LAST_HEADER_LINE])
    return next((i for i, row in first if (i == 0 or len(row) > 1) and have_papers(row)), None)


def _fitted(rows: list[Row], broken: list[str]) -> pd.DataFrame:
    """Return a table of the rows, with a field for each name in the first."""
    (_, header), *body = rows or [(1, [""])]
    one_more = [fields for _, fields in body if len(fields) == len(header) + 1]
    if 2 * len(one_more) > len(body) and any(fields[-1].strip() for fields in one_more):
        # A name is missing. Statistics programs leave out the first, which numbers the rows.
        numbers = [fields[0] for _, fields in body]
        numbered = numbers == [str(i) for i in range(1, len(body) + 1)]
        header = ["", *header] if numbered else [*header, ""]
    width = len(header)
    records = []
    for line, fields in body:
        if any(map(str.strip, fields[width:])):
            broken.append(f"line {line} has {len(fields)} fields; the header has {width}")
        else:
            records.append((fields + [""] * width)[:width])
    if broken and not records:
        raise ReadError(f"not readable as a table ({broken[0]}); no record fits the header")
    # Names that repeat or are missing become those that pandas gives them: "a.1", "Unnamed: 2".
    file = io.StringIO()
    csv.writer(file).writerow(header)
    file.seek(0)
    return pd.DataFrame(records, columns=pd.read_csv(file, nrows=0).columns, dtype=object)


def _known_export(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the columns of a known export our names, and read what it writes in its own way."""
    frame = frame.rename(columns=lambda n: _SPELT.get(plain_name(n), n) if "." in n else n)
    export = next((e for e in _EXPORTS if set(e) <= set(frame.columns)), None)
    if export is None:
        return frame
    # Web of Science may end its lines with a tab, which makes an empty last column.
    last = frame.columns[-1]
    if last.startswith("Unnamed: ") and not frame[last].any():
        frame = frame.drop(columns=last)
    names = {old: new for old, new in (_COMMON | _EXPORTS[export]).items() if old in frame}
    taken = {*frame.columns, *(new for new, times in Counter(names.values()).items() if times > 1)}
    frame = frame.rename(columns={old: new for old, new in names.items() if new not in taken})
    columns = set(frame.columns)
    if {"keywords", "Automatic Tags"} <= columns:  # Zotero
        tags = zip(frame["keywords"], frame.pop("Automatic Tags"), strict=True)
        frame["keywords"] = [join(dict.fromkeys(join(both).split("; "))) for both in tags]
    if {"Item DOI", "Authors"} <= columns:  # Springer
        frame["Authors"] = frame["Authors"].map(lambda names: _SPRINGER_NAMES.sub("; ", names))
    for inside in FIELDS["inside"]:
        if {*inside["has"], inside["column"]} <= columns:
            found = frame[inside["column"]].str.extract(inside["pattern"], expand=False)
            found = found.fillna("").map(unquote)
            own = frame.get(inside["is"], found)
            frame[inside["is"]] = own.where(own != "", found)
    if {"start_page", "end_page"} <= columns:
        pages = zip(frame.pop("start_page"), frame.pop("end_page"), strict=True)
        frame["pages"] = [join(both, "-") for both in pages]
    return frame


def read_parquet(content: bytes) -> Parsed:
    """Read a Parquet file."""
    try:
        frame = pd.read_parquet(io.BytesIO(content), engine="pyarrow")
    except Exception as error:  # the parser may raise anything
        raise ReadError(f"not readable as Parquet ({error})") from error
    return as_text_table(frame)


def as_text_table(frame: pd.DataFrame) -> Parsed:
    """Return a table whose missing values are empty strings, like those of all other files."""
    frame = whole(frame).astype(object).map(flat)
    frame.attrs = {}
    return Parsed(frame.where(frame.notna(), ""))
