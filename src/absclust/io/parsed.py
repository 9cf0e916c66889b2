"""Readers, one file a family of formats: the content of a file -> Parsed.

Each reader names the fields it knows ``id``, ``title``, ``abstract``, ``year``,
``doi``, ``url``, ``authors``, ``keywords``, ``journal`` and ``type``, keeps all
others under the names that the format gives them, and reports what it set aside.
Several authors or keywords are one string, "; " between them; an institution among
the authors stands in braces, as in BibTeX.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from absclust.errors import ReadError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Parsed:
    """What a reader found in a file.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row a record, in the file's order; missing values are empty strings.
    broken : tuple of str
        What could not be read: where, and why.
    skipped : tuple of str
        Lines that belong to no record.
    """

    frame: "pd.DataFrame"
    broken: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


def parsed(
    rows: Iterable[Mapping[str, Any]], broken: Iterable[str] = (), skipped: Iterable[str] = ()
) -> Parsed:
    """Put rows into a table.

    Raises
    ------
    ReadError
        If there are none.
    """
    import pandas as pd

    rows, broken = list(rows), tuple(broken)
    if not rows:
        raise ReadError(f"found no record{f' but broken ones ({broken[0]})' if broken else ''}")
    # dtype=object keeps integers whole where some records lack them.
    frame = pd.DataFrame(rows, dtype=object)
    return Parsed(frame.where(frame.notna(), ""), broken, tuple(skipped))


def join(values: Iterable[str], separator: str = "; ") -> str:
    """Join what is not blank.

    Examples
    --------
    >>> join(["Silva, Inês", " ", "Nguyen, Linh "])
    'Silva, Inês; Nguyen, Linh'
    """
    return separator.join(v for value in values if (v := value.strip()))


def person(name: str) -> str:
    """Return a name of RIS or EndNote: one that ends with a comma is an institution's.

    Examples
    --------
    >>> person("World Health Organization,"), person("Silva, Inês")
    ('{World Health Organization}', 'Silva, Inês')
    """
    name = name.strip()
    return f"{{{name[:-1]}}}" if name.endswith(",") else name
