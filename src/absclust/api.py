"""The one-call function. It builds a ThemeModel, fits it and returns the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from absclust.themes import ThemeMap


def cluster_abstracts(
    texts: Any, *, n_neighbors: int = 15, resolution: float = 1.5, random_state: int = 0
) -> ThemeMap:
    """Cluster paper abstracts into named themes.

    Parameters
    ----------
    texts
        A list of str or of dicts, a pandas Series, or a DataFrame with
        ``title`` and/or ``abstract`` columns, in any case. Rows without text
        get the label -1 and are counted in the report.
    n_neighbors
        Neighbours a paper in the similarity graph; small corpora use fewer.
    resolution
        Resolution of the communities: higher gives more and smaller themes.
    random_state
        Seed; the same papers with the same options give the same themes, in
        whatever order they come.

    Returns
    -------
    ThemeMap
        Labels, named themes, tables and the map.

    Raises
    ------
    InputError
        If the texts can't be used; the message says which row or column and why.
    OptionError
        If an option is out of range.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", None,
    ...                             "Proteins fold.", "Proteins fold fast."])
    >>> themes.labels.tolist()
    [0, 0, -1, 1, 1]
    """
    from absclust.model import ThemeModel

    model = ThemeModel(n_neighbors=n_neighbors, resolution=resolution, random_state=random_state)
    return model.fit(texts).theme_map_
