import pytest

from absclust.text.phrases import count_phrases, find_acronyms
from absclust.text.stopwords import is_stop_word_in
from tests.abstracts import CHINESE, FRENCH, GERMAN


def count(*texts):
    return count_phrases(texts, [""] * len(texts), [0] * len(texts))


def test_phrases_are_cut_at_stop_words_and_punctuation():
    papers = count("We propose reward models, value functions and the policy of agents.").papers
    assert {"reward model", "value function"} <= set(papers)
    assert not any("propose" in key or "and" in key.split() for key in papers)
    assert "model value" not in papers


def test_papers_are_counted_once():
    # min_df counts documents, not topics (BERTopic#1665).
    counts = count("Robot arms. Robot arms. Robot arms.", "Robot arms.")
    assert counts.papers["robot arm"][0] == 2


def test_titles_weigh_more():
    counts = count_phrases(["Robot arms. We grasp."], ["Robot arms"], [0])
    assert counts.weight["robot arm"][0] > counts.papers["robot arm"][0] == 1


@pytest.mark.parametrize(
    ("texts", "key", "shown"),
    [
        (["Deep Q-Learning wins.", "deep Q-learning loses."], "q learning", "Q-learning"),
        (["RLHF helps.", "RLHF fails."], "rlhf", "RLHF"),
        (["The mRNA level.", "An mRNA."], "mrna", "mRNA"),
        (["GPT-4 is large.", "GPT-4 is slow."], "gpt 4", "GPT-4"),
        (["Bellman residuals.", "A Bellman residual."], "bellman residual", "Bellman residual"),
        (
            ["Robot Grasping.", "a robot grasping.", "robot grasping"],
            "robot grasping",
            "robot grasping",
        ),
    ],
)
def test_the_form_that_papers_use(texts, key, shown):
    assert count(*texts).surface(key) == shown


def test_singular_and_plural_and_hyphens_are_one_phrase():
    counts = count("vision-language models", "a vision language model")
    assert counts.papers["vision language model"][0] == 2


def test_an_acronym_and_what_it_stands_for_are_one_phrase():
    counts = count("Graph neural networks (GNNs) and GNNs.", "A GNN.", "Graph neural network.")
    assert counts.papers["graph neural network"][0] == 3
    assert "gnn" not in counts.papers


@pytest.mark.parametrize(
    ("text", "acronyms"),
    [
        ("large language models (LLMs)", {"LLM": "large language model"}),
        ("direct preference optimisation (DPO),", {"DPO": "direct preference optimisation"}),
        ("the Transport Agency (EPA)", {}),
        ("state (US) law", {}),
        ("vision-language models (VLMs; see below)", {"VLM": "vision language model"}),
    ],
)
def test_acronyms(text, acronyms):
    assert find_acronyms([text]) == acronyms


@pytest.mark.parametrize(
    "text",
    ["128 3.5 10k 7B 2020-21", "deep generative", "highly quickly", "We propose a novel method"],
)
def test_what_is_not_a_phrase(text):
    assert not {k for k in count(text).papers if k not in {"deep"}}


def test_fragments_of_a_longer_phrase_are_dropped():
    counts = count(*["large reasoning engine room"] * 3)
    assert set(counts.papers) == {"large reasoning engine room"}


def test_verbs_do_not_begin_phrases():
    texts = ["predicting gene expression", "predicting stock prices", "we study semantic parsing"]
    counts = count(*texts * 2)
    assert "gene expression" in counts.papers
    assert "predicting gene expression" not in counts.papers
    assert "semantic parsing" in counts.papers


def shown(language, texts):
    counts = count_phrases(texts, [""] * len(texts), [0] * len(texts), language)
    return {counts.surface(key) for key in counts.papers}


@pytest.mark.parametrize(
    ("language", "themes", "phrases"),
    [
        (
            "de",
            GERMAN,
            {"neuronale Netze", "maschinelles Lernen", "europäisches Kartellrecht", "Grundrechte"},
        ),
        ("fr", FRENCH, {"changement climatique", "apprentissage profond", "archives notariales"}),
        ("zh", CHINESE, {"神经网络", "语音识别", "水稻产量", "悬索桥"}),
    ],
)
def test_phrases_of_other_languages(language, themes, phrases):
    shown_phrases = shown(language, [text for theme in themes.values() for text in theme])
    assert phrases <= shown_phrases
    for phrase in shown_phrases:
        assert not any(is_stop_word_in(language, word) for word in phrase.split()), phrase


def test_forms_of_a_german_word_are_one_phrase():
    texts = ["das neuronale Netz", "mit neuronalen Netzen", "neuronale Netze"]
    counts = count_phrases(texts, [""] * 3, [0] * 3, "de")
    (key,) = (key for key in counts.papers if " " in key)
    assert counts.papers[key][0] == 3


def test_english_rules_do_not_apply_to_other_languages():
    # "-ant" and "-ic" are endings of English adjectives, "-s" of English plurals.
    assert {"Konsonant", "Mosaic", "Kreis"} <= shown("de", ["Konsonant, Mosaic, Kreis."])


def test_an_acronym_of_another_language_is_one_phrase_with_what_it_stands_for():
    texts = ["Künstliche Intelligenz (KI) und KI.", "Die KI.", "Die künstliche Intelligenz."]
    counts = count_phrases(texts, [""] * 3, [0] * 3, "de")
    assert max(papers[0] for papers in counts.papers.values()) == 3


def test_japanese_phrases():
    phrases = shown("ja", ["深層学習モデルを用いた画像認識", "画像認識のための深層学習モデル"])
    assert {"深層学習モデル", "画像認識"} <= phrases


def test_counts_of_parts_are_gathered():
    texts = [
        "A robot and a cup.",
        "A robot and an owl.",
        "A robot in a kitchen.",
        "An owl at night.",
    ]
    counts = count_phrases(texts * 2, [""] * 8, [0, 0, 1, 2] * 2).gathered({0: 0, 1: 0, 2: 1})
    assert counts.papers["robot"] == {0: 6}
    # Used by one of the two parts of theme 0, and by the only part of theme 1.
    assert counts.papers["owl"] == {1: 2}
    assert "kitchen" not in counts.papers
