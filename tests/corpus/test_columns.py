import numpy as np
import pandas as pd
import pytest

from absclust.corpus.addresses import links
from absclust.corpus.columns import (
    find_bibliographic,
    find_columns,
    keywords,
    months,
    values,
    years,
)
from absclust.errors import InputError


def test_columns_of_a_zotero_export():
    columns = find_columns(["Key", "Publication Year", "Title", "Abstract Note", "DOI", "Url"])
    assert columns["abstract"] == "Abstract Note"
    assert columns["year"] == "Publication Year"
    assert find_bibliographic(["Title", "DOI", "Url"]) == {"doi": "DOI", "url": "Url"}


def test_a_table_without_text_is_refused():
    with pytest.raises(InputError, match="the columns are 'a', 'b'"):
        find_columns(["a", "b"])


def test_years_come_from_the_year_or_the_date():
    frame = pd.DataFrame(
        {"title": list("abcde"), "year": [2020, None, "n.d.", 3, "1/2/1998"], "date": ["2019"] * 5}
    )
    assert years(frame).tolist() == [2020, 2019, 2019, 2019, 1998]
    assert years(frame[["title"]]).tolist() == [0] * 5


def test_only_web_addresses_are_links():
    values = ["https://x.org/a?b=1", "javascript:alert(1)", "doi:10.1234/a.b", None, " http://y.z "]
    frame = pd.DataFrame({"title": list("abcde"), "URL": values})
    expected = ("https://x.org/a?b=1", "", "https://doi.org/10.1234/a.b", "", "http://y.z")
    assert links(frame) == expected


def test_months_come_from_the_date():
    frame = pd.DataFrame(
        {
            "title": list("abcdefg"),
            "date": ["2024-05-17", "2024/7", "May 2024", "2024", "2023-05", "2024-13", "20240517"],
            "year": [2024] * 7,
        }
    )
    assert months(frame, years(frame)).tolist() == [5, 7, 5, 0, 0, 0, 5]
    assert months(frame[["title", "year"]], years(frame)).tolist() == [0] * 7


def keywords_of(*cells):
    return keywords(pd.DataFrame({"title": "x", "Keywords": pd.Series(cells, dtype=object)}))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("barn owls; hearing", ("barn owls", "hearing")),
        ("Models, Animal; owls | mice", ("Models, Animal", "owls | mice")),
        ("Models, Animal|owls", ("Models, Animal", "owls")),
        ("Models, Animal\r\nowls", ("Models, Animal", "owls")),
        ("barn owls, hearing\n", ("barn owls", "hearing")),
        ("barn owls", ("barn owls",)),
        ("barn\t owls;;  ; hearing ;", ("barn owls", "hearing")),
        ("Owls; hearing; OWLS; Straße; STRASSE", ("Owls", "hearing", "Straße")),
        ("R&amp;D, owls", ("R&D", "owls")),
        (["Models, Animal", " barn  owls"], ("Models, Animal", "barn owls")),
        (("owls", None, 3, ["x"], "Owls", ""), ("owls",)),
        (np.array(["owls", "mice"]), ("owls", "mice")),
        (np.array("owls"), ("owls",)),
        (["owls; mice"], ("owls", "mice")),
        ("owl \ud800", ("owl \ufffd",)),
    ],
)
def test_keywords_are_split(cell, expected):
    assert keywords_of(cell) == (expected,)


@pytest.mark.parametrize(
    "cell", [None, np.nan, pd.NA, pd.NaT, "", " ; ; ", [], 7, 1.5, True, b"owls", {"owls": 1}]
)
def test_cells_without_keywords(cell):
    assert keywords_of(cell, "owls") == ((), ("owls",))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("owls.", "owls"),
        ("owls ...", "owls"),
        ("U.S.A.", "U.S.A."),
        ("C. elegans.", "C. elegans"),
        ('"owls."', "owls"),
        ("“owls”.", "owls"),
        ("'owls'", "owls"),
        ("Parkinson's", "Parkinson's"),
        ('"deep" or "wide"', '"deep" or "wide"'),
        ("*Strigiformes", "Strigiformes"),
        ("*-algebra", "*-algebra"),
        ("TCP/IP", "TCP/IP"),
    ],
)
def test_what_surrounds_a_keyword_is_removed(given, expected):
    assert keywords_of([given]) == ((expected,),)


def test_the_keywords_of_our_exports_are_left_out():
    cells = ("owls; theme: Owls · hearing", "theme: Owls", ["theme: Owls", "theme parks"])
    assert keywords_of(*cells) == (("owls",), (), ("theme parks",))


def test_the_column_of_the_keywords():
    frame = pd.DataFrame({"title": ["a"], "Index Keywords": ["x"], "Keywords Plus": ["y"]})
    assert keywords(frame) == ((),)
    assert keywords(frame.assign(Tags="z")) == (("z",),)
    repeated = pd.DataFrame([["a", "x", "y"]], columns=["title", "keywords", "keywords"])
    assert keywords(repeated) == (("x",),)


def test_cells_of_every_kind_hold_values():
    cells = ["A; B", "C|D", "A &amp; B", ["A", "B; C"], ("A",), np.array(["A"]), [], "", None, 7.0,
             np.nan, True, "a; A"]  # fmt: skip
    table = pd.DataFrame({"title": "t", "group": pd.Series(cells, dtype=object)})
    assert values(table, "group") == (
        ("A", "B"), ("C", "D"), ("A & B",), ("A", "B", "C"), ("A",), ("A",), (), (), (), ("7",), (),
        ("True",), ("a",),
    )  # fmt: skip


def test_journals_and_people_are_separated_as_they_are_written():
    table = pd.DataFrame(
        {"title": ["t"], "Source Title": ["Owls; Mice | Bats"], "AU": ["Silva, I. and Wu, L."]}
    )
    assert values(table, "venue") == (("Owls; Mice | Bats",),)
    assert values(table, "authors") == (("Silva, I.", "Wu, L."),)
