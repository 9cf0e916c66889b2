import pytest
from hypothesis import given
from hypothesis import strategies as st

from absclust.corpus.latex import decode_latex, encode_latex

SIGNS = st.text(alphabet="ab1 {}$\\%&#_~^@\n\"'u[]é", max_size=30)


@given(SIGNS | st.text(max_size=30))
def test_encoded_text_is_decoded_again(text):
    written = encode_latex(text)
    assert decode_latex(written) == text
    assert written.count("{") == written.count("}")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"M{\"u}ller and Nu{\~n}ez, {\O}re, Erd{\H o}s, \c{c}a, na{\"\i}ve", None),
        (r"{{The {DNA} of Owls}}", "The DNA of Owls"),
        (r"5\,\% of \$7 \& more\_less \#1~kg", "5 % of $7 & more_less #1 kg"),
        (r"$\alpha_{i}$-helix and \emph{E. coli}", r"$\alpha_{i}$-helix and \emph{E. coli}"),
        (r"20\textdegree{} and \textasciitilde{}x \ldots", "20° and ~x …"),
        ("plain", "plain"),
    ],
)
def test_fields_of_real_files(written, read):
    expected = "Müller and Nuñez, Øre, Erdős, ça, naïve" if read is None else read
    assert decode_latex(written) == expected


@pytest.mark.parametrize("piece", ["{", "\\ab{", "$a{", "$", "\\ab{x}", "$x \\", "\\"])
def test_hostile_text_is_fast(piece):
    text = piece * (100_000 // len(piece))
    assert decode_latex(encode_latex(text)) == text
