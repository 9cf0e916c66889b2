r"""Decode and encode the accents and special signs of text in BibTeX fields.

Mathematics and commands (``$\alpha$``, ``\emph{...}``) belong to the authors' text
and are kept in both directions; ``clean.py`` removes them for clustering.
"""

import re
from collections.abc import Callable

from absclust.corpus.clean import latex_letters

# Braces nested three deep.
GROUP = r"\{[^{}]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^{}]*)*\}"
_MATH = (
    rf"(?<!\\)\$\$?(?![\s\d$])(?:\\[^\n{{}}]|\\(?=\{{)|[^$\\{{}}\n]|{GROUP}){{1,300}}?"
    r"(?<!\s)\$\$?(?!\d)"
)
_SIGNS = {
    "\\": "textbackslash", "{": "textbraceleft", "}": "textbraceright",
    "~": "textasciitilde", "^": "textasciicircum",
}  # fmt: skip
_READ_ONLY = {
    "textdegree": "°", "textendash": "–", "textemdash": "—", "textellipsis": "…", "ldots": "…",
    "dots": "…", "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“",
    "textquotedblright": "”", "textmu": "µ", "texteuro": "€", "textregistered": "®",
    "texttrademark": "™", "textcopyright": "©",
}  # fmt: skip
_SIGN_OF_NAME = {name: sign for sign, name in _SIGNS.items()} | _READ_ONLY
_NAMED = "|".join(_SIGN_OF_NAME)
_LETTERS = "ss|ae|AE|oe|OE|aa|AA"
# Mathematics, and commands with their arguments, are left unchanged.
_OPAQUE = re.compile(
    rf"{_MATH}|\\(?!(?:{_LETTERS}|{_NAMED})(?![A-Za-z]))[A-Za-z]{{2,40}}\*?"
    rf"(?:\[[^\[\]{{}}]{{0,99}}\])?(?:{GROUP})+"
)
_WRITTEN = re.compile(rf"\\([%&#_${{}}])|\\({_NAMED})(?:\{{\}}|\s|(?![A-Za-z]))|\\[ ,\\]|[{{}}~]")
_SPECIAL = re.compile(r"[%&#_$\\{}~^]")
_BLOCK_START = re.compile(r"(?m)^([^\S\n]*)@")


def decode_latex(text: str) -> str:
    r"""Decode the text of a BibTeX field: accents, escaped signs and protective braces.

    Examples
    --------
    >>> decode_latex(r"{The {DNA} of Erd{\H{o}}s: 5\% of \emph{all} $x_i$}")
    'The DNA of Erdős: 5% of \\emph{all} $x_i$'
    """
    if not any(sign in text for sign in "\\{}~"):
        return text
    return _outside_opaque(text, lambda part: _WRITTEN.sub(_sign, latex_letters(part)))


def encode_latex(text: str) -> str:
    r"""Encode a text so that BibTeX typesets it and ``decode_latex`` restores it.

    Braces are written as commands, because BibTeX also counts escaped braces, and an
    entry whose braces do not balance is broken.

    Examples
    --------
    >>> encode_latex("5% of $x_i$ & {more")
    '5\\% of $x_i$ \\& \\textbraceleft{}more'
    """
    text = _outside_opaque(text, lambda part: _SPECIAL.sub(_escape, part))
    # Parsers that repair broken files take an @ at the start of a line for a new entry.
    return _BLOCK_START.sub(r"\1{@}", text)


def _outside_opaque(text: str, change: Callable[[str], str]) -> str:
    parts, end = [], 0
    for opaque in _OPAQUE.finditer(text):
        parts += [change(text[end : opaque.start()]), opaque[0]]
        end = opaque.end()
    return "".join([*parts, change(text[end:])])


def _sign(match: re.Match[str]) -> str:
    if match[2]:
        return _SIGN_OF_NAME[match[2]]
    if match[1]:
        return match[1]
    return "" if match[0] in "{}" else " "


def _escape(match: re.Match[str]) -> str:
    sign = match[0]
    return f"\\{_SIGNS[sign]}{{}}" if sign in _SIGNS else f"\\{sign}"
