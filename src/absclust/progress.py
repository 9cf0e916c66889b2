"""A progress bar for long work, on the terminal and in notebooks."""

import sys
import warnings
from typing import Any

_DELAY_S = 2.0  # shorter work shows no bar


def progress_bar(what: str, total: int, unit: str, *, show: bool) -> Any:
    """Return a tqdm bar, to be used in a ``with`` and moved by ``update(n)``.

    Parameters
    ----------
    what
        What is being done, in front of the bar.
    total
        Number of steps.
    unit
        Name of one step, for the rate.
    show
        False silences it. Where neither terminal nor notebook looks on, as in
        a log file, there is no bar either.

    Examples
    --------
    >>> with progress_bar("Embedding", 3, "papers", show=False) as bar:
    ...     _ = bar.update(3)
    """
    with warnings.catch_warnings():
        # Without ipywidgets tqdm warns, and draws a bar of text, which is fine.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm

    looked_at = sys.stderr.isatty() or _in_notebook()
    return tqdm(
        desc=what,
        total=total,
        unit=f" {unit}",
        disable=not (show and looked_at),
        delay=_DELAY_S,
        leave=False,
    )


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return type(shell).__name__ == "ZMQInteractiveShell"
