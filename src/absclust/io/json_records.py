"""JSON and JSON lines of any program: one table says where each keeps what we know."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from absclust.corpus.clean import without_surrogates
from absclust.corpus.columns import DOI, OUR_NAMES, distinct
from absclust.corpus.people import split_people
from absclust.errors import ReadError
from absclust.io.parsed import FIELDS, NO_PAPERS, Parsed, flat, have_papers, join, parsed

# The first key of a path -> the field that it leads to, its rank and the rest of the path.
_PLACES: dict[str, list[tuple[str, int, list[str]]]] = {}
for _field, _paths in FIELDS["json"].items():
    _listed = _paths.split()
    for _rank, _path in enumerate(_listed if _field in _listed else [_field, *_listed]):
        _key, *_rest = _path.split(".")
        _PLACES.setdefault(_key, []).append((_field, _rank, _rest))
_AROUND, _FAMILY, _GIVEN, _NAME, _INSTITUTION = (
    FIELDS["json_keys"][keys].split()
    for keys in ("around", "family", "given", "name", "institution")
)
_SEVERAL = ("institutions", "countries", "topics", "type")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(text: str) -> Parsed:
    """Read a list of records, a single record, or an object that holds records.

    Examples
    --------
    >>> read_json('{"meta": {}, "results": [{"title": "On owls"}]}').frame["title"].tolist()
    ['On owls']
    """
    try:
        items = _items(_load(text))
    except (ValueError, RecursionError) as error:
        # The arXiv snapshot is a .json file that holds JSON lines.
        with suppress(ValueError, RecursionError):
            if isinstance(_load(text.strip().split("\n", 1)[0]), dict):
                return read_json_lines(text)
        raise ReadError(f"not readable as JSON ({error})") from error
    return _parsed(items, "record", _rows)


def read_json_lines(text: str) -> Parsed:
    """Read one record per line."""
    lines = text.split("\n")
    return _parsed(lines, "line", lambda line, at: _rows(_load(line), at) if line.strip() else [])


def _parsed(
    items: Iterable[Any], what: str, read: Callable[[Any, str], list[dict[str, Any]]]
) -> Parsed:
    """Make a table of what is read; items that are not a record are listed as broken."""
    rows, broken = [], []
    for number, item in enumerate(items, start=1):
        try:
            rows += read(item, f"{what} {number}")
        except (ValueError, RecursionError) as error:
            broken.append(f"{what} {number}: not readable as JSON ({error})")
        except ReadError as error:
            broken.append(str(error))
    return parsed(rows, broken)


def _rows(item: Any, where: str) -> list[dict[str, Any]]:
    """Return the records of an item: one, or those of a whole answer that somebody kept there."""
    if isinstance(item, dict) and _bare(item).get("itemType") in NO_PAPERS:
        return []
    row = record_of(item, where)
    papers = _papers_in(item) if row.keys().isdisjoint(OUR_NAMES) else []
    return [record_of(paper, where) for paper in papers] or [row]


def _load(text: str) -> Any:
    """Parse JSON; lone surrogates, which cannot be encoded, become U+FFFD."""
    data = json.loads(text)
    if _SURROGATE.search(text):
        data = json.loads(without_surrogates(json.dumps(data, ensure_ascii=False)))
    return data


def _items(data: Any) -> list[Any]:
    """Return the records in a JSON value, however deep they lie in objects."""
    if isinstance(data, list):
        return data
    if not isinstance(data, dict):
        raise ReadError(f"the JSON value is {type(data).__name__}; expected a list of records")
    if rows := _table(data) or ([data] if _is_paper(data) else _papers_in(data)):
        return rows
    found = [value for value in data.values() if isinstance(value, list) and value]
    if len(found) != 1:
        raise ReadError(
            f"the JSON value is an object with the keys {', '.join(map(repr, data)) or '(none)'}; "
            "expected a list of records, or an object that holds one such list"
        )
    return found[0]


def _papers_in(data: Mapping[str, Any]) -> list[Any]:
    """Return the longest list of papers in an object, however deep it lies."""
    return max((items for items in _lists(data) if _is_paper(items[0])), key=len, default=[])


def _table(data: Mapping[str, Any]) -> list[Any]:
    """Return the rows of a table that pandas or R wrote, by rows or by columns, if it is one."""
    if isinstance(data.get("columns"), list) and isinstance(data.get("data"), list):
        rows = [row for row in data["data"] if isinstance(row, list)]
        return [dict(zip(data["columns"], row, strict=False)) for row in rows]
    columns = [[*c.values()] if isinstance(c, dict) else c for c in data.values()]
    lengths = {len(column) if isinstance(column, list) else 0 for column in columns}
    if len(lengths) != 1 or lengths == {0} or not have_papers(data):
        return []
    return [dict(zip(data, row, strict=True)) for row in zip(*columns, strict=True)]


def _lists(data: Mapping[str, Any]) -> Iterator[list[Any]]:
    """Yield the lists in an object and in those inside; records with ids as keys are one, too."""
    if own := [value for value in data.values() if _is_paper(value)]:
        yield own
    for value in data.values():
        if isinstance(value, list) and value:
            yield value
        elif isinstance(value, dict):
            yield from _lists(value)


def _is_paper(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    row = record_of(item)
    texts = [name for name in ("title", "abstract") if isinstance(row.get(name), str)]
    return "abstract" in texts or bool(texts and (row.keys() & {"authors", "doi", "year", "date"}))


def _bare(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a record without what holds it, whose id it keeps."""
    if "title" not in item:
        for inner in (item.get(key) for key in _AROUND):
            if isinstance(inner, dict):
                # OpenReview writes {"title": {"value": "Owls"}}.
                values = (v.get("value", v) if isinstance(v, dict) else v for v in inner.values())
                own_id = {"id": item["id"]} if "id" in item else {}
                item = own_id | dict(zip(inner, values, strict=True))
    if isinstance(item.get("creators"), list) and "itemType" in item:  # Zotero
        people = [c for c in item["creators"] if isinstance(c, dict)]
        item = {key: value for key, value in item.items() if key != "creators"} | {
            "authors": [c for c in people if c.get("creatorType") != "editor"],
            "editor": [c for c in people if c.get("creatorType") == "editor"],
        }
    return item


