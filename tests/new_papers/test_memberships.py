"""The share of each theme in each paper: adds up to 1, and the label has the largest."""

import numpy as np
import pandas as pd
import pytest

from absclust import OptionError, cluster_abstracts, load

NEW = ["A robot grasps a bottle.", None, "Federated learning with private clients.", "Owls."]


def check(themes):
    """Check that shares add up to 1 and that the label has the largest, and return them."""
    shares = themes.memberships()
    assert shares.columns.tolist() == [theme.id for theme in themes]
    assert shares.columns.name == "theme"
    assert shares.index.equals(themes.corpus.records.index)
    with_theme = themes.labels >= 0
    assert shares[with_theme].idxmax(axis=1).tolist() == themes.labels[with_theme].tolist()
    known = shares.dropna()
    np.testing.assert_allclose(known.sum(axis=1), 1, atol=1e-5)
    assert (known >= 0).all(axis=None)
    assert shares[themes.corpus.paper_of_row < 0].isna().all(axis=None)
    return shares


def test_shares_are_the_votes_that_strength_and_runner_up_come_from(sample_themes):
    shares, papers = check(sample_themes), sample_themes.papers()
    clear = (papers["margin"] > 0).to_numpy()
    assert 0.8 < clear.mean() < 1
    two = np.sort(shares.to_numpy()[clear])[:, -2:]
    np.testing.assert_allclose(two[:, 1], papers["strength"][clear], atol=1e-6)
    np.testing.assert_allclose(two[:, 1] - two[:, 0], papers["margin"][clear], atol=1e-6)


def test_after_edits_at_all_layers_and_of_saved_maps(sample_themes, tmp_path):
    shares = check(sample_themes)
    edited = sample_themes.merge([1, 3])
    merged = check(edited)
    # Where no share had to be raised, the merged theme has what both had.
    clear = (sample_themes.papers()["margin"] > 0) & (edited.papers()["margin"] > 0)
    assert clear.mean() > 0.8
    largest = edited.labels[sample_themes.labels == 1][0]
    both = shares.loc[clear, 1] + shares.loc[clear, 3]
    np.testing.assert_allclose(merged.loc[clear, largest], both, atol=1e-5)
    split = sample_themes.split(0)
    assert check(split).shape[1] == len(split) > len(sample_themes)
    pd.testing.assert_frame_equal(shares, sample_themes.rename({0: "a"}).memberships())
    for layer in sample_themes.layers:
        check(layer)
    sample_themes.save(tmp_path / "map")
    pd.testing.assert_frame_equal(load(tmp_path / "map").memberships(), shares)


def test_a_paper_that_was_moved_leads_to_its_theme(sample_themes):
    row = int(np.flatnonzero(sample_themes.labels == 0)[0])
    to = sample_themes[sample_themes.papers()["runner_up"][row]].id
    moved = sample_themes.move(row, to=to)
    shares = check(moved).loc[row]
    assert 1 / len(moved) < shares[to] <= 0.51
    nowhere = sample_themes.move(row, to=-1)
    assert nowhere.labels[row] == -1
    assert check(nowhere).loc[row].idxmax() == 0  # its neighbours' theme


def test_new_papers_have_the_theme_that_predict_gives_them(sample_themes):
    shares, predicted = sample_themes.memberships(NEW), sample_themes.predict(NEW)
    assert shares.isna().all(axis=1).tolist() == [False, True, False, False]
    known = shares.dropna()
    assert known.idxmax(axis=1).tolist() == predicted["theme"][known.index].tolist()
    np.testing.assert_allclose(known.sum(axis=1), 1, atol=1e-5)
    alone = sample_themes.memberships(NEW[2:3])
    np.testing.assert_array_equal(alone.to_numpy(), shares.to_numpy()[2:3])
    assert set(shares.dtypes) == {np.dtype(np.float32)}
    own = sample_themes.memberships(sample_themes.corpus.records)
    pd.testing.assert_frame_equal(own, sample_themes.memberships())


def test_papers_in_no_theme_have_their_neighbours_votes(sample):
    strict = cluster_abstracts(sample, min_strength=0.6)
    assert (strict.papers()["theme"] < 0).sum() > 10
    weak = check(strict)[(strict.labels < 0) & (strict.corpus.paper_of_row >= 0)]
    assert weak.notna().all(axis=None)
    assert (strict.memberships(NEW).sum(axis=1, min_count=1).dropna().round(4) == 1).all()


@pytest.mark.parametrize("n", [1, 2, 24])
def test_tiny_corpora(n):
    texts = [None, *(f"{('Robots grasp', 'Proteins fold')[i % 2]} {i}." for i in range(n))]
    themes = cluster_abstracts([*texts, texts[1]])
    shares = check(themes)
    assert shares.iloc[1].tolist() == shares.iloc[-1].tolist()
    assert len(themes.memberships([])) == 0
    nothing = themes.move(list(range(1, n + 1)), to=-1)
    assert nothing.memberships().shape == (n + 2, 0)


def test_maps_of_own_vectors_need_vectors():
    vectors = np.eye(3)[[0, 0, 1, 1, 2]]
    themes = cluster_abstracts(list("abcde"), embeddings=vectors, n_themes=2)
    check(themes)
    shares = themes.memberships(["new"], embeddings=vectors[:1])
    assert shares.idxmax(axis=1).tolist() == [themes.labels[0]]
    with pytest.raises(OptionError, match="embeddings are given without texts"):
        themes.memberships(embeddings=vectors)


def test_updates(sample_themes):
    check(sample_themes.update(NEW).themes)


@pytest.mark.slow
def test_shares_say_more_than_labels(labelled):
    """On real papers, a runner-up's share tells how often the human label is another theme's."""
    frame = labelled("arxiv_ml").iloc[:1500]
    themes = cluster_abstracts(frame, progress=False)
    shares = check(themes)
    usual = frame["label"].groupby(themes.labels).agg(lambda label: label.mode()[0])
    agrees = usual.reindex(themes.labels).to_numpy() == frame["label"].to_numpy()
    largest = shares.max(axis=1).to_numpy()
    sure, unsure = largest > 0.9, largest < 0.6
    assert sure.sum() > 100
    assert unsure.sum() > 100
    assert agrees[sure].mean() > agrees[unsure].mean() + 0.15
