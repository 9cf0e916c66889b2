import numpy as np
import pytest

from absclust.text.grammar import grammar_of
from absclust.text.phrases import (
    DECLARED,
    IN_TEXT,
    IN_TITLE,
    PhraseKeys,
    count_phrases,
    keyed_words,
)
from absclust.text.reading import words_in
from absclust.text.stopwords import is_stop_word_in
from tests.abstracts import CHINESE, FRENCH, GERMAN


def count(*texts, titles=None, keywords=(), language="en"):
    return count_phrases(keyed_words(texts, titles or [""] * len(texts), keywords, language))


def keys_of(phrases):
    """Return the keys of all phrases that are no fragments."""
    return {phrases.keys[i] for i in np.flatnonzero(~phrases.fragment).tolist()}


def n_papers(phrases, key):
    (number,) = phrases.find([key])
    return int(phrases.n_papers[number]) if number >= 0 else 0


def surface(phrases, key):
    return phrases.surfaces(phrases.find([key]))[0]


def test_phrases_are_cut_at_stop_words_and_punctuation():
    keys = keys_of(count("We propose reward models, value functions and the policy of agents."))
    assert {"reward model", "value function"} <= keys
    assert not any("propose" in key or "and" in key.split() for key in keys)
    assert "model value" not in keys


def test_papers_are_counted_once():
    # min_df counts documents, not topics (BERTopic#1665).
    assert n_papers(count("Robot arms. Robot arms. Robot arms.", "Robot arms."), "robot arm") == 2


def test_how_papers_use_a_phrase():
    phrases = count(
        "Robot arms. We grasp.", "A robot arm.", "We grasp.",
        titles=["Robot arms", "", ""],
        keywords=[[], ["Robot arm", "grasping"], ["robot arms of steel", "robot arms"]],
    )  # fmt: skip
    used = phrases.uses[:, phrases.find(["robot arm"])].toarray().ravel().tolist()
    assert used == [IN_TEXT | IN_TITLE, IN_TEXT | DECLARED, DECLARED]
    assert n_papers(phrases, "robot arm of steel") == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Alzheimer's disease", "alzheimer’s disease"),
        ("kernel methods", "kernel method"),  # "method" is a stop word
        ("robot arms of steel", "robot arm of steel"),
    ],
)
def test_keywords_of_authors_are_taken_whole(a, b):
    phrases = count("We grasp.", "We grasp.", keywords=[[a], [b]])
    (declared,) = np.unique(phrases.uses.indices[phrases.uses.data == DECLARED])
    assert phrases.n_papers[declared] == 2
    assert (
        phrases.find([phrases.words.keys.of(a), phrases.words.keys.of(b)]).tolist()
        == [declared] * 2
    )


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
    assert surface(count(*texts), key) == shown


def test_singular_and_plural_and_hyphens_are_one_phrase():
    phrases = count("vision-language models", "a vision language model")
    assert n_papers(phrases, "vision language model") == 2


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("dialectical behaviour therapy", "dialectical behavior therapy"),
        ("Tumour modelling", "tumor modeling"),
        ("pre-trained model", "pretrained models"),
        ("haemorrhage analyses", "hemorrhage analysis"),
        ("virus", "viruses"),
    ],
)
def test_spellings_are_one_phrase(a, b):
    phrases = count(f"The {a}.", f"A {b}.")
    assert max(phrases.n_papers) == 2


def test_an_acronym_and_what_it_stands_for_are_one_phrase():
    phrases = count(
        "We use graph neural networks (GNNs) and GNNs.", "A GNN.", "Graph neural networks."
    )
    assert n_papers(phrases, "graph neural network") == 3
    assert "gnn" not in keys_of(phrases)
    assert surface(phrases, "graph neural network") == "graph neural networks"


def test_an_acronym_that_is_hardly_spelled_out_is_shown():
    phrases = count("Large language models (LLMs).", *["The LLMs."] * 9)
    assert surface(phrases, "large language model") == "LLMs"