def record_of(item: Any, where: str = "record") -> dict[str, Any]:
    """Return the fields of a record, known ones by our names.

    Raises
    ------
    ReadError
        If it is neither an object nor a text.

    Examples
    --------
    >>> record_of({"DOI": "10.1000/x", "author": [{"family": "Silva", "given": "Inês"}], "n": 1})
    {'id': '10.1000/x', 'doi': '10.1000/x', 'authors': 'Silva, Inês', 'n': 1}
    """
    if isinstance(item, str):
        return {"abstract": item}
    if not isinstance(item, dict):
        raise ReadError(
            f"{where} is {type(item).__name__}; expected an object with an abstract, or a string"
        )
    item = _bare(item)
    row: dict[str, Any] = {}
    used: set[str] = set()
    for field, key, rest in _places(tuple(item)):
        inside = _inside(item[key], rest) if rest else item[key]
        if rest == ["title"] and field == "title":  # DataCite's title and subtitle
            inside = join(_texts(inside), ": ")
        if field not in row and (read := _read(field, inside)):
            row[field] = read
            used |= set() if rest else {key}
    if "authors_parsed" in item:  # arXiv, which wraps lines
        row["abstract"] = " ".join(str(row.get("abstract", "")).split())
        row.setdefault("url", f"https://arxiv.org/abs/{row.get('id', '')}")
    for key in item:
        if key in used or key in row:
            continue
        if all(item[key] != row.get(field) for field, _, _ in _PLACES.get(key, ())):
            row[key] = flat(item[key])
    return row


@lru_cache(maxsize=1000)
def _places(keys: tuple[str, ...]) -> list[tuple[str, str, list[str]]]:
    """Return where each field may be in a record with some keys: the key, and the path in it."""
    # Scopus writes "dc:title" and "prism:doi".
    found = [(key, *place) for key in keys for place in _PLACES.get(key.rpartition(":")[2], ())]
    fields = [field for _, field, *_ in found]
    found.sort(key=lambda place: (fields.index(place[1]), place[2]))
    return [(field, key, rest) for key, field, _, rest in found]


