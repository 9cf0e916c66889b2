import math
from collections import Counter

import numpy as np
import pytest

from absclust.text.word_index import WordIndex, words_of
from tests.abstracts import CHINESE, FRENCH, GERMAN

TEXTS = [
    "Owls hoot at night. Owls hunt mice.",
    "Mice hide from owls",
    "A robot arm grasps cups; the robot's hand is soft",
    "Proteins fold",
]


def bm25(texts, query, k1=1.2, b=0.75):
    """Return scores by the formula of Robertson and Zaragoza (2009), word by word."""
    bags = [Counter(words_of(text)) for text in texts]
    mean = sum(bag.total() for bag in bags) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for word in set(words_of(query)):
            n = sum(word in other for other in bags)
            idf = math.log(1 + (len(bags) - n + 0.5) / (n + 0.5))
            length = 1 - b + b * bag.total() / mean
            score += idf * bag[word] * (k1 + 1) / (bag[word] + k1 * length)
        scores.append(score)
    return scores


@pytest.mark.parametrize("query", ["owls", "the robot's owl", "mice mice at night", "zebra"])
def test_scores_are_those_of_the_formula(query):
    np.testing.assert_allclose(
        WordIndex.of(TEXTS).scores(query), bm25(TEXTS, query), rtol=1e-5, atol=1e-7
    )


@pytest.mark.parametrize("abstracts", [FRENCH, GERMAN, CHINESE])
def test_other_languages(abstracts):
    texts = [text for of_subject in abstracts.values() for text in of_subject]
    index = WordIndex.of(texts)
    for number, text in enumerate(texts):
        assert index.scores(text).argmax() == number


def test_forms_spellings_accents_and_hyphens_are_no_difference():
    index = WordIndex.of(["Behavior of a naive agent: value-based learning", "Nothing of these"])
    for query in ("behaviours", "naïve", "AGENTS", "value", "Value based"):
        assert index.scores(query)[0] > 0, query
    assert not index.scores("behaving").any()


def test_chinese_is_read_in_pairs():
    index = WordIndex.of(["水稻产量的研究", "桥梁的振动"])
    assert index.scores("产量").tolist()[1] == 0 < index.scores("产量")[0]


def test_numbers_and_single_letters_can_be_found():
    assert WordIndex.of(["GPT-4 in R", "GPT-3 in Python"]).scores("gpt-4").argmax() == 0
    assert WordIndex.of(["GPT-4 in R", "GPT-3 in Python"]).scores("R").tolist()[1] == 0


def test_a_paper_takes_eight_bytes_for_each_of_its_words():
    weights = WordIndex.of(TEXTS).weights
    assert weights.indices.dtype == np.int32
    assert weights.data.dtype == np.float32
    assert weights.nnz == sum(len(set(words_of(text))) for text in TEXTS)
