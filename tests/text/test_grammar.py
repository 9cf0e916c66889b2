import pytest

from absclust.text.grammar import grammar_of


def runs(*stretches):
    return [[stretch.split() for stretch in stretches]]


def test_romance_nouns_come_first():
    not_first, not_last = grammar_of("fr").edges(
        runs(
            "changement climatique", "réchauffement climatique", "changement rapide", "climatique"
        ),
        [],
    )
    assert "climatique" in not_first
    assert "changement" not in not_first
    assert not not_last


def test_elsewhere_nouns_come_last():
    not_first, not_last = grammar_of("nl").edges(
        runs("neurale netwerken", "neurale modellen", "diepe netwerken"), []
    )
    assert {"neurale", "diepe"} <= not_last
    assert "netwerken" not in not_last
    assert not not_first


def test_elided_articles_are_words_of_their_own():
    spaced = grammar_of("fr").spaced("l'eau d’une rivière").split()
    assert "eau" in spaced
    assert "une" in spaced


@pytest.mark.parametrize(
    ("language", "word", "expected"),
    [
        ("de", "System", False),
        ("de", "Recht", True),
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
    assert grammar_of(language).is_candidate((word,)) == expected
