import numpy as np

from absclust.arrays import unit_rows
from absclust.clustering.membership import (
    Membership,
    led_by_label,
    membership,
    membership_by_shares,
    theme_centroids,
    vote_shares,
)
from absclust.clustering.neighbors import NeighborGraph, neighbor_graph
from tests.clustering.test_leiden import blobs


def test_papers_in_the_middle_of_a_theme_are_its_core():
    votes = membership(neighbor_graph(blobs([30, 30])), np.repeat([0, 1], 30))
    assert votes.core.all()
    assert votes.strength.min() > 0.9


def test_votes_are_weighted_by_similarity():
    graph = NeighborGraph(
        np.array([[1, 2], [0, 2], [0, 1]], dtype=np.int32),
        np.array([[0.9, 0.3], [0.9, 0.1], [0.3, 0.1]], dtype=np.float32),
    )
    votes = membership(graph, np.array([0, 0, 1]))
    assert np.allclose(votes.strength, [0.75, 0.9, 0])
    assert votes.runner_up.tolist() == [1, 1, 0]
    assert np.allclose(votes.margin, [0.5, 0.8, -1])
    assert votes.core.tolist() == [True, True, False]


def test_a_paper_without_theme_has_no_strength():
    votes = membership(neighbor_graph(blobs([10, 10])), np.repeat([0, -1], 10))
    assert not votes.strength[10:].any()
    assert (votes.runner_up == -1).all()
    assert (votes.strength[:10] > 0).all()


def test_one_paper_and_one_theme():
    assert membership(neighbor_graph(blobs([1])), np.array([0])).strength.tolist() == [1]
    votes = membership(neighbor_graph(blobs([10])), np.zeros(10, dtype=int))
    assert np.allclose(votes.margin, 1)
    assert (votes.runner_up == -1).all()


def test_blocks_make_no_difference(monkeypatch):
    vectors = np.random.default_rng(0).normal(size=(60, 4))
    graph = neighbor_graph(unit_rows(vectors))
    labels = np.arange(60) % 5 - 1
    whole = membership(graph, labels)
    monkeypatch.setattr("absclust.clustering.membership._BLOCK_FLOATS", 20)
    blocks = membership(graph, labels)
    assert np.array_equal(whole.strength, blocks.strength)
    assert np.array_equal(whole.runner_up, blocks.runner_up)
    assert np.array_equal(whole.margin, blocks.margin)


def test_a_theme_without_votes_is_no_runner_up():
    """All three neighbours of each paper are in its own theme; the other theme has no vote."""
    graph = NeighborGraph(
        np.array([[1, 2], [0, 2], [0, 1], [4, 4], [3, 3]], dtype=np.int32),
        np.full((5, 2), 0.5, dtype=np.float32),
    )
    votes = membership(graph, np.array([0, 0, 0, 1, 1]))
    assert votes.runner_up.tolist() == [-1] * 5
    assert votes.margin.tolist() == [1] * 5


def test_core_papers_have_half_the_votes_and_more_than_any_other_theme_has():
    strength = np.array([0.5, 0.4, 0.5, 0.49], dtype=np.float32)
    margin = np.array([0.1, 0.1, 0, -0.02], dtype=np.float32)
    assert Membership(strength, np.ones(4, int), margin).core.tolist() == [True] + [False] * 3


def test_without_neighbours_each_paper_is_its_theme_alone():
    none = NeighborGraph(np.zeros((2, 0), dtype=np.int32), np.zeros((2, 0), dtype=np.float32))
    alone = membership(none, np.array([0, -1]))
    assert alone.strength.tolist() == alone.margin.tolist() == [1, 0]
    assert alone.runner_up.tolist() == [-1, -1]
    no_papers = NeighborGraph(none.indices[:0], none.similarities[:0])
    assert membership(no_papers, np.zeros(0, dtype=int)).strength.shape == (0,)
    nowhere = membership(neighbor_graph(blobs([4])), np.full(4, -1))
    assert nowhere.strength.tolist() == nowhere.margin.tolist() == [0] * 4
    assert nowhere.runner_up.tolist() == [-1] * 4


def test_only_similar_neighbours_have_a_vote():
    graph = NeighborGraph(
        np.array([[1, 2], [0, 2], [0, 1]], dtype=np.int32),
        np.array([[0, -0.5], [0, 0.5], [-0.5, 0.5]], dtype=np.float32),
    )
    assert membership(graph, np.zeros(3, dtype=int)).strength.tolist() == [0, 1, 1]


def test_shares_add_up_to_one_and_are_led_by_the_theme():
    graph = neighbor_graph(unit_rows(np.random.default_rng(0).normal(size=(60, 4))))
    labels = np.arange(60) % 5 - 1
    votes, _ = vote_shares(labels[graph.indices], graph.similarities, 4)
    whole = led_by_label(votes, labels)
    assert whole.dtype == np.float32
    np.testing.assert_allclose(whole.sum(axis=1), 1, atol=1e-6)
    themed = labels >= 0
    assert whole[themed].argmax(axis=1).tolist() == labels[themed].tolist()


def test_a_vote_is_the_share_of_its_theme_among_themes():
    themes = np.array([[0, 1, -1, 1], [-1, -1, 0, 0]])
    similarities = np.array([[0.5, 0.25, 0.5, 0.25], [0.5, 0.5, 0, -1]], dtype=np.float32)
    shares, unassigned = vote_shares(themes, similarities, 2)
    assert shares.tolist() == [[0.5, 0.5], [0, 0]]
    assert unassigned.tolist() == [0.5, np.inf]
    assert shares.dtype == unassigned.dtype == np.float32


def test_in_a_map_without_themes_papers_have_no_strength():
    votes = membership_by_shares(np.zeros((2, 0), dtype=np.float32), np.array([-1, -1]))
    assert votes.strength.tolist() == votes.margin.tolist() == [0, 0]
    assert votes.runner_up.tolist() == [-1, -1]
    assert votes.strength.dtype == votes.margin.dtype == np.float32


def test_the_centroid_of_many_papers_is_exact():
    """Sums of float32 drift: of so many papers, by more than one in ten thousand."""
    vectors = unit_rows(np.tile([[1, 0.1], [0.3, 1]], (100_000, 1)))
    exact = vectors[:2].mean(axis=0, dtype=np.float64)
    centroids = theme_centroids(vectors, np.zeros(len(vectors), dtype=int), 2)
    np.testing.assert_allclose(centroids[0], exact / np.linalg.norm(exact), atol=1e-7)
    assert centroids[1].tolist() == [0, 0]
