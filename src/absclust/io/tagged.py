"""Records of tagged lines: RIS, PubMed (``.nbib``), Web of Science, EndNote (``.enw``) and others.

The formats differ only in how a tag is written and which tags begin and end a record.
A record without its end mark is kept, because files are cut off or edited by hand.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from absclust.corpus.clean import HEADING
from absclust.corpus.columns import year_in
from absclust.io.parsed import FIELDS, Parsed, join, named, parsed, person

Lines = list[tuple[str, list[str]]]  # tag and the lines of its value, in the file's order


@dataclass(frozen=True, eq=False)
class Dialect:
    """How a format writes its records.

    Attributes
    ----------
    name : str
        What the format is called in ``fields.toml``.
    line : str
        A pattern of a tagged line; its groups are tag and value. Other lines continue the value
        before them.
    first, last : str
        Tags that begin and end a record; ``last`` is empty if no tag ends one. In a file without
        the first of them, its first tag begins each record.
    begins : str
        A pattern of how a file begins.
    tags : str
        The format whose tags it has, if they are not its own.
    repeated : sequence of str
        Our names of the fields that may have several values, one per line.
    wrapped : bool
        Whether lines are wrapped at a fixed width, so that line ends mean nothing.
    suffixes : str
        Names of files that have this format if they begin in no way that is known.
    """

    name: str
    line: str
    first: str
    begins: str
    last: str = ""
    tags: str = ""
    repeated: Sequence[str] = ("authors", "editor", "keywords")
    wrapped: bool = False
    suffixes: str = ""

    def __call__(self, text: str) -> Parsed:
        r"""Read a file.

        Examples
        --------
        >>> library = RIS("TY  - JOUR\nTI  - On owls\nAU  - Silva, I\nAU  - Wu, L\nER  -")
        >>> library.frame[["title", "authors"]].iloc[0].tolist()
        ['On owls', 'Silva, I; Wu, L']
        """
        skipped: list[str] = []
        if self is RIS and "TY  -" not in text:
            text = _ONE_SPACE.sub(r"\1  - ", text)
        if self is NAMED:
            text = _NAME_ALONE.sub(r"\1: ", text)
        rows = []
        for lines in _records(text, self, skipped):
            if self.is_prose and self.known.isdisjoint(tag for tag, _ in lines):
                # Lines with a colon between records: a title, or the foot of a page.
                skipped += [f"{tag}: {' '.join(value)}" for tag, value in lines]
            else:
                rows.append(_row(lines, self))
        return parsed(rows, skipped=skipped)

    @cached_property
    def fields(self) -> Mapping[str, Sequence[str]]:
        """Our name of a field -> the format's tags, best first."""
        return FIELDS["tags"][self.tags or self.name]

    @property
    def is_prose(self) -> bool:
        """Whether people read it: lines hold several values, and records are numbered."""
        return not self.suffixes

    @cached_property
    def known(self) -> frozenset[str]:
        """All tags that have one of our names."""
        return frozenset(chain.from_iterable(self.fields.values()))

    @cached_property
    def tagged(self) -> Callable[[str], re.Match[str] | None]:
        """Matches a line with its tag."""
        return re.compile(self.line).match


DIALECTS = {name: Dialect(name, **rules) for name, rules in FIELDS["dialects"].items()}
RIS, NBIB, WEB_OF_SCIENCE, OVID, NAMED = (
    DIALECTS[name] for name in ("RIS", "NBIB", "WEB_OF_SCIENCE", "OVID", "NAMED")
)
# Tags of the file, not of a record: "FN Clarivate Analytics Web of Science", "VR 1.0", "EF".
_FILE_TAGS = ("FN", "VR", "EF")
# "12." and "<12. >" between the records of Ovid, "Record #12 of 40" between those of Cochrane,
# "Document 12 of 40" or a line between those of ProQuest, "Record: 12" between those of EBSCO,
# "END_RECORD" between those of SciFinder.
_NUMBER_OF_RECORD = re.compile(
    r"\s*(\d+\.|<\d+\.? ?>|(?:Record|Document):? #?\d+(?: of \d+)?|_{9,}|-{9,}|={9,}"
    r"|(?:START|END)_RECORD|)\s*"
)
_SOURCE = re.compile(r"\. ?(?:Vol\. ?)?\d.*")  # "J Sleep. 12(3):45-51, 2018 Mar." of Ovid
_ROLE = re.compile(r"\s*\[[^\[\]]*\]")  # "Silva, I. [Author, Reprint Author]" of Ovid
_NAME_ALONE = re.compile(r"^([A-Z][A-Za-z /]+)\n {2,}(?=\S)", re.MULTILINE)  # another text of Ovid
_ONE_SPACE = re.compile(r"^([A-Z][A-Z0-9]) - ", re.MULTILINE)  # RIS as some programs write it
_DOI_OF_PUBMED = re.compile(r"(10\.\S+) \[doi\]")
LINE_END = re.compile(r"\r\n|\r|\n")  # not "\x0b" or "\u2028", which occur inside texts


