import pickle

import pytest

from absclust.text.grammar import grammar_of
from absclust.text.reading import read


def edges(language, *stretches):
    """Return the words that can't begin a phrase, and those that can't end one."""
    grammar = grammar_of(language)
    reading = read([f"{stretch}." for stretch in stretches], is_stop=grammar.is_stop)
    return [
        {word for word, is_so in zip(reading.words, of_end, strict=True) if word and is_so}
        for of_end in grammar.edges(reading)
    ]


def test_romance_nouns_come_first():
    not_first, not_last = edges(
        "fr", "changement climatique", "réchauffement climatique", "changement rapide", "climatique"
    )
    assert "climatique" in not_first
    assert "changement" not in not_first
    assert not not_last


def test_elsewhere_nouns_come_last():
    not_first, not_last = edges("nl", "neurale netwerken", "neurale modellen", "diepe netwerken")
    assert {"neurale", "diepe"} <= not_last
    assert "netwerken" not in not_last
    assert not not_first


def test_english_modifiers_and_verbs_end_no_phrase():
    nouns = ("depth", "vision", "cue", "lens", "video", "sensor", "view", "camera")
    texts = [f"monocular {noun}" for noun in nouns] + ["they fool", "to fool", "can fool", "fool a"]
    _, not_last = edges("en", *texts)
    assert {"monocular", "fool"} <= not_last
    assert not not_last & set(nouns)


def test_elided_articles_are_words_of_their_own():
    spaced = grammar_of("fr").spaced("l'eau d’une rivière").split()
    assert "eau" in spaced
    assert "une" in spaced


@pytest.mark.parametrize(
    ("language", "word", "expected"),
    [
        ("de", "System", False),
        ("de", "Recht", True),
        ("en", "learning", False),
        ("en", "generative", False),
        ("en", "kg", False),
        ("en", "RL", True),
        ("en", "forest", True),
        ("fr", "modèle", False),
        ("fr", "forêt", True),
        ("fr", "kg", False),
        ("ja", "学習", False),
        ("ja", "稲作", True),
        ("ko", "신경망", True),
        ("sv", "skog", True),
    ],
)
def test_words_that_can_stand_alone(language, word, expected):
    grammar = grammar_of(language)
    assert (grammar.is_subject(word) and grammar.can_end(word)) == expected


@pytest.mark.parametrize("language", ["de", "en", "fr", "ja", "ko", "zh"])
def test_a_grammar_can_be_sent_to_a_worker(language):
    # A map holds the evidence of its layers, and that holds the grammars.
    sent = pickle.loads(pickle.dumps(grammar_of(language)))
    assert sent.fold("Modelle") == grammar_of(language).fold("Modelle")
