"""The tree of themes: broad themes, their themes, and the fine themes in these."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Unpack

import numpy as np

from absclust.plot import canvas
from absclust.plot.canvas import Drawn, PlotStyle, picture
from absclust.plot.colors import Colors, paler, theme_colors
from absclust.themes.layers import parents

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from absclust.theme_map import ThemeMap
    from absclust.themes.theme import Theme

_ROW, _COLUMN = 0.21, 3.6  # inches: height of a leaf, and width of a layer
_LINK = 0.16  # of a layer's width, where links to the next one bend
_LEADING = 1.3  # height of a row, in sizes of its type
_SMALLEST = 4.5  # points; fine themes are left out where they would need smaller type
# The width of a character, in font sizes; of how many a layer has room if fine themes are shown.
_CHARACTER, _FEWEST = 0.55, 30
_MANY = 80  # fine themes; if there are more, they are left out
_LARGEST, _LEAST_DOT = 160.0, 6.0  # square points, dots of a theme of all papers and of few


@dataclass
class _Node:
    """A theme in the tree: its layer, counted from the left, its colour, its parts, and its row."""

    theme: Theme
    layer: int
    color: Colors
    parts: list[_Node]
    row: float


@picture
def tree(themes: ThemeMap, *, fine: bool | None = None, **drawn: Unpack[Drawn]) -> Axes:
    """Draw the tree of broad themes, themes and fine themes, as in ``ThemeMap.tree``.

    Parameters
    ----------
    fine
        Whether to show fine themes; by default, only if there are at most 80, and room for
        them in the picture.
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
    ['Proteins fold  2', 'Proteins fold  2']
    """
    shown = len(themes.layers[2]) <= _MANY if fine is None else fine
    n_rows = max(len(themes.layers[1 + shown]), 1)
    ax, style = canvas.new_axes((_COLUMN * (2 + shown), 0.5 + _ROW * n_rows), **drawn)
    ax.set(xticks=[], yticks=[])
    canvas.figure_of(ax).draw_without_rendering()  # settles the size of the axes
    width, height = canvas.points_of(ax)
    narrow = width / 3 < _FEWEST * _CHARACTER * style.font
    if shown and fine is None and (narrow or height / n_rows < _LEADING * _SMALLEST):
        shown, n_rows = False, max(len(themes.layers[1]), 1)
    style = replace(style, font=min(style.font, height / n_rows / _LEADING))
    ax.set(xlim=(-0.05, 2 + shown), ylim=(n_rows - 0.3, -0.7))
    room = width / (2 + shown), height / n_rows
    for node in _nodes(themes, shown, style):
        _draw(ax, node, themes.corpus.n_rows, room, style)
    canvas.plain(ax, style, "" if shown else f"{len(themes.layers[2]):,} fine themes not shown")
    return ax


def _nodes(themes: ThemeMap, fine: bool, style: PlotStyle) -> list[_Node]:
    """Return all nodes, parts before wholes. A fine theme equal to its theme is left out.

    Each leaf has its own row, others the middle of their parts.
    """
    broad, middle, small = themes.layers[:3]
    above, top = parents(small.labels, middle.labels), parents(middle.labels, broad.labels)
    colors, rows, nodes = theme_colors(themes, dark=style.dark), count(), list[_Node]()

    def add(theme: Theme, layer: int, color: Colors, parts: list[_Node]) -> _Node:
        row = (parts[0].row + parts[-1].row) / 2 if parts else next(rows)
        nodes.append(_Node(theme, layer, color, parts, row))
        return nodes[-1]

    for wide in broad:
        branches = []
        for theme in np.flatnonzero(top == wide.id).tolist():
            inside = np.flatnonzero(above == theme).tolist() if fine else []
            parts = [add(small[part], 2, colors[theme], []) for part in inside if len(inside) > 1]
            branches.append(add(middle[theme], 1, colors[theme], parts))
        add(wide, 0, np.array(style.faint), branches)
    return nodes


def _draw(ax: Axes, node: _Node, n_all: int, room: tuple[float, float], style: PlotStyle) -> None:
    """Draw a theme, and the curves that link it to its parts; room is that of a leaf, in points."""
    for part in node.parts:
        across = np.append(node.layer, node.layer + 1 - _LINK * (1 - canvas.ACROSS))
        up = np.append(node.row, node.row + (part.row - node.row) * canvas.RISE)
        ax.plot(across, up, color=paler(part.color, style.background, 0.45), lw=0.9, zorder=1)
    area = (style.font / canvas.FONT) ** 2 * max(_LARGEST * node.theme.size / n_all, _LEAST_DOT)
    ax.scatter(node.layer, node.row, s=area, color=[node.color], zorder=3, linewidths=0)
    character = _CHARACTER * style.font * (1 if node.layer else 1.15)  # wider in bold type
    width = (1 - _LINK * bool(node.parts)) * room[0] / character - 1
    high = node.parts[-1].row - node.parts[0].row + 1 if node.parts else 1  # in rows
    lines = max(1, int(high * room[1] / _LEADING / style.font))
    canvas.write(
        ax,
        (node.layer + (area**0.5 / 2 + 3) / room[0], node.row),
        canvas.in_lines(node.theme.name, int(width), lines, f"  {node.theme.size:,}"),
        style,
        "left center",
        fontweight="normal" if node.layer else "bold",
        linespacing=0.95,
        # Links end behind the name instead of running through it.
        bbox={"facecolor": style.background, "edgecolor": "none", "pad": 1},
        zorder=2,
    )
