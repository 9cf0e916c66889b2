"""Merge the records of one paper that come from several sources.

Two records are taken for the same paper if

- they have the same DOI, and their titles agree: they share most of their words, or
  one is the beginning of the other; short ones also need the same first author, or must be
  the same, of three words, in one year. If the titles don't agree (translations do not),
  the first author and the year must be the same, and the pages or the abstract too.
  The chapters of a book may share a DOI, and some programs give the same wrong DOI
  to many papers. Or
- they have the same title and the same family name of the first author, however their
  words are joined, their years are at most two apart, and their abstracts share most of
  their words. If one has no abstract, the title must have at least four words
  ("Editorial" says nothing), and they must not both have a DOI. If one has no author, they
  must come from different files, the title must have four words, and both must have an
  abstract.

A correction, a comment or a reply is never the same paper as the article that it is
about. By these rules a preprint is merged with the paper that it became, and records
without enough evidence stay apart.
"""

import re
import unicodedata
from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations
from typing import Any

import pandas as pd

from absclust.corpus.clean import clean_text
from absclust.corpus.columns import DOI, SOURCE_FILE, find_bibliographic, years
from absclust.corpus.entities import unescape
from absclust.corpus.people import is_initials
from absclust.io.parsed import FIELDS, join

_SHARED_WORDS = 0.6  # share of the words of the longer title, or of the shorter abstract
_YEARS_APART = 2  # at most, of a preprint and the paper that it became
_TITLE_MIN_WORDS = 4  # fewer, as in "Editorial", are not evidence
_ABOUT_ANOTHER = frozenset(FIELDS["about_another"]["words"].split())
_SAME_MIN_WORDS = 3  # of titles that are the same, under one DOI and in one year
_MOST_COMPARED = 50  # records with the same title that are compared pairwise
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")  # each CJK character is a word


@dataclass(frozen=True)
class _Record:
    """The parts of a record that show whether two records are the same paper."""

    doi: str
    title: tuple[str, ...]  # its words
    abstract: str
    author: frozenset[str]  # ways to write the family name of the first one; empty if unknown
    year: int
    pages: str
    file: str  # that it comes from; empty if all come from one

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the abstract."""
        return frozenset(_words(self.abstract))

    @cached_property
    def letters(self) -> str:
        """The title without what may be written in two ways: "co-operation", "and" or "&"."""
        return "".join(word for word in self.title if word != "and")

    @cached_property
    def about_another(self) -> frozenset[str]:
        """The words of the title that make it a correction, a comment and so on."""
        return _ABOUT_ANOTHER & {*self.title[:3], *self.title[-3:]}


def merge(records: pd.DataFrame) -> pd.DataFrame:
    """Merge the records of the same paper into the first of them.

    The merged record has the longest abstract, the keywords of all, and the first
    value that is not empty of every other field. The column ``merged_records`` lists
    the ids of the other records and those of their DOIs that differ.

    Parameters
    ----------
    records
        A table with the columns ``id``, ``title``, ``abstract`` and ``year``. With
        neither DOIs nor authors there is no evidence, and it is returned unchanged.

    Examples
    --------
    >>> import pandas as pd
    >>> merged = merge(pd.DataFrame({
    ...     "id": ["a", "b"], "title": ["On owls", "On Owls."], "abstract": ["", "They hoot."],
    ...     "year": ["2020", ""], "doi": ["10.1000/x", "https://doi.org/10.1000/X"]}))
    >>> merged[["id", "abstract", "merged_records"]].iloc[0].tolist()
    ['a', 'They hoot.', 'b']
    """
    columns = find_bibliographic(records.columns)
    if not {"doi", "authors"} & set(columns):
        return records
    compared = _compared(records, columns)
    groups = _groups(compared)
    if not groups:
        return records
    merged = records.copy()
    for name in records.columns:
        values = records[name].tolist()
        for group in groups:
            values[group[0]] = _best([values[row] for row in group], name, columns)
        merged[name] = values
    merged["merged_records"] = _merged_names([*map(str, records["id"])], compared, groups)
    duplicates = [row for group in groups for row in group[1:]]
    return merged.drop(index=merged.index[duplicates]).reset_index(drop=True)


def _compared(records: pd.DataFrame, columns: dict[str, Any]) -> list[_Record]:
    blank = [""] * len(records)
    dois, authors, pages, files = (
        records.get(name, blank)
        for name in (columns.get("doi"), columns.get("authors"), "pages", SOURCE_FILE)
    )
    words, families = map(_words, records["title"]), map(_family_names, authors)
    numbers = ("-".join(re.findall(r"\w+", str(cell))) for cell in pages)
    texts, known_years = map(str, records["abstract"]), years(records).tolist()
    return [*map(_Record, map(_doi, dois), words, texts, families, known_years, numbers, files)]


def _groups(records: list[_Record]) -> list[list[int]]:
    """Return the rows of each paper that has several rows, in the order of the table."""
    buckets: dict[Any, list[int]] = {}
    for row, record in enumerate(records):
        if record.doi:
            buckets.setdefault(record.doi, []).append(row)
        for name in sorted(record.author) if record.title else ():
            buckets.setdefault((record.letters, name), []).append(row)
        if record.file and len(record.title) >= _TITLE_MIN_WORDS:
            buckets.setdefault((record.letters,), []).append(row)
    group_of = [[row] for row in range(len(records))]
    for bucket in buckets.values():
        near = combinations(bucket[:_MOST_COMPARED], 2)
        far = ((bucket[0], row) for row in bucket[_MOST_COMPARED:])
        for a, b in chain(near, far):
            group, other = group_of[a], group_of[b]
            if group is not other and _same(records[a], records[b]):
                group += other
                for row in other:
                    group_of[row] = group
    return [*{id(group): sorted(group) for group in group_of if len(group) > 1}.values()]


def _same(a: _Record, b: _Record) -> bool:
    if a.title and b.title and a.about_another != b.about_another:
        return False
    if a.doi and a.doi == b.doi:
        return _same_despite_doi(a, b)
    same_author = bool(a.author & b.author)
    if a.letters != b.letters or (a.author and b.author and not same_author):
        return False
    if a.year and b.year and abs(a.year - b.year) > _YEARS_APART:
        return False
    says_something = len(a.title) >= _TITLE_MIN_WORDS
    if a.words and b.words:
        known = same_author or (says_something and a.file != b.file)
        return known and _share_most(a.words, b.words, min)
    return says_something and same_author and not (a.doi and b.doi)


def _same_despite_doi(a: _Record, b: _Record) -> bool:
    """Whether records with the same DOI are the same paper; a DOI may be wrong or a book's."""
    same_author = bool(a.author & b.author)
    if not a.title or not b.title:
        return same_author or not a.author or not b.author
    if _titles_agree(a.title, b.title):
        say_something = min(len(a.title), len(b.title)) >= _TITLE_MIN_WORDS
        same = a.letters == b.letters and a.year == b.year and len(a.title) >= _SAME_MIN_WORDS
        return say_something or same or same_author or not a.author or not b.author
    alike = bool(a.words and b.words) and _share_most(a.words, b.words, min)
    return same_author and a.year == b.year != 0 and (alike or a.pages == b.pages != "")


