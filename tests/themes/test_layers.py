from itertools import pairwise

import numpy as np

from absclust import cluster_abstracts
from absclust import theme_map as theme_map_module
from absclust.text.keyword_usage import uses
from absclust.themes import layers as layers_module
from absclust.themes.layers import number_of_finer, parents


def test_each_theme_has_one_parent(sample_themes):
    layers = sample_themes.layers
    assert layers[1] is sample_themes
    for above, below in pairwise(layers):
        for theme in below:
            inside = set(above.labels[below.labels == theme.id].tolist())
            assert len(inside) == 1
    sizes = [len(layer) for layer in layers]
    assert sizes[0] < sizes[1] < sizes[2]


def test_families_are_the_broad_themes(sample_themes):
    families = sample_themes.layers.families
    assert len(families) == len(sample_themes)
    above = parents(sample_themes.labels, sample_themes.layers[0].labels)
    pairs = set(zip(families.tolist(), above.tolist(), strict=True))
    assert len(pairs) == len(set(families.tolist())) == len(sample_themes.layers[0])


def test_every_layer_is_whole(sample_themes):
    for layer in sample_themes.layers:
        names = [theme.name.lower() for theme in layer]
        assert len(set(names)) == len(names)
        assert layer.coverage == 1
        assert len(layer.papers()) == 166
        assert all(0 <= theme.stability <= 1 for theme in layer)


def test_hierarchy_has_a_row_for_each_fine_theme(sample_themes):
    table = sample_themes.tree()
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
        assert len(cluster_abstracts(texts).tree()) >= 1


def test_parents_of_themes_without_papers():
    assert parents(np.array([-1, -1]), np.array([-1, -1])).tolist() == []


def test_a_theme_has_one_name_on_all_layers(sample_themes):
    named = sample_themes.rename({8: "learning in a federation"})
    labels = named.labels[named.corpus.first_row]
    for layer in (named.layers[0], named.layers[2]):
        own = layer.labels[named.corpus.first_row]
        for theme in layer:
            inside = np.unique(labels[own == theme.id])
            if len(inside) == 1 and (labels == inside[0]).sum() == (own == theme.id).sum():
                assert theme.name == named[int(inside[0])].name
    apart = named.split(8, n=5)  # too small to be split again
    assert {t.name for t in apart if t.size < 10} <= {t.name for t in apart.layers[2]}


def test_names_of_broad_themes_are_broader(sample_themes):
    broad, middle, _ = sample_themes.layers
    first = sample_themes.corpus.first_row
    for theme in broad:
        papers = np.flatnonzero(broad.labels[first] == theme.id)
        used = uses([broad.corpus.paper_texts[paper] for paper in papers], theme.keywords[:1])
        parts = middle.labels[first][papers]
        assert len(set(parts[used[:, 0]])) >= min(2, len(set(parts)))
        if len(set(parts)) > 1:
            assert theme.name not in {middle[int(part)].name for part in parts}


def test_large_corpora_have_more_layers():
    assert [number_of_finer(n, k) for n, k in ((24, 4), (5000, 20), (100_000, 35))] == [1, 1, 1]
    assert number_of_finer(300_000, 44) == 2
    assert number_of_finer(40_000_000, 60) == 4


def test_layers_are_computed_when_they_are_asked_for(sample, monkeypatch):
    monkeypatch.setattr(layers_module, "_SMALL", 2)
    monkeypatch.setattr(layers_module, "_PARTS", 2)
    monkeypatch.setattr(layers_module, "_SMALLEST_SPLIT_BELOW", 8)
    themes = cluster_abstracts(sample)
    assert len(themes.layers) > 4
    made = []
    make = theme_map_module.make_themes
    monkeypatch.setattr(theme_map_module, "make_themes", lambda *a: made.append(1) or make(*a))
    assert themes.layers[1] is themes
    assert not made
    third = themes.layers[3]
    assert len(made) == 2  # the fine themes, and those inside them
    assert themes.layers[3] is third
    assert len(themes.layers[2]) < len(third)
    above = parents(third._paper_labels, themes.layers[2]._paper_labels)
    assert (above[third._paper_labels] == themes.layers[2]._paper_labels).all()
    table = themes.tree()
    assert list(table.columns)[:4] == ["broad", "theme", "fine", "fine_2"]
    assert table["size"].sum() == 165
    assert (table.groupby("fine_2")["fine"].nunique() == 1).all()


def test_a_broad_theme_has_the_themes_that_share_its_papers_community(sample_themes, monkeypatch):
    """A theme goes to the community of most of its papers, not to one that has hardly any."""
    labels = sample_themes._paper_labels
    coarse = np.where(labels < 3, 0, 1)
    coarse[np.flatnonzero(labels == 0)[0]] = 1  # one paper of a theme of many strays
    coarse[np.flatnonzero(labels == 5)[0]] = 0
    monkeypatch.setattr(layers_module, "find_communities", lambda *_, **__: coarse)
    families = layers_module.Layers(sample_themes).families
    assert families.tolist() == [0, 0, 0] + [1] * (len(sample_themes) - 3)
