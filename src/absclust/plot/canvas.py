"""What all pictures share: style, fonts, new figures and plain axes."""

from __future__ import annotations

import textwrap
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, wraps
from inspect import signature
from itertools import chain, count
from numbers import Real
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypedDict

import numpy as np

from absclust.errors import OptionError, check_number
from absclust.packaged import packaged

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    from absclust.plot.pictures import Pictures
    from absclust.theme_map import ThemeMap

Color = tuple[float, float, float]
Options = ParamSpec("Options")

STYLE = packaged("plot/style.toml")
FONT = 8.5  # points, for names and numbers in a picture of this width, or wider
ROW = 0.27  # inches, the height of a row with a name

# A curve from one place to another that leaves and arrives level: its steps across, and up.
ACROSS = np.linspace(0, 1, 40)
RISE = ACROSS**2 * (3 - 2 * ACROSS)

_WIDE, _SHRINKS = 6.5, 0.6  # inches, and the power of the width by which type shrinks below
_LEADING, _CHARACTER = 1.1, 0.56  # height of a line and width of a character, in font sizes
_NAMES = 0.4  # share of a picture's width for names beside its rows

# Characters of a value of a column, or of its name, that are written; or of both its ends.
_LONGEST, _HALF = 32, 15
_EAST_ASIAN_FROM = "\u2e80"


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
    font : float
        The size of names and numbers, in points.
    """

    background: Color
    ink: Color
    faint: Color
    unassigned: Color
    dark: bool
    font: float = FONT


def style_of(*, dark: bool) -> PlotStyle:
    """Return the style of light or dark pictures."""
    table = STYLE["dark" if dark else "light"].items()
    colors: dict[str, Any] = {name: tuple(rgb) for name, rgb in table}
    return PlotStyle(dark=dark, **colors)


class Drawn(TypedDict, total=False):
    """The options that all pictures share; for what they mean see `new_axes`."""

    ax: Axes | None
    dark: bool
    figsize: tuple[float, float] | None


def new_axes(
    usual: tuple[float, float],
    *,
    ax: Axes | None = None,
    dark: bool = False,
    figsize: tuple[float, float] | None = None,
) -> tuple[Axes, PlotStyle]:
    """Return the axes to draw on and the style to draw in.

    Parameters
    ----------
    usual
        Width and height of a new figure, in inches, if no others are given.
    ax
        Where to draw; a new figure by default. The user's own figure keeps its
        colour.
    dark
        Whether the background is dark.
    figsize
        Width and height of a new figure, in inches.

    Raises
    ------
    OptionError
        If figsize is not two numbers above 0.
    """
    if figsize is not None:
        sides = list(figsize) if isinstance(figsize, Iterable) else [figsize]
        if len(sides) != 2:
            raise OptionError(
                f"figsize is {figsize!r}; expected width and height in inches, such as (3.3, 2.7)"
            )
        for side in sides:
            check_number(side, "a side of figsize", Real, above=0)
    style = style_of(dark=dark)
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(
            figsize=figsize or usual, layout="constrained", facecolor=style.background
        )
    ax.set_facecolor(style.background)
    narrow = min(_inches(ax)[0] / _WIDE, 1)
    return ax, replace(style, font=FONT * narrow**_SHRINKS)


def picture(
    draw: Callable[Concatenate[ThemeMap, Options], Axes],
) -> Callable[Concatenate[Pictures, Options], Axes]:
    """Make a function of a map one of its pictures; ``**drawn`` is written out in its signature."""

    @wraps(draw)
    def of_map(pictures: Pictures, /, *args: Options.args, **kwargs: Options.kwargs) -> Axes:
        return draw(pictures.themes, *args, **kwargs)

    own, shared = signature(draw), [*signature(new_axes).parameters.values()][1:]
    kept = [each for each in own.parameters.values() if each.kind is not each.VAR_KEYWORD]
    vars(of_map)["__signature__"] = own.replace(parameters=[*kept, *shared])
    return of_map


def _inches(ax: Axes) -> tuple[float, float]:
    """Return the width and height of the part of a figure that new axes and their names have."""
    place, (width, height) = ax.get_position(), figure_of(ax).get_size_inches().tolist()
    return width * place.width / 0.775, height * place.height / 0.77  # matplotlib's margins


def points_of(ax: Axes) -> tuple[float, float]:
    """Return the width and height of axes, in points."""
    box = ax.get_window_extent()
    return box.width / pixels(ax), box.height / pixels(ax)


def pixels(ax: Axes) -> float:
    """Return how many pixels of the figure a point is."""
    return figure_of(ax).dpi / 72


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
    installed = {*font_manager.get_font_names(), *usual}
    if found := [font for font in STYLE["east_asian_fonts"] if font in installed]:
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


def name_rows(
    ax: Axes,
    names: Sequence[str],
    style: PlotStyle,
    rows: float | None = None,
    papers: Sequence[int] | None = None,
) -> None:
    """Label the rows 0, 1, ... of a picture on its left, the first at the top.

    A name that is too long for two fifths of the picture goes on in a second line, if rows are
    high enough, and is shortened if not; where rows are low, type is smaller. `rows` is how many
    the picture has in all, with what stands above and below; `papers` are written after the names.
    """
    width, height = _inches(ax)
    row = 72 * 0.85 * height / max(rows or len(names), 1)
    size = min(style.font, row / _LEADING)
    lines = max(1, int(row / _LEADING / size))
    most = int(_NAMES * width * 72 / _CHARACTER / size)
    written = [
        in_lines(name, most, lines, after="" if papers is None else f"  {papers[row]:,}")
        for row, name in enumerate(names)
    ]
    ax.set_yticks(range(len(names)), written)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.tick_params(axis="y", labelsize=size, labelcolor=style.ink)
    as_text(ax.get_yticklabels())
    for label in ax.get_yticklabels():
        label.set_linespacing(0.95)


def in_lines(text: str, width: int, lines: int, after: str = "") -> str:
    r"""Break a text into lines of so many characters, at most as many; end it by "…" if need be.

    What comes after it is never shortened.

    Examples
    --------
    >>> in_lines("Proteins fold fast", 14, 2), in_lines("Proteins fold fast", 14, 1)
    ('Proteins fold\nfast', 'Proteins …')
    """
    width = max(width // (1 if max(text, default="") < _EAST_ASIAN_FROM else 2) - len(after), 4)
    return "\n".join(textwrap.wrap(text, width, max_lines=lines, placeholder=" …")) + after


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
    ('Proceedings of the Society for…', '2024')
    """
    line = " ".join(str(text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1].rstrip()}…"


