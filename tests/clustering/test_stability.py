import numpy as np
import pytest

from absclust import cluster_abstracts
from absclust.clustering.stability import (
    mean_stability,
    resample,
    stability_samples,
    theme_stability,
)
from tests.conftest import peak_memory


def test_resamples_hold_four_fifths_of_the_papers_once():
    samples = resample(100, 10, 0)
    assert len(samples) == 10
    assert all(len(set(papers)) == len(papers) == 80 for papers in samples)
    assert len({tuple(papers) for papers in samples}) == 10
    assert np.array_equal(samples[3], resample(100, 10, 0)[3])
    assert resample(1, 2, 0)[0].tolist() == [0]


def test_themes_that_come_back_are_stable_and_others_are_not():
    labels = np.repeat([0, 1], 50)
    samples = resample(100, 10, 0)

    def relabel(papers):
        # The first theme comes back whole, the second in two halves.
        return np.where(papers < 50, 0, 1 + papers % 2)

    stability = theme_stability(labels, samples, relabel)
    assert stability[0] == 1
    assert 0.4 < stability[1] < 0.7
    assert mean_stability(labels, samples, relabel) == pytest.approx(stability.mean(), abs=1e-6)


def test_a_theme_merged_with_another_scores_its_share_of_the_union():
    labels = np.repeat([0, 1], 50)
    stability = theme_stability(labels, [np.arange(100)], lambda p: np.zeros(len(p), int))
    assert stability.tolist() == [0.5, 0.5]


def test_a_theme_that_is_not_drawn_does_not_count():
    labels = np.array([0, 0, 1, 1])
    samples = [np.array([0, 1]), np.array([0, 1, 2])]
    assert theme_stability(labels, samples, lambda papers: labels[papers]).tolist() == [1, 1]


def test_the_stability_of_a_single_paper_is_unknown():
    labels = np.array([0, 0, 0, 1])
    stability = theme_stability(labels, resample(4, 10, 0), lambda papers: labels[papers])
    assert stability[0] == 1
    assert np.isnan(stability[1])


@pytest.mark.parametrize("texts", [["Robots grasp."], ["Robots grasp.", "Robots grasp cups."]])
def test_no_stability_where_no_paper_can_be_left_out(texts):
    themes = cluster_abstracts(texts)
    assert np.isnan(themes[0].stability)
    assert np.isnan(themes.mean_stability)
    assert "stability" not in themes.summary()
    assert "stability" not in repr(themes[0])


def test_unassigned_papers_do_not_count():
    labels = np.array([0, 0, -1])
    new_labels = np.array([0, 0, 0])
    stability = theme_stability(labels, [np.arange(3)], lambda _: new_labels)
    assert stability[0] == pytest.approx(2 / 3)


def test_thousands_of_themes_are_compared_without_a_table_of_all_pairs():
    labels, found = np.arange(20_000) // 5, np.arange(20_000) // 4
    stability = []
    held = peak_memory(
        lambda: stability.extend(theme_stability(labels, [np.arange(20_000)], lambda _: found))
    )
    assert stability[:2] == pytest.approx([4 / 5, 3 / 6])  # papers 0-4 and 5-9 against fours
    assert held < 10_000_000  # of all 4,000 x 5,000 pairs it would be 160 MB


@pytest.mark.parametrize(
    ("papers", "layer", "drawn"),
    [(49_999, False, 10), (299_999, True, 4), (300_000, True, 2), (300_000, False, 4)],
)
def test_fewer_resamples_are_drawn_of_more_papers(papers, layer, drawn):
    assert len(stability_samples(papers, 0, layer=layer)) == drawn


def test_a_theme_that_is_not_found_again_counts_as_nothing():
    labels = np.array([0, 0, 1, 1, 2, 2])
    samples = [np.array([0, 1, 2, 3]), np.array([0, 2, 3, 4])]
    found = theme_stability(labels, samples, lambda papers: np.where(papers < 2, -1, 0))
    assert found == pytest.approx([0, 5 / 6, 1 / 3])
