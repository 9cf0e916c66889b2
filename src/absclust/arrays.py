"""The array types passed between stages, and helpers that every stage uses."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count, pairwise
from threading import Lock
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from absclust.parallel import in_threads

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
AnyArray = TypeVar("AnyArray", FloatArray, IntArray)

_ROWS = 1024  # multiplied at a time
_BLOCK = 16_384  # rows of a large array that are computed at a time
_COLUMNS = 32  # summed at a time, in double precision
_WIDE = 1024  # columns, above which their square matrix takes minutes to decompose


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


def in_blocks(function: Callable[[slice], AnyArray], out: AnyArray) -> AnyArray:
    """Fill an array with what a function returns for some rows at a time, to bound memory.

    Examples
    --------
    >>> v = np.array([[1], [2]], dtype=np.float32)
    >>> in_blocks(lambda rows: v[rows] + 1, out=np.empty_like(v)).tolist()
    [[2.0], [3.0]]
    """
    for start in range(0, len(out), _BLOCK):
        rows = slice(start, start + _BLOCK)
        out[rows] = function(rows)
    return out


def members(labels: IntArray, n_groups: int) -> list[IntArray]:
    """Return the members of each group, in rising order.

    Parameters
    ----------
    labels : int array of shape (n,)
        Group of each; -1 for none.
    n_groups
        Number of groups.

    Examples
    --------
    >>> [group.tolist() for group in members(np.array([1, -1, 0, 1]), 3)]
    [[2], [0, 3], []]
    """
    order = np.argsort(labels, kind="stable")
    ends = np.searchsorted(labels[order], np.arange(n_groups + 1))
    return [order[start:end] for start, end in pairwise(ends.tolist())]


def group_matrix(labels: IntArray, n_groups: int) -> Any:
    """Return the matrix that sums by group: its product with values adds up each group's rows.

    Parameters
    ----------
    labels : int array of shape (n,)
        Group of each; -1 for none.
    n_groups
        Number of groups.

    Returns
    -------
    sparse float64 array of shape (n_groups, n)
        1 where a group (row) has a member (column).

    Examples
    --------
    >>> (group_matrix(np.array([1, -1, 0, 1]), 3) @ [1, 2, 3, 4]).tolist()
    [3.0, 5.0, 0.0]
    """
    from scipy.sparse import csr_array

    inside = np.flatnonzero(labels >= 0)
    ones = np.ones(len(inside))
    return csr_array((ones, (labels[inside], inside)), shape=(n_groups, len(labels)))


def group_sums(labels: IntArray, n_groups: int, vectors: FloatArray) -> npt.NDArray[np.float64]:
    """Return the sum of each group's vectors, shape (n_groups, d), in double precision.

    The same as the product with `group_matrix`, without a copy of all vectors in that precision.

    Examples
    --------
    >>> group_sums(np.array([0, -1, 0]), 1, np.array([[1, 2], [3, 4], [5, 6]])).tolist()
    [[6.0, 8.0]]
    """
    member = group_matrix(labels, n_groups)
    starts = range(0, vectors.shape[1], _COLUMNS)
    sums = (member @ vectors[:, start : start + _COLUMNS] for start in starts)
    return np.hstack([np.zeros((n_groups, 0)), *sums])


def pair_counts(first: IntArray, second: IntArray, shape: tuple[int, int]) -> IntArray:
    """Return how often each pair of two numberings occurs; -1 counts as the last number.

    Parameters
    ----------
    first, second : int arrays of shape (n,)
        Two numbers of each.
    shape
        How many numbers there are of the first and of the second kind.

    Examples
    --------
    >>> pair_counts(np.array([0, 0, 1]), np.array([0, 0, -1]), (2, 2)).tolist()
    [[2, 0], [0, 1]]
    """
    counts: IntArray = np.zeros(shape, dtype=np.int64)
    np.add.at(counts, (first, second), 1)
    return counts


def evenly_spread(papers: IntArray, at_most: int) -> IntArray:
    """Return at most ``at_most`` of the papers, evenly spread.

    Canonical order is by hash, so this amounts to a random sample.

    Examples
    --------
    >>> evenly_spread(np.arange(10), 4).tolist()
    [0, 3, 6, 9]
    """
    if len(papers) <= at_most:
        return papers
    return papers[np.linspace(0, len(papers) - 1, at_most).round().astype(np.int64)]


def numbering(*first: Any) -> dict[Any, int]:
    """Return a dictionary that numbers words in the order in which they are first looked up.

    Parameters
    ----------
    *first
        Words that have the first numbers already.

    Examples
    --------
    >>> numbers = numbering()
    >>> [numbers[word] for word in ("owl", "fox", "owl")], list(numbers)
    ([0, 1, 0], ['owl', 'fox'])
    """
    return defaultdict(count(len(first)).__next__, zip(first, count(), strict=False))


def count_entries(rows: Iterable[Iterable[Any]], columns: Any) -> Any:
    """Return a sparse array that counts, row by row, what each lists.

    What is listed twice has two entries, all in the order in which they are listed; they add up
    in products and sums.

    Parameters
    ----------
    rows
        What each row lists.
    columns
        The column of each, such as a `numbering`, which may grow.

    Returns
    -------
    sparse float32 array of shape (n_rows, len(columns)), in CSR format

    Examples
    --------
    >>> count_entries([["an", "owl"], ["an", "owl", "an"]], numbering()).toarray().tolist()
    [[1.0, 1.0], [2.0, 1.0]]
    """
    from scipy.sparse import csr_array

    numbers, ends = array("i"), array("i", [0])
    for row in rows:
        numbers.extend(map(columns.__getitem__, row))
        ends.append(len(numbers))
    ones = np.ones(len(numbers), dtype=np.float32)
    return csr_array((ones, numbers, ends), shape=(len(ends) - 1, len(columns)))


def ranges(starts: IntArray, sizes: IntArray) -> IntArray:
    """Return the numbers of several ranges, one range after the other.

    Parameters
    ----------
    starts, sizes : int arrays of shape (n_ranges,)
        Where each range begins, and how many numbers it has.

    Examples
    --------
    >>> ranges(np.array([7, 0]), np.array([2, 3])).tolist()
    [7, 8, 0, 1, 2]
    """
    ends = np.cumsum(sizes)
    return np.arange(sizes.sum()) + np.repeat(starts - (ends - sizes), sizes)


def row_product(left: Any, right: FloatArray) -> FloatArray:
    """Multiply a sparse or dense array by a dense one, on all cores.

    Each row of the result is summed in the order of the columns on the left, and so is the
    same to the last bit for any number of threads and whatever the other rows are.

    Parameters
    ----------
    left : array of shape (n, m), dense or in CSR format
    right : array of shape (m, d)

    Returns
    -------
    array of shape (n, d)

    Examples
    --------
    >>> row_product(np.array([[0, 2], [1, 0]]), np.array([[1, 2], [3, 4]])).tolist()
    [[6, 8], [1, 2]]
    """
    from scipy.sparse import csr_array

    def block(start: int) -> Any:
        return csr_array(left[start : start + _ROWS]) @ right

    starts = range(0, left.shape[0], _ROWS)
    if len(starts) < 2:
        return np.asarray(block(0))
    return np.concatenate(in_threads(block, starts))  # SciPy lets other threads run


_lock, _one_thread, _inside = Lock(), ExitStack(), list[None]()


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit linear algebra to one thread, in NumPy and SciPy, until all who asked for it leave.

    The last bits of a matrix product depend on the number of threads, and in some
    methods a last bit changes the result.
    """
    import scipy.linalg  # noqa: F401 - its BLAS is limited only if it is loaded by now
    from threadpoolctl import threadpool_limits

    with _lock:
        if not _inside:
            _one_thread.enter_context(threadpool_limits(limits=1, user_api="blas"))
        _inside.append(None)
    try:
        yield
    finally:
        with _lock:
            _inside.pop()
            if not _inside:
                _one_thread.close()


