"""Heat maps: which groups have more of a theme, how similar themes are, and how linked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Unpack

import numpy as np

from absclust.analysis.groups import EVEN
from absclust.counted import counted
from absclust.plot import canvas
from absclust.plot.canvas import Drawn, PlotStyle, picture
from absclust.plot.colors import Colors, color_map, oklab, paler

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from absclust.arrays import FloatArray, IntArray
    from absclust.theme_map import ThemeMap

_CELL = 0.4  # inches, the width of a column
_NAMES, _SIDES = 3.3, 2.3  # inches, the width of themes' names; the height of all but the cells
_SMALLEST = 4.0  # points; cells in which numbers would be smaller have none
_RATIOS = {-2.0: "¼", -1.0: "½", 0.0: "1", 1.0: "2", 2.0: "4"}  # by their binary logarithms
_MOST = max(_RATIOS)  # has the full colour
_LIGHT = 0.62  # OKLab lightness; on lighter cells, numbers are black
_NOISE = 0.35  # strength of the colour of cells that may be chance


@dataclass(frozen=True, eq=False)
class _Cells:
    """The cells of a heat map.

    Attributes
    ----------
    values : float array of shape (n_rows, n_columns)
        What their colours show, 0 in the middle; grey where it is NaN.
    numbers : float array of the same shape
        What is written in them where there is room; nothing where it is NaN.
    form : str
        How a number is written.
    key : dict of float to str
        The values beside the colour bar, and how they are written there.
    label : str
        What stands below the colour bar.
    """

    values: Colors
    numbers: Colors
    form: str
    key: Mapping[float, str]
    label: str


@picture
def by(themes: ThemeMap, column: str, *, n_groups: int | None = 20, **drawn: Unpack[Drawn]) -> Axes:
    """Draw which themes each venue, country, author or year has more or less of.

    Each cell has the number of papers of a group in a theme. It is the more orange, the
    larger the theme's share of the group's papers is compared with its share of all others,
    and the bluer, the smaller; at four times, or a quarter, it has the full colour. Framed
    cells are more than noise: the interval of the ratio excludes 1, at 95 % for all cells at
    once; all others are paler. After each theme and group stands the number of its papers.

    Parameters
    ----------
    column, n_groups
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
    ['ICRA  8', 'ISMB  6']
    """
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    table = themes.by(column, n_groups=n_groups)
    groups = table["group"].unique().tolist()
    papers, of, ratio, news = (
        table[name].to_numpy().reshape(len(groups), -1).T if groups else np.zeros((0, 0))
        for name in ("papers", "of", "ratio", "news")
    )
    ax, style = _new_axes(len(themes), len(groups), **drawn)
    canvas.name_rows(
        ax, [t.name for t in themes], style, 1.5 * len(themes), [t.size for t in themes]
    )
    named = zip(canvas.all_shortened(groups), of.max(axis=0, initial=0), strict=True)
    titles = [f"{group}  {n:,.0f}" for group, n in named]
    note = "framed: not chance at 95 % for all cells; after names: papers"
    canvas.plain(ax, style, note, table.attrs["note"])
    label = "share in the group / share elsewhere"
    cells = _Cells(np.log2(ratio), papers, "{:,.0f}", _RATIOS, label)
    stand_out = news != EVEN
    _draw(ax, titles, cells, np.where(stand_out, 1, _NOISE), style)
    frames = [Rectangle((x - 0.44, y - 0.42), 0.88, 0.84) for y, x in np.argwhere(stand_out)]
    ax.add_collection(PatchCollection(frames, facecolor="none", edgecolor=style.ink))
    return ax


@picture
def similarity(themes: ThemeMap, **drawn: Unpack[Drawn]) -> Axes:
    """Draw the cosine similarity of the themes' centroids, with similar themes side by side.

    Rows and columns have the themes' numbers, as in ``ThemeMap.similarity``.

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
    ['0  Robots grasp', '1  Proteins fold']
    """
    cosines = themes.similarity().to_numpy()
    most = float(np.max(np.abs(cosines - np.eye(len(cosines))), initial=0.01))
    key = {-most: f"{-most:.2f}", 0: "0", most: f"{most:.2f}"}
    cells = _Cells(cosines, cosines, "{:.2f}", key, "cosine of the themes' centres")
    return _draw_pairs(themes, cells, **drawn)


@picture
def links(themes: ThemeMap, **drawn: Unpack[Drawn]) -> Axes:
    """Draw how strongly themes are linked: the numbers of links, and whether they are many.

    Cells have the number of links between the papers of two themes. They are the more orange, the
    more that is of what themes with as many links would have by chance, and the bluer, the fewer.
    The numbers are those of ``ThemeMap.links``. Rows and columns have the themes' numbers; similar
    themes are side by side.

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
    >>> [name.get_text() for name in themes.plot.links().get_yticklabels()]
    ['0  Robots grasp', '1  Proteins fold']
    """
    table = themes.links()
    strength, number = np.zeros((2, len(themes), len(themes)))
    for values, column in ((strength, "strength"), (number, "links")):
        values[table["theme"], table["other"]] = table[column]
        values[table["other"], table["theme"]] = table[column]
    label = f"links of {counted(themes.corpus.n_papers, 'paper')} to their nearest / by chance"
    ratios = np.log2(np.maximum(strength, 2.0**-_MOST))
    return _draw_pairs(themes, _Cells(ratios, number, "{:,.0f}", _RATIOS, label), **drawn)


def _draw_pairs(themes: ThemeMap, cells: _Cells, **drawn: Unpack[Drawn]) -> Axes:
    """Draw a heat map of all pairs of themes, similar ones side by side."""
    n, order = len(themes), _side_by_side(themes.similarity().to_numpy())
    ax, style = _new_axes(n, n, **drawn)
    canvas.name_rows(ax, [f"{i}  {themes[i].name}" for i in order.tolist()], style, 1.4 * n)
    canvas.plain(ax, style)
    pairs, itself = np.ix_(order, order), np.eye(n, dtype=bool)
    values, numbers = (
        np.where(itself, np.nan, each[pairs]) for each in (cells.values, cells.numbers)
    )
    cells = replace(cells, values=values, numbers=numbers)
    _draw(ax, list(map(str, order)), cells, np.ones((n, n)), style)
    return ax


def _side_by_side(cosines: FloatArray) -> IntArray:
    """Return an order that puts similar themes side by side: the leaves of their dendrogram."""
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    if len(cosines) < 3:
        return np.arange(len(cosines))
    distances = squareform(np.clip(1 - cosines, 0, 2), checks=False)
    return leaves_list(linkage(distances, "average", optimal_ordering=True)).astype(np.int64)


def _new_axes(n_rows: int, n_columns: int, **drawn: Unpack[Drawn]) -> tuple[Axes, PlotStyle]:
    usual = _NAMES + _CELL * max(n_columns, 6), _SIDES + canvas.ROW * max(n_rows, 4)
    return canvas.new_axes(usual, **drawn)


def _draw(ax: Axes, titles: list[str], cells: _Cells, strength: Colors, style: PlotStyle) -> None:
    """Draw cells in colours of some strength, 0 to 1; titles above them, a colour bar below."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    (n_rows, n_columns), most = cells.values.shape, max(cells.key)
    scale = ScalarMappable(Normalize(-most, most), color_map(style))
    colors = scale.to_rgba(np.nan_to_num(cells.values))[..., :3]
    colors = paler(colors, style.background, 1 - strength[..., None])
    colors[np.isnan(cells.values)] = style.unassigned
    if colors.size:
        edges = np.arange(n_columns + 1) - 0.5, np.arange(n_rows + 1) - 0.5
        ax.pcolormesh(*edges, colors, edgecolor=style.background, lw=0.1 * style.font)
    ax.set(xlim=(-0.6, max(n_columns, 1) - 0.4), ylim=(max(n_rows, 1) - 0.4, -0.6))
    bar = canvas.figure_of(ax).colorbar(scale, ax=ax, location="bottom", aspect=50, pad=0.02)
    bar.outline.set_visible(False)
    canvas.plain(bar.ax, style, cells.label)
    bar.ax.set_xticks(list(cells.key), list(cells.key.values()))
    _write_titles(ax, titles, style)
    _write_numbers(ax, cells, colors, style)


