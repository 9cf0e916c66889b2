import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import SkipTestWarning
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import check_estimator

from absclust import (
    OptionError,
    StoreError,
    ThemeModel,
    WriteError,
    cluster_abstracts,
    load,
)

TEXTS = ["Robots grasp.", "Robots grasp cups.", None, "Proteins fold.", "Proteins fold fast."]


def test_estimator():
    model = ThemeModel(resolution=1.0)
    assert model.get_params()["resolution"] == 1.0
    assert model.get_params()["embedder"] == "builtin"
    assert clone(model).get_params() == model.get_params()
    assert model.set_params(resolution=2.0).resolution == 2.0


def test_fit_predict_is_labels():
    model = ThemeModel()
    labels = model.fit_predict(TEXTS)
    assert labels is model.labels_
    assert labels[2] == -1
    assert labels[0] == labels[1] != labels[3] == labels[4]


def test_constructor_checks_nothing_and_fit_does():
    model = ThemeModel(resolution=-1)
    with pytest.raises(OptionError, match="resolution is -1; expected a number above 0, or None"):
        model.fit(TEXTS)


@pytest.mark.parametrize(
    "options",
    [
        {"n_neighbors": 0},
        {"n_neighbors": 2.5},
        {"resolution": float("nan")},
        {"resolution": "high"},
        {"n_themes": 0},
        {"n_themes": 2.0},
        {"granularity": 0},
        {"min_theme_size": 0},
        {"min_theme_size": True},
        {"min_strength": 1.5},
        {"random_state": None},
        {"random_state": -1},
    ],
)
def test_options_out_of_range(options):
    with pytest.raises(OptionError, match=next(iter(options))):
        ThemeModel(**options).fit(TEXTS)


def test_themes_of_the_sample_are_the_intended_ones(sample, sample_themes):
    intended = sample["intended_theme"]
    clear = ~intended.str.contains("/|none") & (sample_themes.labels >= 0)
    score = adjusted_mutual_info_score(intended[clear], sample_themes.labels[clear])
    assert score > 0.65
    # The intended theme is a column that clustering must not see.
    blind = ThemeModel().fit(sample.drop(columns=["intended_theme", "note"]))
    assert np.array_equal(blind.labels_, sample_themes.labels)


@pytest.mark.parametrize("n_themes", [1, 3, 8, 12, 30])
def test_exactly_so_many_themes(sample, n_themes):
    themes = ThemeModel(n_themes=n_themes).fit(sample).theme_map_
    assert len(themes) == n_themes
    assert len({theme.name for theme in themes}) == n_themes


def test_more_themes_than_papers():
    with pytest.raises(OptionError, match="n_themes is 5, but there are 4 distinct papers"):
        ThemeModel(n_themes=5).fit(TEXTS)


def test_granularity_moves_between_coarse_and_fine(sample):
    found = [len(ThemeModel(granularity=g).fit(sample).theme_map_) for g in (0.3, 1, 4)]
    assert found[0] < found[1] < found[2]


def test_granularity_in_words(sample):
    by_word, by_number = (ThemeModel(granularity=g).fit(sample).theme_map_ for g in ("fine", 2))
    assert by_word.fingerprint == by_number.fingerprint
    assert by_word.options["granularity"] == "fine"
    expected = "expected 'broad', 'medium', 'fine' or a number above 0"
    with pytest.raises(OptionError, match=f"granularity is 'coarse'; {expected}"):
        ThemeModel(granularity="coarse").fit(TEXTS)


def test_small_themes_go_with_others(sample):
    themes = ThemeModel(granularity=4, min_theme_size=9).fit(sample).theme_map_
    assert min(theme.size for theme in themes) >= 9


def test_weak_papers_can_be_left_out(sample):
    # 30 to 50 % outliers elsewhere (BERTopic#329); here only on demand.
    everyone = ThemeModel().fit(sample).theme_map_
    assert everyone.coverage == 1
    strict = ThemeModel(min_strength=0.6).fit(sample).theme_map_
    assert 0.4 < strict.coverage < 1
    kept = strict.labels >= 0
    assert (strict.papers()["strength"][~kept] == 0).all()
    assert "belong to no theme" in strict.summary()
    assert [t.size for t in strict] == np.bincount(strict.labels[kept]).tolist()


