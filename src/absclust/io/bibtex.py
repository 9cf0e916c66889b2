"""BibTeX and BibLaTeX, as Zotero, Mendeley, JabRef and publishers export them."""

import logging
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING

from absclust.corpus.columns import year_in
from absclust.corpus.latex import GROUP, decode_latex, unescape_verbatim
from absclust.corpus.people import split_pairs
from absclust.errors import ReadError
from absclust.io.parsed import FIELDS as TABLES
from absclust.io.parsed import Parsed, join, named, parsed

if TYPE_CHECKING:
    from bibtexparser.model import Block, Entry, Field

FIELDS: dict[str, list[str]] = TABLES["tags"]["BIBTEX"]
# Links, paths and numbers are not LaTeX: "%", "_" and "~" in them are literal.
VERBATIM = frozenset({"url", "doi", "file", "pdf", "eprint", "local-url", "year", "date"})
PEOPLE = frozenset({"author", "authors", "editor", "translator"})
_LISTS = PEOPLE | {"keywords", "keyword"}
# Texts that may have paragraphs; in all other fields a line end is a space, as in BibTeX.
PARAGRAPHS = frozenset({"abstract", "annote", "annotation", "note", "review", "comment"})
# Of many blanks, a pattern that begins with some is tried at the first only.
_AND = re.compile(r"[{}]|(?<!\s)\s+and\s+", re.IGNORECASE)
_SEMICOLON, _COMMA = re.compile(r"[{}]|;"), re.compile(r"[{}]|,")
_HASH = re.compile(r'[{}"]|(?:(?<!\s)\s+)?#\s*')
_WRAPPED = re.compile(r"(?<=\S)[^\S\n]*\n[^\S\n]+(?=\S)")  # a line that goes on, indented
# bibtexparser ignores escaped braces, and BibTeX counts them. With this character in between, both
# count alike; Unicode has it for internal use, so no text has it.
_APART = "\ufdd0"
# An entry without a key, as EndNote may write it; bibtexparser needs the comma.
_NO_KEY = re.compile(
    r"(?mi)^([^\S\n]*@(?!string|preamble|comment)[a-z]+\s*\{)(?=\s*[a-z][\w-]*\s*=\s*[{\"\d])"
)
_QUOTED_CHARS = 40  # of a broken entry, in the message about it
_LOOSE_FIELD = re.compile(r"\w\s*=\s*[{\"]")
# The first line of an entry; the beginning of a field, on a line or after another field.
_HEAD = re.compile(r"(?m)^[^\S\n]*@(\w+)\s*[{(]\s*([^\s,{}]*)\s*,")
_FIELD = re.compile(
    r"(?m)^[^\S\n]*[A-Za-z][\w:.+() -]*=(?=\s*[{\"\w])"
    r"|(?<=[}\"],)[^\S\n]*[A-Za-z][\w-]*\s*=(?=\s*[{\"\d])"
)
_NO_AT_SIGN = re.compile(r"(?m)^[^\S\n]*\w+\s*\{\s*[^\s,{}]+\s*,")  # another entry
# A value without its comma, and the name after it, which parsers take for a part of the value.
_NO_COMMA = re.compile(
    rf'((?>{GROUP}|"(?:[^"{{}}]|{GROUP})*"|\w+))\s+([A-Za-z][\w-]*)\s*=\s*(?=[{{"\w])'
)
_ONE_SIGN = re.compile(r"\{([^\w{}])\}")  # "{[}", as Web of Science writes it
# We report broken entries ourselves; without a handler, logging would print them too. It is one
# handler, since each that is added is called for each message.
_SILENT = logging.NullHandler()
_NAME_PART = re.compile(r"\b(family|given|prefix|suffix)=\{?([^,{}]+)\}?")


