"""Which phrases are a theme's keywords, and in which order."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from absclust.naming import keywords
from absclust.naming.evidence import Evidence, Meaning
from absclust.naming.keywords import (
    PHRASE_FEATURES,
    Setting,
    _inside_longer,
    author_keywords,
    candidates,
    learnt_weights,
    meaning,
    ranked_phrases,
    theme_centres,
    theme_keywords,
)
from absclust.naming.theme_use import ThemeUse
from absclust.text.phrases import count_phrases, keyed_words

DATA = Path(__file__).parents[1] / "data"
OWLS = [f"The owls of the {word} hoot." for word in ("north", "south", "wood", "barn", "sea")]


def keywords_of(texts, others=OWLS, titles=None, given=None, **options):
    """Return the keywords of the theme of some texts, beside a theme of others."""
    everything = [*texts, *others]
    titles = [*(titles or [""] * len(texts)), *[""] * len(others)]
    given = [*(given or [[]] * len(texts)), *[[]] * len(others)]
    labels = np.repeat([0, 1], [len(texts), len(others)])
    setting = Setting.of(Evidence.of(everything, titles, given), "en", labels)
    if (centres := options.pop("centres", None)) is not None:
        setting = replace(setting, centres=centres)
    return [s.surface for s in theme_keywords([0], setting, **options)[0]]


def given_use(*themes):
    """Return how themes use authors' keywords, given those of each paper of each theme."""
    papers = [words for theme in themes for words in theme]
    labels = np.repeat(range(len(themes)), [len(theme) for theme in themes])
    phrases = count_phrases(keyed_words(["We show it."] * len(papers), [""] * len(papers), papers))
    return ThemeUse.count(phrases, labels, len(themes))


def test_authors_keywords_are_those_of_two_papers_and_the_characteristic_first():
    robots = [["arms", "sensing"], ["arms", "sensing"], ["sensing", "vision"], ["arms"], []]
    proteins = [["sensing", "folding"], ["folding"], ["sensing"], ["cells"]]
    use = given_use(robots, proteins)
    assert author_keywords(0, use) == ("arms", "sensing")  # both in three papers
    assert author_keywords(1, use) == ("folding", "sensing")
    assert author_keywords(0, use, ["Arm"]) == ("sensing",)
    assert author_keywords(0, given_use([["vision"]], proteins)) == ("vision",)
    assert author_keywords(0, given_use([["vision"], []], proteins)) == ()


def test_ten_authors_keywords_are_shown_those_of_most_papers_first():
    words = ["arms", "boats", "cups", "dogs", "eggs", "foxes", "grass", "hats", "irons", "jars",
             "kites", "lamps"]  # fmt: skip
    papers = [words[:3], *[words] * 2]
    assert author_keywords(0, given_use(papers, [["owls"]])) == tuple(words[:10])
    papers = [words[-1:], *[words] * 2]
    assert author_keywords(0, given_use(papers, [["owls"]])) == ("lamps", *words[:9])


def test_a_frequent_keyword_may_come_before_a_rare_one_that_is_peculiar():
    often = [["imaging"]] * 12 + [["imaging", "owls"]] * 2
    use = given_use(often, [["imaging"], ["cells"], ["cells"], ["cells"], ["cells"]])
    assert author_keywords(0, use) == ("imaging", "owls")
    everywhere = given_use(often, [["imaging"]] * 40)
    assert author_keywords(0, everywhere)[0] == "imaging"


def test_authors_keywords_are_ranked_by_the_papers_that_give_them_here_and_elsewhere():
    here, beyond = {"arms": 3, "boats": 4, "cups": 5}, {"boats": 1, "cups": 3}
    themes = [
        [[word for word, n_papers in given.items() if i < n_papers] for i in range(size)]
        for given, size in ((here, 5), (beyond, 3))
    ]
    # 4 log(1 + 4/5 / (2/4)) = 3.82; 3 log(1 + 3/5 / (1/4)) = 3.67; 5 log(1 + 5/5 / (4/4)) = 3.47
    assert author_keywords(0, given_use(*themes)) == ("boats", "arms", "cups")


def shortlist(here, elsewhere):
    """Return the phrases that are scored, given how many papers of two themes use which words."""
    sizes = max(here.values()), max(elsewhere.values())
    texts = [
        ", ".join(word for word, n_papers in theme.items() if i < n_papers)
        for theme, size in zip((here, elsewhere), sizes, strict=True)
        for i in range(size)
    ]
    setting = Setting.of(Evidence.of(texts, [""] * len(texts)), "en", np.repeat([0, 1], sizes))
    return {phrase.key for phrase in ranked_phrases(0, setting, candidates(0, setting.use))}