def test_all_left_out_is_no_crash(sample):
    themes = ThemeModel(min_strength=1).fit(sample.head(12)).theme_map_
    assert repr(themes)
    assert themes.table().shape[0] == len(themes)


@pytest.mark.slow
def test_hdbscan(sample):
    themes = ThemeModel(clusterer="hdbscan").fit(sample).theme_map_
    assert 3 < len(themes) < 30
    assert 0.5 < themes.coverage < 1
    assert np.isnan([theme.stability for theme in themes]).all()
    assert "stability" not in themes.summary()
    assert repr(themes)
    with pytest.raises(OptionError, match="another clusterer"):
        themes.alternatives()


def test_any_clusterer_plugs_in(sample):
    from sklearn.cluster import KMeans

    themes = ThemeModel(clusterer=KMeans(7, n_init=1, random_state=0)).fit(sample).theme_map_
    assert len(themes) == 7
    assert themes.coverage == 1


def test_outliers_of_a_clusterer_are_kept(sample):
    class Half:
        def fit_predict(self, X):  # noqa: N803
            return np.where(np.arange(len(X)) % 2, -1, np.arange(len(X)) % 4 // 2)

    themes = ThemeModel(clusterer=Half()).fit(sample).theme_map_
    assert len(themes) == 2
    assert themes.coverage == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"clusterer": "kmeans"}, "expected 'graph', 'hdbscan' or an object"),
        ({"clusterer": None}, "clusterer is None"),
        ({"clusterer": "hdbscan", "n_themes": 3}, "n_themes is given, but only clusterer='graph'"),
        ({"clusterer": "hdbscan", "min_theme_size": 1}, "expected an int of 2 or more"),
    ],
)
def test_options_of_clusterers(options, says):
    with pytest.raises(OptionError, match=says):
        ThemeModel(**options).fit(TEXTS)


def test_labels_that_are_no_use(sample):
    class Wrong:
        def fit_predict(self, X):  # noqa: N803
            return np.zeros(3)

    with pytest.raises(OptionError, match=r"labels of shape \(3,\) and type float64; expected"):
        ThemeModel(clusterer=Wrong()).fit(sample)


def test_stop_phrases_name_nothing(sample):
    found = ThemeModel(stop_phrases=["Reward Models", "graph"]).fit(sample).theme_map_
    for layer in (found, *found.layers):
        words = " ".join(k.lower() for theme in layer for k in (*theme.keywords, theme.name))
        assert "reward model" not in words
        assert "graph" not in words.replace("-", " ").split()


@pytest.mark.parametrize(
    ("options", "says"),
    [({"stop_phrases": "graph"}, "expected a list of str"), ({"namer": "gpt"}, "LLMNamer")],
)
def test_options_of_naming(options, says):
    with pytest.raises(OptionError, match=says):
        ThemeModel(**options).fit(["Robots grasp.", "Robots grasp cups."])


def test_scikit_learn_finds_nothing_to_correct():
    """Checks that feed matrices of numbers don't apply: the tags say that the input is texts.

    What these would check is checked with texts below and in the tests of each option: results
    don't depend on the order of rows (``tests/test_api.py``), predict not on the batch
    (``tests/new_papers``), and fit leaves its input as it is.
    """
    with pytest.warns(SkipTestWarning, match="requires input"):
        results = check_estimator(ThemeModel(progress=False), on_fail=None)
    assert [r["check_name"] for r in results if r["status"] == "failed"] == []


def test_fitting_again_gives_the_same_and_changes_no_option():
    model = ThemeModel(n_themes=2)
    options = dict(model.get_params())
    texts = list(TEXTS)
    first = model.fit(texts).labels_.tolist()
    assert model.fit(texts).labels_.tolist() == first
    assert texts == TEXTS
    assert model.get_params() == options
    again = pickle.loads(pickle.dumps(model))
    assert again.predict(texts).tolist() == model.predict(texts).tolist()
    assert model.predict_proba(texts).argmax(axis=1)[[0, 1, 3, 4]].tolist() == [0, 0, 1, 1]