def read_bibtex(text: str) -> Parsed:
    r"""Read the entries of a ``.bib`` file; entries that are not closed are listed as broken.

    Examples
    --------
    >>> library = read_bibtex("@misc{a, title = {On {RNA}}, year = 2020}  @misc{b, title = {Cut")
    >>> library.frame["title"].tolist(), len(library.broken)
    (['On RNA'], 1)
    """
    from bibtexparser.model import ImplicitComment, ParsingFailedBlock, String

    logging.getLogger("bibtexparser").addHandler(_SILENT)
    text = _NO_KEY.sub(r"\1,", text)
    blocks = _blocks(text.replace("\\{", f"\\{_APART}{{").replace("\\}", f"\\{_APART}}}"))
    strings: dict[str, str] = {}
    for block in blocks:
        if isinstance(block, String):
            strings[block.key.lower()] = _value(block.value, strings)
    rows: list[dict[str, str]] = []
    broken: list[str] = []
    by_lines: _ByLines | None = None
    read_up_to = 0  # line
    for block in blocks:
        start = block.start_line or 0
        if start < read_up_to:
            continue
        entry = _entry(block)
        loose = isinstance(block, ImplicitComment) and _LOOSE_FIELD.search(block.comment)
        if entry is None and (loose or isinstance(block, ParsingFailedBlock)):
            by_lines = by_lines or _ByLines(text)
            entry, read_up_to = by_lines.entry(start)
            if entry and rows and rows[-1]["id"] == entry.key:
                rows.pop()  # the beginning of the same entry
        if entry:
            rows.append(_row(entry, strings))
        elif isinstance(block, ParsingFailedBlock):
            broken.append(_complaint(block, getattr(block.error, "abort_reason", block.error)))
        elif loose:
            broken.append(_complaint(block, "fields outside an entry"))
    _inherit(rows)
    return parsed(rows, broken)


def _inherit(rows: list[dict[str, str]]) -> None:
    """Fill in what an entry takes from the one it names by ``crossref``: its year and venue."""
    children = [row for row in rows if row.get("crossref")]
    row_of_key = {row["id"].lower(): row for row in rows} if children else {}
    for child in children:
        parent = row_of_key.get(child["crossref"].lower(), {})
        venue = parent.get("journal") or parent.get("title")
        for name, value in (("year", parent.get("year")), ("journal", venue)):
            if value:
                child.setdefault(name, value)


def _blocks(text: str) -> "list[Block]":
    from bibtexparser.entrypoint import parse_string

    try:
        return parse_string(text, parse_stack=[]).blocks
    except Exception as error:  # the parser may raise anything
        raise ReadError(
            f"not readable as BibTeX ({error!r}); expected entries such as @article{{key, ...}}"
        ) from error


def _entry(block: "Block") -> "Entry | None":
    """Return the entry of a block, even if it repeats a key or a field.

    An entry whose braces don't balance as BibTeX counts them may do so if escaped ones are ignored,
    as some programs do.
    """
    from bibtexparser.model import Entry, ParsingFailedBlock

    if isinstance(block, Entry):
        return block
    if not isinstance(block, ParsingFailedBlock):
        return None
    if block.ignore_error_block is not None:
        return _entry(block.ignore_error_block)
    raw = block.raw or ""
    again = _blocks(raw.replace(_APART, "")) if _APART in raw else []
    return again[0] if len(again) == 1 and isinstance(again[0], Entry) else None


