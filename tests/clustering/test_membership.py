import numpy as np

from absclust.arrays import unit_rows
from absclust.clustering.membership import membership
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
