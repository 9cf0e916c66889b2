"""Edits by hand give a new, complete map (BERTopic#1129)."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from absclust import OptionError, cluster_abstracts
from absclust.clustering.membership import membership
from tests.conftest import with_coordinates


@pytest.fixture(scope="module")
def sample_themes(sample_themes):
    """The map of the sample, with places that need no layout, which edits don't touch."""
    places = np.random.default_rng(0).normal(size=(sample_themes.corpus.n_papers, 2))
    return with_coordinates(sample_themes, places)


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


def test_half_a_surrogate_in_a_name_is_replaced(sample_themes):
    renamed = sample_themes.rename({0: "owls \ud800"})
    assert renamed[0].name == "owls \ufffd"
    assert "owls \ufffd" in set(renamed.links()["name"]) | set(renamed.links()["other_name"])
    papers = [{"abstract": f"Robots grasp {w} cups {i}."} for i in range(9) for w in ("ab", "cd")]
    labelled = cluster_abstracts(papers, progress=False, labels=["a\ud800", "b"] * 9)
    assert set(labelled.table()["name"]) == {"a\ufffd", "b"}


def test_rename_changes_nothing_else(sample_themes):
    before = sample_themes[2].name
    renamed = sample_themes.rename({np.int64(2): "alignment"})
    assert sample_themes[2].name == before
    assert sample_themes.history == ()
    assert renamed.history == (f"renamed theme 2 ({before!r}) to 'alignment'",)
    assert renamed.history[0] in renamed.summary().split("\n")
    assert dataclasses.replace(renamed[2], name=before) == sample_themes[2]
    assert renamed.fingerprint == sample_themes.fingerprint
    for field in ("labels", "foundation", "_paper_membership", "settings"):
        assert getattr(renamed, field) is getattr(sample_themes, field)


def test_author_keywords_follow_the_papers(author_keyword_themes):
    before = [theme.author_keywords for theme in author_keyword_themes]
    renamed = author_keyword_themes.rename({0: "biology"})
    assert [theme.author_keywords for theme in renamed] == before
    (merged,) = author_keyword_themes.merge([0, 1])
    assert set(merged.author_keywords) == {word for words in before for word in words}
    updated = author_keyword_themes.update(["A robot arm grasps bottles."]).themes
    assert [theme.author_keywords for theme in updated] == before


def test_rename_keeps_the_picture(sample_themes):
    places = sample_themes.foundation.paper_coordinates
    assert sample_themes.rename({0: "first"}).foundation.paper_coordinates is places


def test_names_can_be_swapped(sample_themes):
    first, second = sample_themes[0].name, sample_themes[1].name
    swapped = sample_themes.rename({0: second, 1: first})
    assert [swapped[0].name, swapped[1].name] == [second, first]


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
        ({0: "x", 1: "X"}, "'x' is the name of theme 1, and names must differ by more than case"),
        ({}, "names is {}; expected numbers or names"),
        (["x"], r"names is \['x'\]; expected numbers or names"),
    ],
)
def test_rename_refuses(sample_themes, names, message):
    with pytest.raises(OptionError, match=message):
        sample_themes.rename(names)


def test_rename_refuses_the_name_of_another_theme(sample_themes):
    with pytest.raises(OptionError, match="is the name of theme 1"):
        sample_themes.rename({0: sample_themes[1].name.upper()})


def _check_complete(themes):
    """Check that everything in a map agrees with its labels."""
    corpus, labels = themes.corpus, themes.labels
    sizes = [theme.size for theme in themes]
    assert sizes == np.bincount(labels[labels >= 0], minlength=len(themes)).tolist()
    by_size = sorted(themes, key=lambda theme: (theme.mixed, -theme.size))
    assert sizes == [theme.size for theme in by_size]
    assert [theme.id for theme in themes] == list(range(len(themes)))
    assert len({theme.name.casefold() for theme in themes}) == len(themes)
    for theme in themes:  # representative papers from another topic (BERTopic#2492)
        assert set(labels[list(theme.representative_rows)]) == {theme.id}
        titles = tuple(corpus.titles[row] for row in theme.representative_rows)
        assert theme.representative_papers == titles
    fresh = membership(themes.foundation.paper_graph, labels[corpus.first_row])
    np.testing.assert_array_equal(themes._paper_membership.strength, fresh.strength)
    np.testing.assert_array_equal(themes._paper_membership.runner_up, fresh.runner_up)
    assert themes._paper_membership.runner_up.max() < len(themes)
    papers = themes.papers()
    assert papers["theme"].tolist() == labels.tolist()
    assert themes.table()["size"].tolist() == sizes
    repeats = corpus.duplicate_rows
    first = corpus.first_row[corpus.paper_of_row[repeats]]
    assert labels[repeats].tolist() == labels[first].tolist()
    assert len(themes.summary().split("\n")) > len(themes.history)


