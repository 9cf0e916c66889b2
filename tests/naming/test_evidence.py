from collections import Counter

import numpy as np
import pytest

from absclust.naming import evidence as module
from absclust.naming.evidence import Evidence
from absclust.naming.keywords import theme_centres
from absclust.naming.names import name_themes
from tests.abstracts import CHINESE, FRENCH, GERMAN

ENGLISH = "This paper studies neural networks for the prediction of river flow."
FRENCH_TOO = "Cet article étudie les réseaux de neurones pour la prévision du débit des rivières."


def evidence_of(*texts, titles=None, keywords=None):
    return Evidence.of(texts, titles or [""] * len(texts), keywords)


@pytest.fixture
def calls(monkeypatch):
    """Count the calls of what reads or embeds texts; each call counts as many as its texts."""
    counts = Counter()

    def counted(owner, name, texts_of):
        original = getattr(owner, name)

        def wrapper(*args, **kwargs):
            counts[name] += len(texts_of(args))
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, wrapper)

    from absclust.embedding import builtin, tokens
    from absclust.text import phrases

    counted(module, "keyed_words", lambda args: args[0])
    counted(module, "count_phrases", lambda args: range(args[0].n_papers))
    counted(module, "paper_languages", lambda args: args[0])
    counted(phrases, "count_entries", lambda args: args[:1])
    counted(tokens, "count_tokens", lambda args: args[0])
    counted(builtin.BuiltinEmbedder, "encode", lambda args: args[1])
    return counts


def test_each_text_is_read_once(calls):
    texts = [*GERMAN["recht"], *GERMAN["pflanzen"], ENGLISH, ENGLISH]
    evidence = evidence_of(*texts)
    for labels in ([0] * 4 + [1] * 4 + [2] * 2, [0, 1] * 5, [0] * 8 + [1] * 2):
        name_themes(evidence, np.array(labels))
        evidence.uses(["Recht"])
        evidence.meaning("en")
    assert calls["paper_languages"] == calls["keyed_words"] == calls["count_phrases"] == 10
    assert calls["count_tokens"] == 20  # texts and titles
    assert calls["count_entries"] == 2  # languages
    assert evidence.phrases("de") is evidence.phrases("de")
    assert evidence.meaning("en") is evidence.meaning("en")


def test_phrases_and_sentences_of_all_themes_are_embedded_at_once(monkeypatch):
    from absclust.embedding.builtin import BuiltinEmbedder

    encode, n_calls = BuiltinEmbedder.encode, Counter()

    def counted(self, texts):
        n_calls["encode"] += 1
        return encode(self, texts)

    monkeypatch.setattr(BuiltinEmbedder, "encode", counted)
    texts = [f"The {of} owls hoot in the dark, and {of} mice are all that they eat. Robots walk."
             for of in ("north", "south", "east", "west")]  # fmt: skip
    named = name_themes(Evidence.of(texts, [""] * 4), np.arange(4))
    assert all(name.keywords and name.sentence for name in named)
    assert n_calls["encode"] == 2


def test_what_is_not_asked_for_is_not_read(calls):
    evidence = evidence_of(*GERMAN["recht"], ENGLISH)
    assert not calls
    evidence.phrases("de")
    assert calls == {"paper_languages": 5, "keyed_words": 4, "count_phrases": 4}


def test_who_uses_keywords_is_found_without_counting_phrases(calls):
    evidence_of(*GERMAN["recht"], ENGLISH).uses(["Recht"])
    assert calls == {"paper_languages": 5, "keyed_words": 5, "count_entries": 2}


def test_the_papers_that_small_themes_need_are_read_once(monkeypatch):
    monkeypatch.setattr("absclust.sizes.READ_FOR_NAMES", 4)
    evidence = evidence_of(*(f"Robot number {i}." for i in range(10)))
    first = evidence.covering(np.repeat([0, 1], [9, 1]))
    assert len(first.papers) == 10
    assert evidence.covering(np.repeat([1, 0], [9, 1])) is first


def test_a_large_corpus_is_sampled_evenly(monkeypatch):
    monkeypatch.setattr("absclust.sizes.READ_FOR_NAMES", 4)
    texts = [f"Robot number {i}." for i in range(10)]
    evidence = evidence_of(
        *texts, titles=[f"Title {i}" for i in range(10)], keywords=[[f"key {i}"] for i in range(10)]
    )
    assert evidence.papers.tolist() == [0, 3, 6, 9]
    assert evidence.texts == [texts[i] for i in (0, 3, 6, 9)]
    assert evidence.titles == ["Title 0", "Title 3", "Title 6", "Title 9"]
    assert evidence.uses(["robot"]).shape == (4, 1)
    assert len(evidence.languages) == 4


def test_themes_of_a_large_corpus_are_named_from_the_sample(monkeypatch):
    monkeypatch.setattr("absclust.sizes.READ_FOR_NAMES", 4)
    monkeypatch.setattr(module, "_FEWEST", 2)
    texts = ["A robot arm."] + ["An owl."] * 2 + ["A robot arm."] + ["An owl."] * 2
    texts += ["The wheat harvest."] + ["An owl."] * 2 + ["The wheat harvest."]
    names = name_themes(evidence_of(*texts), np.repeat([0, 1], 5))
    assert [name.name for name in names] == ["Robot arm", "Wheat harvest"]
    assert not any("owl" in name.keywords for name in names)


