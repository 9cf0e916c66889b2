import re
import warnings
from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from absclust import LanguageWarning, cluster_abstracts
from absclust.corpus.clean import clean_text
from absclust.naming import names as naming
from absclust.naming.evidence import Evidence
from absclust.naming.names import MAX_NAME_LENGTH
from absclust.text.stopwords import is_stop_word_in
from absclust.text.words import fold_plural, is_stop_word
from tests.abstracts import CHINESE, FRENCH, GERMAN


def name_themes(texts, titles, labels, keywords=None, **options):
    return naming.name_themes(Evidence.of(texts, titles, keywords), labels, **options)


def words_of(name):
    return name.replace(",", "").split()


def test_names_distinguish_themes():
    texts = ["Protein folding in cells."] * 1 + ["Folding of proteins; protein folding."]
    texts += ["Robot arms grasp cups.", "A robot arm grasps tools."]
    names = name_themes(texts, [""] * 4, np.array([0, 0, 1, 1]))
    assert names[0].name.startswith("Protein folding")
    assert names[1].name.startswith("Robot arm")


def test_sample_names_contain_no_stop_word_and_are_unique(sample_themes):
    # Topics called "the_to_and_of" (BERTopic#181, #502).
    names = [theme.name for theme in sample_themes]
    assert len({n.lower() for n in names}) == len(names)
    assert max(len(name.removeprefix("Mixed: ")) for name in names) <= MAX_NAME_LENGTH
    for name in names:
        assert not any(map(is_stop_word, words_of(name))), name
        assert len(set(words_of(name.lower()))) == len(words_of(name)), name


def test_sample_keywords_contain_no_stop_word_and_no_nested_phrase(sample_themes):
    for theme in sample_themes:
        assert len(theme.keywords) >= (4 if theme.mixed else 5)
        assert len({k.lower() for k in theme.keywords}) == len(theme.keywords)
        for keyword in theme.keywords:
            assert not any(map(is_stop_word, keyword.split())), keyword


def test_copyright_lines_name_no_theme(sample_themes):
    # Boilerplate becomes a topic (BERTopic#27).
    text = " ".join(k.lower() for theme in sample_themes for k in theme.keywords)
    assert not any(word in text for word in ("elsevier", "springer", "rights", "copyright"))


def test_themes_with_nothing_to_say_get_a_plain_name():
    names = name_themes(["the of", "and to"], ["", ""], np.array([0, 1]))
    assert [n.name for n in names] == ["Theme 0", "Theme 1"]


def test_equal_themes_get_different_names():
    texts = ["robot arm grasp", "robot arm grasp again"] * 2
    names = name_themes(texts, [""] * 4, np.array([0, 0, 1, 1]))
    assert names[0].name != names[1].name


def test_unassigned_papers_name_nothing():
    names = name_themes(["robot arm", "owl hoot"], ["", ""], np.array([0, -1]))
    assert len(names) == 1
    assert "owl" not in names[0].keywords


@pytest.mark.parametrize("size", [1, 2, 3])
def test_small_themes_are_named(size):
    names = name_themes(["Reward models for agents."] * size, [""] * size, np.zeros(size, int))
    assert names[0].name != "Theme 0"


def name_subjects(*groups, order=None):
    texts = [text for group in groups for text in group]
    labels = np.repeat(range(len(groups)), [len(group) for group in groups])
    order = np.arange(len(texts)) if order is None else order
    return name_themes([texts[i] for i in order], [""] * len(texts), labels[order])


@pytest.mark.parametrize(
    ("language", "themes", "keywords"),
    [
        ("de", GERMAN, ["neuronale Netze", "Grundrechte", "Photosynthese"]),
        ("fr", FRENCH, ["changement climatique", "apprentissage profond", "archives notariales"]),
        ("zh", CHINESE, ["神经网络", "氮肥", "悬索桥"]),
    ],
)
def test_names_in_other_languages_contain_no_stop_word(language, themes, keywords):
    # Stop words in names (BERTopic#181, #502).
    names = name_subjects(*themes.values())
    for theme, keyword in zip(names, keywords, strict=True):
        assert keyword in theme.keywords
        for phrase in (*theme.keywords, *theme.name.split(", ")):
            assert not any(is_stop_word_in(language, word) for word in phrase.split()), phrase


