"""Parsed, the result of every reader; there is one module per family of formats.

Each reader renames the fields it knows to ``id``, ``title``, ``abstract``, ``year``,
``doi``, ``url``, ``authors``, ``keywords``, ``journal`` and ``type``, keeps all other
fields under the names that the format gives them, and reports what it could not use.
Several authors or keywords are one string, separated by "; "; an institution among
the authors is enclosed in braces, as in BibTeX.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from absclust.corpus.columns import field_of, unused
from absclust.corpus.corpus import is_missing
from absclust.errors import ReadError
from absclust.packaged import packaged

# Where each kind of file keeps what we know.
FIELDS = packaged("io/fields.toml")
# What belongs to a paper in Zotero but is none.
NO_PAPERS = ("attachment", "note", "annotation")


@dataclass(frozen=True, eq=False)
class Parsed:
    """The content of a file.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per record, in the file's order; missing values are empty strings.
    broken : tuple of str
        The parts that could not be read: where they are and what is wrong.
    skipped : tuple of str
        Lines that belong to no record.
    notes : tuple of str
        What else a user should know of how the file was read.
    """

    frame: pd.DataFrame
    broken: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def parsed(
    rows: Iterable[Mapping[str, Any]], broken: Iterable[str] = (), skipped: Iterable[str] = ()
) -> Parsed:
    """Make a table of rows.

    Raises
    ------
    ReadError
        If there are no rows.
    """
    rows, broken = list(rows), tuple(broken)
    if not rows:
        raise ReadError(
            f"found no readable record{f'; first problem: {broken[0]}' if broken else ''}"
        )
    # dtype=object keeps integers as integers where some records have none.
    frame = pd.DataFrame(rows, dtype=object)
    return Parsed(frame.where(frame.notna(), ""), broken, tuple(skipped))


def named(
    values: Mapping[str, list[str]],
    fields: Mapping[str, Sequence[str]],
    read: Callable[[str, str, list[str]], str],
) -> dict[str, str]:
    """Return a record by our names of its fields; others keep theirs.

    Parameters
    ----------
    values
        The format's name of a field -> what the record has there.
    fields
        Our name of a field -> the format's, of which the best is read, the first that is there.
    read
        Called with our name, or "" for none, the format's name and the values.

    Examples
    --------
    >>> named({"TI": ["Owls"], "U1": ["x"]}, {"title": ["T1", "TI"]}, lambda *read: read[2][0])
    {'title': 'Owls', 'U1': 'x'}
    """
    best = {ours: next(filter(values.__contains__, theirs), "") for ours, theirs in fields.items()}
    row = {ours: read(ours, theirs, values[theirs]) for ours, theirs in best.items() if theirs}
    others = {name: read("", name, values[name]) for name in values if name not in best.values()}
    return row | {unused(name, row): text for name, text in others.items()}


def have_papers(names: Iterable[Any]) -> bool:
    """Return whether columns are of a table of papers: one of them has titles or abstracts.

    Examples
    --------
    >>> have_papers(["Article Title", "Year"]), have_papers(["theme", "share"])
    (True, False)
    """
    return not {"title", "abstract"}.isdisjoint(map(field_of, names))


def whole(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its index as first columns, unless columns have its names.

    An index of whole numbers without a name only numbers the rows, and is left out.

    Examples
    --------
    >>> import pandas as pd
    >>> whole(pd.DataFrame({"title": ["Owls"]}, index=pd.Index(["k1"], name="id")))
       id title
    0  k1  Owls
    """
    if table.index.name is None and pd.api.types.is_integer_dtype(table.index):
        return table
    names = enumerate(table.index.names)
    return table.reset_index([level for level, name in names if name not in table.columns])


def join(values: Iterable[str], separator: str = "; ") -> str:
    """Join the values that are not blank.

    Examples
    --------
    >>> join(["Silva, Inês", " ", "Nguyen, Linh "])
    'Silva, Inês; Nguyen, Linh'
    """
    return separator.join(v for value in values if (v := value.strip()))


def flat(value: Any) -> Any:
    """Return a value of a cell: several are one text, and objects are written as JSON.

    Examples
    --------
    >>> flat(["Silva, Inês", "Wu, Lin"]), flat({"n": 1}), flat([]), flat(2.5)
    ('Silva, Inês; Wu, Lin', '{"n": 1}', '', 2.5)
    """
    value = value.tolist() if isinstance(value, np.ndarray) else value
    if not isinstance(value, dict | list | tuple | set):
        return value
    nested = (isinstance(item, dict | list | np.ndarray) or ";" in str(item) for item in value)
    if (value and isinstance(value, dict)) or any(nested):
        return json.dumps(value, ensure_ascii=False, default=_plain, skipkeys=True)
    return join(map(text_of, value))


def text_of(value: Any) -> str:
    """Return the text of a cell, or of one of its values; empty if it is missing.

    Examples
    --------
    >>> text_of(["owls", None]), text_of(2020.0), text_of(float("nan"))
    ('owls', '2020', '')
    """
    value = flat(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a year in a column with gaps
    return "" if is_missing(value) else str(value)


def _plain(value: Any) -> Any:
    """Return what JSON has for an array or a number of numpy, or anything else."""
    return value.tolist() if hasattr(value, "tolist") else str(value)


def person(name: str) -> str:
    """Convert a name from RIS or EndNote, where institutions end with a comma.

    Examples
    --------
    >>> person("World Health Organization,"), person("Silva, Inês")
    ('{World Health Organization}', 'Silva, Inês')
    """
    name = name.strip()
    return f"{{{name[:-1]}}}" if name.endswith(",") else name
