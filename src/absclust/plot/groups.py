"""A heat map of themes and groups of papers: which group has more of a theme, and which less."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

import numpy as np
import numpy.typing as npt

from absclust.analysis.groups import EVEN
from absclust.plot import canvas
from absclust.plot.canvas import Drawn, PlotStyle, picture
from absclust.plot.colors import RATIOS, color_map, oklab, paler

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.text import Text

    from absclust.arrays import IntArray
    from absclust.plot.colors import Colors
    from absclust.plot.pictures import Pictures

Mask = npt.NDArray[np.bool_]

_COLUMN = 0.4  # inches, the width of a group
_NAMES, _SIDES = 3.3, 1.9  # inches, the width of themes' names; the height of all but the cells
_BAR, _GAP = 2.0, 0.35  # longest bar and its distance from the cells, in columns or rows
_NUMBER = 1.2  # room for a number at the end of a bar, in columns or rows
_SMALLEST = 4.0  # points; cells in which numbers would be smaller have none
_MOST = max(RATIOS)  # has the full colour
_LIGHT = 0.62  # OKLab lightness; on lighter cells, numbers are black
_NOISE = 0.35  # strength of the colour of cells that may be chance


@picture
def by(
    pictures: Pictures,
    column: str,
    *,
    n_groups: int | None = 20,
    min_papers: int = 1,
    confidence: float = 0.95,
    **drawn: Unpack[Drawn],
) -> Axes:
    """Draw which themes each venue, country, author or year has more or less of.

    Each cell has the number of papers of a group in a theme. It is the more orange, the
    larger the theme's share of the group's papers is compared with its share of all others,
    and the bluer, the smaller; at four times, or a quarter, it has the full colour. To the
    papers found and those expected, half a paper is added. Framed cells are more than
    noise: the interval of the ratio excludes 1, at a confidence for all cells at once; all
    others are paler. Bars show the sizes of themes and groups.

    Parameters
    ----------
    column, n_groups, min_papers, confidence
        As in ``by``, which returns the numbers.
    ax, dark, figsize
        As in ``plot``.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on.

    Raises
    ------
    OptionError
        As in ``by``.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> papers = [{"abstract": f"Robots grasp {what}.", "venue": "ICRA"} for what in "abcdefgh"]
    >>> papers += [{"abstract": f"Proteins fold {what}.", "venue": "ISMB"} for what in "abcdef"]
    >>> ax = cluster_abstracts(papers, n_themes=2).plot.by("venue")
    >>> [group.get_text() for group in ax.get_xticklabels()]
    ['ICRA', 'ISMB']
    """
    themes = pictures.themes
    table = themes.by(column, n_groups=n_groups, min_papers=min_papers, confidence=confidence)
    groups = table["group"].unique().tolist()
    papers, of, ratio, news = (
        table[name].to_numpy().reshape(len(groups), -1).T if groups else np.zeros((0, 0))
        for name in ("papers", "of", "ratio", "news")
    )
    is_other = np.array([group == table.attrs["other"] for group in groups], dtype=bool)
    columns, rows = len(groups) + _GAP + _BAR + _NUMBER, len(themes) + _GAP + _BAR + _NUMBER
    size = _NAMES + _COLUMN * columns, _SIDES + canvas.ROW * rows
    ax, style = canvas.new_axes(size, **drawn)
    shades = color_map(style)
    colors = _draw_cells(ax, np.log2(ratio), news != EVEN, shades, style)
    of_themes, of_groups = _draw_sizes(
        ax, [theme.size for theme in themes], of.max(axis=0, initial=0), is_other, style
    )
    what = replace(style, ink=style.faint, font=0.9 * style.font)  # the bars show
    canvas.write(ax, (len(groups) - 0.5 + _GAP, -0.75), "papers", what, "left bottom")
    place, by_group = (-0.75, len(themes) - 0.5 + _GAP), f"papers by {canvas.shortened(column)}"
    canvas.write(ax, place, by_group, what, "right top")
    canvas.name_rows(ax, [theme.name for theme in themes], style, 1.7 * rows)
    ax.set_ylim(rows - 0.5, -0.6)
    ax.set_xlim(-0.6, columns - 0.5)
    ax.set_xticks(range(len(groups)), map(canvas.shortened, groups))
    ax.xaxis.tick_top()
    canvas.as_text(ax.get_xticklabels())
    sure = f"interval at {100 * confidence:.4g} % for all cells at once"
    note = f"framed: more than noise ({sure}); others are paler"
    canvas.plain(ax, "\n".join(filter(None, (note, table.attrs["note"]))), style)
    ax.tick_params(axis="x", labelcolor=style.ink)
    _draw_key(ax, shades, style)
    canvas.figure_of(ax).draw_without_rendering()  # settles the size of the cells
    width, height = canvas.points_of(ax)
    cell = width / (columns + 0.1)
    for label in ax.get_xticklabels():
        label.set(rotation=45 if cell > 1.5 * style.font else 90, ha="left", rotation_mode="anchor")
        label.set(va="center" if cell <= 1.5 * style.font else "bottom")
    for number in of_groups:
        wide = number.get_window_extent().width / canvas.figure_of(ax).dpi * 72
        if wide > cell:
            number.set_rotation(90)
            ax.set_ylim(bottom=rows + 1.5)  # upright, they need more room
    row = height / abs(np.ptp(ax.get_ylim()))
    for number in of_themes:
        number.set_fontsize(min(0.8 * style.font, row / 1.2))
    widest = len(f"{int(papers.max(initial=0)):,}")
    size = min(style.font - 2, 0.9 * cell / widest / 0.6, row / 1.2)
    if size >= _SMALLEST:
        _write_numbers(ax, papers.astype(int), news != EVEN, colors, replace(style, font=size))
    return ax


def _draw_cells(
    ax: Axes,
    log_ratio: Colors,
    stands_out: Mask,
    shades: Colormap,
    style: PlotStyle,
) -> Colors:
    """Draw the cells, with frames around those that stand out, and return their colours."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    full = shades(np.clip(log_ratio / _MOST, -1, 1) / 2 + 0.5)[..., :3]
    pale = paler(full, style.background, 1 - _NOISE)
    colors: Colors = np.where(stands_out[..., None], full, pale)
    colors[np.isnan(log_ratio)] = style.background
    edges = (np.arange(n + 1) - 0.5 for n in reversed(log_ratio.shape))
    if log_ratio.size:
        ax.pcolormesh(*edges, colors, edgecolor=style.background, linewidth=1)
    frames = [
        Rectangle((column - 0.44, row - 0.42), 0.88, 0.84)
        for row, column in np.argwhere(stands_out)
    ]
    ax.add_collection(PatchCollection(frames, facecolor="none", edgecolor=style.ink, linewidth=0.9))
    return colors


