import dataclasses
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from absclust import OptionError, cluster_abstracts
from absclust import theme_map as theme_map_module
from absclust.clustering.neighbors import neighbor_graph
from absclust.text.keyword_usage import uses_with_titles
from absclust.themes import layers as layers_module
from absclust.themes.layers import names_of_whole, number_of_finer, parents, split_themes
from tests.clustering.test_leiden import blobs


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
    assert parents(np.zeros(0, dtype=int), np.zeros(0, dtype=int)).tolist() == []


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
        texts = [broad.corpus.paper_texts[paper] for paper in papers]
        used = uses_with_titles(texts, [""] * len(texts), theme.keywords[:1])
        parts = middle.labels[first][papers]
        assert len(set(parts[used[:, 0] > 0])) >= min(2, len(set(parts)))
        if len(set(parts)) > 1:
            assert theme.name not in {middle[int(part)].name for part in parts}


def test_large_corpora_have_more_layers():
    assert [number_of_finer(n, k) for n, k in ((24, 4), (5000, 20), (100_000, 35))] == [1, 1, 1]
    assert [number_of_finer(n, 10) for n in (30_000, 30_010)] == [1, 2]  # 3,000 papers a theme
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
    coarse = np.where(labels < 3, 1, 0)
    coarse[np.flatnonzero(labels == 0)[0]] = 0  # one paper of a theme of many strays
    coarse[np.flatnonzero(labels == 5)[0]] = 1

    def found(_graph, settings, *, random_state):
        assert settings.resolution == sample_themes.settings.resolution / 4
        assert random_state == 7
        return coarse

    monkeypatch.setattr(layers_module, "find_communities", found)
    foundation = dataclasses.replace(sample_themes.foundation, random_state=7)
    seeded = dataclasses.replace(sample_themes, foundation=foundation)
    families = layers_module.Layers(seeded).families
    assert families.tolist() == [1, 1, 1] + [0] * (len(sample_themes) - 3)


def test_broad_themes_are_at_a_quarter_of_the_resolution_and_fine_ones_at_three_times(
    sample_themes,
):
    own = sample_themes.settings.resolution
    assert [layer.settings.resolution / own for layer in sample_themes.layers] == [0.25, 1, 3]


def test_papers_in_no_theme_are_in_none_of_any_layer(sample_themes):
    rows = [0, 1, 30]
    layers = sample_themes.move(rows, to=-1).layers
    nowhere = sample_themes.corpus.paper_of_row < 0
    nowhere |= np.isin(sample_themes.corpus.paper_of_row, sample_themes.corpus.paper_of_row[rows])
    for layer in layers:
        assert (layer.labels < 0).tolist() == nowhere.tolist()


def test_a_map_without_themes_has_layers_without_themes(sample_themes):
    with_text = np.flatnonzero(sample_themes.corpus.paper_of_row >= 0)
    empty = sample_themes.move(with_text, to=-1)
    assert empty.layers.families.shape == (0,)
    assert [len(layer) for layer in empty.layers] == [0, 0, 0]
    assert empty.tree().empty


def test_themes_of_ten_papers_are_split_and_further_below_those_of_500():
    def papers(*sizes):
        graph = neighbor_graph(blobs(sizes))
        return SimpleNamespace(paper_graph=graph, random_state=0, alike=np.arange(sum(sizes)))

    def n_parts(*sizes, depth=0):
        labels = np.zeros(sum(sizes), dtype=int)
        return len(np.unique(split_themes(labels, papers(*sizes), depth)))

    assert [n_parts(5, 5), n_parts(5, 4)] == [2, 1]
    assert [n_parts(5, 4, depth=1), n_parts(250, 249, depth=1)] == [1, 1]
    assert n_parts(250, 250, depth=1) > 1
    # Parts of fewer than three papers go with others.
    labels = split_themes(np.repeat([0, 1, -1], [8, 12, 3]), papers(8, 12, 3), 0)
    assert (labels[-3:] == -1).all()
    assert len(np.unique(labels[:8])) == 1
    assert not set(labels[:8]) & set(labels[8:20])
    assert np.bincount(labels[8:20])[1:].min(initial=3) >= 3


def test_papers_that_cannot_be_told_apart_are_split_in_no_layer():
    themes = cluster_abstracts([f"The result of experiment {i}." for i in range(60)])
    assert [len(layer) for layer in themes.layers] == [1, 1, 1]
    with pytest.raises(OptionError, match="no separate parts"):
        themes.split(0)
    assert len(themes.split(0, n=2)) == 2


def test_names_of_whole_themes_are_kept():
    """First, themes 0 and 2 are whole; theme 1 lost a paper, and theme 3 gained one."""
    before = np.array([0, 0, 1, 1, 2, 2, 3, 3, -1])
    labels = np.array([1, 1, 0, -1, 2, 2, 3, 3, 3])
    names = ["owls", "mice", "foxes", "bats"]
    assert names_of_whole(labels, before, names) == {1: "owls", 2: "foxes"}
    labels = np.array([1, 1, 2, 2, 0, 0, 3, 3, -1])
    after = {1: "owls", 2: "mice", 0: "foxes", 3: "bats"}
    assert names_of_whole(labels, before, names) == after
    assert names_of_whole(before, before, names) == dict(enumerate(names))
    united = np.array([0, 0, 0, 0, 1, 1, 2, 2, -1])
    assert names_of_whole(united, before, names) == {1: "foxes", 2: "bats"}
    nobody = np.full(9, -1)
    assert names_of_whole(nobody, before, names) == {}


def test_levels_have_the_numbers_asked_for_and_are_nested(sample_themes):
    few, some, many = sample_themes.levels([3, 8, 20])
    assert [len(few), len(some), len(many)] == [3, 8, 20]
    for above, below in ((few, some), (some, many)):
        pairs = set(zip(above.labels.tolist(), below.labels.tolist(), strict=True))
        assert len(pairs) == len({theme for _, theme in pairs})
        assert ((above.labels < 0) == (below.labels < 0)).all()
    assert len({theme.name for theme in many}) == 20
    assert all(0 <= theme.stability <= 1 for theme in some)


@pytest.mark.parametrize("numbers", [[], [0, 5], [5, 5], [8, 3], [3, 1000]])
def test_levels_that_cannot_be(sample_themes, numbers):
    with pytest.raises(OptionError, match="themes"):
        sample_themes.levels(numbers)


def test_one_level_may_have_themes_of_one_paper():
    texts = [
        "Robots grasp.",
        "Robots grasp cups.",
        "Proteins fold.",
        "Proteins fold fast.",
        "Owls.",
    ]
    (level,) = cluster_abstracts(texts).levels([5])
    assert [theme.size for theme in level] == [1] * 5
