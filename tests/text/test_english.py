import numpy as np
import pytest

from absclust.text.english import can_be_inside, can_end, edges, is_subject
from absclust.text.reading import read
from absclust.text.words import is_stop_word


def marked(*texts):
    """Return the words, as written, that can't begin a phrase, and those that can't end one."""
    reading = read(texts, is_stop=is_stop_word)
    return [{reading.words[i] for i in np.flatnonzero(edge)} for edge in edges(reading)]


def test_verbs_in_ing_do_not_begin_phrases():
    texts = ["predicting gene expression", "predicting stock prices", "semantic parsing"]
    not_first, _ = marked(*texts)
    assert "predicting" in not_first
    assert "parsing" not in not_first


def test_verbs_do_not_end_phrases():
    _, not_last = marked("To fool a classifier.", "It induces a current.", "The current of ions.")
    assert {"fool", "induces"} <= not_last
    assert not {"classifier", "current", "ions"} & not_last


def test_in_capitals_a_word_is_no_verb():
    _, not_last = marked("We can RAG the answers.", "We can rag the answers.")
    assert "rag" in not_last
    assert "RAG" not in not_last


def test_what_other_words_nearly_always_follow_ends_no_phrase():
    nouns = ("depth", "vision", "camera", "image", "cue", "video", "sensor", "view")
    texts = [f"Monocular {noun} and a monocular {noun} of the {noun}." for noun in nouns]
    _, not_last = marked(*texts)
    assert {"Monocular", "monocular"} <= not_last
    assert not set(nouns) & not_last
    _, not_last = marked(texts[0])  # too few uses to tell
    assert "monocular" not in not_last


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("network", True),
        ("networks", True),
        ("generative", False),
        ("deep-seated", False),
        ("quickly", False),
        ("objective", True),
        ("objectives", True),
        ("SPATIAL", True),
    ],
)
def test_words_that_can_end_a_phrase(word, expected):
    assert can_end(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"), [("deep", True), ("generative", True), ("Highly", False)]
)
def test_words_that_can_stand_in_a_phrase(word, expected):
    assert can_be_inside(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("translation", True), ("Learning", False), ("models", False), ("RL", True), ("cm", False)],
)
def test_words_that_say_enough_alone(word, expected):
    assert is_subject(word) == expected
