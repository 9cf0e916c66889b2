"""Web addresses of papers: from their columns, and from their identifiers."""

import re
from collections.abc import Callable
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

Reader = Callable[[str], str]  # the text of a cell -> an address, or ""

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
    known: list[dict[str, str]] = [{} for _ in range(len(records))]
    plain = {plain_name(name): name for name in reversed(list(records.columns))}
    columns = find_bibliographic(records.columns)
    own = find_columns(records.columns).get("id")
    sources: list[tuple[str, Any, Reader]] = [
        (label, columns[field], read)
        for label, field, read in (("Page", "url", _link), ("DOI", "doi", _link))
        if field in columns
    ]
    for known_as in TABLES["identifiers"]:
        label, pattern = known_as["label"], re.compile(known_as["pattern"])
        read_id: Reader = partial(_identified, pattern=pattern, address=known_as["address"])
        named = [plain[name] for name in known_as["names"] if name in plain]
        # A bare number in the id column says nothing.
        also = [own] if own is not None and label != "PubMed" else []
        sources += [(label, column, read_id) for column in (*named, *also)]
    for label, column, read in sources:
        for addresses_of_row, value in zip(known, cells_of(records, column), strict=True):
            if label not in addresses_of_row and (address := read(str(value))):
                addresses_of_row[label] = address
    return known


def _identified(value: str, pattern: re.Pattern[str], address: str) -> str:
    found = pattern.fullmatch(value.strip())
    return address.format(found[1]) if found else ""


def _link(value: str) -> str:
    if _LINK.fullmatch(value.strip()):
        return value.strip()
    doi = DOI.search(unescape(value))
    # A surrogate without its other half is damage, and no URL can hold it.
    return f"https://doi.org/{quote(doi[0], '/:;()', errors='replace')}" if doi else ""
