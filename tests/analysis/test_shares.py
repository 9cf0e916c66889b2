"""Intervals of shares and of their ratios, to the figure."""

import numpy as np
import pytest

from absclust.analysis.shares import ratio_intervals


def test_papers_that_count_half_make_no_interval_narrower_than_draws():
    """Papers in one of two themes that match count half; the formula takes them for whole ones."""
    counts = np.array([[4, 10, 86], [20, 5, 175]])
    weights = np.array([[1, 0.0], [0.5, 0.5], [0, 1]])
    of = counts.sum(axis=1, keepdims=True).repeat(2, axis=1)
    shares, _, low, high = ratio_intervals(counts @ weights, of)
    assert shares == pytest.approx(np.array([[0.09, 0.91], [0.1125, 0.8875]]))
    # By 400,000 draws from Dirichlet distributions, half a paper added to each weight.
    drawn_low, drawn_high = np.array([0.6027, 0.9027]), np.array([2.5528, 1.0671])
    assert (low <= 1.001 * drawn_low).all()
    assert (high >= drawn_high).all()
    assert (low > 0.75 * drawn_low).all()
    assert (high < 1.25 * drawn_high).all()


def test_intervals_of_no_papers_are_unknown():
    inside = np.array([[0, 5, 2, 0], [3, 0, 1, 0]])
    of = np.array([[0, 10, 4, 10], [10, 10, 2, 0]])
    shares, *bounds = ratio_intervals(inside, of)
    np.testing.assert_array_equal(shares, [[np.nan, 0.5, 0.5, 0], [0.3, 0, 0.5, np.nan]])
    for bound in bounds:
        assert np.isnan(bound).tolist() == [True, False, False, True]
    ratio, low, high = (bound[1:3] for bound in bounds)
    assert ratio == pytest.approx([(0.5 / 11) / (5.5 / 11), (1.5 / 3) / (2.5 / 5)])
    assert (low < ratio).all()
    assert (ratio < high).all()
    assert all(part.shape == (0,) for part in ratio_intervals(inside[:, :0], of[:, :0])[1:])


def test_a_share_of_a_single_paper_is_one():
    shares, ratio, _, _ = ratio_intervals(np.array([[1], [0]]), np.array([[1], [1]]))
    assert shares.tolist() == [[1], [0]]
    assert ratio == pytest.approx([1 / 3])


def test_ratios_of_shares_to_the_figure():
    inside, of = np.array([[10, 30], [40, 60]]), np.array([[100, 100], [120, 90]])
    _, ratio, low, high = ratio_intervals(inside, of)
    # Of 220 papers 50 are inside, of 190 90: added are .5 of 2.2 papers, and .5 of 19 / 18.
    first = (40.5 / 122.2) / (10.5 / 102.2)
    second = (60.5 / (90 + 19 / 18)) / (30.5 / (100 + 19 / 18))
    assert ratio == pytest.approx([first, second])
    # By the quantiles of scipy.stats.beta.
    assert low == pytest.approx([1.69484523, 1.54115057])
    assert high == pytest.approx([7.40909025, 3.31779118])
    # Alone, the first has a narrower interval: it isn't one of two.
    alone = [float(bound[0]) for bound in ratio_intervals(inside[:, :1], of[:, :1])[1:]]
    assert alone == pytest.approx([ratio[0], 1.83218785, 6.62469661])


def test_a_group_of_few_papers_stays_near_the_others():
    inside, of = np.array([[6, 0, 100], [0, 0, 5]]), np.array([[1000, 50, 100], [5, 50, 5]])
    _, ratio, low, high = ratio_intervals(inside, of)
    assert ratio == pytest.approx([0.94, 1, 1], abs=0.01)  # none where none is expected
    assert np.all((low < 1.000001) & (high > 0.999999))
    (_, two), more, least, _ = ratio_intervals(np.array([[1], [3]]), np.array([[100], [3]]))
    assert two == 1
    assert more[0] > least[0] > 1
