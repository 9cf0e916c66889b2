import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import adjusted_mutual_info_score

from absclust import OptionError, ThemeModel

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
    with pytest.raises(OptionError, match="resolution is -1; expected a number above 0"):
        model.fit(TEXTS)


@pytest.mark.parametrize(
    "options",
    [
        {"n_neighbors": 0},
        {"n_neighbors": 2.5},
        {"resolution": float("nan")},
        {"resolution": "high"},
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
