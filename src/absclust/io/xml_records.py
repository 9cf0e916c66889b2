"""Records of XML files: PubMed, arXiv, EndNote, OAI-PMH, MODS, MARCXML and Zotero's RDF."""

import re
from collections.abc import Callable, Iterable, Mapping
from xml.etree.ElementTree import Element

from absclust.corpus.columns import DOI, year_in
from absclust.corpus.people import split_people
from absclust.io.parsed import join, person

# The numbers of EndNote's first types of references.
_OLD_ENDNOTE_TYPES = {
    "0": "Journal Article", "1": "Book", "2": "Thesis", "3": "Conference Proceedings",
    "7": "Book Section", "10": "Report", "16": "Web Page",
}  # fmt: skip
Paths = Mapping[str, tuple[str, ...]]  # our name of a field -> the paths to it, best first

_ENDNOTE: Paths = {
    "id": ("rec-number",), "title": ("titles/title",), "abstract": ("abstract",),
    "year": ("dates/year",), "doi": ("electronic-resource-num",),
    "url": ("urls/related-urls/url", "urls/web-urls/url"),
    "authors": ("contributors/authors/author",), "keywords": ("keywords/keyword",),
    "journal": ("titles/secondary-title", "periodical/full-title"), "type": ("ref-type",),
    "editor": ("contributors/secondary-authors/author",), "date": ("dates/pub-dates/date",),
}  # fmt: skip
# EndNote 7 or earlier, whose elements have names in capitals.
_OLD_ENDNOTE: Paths = {
    "id": ("REFNUM",), "title": ("TITLE",), "abstract": ("ABSTRACT",), "year": ("YEAR",),
    "doi": ("DOI",), "url": ("URL",), "authors": ("AUTHORS/AUTHOR",),
    "keywords": ("KEYWORDS/KEYWORD",), "journal": ("SECONDARY_TITLE", "PERIODICAL"),
    "type": ("REFERENCE_TYPE",), "editor": ("SECONDARY_AUTHORS/SECONDARY_AUTHOR",),
    "date": ("DATE",), "volume": ("VOLUME",), "number": ("NUMBER",), "pages": ("PAGES",),
    "publisher": ("PUBLISHER",), "issn": ("ISBN",), "notes": ("NOTES",),
}  # fmt: skip
_HOST = "relatedItem[@type='host']"
_MODS: Paths = {
    "id": ("recordInfo/recordIdentifier", "identifier[@type='citekey']"),
    "title": ("titleInfo/title",), "abstract": ("abstract",),
    "date": ("originInfo/dateIssued", f"{_HOST}/originInfo/dateIssued", f"{_HOST}/part/date"),
    "doi": ("identifier[@type='doi']",), "url": ("location/url", "identifier[@type='uri']"),
    "authors": ("name",), "keywords": ("subject/topic",), "journal": (f"{_HOST}/titleInfo/title",),
    "type": ("genre",), "editor": (f"{_HOST}/name",),
}  # fmt: skip
_MARC: Paths = {
    name: tuple(
        f"datafield[@tag='{place[:3]}']/subfield[@code='{place[3]}']" for place in places.split()
    )
    for name, places in {
        "title": "245a", "subtitle": "245b", "abstract": "520a", "doi": "024a", "url": "856u",
        "date": "264c 260c 773g", "authors": "100a 110a 700a", "keywords": "650a",
        "journal": "773t", "editor": "000_",
    }.items()
} | {"id": ("controlfield[@tag='001']",)}  # fmt: skip
_RDF: Paths = {
    "id": ("about",), "title": ("title",), "abstract": ("abstract",), "date": ("date",),
    "doi": ("identifier", "isPartOf/*/identifier"), "type": ("itemType",),
    "url": ("identifier/URI/value",), "authors": ("authors/Seq/li/Person",),
    "keywords": ("subject",), "journal": ("isPartOf/*/title",),
    "editor": ("editors/Seq/li/Person",),
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


def _first(record: Element, *paths: str) -> str:
    """Return the text at the first path that has text."""
    return next((text for path in paths if (text := text_of(record.find(path)))), "")


def _all(record: Element, path: str, read: Callable[[str], str] = str) -> str:
    """Return the texts of all elements at a path, each as ``read`` returns it."""
    return join(read(text_of(element)) for element in record.iterfind(path))


def _pubmed(record: Element) -> dict[str, str]:
    date = _first(record, ".//JournalIssue/PubDate", ".//Book/PubDate", ".//PubDate")
    abstract = record.find(".//Abstract")
    sections = [] if abstract is None else abstract.iterfind("AbstractText")
    return {
        "id": _first(record, ".//PMID"),
        "title": _first(record, ".//ArticleTitle", ".//BookTitle", ".//VernacularTitle"),
        "abstract": join(map(_labelled, sections), " "),
        "year": year_in(date),
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
    text, label = text_of(section), section.get("Label", "")
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
    row = _by_paths(record, _ENDNOTE) | {
        "type": "" if kind is None else kind.get("name", ""),
        "date": _all(record, "dates/pub-dates/date"),
    }
    return row | _others(record, _children(_ENDNOTE) | {"foreign-keys"})


def _old_endnote(record: Element) -> dict[str, str]:
    row = _by_paths(record, _OLD_ENDNOTE)
    row["type"] = _OLD_ENDNOTE_TYPES.get(row["type"], row["type"])
    return row | _others(record, _children(_OLD_ENDNOTE))


def _mods(record: Element) -> dict[str, str]:
    row = _by_paths(record, _MODS)
    people = [name for name in record.iterfind("name") if _is_author(name)]
    row["authors"] = join(
        _in_parts(p, "namePart[@type='family']", "namePart[@type='given']") for p in people
    )
    return row | _year_and_doi(row["date"], row["doi"])


def _is_author(name: Element) -> bool:
    roles = {text_of(role).lower() for role in name.iterfind("role/roleTerm")}
    return not roles or bool(roles & {"aut", "author", "cre", "creator"})


def _in_parts(person: Element, family: str, given: str) -> str:
    """Return a name of two parts, or else its whole text."""
    return join([_first(person, family), _first(person, given)], ", ") or _first(
        person, "namePart", "name"
    )


def _marc(record: Element) -> dict[str, str]:
    row = _by_paths(record, _MARC)
    people = [text_of(name) for path in _MARC["authors"] for name in record.iterfind(path)]
    # As libraries punctuate: "Owls :", "Silva, Inês,".
    title, more, journal, *people = (
        re.sub(r"\s*[/:;,]$", "", text)
        for text in (row["title"], row.pop("subtitle"), row["journal"], *people)
    )
    known = {"title": join([title, more], ": "), "journal": journal, "authors": join(people)}
    return row | known | _year_and_doi(row["date"], row["doi"])


def _rdf(record: Element) -> dict[str, str]:
    """Read Zotero's RDF; notes and files are no papers."""
    row = _by_paths(record, _RDF)
    if row["type"] in ("attachment", "note") or not row["title"]:
        return {}
    for name in ("authors", "editor"):
        people = record.iterfind(_RDF[name][0])
        row[name] = join(_in_parts(person, "surname", "givenName") for person in people)
    identifiers = "; ".join(_all(record, path) for path in _RDF["doi"])
    return row | _year_and_doi(row["date"], identifiers)


def _year_and_doi(date: str, identifiers: str) -> dict[str, str]:
    doi = DOI.search(identifiers)
    return {"year": year_in(date), "doi": doi[0].rstrip(";") if doi else ""}


def _by_paths(record: Element, paths: Paths) -> dict[str, str]:
    """Read the fields of a record by the paths to them."""
    row = {name: _first(record, *places) for name, places in paths.items()}
    for name in ("authors", "editor", "keywords"):  # all of them, not only the first
        row[name] = _all(record, paths[name][0], person if name == "authors" else str)
    return row


def _children(paths: Paths) -> set[str]:
    """Return the children of a record that the paths lead into."""
    return {place.split("/")[0] for places in paths.values() for place in places}


def _record(record: Element) -> dict[str, str]:
    """Read <record>: MARC, EndNote, or OAI-PMH, whose deleted records have no metadata."""
    if record.find("datafield") is not None:
        return _marc(record)
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
    dates = [_first(paper, "created"), *map(text_of, paper.iterfind("version/date"))]
    years = [year for date in dates if (year := year_in(date))]
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
    identifiers = list(map(text_of, paper.iterfind("identifier")))
    dois = [doi[0] for text in identifiers if (doi := DOI.search(text))]
    addresses = [text for text in identifiers if text.startswith("http")]
    # Comments and translations come after the abstract.
    years = [year for d in paper.iterfind("date") if (year := year_in(text_of(d)))]
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
        "other_titles": join(list(map(text_of, paper.iterfind("title")))[1:]),
        "other_abstracts": join(list(map(text_of, paper.iterfind("description")))[1:], "\n"),
        "identifiers": join(identifiers),
    } | _others(paper, known)


def _others(record: Element, known: Iterable[str]) -> dict[str, str]:
    """Return the text of the children that are not in ``known``."""
    texts_of_tag: dict[str, list[str]] = {}
    for child in record:
        if child.tag not in known:
            texts_of_tag.setdefault(child.tag, []).append(text_of(child))
    return {tag: join(texts) for tag, texts in texts_of_tag.items()}


# The element of a record -> what reads it.
RECORDS: dict[str, Callable[[Element], dict[str, str]]] = {
    "PubmedArticle": _pubmed,
    "PubmedBookArticle": _pubmed,
    "entry": _atom,
    "record": _record,
    "RECORD": _old_endnote,
    "mods": _mods,
    **dict.fromkeys(
        ("Article", "Book", "BookSection", "Document", "Thesis", "Report", "Description"), _rdf
    ),
}
