"""How good themes are."""

import math
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    silhouette_samples,
)

from absclust import OptionError, cluster_abstracts, read_abstracts
from absclust.analysis.quality import npmi, silhouette
from tests.clustering.test_focus import groups
from tests.test_samples import SAMPLES


@pytest.fixture(scope="module")
def quality(sample_themes):
    return sample_themes.quality()


def test_silhouette_is_that_of_scikit_learn(sample_themes):
    labels = sample_themes.labels[sample_themes.corpus.first_row].copy()
    labels[5] = labels.max() + 1  # a theme of one paper
    expected = silhouette_samples(sample_themes.foundation.paper_embedding, labels, metric="cosine")
    np.testing.assert_allclose(
        silhouette(sample_themes.foundation.paper_embedding, labels), expected, atol=1e-5
    )


def test_silhouette_leaves_out_papers_in_no_theme(sample_themes):
    vectors = sample_themes.foundation.paper_embedding
    labels = sample_themes.labels[sample_themes.corpus.first_row].copy()
    labels[::3] = -1
    placed = labels >= 0
    scores = silhouette(vectors, labels)
    expected = silhouette_samples(vectors[placed], labels[placed], metric="cosine")
    np.testing.assert_allclose(scores[placed], expected, atol=1e-5)
    assert (scores[~placed] == 0).all()


def test_npmi_by_the_definition():
    used = np.random.default_rng(0).random((200, 4)) < [0.5, 0.3, 0.2, 0.02]
    p = used.mean(axis=0)
    expected = []
    for a, b in combinations(range(4), 2):
        both = (used[:, a] & used[:, b]).mean()
        expected.append(math.log(both / (p[a] * p[b])) / -math.log(both) if both else -1)
    assert npmi(used) == pytest.approx(np.mean(expected))
    assert npmi(np.ones((5, 2), dtype=bool)) == 1
    assert math.isnan(npmi(used[:, :1]))


def test_figures_are_within_their_bounds(sample_themes, quality):
    assert quality.stability == pytest.approx(sample_themes.mean_stability, abs=1e-4)
    assert 0 < quality.separation < 1
    assert -1 <= quality.coherence <= 1
    assert 0.9 < quality.diversity <= 1
    assert quality.coverage == 1
    assert quality.ami is None
    assert list(quality.to_dict()) == [
        "stability",
        "separation",
        "coherence",
        "diversity",
        "coverage",
    ]


def test_true_themes_are_better_than_random_ones(sample_themes, quality):
    rng = np.random.default_rng(0)
    rows = rng.permutation(np.flatnonzero(sample_themes.labels >= 0))[:80]
    worse = sample_themes
    for part in np.array_split(rows, 4):
        worse = worse.move(part, to=int(rng.integers(len(worse))))
    after = worse.quality()
    assert after.separation < quality.separation / 2


@pytest.mark.slow
def test_keywords_of_true_themes_are_used_together():
    """Of a hundred papers, coherence says too little: few of them use two keywords."""
    themes = cluster_abstracts(read_abstracts(SAMPLES / "arxiv.csv.gz"), progress=False)
    rng = np.random.default_rng(0)
    rows = rng.permutation(np.flatnonzero(themes.labels >= 0))[: len(themes.labels) // 2]
    worse = themes
    for part in np.array_split(rows, 4):
        worse = worse.move(part, to=int(rng.integers(len(worse))))
    assert worse.quality().coherence < themes.quality().coherence


def test_table(sample_themes, quality):
    table = quality.table()
    assert table["name"].tolist() == [theme.name for theme in sample_themes]
    assert table["size"].tolist() == [theme.size for theme in sample_themes]
    papers = np.bincount(sample_themes.labels[sample_themes.corpus.first_row])
    assert np.average(table["separation"], weights=papers) == pytest.approx(
        quality.separation, abs=1e-3
    )
    assert table["coherence"].mean() == pytest.approx(quality.coherence, abs=1e-3)


def test_agreement_with_labels(sample, sample_themes):
    by_column = sample_themes.quality("intended_theme")
    labelled = sample["intended_theme"].notna() & (sample_themes.labels >= 0)
    true = sample["intended_theme"][labelled].astype(str)
    themes = sample_themes.labels[labelled]
    assert by_column.ami == pytest.approx(adjusted_mutual_info_score(true, themes), abs=1e-4)
    assert by_column.ari == pytest.approx(adjusted_rand_score(true, themes), abs=1e-4)
    assert by_column.n_labelled == labelled.sum()
    assert sample_themes.quality(list(sample["intended_theme"])) == by_column
    assert set(by_column.to_dict()) >= {"ami", "ari"}
    own = sample_themes.quality(sample_themes.labels)
    assert (own.ami, own.ari) == (1, 1)


def test_rows_labelled_minus_one_are_left_out(sample_themes):
    labels = np.where(np.arange(166) % 2, sample_themes.labels, -1)
    measured = sample_themes.quality(labels)
    assert measured.ami == 1
    assert measured.n_labelled == (labels >= 0).sum()


def test_a_different_label_for_each_row(sample_themes):
    measured = sample_themes.quality([f"label {i}" for i in range(166)])
    assert measured.ari == pytest.approx(0, abs=0.01)


def test_quality_after_edits(sample_themes, quality):
    merged = sample_themes.merge([0, 1]).quality()
    assert merged.stability > 0
    assert math.isnan(merged.table()["stability"][0])
    nothing = sample_themes.move(sample_themes.labels >= 0, to=-1).quality()
    assert nothing.coverage == 0
    assert math.isnan(nothing.diversity)
    assert nothing.table().empty


def test_tiny_corpora():
    assert cluster_abstracts(["a robot"]).quality().separation == 0
    assert cluster_abstracts(["a robot", "a protein"]).quality().coverage == 1


def test_reprs(sample_themes):
    measured = sample_themes.quality("intended_theme")
    assert f"ami {measured.ami:.3f}" in repr(measured)
    assert "165 rows labelled" in repr(measured)
    named = sample_themes.rename({0: "<b>bold</b>"}).quality()
    assert "<b>bold" not in named._repr_html_()
    assert "&lt;b&gt;bold" in named._repr_html_()


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
    assert measured.coherence > 0  # keywords occur together more often than by chance
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
