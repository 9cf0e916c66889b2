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


def scan(part: Part, store: Store) -> Any:
    """Read a part; write the number of each row's paper, and return what was noted.

    A piece that can't be read has no rows, and the facts say why.
    """
    import pyarrow as pa

    facts: dict[str, Any] = dict.fromkeys(NOTED, 0) | {"rows_of_pieces": [], "not_read": []}
    numbers = [np.zeros(0, dtype=np.int64)]
    for piece in part.pieces:
        found = {"parts": 1}
        try:
            papers = piece.read()
            corpus = build_corpus(papers if len(papers) else [], allow_empty=True)
        except (ReadError, InputError) as error:
            facts["not_read"].append(str(error))
            found |= {"parts_not_read": 1, "rows": 0}
        else:
            numbers.append(paper_numbers(corpus))
            broken = papers.attrs.get("broken", [])
            facts["not_read"] += [f"{piece.name}: {problem}" for problem in broken[:_MOST_NAMED]]
            found |= {
                "rows": corpus.n_rows,
                "rows_without_text": len(corpus.empty_rows),
                "rows_with_title_only": len(corpus.title_only),
                "rows_not_read": len(broken),
            }
        facts["rows_of_pieces"].append(found["rows"])
        facts |= {name: facts[name] + n for name, n in found.items()}
    table = pa.table({"paper": np.concatenate(numbers)})
    return store.write_table(scan_name(part.number), table, facts)


def scanned(part: Part, store: Store) -> IntArray:
    """Return the number of the paper in each row of a part that was read."""
    numbers: IntArray = store.read_table(scan_name(part.number))["paper"].to_numpy()
    return numbers


def read_again(part: Part, store: Store) -> pd.DataFrame:
    """Return the papers of a part, of the pieces that could be read when it was scanned."""
    import pandas as pd

    rows = store.read_facts(scan_name(part.number))["rows_of_pieces"]
    read = [piece.read() for piece, n in zip(part.pieces, rows, strict=True) if n]
    for papers in read:
        papers.attrs = {}  # which pandas would compare
    return pd.concat(read, ignore_index=True)


def sample(part: Part, store: Store, share: float) -> Any:
    """Return the papers of a part that are in the sample of all papers.

    Returns
    -------
    tuple
        Their numbers, and a DataFrame of them; of equal papers the first. None if the part has
        none.
    """
    numbers, rows = np.unique(scanned(part, store), return_index=True)
    kept = (numbers >= 0) & (numbers <= share * _ALL)
    return (numbers[kept], read_again(part, store).iloc[rows[kept]]) if kept.any() else None


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


def count_papers(parts: list[Part], n_rows: int, store: Store) -> int:
    """Return the number of distinct papers in the data set; 9 bytes of memory for each row."""
    numbers, place = np.empty(n_rows, dtype=np.int64), 0
    for part in parts:
        found = scanned(part, store)
        numbers[place : (place := place + len(found))] = found
    numbers.sort()
    return int(numbers[0] >= 0) + int(np.count_nonzero(numbers[1:] != numbers[:-1]))
