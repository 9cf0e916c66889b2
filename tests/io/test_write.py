"""Every export keeps its input; other libraries' parsers read the files to check that."""

import gzip
import io
import json
import re

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_file as parse_bibtex

from absclust import InputError, WriteError, cluster_abstracts, read_abstracts
from absclust.io.write_papers import write_by_suffix
from tests.conftest import SAMPLES, with_corpus
from tests.io.test_formats import EXPORTS
from tests.test_fuzz import settle

N = 6


@pytest.fixture(scope="module")
def six():
    return cluster_abstracts(
        ["Robot arms grasp cups.", "Robots grasp tools.", "Robot arms stack tools.",
         "Proteins fold fast.", "How proteins fold.", "A protein folds twice."]
    )  # fmt: skip


def with_records(themes, records):
    """Return the map as if its rows had been ``records``."""
    return with_corpus(themes, records=records)


def load_ris(path):
    with path.open(encoding="utf-8") as file:
        return rispy.load(file)


def words(text):
    return " ".join(str(text).split())


@pytest.fixture(scope="module")
def library():
    return cluster_abstracts(read_abstracts(SAMPLES / "abstracts.bib"))


def test_ris_is_read_by_rispy(library, tmp_path):
    assert library.to_ris(tmp_path / "a.ris") == tmp_path / "a.ris"
    records = load_ris(tmp_path / "a.ris")
    papers = library.papers()
    assert [r["title"] for r in records] == papers["title"].tolist()
    assert [words(r.get("abstract", "")) for r in records] == papers["abstract"].map(words).tolist()
    assert ["; ".join(r["authors"]) for r in records] == papers["authors"].tolist()
    assert [r["id"] for r in records] == papers["id"].tolist()
    assert [r["type_of_reference"] for r in records[:2]] == ["CONF", "JOUR"]
    for record, name in zip(records, papers["theme_name"], strict=True):
        assert record["keywords"][-1] == "theme: " + re.sub(r"\s*[,;]\s*", " · ", name)
        assert record["notes"][0].startswith(f"theme: {name} (strength ")


def test_bibtex_is_read_by_pybtex(library, tmp_path):
    library.to_bib(tmp_path / "a.bib")
    entries = parse_bibtex(tmp_path / "a.bib", "bibtex").entries
    papers = library.papers().set_index("id")
    assert list(entries) == papers.index.tolist()
    first = entries["s001"]
    assert first.type == "inproceedings"
    assert [str(p) for p in first.persons["author"]] == ["Okafor, Ngozi", "Moreau, Élise"]
    assert first.fields["keywords"].split(", ")[-1].startswith("theme: ")
    assert first.fields["annote"].startswith("theme: ")
    assert r"64\% of the time" in entries["s004"].fields["abstract"]


KINDS = ["bib", "ris", "csv", "parquet", "xlsx"]


def written(papers, path):
    """Write the papers with their themes, and read them again."""
    themes = cluster_abstracts(papers, progress=False)
    write = themes.report if path.suffix == ".xlsx" else getattr(themes, f"to_{path.suffix[1:]}")
    write(path)
    if path.suffix == ".xlsx":
        return pd.read_excel(path, sheet_name="papers", engine="calamine")
    return read_abstracts(path, merge_duplicates=False)