def test_small_themes_of_a_large_corpus_have_papers_read(monkeypatch):
    monkeypatch.setattr("absclust.sizes.READ_FOR_NAMES", 4)
    texts = [*["An owl."] * 8, "A robot arm.", "A robot arm.", "An owl.", "An owl."]
    evidence, labels = evidence_of(*texts), np.repeat([0, 1, 0], [8, 2, 2])
    assert not (labels[evidence.papers] == 1).any()
    assert set(evidence.covering(labels).papers.tolist()) >= {8, 9}
    assert [name.name for name in name_themes(evidence, labels)] == ["Owl", "Robot arm"]


def test_evidence_that_is_enough_is_kept():
    evidence = evidence_of("A robot.", "An owl.")
    assert evidence.covering(np.array([0, 1])) is evidence


def test_themes_are_named_in_the_language_of_most_of_their_papers():
    texts = [*GERMAN["recht"], *FRENCH["climat"][:3], ENGLISH, FRENCH_TOO]
    evidence = evidence_of(*texts)
    assert evidence.languages == ["de"] * 4 + ["fr"] * 3 + ["en", "fr"]
    themes = np.array([0, 0, 0, 1, 1, 1, 1, 0, 2])
    assert evidence.themes_in(themes) == {"de": [0], "fr": [1, 2]}
    assert evidence.read_in("de").tolist() == [0, 1, 2, 3]
    assert evidence.read_in("fr").tolist() == [4, 5, 6, 8]
    assert evidence.phrases("fr").uses.shape[0] == 4


def test_papers_without_a_theme_have_no_say_in_its_language():
    evidence = evidence_of(ENGLISH, *GERMAN["recht"], ENGLISH)
    assert evidence.themes_in(np.array([0, -1, -1, -1, 1, 1])) == {"en": [0, 1]}
    assert evidence.themes_in(np.full(6, -1)) == {}


def test_only_one_language_of_a_bilingual_abstract_is_read():
    german, english = " ".join(GERMAN["recht"]), "The basic rights are protected by the court."
    phrases = evidence_of(f"{german} {' '.join([english] * 5)}").phrases("de")
    assert phrases.find([phrases.words.keys.of("Grundrechte")]) >= 0
    assert not {"court", "rights"} & set(phrases.words.reading.words)


def test_an_english_corpus_is_read_as_a_whole():
    texts = [ENGLISH, "E. coli and S. aureus made de novo.", "Owls"]
    evidence = evidence_of(*texts)
    assert evidence.themes_in(np.array([0, 1, 0])) == {"en": [0, 1]}
    reading = evidence.phrases("en").words.reading
    assert {"coli", "aureus", "novo", "Owls", "flow"} <= set(reading.words)


def test_which_papers_use_keywords():
    evidence = evidence_of(
        "Reinforcement learning (RL).", "An RL agent.", "An owl.", *GERMAN["recht"],
        titles=["", "", "An agent", "", "", "", ""],
        keywords=[[], [], ["owls", "RL"], [], [], [], []],
    )  # fmt: skip
    used = evidence.uses(["RL", "agents", "Owl", "Grundrechte", "night"])
    assert used.shape == (7, 5)
    assert used[:3].tolist() == [
        [True, False, False, False, False],
        [True, True, False, False, False],
        [False, False, True, False, False],  # the text counts, not the title
    ]
    assert used[3:, 3].tolist() == [True, True, False, True]
    assert not used[3:, [0, 1, 2, 4]].any()
    assert evidence.uses([]).shape == (7, 0)


def test_phrases_are_embedded_once(calls):
    evidence = evidence_of(ENGLISH)
    vectors = evidence.embed(["robot arm", "owl", "robot arm"])
    assert calls["encode"] == 2
    assert np.array_equal(vectors[0], vectors[2])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    again = evidence.embed(["owl", "robot hand"])
    assert calls["encode"] == 3
    assert np.array_equal(again[0], vectors[1])
    assert vectors[0] @ again[1] > vectors[0] @ again[0]


def test_the_meaning_of_papers_and_of_their_titles():
    evidence = evidence_of(ENGLISH, "The owls hoot.", titles=["Neural networks", ""])
    meaning = evidence.meaning("en")
    of_texts, of_titles = meaning.texts, meaning.titles
    assert meaning.by_model
    assert of_texts.shape == of_titles.shape
    assert np.allclose(np.linalg.norm([of_texts, of_titles], axis=2), 1)
    assert np.array_equal(of_texts[1], of_titles[1])  # it has no title
    assert not np.allclose(of_texts[0], of_titles[0])


def test_in_a_language_that_the_model_does_not_know_a_phrase_means_what_its_papers_mean():
    nets, corn, bridges = CHINESE.values()
    evidence = evidence_of(*nets, *corn, *bridges)
    assert not evidence.meaning("zh").by_model
    groups = np.repeat(np.eye(3), [len(nets), len(corn), len(bridges)], axis=0)
    vectors = evidence.meaning("zh").of_users(groups)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    centres, _ = theme_centres(evidence.meaning("zh"), groups.argmax(axis=1), 3)
    assert (vectors @ centres.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_no_papers():
    evidence = evidence_of()
    assert evidence.languages == []
    assert evidence.themes_in(np.zeros(0, dtype=int)) == {}
    assert evidence.uses(["robot"]).shape == (0, 1)
    assert name_themes(evidence, np.zeros(0, dtype=int)) == []
