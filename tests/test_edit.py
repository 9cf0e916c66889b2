"""Edits by hand give a new map that is whole (BERTopic#1129)."""

import dataclasses

import numpy as np
import pytest

from absclust import OptionError


def test_rename_follows_everywhere(sample_themes):
    renamed = sample_themes.rename({2: " alignment "})
    assert renamed[2].name == "alignment"
    assert renamed.table()["name"].iloc[2] == "alignment"
    papers = renamed.papers()
    assert set(papers["theme_name"][papers["theme"] == 2]) == {"alignment"}
    assert "alignment" in set(papers["runner_up"])
    assert "alignment" in repr(renamed)
    assert "alignment" in renamed._repr_html_()
    assert "alignment" in {text.get_text() for text in renamed.plot().texts}
    assert renamed.layers[1] is renamed


def test_rename_changes_nothing_else(sample_themes):
    before = sample_themes[2].name
    renamed = sample_themes.rename({np.int64(2): "alignment"})
    assert sample_themes[2].name == before
    assert sample_themes.history == ()
    assert renamed.history == (f"renamed theme 2, {before!r}, to 'alignment'",)
    assert renamed.history[0] in renamed.report().split("\n")
    assert dataclasses.replace(renamed[2], name=before) == sample_themes[2]
    assert renamed.fingerprint == sample_themes.fingerprint
    for field in ("labels", "corpus", "embedding", "graph", "membership", "rule"):
        assert getattr(renamed, field) is getattr(sample_themes, field)


def test_rename_keeps_the_picture(sample_themes):
    places = sample_themes.coordinates
    assert sample_themes.rename({0: "first"}).coordinates is places


def test_names_can_be_swapped(sample_themes):
    one, other = sample_themes[0].name, sample_themes[1].name
    swapped = sample_themes.rename({0: other, 1: one})
    assert [swapped[0].name, swapped[1].name] == [other, one]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({99: "x"}, r"theme 99 is not in this map; expected a number from 0 to \d+"),
        ({-1: "x"}, "theme -1 is not in this map"),
        ({True: "x"}, "theme True is not in this map"),
        ({"0": "x"}, "theme '0' is not in this map"),
        ({0: " "}, "the new name of theme 0 is ' '; expected one line of text"),
        ({0: None}, "the new name of theme 0 is None"),
        ({0: "a\nb"}, "the new name of theme 0 is 'a\\\\nb'"),
        ({0: "x", 1: "X"}, "theme 0 can't be called 'x': theme 1 is"),
        ({}, "names is {}; expected theme numbers"),
        (["x"], r"names is \['x'\]; expected theme numbers"),
    ],
)
def test_rename_refuses(sample_themes, names, message):
    with pytest.raises(OptionError, match=message):
        sample_themes.rename(names)


def test_rename_refuses_the_name_of_another_theme(sample_themes):
    with pytest.raises(OptionError, match="can't be called"):
        sample_themes.rename({0: sample_themes[1].name.upper()})
