"""Which values get an apostrophe; tests/web/test_browser.py checks the same ones in the page."""

import pytest

from absclust import cluster_abstracts, read_abstracts
from absclust.io.formulas import guarded, unguarded

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
    "'-omics",
    "''=1",
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
    "'80s",
    " text",
    "\ntext",
    "–2",
    "\u200b=1",
    "",
)


@pytest.mark.parametrize("value", FORMULAS)
def test_a_formula_gets_an_apostrophe(value):
    assert guarded(value) == f"'{value}"


@pytest.mark.parametrize("value", [*HARMLESS, -2, -2.5, None, True, ("=1",)])
def test_other_values_stay_as_they_are(value):
    assert guarded(value) is value


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
