"""Text normalisation: remove markup and publishers' lines, keep the authors' words.

The cleaned text is used for embedding and naming only; tables and plots show the
original text.
"""

import re
import unicodedata
from importlib.resources import files

from absclust.corpus.entities import unescape
from absclust.corpus.latex import MATH, plain_maths, quotes, strip_latex, without_commands
from absclust.packaged import packaged

_REMOVED = packaged("corpus/removed.toml")
_INLINE, _BLOCK = ("|".join(_REMOVED[tags].split()) for tags in ("inline_tags", "block_tags"))
_INLINE_TAG, _HTML_TAG = (
    re.compile(rf"</?(?:{names})(?:\s[^<>]{{0,300}})?/?>", re.IGNORECASE)
    for names in (rf"(?:jats:|ns\d:)?(?:{_INLINE})", rf"(?:jats|mml):[\w-]+|(?:ns\d:)?(?:{_BLOCK})")
)
_POWER = re.compile(r"(?<=\d)<(?:jats:)?sup>(?=[-+−]?\d)", re.IGNORECASE)
_SIGNS = _REMOVED["named_signs"]
_NAMED_SIGN = re.compile(rf"<({'|'.join(_SIGNS)})>", re.IGNORECASE)
# From PDFs: a soft hyphen, where a line ends, and the number of a glyph that has no letter.
_OF_PDF = re.compile(r"\xad\s*|\(cid:\d{1,5}\)")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"]+|\b10\.\d{4,9}/[^\s<>\"]+", re.IGNORECASE)
_EMAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}\b")
# How notices of publishers and databases begin; and what all of them contain, in lower case.
_NOTICE, _DATABASE_NOTICE = (
    re.compile("|".join(_REMOVED[name]), re.IGNORECASE) for name in ("after_a_sentence", "anywhere")
)
# The notice of EBSCO, which is longer than others.
_EBSCO = re.compile(r"(?:\[ABSTRACT FROM [A-Z]+\]\s*)?Copyright of .{1,300}? is the property of")
_EBSCO_SIGN = " is the property of "
_EBSCO_MAX_CHARS = 900
_LABEL = re.compile(_REMOVED["label"], re.IGNORECASE)
# The words of which headings of structured abstracts consist.
_HEADING_WORDS = re.sub(
    "#.*", "", files("absclust.corpus").joinpath("heading_words.txt").read_text("utf-8")
)
_HEADING_WORD = rf"(?:{'|'.join(_HEADING_WORDS.split())}|\w+\(s\))"
HEADING = re.compile(
    rf"(?:(?P<line>^|(?<=\n))[^\S\n]*+|(?<=[.!?;)\]]\s)\s*+)(?=(?-i:[A-Z])){_HEADING_WORD}"
    rf"(?:(?:\s*[/&,-]\s*|\s+)(?:(?:and|of|for|in|the|to|with)\s+){{0,2}}{_HEADING_WORD}){{0,6}}"
    # Some databases write nothing in between: "Findings The", "PurposeThe".
    r"(?:\s*:\s+|\s+[–—-]\s+(?=(?-i:[A-Z]))|(?(line)[^\S\n]*\n\s*(?=(?-i:[A-Z]))|(?!))|\s*(?=(?-i:"
    r"The|Th[ei]se?|We|Our|An?|In|It|There|To|Using|Based|For|All|From|Data|Although|Of)\s))",
    re.IGNORECASE,
)
_HEADING_ENDS = (":", "\n", " - ", " – ", " — ")  # one of which most texts with headings have
_WITHDRAWN = re.compile("|".join(_REMOVED["withdrawn"]), re.IGNORECASE)
_WITHDRAWN_MAX_WORDS = 60  # a longer text is an abstract, even if it mentions a withdrawal
_NOTICE_MAX_CHARS = 300  # at either end of a text, where notices are looked for
_SENTENCE_END = (".", "!", "?", ")", "”", '"')


