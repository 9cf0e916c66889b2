"""What the page shows of one paper: its texts and addresses, compressed in the page."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING, Any

from absclust.corpus.clean import display_text, without_surrogates
from absclust.corpus.columns import find_bibliographic, find_columns, keywords

if TYPE_CHECKING:
    import pandas as pd


def packed_texts(
    records: pd.DataFrame,
    addresses: list[dict[str, str]],
    *,
    abstracts: bool,
    meaning: dict[str, Any] | None = None,
) -> str:
    """Return the texts of papers as base64 of compressed JSON.

    Parameters
    ----------
    records
        The papers, one row each.
    addresses
        Their web addresses, from ``corpus.addresses``.
    abstracts
        Whether to include the abstracts, which are most of the size.
    meaning
        What the search by meaning needs, from ``web.meaning``.
    """
    columns = find_bibliographic(records.columns) | find_columns(records.columns)
    texts = {
        "abstracts": _shown(records, columns.get("abstract")) if abstracts else None,
        "authors": _shown(records, columns.get("authors")),
        "venues": _shown(records, columns.get("journal")),
        "keywords": keywords(records),
        "addresses": [list(known.items()) for known in addresses],
        "meaning": meaning,
    }
    content = json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode()
    # Without a time, the same papers give the same page.
    return base64.b64encode(gzip.compress(content, mtime=0)).decode()


def _shown(records: pd.DataFrame, column: Any) -> list[str] | None:
    """Return a column as texts that people read; None if there is none with any text."""
    if column is None:
        return None
    cells = records.iloc[:, list(records.columns).index(column)]
    texts = [_text(value) for value in cells]
    return texts if any(texts) else None


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(map(_text, value))
    return display_text(without_surrogates(value)) if isinstance(value, str) else ""
