"""Charts of a ThemeMap: sizes, years, growth, where its papers came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import numpy as np

from absclust.analysis.years import count_periods
from absclust.counted import counted, counted_themes
from absclust.plot import canvas
from absclust.plot.canvas import Drawn, PlotStyle, picture
from absclust.plot.colors import Colors, paler, theme_colors

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from absclust.theme_map import ThemeMap


_WIDTH = 7.5
_THIN = 20  # papers; in a period with fewer, a theme's share is mostly chance
_LEADING = 0.01  # share of the papers; the first periods with fewer in all are left out
_FLOOR, _HIGH = 0.45, 0.85  # of a row: where its floor lies below its middle; highest line


@picture
def sizes(themes: ThemeMap, **drawn: Unpack[Drawn]) -> Axes:
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
    ['Robots grasp', 'Proteins fold']
    """
    ax, style = canvas.new_axes((_WIDTH, 0.9 + canvas.ROW * len(themes)), **drawn)
    colors = theme_colors(themes, dark=style.dark)
    sizes = np.array([theme.size for theme in themes])
    bars = ax.barh(np.arange(len(themes)), sizes, color=colors, height=0.72)
    ax.bar_label(bars, fmt="{:,.0f}", padding=3, fontsize=style.font, color=style.ink)
    canvas.name_rows(ax, [theme.name for theme in themes], style)
    known = [theme for theme in themes if not np.isnan(theme.stability)]
    note = "on the right stability, 0 to 1; read themes below 0.6 with care" if known else ""
    canvas.plain(ax, style, "papers", note)
    most = float(sizes.max(initial=1))
    ax.set_xticks([])  # the bars have their numbers
    characters = len(f"{most:,.0f}  0.00" if known else f"{most:,.0f}") + 1
    ax.set_xlim(0, most / (1 - characters * 0.6 * style.font / canvas.points_of(ax)[0]))
    for theme in known:
        place, across = (1, theme.id), ax.get_yaxis_transform()
        text = f"{theme.stability:.2f}"
        canvas.write(ax, place, text, style, "right center", color=style.faint, transform=across)
    return ax


