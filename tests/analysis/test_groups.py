"""Groups of papers: how many are in each theme, and where there are more than elsewhere."""

import numpy as np
import pandas as pd
import pytest

from absclust import OptionError, cluster_abstracts, load
from absclust.analysis.shares import ratio_intervals


@pytest.fixture(scope="module")
def grouped():
    """Return a map of papers on robots and on proteins, with groups of all kinds."""
    robots = [
        {"abstract": f"A robot arm learns to grasp cups, part {i}.", "venue": "ICRA"}
        for i in range(12)
    ]
    proteins = [
        {"abstract": f"How proteins fold in a cell, part {i}.", "venue": "ISMB"} for i in range(9)
    ]
    papers = pd.DataFrame(robots + proteins)
    papers["venue"] = papers["venue"].mask(papers.index == 0, None)
    papers["Authors"] = ["Silva I., Wu L.", "Wu L."] + ["Okafor N.; SILVA I."] * 19
    papers["countries"] = [["PT", "CN"], "PT; CN", "PT|CN", ["PT"], [], ["CN"]] + [""] * 15
    papers["year"] = [2019 + i % 3 for i in range(21)]
    papers["score"] = [1.0] * 5 + [2.5] * 5 + [np.nan] * 11
    return cluster_abstracts(papers, n_themes=2)


def cell(table, group, theme):
    return table[(table["group"] == group) & (table["theme"] == theme)].iloc[0]


def test_each_group_and_theme_has_a_row(grouped):
    table = grouped.by("venue")
    assert list(table) == [
        "group", "theme", "name", "papers", "of", "share", "share_elsewhere", "ratio", "low",
        "high", "news",
    ]  # fmt: skip
    assert table["group"].tolist() == ["ICRA", "ICRA", "ISMB", "ISMB"]
    assert table["name"].tolist() == [grouped[0].name, grouped[1].name] * 2
    robots = cell(table, "ICRA", 0)
    assert (robots["papers"], robots["of"], robots["share"]) == (11, 11, 1.0)
    assert (robots["share_elsewhere"], robots["news"]) == (0.0, "over")
    assert cell(table, "ICRA", 1)["news"] == "under"
    assert (table["low"] < table["ratio"]).all()
    assert (table["ratio"] < table["high"]).all()
    assert table.attrs["note"] == "1 paper without a value left out"


def test_news_is_where_the_interval_excludes_1(grouped):
    """Not where it excludes 2, or 0.5: a small difference that is sure is news."""
    sure = grouped.by("venue")
    assert 1 < cell(sure, "ICRA", 0)["low"] < 3
    assert sure["news"].tolist() == ["over", "under", "under", "over"]
    same = grouped.by("score")
    assert 0.5 < cell(same, "1", 0)["low"] < 1 < cell(same, "1", 0)["high"] < 2
    assert (same["news"] == "even").all()


def test_a_paper_with_several_values_counts_in_each(grouped):
    table = grouped.by("authors")
    sizes = table.groupby("group", sort=False)["of"].first().to_dict()
    assert sizes == {"SILVA I.": 20, "Okafor N.": 19, "Wu L.": 2}  # as it is written most often
    countries = grouped.by("countries")
    assert countries.groupby("group", sort=False)["of"].first().to_dict() == {"CN": 4, "PT": 4}
    assert countries.attrs["note"] == "16 papers without a value left out"


def test_papers_in_no_theme_count_in_the_totals(grouped):
    robots = np.flatnonzero(grouped.labels == 0)  # the first of them has no venue
    table = grouped.move(robots[1:4], to=-1).by("venue")
    left = int(table.loc[table["name"] == grouped[0].name, "theme"].iloc[0])
    inside = cell(table, "ICRA", left)
    assert (inside["papers"], inside["of"], inside["share"]) == (8, 11, 8 / 11)
    outside = cell(table, "ISMB", left)
    assert (outside["papers"], outside["of"]) == (0, 9)
    assert outside["share_elsewhere"] == 8 / 11
    assert table["of"].tolist() == grouped.by("venue")["of"].tolist()


def test_years_are_in_order_and_numbers_are_text(grouped):
    assert grouped.by("year")["group"].unique().tolist() == ["2019", "2020", "2021"]
    assert grouped.by("score")["group"].unique().tolist() == ["1", "2.5"]


def test_years_are_in_order_whatever_their_sizes():
    years = [2021] * 3 + [2019] + [2020] * 2
    papers = [{"abstract": f"Robots grasp {i}.", "year": y} for i, y in enumerate(years)]
    table = cluster_abstracts(papers, n_themes=1).by("year", n_groups=2)
    assert table["group"].tolist() == ["2020", "2021", "before 2020"]
    assert table["of"].tolist() == [2, 3, 1]
    assert table.attrs["note"] == "1 earlier year together in 'before 2020'"


def test_the_last_years_are_kept_without_a_gap():
    years = [*range(2000, 2010)] * 2 + [2004] * 5 + [2012]  # most papers are of an early year
    papers = [{"abstract": f"Robots grasp {i}.", "year": y} for i, y in enumerate(years)]
    table = cluster_abstracts(papers, n_themes=1).by("year", n_groups=4)
    assert table["group"].tolist() == ["2007", "2008", "2009", "2012", "before 2007"]


def test_twenty_groups_are_shown():
    papers = [{"abstract": f"Robots grasp {i}.", "venue": f"V{i:02}"} for i in range(23)]
    table = cluster_abstracts(papers, n_themes=1).by("venue")
    assert table["group"].tolist() == [*(f"V{i:02}" for i in range(20)), "other"]
    assert table.attrs["note"] == "3 smaller groups together in 'other'"


