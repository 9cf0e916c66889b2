"""Labels that people gave to papers, from the call to what comes back."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, f1_score

import absclust
from absclust import OptionError, ThemeModel, cluster_abstracts
from tests.clustering.test_leiden import blobs


@pytest.fixture(scope="module")
def half(sample):
    """The intended themes of some rows, every third; the others are unlabelled."""
    clear = ~sample["intended_theme"].fillna("none").str.contains("/|none")
    return sample["intended_theme"].where(clear & (np.arange(len(sample)) % 3 == 0))


@pytest.fixture(scope="module")
def themes(sample, half):
    return cluster_abstracts(sample, labels=half)


def check_labels_are_kept(themes, labels):
    names = [theme.name for theme in themes]
    for row, label in enumerate(labels):
        if pd.notna(label) and themes.corpus.paper_of_row[row] >= 0:
            assert names[themes.labels[row]] == str(label)


def test_labelled_papers_are_in_the_theme_of_their_label(themes, half):
    check_labels_are_kept(themes, half)
    assert len({theme.name.lower() for theme in themes}) == len(themes)


def test_the_others_follow(sample, sample_themes, themes, half):
    rest = half.isna() & ~sample["intended_theme"].fillna("none").str.contains("/|none")
    rest &= themes.labels >= 0
    before, after = (
        adjusted_mutual_info_score(sample["intended_theme"][rest], found.labels[rest])
        for found in (sample_themes, themes)
    )
    assert after > before - 0.02


def test_a_column_says_the_same_and_the_order_of_rows_does_not_matter(sample, themes, half):
    table = sample.assign(coded=half)
    assert cluster_abstracts(table, labels="coded").fingerprint == themes.fingerprint
    shuffled = table.sample(frac=1, random_state=2)
    assert cluster_abstracts(shuffled, labels="coded").fingerprint == themes.fingerprint


def test_labels_at_random_change_nothing_for_the_others(sample, sample_themes, half):
    known = half.notna()
    labels = half.copy()
    labels[known] = np.random.default_rng(0).permutation(labels[known].tolist())
    found = cluster_abstracts(sample, labels=labels)
    check_labels_are_kept(found, labels)
    # Rows of one paper may have been given different labels, or but one of them any.
    names = np.array([theme.name for theme in found])
    by_label = np.isin(names[found.labels], labels[known].unique())
    rest = ~known.to_numpy() & (sample_themes.labels >= 0) & ~by_label
    assert rest.sum() > 90
    assert adjusted_rand_score(sample_themes.labels[rest], found.labels[rest]) > 0.95


def test_two_labelled_classes_leave_room_for_the_others(sample, half):
    labels = half.where(half.isin(["robot learning", "alignment"]))
    found = cluster_abstracts(sample, labels=labels)
    check_labels_are_kept(found, labels)
    assert len(found) >= 8
    in_robots = found.papers()["theme_name"] == "robot learning"
    assert (sample["intended_theme"][in_robots] == "robot learning").mean() > 0.6


def test_a_screening_of_ones_and_zeros():
    texts = [f"Robots grasp cup {i}." for i in range(12)]
    texts += [f"Proteins fold in cell {i}." for i in range(12)]
    labels = [1.0] * 3 + [np.nan] * 9 + [0.0] * 3 + [np.nan] * 9
    found = cluster_abstracts(texts, labels=labels)
    assert {theme.name for theme in found} >= {"1", "0"}
    check_labels_are_kept(found, [f"{v:g}" if v == v else None for v in labels])


def test_a_label_and_a_seed_theme_of_one_name_are_one_theme(sample, half):
    labels = half.where(half == "robot learning")
    seeds = {"Robot learning": ["robot", "manipulation"], "Benchmarks": ["benchmark"]}
    found = cluster_abstracts(sample, labels=labels, seed_themes=seeds)
    names = [theme.name for theme in found]
    assert names.count("Robot learning") == 1
    assert "Benchmarks" in names
    assert "robot learning" not in names
    assert (found.labels[labels.notna()] == names.index("Robot learning")).all()


def test_options_that_are_combined(sample, half):
    labels = half.where(half.isin(["robot learning", "alignment"]))
    fine = cluster_abstracts(sample, labels=labels, granularity=4, min_theme_size=9)
    check_labels_are_kept(fine, labels)
    others = [theme for theme in fine if theme.name not in set(labels.dropna())]
    assert min(theme.size for theme in others) >= 9
    strict = cluster_abstracts(sample, labels=half, min_strength=0.9, vocabulary=["robots"])
    check_labels_are_kept(strict, half)
    assert strict.coverage < 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_themes": 3}, "n_themes and labels are both given; expected one of them"),
        ({"clusterer": "hdbscan"}, "labels is given, but only clusterer='graph' takes it"),
    ],
)
def test_options_that_can_not_be_combined(options, message):
    with pytest.raises(OptionError, match=message):
        cluster_abstracts(["Owls hoot.", "Robots grasp."], labels=["a", None], **options)


def test_the_model_takes_labels_with_minus_one_for_none():
    vectors = blobs([30, 30], d=16, noise=0.1)
    texts = [f"paper {i} on owl{i}" for i in range(60)]
    y = np.full(60, -1)
    y[[0, 1, 2]], y[[30, 31, 32]] = 0, 1
    model = ThemeModel()
    labels = model.fit_predict(texts, labels=y, embeddings=vectors)
    assert labels is model.labels_
    names = [theme.name for theme in model.theme_map_]
    assert set(names) == {"0", "1"}
    assert (labels[:30] == names.index("0")).all()
    assert (labels[30:] == names.index("1")).all()


def test_saving_edits_layers_and_new_papers(themes, half, tmp_path):
    themes.save(tmp_path / "map.zip")
    again = absclust.load(tmp_path / "map.zip")
    assert again.summary() == themes.summary()
    assert again.options == themes.options
    assert again.options["labels"] == half.value_counts().sort_index().to_dict()
    check_labels_are_kept(again, half)
    label = half.dropna().iloc[0]
    number = [theme.name for theme in again].index(label)
    edited = again.merge([number, (number + 1) % len(again)], name="both")
    assert "rows with a given label" in edited.summary()
    for layer in again.layers:
        assert len({theme.name.lower() for theme in layer}) == len(layer)
    new = again.predict(["Robots grasp cups with a soft gripper and a learned policy."])
    assert new["theme"].tolist()[0] >= 0
    assert again.update(["Robots grasp cups."]).themes.summary().count("with a given label") == 1


def test_what_the_reports_say(themes, half, tmp_path):
    n_labels = half.nunique()
    assert f"{half.notna().sum()} rows with a given label, of {n_labels} labels" in (
        themes.summary()
    )
    text = themes.report(tmp_path / "report.md").read_text("utf-8")
    assert "given label kept together by label (" in text
    assert "other themes of fewer than 2 papers" in text
    plain = cluster_abstracts(["The owls hoot."]).report(tmp_path / "r.md")
    assert "given label" not in plain.read_text("utf-8")


@pytest.mark.parametrize(
    ("texts", "labels"),
    [
        (["The owls hoot at night."], ["a"]),
        (["Owls hoot.", "Robots grasp."], ["a", None]),
        (["Owls hoot.", "Robots grasp."], ["a", "b"]),
        (["Owls hoot.", "Robots grasp."], ["a", "a"]),
        (["Owls hoot.", None, "Owls hoot.", "Robots grasp."], ["a", "b", None, None]),
    ],
)
def test_tiny_corpora(texts, labels):
    found = cluster_abstracts(texts, labels=labels)
    check_labels_are_kept(found, labels)
    assert found.coverage == 1


@pytest.mark.slow
def test_labels_of_real_papers_help_with_the_rest(labelled):
    papers = labelled("wos_1k")
    rest = np.arange(len(papers)) % 10 > 0
    coded = papers["label"].mask(rest)
    without = cluster_abstracts(papers.drop(columns="label"))
    found = cluster_abstracts(papers.drop(columns="label"), labels=coded)
    before, after = (
        adjusted_mutual_info_score(papers["label"][rest], themes.labels[rest])
        for themes in (without, found)
    )
    assert after > before + 0.02


@pytest.mark.slow
def test_a_class_is_most_of_its_theme_and_its_theme_most_of_the_class(labelled):
    papers = labelled("arxiv_ml").head(1500)
    rest = np.arange(len(papers)) % 10 > 0
    found = cluster_abstracts(papers.drop(columns="label"), labels=papers["label"].mask(rest))
    names = np.array([theme.name for theme in found])[found.labels]
    f1 = [
        f1_score(papers["label"][rest] == label, names[rest] == label)
        for label, n in papers["label"].value_counts().items()
        if n >= 20
    ]
    assert np.mean(f1) > 0.4
