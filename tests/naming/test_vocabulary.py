import warnings
from dataclasses import replace

import numpy as np
import pytest

import absclust
from absclust import NamingWarning, OptionError, ThemeModel, cluster_abstracts
from absclust.naming.evidence import Evidence
from absclust.naming.keywords import Setting
from absclust.naming.vocabulary import Vocabulary

ROBOTS = ["A robot arm grasps a cup.", "Robot arms grasp tools.", "A robot grasps with its arm."]
PROTEINS = ["How a protein folds.", "Protein folding in a cell.", "The fold of a protein."]
LABELS = np.repeat([0, 1], 3)


@pytest.fixture(scope="module")
def evidence():
    return Evidence.of([*ROBOTS, *PROTEINS], [""] * 6)


def fitting(vocabulary, evidence, theme, centres=None):
    setting = Setting.of(evidence, "en", LABELS)
    centres = np.zeros_like(setting.centres) if centres is None else centres
    found = vocabulary.fitting(theme, replace(setting, centres=centres))
    return [phrase.surface for phrase in found]


def test_a_phrase_fits_where_papers_use_it_and_others_do_not(evidence):
    vocabulary = Vocabulary.of(["Robot Arms", "protein", "grasp or fold", "owl"], evidence)
    assert fitting(vocabulary, evidence, 0) == ["Robot Arms"]
    assert fitting(vocabulary, evidence, 1) == ["protein"]


def test_a_phrase_fits_by_its_meaning(evidence):
    vocabulary = Vocabulary.of(["biochemistry"], evidence)
    away, near = -vocabulary.vectors[0], vocabulary.vectors[0]
    assert fitting(vocabulary, evidence, 1) == []
    assert fitting(vocabulary, evidence, 1, np.array([away, near])) == ["biochemistry"]
    assert fitting(vocabulary, evidence, 1, np.array([near, away])) == []


def test_spellings_of_a_phrase_are_one_and_the_first_is_shown(evidence):
    assert Vocabulary.of(["robot-arms", "Robot arm"], evidence).phrases == ("robot-arms",)


def test_names_come_from_the_vocabulary(sample):
    phrases = ["Graph neural networks", "robotics", "federated learning", "quantum computing"]
    with pytest.warns(NamingWarning, match=r"fits \d+ of \d+ themes, which are named by their"):
        themes = cluster_abstracts(sample, vocabulary=phrases)
    plain = cluster_abstracts(sample)
    names = {theme.name.casefold() for theme in themes}
    assert {"robotics", "federated learning"} <= names
    assert not any("quantum" in name for name in names)
    # The others have the names that they have without a vocabulary; keywords are the same.
    assert len({theme.name for theme in themes} & {theme.name for theme in plain}) >= 4
    for theme, same in zip(themes, plain, strict=True):
        assert set(theme.keywords) == set(same.keywords)


def test_a_saved_map_keeps_its_vocabulary(sample, tmp_path):
    phrases = sorted(set(sample["intended_theme"].dropna()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NamingWarning)
        themes = cluster_abstracts(sample, vocabulary=phrases)
        named = [
            theme.name for theme in themes if theme.name.casefold() in map(str.casefold, phrases)
        ]
        assert len(named) >= 4
        themes.save(tmp_path / "map.zip")
        assert absclust.load(tmp_path / "map.zip").foundation.vocabulary == tuple(phrases)


@pytest.mark.parametrize("vocabulary", ["robotics", [1, 2]])
def test_a_vocabulary_is_a_list_of_phrases(sample, vocabulary):
    with pytest.raises(OptionError, match=r"vocabulary is .*expected a list of str"):
        ThemeModel(vocabulary=vocabulary).fit(sample)
