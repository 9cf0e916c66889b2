r"""Values that a spreadsheet program would run as a formula when it opens a CSV file.

A title such as ``=HYPERLINK(...)`` comes from a downloaded library, so nobody has vouched for it;
decision 29 has the reasons. The interactive map writes CSV in the browser by
the same rule: both patterns are valid in Python and in JavaScript, and ``web.page`` puts them into
the page. They therefore list white space and digits, since ``\s`` and ``\d`` match different
characters in the two languages.
"""

import re
from typing import Any

# What a formula begins with: = + - @ or their full-width forms, after any white space, which some
# programs skip; or a tab or carriage return, which some take for the beginning of a new cell. An
# author's apostrophes before it belong to it, so that ours can be told from them.
FORMULA_START = (
    r"'*(?:[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*"
    r"[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r])"
)
# The whole of a number, which may begin with a sign.
PLAIN_NUMBER = r"[+\-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+\-]?[0-9]+)?"

_FORMULA_START = re.compile(FORMULA_START)
_PLAIN_NUMBER = re.compile(PLAIN_NUMBER)


def guarded(value: Any) -> Any:
    """Return the value, with an apostrophe in front if a spreadsheet program would run it.

    Parameters
    ----------
    value
        A value of a table; only strings can be formulas.

    Examples
    --------
    >>> guarded("=1+1"), guarded("-omics"), guarded("-2.5"), guarded("A title"), guarded(-1)
    ("'=1+1", "'-omics", '-2.5', 'A title', -1)
    """
    if not isinstance(value, str) or not _FORMULA_START.match(value):
        return value
    return value if _PLAIN_NUMBER.fullmatch(value) else f"'{value}"


def unguarded(value: str) -> str:
    """Return the value that `guarded` put an apostrophe in front of; any other as it is.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("'80s"), unguarded(guarded("'-omics"))
    ('=1+1', "'80s", "'-omics")
    """
    return value[1:] if value.startswith("'") and guarded(value[1:]) == value else value
