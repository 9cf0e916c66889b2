"""Files and texts that are damaged or hostile: a result or an AbsclustError, nothing else."""

import os
import warnings
from contextlib import suppress

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from absclust import AbsclustError, LanguageWarning, cluster_abstracts, load, read_abstracts
from absclust.corpus.clean import without_surrogates
from absclust.io.read import _READERS as READERS
from tests.conftest import SAMPLES
from tests.hostile import ANY, HOSTILE, HOSTILE_TEXTS
from tests.io.test_formats import EXPORTS

pytestmark = pytest.mark.attack

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


# A damaged .xls can make calamine ask for more memory than there is, which ends the process: what
# docs/security.md doesn't promise.
@pytest.mark.parametrize(
    "file", [f for f in FILES if f.suffix != ".xls"], ids=lambda file: file.name
)
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
@given(texts=ROWS | st.lists(HOSTILE_TEXTS, max_size=25))
def test_any_texts(texts):
    check_texts(texts)


@pytest.mark.slow
@settle(150)
@given(texts=ROWS)
def test_any_texts_at_length(texts):
    check_texts(texts)


FIELDS = (
    *("id", "title", "abstract", "year", "date", "doi", "url", "authors", "keywords", "journal"),
    *("type", "notes", "source_file"),
)


def check_fields(fields, text, folder):
    """Put a text into fields of some papers, and them through all that is done with papers."""
    papers = [
        {"title": f"{verb} {what}", "abstract": f"Robots {verb} {what} by touch.", "year": "2020"}
        for verb in ("grasp", "push")
        for what in ("cups", "pens", "bowls")
    ]
    for paper in papers[::4]:
        paper |= dict.fromkeys(fields, text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LanguageWarning)
        themes = cluster_abstracts(papers, progress=False)
        themes.predict([*papers, {"abstract": text}])
        for search in (themes.search, themes.search_themes):
            try:
                search(text)
            except AbsclustError as error:  # there is no word in it
                assert "query" in str(error)  # noqa: PT017
    repr(themes), themes._repr_html_(), themes.explain(2), themes.sources(), themes.reading_list(3)
    themes.save(folder / "map")
    assert load(folder / "map").fingerprint == themes.fingerprint
    themes.to_html(folder / "a.html")
    themes.report(folder / "a.md")
    for name in ("a.csv", "a.csv.gz", "a.ris", "a.bib", "a.parquet"):
        kind = name.split(".")[1]
        options = {"coordinates": False} if kind in ("csv", "parquet") else {}
        getattr(themes, f"to_{kind}")(folder / name, **options)
        again = read_abstracts(folder / name, merge_duplicates=False)
        assert len(again) == len(papers)
        assert again["title"].tolist()[1] == "grasp pens"
    if text.strip() and " ".join(text.split()) == text:
        name = text[:40].strip()
        with suppress(AbsclustError):
            names = [theme.name for theme in themes.rename({0: name})]
            assert without_surrogates(name) in names


@pytest.mark.filterwarnings("ignore:Glyph")  # no font has all scripts
@settle(30)
@given(field=st.sampled_from(FIELDS), text=HOSTILE_TEXTS)
def test_any_text_in_any_field(field, text, tmp_path):
    check_fields([field], text, tmp_path)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Glyph", "ignore:no font with")
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_each_hostile_text_in_all_fields(text, tmp_path):
    check_fields(FIELDS, text, tmp_path)


def test_texts_of_a_megabyte():
    long = ["robot arms grasp " * 60_000, "x" * 1_000_000, "." * 1_000_000, "\x00" * 1_000_000]
    check_texts([*long, "Robots grasp cups.", "Proteins fold."])
