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
        MissingPackageError,
        NamerError,
        OptionError,
        ReadError,
        StoreError,
        WriteError,
    )
    from absclust.language import LanguageWarning
    from absclust.model import ThemeModel
    from absclust.naming.llm import LLMNamer
    from absclust.read import read_abstracts
    from absclust.saving.store import StoreWarning, load
    from absclust.themes import Theme, ThemeMap
    from absclust.transformer import TransformerEmbedder
    from absclust.update import Update

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
    "LLMNamer": "naming.llm",
    "LanguageWarning": "language",
    "MissingPackageError": "errors",
    "NamerError": "errors",
    "NamingWarning": "errors",
    "OptionError": "errors",
    "ReadError": "errors",
    "StoreError": "errors",
    "StoreWarning": "saving.store",
    "Theme": "themes",
    "ThemeMap": "themes",
    "ThemeModel": "model",
    "TransformerEmbedder": "transformer",
    "Update": "update",
    "VectorCache": "cache",
    "WriteError": "errors",
    "cluster_abstracts": "api",
    "compare": "comparison",
    "load": "saving.store",
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
    "LLMNamer",
    "LanguageWarning",
    "MissingPackageError",
    "NamerError",
    "NamingWarning",
    "OptionError",
    "ReadError",
    "StoreError",
    "StoreWarning",
    "Theme",
    "ThemeMap",
    "ThemeModel",
    "TransformerEmbedder",
    "Update",
    "VectorCache",
    "WriteError",
    "__version__",
    "cluster_abstracts",
    "compare",
    "load",
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