def test_small_groups_are_together(grouped):
    table = grouped.by("authors", n_groups=1)
    assert table["group"].unique().tolist() == ["SILVA I.", "other"]
    assert cell(table, "other", 0)["of"] == 21  # papers with any other author
    assert table.attrs["note"] == "2 smaller groups together in 'other'"
    assert grouped.by("authors", n_groups=None).attrs == {"note": "", "other": ""}


def test_a_group_may_be_called_other():
    papers = [{"abstract": f"Robots grasp {i}.", "kind": "Other"} for i in "abc"]
    papers += [{"abstract": "Proteins fold.", "kind": "book"}]
    table = cluster_abstracts(papers).by("kind", n_groups=1)
    assert table["group"].unique().tolist() == ["Other", "all other"]


def test_rows_with_the_same_text_are_one_paper():
    papers = [{"abstract": "Robots grasp.", "venue": v} for v in ("ICRA", "IROS", "icra", None)]
    table = cluster_abstracts([*papers, {"abstract": "Robots grasp cups."}, {}]).by("venue")
    assert table[["group", "papers", "of"]].to_numpy().tolist() == [["ICRA", 1, 1], ["IROS", 1, 1]]
    assert table["ratio"].isna().all()  # no paper is elsewhere
    assert (table["news"] == "even").all()


def test_names_of_other_programs_are_known():
    papers = [{"title": "Robots grasp", "Source Title": "Owls & Mice; Birds", "PY": 2020}] * 2
    themes = cluster_abstracts(pd.DataFrame(papers))
    for column in ("venue", "journal", "Source Title"):
        assert themes.by(column)["group"].tolist() == ["Owls & Mice; Birds"]
    assert themes.by("year")["group"].tolist() == ["2020"]


def test_errors_say_what_to_do(grouped):
    with pytest.raises(OptionError, match="no column 'land'; the columns are 'abstract'"):
        grouped.by("land")
    with pytest.raises(OptionError, match="n_groups is 0; expected an int of 1 or more, or None"):
        grouped.by("venue", n_groups=0)
    empty = cluster_abstracts([{"abstract": "Robots grasp.", "venue": ""}])
    with pytest.raises(OptionError, match="no paper has a value in the column 'venue'"):
        empty.by("venue")
    with pytest.raises(OptionError, match="no column 'topic'; the columns are"):  # nor "topics"
        grouped.by("topic")
    with pytest.raises(OptionError, match="no column 'year'"):
        empty.by("year")


def test_order_of_rows_edits_and_saving_change_nothing(grouped, tmp_path):
    table = grouped.by("authors")
    papers = grouped.corpus.records
    again = cluster_abstracts(papers.iloc[::-1], n_themes=2).by("authors")
    pd.testing.assert_frame_equal(table, again)
    grouped.save(tmp_path / "map")
    pd.testing.assert_frame_equal(load(tmp_path / "map").by("countries"), grouped.by("countries"))
    merged = grouped.merge([0, 1], "all").by("venue")
    assert merged["name"].unique().tolist() == ["all"]
    assert merged["papers"].tolist() == [11, 9]


def test_computed_intervals_are_those_that_are_drawn():
    counts = np.array([[10, 90, 300, 30, 97, 4], [40, 60, 200, 20, 100, 3]])
    of = np.array([[527], [420]]).repeat(6, axis=1)
    of[:, 5] = 9, 5  # where few papers are, the prior counts
    # The Bayesian bootstrap of each share, after half a paper of what is rarer in both together
    # is added, and of the other in proportion.
    both = counts.sum(axis=0) / of.sum(axis=0)
    added = 0.5 / np.minimum(both, 1 - both)
    random = np.random.default_rng(0)
    before, after = random.beta(
        counts + added * both, of - counts + added * (1 - both), size=(200_000, *counts.shape)
    ).swapaxes(0, 1)
    drawn = np.quantile(after / before, [0.025 / 6, 1 - 0.025 / 6], axis=0)
    _, _, low, high = ratio_intervals(counts, of)
    np.testing.assert_allclose([low, high], drawn, rtol=0.05)


@pytest.mark.slow
def test_groups_without_differences_are_no_news(labelled):
    """In one of twenty tables, some cell may be; here, labels are shuffled forty times."""
    frame = labelled("iclr26_areas")
    random = np.random.default_rng(0)
    groups = {f"g{i}": random.permutation(frame["label"]) for i in range(40)}
    themes = cluster_abstracts(frame.assign(**groups), progress=False)
    tables = [themes.by(name) for name in groups]
    assert sum((table["news"] != "even").any() for table in tables) <= 5
    real = themes.by("label")
    assert (real["news"] == "over").sum() >= len(themes) / 2


def test_top_has_the_most_frequent_values_first(grouped):
    table = grouped.top("Authors")
    assert list(table) == ["theme", "name", "value", "papers", "share", "elsewhere"]
    robots = table[table["theme"] == 0]
    assert robots["papers"].is_monotonic_decreasing
    total = table.groupby("value")["papers"].sum()
    assert (table["papers"] + table["elsewhere"] == table["value"].map(total)).all()
    sizes = np.array([theme.size for theme in grouped])
    assert table["share"].tolist() == (table["papers"] / sizes[table["theme"]]).tolist()
    assert table.index.tolist() == list(range(len(table)))
    assert grouped.top("Authors", n=1)["theme"].tolist() == [0, 1]
