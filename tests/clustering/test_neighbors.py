import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

import absclust.clustering.neighbors
from absclust.arrays import unit_rows
from absclust.clustering.neighbors import neighbor_graph


def unit_vectors(n, d=16, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_neighbours_agree_with_scikit_learn():
    vectors = unit_vectors(200)
    graph = neighbor_graph(vectors, 10)
    expected = NearestNeighbors(n_neighbors=11, metric="cosine").fit(vectors)
    assert np.array_equal(graph.indices, expected.kneighbors(vectors)[1][:, 1:])


def test_blocks_give_the_same_result_as_one_piece(monkeypatch):
    vectors = unit_vectors(100)
    whole = neighbor_graph(vectors)
    monkeypatch.setattr(absclust.clustering.neighbors, "_BLOCK_FLOATS", 700)
    blocks = neighbor_graph(vectors)
    assert np.array_equal(whole.indices, blocks.indices)
    assert np.array_equal(whole.similarities, blocks.similarities)


def test_no_paper_is_its_own_neighbour_even_among_equals():
    graph = neighbor_graph(np.ones((6, 1), dtype=np.float32), 3)
    assert not (graph.indices == np.arange(6)[:, None]).any()
    assert graph.indices.shape == (6, 2)  # two fifths of six


@pytest.mark.parametrize(("n", "k"), [(1, 0), (2, 1), (3, 1), (5, 2), (24, 10), (500, 15)])
def test_small_corpora_take_fewer_neighbours(n, k):
    assert neighbor_graph(unit_vectors(n)).indices.shape == (n, k)


def test_adjacency_is_symmetric_without_dissimilar_pairs():
    vectors = np.array([[1, 0], [0.6, 0.8], [-1, 0]], dtype=np.float32)
    weights = neighbor_graph(vectors).adjacency.toarray()
    assert np.allclose(weights, weights.T)
    assert weights[0, 1] == pytest.approx(1.2)
    assert weights[2].sum() == 0


def test_groups_share_neighbours():
    vectors = unit_vectors(120)
    vectors[60:] += 2  # move the second group away, whatever the subject
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    groups = np.repeat([0, 1], 60)
    apart = neighbor_graph(vectors, 15)
    assert (groups[apart.indices] != groups[:, None]).mean() < 0.1
    graph = neighbor_graph(vectors, 15, groups)
    assert ((groups[graph.indices] != groups[:, None]).sum(axis=1) == 5).all()
    assert not (graph.indices == np.arange(120)[:, None]).any()
    assert graph.similarities.max() <= 1


def test_a_group_with_too_few_papers_for_neighbours_does_not_count():
    vectors = unit_vectors(60)
    groups = np.repeat([0, 1], [55, 5])
    assert np.array_equal(
        neighbor_graph(vectors, 15, groups).indices, neighbor_graph(vectors, 15).indices
    )


def test_stripes_give_the_same_result_as_whole_rows(monkeypatch):
    vectors = unit_vectors(1003)
    whole = neighbor_graph(vectors)
    monkeypatch.setattr(absclust.clustering.neighbors, "_STRIPED_FROM", 0)
    stripes = neighbor_graph(vectors)
    assert np.array_equal(whole.indices, stripes.indices)
    assert np.array_equal(whole.similarities, stripes.similarities)


@pytest.mark.slow
def test_the_approximate_search_finds_nearly_the_same_neighbours_every_time(monkeypatch):
    from numba import get_num_threads, set_num_threads

    vectors = unit_vectors(3000)
    exact = neighbor_graph(vectors)
    monkeypatch.setattr(absclust.clustering.neighbors, "_APPROXIMATE_FROM", 3000)
    threads = get_num_threads()
    graph = neighbor_graph(vectors)
    try:
        set_num_threads(1)
        again = neighbor_graph(vectors)
    finally:
        set_num_threads(threads)
    assert np.array_equal(graph.indices, again.indices)
    assert np.array_equal(graph.similarities, again.similarities)
    assert not (graph.indices == np.arange(3000)[:, None]).any()
    assert all(len(set(row)) == 15 for row in graph.indices.tolist())
    is_exact = (graph.indices[:, :, None] == exact.indices[:, None, :]).any(axis=2)
    assert is_exact.mean() >= 0.9


def test_papers_with_too_few_candidates_get_an_exact_search(monkeypatch):
    vectors = unit_vectors(300)
    exact = neighbor_graph(vectors)
    own_and_exact = np.hstack([np.arange(300)[:, None], exact.indices])
    own_and_exact[::7, 9:] = -1
    monkeypatch.setattr(absclust.clustering.neighbors, "_APPROXIMATE_FROM", 300)
    monkeypatch.setattr(absclust.clustering.neighbors, "_descend", lambda *_: own_and_exact)
    graph = neighbor_graph(vectors)
    assert np.array_equal(graph.indices, exact.indices)
    assert np.array_equal(graph.similarities, exact.similarities)


def test_groups_smaller_than_the_neighbourhood_are_not_linked_to_each_other():
    random = np.random.default_rng(0)
    sizes = [500] + [5] * 10
    centres = np.repeat(random.normal(size=(11, 100)), sizes, axis=0)
    group = np.repeat(np.arange(11), sizes)
    vectors = unit_rows((centres + 0.4 * random.normal(size=centres.shape)).astype(np.float32))
    weights = neighbor_graph(vectors).adjacency.tocoo()
    across = group[weights.row] != group[weights.col]
    assert weights.data[across].sum() < 0.01 * weights.data.sum()
    small = (group[weights.row] > 0) & ~across
    assert small.sum() == 10 * 5 * 4
