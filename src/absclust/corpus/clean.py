"""Text normalisation: remove markup and publishers' lines, keep the authors' words.

The cleaned text is used for embedding and naming only; tables and plots show the
original text.
"""

import re
import unicodedata

from absclust.corpus.entities import unescape
from absclust.corpus.latex import strip_latex, without_commands

# Tags that may stand inside a word, as in CO<sub>2</sub>, and those that separate words.
_INLINE_TAG = re.compile(
    r"</?(?:jats:|ns\d:)?(?:i|b|u|em|strong|sub|sup|inf|italic|bold|small|sc|tt|font|span)"
    r"(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE,
)
_POWER = re.compile(r"(?<=\d)<(?:jats:)?sup>(?=[-+−]?\d)", re.IGNORECASE)
_HTML_TAG = re.compile(
    r"</?(?:jats:|mml:|ns\d:)?(?:p|title|sec|div|br|hr|list|list-item|label|abstract|abstracttext"
    r"|h[1-6]|ul|ol|li|a|math|mi|mo|mn|mrow|msub|msup|xref|ext-link|inline-formula|tex-math)"
    r"(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE,
)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"]+|\b10\.\d{4,9}/[^\s<>\"]+", re.IGNORECASE)
_EMAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}\b")
# A publisher's notice at the end, after a complete sentence; or at the beginning.
_NOTICE = re.compile(
    r"©(?=\s*+[^\W\d_])|(?:©|\(c\)|copyright)\s*+(?:©|\(c\))?\s*+(?:by\s+)?"
    r"(?:the\s+authors?\b|(?:19|20)\d\d)"
    r"|(?:(?:19|20)\d\d (?:[\w.,&/-]+ ){1,8})?all rights reserved|georg thieme verlag"
    r"|published by (?:elsevier|springer|(?:john )?wiley|ieee|oxford|cambridge"
    r"|mdpi|bmj|acs|aip|sage|taylor|the royal society)"
    r"|this is an open[- ]access article|licensee\s+\w+|crown copyright"
    r"|this (?:article|work|paper) is (?:protected by copyright|licensed under|published under)"
    r"|(?:electronic )?supplementary materials?:? the online version"
    r"|supplementary (?:data|information|materials?)(?: is| are)? available",
    re.IGNORECASE,
)
# A notice of a database, or one with its year, which needs no sentence before it.
_DATABASE_NOTICE = re.compile(
    r"\(?\s*psyc\w+ database record|\[\s*abstract (?:from|by) (?:authors?|publisher)"
    r"|\(abstract shortened by|\((?:author|journal|publication) abstract\)|\[references\]"
    r"|(?:crown )?(?:copyright )?©\s*(?:19|20)\d\d",
    re.IGNORECASE,
)
# The notice of EBSCO, which is longer than others.
_EBSCO = re.compile(r"(?:\[ABSTRACT FROM [A-Z]+\]\s*)?Copyright of .{1,300}? is the property of")
_EBSCO_SIGN = " is the property of "
_EBSCO_MAX_CHARS = 900
# Whatever the two patterns match contains one of these, in lower case.
_NOTICE_SIGNS = (
    "©", "(c)", "copyright", "reserved", "published by", "open access", "open-access",
    "licensee", "licensed under", "published under", "supplementary", "database record",
    "[abstract", "(abstract shortened", " abstract)", "[references]", "thieme",
)  # fmt: skip
_LABEL = re.compile(
    r"^\s*(?:abstract|summary|zusammenfassung|résumé)(?:\s*(?:[:.\-–—]|\n)+\s*"
    r"|\s+(?=(?:background|introduction|objectives?|purpose|aims?|methods?|we|our|this|these|the|an?"
    r"|in|to|it|there|here|for|as|with|while|although|recent|many)\b))",
    re.IGNORECASE,
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
_WITHDRAWN_MAX_WORDS = 60  # a longer text is an abstract, even if it mentions a withdrawal
_NOTICE_MAX_CHARS = 300  # at either end of a text, where notices are looked for
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


def display_text(title: str) -> str:
    r"""Return a title or a keyword as people read it: without markup, but with mathematics.

    Examples
    --------
    >>> display_text(r"Owls &amp; \{EEG\}: CO<sub>2</sub> in \emph{Strix} and $x_1$")
    'Owls & EEG: CO2 in Strix and $x_1$'
    """
    text = without_surrogates(_without_html(title))
    if "\\" in text or "{" in text:
        text = without_commands(text)
    return " ".join(text.split())


def _without_html(text: str) -> str:
    """Remove tags and read entities, also those that were escaped twice."""
    if "&" in text and ";" in text:
        text = unescape(unescape(text))
    if "<" in text:
        text = _HTML_TAG.sub("\n", _INLINE_TAG.sub("", _POWER.sub("^", text)))
    return text


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
    if not any(sign in end_of_text for sign in _NOTICE_SIGNS):
        return text  # several times faster than the search
    if notice := _DATABASE_NOTICE.search(text, max(1, len(text) - _NOTICE_MAX_CHARS)):
        text = text[: notice.start()].rstrip()
    for notice in _NOTICE.finditer(text, max(1, len(text) - _NOTICE_MAX_CHARS)):
        before = text[: notice.start()].rstrip()
        # Inside a sentence, copyright is the subject.
        if before.endswith(_SENTENCE_END):
            return before
    return text
