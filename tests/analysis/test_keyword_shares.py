import pytest

from absclust import OptionError, cluster_abstracts
from absclust.naming import evidence


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


def test_elsewhere_is_estimated_where_a_sample_was_read(sample, monkeypatch):
    exact = cluster_abstracts(sample).keywords(0)
    monkeypatch.setattr(evidence, "_MAX_PAPERS", 60)
    themes = cluster_abstracts(sample)
    table = themes.keywords(0).set_index("keyword")
    assert len(themes.foundation.evidence.papers) == 60
    exact = exact.set_index("keyword")
    both = exact.index.intersection(table.index)
    assert len(both)
    # Of the theme itself, every paper was read.
    assert (exact["in_theme"][both] == table["in_theme"][both]).all()
    assert (exact["share_elsewhere"][both] - table["share_elsewhere"][both]).abs().max() < 0.15


@pytest.mark.parametrize("theme", [-1, 99, "a"])
def test_no_such_theme(sample_themes, theme):
    with pytest.raises(OptionError, match="expected a number from 0 to"):
        sample_themes.keywords(theme)
