import pytest

from absclust import NamerError, NamingWarning, ThemeModel
from absclust.naming.namer import names_by


class Letters:
    """Name themes A, B, C, ..., but for one."""

    def __init__(self, skip=None):
        self.skip = skip

    def name(self, themes):
        return [None if t.id == self.skip else f"Letter {chr(65 + t.id)}" for t in themes]


class Returns:
    def __init__(self, answer):
        self.answer = answer

    def name(self, themes):
        return self.answer(themes)


def test_any_object_names_the_themes(sample):
    themes = ThemeModel(namer=Letters(skip=1)).fit(sample).theme_map_
    assert themes[0].name == "Letter A"
    assert themes[2].name == "Letter C"
    assert "Letter" not in themes[1].name
    assert themes.table()["name"].tolist() == [theme.name for theme in themes]


def test_seeded_themes_keep_the_name_the_user_gave(sample):
    seeds = {"Alignment": ["RLHF", "preference"]}
    themes = ThemeModel(namer=Letters(), seed_themes=seeds).fit(sample).theme_map_
    names = [theme.name for theme in themes]
    assert "Alignment" in names
    found = [theme for theme in themes if not theme.mixed]
    assert sum(name.startswith("Letter") for name in names) == len(found) - 1 < len(names) - 1


def test_a_namer_that_fails_costs_no_clustering(sample_themes):
    def fail(themes):
        raise TimeoutError("no answer")

    with pytest.warns(NamingWarning, match="no answer"):
        named = names_by(Returns(fail), sample_themes)
    assert named == [theme.name for theme in sample_themes]


def test_doubles_keep_their_keyword_names(sample_themes):
    with pytest.warns(NamingWarning, match="theme 1, 'Same'"):
        named = names_by(Returns(lambda themes: ["Same"] * len(themes)), sample_themes)
    assert named[0] == "Same"
    assert named[1] == sample_themes[1].name


@pytest.mark.parametrize("answer", [lambda t: ["one"], lambda t: [1] * len(t)])
def test_answers_of_another_shape(sample_themes, answer):
    with pytest.raises(NamerError, match="one str or None per theme"):
        names_by(Returns(answer), sample_themes)
