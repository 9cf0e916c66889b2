"""Where papers belong that are not in a map: votes of neighbours, and centroids."""

import numpy as np
import pytest

from absclust import cluster_abstracts
from absclust.arrays import unit_rows
from absclust.embedding.embed import Embedding
from absclust.new_papers.placement import best_theme, place, place_inside

# Two themes of two parts each: papers have the axis of their theme, and somewhat that of the part.
AXES = np.eye(6, dtype=np.float32)
THEMES, PARTS = AXES[:2], AXES[2:]
OF_PARTS = np.repeat([0, 1, 2, 3], [12, 13, 5, 4])
NUMBERS = np.array([3, 0, 1, 2])  # of the parts, as finer themes


def clustered(**options):
    vectors = THEMES[OF_PARTS // 2] + 0.4 * PARTS[OF_PARTS]
    vectors += np.random.default_rng(0).normal(scale=0.02, size=vectors.shape)
    texts = [f"Paper {chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(len(OF_PARTS))]
    return cluster_abstracts(texts, embeddings=vectors, n_neighbors=30, **options)


@pytest.fixture(scope="module")
def themes():
    found = clustered(n_themes=2)
    assert np.array_equal(found.labels, OF_PARTS // 2)
    return found


def placed(themes, *vectors):
    return place(themes, Embedding(unit_rows(np.array(vectors, dtype=np.float32))))


def test_votes_and_centroids_are_added_up():
    centroids = np.array([[0.6, 0.8], [0.79, 0.61], [1, 0]], dtype=np.float32)
    vectors = np.tile(np.float32([1, 0]), (4, 1))
    # .9 + 4 × .6 is more than .1 + 4 × .79; .8 + 4 × .6 is less than .2 + 4 × .79.
    shares = np.float32([[0.9, 0.1, 0], [0.8, 0.2, 0], [0, 1, 0], [0.5, 0.4, 0.1]])
    assert best_theme(shares, vectors, centroids).tolist() == [0, 1, 1, 2]
    assert best_theme(shares[:, :0], vectors, centroids[:0]).tolist() == [-1] * 4


def test_a_paper_is_where_its_like_are_and_without_any_where_it_is_least_unlike(themes):
    found = placed(
        themes,
        *THEMES,
        THEMES[0] + 0.9 * THEMES[1] + 0.3 * PARTS[3],  # the nearest papers are of the other theme
        -THEMES[0] - 0.2 * THEMES[1],
        -THEMES[1] - 0.2 * THEMES[0],
        0 * THEMES[0],
    )
    near = themes._paper_labels[found.indices]
    assert near[2, 0] == 1
    assert found.theme.tolist() == [0, 1, 0, 1, 0, -1]
    np.testing.assert_allclose(found.membership.strength, [1, 1, 0.8, 0, 0, 0], atol=0.05)


def test_neighbours_that_a_clusterer_left_out_vote_for_none():
    class Picky:
        def fit_predict(self, X):  # noqa: N803
            part = (X[:, 2:] @ PARTS[:, 2:].T).argmax(axis=1)
            return np.array([0, -1, 1, 1])[part]

    found = placed(clustered(clusterer=Picky()), *(THEMES[0] + 0.4 * PARTS[:2]))
    assert found.theme.tolist() == [0, -1]


def test_a_finer_theme_is_inside_the_theme(themes):
    finer = NUMBERS[OF_PARTS][themes.corpus.first_row]
    found = placed(
        themes,
        *(THEMES[part // 2] + 0.4 * axis for part, axis in enumerate(PARTS)),
        # Between the themes: neighbours in the other have no vote on the part.
        0.9 * THEMES[0] + THEMES[1] + 0.02 * PARTS[2],
        # Unlike all: no neighbour has a vote, and the nearest centroid decides.
        -THEMES[0] - 0.2 * THEMES[1] - 0.1 * PARTS[2],
        -THEMES[0] - 0.2 * THEMES[1] - 0.1 * PARTS[3],
        0 * THEMES[0],
    )
    assert found.theme.tolist() == [0, 0, 1, 1, 1, 1, 1, -1]
    expected = [*NUMBERS, NUMBERS[2], NUMBERS[3], NUMBERS[2], -1]
    assert place_inside(themes, found, finer).tolist() == expected
