"""The first stages: read each part, find its papers' keys, and draw a sample of all papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.corpus.corpus import build_corpus
from absclust.dataset.keys import (
    as_numbers,
    in_order,
    is_in_sample,
    starts_of_equal,
    stored_bytes,
)
from absclust.errors import InputError, ReadError

if TYPE_CHECKING:
    import pandas as pd

    from absclust.dataset.source import Part
    from absclust.dataset.store import Store


_MOST_NAMED = 20  # broken rows of a part


def scan_name(number: int) -> str:
    """Return the file of the store with the keys of a part."""
    return f"work/scan-{number:05d}.parquet"


def scan(part: Part, frame: pd.DataFrame | None, store: Store) -> None:
    """Read a part; write the key of each row, and what was noted.

    A part that can't be read has no rows, and its facts say why.
    """
    import pyarrow as pa

    facts: dict[str, Any] = {"name": part.name, "rows": 0, "empty": 0, "title_only": 0}
    facts |= {"broken": [], "broken_rows": 0, "part_is_broken": False}
    keys: list[bytes | None] = []
    try:
        papers = part.read(frame)
        if len(papers):
            corpus = build_corpus(papers, allow_empty=True)
            of_paper = [*corpus.paper_keys, None]  # the last is for rows without text
            keys = [of_paper[paper] for paper in corpus.paper_of_row.tolist()]
            facts["rows"], facts["empty"] = len(papers), len(corpus.empty_rows)
            facts["title_only"] = len(corpus.title_only)
        broken = papers.attrs.get("broken", [])
        facts["broken"], facts["broken_rows"] = broken[:_MOST_NAMED], len(broken)
    except (ReadError, InputError) as error:
        facts |= {"broken": [str(error)], "part_is_broken": True}
    table = pa.table({"key": pa.array(keys, pa.binary(16))})
    store.write_tables(scan_name(part.number), [table], facts)


def sample(part: Part, frame: pd.DataFrame | None, store: Store, share: float) -> Any:
    """Return the papers of a part that are in the sample of all papers.

    Returns
    -------
    tuple
        Their keys, the rows of the part they come from, and a DataFrame of these rows;
        of equal papers the first. None if the part has none.
    """
    column = store.read_table(scan_name(part.number))["key"]
    rows = np.flatnonzero(column.is_valid().to_numpy())
    keys = as_numbers(stored_bytes(column))
    if not len(keys):
        return None
    order = in_order(keys, rows)
    keys, rows = keys[order], rows[order]
    kept = starts_of_equal(keys) & is_in_sample(keys, share)
    if not kept.any():
        return None
    papers = part.read(frame).iloc[rows[kept]]
    papers.attrs = {}
    return keys[kept], rows[kept], papers


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
    keys = np.concatenate([found[0] for found in samples])
    places = np.concatenate([np.full(len(s[0]), number) for number, s in enumerate(samples)])
    rows = np.concatenate([found[1] for found in samples])
    order = in_order(keys, places, rows)
    chosen = order[starts_of_equal(keys[order])][:size]
    papers = pd.concat([found[2] for found in samples], ignore_index=True)
    papers = papers.iloc[chosen].astype(object).reset_index(drop=True)
    whole: pd.DataFrame = papers.where(papers.notna(), "")  # some parts may lack a column
    return whole
