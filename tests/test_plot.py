import matplotlib.pyplot as plt
import numpy as np
import pytest

from absclust import cluster_abstracts
from absclust.plot import _colors, plot_map


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.mark.slow
def test_every_paper_is_a_point_and_names_do_not_overlap(sample_themes):
    ax = plot_map(sample_themes)
    assert sum(len(c.get_offsets()) for c in ax.collections) == sample_themes.corpus.n_papers
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_draws_where_told():
    _, ax = plt.subplots()
    assert cluster_abstracts(["a robot", "a protein", "zebra"]).plot(ax=ax) is ax


def test_one_paper():
    ax = cluster_abstracts(["Reward models for agents"]).plot()
    assert len(ax.texts) == 1


@pytest.mark.parametrize("n", [1, 10, 11, 20, 21, 60])
def test_colours_differ(n):
    colors = np.array(_colors(n))
    assert colors.shape == (n, 3)
    assert len(np.unique(colors.round(3), axis=0)) == n
