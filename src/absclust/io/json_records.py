"""JSON and JSON lines: plain records, OpenAlex, arXiv, Crossref, CSL (Zotero, Mendeley)."""

import json
import re
from collections.abc import Mapping
from typing import Any

from absclust.corpus.clean import without_surrogates
from absclust.corpus.columns import year_in
from absclust.errors import ReadError
from absclust.io.parsed import Parsed, join, parsed
from absclust.io.zotero import NO_PAPERS, zotero_record

# Lists in plain records: of names, and of the parts of a text.
_LISTS = {"authors", "author", "author_display", "creators", "keywords", "tags"}
_PARTS = {"title", "title_display", "abstract"}
# What a work of OpenAlex has several of -> the path to it.
_OPENALEX_GROUPS = {
    "institutions": ("authorships", "institutions", "display_name"),
    "countries": ("authorships", "countries"),
    "topics": ("topics", "display_name"),
}
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(text: str) -> Parsed:
    """Read a list of records, a single record, or an object that holds a list of records.

    Examples
    --------
    >>> read_json('{"meta": {}, "results": [{"title": "On owls"}]}').frame["title"].tolist()
    ['On owls']
    """
    try:
        data = _load(text)
    except (ValueError, RecursionError) as error:
        # The arXiv snapshot is a .json file that holds JSON lines.
        if _is_record_line(text.strip().split("\n", 1)[0]):
            return read_json_lines(text)
        raise ReadError(f"not readable as JSON ({error})") from error
    if isinstance(data, dict) and isinstance(data.get("message"), dict):  # Crossref
        data = data["message"].get("items", [data["message"]])
    if isinstance(data, dict) and "items" in data and "config" in data:  # Better BibTeX
        data = data["items"]
    if isinstance(data, dict) and isinstance(data.get("response"), dict):  # PLOS
        data = data["response"]
    if isinstance(data, dict):
        data = [data] if _is_one_record(data) else _only_list(data)
    if not isinstance(data, list):
        raise ReadError(f"the JSON value is {type(data).__name__}; expected a list of records")
    numbered = enumerate(data, start=1)
    return parsed(_record(item, f"record {n}") for n, item in numbered if not _is_attached(item))


def read_json_lines(text: str) -> Parsed:
    """Read one record per line; lines that are not a record are listed as broken."""
    rows, broken = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            rows.append(_record(_load(line), f"line {number}"))
        except (ValueError, RecursionError) as error:
            broken.append(f"line {number}: not readable as JSON ({error})")
        except ReadError as error:
            broken.append(str(error))
    return parsed(rows, broken)


def _load(text: str) -> Any:
    """Parse JSON; lone surrogates, which cannot be encoded, become U+FFFD."""
    data = json.loads(text)
    if _SURROGATE.search(text):
        data = json.loads(without_surrogates(json.dumps(data, ensure_ascii=False)))
    return data


def _is_one_record(data: Mapping[str, Any]) -> bool:
    return _is_openalex(data) or isinstance(data.get("abstract"), str)


def _only_list(data: Mapping[str, Any]) -> list[Any]:
    lists = {k: v for k, v in data.items() if isinstance(v, list) and v}
    if len(lists) > 1:  # OpenAlex has "group_by" beside "results"
        lists = {k: v for k, v in lists.items() if k == "results"}
    if len(lists) != 1:
        raise ReadError(
            f"the JSON value is an object with the keys {', '.join(map(repr, data)) or '(none)'}; "
            "expected a list of records, or an object that holds one such list"
        )
    return next(iter(lists.values()))


def _is_attached(item: Any) -> bool:
    """Whether an item of Zotero is a file or a note of a paper."""
    return _path(item, "itemType") in NO_PAPERS or _path(item, "data", "itemType") in NO_PAPERS


def _is_record_line(line: str) -> bool:
    try:
        return isinstance(_load(line), dict)
    except (ValueError, RecursionError):
        return False