def test_a_search_over_options_does_not_see_what_it_scores_by():
    """y was once taken for known labels: all candidates then agreed with it perfectly."""
    texts = [f"Robots grasp {what}." for what in "abcdefgh"]
    texts += [f"Proteins fold {what}." for what in "abcdefgh"]
    y = np.array(list("ab") * 8)  # as good as chance
    assert ThemeModel().fit(texts, y).labels_.tolist() == ThemeModel().fit(texts).labels_.tolist()
    everything = [(np.arange(16), np.arange(16))]
    search = GridSearchCV(
        ThemeModel(), {"n_themes": [1, 2]}, scoring="adjusted_mutual_info_score", cv=everything
    )
    assert search.fit(texts, y).best_score_ < 0.2
    search.fit(texts, np.repeat(["robots", "proteins"], 8))
    assert search.cv_results_["mean_test_score"].tolist() == [0, 1]


def test_a_strength_of_just_the_minimum_is_enough():
    themes = cluster_abstracts(TEXTS)
    assert themes.membership.strength[themes.labels >= 0].tolist() == [1] * 4
    assert (cluster_abstracts(TEXTS, min_strength=1.0).labels == themes.labels).all()


@pytest.mark.parametrize("n", [3, 12])
def test_as_many_themes_as_papers(n):
    """Resamples of the papers, for the stability, can't form that many: that was an error."""
    words = ["owl", "robot", "bee", "tree", "star", "fish"]
    words += ["lamp", "ship", "door", "book", "sea", "hat"]
    texts = [f"The {word} is a {word}." for word in words]
    themes = cluster_abstracts(texts[:n], n_themes=n)
    assert sorted(themes.labels) == list(range(n))


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("stop_phrases", 5, "stop_phrases is 5; expected a list of str"),
        ("stop_phrases", None, "expected a list of str"),
        ("vocabulary", 3, "vocabulary is 3; expected a list of str"),
        ("vocabulary", {"a": ["b"]}, "expected a list of str"),
        ("clusterer", type("Class", (), {"fit_predict": None}), "an object with a fit_predict"),
        ("embedder", pd.Series(["a"]), "expected 'builtin', 'lsa'"),
        ("embedder", np.zeros(3), "expected 'builtin', 'lsa'"),
    ],
)
def test_options_of_a_wrong_kind_are_refused(option, value, says):
    with pytest.raises(OptionError, match=says):
        cluster_abstracts(["Robots grasp.", "Proteins fold."], **{option: value})


def test_hdbscan_says_that_it_found_no_theme():
    words = ["owls", "bread", "law", "cells", "stars", "rivers", "paint", "chess", "steel", "opera"]
    with pytest.warns(UserWarning, match="no theme in 10 papers"):
        themes = cluster_abstracts([f"About {word} alone." for word in words], clusterer="hdbscan")
    assert len(themes) == 0


@pytest.mark.parametrize("path", [5, None, b"a", "a\0b"])
def test_what_can_be_no_path(path):
    themes = cluster_abstracts(["Robots grasp.", "Proteins fold."])
    for write in (themes.to_csv, themes.to_bib, themes.to_ris, themes.to_html, themes.report):
        with pytest.raises(WriteError, match="can't be a path"):
            write(path)
    with pytest.raises(WriteError, match="can't be a path"):
        themes.save(path)
    with pytest.raises(StoreError, match="can't be a path"):
        load(path)


@pytest.mark.parametrize("name", ["stop_phrases", "vocabulary", "seed_themes"])
def test_an_option_that_can_be_read_only_once_is_refused(name):
    """It would be empty when it is used, after it was checked."""
    with pytest.raises(OptionError, match=name):
        cluster_abstracts(TEXTS, **{name: (phrase for phrase in ["robot arms"])})
