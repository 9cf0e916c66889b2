"""The theme map, drawn with matplotlib."""

from __future__ import annotations

import textwrap
from numbers import Integral
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from absclust import sizes
from absclust.counted import counted, counted_themes
from absclust.errors import check_number
from absclust.plot import canvas
from absclust.plot.canvas import Drawn, PlotStyle, as_text, figure_of, new_axes, picture
from absclust.plot.colors import Colors, paler, text_colors, theme_colors
from absclust.plot.paper_colors import BACKGROUND, MEANINGS, Classes, color_by_theme, read_column
from absclust.plot.place_names import Places, place_names
from absclust.themes.find import find_themes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from absclust.arrays import FloatArray, IntArray
    from absclust.theme_map import ThemeMap

_WIDTH, _LEAST, _MOST = 10.0, 4.5, 8.0  # inches: width of the usual figure, limits of its height
_AROUND = 0.6  # inches, above and below the map: the title and a note
# Around the papers on both sides, and above and below: in sizes of the largest type, since names
# stand there, and at most this share of the axes; around few points a further share.
_MARGINS, _WIDEST_MARGIN, _MARGIN_OF_ONE = np.array([3.8, 2.0]), 0.2, 0.2
# In the sizes of the style: the title, the small print, the name of the largest theme.
_TITLE, _SMALL, _LARGEST = 1.3, 0.94, 1.65
_SMALLEST_FONT, _SMALLEST_NAME = 5.0, 0.5  # points, on any map; and of the largest name
_FONT_STEPS, _LAST_STEP = 6, 6.0  # from large type to small: points, of the largest name
_TYPE: dict[str, Any] = {"fontweight": "bold", "linespacing": 1.05}  # of names
_LINE = (13, 22)  # characters in a line of a name, on narrow and on wide axes
_NOT_HIGHLIGHTED = 0.4  # share of the background in the grey of papers that are not highlighted
_CROWDED = 0.3  # of the axes under names, about; beyond, smaller type is tried at once


@picture
def draw_map(
    themes: ThemeMap,
    *,
    names: int | None = None,
    highlight: int | str | Iterable[int | str] | None = None,
    color_by: str | None = None,
    **drawn: Unpack[Drawn],
) -> Axes:
    """Draw the theme map: each paper as a point, each theme with its colour and name.

    Papers on the fringe of a theme are paler than those in its core; papers in no
    theme are grey. The themes of a broad theme have neighbouring hues. Names grow with
    the square root of their themes' sizes; at the current size of the axes, they don't
    overlap, and hide no papers of other themes, or next to none of large ones. If there is
    not room for all, a note below says how many are left out. For print, use
    ``ax.figure.savefig("map.pdf", dpi=300)``: text and lines are vector graphics, and
    so are the points of maps with fewer than 5,000 papers.

    Parameters
    ----------
    ax
        Where to draw; a new figure by default.
    dark
        Whether the background is dark. A figure of your own keeps its colour.
    names
        The maximum number of themes to name, largest first; by default, all.
    figsize
        Width and height of a new figure in inches; by default about 10 by what the map
        needs. For one column of a paper, use about ``(3.3, 2.7)``.
    highlight : int, str, or list of these, optional
        Themes to pick out, by number or name: their papers keep their colours and their
        names are written, all other papers are a pale grey.
    color_by : str, optional
        A column of the input that papers take their colours from, instead of their
        themes; a paper that has several rows takes the value of its first row. Numbers,
        and dates by their years, are in up to seven classes of about as many papers; of
        other columns, the ten most frequent values have a colour each. Papers without a
        value are grey. ``"year"`` is also taken from a column of dates.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on.

    Raises
    ------
    UnknownThemeError
        If there is no theme to highlight with that number or name.
    OptionError
        If ``names`` is no number of themes, or the input has no column ``color_by``.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robot arms grasp cups.", "Robots grasp tools."])
    >>> themes.plot().get_title(loc="left")
    '1 theme of 2 papers'
    """
    check_number(names, "names", Integral, least=0, none=True)
    shown = find_themes(themes, highlight)
    column = None if color_by is None else read_column(themes.corpus, color_by)
    places = themes.foundation.paper_coordinates
    ax, style = new_axes(usual_size(places), **drawn)
    colors = theme_colors(themes, dark=style.dark)
    papers, order = column.colors(style) if column else color_by_theme(themes, colors, style)
    if highlight is not None:
        others = ~np.isin(themes._paper_labels, shown)
        papers[others] = paler(np.array(style.unassigned), style.background, _NOT_HIGHLIGHTED)
        order[others] = BACKGROUND
    title = f"{counted_themes(themes.themes)} of {counted(themes.corpus.n_papers, 'paper')}"
    _frame(ax, title, column, style)
    _scale(ax, places, style)
    _draw_points(ax, places, papers, np.argsort(order, kind="stable"), style)
    inks = text_colors(colors, dark=style.dark)
    if column:
        inks[:] = style.ink
    left_out = len(shown) - _write_names(ax, themes, shown[:names], inks, style)
    notes = [meaning for kind, meaning in MEANINGS.items() if kind in order]
    notes += [f"{counted(left_out, 'name')} left out."] if left_out else []
    ax.xaxis.label.set_text(" ".join(notes) or " ")
    as_text([ax.xaxis.label])
    return ax