def test_each_theme_is_named_in_the_language_of_most_of_its_papers():
    english = ["The reward of a robot arm.", "A robot arm and its reward.", "Of robot arms."]
    groups = [[*english, *GERMAN["recht"][:2]], [*GERMAN["pflanzen"], *english[:1]]]
    names = name_subjects(*groups, FRENCH["climat"])
    assert names[0].name.startswith("Robot arm")
    assert "Pflanzen" in names[1].keywords
    assert "changement climatique" in names[2].keywords
    order = np.random.default_rng(0).permutation(sum(map(len, groups)) + 4)
    again = name_subjects(*groups, FRENCH["climat"], order=order)
    assert [(n.name, n.keywords) for n in again] == [(n.name, n.keywords) for n in names]
    said = [[n.sentence.text for n in of if n.sentence] for of in (again, names)]
    assert said[0] == said[1]


def test_a_few_foreign_papers_do_not_change_english_names():
    # "die" and "on" are German and French stop words; "die" is a tool here.
    casting = ["The casting die of this press is made of steel.", "On the wear of a casting die."]
    owls = ["The owls of the north hoot at night.", "At night these owls are on the hunt."]
    alone = name_subjects(casting, owls)
    among = name_subjects([*casting, GERMAN["recht"][0]], [*owls, FRENCH["climat"][0]])
    assert among == alone
    assert any("die" in keyword.split() for keyword in alone[0].keywords)


@pytest.mark.parametrize(("name", "language"), [("csl_zh", "zh"), ("tib_mixed_de_en", "de")])
def test_real_names_in_other_languages(labelled, name, language):
    papers = labelled(name)
    papers = papers[papers.lang == "de"] if language == "de" else papers
    papers = papers[papers.label.isin(papers.label.value_counts().index[:6])]
    labels = np.unique(papers.label, return_inverse=True)[1]
    texts = [f"{t}. {a}" for t, a in zip(papers.title, papers.abstract, strict=True)]
    for theme in name_themes(texts, papers.title.tolist(), labels):
        assert not theme.name.startswith("Theme ")
        for word in " ".join(theme.keywords).split():
            assert not is_stop_word_in(language, word), theme.keywords


BOILERPLATE = re.compile(
    r"we propose|state[ -]of[ -]the[ -]art|extensive experiments|in this paper|code is available|"
    r"https?:|www\.|arxiv|\\|[$^{}]|(?<![-\w.])\d+(?!\w)|rights reserved|elsevier",
    re.IGNORECASE,
)


LANGUAGES = {"csl_zh": ["zh"], "tib_mixed_de_en": ["de", "en"]}
STOP_WORDS = {
    "en": is_stop_word,
    "de": partial(is_stop_word_in, "de"),
    "zh": partial(is_stop_word_in, "zh"),
}


@pytest.mark.slow
@pytest.mark.parametrize("by", ["label", "default call"])
@pytest.mark.parametrize(
    "corpus",
    [
        "aaai21_clusters", "arxiv_ml", "csl_zh", "iclr26_areas", "nlp_tracks", "pubmed5terms",
        "tib_mixed_de_en", "wos_1k",
    ],
)  # fmt: skip
def test_real_names_are_names(labelled, corpus, by):
    papers = labelled(corpus)[:1200]
    columns = [name for name in ("title", "abstract") if name in papers]
    if by == "label":
        titles = [clean_text(t) for t in papers.get("title", pd.Series("", papers.index))]
        texts = [clean_text(". ".join(row)) for row in papers[columns].itertuples(index=False)]
        names = name_themes(texts, titles, np.unique(papers.label, return_inverse=True)[1])
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LanguageWarning)
            names = list(cluster_abstracts(papers[columns]))
    # In a corpus of two languages, a noun of one may be a stop word of the other.
    languages = [STOP_WORDS[code] for code in LANGUAGES.get(corpus, ["en"])]
    assert len({theme.name.casefold() for theme in names}) == len(names)
    for theme in names:
        words = theme.name.lower().replace(",", " ").replace(":", " ").split()
        assert 0 < len(theme.name.removeprefix("Mixed: ")) <= MAX_NAME_LENGTH, theme.name
        assert len(set(map(fold_plural, words))) == len(words), theme.name
        for text in (theme.name, *theme.keywords):
            assert not BOILERPLATE.search(text), text
            stops = [w for w in words_of(text) if all(is_stop(w) for is_stop in languages)]
            assert not [w for w in stops if w.islower()], text


