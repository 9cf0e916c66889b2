r"""Decode and encode the accents and special signs of text in BibTeX fields.

Mathematics and commands with arguments (``$\alpha$``, ``\emph{...}``) belong to the authors'
text and are kept in both directions; ``clean.py`` removes them for clustering.
"""

import re
from collections.abc import Callable

from absclust.corpus.latex import GROUP, MATH, SPECIAL_SIGNS, latex_characters, sign_of

_NAMES = {
    "\\": "textbackslash", "{": "textbraceleft", "}": "textbraceright",
    "~": "textasciitilde", "^": "textasciicircum",
}  # fmt: skip
_NAMED = "|".join(SPECIAL_SIGNS)
_ACCENTS = "[uvHckrdbtGUf]|cb|textcommabelow"
_FONTS = "em|it|bf|sc|sl|tt|itshape|bfseries|scshape"
# Mathematics, text in another font, a command alone in braces, and commands with their arguments.
_OPAQUE = re.compile(
    rf"{MATH}|\{{\\(?:{_FONTS})(?![A-Za-z])[^{{}}]*(?:{GROUP}[^{{}}]*)*\}}"
    rf"|\{{\\(?!(?:{_ACCENTS}|{_NAMED})\}})(?P<alone>[A-Za-z]{{2,40}})\}}"
    rf"|\\href\s*{GROUP}\s*{GROUP}"
    rf"|\\(?!(?:{_ACCENTS}|{_NAMED})(?![A-Za-z]))(?P<name>[A-Za-z]{{2,40}})\*?\s?"
    rf"(?:\[[^\[\]{{}}]{{0,99}}\])?(?!\{{\}})(?:{GROUP})+"
)
_WRITTEN = re.compile(
    rf"\{{|\}}|~|\\(?:([%&#_${{}}])|({_NAMED})(?:\{{\}}|\s|(?![A-Za-z]))|([~^])\{{\}}"
    r"|([/@!-])|[ ,;:\\]|([A-Za-z]{2,40})(?![A-Za-z])\s*)"
)
_SPECIAL = re.compile(r"[%&#_$\\{}~^]")
_BLOCK_START = re.compile(r"(?m)^([^\S\n]*)@")


def decode_latex(text: str) -> str:
    r"""Decode the text of a BibTeX field: accents, signs and protective braces.

    Examples
    --------
    >>> decode_latex(r"{The {DNA} of Erd{\H{o}}s: 5\% \textpm{} 1 of \emph{all} $x_i$}")
    'The DNA of Erdős: 5% ± 1 of \\emph{all} $x_i$'
    """
    if not any(sign in text for sign in "\\{}~"):
        return text
    return _outside_opaque(text, lambda part: _WRITTEN.sub(_sign, latex_characters(part)))


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
        name = opaque["name"] or opaque["alone"]
        if name and sign_of(name) is not None:
            continue  # a character, which takes no arguments
        parts += [change(text[end : opaque.start()]), opaque[0]]
        end = opaque.end()
    return "".join([*parts, change(text[end:])])


def _sign(match: re.Match[str]) -> str:
    if match[2]:
        return SPECIAL_SIGNS[match[2]]
    if match[1] or match[3]:
        return match[1] or match[3]
    if match[5]:  # in braces, so that it is not taken for a backslash and a word
        return f"{{\\{match[5]}}}"
    return "" if match[4] or match[0] in "{}" else " "


def _escape(match: re.Match[str]) -> str:
    sign = match[0]
    return f"\\{_NAMES[sign]}{{}}" if sign in _NAMES else f"\\{sign}"
