import dataclasses

import numpy as np
import pandas as pd
import pytest

from absclust import OptionError, UnknownThemeError, cluster_abstracts, load
from absclust.plot.colors import theme_colors


def test_labels_and_themes_fit(sample, sample_themes):
    labels = sample_themes.labels
    assert len(labels) == len(sample) == 166
    assert [t.id for t in sample_themes] == list(range(len(sample_themes)))
    assert [t.size for t in sample_themes] == np.bincount(labels[labels >= 0]).tolist()
    by_size = sorted(sample_themes, key=lambda theme: (theme.mixed, -theme.size))
    assert [t.size for t in sample_themes] == [t.size for t in by_size]


def test_representative_papers_are_of_their_theme(sample_themes):
    # Representative papers from another topic (BERTopic#2492).
    for theme in sample_themes:
        assert len(theme.representative_rows) == 3
        assert set(sample_themes.labels[list(theme.representative_rows)]) == {theme.id}
        titles = sample_themes.papers()["title"].iloc[list(theme.representative_rows)]
        assert tuple(titles) == theme.representative_papers


def test_table(sample_themes):
    table = sample_themes.table()
    columns = "name size stability focus mixed keywords author_keywords representative_papers"
    assert list(table.columns) == [*columns.split(), "sentence", "sentence_paper"]
    assert table.index.tolist() == list(range(len(sample_themes)))


def test_author_keywords(author_keyword_themes):
    assert [theme.author_keywords for theme in author_keyword_themes] == [
        ("protein folding", "molecular dynamics"),
        ("robotic grasping", "tactile sensing"),
    ]
    assert author_keyword_themes.table()["author_keywords"].tolist() == [
        "protein folding, molecular dynamics",
        "robotic grasping, tactile sensing",
    ]


def test_without_a_column_of_keywords_there_are_none(sample_themes):
    assert {theme.author_keywords for theme in sample_themes} == {()}
    assert set(sample_themes.table()["author_keywords"]) == {""}


def test_papers_are_the_input_row_for_row(sample, sample_themes):
    papers = sample_themes.papers()
    pd.testing.assert_frame_equal(papers[sample.columns], sample, check_dtype=False)
    assert papers["theme"].tolist() == sample_themes.labels.tolist()
    assert papers["theme_name"].iloc[57] == ""
    assert papers["theme_name"].iloc[0] == sample_themes[int(papers["theme"].iloc[0])].name


def test_papers_keep_index_and_columns_of_the_same_name():
    frame = pd.DataFrame({"abstract": ["a robot", "a protein"], "theme": ["x", "y"]}, index=[7, 3])
    papers = cluster_abstracts(frame).papers()
    assert papers.index.tolist() == [7, 3]
    assert papers["theme_input"].tolist() == ["x", "y"]
    assert papers["theme"].dtype.kind == "i"


def test_report_says_what_was_set_aside(sample_themes):
    report = sample_themes.summary()
    assert report.startswith("166 rows, 164 distinct papers")
    assert "coverage 100%" in report
    assert "mean stability 0." in report
    assert "1 row has no text and no theme: row 57" in report
    assert "1 row has a title only: row 130" in report
    assert "1 row repeats an earlier one: row 148" in report


def test_report_names_papers_like_no_other():
    themes = cluster_abstracts(["robot arms", "robot arms grasp", "ꙮꙮꙮ"])
    assert themes.labels.tolist() == [0, 0, -1]
    assert "1 row belongs to no theme: row 2" in themes.summary()


def test_stability_and_strength(sample_themes):
    stability = np.array([theme.stability for theme in sample_themes])
    assert ((stability > 0) & (stability <= 1)).all()
    papers = sample_themes.papers()
    assert papers["strength"].between(0, 1).all()
    assert papers["core"].mean() > 0.5
    assert papers.loc[57, ["strength", "margin", "core"]].tolist() == [0, 0, False]
    assert set(papers["runner_up"]) <= {"", *(theme.name for theme in sample_themes)}


def test_fringe_papers_lie_between_themes(sample, sample_themes):
    papers = sample_themes.papers()
    between = papers["note"].isin(["between themes", "belongs nowhere"])
    assert papers["strength"][between].mean() < papers["strength"][~between].mean()


def test_fingerprint_is_of_the_partition(sample, sample_themes):
    shuffled = cluster_abstracts(sample.sample(frac=1, random_state=3))
    assert shuffled.fingerprint == sample_themes.fingerprint
    assert len(sample_themes.fingerprint) == 32
    other = cluster_abstracts(sample, n_themes=5)
    assert other.fingerprint != sample_themes.fingerprint


