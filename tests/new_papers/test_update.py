import numpy as np
import pandas as pd
import pytest

import absclust
from absclust import EmbedderError, cluster_abstracts
from tests.conftest import with_coordinates


@pytest.fixture(scope="module")
def base(sample):
    return cluster_abstracts(sample.iloc[:100])


@pytest.fixture(scope="module")
def update(sample, base):
    return base.update(sample.iloc[100:])


def test_old_papers_stay_as_they_were(sample, base, update):
    new, columns = update.themes, ["theme", "theme_name", "strength", "runner_up", "margin", "core"]
    pd.testing.assert_frame_equal(new.papers()[columns].iloc[:100], base.papers()[columns])
    old = ~new.foundation.added
    assert np.array_equal(new.foundation.paper_embedding[old], base.foundation.paper_embedding)
    assert np.array_equal(new.foundation.paper_coordinates[old], base.foundation.paper_coordinates)


def test_the_new_map_is_whole(sample, base, update):
    new = update.themes
    assert len(new.labels) == len(sample)
    pd.testing.assert_frame_equal(new.papers()[sample.columns], sample, check_dtype=False)
    labels = new.labels
    assert [t.size for t in new] == np.bincount(labels[labels >= 0], minlength=len(new)).tolist()
    assert list(new.corpus.paper_keys) == sorted(new.corpus.paper_keys)
    assert new.foundation.paper_coordinates.shape == (new.corpus.n_papers, 2)
    assert np.isfinite(new.foundation.paper_coordinates).all()
    assert repr(new)
    assert new._repr_html_()
    assert len(new.table()) == len(new)
    assert len(new.layers[2]) >= len(new)
    assert new.alternatives()["chosen"].sum() == 1


def test_added_papers_are_where_predict_says(sample, base, update):
    columns = ["theme", "theme_name", "strength", "runner_up", "margin", "novelty", "is_novel"]
    said = base.predict(sample.iloc[100:])
    found = update.themes.predict(sample.iloc[100:])
    pd.testing.assert_frame_equal(found[columns], said[columns], check_exact=True)


def test_steps_make_no_difference(sample, base, update):
    steps = base.update(sample.iloc[100:130]).themes.update(sample.iloc[130:]).themes
    assert steps.fingerprint == update.themes.fingerprint
    assert np.array_equal(
        steps.foundation.paper_graph.indices, update.themes.foundation.paper_graph.indices
    )
    assert np.array_equal(
        steps.foundation.paper_coordinates, update.themes.foundation.paper_coordinates
    )


def test_says_what_grew(sample, base, update):
    table = update.growth
    assert table["added"].is_monotonic_decreasing
    assert table["added"].sum() == update.n_papers == 65  # one more row repeats another
    assert table["before"].to_dict() == {theme.id: theme.size for theme in base}
    assert (table["growth"] == table["added"] / table["before"]).all()
    assert update.n_papers + update.n_known <= len(sample) - 100
    assert "new papers" in repr(update)
    assert "grown most" in repr(update)


def test_known_papers_and_empty_rows_are_no_news(base, sample):
    update = base.update([sample["abstract"].iloc[3], None])
    full = base.update(sample.iloc[[3, 3]])
    assert full.n_papers == 0
    assert full.n_known == 2
    assert full.themes.labels[100:].tolist() == [base.labels[3]] * 2
    assert full.reasons == ()
    assert update.themes.labels[-1] == -1
    assert base.update([]).themes.fingerprint == base.fingerprint


def test_news_and_growth_ask_to_cluster_anew(base, sample):
    assert base.update(sample.iloc[100:120]).reasons == ()
    foreign = [f"Grandmother's recipe: {c}, butter, flour, {i} eggs" for i, c in enumerate(CAKES)]
    update = base.update(foreign)
    assert update.n_novel > 8
    assert "unlike all themes" in update.reasons[0]
    assert f"time to cluster again: {update.reasons[0]}" in repr(update)
    several = base
    for start in range(0, 12, 4):  # a few at a time come to the same
        step = several.update(foreign[start : start + 4])
        several = step.themes
    assert step.reasons
    texts = [f"{t} Again, with more data." for t in sample["abstract"].dropna()]
    assert any("were clustered" in reason for reason in base.update(texts).reasons)


CAKES = "apple plum cherry lemon carrot walnut poppy cheese honey pear almond ginger".split()  # noqa: SIM905


def test_columns_of_other_names_and_types():
    base = cluster_abstracts(
        pd.DataFrame({"Abstract": ["Robots grasp.", "Robots grasp cups."], "year": [2020, 2021]})
    )
    new = pd.DataFrame({"abstract": ["Proteins fold."], "venue": ["X"]}, index=["k"])
    themes = base.update(new).themes
    records = themes.corpus.records
    assert list(records.columns) == ["Abstract", "year", "venue"]
    assert records["year"].tolist()[:2] == [2020, 2021]
    assert [type(year) for year in records["year"].tolist()[:2]] == [int, int]
    assert records.index.tolist() == [0, 1, "k"]
    assert themes.corpus.years.tolist() == [2020, 2021, 0]


