"""BibTeX and BibLaTeX, as Zotero, Mendeley, JabRef and publishers export them."""

import re
from collections.abc import Iterator
from itertools import accumulate, chain, filterfalse, pairwise, starmap

from absclust.corpus.latex import GROUP, decode_latex, unescape_verbatim
from absclust.corpus.people import NOBODY, split_by_commas
from absclust.io.parsed import FIELDS as TABLES
from absclust.io.parsed import Parsed, join, named, parsed

Field = tuple[str, str]  # its name, and its value as it is written
Entry = tuple[str, list[Field]]  # with its key

FIELDS: dict[str, list[str]] = TABLES["tags"]["BIBTEX"]
# Links, paths and numbers are not LaTeX: "%", "_" and "~" in them are literal.
VERBATIM = frozenset({"url", "doi", "file", "pdf", "eprint", "local-url", "year", "date"})
PEOPLE = frozenset({"author", "authors", "editor", "translator"})
# Texts that may have paragraphs; in all other fields a line end is a space, as in BibTeX.
PARAGRAPHS = frozenset({"abstract", "annote", "annotation", "note", "review", "comment"})
# Of many blanks, a pattern that begins with some is tried at the first only.
_AND = re.compile(r"[{}]|(?<!\s)\s+and\s+", re.IGNORECASE)
_SEMICOLON, _COMMA, _SPACE = (re.compile(rf"[{{}}]|{mark}") for mark in (";", ",", r"\s+"))
_HASH = re.compile(r'[{}"]|(?:(?<!\s)\s+)?#\s*')
# What is between fields, as BibTeX counts braces; and as programs do that skip escaped ones.
_BETWEEN_FIELDS = (re.compile(r'[{}",)]'), re.compile(r'(?<!\\)[{}",)]'))
_WRAPPED = re.compile(r"(?<=\S)[^\S\n]*\n[^\S\n]+(?=\S)")  # a line that goes on, indented
_QUOTED_CHARS = 40  # of a broken entry, in the message about it
# Where something begins: on a line of its own, or an entry after another one.
_BLOCK = re.compile(
    r"(?m)^(?=[^\S\n]*@\w+\s*[{(])|(?<!\w)(?=@\w+[^\S\n]*[{(][^\s,{}]{1,200},\s{0,99}\w+\s{0,9}=)"
)
_HEAD = re.compile(r"[^\S\n]*@(\w+)\s*([{(])")
_ASSIGNED = re.compile(r'\s*([^\s{}"=](?:[^{}"=]*[^\s{}"=])?)\s*=\s*(.*)', re.DOTALL)
_CLOSED = re.compile(r'\s*([^\s=](?:[^=]*[^\s=])?)\s*=\s*(\{.*\}|".*"|\w+)[\s,]*', re.DOTALL)
_LOOSE_FIELD = re.compile(r"\w\s*=\s*[{\"]")
# The beginning of a field, on a line or after another field.
_FIELD = re.compile(
    r"(?m)^[^\S\n]*[A-Za-z][\w:.+() -]*=(?=\s*[{\"\w])"
    r"|(?<=[}\"],)[^\S\n]*[A-Za-z][\w-]*\s*=(?=\s*[{\"\d])"
)
# Another entry, with or without its at sign.
_OTHER = re.compile(r"(?m)^[^\S\n]*\w+\s*\{\s*[^\s,{}]+\s*,|@\w+\s*[{(]")
# A value without its comma, and the name after it.
_NO_COMMA = re.compile(
    rf'((?>{GROUP}|"(?:[^"{{}}]|{GROUP})*"|\w+))\s+([A-Za-z][\w-]*)\s*=\s*(?=[{{"\w])'
)
_ONE_SIGN = re.compile(r"\{([^\w{}])\}")  # "{[}", as Web of Science writes it
_NAME_PART = re.compile(r"\b(family|given|prefix|suffix)=\{?([^,{}]+)\}?")


def read_bibtex(text: str) -> Parsed:
    r"""Read the entries of a ``.bib`` file; entries that are not closed are listed as broken.

    An entry whose braces don't balance is read by its lines, if each of its fields ends with a
    brace or a line: Scopus and others write entries like this, whatever braces an abstract holds.

    Examples
    --------
    >>> library = read_bibtex("@misc{a, title = {On {RNA}}, year = 2020}  @misc{b, title = {Cut")
    >>> library.frame["title"].tolist(), len(library.broken)
    (['On RNA'], 1)
    """
    strings: dict[str, str] = {}
    broken: list[str] = []
    entries = [*_entries(text, broken)]
    for kind, _, fields in entries:
        if kind == "string":
            strings |= {name.lower(): _value(value, strings) for name, value in fields}
    rows = [
        {"id": key, "type": kind} | _row(fields, strings)
        for kind, key, fields in entries
        if kind != "string"
    ]
    _inherit(rows)
    return parsed(rows, broken)