def _write_numbers(
    ax: Axes, papers: IntArray, stands_out: Mask, colors: Colors, style: PlotStyle
) -> None:
    """Write the number of papers in each cell, in black or white, whichever is read better."""
    for (row, column), number in np.ndenumerate(papers):
        lightness = oklab(colors[row, column][None])[0, 0]
        color = "black" if lightness > _LIGHT else "white"
        weight = "bold" if stands_out[row, column] else "normal"
        place = column, row
        canvas.write(ax, place, f"{number:,}", style, color=color, fontweight=weight)


def _draw_sizes(
    ax: Axes,
    of_themes: Sequence[int],
    of_groups: IntArray,
    is_other: Mask,
    style: PlotStyle,
) -> tuple[list[Text], list[Text]]:
    """Draw the sizes of the themes on the right, and those of the groups below."""
    right, below = len(of_groups) - 0.5 + _GAP, len(of_themes) - 0.5 + _GAP
    lengths = _BAR * np.array(of_themes) / max(of_themes, default=1)
    ax.barh(range(len(of_themes)), lengths, left=right, height=0.7, color=style.unassigned)
    # Next to "other", which may hold most papers, all bars would be flat: it has none.
    heights = np.where(is_other, 0, of_groups)
    heights = _BAR * heights / heights.max(initial=1)
    ax.bar(range(len(of_groups)), heights, bottom=below, width=0.7, color=style.unassigned)
    small = 0.8 * style.font
    on_right = [
        canvas.write(ax, (right + length + 0.15, row), f"{size:,}", style, "left center", small)
        for row, (size, length) in enumerate(zip(of_themes, lengths, strict=True))
    ]
    return on_right, [
        canvas.write(ax, (column, below + height + 0.15), f"{size:,}", style, "center top", small)
        for column, (size, height) in enumerate(zip(of_groups, heights, strict=True))
    ]


def _draw_key(ax: Axes, shades: Colormap, style: PlotStyle) -> None:
    """Draw the colour bar: how often a theme is met in a group, compared with all others."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    shown = ScalarMappable(Normalize(-_MOST, _MOST), shades)
    bar = canvas.figure_of(ax).colorbar(
        shown, ax=ax, location="bottom", shrink=0.4, aspect=30, pad=0.02, extend="both"
    )
    bar.outline.set_visible(False)
    bar.set_ticks(list(RATIOS), labels=list(RATIOS.values()))
    canvas.plain(bar.ax, "share in the group / share elsewhere", style)
