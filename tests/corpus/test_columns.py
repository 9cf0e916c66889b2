import pandas as pd
import pytest

from absclust.corpus.columns import find_bibliographic, find_columns, links, months, years
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
    assert months(frame, years(frame)).tolist() == [5, 7, 5, 0, 0, 0, 0]
    assert months(frame[["title", "year"]], years(frame)).tolist() == [0] * 7