def _titles_agree(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    shorter, longer = sorted((a, b), key=len)
    # Some programs leave out the subtitle.
    begins = len(shorter) >= _TITLE_MIN_WORDS and longer[: len(shorter)] == shorter
    return begins or _share_most(set(a), set(b), max)


def _share_most(a: Set[str], b: Set[str], of: Callable[[int, int], int]) -> bool:
    """Whether two sets of words share most words of the smaller (min) or the larger (max)."""
    return len(a & b) >= _SHARED_WORDS * of(len(a), len(b))


def _words(text: object) -> tuple[str, ...]:
    """Return the words of a text in lower case, without markup and accents."""
    plain = unicodedata.normalize("NFKD", clean_text(str(text), headings=False))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return tuple(_WORD.findall(bare.casefold()))


def _doi(value: object) -> str:
    match = DOI.search(unescape(str(value)))
    return match[0].rstrip(".,;").lower() if match else ""


def _family_names(authors: object) -> frozenset[str]:
    """Return the family name of the first author: "Silva, Inês", "Inês Silva" or "Silva I".

    One of several words, such as "Vander Meer", is written together by some programs, and others
    leave out its first word.
    """
    first = re.split(r"[;,]| and ", str(authors).strip(), maxsplit=1)[0]
    if first.startswith("[") or first.lower() == "anonymous":  # "[No author name available]"
        return frozenset()
    name = first.split()
    while len(name) > 1 and is_initials(name[-1]):
        name.pop()
    forms = ("".join(_words(" ".join(name[-n:]))) for n in range(1, 1 + len(name)))
    return frozenset(forms) - {""}


def _best(values: list[Any], name: Any, columns: dict[str, Any]) -> Any:
    """Choose the value of a column in the merged record."""
    filled = [value for value in values if str(value).strip()] or values
    if name == "abstract":
        return max(filled, key=lambda value: len(clean_text(str(value))))
    if name == SOURCE_FILE:
        return "; ".join(dict.fromkeys(filled))
    if name == columns.get("keywords") and all(isinstance(value, str) for value in filled):
        return "; ".join(dict.fromkeys(k.strip() for value in filled for k in value.split(";")))
    return filled[0]


def _merged_names(ids: list[str], records: list[_Record], groups: list[list[int]]) -> list[str]:
    """List the records merged into each row: their ids, and their DOIs where different."""
    names = [""] * len(records)
    for group in groups:
        own = next((records[row].doi for row in group if records[row].doi), "")
        names[group[0]] = "; ".join(
            join([records[row].file, ids[row]], ": ")
            + (f" ({records[row].doi})" if records[row].doi not in ("", own) else "")
            for row in group[1:]
        )
    return names
