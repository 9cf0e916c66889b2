"""How densely papers lie on a map, as shades under its points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from absclust.plot.canvas import PlotStyle
from absclust.plot.colors import paler

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from absclust.arrays import FloatArray

_CELLS = 240  # along the longer side of the axes
_WIDTH = 0.4  # of the smoothing: share of the papers' spread, for one paper; less for many
_WIDEST = 0.06  # of the longer side
# Where the shades begin: so many of the papers lie outside, in thinner places.
_OUTSIDE = (0.05, 0.2, 0.4, 0.6, 0.8)
_SHADES = {False: (0.03, 0.11), True: (0.04, 0.15)}  # shares of ink, outermost and innermost


def draw_density(ax: Axes, places: FloatArray, style: PlotStyle) -> None:
    """Shade the places where papers lie densely; the limits of the axes must be set.

    Papers are counted in the cells of a raster, and the counts smoothed with a Gaussian.
    The outermost shade holds 95 % of the papers, the innermost 20 %.

    Parameters
    ----------
    ax
        The axes of the map.
    places : float array of shape (n_papers, 2)
        Where the papers lie.
    style
        The colours of the picture.
    """
    from scipy.ndimage import gaussian_filter

    limits = ax.get_xlim(), ax.get_ylim()
    cell = max(map(np.ptp, limits)) / _CELLS
    x, y = (np.arange(low, high + cell, cell) for low, high in limits)
    counts, _, _ = np.histogram2d(places[:, 0], places[:, 1], bins=(x, y))
    spread = float(places.std(axis=0).mean()) / cell
    # The width falls with the number of papers as in Scott's rule (1992) for two dimensions.
    width = np.clip(_WIDTH * spread * len(places) ** (-1 / 6), 1, _WIDEST * _CELLS)
    density = gaussian_filter(counts, width, mode="constant")
    # Shades begin at rising densities, the last of which lies above the peak; equal densities
    # make no shade of their own.
    begins = np.quantile(np.repeat(density, counts.astype(np.int64).ravel()), _OUTSIDE)
    levels = np.append(np.unique(begins * (1 - 1e-6)), density.max() * 1.01)
    faintest, strongest = _SHADES[style.dark]
    shares = np.linspace(faintest, strongest, len(levels) - 1).tolist()
    ax.contourf(
        (x[1:] + x[:-1]) / 2,
        (y[1:] + y[:-1]) / 2,
        density.T,
        levels=levels,
        colors=[paler(np.array(style.ink), style.background, 1 - share) for share in shares],
        zorder=1,
    )
