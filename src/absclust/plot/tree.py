"""The tree of themes: broad themes, their themes, and the fine themes in these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.plot.canvas import FONT, PlotStyle, as_text, figure_of, new_axes, plain
from absclust.plot.colors import paler, theme_colors
from absclust.themes.layers import parents

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from absclust.plot.colors import Colors
    from absclust.plot.pictures import Pictures
    from absclust.theme_map import ThemeMap
    from absclust.themes.theme import Theme

_ROW, _WIDTH = 0.21, 9.0  # inches: height of a leaf, and width of the figure at first
_LINK = 34.0  # points, between the longest name of a layer and the next layer
_MARGIN = 8.0  # points, left of the first dots
_NARROWEST = 144.0  # points, the least width of the figure
_SPACE = 3.0  # points, between a dot and its name
_MANY = 80  # fine themes; if there are more, they are left out
_LARGEST = 160.0  # square points, the dot of a theme that holds all papers


@dataclass
class _Node:
    """A theme in the tree: its layer, counted from the left, its place, and its parts."""

    theme: Theme
    layer: int
    color: Colors
    parts: list[_Node]
    row: float = 0.0


def tree(
    pictures: Pictures,
    *,
    fine: bool | None = None,
    ax: Axes | None = None,
    dark: bool = False,
    figsize: tuple[float, float] | None = None,
) -> Axes:
    """Draw the tree of broad themes, themes and fine themes, as in ``ThemeMap.tree``.

    Parameters
    ----------
    fine
        Whether to show fine themes; by default, only if there are at most 80.
    ax, dark, figsize
        As in ``plot``.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> [text.get_text() for text in themes.plot.tree(fine=False).texts][-2:]
    ['Proteins fold fast  2', 'Proteins fold fast  2']
    """
    themes = pictures.themes
    if fine is None:
        fine = len(themes.layers[2]) <= _MANY
    colors = theme_colors(themes, dark=dark)
    tree = _grow(themes, colors, fine)
    n_rows = _set_rows(tree)
    own_width = ax is None and figsize is None
    ax, style = new_axes(ax, dark=dark, figsize=figsize or (_WIDTH, 0.5 + _ROW * n_rows))
    for node in tree:
        node.color = np.array(style.faint)
    columns = _columns(ax, tree, themes.corpus.n_rows)
    if own_width:
        figure_of(ax).set_figwidth(max(columns[-1] + 3 * _MARGIN, _NARROWEST) / 72)
    for node in tree:
        _draw(ax, node, columns, themes.corpus.n_rows, style)
    ax.set_xlim(-_MARGIN, columns[-1])
    ax.set_ylim(n_rows - 0.3, -0.7)
    ax.set_xticks([])
    ax.set_yticks([])
    left_out = "" if fine else f"{len(themes.layers[2]):,} fine themes not shown"
    plain(ax, left_out, style)
    return ax


def _grow(themes: ThemeMap, colors: Colors, fine: bool) -> list[_Node]:
    """Return the broad themes with their parts; a fine theme equal to its theme is left out."""
    broad, middle, small = themes.layers[:3]
    above, top = parents(small.labels, middle.labels), parents(middle.labels, broad.labels)

    def parts(theme: int) -> list[_Node]:
        inside = np.flatnonzero(above == theme).tolist() if fine else []
        if len(inside) < 2:
            return []
        return [_Node(small[part], 2, colors[theme], []) for part in inside]

    def branches(wide: int) -> list[_Node]:
        return [
            _Node(middle[t], 1, colors[t], parts(t)) for t in np.flatnonzero(top == wide).tolist()
        ]

    return [_Node(theme, 0, np.zeros(3), branches(theme.id)) for theme in broad]


def _set_rows(nodes: list[_Node], first: int = 0) -> int:
    """Give each leaf its own row and others the middle of their parts; return the next row."""
    for node in nodes:
        if node.parts:
            first = _set_rows(node.parts, first)
            node.row = (node.parts[0].row + node.parts[-1].row) / 2
        else:
            node.row = first
            first += 1
    return first


def _columns(ax: Axes, tree: list[_Node], n_papers: int) -> list[float]:
    """Return where each layer begins and where the last one ends, in points."""
    begins, layer = [0.0], tree
    while layer:
        names = [ax.text(0, 0, _label(node), **_type(node)) for node in layer]
        as_text(names)
        widest = max(name.get_window_extent().width for name in names)
        for name in names:
            name.remove()
        dot = max(_size(node, n_papers) for node in layer) ** 0.5 / 2
        begins.append(begins[-1] + dot + _SPACE + widest * 72 / figure_of(ax).dpi + _LINK)
        layer = [part for node in layer for part in node.parts]
    begins[-1] -= _LINK
    return begins


def _label(node: _Node) -> str:
    return f"{node.theme.name}  {node.theme.size:,}"


def _type(node: _Node) -> dict[str, Any]:
    return {"fontsize": FONT, "fontweight": "bold" if node.layer == 0 else "normal"}


def _size(node: _Node, n_papers: int) -> float:
    return max(_LARGEST * node.theme.size / n_papers, 6)


def _draw(ax: Axes, node: _Node, columns: list[float], n_papers: int, style: PlotStyle) -> None:
    """Draw a theme, its parts and the curves that link them."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    x = columns[node.layer]
    for part in node.parts:
        end = columns[node.layer + 1]
        start, middle = end - _LINK, end - _LINK / 2
        curve = Path(
            [
                (x, node.row),
                (start, node.row),
                (middle, node.row),
                (middle, part.row),
                (end, part.row),
            ],
            [Path.MOVETO, Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4],
        )
        shade = paler(part.color, style.background, 0.45)
        ax.add_patch(PathPatch(curve, fill=False, edgecolor=shade, linewidth=0.9, zorder=1))
        _draw(ax, part, columns, n_papers, style)
    size = _size(node, n_papers)
    ax.scatter(x, node.row, s=size, color=[node.color], zorder=3, linewidths=0)
    name = ax.annotate(
        _label(node),
        (x, node.row),
        xytext=(size**0.5 / 2 + _SPACE, 0),
        textcoords="offset points",
        va="center",
        **_type(node),
        color=style.ink,
        # Links end behind the name instead of running through it.
        bbox={"facecolor": style.background, "edgecolor": "none", "pad": 1},
        zorder=2,
    )
    as_text([name])
