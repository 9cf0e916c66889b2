import dataclasses

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from absclust import EmbedderError, OptionError, cluster_abstracts
from absclust.clustering.leiden import PartitionSettings, leiden
from absclust.clustering.neighbors import neighbor_graph
from absclust.clustering.seeds import Seeds, guided_communities, mentions
from absclust.corpus.corpus import build_corpus
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
    corpus = build_corpus(texts)
    links = corpus.to_rows(mentions({"a": ["Reward models"]}, corpus)[:, 0], missing=0)
    assert (links > 0).tolist() == [True, True, False, False]


def seeds_of(names, links):
    """Return seeds that divide all papers of a community among them, and own none."""
    return Seeds(names, links, np.zeros(len(links)), np.full(len(links), -1))


def around(adjacency, seeds, resolution):
    """Return the community of each paper, and of each seed."""
    labels, first = guided_communities(adjacency, seeds, PartitionSettings(resolution))
    return labels, np.where(first >= 0, labels[first], -1)


def test_seeds_in_one_community_are_separated():
    vectors = blobs([40], d=4, noise=0.1)
    adjacency = neighbor_graph(vectors).adjacency
    links = np.zeros((40, 2))
    links[:10, 0] = links[30:, 1] = adjacency.sum(axis=1).mean()
    papers, own = around(adjacency, seeds_of(("a", "b"), links), 0.01)
    assert own[0] != own[1]
    assert (papers[:10] == own[0]).all()
    assert (papers[30:] == own[1]).all()


def test_papers_like_no_seed_of_their_community_stay_apart():
    vectors = blobs([40], d=4, noise=0.1)
    adjacency = neighbor_graph(vectors).adjacency
    links = np.zeros((40, 2))
    links[:10, 0] = links[30:, 1] = adjacency.sum(axis=1).mean()
    seeds = seeds_of(("a", "b"), links)
    apart = dataclasses.replace(seeds, apart=np.where(links.any(axis=1), 0, links.max()))
    papers, own = around(adjacency, apart, 0.01)
    assert (papers[:10] == own[0]).mean() > 0.8
    assert (papers[30:] == own[1]).mean() > 0.8
    assert not np.isin(papers[10:30], own).any()


def test_a_seed_whose_papers_prefer_others_has_the_ones_it_pulls_most():
    adjacency = neighbor_graph(blobs([20], d=4, noise=0.1)).adjacency
    links = np.zeros((20, 1))
    links[3], links[4] = 0.02, 0.01
    papers, own = around(adjacency, seeds_of(("a",), links), 4)
    assert np.flatnonzero(papers == own[0]).tolist() == [3]


@pytest.mark.parametrize("looked_at", [True, False])
def test_a_community_follows_a_label_as_a_whole_where_papers_are_labelled(looked_at):
    # A label of two groups pulls those of the second little; a third is nobody's.
    adjacency = neighbor_graph(blobs([40, 40, 40], d=16, noise=0.1)).adjacency
    group = np.repeat(np.arange(3), 40)
    labelled = (np.arange(120) % 5 == 0) & (group < (2 if looked_at else 1))
    pull = 0.75 * np.median(np.asarray(adjacency.sum(axis=1)))
    shares = np.where(labelled, 0.8, np.array([0.5, 0.3, 0.02])[group])
    seeds = Seeds(("a",), pull * shares[:, None], pull * (1 - shares), np.where(labelled, 0, -1))
    papers, own = around(adjacency, seeds, 1.0)
    assert (papers[group == 0] == own[0]).all()
    assert (papers[(group == 1) & ~labelled] == own[0]).all() == looked_at
    assert (papers[group == 2] != own[0]).all()
    assert len(set(papers)) == (2 if looked_at else 3)


def test_a_seed_without_links_holds_the_papers_it_was_given_and_changes_no_other():
    vectors = blobs([20, 20], d=8, noise=0.1)
    adjacency = neighbor_graph(vectors).adjacency
    given = np.full(40, -1)
    given[[3, 25]] = 1
    seeds = dataclasses.replace(seeds_of(("a", "b"), np.zeros((40, 2))), given=given)
    papers, own = around(adjacency, seeds, 1.0)
    assert own.tolist() == [-1, papers[3]]
    assert np.flatnonzero(papers == own[1]).tolist() == [3, 25]
    rest = given < 0
    expected = leiden(adjacency, resolution=1.0)
    assert adjusted_rand_score(expected[rest], papers[rest]) == 1
    assert sorted(set(papers.tolist())) == [0, 1, 2]