def _entries(text: str, broken: list[str]) -> Iterator[tuple[str, str, list[Field]]]:
    """Yield the type, the key and the fields of each entry; what is none is listed as broken."""
    blocks = _BLOCK.split(text)
    lines = accumulate((block.count("\n") for block in blocks), initial=1)
    for line, block in zip(lines, blocks, strict=False):
        head = _HEAD.match(block)
        kind = head[1].lower() if head else ""
        if kind in ("comment", "preamble"):
            continue
        entry, rest = _balanced(block, head) if head else (None, block)
        problem = "fields outside an entry" if _LOOSE_FIELD.search(rest) else ""
        if head and entry is None:
            problem = "its braces don't match, or something in it is no field"
        if head and problem and (by_lines := _by_lines(block[head.end() :])):
            entry, problem = by_lines, ""
        if entry:
            yield kind, *entry
        if problem:
            line += block[: len(block) - len(rest.lstrip())].count("\n")
            broken.append(f"line {line}, {' '.join(rest.split())[:_QUOTED_CHARS]!r}: {problem}")


def _balanced(block: str, head: re.Match[str]) -> tuple[Entry | None, str]:
    """Return the key and the fields of an entry, and the text after it; no entry if it has no end.

    If the braces don't balance as BibTeX counts them, they may do so if escaped ones are ignored.
    """
    end = "}" if head[2] == "{" else ")"
    for marks in _BETWEEN_FIELDS:
        *parts, rest = _split(block, marks, head.end(), end)
        if not block.endswith(f"{end}{rest}"):
            continue
        key = "" if _ASSIGNED.match(parts[0]) else parts.pop(0)
        fields = [_ASSIGNED.fullmatch(part) for part in parts if part.strip()]
        if entry := _named(key, fields):
            return entry, rest
    return None, block


def _by_lines(block: str) -> Entry | None:
    """Return the key and the fields of an entry whose braces don't balance.

    Each field must end with a brace, a quotation mark or a line.
    """
    key, _, body = block.rstrip().partition(",")
    if "=" in key or not body.endswith("}") or _OTHER.search(body):
        return None
    places = [match.start() for match in _FIELD.finditer(body)]
    if not places or body[: places[0]].strip():
        return None
    ends = pairwise([*places, len(body) - 1])
    return _named(key, [_CLOSED.fullmatch(body[begin:end]) for begin, end in ends])


def _named(key: str, fields: list[re.Match[str] | None]) -> Entry | None:
    """Return an entry, unless one of its fields could not be read."""
    read = [(field[1], field[2]) for field in fields if field]
    return (key.strip(), read) if len(read) == len(fields) else None


def _inherit(rows: list[dict[str, str]]) -> None:
    """Fill in what an entry takes from the one it names by ``crossref``: its year and venue."""
    children = [row for row in rows if row.get("crossref")]
    row_of_key = {row["id"].lower(): row for row in rows} if children else {}
    for child in children:
        parent = row_of_key.get(child["crossref"].lower(), {})
        venue = parent.get("journal") or parent.get("title")
        inherited = {"year": parent.get("year"), "date": parent.get("date"), "journal": venue}
        child.update({n: value for n, value in inherited.items() if value and n not in child})


def _row(fields: list[Field], strings: dict[str, str]) -> dict[str, str]:
    values: dict[str, list[str]] = {}
    for name, raw in chain.from_iterable(starmap(_with_commas, fields)):
        if value := _value(raw, strings).strip():
            values.setdefault(name.lower(), []).append(value)
    return named(values, FIELDS, lambda _, name, several: _read(name, several))


def _with_commas(name: str, raw: str) -> Iterator[Field]:
    """Yield a field, and those after it that it swallowed because a comma is missing."""
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
    names = chain.from_iterable(map(split_by_commas, _split(value, _AND)))
    for name in filterfalse(NOBODY.fullmatch, map(str.strip, names)):
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
            words = [*map(decode_latex, _split(name, _SPACE))]
            # "Ludwig van Beethoven": the family name begins with the first small letter.
            small = (place for place, word in enumerate(words[:-1]) if word[:1].islower())
            place = next(small, len(words) - 1)
            yield join([" ".join(words[place:]), " ".join(words[:place])], ", ")


def _value(raw: str, strings: dict[str, str]) -> str:
    """Evaluate a field: braces, quotes, numbers and abbreviations, joined by ``#``."""
    raw = raw.strip()
    pieces = _split(raw, _HASH) if "#" in raw else [raw]
    return "".join(_piece(piece, strings) for piece in pieces)


def _piece(piece: str, strings: dict[str, str]) -> str:
    if len(piece) > 1 and (piece[0], piece[-1]) in {("{", "}"), ('"', '"')}:
        return piece[1:-1]
    return strings.get(piece.lower(), piece)


def _split(text: str, marks: re.Pattern[str], start: int = 0, end: str = "") -> list[str]:
    """Split outside braces and quotes; ``marks`` matches these and the separator.

    Parameters
    ----------
    text, marks
        What to split, and where.
    start
        Where it begins in the text.
    end
        What it ends with; the last part is all that comes after it.
    """
    parts: list[str] = []
    depth, quoted = 0, False
    for mark in marks.finditer(text, start):
        outside = depth == 0 and not quoted
        if mark[0] == end and outside:
            return [*parts, text[start : mark.start()], text[mark.end() :]]
        if mark[0] == '"':
            quoted ^= depth == 0
        elif mark[0] in "{}":
            depth += 1 if mark[0] == "{" else -1
        elif outside and mark[0] != ")":
            parts.append(text[start : mark.start()])
            start = mark.end()
    return [*parts, text[start:]]