def _write_titles(ax: Axes, titles: list[str], style: PlotStyle) -> None:
    """Write the titles of the columns above them, slanted or upright if they are long."""
    ax.set_xticks(range(len(titles)), titles)
    ax.xaxis.tick_top()
    canvas.as_text(ax.get_xticklabels())
    canvas.figure_of(ax).draw_without_rendering()  # settles the width of the cells
    width = canvas.points_of(ax)[0] / max(len(titles), 1)
    size = width / 0.6 / (max(map(len, titles), default=0) + 1)
    if size < 0.7 * style.font:
        size = style.font
        turn, up = (45, "bottom") if width > 1.5 * style.font else (90, "center")
        for title in ax.get_xticklabels():
            title.set(rotation=turn, ha="left", va=up, rotation_mode="anchor")
    ax.tick_params(axis="x", labelsize=min(size, style.font), labelcolor=style.ink)


def _write_numbers(ax: Axes, cells: _Cells, colors: Colors, style: PlotStyle) -> None:
    """Write what is in the cells, if there is room, in black or white, whichever is read better."""
    canvas.figure_of(ax).draw_without_rendering()  # settles the height of the cells
    width, height = (canvas.points_of(ax) / np.maximum(cells.values.T.shape, 1)).tolist()
    for name in ax.get_yticklabels():
        name.set_fontsize(min(name.get_fontsize(), height / 1.1))
    numbers = [[cells.form.format(number) for number in row] for row in cells.numbers]
    widest = max((len(number) for row in numbers for number in row), default=1)
    size = min(style.font - 1.5, 0.8 * width / widest / 0.6, height / 1.2)
    for (row, column), number in np.ndenumerate(cells.numbers):
        if size >= _SMALLEST and not np.isnan(number):
            light = oklab(colors[row, column][None])[0, 0] > _LIGHT
            color, text = "black" if light else "white", numbers[row][column]
            canvas.write(ax, (column, row), text, style, size=size, color=color)
