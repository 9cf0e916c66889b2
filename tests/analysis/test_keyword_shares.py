import pandas as pd
import pytest

from absclust import OptionError, cluster_abstracts


def test_keywords_are_counted_where_they_are_used(sample_themes):
    theme = next(t for t in sample_themes if "reward model" in t.keywords)
    table = sample_themes.keywords(theme.id).set_index("keyword")
    assert list(table.index) == list(theme.keywords)
    assert (table["in_theme"] >= 2).all()
    assert (table["share_in_theme"] > table["share_elsewhere"]).all()
    row = table.loc["reward model"]
    texts = sample_themes.corpus.records.loc[row["rows"], ["title", "abstract"]].fillna("")
    text = texts["title"].str.lower() + " " + texts["abstract"].str.lower()
    assert text.str.contains(r"reward[- ]model").all()
    assert (sample_themes.labels[row["rows"]] == theme.id).all()


def test_shares_are_estimated_where_a_sample_was_read(sample, monkeypatch):
    exact = cluster_abstracts(sample).keywords(0)
    monkeypatch.setattr("absclust.sizes.READ_FOR_NAMES", 60)
    themes = cluster_abstracts(sample)
    table = themes.keywords(0).set_index("keyword")
    assert len(themes.foundation.evidence.papers) == 60
    exact = exact.set_index("keyword")
    both = exact.index.intersection(table.index)
    assert len(both)
    assert (exact["share_in_theme"][both] - table["share_in_theme"][both]).abs().max() < 0.25
    assert (exact["share_elsewhere"][both] - table["share_elsewhere"][both]).abs().max() < 0.15


@pytest.mark.parametrize("theme", [-1, 99, "a"])
def test_no_such_theme(sample_themes, theme):
    with pytest.raises(OptionError, match="expected a number from 0 to"):
        sample_themes.keywords(theme)


def test_a_keyword_has_one_share_wherever_it_is_shown(sample, monkeypatch):
    """Tables and explanations once counted in samples of different sizes."""
    monkeypatch.setattr("absclust.sizes.READ_FOR_NAMES", 60)
    themes = cluster_abstracts(sample)
    everything = themes.keywords().set_index(["theme", "keyword"])
    for theme in themes:
        table = themes.keywords(theme.name).set_index("keyword")
        columns = ["share_in_theme", "share_elsewhere"]
        assert (table[columns] == everything.loc[theme.id][columns]).all(axis=None)
    explained = [themes.explain(row) for row in range(0, 160, 7)]
    shown = pd.concat([why.phrases for why in explained]).set_index(["theme", "phrase"])["share"]
    shown = shown[shown.index.isin(everything.index)]
    assert len(shown) > 20
    for theme_and_keyword, share in shown.items():
        assert share == everything.loc[theme_and_keyword, "share_in_theme"]
