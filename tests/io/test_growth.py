"""The time of reading grows with the size of a text, whatever is in it."""

import gc
import time
from contextlib import suppress

import pytest

from absclust import AbsclustError
from absclust.corpus.clean import clean_text, display_text
from absclust.corpus.people import split_people
from absclust.io.read import parse
from absclust.io.write_papers import _DASH

# What is repeated; most of them begin something that never ends.
PIECES = [
    *("\n", " ", "\t", " \n", "\r", '"', '""', "'", ",", ";", '",', 'k",v,"w\n', '"a"b,c\n', '"\n'),
    *(
        "{",
        "}",
        "{}",
        "\\",
        "\\{",
        "\\}",
        "$",
        "$x",
        "\\cite[",
        "\\cite{",
        "\\emph{",
        "\\'",
        "\\'{",
    ),
    *("\\[", "\\(", "@", "@a", "@a(", "@a{", "@a{b,", "@a{b,\n", "@a{b\n", "@a{\nb,\n", "x={\n"),
    *('x="', "# ", " # ", " and ", "and ", "A.", "a", "1", "-", ".", "a.", "a@", "@a.", "©", "© "),
    *("(c)", "copyright ", "2020 ", "<", "<b ", "<a>", "</a>", "<!--", "<![CDATA[", "&", "&amp;"),
    *(
        "&#",
        "10.1234/",
        "10.1/<1:",
        "http://",
        "abstract ",
        "methods: ",
        "withdrawn ",
        "(",
        "[",
        "]",
    ),
    *(
        '{"a":',
        '{"title":"x"}\n',
        "TY  - JOUR\n",
        "AB  - x\n",
        "KW  - a\n",
        "ER  - \n",
        "PMID- 1\n",
    ),
    *("PT J\n", "%0 J\n", "%A x\n", "x\n", "x\n\n", "字", "é", "\u200b", "family={", "null", ": "),
]
BEGINNINGS = {
    ".csv": ("title,abstract\n", 'title,abstract\nx,"', "title;authors;year\n"),
    ".tsv": ("title\tabstract\n",),
    ".bib": (
        "",
        "@misc{a,title={T}}\n",
        "@misc{a,title={T},\n",
        "@misc{a,title={T},author={x",
        "@misc{a,title={T}",
        "@misc{a",
    ),
    ".ris": ("TY  - JOUR\nTI  - T\nAB  - a\n", "TY  - JOUR\nAU  - x"),
    ".nbib": ("PMID- 1\nTI  - T\nAB  - a\n",),
    ".ciw": ("PT J\nTI T\nAB a\n",),
    ".enw": ("%0 J\n%T T\n%X a\n",),
    ".txt": ("A title that is one\n\nAn abstract.\n",),
    ".json": ("", "[", '[{"title":"T"},', '[{"title":"'),
    ".jsonl": ('{"title":"T"}\n',),
    ".xml": ("<xml><records><record><titles><title>", "<PubmedArticleSet>", "<feed>"),
}
FUNCTIONS = (
    *(
        lambda text, front=front: clean_text(f"{front}{text}5")
        for front in ("", "©", "We. ©", "{x")
    ),
    *(
        lambda text, front=front: display_text(f"{front}{text}!")
        for front in ("{", "$", "\\a{", "x")
    ),
    lambda text: split_people(f"A{text}B"),
    lambda text: _DASH.split(text, maxsplit=1),
)
pytestmark = [pytest.mark.slow, pytest.mark.attack]
SHORT, LONG, ENOUGH = 10_000, 80_000, 0.2


@pytest.fixture(autouse=True)
def nothing_besides():
    """Keep Python from counting its objects."""
    gc.disable()
    yield
    gc.enable()


def seconds(read, piece, size):
    begin = time.process_time()
    with suppress(AbsclustError):
        read(piece * (size // len(piece)))
    return time.process_time() - begin


def check(read):
    read("")  # imports
    for piece in PIECES:
        if (long := seconds(read, piece, LONG)) < ENOUGH:
            continue  # quadratic time would be far above
        short, long = (min(seconds(read, piece, n) for _ in range(2)) for n in (SHORT, LONG))
        # Eight times the size: 64 times the time, were it quadratic.
        assert long < 24 * max(short, 0.01), (piece, short, long)


@pytest.mark.parametrize("number", range(len(FUNCTIONS)))
def test_texts(number):
    check(FUNCTIONS[number])


@pytest.mark.parametrize(
    ("kind", "begin"), [(kind, begin) for kind, begins in BEGINNINGS.items() for begin in begins]
)
def test_files(kind, begin):
    def read(text):
        with suppress(AbsclustError):
            parse(f"a{kind}", f"{begin}{text}".encode())

    check(read)
