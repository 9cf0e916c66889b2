"""Why a paper is where it is."""

import pytest

from absclust import OptionError, cluster_abstracts


@pytest.fixture(scope="module")
def fringe(sample_themes):
    """Return a row between two themes."""
    return int(sample_themes.papers()["margin"].abs().iloc[:57].argmin())


def test_both_sides_belong_to_their_themes(sample_themes, fringe):
    why = sample_themes.explain(fringe)
    papers = sample_themes.papers()
    assert why.title == papers["title"].iloc[fringe]
    assert why.votes["name"].tolist() == [
        papers[column].iloc[fringe] for column in ("theme_name", "runner_up")
    ]
    own, runner_up = why.votes["votes"]
    assert own == pytest.approx(papers["strength"].iloc[fringe], abs=1e-3)
    assert why.margin == pytest.approx(own - runner_up, abs=2e-3)
    for theme in why.votes["theme"]:
        near = why.papers[why.papers["theme"] == theme]
        assert set(sample_themes.labels[near["row"]]) == {theme}
        assert fringe not in near["row"].tolist()
        assert len(near) == 5
        assert near["similarity"].is_monotonic_decreasing


def test_nearest_papers_are_the_nearest(sample_themes):
    why = sample_themes.explain(3)
    corpus, vectors = sample_themes.corpus, sample_themes.foundation.paper_embedding
    similarity = vectors @ vectors[corpus.paper_of_row[3]]
    mine = sample_themes.labels[corpus.first_row] == why.votes["theme"][0]
    mine[corpus.paper_of_row[3]] = False
    assert why.papers["similarity"][0] == pytest.approx(similarity[mine].max(), abs=1e-3)


def test_phrases_speak_for_the_side_that_uses_them(sample_themes):
    texts = [t.lower() for t in sample_themes.corpus.paper_texts]
    with_phrases = 0
    for row in range(0, 50, 5):
        why = sample_themes.explain(row)
        assert why.phrases["share"].between(0, 1).all()
        assert (why.phrases["share_elsewhere"] < why.phrases["share"]).all()
        keywords = {word for theme in why.votes["theme"] for word in sample_themes[theme].keywords}
        assert set(why.phrases["phrase"]) <= keywords
        for phrase in why.phrases["phrase"]:
            assert any(phrase.lower() in text for text in texts)
        for _, of_theme in why.phrases.groupby("theme"):
            lead = of_theme["share"] - of_theme["share_elsewhere"]
            assert lead.is_monotonic_decreasing
        with_phrases += bool((why.phrases["theme"] == why.votes["theme"][0]).any())
    assert with_phrases >= 7


def test_shares_are_of_papers():
    themes = cluster_abstracts(
        ["Robots grasp cups.", "Robots grasp tools.", "Proteins fold.", "Proteins fold fast."]
    )
    first = themes.explain(0).phrases.iloc[0]
    assert first[["phrase", "share", "share_elsewhere"]].tolist() == ["Robots grasp", 1.0, 0.0]


def test_an_acronym_is_what_it_stands_for():
    themes = cluster_abstracts(
        [
            "Reinforcement learning (RL) plays games.",
            "RL plays chess games.",
            "Reinforcement learning plays Go games.",
            "Protein folding in cells.",
            "Proteins fold in cells.",
        ]
    )
    assert themes.labels.tolist() == [0, 0, 0, 1, 1]
    for row in (1, 2):
        phrases = themes.explain(row).phrases.set_index("phrase")
        (written,) = {"RL", "reinforcement learning", "Reinforcement learning"} & set(phrases.index)
        assert phrases.loc[written, "theme"] == 0
        assert phrases.loc[written, "share"] == 1


def test_as_text(sample_themes, fringe):
    why = sample_themes.explain(fringe)
    text = repr(why)
    for part in (why.title, *why.votes["name"], f"margin {why.margin:.2f}"):
        assert part in text
    assert all(phrase in text for phrase in why.phrases["phrase"])
    assert all(title in text for title in why.papers["title"])


def test_one_theme_has_no_runner_up():
    themes = cluster_abstracts(["Robots grasp cups.", "Robots grasp tools."], n_themes=1)
    why = themes.explain(1)
    assert len(why.votes) == 1
    assert why.papers["row"].tolist() == [0]
    assert "100%" in repr(why)
    alone = cluster_abstracts(["Robots grasp."]).explain(0)
    assert alone.papers.empty


def test_a_paper_in_no_theme(sample_themes):
    moved = sample_themes.move(3, to=-1)
    why = moved.explain(3)
    assert why.votes["theme"][0] == -1
    assert (why.papers["theme"] == -1).sum() == 5
    assert -1 not in why.phrases["theme"].tolist()
    assert "in no theme" in repr(why)


def test_an_explanation_follows_edits(sample_themes, fringe):
    why = sample_themes.explain(fringe)
    moved = sample_themes.move(fringe, to=int(why.votes["theme"][1]))
    after = moved.explain(fringe)
    assert after.votes["name"].tolist() == why.votes["name"].tolist()[::-1]
    assert after.margin == pytest.approx(-why.margin, abs=1e-3)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (166, "there is no row 166"),
        (57, "row 57: no text"),
        ([1, 2], r"row is \[1, 2\]; expected a single row number"),
        ("a title", "rows is 'a title'; expected row numbers"),
    ],
)
def test_rows_that_cannot_be_explained(sample_themes, row, message):
    with pytest.raises(OptionError, match=message):
        sample_themes.explain(row)