def _record(item: Any, where: str) -> dict[str, Any]:
    if isinstance(item, str):
        return {"abstract": item}
    if not isinstance(item, dict):
        raise ReadError(
            f"{where} is {type(item).__name__}; expected an object with an abstract, or a string"
        )
    if _is_openalex(item):
        return _openalex(item)
    if "categories" in item and isinstance(item.get("authors_parsed"), list):
        return _arxiv(item)
    if "itemType" in (data := item.get("data") or {}):  # Zotero's API
        item = data
    if "itemType" in item:
        return zotero_record(item)
    if isinstance(item.get("issued"), dict) or "container-title" in item:
        return _csl(item)
    if isinstance(_path(item, "attributes", "titles"), list):  # DataCite
        return _datacite(item)
    return {
        k: _names_of(v) if k in _LISTS else " ".join(_texts(v)) if k in _PARTS else v
        for k, v in item.items()
    }


def _datacite(item: Mapping[str, Any]) -> dict[str, Any]:
    """Convert a record of DataCite, whose descriptions are of several kinds."""
    paper = item["attributes"]
    abstracts = [
        d for d in paper.get("descriptions") or [] if d.get("descriptionType") == "Abstract"
    ]
    known = {
        "id": _text(item.get("id")),
        "title": join(_texts(paper["titles"], "title"), ": "),
        "abstract": join(_texts(abstracts, "description"), "\n"),
        "year": _text(paper.get("publicationYear")),
        "doi": _text(paper.get("doi")),
        "url": _text(paper.get("url")),
        "authors": join(map(_datacite_name, paper.get("creators") or [])),
        "keywords": join(_texts(paper.get("subjects"), "subject")),
        "journal": _text(_path(paper, "container", "title")),
        "type": _text(_path(paper, "types", "resourceTypeGeneral")),
    }
    return known | _flat(paper, {"titles", "descriptions", "creators", "publicationYear", *known})


def _datacite_name(creator: Any) -> str:
    person = [_text(_path(creator, "familyName")), _text(_path(creator, "givenName"))]
    name = _text(_path(creator, "name"))
    return (
        f"{{{name}}}"
        if _path(creator, "nameType") == "Organizational"
        else join(person, ", ") or name
    )


def _is_openalex(item: Mapping[str, Any]) -> bool:
    return "abstract_inverted_index" in item or (
        "authorships" in item and str(item.get("id")).startswith("https://openalex.org/W")
    )


def _openalex(work: Mapping[str, Any]) -> dict[str, Any]:
    """Convert a work from the OpenAlex API; its abstract is restored from the word index."""
    known = {
        "id": _text(work.get("id")),
        "title": _text(work.get("title") or work.get("display_name")),
        "abstract": _from_inverted_index(work.get("abstract_inverted_index")),
        "year": work.get("publication_year") or "",
        "doi": _text(work.get("doi")),
        "url": _text(_path(work, "primary_location", "landing_page_url")),
        "authors": join(_texts(work, "authorships", "author", "display_name")),
        "keywords": join(_texts(work, "keywords", "display_name")),
        "journal": _text(_path(work, "primary_location", "source", "display_name")),
    } | {name: join(dict.fromkeys(_texts(work, *path))) for name, path in _OPENALEX_GROUPS.items()}
    used = {"display_name", "publication_year", "abstract_inverted_index", *known}
    return known | _flat(work, used)