def _read(field: str, value: Any) -> Any:
    """Return the value of a field as our tables have it; nothing if it says nothing."""
    if field in ("authors", "editor", "keywords", "issn"):
        return _names(field, value)
    if field == "date" and isinstance(value, dict):
        return _csl_date(value)
    if field == "doi" and isinstance(value, list | dict):
        found = DOI.search(" ".join(_texts(value)))
        return found[0] if found else ""
    if field == "abstract" and isinstance(value, dict | list):
        return _abstract(value)
    if isinstance(value, list):
        texts = [text for item in value if (text := _text(item))]
        value = join(distinct(texts if field in _SEVERAL else texts[:1]))
    if isinstance(value, dict):
        return ""
    return " ".join(value.split()) if field == "title" and isinstance(value, str) else value


def _inside(value: Any, path: list[str]) -> Any:
    """Return what is at a path; if lists are on it, a list."""
    if isinstance(value, list):
        found = (_inside(item, path) for item in value)
        return [v for f in found if f for v in (f if isinstance(f, list) else [f])]
    if not path:
        return value
    return _inside(value.get(path[0]), path[1:]) if isinstance(value, dict) else None


def _texts(value: Any) -> Iterator[str]:
    """Yield all texts inside a value."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
    else:
        yield _text(value)


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _names(field: str, value: Any) -> Any:
    """Join the names of persons, institutions or keywords; values without names stay."""
    if field == "authors" and isinstance(value, str):
        return split_people(value)
    if not isinstance(value, list):
        return None if isinstance(value, dict) else value
    # Beside persons with family names, Crossref has institutions with a name.
    of_persons = any(isinstance(v, dict) and any(map(v.get, _FAMILY)) for v in value)
    return join(_name(item, of_persons) for item in value) or value


def _name(item: Any, of_persons: bool = False) -> str:
    if isinstance(item, list):  # arXiv
        return join(map(_text, item[:2]), ", ")
    if not isinstance(item, dict):
        return _text(item)
    family, given, name, institution = (
        next((t for key in keys if (t := _text(item.get(key)))), "")
        for keys in (_FAMILY, _GIVEN, _NAME, _INSTITUTION)
    )
    if not name:  # as in {"subject": {"value": "owls"}}
        name = next((_name(inside) for inside in item.values() if isinstance(inside, dict)), "")
    if not family:
        kind = item.get("nameType")
        one_name = "creatorType" in item or kind == "Organizational"
        if one_name or (of_persons and "," not in name and kind != "Personal"):
            institution = institution or name
        return f"{{{institution}}}" if institution else name
    before = [_text(item.get("non-dropping-particle")), family]
    after = [given, *(_text(item.get(key)) for key in ("dropping-particle", "suffix"))]
    return join((join(before, " "), join(after, " ")), ", ")


def _abstract(value: Any) -> str:
    """Join the parts of an abstract: sections, descriptions of DataCite, or OpenAlex's words."""
    if isinstance(value, list):
        parts = (part if isinstance(part, dict) else {"description": part} for part in value)
        abstracts = (p for p in parts if p.get("descriptionType", "Abstract") == "Abstract")
        return join((_text(part.get("description")) for part in abstracts), " ")
    if texts := [text for key, text in value.items() if isinstance(text, str) and key != "h1"]:
        return join(texts, " ")
    lists = [(word, places) for word, places in value.items() if isinstance(places, list)]
    words = ((place, word) for word, at in lists for place in at if isinstance(place, int))
    return " ".join(word for _, word in sorted(words))


def _csl_date(value: Mapping[str, Any]) -> str:
    dates = value.get("date-parts")
    if isinstance(dates, list) and len(dates) == 2 and isinstance(dates[0], list):
        dates = dates[0]  # the first of a range
    parts = [part for part in _texts(dates) if part.isdecimal()]
    text = "-".join(f"{int(part):02}" for part in parts[:3])
    return text or _text(value.get("literal")) or _text(value.get("raw"))
