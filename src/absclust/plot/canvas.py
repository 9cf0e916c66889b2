"""What all pictures share: style, fonts, new figures and plain axes."""

from __future__ import annotations

import textwrap
import warnings
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

Color = tuple[float, float, float]

FONT = 8.5  # points, for names and numbers
ROW = 0.27  # inches, the height of a row with a name

_LONGEST = 32  # characters of a value of a column, or of its name, that are written
_EAST_ASIAN_FROM = "\u2e80"
_EAST_ASIAN_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti TC",
    "Microsoft YaHei",
    "Malgun Gothic",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
)


@dataclass(frozen=True)
class PlotStyle:
    """The colours of a picture, other than those of its themes.

    Attributes
    ----------
    background, ink, faint, unassigned : tuple of float
        Colours of the background, of text, of lines and small print, and of papers
        without a theme; red, green and blue, 0 to 1.
    dark : bool
        Whether the background is dark.
    """

    background: Color
    ink: Color
    faint: Color
    unassigned: Color
    dark: bool


_LIGHT = PlotStyle(
    (1.0, 1.0, 1.0), (0.13, 0.14, 0.16), (0.45, 0.46, 0.48), (0.78, 0.78, 0.79), False
)
_DARK = PlotStyle(
    (0.07, 0.08, 0.10), (0.91, 0.92, 0.93), (0.62, 0.63, 0.66), (0.36, 0.37, 0.39), True
)


def new_axes(
    ax: Axes | None, *, dark: bool, figsize: tuple[float, float]
) -> tuple[Axes, PlotStyle]:
    """Return the axes to draw on and the style to draw in.

    Parameters
    ----------
    ax
        Where to draw; a new figure by default. The user's own figure keeps its
        colour.
    dark
        Whether the background is dark.
    figsize
        Width and height of a new figure, in inches.
    """
    style = _DARK if dark else _LIGHT
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=figsize, layout="constrained", facecolor=style.background)
    ax.set_facecolor(style.background)
    return ax, style


def font_size(ax: Axes, at_ten_inches: float) -> float:
    """Return a font size in points that suits the width of the axes.

    Type shrinks less than the picture: to two thirds at column width.
    """
    inches = ax.get_window_extent().width / figure_of(ax).dpi
    return float(at_ten_inches * np.clip(inches / 10, 0.15, 1.5) ** 0.4)


def figure_of(ax: Axes) -> Figure:
    """Return the figure that holds the axes, at the root of all subfigures."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def fonts(names: Iterable[str]) -> list[str]:
    """Return the fonts for names: the user's, then the installed East Asian ones if needed."""
    from matplotlib import font_manager, rcParams

    usual: list[str] = rcParams["font.family"]
    if max("".join(names), default="") < _EAST_ASIAN_FROM:
        return usual
    installed = set(font_manager.get_font_names())
    if found := [font for font in _EAST_ASIAN_FONTS if font in installed.union(usual)]:
        return [*usual, *found]
    _say_what_to_install()
    return usual


@cache
def _say_what_to_install() -> None:
    """Warn once, instead of once for each letter and picture as matplotlib does."""
    warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
    warnings.warn(
        "no font with Chinese, Japanese or Korean letters is installed, so pictures show boxes "
        "instead; install Noto Sans CJK (on Debian and Ubuntu: apt-get install fonts-noto-cjk)",
        stacklevel=4,
    )


def name_rows(ax: Axes, names: Sequence[str]) -> None:
    """Label the rows 0, 1, ... of a picture on its left, the first at the top."""
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.4, -0.6)
    as_text(ax.get_yticklabels())


def as_text(labels: Iterable[Text]) -> None:
    """Set labels taken from papers as plain text, even where they look like mathematics."""
    labels = list(labels)
    families = fonts(label.get_text() for label in labels)
    for label in labels:
        label.set_parse_math(False)
        label.set_fontfamily(families)


def shortened(text: Any) -> str:
    """Return a value of a user's column, or its name, as it is written in a picture.

    Examples
    --------
    >>> shortened("Proceedings of the Society for Owls"), shortened(2024)
    ('Proceedings of the Society for …', '2024')
    """
    return textwrap.shorten(str(text), _LONGEST, placeholder=" …") if text else str(text)


def plain(ax: Axes, label: str, style: PlotStyle) -> None:
    """Remove the frame and tick marks, and write below what is shown."""
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, labelsize=FONT, colors=style.faint)
    ax.tick_params(axis="y", labelcolor=style.ink)
    ax.set_xlabel(label, fontsize=FONT, color=style.faint)
