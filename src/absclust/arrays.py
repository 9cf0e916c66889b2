"""The array types passed between stages, and helpers that every stage uses."""

from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


def unit_rows(vectors: Any) -> FloatArray:
    """Return the vectors as float32, each row scaled to length 1; zero rows stay zero.

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


def one_thread() -> AbstractContextManager[Any]:
    """Limit linear algebra to one thread, in the libraries that are loaded by now.

    The last bits of a matrix product depend on the number of threads, and in some
    methods a last bit changes the result.
    """
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(limits=1, user_api="blas")
    return limits


def take(values: npt.ArrayLike, indices: npt.NDArray[np.integer], missing: Any) -> npt.NDArray[Any]:
    """Return the values at some indices, and another value where the index is -1.

    Examples
    --------
    >>> take([7, 8], np.array([1, -1, 0]), missing=0).tolist()
    [8, 0, 7]
    """
    values = np.asarray(values)
    # The value appended last is the one that index -1 finds.
    taken: npt.NDArray[Any] = np.append(values, np.asarray(missing, dtype=values.dtype))[indices]
    return taken
