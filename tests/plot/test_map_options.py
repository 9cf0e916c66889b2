"""What `ThemeMap.plot` shows with highlight and color_by."""

import io
from dataclasses import replace
from itertools import pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from absclust import OptionError, UnknownThemeError, cluster_abstracts
from absclust.plot.canvas import all_shortened, new_axes
from absclust.plot.colors import oklab, palette, text_colors, theme_colors
from absclust.plot.theme_map import _wrap
from tests.conftest import with_coordinates
from tests.plot.test_plot import assert_clear, names_of

WORDS = ("robot arm", "protein chain", "barn owl")


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def made_up(**columns):
    """Return three themes side by side, of 20 papers each, with further columns."""
    texts = [f"{WORDS[i % 3]} study number {i}" for i in range(60)]
    vectors = np.eye(3)[np.arange(60) % 3] + np.random.default_rng(0).normal(0, 0.05, (60, 3))
    table = pd.DataFrame({"abstract": texts, **columns})
    themes = cluster_abstracts(table, embeddings=vectors, n_themes=3)
    places = np.random.default_rng(1).normal(0, 0.5, (60, 2)) + 5 * themes.labels[:, None]
    return with_coordinates(themes, places[themes.corpus.first_row])


@pytest.fixture(scope="module")
def themes():
    return made_up(
        year=[2000 + i % 25 if i else None for i in range(60)],
        venue=["ACL", "CVPR", "ICRA", None] * 15,
        code=[f"code {i % 12:02}" for i in range(60)],
        submitted=[f"{1990 + i % 10}-05-01" for i in range(60)],
    )


def colors_of(ax, themes):
    """Return the colour of each paper on a map."""
    colors = np.full((themes.corpus.n_papers, 3), np.nan)
    where = {
        tuple(place): paper
        for paper, place in enumerate(themes.foundation.paper_coordinates.tolist())
    }
    for points in ax.collections:
        offsets = np.asarray(points.get_offsets()).tolist()
        if points.get_zorder() < 1.5:
            continue
        for place, color in zip(offsets, points.get_facecolors()[:, :3], strict=True):
            colors[where[tuple(place)]] = color
    assert not np.isnan(colors).any()
    return colors


def cells_of(themes, column):
    return themes.corpus.records[column].iloc[themes.corpus.first_row].tolist()


def is_grey(colors):
    return np.ptp(np.atleast_2d(colors), axis=1) < 0.05


def background_of(ax):
    return np.array(ax.get_facecolor()[:3])


# --- highlight


@pytest.mark.parametrize("dark", [False, True])
def test_only_highlighted_themes_have_colours_and_names(themes, dark):
    ax = themes.plot(highlight=1, dark=dark)
    colors = colors_of(ax, themes)
    inside = themes._paper_labels == 1
    usual = colors_of(themes.plot(dark=dark), themes)
    assert np.allclose(colors[inside], usual[inside])
    others = colors[~inside]
    assert is_grey(others).all()
    unassigned = np.array(new_axes((1, 1), dark=dark)[1].unassigned)
    assert np.abs(others - background_of(ax)).max() < np.abs(unassigned - background_of(ax)).max()
    (name,) = names_of(ax)
    assert name.get_text() == _wrap(themes[1].name, 80)
    expected = text_colors(theme_colors(themes, dark=dark), dark=dark)[1]
    assert np.allclose(mpl.colors.to_rgb(name.get_color()), expected)
    assert "Grey: all other papers." in ax.get_xlabel()
    assert "in no theme" not in ax.get_xlabel()


def test_themes_are_highlighted_by_number_or_name(themes):
    def named(highlight, **options):
        return [text.get_text() for text in names_of(themes.plot(highlight=highlight, **options))]

    first, last = (_wrap(themes[t].name, 80) for t in (0, 2))
    assert named([2, 0]) == [first, last]
    assert named(np.array([0, 2])) == [first, last]
    assert named(themes[2].name) == [last]
    assert named((themes[2].name, 0, 2)) == [first, last]
    assert named([2, 0], names=1) == [first]
    assert named([]) == []


def test_highlighted_names_stand_on_their_themes(themes):
    for theme in themes:
        (name,) = names_of(themes.plot(highlight=theme.id))
        middles = [
            themes.foundation.paper_coordinates[themes._paper_labels == t].mean(0) for t in range(3)
        ]
        away = np.linalg.norm(np.array(middles) - name.get_position(), axis=1)
        assert away.argmin() == theme.id


@pytest.mark.parametrize("unknown", [3, -1, True, 1.5, "walrus", [0, 7], ["walrus"]])
def test_unknown_themes_are_named(themes, unknown):
    wanted = unknown[-1] if isinstance(unknown, list) else unknown
    with pytest.raises(UnknownThemeError, match=f"theme {wanted!r} is not in this map; expected"):
        themes.plot(highlight=unknown)
    assert not plt.get_fignums()


# --- color_by


