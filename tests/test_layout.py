import numpy as np
import pytest

from absclust.layout import layout
from absclust.neighbors import neighbor_graph
from tests.test_cluster import blobs


@pytest.mark.parametrize("n", [1, 2, 3, 14])
def test_tiny_corpora_have_places(n):
    vectors = blobs([n])
    places = layout(neighbor_graph(vectors), vectors)
    assert places.shape == (n, 2)
    assert np.isfinite(places).all()


@pytest.mark.slow
def test_groups_lie_apart_and_the_same_way_each_time():
    vectors = blobs([40, 40, 40])
    graph = neighbor_graph(vectors)
    places = layout(graph, vectors)
    assert np.array_equal(places, layout(graph, vectors))
    centres = places.reshape(3, 40, 2).mean(axis=1)
    spread = np.linalg.norm(places.reshape(3, 40, 2) - centres[:, None], axis=2).mean()
    gaps = np.linalg.norm(centres - np.roll(centres, 1, axis=0), axis=1)
    assert gaps.min() > 2 * spread


@pytest.mark.slow
def test_fifteen_papers_and_papers_all_alike():
    vectors = np.tile(blobs([1]), (20, 1))
    assert np.isfinite(layout(neighbor_graph(vectors), vectors)).all()
    vectors = blobs([15])
    assert np.isfinite(layout(neighbor_graph(vectors), vectors)).all()
