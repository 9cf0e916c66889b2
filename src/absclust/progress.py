"""What is being done in long work, and how far it is: in terminals, notebooks and logs."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from absclust import sizes
from absclust.parallel import without_warnings

# Stages with their times at INFO, what was set aside at WARNING; silent unless a program listens.
LOG = logging.getLogger("absclust")
LOG.addHandler(logging.NullHandler())

_DELAY_S = 2.0  # shorter tasks show no bar
_INSTANT_S = 0.05  # and of shorter ones the log says nothing, as of the embedding of a query


@contextmanager
def progress_bar(what: str, total: int, unit: str, *, show: bool | None) -> Iterator[Any]:
    """Yield a tqdm bar, which is advanced by ``update(n)``; logs what was done, and its time.

    Parameters
    ----------
    what
        What is being done; shown in front of the bar.
    total
        Number of steps.
    unit
        Name of one step, for the rate.
    show
        False for no bar. There is none either if the output goes neither to a terminal
        nor to a notebook but, for example, to a log file. None for work that is part of a stage,
        such as embedding the phrases for names: nothing is logged of it.

    Examples
    --------
    >>> with progress_bar("Embedding", 3, "papers", show=False) as bar:
    ...     _ = bar.update(3)
    """
    options = {"desc": what, "total": total, "unit": f" {unit}", "delay": _DELAY_S}
    timed = nullcontext() if show is None else _timed(f"{what} {total:,} {unit}", least=_INSTANT_S)
    with timed, _tqdm(show=bool(show), **options) as bar:
        yield bar


@contextmanager
def stage(what: str, n_papers: int, *, show: bool) -> Iterator[None]:
    """Show what is being done while a ``with`` statement runs, from 10,000 papers on; and log it.

    Parameters
    ----------
    what
        What is being done, as in "Naming 12 themes".
    n_papers
        Number of papers.
    show
        As in `progress_bar`.

    Examples
    --------
    >>> with stage("Naming 12 themes", 20_000, show=False):
    ...     pass
    """
    show = show and n_papers >= sizes.STAGES_SHOWN_FROM
    with _timed(what), _tqdm(desc=f"{what} ...", bar_format="{desc}", show=show):
        yield


@contextmanager
def _timed(what: str, least: float = 0) -> Iterator[None]:
    """Log what was done and how long it took, if that is at least so many seconds."""
    start = time.perf_counter()
    yield
    seconds = time.perf_counter() - start
    LOG.log(logging.INFO if seconds >= least else logging.DEBUG, "%s: %.1f s", what, seconds)


def _tqdm(*, show: bool, **options: Any) -> Any:
    with without_warnings():  # without ipywidgets, tqdm warns and draws a text bar, which is fine
        from tqdm.auto import tqdm

    is_visible = sys.stderr.isatty() or _in_notebook()
    return tqdm(disable=not (show and is_visible), leave=False, **options)


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return type(shell).__name__ == "ZMQInteractiveShell"
