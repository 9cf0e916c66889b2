"""Work in several threads or processes: as many as the user allows, with the same result."""

import multiprocessing
import threading
import warnings
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from numbers import Integral
from typing import Any, Generic, TypeVar

from absclust.errors import OptionError
from absclust.sizes import PROCESSES_FROM

Item = TypeVar("Item")
Result = TypeVar("Result")
Key = TypeVar("Key", bound=Hashable)

_CHUNK = 8192  # items that a process gets at a time
_n_jobs: ContextVar[int] = ContextVar("n_jobs", default=-1)
_filters = threading.RLock()


def check_n_jobs(n_jobs: Any) -> None:
    """Raise an OptionError unless this is a number of threads as scikit-learn counts them."""
    if n_jobs is None:
        return
    if not isinstance(n_jobs, Integral) or isinstance(n_jobs, bool) or n_jobs == 0:
        raise OptionError(
            f"n_jobs is {n_jobs!r}; expected a number of threads, -1 for one per core, or -2 for "
            "one fewer"
        )


@contextmanager
def use_jobs(n_jobs: int | None) -> Iterator[None]:
    """Set how many threads and processes work while a ``with`` statement runs."""
    token = _n_jobs.set(-1 if n_jobs is None else int(n_jobs))
    try:
        yield
    finally:
        _n_jobs.reset(token)


def n_threads() -> int:
    """Return how many threads or processes may work: one per core unless the user said fewer.

    Examples
    --------
    >>> with use_jobs(3):
    ...     n_threads()
    3
    """
    from joblib import cpu_count

    n_jobs = _n_jobs.get()
    return n_jobs if n_jobs > 0 else max(1, cpu_count() + 1 + n_jobs)


def in_threads(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Apply a function to items in several threads, and return the results in order."""
    with ThreadPoolExecutor(n_threads()) as threads:
        return list(threads.map(function, items))


@contextmanager
def aside(function: Callable[[], Any]) -> Iterator[None]:
    """Run a function in another thread while a ``with`` statement runs, and wait for its end."""
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(copy_context().run, function)
        yield
        done.result()


@contextmanager
def without_warnings() -> Iterator[None]:
    """Ignore warnings of other packages that a user can do nothing about.

    The filters of warnings belong to the whole process: two threads that change and restore them
    at once would leave them changed. So one waits for the other.
    """
    with _filters, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class Memo(Generic[Key, Result]):
    """Results that are computed once for each key, even if several threads ask at once.

    Copies and pickles are empty: they compute the results again.

    Parameters
    ----------
    most : int, optional
        How many results are kept, the latest; all by default.

    Examples
    --------
    >>> squares = Memo()
    >>> squares.several([2, 3, 2], lambda new: [number**2 for number in new])
    [4, 9, 4]
    >>> squares.one(3, lambda new: 0)
    9
    """

    def __init__(self, most: int | None = None) -> None:
        self._most, self._results = most, dict[Key, Result]()
        self._lock = threading.RLock()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._most,)

    def one(self, key: Key, compute: Callable[[Key], Result]) -> Result:
        """Return the result for a key."""
        return self.several([key], lambda new: map(compute, new))[0]

    def several(
        self, keys: Sequence[Key], compute: Callable[[list[Key]], Iterable[Result]]
    ) -> list[Result]:
        """Return the results for some keys; those not yet known are computed together."""
        with self._lock:
            if new := [key for key in dict.fromkeys(keys) if key not in self._results]:
                self._results.update(zip(new, compute(new), strict=True))
            found = [self._results[key] for key in keys]
            if self._most is not None:
                for key in list(self._results)[: -self._most]:
                    del self._results[key]
            return found


def map_chunks(
    function: Callable[[Sequence[Item]], Result], items: Sequence[Item]
) -> Iterator[Result]:
    """Apply a function to a sequence in chunks, and yield the results in order.

    From 60,000 items on, and if it may use several cores, it runs in other processes.

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
    # A daemon, such as a worker of a cluster, may not start processes.
    alone = len(items) < PROCESSES_FROM or multiprocessing.current_process().daemon
    if alone or n_threads() == 1:
        return map(function, chunks)
    from joblib import Parallel, delayed

    processes = Parallel(n_jobs=n_threads(), return_as="generator")
    return processes(delayed(function)(chunk) for chunk in chunks)