def test_phrases_are_shortlisted_by_how_common_they_are_here_and_elsewhere(monkeypatch):
    # A hundred papers of prose use each of these words .007 times, as rare as any word:
    # 10/10 log(10/10 / (8/110)) = 2.6, 3/10 log(3/10 / (.007/110)) = 2.5 and
    # 5/10 log(5/10 / (1/110)) = 2.0.
    here, elsewhere = {"zobel": 10, "vintil": 3, "quarn": 5}, {"zobel": 8, "quarn": 1, "ibbet": 10}
    for n_most, expected in enumerate([{"zobel"}, {"zobel", "vintil"}, set(here), set(here)], 1):
        monkeypatch.setattr(keywords, "_MAX_CANDIDATES", n_most)
        assert shortlist(here, elsewhere) == expected


def test_what_is_as_common_elsewhere_is_not_shortlisted():
    # With a hundred papers of prose, half of the others use it.
    assert shortlist({"zobel": 10, "quarn": 5}, {"quarn": 100}) == {"zobel"}
    assert shortlist({"zobel": 10, "quarn": 6}, {"quarn": 100}) == {"zobel", "quarn"}


def test_of_phrases_as_good_the_first_are_shortlisted(monkeypatch):
    monkeypatch.setattr(keywords, "_MAX_CANDIDATES", 20)
    words = [f"zob{a}{b}" for a in "abcdefgh" for b in "kmpq"]
    here = {word: 3 - i % 2 for i, word in enumerate(words)}
    assert shortlist(here, {"ibbet": 2}) == {*words[::2], *words[1:8:2]}


def test_no_keyword_contains_a_stop_phrase():
    texts = ["Reward models of a robot arm.", "A robot arm and its reward models."]
    assert any("reward model" in word.lower() for word in keywords_of(texts))
    without = keywords_of(texts, stop_phrases=["Reward-Model"])
    assert not any("reward model" in word.lower() for word in without)
    assert any("robot arm" in word.lower() for word in without)
    assert any("arm" in word.lower() for word in keywords_of(texts, stop_phrases=["ar"]))


def test_a_theme_that_says_nothing_has_no_keywords():
    assert keywords_of(["the of", "and to"]) == []


def test_at_most_twelve_keywords_and_two_with_one_word():
    parts = ("magnets", "pumps", "valves", "lenses", "cables", "springs", "wings", "rotors",
             "wheels", "joints", "motors", "gears", "sensors")  # fmt: skip
    limbs = ("arm", "hand", "leg", "eye")
    texts = [f"We build a robot {limb} with {part}." for limb in limbs for part in parts]
    words = keywords_of(texts)
    assert len(words) == 12
    assert sum("robot" in word.lower() for word in words) == 2


def test_an_acronym_and_what_it_stands_for_are_one_keyword():
    texts = [f"The graph neural networks of {x}." for x in ("maps", "trees", "roads")]
    texts += [f"The GNN of the {x}." for x in ("sea", "wood", "wind")]
    words = keywords_of(texts)
    assert "graph neural networks" in [word.lower() for word in words]
    assert "GNN" not in words
    assert "GNN" in keywords_of(texts[3:])


@pytest.mark.parametrize("word", ["in its title", "by its authors"])
def test_titles_and_authors_make_a_phrase_count_more(word):
    texts = ["Tidal power and wave energy."] * 3
    first, second = keywords_of(texts)[:2]
    options = {"titles": [second] * 3} if word == "in its title" else {"given": [[second]] * 3}
    assert keywords_of(texts, **options)[0].lower() == second.lower() != first.lower()


def ranked(texts, given):
    """Return the phrases of the theme of some texts with authors' keywords, by their keys."""
    evidence = Evidence.of([*texts, *OWLS], [""] * (len(texts) + 5), [*given, *[[]] * 5])
    setting = Setting.of(evidence, "en", np.repeat([0, 1], [len(texts), 5]))
    return {phrase.key: phrase for phrase in ranked_phrases(0, setting, candidates(0, setting.use))}


def test_a_phrase_is_better_the_more_papers_authors_give_it_as_a_keyword():
    texts = ["Tidal energy, salinity."] * 4
    without, one, all_four = (
        ranked(texts, [["salinity"]] * n + [[]] * (4 - n))["salinity"].score for n in (0, 1, 4)
    )
    assert one - without == pytest.approx(0.06 * np.log(1 + 10 / 4), abs=2e-6)
    assert all_four - without == pytest.approx(0.06 * np.log(1 + 10), abs=2e-6)


