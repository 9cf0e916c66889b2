"""XML, record by record; ``xml_records.py`` reads what a record says.

Of a large file, the tree of one record at a time is in memory. Files that declare entities are
refused: such declarations serve only for attacks ("billion laughs", reading other files).
"""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from absclust.errors import ReadError
from absclust.io.parsed import Parsed, parsed
from absclust.io.xml_records import RECORDS, row_of, text_of

_MOST_NESTED = 200
_PIECE = 1 << 16  # characters
_ELEMENT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_ENTITY = re.compile(r"<!ENTITY\s+(?:%\s+)?([^\s>]*)")


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
                skipped.append(f"<{record.tag}> without content: {text_of(record)}")
    except ParseError as error:
        if not rows:
            raise ReadError(f"not readable as XML ({error})") from error
        broken.append(f"{error}; the rest of the file was not read")
    if not rows:
        known = ", ".join(sorted(RECORDS))
        root = _ELEMENT.search(text)
        raise ReadError(
            f"found no record in <{root[1] if root else ''}>; expected one of the elements {known}"
        )
    return parsed(rows, broken, skipped)


def _records(text: str) -> Iterator[Element]:
    """Yield the elements that are records, with names that have no namespace."""
    parser: Any = XMLPullParser(("start", "end"))
    text = text.lstrip()  # parsers take nothing before the declaration
    spaced = "xmlns" in text
    depth = record_depth = 0
    around = ""  # the element before
    for place in range(0, len(text), _PIECE):
        parser.feed(text[place : place + _PIECE])
        for event, element in parser.read_events():
            if event == "start":
                depth += 1
                if depth > _MOST_NESTED:
                    raise ReadError(
                        f"elements are nested more than {_MOST_NESTED} deep; expected records"
                    )
                if not record_depth:
                    name = _local(element.tag)
                    if {name, f"{around}/{name}"} & RECORDS:
                        record_depth = depth
                    else:
                        around = name
                continue
            if depth == record_depth:
                yield _without_namespaces(element) if spaced else element
                element.clear()
                record_depth = 0
            depth -= 1
    parser.close()


def _without_namespaces(record: Element) -> Element:
    for element in record.iter():
        element.tag = _local(element.tag)
        element.attrib = {_local(name): value for name, value in element.attrib.items()}
    return record


def _local(name: str) -> str:
    return name.rpartition("}")[2]
