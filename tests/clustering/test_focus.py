"""A measure of whether a theme is about one thing, and what is done with those that aren't."""

import numpy as np
import pytest

from absclust import cluster_abstracts
from absclust.arrays import unit_rows
from absclust.clustering.focus import divide_mixed, dividing, parts_finder, theme_focus
from absclust.clustering.neighbors import NeighborGraph, neighbor_graph
from tests.conftest import peak_memory


def groups(*sizes, spread=0.25, seed=0):
    """Return vectors around as many centres as there are sizes, and the group of each."""
    random = np.random.default_rng(seed)
    of = np.repeat(np.arange(len(sizes)), sizes)
    centres = np.eye(40)[: len(sizes)]
    return unit_rows(centres[of] + random.normal(scale=spread, size=(len(of), 40))), of


@pytest.fixture(scope="module")
def two_in_one():
    """Five themes of 40 papers, the last of which joins two unlike things."""
    vectors, of = groups(40, 40, 40, 40, 20, 20)
    return vectors, neighbor_graph(vectors), of


def test_a_theme_of_two_things_has_the_least_focus(two_in_one):
    vectors, graph, of = two_in_one
    focus = theme_focus(graph, vectors, np.minimum(of, 4))
    assert focus.argmin() == 4
    assert focus[:4].min() > focus[4] + 0.1
    apart = theme_focus(graph, vectors, of)
    assert apart[4:].min() > focus[4] + 0.1


def test_what_has_nothing_in_common_has_the_least_focus():
    vectors, of = groups(40, 40, 40)
    noise = unit_rows(np.random.default_rng(1).normal(size=(30, 40)))
    vectors = np.concatenate([vectors, noise])
    labels = np.concatenate([of, np.full(30, 3)])
    focus = theme_focus(neighbor_graph(vectors), vectors, labels)
    assert focus.argmin() == 3
    assert focus[3] < 0.1


def test_focus_of_papers_without_a_theme_or_alone():
    vectors, of = groups(20, 20)
    labels = np.where(np.arange(40) < 3, -1, of)
    labels[-1] = 2
    focus = theme_focus(neighbor_graph(vectors), vectors, labels)
    assert focus.shape == (3,)
    assert np.isnan(focus[2])
    assert ((focus[:2] >= 0) & (focus[:2] <= 1)).all()
    assert theme_focus(neighbor_graph(vectors), vectors, np.full(40, -1)).shape == (0,)


def divided_of(graph, vectors, labels, **options):
    return divide_mixed(graph, vectors, labels, parts_finder(graph.adjacency), **options)


def test_a_theme_of_two_things_is_divided(two_in_one):
    vectors, graph, of = two_in_one
    divided, mixed = divided_of(graph, vectors, np.minimum(of, 4))
    assert len(np.unique(divided)) == 6
    assert len(np.unique(np.column_stack([divided, of]), axis=0)) == 6
    assert not mixed


def test_parts_are_as_large_as_themes_must_be(two_in_one):
    vectors, graph, of = two_in_one
    divided, _ = divided_of(graph, vectors, np.minimum(of, 4), min_theme_size=21)
    assert np.bincount(divided).min() >= 21


def test_what_cannot_be_divided_is_mixed():
    vectors, of = groups(40, 40, 40)
    noise = unit_rows(np.random.default_rng(1).normal(size=(12, 40)))
    vectors = np.concatenate([vectors, noise])
    labels = np.concatenate([of, np.full(12, 3)])
    divided, mixed = divided_of(neighbor_graph(vectors), vectors, labels)
    assert mixed == {divided[-1]}
    assert (divided[-12:] == divided[-1]).all()


def test_papers_without_a_theme_stay_so(two_in_one):
    vectors, graph, of = two_in_one
    labels = np.where(np.arange(len(of)) < 5, -1, np.minimum(of, 4))
    divided, _ = divided_of(graph, vectors, labels)
    assert ((divided < 0) == (labels < 0)).all()
    nothing = np.full(len(of), -1)
    assert divided_of(graph, vectors, nothing)[1] == frozenset()


def test_themes_found_anew_are_divided_too(two_in_one):
    _, graph, of = two_in_one
    whole = np.minimum(of, 4)
    papers = np.flatnonzero(np.arange(len(of)) % 5 > 0)
    again = dividing(lambda some: whole[some], parts_finder(graph.adjacency), whole, of)(papers)
    assert len(np.unique(again)) == 6
    assert len(np.unique(np.column_stack([again, of[papers]]), axis=0)) == 6


def test_what_a_person_asked_for_stays_whole(two_in_one):
    vectors, graph, of = two_in_one
    whole = np.minimum(of, 4)
    asked = np.array([len(of) - 1])  # a paper of the theme that joins two things
    divided, mixed = divided_of(graph, vectors, whole, of_person=asked)
    assert len(np.unique(divided[whole == 4])) == 1
    assert not mixed
    other, _ = divided_of(graph, vectors, whole, of_person=np.array([0]))
    assert len(np.unique(other)) == 6


def test_what_has_no_label_is_divided_as_without_labels():
    vectors, of = groups(80, 80, 80, 80, 16, 16, 16, spread=0.3)
    texts = [f"Paper {chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(len(of))]
    labels = ["first" if i < 20 else None for i in range(len(of))]
    alone = cluster_abstracts(texts, embeddings=vectors, resolution=1)
    labelled = cluster_abstracts(texts, embeddings=vectors, labels=labels, resolution=1)
    assert len(alone) == len(labelled) == 7  # 5 if what is joined isn't divided


def test_focus_takes_less_memory_than_the_vectors():
    vectors, of = groups(*[2000] * 10)
    wide = np.tile(vectors, 10)
    nothing = NeighborGraph(np.zeros((len(of), 1), np.int32), np.zeros((len(of), 1), np.float32))
    assert peak_memory(lambda: theme_focus(nothing, wide, of)) < wide.nbytes
