import numpy as np
import pytest

from absclust.name import MAX_NAME_LENGTH, name_themes
from absclust.words import is_stop_word


def words_of(name):
    return name.replace(",", "").split()


def test_names_tell_themes_apart():
    texts = ["Protein folding in cells."] * 1 + ["Folding of proteins; protein folding."]
    texts += ["Robot arms grasp cups.", "A robot arm grasps tools."]
    names = name_themes(texts, [""] * 4, np.array([0, 0, 1, 1]))
    assert names[0].name.startswith("Protein folding")
    assert names[1].name.startswith("Robot arm")


def test_sample_names_hold_no_stop_word_and_are_unique(sample_themes):
    # Topics called "the_to_and_of" (BERTopic#181, #502).
    names = [theme.name for theme in sample_themes]
    assert len({n.lower() for n in names}) == len(names)
    assert max(map(len, names)) <= MAX_NAME_LENGTH
    for name in names:
        assert not any(map(is_stop_word, words_of(name))), name
        assert len(set(words_of(name.lower()))) == len(words_of(name)), name


def test_sample_keywords_hold_no_stop_word_and_no_nested_phrase(sample_themes):
    for theme in sample_themes:
        assert len(theme.keywords) >= 5
        assert len({k.lower() for k in theme.keywords}) == len(theme.keywords)
        for keyword in theme.keywords:
            assert not any(map(is_stop_word, keyword.split())), keyword


def test_copyright_lines_name_no_theme(sample_themes):
    # Boilerplate becomes a topic (BERTopic#27).
    text = " ".join(k.lower() for theme in sample_themes for k in theme.keywords)
    assert not any(word in text for word in ("elsevier", "springer", "rights", "copyright"))


def test_themes_with_nothing_to_say_get_a_plain_name():
    names = name_themes(["the of", "and to"], ["", ""], np.array([0, 1]))
    assert [n.name for n in names] == ["Theme 0", "Theme 1"]


def test_equal_themes_get_different_names():
    texts = ["robot arm grasp", "robot arm grasp again"] * 2
    names = name_themes(texts, [""] * 4, np.array([0, 0, 1, 1]))
    assert names[0].name != names[1].name


def test_unassigned_papers_name_nothing():
    names = name_themes(["robot arm", "owl hoot"], ["", ""], np.array([0, -1]))
    assert len(names) == 1
    assert "owl" not in names[0].keywords


@pytest.mark.parametrize("size", [1, 2, 3])
def test_small_themes_are_named(size):
    names = name_themes(["Reward models for agents."] * size, [""] * size, np.zeros(size, int))
    assert names[0].name != "Theme 0"