def test_proper_names_have_a_capital_but_acronyms_are_none():
    found = ranked(["The AI of Paris, a CNN of cats, and Monte Carlo."] * 2, [[]] * 2)
    assert found.keys() == {"ai", "paris", "cnn", "cat", "monte carlo"}
    column = PHRASE_FEATURES.index("proper_name")
    names = {key for key, phrase in found.items() if phrase.features[column]}
    assert names == {"paris", "monte carlo"}


def test_meaning_is_compared_with_a_theme():
    vectors = np.array([[1, 0], [0.6, 0.8]], dtype=np.float32)
    setting = SimpleNamespace(
        centres=np.array([[0, 1], [1, 0]], dtype=np.float32),
        middles=np.array([[0, 1], [0.8, 0.6]], dtype=np.float32),
    )
    closeness, fit = meaning(1, vectors, setting)
    np.testing.assert_allclose(closeness, [1, 0.6], atol=1e-6)
    np.testing.assert_allclose(fit, [0.8, 0.96], atol=1e-6)


def test_a_phrase_inside_many_others_and_one_that_is_everywhere_are_worse():
    texts = ["Ocean waves and ocean tides."] * 3 + ["Waves of sound and light."] * 3
    elsewhere = [f"The {word} of ocean tides." for word in ("age", "owl", "art", "law")] * 2
    setting = Setting.of(
        Evidence.of([*texts, *elsewhere], [""] * 14), "en", np.repeat([0, 1], [6, 8])
    )
    found = {
        phrase.key: dict(zip(PHRASE_FEATURES, phrase.features, strict=True))
        for phrase in ranked_phrases(0, setting, candidates(0, setting.use))
    }
    assert found["ocean wave"]["elsewhere"] == pytest.approx(np.log(1 / 9))
    assert found["ocean wave"]["inside"] == 0 == found["ocean wave"]["single_word"]
    assert found["wave"]["inside"] == pytest.approx(4 / 7)
    assert found["wave"]["single_word"] == 1


@pytest.mark.parametrize("by_model", [True, False])
def test_a_phrase_that_more_of_the_papers_use_is_better(by_model):
    """Readers reject a name that few of a theme's papers speak of."""
    texts = [*["Tidal energy."] * 7, *["Tidal energy, salinity."] * 2]
    setting = Setting.of(Evidence.of([*texts, *OWLS], [""] * 14), "en", np.repeat([0, 1], [9, 5]))
    column = PHRASE_FEATURES.index("share")
    share = {
        phrase.key: phrase.features[column]
        for phrase in ranked_phrases(0, setting, candidates(0, setting.use))
    }
    assert share["tidal energy"] == 0  # all use it
    assert share["salinity"] == pytest.approx(np.log(3 / 10))
    assert learnt_weights(PHRASE_FEATURES, by_model)[column] > 0


def test_a_centre_is_where_a_themes_papers_and_titles_differ_from_all():
    texts = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=np.float32)
    titles = np.array([[0, 1], [1, 0], [0, 1], [1, 0]], dtype=np.float32)
    papers = Meaning(texts, titles, by_model=True)
    centres, middles = theme_centres(papers, np.array([0, 0, 1, -1]), 2)
    np.testing.assert_allclose(np.linalg.norm(centres, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(centres[0], -centres[1], atol=1e-6)
    np.testing.assert_allclose(centres[0], [0.7972, -0.6037], atol=1e-3)
    np.testing.assert_allclose(middles[0], [0.9239, 0.3827], atol=1e-3)
    alone, none = theme_centres(papers, np.array([0, 0, -1, -1]), 2)[0]
    assert alone[0] > alone[1] > 0  # nothing to differ from
    assert not none.any()


def test_a_phrase_near_the_centre_of_its_theme_comes_first():
    texts = ["Tidal power and wave energy."] * 3
    first, second = keywords_of(texts)[:2]
    both = Evidence.of([*texts, *OWLS], [""] * 8).embed([first, second])
    toward = both[1] - both[0]
    centres = np.array([toward, -toward]) / np.linalg.norm(toward)
    assert keywords_of(texts, centres=centres)[0] == second


def test_keywords_of_the_sample_change_only_on_purpose(sample_themes):
    """Write the file anew if a change of names is meant: the order shows every weight."""
    stored = json.loads((DATA / "sample_keywords.json").read_text("utf-8"))
    assert {theme.name: list(theme.keywords) for theme in sample_themes} == stored


def test_a_phrase_lies_inside_those_that_have_all_its_words_and_more():
    keys = ["owl", "barn owl", "owl barn", "old barn owl", "barn"]
    inside = [[keys[j] for j in np.flatnonzero(row)] for row in _inside_longer(keys)]
    longer = ["barn owl", "owl barn", "old barn owl"]
    assert inside == [longer, ["old barn owl"], ["old barn owl"], [], longer]
