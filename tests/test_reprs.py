import unicodedata
from dataclasses import replace

import numpy as np
import pytest

from absclust import cluster_abstracts
from absclust.reprs import focus_word, map_text


@pytest.fixture(scope="module")
def forty(sample):
    return cluster_abstracts(sample, n_themes=40)


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def test_text(sample_themes):
    text = repr(sample_themes)
    assert text.startswith("ThemeMap: 166 rows")
    assert all(theme.name in text for theme in sample_themes)
    assert len(sample_themes.summary().splitlines()) == 6
    heads = ["no", "papers", "stability", "focus", "theme", "keywords"]
    assert text.splitlines()[6].split() == heads
    assert [line.split()[0] for line in text.splitlines()[7:16]] == list("012345678")


def with_stability(themes, *stability):
    changed = [replace(t, stability=s) for t, s in zip(themes, stability, strict=False)]
    return replace(themes, themes=(*changed, *themes.themes[len(changed) :]))


def test_stability_has_a_word_and_loose_themes_some_advice(sample_themes):
    themes = with_stability(sample_themes, 0.75, 0.746, 0.744, 0.6, 0.594, 0.2, *[1.0] * 3)
    words = ["solid", "solid", "fair", "fair", "loose", "loose", "solid", "solid", "solid"]
    assert [row.split()[3] for row in repr(themes).splitlines()[7:16]] == words
    for text in (" ".join(repr(themes).split()), themes._repr_html_()):
        assert "Loose (4, 5): such a theme may not come back when papers are added." in text
        assert "0.20 loose" in text
    assert "Loose" not in repr(with_stability(sample_themes, *[0.9] * 9))
    assert "Loose" not in with_stability(sample_themes, *[0.9] * 9)._repr_html_()


def test_one_loose_theme(sample_themes):
    themes = with_stability(sample_themes, *[0.9] * 8, 0.59)
    assert "Loose (8): such a theme" in repr(themes)


def test_keywords_follow_names_that_leave_room(sample_themes):
    rows = repr(sample_themes).splitlines()[7:16]
    shown = [row.split(theme.name)[1] for row, theme in zip(rows, sample_themes, strict=True)]
    assert any(shown)
    for theme, keywords in zip(sample_themes, shown, strict=True):
        for keyword in filter(None, keywords.strip().split(", ")):
            assert keyword in theme.keywords
            assert keyword.lower() not in theme.name.lower()


def test_text_fits_a_terminal(sample_themes, forty):
    names = ("retrieval " * 9, "検索と質問応答の手法" * 5)
    renamed = (replace(theme, name=name) for theme, name in zip(sample_themes, names, strict=False))
    long = replace(sample_themes, themes=(*renamed, *sample_themes.themes[2:]))
    for themes in (sample_themes, forty, long):
        assert max(map(columns, repr(themes).splitlines())) <= 80
    assert "…" in repr(long)


def test_many_themes_are_cut(forty):
    text = repr(forty)
    left_out = sum(theme.size for theme in forty.themes[20:])
    more = f"… and 20 more themes ({left_out} papers); table() has them all"
    assert more in text.splitlines()[-5:]
    assert forty[19].name in text
    assert f"  {forty[20].name}" not in text
    assert f"  {forty[39].name}" in map_text(forty, in_shell=True)
    html = forty._repr_html_()
    assert html.count("<tr>") == 20
    assert "… and 20 more themes" in html


def test_thirty_themes_are_not_cut(sample):
    themes = cluster_abstracts(sample, n_themes=30)
    assert "more theme" not in repr(themes)
    assert themes._repr_html_().count("<tr>") == 30


def test_many_edits_are_cut(sample_themes):
    edited = sample_themes
    for number in range(12):
        edited = edited.rename({0: f"retrieval {number}"})
    assert "more lines; summary() has them all" in repr(edited)
    assert "more lines; summary() has them all" in edited._repr_html_()
    assert "retrieval 11" in edited.summary()


def test_html(sample_themes):
    html = sample_themes._repr_html_()
    assert html.count("<tr>") == len(sample_themes)
    assert all(theme.name in html for theme in sample_themes)
    # Fixed colours would be wrong on light or on dark pages.
    assert "color:#" not in html


def test_markup_shows_as_text():
    themes = cluster_abstracts(["<script>alert(1)</script> robots"])
    themes = themes.rename({0: "<b>robots</b>"})
    for html in (themes._repr_html_(), themes[0]._repr_html_()):
        assert "<script>" not in html
        assert "&lt;script&gt;" in html
        assert "&lt;b&gt;robots&lt;/b&gt;" in html


def test_theme(sample_themes):
    theme = sample_themes[0]
    about = f"{theme.size} papers, stability {theme.stability:.2f}, {focus_word(theme)}"
    line = f"Theme 0: {theme.name} ({about})"
    assert repr(theme) == line
    assert repr([theme]) == f"[{line}]"
    html = theme._repr_html_()
    assert html.count("<li>") == len(theme.representative_papers) == 3
    assert all(keyword in html for keyword in theme.keywords)


def test_author_keywords_of_a_theme(author_keyword_themes, sample_themes):
    html = author_keyword_themes[0]._repr_html_()
    assert "<div>Authors' keywords: protein folding, molecular dynamics</div>" in html
    hostile = replace(author_keyword_themes[0], author_keywords=("<i>folding",))
    assert "<div>Authors' keywords: &lt;i&gt;folding</div>" in hostile._repr_html_()
    assert "Authors' keywords" not in sample_themes[0]._repr_html_()


def test_stability_that_is_not_known(sample_themes):
    theme = replace(sample_themes[0], stability=float("nan"), focus=float("nan"), size=1)
    assert repr(theme).endswith("(1 paper)")
    assert "stability" not in theme._repr_html_()
    unsure = replace(sample_themes, themes=(theme, *sample_themes.themes[1:]))
    assert "nan" not in repr(unsure)
    assert "nan" not in unsure._repr_html_()


def test_focus_has_a_word_and_mixed_themes_are_no_themes(sample_themes):
    focused, broad, mixed = (
        replace(sample_themes[i], focus=focus, mixed=i == 2)
        for i, focus in enumerate((0.5, 0.49, 0.1))
    )
    assert [focus_word(t) for t in (focused, broad, mixed)] == ["focused", "broad", "mixed"]
    three = replace(sample_themes, themes=(focused, broad, mixed))
    assert "2 themes and 1 mixed" in three.summary()
    rows = repr(three).splitlines()
    assert [row.split()[4] for row in rows[-3:]] == ["focused", "broad", "mixed"]
    assert three._repr_html_().count(">broad<") == 1


def test_a_map_without_themes():
    class NoThemes:
        def fit_predict(self, vectors):
            return np.full(len(vectors), -1)

    themes = cluster_abstracts(["robots grasp", "proteins fold"], clusterer=NoThemes())
    assert repr(themes).startswith("ThemeMap: 2 rows, 2 distinct papers, 0 themes")
    assert "0 themes" in themes._repr_html_()
