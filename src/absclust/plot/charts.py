"""Charts of a ThemeMap: sizes, years, similarity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from absclust.counted import counted
from absclust.errors import InputError
from absclust.plot.canvas import (
    FONT,
    ROW,
    PlotStyle,
    as_text,
    figure_of,
    name_rows,
    new_axes,
    plain,
)
from absclust.plot.colors import Colors, paler, theme_colors

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from absclust.arrays import FloatArray, IntArray
    from absclust.plot.pictures import Pictures
    from absclust.theme_map import ThemeMap

_WIDTH = 7.5
_SIDE = 0.26  # share of the axes' width for the stability of themes
_THIN_YEAR = 20  # papers; in a year with fewer, a theme's share is mostly chance
_LEADING = 0.01  # share of the papers; the first years with fewer in all are left out
_THIN = 0.6  # share of the background in the colour of their bars
_ROOM = 0.6  # rows, above the last one, for the numbers of papers
_MANY_YEARS = 14  # with more years, the numbers of papers are written vertically
_SIMILAR = (0.13, 0.38, 0.66)  # colour of the highest similarity
_NUMBERED = 12  # with more themes, similarities are not written in their cells


def sizes(
    pictures: Pictures,
    *,
    ax: Axes | None = None,
    dark: bool = False,
    figsize: tuple[float, float] | None = None,
) -> Axes:
    """Draw the number of papers in each theme, with the theme's stability beside it.

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
    >>> [name.get_text() for name in themes.plot.sizes().get_yticklabels()]
    ['Robots grasp', 'Proteins fold fast']
    """
    themes = pictures.themes
    ax, style = new_axes(ax, dark=dark, figsize=figsize or (_WIDTH, 0.9 + ROW * len(themes)))
    colors = theme_colors(themes, dark=dark)
    sizes = np.array([theme.size for theme in themes])
    bars = ax.barh(np.arange(len(themes)), sizes, color=colors, height=0.72)
    ax.bar_label(bars, fmt="{:,.0f}", padding=3, fontsize=FONT, color=style.ink)
    name_rows(ax, [theme.name for theme in themes])
    plain(ax, "papers", style)
    ax.xaxis.label.set(x=0, ha="left")
    most = float(sizes.max(initial=1))
    ax.set_xticks([tick for tick in ax.get_xticks() if tick <= most])
    ax.set_xlim(0, most * 1.12)
    stability = np.array([theme.stability for theme in themes])
    if not np.isnan(stability).all():
        ax.set_xlim(0, most * 1.12 / (1 - _SIDE))
        _add_stability(ax, stability, colors, style)
    return ax


def _add_stability(ax: Axes, stability: Colors, colors: Colors, style: PlotStyle) -> None:
    """Draw stability, 0 to 1, in a second column of dots on lines."""
    rows = np.arange(len(stability))
    side = ax.inset_axes((1 - _SIDE, 0, _SIDE, 1), sharey=ax, facecolor=style.background)
    side.hlines(
        rows, 0, np.nan_to_num(stability), color=paler(colors, style.background, 0.5), lw=1.5
    )
    side.scatter(stability, rows, c=colors, s=28, zorder=3)
    side.set_xlim(-0.15, 1.15)  # room for whole dots
    side.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    side.tick_params(axis="y", left=False, labelleft=False)
    plain(side, "stability", style)


def years(
    pictures: Pictures,
    *,
    share: bool = True,
    ax: Axes | None = None,
    dark: bool = False,
    figsize: tuple[float, float] | None = None,
) -> Axes:
    """Draw the themes over the years, and the number of papers in each year.

    Years with fewer than 20 papers have pale bars, because their shares are mostly due
    to chance. The picture starts where there is something to see: the first years, as
    long as less than 1 % of the papers lie in them together, are left out, and a note
    says how many papers these are.

    Parameters
    ----------
    share
        Whether to show each theme's share of the year's papers, instead of numbers.
    ax, dark, figsize
        As in ``plot``.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on.

    Raises
    ------
    InputError
        If no paper has a year.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts([{"title": "Robots grasp", "year": 2023},
    ...                             {"title": "Robots grasp cups", "year": 2024}])
    >>> [name.get_text() for name in themes.plot.years().get_yticklabels()]
    ['Robots grasp', 'all papers']
    """
    themes = pictures.themes
    from matplotlib.ticker import MaxNLocator

    years, counts, totals = _count_years(themes)
    first = _first_shown(totals)
    earlier = int(totals[:first].sum())
    years, counts, totals = years[first:], counts[:, first:], totals[first:]
    height = 1.2 + 1.5 * ROW * (len(themes) + 1)
    ax, style = new_axes(ax, dark=dark, figsize=figsize or (_WIDTH, height))
    values = counts / np.maximum(totals, 1) if share else counts.astype(float)
    thin = totals < _THIN_YEAR
    reliable = values[:, ~thin] if share and not thin.all() else values
    most = max(float(reliable.max(initial=0)), 1e-9)
    colors = [*theme_colors(themes, dark=dark), np.array(style.unassigned)]
    heights = [*np.minimum(values / most, 1), totals / totals.max()]
    for row, (bars, color) in enumerate(zip(heights, colors, strict=True)):
        shades = np.where(thin[:, None] & share, paler(color, style.background, _THIN), color)
        floor = row + 0.45 + (_ROOM if row == len(themes) else 0)
        ax.bar(years, -0.85 * bars, bottom=floor, width=0.85, color=shades)
        ax.axhline(floor, color=style.unassigned, lw=0.5, zorder=0)
    _write_totals(ax, years, totals, len(themes), style)
    name_rows(ax, [*(theme.name for theme in themes), "all papers"])
    ax.set_ylim(len(themes) + 0.5 + _ROOM, -0.6)
    ax.set_xlim(years[0] - 0.6, years[-1] + 0.6)
    what = f"highest bar {most:.0%} of the year's papers" if share else f"highest bar {most:,.0f}"
    pale = f"; pale: years with fewer than {_THIN_YEAR} papers" if share and thin.any() else ""
    unknown = int((themes.corpus.years == 0).sum())
    without = [f"{counted(earlier, 'paper')} before {years[0]}"] if earlier else []
    without += [f"{unknown:,} without a year"] if unknown else []
    left_out = f"{' and '.join(without)} left out" if without else ""
    # In one line with the rest, papers that are left out would be too wide for the picture.
    plain(ax, what + pale + ("\n" if earlier else "; " if left_out else "") + left_out, style)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    return ax


def _first_shown(totals: IntArray) -> int:
    """Return the first year to show: before it lies less than a hundredth of the papers."""
    return int(np.argmax(totals.cumsum() >= _LEADING * totals.sum()))


def _count_years(themes: ThemeMap) -> tuple[IntArray, IntArray, IntArray]:
    """Return all years from first to last, papers per theme and year, and papers per year."""
    known = (themes.corpus.years > 0) & (themes.corpus.paper_of_row >= 0)
    if not known.any():
        columns = ", ".join(map(repr, themes.corpus.records.columns))
        raise InputError(
            f"no paper has a year; the columns are {columns}. Expected a column named 'year' or "
            "'date'; add one and cluster again"
        )
    when = themes.corpus.years[known]
    years = np.arange(when.min(), when.max() + 1)
    counts = np.zeros((len(themes) + 1, len(years)), dtype=np.int64)
    np.add.at(counts, (themes.labels[known], when - years[0]), 1)  # label -1 is the last row
    return years, counts[:-1], counts.sum(axis=0)


def _write_totals(ax: Axes, years: IntArray, totals: IntArray, row: int, style: PlotStyle) -> None:
    """Write the number of papers of each year above its bar in the last row."""
    vertical = len(years) > _MANY_YEARS
    for year, total in zip(years.tolist(), totals.tolist(), strict=True):
        if total:
            ax.text(
                year,
                row + 0.42 + _ROOM - 0.85 * total / totals.max(),
                f"{total:,}",
                ha="center",
                va="bottom",
                rotation=90 if vertical else 0,
                fontsize=FONT - (2.5 if vertical else 1.5),
                color=style.ink,
            )


def similarity(
    pictures: Pictures,
    *,
    ax: Axes | None = None,
    dark: bool = False,
    figsize: tuple[float, float] | None = None,
) -> Axes:
    """Draw the cosine similarity of the themes' centroids, with similar themes side by side.

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
    >>> [name.get_text() for name in themes.plot.similarity().get_yticklabels()]
    ['Robots grasp', 'Proteins fold fast']
    """
    themes = pictures.themes
    from matplotlib.colors import LinearSegmentedColormap

    side = 2.2 + ROW * max(len(themes), 4)
    ax, style = new_axes(ax, dark=dark, figsize=figsize or (side + 2, side))
    cosines = themes.similarity().to_numpy()
    order = _side_by_side(cosines)
    shown = np.where(np.eye(len(themes), dtype=bool), np.nan, cosines)[np.ix_(order, order)]
    most = float(shown[~np.isnan(shown)].max(initial=0.01))
    shades = LinearSegmentedColormap.from_list("", [style.background, _SIMILAR]).with_extremes(
        bad=style.unassigned  # for a theme and itself
    )
    end = max(len(themes), 1) - 0.5
    image = ax.imshow(
        shown, cmap=shades, vmin=0, vmax=most, aspect="auto", extent=(-0.5, end, end, -0.5)
    )
    names = [themes[theme].name for theme in order.tolist()]
    name_rows(ax, names)
    ax.set_xticks(range(len(names)), names, rotation=45, ha="left", rotation_mode="anchor")
    ax.xaxis.tick_top()
    as_text(ax.get_xticklabels())
    plain(ax, "", style)
    bar = figure_of(ax).colorbar(image, ax=ax, location="bottom", shrink=0.5, aspect=40)
    bar.outline.set_visible(False)
    plain(bar.ax, "cosine", style)
    if len(names) <= _NUMBERED:
        _write_cosines(ax, shown, most, style)
    return ax


def _write_cosines(ax: Axes, shown: FloatArray, most: float, style: PlotStyle) -> None:
    """Write each similarity in its cell."""
    for (row, column), cosine in np.ndenumerate(shown):
        if row != column:
            color = "white" if cosine > most / 2 else style.ink
            text = ax.text(column, row, f"{cosine:.2f}", ha="center", va="center", color=color)
            text.set_fontsize(FONT - 1.5)


def _side_by_side(cosines: FloatArray) -> IntArray:
    """Return an order that puts similar themes side by side: the leaves of their dendrogram."""
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    if len(cosines) < 3:
        return np.arange(len(cosines))
    distances = squareform(np.clip(1 - cosines, 0, 2), checks=False)
    return leaves_list(linkage(distances, "average", optimal_ordering=True)).astype(np.int64)
