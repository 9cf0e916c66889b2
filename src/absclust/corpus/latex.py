r"""All that is known of LaTeX: reading it, writing it, and removing it from a text.

Accents, letters and signs are decoded and encoded for BibTeX fields; mathematics and commands
with arguments (``$\alpha$``, ``\emph{...}``) belong to the authors' text and are kept in both
directions. For clustering, all of it is removed. The signs are those that pylatexenc knows, and
some more.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

from absclust.packaged import packaged

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
_TABLES: dict[str, dict[str, str]] = packaged("corpus/latex.toml")
_SPECIAL_SIGNS, _COMBINING = _TABLES["special"], _TABLES["combining"]
_ENCODED = _TABLES["encoded"] | {sign: f"\\{sign}" for sign in "%&#_$"}
_DOTTED = str.maketrans("ıȷ", "ij")  # under an accent
_ACCENTS = "|".join(filter(str.isalpha, _COMBINING))  # those whose commands are letters
_CHARACTER = re.compile(
    r"\\\\"  # a line break, whose second backslash begins no command
    rf"""|\\(?P<sign>[`'^"~=.])\s*(?P<of_sign>{GROUP}|\\[A-Za-z]+(?:\{{\}}|\s*)|[^\W\d_])"""
    rf"|\\(?P<letter>{_ACCENTS})"
    rf"(?:\s*(?P<group>{GROUP})|\s+(?P<of_letter>\\[ij](?![A-Za-z])|[^\W\d_]))"
    r"|\\(?P<name>[A-Za-z]+)(?:\{\}|\s*)"
)
# Of mathematics that can be written plainly: letters in another font, what is raised or lowered.
_FONT = re.compile(r"\\(?:math(?:bb|bf|cal|frak|it|rm|sf)|text|rm|bf)\s?(?:\{(\w+)\}|([A-Za-z])\b)")
_SHIFTED = re.compile(r"([\^_])(?:\{([^{}\\]{1,9})\}|([^{}\s\\]))")
_SHIFTS = {sign: str.maketrans(*_TABLES[sign].values()) for sign in "^_"}
# What can't be: other markup, and prose between two prices.
_NOT_PLAIN = re.compile(r"[\^_](?!∞)|[{}$\\]|[A-Za-z]{2,}\s|\s[A-Za-z]{2,}")
# Patterns of what is removed for clustering.
_DOLLARS = r"(?:\\\$|[^$\n]){0,300}?(?<!\s)(?<!\\)\$"
_ANY_MATH = re.compile(
    r"\$\$.{0,2000}?\$\$|\\\[.{0,2000}?\\\]|\\\(.{0,1000}?\\\)"
    # Dollars enclose mathematics only if there is no space just inside them and no digit after the
    # closing one ("costs $5 and $7" is prose), or if a command or an index is inside.
    rf"|(?<!\\)\$(?!\s)(?:{_DOLLARS}(?!\d)|(?=[^$\n]{{0,300}}[\\^_]){_DOLLARS})",
    re.DOTALL,
)
_REFERENCE = re.compile(
    r"~?\\(?:cite[a-z]*|ref|eqref|label|footnote|url)\*?(?:\[[^\[\]]*\])?\{[^{}]*\}"
)
_NAME = re.compile(r"\{\\([A-Za-z]+)\}")  # a command of the author's, for a name
_COMMAND = re.compile(r"\\[A-Za-z]+\*?\s?")
_ESCAPED = re.compile(r"\\([%&_$#{}])")
_ARGUMENT = re.compile(r"\\[A-Za-z]+\*?\{([^{}]*)\}")
_MOST_NESTED = 3  # commands and braces that are removed inside each other
# Braces around a word, which keep BibTeX from changing its case; escaped by some publishers.
_PROTECTED = re.compile(r"\\?\{(?=[\d_.+-]*[^\W\d_])([\w.+-]+)\\?\}")
_NAMED = "|".join(_SPECIAL_SIGNS)
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
_QUOTES = re.compile(r"``((?:(?!``|'').){1,400}?)(?:\{''\}|'')", re.DOTALL)
_SPECIAL = re.compile(r"[%&#_$\\{}~^]")
_BLOCK_START = re.compile(r"(?m)^([^\S\n]*)@")
# What "_", "&", "~" and "<" are written as in links and paths, with or without braces around them.
_VERBATIM_ESCAPE = re.compile(
    r"(?P<open>\{)?(?:\\(?P<sign>[%&#_$])|(?P<tilde>\\~(?:\{\})?|\$\\sim\$)"
    r"|\$?\\(?P<name>text[a-z]+|backslash)(?:\{\}|\$)?)(?(open)\})"
)
_URL_COMMAND = re.compile(r"\\url\{([^{}]*)\}")


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
        return _signs().get(name, command[0])
    accent = command["sign"] or command["letter"]
    letter = command["of_sign"] or command["group"] or command["of_letter"]
    return (accent and _accented(accent, letter)) or command[0]


@cache
def _signs() -> dict[str, str]:
    """Return what LaTeX prints for its commands without arguments, but for special signs."""
    from pylatexenc.latex2text import get_default_latex_context_db

    commands = get_default_latex_context_db().iter_macro_specs()
    printed = {command.macroname: command.simplify_repl for command in commands}
    return {
        name: sign
        for name, sign in printed.items()
        if isinstance(sign, str) and len(sign) == 1 and name not in _SPECIAL_SIGNS
    } | _TABLES["signs"]


@lru_cache(maxsize=10_000)
def _accented(accent: str, letter: str) -> str:
    """Return the letter with its accent; empty if there is none to put it on."""
    plain = _commands_removed(letter).strip("{} \t\n").translate(_DOTTED)
    if not plain[:1].isalpha():
        return ""
    return unicodedata.normalize("NFC", plain[0] + _COMBINING[accent]) + plain[1:]


def decode_latex(text: str) -> str:
    r"""Decode the text of a BibTeX field: accents, signs and protective braces.

    Examples
    --------
    >>> decode_latex(r"{The {DNA} of Erd{\H{o}}s: 5\% \textpm{} 1 of \emph{all} $x_i$}")
    'The DNA of Erdős: 5% ± 1 of \\emph{all} $x_i$'
    """
    text = quotes(text)
    if not any(sign in text for sign in "\\{}~"):
        return text
    return _outside_opaque(text, lambda part: _WRITTEN.sub(_written, latex_characters(part)))


def quotes(text: str) -> str:
    r"""Replace the quotation marks of LaTeX by those that it prints.

    Examples
    --------
    >>> quotes("A ``quiet city'' and a ``loud{''} one, 5'' of arc apart")
    "A “quiet city” and a “loud” one, 5'' of arc apart"
    """
    return _QUOTES.sub(r"“\1”", text) if "``" in text else text


def encode_latex(text: str) -> str:
    r"""Encode a text so that BibTeX typesets it and ``decode_latex`` restores it.

    Braces are written as commands, because BibTeX also counts escaped braces, and an
    entry whose braces do not balance is broken.

    Examples
    --------
    >>> encode_latex("5% of $x_i$ & {more")
    '5\\% of $x_i$ \\& \\textbraceleft{}more'
    """
    text = _outside_opaque(text, lambda part: _SPECIAL.sub(lambda sign: _ENCODED[sign[0]], part))
    text = text.replace("``", "`{}`")  # which is no quotation mark
    # Parsers that repair broken files take an @ at the start of a line for a new entry.
    return _BLOCK_START.sub(r"\1{@}", text)


def _outside_opaque(text: str, change: Callable[[str], str]) -> str:
    parts, end = [], 0
    for opaque in _OPAQUE.finditer(text):
        name = opaque["name"] or opaque["alone"]
        if name and name in _signs():
            continue  # a character, which takes no arguments
        parts += [change(text[end : opaque.start()]), opaque[0]]
        end = opaque.end()
    return "".join([*parts, change(text[end:])])


def _written(match: re.Match[str]) -> str:
    if match[2]:
        return _SPECIAL_SIGNS[match[2]]
    if match[1] or match[3]:
        return match[1] or match[3]
    if match[5]:  # in braces, so that it is not taken for a backslash and a word
        return f"{{\\{match[5]}}}"
    return "" if match[4] or match[0] in "{}" else " "


def unescape_verbatim(value: str) -> str:
    r"""Decode the signs that programs escape in links and paths, where LaTeX has no commands.

    Examples
    --------
    >>> unescape_verbatim(r"\url{https://a.org/b\_c\%20d}")
    'https://a.org/b_c%20d'
    """
    if "\\" in value:
        value = _VERBATIM_ESCAPE.sub(_verbatim_sign, _URL_COMMAND.sub(r"\1", value))
    return value


def _verbatim_sign(escaped: re.Match[str]) -> str:
    known = "~" if escaped["tilde"] else escaped["sign"]
    return known or (_SPECIAL_SIGNS | _signs()).get(escaped["name"]) or escaped[0]


def without_commands(text: str) -> str:
    r"""Remove LaTeX commands and the braces that protect a word, but no mathematics.

    Examples
    --------
    >>> without_commands(r"\emph{Strix} and {DNA} of $x_1$")
    'Strix and DNA of $x_1$'
    """
    parts = re.split(f"({MATH})", text)
    parts[::2] = map(_commands_removed, parts[::2])
    return "".join(parts)


def plain_maths(maths: re.Match[str]) -> str:
    r"""Return a formula without markup, or as it is if it needs more than raised letters.

    Examples
    --------
    >>> re.sub(MATH, plain_maths, r"A $\beta$-VAE in $L^p(\mathbb{R}^2)$ or $\sqrt{2}$, for $5")
    'A β-VAE in Lᵖ(R²) or $\\sqrt{2}$, for $5'
    """
    plain = latex_characters(_FONT.sub(r"\1\2", maths[0].strip("$")))
    plain = _SHIFTED.sub(_shifted, plain)
    return maths[0] if _NOT_PLAIN.search(plain) else plain


def _shifted(part: re.Match[str]) -> str:
    """Return raised or lowered letters; as they are if there is one that has no such form."""
    letters, forms = part[2] or part[3], _SHIFTS[part[1]]
    known = all(ord(each) in forms for each in letters)
    return letters.translate(forms) if known else part[0].replace("{∞}", "∞")


def _commands_removed(text: str) -> str:
    """Remove LaTeX commands and the braces that protect a word."""
    text = _NAME.sub(r"\1", latex_characters(_REFERENCE.sub(" ", text)))
    for _ in range(_MOST_NESTED):
        text = _PROTECTED.sub(r"\1", _ARGUMENT.sub(r"\1", text))
    return _ESCAPED.sub(r"\1", _COMMAND.sub("", text))


def strip_latex(text: str) -> str:
    r"""Remove all LaTeX from a text, its mathematics too.

    Examples
    --------
    >>> strip_latex(r"Erd\H{o}s has \emph{rate} 5\%")
    'Erdős has rate 5%'
    """
    text = _ANY_MATH.sub(" ", text)
    text = _REFERENCE.sub(" ", text)
    text = _NAME.sub(r"\1", latex_characters(text))
    text = _COMMAND.sub("", text)
    text = _ESCAPED.sub(r"\1", text)
    text = text.replace("``", '"').replace("''", '"').replace("~", " ")
    return text.replace("{", "").replace("}", "").replace("\\", " ")
