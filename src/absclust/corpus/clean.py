"""Text normalisation: remove markup and publishers' lines, keep the authors' words.

The cleaned text is used for embedding and naming only; tables and plots show the
original text.
"""

import html
import re
import unicodedata

_ACCENT = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328",
    "r": "\u030a", "d": "\u0323",
}  # fmt: skip
_LATEX_LETTER = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ",
    "OE": "Œ", "aa": "å", "AA": "Å", "i": "i", "j": "j",
}  # fmt: skip
_LATEX_ACCENT = re.compile(
    r"""\\(?:(['`^"~=.])\s*(?:\{\s*\\?([A-Za-z])\s*\}|\\?([A-Za-z]))"""
    r"""|([uvHckrd])(?:\{\s*\\?([A-Za-z])\s*\}|\s+([A-Za-z])\b))"""
)
_LATEX_SPECIAL = re.compile(r"\\(ss|ae|AE|oe|OE|aa|AA|[oOlLij])(?![A-Za-z])(?:\{\})?\s?")
_LATEX_MATH = re.compile(
    r"\$\$.{0,2000}?\$\$|\\\[.{0,2000}?\\\]|\\\(.{0,1000}?\\\)"
    # Dollars enclose mathematics only if there is no space just inside them and no
    # digit after the closing one ("costs $5 and $7" is prose).
    r"|(?<!\\)\$(?!\s)(?:\\\$|[^$\n]){0,300}?(?<!\s)(?<!\\)\$(?!\d)",
    re.DOTALL,
)
_LATEX_REFERENCE = re.compile(
    r"~?\\(?:cite[a-z]*|ref|eqref|label|footnote|url)\*?(?:\[[^\]]*\])?\{[^{}]*\}"
)
_LATEX_COMMAND = re.compile(r"\\[A-Za-z]+\*?\s?")
_HTML_TAG = re.compile(
    r"</?(?:jats:|mml:|ns\d:)?(?:p|i|b|u|em|strong|sub|sup|inf|title|sec|span|div|br|hr|italic"
    r"|bold|list|list-item|label|abstract|abstracttext|h[1-6]|ul|ol|li|a|math|mi|mo|mn|mrow"
    r"|msub|msup|small|sc|tt|font|xref|ext-link|inline-formula|tex-math)(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE,
)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"]+|\b10\.\d{4,9}/[^\s<>\"]+", re.IGNORECASE)
_EMAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}\b")
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)\s*(?:©|\(c\))?\s*(?:by\s+)?(?:the\s+authors?\b|(?:19|20)\d\d)"
    r"|all rights reserved|published by (?:elsevier|springer|wiley|ieee|oxford|mdpi|bmj|acs|aip)"
    r"|this is an open[- ]access article|licensee\s+\w+|crown copyright",
    re.IGNORECASE,
)
# In lower case, one of them is in everything that the pattern matches.
_COPYRIGHT_SIGNS = ("©", "(c)", "copyright", "reserved", "published by", "open", "licensee")
_LABEL = re.compile(
    r"^\s*(?:abstract|summary|zusammenfassung|résumé)\s*(?:[:.\-–—]|\n)+\s*", re.IGNORECASE
)
_HEADING = re.compile(
    r"(?:^|(?<=[.!?;]\s)|(?<=\n))(?:background|introduction|context|purposes?|objectives?|aims?"
    r"|goals?|motivation|materials?|patients|methods?|methodology|design|setting|participants"
    r"|interventions?|measurements?|main outcomes?(?: measures?)?|results?|findings|discussion"
    r"|conclusions?|interpretation|significance|importance|limitations?|funding"
    r"|study design|data sources?|originality|value)"
    r"(?:\s*(?:and|&|/)\s*(?:methods?|aims?|objectives?|purpose|results?|conclusions?|setting"
    r"|design|significance|patients|materials?|value))?\s*:\s+",
    re.IGNORECASE,
)
_WITHDRAWN = re.compile(
    r"\b(?:this|the) (?:paper|article|submission|manuscript|preprint|version) (?:has been|is|was)"
    r"(?: temporarily)? (?:withdrawn|retracted)|\bwithdrawn (?:by|due to)|^\s*withdrawn\b"
    r"|^\W*(?:no abstract(?: is)?(?: available)?|abstract (?:not|un)\s?available|n/?a|none|nan"
    r"|null|not available)\W*$",
    re.IGNORECASE,
)
_WITHDRAWN_MAX_WORDS = 60
_COPYRIGHT_MAX_CHARS = 300
_SENTENCE_END = (".", "!", "?", ")", "”", '"')


