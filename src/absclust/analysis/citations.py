"""Who cites whom among the papers of a map, from the references in their export."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from absclust.arrays import IntArray
from absclust.corpus.columns import DOI, find_bibliographic, find_columns
from absclust.corpus.corpus import Corpus

Numbers = dict[str, set[int]]
Lengths = dict[tuple[str, ...], set[int]]  # of titles in words, by their first words

_SEPARATOR = re.compile(r"[;|\n]")  # of Scopus, OpenAlex and Web of Science
_OPENALEX = re.compile(r"\bW\d{4,}\b")
# "Silva I, 2018, J OWLS, V12, P45" of Web of Science.
_SOURCE = re.compile(r"\s*([^\W\d_]+)[^,]*, (\d{4}), .*\bV(\w+), P(\w+)")
_WORD = re.compile(r"[^\W_]+")
_FEWEST = 4  # words of a title that says which paper is meant


def citations(corpus: Corpus) -> IntArray | None:
    """Return which papers cite which others, where that is sure; None without any references.

    A reference is one of the papers if it has the DOI or the OpenAlex id of this paper alone, or
    its title, of four words or more, and its year; or, as Web of Science writes it, its first
    author, year, volume and page.

    Returns
    -------
    int array of shape (n, 2)
        Pairs of a paper and one that it cites, in rising order.
    """
    records = corpus.records
    columns = find_bibliographic(records.columns) | find_columns(records.columns)
    if "references" not in columns:
        return None
    (papers, lengths), pairs = _papers_by_key(corpus, columns), set()
    for citing, cell in zip(corpus.paper_of_row, records[columns["references"]], strict=True):
        listed = cell if isinstance(cell, list | tuple) else _SEPARATOR.split(str(cell))
        for reference in map(str, listed):
            cited = {one for key in _keys(reference, lengths) for one in papers.get(key, ())}
            if len(cited - {citing}) == len(cited) == 1 and citing >= 0:
                pairs.add((int(citing), *cited))
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def _papers_by_key(corpus: Corpus, columns: Mapping[str, Any]) -> tuple[Numbers, Lengths]:
    """Return the papers that each key may mean, and how long titles are by their first words."""
    papers: Numbers = defaultdict(set)
    lengths: Lengths = defaultdict(set)
    names = [columns.get(name, name) for name in ("doi", "id", "authors", "volume", "pages")]
    unknown = pd.Series("", index=corpus.records.index)
    cells = [corpus.records.get(name, unknown).astype(str) for name in names]
    rows = zip(corpus.paper_of_row.tolist(), corpus.years, corpus.titles, *cells, strict=True)
    for paper, year, title, doi, number, authors, volume, pages in rows:
        keys = [*_identifiers(f"{doi} {number}")]
        if len(words := _WORD.findall(title.lower())) >= _FEWEST:
            keys.append(f"{' '.join(words)} {year}")
            lengths[tuple(words[:_FEWEST])].add(len(words))
        if (family := _WORD.search(authors)) and volume and pages:
            keys.append(f"{family[0]}, {year}, V{volume}, P{pages.split('-')[0]}".lower())
        for key in keys if paper >= 0 else ():
            papers[key].add(paper)
    return papers, lengths


def _identifiers(text: str) -> Iterator[str]:
    yield from (doi.lower().rstrip(".,)]") for doi in DOI.findall(text))
    yield from _OPENALEX.findall(text)


def _keys(reference: str, lengths: Lengths) -> Iterator[str]:
    """Yield the keys of a reference, by which its paper may be known."""
    yield from _identifiers(reference)
    if source := _SOURCE.match(reference):
        author, year, volume, page = source.groups()
        yield f"{author}, {year}, V{volume}, P{page}".lower()
    words = _WORD.findall(reference.lower())
    beginnings = zip(*(words[at:] for at in range(_FEWEST)), strict=False)
    for start, beginning in enumerate(beginnings):
        for length in lengths.get(beginning, ()):
            title = " ".join(words[start : start + length])
            yield from (f"{title} {year}" for year in words if len(year) == 4 and year.isdigit())
