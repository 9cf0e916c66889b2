"""From options and a neighbour graph to themes, without reading or naming anything."""

import dataclasses

import numpy as np
import pytest

from absclust import OptionError, cluster_abstracts
from absclust.clustering.membership import membership
from absclust.clustering.neighbors import neighbor_graph
from absclust.clustering.partition import Partitioner, alike_papers
from absclust.corpus.corpus import build_corpus
from absclust.corpus.labels import KnownLabels
from absclust.embedding.embed import Embedding, FittedEmbedding
from tests.clustering.test_leiden import blobs

SIZES = [5, 24, 15]
OPTIONS = Partitioner()


class Given:
    """A clusterer that gives the labels it was made with."""

    def __init__(self, labels):
        self.labels = labels

    def fit_predict(self, X):  # noqa: N803
        return self.labels


def found(known=None, noise=0.2, **options):
    """Partition three groups of papers, in the order of the groups."""
    vectors = blobs(SIZES, noise=noise)
    # Distinct papers are in the order of their hashes: which text has which vector is no matter.
    corpus = build_corpus([f"Paper {i}" for i in range(len(vectors))])
    partitioner = dataclasses.replace(OPTIONS, **options)
    return partitioner.partition(neighbor_graph(vectors), Embedding(vectors), corpus, known)


def test_groups_are_themes_largest_first():
    partition = found()
    assert partition.labels.tolist() == [2] * 5 + [0] * 24 + [1] * 15
    assert partition.stability.tolist() == [1, 1, 1]
    assert partition.names == {}
    assert partition.settings.n_themes is None
    assert partition.settings.min_theme_size == 2  # a paper alone is no theme


def test_granularity_multiplies_the_resolution():
    chosen = found().settings.resolution
    assert found(granularity=3.0).settings.resolution == 3 * chosen
    assert found(granularity=3.0, resolution=0.5).settings.resolution == 1.5
    assert len(found(granularity=20.0, noise=0.5).stability) > 3


def test_a_number_of_themes_is_kept_to_and_may_need_small_ones():
    for n_themes in (1, 2, 3, 7, 12):
        partition = found(n_themes=n_themes)
        assert np.unique(partition.labels).tolist() == list(range(n_themes))
        assert partition.stability.shape == (n_themes,)
    assert found(n_themes=7, min_theme_size=9).settings.min_theme_size == 1
    with pytest.raises(OptionError, match="n_themes is 45, but there are 44 distinct papers"):
        found(n_themes=45)


def test_themes_have_the_least_size_asked_for():
    assert found(min_theme_size=5).labels.tolist() == found().labels.tolist()
    united = found(min_theme_size=6)
    assert united.settings.min_theme_size == 6
    assert np.bincount(united.labels).min() > 6


def test_the_resolution_of_a_large_corpus_is_that_of_a_sample(monkeypatch):
    from absclust import sizes
    from absclust.clustering import partition as module

    seen = []
    choose = module.choose_resolution

    def chosen(adjacency, **options):
        seen.append((adjacency.shape[0], options))
        return choose(adjacency, **options)

    monkeypatch.setattr(module, "choose_resolution", chosen)
    found(random_state=7)
    monkeypatch.setattr(sizes, "CLEAR_CUT_SAMPLE", 20)
    found(random_state=7)
    assert seen == [(44, {"random_state": 7}), (20, {"random_state": 7})]


def test_the_seed_is_that_of_the_communities_and_of_their_stability():
    vague = [found(noise=1.5, resolution=4.0, random_state=seed) for seed in (0, 0, 1, 2)]
    assert vague[0].labels.tolist() == vague[1].labels.tolist()
    assert vague[0].stability.tolist() == vague[1].stability.tolist()
    assert len({tuple(part.labels) for part in vague}) == 3
    same = [found(noise=0.9, resolution=1.0, random_state=seed) for seed in (0, 1)]
    assert same[0].labels.tolist() == same[1].labels.tolist()  # by other samples:
    assert same[0].stability.tolist() != same[1].stability.tolist()


def test_another_clusterer_gives_the_themes():
    labels = np.repeat([7, -2, 3], SIZES)
    partition = found(clusterer=Given(labels))
    assert partition.labels.tolist() == [1] * 5 + [-1] * 24 + [0] * 15
    assert np.isnan(partition.stability).all()
    assert partition.stability.shape == (2,)
    assert partition.stability.dtype == np.float32
    assert partition.settings is None
    nothing = found(clusterer=Given(np.full(44, -1)))
    assert (nothing.labels == -1).all()
    assert len(nothing.stability) == 0


@pytest.mark.parametrize("labels", [[0] * 43, np.zeros(44), np.zeros((44, 1), dtype=int), None])
def test_labels_of_another_shape_or_type_are_refused(labels):
    with pytest.raises(OptionError, match=r"gave labels of shape .*expected one int for each of"):
        found(clusterer=Given(labels))