@pytest.mark.parametrize(
    "text",
    [
        "128 3.5 10k 7B 2020-21 VIII",
        "deep generative",
        "highly quickly",
        "We propose a novel method",
    ],
)
def test_what_is_not_a_phrase(text):
    assert not keys_of(count(text)) - {"deep"}


def test_fragments_of_a_longer_phrase_are_dropped():
    assert keys_of(count(*["large reasoning engine room"] * 3)) == {"large reasoning engine room"}


def test_verbs_do_not_begin_phrases():
    texts = ["predicting gene expression", "predicting stock prices", "we study semantic parsing"]
    keys = keys_of(count(*texts * 2))
    assert "gene expression" in keys
    assert "predicting gene expression" not in keys
    assert "semantic parsing" in keys


def test_modifiers_do_not_end_phrases():
    nouns = ("depth", "vision", "camera", "image", "cue", "video", "sensor", "view")
    texts = [text for noun in nouns for text in (f"Monocular {noun}.", f"The {noun} of a robot.")]
    keys = keys_of(count(*texts * 3))
    assert "monocular depth" in keys
    assert "depth" in keys
    assert "monocular" not in keys


def shown(language, texts):
    phrases = count(*texts, language=language)
    return set(phrases.surfaces(np.flatnonzero(~phrases.fragment)))


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
    phrases = count(*texts, language="de")
    (key,) = (key for key in keys_of(phrases) if " " in key)
    assert n_papers(phrases, key) == 3


def test_english_rules_do_not_apply_to_other_languages():
    # "-ant" and "-ic" are endings of English adjectives, "-s" of English plurals.
    assert {"Konsonant", "Mosaic", "Kreis"} <= shown("de", ["Konsonant, Mosaic, Kreis."])


def test_an_acronym_of_another_language_is_one_phrase_with_what_it_stands_for():
    texts = ["Künstliche Intelligenz (KI) und KI.", "Die KI.", "Die künstliche Intelligenz."]
    assert max(count(*texts, language="de").n_papers) == 3


def test_japanese_phrases():
    phrases = shown("ja", ["深層学習モデルを用いた画像認識", "画像認識のための深層学習モデル"])
    assert {"深層学習モデル", "画像認識"} <= phrases


def test_no_papers_have_no_phrases():
    assert count_phrases(keyed_words([], [])).uses.shape == (0, 0)
    assert count("the of", "").uses.shape == (2, 0)


def test_keys_replace_acronyms_and_join_words_that_are_also_written_without_a_hyphen():
    keys = PhraseKeys(grammar_of("en"), ["pretraining"], ["Reinforcement learning (RL)."])
    assert keys.of("RL's pre-training") == "reinforcement learning pretraining"


@pytest.mark.parametrize(
    "word",
    ["1,2-dichlorobenzene", "2,3,7,8-TCDD", "La0.7Sr0.3MnO3", "N,N-dimethylformamide", "GPT-3.5",
     "4,4'-bipyridine"],
)  # fmt: skip
def test_a_substance_or_formula_is_one_word(word):
    assert words_in(f"The {word} of p=0.05, as in A,B and C.")[1] == word
    assert word in shown("en", [f"The {word} is here.", f"It has {word}."])


def test_capitals_inside_a_phrase_stay_where_running_text_mostly_has_them():
    texts = ["Corals of the Red Sea. The Red Sea is warm. A sea is red.", "In the Red Sea, a sea."]
    assert "Red Sea" in shown("en", [*texts, "The sea rises.", "A sea falls."])
    titles = ["A Robot Arm Grasps", "The Robot Arm"]
    texts = [f"{title}. Here a robot arm moves." for title in titles]
    phrases = count_phrases(keyed_words(texts, titles))
    assert phrases.surfaces(phrases.find(["robot arm"])) == ["robot arm"]