def test_merge_gives_a_complete_map(sample_themes):
    named = sample_themes.rename({1: "by hand"})
    places = named.foundation.paper_coordinates
    merged = named.merge([2, 5])
    _check_complete(merged)
    assert len(merged) == len(named) - 1
    together = np.isin(named.labels, [2, 5])
    assert len(set(merged.labels[together])) == 1
    (number,) = set(merged.labels[together])
    assert merged[number].size == named[2].size + named[5].size
    assert np.isnan(merged[number].stability)
    others = {t.name: t for t in merged if t.id != number}
    assert set(others) == {t.name for t in named if t.id not in (2, 5)}
    for theme in named:  # untouched themes differ only in their number
        if theme.id not in (2, 5):
            assert dataclasses.replace(others[theme.name], id=theme.id) == theme
    assert merged.fingerprint != named.fingerprint
    assert merged.foundation.paper_coordinates is places
    assert len(merged.history) == 2
    assert merged.history[1].startswith("merged theme 2 (")
    assert merged[number].name in merged.history[1]
    assert re.search(r"known for \d+ of \d+ themes", merged.summary())
    assert named.history == merged.history[:1]


def test_merge_by_name(sample_themes):
    merged = sample_themes.merge((np.int64(0), 1), name=sample_themes[1].name)
    assert merged[0].name == sample_themes[1].name
    _check_complete(merged)
    with pytest.raises(OptionError, match="is the name of theme 2"):
        sample_themes.merge([0, 1], name=sample_themes[2].name)


def test_merged_parts_are_the_theme_again(sample_themes):
    split = sample_themes.split(0)
    _check_complete(split)
    parts = set(split.labels[sample_themes.labels == 0].tolist())
    assert len(parts) > 1
    assert all(np.isnan(split[part].stability) for part in parts)
    again = split.merge(parts, sample_themes[0].name)
    assert again.fingerprint == sample_themes.fingerprint
    assert again.labels.tolist() == sample_themes.labels.tolist()
    assert [t.name for t in again] == [t.name for t in sample_themes]
    assert [t.keywords for t in again] == [t.keywords for t in sample_themes]
    assert [line.split()[0] for line in again.history] == ["split", "merged"]


def test_split_into_a_given_number(sample_themes):
    three = sample_themes.split(1, n=3)
    _check_complete(three)
    assert len(three) == len(sample_themes) + 2
    assert len(set(three.labels[sample_themes.labels == 1])) == 3
    names = {t.name for t in three}
    assert names >= {t.name for t in sample_themes if t.id != 1}
    parts = sorted(set(three.labels[sample_themes.labels == 1].tolist()))
    into = " and ".join(f"theme {part} ({three[part].name!r})" for part in parts)
    assert three.history == (f"split theme 1 ({sample_themes[1].name!r}) into {into}",)


def test_parts_get_no_name_that_another_theme_has(sample_themes):
    split = sample_themes.split(1, n=3)
    taken = next(t.name for t in split if t.name not in {o.name for o in sample_themes})
    again = sample_themes.rename({0: taken}).split(1, n=3)
    _check_complete(again)
    assert again.fingerprint == split.fingerprint


def test_move_papers_with_those_of_the_same_text(sample_themes):
    # Row 148 repeats an earlier row: they are one paper.
    corpus = sample_themes.corpus
    first = int(corpus.first_row[corpus.paper_of_row[148]])
    target = (int(sample_themes.labels[148]) + 1) % len(sample_themes)
    name = sample_themes[target].name
    moved = sample_themes.move(148, to=target)
    _check_complete(moved)
    assert moved[int(moved.labels[148])].name == moved[int(moved.labels[first])].name == name
    assert [t.name for t in moved] != []
    assert {t.name for t in moved} == {t.name for t in sample_themes}
    (line,) = moved.history
    assert line.startswith(f"moved rows {first}, 148 to theme")
    assert f"(row {first} too: has the same text as a row that was moved)" in line
    assert np.isnan([t.stability for t in moved]).sum() == 2


