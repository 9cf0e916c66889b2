from itertools import pairwise

import numpy as np

from absclust import cluster_abstracts
from absclust.layers import parents


def test_each_theme_has_one_parent(sample_themes):
    layers = sample_themes.layers
    assert layers[1] is sample_themes
    for above, below in pairwise(layers):
        for theme in below:
            inside = set(above.labels[below.labels == theme.id].tolist())
            assert len(inside) == 1
    sizes = [len(layer) for layer in layers]
    assert sizes[0] < sizes[1] < sizes[2]


def test_every_layer_is_whole(sample_themes):
    for layer in sample_themes.layers:
        names = [theme.name.lower() for theme in layer]
        assert len(set(names)) == len(names)
        assert layer.coverage == 1
        assert len(layer.papers()) == 166
        assert all(0 <= theme.stability <= 1 for theme in layer)


def test_hierarchy_has_a_row_for_each_fine_theme(sample_themes):
    table = sample_themes.hierarchy()
    assert list(table.columns) == ["broad", "theme", "fine", "size"]
    assert table["size"].sum() == 165
    assert set(table["theme"]) == {theme.name for theme in sample_themes}
    assert (table.groupby("theme")["broad"].nunique() == 1).all()


def test_layers_do_not_depend_on_the_order_of_rows(sample, sample_themes):
    shuffled = cluster_abstracts(sample.sample(frac=1, random_state=5))
    for ours, theirs in zip(sample_themes.layers, shuffled.layers, strict=True):
        assert ours.fingerprint == theirs.fingerprint


def test_tiny_corpora_have_layers():
    for texts in (["one robot"], ["a robot", "a protein"], ["robot arms", "robot hands", "owls"]):
        assert len(cluster_abstracts(texts).hierarchy()) >= 1


def test_parents_of_themes_without_papers():
    assert parents(np.array([-1, -1]), np.array([-1, -1])).tolist() == []
