import numpy as np
import pyarrow as pa

from absclust.dataset.keys import as_numbers, is_in_sample, stored_bytes


def random_keys(n, seed=0):
    random = np.random.default_rng(seed)
    return [random.bytes(16) for _ in range(n)]


def test_numbers_sort_like_keys():
    keys = [*random_keys(200), bytes(16), b"\xff" * 16]
    first = np.unique(as_numbers(b"".join(keys)), axis=0, return_index=True)[1]
    assert [keys[place] for place in first] == sorted(keys)


def test_a_sample_has_its_share():
    keys = as_numbers(b"".join(random_keys(2000)))
    assert 150 < is_in_sample(keys, 0.1).sum() < 250
    assert is_in_sample(keys, 1).all()
    assert not is_in_sample(keys, 0).any()
    assert is_in_sample(as_numbers(b"\xff" * 16), 1.0).all()


def test_stored_bytes_are_those_of_the_values():
    column = pa.chunked_array(
        [pa.array([b"ab", None, b"cd"], pa.binary(2)), pa.array([b"ef"], pa.binary(2))]
    )
    assert stored_bytes(column) == b"abcdef"
    assert stored_bytes(column.slice(2)) == b"cdef"
    assert stored_bytes(column.slice(1, 1)) == b""
    assert stored_bytes(column.slice(4)) == b""
