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


def focus_by_hand(graph, vectors, labels, theme):
    """Return the focus of a theme as decision 80 has it, paper by paper."""
    own = labels == theme
    centre = vectors[own].sum(axis=0)
    rests = centre - vectors[own]  # no paper counts towards the centre that it is compared with
    cosines = (vectors[own] * rests).sum(axis=1) / np.linalg.norm(rests, axis=1)
    of_all = vectors @ centre / np.linalg.norm(centre)
    close = (np.quantile(cosines, 0.2) - of_all.mean()) / (1 - of_all.mean())
    apart = (cosines.mean() - of_all.mean()) / of_all.std()
    links = graph.adjacency.toarray()[labels >= 0][:, labels >= 0]
    themes = labels[labels >= 0]
    ours = [links[themes == theme][:, themes == other].sum() for other in range(max(themes) + 1)]
    inside, leaving = ours.pop(theme), sum(ours)
    could_be_inside = min((own.sum() - 1) / graph.indices.shape[1], 1)
    share = min(inside / (inside + leaving) / could_be_inside, 1)
    beyond_chance = share - (inside + leaving) / links.sum()
    one_rival = sum((other / leaving) ** 2 for other in ours) if leaving else 1
    focus = 0.65 * close + 0.05 * apart + 0.3 * one_rival + 0.4 * beyond_chance - 0.25
    return float(np.clip(focus, 0, 1).round(3))


@pytest.mark.parametrize(
    ("sizes", "spread"), [((40, 30, 20, 6, 3), 0.35), ((9, 9), 0.1), ((20,) * 5, 0.02)]
)
def test_focus_is_made_of_closeness_distance_and_links(sizes, spread):
    vectors, labels = groups(*sizes, spread=spread)
    labels[[0, 1, -1]] = -1
    graph = neighbor_graph(vectors)
    expected = [focus_by_hand(graph, vectors, labels, theme) for theme in range(len(sizes))]
    np.testing.assert_allclose(theme_focus(graph, vectors, labels), expected, atol=1e-6)


def test_focus_of_papers_without_a_theme_or_alone():
    vectors, of = groups(20, 20)
    labels = np.where(np.arange(40) < 3, -1, of)
    labels[-1] = 2
    focus = theme_focus(neighbor_graph(vectors), vectors, labels)
    assert focus.shape == (3,)
    assert np.isnan(focus[2])
    assert ((focus[:2] >= 0) & (focus[:2] <= 1)).all()
    assert theme_focus(neighbor_graph(vectors), vectors, np.full(40, -1)).shape == (0,)


def divided_of(graph, vectors, labels, *, min_theme_size=1, of_person=()):
    parts_of, asked = parts_finder(graph.adjacency, 1, 0), np.array(of_person, dtype=np.int64)
    return divide_mixed(graph, vectors, labels, parts_of, min_theme_size, asked)


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


def with_noise(vectors, of, *sizes):
    """Add themes of papers that have nothing in common."""
    noise = unit_rows(np.random.default_rng(1).normal(size=(sum(sizes), 40)))
    of_noise = np.repeat(np.arange(len(sizes)), sizes) + of.max() + 1
    return np.concatenate([vectors, noise]), np.concatenate([of, of_noise])


@pytest.mark.parametrize("number", [3, 0])
def test_what_cannot_be_divided_is_mixed(number):
    vectors, labels = with_noise(*groups(40, 40, 40), 12)
    labels = (labels + number + 1) % 4
    divided, mixed = divided_of(neighbor_graph(vectors), vectors, labels)
    assert mixed == {divided[-1]}
    assert (divided[-12:] == divided[-1]).all()


def test_a_mixed_theme_has_three_papers():
    vectors, labels = with_noise(*groups(40, 40, 40), 2, 3)
    divided, mixed = divided_of(neighbor_graph(vectors), vectors, labels)
    assert mixed == {divided[-1]}


