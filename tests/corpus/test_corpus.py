import numpy as np
import pandas as pd
import polars
import pyarrow as pa
import pytest

from absclust import EmptyCorpusError, InputError, InputTypeError, read_abstracts
from absclust.corpus.corpus import build_corpus, extend_corpus
from tests.conftest import peak_memory
from tests.io.test_formats import EXPORTS

ROWS = ["Robots grasp cups.", "Proteins fold."]


@pytest.mark.parametrize(
    "texts",
    [
        ROWS,
        tuple(ROWS),
        np.array(ROWS),
        (t for t in ROWS),
        pd.Series(ROWS, index=[7, 9]),
        pd.Series(ROWS, dtype="string"),
        pd.Series(ROWS, dtype="category"),
        [{"abstract": t} for t in ROWS],
        [{"TITLE": t} for t in ROWS],
        pd.DataFrame({"Abstract": ROWS, "n": [1, 2]}),
        pd.DataFrame({" ABSTRACT ": ROWS}, index=["a", "b"]),
    ],
    ids=[
        "list",
        "tuple",
        "array",
        "generator",
        "series",
        "strings",
        "category",
        "dicts",
        "dicts in capitals",
        "frame",
        "frame with blanks",
    ],
)
def test_every_kind_of_input(texts):
    corpus = build_corpus(texts)
    assert corpus.n_rows == corpus.n_papers == 2
    assert sorted(corpus.paper_texts) == sorted(ROWS)


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NA, pd.NaT, "", " \n\t", "--"])
def test_rows_without_text_are_left_out(missing):
    # A single NaN must not stop a run (BERTopic#525).
    corpus = build_corpus([ROWS[0], missing, ROWS[1]])
    assert corpus.empty_rows.tolist() == [1]
    assert corpus.paper_of_row[1] == -1
    (line,) = corpus.report()
    assert line.startswith("1 row has no text and no theme: row 1")


def test_title_and_abstract_are_joined():
    frame = pd.DataFrame({"title": ["Cups?", "Cups"], "abstract": ["We grasp.", None]})
    corpus = build_corpus(frame)
    assert set(corpus.paper_texts) == {"Cups? We grasp.", "Cups"}
    assert corpus.title_only.tolist() == [1]
    assert "1 row has a title only: row 1 (Cups)" in corpus.report()


def test_rows_with_a_title_only_are_numbered_on_in_an_extended_corpus():
    old = build_corpus([{"title": "Owls", "abstract": ""}, {"title": "Mice", "abstract": "Run."}])
    new = build_corpus([{"title": "Foxes", "abstract": "Hunt."}, {"title": "Bats", "abstract": ""}])
    extended = extend_corpus(old, new)
    assert extended.title_only.tolist() == [0, 3]
    assert [extended.titles[row] for row in extended.title_only] == ["Owls", "Bats"]


def test_duplicates_share_a_paper():
    corpus = build_corpus(["A robot.", "a  ROBOT.", "A protein.", "A robot."])
    assert corpus.n_papers == 2
    assert corpus.duplicate_rows.tolist() == [1, 3]
    assert corpus.n_rows_of_paper.sum() == 4
    named = "rows 1 (a ROBOT.), 3 (A robot.)"
    assert corpus.report() == [f"2 rows repeat earlier ones: {named}"]


def test_a_row_without_text_is_named_by_its_id_and_a_title_is_cut():
    records = [{"id": "W7", "abstract": ""}, {"id": "W8", "title": "Owls " * 20}, {"abstract": "A"}]
    first, second = build_corpus(records).report()
    assert first == "1 row has no text and no theme: row 0 (W7)"
    assert second == f"1 row has a title only: row 1 ({'Owls ' * 7}…)"


def test_the_order_of_papers_does_not_depend_on_the_order_of_rows():
    texts = [f"paper number {i} on owls" for i in range(50)]
    assert build_corpus(texts).paper_texts == build_corpus(texts[::-1]).paper_texts