TITLES = ["Robots grasp", "Robots grasp cups", "Proteins fold"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_index_with_a_name_is_written_as_a_column(kind, tmp_path):
    papers = pd.DataFrame({"title": TITLES, "id": ["k1", "k2", "k3"], "year": [2020, 2021, 2022]})
    after = written(papers.set_index("id"), tmp_path / f"a.{kind}")
    assert after["id"].tolist() == ["k1", "k2", "k3"]
    after = written(papers.set_index(["id", "year"]), tmp_path / f"b.{kind}")
    assert after["id"].tolist() == ["k1", "k2", "k3"]
    assert after["year"].astype(int).tolist() == [2020, 2021, 2022]
    # A column of that name is the one that the user sees.
    after = written(papers.set_index(pd.Index([7, 8, 9], name="id")), tmp_path / f"c.{kind}")
    assert after["id"].tolist() == ["k1", "k2", "k3"]


@pytest.mark.parametrize("kind", KINDS[2:])
def test_of_an_index_without_a_name_only_row_numbers_are_left_out(kind, tmp_path):
    papers = pd.DataFrame({"title": TITLES}, index=["a", "b", "c"])
    assert written(papers, tmp_path / f"a.{kind}")["index"].tolist() == ["a", "b", "c"]
    assert "index" not in written(papers.set_index(pd.Index([5, 3, 9])), tmp_path / f"b.{kind}")


@pytest.mark.parametrize("kind", ["bib", "ris"])
@pytest.mark.parametrize("file", sorted(EXPORTS.iterdir()), ids=lambda file: file.name)
def test_no_field_of_any_export_is_lost(file, kind, tmp_path):
    before = read_abstracts(file)
    themes = cluster_abstracts(before, progress=False)
    path = tmp_path / f"a.{kind}"
    (themes.to_bib if kind == "bib" else themes.to_ris)(path)
    after = read_abstracts(path, merge_duplicates=False)
    assert len(after) == len(before)
    whole = [" ".join(map(words, row)) for row in after.astype(str).to_numpy()]
    for record, text in zip(
        before.astype(object).where(before.notna(), "").astype(str).to_dict("records"),
        whole,
        strict=True,
    ):
        for name, value in record.items():
            # What PubMed says of its own record is no note of a paper.
            state = kind == "ris" and "OWN" in record and name in "OWN STAT DCOM LR AU SO LID AID"
            if name not in {"type", "genre", "pages"} and not state:
                # Names may come back as "Last, First", and lists with other separators.
                loose = name in {"authors", "keywords", "MH", "mesh_terms", "MeSH terms"}
                pieces = re.findall(r"\w+", value) if loose else [words(value)]
                assert all(piece in text for piece in pieces), (name, value)


@pytest.mark.parametrize("kind", ["bib", "ris"])
def test_writing_twice_changes_nothing(kind, tmp_path):
    # The tags and notes of an earlier run are replaced.
    for name, source in (("a", EXPORTS / "zotero.bib"), ("b", tmp_path / f"a.{kind}")):
        themes = cluster_abstracts(read_abstracts(source), progress=False)
        (themes.to_bib if kind == "bib" else themes.to_ris)(tmp_path / f"{name}.{kind}")
    first, second = (read_abstracts(tmp_path / f"{name}.{kind}") for name in "ab")
    columns = ["id", "title", "abstract", "year", "authors", "keywords", "notes"]
    assert first[columns].equals(second[columns])


RECORD = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
SIGNS = st.text(alphabet="ab {}%&@,;|\"'\\$#_~^=\n\r-()AER", max_size=25)
LINES = st.sampled_from(
    ["a\nER  - \nTY  - JOUR", "x\n@article{y, title = {z}}", "\n\nAB  - x", "}{"]
)
TEXTS = st.lists(RECORD | SIGNS | LINES, min_size=N, max_size=N)


@settle(60)
@given(titles=TEXTS, abstracts=TEXTS, names=TEXTS, other=TEXTS)
def test_any_text_survives(six, tmp_path, titles, abstracts, names, other):
    titles = ["Owls", *titles[1:]]  # a file without any title is refused
    records = pd.DataFrame(
        {"title": titles, "abstract": abstracts, "id": names, "my note": other, "publisher": other},
        dtype=object,
    )
    themes = with_records(six, records)
    themes.to_bib(tmp_path / "a.bib")
    themes.to_ris(tmp_path / "a.ris")
    themes.to_csv(tmp_path / "a.csv")
    themes.to_parquet(tmp_path / "a.parquet")
    assert len(parse_bibtex(tmp_path / "a.bib", "bibtex").entries) == N
    assert len(load_ris(tmp_path / "a.ris")) == N
    for kind in ("bib", "ris"):
        back = read_abstracts(tmp_path / f"a.{kind}", merge_duplicates=False)
        assert len(back) == N
        for name in ("title", "abstract", "publisher"):
            values = back[name].map(words).tolist() if name in back else [""] * N
            assert values == records[name].map(words).tolist()
    table = pyarrow.parquet.read_table(tmp_path / "a.parquet").to_pandas()
    assert table["title"].tolist() == titles
    assert len(pd.read_csv(tmp_path / "a.csv")) == N


def test_csv_is_read_by_pandas(library, tmp_path):
    library.to_csv(tmp_path / "a.csv")
    table = pd.read_csv(tmp_path / "a.csv", keep_default_na=False, dtype={"year": str})
    papers = library.papers()
    for name in ("title", "abstract", "authors", "theme", "theme_name"):
        assert table[name].tolist() == papers[name].tolist()
    assert table["year"].tolist() == papers["year"].map(str).tolist()


def test_csv_holds_no_formula(six, tmp_path):
    titles = ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2", "-omics", "'-omics"]
    records = pd.DataFrame({"title": titles, "=evil": ["x"] * N})
    with_records(six, records).to_csv(tmp_path / "a.csv")
    table = pd.read_csv(tmp_path / "a.csv", dtype=str)
    assert table["title"].tolist() == [
        "'=1+1", "'+cmd|' /C calc'!A0", "'@SUM(A1)", "-2", "'-omics", "''-omics",
    ]  # fmt: skip
    assert "'=evil" in table


def test_parquet_keeps_types_and_takes_mixed_columns(six, tmp_path):
    records = pd.DataFrame(
        {
            "abstract": [f"text {i}" for i in range(N)],
            "year": np.array([2020, "", 2021, "n.d.", None, 2022.0], dtype=object),
            "n": range(N),
            "list": [["a", "b"], [], None, "c", {"d": 1}, np.array([1, 2])],
            3: pd.Series(["\ud800"] * N, dtype=object),
        }
    )
    with_records(six, records).to_parquet(tmp_path / "a.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "a.parquet").to_pandas()
    assert table["year"].tolist() == ["2020", "", "2021", "n.d.", "", "2022"]
    assert table["list"].tolist() == ["a; b", "", "", "c", '{"d": 1}', "1; 2"]
    assert table["n"].dtype == "int64"
    assert table["theme"].tolist() == six.labels.tolist()


def test_two_columns_with_the_same_name(six, tmp_path):
    records = pd.DataFrame([["a", "b", "c"]] * N, columns=["abstract", "note", "note"])
    themes = with_records(six, records)
    with pytest.raises(InputError, match="'note'"):
        themes.to_parquet(tmp_path / "a.parquet")
    themes.to_ris(tmp_path / "a.ris")
    assert load_ris(tmp_path / "a.ris")[0]["notes"][0] == "note: b; c"


def test_a_row_without_text_has_no_theme(tmp_path):
    cluster_abstracts(["Robots grasp.", None, "Proteins fold."]).to_ris(tmp_path / "a.ris")
    records = load_ris(tmp_path / "a.ris")
    assert ["keywords" in record for record in records] == [True, False, True]


def test_ids_that_are_not_valid_citation_keys(six, tmp_path):
    ids = ["a b", "a_b", "https://openalex.org/W1", "x,{y}", "", "A b"]
    with_records(six, pd.DataFrame({"id": ids, "title": list("abcdef")})).to_bib(tmp_path / "a.bib")
    entries = parse_bibtex(tmp_path / "a.bib", "bibtex").entries
    assert list(entries) == ["a_b", "a_b.2", "https://openalex.org/W1", "x_y_", "paper5", "A_b.3"]
    assert entries["A_b.3"].fields["recordid"] == "A b"


WRITERS = {
    "to_ris": ".ris", "to_bib": ".bib", "to_csv": ".csv", "to_parquet": ".parquet",
    "to_html": ".html", "report": ".md",
}  # fmt: skip


@pytest.mark.parametrize(("write", "suffix"), WRITERS.items())
def test_a_file_is_written_whole_or_not_at_all(six, tmp_path, write, suffix, monkeypatch):
    with pytest.raises(WriteError, match="no folder"):
        getattr(six, write)(tmp_path / "none" / f"a{suffix}")

    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device")

    target = tmp_path / f"a{suffix}"
    target.write_text("before")
    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(WriteError, match="No space left"):
        getattr(six, write)(target)
    assert list(tmp_path.iterdir()) == [target]
    assert target.read_text() == "before"


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("name", ["a.doc", "a.pdf", "a"])
def test_a_name_of_another_format_is_refused(six, tmp_path, write, name):
    with pytest.raises(WriteError, match="expected a name that ends in"):
        getattr(six, write)(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("write", ["to_ris", "to_bib", "to_csv"])
def test_a_name_with_gz_is_compressed(six, tmp_path, write):
    suffix = WRITERS[write]
    packed = getattr(six, write)(tmp_path / f"a{suffix}.gz").read_bytes()
    assert gzip.decompress(packed) == getattr(six, write)(tmp_path / f"a{suffix}").read_bytes()


@pytest.mark.parametrize(("write", "suffix"), WRITERS.items())
def test_an_open_file_is_written_into(six, tmp_path, write, suffix):
    options = {"format": suffix} if write == "report" else {}
    file = io.BytesIO()
    getattr(six, write)(file, **options)
    if write != "report":  # which has no picture of the map beside it
        assert file.getvalue() == getattr(six, write)(tmp_path / f"a{suffix}").read_bytes()
    if write != "to_parquet":
        text = io.StringIO()
        getattr(six, write)(text, **options)
        assert text.getvalue() == file.getvalue().decode("utf-8-sig")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_tables_have_the_places_of_the_papers(six, tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    read = pd.read_csv if kind == "csv" else pd.read_parquet
    write = getattr(six, f"to_{kind}")
    table = read(write(path))
    np.testing.assert_allclose(table[["x", "y"]], six.coordinates, rtol=1e-5)
    assert not {"x", "y"} & set(read(write(path, coordinates=False)))


@pytest.mark.parametrize("kind", KINDS)
def test_missing_values_in_lists_are_no_values(kind, tmp_path):
    lists = [["a", None, "b"], ["b", np.nan], [pd.NA, pd.NaT]]
    papers = pd.DataFrame({"title": TITLES, "keywords": lists, "volume": [[2020.0], [1.5], [3]]})
    write_by_suffix(papers, tmp_path / f"a.{kind}")
    after = read_abstracts(tmp_path / f"a.{kind}")
    assert after["keywords"].tolist() == ["a; b", "b", ""]
    assert after.filter(regex="volume|VL").astype(str).iloc[0].tolist() == ["2020"]


def test_objects_are_written_as_json(tmp_path):
    cell = [{"n": [np.float64(2.5), np.array([1, 2])], "at": pd.Timestamp("2020"), "of": None}]
    papers = pd.DataFrame({"title": ["Owls"], "other": [cell]})
    found = json.loads(written(papers, tmp_path / "a.csv")["other"][0])
    assert found == [{"n": [2.5, [1, 2]], "at": "2020-01-01 00:00:00", "of": None}]
    odd = pd.DataFrame({"title": ["Owls"], "other": [[{("a", 1): 2, "b": 3}]]})  # no key of JSON
    assert json.loads(written(odd, tmp_path / "b.csv")["other"][0]) == [{"b": 3}]
