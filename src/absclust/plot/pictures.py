"""Pictures of a map behind one name: ``themes.plot()`` draws the map, its methods the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from absclust.plot import charts, development, heat_maps, theme_map
from absclust.plot import keywords as keyword_bars
from absclust.plot import tree as trees

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap


class Pictures:
    """The pictures of a map: ``themes.plot``.

    Called, it draws the theme map. Each method returns the Axes it drew on and takes, besides
    its own options:

    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    dark : bool, default False
        Whether the background is dark. A figure of your own keeps its colour.
    figsize : tuple of float, optional
        Width and height of a new figure, in inches.

    A picture has the name of the table that it draws, where there is one: ``themes.years()`` and
    ``themes.plot.years()``.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robot arms grasp cups.", "Robots grasp tools."])
    >>> themes.plot.sizes().get_xlabel()
    'papers'
    """

    def __init__(self, themes: ThemeMap) -> None:
        self.themes = themes

    __call__ = theme_map.draw_map
    sizes = charts.sizes
    keywords = keyword_bars.keywords
    tree = trees.tree
    years = charts.years
    evolution = development.evolution
    strategic = development.strategic
    similarity = heat_maps.similarity
    links = heat_maps.links
    sources = charts.sources
    by = heat_maps.by
    top = keyword_bars.top
