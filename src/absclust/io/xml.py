"""XML, record by record; ``xml_records.py`` reads what a record says.

Files are parsed record by record with the standard library's expat, so that the tree
of a large file is never in memory. Files that declare entities are refused: such
declarations serve only for attacks ("billion laughs", reading other files).
"""

import re
from typing import Any
from xml.etree.ElementTree import TreeBuilder
from xml.parsers import expat

from absclust.errors import ReadError
from absclust.io.parsed import Parsed, parsed
from absclust.io.xml_records import RECORDS, row_of, text_of

_MOST_NESTED = 200
_ENCODING = re.compile(rb"""<\?xml[^>]*\bencoding\s*=\s*["']([^"'>]*)""")


def read_xml(content: bytes) -> Parsed:
    """Read the records of a PubMed, arXiv, EndNote or OAI-PMH file.

    If the XML breaks off, the records before that place are kept and it is listed as broken.

    Examples
    --------
    >>> library = read_xml(b"<feed><entry><title>On owls</title></entry><entry><title>Cut")
    >>> library.frame["title"].tolist(), len(library.broken)
    (['On owls'], 1)
    """
    broken = []
    try:
        records = _Records()
        try:
            records.parse(content)
        except (LookupError, ValueError):  # not an encoding that expat knows, such as GBK
            records = _Records()
            records.parse(_decode(content).encode(), "utf-8")
    except expat.ExpatError as error:
        if not records.rows:
            raise ReadError(f"not readable as XML ({error})") from error
        broken.append(f"{error}; the rest of the file was not read")
    if not records.rows:
        known = ", ".join(sorted(RECORDS))
        raise ReadError(
            f"found no record in <{records.root}>; expected one of the elements {known}"
        )
    return parsed(records.rows, broken, records.skipped)


def _decode(content: bytes) -> str:
    """Decode a file as it declares, or as UTF-8 if there is no such encoding."""
    declared = _ENCODING.search(content)
    try:
        return content.decode(
            declared[1].decode("ascii", "replace") if declared else "utf-8", "replace"
        )
    except LookupError:
        return content.decode("utf-8", "replace")


class _Records:
    """Builds the tree of one record at a time and turns it into a row."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []
        self.skipped: list[str] = []
        self.root = ""
        self._depth = 0
        self._record_depth = 0
        self._tree: TreeBuilder | None = None

    def parse(self, content: bytes, encoding: str | None = None) -> None:
        """Parse a file; an encoding given here overrides the one that the file declares."""
        parser = expat.ParserCreate(encoding, namespace_separator="}")
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
        if self._tree is None and name in RECORDS:
            self._tree, self._record_depth = TreeBuilder(), self._depth
        if self._tree is not None:
            self._tree.start(name, {_local(k): v for k, v in attributes.items()})

    def _end(self, name: str) -> None:
        name = _local(name)
        if self._tree is not None:
            self._tree.end(name)
            if self._depth == self._record_depth:
                record = self._tree.close()
                if row := {k: v for k, v in row_of(record).items() if v}:
                    self.rows.append(row)
                else:
                    self.skipped.append(f"<{name}> without content: {text_of(record)}")
                self._tree = None
        self._depth -= 1

    def _text(self, text: str) -> None:
        if self._tree is not None:
            self._tree.data(text)


def _refuse_entity(name: str, *_: Any) -> None:
    raise ReadError(f"the file declares the entity {name!r}; expected XML without entities")


def _local(name: str) -> str:
    return name.rpartition("}")[2]
