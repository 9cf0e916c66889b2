"""The errors that absclust raises on purpose, and the checks of numbers and of packages.

::

    AbsclustError
    ├── InputError            (also ValueError)  the input can't be used
    │   ├── InputTypeError    (also TypeError)   a value has the wrong type
    │   └── EmptyCorpusError                     no row has text
    ├── ClusterError                             workers of a cluster die
    ├── EmbedderError                            an embedder can't be loaded or used
    ├── NamerError                               a namer can't be used
    ├── MissingPackageError   (also ImportError) an optional package is not installed
    ├── OptionError           (also ValueError)  an option is out of range
    │   └── UnknownThemeError (also IndexError)  there is no theme with that number
    ├── ReadError                                a file can't be read
    ├── StoreError                               a saved map can't be loaded
    └── WriteError                               a file can't be written
"""

import math
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from numbers import Integral
from typing import Any

_LONGEST = 2000  # letters of a message: what came may be a whole table


class AbsclustError(Exception):
    """Base of every error that absclust raises on purpose; a message says 2,000 letters at most."""

    def __init__(self, message: str = "") -> None:
        half = _LONGEST // 2
        short = f"{message[:half]} ... {message[-half:]}" if len(message) > _LONGEST else message
        super().__init__(short)


class InputError(AbsclustError, ValueError):
    """The input can't be used; the message says which row or column."""


class InputTypeError(InputError, TypeError):
    """A value has the wrong type; the message names its row."""


class EmptyCorpusError(InputError):
    """No row has text to cluster."""


class ClusterError(AbsclustError):
    """The workers of a Dask cluster die at the same task again and again."""


class EmbedderError(AbsclustError):
    """An embedder can't be loaded, or doesn't return usable vectors."""


class NamerError(AbsclustError):
    """A namer can't be used: it doesn't return names."""


class MissingPackageError(AbsclustError, ImportError):
    """An optional package is needed but not installed; the message says which."""


class OptionError(AbsclustError, ValueError):
    """An option has a value that can't be used."""


class UnknownThemeError(OptionError, IndexError):
    """The map has no theme with that number."""


class ReadError(AbsclustError):
    """A file is missing, damaged, or in an unknown format."""


class NamingWarning(UserWarning):
    """Some themes got no name from the namer and keep the names made from their keywords."""


class WriteError(AbsclustError):
    """A file can't be written; an existing file is left as it was."""


class StoreError(AbsclustError):
    """A file doesn't hold an intact saved map, or can't be read."""


@contextmanager
def needs(what: str, package: str, *, install: str | None = None) -> Iterator[None]:
    """Say what to install if an import inside fails.

    Parameters
    ----------
    what
        What the user asked for.
    package
        What it needs.
    install
        What pip installs for it; by default, the package.

    Examples
    --------
    >>> with needs("a plot", "nonesuch"):
    ...     import nonesuch
    Traceback (most recent call last):
    absclust.errors.MissingPackageError: a plot needs nonesuch, which can't be imported \
(No module named 'nonesuch'): pip install 'nonesuch'
    """
    try:
        yield
    except ImportError as error:
        raise MissingPackageError(
            f"{what} needs {package}, which can't be imported ({error}): "
            f"pip install '{install or package}'"
        ) from error


def check_number(
    value: Any,
    name: str,
    kind: type,
    *,
    least: float = -math.inf,
    most: float = math.inf,
    above: float = -math.inf,
    none: bool = False,
) -> None:
    """Refuse an option that is not a finite number of that kind within its bounds.

    Parameters
    ----------
    value, name
        The option.
    kind
        ``numbers.Integral`` or ``numbers.Real``.
    least, most, above
        Bounds; it must not be lower than the first, higher than the second, nor equal to the
        third or lower.
    none
        Whether None will do.

    Examples
    --------
    >>> check_number(0, "n", Integral, least=1)
    Traceback (most recent call last):
    absclust.errors.OptionError: n is 0; expected an int of 1 or more
    """
    if value is None and none:
        return
    right_kind = isinstance(value, kind) and not isinstance(value, bool)
    # NaN is in no range.
    if right_kind and least <= value <= most and above < value < math.inf:
        return
    bounds = [
        text
        for bound, text in (
            (least, f"of {least:g} or more"),
            (above, f"above {above:g}"),
            (most, f"of at most {most:g}"),
        )
        if math.isfinite(bound)
    ]
    noun = "an int" if kind is Integral else "a number"
    raise OptionError(
        f"{name} is {value!r}; expected {noun} {' and '.join(bounds)}{', or None' if none else ''}"
    )


def check_choice(value: Any, name: str, choices: Collection[str]) -> None:
    """Refuse an option that is none of the choices.

    Examples
    --------
    >>> check_choice("paper", "of", ("themes", "papers"))
    Traceback (most recent call last):
    absclust.errors.OptionError: of is 'paper'; expected 'themes' or 'papers'
    """
    if not isinstance(value, str) or value not in choices:
        *others, last = map(repr, choices)
        raise OptionError(f"{name} is {value!r}; expected {', '.join(others)} or {last}")


def listed(value: Any, single: Any = None) -> Any:
    """Return what is in a list, or whatever else holds several; something else for one value.

    Examples
    --------
    >>> listed((1, 2)), listed("text", single=["text"]), listed(5)
    ([1, 2], ['text'], None)
    """
    is_one = isinstance(value, str | bytes) or not isinstance(value, Iterable)
    return single if is_one or getattr(value, "ndim", 1) == 0 else list(value)
