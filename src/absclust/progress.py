"""A progress bar for long tasks, in terminals and notebooks."""

import sys
import warnings
from typing import Any

_DELAY_S = 2.0  # shorter tasks show no bar


def progress_bar(what: str, total: int, unit: str, *, show: bool) -> Any:
    """Return a tqdm bar, to be used in a ``with`` statement and advanced by ``update(n)``.

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
        nor to a notebook but, for example, to a log file.

    Examples
    --------
    >>> with progress_bar("Embedding", 3, "papers", show=False) as bar:
    ...     _ = bar.update(3)
    """
    with warnings.catch_warnings():
        # Without ipywidgets, tqdm warns and draws a text bar, which is fine.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm

    is_visible = sys.stderr.isatty() or _in_notebook()
    return tqdm(
        desc=what,
        total=total,
        unit=f" {unit}",
        disable=not (show and is_visible),
        delay=_DELAY_S,
        leave=False,
    )


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return type(shell).__name__ == "ZMQInteractiveShell"
