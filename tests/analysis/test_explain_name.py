import pytest

from absclust import OptionError


def test_keywords_are_counted_where_they_are_used(sample_themes):
    theme = next(t for t in sample_themes if "RLHF" in t.keywords)
    table = sample_themes.explain_name(theme.id).set_index("keyword")
    assert list(table.index) == list(theme.keywords)
    assert (table["in_theme"] >= 2).all()
    assert (table["share_in_theme"] > table["share_elsewhere"]).all()
    row = table.loc["RLHF"]
    texts = sample_themes.corpus.records.loc[row["rows"], ["title", "abstract"]].fillna("")
    text = (texts["title"] + texts["abstract"]).str
    assert (text.contains("RLHF") | text.lower().str.contains("human feedback")).all()
    assert (sample_themes.labels[row["rows"]] == theme.id).all()


@pytest.mark.parametrize("theme", [-1, 99, "a"])
def test_no_such_theme(sample_themes, theme):
    with pytest.raises(OptionError, match="expected a number from 0 to"):
        sample_themes.explain_name(theme)
