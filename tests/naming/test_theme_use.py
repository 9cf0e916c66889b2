import numpy as np

from absclust.naming.theme_use import ANYHOW, ThemeUse
from absclust.text.phrases import DECLARED, count_phrases, keyed_words

TEXTS = ["A robot and a cup.", "A robot and an owl.", "A robot in a kitchen.", "An owl at night."]


def papers_of(use, theme):
    """Return the papers of a theme that use each of its candidates."""
    chosen = use.candidates(theme)
    keys = [use.phrases.keys[phrase] for phrase in chosen.tolist()]
    return dict(zip(keys, use.n_papers(theme, chosen).tolist(), strict=True))


def test_a_theme_of_parts_is_represented_by_what_two_of_them_use():
    labels, parts = np.array([0, 0, 0, 1] * 2), np.array([0, 0, 1, 2] * 2)
    use = ThemeUse.count(count_phrases(keyed_words(TEXTS * 2, [""] * 8)), labels, 2, parts)
    # The owl is used by one of the two parts of theme 0, and by the only part of theme 1.
    assert papers_of(use, 0) == {"robot": 6}
    assert papers_of(use, 1)["owl"] == 2


def test_papers_without_a_theme_do_not_count():
    use = ThemeUse.count(count_phrases(keyed_words(TEXTS, [""] * 4)), np.array([0, 0, -1, 1]), 2)
    (robot,) = use.phrases.find(["robot"])
    assert use.totals[ANYHOW][robot] == 2
    assert use.sizes.tolist() == [2, 1]


def test_titles_weigh_more():
    papers = keyed_words(
        ["A robot.", "A robot.", "A robot."], ["Robot", "", ""], [[], ["robot"], []]
    )
    phrases = count_phrases(papers)
    use = ThemeUse.count(phrases, np.zeros(3, int), 1)
    inside, elsewhere = use.shares(0, phrases.find(["robot"]))
    assert inside.tolist() == [5 / 3]
    assert elsewhere.tolist() == [0]
    assert use.n_papers(0, phrases.find(["robot"]), DECLARED).tolist() == [1]
