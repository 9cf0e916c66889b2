import pytest

from absclust.text.stems import related, same_stem, stems


def test_stems_are_folded_words():
    assert stems("Tumour-based Analyses, 3D") == {"tumor", "based", "analysis", "3d"}
    assert stems("…") == frozenset()


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("caption", "captioning", True),
        ("network", "networking", True),
        ("cluster", "clustering", True),
        ("theory", "theoretic", True),
        ("owl", "owl", True),
        ("graph", "grasp", False),
        ("graph", "gravity", False),
        ("robot", "owl", False),
        ("cat", "catalyst", False),  # too short to tell
        ("interpretation", "interaction", False),
    ],
)
def test_words_that_begin_alike_have_the_same_stem(a, b, same):
    assert same_stem(a, b) == same
    assert same_stem(b, a) == same


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("captions", "image captioning", True),
        ("Tumour growth", "brain tumors", True),
        ("graph-based models", "Graphs", True),
        ("owls", "robots", False),
        ("", "robots", False),
    ],
)
def test_related_phrases_share_a_word_or_stem(a, b, expected):
    assert related(a, b) == expected
    assert related(b, a) == expected
