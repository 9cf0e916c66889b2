"""The interactive map in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from absclust.errors import needs

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap
    from absclust.web.widget import MapView


def explore(themes: ThemeMap) -> MapView:
    """Show the interactive theme map in a notebook, and get back what is selected in it.

    It is the page that ``to_html`` writes. After you have drawn a lasso in it, searched or
    clicked a paper, ``selected`` of the view has these papers as a DataFrame; assigning rows
    to it selects them in the map.

    Returns
    -------
    MapView
        A notebook displays it if it is the last line of a cell. ``selected`` has the papers.

    Raises
    ------
    MissingPackageError
        If anywidget is not installed.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
    >>> view = themes.explore()
    >>> view.selected = themes.labels == 0
    >>> len(view.selected) == themes[0].size
    True
    """
    need = "explore() in a notebook (elsewhere, to_html('map.html') writes the map to a file)"
    with needs(need, "anywidget", install="absclust[notebook]"):
        from absclust.web.widget import MapView
    return MapView(themes)
