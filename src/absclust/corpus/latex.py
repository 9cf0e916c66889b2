r"""The characters that LaTeX commands stand for: accents, letters and signs.

Commands are read by pylatexenc, and each only once per process, because a library repeats the
same few hundred of them.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pylatexenc.latex2text import LatexNodes2Text
    from pylatexenc.macrospec import LatexContextDb

# A group in braces, nested three deep.
GROUP = r"\{[^{}]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^{}]*)*\}"
# Mathematics: between dollars without a space just inside them; and no digit after the last one
# ("$5 to $7" is prose), unless a command, a superscript or a subscript is inside.
_ATOM = rf"(?:\\[^\n{{}}()]|\\(?=\{{)|[^$\\{{}}\n]|{GROUP})"
_BODY = rf"{_ATOM}{{1,300}}?(?<!\s)\$\$?"
# Alternatives for a larger pattern; each begins with its sign, so that the search is fast.
MATH = (
    rf"\$(?<!\\\$)\$?(?![\s$])(?:{_BODY}(?!\d)|(?=[^$\n]{{0,300}}[\\^_]){_BODY})"
    rf"|\\\((?<!\\\\\(){_ATOM}{{1,300}}?\\\)"
)
# Commands of LaTeX's text mode that pylatexenc does not know, or gives another sign.
_SIGNS = {
    "textless": "<", "textgreater": ">", "textbar": "|", "textquotedbl": '"',
    "textquotesingle": "'", "textasciigrave": "`", "textperiodcentered": "·",
    "textasteriskcentered": "*", "textperthousand": "‰", "textmu": "µ", "slash": "/",
    "copyright": "©", "euro": "€", "pounds": "£", "S": "§", "P": "¶", "textminus": "−",
    "guillemetleft": "«", "guillemetright": "»",
    "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX", "space": " ", "quad": " ",
    "newline": " ", "linebreak": " ", "par": " ",
} | dict.fromkeys(
    ["relax", "protect", "noindent", "allowbreak", "nobreak", "xspace", "em", "it", "bf", "rm",
     "sc", "sf", "sl", "tt", "itshape", "bfseries", "upshape", "scshape", "rmfamily", "normalfont"],
    "",
)  # fmt: skip
# Accents that pylatexenc does not know, and the combining characters for them.
_COMBINING = {
    "cb": "\u0326", "textcommabelow": "\u0326", "t": "\u0361", "G": "\u030f", "U": "\u030e",
    "f": "\u0311",
}  # fmt: skip
# Signs that mean something in LaTeX. Their commands stay in a text that is still LaTeX.
SPECIAL_SIGNS = {
    "textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "textasciitilde": "~",
    "textasciicircum": "^", "textunderscore": "_", "textdollar": "$", "texttildelow": "~",
    "backslash": "\\", "lbrace": "{", "rbrace": "}",
}  # fmt: skip
_CHARACTER = re.compile(
    r"\\\\"  # a line break, whose second backslash begins no command
    rf"""|\\(?P<sign>[`'^"~=.])\s*(?P<of_sign>{GROUP}|\\[A-Za-z]+(?:\{{\}}|\s*)|[^\W\d_])"""
    rf"|\\(?P<letter>[uvHckrdbtGUf]|cb|textcommabelow)"
    rf"(?:\s*(?P<group>{GROUP})|\s+(?P<of_letter>\\[ij](?![A-Za-z])|[^\W\d_]))"
    r"|\\(?P<name>[A-Za-z]+)(?:\{\}|\s*)"
)


def latex_characters(text: str) -> str:
    r"""Replace the commands that stand for characters; all others are left as they are.

    Examples
    --------
    >>> latex_characters(r"Erd\H{o}s, Nguy{\~{\^e}}n and \emph{\O re}")
    'Erdős, Nguy{ễ}n and \\emph{Øre}'
    """
    return _CHARACTER.sub(_character, text) if "\\" in text else text


def _character(command: re.Match[str]) -> str:
    if name := command["name"]:
        sign = sign_of(name)
        return command[0] if sign is None else sign
    accent = command["sign"] or command["letter"]
    if accent is None:
        return command[0]
    letter = command["of_sign"] or command["group"] or command["of_letter"]
    return _accented(accent, letter) or command[0]


@lru_cache(maxsize=10_000)
def sign_of(name: str) -> str | None:
    """Return what LaTeX prints for a command without arguments, or None.

    Examples
    --------
    >>> sign_of("textpm"), sign_of("LaTeX"), sign_of("emph")
    ('±', 'LaTeX', None)
    """
    if name in _SIGNS:
        return _SIGNS[name]
    command = None if name in SPECIAL_SIGNS else _commands().get_macro_spec(name)
    meaning = command.simplify_repl if command else None
    return meaning if isinstance(meaning, str) and len(meaning) == 1 else None


@lru_cache(maxsize=10_000)
def _accented(accent: str, letter: str) -> str:
    """Return the letter with its accent; empty if there is none to put it on."""
    read: Callable[[str], str] = _reader().latex_to_text
    plain = read(letter).strip()
    if not plain[:1].isalpha():
        return ""
    if accent in _COMBINING:
        first = unicodedata.normalize("NFC", plain[0] + _COMBINING[accent])
    else:
        first = read(f"\\{accent}{{{plain[0]}}}")
    return first + plain[1:]


@cache
def _commands() -> "LatexContextDb":
    from pylatexenc.latex2text import get_default_latex_context_db

    return get_default_latex_context_db()


@cache
def _reader() -> "LatexNodes2Text":
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(math_mode="verbatim")
