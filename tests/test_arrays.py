import numpy as np

from absclust.arrays import evenly_spread, group_matrix, group_sums, principal_axes
from tests.conftest import peak_memory


def test_evenly_spread():
    assert evenly_spread(np.arange(3), 5).tolist() == [0, 1, 2]
    spread = evenly_spread(np.arange(1001), 100)
    assert len(spread) == 100
    assert (spread[0], spread[-1]) == (0, 1000)
    assert set(np.diff(spread)) == {10, 11}


def test_group_sums_are_the_product_without_a_copy_in_double_precision():
    random = np.random.default_rng(0)
    vectors = random.normal(size=(20_000, 100)).astype(np.float32)
    labels = random.integers(-1, 5, size=20_000)
    assert (group_sums(labels, 5, vectors) == group_matrix(labels, 5) @ vectors).all()
    assert peak_memory(lambda: group_sums(labels, 5, vectors)) < vectors.nbytes


def test_principal_axes_of_wide_vectors_are_those_of_the_same_vectors_without_empty_columns():
    vectors = np.random.default_rng(0).normal(size=(12, 5)).astype(np.float32)
    wide = np.hstack([vectors, np.zeros((12, 2_000), dtype=np.float32)])
    axes = principal_axes(wide, 3)
    assert axes.dtype == np.float32
    assert not axes[5:].any()
    assert np.allclose(abs(axes[:5]), abs(principal_axes(vectors, 3)), atol=1e-5)