def test_weak_papers_are_left_out_and_empty_themes_dropped():
    labels = np.repeat([0, 1, 2], SIZES)
    labels[:3] = [3, 3, 1]  # no neighbour of the first two is in their theme, but each other
    whole = found(clusterer=Given(labels))
    strength = membership(neighbor_graph(blobs(SIZES)), whole.labels).strength
    least = float(strength[:2].max())
    kept = found(clusterer=Given(labels), min_strength=least)
    assert kept.labels[strength >= least].tolist() == whole.labels[strength >= least].tolist()
    assert (kept.labels[strength < least] == -1).all()
    strict = found(clusterer=Given(labels), min_strength=float(np.nextafter(least, 1)) + 1e-6)
    assert (strict.labels[:2] == -1).all()
    assert len(strict.stability) == strict.labels.max() + 1 < len(whole.stability)


def test_weak_papers_keep_the_theme_of_their_label_and_themes_their_names():
    of_paper = np.full(44, -1)
    of_paper[[0, 1, 6, 30]] = [0, 0, 1, 1]  # one of the second is among the third group
    known = KnownLabels(("few", "many"), of_paper, ())
    everyone = found(known)
    names = {name: number for number, name in everyone.names.items()}
    assert set(names) == {"few", "many"}
    assert everyone.labels[[0, 1, 6, 30]].tolist() == [names["few"]] * 2 + [names["many"]] * 2
    assert everyone.stability.shape == (everyone.labels.max() + 1,)
    strict = found(known, min_strength=0.9)
    assert strict.names[strict.labels[30]] == "many"
    assert strict.names[strict.labels[0]] == "few"


def test_a_labelled_theme_is_its_own_however_small():
    of_paper = np.where(np.arange(44) < 3, 0, -1)
    partition = found(KnownLabels(("few",), of_paper, ()), min_theme_size=10)
    (few,) = (number for number, name in partition.names.items() if name == "few")
    assert 3 <= (partition.labels == few).sum() <= 5


def test_the_seed_is_that_of_themes_around_labels():
    known = KnownLabels(("some",), np.where(np.arange(44) < 3, 0, -1), ())
    options = {"noise": 1.5, "resolution": 4.0}
    vague = [found(known, random_state=seed, **options) for seed in (0, 0, 1, 2, 3)]
    assert vague[0].labels.tolist() == vague[1].labels.tolist()
    assert len({tuple(part.labels) for part in vague}) > 1


def test_hdbscan_has_the_least_size_and_the_seed(monkeypatch):
    seen = []

    def hdbscan(_graph, _vectors, **options):
        seen.append(options)
        return np.repeat([0, 1], 22)

    monkeypatch.setattr("absclust.clustering.partition.umap_hdbscan", hdbscan)
    found(clusterer="hdbscan", min_theme_size=7, random_state=3)
    assert seen == [{"min_theme_size": 7, "random_state": 3}]


@pytest.mark.parametrize(
    ("texts", "embeddings"),
    [
        ([f"Paper {i} about robots" for i in range(60)], np.ones((60, 8))),
        ([f"The result of experiment {i}." for i in range(60)], None),
    ],
)
def test_papers_that_cannot_be_told_apart_are_one_theme(texts, embeddings):
    themes = cluster_abstracts(texts, embeddings=embeddings, progress=False)

    assert themes.labels.tolist() == [0] * 60
    assert themes[0].stability == 1  # when some are left out, the others are one theme too
    assert themes.plot()


def test_digits_and_signs_of_any_script_tell_no_papers_apart():
    texts = [
        "Größe – von ٣ “Eulen”",
        "GRÖSSE von 7 Eulen!",
        "Größe von Eulen",
        "größe: von eulen 9",
    ]
    corpus = build_corpus(texts)
    embedding = Embedding(np.ones((4, 2), np.float32), encoder=FittedEmbedding("builtin"))
    first, other, *rest = corpus.to_rows(alike_papers(embedding, corpus), missing=-1)
    assert [first == number for number in rest] == [True, True]
    assert other != first  # "ß" is another letter


def test_given_vectors_are_alike_to_the_fifth_digit():
    vectors = np.array([[0.0, 1], [-0.000001, 1], [0.000004, 1], [0.00002, 1]], np.float32)
    first, *others = alike_papers(Embedding(vectors, encoder=None), build_corpus(list("abcd")))
    assert [first == number for number in others] == [True, True, False]


@pytest.mark.parametrize(
    ("steered", "sizes"),
    [
        ({"labels": ["coded"] * 5 + [None] * 55}, [55, 5]),
        ({"seed_themes": {"results": ["result"]}}, [60]),
        ({"seed_themes": {"a": ["experiment"], "b": ["result"]}}, [58, 1, 1]),  # none is lost
    ],
)
def test_papers_that_nobody_can_tell_apart_are_one_theme_beside_those_asked_for(steered, sizes):
    texts = [f"The result of experiment {i}." for i in range(60)]
    themes = cluster_abstracts(texts, **steered, progress=False)
    assert [theme.size for theme in themes] == sizes
    assert {theme.name for theme in themes} >= set(steered.get("seed_themes", ["coded"]))


def test_versions_of_a_paper_stay_together_among_others(sample):
    versions = [f"Coral reefs bleach in warm water, part {i}." for i in range(12)]

    themes = cluster_abstracts([*sample["abstract"][:300], *versions], progress=False)

    assert len(set(themes.labels[-12:].tolist())) == 1