def clean_text(text: str) -> str:
    r"""Return a title or an abstract without markup and publishers' lines.

    Removes LaTeX, HTML and JATS tags, URLs, DOIs and email addresses, copyright lines
    at either end, a leading "Abstract" and the headings of a structured abstract. A
    notice in place of an abstract ("withdrawn", "no abstract available") gives the
    empty string.

    Examples
    --------
    >>> clean_text(r"Erd\H{o}s graphs have \emph{rate} $O(\sqrt{T})$. © 2020 Elsevier B.V.")
    'Erdős graphs have rate .'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", without_surrogates(text))
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _HTML_TAG.sub(" ", text)
    if "\\" in text or "$" in text:
        text = _strip_latex(text)
    if "://" in text or "10." in text or "www." in text.lower():
        text = _URL.sub(" ", text)
    if "@" in text:
        text = _EMAIL.sub(" ", text)
    text = _strip_copyright(text)
    if label := _LABEL.match(text):
        text = text[label.end() :]
    if ":" in text:
        text = _HEADING.sub(" ", text)
    words = text.split()
    if len(words) <= _WITHDRAWN_MAX_WORDS and _WITHDRAWN.search(text):
        return ""
    return " ".join(words)


def without_surrogates(text: str) -> str:
    r"""Replace lone surrogates by "\ufffd", so that the text can be encoded.

    Examples
    --------
    >>> without_surrogates("\ud83d\ude80 \ud83d") == "\U0001f680 \ufffd"
    True
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def latex_letters(text: str) -> str:
    r"""Replace LaTeX accents and special letters by the letters that they stand for.

    Examples
    --------
    >>> latex_letters(r"Erd\H{o}s and {\O}re")
    'Erdős and {Ø}re'
    """
    text = _LATEX_ACCENT.sub(_accented, text)
    return _LATEX_SPECIAL.sub(lambda m: _LATEX_LETTER[m[1]], text)


def _strip_latex(text: str) -> str:
    text = latex_letters(text)
    text = _LATEX_MATH.sub(" ", text)
    text = _LATEX_REFERENCE.sub(" ", text)
    text = _LATEX_COMMAND.sub("", text)
    for escaped, plain in (
        ("\\%", "%"),
        ("\\&", "&"),
        ("\\_", "_"),
        ("\\$", "$"),
        ("\\#", "#"),
    ):
        text = text.replace(escaped, plain)
    text = text.replace("``", '"').replace("''", '"').replace("~", " ")
    return text.replace("{", "").replace("}", "").replace("\\", " ")


def _accented(match: re.Match[str]) -> str:
    accent = match[1] or match[4]
    letter = match[2] or match[3] or match[5] or match[6]
    return unicodedata.normalize("NFC", letter + _ACCENT[accent])


def _strip_copyright(text: str) -> str:
    """Remove a copyright notice from the beginning and from the end."""
    text = text.strip()
    if _COPYRIGHT.match(text):
        # "© 2020 Elsevier Ltd. All rights reserved. We study ...": the notice ends with
        # "reserved." if it has that word, otherwise with its first sentence.
        front = text[:_COPYRIGHT_MAX_CHARS]
        end = re.search(r"reserved\.", front, re.IGNORECASE) or re.search(r"\.\s+(?=[A-Z])", front)
        text = text[end.end() :] if end else text
    end_of_text = text[-_COPYRIGHT_MAX_CHARS:].lower()
    if not any(sign in end_of_text for sign in _COPYRIGHT_SIGNS):
        return text  # several times faster than the search
    for match in _COPYRIGHT.finditer(text, max(0, len(text) - _COPYRIGHT_MAX_CHARS)):
        before = text[: match.start()].rstrip()
        # A notice follows a complete sentence; inside a sentence, copyright is the subject.
        if len(text) - len(before) <= _COPYRIGHT_MAX_CHARS and before.endswith(_SENTENCE_END):
            return before
    return text