@pytest.mark.parametrize(
    ("seed_themes", "message"),
    [
        ({"owls": ["strigiformes"]}, r"'owls': none of its words \(strigiformes\) occurs"),
        ({"owls": []}, "expected a list of at least one str, or a description"),
        ({"owls": ["hoot", 7]}, "expected a list of at least one str, or a description"),
        ({"owls": "  "}, "expected a list of at least one str, or a description"),
        ({7: ["hoot"]}, "under a name that is a str"),
        ([7], "expected a list of at least one str, or a description"),
        ("owls", "seed_themes is 'owls'; expected a dict of names"),
        (7, "seed_themes is 7; expected a dict of names"),
        ({"owls": "ꙮ"}, r"'owls': the embedder knows no word of its description \('ꙮ'\)"),
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


DESCRIPTIONS = {
    "Alignment": "aligning language models with human preferences",
    "Federated learning": "learning together on many devices, without sharing data",
}


def test_described_themes_are_found_under_their_names(sample):
    themes = cluster_abstracts(sample, seed_themes=DESCRIPTIONS)
    papers = themes.papers()
    for name in DESCRIPTIONS:
        intended = papers["intended_theme"][papers["theme_name"] == name]
        assert (intended == name.lower()).mean() > 0.6, name
        assert len(intended) > 5
    assert len(themes) >= 8
    assert themes.options["seed_themes"] == DESCRIPTIONS


def test_a_list_of_descriptions_and_words_beside_descriptions(sample):
    listed = cluster_abstracts(sample, seed_themes=list(DESCRIPTIONS.values()))
    assert set(DESCRIPTIONS.values()) <= {theme.name for theme in listed}
    mixed = cluster_abstracts(sample, seed_themes={"Benchmarks": ["benchmark"], **DESCRIPTIONS})
    assert {"Benchmarks", *DESCRIPTIONS} <= {theme.name for theme in mixed}
    shuffled = sample.sample(frac=1, random_state=1)
    again = cluster_abstracts(shuffled, seed_themes=list(DESCRIPTIONS.values()))
    assert again.fingerprint == listed.fingerprint


def test_descriptions_are_embedded_by_the_users_embedder():
    class Animals:
        def encode(self, sentences):
            words = ("owl", "robot", "protein")
            counts = [[s.lower().count(word) for word in words] for s in sentences]
            return np.array(counts) + 0.01

    texts = [f"{word} {number}" for word in ("Owls", "Robots", "Proteins") for number in range(9)]
    themes = cluster_abstracts(texts, embedder=Animals(), seed_themes={"machines": "a robot"})
    rows = np.flatnonzero(themes.labels == [t.name for t in themes].index("machines"))
    assert rows.tolist() == list(range(9, 18))


def test_a_description_of_papers_whose_vectors_are_given():
    texts, vectors = [f"paper {i}" for i in range(8)], np.eye(8)
    with pytest.raises(EmbedderError, match="'owls' is a description, but the vectors"):
        cluster_abstracts(texts, embeddings=vectors, seed_themes=["owls"])


@pytest.mark.parametrize("texts", [["The owls hoot."], ["The owls hoot.", "A robot grasps."]])
def test_descriptions_of_tiny_corpora(texts):
    themes = cluster_abstracts(texts, seed_themes={"birds": "owls at night"})
    assert themes[int(themes.labels[0])].name == "birds"


def test_classes_are_found_by_their_names(labelled):
    papers = labelled("pubmed5terms")
    names = ["prostate cancer", "cystic fibrosis"]
    themes = cluster_abstracts(papers, seed_themes=names)
    found = themes.papers()
    for name in names:
        in_theme, of_class = found["theme_name"] == name, papers["label"] == name
        assert (in_theme & of_class).sum() > 0.8 * of_class.sum()
        assert (in_theme & of_class).sum() > 0.8 * in_theme.sum()


@pytest.mark.filterwarnings("ignore::absclust.LanguageWarning")
def test_seed_words_are_matched_by_the_rules_of_each_language():
    """Only English words were found once, in papers of whatever language."""
    german = ["Neuronale Netze lernen Bilder.", "Ein neuronales Netz lernt Sprache."]
    german += ["Bienen fliegen im Sommer über die Wiesen.", "Bienen sammeln Honig in der Stadt."]
    themes = cluster_abstracts(german, seed_themes={"Netze": ["neuronales Netz"]})
    assert themes.labels[0] == themes.labels[1] == themes["Netze"].id
    assert (themes.labels[2:] != themes["Netze"].id).all()
    chinese = ["我们研究强化学习算法的收敛性。", "一种新的强化学习方法。", "蛋白质折叠的研究。"]
    themes = cluster_abstracts(chinese, seed_themes={"RL": ["强化学习"]})
    assert set(themes.labels[:2]) == {themes["RL"].id}


def test_a_description_that_fits_nothing_takes_no_papers(sample):
    seeds = {"whales": "songs of humpback whales in the ocean", "grip": "robots that grasp objects"}
    with pytest.warns(UserWarning, match="seed theme 'whales': no paper is like its description"):
        themes = cluster_abstracts(sample, seed_themes=seeds)
    names = [theme.name for theme in themes]
    assert "grip" in names
    assert "whales" not in names
