"""Pages of titles, each followed by its abstract, as saved from a web site."""

import re

from absclust.errors import ReadError
from absclust.io.parsed import Parsed, parsed

_ABSTRACT_MIN_WORDS = 30  # shorter paragraphs are titles or furniture of the page
_WRAPPED_LINE_MAX = 120  # characters; a paragraph of three or more shorter lines was wrapped


def read_page(text: str) -> Parsed:
    """Read titles and abstracts; short lines that are not a title are listed as skipped."""
    records: list[dict[str, str]] = []
    skipped: list[str] = []
    title = ""
    for paragraph in _paragraphs(text):
        if len(paragraph.split()) < _ABSTRACT_MIN_WORDS:
            if title:
                skipped.append(title)
            title = paragraph
        elif title or not records or not records[-1]["title"]:
            records.append({"title": title, "abstract": paragraph})
            title = ""
        else:
            # On a page with titles, a second long paragraph continues the abstract.
            records[-1]["abstract"] += " " + paragraph
    if title:
        skipped.append(title)
    if not records:
        raise ReadError(
            f"found no abstract (a paragraph of {_ABSTRACT_MIN_WORDS} words or more) "
            "in this page; expected titles, each followed by its abstract"
        )
    return parsed(records, skipped=skipped)


def _paragraphs(text: str) -> list[str]:
    paragraphs: list[str] = []
    for block in re.split(r"\n[^\S\n]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        wrapped = len(lines) > 2 and max(map(len, lines)) <= _WRAPPED_LINE_MAX
        paragraphs.extend([" ".join(lines)] if wrapped else lines)
    return paragraphs
