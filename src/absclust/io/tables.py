"""Tables: CSV and TSV, with the exports of Scopus and Web of Science among them; Parquet."""

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
_WEB_OF_SCIENCE_TAGS = {tags[0]: ours for ours, tags in WEB_OF_SCIENCE.fields.items()}
# Columns by which an export is known -> our names of its columns.
_EXPORTS: dict[tuple[str, ...], Mapping[str, str]] = {
    ("EID", "Source title"): _SCOPUS,
    ("UT (Unique WOS ID)", "Article Title"): _WEB_OF_SCIENCE_NAMES,
    ("PT", "TI", "UT"): _WEB_OF_SCIENCE_TAGS,
}


def read_delimited(text: str, separator: str | None = None) -> Parsed:
    r"""Read a table; records with more fields than its header are set aside and named.

    Every value stays the text it is, so that a paper called "None" keeps its title.

    Examples
    --------
    >>> found = read_delimited("title;abstract\nOn owls;They hoot, at night\na;b;c\n")
    >>> found.frame["abstract"].tolist(), found.broken
    (['They hoot, at night'], ('line 3 has 3 fields, the header 2',))
    """
    import pandas as pd

    header = (text.strip().splitlines() or [""])[0]
    # Counted in the header alone: commas and semicolons abound in abstracts.
    separator = separator or max(",;\t|", key=header.count)
    broken: list[str] = []
    records = _records(text, separator, broken)
    names = _unique(next(records, []))
    frame = pd.DataFrame(list(records), columns=names, dtype=object)
    if frame.empty and broken:
        raise ReadError(f"not a readable table ({broken[0]})")
    return Parsed(_known_names(frame), tuple(broken))


def _records(text: str, separator: str, broken: list[str]) -> Iterator[list[str]]:
    """Yield the header, then the records, as long as it; blank lines are nothing."""
    # Web of Science puts tabs between fields and quotes inside them, as they come.
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
                    f"line {reader.line_num} has {len(fields)} fields, the header {width}"
                )
            else:
                yield fields[:width] + [""] * (width - len(fields))
    except csv.Error as error:
        raise ReadError(f"not a readable table (line {reader.line_num}: {error})") from error


def _unique(names: list[str]) -> list[str]:
    """Make names unique, as pandas does: "a", "a.1"; those without one by their place."""
    found: dict[str, int] = {}  # name -> how many copies have been numbered
    for place, name in enumerate(names):
        base = name or f"Unnamed: {place}"
        unique = base
        while unique in found:
            found[base] += 1
            unique = f"{base}.{found[base]}"
        found[unique] = 0
    return list(found)


def _known_names(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Give the columns of a known export our names; a line's end may be a tab too many."""
    for signature, names in _EXPORTS.items():
        if set(signature) <= set(frame.columns):
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
    except Exception as error:  # whatever the parser stumbles over
        raise ReadError(f"not a readable Parquet file ({error})") from error
    frame = frame.astype(object)
    frame.attrs = {}
    return Parsed(frame.where(frame.notna(), ""))
