"""XML, record by record; one table says where each kind of record keeps what we know.

Of a large file, the tree of one record at a time is in memory. Files that declare entities are
refused: such declarations serve only for attacks ("billion laughs", reading other files).
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element, ParseError, iterparse

from absclust.corpus.columns import DOI, year_in
from absclust.corpus.people import split_people
from absclust.errors import ReadError
from absclust.io.parsed import FIELDS, NO_PAPERS, Parsed, join, parsed, person

_MOST_NESTED = 200
_ELEMENT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_ENTITY = re.compile(r"<!ENTITY\s+(?:%\s+)?([^\s>]*)")
_SEVERAL = ("authors", "editor", "keywords", "type", "mesh_terms", "categories", "identifiers")
# The parts of a person's name -> the paths to them.
_NAMES = {part: tuple(paths.split()) for part, paths in FIELDS["xml_names"].items()}
_AUTHORS = {"aut", "author", "cre", "creator"}  # by their roles
_MARC_PLACE = re.compile(r"\b(\d{3})([a-z])\b")
_ATTRIBUTE = re.compile(r"(.*?)/?@([\w-]+)")  # at the end of a path
# Our name of a field -> the paths to it, best first; of each, those whose texts are joined.
Paths = Mapping[str, Sequence[str]]
# The element of a record -> its fields. Those of MARC and JATS have a name that others have too.
_PATHS: dict[str, Paths] = {
    element.rpartition("/")[2]: {
        name: _MARC_PLACE.sub(r"datafield[@tag='\1']/subfield[@code='\2']", paths).split()
        for name, paths in fields.items()
    }
    for elements, fields in FIELDS["xml"].items()
    for element in elements.split()
}
# The elements of records, some with the element around them; of two, one inside the other, the
# outer.
_RECORDS = frozenset(" ".join(FIELDS["xml"]).split()) - {"marc", "jats"}
# What is looked for among identifiers of several kinds.
_KINDS_OF_IDENTIFIER = {"doi": DOI, "url": re.compile(r"https?://\S+")}


def read_xml(text: str) -> Parsed:
    """Read the records of a PubMed, arXiv, EndNote or OAI-PMH file.

    If the XML breaks off, the records before that place are kept and it is listed as broken.

    Examples
    --------
    >>> library = read_xml("<feed><entry><title>On owls</title></entry><entry><title>Cut")
    >>> library.frame["title"].tolist(), len(library.broken)
    (['On owls'], 1)
    """
    if entity := _ENTITY.search(text):
        raise ReadError(
            f"the file declares the entity {entity[1]!r}; expected XML without entities"
        )
    rows: list[dict[str, str]] = []
    skipped: list[str] = []
    broken = []
    try:
        for record in _records(text):
            if row := {name: value for name, value in row_of(record).items() if value}:
                rows.append(row)
            else:
                skipped.append(f"<{record.tag}> without content: {_text_of(record)}")
    except ParseError as error:
        if not rows:
            raise ReadError(f"not readable as XML ({error})") from error
        broken.append(f"{error}; the rest of the file was not read")
    if not rows:
        known = ", ".join(sorted(_RECORDS))
        root = _ELEMENT.search(text)
        raise ReadError(
            f"found no record in <{root[1] if root else ''}>; expected one of the elements {known}"
        )
    return parsed(_with_wholes(rows), broken, skipped)


def _with_wholes(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Complete the records of Zotero's RDF by the journals that they name, which are no papers."""
    named = {row["part_of"] for row in rows if "part_of" in row}
    untyped = [row for row in rows if row.get("id") in named and "type" not in row]
    wholes = {row["id"]: row | {"journal": row["title"]} for row in untyped}
    papers = (row for row in rows if row.get("id") not in wholes)
    return [wholes.get(row.pop("part_of", ""), {}) | row for row in papers]


def _records(text: str) -> Iterator[Element]:
    """Yield the elements that are records, with names that have no namespace."""
    text = text.lstrip()  # parsers take nothing before the declaration
    spaced = "xmlns" in text
    path: list[str] = []  # of the elements that are open
    record_depth = 0
    for event, element in iterparse(io.StringIO(text), ("start", "end")):
        if event == "end":
            if len(path) == record_depth:
                yield _without_namespaces(element) if spaced else element
                element.clear()
                record_depth = 0
            path.pop()
            continue
        path.append(_local(element.tag))
        if len(path) > _MOST_NESTED:
            raise ReadError(f"elements are nested more than {_MOST_NESTED} deep; expected records")
        if not record_depth and {path[-1], "/".join(path[-2:])} & _RECORDS:
            record_depth = len(path)


def _without_namespaces(record: Element) -> Element:
    for element in record.iter():
        element.tag = _local(element.tag)
        element.attrib = {_local(name): value for name, value in element.attrib.items()}
    return record


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _text_of(element: Element | None) -> str:
    """Return all text inside an element on one line; empty if there is no element."""
    return "" if element is None else " ".join(_marked(element).split())


def _marked(element: Element) -> str:
    """Return the text inside an element; 10<sup>3</sup> becomes 10^3."""
    text = element.text or ""
    for child in element:
        inner = _marked(child)
        power = child.tag == "sup" and re.match(r"[-+−]?\d", inner) and text[-1:].isdigit()
        text += f"{'^' if power else ''}{inner}{child.tail or ''}"
    return text