def test_alternatives(sample_themes):
    table = sample_themes.alternatives()
    assert table["n_themes"].is_monotonic_increasing
    assert table["chosen"].sum() == 1
    assert int(table.loc[table["chosen"], "n_themes"].iloc[0]) == len(sample_themes)


def test_frozen(sample_themes):
    with pytest.raises(dataclasses.FrozenInstanceError):
        sample_themes.labels = None
    with pytest.raises(ValueError, match="read-only"):
        sample_themes.labels[0] = 5
    assert hash(sample_themes) != hash(cluster_abstracts(["a", "b"]))


def test_plot(sample_themes):
    ax = sample_themes.plot()
    names = {text.get_text().replace("\n", " ") for text in ax.texts}
    assert names == {theme.name for theme in sample_themes}


@pytest.mark.parametrize("theme", [-1, 9, 99, "a", 1.0, True, None, slice(2)])
def test_a_theme_that_is_not_there(sample_themes, theme):
    """-1 is the label of no theme, and must not give the smallest one."""
    with pytest.raises(UnknownThemeError, match="expected a number from 0 to 8"):
        sample_themes[theme]
    if theme is not None:  # which means all themes
        with pytest.raises(OptionError, match="is not in this map"):
            sample_themes.keywords(theme)


def test_themes_by_number(sample_themes):
    assert [sample_themes[i] for i in range(len(sample_themes))] == list(sample_themes)
    assert sample_themes[np.int64(3)].id == 3
    with pytest.raises(IndexError):
        sample_themes[99]


def test_centroids_are_those_of_the_papers_that_were_clustered(sample_themes):
    grown = sample_themes.update(["A robot policy grasps cups."]).themes
    assert np.array_equal(grown.centroids, sample_themes.centroids)
    cosines = grown.centroids @ grown.centroids.T
    assert np.allclose(grown.similarity(), cosines)


def test_papers_of_a_theme_are_in_an_order_to_read_them(sample_themes):
    theme = sample_themes[3]
    papers = sample_themes.papers(theme=3)
    every = sample_themes.papers()
    assert list(papers) == list(every)
    pd.testing.assert_frame_equal(papers.sort_index(), every[every["theme"] == 3])
    first = sample_themes.reading_list(10, theme=3)["row"].tolist()
    assert papers.index[:10].tolist() == first
    # The others: the core before the fringe.
    rest = papers["core"].tolist()[10:]
    assert rest == sorted(rest, reverse=True)
    assert first[0] in theme.representative_rows
    with pytest.raises(UnknownThemeError):
        sample_themes.papers(theme=99)


def test_papers_with_the_same_text_are_read_together():
    texts = ["Robots grasp.", "Robots grasp cups.", "Robots grasp tools.", "Robots grasp.", None]
    themes = cluster_abstracts(texts, n_themes=1)
    order = themes.papers(theme=0).index.tolist()
    assert sorted(order) == [0, 1, 2, 3]
    assert order.index(3) == order.index(0) + 1


