r"""CSV that spreadsheet programs open, without running what stands in its cells as a formula.

A title such as ``=HYPERLINK(...)`` comes from a downloaded library, so nobody has vouched for it;
decision 29 has the reasons. Every CSV file is written here, and in the browser by the interactive
map: both patterns are valid in Python and in JavaScript, and ``web.page`` puts them into the page.
They therefore list white space and digits, since ``\s`` and ``\d`` match different characters in
the two languages.
"""

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from absclust.io.parsed import flat

if TYPE_CHECKING:
    from io import BytesIO
    from pathlib import Path

# What programs skip or nobody sees: white space (but for what may separate cells), control and
# format characters; and apostrophes, so that those of ours can be told from those of a text.
_SKIPPED = (
    r"\x00-\x08\x0b\x0c\x0e-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f"
    r"\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb'"
)
# = + - @ in any width, size or height.
_SIGN = r"[=+\-@\u207a\u207c\u208a\u208c\ufb29\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20]"
_FIRST = rf"[\t\n\r{_SKIPPED}]*{_SIGN}|[\t\r]"
_LATER = rf"[{_SKIPPED}]*{_SIGN}"
# Where a formula begins: in a cell, or after what ends one in programs that don't separate cells by
# commas. Quotation marks around the whole text are no use to these.
FORMULA = rf"(^)({_FIRST})|([;\t\r\n])({_LATER})"
# The whole of a number, which may begin with a sign.
PLAIN_NUMBER = r"[+\-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+\-]?[0-9]+)?"

_FORMULA = re.compile(FORMULA)
_GUARDED = re.compile(rf"(^)'({_FIRST})|([;\t\r\n])'({_LATER})")
_PLAIN_NUMBER = re.compile(PLAIN_NUMBER)


def guarded(value: Any) -> Any:
    """Return the value, with an apostrophe wherever a spreadsheet program would run a formula.

    Parameters
    ----------
    value
        A value of a table; only strings can be formulas.

    Examples
    --------
    >>> guarded("=1+1"), guarded("-omics"), guarded("-2.5"), guarded("A title"), guarded(-1)
    ("'=1+1", "'-omics", '-2.5', 'A title', -1)
    >>> guarded("owls;=1+1")
    "owls;'=1+1"
    """
    if not isinstance(value, str) or _PLAIN_NUMBER.fullmatch(value):
        return value
    return _FORMULA.sub(r"\1\3'\2\4", value)


def unguarded(value: Any) -> Any:
    """Return the value that ``guarded`` was given.

    Examples
    --------
    >>> unguarded(guarded("=1+1")), unguarded(guarded("'=1+1")), unguarded("'tis"), unguarded(1)
    ('=1+1', "'=1+1", "'tis", 1)
    """
    return _GUARDED.sub(r"\1\3\2\4", value) if isinstance(value, str) else value


def write_table(table: pd.DataFrame, file: "Path | BytesIO") -> None:
    """Write a table as CSV without its index, with its columns' names and its values guarded.

    Parameters
    ----------
    table
        The table.
    file
        Where to write it.

    Examples
    --------
    >>> from io import BytesIO
    >>> import pandas as pd
    >>> write_table(pd.DataFrame({"theme": ["=1+1", "owls"]}), file := BytesIO())
    >>> file.getvalue().decode("utf-8-sig").split()
    ['theme', "'=1+1", 'owls']
    """
    cells = table.map(_cell).rename(columns=_cell)
    # A byte-order mark makes spreadsheet programs read the text as UTF-8.
    cells.to_csv(file, index=False, encoding="utf-8-sig")


def _cell(value: Any) -> Any:
    """Return a value that no program runs, that can be encoded, and that can't end its record."""
    value = flat(value)
    if not isinstance(value, str):
        return value
    # A lone carriage return would end the record.
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return guarded(text.encode("utf-8", "replace").decode("utf-8"))