class _ByLines:
    """The lines of a file, for entries whose braces don't balance."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        starts = [0, *accumulate(len(line) + 1 for line in self._lines)]
        self._heads = [bisect_right(starts, head.start()) - 1 for head in _HEAD.finditer(text)]
        self._tried = 0  # entries

    def entry(self, line: int) -> "tuple[Entry | None, int]":
        """Read the entry that a line is in, and return the first line after it; or None and 0.

        Each is tried once, however many broken blocks it holds.
        """
        number = bisect_right(self._heads, line)
        if number <= self._tried:
            return None, 0
        self._tried = number
        stop = self._heads[number] if number < len(self._heads) else len(self._lines)
        entry = _entry_by_lines(self._lines[self._heads[number - 1] : stop])
        return entry, stop if entry else 0


def _entry_by_lines(lines: list[str]) -> "Entry | None":
    """Read an entry whose braces don't balance but whose fields end with a brace or a line.

    Scopus and others write entries like this, whatever braces an abstract holds.
    """
    from bibtexparser.model import Entry, Field

    text = "\n".join(lines).rstrip()
    head = _HEAD.match(text)
    body = text[head.end() : -1] if head and text.endswith("}") else ""
    places = [match.start() for match in _FIELD.finditer(body)]
    if head is None or not places or body[: places[0]].strip() or _NO_AT_SIGN.search(body):
        return None
    fields = []
    for begin, end in pairwise([*places, len(body)]):
        name, _, value = body[begin:end].strip().rstrip(",").partition("=")
        value = value.strip()
        closed = value[-1:] == {"{": "}", '"': '"'}.get(value[:1]) and len(value) > 1
        if not closed and not re.fullmatch(r"\w+", value):
            return None
        fields.append(Field(name.strip(), value))
    return Entry(head[1], head[2], fields)


def _complaint(block: "Block", reason: object) -> str:
    beginning = " ".join((block.raw or "").replace(_APART, "").split())[:_QUOTED_CHARS]
    return f"line {(block.start_line or 0) + 1}, {beginning!r}: {' '.join(str(reason).split())}"


def _row(entry: "Entry", strings: dict[str, str]) -> dict[str, str]:
    fields: dict[str, list[str]] = {}
    for name, raw in chain.from_iterable(map(_with_commas, entry.fields)):
        if value := _value(raw, strings).strip():
            fields.setdefault(name.lower(), []).append(value)
    row = {"id": entry.key, "type": entry.entry_type}
    row |= named(fields, FIELDS, lambda _, name, values: _read(name, values))
    if "year" not in row and (year := year_in(row.get("date", ""))):
        row["year"] = year
    return row


def _with_commas(field: "Field") -> Iterator[tuple[str, str]]:
    """Yield a field, and those after it that it swallowed because a comma is missing."""
    name, raw = field.key, str(field.value)
    while "=" in raw and (swallowed := _NO_COMMA.match(raw)):
        yield name, swallowed[1]
        name, raw = swallowed[2], raw[swallowed.end() :]
    yield name, raw


def _read(name: str, values: list[str]) -> str:
    if name in VERBATIM:
        return join(map(_verbatim, values))
    if name in PARAGRAPHS:
        return join(decode_latex(_unwrapped(value)) for value in values)
    values = [" ".join(value.split()) for value in values]
    if len(values) == 1 and name not in _LISTS:
        return decode_latex(values[0]).strip()
    if name in PEOPLE:
        return join(person for value in values for person in _people(value))
    if name in FIELDS["keywords"]:
        return join(_keywords(values))
    return join(dict.fromkeys(map(decode_latex, values)))


def _unwrapped(text: str) -> str:
    """Join the lines of a paragraph that are indented, as they are where a program wraps lines."""
    return _WRAPPED.sub(" ", text) if "\n " in text or "\n\t" in text else text


def _verbatim(value: str) -> str:
    """Read a link, a path or a number; many programs escape signs in them all the same."""
    value = _ONE_SIGN.sub(r"\1", " ".join(value.split()))
    while value.startswith("{") and re.fullmatch(GROUP, value):
        value = value[1:-1].strip()
    return unescape_verbatim(value)


def _keywords(values: list[str]) -> Iterator[str]:
    for value in values:
        parts = _split(value, _SEMICOLON)
        yield from map(decode_latex, parts if len(parts) > 1 else _split(value, _COMMA))


def _people(value: str) -> Iterator[str]:
    """Yield names as "Last, First"; institutions keep their braces."""
    from bibtexparser.middlewares.names import parse_single_name_into_parts

    names = chain.from_iterable(map(split_pairs, _split(value, _AND)))
    for name in map(str.strip, names):
        if "=" in name and (parts := dict(_NAME_PART.findall(name))):
            # BibLaTeX: family=Berg, prefix=van der
            family = join([parts.get("prefix", ""), parts.get("family", "")], " ")
            given = join([parts.get("given", ""), parts.get("suffix", "")], " ")
            yield decode_latex(join([family, given], ", "))
        elif re.fullmatch(GROUP, name):
            yield f"{{{decode_latex(name)}}}"
        elif "," in name or " " not in name:
            yield decode_latex(name)
        else:
            whole = parse_single_name_into_parts(name, strict=False)
            yield decode_latex(whole.merge_last_name_first)


def _value(raw: str, strings: dict[str, str]) -> str:
    """Evaluate a field: braces, quotes, numbers and abbreviations, joined by ``#``."""
    raw = raw.replace(_APART, "").strip()
    pieces = _split(raw, _HASH) if "#" in raw else [raw]
    return "".join(_piece(piece, strings) for piece in pieces)


def _piece(piece: str, strings: dict[str, str]) -> str:
    if len(piece) > 1 and (piece[0], piece[-1]) in {("{", "}"), ('"', '"')}:
        return piece[1:-1]
    return strings.get(piece.lower(), piece)


def _split(text: str, marks: re.Pattern[str]) -> list[str]:
    """Split outside braces and quotes; ``marks`` matches these and the separator."""
    parts, start, depth, quoted = [], 0, 0, False
    for mark in marks.finditer(text):
        if mark[0] == '"':
            quoted ^= depth == 0
        elif mark[0] in "{}":
            depth += 1 if mark[0] == "{" else -1
        elif depth == 0 and not quoted:
            parts.append(text[start : mark.start()])
            start = mark.end()
    return [*parts, text[start:]]
