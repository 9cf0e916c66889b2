import numpy as np
import pytest
from scipy import sparse

from absclust.clustering.meaning import _votes_of_others, description_links, label_links
from absclust.clustering.neighbors import neighbor_graph
from tests.clustering.test_leiden import blobs

VECTORS = blobs([50, 50, 50], d=16, noise=0.15)
GRAPH = neighbor_graph(VECTORS).adjacency
group_of = np.repeat(np.arange(3), 50)


def labelled(groups, n=8, seed=0):
    """Return the groups as labels of n papers of each, and -1 for the others."""
    random = np.random.default_rng(seed)
    chosen = [random.choice(np.flatnonzero(group_of == g), n, replace=False) for g in groups]
    labels = np.full(150, -1)
    for label, papers in enumerate(chosen):
        labels[papers] = label
    return labels


def test_labels_pull_papers_like_theirs():
    labels = labelled([0, 1])
    links = label_links(labels, VECTORS, GRAPH, 2, 15)
    rest = labels < 0
    for label in (0, 1):
        mine = rest & (group_of == label)
        assert links[mine, label].mean() > 3 * links[rest & (group_of == 2), label].mean()
        assert links[mine, label].mean() > 3 * links[mine, 1 - label].mean()
    assert (links.sum(axis=1) <= 1 + 1e-9).all()
    papers = np.flatnonzero(~rest)
    assert (links[papers] > 0).sum(axis=1).tolist() == [1] * 16
    assert (links[papers, labels[papers]] > 0.4).all()


@pytest.mark.parametrize("seed", range(5))
def test_labels_put_at_random_pull_next_to_nothing(seed):
    labels = labelled([0, 1, 2], n=12)
    papers = np.flatnonzero(labels >= 0)
    labels[papers] = np.random.default_rng(seed).permutation(labels[papers])
    links = label_links(labels, VECTORS, GRAPH, 3, 15)
    assert links.max() < 0.2
    assert links[labels < 0].mean() < 0.01


def test_labels_that_divide_one_group_at_random_are_not_trusted():
    # Both are far from the other papers, but nothing tells one from the other.
    labels = labelled([0], n=30)
    papers = np.flatnonzero(labels >= 0)
    labels[papers] = np.random.default_rng(0).permutation(30) % 2
    assert label_links(labels, VECTORS, GRAPH, 2, 15).max() < 0.2


def test_one_label_alone_can_be_trusted():
    links = label_links(labelled([1]), VECTORS, GRAPH, 1, 15)
    assert links[group_of == 1, 0].mean() > 0.3 > 4 * links[group_of != 1, 0].mean()


def test_a_label_of_one_paper_is_trusted_less_than_the_others():
    labels = labelled([0, 1])
    labels[labels == 1] = np.where(np.arange(8) == 0, 1, -1)
    links = label_links(labels, VECTORS, GRAPH, 2, 15)
    assert links[group_of == 1, 1].mean() > 3 * links[group_of == 2, 1].mean()
    assert links[labels == 1, 1].max() < 0.6 * links[labels == 0, 0].min()


def test_neighbours_say_what_vectors_do_not():
    labels = labelled([0, 1])
    noise = blobs([150], d=16, noise=1.0)
    links = label_links(labels, noise, GRAPH, 2, 15)
    for label in (0, 1):
        mine = (labels < 0) & (group_of == label)
        assert links[mine, label].mean() > 0.1
        assert links[mine, label].mean() > 5 * links[mine, 1 - label].mean()


def test_a_paper_has_no_vote_on_itself():
    # Two pairs of neighbours; each labelled paper's neighbour has the other label.
    pairs = sparse.csr_matrix(np.kron(np.eye(2), [[0, 1.0], [1, 0]]))
    votes = _votes_of_others(np.arange(4), np.array([0, 1, 0, 1]), pairs, 2)
    assert votes.tolist() == [[0, 1], [1, 0], [0, 1], [1, 0]]


def test_labels_of_one_paper_each_are_examples():
    links = label_links(labelled([0, 1], n=1), VECTORS, GRAPH, 2, 15)
    for label in (0, 1):
        assert links[group_of == label, label].mean() > 0.1
        assert links[group_of != label, label].max() == 0


def test_all_papers_labelled():
    links = label_links(group_of, VECTORS, GRAPH, 3, 15)
    assert (links.argmax(axis=1) == group_of).all()
    assert (links[:, 0][group_of == 0] > 0.8).all()
    same = label_links(np.zeros(150, dtype=np.int64), VECTORS, GRAPH, 1, 15)
    assert (same > 0).all()


def test_descriptions_pull_what_stands_out():
    described = np.array([VECTORS[group_of == g].mean(axis=0) for g in (0, 2)])
    links = description_links(described, VECTORS, 15)
    assert links[group_of == 0, 0].mean() > 0.1
    assert links[group_of == 2, 1].mean() > 0.1
    assert not links[group_of == 1].any()
    assert not (links > 0).all(axis=1).any()


@pytest.mark.parametrize("vectors", [np.eye(1, 4), np.ones((5, 4)) / 2, np.zeros((3, 4))])
def test_papers_that_do_not_differ(vectors):
    links = description_links(np.eye(1, 4), vectors, 2)
    assert np.isfinite(links).all()
    assert links.max() == 1