def test_a_mixed_theme_has_far_less_focus_than_papers_have_on_average():
    # Themes of two papers weigh little; without weights the average is low.
    vectors, of = groups(60, 60, 60, spread=0.05)
    vectors, labels = with_noise(vectors, of, 2, 2, 2, 20)
    divided, mixed = divided_of(neighbor_graph(vectors), vectors, labels)
    assert mixed == {divided[-1]}


@pytest.mark.parametrize(("spread", "is_mixed"), [(0.25, False), (0.35, True)])
def test_a_less_clear_theme_without_clearer_parts_stays_whole(spread, is_mixed):
    vectors, of = groups(60, 60, 60, 60, 60, spread=0.02)
    vectors[of == 4] = groups(60, 60, 60, 60, 60, spread=spread)[0][of == 4]
    graph = neighbor_graph(vectors)
    focus = theme_focus(graph, vectors, of)
    assert focus[:4].min() == 1
    assert focus[4] < 0.6  # less than the others have; half is clear enough
    assert (focus[4] > 0.5) != is_mixed
    divided, mixed = divided_of(graph, vectors, of)
    assert np.array_equal(divided, of)
    assert mixed == ({4} if is_mixed else set())


@pytest.mark.parametrize(
    ("sizes", "n_themes"), [((15, 15), 6), ((15, 14), 5), ((24, 8), 6), ((25, 7), 5)]
)
def test_themes_of_thirty_are_divided_into_parts_of_eight(sizes, n_themes):
    vectors, of = groups(40, 40, 40, 40, *sizes)
    divided, _ = divided_of(neighbor_graph(vectors), vectors, np.minimum(of, 4))
    assert len(np.unique(divided)) == n_themes


def test_themes_of_usual_focus_stay_whole():
    vectors, of = groups(20, 20, 20, 20, 20, 20)  # three themes, each of two things
    divided, mixed = divided_of(neighbor_graph(vectors), vectors, of // 2)
    assert np.array_equal(divided, of // 2)
    assert not mixed


def test_a_small_theme_that_a_person_asked_for_is_kept():
    vectors, of = groups(40, 40, 5)
    graph = neighbor_graph(vectors)
    assert len(np.unique(divided_of(graph, vectors, of, min_theme_size=10)[0])) == 2
    kept, _ = divided_of(graph, vectors, of, min_theme_size=10, of_person=[len(of) - 1])
    assert np.array_equal(kept, of)


def test_papers_without_a_theme_stay_so(two_in_one):
    vectors, graph, of = two_in_one
    labels = np.where(np.arange(len(of)) < 5, -1, np.minimum(of, 4))
    divided, _ = divided_of(graph, vectors, labels)
    assert ((divided < 0) == (labels < 0)).all()
    nothing = np.full(len(of), -1)
    assert divided_of(graph, vectors, nothing)[1] == frozenset()


@pytest.mark.parametrize("number", [4, 0])
def test_themes_found_anew_are_divided_too(two_in_one, number):
    _, graph, of = two_in_one
    whole = (np.minimum(of, 4) + number + 1) % 5  # the theme that joins two things has this number
    divided = np.where(of == 5, 5, whole)
    papers = np.flatnonzero(np.arange(len(of)) % 5 > 0)
    parts_of = parts_finder(graph.adjacency, 1, 0)
    again = dividing(lambda some: whole[some], parts_of, whole, divided)(papers)
    assert len(np.unique(again)) == 6
    assert len(np.unique(np.column_stack([again, of[papers]]), axis=0)) == 6


def test_what_a_person_asked_for_stays_whole(two_in_one):
    vectors, graph, of = two_in_one
    whole = np.minimum(of, 4)
    asked = len(of) - 1  # a paper of the theme that joins two things
    divided, mixed = divided_of(graph, vectors, whole, of_person=[asked])
    assert len(np.unique(divided[whole == 4])) == 1
    assert not mixed
    other, _ = divided_of(graph, vectors, whole, of_person=[0])
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
