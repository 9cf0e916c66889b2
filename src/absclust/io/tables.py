"""Tables: CSV and TSV, including exports from Scopus and Web of Science; Parquet."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from absclust.errors import ReadError
from absclust.io.parsed import Parsed
from absclust.io.tagged import WEB_OF_SCIENCE

if TYPE_CHECKING:
    import pandas as pd

_SCOPUS = {
    "EID": "id",
    "Title": "title",
    "Abstract": "abstract",
    "Year": "year",
    "DOI": "doi",
    "Link": "url",
    "Authors": "authors",
    "Author Keywords": "keywords",
    "Source title": "journal",
    "Document Type": "type",
    "Volume": "volume",
    "Issue": "number",
}
_WEB_OF_SCIENCE_NAMES = {
    "UT (Unique WOS ID)": "id",
    "Article Title": "title",
    "Abstract": "abstract",
    "Publication Year": "year",
    "DOI": "doi",
    "Author Full Names": "authors",
    "Author Keywords": "keywords",
    "Source Title": "journal",
    "Document Type": "type",
    "Volume": "volume",
    "Issue": "number",
}
_WEB_OF_SCIENCE_TAGS = {tags[0]: name for name, tags in WEB_OF_SCIENCE.fields.items()}
# Columns that identify an export -> our names of its columns.
_EXPORTS: dict[tuple[str, ...], Mapping[str, str]] = {
    ("EID", "Source title"): _SCOPUS,
    ("UT (Unique WOS ID)", "Article Title"): _WEB_OF_SCIENCE_NAMES,
    ("PT", "TI", "UT"): _WEB_OF_SCIENCE_TAGS,
}


def read_delimited(text: str, separator: str | None = None) -> Parsed:
    r"""Read a table; records with more fields than the header are listed as broken.

    All values stay text, so that a paper called "None" keeps its title.

    Examples
    --------
    >>> table = read_delimited("title;abstract\nOn owls;They hoot, at night\na;b;c\n")
    >>> table.frame["abstract"].tolist(), table.broken
    (['They hoot, at night'], ('line 3 has 3 fields; the header has 2',))
    """
    import pandas as pd

    header = (text.strip().splitlines() or [""])[0]
    # Only the header counts, because abstracts are full of commas and semicolons.
    separator = separator or max(",;\t|", key=header.count)
    broken: list[str] = []
    records = _records(text, separator, broken)
    names = _unique(next(records, []))
    frame = pd.DataFrame(list(records), columns=names, dtype=object)
    if frame.empty and broken:
        raise ReadError(f"not readable as a table ({broken[0]}); no record fits the header")
    return Parsed(_known_names(frame), tuple(broken))


def _records(text: str, separator: str, broken: list[str]) -> Iterator[list[str]]:
    """Yield the header, then records of the same length; blank lines are ignored."""
    # Web of Science separates fields by tabs and does not escape quotes inside them.
    raw = text.startswith("PT\t")
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        quoting=csv.QUOTE_NONE if raw else csv.QUOTE_MINIMAL,
        strict=True,
    )
    width = 0
    try:
        for fields in reader:
            if len(fields) < 2 and not "".join(fields).strip():
                continue
            width = width or len(fields)
            surplus = [field for field in fields[width:] if field.strip()]
            if surplus:
                broken.append(
                    f"line {reader.line_num} has {len(fields)} fields; the header has {width}"
                )
            else:
                yield fields[:width] + [""] * (width - len(fields))
    except csv.Error as error:
        raise ReadError(f"not readable as a table (line {reader.line_num}: {error})") from error


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


def _known_names(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Give the columns of a known export our names."""
    for signature, names in _EXPORTS.items():
        if set(signature) <= set(frame.columns):
            # Web of Science may end its lines with a tab, which makes an empty last column.
            last = frame.columns[-1]
            if last.startswith("Unnamed: ") and not frame[last].any():
                frame = frame.drop(columns=last)
            return frame.rename(columns=names)
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
