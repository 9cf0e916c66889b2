"""How similar themes are to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from absclust.theme_map import ThemeMap


def similarity(themes: ThemeMap) -> pd.DataFrame:
    """Return how similar themes are: the cosine similarity of their centroids, -1 to 1.

    Returns
    -------
    DataFrame of float32, one row and one column per theme
        Both are labelled with the themes' numbers.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> bool(themes.similarity().loc[0, 1] < 0.5)
    True
    """
    import pandas as pd

    numbers = pd.RangeIndex(len(themes), name="theme")
    return pd.DataFrame(themes.centroids @ themes.centroids.T, index=numbers, columns=numbers)
