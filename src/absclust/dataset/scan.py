"""The first stages: read each part, find its papers' keys, and draw a sample of all papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.corpus.corpus import build_corpus
from absclust.dataset.keys import as_numbers, is_in_sample, stored_bytes
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


def scan_name(number: int) -> str:
    """Return the file of the store with the keys of a part."""
    return f"work/scan-{number:05d}.parquet"


def scan(part: Part, store: Store) -> None:
    """Read a part; write the key of each row, and what was noted.

    A part that can't be read has no rows, and its facts say why.
    """
    import pyarrow as pa

    facts: dict[str, Any] = dict.fromkeys(NOTED, 0) | {"parts": 1, "not_read": []}
    keys: list[bytes | None] = []
    try:
        papers = part.read()
        if len(papers):
            corpus = build_corpus(papers, allow_empty=True)
            of_paper = [*corpus.paper_keys, None]  # the last is for rows without text
            keys = [of_paper[paper] for paper in corpus.paper_of_row.tolist()]
            facts["rows"], facts["rows_without_text"] = len(papers), len(corpus.empty_rows)
            facts["rows_with_title_only"] = len(corpus.title_only)
        broken = papers.attrs.get("broken", [])
        facts["not_read"] = [f"{part.name}: {problem}" for problem in broken[:_MOST_NAMED]]
        facts["rows_not_read"] = len(broken)
    except (ReadError, InputError) as error:
        facts |= {"not_read": [str(error)], "parts_not_read": 1}
    table = pa.table({"key": pa.array(keys, pa.binary(16))})
    store.write_tables(scan_name(part.number), [table], facts)


def sample(part: Part, store: Store, share: float) -> Any:
    """Return the papers of a part that are in the sample of all papers.

    Returns
    -------
    tuple
        Their keys, and a DataFrame of them; of equal papers the first. None if the part has
        none.
    """
    column = store.read_table(scan_name(part.number))["key"]
    rows = np.flatnonzero(column.is_valid().to_numpy())
    keys = as_numbers(stored_bytes(column))
    if not len(keys):
        return None
    keys, first = np.unique(keys, axis=0, return_index=True)
    kept = is_in_sample(keys, share)
    if not kept.any():
        return None
    papers = part.read().iloc[rows[first[kept]]]
    papers.attrs = {}
    return keys[kept], papers


def united(samples: list[Any], size: int) -> pd.DataFrame:
    """Return the papers with the smallest keys of all parts, in the order of their keys.

    Parameters
    ----------
    samples
        What `sample` returned for each part, in the order of the parts.
    size
        Number of papers.
    """
    import pandas as pd

    samples = [found for found in samples if found is not None]
    keys = np.concatenate([keys for keys, _ in samples])
    chosen = np.unique(keys, axis=0, return_index=True)[1][:size]
    papers = pd.concat([papers for _, papers in samples], ignore_index=True)
    papers = papers.iloc[chosen].astype(object).reset_index(drop=True)
    whole: pd.DataFrame = papers.where(papers.notna(), "")  # some parts may lack a column
    return whole
