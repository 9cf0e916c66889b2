import pytest

from absclust.corpus.latex import latex_characters


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\'\i n na\"{\i}ve \`A \^{\i}", "ín naïve À î"),
        (r"\'{abc} \~ n \=\i", "ábc ñ ī"),
        (r"\c{c}\c s \v{Z}\k{a} \r a \d{h} \b{d} \H o \u{g}", "çş Žą å ḥ ḏ ő ğ"),
        (r"\G{\i}\f \i{} \'{\textbf{u}} \'{\o}", "ȉȋ{} ú ǿ"),
        (r"\ss\ \AE{}on \O re \dj\DH\th", "ß\\ Æon Øre đÐþ"),
        (r"\textquotedblleft a\textquotedblright{} \guillemetleft", "“a” «"),
        (r"\alpha\beta{} \texttimes 3 \S 2", "αβ ×3 §2"),
        # Commands that are no characters, and signs that LaTeX would read otherwise.
        (r"\emph{a} \foo \log x \textbackslash \textasciitilde \_", None),
        (r"\'\url a \"\href{a} \~\frac{1}{2}", None),  # an accent on what is no letter
        (r"a\\b \\alpha \'1 \'{} \^{$x}", None),
    ],
)
def test_characters(latex, text):
    assert latex_characters(latex) == (latex if text is None else text)


@pytest.mark.parametrize("piece", ["\\'{", "\\u{", "\\c ", "\\'\\a", "{\\'{", "\\ab{", "\\"])
def test_hostile_text_is_fast(piece):
    text = piece * (100_000 // len(piece))
    assert latex_characters(text)
