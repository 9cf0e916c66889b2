import numpy as np

from absclust.cluster import by_size, leiden
from absclust.neighbors import neighbor_graph


def blobs(sizes, d=12, noise=0.2, seed=0):
    rng = np.random.default_rng(seed)
    vectors = np.repeat(np.eye(d)[: len(sizes)], sizes, axis=0)
    vectors = vectors + noise * rng.normal(size=vectors.shape)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_separate_groups_are_found():
    labels = leiden(neighbor_graph(blobs([30, 30, 30])), resolution=1.0)
    assert [len(set(labels[i : i + 30])) for i in (0, 30, 60)] == [1, 1, 1]
    assert len(set(labels)) == 3


def test_higher_resolution_gives_more_communities():
    graph = neighbor_graph(blobs([60] * 5, noise=0.4))
    found = [len(set(leiden(graph, resolution=r))) for r in (0.3, 1.5, 6)]
    assert found == sorted(found)
    assert found[0] < found[-1]


def test_the_same_seed_gives_the_same_communities():
    graph = neighbor_graph(blobs([40] * 4, noise=0.6))
    assert np.array_equal(leiden(graph), leiden(graph))


def test_a_paper_that_says_nothing_is_unassigned():
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    assert leiden(neighbor_graph(vectors)).tolist() == [0, 0, -1]


def test_a_paper_unlike_all_goes_with_the_one_it_is_least_unlike():
    vectors = np.array([[1, 0], [1, 0.1], [-0.9, 0.5], [-1, -0.1], [-0.1, -1]], dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = leiden(neighbor_graph(vectors))
    assert (labels >= 0).all()


def test_papers_all_unlike_each_have_their_own():
    assert leiden(neighbor_graph(np.eye(4, dtype=np.float32))).tolist() == [0, 1, 2, 3]
    assert leiden(neighbor_graph(np.ones((1, 3), dtype=np.float32))).tolist() == [0]


def test_largest_community_comes_first():
    labels = by_size(np.array([5, 2, 2, -1, 9, 9]), np.array([1, 1, 1, 1, 1, 4]))
    assert labels.tolist() == [2, 1, 1, -1, 0, 0]