def usual_size(places: FloatArray) -> tuple[float, float]:
    """Return the width and height in inches of a figure that a map fills."""
    width, height = np.maximum(np.ptp(places, axis=0), 1e-3).tolist()
    inside = float(np.clip(_WIDTH * height / width, _LEAST, _MOST))
    return min(_WIDTH, max(inside * width / height, _MOST)), inside + _AROUND


def _frame(ax: Axes, title: str, column: Classes | None, style: PlotStyle) -> None:
    """Write all that stands around the map, which settles the size of the axes."""
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.set_title(title, loc="left", fontsize=_TITLE * style.font, color=style.ink, parse_math=False)
    # The note is written last, but takes its line now: the size of the axes must be final.
    small = _SMALL * style.font
    ax.set_xlabel(" ", loc="left", fontsize=small, color=style.faint)
    figure_of(ax).draw_without_rendering()
    if column:
        column.draw_key(ax, small, style)
        figure_of(ax).draw_without_rendering()


def _scale(ax: Axes, places: FloatArray, style: PlotStyle) -> None:
    """Set limits that show all papers with a margin, at the same scale up and across."""
    area = np.array(canvas.points_of(ax))
    low, high = places.min(axis=0), places.max(axis=0)
    middle, span = (low + high) / 2, np.maximum(high - low, 1e-3)
    margins = np.minimum(_MARGINS * _LARGEST * style.font / area, _WIDEST_MARGIN)
    margins += _MARGIN_OF_ONE / np.sqrt(len(places))
    half = area * (span / area / (1 - 2 * margins)).max() / 2
    ax.set_aspect("equal", adjustable="box")
    (left, bottom), (right, top) = (middle - half).tolist(), (middle + half).tolist()
    ax.set(xlim=(left, right), ylim=(bottom, top))


def _draw_points(
    ax: Axes, places: FloatArray, papers: Colors, order: IntArray, style: PlotStyle
) -> None:
    size = _point_size(ax, len(places))
    ax.scatter(
        places[order, 0],
        places[order, 1],
        s=size,
        c=papers[order],
        linewidths=0.4 if size > 8 else 0.0,
        edgecolors=[style.background],
        zorder=2,
        rasterized=len(places) >= sizes.RASTERED_FROM,
    )


def _point_size(ax: Axes, n: int) -> float:
    """Return the area of a dot in square points: a share of the axes that falls with n."""
    return float(np.clip(0.0024 * np.prod(canvas.points_of(ax)) * n**-0.6, 0.3, 70))