def test_move_by_mask_and_to_no_theme(sample, sample_themes):
    mask = sample_themes.labels == 3
    none = sample_themes.move(pd.Series(mask), to=-1)
    _check_complete(none)
    assert len(none) == len(sample_themes) - 1
    assert (none.labels[mask] == -1).all()
    assert f"theme 3 ({sample_themes[3].name!r}) is empty and was dropped" in none.history[0]
    assert none.coverage < 1
    back = none.move(np.flatnonzero(mask), to=0)
    _check_complete(back)
    assert back.coverage == 1


def test_moving_nothing_or_everything(sample_themes):
    row = int(np.flatnonzero(sample_themes.labels == 2)[0])
    assert sample_themes.move([row], to=2) is sample_themes
    with_text = sample_themes.corpus.paper_of_row >= 0
    empty = sample_themes.move(with_text, to=-1)
    assert len(empty) == 0
    assert (empty.labels == -1).all()
    assert empty.coverage == 0
    assert empty.table().empty
    repr(empty), empty._repr_html_(), empty.papers(), empty.plot()


def test_layers_of_an_edited_map(sample_themes):
    edited = sample_themes.merge([0, 3], "both").split(2, n=2)
    broad, middle, fine = edited.layers
    assert middle is edited
    assert len(broad) <= len(edited) <= len(fine)
    assert len(edited.tree()) == len(fine)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda t: t.merge([2]), r"the themes to merge are \[2\]; expected two or more"),
        (lambda t: t.merge([2, 2]), "expected two or more"),
        (lambda t: t.merge(2), "the themes to merge are 2; expected"),
        (lambda t: t.merge("23"), "the themes to merge are '23'; expected"),
        (lambda t: t.merge([2, 99]), "theme 99 is not in this map"),
        (lambda t: t.merge([2, 3], " "), "the new name of the merged theme is ' '"),
        (lambda t: t.split(99), "theme 99 is not in this map"),
        (lambda t: t.split(0, n=1), "n is 1; expected an int of 2 or more"),
        (lambda t: t.split(0, n=2.0), "n is 2.0; expected"),
        (lambda t: t.split(0, n=500), r"n is 500, but theme 0 has \d+ distinct papers"),
        (lambda t: t.move(3, to=99), "theme 99 is not in this map"),
        (lambda t: t.move(3, to=-2), "theme -2 is not in this map"),
        (lambda t: t.move(166, to=0), "there is no row 166; expected numbers from 0 to 165"),
        (lambda t: t.move([0, -1], to=0), "there is no row -1"),
        (lambda t: t.move([57, 1], to=0), "row 57: no text, so no theme"),
        (lambda t: t.move([], to=0), r"rows is \[\]; expected row numbers"),
        (lambda t: t.move("s001", to=0), "rows is 's001'; expected row numbers"),
        (lambda t: t.move([True, False], to=0), "one True or False for each of the 166 rows"),
        (lambda t: t.move([[1, 2]], to=0), "expected row numbers"),
    ],
)
def test_edits_refuse(sample_themes, edit, message):
    with pytest.raises(OptionError, match=message):
        edit(sample_themes)


def test_a_mask_over_the_table_skips_rows_without_text(sample_themes):
    papers, recent = sample_themes.papers(), np.flatnonzero(sample_themes.corpus.years >= 2024)
    assert (papers["theme"] < 0).any()
    with_text = np.setdiff1d(recent, sample_themes.corpus.empty_rows)
    assert len(with_text) < len(recent)
    expected = sample_themes.move(with_text, to=0)
    whole = papers["year"] >= 2024
    unknown = whole.astype(object).where(papers["theme"] >= 0, None)  # as of str.contains
    for mask in (whole, whole.tolist(), whole.astype("boolean"), unknown):
        moved = sample_themes.move(mask, to=0)
        assert moved.labels.tolist() == expected.labels.tolist()
        assert moved.history == expected.history
    with pytest.raises(OptionError, match="at least one row with text"):
        sample_themes.move(papers["theme"] < 0, to=0)


def test_a_theme_without_parts_says_so():
    themes = cluster_abstracts(["robots grasp", "robots grasp cups", "robots grasp tools"])
    assert len(themes) == 1
    with pytest.raises(OptionError, match=r"no separate parts.*as in split\(0, n=2\)"):
        themes.split(0)
    assert len(themes.split(0, n=3)) == 3