def _records(text: str, dialect: Dialect, skipped: list[str]) -> Iterator[Lines]:
    """Yield the lines of each record; lines outside any record are added to ``skipped``."""
    record: Lines = []
    ended = False  # whether the record has had its end mark
    first = dialect.first
    ends = [tag for tag in (first, dialect.last) if tag]
    if not re.search(rf"(?im)^\W?(?:{'|'.join(map(re.escape, ends))})\b", text):
        first = next((m[1] for line in text.splitlines() if (m := dialect.tagged(line))), first)
    for line in LINE_END.split(text):
        match = dialect.tagged(line)
        in_abstract = record and record[-1][0] in dialect.fields["abstract"]
        if match is None or (dialect is NAMED and in_abstract and _is_heading(match)):
            if dialect.is_prose and (number := _NUMBER_OF_RECORD.fullmatch(line)):
                if number[1] and record:
                    yield record
                    record = []
            elif record and not ended:
                record[-1][1].append(line.strip())
            elif not _NUMBER_OF_RECORD.fullmatch(line):
                skipped.append(line.strip())
            continue
        tag, value = match[1], (match[2] or "").strip()
        if " " in tag:
            tag = tag.capitalize()
        # Ovid writes a field of its own after the end mark; it belongs to the record before.
        # The first tag of a file may stand several times in a record, as that of authors does.
        begins = tag == first and (first == dialect.first or not record or record[-1][0] != tag)
        if record and (begins or (ended and tag in dialect.known)):
            yield record
            record = []
        ended = tag == dialect.last or (ended and bool(record))
        if tag != dialect.last and not (dialect is WEB_OF_SCIENCE and tag in _FILE_TAGS):
            record.append((tag, [value]))
    if record:
        yield record


def _is_heading(line: re.Match[str]) -> bool:
    """Whether a line of an abstract begins with a heading such as "Methods:"."""
    return line[1] not in NAMED.known and bool(HEADING.match(line[0]))


def _row(lines: Lines, dialect: Dialect) -> dict[str, str]:
    values: dict[str, list[str]] = {}
    for tag, value_lines in lines:
        line = "\n".join(value_lines)
        if value := " ".join(line.split()) if dialect.wrapped else line.strip():
            if dialect is NBIB and tag == "CN":  # a group, which is one of the authors
                tag, value = "FAU" if "FAU" in dict(lines) else "AU", f"{value},"
            values.setdefault(tag, []).append(value)
    row = named(values, dialect.fields, lambda name, _, texts: _field(name, texts, dialect))
    if dialect is NBIB and (doi := _DOI_OF_PUBMED.search(f"{row.get('LID')} {row.get('AID')}")):
        row["doi"] = doi[1]
    if dialect in (OVID, NAMED) and (source := _SOURCE.search(row.get("journal", ""))):
        row["journal"] = row["journal"][: source.start()]
        row.setdefault("date", source[0])
    if pages := join([row.pop("start_page", ""), row.pop("end_page", "")], "-"):
        row["pages"] = pages
    if (year := year_in(row.get("year", ""))) and row["year"] != year:  # "2020/05/12/"
        row.setdefault("date", row["year"])
        row["year"] = year
    return row


def _field(name: str, values: list[str], dialect: Dialect) -> str:
    if not name:
        return values[0] if len(values) == 1 else join(dict.fromkeys(values))
    if name in dialect.repeated:
        # Some programs write the tag once and then one line per keyword or author.
        items = [line for value in values for line in value.split("\n")]
        if dialect.is_prose:
            text = ";".join(items)
            items = (_ROLE.sub("", text) if name == "authors" else text).split(";")
        return join(items if name == "keywords" else map(person, items))
    if name in {"abstract", "notes"}:
        return "\n".join(values)
    # Ovid writes the DOI twice.
    values = list(dict.fromkeys(" ".join(value.split()) for value in values))
    return join(values, " " if name == "title" else "; ")
