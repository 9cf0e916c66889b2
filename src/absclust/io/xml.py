"""XML: PubMed, arXiv (Atom), EndNote and OAI-PMH (arXiv, Dublin Core).

Files are parsed record by record with the standard library's expat, so that the tree
of a large file is never in memory. Files that declare entities are refused: such
declarations serve only for attacks ("billion laughs", reading other files).
"""

import re
from collections.abc import Callable, Iterable
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from absclust.corpus.columns import DOI, YEAR
from absclust.corpus.people import split_people
from absclust.errors import ReadError
from absclust.io.parsed import Parsed, join, parsed, person

_MOST_NESTED = 200
# The numbers of EndNote's first types of references.
_OLD_ENDNOTE_TYPES = {
    "0": "Journal Article", "1": "Book", "2": "Thesis", "3": "Conference Proceedings",
    "7": "Book Section", "10": "Report", "16": "Web Page",
}  # fmt: skip


def read_xml(content: bytes) -> Parsed:
    """Read the records of a PubMed, arXiv, EndNote or OAI-PMH file.

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
    return parsed(records.rows, broken, records.skipped)


class _Records:
    """Builds the tree of one record at a time and turns it into a row."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []
        self.skipped: list[str] = []
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
                if row := {k: v for k, v in _RECORDS[name](record).items() if v}:
                    self.rows.append(row)
                else:
                    self.skipped.append(f"<{name}> without content: {_text_of(record)}")
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


def _first(record: Element, *paths: str) -> str:
    """Return the text at the first path that has text."""
    return next((text for path in paths if (text := _text_of(record.find(path)))), "")


def _all(record: Element, path: str) -> str:
    return join(map(_text_of, record.iterfind(path)))


def _pubmed(record: Element) -> dict[str, str]:
    date = _first(record, ".//JournalIssue/PubDate", ".//Book/PubDate", ".//PubDate")
    year = YEAR.search(date)
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


def _old_endnote(record: Element) -> dict[str, str]:
    """Read a record of EndNote 7 or earlier, whose elements have names in capitals."""
    known = {
        "REFNUM", "TITLE", "ABSTRACT", "YEAR", "AUTHORS", "KEYWORDS", "SECONDARY_TITLE", "URL",
        "REFERENCE_TYPE", "SECONDARY_AUTHORS", "DATE", "VOLUME", "NUMBER", "PAGES", "PUBLISHER",
        "NOTES", "ISBN",
    }  # fmt: skip
    kind = _first(record, "REFERENCE_TYPE")
    return {
        "id": _first(record, "REFNUM"),
        "title": _first(record, "TITLE"),
        "abstract": _first(record, "ABSTRACT"),
        "year": _first(record, "YEAR"),
        "doi": _first(record, "DOI"),
        "url": _first(record, "URL"),
        "authors": join(person(_text_of(a)) for a in record.iterfind("AUTHORS/AUTHOR")),
        "keywords": _all(record, "KEYWORDS/KEYWORD"),
        "journal": _first(record, "SECONDARY_TITLE", "PERIODICAL"),
        "type": _OLD_ENDNOTE_TYPES.get(kind, kind),
        "editor": _all(record, "SECONDARY_AUTHORS/SECONDARY_AUTHOR"),
        "date": _first(record, "DATE"),
        "volume": _first(record, "VOLUME"),
        "number": _first(record, "NUMBER"),
        "pages": _first(record, "PAGES"),
        "publisher": _first(record, "PUBLISHER"),
        "issn": _first(record, "ISBN"),
        "notes": _first(record, "NOTES"),
    } | _others(record, known | {"DOI", "PERIODICAL"})


def _record(record: Element) -> dict[str, str]:
    """Read <record>: EndNote, or OAI-PMH, whose deleted records have no metadata."""
    if record.find("header") is None:
        return _endnote(record)
    metadata = record.find("metadata")
    if metadata is None or not len(metadata):
        return {}
    paper = metadata[0]
    row = _dublin_core(paper) if paper.tag == "dc" else _arxiv(paper)
    row["id"] = row.get("id") or _first(record, "header/identifier")
    return row


def _arxiv(paper: Element) -> dict[str, str]:
    """Read the formats arXiv and arXivRaw, which has several versions and unparsed authors."""
    arxiv_id = _first(paper, "id")
    dates = [_first(paper, "created"), *map(_text_of, paper.iterfind("version/date"))]
    years = [year[0] for date in dates if (year := YEAR.search(date))]
    authors = [
        join([_first(a, "keyname"), join([_first(a, "forenames"), _first(a, "suffix")], " ")], ", ")
        for a in paper.iterfind("authors/author")
    ]
    known = {"id", "title", "abstract", "authors", "doi", "journal-ref", "created", "version"}
    return {
        "id": arxiv_id,
        "title": _first(paper, "title"),
        "abstract": _first(paper, "abstract"),
        "year": min(years, default=""),
        "doi": _first(paper, "doi"),
        "url": f"https://arxiv.org/abs/{arxiv_id}" if arxiv_id else "",
        "authors": join(authors) or split_people(_first(paper, "authors")),
        "journal": _first(paper, "journal-ref"),
        "date": dates[0],
    } | _others(paper, known)


def _dublin_core(paper: Element) -> dict[str, str]:
    """Read Dublin Core, where one element may stand for several things."""
    identifiers = list(map(_text_of, paper.iterfind("identifier")))
    dois = [doi[0] for text in identifiers if (doi := DOI.search(text))]
    addresses = [text for text in identifiers if text.startswith("http")]
    # Comments and translations come after the abstract.
    years = [year[0] for d in paper.iterfind("date") if (year := YEAR.search(_text_of(d)))]
    known = {
        "title", "creator", "description", "date", "identifier", "subject", "source", "type",
        "publisher", "language",
    }  # fmt: skip
    return {
        "title": _first(paper, "title"),
        "abstract": _first(paper, "description"),
        "year": min(years, default=""),
        "doi": next(iter(dois), ""),
        "url": next(iter(addresses), ""),
        "authors": _all(paper, "creator"),
        "keywords": _all(paper, "subject"),
        "journal": _first(paper, "source"),
        "type": _first(paper, "type").rpartition("/")[2],
        "publisher": _first(paper, "publisher"),
        "language": _first(paper, "language"),
        "date": _first(paper, "date"),
        "other_titles": join(list(map(_text_of, paper.iterfind("title")))[1:]),
        "other_abstracts": join(list(map(_text_of, paper.iterfind("description")))[1:], "\n"),
        "identifiers": join(identifiers),
    } | _others(paper, known)


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
    "record": _record,
    "RECORD": _old_endnote,
}
