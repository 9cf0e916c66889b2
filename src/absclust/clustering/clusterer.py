"""Clusterers that a user plugs in."""

from typing import Any, Literal, Protocol


class Clusterer(Protocol):
    """Anything that groups vectors: a scikit-learn clusterer for one."""

    def fit_predict(self, X: Any, /) -> Any:  # noqa: N803 (scikit-learn's name)
        """Return a label for each row of an array of shape (n, d); -1 for none."""
        ...


ClustererLike = Clusterer | Literal["graph", "hdbscan"]
