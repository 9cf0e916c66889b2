"""What to read first, of the whole map and of a theme."""

import numpy as np
import pandas as pd
import pytest

from absclust import OptionError, UnknownThemeError, cluster_abstracts, load
from absclust.themes.coverage import coverage


def test_a_list_covers_the_map(sample_themes):
    table = sample_themes.reading_list(9)
    assert list(table) == [
        "order", "row", "title", "theme", "theme_name", "year", "link", "covered",
    ]  # fmt: skip
    assert table["order"].tolist() == list(range(1, 10))
    assert table["theme"].nunique() >= 7  # of nine themes
    assert table["covered"].is_monotonic_increasing
    papers = sample_themes.papers()
    for _, paper in table.iterrows():
        assert paper["title"] == sample_themes.corpus.titles[paper["row"]]
        assert paper["theme_name"] == papers["theme_name"].iloc[paper["row"]]
    assert (table["year"].to_numpy() == sample_themes.corpus.years[table["row"]]).all()
    pd.testing.assert_frame_equal(table.iloc[:3], sample_themes.reading_list(3))
    assert sample_themes.reading_list(1000)["covered"].iloc[-1] == 1
    assert len(sample_themes.reading_list(1000)) == 164


def test_a_list_of_one_theme(sample_themes):
    table = sample_themes.reading_list(5, theme=3)
    assert table["theme"].tolist() == [3] * 5
    # It covers its theme better than a list of the whole map's length does by chance.
    assert table["covered"].iloc[-1] > sample_themes.reading_list(5)["covered"].iloc[-1]


def test_unknown_years_links_and_themes():
    papers = pd.DataFrame(
        [
            {"title": "Robots grasp", "year": 2020, "doi": "10.1000/xyz"},
            {"title": "Proteins fold", "year": None, "doi": None},
            {"title": None, "year": 2021, "doi": None},
        ],
        index=["a", "b", "c"],
    )
    themes = cluster_abstracts(papers).move([1], to=-1)
    table = themes.reading_list().sort_index()
    assert table.index.tolist() == ["a", "b"]
    assert table["year"].isna().tolist() == [False, True]
    assert table["link"].tolist() == ["https://doi.org/10.1000/xyz", ""]
    assert table["theme_name"].tolist() == [themes[0].name, ""]
    assert table["theme"].tolist() == [0, -1]


def test_errors_say_what_to_do(sample_themes):
    with pytest.raises(OptionError, match="n is 0; expected an int of 1 or more"):
        sample_themes.reading_list(0)
    with pytest.raises(OptionError, match=r"n is 2\.5"):
        sample_themes.reading_list(2.5)
    with pytest.raises(UnknownThemeError):
        sample_themes.reading_list(theme=-1)


def test_order_of_rows_edits_and_saving_change_nothing(sample, sample_themes, tmp_path):
    titles = sample_themes.reading_list()["title"].tolist()
    again = cluster_abstracts(sample.iloc[::-1])
    assert again.reading_list()["title"].tolist() == titles
    assert sample_themes.merge([0, 1]).reading_list()["title"].tolist() == titles
    sample_themes.save(tmp_path / "map")
    loaded = load(tmp_path / "map")
    pd.testing.assert_frame_equal(loaded.reading_list(), sample_themes.reading_list())
    order = sample_themes.papers(theme=2)
    pd.testing.assert_frame_equal(loaded.papers(theme=2), order)
    assert again.papers(theme=2)["title"].tolist() == order["title"].tolist()
    fine = sample_themes.layers[2]
    assert fine.reading_list(3, theme=1)["theme"].tolist() == [1] * min(3, fine[1].size)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["iclr26_areas", "wos_1k", "nlp_tracks"])
def test_real_papers_are_covered_better_than_by_chance(labelled, name):
    themes = cluster_abstracts(labelled(name), progress=False)
    vectors = themes.foundation.paper_embedding
    table = themes.reading_list(10)
    random = np.random.default_rng(0)
    drawn = [random.choice(len(vectors), 10, replace=False) for _ in range(50)]
    chance = np.array([coverage(vectors, papers)[-1] for papers in drawn])
    listed = table["covered"].iloc[-1]
    assert listed > chance.max()
    assert listed > 1.15 * chance.mean()
    # Hardly worse, or better, than by the most typical paper of each of the ten largest themes,
    # and better by the first five.
    typical = [theme.representative_rows[0] for theme in themes.themes[:10]]
    shares = coverage(vectors, themes.corpus.paper_of_row[typical])
    assert listed > 0.98 * shares[-1]
    assert table["covered"].iloc[4] > 1.01 * shares[4]
    assert table["theme"].nunique() >= 8
