"""Themes over time."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from absclust import OptionError, cluster_abstracts


def _corpus(dates, column="year"):
    """Return papers about robots and proteins in turn."""
    subject = ["robot arms grasp cup", "protein chains fold in cell"]
    return pd.DataFrame(
        {
            "title": [f"{subject[i % 2]} number {'abcdefghij'[i % 10]}" for i in range(len(dates))],
            "abstract": [f"{subject[i % 2]}s well, {i}." for i in range(len(dates))],
            column: dates,
        }
    )


def test_counts_are_those_of_the_papers(sample, sample_themes):
    table = sample_themes.years()
    assert list(table.columns) == [
        "theme", "name", "period", "papers", "of", "share", "low", "high", "growth", "keywords",
    ]  # fmt: skip
    years = sample_themes.corpus.years
    for row in table.itertuples():
        mine = (years == int(row.period)) & (sample_themes.labels == row.theme)
        assert row.papers == mine.sum()
    with_text = (sample_themes.labels >= 0) & (years > 0)
    assert table["papers"].sum() == with_text.sum()
    assert table["period"].nunique() == years.max() - years[years > 0].min() + 1
    np.testing.assert_allclose(table.groupby("period")["share"].sum(), 1)


def test_growth_is_over_the_last_period_with_papers():
    themes = cluster_abstracts(_corpus([2020] * 4 + [2022] * 4), n_themes=2)
    moved = themes.move(4, to=int(themes.labels[5]))
    table = moved.years(keywords=False).set_index(["theme", "period"])
    big, small = int(moved.labels[5]), int(moved.labels[0])
    assert table.loc[(big, "2022"), "growth"] == pytest.approx((3 / 4) / (2 / 4))
    assert table.loc[(small, "2022"), "growth"] == pytest.approx((1 / 4) / (2 / 4))
    assert table.loc[(big, "2021"), "papers"] == 0
    assert np.isnan(table.loc[(big, "2021"), "share"])
    assert table["growth"].notna().sum() == 2
    assert "keywords" not in table


def test_rows_without_a_year_are_counted_in_a_note():
    themes = cluster_abstracts(_corpus([2020, 2020, None, 2021]))
    table = themes.years()
    assert table["papers"].sum() == 3
    assert table.attrs["note"].startswith("1 of 4 rows with text are not counted: no year")
    assert cluster_abstracts(_corpus([2020, 2021])).years().attrs["note"] == ""


def test_papers_in_no_theme_count_in_the_whole(sample_themes):
    row = int(np.flatnonzero((sample_themes.labels == 0) & (sample_themes.corpus.years > 0))[0])
    year = str(sample_themes.corpus.years[row])
    before, after = (
        table[table["period"] == year]
        for t in (sample_themes, sample_themes.move(row, to=-1))
        for table in [t.years(keywords=False)]
    )
    assert after["papers"].sum() == before["papers"].sum() - 1
    assert after["of"].tolist() == before["of"].tolist()


@pytest.mark.parametrize(
    ("freq", "periods"),
    [
        ("Y", ["2019", "2020"]),
        ("5Y", ["2015–2019", "2020–2024"]),
        ("Q", ["2019-Q4", "2020-Q1"]),
        ("M", ["2019-12", "2020-01", "2020-02", "2020-03"]),
        ("6M", ["2019-07", "2020-01"]),
    ],
)
def test_periods(freq, periods):
    dates = ["2019-12-31", "2020-01-05", "2020-03", "15 Feb 2020"]
    table = cluster_abstracts(_corpus(dates, "date"), n_themes=1).years(freq, keywords=False)
    assert table["period"].tolist() == periods
    assert table["papers"].sum() == 4


def test_dates_without_a_month():
    themes = cluster_abstracts(_corpus(["2019-12", "2020", pd.Timestamp("2020-01-05")], "date"))
    table = themes.years("M", keywords=False)
    assert table["papers"].sum() == 2
    assert table.attrs["note"].startswith("1 of 3 rows with text are not counted: no month")


def test_words_of_a_period():
    old = ["Robot arms grasp cups with pneumatic grippers."] * 10
    new = ["Robot arms grasp cups with foundation models."] * 10
    frame = pd.DataFrame(
        {
            "abstract": [f"{text} Study {i}." for i, text in enumerate(old + new)],
            "year": [2010] * 10 + [2024] * 10,
        }
    )
    table = cluster_abstracts(frame, n_themes=1).years("5Y").set_index("period")
    assert "pneumatic" in table.loc["2010–2014", "keywords"]
    assert "foundation" in table.loc["2020–2024", "keywords"]
    assert "pneumatic" not in table.loc["2020–2024", "keywords"]
    assert table.loc["2015–2019", "keywords"] == ""


@pytest.mark.parametrize("freq", ["W", "", "0Y", "5", None, "y"])
def test_frequencies_that_cannot_be_used(sample_themes, freq):
    with pytest.raises(OptionError, match=r"freq is .*; expected 'Y', 'Q' or 'M'"):
        sample_themes.years(freq)


def test_what_the_dates_do_not_allow(sample_themes):
    with pytest.raises(OptionError, match=r"no paper has a month.*freq='Y'"):
        sample_themes.years("M")
    with pytest.raises(OptionError, match="no paper has a year"):
        cluster_abstracts(["a robot"]).years()
    odd = pd.DataFrame({"abstract": ["a robot"], "year": ["'25"]})
    with pytest.raises(OptionError, match=r"'year' has values such as \"'25\"\. Expected a column"):
        cluster_abstracts(odd).years()
    with pytest.raises(
        OptionError, match=r"the columns are 'abstract', 'year'\. Expected a column"
    ):
        cluster_abstracts(odd.assign(year=[None])).years()
    with pytest.raises(OptionError, match="'year' has values such as '20'"):
        cluster_abstracts(odd.assign(year=[20])).years()


def test_shares_have_jeffreys_intervals():
    years = [2020] * 10 + [2022] * 4
    papers = [{"title": f"Robots grasp {i}", "year": year} for i, year in enumerate(years)]
    papers += [{"title": f"Proteins fold {i}", "year": 2020} for i in range(5)]
    vectors = np.repeat(np.eye(2), [14, 5], axis=0) + np.random.default_rng(0).random((19, 2)) / 9
    themes = cluster_abstracts(papers, embeddings=vectors, n_themes=2)
    table = themes.years(keywords=False)
    robots, proteins = table[table["theme"] == 0], table[table["theme"] == 1]
    assert robots["papers"].tolist() == [10, 0, 4]
    jeffreys = beta.ppf([0.025, 0.975], 10.5, 5.5)
    assert np.allclose(robots.iloc[0][["low", "high"]].astype(float), jeffreys)
    assert robots.iloc[1][["low", "high"]].isna().all()  # no paper at all
    assert robots["high"].iloc[2] == 1
    assert proteins["low"].iloc[2] == 0
    assert (table["low"] <= table["share"])[table["of"] > 0].all()


def test_dates_of_any_column():
    papers = [
        {"title": "Robots grasp cups", "year": 2024, "Accepted": "03/12/2022"},
        {"title": "Robots grasp a cup", "year": 2024, "Accepted": "31/01/2023"},
    ]
    themes = cluster_abstracts(papers)
    found = themes.years("M", keywords=False, date="Accepted")
    assert found["period"].tolist() == ["2022-12", "2023-01"]
    assert themes.years(keywords=False)["period"].tolist() == ["2024"]
    with pytest.raises(OptionError, match="no column 'Sent'; the columns are 'title', 'y"):
        themes.years(date="Sent")
