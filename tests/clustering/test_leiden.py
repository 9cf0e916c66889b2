import numpy as np
import pytest
from scipy import sparse

from absclust.clustering.leiden import (
    DEFAULT_RESOLUTION,
    PartitionSettings,
    by_size,
    choose_resolution,
    find_communities,
    leiden,
    together,
)
from absclust.clustering.neighbors import neighbor_graph


def blobs(sizes, d=12, noise=0.2, seed=0):
    rng = np.random.default_rng(seed)
    vectors = np.repeat(np.eye(d)[: len(sizes)], sizes, axis=0)
    vectors = vectors + noise * rng.normal(size=vectors.shape)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def communities(vectors, **options):
    return find_communities(neighbor_graph(vectors), PartitionSettings(**options))


def test_separate_groups_are_found():
    labels = communities(blobs([30, 30, 30]), resolution=1.0)
    assert [len(set(labels[i : i + 30])) for i in (0, 30, 60)] == [1, 1, 1]
    assert len(set(labels)) == 3


def test_higher_resolution_gives_more_communities():
    adjacency = neighbor_graph(blobs([60] * 5, noise=0.4)).adjacency
    counts = [len(set(leiden(adjacency, resolution=r))) for r in (0.3, 1.5, 6)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_the_same_seed_gives_the_same_communities():
    vectors = blobs([40] * 4, noise=0.6)
    assert np.array_equal(communities(vectors), communities(vectors))


@pytest.mark.parametrize("n_themes", [1, 2, 3, 7, 40, 120])
def test_n_themes_gives_the_exact_number(n_themes):
    labels = communities(blobs([40, 40, 40]), n_themes=n_themes)
    assert sorted(set(labels)) == list(range(n_themes))


def test_merging_joins_the_most_similar_communities():
    # Two pairs of groups, each pair lying close together.
    centres = np.array([[1, 0.6, 0, 0], [0.6, 1, 0, 0], [0, 0, 1, 0.6], [0, 0, 0.6, 1]])
    vectors = np.repeat(centres, 25, axis=0) + 0.15 * np.random.default_rng(0).normal(size=(100, 4))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    labels = communities(vectors, n_themes=2)
    assert len(set(labels[:50])) == len(set(labels[50:])) == 1


def test_small_communities_are_merged_with_their_neighbours():
    vectors = blobs([40, 40, 3], noise=0.25)
    assert np.bincount(communities(vectors, resolution=4, min_theme_size=10)).min() >= 10


def test_a_paper_without_any_similarity_is_unassigned():
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    assert communities(vectors).tolist() == [0, 0, -1]


def test_a_paper_unlike_all_others_joins_the_one_it_is_least_unlike():
    vectors = np.array([[1, 0], [1, 0.1], [-0.9, 0.5], [-1, -0.1], [-0.1, -1]], dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert (communities(vectors) >= 0).all()


def test_papers_all_unlike_each_other_are_communities_of_their_own():
    assert communities(np.eye(4, dtype=np.float32), min_theme_size=2).tolist() == [0, 1, 2, 3]
    assert communities(np.ones((1, 3), dtype=np.float32)).tolist() == [0]


def test_clear_cut_subjects_are_recognised():
    # At the default resolution large groups fall apart, here as in real corpora.
    adjacency = neighbor_graph(blobs([150] * 4, noise=0.25)).adjacency
    resolution = choose_resolution(adjacency)
    assert resolution < DEFAULT_RESOLUTION
    assert leiden(adjacency, resolution=resolution).max() + 1 == 4


def test_without_clear_cut_subjects_the_default_is_taken():
    noise = np.random.default_rng(0).normal(size=(300, 20)).astype(np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    assert choose_resolution(neighbor_graph(noise).adjacency) == DEFAULT_RESOLUTION


def test_largest_community_comes_first():
    labels = by_size(np.array([5, 2, 2, -1, 9, 9]), np.array([1, 1, 1, 1, 1, 4]))
    assert labels.tolist() == [2, 1, 1, -1, 0, 0]


def test_papers_without_an_edge_leave_no_gap_in_the_numbers():
    # A gap was once counted as a theme, so that n_themes=2 gave only one.
    weights = sparse.csr_matrix(np.kron(np.diag([1, 0, 1]), np.ones((2, 2)) - np.eye(2)))
    labels = leiden(weights)
    assert sorted(set(labels.tolist())) == [-1, 0, 1]
    assert labels[2:4].tolist() == [-1, -1]


def test_themes_of_one_size_are_numbered_by_their_first_papers():
    labels = np.array([5, 3, 3, 5, 9, 9, 9, -1])
    assert by_size(labels, np.ones(8, dtype=int)).tolist() == [1, 2, 2, 1, 0, 0, 0, -1]
    # Rows count, not papers.
    assert by_size(labels, np.array([3, 1, 1, 1, 1, 1, 1, 9])).tolist() == [
        0, 2, 2, 0, 1, 1, 1, -1,
    ]  # fmt: skip


def test_a_paper_that_is_like_no_other_keeps_its_group_or_none():
    together_again = together(np.array([-1, 2, 2, 0, 1]), np.array([9, 4, 4, 4, 7]))
    assert together_again.tolist() == [-1, 2, 2, 2, 1]
