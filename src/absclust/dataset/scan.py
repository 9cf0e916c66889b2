"""The first stages: read each part, number its papers, and draw a sample of all papers.

A paper's number is taken from the hash that `corpus` gives its text: rows with the same text
have the same number, in whichever parts they are, and the papers with the smallest numbers are a
fair sample, however the data set is divided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.arrays import IntArray
from absclust.corpus.corpus import Corpus, build_corpus
from absclust.errors import InputError, ReadError

if TYPE_CHECKING:
    import pandas as pd

    from absclust.dataset.source import Part
    from absclust.dataset.store import Store


# What is counted in each part, and added up in the report.
NOTED = (
    "rows",
    "rows_without_text",
    "rows_with_title_only",
    "rows_not_read",
    "parts",
    "parts_not_read",
)
_MOST_NAMED = 20  # broken rows of a part
_ALL = 2.0**63  # numbers that papers may have
_COUNTED_AT_ONCE = 50_000_000  # rows, 400 MB


def scan_name(number: int) -> str:
    """Return the file of the store with the papers' numbers of a part."""
    return f"work/scan-{number:05d}.parquet"


def paper_numbers(corpus: Corpus) -> IntArray:
    """Return the number of each row's paper; -1 for a row without text.

    Examples
    --------
    >>> numbers = paper_numbers(build_corpus(["Owls hoot.", None, "Owls  hoot."]))
    >>> bool(numbers[0] == numbers[2] > 0), int(numbers[1])
    (True, -1)
    """
    halves = np.frombuffer(b"".join(corpus.paper_keys), dtype=">u8")[::2]
    return corpus.to_rows((halves // 2).astype(np.int64), missing=-1)


def scan(part: Part, store: Store) -> None:
    """Read a part; write the number of each row's paper, and what was noted.

    A part that can't be read has no rows, and its facts say why.
    """
    import pyarrow as pa

    facts: dict[str, Any] = dict.fromkeys(NOTED, 0) | {"parts": 1, "not_read": []}
    numbers = np.zeros(0, dtype=np.int64)
    try:
        papers = part.read()
        if len(papers):
            corpus = build_corpus(papers, allow_empty=True)
            numbers = paper_numbers(corpus)
            facts["rows"], facts["rows_without_text"] = len(papers), len(corpus.empty_rows)
            facts["rows_with_title_only"] = len(corpus.title_only)
        broken = papers.attrs.get("broken", [])
        facts["not_read"] = [f"{part.name}: {problem}" for problem in broken[:_MOST_NAMED]]
        facts["rows_not_read"] = len(broken)
    except (ReadError, InputError) as error:
        facts |= {"not_read": [str(error)], "parts_not_read": 1}
    store.write_table(scan_name(part.number), pa.table({"paper": numbers}), facts)


def scanned(number: int, store: Store) -> IntArray:
    """Return the number of the paper in each row of a part that was read."""
    numbers: IntArray = store.read_table(scan_name(number))["paper"].to_numpy()
    return numbers


def sample(part: Part, store: Store, share: float) -> Any:
    """Return the papers of a part that are in the sample of all papers.

    Returns
    -------
    tuple
        Their numbers, and a DataFrame of them; of equal papers the first. None if the part has
        none.
    """
    numbers, rows = np.unique(scanned(part.number, store), return_index=True)
    kept = (numbers >= 0) & (numbers <= share * _ALL)
    if not kept.any():
        return None
    papers = part.read().iloc[rows[kept]]
    papers.attrs = {}
    return numbers[kept], papers


def united(samples: list[Any], size: int) -> pd.DataFrame:
    """Return the papers with the smallest numbers of all parts, in their order.

    Parameters
    ----------
    samples
        What `sample` returned for each part, in the order of the parts.
    size
        Number of papers.
    """
    import pandas as pd

    samples = [found for found in samples if found is not None]
    numbers = np.concatenate([numbers for numbers, _ in samples])
    chosen = np.unique(numbers, return_index=True)[1][:size]
    papers = pd.concat([papers for _, papers in samples], ignore_index=True)
    papers = papers.iloc[chosen].astype(object).reset_index(drop=True)
    whole: pd.DataFrame = papers.where(papers.notna(), "")  # some parts may lack a column
    return whole


def count_papers(n_parts: int, n_rows: int, store: Store) -> int:
    """Return the number of distinct papers in the data set, in as many turns as memory needs."""
    turns = 1 + n_rows // _COUNTED_AT_ONCE
    total = 0
    for turn in range(turns):
        found = []
        for part in range(n_parts):
            numbers = scanned(part, store)
            found.append(numbers[(numbers >= 0) & (numbers % turns == turn)])
        total += len(np.unique(np.concatenate(found)))
    return total
