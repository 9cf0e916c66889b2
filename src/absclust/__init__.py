"""Cluster paper abstracts into named themes.

Importing this package loads none of its heavy dependencies: each public name
is resolved when it is first used (PEP 562).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from absclust.api import cluster_abstracts
    from absclust.errors import (
        AbsclustError,
        EmptyCorpusError,
        InputError,
        InputTypeError,
        OptionError,
        ReadError,
    )
    from absclust.model import ThemeModel
    from absclust.read import read_abstracts
    from absclust.themes import Theme, ThemeMap

__version__ = "0.1.0"

_HOME = {
    "AbsclustError": "errors",
    "EmptyCorpusError": "errors",
    "InputError": "errors",
    "InputTypeError": "errors",
    "OptionError": "errors",
    "ReadError": "errors",
    "Theme": "themes",
    "ThemeMap": "themes",
    "ThemeModel": "model",
    "cluster_abstracts": "api",
    "read_abstracts": "read",
}

__all__ = [
    "AbsclustError",
    "EmptyCorpusError",
    "InputError",
    "InputTypeError",
    "OptionError",
    "ReadError",
    "Theme",
    "ThemeMap",
    "ThemeModel",
    "__version__",
    "cluster_abstracts",
    "read_abstracts",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'absclust' has no attribute {name!r}")
    value = getattr(import_module(f"absclust.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
