"""The colours of papers on a map by a column of the input, and the key to these colours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.corpus.columns import YEAR, is_year
from absclust.corpus.corpus import Corpus, is_missing
from absclust.errors import OptionError
from absclust.plot.canvas import (
    PlotStyle,
    as_text,
    figure_of,
    points_of,
    shortened,
    style_of,
)
from absclust.plot.colors import Colors, palette
from absclust.plot.paper_colors import FULL, GREY, PALE, PaperColors

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.transforms import Transform

    from absclust.arrays import IntArray

_MOST_CLASSES = 7  # of numbers, where the page lists them
_MOST_VALUES = 10  # of a text column, that have a colour of their own
# The part of the colour map that stands out from the background, from low to high numbers.
_PART = {False: (0.92, 0.0), True: (0.28, 1.0)}
_ENDS = (1, 99)  # per cent: the few numbers beyond have the colours of the ends ...
_FAR = 0.1  # ... if they reach farther than this share of the range between
_GAP = 0.015  # of the axes' width, from the colour bar to the column's name
_NOTE = 2.4  # font sizes, from the map to below its small print
_BAR = (0.3, 0.8)  # width of the colour bar, of the axes', and height in font sizes


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
        Whether the classes are of numbers, from low to high.
    """

    column: str
    names: tuple[str, ...]
    groups: IntArray
    ordered: bool

    def colors(self, *, dark: bool) -> Colors:
        """Return the colour of each class, on a light or a dark ground."""
        style = style_of(dark=dark)
        n = len(self.names) - 1
        if self.ordered:
            known = _color_map(style)(np.linspace(0.1, 1, max(n, 1)))[:n, :3]
            return np.vstack([known, style.unassigned])
        other = (np.array(style.unassigned) + np.array(style.faint)) / 2
        return np.vstack([palette(n - 1, dark=dark), other, style.unassigned])


@dataclass(frozen=True, eq=False)
class Numbers:
    """A number for each paper, NaN where there is none: shown by a colour map."""

    column: str
    values: Colors

    def colors(self, style: PlotStyle) -> PaperColors:
        """Return the colours of the papers."""
        known = ~np.isnan(self.values)
        shades = _color_map(style)(_scaled(self.values, *self._ends()))[:, :3]
        return PaperColors(
            np.where(known[:, None], shades, style.unassigned),
            np.where(known, FULL, GREY),
            {GREY: f"Grey: no {self.column}."},
        )

    def draw_key(self, ax: Axes, size: float, style: PlotStyle) -> None:
        """Draw a small colour bar below the map and its small print, which has this font size."""
        from matplotlib.cm import ScalarMappable
        from matplotlib.colors import Normalize
        from matplotlib.ticker import MaxNLocator

        known = self.values[~np.isnan(self.values)]
        if not len(known):
            return
        low, high = self._ends()
        width, height = _BAR[0], _BAR[1] * size / 72
        room = (0, -_NOTE * size / 72 - height, width, height)
        side = ax.inset_axes(room, transform=_below(ax))
        shown = ScalarMappable(Normalize(low, high), _color_map(style))
        bar = figure_of(ax).colorbar(
            shown,
            cax=side,
            orientation="horizontal",
            extend=_beyond(known, low, high),
            extendfrac=0.04,
        )
        bar.outline.set_visible(False)
        whole = bool((known == known.round()).all())
        bar.ax.xaxis.set_major_locator(MaxNLocator(4, integer=whole, min_n_ticks=1))
        bar.ax.xaxis.set_major_formatter(lambda value, _: f"{value:.10g}")
        bar.ax.tick_params(length=0, labelsize=size, colors=style.faint)
        name = bar.ax.text(
            width + _GAP,
            room[1] + height / 2,
            self.column,
            transform=_below(ax),
            va="center",
            fontsize=size,
            color=style.ink,
        )
        as_text([name])

    def classes(self) -> Classes:
        """Divide the numbers into classes with about as many papers, or one per number if few."""
        known = np.unique(self.values[~np.isnan(self.values)])
        starts = known
        if len(known) > _MOST_CLASSES:
            inner = np.arange(_MOST_CLASSES) / _MOST_CLASSES
            quantiles = np.nanquantile(self.values, inner, method="closest_observation")
            starts = np.unique(quantiles)
        ends = [*(known[known < start][-1] for start in starts[1:]), *known[-1:]]
        names = [
            f"{start:.10g}" if start == end else f"{start:.10g} – {end:.10g}"
            for start, end in zip(starts, ends, strict=True)
        ]
        groups = np.searchsorted(starts, self.values, side="right") - 1
        groups[np.isnan(self.values)] = len(names)
        return Classes(self.column, (*names, f"no {self.column}"), groups, ordered=True)

    def _ends(self) -> tuple[float, float]:
        """Return the numbers at the ends of the colour map: without a few that lie far off."""
        known = self.values[~np.isnan(self.values)]
        if not len(known):
            return 0, 1
        lowest, highest = float(known.min()), float(known.max())
        low = float(np.percentile(known, _ENDS[0], method="lower"))
        high = float(np.percentile(known, _ENDS[1], method="higher"))
        far = _FAR * (high - low) or np.inf
        low = low if low - lowest > far else lowest
        high = high if highest - high > far else highest
        return (low, high) if low < high else (low - 0.5, low + 0.5)


