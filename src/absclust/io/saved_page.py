"""Pages of titles, each followed by its abstract, as saved from a web site."""

import re

from absclust.errors import ReadError
from absclust.io.parsed import Parsed, parsed

_ABSTRACT_MIN_WORDS = 30  # shorter paragraphs are titles or furniture of the page
_WRAPPED_LINE_MAX = 120  # characters; a paragraph of three or more shorter lines was wrapped


# A line that begins with a tag, in whatever way a program writes it: "[TI] Owls", "AU = Silva".
_TAGGED = re.compile(r"\W?[A-Z][A-Z0-9]{1,4}(?:[\])>}]|\s{0,3}[-:=|])\s")
_TAGGED_SHARE = 0.5  # of the lines of a file that is no page


def read_page(text: str) -> Parsed:
    """Read titles and abstracts; short lines that are not a title are listed as skipped."""
    records: list[dict[str, str]] = []
    skipped: list[str] = []
    title = ""
    lines = [line for line in text.splitlines() if line.strip()]
    tagged = [line.strip() for line in lines if _TAGGED.match(line)]
    if len(tagged) > _TAGGED_SHARE * len(lines):
        raise ReadError(
            f"this looks like records of tagged lines, such as {tagged[0][:40]!r}, of a kind that "
            "is not known; export them as RIS, or as a table"
        )
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
            f"found no abstract (a paragraph of {_ABSTRACT_MIN_WORDS} words or more) in this page; "
            "expected titles, each followed by its abstract; or a .csv that begins with 'title'"
        )
    return parsed(records, skipped=skipped)


def _paragraphs(text: str) -> list[str]:
    paragraphs: list[str] = []
    for block in re.split(r"\n[^\S\n]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        # Lines that mostly begin with capitals are titles below each other; where nouns have
        # capitals, the lines of an abstract may do so, too, but the last one ends a sentence.
        capitals = 2 * sum(line[0].isupper() for line in lines[1:]) > len(lines)
        titles = capitals and not lines[-1].endswith((".", "…"))
        wrapped = len(lines) > 2 and max(map(len, lines)) <= _WRAPPED_LINE_MAX and not titles
        paragraphs.extend([" ".join(lines)] if wrapped else lines)
    return paragraphs
