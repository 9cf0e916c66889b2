"""The colours of papers on a map, by their themes or by a column of the input, and their key."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.corpus.columns import YEAR, cells_of, is_year
from absclust.corpus.corpus import Corpus, is_missing
from absclust.errors import OptionError
from absclust.plot.canvas import PlotStyle, all_shortened, as_text, points_of, shortened
from absclust.plot.colors import Colors, paler, palette

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from absclust.arrays import IntArray
    from absclust.theme_map import ThemeMap

# In this order, papers are drawn over each other.
BACKGROUND, UNASSIGNED, FRINGE, NO_VALUE, OTHER, FULL = range(6)
# What the small print says where there are such papers; the legend says what the others are.
MEANINGS = {
    FRINGE: "Paler: fringe of a theme.",
    UNASSIGNED: "Grey: in no theme.",
    BACKGROUND: "Grey: all other papers.",
}
_FRINGE = 0.5  # share of the background in the colours of fringe papers
_LEAST_CORE = 0.5  # share of a theme's papers that are in its core, for the others to be paler
_MOST_CLASSES = 7  # of numbers
_MOST_VALUES = 10  # of a text column, that have a colour of their own
# The part of viridis, which is perceptually uniform, that stands out from the background: from low
# to high numbers, which stand out most.
_PART = {False: (0.92, 0.0), True: (0.28, 1.0)}
_NOTE = 2.4  # font sizes, from the map to below its small print


def color_by_theme(themes: ThemeMap, colors: Colors, style: PlotStyle) -> tuple[Colors, IntArray]:
    """Return the papers' colours, those of their themes, and in which order they are drawn.

    Papers on the fringe are paler, papers without a theme grey.
    """
    labels, core = themes._paper_labels, themes._paper_membership.core
    # A theme with more fringe than core is drawn in full: paler as a whole, it would look faint.
    share = np.array([core[labels == theme.id].mean() for theme in themes] + [1.0])
    order = np.select(
        [labels < 0, core | (share < _LEAST_CORE)[labels]], [UNASSIGNED, FULL], FRINGE
    )
    shades = np.vstack([colors, style.unassigned])[labels]  # the last for the label -1
    faint = (_FRINGE * (order == FRINGE))[:, None]
    return paler(shades, style.background, faint), order


@dataclass(frozen=True, eq=False)
class Classes:
    """Papers divided by a column; the last class is that of papers without a value.

    Attributes
    ----------
    column : str
        Its name.
    names : tuple of str
        The names of the classes.
    groups : int array of shape (n_papers,)
        The class of each paper.
    ordered : bool
        Whether the classes are of numbers, from low to high. If not, they are the commonest
        values, and the last but one is that of all others.
    texts : sequence of str
        The text of each paper, by which it was divided, "" where there is none; empty for
        numbers.
    """

    column: str
    names: tuple[str, ...]
    groups: IntArray
    ordered: bool = False
    texts: Sequence[str] = ()

    @classmethod
    def of(cls, column: str, values: list[str]) -> Classes:
        """Divide papers by a text each, "" where there is none."""
        counts = Counter(value for value in values if value)
        common = sorted(counts, key=lambda value: (-counts[value], value))[:_MOST_VALUES]
        places = {value: place for place, value in enumerate(common)} | {"": len(common) + 1}
        groups = np.array([places.get(value, len(common)) for value in values], dtype=np.int64)
        return cls(column, (*common, "other", f"no {column}"), groups, texts=values)

    @classmethod
    def of_numbers(cls, column: str, values: Colors) -> Classes:
        """Divide papers by a number each, NaN where there is none.

        Classes have about as many papers, or there is one per number if these are few.
        """
        import pandas as pd

        numbers = classes = pd.Series(values)
        if numbers.nunique() > _MOST_CLASSES:
            # Not by qcut, which puts a number that most papers have together with others.
            shares = np.arange(_MOST_CLASSES) / _MOST_CLASSES
            starts = numbers.quantile(shares, interpolation="lower").unique()
            classes = pd.cut(numbers, [*starts, np.inf], right=False, labels=False)
        groups = classes.rank(method="dense") - 1
        ends = numbers.groupby(groups).agg(["min", "max"]).to_numpy().tolist()
        names = [" – ".join(f"{end:.10g}" for end in sorted({*pair})) for pair in ends]
        numbered = np.asarray(groups.fillna(len(names)), dtype=np.int64)
        return cls(column, (*names, f"no {column}"), numbered, ordered=True)

    def palette(self, style: PlotStyle) -> Colors:
        """Return the colour of each class."""
        from matplotlib import colormaps

        n = len(self.names) - 1
        if self.ordered:
            low, high = _PART[style.dark]
            shades = low + (high - low) * np.linspace(0.1, 1, max(n, 1))[:n]
            return np.vstack([colormaps["viridis"](shades)[:, :3], style.unassigned])
        other = (np.array(style.unassigned) + np.array(style.faint)) / 2
        return np.vstack([palette(n - 1, dark=style.dark), other, style.unassigned])

    def colors(self, style: PlotStyle) -> tuple[Colors, IntArray]:
        """Return the colours of the papers, and in which order they are drawn."""
        order = np.array([FULL] * (len(self.names) - 2) + [OTHER, NO_VALUE])
        return self.palette(style)[self.groups], order[self.groups]

    def draw_key(self, ax: Axes, size: float, style: PlotStyle) -> None:
        """Write a legend below the map and its small print, which has this font size."""
        from matplotlib.lines import Line2D

        colors, present = self.palette(style), np.unique(self.groups).tolist()
        names = all_shortened(self.names[group] for group in present)
        dot: dict[str, Any] = {"marker": "o", "linestyle": "", "markersize": 0.7 * size}
        longest = max(map(len, names), default=1)
        legend = ax.legend(
            handles=[Line2D([], [], color=colors[group], **dot) for group in present],
            labels=names,
            title=shortened(self.column),
            ncols=int(np.clip(points_of(ax)[0] / ((0.55 * longest + 2.5) * size), 1, len(names))),
            loc="upper left",
            bbox_to_anchor=(-_NOTE * size / points_of(ax)[0], 0),
            borderaxespad=_NOTE,
            alignment="left",
            frameon=False,
            fontsize=size,
            title_fontsize=size,
            labelcolor=style.ink,
            borderpad=0,
            handlelength=1,
            handletextpad=0.4,
            columnspacing=1,
        )
        legend.get_title().set_color(style.ink)
        as_text([legend.get_title(), *legend.get_texts()])


def read_column(corpus: Corpus, column: Any) -> Classes:
    """Divide papers by a column of the input: by the value in the first row of each.

    "year" is known from a date too. A column is one of numbers if all its values are, or are
    dates, of which the year is taken.

    Raises
    ------
    OptionError
        If there is no such column.
    """
    if is_year(corpus.records, column):
        years = corpus.paper_years.astype(float)
        if not years.any():
            raise OptionError(
                f"color_by is {column!r}, but no paper has a year; name another column"
            )
        return Classes.of_numbers(str(column), np.where(years > 0, years, np.nan))
    cells = list(cells_of(corpus.records, column).iloc[corpus.first_row])
    texts = ["" if is_missing(cell) else _as_text(cell) for cell in cells]
    numbers = [_number(cell) if text else np.nan for cell, text in zip(cells, texts, strict=True)]
    if any(texts) and None not in numbers:
        known = np.array(numbers, dtype=float)
        return Classes.of_numbers(str(column), np.where(np.isfinite(known), known, np.nan))
    return Classes.of(str(column), texts)


def _number(cell: Any) -> float | None:
    """Return a cell as a number, a date by its year; None if it is neither."""
    if isinstance(cell, bool | np.bool_):
        return None
    with suppress(TypeError, ValueError):
        return float(cell)
    match = YEAR.match(str(cell).strip())
    return float(match[0]) if match else None


def _as_text(cell: Any) -> str:
    """Write a cell in one line; a list by its items."""
    text = ", ".join(map(str, cell)) if isinstance(cell, list | tuple) else str(cell)
    return " ".join(text.split())
