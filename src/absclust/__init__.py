"""Cluster paper abstracts into named themes.

Importing this package loads none of its heavy dependencies: each public name
is resolved when it is first used (PEP 562).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from absclust.api import cluster_abstracts
    from absclust.builtin import BuiltinEmbedder
    from absclust.cache import CacheWarning, VectorCache
    from absclust.changes import Comparison
    from absclust.comparison import compare
    from absclust.errors import (
        AbsclustError,
        EmbedderError,
        EmptyCorpusError,
        InputError,
        InputTypeError,
        OptionError,
        ReadError,
    )
    from absclust.language import LanguageWarning
    from absclust.model import ThemeModel
    from absclust.read import read_abstracts
    from absclust.themes import Theme, ThemeMap
    from absclust.transformer import TransformerEmbedder

__version__ = "0.1.0"

_HOME = {
    "AbsclustError": "errors",
    "BuiltinEmbedder": "builtin",
    "CacheWarning": "cache",
    "Comparison": "changes",
    "EmbedderError": "errors",
    "EmptyCorpusError": "errors",
    "InputError": "errors",
    "InputTypeError": "errors",
    "LanguageWarning": "language",
    "OptionError": "errors",
    "ReadError": "errors",
    "Theme": "themes",
    "ThemeMap": "themes",
    "ThemeModel": "model",
    "TransformerEmbedder": "transformer",
    "VectorCache": "cache",
    "cluster_abstracts": "api",
    "compare": "comparison",
    "read_abstracts": "read",
}

__all__ = [
    "AbsclustError",
    "BuiltinEmbedder",
    "CacheWarning",
    "Comparison",
    "EmbedderError",
    "EmptyCorpusError",
    "InputError",
    "InputTypeError",
    "LanguageWarning",
    "OptionError",
    "ReadError",
    "Theme",
    "ThemeMap",
    "ThemeModel",
    "TransformerEmbedder",
    "VectorCache",
    "__version__",
    "cluster_abstracts",
    "compare",
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