def _texts(name: str, record: Element, path: str) -> list[str]:
    """Return what stands at a path: texts, or the names of persons."""
    if "@" in path and (at := _ATTRIBUTE.fullmatch(path)):
        elements = record.iterfind(at[1]) if at[1] else [record]
        return [value for e in elements if (value := e.get(at[2], ""))]
    read = {"authors": _author, "editor": _author, "abstract": _sections}.get(name, _text_of)
    texts = [text for e in record.iterfind(path) if (text := read(e))]
    # "info:eu-repo/semantics/article" of Europe's repositories.
    return [text.rpartition("/")[2] if text.startswith("info:") else text for text in texts]


def _first(record: Element, *paths: str) -> str:
    """Return the text at the first path that has text."""
    return next((text for path in paths if (text := _text_of(record.find(path)))), "")


def _author(element: Element) -> str:
    """Return a name of two parts, an institution in braces, or else the whole text."""
    if not len(element):
        whole = _text_of(element)
        if element.tag == "authors":  # of arXivRaw, which has all in one element
            return split_people(whole)
        return whole if element.tag == "subfield" else person(whole)  # libraries end all by commas
    roles = {_text_of(role).lower() for role in element.iterfind("role/roleTerm")}
    if roles and not roles & _AUTHORS:
        return ""
    family, given, suffix, institution = (
        _first(element, *_NAMES[part]) for part in ("family", "given", "suffix", "institution")
    )
    if institution:
        return f"{{{institution}}}"
    name = join([family, join([given, suffix], " ")], ", ") or _first(element, *_NAMES["whole"])
    return name or ("" if element.tag == "authors" else person(_text_of(element)))


def _sections(abstract: Element) -> str:
    """Return an abstract, with the label of each section before it, as PubMed shows it."""
    parts = []
    for section in abstract:
        if section.tag in ("AbstractText", "sec", "p"):
            title = _first(section, "title")
            text = _text_of(section).removeprefix(title).strip()
            label = section.get("Label", title).replace("UNLABELLED", "")
            parts.append(join([label, text], ": ") if text else "")
    return join(parts, " ") if parts else _text_of(abstract)


def _by_paths(record: Element, paths: Paths) -> dict[str, str]:
    """Read the fields of a record by the paths to them, and its other children by their names."""
    row: dict[str, str] = {}
    used = set(paths.get("-", ()))
    for name, place in ((n, place) for n, places in paths.items() if n != "-" for place in places):
        if row.get(name):
            continue
        texts = [text for path in place.split("+") for text in _texts(name, record, path)]
        if place in FIELDS["xml_identifiers"]["paths"] and name in _KINDS_OF_IDENTIFIER:
            found = map(_KINDS_OF_IDENTIFIER[name].search, texts)
            texts = [match[0] for match in found if match]
        if name == "date":
            years = [year for text in texts if (year := year_in(text))]
            row["year"] = row.get("year") or min(years, default="")
        if name in ("title", "abstract"):
            row[f"other_{name}s"] = join(texts[1:], "\n")
        row[name] = join(texts) if name in _SEVERAL else next(iter(texts), "")
        if row[name]:
            used.add(place.partition("/")[0].partition("[")[0])
    others: dict[str, list[str]] = {}
    for child in record:
        if child.tag not in used:
            others.setdefault(child.tag, []).append(_text_of(child))
    return {tag: join(texts) for tag, texts in others.items()} | {
        name: text for name, text in row.items() if text
    }


def _of_repository(record: Element) -> dict[str, str]:
    """Read a record of OAI-PMH; deleted ones have no metadata."""
    metadata = record.find("metadata")
    if metadata is None or not len(metadata):
        return {}
    # DataCite's lies deeper; what is of no known kind has the elements of Dublin Core.
    known = (inside for inside in metadata.iter() if inside.tag in _PATHS)
    row = row_of(next(known, metadata[0]))
    if metadata[0].tag in ("arXiv", "arXivRaw"):
        row.setdefault("url", f"https://arxiv.org/abs/{row['id']}")
    return {"id": _first(record, "header/identifier")} | row


def row_of(record: Element) -> dict[str, str]:
    """Return the fields of the record in an element, known ones by our names.

    Examples
    --------
    >>> from xml.etree.ElementTree import fromstring
    >>> row_of(fromstring("<entry><title>On owls</title><published>2020-01</published></entry>"))
    {'title': 'On owls', 'year': '2020', 'date': '2020-01'}
    """
    kind = record.tag
    if kind == "record" and record.find("datafield") is not None:
        kind = "marc"
    elif kind == "record" and record.find("header") is not None:
        return _of_repository(record)
    elif kind == "article" and record.find("front") is not None:
        kind = "jats"
    row = _by_paths(record, _PATHS.get(kind, _PATHS["dc"]))
    of_zotero = "about" in record.attrib or record.find("itemType") is not None
    if of_zotero and (row.get("type") in NO_PAPERS or "title" not in row):
        return {}
    if kind == "RECORD":
        row["type"] = FIELDS["endnote_types"].get(row.get("type", ""), row.get("type", ""))
    if kind == "marc":
        # As libraries punctuate: "Owls :", "Silva, Inês,".
        for name in {"title", "subtitle", "journal", "authors"} & row.keys():
            row[name] = re.sub(r"\s*[/:;,](?=; |$)", "", row[name])
        row["title"] = join([row.get("title", ""), row.pop("subtitle", "")], ": ")
    return row
