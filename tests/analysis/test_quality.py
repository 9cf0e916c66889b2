"""How good themes are."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, silhouette_score

from absclust import OptionError, cluster_abstracts, sizes
from tests.clustering.test_focus import groups


@pytest.fixture(scope="module")
def quality(sample_themes):
    return sample_themes.quality()


def test_figures_of_the_sample(sample_themes, quality):
    labels = sample_themes.labels[sample_themes.corpus.first_row]
    vectors = sample_themes.foundation.paper_embedding
    assert quality.to_dict() == {
        "stability": pytest.approx(sample_themes.mean_stability, abs=1e-4),
        "separation": pytest.approx(silhouette_score(vectors, labels, metric="cosine"), abs=1e-4),
        "coverage": 1,
    }


def test_separation_is_that_of_papers_in_a_theme(sample_themes):
    moved = sample_themes.move(np.flatnonzero(sample_themes.labels >= 0)[::3], to=-1)
    labels = moved.labels[moved.corpus.first_row]
    placed = labels >= 0
    vectors = moved.foundation.paper_embedding[placed]
    expected = silhouette_score(vectors, labels[placed], metric="cosine")
    assert moved.quality().separation == pytest.approx(expected, abs=1e-4)


def test_separation_of_large_maps_is_that_of_a_sample(sample_themes, quality, monkeypatch):
    monkeypatch.setattr(sizes, "COMPARED_IN_PAIRS", 80)
    sampled = sample_themes.quality().separation
    assert sampled != quality.separation
    assert sampled == pytest.approx(quality.separation, abs=0.05)


def test_true_themes_are_better_than_random_ones(sample_themes, quality):
    rng = np.random.default_rng(0)
    rows = rng.permutation(np.flatnonzero(sample_themes.labels >= 0))[:80]
    worse = sample_themes
    for part in np.array_split(rows, 4):
        worse = worse.move(part, to=int(rng.integers(len(worse))))
    after = worse.quality()
    assert after.separation < quality.separation / 2


def test_agreement_with_labels(sample, sample_themes):
    by_column = sample_themes.quality("intended_theme")
    labelled = sample["intended_theme"].notna() & (sample_themes.labels >= 0)
    true = sample["intended_theme"][labelled].astype(str)
    themes = sample_themes.labels[labelled]
    assert by_column.ami == pytest.approx(adjusted_mutual_info_score(true, themes), abs=1e-4)
    assert by_column.ari == pytest.approx(adjusted_rand_score(true, themes), abs=1e-4)
    assert by_column.labelled == pytest.approx(
        labelled.sum() / (sample_themes.labels >= 0).sum(), abs=1e-4
    )
    assert sample_themes.quality(list(sample["intended_theme"])).equals(by_column)
    assert list(by_column.index) == [
        "stability",
        "separation",
        "coverage",
        "ami",
        "ari",
        "labelled",
    ]
    own = sample_themes.quality(sample_themes.labels)
    assert (own.ami, own.ari) == (1, 1)


def test_rows_labelled_minus_one_are_left_out(sample_themes):
    labels = np.where(np.arange(166) % 2, sample_themes.labels, -1)
    measured = sample_themes.quality(labels)
    assert measured.ami == 1
    assert measured.labelled == pytest.approx(
        (labels >= 0).sum() / (sample_themes.labels >= 0).sum(), abs=1e-4
    )


def test_a_different_label_for_each_row(sample_themes):
    measured = sample_themes.quality([f"label {i}" for i in range(166)])
    assert measured.ari == pytest.approx(0, abs=0.01)


def test_quality_after_edits(sample_themes, quality):
    merged = sample_themes.merge([0, 1]).quality()
    assert merged.stability > 0
    nothing = sample_themes.move(sample_themes.labels >= 0, to=-1).quality()
    assert nothing.coverage == 0
    assert math.isnan(nothing.separation)


def test_tiny_corpora():
    assert math.isnan(cluster_abstracts(["a robot"]).quality().separation)
    assert cluster_abstracts(["a robot", "a protein"]).quality().coverage == 1


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("themes", "there is no column 'themes'; the columns are 'id', 'title'"),
        ([1, 2], "labels is 2 labels; expected one for each of the 166 rows"),
        (7, "labels is int; expected one for each"),
        ([None] * 166, "none of the rows with text has a label"),
        (pd.Series([""] * 166), "none of the rows with text has a label"),
    ],
)
def test_labels_that_cannot_be_used(sample_themes, labels, message):
    with pytest.raises(OptionError, match=message):
        sample_themes.quality(labels)


def test_clear_cut_themes_are_separated(labelled):
    papers = labelled("pubmed5terms")
    measured = cluster_abstracts(papers).quality("label")
    assert measured.separation > 0.2
    assert measured.ami > 0.9


def test_alternatives_are_what_each_granularity_gives():
    vectors, of = groups(80, 80, 80, 80, 16, 16, 16, spread=0.3)
    texts = [f"Paper {chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(len(of))]
    options = {"embeddings": vectors, "resolution": 1, "seed_themes": {"a": ["paper aa"]}}
    themes = cluster_abstracts(texts, **options, granularity="broad")
    table = themes.alternatives()
    found = [cluster_abstracts(texts, **options, granularity=g) for g in table["granularity"]]
    assert table["n_themes"].tolist() == [len(other) for other in found]
    stability = [other.mean_stability for other in found]
    assert table["stability"].tolist() == pytest.approx(stability, abs=0.002)
    (chosen,) = np.flatnonzero(table["chosen"])
    assert found[chosen].fingerprint == themes.fingerprint
    few = cluster_abstracts(texts, embeddings=vectors, resolution=1, n_themes=2).alternatives()
    assert few["n_themes"].is_monotonic_increasing


def test_alternatives_of_another_clusterer_are_refused():
    labels = np.repeat([0, 1], 5)
    texts = [f"Paper {chr(97 + i)}" for i in range(10)]
    themes = cluster_abstracts(texts, clusterer=SimpleNamespace(fit_predict=lambda _: labels))
    with pytest.raises(OptionError, match="another clusterer made"):
        themes.alternatives()
