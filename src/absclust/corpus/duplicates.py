"""Several records of one paper, from several sources -> one record.

Two records are the same paper where

- their DOIs are the same and so are most words of the shorter title (a book's
  chapters may share a DOI), or
- their titles are the same, so is the family name of the first author, their
  years are at most two apart, and what they say is not at odds: the abstracts,
  where both have one, share most of their words. Where one has none, the title
  must have four words or more ("Editorial" is no title), and both must not have
  DOIs.

So a preprint goes with the paper it became, and what lacks the evidence stays.
"""

import re
import unicodedata
from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any

from absclust.corpus.clean import clean_text
from absclust.corpus.columns import find_bibliographic, years

if TYPE_CHECKING:
    import pandas as pd

_SHARED_WORDS = 0.6  # of the shorter of two titles or abstracts
_YEARS_APART = 2
_TITLE_MIN_WORDS = 4
_MOST_COMPARED = 50  # records of one title that are compared each with each
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")  # a Chinese character is a word
_INITIALS = re.compile(r"(?:[A-Z]\.?-?){1,4}")


@dataclass(frozen=True)
class _Paper:
    """What tells whether two records are the same paper."""

    doi: str
    title: tuple[str, ...]  # its words
    abstract: str
    author: str
    year: int

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the abstract."""
        return frozenset(_words(self.abstract))


def merge(records: "pd.DataFrame") -> "pd.DataFrame":
    """Merge the records of the same paper; the first one's place is theirs.

    The longest abstract stays, keywords are put together, and of every other
    field the first value that is not empty. ``merged_records`` names the others by
    id and, where it differs, DOI.

    Parameters
    ----------
    records
        With the columns ``id``, ``title``, ``abstract`` and ``year``. One with neither
        DOIs nor authors comes back as it is: there is no evidence in it.

    Examples
    --------
    >>> import pandas as pd
    >>> found = merge(pd.DataFrame({
    ...     "id": ["a", "b"], "title": ["On owls", "On Owls."], "abstract": ["", "They hoot."],
    ...     "year": ["2020", ""], "doi": ["10.1000/x", "https://doi.org/10.1000/X"]}))
    >>> found[["id", "abstract", "merged_records"]].iloc[0].tolist()
    ['a', 'They hoot.', 'b']
    """
    columns = find_bibliographic(records.columns)
    if not {"doi", "authors"} & set(columns):
        return records
    groups = _groups(_papers(records, columns))
    if not groups:
        return records
    merged = records.copy()
    for name in records.columns:
        values = records[name].tolist()
        for group in groups:
            values[group[0]] = _best([values[row] for row in group], name, columns)
        merged[name] = values
    merged["merged_records"] = _others(records, columns.get("doi"), groups)
    gone = [row for group in groups for row in group[1:]]
    return merged.drop(index=merged.index[gone]).reset_index(drop=True)


def _papers(records: "pd.DataFrame", columns: dict[str, Any]) -> list[_Paper]:
    blank = [""] * len(records)
    dois, authors = (
        records[columns[name]] if name in columns else blank for name in ("doi", "authors")
    )
    return [
        _Paper(_doi(doi), tuple(_words(title)), str(abstract), _family_name(author), int(year))
        for doi, title, abstract, author, year in zip(
            dois, records["title"], records["abstract"], authors, years(records), strict=True
        )
    ]


def _groups(papers: list[_Paper]) -> list[list[int]]:
    """Return the rows of each paper that has several, in their order."""
    buckets: dict[Any, list[int]] = {}
    for row, paper in enumerate(papers):
        if paper.doi:
            buckets.setdefault(paper.doi, []).append(row)
        if paper.title and paper.author:
            buckets.setdefault((paper.title, paper.author), []).append(row)
    first = list(range(len(papers)))

    def root(row: int) -> int:
        while first[row] != row:
            row = first[row]
        return row

    for bucket in buckets.values():
        near = combinations(bucket[:_MOST_COMPARED], 2)
        far = ((bucket[0], row) for row in bucket[_MOST_COMPARED:])
        for a, b in chain(near, far):
            one, other = sorted((root(a), root(b)))
            if one != other and _same(papers[a], papers[b]):
                first[other] = one
    groups: dict[int, list[int]] = {}
    for row in range(len(papers)):
        groups.setdefault(root(row), []).append(row)
    return [group for group in groups.values() if len(group) > 1]


def _same(a: _Paper, b: _Paper) -> bool:
    if a.doi and a.doi == b.doi:
        return not a.title or not b.title or _alike(set(a.title), set(b.title))
    if a.title != b.title or not a.author or a.author != b.author:
        return False
    if a.year and b.year and abs(a.year - b.year) > _YEARS_APART:
        return False
    if a.words and b.words:
        return _alike(a.words, b.words)
    return len(a.title) >= _TITLE_MIN_WORDS and not (a.doi and b.doi)


def _alike(a: Set[str], b: Set[str]) -> bool:
    return len(a & b) >= _SHARED_WORDS * min(len(a), len(b))


def _words(text: object) -> list[str]:
    """Return the words in lower case, without markup and accents."""
    plain = unicodedata.normalize("NFKD", clean_text(str(text)))
    return _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)).casefold())


def _doi(value: object) -> str:
    found = _DOI.search(str(value))
    return found[0].rstrip(".,;").lower() if found else ""


def _family_name(authors: object) -> str:
    """Return that of the first author: of "Silva, Inês", "Inês Silva" or "Silva I"."""
    first = re.split(r"[;,]| and ", str(authors).strip(), maxsplit=1)[0]
    if first.startswith("[") or first.lower() == "anonymous":  # "[No author name available]"
        return ""
    name = first.split()
    while len(name) > 1 and _INITIALS.fullmatch(name[-1]):
        name.pop()
    return "".join(_words(name[-1])) if name else ""


def _best(values: list[Any], name: Any, columns: dict[str, Any]) -> Any:
    """Return what the merged record has in a column."""
    given = [value for value in values if str(value).strip()]
    if not given:
        return values[0]
    if name == "abstract":
        return max(given, key=lambda value: len(clean_text(str(value))))
    if name == columns.get("keywords") and all(isinstance(value, str) for value in given):
        return "; ".join(dict.fromkeys(k.strip() for value in given for k in value.split(";")))
    return given[0]


def _others(records: "pd.DataFrame", doi: Any, groups: list[list[int]]) -> list[str]:
    """Name the records that went into each row: id, and DOI where it differs."""
    dois = [""] * len(records) if doi is None else [_doi(value) for value in records[doi]]
    names = [""] * len(records)
    for group in groups:
        own = next((dois[row] for row in group if dois[row]), "")
        names[group[0]] = "; ".join(
            f"{records['id'].iloc[row]}{f' ({dois[row]})' if dois[row] not in ('', own) else ''}"
            for row in group[1:]
        )
    return names
