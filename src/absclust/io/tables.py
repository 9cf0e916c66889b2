"""Tables: CSV and TSV, including the exports of databases; Parquet."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

from absclust.corpus.column_names import COMMON, EXPORTS, RESULT_COLUMNS
from absclust.corpus.columns import find_bibliographic, find_columns
from absclust.corpus.people import split_people
from absclust.errors import InputError, ReadError
from absclust.io.formulas import unguarded
from absclust.io.parsed import Parsed, join
from absclust.io.tagged import WEB_OF_SCIENCE

if TYPE_CHECKING:
    import pandas as pd

Row = tuple[int, list[str]]  # its first line, counted from 1, and its fields

# Web of Science names the columns of its tables by the tags of its records.
_EXPORTS = EXPORTS | {
    ("PT", "TI", "UT"): {tags[0]: name for name, tags in WEB_OF_SCIENCE.fields.items()}
}
# What a table has that `to_csv` or the interactive map wrote, where formulas are guarded.
_OURS = (set(RESULT_COLUMNS), {"rows", "title", "theme", "strength"})
_LAST_HEADER_LINE = 10  # some databases write lines of their own before the header, but not more
# A cell and the separator or line end after it. A quotation mark that neither ends the cell nor is
# doubled belongs to the text; so does, as a second reading, one of two that end the cell.
_CELLS = tuple(
    r'(?:"(?P<quoted>(?:' + doubled + r'|[^"]|"(?!{end}))*+)"'
    r'|(?P<plain>[^"{s}\r\n][^{s}\r\n]*|))(?P<end>{end})'
    for doubled in ('""', '""(?!{end})')
)
_MOST_LINES = 50  # of a record whose quotation marks don't match
_PATIENCE = 20  # times that the lines of a file are read to find the end of a cell
_MOST_SEPARATORS = 20  # for each column: abstracts are full of commas
# The first year in "Annals of Owls (2019) 7:2 (33-41). Date of Publication: 1 Mar 2019".
_EMBASE_YEAR = re.compile(r"\((\d{4})\)")
_EXTRA_DOI = re.compile(r"(?m)^DOI: *(10\.\S+)")
_EMBASE_DOI = re.compile(r"[?&]id=doi:(10\.[^&]+)")
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
    import pandas as pd

    header = (text.strip().splitlines() or [""])[0]
    if declared := re.fullmatch(r"sep=(.)", header.strip()):  # for spreadsheet programs
        separator, text = declared[1], text.strip().split("\n", 1)[-1]
    # Only the header counts, because abstracts are full of commas and semicolons.
    separator = separator or max(",;\t|", key=header.count)
    broken: list[str] = []
    skipped: list[str] = []
    rows = _after_preamble(list(_rows(text, separator, broken)), skipped)
    names, records = _fitted(rows, broken)
    if any(columns <= set(names) for columns in _OURS):
        names, records = [*map(unguarded, names)], [[*map(unguarded, cells)] for cells in records]
    frame = pd.DataFrame(records, columns=names, dtype=object)
    if frame.empty and broken:
        raise ReadError(f"not readable as a table ({broken[0]}); no record fits the header")
    frame = _known_export(frame)
    if authors := find_bibliographic(frame.columns).get("authors"):
        frame[authors] = frame[authors].map(split_people)
    return Parsed(frame, tuple(broken), tuple(skipped))


def _rows(text: str, separator: str, broken: list[str]) -> Iterator[Row]:
    """Yield the rows that have text. One with stray quotation marks is read as it is meant."""
    # Web of Science separates fields by tabs and does not escape quotes inside them.
    quoting: Literal[0, 3] = csv.QUOTE_NONE if text.startswith("PT\t") else csv.QUOTE_MINIMAL
    csv.field_size_limit(2**31 - 1)
    lines: list[str] = []  # of the text, where they are needed
    width = 0  # number of fields of the row before
    place = start = 0
    # How many lines may be read in vain, for a quotation mark that is never closed.
    patience = _PATIENCE * text.count("\n")

    def following() -> Iterator[str]:
        for number in range(place, len(lines)):
            if number - start > max(patience, _MOST_LINES):
                raise csv.Error("a cell without end")
            yield lines[number]

    while not lines or place < len(lines):
        reader = csv.reader(
            following() if lines else io.StringIO(text, newline=""),
            delimiter=separator, quoting=quoting, strict=True,
        )  # fmt: skip
        start = place
        try:
            for fields in reader:
                if any(map(str.strip, fields)):
                    width = len(fields)
                    yield start + 1, fields
                start = place + reader.line_num
            break
        except csv.Error as error:
            patience -= place + reader.line_num - start
            lines = lines or list(io.StringIO(text, newline=""))
            fields, n_lines = _stray_quotes(lines, start, separator, width)
            if fields:
                width = len(fields)
                yield start + 1, fields
            else:
                broken.append(f"line {start + 1}: {error}; it has quotation marks that don't match")
            place = start + n_lines


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


def _after_preamble(rows: list[Row], skipped: list[str]) -> list[Row]:
    """Drop the lines that a database writes before the header, if a header follows."""
    if not rows or _is_header(rows[0][1]):
        return rows
    for number, (_, fields) in enumerate(rows[:_LAST_HEADER_LINE]):
        if len(fields) > 1 and _is_header(fields):
            skipped += [join(before, " ") for _, before in rows[:number]]
            return rows[number:]
    return rows


def _is_header(fields: Sequence[str]) -> bool:
    try:
        return bool(find_columns(fields))
    except InputError:
        return False


def _fitted(rows: list[Row], broken: list[str]) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns, and the records with a field for each."""
    if not rows:
        return [], []
    (_, header), *body = rows
    one_more = [fields for _, fields in body if len(fields) == len(header) + 1]
    if 2 * len(one_more) > len(body) and any(fields[-1].strip() for fields in one_more):
        # A name is missing. Statistics programs leave out the first, which numbers the rows.
        numbers = [fields[0] for _, fields in body]
        numbered = numbers == [str(i) for i in range(1, len(body) + 1)]
        header = ["", *header] if numbered else [*header, ""]
    width = len(header)
    records = []
    for line, fields in body:
        if len(fields) == width:
            records.append(fields)
        elif any(map(str.strip, fields[width:])):
            broken.append(f"line {line} has {len(fields)} fields; the header has {width}")
        else:
            records.append((fields + [""] * width)[:width])
    return _unique(header), records


