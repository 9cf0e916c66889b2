"""The tree of themes: broad themes, their themes, and the fine themes in these."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
_LARGEST = 160.0  # square points, the dot of a theme that holds all papers


@dataclass
class _Node:
    """A theme in the tree: its layer, counted from the left, its place, and its parts."""

    theme: Theme
    layer: int
    color: Colors
    parts: list[_Node]
    row: float = 0.0
    width: int = 999  # characters in a line of its name, which is shortened to that
    lines: int = 1

    @property
    def label(self) -> str:
        """The name and the number of papers."""
        return f"{canvas.in_lines(self.theme.name, self.width, self.lines)}  {self.theme.size:,}"


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
    ['Proteins fold fast  2', 'Proteins fold fast  2']
    """
    themes = pictures.themes
    own_width = drawn.get("ax") is None and drawn.get("figsize") is None
    colors = theme_colors(themes, dark=drawn.get("dark", False))
    wanted = len(themes.layers[2]) <= _MANY if fine is None else fine
    tree = _grow(themes, colors, wanted)
    n_rows = _set_rows(tree)
    ax, style = canvas.new_axes((_WIDTH, 0.5 + _ROW * n_rows), **drawn)
    canvas.figure_of(ax).draw_without_rendering()
    size = style.font if own_width else _fitting(ax, tree, themes.corpus.n_rows, n_rows)
    if fine is None and wanted and size < _SMALLEST:
        wanted, tree = False, _grow(themes, colors, False)
        n_rows = _set_rows(tree)
        size = _fitting(ax, tree, themes.corpus.n_rows, n_rows)
    if size < _SMALLEST:
        height = canvas.points_of(ax)[1]
        _shorten(tree, 1 + (height / n_rows > 2 * _LEADING * _SMALLEST))
        size = max(_fitting(ax, tree, themes.corpus.n_rows, n_rows), size)
    style = replace(style, font=min(size, style.font))
    for node in tree:
        node.color = np.array(style.faint)
    columns = _columns(ax, tree, themes.corpus.n_rows, style.font)
    if own_width:
        canvas.figure_of(ax).set_figwidth(max(columns[-1] + 3 * _MARGIN, _NARROWEST) / 72)
    for node in tree:
        _draw(ax, node, columns, themes.corpus.n_rows, style)
    ax.set_xlim(-_MARGIN, columns[-1])
    ax.set_ylim(n_rows - 0.3, -0.7)
    ax.set_xticks([])
    ax.set_yticks([])
    left_out = "" if wanted else f"{len(themes.layers[2]):,} fine themes not shown"
    canvas.plain(ax, left_out, style)
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


def _fitting(ax: Axes, tree: list[_Node], n_papers: int, n_rows: int) -> float:
    """Return the size of type, in points, at which the tree fits into the axes."""
    box = ax.get_window_extent()
    width, height = (side / canvas.figure_of(ax).dpi * 72 for side in (box.width, box.height))
    needed = _columns(ax, tree, n_papers, canvas.FONT)[-1] + 2 * _MARGIN
    lines = max(node.lines for node in tree) if tree else 1
    return min(canvas.FONT * width / needed, height / (n_rows + 0.4) / _LEADING / lines)


def _shorten(nodes: list[_Node], lines: int) -> None:
    for node in nodes:
        node.width, node.lines = _SHORT, lines
        _shorten(node.parts, lines)


def _columns(ax: Axes, tree: list[_Node], n_papers: int, size: float) -> list[float]:
    """Return where each layer begins and where the last one ends, in points."""
    begins, layer, link = [0.0], tree, _LINK * size / canvas.FONT
    while layer:
        names = [ax.text(0, 0, node.label, **_type(node, size)) for node in layer]
        canvas.as_text(names)
        widest = max(name.get_window_extent().width for name in names)
        for name in names:
            name.remove()
        dot = max(_size(node, n_papers, size) for node in layer) ** 0.5 / 2
        begins.append(begins[-1] + dot + _SPACE + widest * 72 / canvas.figure_of(ax).dpi + link)
        layer = [part for node in layer for part in node.parts]
    begins[-1] -= link
    return begins


def _type(node: _Node, size: float) -> dict[str, Any]:
    return {"fontsize": size, "fontweight": "bold" if node.layer == 0 else "normal"}


def _size(node: _Node, n_papers: int, size: float) -> float:
    return max(
        _LARGEST * (size / canvas.FONT) ** 2 * node.theme.size / n_papers,
        6 * (size / canvas.FONT) ** 2,
    )


def _draw(ax: Axes, node: _Node, columns: list[float], n_papers: int, style: PlotStyle) -> None:
    """Draw a theme, its parts and the curves that link them."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    x = columns[node.layer]
    for part in node.parts:
        end = columns[node.layer + 1]
        link = _LINK * style.font / canvas.FONT
        start, middle = end - link, end - link / 2
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
    size = _size(node, n_papers, style.font)
    ax.scatter(x, node.row, s=size, color=[node.color], zorder=3, linewidths=0)
    name = ax.annotate(
        node.label,
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