def _csl(item: Mapping[str, Any]) -> dict[str, Any]:
    """Convert an item of the Citation Style Language or Crossref, where titles are lists."""
    issued = item.get("issued")
    parts = _path(issued, "date-parts")
    date = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    text = "-".join(f"{int(part):02}" for part in date if str(part).isdigit())
    text = text or _text(_path(issued, "literal")) or _text(_path(issued, "raw"))
    known = {
        "id": _text(item.get("id") or item.get("DOI")),
        "title": _line(item.get("title")),
        "abstract": _text(item.get("abstract")),
        "year": year_in(text),
        "doi": _text(item.get("DOI")),
        "url": _text(item.get("URL")),
        "authors": _names_of(item.get("author")) or "",
        "keywords": _names_of(item.get("keyword") or item.get("subject")) or "",
        "journal": _line(item.get("container-title")),
        "type": _text(item.get("type")),
        "editor": _names_of(item.get("editor")) or "",
        "volume": _text(item.get("volume")),
        "number": _text(item.get("issue")),
        "pages": _text(item.get("page")),
        "publisher": _text(item.get("publisher")),
        "issn": _names_of(item.get("ISSN")) or "",
        "date": text,
    }
    used = {"DOI", "URL", "author", "keyword", "subject", "container-title", "issue", "page"}
    return known | _flat(item, {*used, "ISSN", "issued", *known})


def _line(value: Any) -> str:
    """Return a text on one line; of a list, its first text."""
    return " ".join(_text(value[0] if isinstance(value, list) and value else value).split())


def _names_of(value: Any) -> Any:
    """Join a list of names, which may be texts or objects; other values are left as they are."""
    if not isinstance(value, list) or not value:
        return value
    names = [_name(item) for item in value]
    return join(names) if all(names) else value


def _name(item: Any) -> str:
    if isinstance(item, str):
        return item
    if institution := _text(_path(item, "literal")):
        return f"{{{institution}}}"
    family = [_path(item, "non-dropping-particle"), _path(item, "family")]
    given = [_path(item, "given"), _path(item, "dropping-particle"), _path(item, "suffix")]
    if _text(family[1]):
        return join((join(map(_text, part), " ") for part in (family, given)), ", ")
    return next((text for key in ("name", "tag") if (text := _text(_path(item, key)))), "")


def _from_inverted_index(index: Any) -> str:
    """Join the words in the order of their positions; gaps in the positions are ignored."""
    if not isinstance(index, dict):
        return ""
    places = [
        (place, word)
        for word, places_of_word in index.items()
        if isinstance(places_of_word, list)
        for place in places_of_word
        if isinstance(place, int)
    ]
    return " ".join(word for _, word in sorted(places))


def _arxiv(paper: Mapping[str, Any]) -> dict[str, Any]:
    """Convert a record of the arXiv snapshot; its year is the year of the first version."""
    arxiv_id = _text(paper.get("id"))
    versions = paper.get("versions")
    first = versions[0] if isinstance(versions, list) and versions else {}
    date = _text(_path(first, "created")) or _text(paper.get("update_date"))
    known = {
        "id": arxiv_id,
        "title": " ".join(_text(paper.get("title")).split()),
        "abstract": " ".join(_text(paper.get("abstract")).split()),
        "year": year_in(date),
        "doi": _text(paper.get("doi")),
        "url": f"https://arxiv.org/abs/{arxiv_id}" if arxiv_id else "",
        "authors": join(_family_first(author) for author in paper["authors_parsed"]),
        "journal": _text(paper.get("journal-ref")),
    }
    return known | _flat(paper, {"authors_parsed", "journal-ref", *known})


def _family_first(author: Any) -> str:
    return join(map(_text, author[:2]), ", ") if isinstance(author, list) else _text(author)


def _flat(item: Mapping[str, Any], used: set[str]) -> dict[str, Any]:
    """Return the fields that are not ``used``; nested ones as JSON."""
    return {
        key: json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
        for key, value in item.items()
        if key not in used
    }


def _texts(value: Any, *path: str) -> list[str]:
    """Return the texts at a path, on which there may be lists."""
    if isinstance(value, list):
        return [text for item in value for text in _texts(item, *path)]
    return _texts(_path(value, path[0]), *path[1:]) if path else [_text(value)]


def _path(item: Any, *keys: str) -> Any:
    for key in keys:
        item = item.get(key) if isinstance(item, dict) else None
    return item


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)
