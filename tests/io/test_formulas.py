"""Which values get an apostrophe; tests/web/test_browser.py checks the same ones in the page."""

from io import BytesIO

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from absclust import cluster_abstracts, read_abstracts
from absclust.atomic import write_beside
from absclust.corpus.columns import RESULT_COLUMNS
from absclust.io.formulas import guarded, unguarded, write_table
from tests.hostile import HOSTILE

pytestmark = pytest.mark.attack

FORMULAS = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-omics",
    "@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    '=HYPERLINK("there","robots")',
    " =1",
    " -2",
    "\t \n=1",
    "\xa0=1",
    "\u3000@SUM(A1)",
    "\ufeff=1",
    "\x1c=1",
    "\x85=1",
    "\ttext",
    "\rtext",
    "-",
    "+-2",
    "-2-3",
    "-2\n",
    "-2.",
    "-\u0662",  # a digit in Python's \d, but not in JavaScript's
    "-1e5+A1",
    "\u200b=1",
    "\u2066\xad\x00=1",
    "\ufe66SUM(A1)",
    "\u207a1",
    "'-omics",  # or our apostrophe and that of the text would be the same
    "'=1",
)
HARMLESS = (
    "-2",
    "+2",
    "-2.5",
    "+.5",
    "-1.5E-7",
    "2020",
    "A title",
    "a = b",
    "'tis",
    "'80s",
    " text",
    "\ntext",
    "–2",
    "a; b - c",
    "a ; b;c",
    "",
)
# After what ends a cell where commas don't.
INSIDE = {
    "a;=1": "a;'=1",
    "a; \u200b-b; c": "a;' \u200b-b; c",
    "a\n=1": "a\n'=1",
    "a\t@b\tc": "a\t'@b\tc",
    "=1;=2": "'=1;'=2",
    "2020;-5": "2020;'-5",
}


@pytest.mark.parametrize("value", FORMULAS)
def test_a_formula_gets_an_apostrophe(value):
    assert guarded(value) == f"'{value}"


@pytest.mark.parametrize("value", INSIDE)
def test_so_does_one_after_what_may_end_a_cell(value):
    assert guarded(value) == INSIDE[value]


@given(st.text("'=-;+ \t\n\ra1\u200b\ufe66"))
def test_what_was_guarded_comes_back(value):
    assert unguarded(guarded(value)) == value


def test_a_table_that_we_wrote_is_read_as_it_was(tmp_path):
    titles = [*FORMULAS, *HARMLESS, *INSIDE, *HOSTILE]
    titles = [title for title in titles if title.strip()]
    table = pd.DataFrame({"title": titles, "=1": "x"}, dtype=object)
    for column in RESULT_COLUMNS:
        table[column] = 0
    for name in ("papers.csv", "papers.csv.gz"):
        write_beside(tmp_path / name, lambda file: write_table(table, file))
        again = read_abstracts(tmp_path / name, merge_duplicates=False)
        lines = [title.replace("\r\n", "\n").replace("\r", "\n") for title in titles]
        kept = [line.encode("utf-8", "replace").decode() for line in lines]
        assert again["title"].tolist() == kept
        assert "=1" in again


def test_names_and_the_index_are_guarded_too():
    table = pd.DataFrame({"@b": ["=1+2 | =1+1"]}, index=pd.Index(["-x"], name="+a"))
    write_table(table.reset_index(), file := BytesIO())
    assert file.getvalue().decode("utf-8-sig").split("\n")[:2] == ["'+a,'@b", "'-x,'=1+2 | =1+1"]


@pytest.mark.parametrize("value", [*HARMLESS, -2, -2.5, None, True, ("=1",)])
def test_other_values_stay_as_they_are(value):
    assert guarded(value) == value


def test_a_long_number_takes_no_long_time():
    digits = "-" + "1" * 200_000
    assert guarded(digits) == digits
    assert guarded(f"{digits}x") == f"'{digits}x"


@pytest.mark.parametrize("value", [*FORMULAS, *HARMLESS])
def test_what_was_guarded_is_read_as_it_was(value):
    assert unguarded(guarded(value)) == value


def test_our_own_table_is_read_as_it_was(tmp_path):
    titles = ["=HYPERLINK(1) of owls", "-omics of owls", "'-omics of owls", "'80s owls", "-2"]
    path = cluster_abstracts([{"title": title} for title in titles]).to_csv(tmp_path / "a.csv")
    assert read_abstracts(path)["title"].tolist() == titles
    (tmp_path / "b.csv").write_text("title\n'-omics of owls\n")
    assert read_abstracts(tmp_path / "b.csv")["title"].tolist() == ["'-omics of owls"]
    for skipped in (" ", "\n", ";", "\t", "'", "\n ", "; "):
        assert guarded("x" + skipped * 200_000) == "x" + skipped * 200_000
