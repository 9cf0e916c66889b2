"""The theme map, drawn with matplotlib from a ThemeMap alone."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.canvas import Ground, font_size, new_axes
from absclust.colors import Colors, paler, text_colors, theme_colors
from absclust.labels import place_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from absclust.arrays import FloatArray, IntArray
    from absclust.themes import ThemeMap

_MARGIN = 0.09  # of the axes, on each side
_RASTERED_FROM = 5000  # points; beyond, PDF and SVG would be large and slow
_FRINGE = 0.55  # of the ground in the colours of fringe papers
_FONT, _SMALLEST_FONT = 9.5, 5.0  # points, of names on a map ten inches wide
_FONT_STEPS = 6
_SPACE = 0.2  # around a name, in sizes of type
_LINE = (13, 22)  # shortest and longest line of a name, in characters
_CROWDED = 0.3  # of the axes that names may cover


def plot_map(
    themes: ThemeMap,
    *,
    ax: Axes | None = None,
    dark: bool = False,
    names: int | None = None,
    title: str | None = None,
    figsize: tuple[float, float] = (10, 7.5),
) -> Axes:
    """Draw every paper as a point in its theme's colour, and the themes' names.

    Parameters
    ----------
    themes
        The result to draw.
    ax, dark, names, title, figsize
        As in ``ThemeMap.plot``.

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax, ground = new_axes(ax, dark=dark, figsize=figsize)
    labels = themes.labels[themes.corpus.first_row]
    colors = theme_colors(themes, dark=dark)
    if title is None:
        title = f"{_count(len(themes), 'theme')} of {_count(len(labels), 'paper')}"
    _frame(ax, title, ground)
    fringe = (labels >= 0) & ~themes.membership.core
    _scale(ax, themes.coordinates)
    _draw_points(ax, themes.coordinates, labels, fringe, colors, ground)
    wanted = len(themes) if names is None else min(names, len(themes))
    written = _write_names(ax, themes, labels, wanted, text_colors(colors, dark=dark), ground)
    _write_note(ax, fringe.any(), (labels < 0).any(), len(themes) - written, ground)
    return ax


def _frame(ax: Axes, title: str, ground: Ground) -> None:
    """Set what stands around the map, and with it the size of the axes."""
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    ax.set_title(
        title, loc="left", fontsize=font_size(ax, 11), color=ground.ink, parse_math=False
    )
    # The note below comes last, but its line is needed now: the axes must be final.
    ax.set_xlabel(" ", loc="left", fontsize=font_size(ax, 8), color=ground.faint)
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()


def _scale(ax: Axes, places: FloatArray) -> None:
    """Set limits that show all papers, with a margin, as much up as across."""
    box = ax.get_window_extent()
    low, high = places.min(axis=0), places.max(axis=0)
    middle, span = (low + high) / 2, np.maximum(high - low, 1e-3)
    unit = float((span / (np.array([box.width, box.height]) * (1 - 2 * _MARGIN))).max())
    ax.set_aspect("equal", adjustable="datalim")
    for set_limits, centre, pixels in zip(
        (ax.set_xlim, ax.set_ylim), middle.tolist(), (box.width, box.height), strict=True
    ):
        set_limits(centre - unit * pixels / 2, centre + unit * pixels / 2)


def _draw_points(
    ax: Axes,
    places: FloatArray,
    labels: IntArray,
    fringe: np.ndarray[tuple[int], np.dtype[np.bool_]],
    colors: Colors,
    ground: Ground,
) -> None:
    size = _point_size(ax, len(labels))
    edge = 0.4 if size > 8 else 0.0
    for layer, (chosen, palette) in enumerate(
        (
            (labels < 0, np.array([ground.unassigned])),
            (fringe, paler(colors, ground.ground, _FRINGE)),
            ((labels >= 0) & ~fringe, colors),
        )
    ):
        if not chosen.any():
            continue
        ax.scatter(
            *places[chosen].T,
            s=size,
            c=palette[np.maximum(labels[chosen], 0)],
            linewidths=edge,
            edgecolors=[ground.ground],
            zorder=2 + layer / 10,
            rasterized=len(labels) >= _RASTERED_FROM,
        )


