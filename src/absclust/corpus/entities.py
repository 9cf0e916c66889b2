"""HTML's entities -> the characters that they stand for."""

import html
import re

# No character has a number of so many digits; Python refuses to read thousands of them.
_BEYOND = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")


def unescape(text: str) -> str:
    """Return a text with entities replaced, and those of no character by U+FFFD.

    Examples
    --------
    >>> unescape("caf&eacute; &#8211; &#99999999999;")
    'café – �'
    """
    return html.unescape(_BEYOND.sub("\ufffd", text))
