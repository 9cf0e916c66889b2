"""The array types that travel between stages, and what every stage does with them."""

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


def unit_rows(vectors: Any) -> FloatArray:
    """Return the vectors as float32 with rows of length 1; zero rows stay zero.

    Examples
    --------
    >>> unit_rows([[3, 4], [0, 0]]).round(1).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    vectors = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: FloatArray = np.zeros_like(vectors)
    np.divide(vectors, lengths, out=unit, where=lengths > 0)
    return unit
