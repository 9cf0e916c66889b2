"""Work on very many texts, in several processes."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_CHUNK = 8192  # items
_FROM = 60_000  # items; with fewer, starting processes takes longer than they save


def map_chunks(
    function: Callable[[Sequence[Item]], Result], items: Sequence[Item]
) -> Iterator[Result]:
    """Apply a function to a sequence in chunks, and yield the results in order.

    From 60,000 items on, and if there are several cores, it runs in other processes.

    Parameters
    ----------
    function
        Takes a chunk. For other processes it must be a function of a module.
    items
        At least one chunk is made, even of an empty sequence.

    Examples
    --------
    >>> list(map_chunks(sum, [1, 2, 3]))
    [6]
    """
    starts = range(0, max(1, len(items)), _CHUNK)
    chunks = (items[start : start + _CHUNK] for start in starts)
    n_cores = os.cpu_count() or 1
    # A daemon, such as a worker of a cluster, may not start processes.
    if len(items) < _FROM or n_cores < 2 or multiprocessing.current_process().daemon:
        return map(function, chunks)
    return _in_processes(function, chunks, n_cores)


def _in_processes(function: Callable[..., Any], chunks: Iterator[Any], n: int) -> Iterator[Any]:
    from joblib import Parallel, delayed

    results: Iterator[Any] = Parallel(n_jobs=n, return_as="generator")(
        delayed(function)(chunk) for chunk in chunks
    )
    return results
