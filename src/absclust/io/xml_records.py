"""Records of XML files: one table says where each kind keeps what we know."""

import re
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from absclust.corpus.columns import DOI, year_in
from absclust.corpus.people import split_people
from absclust.io.parsed import FIELDS, join, person

_SEVERAL = ("authors", "editor", "keywords", "type", "mesh_terms", "categories", "identifiers")
# The parts of a person's name -> the paths to them.
_NAMES = {part: tuple(paths.split()) for part, paths in FIELDS["xml_names"].items()}
_AUTHORS = {"aut", "author", "cre", "creator"}  # by their roles
_NO_PAPERS = ("attachment", "note")  # of Zotero's RDF
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
RECORDS = frozenset(" ".join(FIELDS["xml"]).split()) - {"marc", "jats"}
# Where identifiers of several kinds are, and what is looked for among them.
_IDENTIFIERS = (
    "identifier",
    "isPartOf/*/identifier",
    "ee",
    "datafield[@tag='024']/subfield[@code='a']",
)
_KINDS_OF_IDENTIFIER = {"doi": DOI, "url": re.compile(r"https?://\S+")}
# The numbers of EndNote's first types of references.
_OLD_ENDNOTE_TYPES = {
    "0": "Journal Article", "1": "Book", "2": "Thesis", "3": "Conference Proceedings",
    "7": "Book Section", "10": "Report", "16": "Web Page",
}  # fmt: skip


def text_of(element: Element | None) -> str:
    """Return all text inside an element on one line; empty if there is no element."""
    if element is None:
        return ""
    text = _marked(element) if len(element) else element.text or ""
    return " ".join(text.split())


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
    read = {"authors": _author, "editor": _author, "abstract": _sections}.get(name, text_of)
    texts = [text for e in record.iterfind(path) if (text := read(e))]
    # "info:eu-repo/semantics/article" of Europe's repositories.
    return [text.rpartition("/")[2] if text.startswith("info:") else text for text in texts]


def _first(record: Element, *paths: str) -> str:
    """Return the text at the first path that has text."""
    return next((text for path in paths if (text := text_of(record.find(path)))), "")


def _author(element: Element) -> str:
    """Return a name of two parts, an institution in braces, or else the whole text."""
    if not len(element):
        whole = text_of(element)
        if element.tag == "authors":  # of arXivRaw, which has all in one element
            return split_people(whole)
        return whole if element.tag == "subfield" else person(whole)  # libraries end all by commas
    roles = {text_of(role).lower() for role in element.iterfind("role/roleTerm")}
    if roles and not roles & _AUTHORS:
        return ""
    family, given, suffix, institution = (
        _first(element, *_NAMES[part]) for part in ("family", "given", "suffix", "institution")
    )
    if institution:
        return f"{{{institution}}}"
    name = join([family, join([given, suffix], " ")], ", ") or _first(element, *_NAMES["whole"])
    return name or ("" if element.tag == "authors" else person(text_of(element)))


def _sections(abstract: Element) -> str:
    """Return an abstract, with the label of each section before it, as PubMed shows it."""
    parts = []
    for section in abstract:
        if section.tag in ("AbstractText", "sec", "p"):
            title = _first(section, "title")
            text = text_of(section).removeprefix(title).strip()
            label = section.get("Label", title)
            shown = label and text and label != "UNLABELLED"
            parts.append(f"{label}: {text}" if shown else text)
    return join(parts, " ") if parts else text_of(abstract)


def _by_paths(record: Element, paths: Paths) -> dict[str, str]:
    """Read the fields of a record by the paths to them, and its other children by their names."""
    row: dict[str, str] = {}
    used = set(paths.get("-", ()))
    for name, place in ((n, place) for n, places in paths.items() if n != "-" for place in places):
        if row.get(name):
            continue
        texts = [text for path in place.split("+") for text in _texts(name, record, path)]
        if place in _IDENTIFIERS and name in _KINDS_OF_IDENTIFIER:
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
            others.setdefault(child.tag, []).append(text_of(child))
    return {tag: join(texts) for tag, texts in others.items()} | {
        name: text for name, text in row.items() if text
    }


def _marc(record: Element) -> dict[str, str]:
    row = _by_paths(record, _PATHS["marc"])
    # As libraries punctuate: "Owls :", "Silva, Inês,".
    for name in {"title", "subtitle", "journal", "authors"} & row.keys():
        row[name] = re.sub(r"\s*[/:;,](?=; |$)", "", row[name])
    return row | {"title": join([row.get("title", ""), row.pop("subtitle", "")], ": ")}


def _record(record: Element) -> dict[str, str]:
    """Read <record>: MARC, EndNote, or OAI-PMH, whose deleted records have no metadata."""
    if record.find("datafield") is not None:
        return _marc(record)
    if record.find("header") is None:
        return _by_paths(record, _PATHS["record"])
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
    if record.tag == "record":
        return _record(record)
    jats = record.tag == "article" and record.find("front") is not None
    row = _by_paths(record, _PATHS.get("jats" if jats else record.tag, _PATHS["dc"]))
    of_zotero = "about" in record.attrib or record.find("itemType") is not None
    if of_zotero and (row.get("type") in _NO_PAPERS or "title" not in row):
        return {}
    if record.tag == "RECORD":
        row["type"] = _OLD_ENDNOTE_TYPES.get(row.get("type", ""), row.get("type", ""))
    return row
