"""Pictures that write words of each theme in a row: its keywords, its authors or venues."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Unpack

import numpy as np

from absclust.plot import canvas
from absclust.plot.canvas import ROW, Drawn, PlotStyle, name_rows, new_axes, picture, plain
from absclust.plot.colors import Colors, faintest, paler, text_colors, theme_colors
from absclust.text.phrases import phrase_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from absclust.theme_map import ThemeMap

_BETWEEN = 1.4  # space between keywords, in heights of their text


@picture
def keywords(themes: ThemeMap, **drawn: Unpack[Drawn]) -> Axes:
    """Write each theme's keywords in a row, most distinctive first.

    The more of its papers use a keyword, the darker it is. The shares are those of
    ``ThemeMap.keywords``. A phrase that themes spell differently ("model", "models") is written
    in one spelling for all themes.

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
    >>> [phrase.get_text() for phrase in themes.plot.keywords().texts][:2]
    ['Robots grasp', 'grasp cups']
    """
    table = themes.keywords().rename(columns={"share_in_theme": "share"})
    table["text"] = table.groupby(table["keyword"].map(phrase_key))["keyword"].transform(
        lambda spellings: Counter(spellings).most_common(1)[0][0]
    )
    note = "keywords, most distinctive first; fainter where fewer papers mention them"
    return _write_words(themes, table.drop_duplicates(["theme", "text"]), note, **drawn)


def _write_words(
    themes: ThemeMap, table: pd.DataFrame, *notes: str, **drawn: Unpack[Drawn]
) -> Axes:
    """Write the texts of each theme in its row; the smaller their shares, the fainter."""
    ax, style = new_axes((10, 0.7 + 1.4 * ROW * len(themes)), **drawn)
    ax.set(xlim=(0, 1), xticks=[])
    name_rows(ax, [theme.name for theme in themes], style)
    plain(ax, style, *notes)
    colors = text_colors(theme_colors(themes, dark=style.dark), dark=style.dark)
    for theme, color in enumerate(colors):
        words = table[table["theme"] == theme]
        rare = 1 - np.minimum(2 * words[["share"]].to_numpy(), 1)
        faint = faintest(color, style.background) * rare
        shades = paler(color, style.background, faint)
        _write_row(ax, theme, words["text"].tolist(), shades, style)
    return ax


@picture
def top(themes: ThemeMap, column: str, n: int = 5, **drawn: Unpack[Drawn]) -> Axes:
    """Write the authors, venues or other values of a column that each theme has most papers of.

    After each stands its number of the theme's papers, and it is the darker, the larger its share.
    The numbers are those of ``ThemeMap.top``.

    Parameters
    ----------
    column, n
        As in ``ThemeMap.top``.
    ax, dark, figsize
        As in ``plot``.

    Returns
    -------
    matplotlib.axes.Axes
        The axes that were drawn on.

    Raises
    ------
    OptionError
        As in ``ThemeMap.top``.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> papers = [{"abstract": f"Robots grasp {what}.", "venue": "ICRA"} for what in "abcd"]
    >>> [text.get_text() for text in cluster_abstracts(papers, n_themes=1).plot.top("venue").texts]
    ['ICRA 4']
    """
    table = themes.top(column, n)
    named = zip(canvas.all_shortened(table["value"]), table["papers"], strict=True)
    table["text"] = [f"{value} {papers:,}" for value, papers in named]
    note = f"{canvas.shortened(column)}: most papers first, with their number"
    return _write_words(themes, table, note, table.attrs["note"], **drawn)


def _write_row(
    ax: Axes, row: int, keywords: Sequence[str], colors: Colors, style: PlotStyle
) -> None:
    """Write as many keywords as fit one after the other, in as many lines as the row has."""
    area, pixel = ax.get_window_extent(), canvas.pixels(ax)
    height = 1.05 * style.font * pixel
    high = area.height / (ax.get_ylim()[0] - ax.get_ylim()[1])
    lines = max(1, int(high / height))
    to_data = ax.transData.inverted()
    x, line, written = area.x0, 0, []
    for keyword, color in zip(keywords, colors, strict=True):
        text = canvas.write(ax, (0, row), keyword, style, "left center", color=color)
        width = text.get_window_extent().width
        if x + width > area.x1 and x > area.x0:
            x, line = area.x0, line + 1
        if line == lines or x + width > area.x1:
            text.remove()
            break
        text.set_x(to_data.transform((x, 0))[0])
        written.append((text, line))
        x += width + _BETWEEN * style.font * pixel
    last = written[-1][1] if written else 0
    for text, line in written:
        text.set_y(row + (line - last / 2) * height / high)
