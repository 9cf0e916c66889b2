"""The picture of how themes nest: broad themes, themes, fine themes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from absclust.layers import parents
from absclust.plot.canvas import FONT, Ground, as_text, new_axes, plain
from absclust.plot.colors import paler, theme_colors

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from absclust.plot.colors import Colors
    from absclust.themes import Theme, ThemeMap

_ROW, _WIDTH = 0.21, 9.0  # inches of a leaf, and of the figure
_COLUMN = 3.0  # between layers, in the units of the axes
_STEM = 0.6  # of a column, before links part
_MANY = 80  # fine themes, from which on they are left out
_LARGEST = 160.0  # square points, of the dot of a theme with all papers


@dataclass
class _Node:
    """A theme in the tree, from the left: its layer, place, and parts."""

    theme: Theme
    layer: int
    color: Colors
    parts: list[_Node]
    row: float = 0.0


def plot_tree(
    themes: ThemeMap,
    *,
    fine: bool | None = None,
    ax: Axes | None = None,
    dark: bool = False,
    figsize: tuple[float, float] | None = None,
) -> Axes:
    """Draw the layers from left to right, each theme linked to its parts."""
    if fine is None:
        fine = len(themes.layers[2]) <= _MANY
    colors = theme_colors(themes, dark=dark)
    tree = _grow(themes, colors, fine)
    n_rows = _set_rows(tree)
    ax, ground = new_axes(ax, dark=dark, figsize=figsize or (_WIDTH, 0.5 + _ROW * n_rows))
    for node in tree:
        node.color = np.array(ground.faint)
        _draw(ax, node, themes.corpus.n_rows, ground)
    ax.set_xlim(-0.1, _COLUMN * (3 if fine else 2))
    ax.set_ylim(n_rows - 0.3, -0.7)
    ax.set_xticks([])
    ax.set_yticks([])
    left_out = "" if fine else f"{len(themes.layers[2]):,} fine themes not shown"
    plain(ax, left_out, ground)
    return ax


def _grow(themes: ThemeMap, colors: Colors, fine: bool) -> list[_Node]:
    """Return the broad themes with their parts; a fine theme that is a whole theme is none."""
    broad, middle, small = themes.layers
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
    """Give each leaf a row of its own and others the middle of their parts'; return the next."""
    for node in nodes:
        if node.parts:
            first = _set_rows(node.parts, first)
            node.row = (node.parts[0].row + node.parts[-1].row) / 2
        else:
            node.row = first
            first += 1
    return first


def _draw(ax: Axes, node: _Node, n_papers: int, ground: Ground) -> None:
    """Draw a theme, its parts, and the curves to them."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    x = node.layer * _COLUMN
    for part in node.parts:
        start, middle, end = (x + _COLUMN * share for share in (_STEM, (1 + _STEM) / 2, 1))
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
        shade = paler(part.color, ground.ground, 0.45)
        ax.add_patch(PathPatch(curve, fill=False, edgecolor=shade, linewidth=0.9, zorder=1))
        _draw(ax, part, n_papers, ground)
    size = max(_LARGEST * node.theme.size / n_papers, 6)
    ax.scatter(x, node.row, s=size, color=[node.color], zorder=3, linewidths=0)
    name = ax.annotate(
        f"{node.theme.name}  {node.theme.size:,}",
        (x, node.row),
        xytext=(size**0.5 / 2 + 3, 0),
        textcoords="offset points",
        va="center",
        fontsize=FONT,
        fontweight="bold" if node.layer == 0 else "normal",
        color=ground.ink,
        # A link ends behind the name, not in it.
        bbox={"facecolor": ground.ground, "edgecolor": "none", "pad": 1},
        zorder=2,
    )
    as_text([name])
