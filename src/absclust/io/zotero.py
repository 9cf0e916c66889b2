"""Zotero's own database, whose items are read as those of its JSON are."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

from absclust.corpus.columns import find_bibliographic
from absclust.errors import ReadError
from absclust.io.json_records import record_of
from absclust.io.parsed import NO_PAPERS, Parsed, join, parsed

# Each item with its fields, persons, tags, and the collections that it is in or inside of.
_ITEMS = """
    WITH RECURSIVE inside (itemID, collectionID) AS (
        SELECT itemID, collectionID FROM collectionItems
        UNION SELECT itemID, parentCollectionID FROM inside JOIN collections USING (collectionID)
        WHERE parentCollectionID IS NOT NULL
    )
    SELECT json_object('key', key, 'itemType', typeName, 'fields', json((
        SELECT json_group_object(fieldName, value) FROM itemData
        JOIN fields USING (fieldID) JOIN itemDataValues USING (valueID) WHERE itemID = items.itemID
    )), 'creators', json((
        SELECT json_group_array(json_object('creatorType', creatorType, 'firstName', firstName,
            CASE fieldMode WHEN 1 THEN 'name' ELSE 'lastName' END, lastName)) FROM (
        SELECT * FROM itemCreators JOIN creators USING (creatorID)
        JOIN creatorTypes USING (creatorTypeID) WHERE itemID = items.itemID ORDER BY orderIndex)
    )), 'tags', json((
        SELECT json_group_array(name) FROM (SELECT name FROM itemTags JOIN tags USING (tagID)
        WHERE itemID = items.itemID ORDER BY tagID)
    )), 'collections', json((
        SELECT json_group_array(collectionName) FROM (SELECT collectionName FROM inside
        JOIN collections USING (collectionID) WHERE itemID = items.itemID ORDER BY collectionName)
    ))) FROM items JOIN itemTypes USING (itemTypeID)
    WHERE itemID NOT IN (SELECT itemID FROM deletedItems) ORDER BY itemID
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
            items = [json.loads(item) for (item,) in library.execute(_ITEMS)]
        except sqlite3.Error as error:
            raise ReadError(f"not readable as a library of Zotero ({error})") from error
    rows = []
    for item in items:
        if item["itemType"] not in NO_PAPERS:
            item |= item.pop("fields") | {"collections": join(item["collections"])}
            if date := str(item.get("date", "")):  # "2017-05-00 May 2017"
                item["date"] = date.split(" ")[0].replace("-00", "")
            rows.append(record_of(item))
    return parsed(rows)


def chosen(whole: Parsed, what: str, name: str | None) -> Parsed:
    """Return the records of a collection, or those with a tag; all of them, if none is named.

    Parameters
    ----------
    whole
        A file.
    what
        ``"collection"`` or ``"tag"``.
    name
        Its name.

    Raises
    ------
    ReadError
        If no record is in it.
    """
    if name is None:
        return whole
    tags = find_bibliographic(whole.frame.columns).get("keywords", "")
    column = tags if what == "tag" else "collections"
    cells = [str(cell).split("; ") for cell in whole.frame.get(column, [])]
    kept = [name in cell for cell in cells]
    if not any(kept):
        names = sorted({name for cell in cells for name in cell if name})
        known = ", ".join(map(repr, names)) or "(none)"
        raise ReadError(f"no papers of a {what} {name!r}; the {what}s are {known}")
    return replace(whole, frame=whole.frame[kept].reset_index(drop=True))