def test_vectors_of_your_own():
    vectors = np.random.default_rng(0).normal(size=(30, 4))
    texts = [f"paper {i}" for i in range(30)]
    base = cluster_abstracts(texts[:20], embeddings=vectors[:20])
    themes = base.update(texts[20:], embeddings=vectors[20:]).themes
    assert themes.foundation.paper_embedding.shape == (30, 4)
    with pytest.raises(EmbedderError, match="vectors of your own"):
        base.update(["another"])


def test_a_first_paper_is_known_too_and_its_vector_is_checked():
    texts = [f"paper {i}" for i in range(20)]
    vectors = np.random.default_rng(0).normal(size=(20, 4))
    base = cluster_abstracts(texts, embeddings=vectors)
    first = base.corpus.first_row[0]
    update = base.update([texts[first], None], embeddings=[vectors[first], np.full(4, np.nan)])
    assert (update.n_papers, update.n_known, update.n_novel) == (0, 1, 0)
    with pytest.raises(EmbedderError, match="NaN"):
        base.update(["another"], embeddings=np.full((1, 4), np.nan))


@pytest.mark.parametrize(("n_novel", "is_news"), [(0, False), (4, False), (5, True)])
def test_half_of_ten_papers_unlike_all_themes_are_news(n_novel, is_news):
    # If a tenth is usual, four of ten or more have a probability of .013, five of .0016.
    axes = np.eye(6)
    vectors = np.repeat(axes[:2], 20, axis=0)
    vectors += np.random.default_rng(0).normal(scale=0.05, size=vectors.shape)
    base = cluster_abstracts([f"paper {i}" for i in range(40)], embeddings=vectors)
    new = np.repeat(axes[[0, 4]], [10 - n_novel, n_novel], axis=0)
    update = base.update([f"new {i}" for i in range(10)], embeddings=new)
    assert update.n_novel == n_novel
    expected = "5 of 10 papers added are unlike all themes (50%; one in twenty is usual)"
    assert update.reasons == ((expected,) if is_news else ())


def test_what_is_set_aside_is_logged(base, caplog):
    base.update([None])
    assert any("no text" in message for message in caplog.messages)


def test_a_theme_of_one_paper_grows_by_what_is_added():
    base = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins."], n_themes=2)
    growth = base.update(["Proteins, again.", "Proteins, once more."]).growth
    assert growth.iloc[0][["before", "added", "growth"]].tolist() == [1, 2, 2]


def test_papers_added_earlier_lie_where_they_were_placed_though_never_drawn(base):
    once = base.update(["A robot arm grasps a cup."]).themes
    moved = once.move(100, to=1 - min(int(once.labels[100]), 1))
    twice = moved.update(["Reward models for agents."]).themes
    np.testing.assert_array_equal(twice.coordinates[:101], once.coordinates)


def test_one_paper():
    update = cluster_abstracts(["Robots grasp."]).update(["Robots grasp cups.", "!"])
    assert repr(update).startswith("1 new paper, 0 of them unlike all themes\n")
    assert update.reasons == ("1 paper added to 1 that were clustered",)
    themes = update.themes
    assert themes.labels.tolist() == [0, 0, -1]
    assert themes.foundation.paper_coordinates.shape == (2, 2)


def test_update_keeps_the_coordinates_that_a_map_was_loaded_with(sample_themes, tmp_path):
    """A map that was saved on another machine may lie elsewhere than a layout here would."""
    random = np.random.default_rng(0)
    moved = with_coordinates(sample_themes, random.normal(size=(164, 2)))
    moved.save(tmp_path / "map.zip")
    loaded = absclust.load(tmp_path / "map.zip")
    grown = loaded.update(["A robot policy grasps cups."]).themes
    old = grown.corpus.find(loaded.corpus.paper_keys)
    assert np.array_equal(
        grown.foundation.paper_coordinates[old], moved.foundation.paper_coordinates
    )
    assert np.isfinite(grown.foundation.paper_coordinates).all()


def test_no_edit_moves_a_paper_that_was_added(sample_themes):
    grown = sample_themes.update(["A robot policy grasps cups."]).themes
    row = grown.corpus.n_rows - 1
    moved = grown.move(row, to=(int(grown.labels[row]) + 1) % len(grown))
    assert moved.foundation.paper_coordinates is grown.foundation.paper_coordinates


def test_added_papers_lie_in_the_region_of_their_theme(sample):
    half, rest = sample.iloc[::2], sample.iloc[1::2]
    base = cluster_abstracts(half)
    grown = base.update(rest).themes
    added, labels = grown.foundation.added, grown._paper_labels
    old = grown.foundation.paper_coordinates[~added]
    distances = np.linalg.norm(grown.foundation.paper_coordinates[added][:, None] - old, axis=2)
    nearest = labels[~added][distances.argsort(axis=1)[:, :5]]
    share = (nearest == labels[added][:, None]).mean()
    assert share > 0.8
    # It makes no difference whether the map was laid out before the papers came.
    again = cluster_abstracts(half)
    assert again.foundation.paper_coordinates is not None
    assert np.array_equal(
        again.update(rest).themes.foundation.paper_coordinates, grown.foundation.paper_coordinates
    )
