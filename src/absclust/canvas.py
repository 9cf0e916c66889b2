"""What all pictures share: the ground they stand on, new figures, plain axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Color = tuple[float, float, float]


@dataclass(frozen=True)
class Ground:
    """The colours of a picture apart from its themes.

    Attributes
    ----------
    ground, ink, faint, unassigned : tuple of float
        Of the background, of text, of lines and small print, of papers in no
        theme; red, green and blue, 0 to 1.
    dark : bool
        Whether the background is dark.
    """

    ground: Color
    ink: Color
    faint: Color
    unassigned: Color
    dark: bool


_LIGHT = Ground((1.0, 1.0, 1.0), (0.13, 0.14, 0.16), (0.45, 0.46, 0.48), (0.78, 0.78, 0.79), False)
_DARK = Ground((0.07, 0.08, 0.10), (0.91, 0.92, 0.93), (0.62, 0.63, 0.66), (0.36, 0.37, 0.39), True)


def new_axes(
    ax: Axes | None, *, dark: bool, figsize: tuple[float, float]
) -> tuple[Axes, Ground]:
    """Return the axes to draw on, and the colours of their ground.

    Parameters
    ----------
    ax
        Where to draw; a new figure by default. A figure of the user's own keeps
        its colour.
    dark
        Whether the ground is dark.
    figsize
        Width and height of a new figure, in inches.
    """
    ground = _DARK if dark else _LIGHT
    if ax is None:
        import matplotlib.pyplot as plt

        figure, ax = plt.subplots(figsize=figsize, layout="constrained", facecolor=ground.ground)
    ax.set_facecolor(ground.ground)
    return ax, ground


def font_size(ax: Axes, at_ten_inches: float) -> float:
    """Return a size of type, in points, for axes of their width.

    Type shrinks less than the picture: to three quarters at column width.
    """
    figure = ax.get_figure(root=True)
    assert figure is not None
    inches = ax.get_window_extent().width / figure.dpi
    return at_ten_inches * min(max(inches / 10, 0.15), 1.5) ** 0.28