def principal_axes(vectors: FloatArray, n_axes: int) -> FloatArray:
    """Return the directions along which vectors are longest, the first axis first.

    Vectors may be far wider than there are of them: those of a few papers in a language that the
    built-in model doesn't know have ten thousand columns.

    Parameters
    ----------
    vectors : float32 array of shape (n, d)
    n_axes
        How many axes, at most; there are no more than d, or n if d is large.

    Returns
    -------
    float32 array of shape (d, n_axes)
        An axis per column.

    Examples
    --------
    >>> abs(principal_axes(np.array([[3, 4], [6, 8]], dtype=np.float32), 1)).round(1).tolist()
    [[0.6000000238418579], [0.800000011920929]]
    """
    with one_thread():
        if vectors.shape[1] > max(len(vectors), _WIDE):
            axes = np.linalg.svd(vectors, full_matrices=False)[2].T
        else:
            axes = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))[1][:, ::-1]
    return axes[:, :n_axes].astype(np.float32)


def take(values: npt.ArrayLike, indices: npt.NDArray[np.integer], missing: Any) -> npt.NDArray[Any]:
    """Return the values at some indices, and another value where the index is -1.

    Examples
    --------
    >>> take([7, 8], np.array([1, -1, 0]), missing=0).tolist()
    [8, 0, 7]
    >>> take([[7, 8]], np.array([-1, 0]), missing=0).tolist()
    [[0, 0], [7, 8]]
    """
    values = np.asarray(values)
    known = indices >= 0
    taken: npt.NDArray[Any] = np.full((len(indices), *values.shape[1:]), missing, values.dtype)
    taken[known] = values[indices[known]]
    return taken