def _write_names(
    ax: Axes, themes: ThemeMap, named: Sequence[int], colors: Colors, style: PlotStyle
) -> int:
    """Write the names of some themes as large as they fit; return how many fit."""
    from matplotlib.patheffects import Stroke

    names, found = _fit_names(ax, themes, named, style)
    for name, theme, centre, *ends in zip(names, named, *found, strict=True):
        if np.isnan(centre[0]):
            name.remove()
            continue
        color, line, size = colors[theme], np.transpose(ends), float(name.get_fontsize())
        ax.plot(*line, color=style.background, linewidth=size / 5, alpha=0.7, zorder=3)
        ax.plot(*line, color=color, linewidth=size / 14, zorder=3)
        name.set(color=color, position=centre, zorder=5)
        # The halo is a text of its own: with a path effect, a name would not stay text in a PDF.
        halo = canvas.write(ax, centre, name.get_text(), style, size=size, **_TYPE)
        effect = Stroke(linewidth=size / 4, foreground=style.background)
        halo.set(path_effects=[effect], zorder=4)
    return _number_placed(found)


def _fit_names(
    ax: Axes, themes: ThemeMap, named: Sequence[int], style: PlotStyle
) -> tuple[list[Text], Places]:
    """Find the largest type in which all names have a place, or else that in which most have."""
    labels, core = _named_first(themes, named), themes._paper_membership.core
    places, (width, height) = themes.foundation.paper_coordinates, canvas.points_of(ax)
    radius, largest = _point_size(ax, len(places)) ** 0.5 / 2, _LARGEST * style.font
    names = [themes[theme].name for theme in named]
    texts = [canvas.write(ax, (0, 0), name, style, **_TYPE) for name in names]

    def set_in(fonts: Colors) -> None:
        for text, name, font in zip(texts, names, fonts.tolist(), strict=True):
            text.set(text=_wrap(name, width / font), fontsize=font)

    tries: list[tuple[Colors, Places]] = []
    for step in np.geomspace(largest, min(_LAST_STEP, largest), _FONT_STEPS).tolist():
        fonts = _font_sizes(step, [themes[theme].size for theme in named])
        crowded = np.dot(list(map(len, names)), fonts**2) > _CROWDED * width * height
        if crowded and step > _LAST_STEP:
            continue
        set_in(fonts)
        tries.append((fonts, place_names(ax, places, labels, core, texts, radius)))
        if _number_placed(tries[-1][1]) == len(named):
            break
    fonts, found = max(tries, key=lambda tried: _number_placed(tried[1]))
    set_in(fonts)
    return texts, found


def _number_placed(found: Places) -> int:
    return int((~np.isnan(found[0][:, 0])).sum())


def _font_sizes(top: float, sizes: Sequence[int]) -> Colors:
    """Return the font sizes of names, by the square root of their themes' sizes.

    The area of a name, apart from its length, then grows with its theme; but no name is
    smaller than can be read, or than half of the largest.
    """
    share = np.sqrt(np.array(sizes, dtype=float) / max(sizes, default=1))
    smallest = min(max(_SMALLEST_FONT, _SMALLEST_NAME * top), top)
    return np.maximum(top * share, smallest)


def _named_first(themes: ThemeMap, named: Sequence[int]) -> IntArray:
    """Return the theme of each paper, numbered anew: first those named, then the others."""
    order = [*named, *(theme.id for theme in themes if theme.id not in named)]
    return np.append(np.argsort(order), -1)[themes._paper_labels].astype(np.int64)


def _wrap(name: str, width: float) -> str:
    """Break a name into lines of even length; ``width`` is that of the axes, in font sizes."""
    most = int(np.clip(width / 3, *_LINE))
    even = len(name) // -(-len(name) // most) + 4
    longest = max((len(word) for word in name.split() if len(word) <= most + 7), default=0)
    return "\n".join(textwrap.wrap(name, max(even, longest), break_on_hyphens=False))
