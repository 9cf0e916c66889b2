import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

import absclust.clustering.inverted_lists
import absclust.clustering.nearest
import absclust.clustering.neighbors
from absclust.arrays import unit_rows
from absclust.clustering.neighbors import NeighborSearch, neighbor_graph, sample_graph


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
    monkeypatch.setattr(absclust.clustering.nearest, "_BLOCK_FLOATS", 700)
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
    vectors[60:] += 2  # move the second batch away, whatever the subject
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    batches = np.repeat([0, 1], 60)
    apart = neighbor_graph(vectors, 15)
    assert (batches[apart.indices] != batches[:, None]).mean() < 0.1
    graph = neighbor_graph(vectors, 15, batches)
    assert ((batches[graph.indices] != batches[:, None]).sum(axis=1) == 5).all()
    assert not (graph.indices == np.arange(120)[:, None]).any()
    assert graph.similarities.max() <= 1


def test_a_group_with_too_few_papers_for_neighbours_does_not_count():
    vectors = unit_vectors(60)
    batches = np.repeat([0, 1], [55, 5])
    assert np.array_equal(
        neighbor_graph(vectors, 15, batches).indices, neighbor_graph(vectors, 15).indices
    )


def clustered_vectors(n, n_groups=40, d=16, seed=0):
    random = np.random.default_rng(seed)
    centres = random.normal(size=(n_groups, d))
    noise = 0.5 * random.normal(size=(n, d))
    return unit_rows(centres[random.integers(n_groups, size=n)] + noise)


def test_a_large_corpus_gets_nearly_the_exact_neighbours(monkeypatch):
    vectors = clustered_vectors(6000)
    exact = neighbor_graph(vectors)
    monkeypatch.setattr("absclust.sizes.INVERTED_LISTS_FROM", 6000)
    graph = neighbor_graph(vectors)
    assert not (graph.indices == np.arange(6000)[:, None]).any()
    assert all(len(set(row)) == 15 for row in graph.indices.tolist())
    is_exact = (graph.indices[:, :, None] == exact.indices[:, None, :]).any(axis=2)
    assert 0.95 <= is_exact.mean() < 1  # below 1: it was not the exact search


def test_a_large_corpus_gets_the_same_neighbours_for_any_number_of_threads(monkeypatch):
    vectors = clustered_vectors(6000)
    monkeypatch.setattr("absclust.sizes.INVERTED_LISTS_FROM", 6000)
    monkeypatch.setattr(absclust.clustering.inverted_lists, "_QUERIES", 1000)
    graphs = []
    for n_threads in (1, 2, 5):
        monkeypatch.setattr("os.cpu_count", lambda n=n_threads: n)
        with threadpool_limits(n_threads):
            graphs.append(neighbor_graph(vectors))
    for graph in graphs[1:]:
        assert np.array_equal(graph.indices, graphs[0].indices)
        assert np.array_equal(graph.similarities, graphs[0].similarities)


def test_large_groups_share_neighbours(monkeypatch):
    vectors = clustered_vectors(3000)
    batches = np.arange(3000) % 2
    exact = neighbor_graph(vectors, 15, batches)
    monkeypatch.setattr("absclust.sizes.INVERTED_LISTS_FROM", 1000)
    graph = neighbor_graph(vectors, 15, batches)
    assert ((batches[graph.indices] != batches[:, None]).sum(axis=1) == 5).all()
    is_exact = (graph.indices[:, :, None] == exact.indices[:, None, :]).any(axis=2)
    assert is_exact.mean() > 0.95


def test_neighbours_of_a_new_paper_do_not_depend_on_the_others(monkeypatch):
    vectors = clustered_vectors(4000)
    monkeypatch.setattr("absclust.sizes.INVERTED_LISTS_FROM", 1000)
    search = NeighborSearch.in_graph(neighbor_graph(vectors[:3000]), vectors[:3000])
    indices, similarities = search.neighbors(vectors[3000:])
    for paper in (0, 17, 999):
        alone = search.neighbors(vectors[3000 + paper : 3001 + paper])
        assert np.array_equal(alone[0][0], indices[paper])
        assert np.array_equal(alone[1][0], similarities[paper])


def test_papers_with_too_few_candidates_get_an_exact_search(monkeypatch):
    vectors = unit_vectors(300)
    exact = neighbor_graph(vectors)
    monkeypatch.setattr("absclust.sizes.INVERTED_LISTS_FROM", 300)
    monkeypatch.setattr(absclust.clustering.inverted_lists, "_PROBED", 1)  # nine papers on average
    graph = neighbor_graph(vectors)
    is_exact = (graph.indices == exact.indices).all(axis=1)
    assert is_exact.mean() > 0.9
    assert graph.indices.shape == (300, 15)


def test_papers_without_known_words_do_not_disturb_a_large_corpus(monkeypatch):
    vectors = clustered_vectors(3000)
    vectors[::10] = 0
    monkeypatch.setattr("absclust.sizes.INVERTED_LISTS_FROM", 1000)
    graph = neighbor_graph(vectors)
    assert (graph.similarities[::10] == 0).all()
    assert not graph.adjacency[::10].nnz


def test_a_sample_has_the_graph_of_its_papers():
    vectors, papers = clustered_vectors(500), np.arange(0, 500, 5)
    sample = sample_graph(neighbor_graph(vectors, 10), vectors, papers)
    assert sample.indices.shape == (100, 10)
    assert np.array_equal(sample.indices, neighbor_graph(vectors[papers], 10).indices)


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