def test_the_callers_table_is_not_changed():
    frame = pd.DataFrame({"abstract": list(ROWS)})
    corpus = build_corpus(frame)
    frame.loc[0, "abstract"] = "changed"
    assert corpus.records["abstract"].tolist() == ROWS


def test_dicts_with_missing_rows_and_keys():
    corpus = build_corpus([{"title": "Owls", "year": 2020}, None, {"abstract": "Owls hoot."}])
    assert corpus.empty_rows.tolist() == [1]
    assert corpus.titles == ("Owls", "", "Owls hoot.")


def test_display_title_of_a_long_abstract_is_cut_between_words():
    title = build_corpus(["word " * 60]).titles[0]
    assert title.endswith("word …")
    assert len(title) <= 92


def test_tables_of_other_libraries_are_refused():
    dask = pytest.importorskip("dask.dataframe")
    table = dask.from_pandas(pd.DataFrame({"title": ["Owls"]}), npartitions=1)
    with pytest.raises(InputTypeError, match=r"texts is a table of dask; .*compute\(\) gives"):
        build_corpus(table)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["a robot", 3], r"row 1, column 'abstract', is int \(3\); expected str"),
        (["a robot", b"bytes"], r"row 1, .* is bytes"),
        (["a robot", ["x"]], r"row 1, .* is list"),
        (["a robot", {"abstract": "x"}], r"texts\[0\] is str .* other rows are dicts"),
        (pd.Series(["x", 1.5], index=["p", "q"]), r"row 1 \(index 'q'\), .* float \(1.5\)"),
        ("one string", r"texts is a single str; expected a list"),
        (b"bytes", r"texts is a single bytes"),
        ({"abstract": ["x"]}, r"texts is a single dict"),
        (7, r"texts is a single int"),
        (None, r"texts is a single NoneType"),
    ],
)
def test_a_wrong_type_names_its_row(texts, message):
    with pytest.raises(InputTypeError, match=message):
        build_corpus(texts)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([], "none of the 0 rows"),
        ([None, "", float("nan")], "none of the 3 rows has text"),
        (pd.DataFrame({"abstract": []}), "none of the 0 rows"),
    ],
)
def test_input_without_any_text_is_refused(texts, message):
    with pytest.raises(EmptyCorpusError, match=message):
        build_corpus(texts)


def test_an_error_for_missing_columns_names_those_that_exist():
    with pytest.raises(InputError, match="the columns are 'name', 'doi'"):
        build_corpus(pd.DataFrame({"name": ["x"], "doi": ["y"]}))


def test_ambiguous_columns_are_refused():
    with pytest.raises(InputError, match="'Abstract', 'ABSTRACT' could each be the abstract"):
        build_corpus(pd.DataFrame([["x", "y"]], columns=["Abstract", "ABSTRACT"]))
    frame = pd.DataFrame([["x", "right"]], columns=["Abstract", "abstract"])
    assert build_corpus(frame).paper_texts == ("right",)


def test_lone_surrogates_and_control_characters():
    assert build_corpus(["owl \ud800 \x00\x1b", "cat"]).n_papers == 2


def test_keywords_of_dicts():
    corpus = build_corpus(
        [
            {"title": "Owls", "keywords": ["barn owls", "Hearing"]},
            None,
            {"title": "Mice", "keywords": None},
            {"title": "owls", "keywords": ("hearing", "night")},
            {"title": "", "keywords": ["no paper"]},
            {"title": "Cups"},
        ]
    )
    assert corpus.keywords == (
        ("barn owls", "Hearing"), (), (), ("hearing", "night"), ("no paper",), (),
    )  # fmt: skip
    assert dict(zip(corpus.paper_texts, corpus.paper_keywords, strict=True)) == {
        "Owls": ("barn owls", "Hearing", "night"),
        "Mice": (),
        "Cups": (),
    }