@picture
def years(themes: ThemeMap, freq: str = "Y", **drawn: Unpack[Drawn]) -> Axes:
    """Draw each theme's share of the papers over time as a line with its interval.

    Below stand all papers, as bars, and their numbers. All themes have the same scale, written
    beside the first. Periods with fewer than 20 papers don't set it, because shares of so few are
    mostly due to chance; where a share lies above it, an arrow says so. The first
    periods, as long as less than 1 % of the papers lie in them together, are left out; a
    note below says how many papers that is. The numbers are those of ``ThemeMap.years``.

    Parameters
    ----------
    freq
        As in ``ThemeMap.years``.
    ax, dark, figsize
        As in ``plot``.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on.

    Raises
    ------
    OptionError
        As in ``ThemeMap.years``.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts([{"title": f"Robots grasp {i}", "year": 2023 + i % 2}
    ...                             for i in range(8)], n_themes=1)
    >>> [name.get_text() for name in themes.plot.years().get_yticklabels()]
    ['Robots grasp  8', 'all papers  8']
    """
    table = themes.years(freq, keywords=False)
    periods, _, counts = count_periods(themes, freq)
    totals = counts.sum(axis=0)
    first = int((totals.cumsum() < _LEADING * totals.sum()).sum())
    at = np.arange(first, len(periods))
    ax, style = canvas.new_axes((_WIDTH, 1.2 + 1.5 * canvas.ROW * (len(themes) + 1)), **drawn)
    table["at"] = np.tile(np.arange(len(periods)), len(themes))
    shown = table[(table["at"] >= first) & (table["of"] > 0)]
    reliable = shown["high"][shown["of"] >= min(_THIN, totals.max())]
    most = min(1.05 * max(reliable, default=1.0), 1.0)
    for row, color in enumerate(theme_colors(themes, dark=style.dark)):
        _draw_shares(ax, shown[shown["theme"] == row], row + _FLOOR, most, color, style)
    bars = _HIGH * totals[at] / totals.max()
    ax.bar(at, -bars, bottom=len(themes) + _FLOOR, width=0.85, color=style.unassigned)
    names = [*(theme.name for theme in themes), "all papers"]
    sizes = [*(theme.size for theme in themes), int(totals.sum())]
    canvas.name_rows(ax, names, style, 1.4 * len(themes), sizes)
    _set_scale(ax, len(names), f"{most:.{0 if most > 0.05 else 1}%}", style)
    earlier = int(totals[:first].sum())
    canvas.plain(
        ax,
        style,
        "share of the papers of each period, with its interval at 95 %",
        "one scale for all themes",
        "below the periods and after names, papers",
        "arrows: above the scale" if (shown["share"] > most).any() else "",
        f"{counted(earlier, 'paper')} before {periods[first]} left out" if earlier else "",
        table.attrs["note"],
    )
    named = [f"{period}\n{n:,}" for period, n in zip(periods, totals.tolist(), strict=True)]
    longest = max(len(line) for name in named for line in name.split("\n"))
    every = max(-(-len(at) // canvas.ticks_that_fit(ax, longest, style)), 1)
    ax.set_xticks(at[::-every], named[first:][::-every])
    ax.set_xlim(first - 0.6, len(periods) - 0.4)
    return ax


def _draw_shares(
    ax: Axes, shares: pd.DataFrame, floor: float, most: float, color: Colors, style: PlotStyle
) -> None:
    """Draw the line of a theme's shares, their intervals, and arrows where it ends above."""
    low, line, high = (
        floor - _HIGH * np.minimum(shares[name] / most, 1) for name in ("low", "share", "high")
    )
    band = paler(color, style.background, 0.65)
    ax.fill_between(shares["at"], low, high, color=band, lw=0)
    ax.plot(shares["at"], line, color=color, lw=0.13 * style.font, marker=".", ms=0.3 * style.font)
    above = shares["at"][shares["share"] > most]
    ax.plot(above, [floor - _HIGH] * len(above), ls="", marker="^", color=style.ink, ms=2)


def _set_scale(ax: Axes, n_rows: int, top: str, style: PlotStyle) -> None:
    """Draw the floors of all rows, and write their scale beside the first."""
    ax.set_ylim(max(n_rows, 1) - 0.5, -0.6)
    for row in range(n_rows):
        ax.axhline(row + _FLOOR, color=style.unassigned, lw=0.5, zorder=0)
    scale = ax.secondary_yaxis("right")
    scale.set_yticks([_FLOOR, _FLOOR - _HIGH], ["0", top])
    scale.spines[:].set_visible(False)
    scale.tick_params(length=0, pad=1, labelsize=0.8 * style.font, colors=style.faint)


@picture
def sources(themes: ThemeMap, **drawn: Unpack[Drawn]) -> Axes:
    r"""Draw what became of the records, as the PRISMA statement asks for: a flow of boxes.

    The numbers are those of ``ThemeMap.sources``, of all files together.

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
    >>> themes = cluster_abstracts([{"abstract": "Robots grasp."}, {"title": "On owls"}, {}])
    >>> [text.get_text() for text in themes.plot.sources().texts][-1]
    '2 papers clustered\nin 2 themes'
    """
    table = themes.sources()
    ax, style = canvas.new_axes((6.5, 3.4), **drawn)
    canvas.plain(ax, style)
    ax.set(xticks=[], yticks=[], xlim=(0, 1), ylim=(-0.5, 2.5))
    number = {name: int(of) for name, of in table.iloc[-1].items()}
    left = number["identified"] - number["duplicates"]
    files = ", ".join(map(str, table.index[: max(len(table) - 1, 1)]))
    no_theme = left - number["left_out"] - number["without_text"] - number["clustered"]
    left_out = [f"{counted(number['left_out'], 'record')} left out"] * bool(number["left_out"])
    boxes = (
        (2.0, [f"{counted(number['identified'], 'record')} identified", files]),
        (1.5, [f"{counted(number['duplicates'], 'duplicate')} merged",
               f"{counted(number['unreadable'], 'part')} unreadable"]),
        (1.0, [f"{counted(left, 'different record')}",
               f"{number['without_abstract']:,} of them without an abstract"]),
        (0.5, [*left_out, f"{counted(number['without_text'], 'record')} without any text",
               f"{counted(no_theme, 'paper')} in no theme"]),
        (0.0, [f"{counted(number['clustered'], 'paper')} clustered",
               f"in {counted_themes(themes.themes)}"]),
    )  # fmt: skip
    frame = {"boxstyle": "square,pad=0.5", "facecolor": "none", "edgecolor": style.faint}
    arrow = {"arrowstyle": "->", "color": style.faint}
    most = canvas.ticks_that_fit(ax, 0, style) * 2 // 5  # characters in a box
    for row, texts in boxes:
        lines = "\n".join(canvas.in_lines(text, most, 2) for text in texts)
        canvas.write(ax, (0.77 if row % 1 else 0.25, row), lines, style, bbox=frame)
        if row % 1:  # what goes aside, on the way to the next box
            ax.annotate("", (0.54, row), (0.25, row), arrowprops=arrow)
            ax.annotate("", (0.25, row - 0.25), (0.25, row + 0.25), arrowprops=arrow)
    return ax
