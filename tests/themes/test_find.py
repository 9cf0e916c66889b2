"""Every call takes a theme by its number or its name, by one rule."""

import dataclasses

import matplotlib.pyplot as plt
import numpy as np
import pytest

from absclust import UnknownThemeError, cluster_abstracts

NAMED = {
    "index": lambda themes, theme: themes[theme].id,
    "papers": lambda themes, theme: themes.papers(theme)["theme"].iloc[0],
    "keywords": lambda themes, theme: themes.keywords(theme)["keyword"].tolist(),
    "rename": lambda themes, theme: [t.name for t in themes.rename({theme: "new"})],
    "merge": lambda themes, theme: themes.merge([theme, 0]).labels.tolist(),
    "split": lambda themes, theme: themes.split(theme, n=2).labels.tolist(),
    "move": lambda themes, theme: themes.move(0, to=theme).labels.tolist(),
    "search": lambda themes, theme: themes.search("learning", theme=theme).index.tolist(),
    "reading_list": lambda themes, theme: themes.reading_list(3, theme=theme)["row"].tolist(),
    "highlight": lambda themes, theme: [
        text.get_text() for text in themes.plot(highlight=theme).texts
    ],
}


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.mark.parametrize("call", NAMED.values(), ids=NAMED)
def test_by_number_or_name(sample_themes, call):
    name = sample_themes[2].name
    assert call(sample_themes, name) == call(sample_themes, 2)
    assert call(sample_themes, name.upper()) == call(sample_themes, 2)
    with pytest.raises(UnknownThemeError, match=r"theme 'no such' is not in this map; expected a"):
        call(sample_themes, "no such")


def test_the_error_lists_near_names(sample_themes):
    name = sample_themes[2].name
    with pytest.raises(UnknownThemeError) as error:
        sample_themes[name[:-3]]
    assert repr(name) in str(error.value)
    with pytest.raises(UnknownThemeError) as error:
        sample_themes[name.replace("a", "o")]  # spelt wrong
    assert repr(name) in str(error.value)


def test_a_name_that_two_themes_could_mean_is_refused(sample_themes):
    """A namer of the user's may give two themes one name, or names that differ by case alone."""
    first, second, *others = sample_themes.themes

    def named(*names):
        two = (dataclasses.replace(t, name=n) for t, n in zip((first, second), names, strict=True))
        return dataclasses.replace(sample_themes, themes=(*two, *others))

    with pytest.raises(UnknownThemeError, match="'RL' could mean themes 0 and 1"):
        named("RL", "RL")["RL"]
    differ_by_case = named("RL", "rl")
    assert [differ_by_case["RL"].id, differ_by_case["rl"].id] == [0, 1]
    with pytest.raises(UnknownThemeError, match="'Rl' could mean themes 0 and 1"):
        differ_by_case["Rl"]


def test_an_empty_map_has_no_theme_to_name():
    empty = cluster_abstracts(["one two", "one three"], min_strength=1.0)
    empty = empty if not len(empty) else empty.move([0, 1], to=-1)
    with pytest.raises(UnknownThemeError, match="expected none"):
        empty[0]


def test_where_a_theme_went(sample_themes):
    merged = sample_themes.merge([2, 5], "both").rename({sample_themes[0].name: "first"})
    table = sample_themes.became(merged)
    assert list(table) == ["name", "became", "became_name", "papers"]
    assert table["name"].tolist() == [theme.name for theme in sample_themes]
    assert table.loc[2, "became_name"] == table.loc[5, "became_name"] == "both"
    assert table.loc[0, "became_name"] == "first"
    assert table.loc[[2, 5], "papers"].sum() == merged["both"].size
    split = sample_themes.split(1, n=2)
    parts = sample_themes.became(split).loc[[1]]
    assert parts["papers"].sum() == sample_themes[1].size
    assert len(parts) == 2
    assert parts["papers"].is_monotonic_decreasing
    one = sample_themes.move(int(np.flatnonzero(sample_themes.labels == 1)[0]), to=8)
    table = sample_themes.became(one)
    assert table.index.tolist() == [0, 1, 1, *range(2, len(sample_themes))]
    first, last = table.loc[1, "papers"]
    assert first > last
    assert first + last == sample_themes[1].size
    assert table.loc[1, "became_name"].tolist() == [sample_themes[1].name, sample_themes[8].name]
    moved = sample_themes.move(sample_themes.labels == 8, to=-1)
    assert sample_themes.became(moved).loc[8, ["became", "became_name"]].tolist() == [-1, ""]


def test_where_a_theme_went_parts_of_one_size_by_number():
    whole = cluster_abstracts(
        ["Robots grasp.", "Robots grasp cups.", "Proteins fold.", "Proteins fold fast."], n_themes=1
    )
    table = whole.became(whole.split(0, n=2))
    assert table[["became", "papers"]].to_numpy().tolist() == [[0, 2], [1, 2]]


def test_where_a_theme_went_in_a_grown_map(sample_themes):
    grown = sample_themes.update(["A robot grasps a cup with care."]).themes
    table = sample_themes.became(grown)
    assert (table["became"] == table.index).all()
    with pytest.raises(ValueError, match="lacks papers of this one"):
        grown.became(sample_themes)
