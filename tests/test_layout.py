import subprocess
import sys

import numpy as np
import pytest

from absclust import cluster_abstracts
from absclust.clustering.neighbors import neighbor_graph
from absclust.embedding.known_language import LanguageWarning
from absclust.layout import layout, place_new
from absclust.web.meaning import meaning
from tests.clustering.test_leiden import blobs


@pytest.mark.parametrize("n", [1, 2, 3, 14])
def test_tiny_corpora_have_places(n):
    vectors = blobs([n])
    places = layout(neighbor_graph(vectors), vectors)
    assert places.shape == (n, 2)
    assert np.isfinite(places).all()


@pytest.mark.slow
def test_groups_lie_apart_and_in_the_same_places_each_time():
    vectors = blobs([40, 40, 40])
    graph = neighbor_graph(vectors)
    places = layout(graph, vectors)
    assert np.array_equal(places, layout(graph, vectors))
    centres = places.reshape(3, 40, 2).mean(axis=1)
    spread = np.linalg.norm(places.reshape(3, 40, 2) - centres[:, None], axis=2).mean()
    gaps = np.linalg.norm(centres - np.roll(centres, 1, axis=0), axis=1)
    assert gaps.min() > 2 * spread


@pytest.mark.slow
def test_fifteen_papers_and_identical_papers():
    vectors = np.tile(blobs([1]), (20, 1))
    assert np.isfinite(layout(neighbor_graph(vectors), vectors)).all()
    vectors = blobs([15])
    assert np.isfinite(layout(neighbor_graph(vectors), vectors)).all()


def test_a_few_papers_in_a_foreign_language_are_laid_out_without_a_matrix_of_their_features(
    monkeypatch,
):
    decompose = np.linalg.eigh

    def of_few(matrix):
        assert len(matrix) <= 1024  # the vectors below have more columns, and took minutes
        return decompose(matrix)

    monkeypatch.setattr(np.linalg, "eigh", of_few)
    goods = ("Wärme", "Strom", "Wasser", "Holz", "Gas", "Licht")
    uses = ("speichern Pumpen im Netz", "messen Sensoren an Brücken", "verteilen Rechenzentren")
    places = ("der Städte", "am Flussufer", "im Gebirge", "auf Inseln", "unter Tage")
    names = iter(np.random.default_rng(0).choice(list("aeiounrstlk"), (90, 40)))
    texts = [
        f"{good} {use} {place}, auch {''.join(next(names))}"
        for good in goods
        for use in uses
        for place in places
    ]
    with pytest.warns(LanguageWarning):
        themes = cluster_abstracts(texts, progress=False)
    assert themes.foundation.paper_embedding.shape[1] > 1024
    assert len(np.unique(themes.coordinates, axis=0)) > 60
    assert meaning(themes, np.arange(themes.corpus.n_papers))["dimensions"] == 64


@pytest.mark.parametrize("n", [2, 3, 5, 10, 14])
def test_papers_of_tiny_corpora_lie_apart_and_level(n):
    vectors = blobs([n])
    places = layout(neighbor_graph(vectors), vectors)
    apart = np.linalg.norm(places[:, None] - places, axis=2)[np.triu_indices(n, 1)]
    assert apart.min() > 0.01 * apart.max()
    across, up = places.var(axis=0)
    assert across >= up


def test_two_groups_of_a_tiny_corpus_lie_apart():
    vectors = blobs([5, 5])
    places = layout(neighbor_graph(vectors), vectors)
    sides = places[:, 0] > 0
    assert len(set(sides[:5])) == len(set(sides[5:])) == 1
    assert sides[0] != sides[5]


@pytest.mark.slow
def test_map_lies_level_and_has_no_wide_gaps():
    vectors = blobs([150, 150, 150])
    places = layout(neighbor_graph(vectors), vectors)
    width, height = np.ptp(places, axis=0)
    assert width >= height
    for axis in places.T:
        steps = np.diff(np.sort(axis))
        assert steps.max() < 0.3 * np.ptp(axis)


@pytest.mark.slow
def test_map_and_vector_space_have_the_same_groups():
    # A paper's neighbours on the map belong to its group, as they do in the vector space.
    vectors = blobs([60, 60, 60, 60])
    places = layout(neighbor_graph(vectors), vectors)
    group = np.repeat(np.arange(4), 60)
    distances = np.linalg.norm(places[:, None] - places, axis=2)
    near = np.argsort(distances, axis=1)[:, 1:11]
    assert (group[near] == group[:, None]).mean() > 0.95


def test_new_papers_are_placed_with_most_of_their_neighbours():
    places = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [50, 50]], dtype=np.float32)
    alike = np.full((1, 5), 0.7, dtype=np.float32)
    (new,) = place_new(np.arange(5)[None], alike, places)
    assert np.abs(new).max() <= 1.2  # their mean is at 10.4
    # The more similar a neighbour, the closer the paper lies to it.
    pair = np.array([[0.9, 0.1]], dtype=np.float32)
    (new,) = place_new(np.array([[0, 4]]), pair, places)
    assert np.linalg.norm(new) < 1


def test_a_new_papers_place_does_not_depend_on_the_others():
    random = np.random.default_rng(0)
    places = random.random((50, 2)).astype(np.float32)
    indices, alike = random.integers(0, 50, (20, 6)), random.random((20, 6)).astype(np.float32)
    together = place_new(indices, alike, places)
    alone = [place_new(indices[i : i + 1], alike[i : i + 1], places)[0] for i in range(20)]
    assert np.array_equal(together, np.array(alone))


def test_a_new_paper_unlike_all_others_has_a_place():
    places = np.array([[0, 0], [2, 0], [1, 2]], dtype=np.float32)
    (new,) = place_new(np.array([[0, 1, 2]]), np.zeros((1, 3), dtype=np.float32), places)
    assert (new > 0).all()
    assert (new < 2).all()


def test_a_new_paper_lies_on_its_only_neighbour():
    places = np.array([[3, 4]], dtype=np.float32)
    assert place_new(np.array([[0]]), np.ones((1, 1), dtype=np.float32), places).tolist() == [
        [3, 4]
    ]


@pytest.mark.slow
def test_papers_beyond_the_sample_lie_in_their_group(monkeypatch):
    vectors = blobs([100, 100])
    monkeypatch.setattr("absclust.sizes.LAID_OUT", 100)
    monkeypatch.setattr("absclust.sizes.PLACED_AT_ONCE", 30)
    graph = neighbor_graph(vectors)
    places = layout(graph, vectors)
    assert np.array_equal(places, layout(graph, vectors))
    centres = places.reshape(2, 100, 2).mean(axis=1)
    nearest = np.linalg.norm(places[:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == np.repeat([0, 1], 100)).all()


def test_the_default_map_needs_no_compiler():
    code = (
        "import sys; from absclust.layout import layout\n"
        "from absclust.clustering.neighbors import neighbor_graph\n"
        "from tests.clustering.test_leiden import blobs\n"
        "vectors = blobs([20, 20]); layout(neighbor_graph(vectors), vectors)\n"
        "assert not {'numba', 'umap', 'pynndescent'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
