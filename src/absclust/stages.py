"""What can be swapped: the one method that a stage asks of a replacement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from absclust.themes import Theme


class Clusterer(Protocol):
    """Anything that groups vectors: a scikit-learn clusterer for one."""

    def fit_predict(self, X: Any, /) -> Any:  # noqa: N803 (scikit-learn's name)
        """Return a label for each row of an array of shape (n, d); -1 for none."""
        ...


@runtime_checkable
class Embedder(Protocol):
    """Anything that turns texts into vectors, a ``SentenceTransformer`` for one.

    An embedder whose vectors depend on its name alone may have an attribute
    ``cache_key`` of type str; its vectors are then kept on disk under that key.
    """

    def encode(self, sentences: Sequence[str], /) -> Any:
        """Return an array of shape (len(sentences), d)."""
        ...


class Namer(Protocol):
    """Anything that gives themes names, ``LLMNamer`` for one."""

    def name(self, themes: Sequence[Theme], /) -> Sequence[str | None]:
        """Return a name for each theme; where it is None, the theme keeps its keyword name."""
        ...
