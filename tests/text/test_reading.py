import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from absclust.text.reading import NO_WORDS, read, words_in


def written(*texts):
    """Return the words of texts as they were read, with a bar for each break."""
    reading = read(texts)
    return " ".join(reading.words[i] or "|" for i in reading.ids)


def content(text, **rules):
    reading = read([text], **rules)
    return [word for word, says in zip(reading.words, reading.content, strict=True) if says]


def of_words(reading, values):
    return dict(zip(reading.words, values.tolist(), strict=True))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Robot arms", "Robot arms |"),
        ("Robot arms, robot hands.", "Robot arms | robot hands | |"),
        ("arms (or hands)", "arms | or hands | |"),
        ("and/or", "and | or |"),
        ("state_value", "state | value |"),
        ("arms – hands", "arms | hands |"),
        ("Q-learning in C++ and C#", "Q-learning in C++ and C# |"),
        ("mRNA‑based d’Alembert", "mRNA‑based d’Alembert |"),
        ("  two\n words\t", "two words |"),
        ("深层 学习", "深层 学习 |"),
    ],
)
def test_punctuation_is_a_break(text, words):
    assert written(text) == words


@pytest.mark.parametrize("text", ["Bellman's equation", "Bellman’s equation"])
def test_a_possessive_is_its_word_and_a_break(text):
    assert written(text) == "Bellman 's equation |"
    assert words_in(text) == ["Bellman", "equation"]


def test_the_end_of_a_text_is_a_break():
    assert written("Robot", "arms") == "Robot | arms |"


@given(st.lists(st.text("aB1 \n.-'’s(_)é深", max_size=12), max_size=4))
def test_all_words_are_read_in_order(texts):
    reading = read(texts)
    for i, text in enumerate(texts):
        ids = reading.ids[reading.starts[i] : reading.starts[i + 1]]
        assert [reading.words[i] for i in ids if i >= len(NO_WORDS)] == words_in(text)
        assert ids[-1] == 0
    assert len(reading.ids) == reading.starts[-1]


@pytest.mark.parametrize(
    "word",
    ["128", "10k", "7B", "2nd", "4th", "3x", "2020-21", "2020‑21", "III", "VIII", "XIX", "a", "π"],
)
def test_numbers_and_single_letters_are_no_content(word):
    assert content(f"the {word} robots") == ["the", "robots"]


def test_parts_of_a_number_are_no_content():
    assert not content("3.5, 1,000 and 0.05%", is_stop=lambda word: word == "and")


@pytest.mark.parametrize("word", ["3D", "GPT-4", "C#", "C++", "mRNA", "viii", "MIX", "H2O", "学习"])
def test_words_with_digits_or_letters_of_numbers_are_content(word):
    assert content(word) == [word]


def test_stop_words_are_no_content():
    assert content("The robot and arms", is_stop=lambda word: word.lower() in {"the", "and"}) == [
        "robot",
        "arms",
    ]


def test_words_can_be_spaced_first():
    assert content("深层学习", spaced=lambda text: f"{text[:2]} ; {text[2:]}") == ["深层", "学习"]


def test_where_texts_begin():
    reading = read(["", "One two", ""])
    assert reading.starts.tolist() == [0, 1, 4, 5]
    assert reading.text_of.tolist() == [0, 1, 1, 1, 2]


@pytest.mark.parametrize("texts", [[], [""], ["", " "], ["…"]])
def test_texts_without_words(texts):
    reading = read(texts)
    assert reading.words == ("", "'s")
    assert not reading.ids.any()
    assert len(reading.starts) == len(texts) + 1
    assert len(reading.text_of) == len(reading.ids) == reading.starts[-1]
    assert not reading.content.any()
    assert not np.any(reading.runs())
    assert reading.count(reading.in_run).tolist() == [0, 0]
    assert [edge.tolist() for edge in reading.beside(["the"])] == [[False] * len(reading.ids)] * 2


def test_words_in_any_case_are_counted_together():
    reading = read(["Robot arms. A robot and ROBOT arm."], is_stop=lambda word: word == "and")
    counts = of_words(reading, reading.count(reading.in_run))
    assert counts == {
        "": 0, "'s": 0, "Robot": 3, "robot": 3, "ROBOT": 3, "arms": 1, "arm": 1, "A": 0, "and": 0,
    }  # fmt: skip
    assert reading.lower_words[reading.words.index("ROBOT")] == "robot"


def test_runs_are_of_several_content_words():
    reading = read(["Red robot arms, hands. The big cup"], is_stop=lambda word: word == "The")
    longer, begins, ends = (
        [reading.words[i] for i in reading.ids[where]] for where in reading.runs()
    )
    assert longer == ["Red", "robot", "arms", "big", "cup"]
    assert begins == ["Red", "big"]
    assert ends == ["arms", "cup"]


def test_no_run_goes_on_in_the_next_text():
    assert not np.any(read(["Robot", "arms"]).runs())


def test_nothing_holds_for_the_break():
    reading = read(["Robot, arms"])
    assert of_words(reading, reading.mark(lambda _: True)) == {
        "": False,
        "'s": False,
        "Robot": True,
        "arms": True,
    }
    assert not reading.mark(str.isupper).any()


def test_places_beside_words():
    reading = read(["The arm of the robot. The", "hand"])
    before, after = reading.beside(["the"])
    assert [reading.words[i] for i in reading.ids[before]] == ["of", ""]
    assert [reading.words[i] for i in reading.ids[after]] == ["arm", "robot", ""]