def _unique(names: list[str]) -> list[str]:
    """Make names unique as pandas does: "a", "a.1"; empty names are numbered by position."""
    copies: dict[str, int] = {}  # name -> number of its copies so far
    for place, name in enumerate(names):
        base = name or f"Unnamed: {place}"
        unique = base
        while unique in copies:
            copies[base] += 1
            unique = f"{base}.{copies[base]}"
        copies[unique] = 0
    return list(copies)


def _known_export(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Give the columns of a known export our names, and read what it writes in its own way."""
    export = next((e for e in _EXPORTS if set(e) <= set(frame.columns)), None)
    if export is None:
        return frame
    # Web of Science may end its lines with a tab, which makes an empty last column.
    last = frame.columns[-1]
    if last.startswith("Unnamed: ") and not frame[last].any():
        frame = frame.drop(columns=last)
    names = {old: new for old, new in (COMMON | dict(_EXPORTS[export])).items() if old in frame}
    taken = {*frame.columns, *(new for new, times in Counter(names.values()).items() if times > 1)}
    frame = frame.rename(columns={old: new for old, new in names.items() if new not in taken})
    columns = set(frame.columns)
    if {"keywords", "Automatic Tags"} <= columns:  # Zotero
        tags = zip(frame["keywords"], frame.pop("Automatic Tags"), strict=True)
        frame["keywords"] = [join(dict.fromkeys(join(both).split("; "))) for both in tags]
    if {"Extra", "DOI"} <= columns:  # Zotero, for types that have no field for it
        extra = frame["Extra"].str.extract(_EXTRA_DOI, expand=False).fillna("")
        frame["DOI"] = frame["DOI"].where(frame["DOI"] != "", extra)
    if {"Item DOI", "Authors"} <= columns:  # Springer
        frame["Authors"] = frame["Authors"].map(lambda names: _SPRINGER_NAMES.sub("; ", names))
    if {"Open URL Link", "journal"} <= columns:  # Embase
        frame["year"] = frame["journal"].str.extract(_EMBASE_YEAR, expand=False).fillna("")
        dois = frame["Open URL Link"].str.extract(_EMBASE_DOI, expand=False).fillna("")
        frame["doi"] = dois.map(unquote)
    if {"start_page", "end_page"} <= columns:
        pages = zip(frame.pop("start_page"), frame.pop("end_page"), strict=True)
        frame["pages"] = [join(both, "-") for both in pages]
    return frame


def read_parquet(content: bytes) -> Parsed:
    """Read a Parquet file."""
    import pandas as pd

    try:
        frame = pd.read_parquet(io.BytesIO(content), engine="pyarrow")
    except Exception as error:  # the parser may raise anything
        raise ReadError(f"not readable as Parquet ({error})") from error
    return as_text_table(frame)


def as_text_table(frame: "pd.DataFrame") -> Parsed:
    """Return a table whose missing values are empty strings, like those of all other files."""
    frame = frame.astype(object)
    frame.attrs = {}
    return Parsed(frame.where(frame.notna(), ""))
