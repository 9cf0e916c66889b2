"""The tree of themes: broad themes, their themes, and the fine themes in these."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from absclust.plot import canvas
from absclust.plot.canvas import Drawn, PlotStyle, picture
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
_LEADING = 1.3  # height of a row, in sizes of its type
_SMALLEST = 4.5  # points; fine themes are left out where they would need smaller type
_SHORT = 26  # characters in each of two lines of a name, where type would be smaller than that
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


@dataclass
class _Tree:
    """The nodes of the tree, on axes, with how long and in how many lines names may be."""

    ax: Axes
    nodes: list[_Node]
    n_papers: int
    width: int = 999  # characters in a line
    lines: int = 1

    @property
    def n_rows(self) -> int:
        return sum(not node.parts for node in self.nodes)

    def label(self, node: _Node) -> str:
        """Return the name and the number of papers."""
        return f"{canvas.in_lines(node.theme.name, self.width, self.lines)}  {node.theme.size:,}"

    def dot(self, node: _Node, size: float) -> float:
        """Return the area of a dot, beside type of a size in points."""
        share = node.theme.size / self.n_papers
        return max(_LARGEST * share, _LEAST_DOT) * (size / canvas.FONT) ** 2

    def columns(self, size: float) -> list[float]:
        """Return where each layer begins and where the last one ends, in points."""
        begins, link = [0.0], _LINK * size / canvas.FONT
        for layer in range(3):
            nodes = [node for node in self.nodes if node.layer == layer]
            if not nodes:
                continue
            names = [self.ax.text(0, 0, self.label(node), **_type(node, size)) for node in nodes]
            canvas.as_text(names)
            widest = canvas.extents(names)[:, 0].max() * 72 / canvas.figure_of(self.ax).dpi
            for name in names:
                name.remove()
            dot = max(self.dot(node, size) for node in nodes) ** 0.5 / 2
            begins.append(begins[-1] + dot + _SPACE + float(widest) + link)
        begins[-1] -= link * (len(begins) > 1)
        return begins

    def fitting(self) -> float:
        """Return the size of type, in points, at which the tree fits into the axes."""
        width, height = canvas.points_of(self.ax)
        needed = self.columns(canvas.FONT)[-1] + 2 * _MARGIN
        return min(
            canvas.FONT * width / needed, height / (self.n_rows + 0.4) / _LEADING / self.lines
        )


@picture
def tree(pictures: Pictures, *, fine: bool | None = None, **drawn: Unpack[Drawn]) -> Axes:
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
    themes = pictures.themes
    own_width = drawn.get("ax") is None and drawn.get("figsize") is None
    wanted = len(themes.layers[2]) <= _MANY if fine is None else fine
    nodes = _grow(themes, wanted, canvas.style_of(dark=drawn.get("dark", False)))
    n_leaves = sum(not node.parts for node in nodes)
    ax, style = canvas.new_axes((_WIDTH, 0.5 + _ROW * n_leaves), **drawn)
    canvas.figure_of(ax).draw_without_rendering()
    tree = _Tree(ax, nodes, themes.corpus.n_rows)
    size = style.font if own_width else tree.fitting()
    if fine is None and wanted and size < _SMALLEST:
        wanted, tree.nodes = False, _grow(themes, False, style)
        size = tree.fitting()
    if size < _SMALLEST:
        high = canvas.points_of(ax)[1] / tree.n_rows > 2 * _LEADING * _SMALLEST
        tree.width, tree.lines = _SHORT, 1 + high
        size = max(tree.fitting(), size)
    style = replace(style, font=min(size, style.font))
    columns = tree.columns(style.font)
    if own_width:
        canvas.figure_of(ax).set_figwidth(max(columns[-1] + 3 * _MARGIN, _NARROWEST) / 72)
    for node in tree.nodes:
        _draw(tree, node, columns, style)
    ax.set(xlim=(-_MARGIN, columns[-1]), ylim=(tree.n_rows - 0.3, -0.7), xticks=[], yticks=[])
    canvas.plain(ax, "" if wanted else f"{len(themes.layers[2]):,} fine themes not shown", style)
    return ax


def _grow(themes: ThemeMap, fine: bool, style: PlotStyle) -> list[_Node]:
    """Return all nodes, parts before wholes; a fine theme equal to its theme is left out.

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
            shown = inside if len(inside) > 1 else []
            parts = [add(small[part], 2, colors[theme], []) for part in shown]
            branches.append(add(middle[theme], 1, colors[theme], parts))
        add(wide, 0, np.array(style.faint), branches)
    return nodes


def _type(node: _Node, size: float) -> dict[str, Any]:
    return {"fontsize": size, "fontweight": "bold" if node.layer == 0 else "normal"}


def _draw(tree: _Tree, node: _Node, columns: list[float], style: PlotStyle) -> None:
    """Draw a theme and the curves that link it to its parts."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    ax, x = tree.ax, columns[node.layer]
    link = _LINK * style.font / canvas.FONT
    for part in node.parts:
        end = columns[node.layer + 1]
        across = (x, end - link, end - link / 2, end - link / 2, end)
        up = (node.row, node.row, node.row, part.row, part.row)
        steps = [Path.MOVETO, Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
        curve = Path(list(zip(across, up, strict=True)), steps)
        shade = paler(part.color, style.background, 0.45)
        ax.add_patch(PathPatch(curve, fill=False, edgecolor=shade, linewidth=0.9, zorder=1))
    size = tree.dot(node, style.font)
    ax.scatter(x, node.row, s=size, color=[node.color], zorder=3, linewidths=0)
    name = ax.annotate(
        tree.label(node),
        (x, node.row),
        xytext=(size**0.5 / 2 + _SPACE, 0),
        textcoords="offset points",
        va="center",
        linespacing=0.95,
        **_type(node, style.font),
        color=style.ink,
        # Links end behind the name instead of running through it.
        bbox={"facecolor": style.background, "edgecolor": "none", "pad": 1},
        zorder=2,
    )
    canvas.as_text([name])
