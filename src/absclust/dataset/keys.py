"""Hashes of papers' texts: they say which rows repeat a paper, and draw fair samples.

Every row of a data set has the key that `corpus` gives its text. A sample consists of the
papers with the smallest keys, so that it depends neither on the parts of the data set nor on
who reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa

Keys = npt.NDArray[np.uint64]

_ALL = 2.0**64


def as_numbers(keys: bytes) -> Keys:
    r"""Return keys of 16 bytes each as two numbers each, shape (n, 2), which sort like the keys.

    Examples
    --------
    >>> as_numbers(bytes(15) + b"\x07").tolist()
    [[0, 7]]
    """
    return np.frombuffer(keys, dtype=">u8").astype(np.uint64).reshape(-1, 2)


def stored_bytes(column: pa.ChunkedArray) -> bytes:
    """Return the values of a column of fixed width, except for nulls, one after the other."""
    import pyarrow as pa

    values = column.drop_null().combine_chunks()
    if isinstance(values, pa.ChunkedArray):  # for no rows at all
        return b""
    width, buffer = values.type.byte_width, values.buffers()[1]
    if not len(values):
        return b""
    return bytes(buffer[values.offset * width : (values.offset + len(values)) * width])


def is_in_sample(keys: Keys, share: float | npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return whether each paper is in the sample that holds so large a share of all papers."""
    return np.asarray(keys[:, 0] < np.minimum(share, 1.0) * _ALL) | (np.asarray(share) >= 1)
