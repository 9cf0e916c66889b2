"""Zotero's own records: its database, and the items of its JSON."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

from absclust.errors import ReadError
from absclust.io.parsed import Parsed, join, parsed

# What belongs to a paper but is none.
NO_PAPERS = ("attachment", "note", "annotation")
_NAMES = {
    "id": ("key",), "title": ("title", "caseName", "nameOfAct", "subject"),
    "abstract": ("abstractNote",), "date": ("date",), "doi": ("DOI",), "url": ("url",),
    "journal": ("publicationTitle", "proceedingsTitle", "bookTitle", "repository"),
    "type": ("itemType",), "number": ("issue",), "issn": ("ISSN",), "volume": ("volume",),
}  # fmt: skip
_FIELDS = """
    SELECT itemID, fieldName, value FROM itemData
    JOIN fields USING (fieldID) JOIN itemDataValues USING (valueID)
"""
_ITEMS = """
    SELECT itemID, key, typeName FROM items JOIN itemTypes USING (itemTypeID)
    WHERE itemID NOT IN (SELECT itemID FROM deletedItems) ORDER BY itemID
"""
_CREATORS = """
    SELECT itemID, creatorType, firstName, lastName, fieldMode FROM itemCreators
    JOIN creators USING (creatorID) JOIN creatorTypes USING (creatorTypeID)
    ORDER BY itemID, orderIndex
"""
_TAGS = "SELECT itemID, name FROM itemTags JOIN tags USING (tagID) ORDER BY itemID, tagID"
# Each item's collections, and those around them.
_COLLECTIONS = """
    WITH RECURSIVE inside (itemID, collectionID) AS (
        SELECT itemID, collectionID FROM collectionItems
        UNION SELECT itemID, parentCollectionID FROM inside JOIN collections USING (collectionID)
        WHERE parentCollectionID IS NOT NULL
    )
    SELECT itemID, collectionName FROM inside JOIN collections USING (collectionID)
    ORDER BY itemID, collectionName
"""


def read_zotero(content: bytes) -> Parsed:
    """Read ``zotero.sqlite``, also while Zotero runs: a copy in memory is opened.

    Raises
    ------
    ReadError
        If it is no database of Zotero.
    """
    content = content[:18] + b"\1\1" + content[20:]  # a copy has no write-ahead log
    with closing(sqlite3.connect(":memory:")) as library:
        library.text_factory = lambda text: text.decode("utf-8", "replace")
        try:
            library.deserialize(content)
            items: dict[int, dict[str, Any]] = {
                number: {
                    "key": key,
                    "itemType": kind,
                    "creators": [],
                    "tags": [],
                    "collections": [],
                }
                for number, key, kind in library.execute(_ITEMS)
                if kind not in NO_PAPERS
            }
            for number, name, value in library.execute(_FIELDS):
                # A date is "2017-05-00 May 2017".
                dated = str(value).split(" ")[0].replace("-00", "") if name == "date" else value
                items.get(number, {})[name] = dated
            for number, role, first, last, one_name in library.execute(_CREATORS):
                named = {"literal": last} if one_name else {"family": last, "given": first}
                items.get(number, {"creators": []})["creators"].append(
                    {"creatorType": role} | named
                )
            for name, query in (("tags", _TAGS), ("collections", _COLLECTIONS)):
                for number, value in library.execute(query):
                    items.get(number, {name: []})[name].append(value)
        except sqlite3.Error as error:
            raise ReadError(f"not readable as a library of Zotero ({error})") from error
    return parsed(map(zotero_record, items.values()))


def of_collection(whole: Parsed, collection: str) -> Parsed:
    """Return the records of a collection.

    Raises
    ------
    ReadError
        If there is no such collection.
    """
    cells = [str(cell).split("; ") for cell in whole.frame.get("collections", [])]
    kept = [collection in cell for cell in cells]
    if not any(kept):
        names = sorted({name for cell in cells for name in cell if name})
        known = ", ".join(map(repr, names)) or "(none)"
        raise ReadError(f"no papers of a collection {collection!r}; the collections are {known}")
    return replace(whole, frame=whole.frame[kept].reset_index(drop=True))


def zotero_record(item: Mapping[str, Any]) -> dict[str, Any]:
    """Convert an item of Zotero, as its API and its database have it."""
    creators = item.get("creators") or []
    people = {
        name: join(_person(c) for c in creators if (c.get("creatorType") == "editor") == editor)
        for name, editor in (("authors", False), ("editor", True))
    }
    tags = [
        tag if isinstance(tag, str) else str(tag.get("tag", "")) for tag in item.get("tags") or []
    ]
    known = {
        name: next((str(item[key]) for key in keys if item.get(key)), "")
        for name, keys in _NAMES.items()
    }
    collections = {"collections": join(item["collections"])} if item.get("collections") else {}
    used = {"creators", "tags", *known, *(key for keys in _NAMES.values() for key in keys)}
    others = {k: v for k, v in item.items() if k not in used and not isinstance(v, dict | list)}
    return known | people | {"keywords": join(tags)} | others | collections


def _person(creator: Mapping[str, Any]) -> str:
    if name := creator.get("literal") or creator.get("name"):
        return f"{{{name}}}"
    family, given = (
        str(creator.get(ours) or creator.get(theirs) or "")
        for ours, theirs in (("family", "lastName"), ("given", "firstName"))
    )
    return join([family, given], ", ")