def legend_of(ax):
    """Return the texts of the legend."""
    return [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize("dark", [False, True])
def test_later_years_stand_out_more(themes, dark):
    ax = themes.plot(color_by="year", dark=dark)
    colors, years = colors_of(ax, themes), np.array(cells_of(themes, "year"), dtype=float)
    known = ~np.isnan(years)
    lightness = oklab(colors[known])[np.argsort(years[known], kind="stable"), 0]
    steps = np.diff(lightness) * (1 if dark else -1)
    assert steps.min() > -1e-3
    assert abs(lightness[-1] - lightness[0]) > 0.35
    assert np.abs(colors[known] - background_of(ax)).max(axis=1).min() > 0.25
    assert is_grey(colors[~known]).all()
    assert (~known).sum() == 1
    assert legend_of(ax)[-1] == "no year"
    ink = names_of(ax)[0].get_color()
    assert {tuple(text.get_color()) for text in names_of(ax)} == {tuple(ink)}
    assert np.ptp(ink) < 0.05
    assert_clear(ax)


def test_a_legend_shows_the_years_in_classes_of_about_as_many_papers(themes):
    ax = themes.plot(color_by="year")
    legend = ax.get_legend()
    assert legend.get_title().get_text() == "year"
    *classes, without = legend_of(ax)
    assert without == "no year"
    assert len(classes) == 7
    ends = [[int(year) for year in name.split(" – ")] for name in classes]
    assert (ends[0][0], ends[-1][-1]) == (2000, 2024)
    assert all(before[-1] < after[0] for before, after in pairwise(ends))
    years = np.array(cells_of(themes, "year"), dtype=float)
    papers = [((years >= end[0]) & (years <= end[-1])).sum() for end in ends]
    assert sum(papers) == 59
    assert max(papers) < 3 * min(papers)
    colors = colors_of(ax, themes)
    keys = [handle.get_color() for handle in legend.legend_handles]
    for color, year in zip(colors, years, strict=True):
        place = next((i for i, end in enumerate(ends) if end[0] <= year <= end[-1]), -1)
        assert np.allclose(color, keys[place])


def test_texts_have_colours_of_the_palette_and_a_legend(themes):
    ax = themes.plot(color_by="venue")
    colors, venues = colors_of(ax, themes), cells_of(themes, "venue")
    legend = ax.get_legend()
    labels = [text.get_text() for text in legend.get_texts()]
    assert labels == ["ACL", "CVPR", "ICRA", "no venue"]
    assert legend.get_title().get_text() == "venue"
    keys = dict(zip(labels, (h.get_color() for h in legend.legend_handles), strict=True))
    for color, venue in zip(colors, venues, strict=True):
        assert np.allclose(color, keys["no venue" if pd.isna(venue) else venue])
    assert np.allclose([keys[v] for v in labels[:3]], palette(3))
    assert is_grey(keys["no venue"]).all()
    assert_clear(ax)
    assert legend.get_window_extent().y1 <= ax.get_window_extent().y0
    assert legend.get_window_extent().y0 >= -1


def test_long_values_keep_their_beginning_and_differ():
    address = "https://journals.example.org/articles/a-long-way-to/"
    values = [f"{address}{part}" for part in ("owls", "bees")]
    values += [
        "Biodiversity Conservation; Ecology and Law",
        "Biodiversity Conservation; Ecology of Owls",
    ]
    values += ["Decolonizing_expertise_in_the_study_of_owls"]
    themes = made_up(source=values * 12)
    legend = legend_of(themes.plot(color_by="source"))
    assert sorted(legend) == [
        "Biodiversity Co…Ecology and Law",
        "Biodiversity Co…Ecology of Owls",
        "Decolonizing_expertise_in_the_s…",
        "https://journal…ong-way-to/bees",
        "https://journal…ong-way-to/owls",
    ]


def test_values_that_differ_in_the_middle_only_are_numbered():
    two, one = (f"Department of the owls, division {part}, University of Bees" for part in (2, 1))
    short = "Department of t…versity of Bees"
    assert all_shortened([two, one, "", "Owls\n 1", two]) == [
        f"{short} (2)",
        f"{short} (1)",
        "",
        "Owls 1",
        f"{short} (2)",
    ]
    other = "Department of the owls, division 1, University of Apes"
    assert all_shortened([other, two, one])[0] == "Department of t…versity of Apes"


def test_a_short_value_that_looks_like_a_shortened_one_stays():
    whole = "Annals of the Northern Society, Part A"
    shown = all_shortened([whole, "Annals of the N…Society, Part A"])
    assert shown == ["Annals of the Northern Society,…", "Annals of the N…Society, Part A"]
    assert all_shortened(shown) == shown


def test_values_of_the_length_of_a_sentence_leave_the_map_its_room():
    begin = "This work was supported by the National Foundation (grant"
    end = "and by the Ministry of Science and Technology of the Northern Islands"
    values = [f"{begin} {grant}), by many friends and partners, {end}" for grant in (51, 62)]
    ax = made_up(funding=values * 30).plot(color_by="funding")
    assert [name[-4:] for name in legend_of(ax)] == [" (1)", " (2)"]
    assert ax.get_position().width > 0.8


def test_rare_texts_are_grey_and_called_other(themes):
    ax = themes.plot(color_by="code", figsize=(3.3, 3.2))
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == [*(f"code {i:02}" for i in range(10)), "other"]
    colors, codes = colors_of(ax, themes), cells_of(themes, "code")
    rare = np.isin(codes, ["code 10", "code 11"])
    assert is_grey(colors[rare]).all()
    assert not is_grey(colors[~rare]).any()
    assert len(np.unique(colors.round(6), axis=0)) == 11
    box = ax.get_legend().get_window_extent()
    assert 0 <= box.x0 < box.x1 <= ax.figure.bbox.x1


def test_dates_count_by_their_year(themes):
    legend = legend_of(themes.plot(color_by="submitted"))
    assert (legend[0][:4], legend[-1][-4:]) == ("1990", "1999")


def test_years_are_known_from_dates():
    themes = made_up(date=["2019-03", "2024-11"] * 30)
    assert legend_of(themes.plot(color_by="year")) == ["2019", "2024"]


def test_a_paper_takes_the_value_of_its_first_row():
    rows = [
        {"abstract": "Robot arms grasp cups.", "score": 1.0},
        {"abstract": "Proteins fold.", "score": 9.0},
        {"abstract": "Proteins fold.", "score": 5.0},
        {"abstract": "Robot arms grasp cups.", "score": 20.0},
    ]
    themes = with_coordinates(cluster_abstracts(rows), [[0, 0], [1, 1]])
    assert legend_of(themes.plot(color_by="score")) == ["1", "9"]


def test_a_few_numbers_far_off_do_not_take_all_colours():
    themes = made_up(cited=[*range(58), 59, 100_000])
    classes = legend_of(themes.plot(color_by="cited"))
    assert len(classes) == 7
    assert classes[0].startswith("0 – ")
    assert classes[-1].endswith(" – 100000")


@pytest.mark.parametrize(
    "cells",
    [
        [None] * 60,
        [7] * 60,
        [0.5, float("inf")] * 30,
        [True, False] * 30,
        [["a", "b"], []] * 30,
        ["$x_1$ and $", "<b>%s {0}"] * 30,
        ["", "_hidden"] * 30,
        pd.Categorical(["a", "b"] * 30),
        pd.array([1, None] * 30, dtype="Int64"),
        pd.to_datetime(["2020-01-01", None] * 30),
    ],
)
def test_any_column_can_be_drawn(cells):
    themes = made_up(extra=cells)
    for figsize in ((10, 7.5), (2, 2)):
        themes.plot(color_by="extra", dark=True, figsize=figsize).figure.savefig(io.BytesIO())


def test_unknown_columns_are_named(themes):
    with pytest.raises(OptionError, match="no column 'jear'; the columns are 'abstract', 'year'"):
        themes.plot(color_by="jear")
    with pytest.raises(OptionError, match="no column 'year'"):
        made_up().plot(color_by="year")


def test_both_options_together(themes):
    ax = themes.plot(highlight=[0], color_by="venue", dark=True)
    colors = colors_of(ax, themes)
    inside = themes._paper_labels == 0
    assert is_grey(colors[~inside]).all()
    given = inside & pd.notna(cells_of(themes, "venue"))
    assert not is_grey(colors[given]).any()
    assert [text.get_text() for text in names_of(ax)] == [_wrap(themes[0].name, 80)]


def test_draws_a_key_on_given_axes():
    themes = made_up(venue=["ACL", "CVPR"] * 30, year=[2000, 2001, 2002] * 20)
    figure = mpl.figure.Figure(figsize=(12, 6), layout="constrained")
    left, right = figure.subplots(1, 2)
    assert themes.plot(ax=left, color_by="year") is left
    assert themes.plot(ax=right, color_by="venue", dark=True) is right
    assert not plt.get_fignums()
    figure.savefig(io.BytesIO())
    assert legend_of(left) == ["2000", "2001", "2002"]


def test_years_that_no_paper_has_color_nothing():
    themes = cluster_abstracts([{"title": "Owls hoot", "year": None}, {"title": "Bees hum"}])
    with pytest.raises(OptionError, match="color_by is 'year', but no paper has a year"):
        themes.plot(color_by="year")


def test_a_theme_without_a_core_is_not_pale(sample_themes):
    votes = sample_themes._paper_membership
    weak = np.where(sample_themes._paper_labels == 0, 0.4, votes.strength)
    themes = replace(sample_themes, _paper_membership=replace(votes, strength=weak))
    colors = themes.plot().collections[-1].get_facecolors()[:, :3]
    assert any(np.allclose(color, theme_colors(themes)[0]) for color in colors)
