"""Why a paper is where it is."""

import json

import numpy as np
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
    assert why.own.name == papers["theme_name"].iloc[fringe]
    assert why.runner_up.name == papers["runner_up"].iloc[fringe]
    assert why.own.votes == pytest.approx(papers["strength"].iloc[fringe], abs=1e-3)
    assert why.margin == pytest.approx(why.own.votes - why.runner_up.votes, abs=2e-3)
    for side in (why.own, why.runner_up):
        rows = [paper.row for paper in side.papers]
        assert set(sample_themes.labels[rows]) == {side.theme}
        assert fringe not in rows
        assert len(rows) == 5
        similarities = [paper.similarity for paper in side.papers]
        assert similarities == sorted(similarities, reverse=True)


def test_nearest_papers_are_the_nearest(sample_themes):
    why = sample_themes.explain(3)
    corpus, vectors = sample_themes.corpus, sample_themes.foundation.paper_embedding
    similarity = vectors @ vectors[corpus.paper_of_row[3]]
    mine = sample_themes.labels[corpus.first_row] == why.own.theme
    mine[corpus.paper_of_row[3]] = False
    assert why.own.papers[0].similarity == pytest.approx(similarity[mine].max(), abs=1e-3)


def test_phrases_speak_for_the_side_that_uses_them(sample_themes):
    texts = [t.lower() for t in sample_themes.corpus.paper_texts]
    with_phrases = 0
    for row in range(0, 50, 5):
        why = sample_themes.explain(row)
        for side in filter(None, (why.own, why.runner_up)):
            for phrase in side.phrases:
                assert phrase.log_odds > 0
                assert 0 <= phrase.share_elsewhere < phrase.share <= 1
                assert any(phrase.phrase.lower() in text for text in texts)
        with_phrases += bool(why.own.phrases)
        own = {phrase.phrase for phrase in why.own.phrases}
        assert own <= {
            word
            for theme in (why.own, why.runner_up)
            if theme
            for word in sample_themes[theme.theme].keywords
        }
    assert with_phrases >= 7


def test_shares_are_of_papers():
    themes = cluster_abstracts(
        ["Robots grasp cups.", "Robots grasp tools.", "Proteins fold.", "Proteins fold fast."]
    )
    (phrase, *_) = themes.explain(0).own.phrases
    assert (phrase.phrase, phrase.share, phrase.share_elsewhere) == ("Robots grasp", 1.0, 0.0)
    assert phrase.log_odds == pytest.approx(2 * np.log(5), abs=0.01)  # 2.5 / 0.5, both sides


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
        (share,) = (
            p.share
            for p in themes.explain(row).own.phrases
            if p.phrase in {"RL", "reinforcement learning", "Reinforcement learning"}
        )
        assert share == 1


def test_as_data_and_as_text(sample_themes, fringe):
    why = sample_themes.explain(fringe)
    data = json.loads(json.dumps(why.to_dict()))
    assert data["own"]["papers"][0]["title"] == why.own.papers[0].title
    assert data["runner_up"]["name"] == why.runner_up.name
    text = repr(why)
    for part in (why.title, why.own.name, why.runner_up.name, f"margin {why.margin:.2f}"):
        assert part in text
    assert all(phrase.phrase in text for phrase in why.own.phrases)


def test_titles_are_text_in_a_notebook():
    themes = cluster_abstracts(
        [{"title": f"<script>alert({i})</script> robots", "abstract": "Grasp."} for i in range(3)]
    )
    html = themes.explain(0)._repr_html_()
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 3


def test_one_theme_has_no_runner_up():
    themes = cluster_abstracts(["Robots grasp cups.", "Robots grasp tools."], n_themes=1)
    why = themes.explain(1)
    assert why.runner_up is None
    assert why.own.papers[0].row == 0
    assert "100%" in repr(why)
    alone = cluster_abstracts(["Robots grasp."]).explain(0)
    assert alone.own.papers == ()


def test_a_paper_in_no_theme(sample_themes):
    moved = sample_themes.move(3, to=-1)
    why = moved.explain(3)
    assert why.own.theme == -1
    assert len(why.own.papers) == 5
    assert why.own.phrases == ()
    assert "in no theme" in repr(why)
    assert "in no theme" in why._repr_html_()


def test_an_explanation_follows_edits(sample_themes, fringe):
    why = sample_themes.explain(fringe)
    moved = sample_themes.move(fringe, to=why.runner_up.theme)
    after = moved.explain(fringe)
    assert after.own.name == why.runner_up.name
    assert after.runner_up.name == why.own.name
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
