"""Records of tagged lines: RIS, PubMed (``.nbib``), Web of Science, EndNote (``.enw``) and others.

The formats differ only in how a tag is written and which tags begin and end a record.
A record without its end mark is kept, because files are cut off or edited by hand.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from absclust.corpus.columns import year_in
from absclust.io.parsed import Parsed, join, parsed, person

Lines = list[tuple[str, list[str]]]  # tag and the lines of its value, in the file's order


@dataclass(frozen=True)
class Dialect:
    """How a format writes its records.

    Attributes
    ----------
    line : re.Pattern
        A tagged line; its groups are tag and value. Other lines continue the value
        before them.
    first, last : str
        Tags that begin and end a record; ``last`` is empty if no tag ends one. In a file without
        the first of them, its first tag begins each record.
    fields : mapping of str to tuple of str
        Our name of a field -> the format's tags, best first.
    repeated : frozenset of str
        Our names of the fields that may have several values, one per line.
    wrapped : bool
        Whether lines are wrapped at a fixed width, so that line ends mean nothing.
    """

    line: re.Pattern[str]
    first: str
    last: str
    fields: Mapping[str, tuple[str, ...]]
    repeated: frozenset[str] = field(default=frozenset({"authors", "editor", "keywords"}))
    wrapped: bool = False

    @cached_property
    def known(self) -> frozenset[str]:
        """All tags that have one of our names."""
        return frozenset(chain.from_iterable(self.fields.values()))


RIS = Dialect(
    re.compile(r"([A-Z][A-Z0-9])  -(?: (.*)|)$"),
    "TY",
    "ER",
    {
        "type": ("TY",),
        "id": ("ID", "AN"),
        "title": ("TI", "T1", "CT"),
        "abstract": ("AB", "N2"),
        "year": ("PY", "Y1"),
        "date": ("DA",),
        "doi": ("DO",),
        "url": ("UR",),
        "authors": ("AU", "A1"),
        "editor": ("A2", "ED"),
        "keywords": ("KW",),
        "journal": ("T2", "JO", "JF", "JA"),
        "volume": ("VL",),
        "number": ("IS",),
        "publisher": ("PB",),
        "issn": ("SN",),
        "language": ("LA",),
        "start_page": ("SP",),
        "end_page": ("EP",),
        "notes": ("N1",),
    },
)
NBIB = Dialect(
    re.compile(r"(?=.{4}-)([A-Z]{2,4}) {0,2}-(?: (.*)|)$"),
    "PMID",
    "",
    {
        "id": ("PMID", "OID"),  # OID is that of ERIC
        "type": ("PT",),
        "title": ("TI", "BTI"),
        "abstract": ("AB", "OAB"),
        "date": ("DP",),
        "authors": ("FAU", "AU"),
        "keywords": ("OT",),
        "journal": ("JT", "TA"),
        "volume": ("VI",),
        "number": ("IP",),
        "pages": ("PG",),
        "language": ("LA",),
    },
    wrapped=True,
)
WEB_OF_SCIENCE = Dialect(
    re.compile(r"([A-Z][A-Z0-9])(?: (.*)|)$"),
    "PT",
    "ER",
    {
        "id": ("UT",),
        "type": ("DT", "PT"),
        "title": ("TI",),
        "abstract": ("AB",),
        "year": ("PY",),
        "doi": ("DI",),
        "authors": ("AF", "AU"),
        "keywords": ("DE",),
        "keywords_plus": ("ID",),
        "journal": ("SO",),
        "volume": ("VL",),
        "number": ("IS",),
        "publisher": ("PU",),
        "issn": ("SN",),
        "language": ("LA",),
        "start_page": ("BP",),
        "end_page": ("EP",),
    },
    repeated=frozenset({"authors"}),
)
ENDNOTE = Dialect(
    re.compile(r"(%[^\s\w]|%[0-9A-Z])(?: (.*)|)$"),
    "%0",
    "",
    {
        "id": ("%M", "%F"),
        "type": ("%0",),
        "title": ("%T",),
        "abstract": ("%X",),
        "year": ("%D",),
        "date": ("%8",),
        "doi": ("%R",),
        "url": ("%U",),
        "authors": ("%A",),
        "keywords": ("%K",),
        "journal": ("%J", "%B"),
        "volume": ("%V",),
        "number": ("%N",),
        "pages": ("%P",),
        "publisher": ("%I",),
        "issn": ("%@",),
        "language": ("%G",),
        "notes": ("%Z",),
    },
)
# The fields of other programs, which differ in how they write a tag.
_OTHERS = {
    "id": ("UI", "AN", "ID"),
    "type": ("Reference Type", "RT", "PT"),
    "title": ("Title", "TI", "T1"),
    "abstract": ("Abstract", "Summary", "AB", "N2"),
    "year": ("Year", "YR", "PY", "Y1"),
    "date": ("PubTime", "FD"),
    "doi": ("DOI", "DO", "DI"),
    "url": ("URL", "Link", "UR", "UL", "LK"),
    "authors": ("Author", "AU", "A1"),
    "keywords": ("Keywords", "Keyword", "KW", "KY", "K1", "DE"),
    "journal": ("Journal", "Source", "JN", "JF", "JO", "T2", "SO"),
    "volume": ("Volume", "VO", "VL"),
    "number": ("Issue", "Period", "IP", "NO"),
    "pages": ("Pages", "PageCount", "PG"),
    "publisher": ("Publisher", "PB", "PU"),
    "issn": ("ISBN/ISSN", "SN", "IS"),
    "language": ("Language", "LG", "LA"),
    "start_page": ("SP",),
    "end_page": ("OP",),
}
OVID = Dialect(re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}-(?: (.*)|)$"), "VN", "", _OTHERS)
COCHRANE = Dialect(re.compile(r"([A-Z][A-Z0-9]|DOI):(?: (.*)|)$"), "ID", "", _OTHERS)
REFWORKS = Dialect(re.compile(r"([A-Z][A-Z0-9])(?: (.*)|)$"), "RT", "", _OTHERS)
# "{Title}: ..." of NoteExpress, "Title-题名: ..." of CNKI.
CNKI = Dialect(
    re.compile(r"\{?([A-Z][A-Za-z/ ]+)(?:\}|-[\u4e00-\u9fff]+):\s?(.*)$"),
    "Reference Type",
    "",
    _OTHERS,
)
# Tags of the file, not of a record: "FN Clarivate Analytics Web of Science", "VR 1.0", "EF".
_FILE_TAGS = ("FN", "VR", "EF")
# "12." and "<12. >" between the records of Ovid, "Record #12 of 40" between those of Cochrane.
_NUMBER_OF_RECORD = re.compile(r"\s*(?:(\d+\.|<\d+\. ?>|Record #\d+ of \d+))?\s*")
_SOURCE = re.compile(r"\. ?(?:Vol\. ?)?\d.*")  # "J Sleep. 12(3):45-51, 2018 Mar." of Ovid
_ROLE = re.compile(r"\s*\[[^\[\]]*\]")  # "Silva, I. [Author, Reprint Author]" of Ovid
_ONE_SPACE = re.compile(r"^([A-Z][A-Z0-9]) - ", re.MULTILINE)  # RIS as some programs write it
_DOI_OF_PUBMED = re.compile(r"(10\.\S+) \[doi\]")
_LINE_END = re.compile(r"\r\n|\r|\n")  # not "\x0b" or "\u2028", which occur inside texts


def read_tagged(text: str, dialect: Dialect) -> Parsed:
    r"""Read the records of a file of tagged lines.

    Examples
    --------
    >>> library = read_tagged("TY  - JOUR\nTI  - On owls\nAU  - Silva, I\nAU  - Wu, L\nER  -", RIS)
    >>> library.frame[["title", "authors"]].iloc[0].tolist()
    ['On owls', 'Silva, I; Wu, L']
    """
    skipped: list[str] = []
    if dialect is RIS and "TY  -" not in text:
        text = _ONE_SPACE.sub(r"\1  - ", text)
    rows = [_row(lines, dialect) for lines in _records(text, dialect, skipped)]
    return parsed(rows, skipped=skipped)


def _records(text: str, dialect: Dialect, skipped: list[str]) -> Iterator[Lines]:
    """Yield the lines of each record; lines outside any record are added to ``skipped``."""
    record: Lines = []
    ended = False  # whether the record has had its end mark
    first = dialect.first
    ends = [tag for tag in (first, dialect.last) if tag]
    if not re.search(rf"^\W?(?:{'|'.join(ends)})\b", text, re.MULTILINE):
        first = next((m[1] for line in text.splitlines() if (m := dialect.line.match(line))), first)
    for line in _LINE_END.split(text):
        match = dialect.line.match(line)
        if match is None:
            if dialect.fields is _OTHERS and (number := _NUMBER_OF_RECORD.fullmatch(line)):
                if number[1] and record:
                    yield record
                    record = []
            elif record and not ended:
                record[-1][1].append(line.strip())
            elif not _NUMBER_OF_RECORD.fullmatch(line):
                skipped.append(line.strip())
            continue
        tag, value = match[1], (match[2] or "").strip()
        # Ovid writes a field of its own after the end mark; it belongs to the record before.
        # The first tag of a file may stand several times in a record, as that of authors does.
        begins = tag == first and (first == dialect.first or not record or record[-1][0] != tag)
        if record and (begins or (ended and tag in dialect.known)):
            yield record
            record = []
        ended = tag == dialect.last or (ended and bool(record))
        if tag != dialect.last and not (dialect.first == "PT" and tag in _FILE_TAGS):
            record.append((tag, [value]))
    if record:
        yield record


def _row(lines: Lines, dialect: Dialect) -> dict[str, str]:
    values: dict[str, list[str]] = {}
    for tag, value_lines in lines:
        line = "\n".join(value_lines)
        if value := " ".join(line.split()) if dialect.wrapped else line.strip():
            values.setdefault(tag, []).append(value)
    row: dict[str, str] = {}
    for name, tags in dialect.fields.items():
        if best := next((tag for tag in tags if tag in values), None):
            row[name] = _field(name, values.pop(best), dialect)
    row.update(
        (tag, texts[0] if len(texts) == 1 else join(dict.fromkeys(texts)))
        for tag, texts in values.items()
    )
    if dialect is NBIB and (doi := _DOI_OF_PUBMED.search(f"{row.get('LID')} {row.get('AID')}")):
        row["doi"] = doi[1]
    if dialect is OVID and "journal" in row:
        row["journal"] = _SOURCE.sub("", row["journal"])
    if pages := join([row.pop("start_page", ""), row.pop("end_page", "")], "-"):
        row["pages"] = pages
    return _with_year(row)


def _field(name: str, values: list[str], dialect: Dialect) -> str:
    if name in dialect.repeated:
        # Some programs write the tag once and then one line per keyword or author.
        items = [line for value in values for line in value.split("\n")]
        if dialect.fields is _OTHERS:
            text = ";".join(items)
            items = (_ROLE.sub("", text) if name == "authors" else text).split(";")
        return join(items if name == "keywords" else map(person, items))
    if name in {"abstract", "notes"}:
        return "\n".join(values)
    if len(values) == 1:
        return " ".join(values[0].split())
    # Ovid writes the DOI twice.
    values = list(dict.fromkeys(" ".join(value.split()) for value in values))
    return join(values, " " if name == "title" else "; ")


def _with_year(row: dict[str, str]) -> dict[str, str]:
    """Take the year from "2020/05/12/" or "2020 May"; the whole text is kept as the date."""
    date = row.get("year") or row.get("date", "")
    year = year_in(date)
    if not year:
        return row
    if date != year:
        row.setdefault("date", date)
    return row | {"year": year}
