"""Pictures of a ThemeMap, drawn with matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Bbox

    from absclust.arrays import FloatArray, IntArray
    from absclust.themes import ThemeMap

_LARGEST_POINT, _SMALLEST_POINT = 60.0, 2.0


def plot_map(themes: ThemeMap, *, ax: Axes | None = None) -> Axes:
    """Draw every paper as a point in its theme's colour, and the themes' names.

    Parameters
    ----------
    themes
        The result to draw.
    ax
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
    """
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots(figsize=(10, 7.5), layout="constrained")
    papers = themes.corpus.first_row
    labels, places = themes.labels[papers], themes.coordinates
    size = float(np.clip(12_000 / max(len(papers), 1), _SMALLEST_POINT, _LARGEST_POINT))
    if (labels < 0).any():
        x, y = places[labels < 0].T
        ax.scatter(x, y, s=size, color="0.7", linewidths=0)
    colors = _colors(len(themes))
    for theme in themes:
        x, y = places[labels == theme.id].T
        ax.scatter(
            x, y, s=size, color=[colors[theme.id]], alpha=0.8, linewidths=0, label=theme.name
        )
    ax.set_aspect("equal", adjustable="datalim")
    ax.margins(0.12)
    ax.set_axis_off()
    ax.set_title(
        f"{len(themes)} themes of {themes.corpus.n_papers:,} papers", loc="left", fontsize=11
    )
    _write_names(ax, themes, places, labels, colors)
    return ax


def _colors(n: int) -> list[tuple[float, float, float]]:
    """Return n colours that can be told apart: a chart palette, or hues at large."""
    from matplotlib import colormaps
    from matplotlib.colors import hsv_to_rgb

    for palette in ("tab10", "tab20"):
        if n <= colormaps[palette].N:
            return [colormaps[palette](i)[:3] for i in range(n)]
    golden = 0.618034  # steps round the hue circle that never come back close
    tones = ((0.75, 0.72), (0.55, 0.88), (0.85, 0.56))  # saturation and value, in turn
    hues = ((0.58 + i * golden) % 1 for i in range(n))
    return [tuple(hsv_to_rgb((hue, *tones[i % 3]))) for i, hue in enumerate(hues)]


def _write_names(
    ax: Axes,
    themes: ThemeMap,
    places: FloatArray,
    labels: IntArray,
    colors: list[tuple[float, float, float]],
) -> None:
    """Write each name at the middle of its theme, moved up or down where two would overlap."""
    from matplotlib.patheffects import withStroke

    # Limits and size of the figure must be final before texts can be measured.
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    to_data = ax.transData.inverted()
    taken: list[Bbox] = []
    for theme in themes:
        x, y = np.median(places[labels == theme.id], axis=0).tolist()
        text = ax.text(
            x,
            y,
            theme.name,
            ha="center",
            va="center",
            fontsize=9,
            fontweight="bold",
            color=[0.55 * c for c in colors[theme.id]],
            path_effects=[withStroke(linewidth=3, foreground="white")],
        )
        box = text.get_window_extent()
        shift = _free_shift(box, taken)
        taken.append(box.translated(0, shift))
        left, bottom = ax.transData.transform((x, y))
        text.set_position(to_data.transform((left, bottom + shift)).tolist())


def _free_shift(box: Bbox, taken: list[Bbox]) -> float:
    """Return the smallest vertical shift that keeps a text clear of those before it."""
    step = box.height / 2
    for i in range(2 * len(taken) * 3 + 1):
        shift = step * ((i + 1) // 2) * (-1) ** i
        if not any(box.translated(0, shift).padded(2).overlaps(other) for other in taken):
            return float(shift)
    return 0.0