@pytest.mark.parametrize("dtype", [object, "string", "category"])
def test_keywords_of_a_table(dtype):
    cells = pd.Series(["cups; robots", None], dtype=dtype)
    corpus = build_corpus(pd.DataFrame({"abstract": ROWS, "Author Keywords": cells}))
    assert corpus.keywords == (("cups", "robots"), ())
    assert corpus.paper_keywords == tuple(corpus.keywords[row] for row in corpus.first_row)


def test_without_a_column_there_are_no_keywords():
    corpus = build_corpus([ROWS[0], None, ROWS[0], ROWS[1]])
    assert corpus.keywords == ((),) * 4
    assert corpus.paper_keywords == ((),) * 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("scopus.csv", ("barn owls", "hearing")),
        ("webofscience.txt", ("barn owls", "hearing")),
        ("openalex.json", ("Hearing", "Owls")),
        ("zotero.csv", ("owls", "hearing")),
        ("zotero.bib", ("barn owls", "hearing", "Animals")),
    ],
)
def test_keywords_of_exports(name, expected):
    records = read_abstracts(EXPORTS / name, merge_duplicates=False)
    assert build_corpus(records).keywords[0] == expected


def test_rows_that_have_only_a_title_are_counted_on_when_papers_are_added():
    first = build_corpus([{"title": "Owls", "abstract": "Owls hoot."}, {"title": "Robots"}])
    second = build_corpus([{"title": "Bees"}, {"title": "Ants", "abstract": "Ants walk."}])
    assert first.title_only.tolist() == [1]
    both = extend_corpus(first, second)
    assert both.title_only.tolist() == [1, 2]
    assert [both.titles[row] for row in both.title_only] == ["Robots", "Bees"]


class Foreign:
    """A table of a library that we don't know, with Arrow's interface."""

    def __init__(self, table):
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


TABLE = pa.table(
    {"title": ["Owls", None], "keywords": [["hoot", "night"], None], "year": [2020, None]}
)


@pytest.mark.parametrize(
    "table", [TABLE, TABLE.to_batches()[0], Foreign(TABLE)], ids=["table", "batch", "foreign"]
)
def test_tables_with_the_interface_of_arrow(table):
    corpus = build_corpus(table)
    assert corpus.titles == ("Owls", "")
    assert corpus.keywords == (("hoot", "night"), ())
    assert corpus.years.tolist() == [2020, 0]
    assert list(corpus.records.columns) == ["title", "keywords", "year"]


@pytest.mark.parametrize(
    "column",
    [pa.array(["Owls", None]), pa.chunked_array([["Owls"], [None]])],
    ids=["one", "several"],
)
def test_columns_with_the_interface_of_arrow(column):
    assert build_corpus(column).titles == ("Owls", "")


def test_a_frame_of_polars():
    corpus = build_corpus(polars.DataFrame(TABLE))
    assert corpus.titles == ("Owls", "")
    assert build_corpus(polars.Series(["Owls", None])).titles == ("Owls", "")
    assert polars.DataFrame(corpus.records)["title"].to_list() == ["Owls", None]


def test_what_was_read_can_become_a_table_of_arrow_and_polars():
    papers = read_abstracts(EXPORTS / "openalex.json")
    assert papers["cited_by_count"].tolist() == [4, pd.NA]
    for table in (polars.DataFrame(papers), polars.from_pandas(papers), pa.table(papers)):
        assert table.shape == papers.shape
    assert polars.DataFrame(papers)["cited_by_count"].sum() == 4


def test_raw_texts_are_strings_of_python_for_a_chunk_at_a_time(monkeypatch):
    monkeypatch.setattr("absclust.parallel._CHUNK", 50)
    address = "https://example.org/" + "a" * 5000  # of which nothing is left
    papers = pd.DataFrame({"abstract": [f"Owls hoot {i} times. {address}" for i in range(1000)]})
    held = peak_memory(lambda: build_corpus(papers.astype("str")))
    assert held < 0.5 * papers["abstract"].str.len().sum()
