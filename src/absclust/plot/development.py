"""How themes develop: the strategic map, and thematic evolution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import numpy as np

from absclust.counted import counted
from absclust.plot import canvas
from absclust.plot.canvas import Drawn, PlotStyle, picture
from absclust.plot.colors import Colors, paler, text_colors, theme_colors
from absclust.plot.place_names import place_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from matplotlib.axes import Axes

    from absclust.theme_map import ThemeMap


_SIDE, _WIDTH = 6.5, 7.5  # inches
_LARGEST = 420.0  # square points, the circle of the largest theme in a wide picture
_NODE, _LANE = 0.06, 0.8  # half the width of a period's bars, and the height of the largest
_FEWEST, _LEAST = 3, 0.03  # papers, and share of the theme's, of a flow that is drawn


@picture
def strategic(themes: ThemeMap, **drawn: Unpack[Drawn]) -> Axes:
    """Draw the strategic map: how central and how dense the themes are.

    Circles grow with the number of papers; lines are at the medians. The numbers are those
    of ``ThemeMap.strategic``, which explains them.

    Parameters
    ----------
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
    >>> themes.plot.strategic().get_ylabel()
    'density: closeness inside the theme'
    """
    ax, style = canvas.new_axes((_SIDE, 0.8 * _SIDE), **drawn)
    table = themes.strategic()
    places = table[["centrality", "density"]].to_numpy()
    colors = theme_colors(themes, dark=style.dark)
    ax.set_ylabel("density: closeness inside the theme", fontsize=style.font, color=style.faint)
    split = table.attrs["split"]
    canvas.plain(
        ax,
        style,
        "centrality: links to other themes, 1 is chance\n"
        f"{counted(int(table['papers'].sum()), 'paper')}",
        "circles grow with papers, lines are medians",
        f"mean years and growth since {split} in the table" if split else "",
    )
    ax.tick_params(labelsize=0.9 * style.font)
    ax.tick_params(axis="x", pad=1.6 * style.font)
    ax.tick_params(axis="y", labelcolor=style.faint)
    ax.locator_params(nbins=4)
    ax.margins(0.18, 0.16)
    share = table["papers"].to_numpy() / max(table["papers"].max(), 1)
    areas = np.maximum(_LARGEST * (style.font / canvas.FONT) ** 3 * share, 8)
    ax.scatter(places[:, 0], places[:, 1], s=areas, c=colors, edgecolors=[style.background])
    words = {"niche": (0, 1), "motor": (1, 1), "emerging or declining": (0, 0), "basic": (1, 0)}
    for word, (x, y) in words.items():  # above and below the map, where no name is in their way
        at = f"{'right' if x else 'left'} {'bottom' if y else 'top'}"
        written = canvas.write(ax, (x, y), word, style, at, color=style.faint)
        written.set(transform=ax.transAxes, fontstyle="italic")
    if len(places):
        ax.set(xlim=ax.get_xlim(), ylim=ax.get_ylim())  # whatever is added from here on
        middle = np.median(places, axis=0)
        ax.axvline(middle[0], color=style.unassigned, lw=0.8, zorder=0)
        ax.axhline(middle[1], color=style.unassigned, lw=0.8, zorder=0)
        named = [theme.name for theme in themes], text_colors(colors, dark=style.dark)
        _name_points(ax, places, np.sqrt(areas) / 2, named, style)
    return ax


def _name_points(
    ax: Axes, places: Colors, radii: Colors, named: tuple[list[str], Colors], style: PlotStyle
) -> None:
    """Write the names of points where they are clear of each other, with lines to their points."""
    canvas.figure_of(ax).draw_without_rendering()
    lines, small = [canvas.in_lines(name, 20, 3) for name in named[0]], 0.9 * style.font
    texts = [canvas.write(ax, (0, 0), each, style, size=small, linespacing=0.95) for each in lines]
    # The circles are kept clear: points on their rims count as papers of themes without a name.
    angles = np.linspace(0, 2 * np.pi, 12)
    circle = canvas.pixels(ax) * np.column_stack([np.cos(angles), np.sin(angles)])
    rims = ax.transData.transform(places)[:, None] + radii[:, None, None] * circle
    points = np.vstack([places, ax.transData.inverted().transform(rims.reshape(-1, 2))])
    n = len(texts)
    labels = np.append(np.arange(n), np.repeat(n + np.arange(n), len(angles)))
    core = np.ones(len(points), dtype=bool)
    found = place_names(ax, points.astype(np.float32), labels, core, texts)
    for text, color, centre, *ends in zip(texts, named[1], *found, strict=True):
        if np.isnan(centre[0]):
            text.remove()
            continue
        text.set(color=color, position=centre)
        ax.plot(*np.transpose(ends), color=color, lw=0.6, zorder=1)


@picture
def evolution(
    themes: ThemeMap, breaks: Iterable[int] | None = None, **drawn: Unpack[Drawn]
) -> Axes:
    r"""Draw which themes of one period the papers of the next continue.

    Each theme has a row, each period a column. The height of a bar is the theme's share of
    the period's papers, beside it stands their number; bands lead from the themes that these
    papers continue, as wide as their number. The numbers are those of ``ThemeMap.evolution``.

    Parameters
    ----------
    breaks
        As in ``ThemeMap.evolution``.
    ax, dark, figsize
        As in ``plot``.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on.

    Raises
    ------
    OptionError
        As in ``ThemeMap.evolution``.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts([{"title": "Robots grasp", "year": 2023},
    ...                             {"title": "Robots grasp cups", "year": 2024}])
    >>> [label.get_text() for label in themes.plot.evolution([2024]).get_xticklabels()]
    ['2023\n1 paper', '2024\n1 paper']
    """
    table = themes.evolution(breaks)
    periods = table.attrs["periods"]
    ax, style = canvas.new_axes((_WIDTH, 1.2 + 1.6 * canvas.ROW * len(themes)), **drawn)
    at = np.array([periods.index(period) for period in table["period"]], dtype=np.int64)
    sizes = np.zeros((len(periods), len(themes)))
    np.add.at(sizes, (at, table["theme"]), table["papers"])
    totals = np.maximum(sizes.sum(axis=1), 1)
    high = _LANE / float((sizes.T / totals).max()) / totals  # height of a paper in each period
    colors, bars = theme_colors(themes, dark=style.dark), sizes * high[:, None]
    flows = table.assign(at=at, height=high[at] * table["papers"])
    flows = flows[(at > 0) & (flows["from_theme"] >= 0)]
    wide = (flows["papers"] >= _FEWEST) & (flows["share"] >= _LEAST)
    _draw_flows(ax, flows[wide], bars, colors, style)
    for (period, theme), papers in np.ndenumerate(sizes):
        height = bars[period, theme]
        ax.bar(period, height, bottom=theme - height / 2, width=2 * _NODE, color=colors[theme])
        if papers:
            place = period + 1.4 * _NODE, theme
            canvas.write(ax, place, f"{papers:,.0f}", style, "left center", 0.85 * style.font)
    canvas.name_rows(ax, [theme.name for theme in themes], style, 1.25 * len(themes))
    ax.set_xlim(-0.15, len(periods) - 1 + 0.35)
    later = (table["from_period"] != "") & (table["from_theme"] < 0)
    alone, narrow = (int(part["papers"].sum()) for part in (table[later], flows[~wide]))
    canvas.plain(
        ax,
        style,
        "bars: share of the period's papers, with their number",
        "bands: papers whose nearest papers of the period before are in that theme",
        f"{counted(alone, 'paper')} with no near paper in the period before" if alone else "",
        f"{counted(narrow, 'paper')} in bands too narrow to draw" if narrow else "",
        table.attrs["note"],
    )
    named = zip(periods, sizes.sum(axis=1).astype(int).tolist(), strict=True)
    ax.set_xticks(range(len(periods)), [f"{name}\n{counted(n, 'paper')}" for name, n in named])
    return ax


def _draw_flows(
    ax: Axes, flows: pd.DataFrame, bars: Colors, colors: Colors, style: PlotStyle
) -> None:
    """Draw bands into the bars of each period, in the colours of the themes where they begin."""
    at, source, theme = (flows[name].to_numpy() for name in ("at", "from_theme", "theme"))
    ends = flows["height"]
    # What begins in a theme may be more papers than it has: then its bands are narrower there.
    whole = ends.groupby([at, source]).transform("sum")
    starts = ends * np.minimum(1, bars[at - 1, source] / whole)
    leaving, coming = starts.groupby([at, source]), ends.groupby([at, theme])
    low_starts = source - leaving.transform("sum") / 2 + leaving.cumsum() - starts
    low_ends = theme - bars[at, theme] / 2 + coming.cumsum() - ends
    for period, color, stays, *band in zip(
        at, colors[source], source == theme, low_starts, starts, low_ends, ends, strict=True
    ):
        low_start, start, low_end, end = band
        low = low_start + canvas.RISE * (low_end - low_start)
        top = low + start + canvas.RISE * (end - start)
        span = period - 1 + _NODE + canvas.ACROSS * (1 - 2 * _NODE)
        shade = paler(color, style.background, 0.5)
        ax.fill_between(span, low, top, color=shade, lw=0, alpha=0.8, zorder=2 - stays)
