import pytest

from absclust.text.words import (
    content_words,
    fold_plural,
    is_stop_word,
    word_frequencies,
    word_list,
)


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("policy", "policies"),
        ("loss", "losses"),
        ("reward", "rewards"),
        ("llm", "llms"),
        ("branch", "branches"),
        ("index", "indexes"),
        ("process", "processes"),
    ],
)
def test_singular_and_plural_share_a_key(singular, plural):
    assert fold_plural(singular) == fold_plural(plural)


@pytest.mark.parametrize("word", ["bias", "physics", "analysis", "corpus", "series", "loss", "gas"])
def test_words_that_only_look_like_plurals(word):
    assert fold_plural(word) == word


def test_lists_are_lower_case_and_do_not_overlap():
    function, academic, generic = map(word_list, ("function", "academic", "generic"))
    assert all(word == word.lower() for word in function | academic | generic)
    assert not function & generic
    assert not academic & generic


def test_stop_words_in_any_form():
    assert all(map(is_stop_word, ["The", "PROPOSED", "methods", "whereas"]))
    assert not any(map(is_stop_word, ["reward", "benchmark", "value", "graph"]))


def test_content_words_split_hyphens_and_drop_stop_words():
    assert content_words("We propose state-of-the-art value-based RL.") == ["value", "rl"]


def test_possessives_and_apostrophes():
    assert "robot" in content_words("the robot’s arm")


def test_unspaced_scripts_give_pairs_of_characters():
    assert content_words("强化学习") == ["强化", "化学", "学习"]
    assert "ml" in content_words("ML 强化学习")


def test_a_text_of_stop_words_keeps_them():
    assert content_words("the of and") == ["the", "of", "and"]
    assert content_words("!?") == []


def test_frequencies_are_shares():
    frequencies = word_frequencies()
    assert all(0 < share < 1 for share in frequencies.values())
    assert frequencies["model"] > frequencies["quantization"] > frequencies[""]