def all_shortened(texts: Iterable[Any]) -> list[str]:
    """Return values that stand beside each other as `shortened` does, but none like another.

    Of those that begin alike, the end is written too; where that is alike as well, they are
    numbered by the alphabet, so that a value has the same number in whatever order they come.

    Examples
    --------
    >>> all_shortened(["Annals of the Northern Society, Part A", "Owls",
    ...                "Annals of the Northern Society, Part B"])
    ['Annals of the N…Society, Part A', 'Owls', 'Annals of the N…Society, Part B']
    """
    lines = [" ".join(str(text).split()) for text in texts]
    written = {line: line for line in lines if len(line) <= _LONGEST}
    long = sorted({*lines} - {*written})
    forms = {line: (shortened(line), f"{line[:_HALF]}…{line[-_HALF:]}") for line in long}
    used = Counter(chain(written, *forms.values()))
    for line, (begin, both_ends) in forms.items():
        numbered = (f"{both_ends} ({number})" for number in count(1))
        written[line] = next(form for form in chain([begin, both_ends], numbered) if used[form] < 2)
        used[written[line]] += 2
    return [written[line] for line in lines]


def plain(ax: Axes, style: PlotStyle, *notes: str) -> None:
    """Remove the frame and tick marks, and write below what is shown, as wide as the axes."""
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, colors=style.faint)
    ax.tick_params(axis="x", labelsize=style.font)
    ax.tick_params(axis="y", labelcolor=style.ink)
    ax.set_xlabel(" ", fontsize=style.font, color=style.faint)
    if label := "; ".join(filter(None, notes)):
        figure_of(ax).draw_without_rendering()  # settles the width of the axes
        most = max(int(points_of(ax)[0] / _CHARACTER / style.font), 16)
        lines = [in_lines(line, most, 99) for line in label.split("\n")]
        ax.xaxis.label.set(text="\n".join(lines), x=0, ha="left")
    as_text([ax.xaxis.label])


def ticks_that_fit(ax: Axes, characters: int, style: PlotStyle) -> int:
    """Return how many labels of so many characters fit below the axes, at least two."""
    return max(2, int(points_of(ax)[0] / ((characters + 1) * _CHARACTER * style.font)))


def write(
    ax: Axes,
    place: tuple[float, float],
    text: str,
    style: PlotStyle,
    at: str = "center center",
    size: float | None = None,
    **how: Any,
) -> Text:
    """Write a text as it is, even where it looks like mathematics.

    Parameters
    ----------
    ax, place
        Where to write it.
    text, style
        What to write, and its colours unless others are given.
    at
        Which point of the text lies at the place, across and up.
    size
        Of the type in points; by default, that of the style.
    how
        Further properties of a text of matplotlib.
    """
    across, up = at.split()
    properties: dict[str, Any] = {"color": style.ink, "fontsize": size or style.font} | how
    written = ax.text(*place, text, ha=across, va=up, **properties)
    as_text([written])
    return written