def neighbour_agreement(places, labels):
    """Return how often the ten nearest rows have the label of a row."""
    distances = np.linalg.norm(places[:, None] - places, axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = np.argsort(distances, axis=1)[:, :10]
    return (labels[nearest] == labels[:, None]).mean()


@pytest.mark.parametrize("rows", ["all", "distinct"])
def test_labels_embedding_and_coordinates_are_in_the_order_of_the_rows(rows, sample, sample_themes):
    # With as many distinct papers as rows, what follows the papers has the same length.
    distinct = sample.iloc[np.sort(sample_themes.corpus.first_row)].reset_index(drop=True)
    themes = sample_themes if rows == "all" else cluster_abstracts(distinct)
    known = themes.labels >= 0
    for places in (themes.coordinates, themes.embedding):
        assert len(places) == len(themes.labels)
        assert neighbour_agreement(places[known], themes.labels[known]) > 0.74
    papers = themes.papers(coordinates=True)[known]
    assert neighbour_agreement(papers[["x", "y"]].to_numpy(), papers["theme"].to_numpy()) > 0.74
    if rows == "distinct":
        assert neighbour_agreement(themes.foundation.paper_coordinates, themes.labels) < 0.3


def test_rows_with_the_same_text_are_at_one_place_and_rows_without_text_nowhere(sample_themes):
    paper_of_row = sample_themes.corpus.paper_of_row
    for of_rows, of_papers in (
        (sample_themes.coordinates, sample_themes.foundation.paper_coordinates),
        (sample_themes.embedding, sample_themes.foundation.paper_embedding),
    ):
        assert of_rows.dtype == np.float32
        assert np.isnan(of_rows[paper_of_row < 0]).all()
        assert np.array_equal(
            of_rows[paper_of_row >= 0], of_papers[paper_of_row[paper_of_row >= 0]]
        )
        of_rows[:] = 0  # a copy
        assert of_papers.any()
    assert (paper_of_row < 0).any()
    assert len(sample_themes.corpus.duplicate_rows)


def test_memberships_of_rows_are_those_in_the_table(sample_themes):
    papers, votes = sample_themes.papers(), sample_themes.membership
    assert papers["strength"].tolist() == votes.strength.tolist()
    assert papers["core"].tolist() == votes.core.tolist()
    names = [theme.name for theme in sample_themes] + [""]
    assert papers["runner_up"].tolist() == [names[theme] for theme in votes.runner_up]
    assert votes.strength[57] == 0
    assert votes.runner_up[57] == -1


def test_the_table_has_coordinates_if_they_are_asked_for(sample_themes):
    with_places, without = sample_themes.papers(coordinates=True), sample_themes.papers()
    assert with_places.columns.tolist() == [*without.columns, "x", "y"]
    np.testing.assert_array_equal(with_places[["x", "y"]], sample_themes.coordinates)
    assert with_places["x"].isna().sum() == len(sample_themes.corpus.empty_rows)


def test_columns_x_and_y_of_the_input_are_kept():
    themes = cluster_abstracts(pd.DataFrame({"abstract": ["a robot", "a protein"], "x": [7, 8]}))
    assert themes.papers()["x"].tolist() == [7, 8]
    papers = themes.papers(coordinates=True)
    assert papers["x_input"].tolist() == [7, 8]
    assert papers["x"].tolist() == themes.coordinates[:, 0].tolist()


def test_the_table_alone_needs_no_layout():
    themes = cluster_abstracts(["a robot", "a protein"])
    themes.papers()
    assert themes.foundation.coordinates_so_far is None


@pytest.mark.parametrize(
    ("given", "shown"), [(None, [2024, 2023, 2001]), ("2001", ["2024", "2023", "2001"])]
)
def test_an_empty_year_is_that_of_the_date(given, shown):
    papers = [{"title": "Robots grasp", "date": "2024-05", "year": None},
              {"title": "Robots grasp cups", "date": "2023", "year": None},
              {"title": "Robots walk", "date": "1999", "year": given or 2001}]  # fmt: skip
    assert cluster_abstracts(papers).papers()["year"].tolist() == shown


@pytest.fixture(scope="module")
def with_a_rest():
    """Themes, one of which took the papers that have nothing in common."""
    random = np.random.default_rng(0)
    subjects = ["robots grasp cups", "proteins fold", "owls hoot at night"]
    rest = ["taxes", "glaciers", "sonnets", "volcanoes", "beer", "chess", "railways", "opera"]
    texts = [f"{s} {i} times" for s in subjects for i in "abcdefghijklmnop"]
    texts += [f"a study of {word}" for word in rest]
    vectors = random.normal(scale=0.2, size=(len(texts), 30))
    vectors[np.arange(48), np.repeat([0, 1, 2], 16)] += 1
    return cluster_abstracts(texts, embeddings=vectors)


def test_mixed_themes_come_last_are_named_by_their_parts_and_grey(with_a_rest):
    mixed = [theme.mixed for theme in with_a_rest]
    assert mixed == sorted(mixed)
    assert any(mixed)
    rest = with_a_rest[len(mixed) - 1]
    assert rest.name.startswith("Mixed: ")
    assert set(with_a_rest.papers(rest.id).index) >= set(range(48, 56))
    colors = theme_colors(with_a_rest)
    assert np.ptp(colors[mixed], axis=1).max() == 0
    assert np.ptp(colors[~np.array(mixed)], axis=1).min() > 0.1


def test_mixed_themes_stay_so_in_edits_and_files(with_a_rest, tmp_path):
    last = len(with_a_rest) - 1
    edited = with_a_rest.merge([0, 1], "living").move([50], to="living")
    assert [theme.mixed for theme in edited].index(True) == len(edited) - 1
    assert not with_a_rest.merge([0, last], "all")[0].mixed
    edited.save(tmp_path / "map.zip")
    assert [theme.mixed for theme in load(tmp_path / "map.zip")] == [t.mixed for t in edited]
