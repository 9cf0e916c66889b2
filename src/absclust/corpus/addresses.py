"""Web addresses of papers: from their columns, and from their identifiers."""

import re
from functools import partial
from typing import Any
from urllib.parse import quote

import pandas as pd

from absclust.corpus.columns import (
    DOI,
    TABLES,
    cells_of,
    find_bibliographic,
    find_columns,
    plain_name,
)
from absclust.corpus.entities import unescape

_LINK = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)


def links(records: pd.DataFrame) -> tuple[str, ...]:
    """Return the web address of each row, made from its identifiers if there is no other; or "".

    Only http and https addresses are accepted, because users click on them.

    Examples
    --------
    >>> import pandas as pd
    >>> links(pd.DataFrame({"title": ["a", "b"], "doi": ["10.1000/xyz", "javascript:alert(1)"]}))
    ('https://doi.org/10.1000/xyz', '')
    """
    return tuple(best(known) for known in addresses(records))


def best(known: dict[str, str]) -> str:
    """Return the first of a paper's addresses, which is the best; "" if there is none."""
    return next(iter(known.values()), "")


def addresses(records: pd.DataFrame) -> list[dict[str, str]]:
    """Return all web addresses of each row by what they lead to, the best first.

    They come from the columns for addresses and DOIs, and from identifiers of arXiv, PubMed and
    OpenAlex, which may also stand in the id column.

    Examples
    --------
    >>> import pandas as pd
    >>> addresses(pd.DataFrame({"id": ["2103.00001"], "title": ["a"], "doi": ["10.1000/xyz"]}))
    [{'DOI': 'https://doi.org/10.1000/xyz', 'arXiv': 'https://arxiv.org/abs/2103.00001'}]
    """
    fields = find_bibliographic(records.columns)
    plain = {plain_name(name): name for name in reversed(list(records.columns))}
    sources: list[tuple[str, list[Any], Any]] = [
        ("Page", [fields.get("url")], _link),
        ("DOI", [fields.get("doi")], _link),
    ]
    for kind in TABLES["identifiers"]:
        columns = [plain.get(name) for name in kind["names"]]
        if kind["label"] != "PubMed":  # a bare number in the id column says nothing
            columns.append(find_columns(records.columns).get("id"))
        sources.append((kind["label"], columns, partial(_identified, kind)))
    known: list[dict[str, str]] = [{} for _ in range(len(records))]
    for label, columns, read in sources:
        for column in (name for name in columns if name is not None):
            for of_row, cell in zip(known, cells_of(records, column), strict=True):
                if label not in of_row and (address := read(str(cell).strip())):
                    of_row[label] = address
    return known


def _identified(kind: dict[str, str], value: str) -> str:
    found = re.fullmatch(kind["pattern"], value)
    return kind["address"].format(found[1]) if found else ""


def _link(value: str) -> str:
    if _LINK.fullmatch(value):
        return value
    doi = DOI.search(unescape(value))
    # A surrogate without its other half is damage, and no URL can hold it.
    return f"https://doi.org/{quote(doi[0], '/:;()', errors='replace')}" if doi else ""
