"""XML: PubMed, arXiv (Atom) and EndNote.

Files are parsed record by record with the standard library's expat, so that the tree
of a large file is never in memory. Files that declare entities are refused: such
declarations serve only for attacks ("billion laughs", reading other files).
"""

import re
from collections.abc import Callable, Iterable
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from absclust.errors import ReadError
from absclust.io.parsed import Parsed, join, parsed, person

_MOST_NESTED = 200
_YEAR = re.compile(r"\d{4}")


def read_xml(content: bytes) -> Parsed:
    """Read the records of a PubMed, arXiv or EndNote file.

    If the XML breaks off, the records before that place are kept and it is listed as broken.

    Examples
    --------
    >>> library = read_xml(b"<feed><entry><title>On owls</title></entry><entry><title>Cut")
    >>> library.frame["title"].tolist(), len(library.broken)
    (['On owls'], 1)
    """
    records = _Records()
    broken = []
    try:
        records.parse(content)
    except expat.ExpatError as error:
        if not records.rows:
            raise ReadError(f"not readable as XML ({error})") from error
        broken.append(f"{error}; the rest of the file was not read")
    if not records.rows:
        known = ", ".join(_RECORDS)
        raise ReadError(
            f"found no record in <{records.root}>; expected one of the elements {known}"
        )
    return parsed(records.rows, broken)


class _Records:
    """Builds the tree of one record at a time and turns it into a row."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []
        self.root = ""
        self._depth = 0
        self._record_depth = 0
        self._tree: TreeBuilder | None = None

    def parse(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = _refuse_entity
        parser.Parse(content, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        self.root = self.root or name
        self._depth += 1
        if self._depth > _MOST_NESTED:
            raise ReadError(f"elements are nested more than {_MOST_NESTED} deep; expected records")
        if self._tree is None and name in _RECORDS:
            self._tree, self._record_depth = TreeBuilder(), self._depth
        if self._tree is not None:
            self._tree.start(name, {_local(k): v for k, v in attributes.items()})

    def _end(self, name: str) -> None:
        name = _local(name)
        if self._tree is not None:
            self._tree.end(name)
            if self._depth == self._record_depth:
                record = self._tree.close()
                self.rows.append({k: v for k, v in _RECORDS[name](record).items() if v})
                self._tree = None
        self._depth -= 1

    def _text(self, text: str) -> None:
        if self._tree is not None:
            self._tree.data(text)


def _refuse_entity(name: str, *_: Any) -> None:
    raise ReadError(f"the file declares the entity {name!r}; expected XML without entities")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _text_of(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _first(record: Element, *paths: str) -> str:
    """Return the text at the first path that has text."""
    return next((text for path in paths if (text := _text_of(record.find(path)))), "")


def _all(record: Element, path: str) -> str:
    return join(map(_text_of, record.iterfind(path)))


def _pubmed(record: Element) -> dict[str, str]:
    date = _first(record, ".//JournalIssue/PubDate", ".//Book/PubDate", ".//PubDate")
    year = _YEAR.search(date)
    abstract = record.find(".//Abstract")
    sections = [] if abstract is None else abstract.iterfind("AbstractText")
    return {
        "id": _first(record, ".//PMID"),
        "title": _first(record, ".//ArticleTitle", ".//BookTitle", ".//VernacularTitle"),
        "abstract": join(map(_labelled, sections), " "),
        "year": year[0] if year else "",
        "doi": _first(
            record, "./PubmedData/ArticleIdList/ArticleId[@IdType='doi']",
            ".//ELocationID[@EIdType='doi']", ".//ArticleId[@IdType='doi']",
        ),
        "authors": join(map(_pubmed_author, record.iterfind(".//AuthorList/Author"))),
        "keywords": _all(record, ".//KeywordList/Keyword"),
        "journal": _first(record, ".//Journal/Title", ".//MedlineTA"),
        "type": _all(record, ".//PublicationTypeList/PublicationType"),
        "date": date,
        "mesh_terms": _all(record, ".//MeshHeading/DescriptorName"),
        "volume": _first(record, ".//JournalIssue/Volume"),
        "number": _first(record, ".//JournalIssue/Issue"),
        "pages": _first(record, ".//MedlinePgn"),
        "language": _first(record, ".//Language"),
        "issn": _first(record, ".//ISSN"),
    }  # fmt: skip


def _labelled(section: Element) -> str:
    """Return a section of a structured abstract after its label, as PubMed shows it."""
    text, label = _text_of(section), section.get("Label", "")
    return f"{label}: {text}" if label and text and label != "UNLABELLED" else text


def _pubmed_author(author: Element) -> str:
    if collective := _first(author, "CollectiveName"):
        return f"{{{collective}}}"
    return join([_first(author, "LastName"), _first(author, "ForeName", "Initials")], ", ")


def _atom(record: Element) -> dict[str, str]:
    date = _first(record, "published", "updated")
    known = {"id", "title", "summary", "published", "author", "link", "category", "doi"}
    links = {link.get("rel", "alternate"): link.get("href", "") for link in record.iterfind("link")}
    return {
        "id": _first(record, "id"),
        "title": _first(record, "title"),
        "abstract": _first(record, "summary"),
        "year": date[:4],
        "doi": _first(record, "doi"),
        "url": links.get("alternate", ""),
        "authors": _all(record, "author/name"),
        "journal": _first(record, "journal_ref"),
        "categories": join(c.get("term", "") for c in record.iterfind("category")),
        "date": date,
    } | _others(record, known | {"journal_ref"})


def _endnote(record: Element) -> dict[str, str]:
    kind = record.find("ref-type")
    known = {
        "titles", "contributors", "dates", "abstract", "keywords", "urls", "rec-number",
        "ref-type", "electronic-resource-num", "periodical", "foreign-keys",
    }  # fmt: skip
    return {
        "id": _first(record, "rec-number"),
        "title": _first(record, "titles/title"),
        "abstract": _first(record, "abstract"),
        "year": _first(record, "dates/year"),
        "doi": _first(record, "electronic-resource-num"),
        "url": _first(record, "urls/related-urls/url", "urls/web-urls/url"),
        "authors": join(
            person(_text_of(a)) for a in record.iterfind("contributors/authors/author")
        ),
        "keywords": _all(record, "keywords/keyword"),
        "journal": _first(record, "titles/secondary-title", "periodical/full-title"),
        "type": "" if kind is None else kind.get("name", ""),
        "editor": _all(record, "contributors/secondary-authors/author"),
        "date": _all(record, "dates/pub-dates/date"),
    } | _others(record, known)


def _others(record: Element, known: Iterable[str]) -> dict[str, str]:
    """Return the text of the children that are not in ``known``."""
    texts_of_tag: dict[str, list[str]] = {}
    for child in record:
        if child.tag not in known:
            texts_of_tag.setdefault(child.tag, []).append(_text_of(child))
    return {tag: join(texts) for tag, texts in texts_of_tag.items()}


_RECORDS: dict[str, Callable[[Element], dict[str, str]]] = {
    "PubmedArticle": _pubmed,
    "PubmedBookArticle": _pubmed,
    "entry": _atom,
    "record": _endnote,
}
