"""Papers that together cover many: the greedy choice, computed lazily."""

from itertools import combinations

import numpy as np
import pytest

from absclust.arrays import unit_rows
from absclust.themes import coverage as module
from absclust.themes.coverage import coverage, covering


def drawn(n, d, seed=0):
    return unit_rows(np.random.default_rng(seed).normal(size=(n, d)))


def plain_greedy(vectors, n):
    """Return the same choice, with every gain computed at every step."""
    cosines = np.maximum(vectors.astype(np.float64) @ vectors.T, 0)
    covered, chosen = np.zeros(len(vectors)), []
    for _ in range(n):
        gains = np.maximum(cosines - covered, 0).sum(axis=1)
        gains[chosen] = -1
        chosen.append(int(gains.argmax()))
        covered = np.maximum(covered, cosines[chosen[-1]])
    return chosen


@pytest.mark.parametrize("batch", [1, 7, 256])
def test_lazy_is_plain_greedy(monkeypatch, batch):
    monkeypatch.setattr(module, "_BATCH", batch)
    for seed in range(3):
        vectors = drawn(300, 12, seed)
        assert covering(vectors, 25).tolist() == plain_greedy(vectors, 25)


def test_covers_nearly_what_the_best_papers_do():
    for seed in range(5):
        vectors = drawn(18, 4, seed)
        best = max(coverage(vectors, np.array(c))[-1] for c in combinations(range(18), 3))
        assert coverage(vectors, covering(vectors, 3))[-1] >= 0.85 * best


def test_most_central_first_then_what_differs():
    groups = unit_rows(np.repeat(np.eye(3), [40, 20, 10], axis=0) + 0.05 * drawn(70, 3))
    chosen = covering(groups, 3)
    assert [int(np.searchsorted([40, 60, 70], row, side="right")) for row in chosen] == [0, 1, 2]
    assert coverage(groups, chosen)[-1] > 0.95


def test_all_papers_cover_everything_and_no_paper_comes_twice():
    vectors = np.vstack([drawn(20, 3), np.zeros((3, 3), dtype=np.float32), drawn(20, 3)])
    chosen = covering(vectors, 100)
    assert sorted(chosen) == list(range(43))
    shares = coverage(vectors, chosen)
    assert (np.diff(shares) >= 0).all()
    assert shares[-1] == pytest.approx(40 / 43)  # papers without a vector stay uncovered
    assert covering(np.zeros((0, 3), dtype=np.float32), 5).tolist() == []


def test_of_many_papers_a_sample_stands_for_all(monkeypatch):
    vectors = drawn(3000, 6)
    whole = coverage(vectors, covering(vectors, 10))[-1]
    monkeypatch.setattr("absclust.sizes.CHOSEN_AMONG", 600)
    assert coverage(vectors, covering(vectors, 10))[-1] > 0.97 * whole