def clean_text(text: str, *, headings: bool = True) -> str:
    r"""Return a title or an abstract without markup and publishers' lines.

    Removes LaTeX, HTML and JATS tags, URLs, DOIs and email addresses, copyright lines
    at either end, a leading "Abstract" and the headings of a structured abstract. A
    notice in place of an abstract ("withdrawn", "no abstract available") gives the
    empty string.

    Parameters
    ----------
    text
        A title or an abstract.
    headings
        Whether to remove headings; in a title, what comes before a colon is its subject.

    Examples
    --------
    >>> clean_text(r"Erd\H{o}s graphs have \emph{rate} $O(\sqrt{T})$. © 2020 Elsevier B.V.")
    'Erdős graphs have rate .'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", without_surrogates(text))
    text = _OF_PDF.sub("", text)
    text = _without_html(text)
    if "\\" in text or "$" in text:
        text = strip_latex(text)
    if "://" in text or "10." in text or "www." in text.lower():
        text = _URL.sub(" ", text)
    if "@" in text:
        text = _EMAIL.sub(" ", text)
    text = _strip_notices(text)
    if label := _LABEL.match(text):
        text = text[label.end() :]
    if headings and (any(mark in text for mark in _HEADING_ENDS) or HEADING.match(text)):
        text = HEADING.sub(" ", text)
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


def display_text(title: str) -> str:
    r"""Return a title or a keyword as people read it: without markup, but with mathematics.

    Of mathematics, what can be written without markup is.

    Examples
    --------
    >>> display_text(r"Owls &amp; \{EEG\}: CO<sub>2</sub> in \emph{Strix} and $\alpha_1^{10}$")
    'Owls & EEG: CO2 in Strix and α₁¹⁰'
    """
    text = quotes(without_surrogates(_without_html(title)))
    if text.count("$") > 1:
        text = re.sub(MATH, plain_maths, text)
    if "\\" in text or "{" in text:
        text = without_commands(text)
    return " ".join(text.split())


def _without_html(text: str) -> str:
    """Remove tags and read entities, also those that were escaped twice."""
    if "&" in text and ";" in text:
        text = unescape(unescape(text))
    if "<" in text:
        text = _NAMED_SIGN.sub(_named_sign, text)
        text = _HTML_TAG.sub("\n", _INLINE_TAG.sub("", _POWER.sub("^", text)))
    return text


def _named_sign(tag: re.Match[str]) -> str:
    sign: str = _SIGNS[tag[1].lower()]
    return sign if tag[1].islower() or sign == "µ" else sign.upper()  # a unit in any letters


def _strip_notices(text: str) -> str:
    """Remove publishers' notices from the beginning and from the end."""
    text = text.strip()
    if _NOTICE.match(text):
        # "© 2020 Elsevier Ltd. All rights reserved. We study ...": the notice ends with
        # "reserved." if it has that word, otherwise with its first sentence.
        front = text[:_NOTICE_MAX_CHARS]
        end = re.search(r"reserved\.", front, re.IGNORECASE) or re.search(r"\.\s+(?=[A-Z])", front)
        text = text[end.end() :] if end else text
    if _EBSCO_SIGN in text[-_EBSCO_MAX_CHARS:] and (notice := _EBSCO.search(text)):
        text = text[: notice.start()].rstrip()
    end_of_text = text[-_NOTICE_MAX_CHARS:].lower()
    if not any(sign in end_of_text for sign in _REMOVED["signs"]):
        return text  # several times faster than the search
    if notice := _DATABASE_NOTICE.search(text, max(1, len(text) - _NOTICE_MAX_CHARS)):
        text = text[: notice.start()].rstrip()
    for notice in _NOTICE.finditer(text, max(1, len(text) - _NOTICE_MAX_CHARS)):
        before = text[: notice.start()].rstrip()
        # Inside a sentence, copyright is the subject.
        if before.endswith(_SENTENCE_END):
            return before
    return text
