import numpy as np

from absclust.arrays import evenly_spread


def test_evenly_spread():
    assert evenly_spread(np.arange(3), 5).tolist() == [0, 1, 2]
    spread = evenly_spread(np.arange(1001), 100)
    assert len(spread) == 100
    assert (spread[0], spread[-1]) == (0, 1000)
    assert set(np.diff(spread)) == {10, 11}
