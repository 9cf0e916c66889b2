import numpy as np
import pytest

from absclust import OptionError, cluster_abstracts
from absclust.clustering.neighbors import neighbor_graph
from absclust.clustering.seeds import Seeds, find_seeds, guided_communities
from tests.clustering.test_leiden import blobs

SEEDS = {
    "Alignment": ["RLHF", "preference", "human values"],
    "Benchmarks": ["benchmark", "leaderboard", "contamination"],
    "Interpretability": ["sparse autoencoder", "probe", "circuit"],
}


@pytest.fixture(scope="module")
def guided(sample):
    return cluster_abstracts(sample, seed_themes=SEEDS)


def test_seed_themes_are_found_under_their_names(sample, guided):
    papers = guided.papers()
    for name in SEEDS:
        intended = papers["intended_theme"][papers["theme_name"] == name]
        assert (intended == name.lower()).mean() > 0.6, name
        assert len(intended) > 5


def test_room_is_left_for_other_themes(guided):
    names = [theme.name for theme in guided]
    assert len(names) >= 8
    assert len({name.lower() for name in names}) == len(names)
    assert all(0 <= theme.stability <= 1 for theme in guided)


def test_order_of_rows_does_not_matter(sample, guided):
    shuffled = cluster_abstracts(sample.sample(frac=1, random_state=1), seed_themes=SEEDS)
    assert shuffled.fingerprint == guided.fingerprint


def test_words_match_in_any_case_and_in_singular_and_plural():
    texts = ["Reward-Models drift.", "A reward model.", "Rewards and models.", "Owls."]
    seeds = find_seeds({"a": ["Reward models"]}, texts, [""] * 4, np.ones(4))
    assert (seeds.links[:, 0] > 0).tolist() == [True, True, False, False]


def test_seeds_in_one_community_are_separated():
    vectors = blobs([40], d=4, noise=0.1)
    adjacency = neighbor_graph(vectors).adjacency
    links = np.zeros((40, 2))
    links[:10, 0] = links[30:, 1] = adjacency.sum(axis=1).mean()
    papers, own = guided_communities(adjacency, Seeds(("a", "b"), links), resolution=0.01)
    assert own[0] != own[1]
    assert (papers[:10] == own[0]).all()
    assert (papers[30:] == own[1]).all()


@pytest.mark.parametrize(
    ("seed_themes", "message"),
    [
        ({"owls": ["strigiformes"]}, r"'owls': none of its words \(strigiformes\) occurs"),
        ({"owls": "hoot"}, "expected a list of at least one str"),
        ({"owls": []}, "expected a list of at least one str"),
    ],
)
def test_unusable_seeds(sample, seed_themes, message):
    with pytest.raises(OptionError, match=message):
        cluster_abstracts(sample, seed_themes=seed_themes)


def test_seeds_and_a_number_of_themes(sample):
    with pytest.raises(OptionError, match="n_themes and seed_themes are both given"):
        cluster_abstracts(sample, seed_themes=SEEDS, n_themes=4)


def test_seeds_with_weak_papers_left_out(sample):
    themes = cluster_abstracts(sample, seed_themes=SEEDS, min_strength=0.5)
    kept = [theme for theme in themes if theme.name in SEEDS]
    assert kept
    for theme in kept:
        intended = sample["intended_theme"][themes.labels == theme.id]
        assert (intended == theme.name.lower()).mean() > 0.6