def test_a_phrase_yields_to_what_more_papers_share():
    texts = ["Aseptic meningitis in children.", "Aseptic meningitis of adults."]
    texts += [f"Meningitis and the {word}." for word in ("brain", "fever", "nerve", "skull")] * 2
    owls = [f"The owls of the {word} hoot." for word in ("north", "south", "wood", "barn", "sea")]
    name = name_subjects(texts, owls)[0].name.lower()
    assert name.startswith("meningitis")
    assert "aseptic" not in name


def test_authors_keywords_are_candidates_and_shown():
    texts = ["We link many small devices.", "Our devices talk to each other.", "On small devices."]
    keywords = [["Internet of Things", "sensor"], ["internet of things"], ["Internet of things"]]
    owls = ["The owls of the north hoot.", "Owls hoot.", "On the owls."]
    titles = [""] * 6
    labels = np.repeat([0, 1], 3)
    named = name_themes([*texts, *owls], titles, labels, [*keywords, [], [], []])
    # It is in no text, and would be no phrase in one.
    assert "internet of things" in [k.lower() for k in named[0].keywords]
    assert [k.lower() for k in named[0].author_keywords] == ["internet of things"]
    assert named[1].author_keywords == ()
    without = name_themes([*texts, *owls], titles, labels)[0]
    assert "internet of things" not in [k.lower() for k in without.keywords]
    assert without.author_keywords == ()


def test_variants_of_a_phrase_are_one_keyword():
    texts = [
        "Dialectical behavior therapy helps.",
        "The dialectical behaviour therapy of adults.",
        "On dialectical behaviour therapies and moods.",
        "A mood and a dialectical-behavior therapy.",
    ]
    owls = ["The owls of the north hoot.", "Owls hoot.", "On the owls."]
    keywords = [k.lower() for k in name_subjects(texts, owls)[0].keywords]
    assert sum("therap" in keyword for keyword in keywords) == 1


def test_of_themes_that_begin_alike_what_tells_them_apart_leads():
    parts = [
        [SimpleNamespace(surface=word) for word in ("robots", other)] for other in ("owls", "bees")
    ]
    names = naming._unique_names([[parts[0]], [parts[1]]], {})
    assert [name for name, _ in names] == ["Owls, robots", "Bees, robots"]


def test_what_most_papers_of_a_corpus_say_names_no_theme_of_it():
    subjects = ("barn owls", "honey bees", "grass snakes")
    texts = [f"Coral reefs and {subject} of the {x}." for subject in subjects for x in "ABCD"]
    for name in name_themes(texts, [""] * 12, np.repeat([0, 1, 2], 4)):
        assert "reef" not in " ".join((name.name, *name.keywords)).lower()


def test_a_bare_word_is_a_name_only_if_there_is_no_other():
    health = ["Health of owls.", "The health of snakes.", "The health of bees."]
    bees = ["The wing of a bee."] * 3
    assert name_themes([*health, *bees], [""] * 6, np.repeat([0, 1], 3))[0].name != "Health"
    alone = name_themes(["The health of them.", "Of health."], [""] * 2, np.zeros(2, int))
    assert alone[0].name == "Health"