@dataclass(frozen=True, eq=False)
class Texts:
    """A text for each paper, "" where there is none: the commonest have colours."""

    column: str
    values: tuple[str, ...]

    def colors(self, style: PlotStyle) -> PaperColors:
        """Return the colours of the papers."""
        groups = self._groups()
        return PaperColors(
            self._palette(style)[groups],
            np.array([FULL] * self._n_shown + [PALE, GREY])[groups],
            {},  # the legend says what is grey
        )

    def draw_key(self, ax: Axes, size: float, style: PlotStyle) -> None:
        """Write a legend below the map and its small print, which has this font size."""
        from matplotlib.lines import Line2D

        present = np.unique(self._groups()).tolist()
        names = [*self._common(), "other", f"no {self.column}"]
        dots = [
            Line2D(
                [],
                [],
                marker="o",
                linestyle="",
                markersize=0.7 * size,
                color=color,
                label=shortened(name),
            )
            for name, color in zip(names, self._palette(style), strict=True)
        ]
        legend = ax.legend(
            handles=[dots[group] for group in present],
            title=self.column,
            ncols=_n_columns(ax, [names[group] for group in present], size),
            loc="upper left",
            bbox_to_anchor=(0, -_NOTE * size / 72),
            bbox_transform=_below(ax),
            alignment="left",
            frameon=False,
            fontsize=size,
            title_fontsize=size,
            labelcolor=style.ink,
            borderaxespad=0,
            borderpad=0,
            handlelength=1,
            handletextpad=0.4,
            columnspacing=1,
        )
        legend.get_title().set_color(style.ink)
        as_text([legend.get_title(), *legend.get_texts()])

    def classes(self) -> Classes:
        """Return the commonest values, all others, and papers without one, as classes."""
        names = (*self._common(), "other", f"no {self.column}")
        return Classes(self.column, names, self._groups(), ordered=False)

    def _common(self) -> list[str]:
        """Return the commonest values, at most ten."""
        counts = Counter(value for value in self.values if value)
        return sorted(counts, key=lambda value: (-counts[value], value))[:_MOST_VALUES]

    @property
    def _n_shown(self) -> int:
        return len(self._common())

    def _groups(self) -> IntArray:
        """Return the place of each paper's value among the commonest, then others, then none."""
        places = {value: place for place, value in enumerate(self._common())}
        places.setdefault("", len(places) + 1)
        other = len(places) - 1
        return np.array([places.get(value, other) for value in self.values], dtype=np.int64)

    def _palette(self, style: PlotStyle) -> Colors:
        """Return the colours of the commonest values, of other values and of none."""
        other = (np.array(style.unassigned) + np.array(style.faint)) / 2
        return np.vstack([palette(self._n_shown, dark=style.dark), other, style.unassigned])


def read_column(corpus: Corpus, column: Any) -> Numbers | Texts:
    """Return the values of a column of the input: for each paper, that of its first row.

    "year" is known from a date too. A column is one of numbers if all its values are, or are
    dates, of which the year is taken.

    Raises
    ------
    OptionError
        If there is no such column.
    """
    names = list(corpus.records.columns)
    if is_year(corpus.records, column):
        years = corpus.paper_years.astype(float)
        if not years.any():
            raise OptionError(
                f"color_by is {column!r}, but no paper has a year; name another column"
            )
        return Numbers(shortened(column), np.where(years > 0, years, np.nan))
    if column not in names:
        raise OptionError(
            f"color_by is {column!r}; expected a column of the input: {', '.join(map(repr, names))}"
        )
    cells = list(corpus.records.iloc[corpus.first_row, names.index(column)])
    texts = tuple("" if is_missing(cell) else _as_text(cell) for cell in cells)
    numbers = [_number(cell) if text else np.nan for cell, text in zip(cells, texts, strict=True)]
    if any(texts) and None not in numbers:
        return Numbers(shortened(column), _finite(np.array(numbers, dtype=float)))
    return Texts(shortened(column), texts)


def _number(cell: Any) -> float | None:
    """Return a cell as a number, a date by its year; None if it is neither."""
    if isinstance(cell, bool | np.bool_):
        return None
    if isinstance(cell, str | Real | Decimal):
        try:
            return float(cell)
        except ValueError:
            pass
    match = YEAR.match(str(cell).strip())
    return float(match[0]) if match else None


def _finite(numbers: Colors) -> Colors:
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _as_text(cell: Any) -> str:
    """Write a cell in one line; a list by its items."""
    text = ", ".join(map(str, cell)) if isinstance(cell, list | tuple) else str(cell)
    return " ".join(text.split())


def _color_map(style: PlotStyle) -> Colormap:
    """Return a perceptually uniform colour map whose high numbers stand out most."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    return ListedColormap(colormaps["viridis"](np.linspace(*_PART[style.dark], 256)))


def _scaled(values: Colors, low: float, high: float) -> Colors:
    """Return numbers scaled to 0 to 1, with 0 for unknown ones."""
    return np.clip(np.nan_to_num((values - low) / (high - low)), 0, 1)


def _beyond(known: Colors, low: float, high: float) -> str:
    """Return at which ends of the colour bar there are further numbers."""
    below, above = known.min() < low, known.max() > high
    return {(0, 0): "neither", (1, 0): "min", (0, 1): "max", (1, 1): "both"}[below, above]


def _below(ax: Axes) -> Transform:
    """Return a transform from shares of the axes' width, and inches above their lower edge."""
    from matplotlib.transforms import (
        BboxTransformTo,
        ScaledTranslation,
        blended_transform_factory,
    )

    corner = ScaledTranslation(0, 0, BboxTransformTo(ax.bbox))
    return blended_transform_factory(ax.transAxes, figure_of(ax).dpi_scale_trans + corner)


def _n_columns(ax: Axes, names: list[str], size: float) -> int:
    """Return how many columns of a legend fit below the axes."""
    width = points_of(ax)[0]
    longest = max((len(shortened(name)) for name in names), default=1)
    return int(np.clip(width / ((0.55 * longest + 2.5) * size), 1, max(len(names), 1)))