def _point_size(ax: Axes, n: int) -> float:
    """Return the area of a point, in square points: a share of the axes that falls with n."""
    box, figure = ax.get_window_extent(), ax.get_figure(root=True)
    assert figure is not None
    area = box.width * box.height * (72 / figure.dpi) ** 2
    return float(np.clip(0.0018 * area * n**-0.6, 0.3, 70))


def _write_names(
    ax: Axes, themes: ThemeMap, labels: IntArray, wanted: int, colors: Colors, ground: Ground
) -> int:
    """Write the names of the first themes, as large as they fit; return how many fit."""
    box = ax.get_window_extent()
    area = (box.width, box.height)
    points = ax.transData.transform(themes.coordinates) - [box.x0, box.y0]
    largest = font_size(ax, _FONT)
    for size in np.geomspace(largest, min(_SMALLEST_FONT, largest), _FONT_STEPS).tolist():
        names = [_wrap(theme.name, box.width / size) for theme in themes.themes[:wanted]]
        extents = _extents(ax, names, size)
        room = np.cumsum(extents.prod(axis=1)) <= _CROWDED * area[0] * area[1]
        if room.all() or size <= _SMALLEST_FONT:
            placed = place_labels(points, labels, extents[room], area)
            if not np.isnan(placed.centres).any():
                break
    to_data = ax.transData.inverted()
    centres, starts, ends = (
        to_data.transform(spots + [box.x0, box.y0])
        for spots in (placed.centres, placed.starts, placed.ends)
    )
    written = np.flatnonzero(~np.isnan(centres[:, 0])).tolist()
    for theme in written:
        if not np.isnan(ends[theme, 0]):
            x, y = np.transpose([starts[theme], ends[theme]])
            ax.plot(x, y, color=colors[theme], linewidth=size / 14, zorder=3)
        _write(ax, names[theme], centres[theme], size, colors[theme], ground)
    return len(written)


def _write(
    ax: Axes, name: str, place: Colors, size: float, color: Colors, ground: Ground
) -> None:
    """Write a name over a halo of the ground's colour."""
    from matplotlib.patheffects import Stroke

    # The halo is a text of its own: with a path effect, a text is no text in a PDF any more.
    halo = [Stroke(linewidth=size / 4, foreground=ground.ground)]
    for layer, effects in ((4, halo), (5, None)):
        ax.text(*place, name, color=color, path_effects=effects, zorder=layer, **_type(size))


def _type(size: float) -> dict[str, Any]:
    """Return how names are set; what looks like mathematics in them is text."""
    return {
        "fontsize": size,
        "fontweight": "bold",
        "ha": "center",
        "va": "center",
        "linespacing": 1.05,
        "parse_math": False,
    }


def _extents(ax: Axes, names: list[str], size: float) -> Colors:
    """Return width and height of names in pixels, with some space around them."""
    texts = [ax.text(0, 0, name, **_type(size)) for name in names]
    boxes = [text.get_window_extent() for text in texts]
    for text in texts:
        text.remove()
    figure = ax.get_figure(root=True)
    assert figure is not None
    space = _SPACE * size * figure.dpi / 72
    return np.array([[box.width, box.height] for box in boxes]).reshape(-1, 2) + 2 * space


def _wrap(name: str, width: float) -> str:
    """Break a name into lines of even length, for axes of that width in sizes of type."""
    most = int(np.clip(width / 4, *_LINE))
    n_lines = -(-len(name) // most)
    shortest = -(-len(name) // n_lines)
    tries = (textwrap.wrap(name, length) for length in range(shortest, most + 8))
    return "\n".join(next((lines for lines in tries if len(lines) <= n_lines), [name]))


def _write_note(ax: Axes, fringe: bool, unassigned: bool, left_out: int, ground: Ground) -> None:
    """Say below the map what its colours mean and how many names it leaves out."""
    notes = [
        text
        for text, needed in (
            ("Paler: fringe of a theme.", fringe),
            ("Grey: in no theme.", unassigned),
            (f"{left_out:,} smaller themes without name.", left_out > 1),
            ("The smallest theme is without name.", left_out == 1),
        )
        if needed
    ]
    ax.xaxis.label.set_text(" ".join(notes) or " ")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
