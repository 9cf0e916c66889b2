"""Files and texts that are damaged or hostile: a result or an AbsclustError, nothing else."""

import os
import warnings

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from absclust import AbsclustError, LanguageWarning, cluster_abstracts, read_abstracts
from absclust.io.read import _READERS as READERS
from tests.conftest import SAMPLES
from tests.io.test_formats import EXPORTS

# The same few cases in every run of all tests; others, and more, if somebody looks for them.
TIMES = int(os.environ.get("FUZZ_TIMES", "1"))
FILES = [*sorted(EXPORTS.iterdir()), SAMPLES / "abstracts.bib", SAMPLES / "abstracts.ris"]
PIECES = [
    b"{", b"}", b'"', b"@", b"@article{", b"\\", b"$", b"\n", b"\r", b"\x00", b"\xff", b"\xff\xfe",
    b"  - ", b"ER  - \n", b"TY  - ", b"PMID- ", b"%0 ", b"<", b"</", b"&x;", b"]]>", b"\t", b",",
    b"[", b"]", b"null", b"1e999", b"\\ud800", "\u2028é字".encode(),
]  # fmt: skip
DAMAGE = st.lists(
    st.tuples(
        st.sampled_from(["flip", "insert", "delete", "cut"]),
        st.floats(0, 1, exclude_max=True),
        st.sampled_from(PIECES) | st.binary(min_size=1, max_size=8),
    ),
    min_size=1,
    max_size=6,
)


def damaged(content, damage):
    for kind, place, piece in damage:
        at = int(place * len(content))
        if kind == "cut" and at % 4:  # most cuts would leave little to damage
            kind = "delete"
        content = {
            "flip": content[:at] + piece + content[at + len(piece) :],
            "insert": content[:at] + piece + content[at:],
            "delete": content[:at] + content[at + 5 * len(piece) :],
            "cut": content[:at],
        }[kind]
    return content


def check(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    try:
        frame = read_abstracts(path)
    except AbsclustError:
        return False
    assert list(frame.columns[:4]) == ["id", "title", "abstract", "year"]
    return len(frame) > 0


def test_the_damage_leaves_something_to_read(tmp_path):
    # Were all files refused at once, the readers would not be tested.
    damage = [("insert", 0.7, b"@"), ("delete", 0.9, b"x")]
    found = [check(tmp_path, file.name, damaged(file.read_bytes(), damage)) for file in FILES]
    assert sum(found) > 0.6 * len(FILES)


def settle(n):
    """Give a test n cases, many times as many in `make fuzz`; one folder serves them all."""
    skip = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=n * TIMES, deadline=None, suppress_health_check=skip)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
@settle(80)
@given(damage=DAMAGE)
def test_damaged_files(file, tmp_path, damage):
    check(tmp_path, file.name, damaged(file.read_bytes(), damage))


@pytest.fixture(scope="module")
def parquet():
    import io

    content = io.BytesIO()
    pd.DataFrame({"title": ["Owls", None], "abstract": ["x", "y"], "n": [1, 2]}).to_parquet(content)
    return content.getvalue()


@settle(60)
@given(damage=DAMAGE)
def test_damaged_parquet(parquet, tmp_path, damage):
    check(tmp_path, "a.parquet", damaged(parquet, damage))


@pytest.mark.parametrize("kind", sorted(READERS))
@settle(15)
@given(text=st.text() | st.binary(), begin=st.sampled_from(["", "title,abstract\n", "TY  - "]))
def test_any_content_under_any_name(kind, tmp_path, text, begin):
    content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    check(tmp_path, f"a{kind}", begin.encode() + content)


VALUES = (
    st.none() | st.text(max_size=40) | st.integers() | st.floats() | st.lists(st.text(max_size=5))
)


@settle(60)
@given(rows=st.lists(st.tuples(st.text(max_size=60), VALUES, VALUES), min_size=1, max_size=6))
def test_tables_with_any_values(rows, tmp_path):
    frame = pd.DataFrame(rows, columns=["title", "year", "DOI"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.astype(str).to_csv(tmp_path / "a.csv", index=False, errors="replace")
        frame.to_json(tmp_path / "a.json", orient="records", default_handler=str)
    for name in ("a.csv", "a.json"):
        check(tmp_path, name, (tmp_path / name).read_bytes())


ANY = st.text(st.characters(codec=None), max_size=80)  # lone surrogates and controls too
PUNCTUATION = st.text(" .,;:!?()[]{}<>\\/|@#$%^&*-_=+~`'\"…–“”¿\n\t", max_size=60)
URLS = st.lists(
    st.sampled_from(["https://a.org/x?y=1#z", "doi.org/10.1/x", "http://", "a@b.c"]), max_size=3
).map(" ".join)
KNOWN = "robot arms grasp of the RLHF protein 2024 (RL) $x$ 神经网络 Netze <b> \\emph{x} n't e.g."
WORDS = st.lists(st.sampled_from(KNOWN.split()), max_size=30).map(" ".join)
NOTHING = st.sampled_from([None, float("nan"), "", " ", "No abstract available.", "withdrawn"])
ROWS = st.lists(ANY | PUNCTUATION | URLS | WORDS | NOTHING, max_size=25)


def check_texts(texts):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LanguageWarning)
        try:
            themes = cluster_abstracts(texts)
        except AbsclustError:
            return
        assert len(themes.labels) == len(texts)
        assert [len(themes.papers()), themes.table()["size"].sum()] == [
            len(texts),
            (themes.labels >= 0).sum(),
        ]
        names = [theme.name for theme in themes]
        assert all(names)
        assert len(set(names)) == len(names)
        assert repr(themes)
        assert themes._repr_html_()
        assert themes.predict(texts)["theme"].tolist() == themes.labels.tolist()
        found = themes.search(themes.corpus.paper_texts[0])
        assert found["score"].between(0, 1).all()
        assert len(found)


@settle(60)
@given(texts=ROWS)
def test_any_texts(texts):
    check_texts(texts)


@pytest.mark.slow
@settle(150)
@given(texts=ROWS)
def test_any_texts_at_length(texts):
    check_texts(texts)


def test_texts_of_a_megabyte():
    long = ["robot arms grasp " * 60_000, "x" * 1_000_000, "." * 1_000_000, "\x00" * 1_000_000]
    check_texts([*long, "Robots grasp cups.", "Proteins fold."])
