"""The colours of papers on a map, by their themes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from absclust.plot.canvas import PlotStyle
from absclust.plot.colors import Colors, paler

if TYPE_CHECKING:
    from absclust.arrays import IntArray
    from absclust.theme_map import ThemeMap

# Layers of points: the later ones are drawn over the earlier ones.
BACKGROUND, GREY, PALE, FULL = -1, 0, 1, 2
_FRINGE = 0.5  # share of the background in the colours of fringe papers
_LEAST_CORE = 0.5  # share of a theme's papers that are in its core, for the others to be paler
_NOT_HIGHLIGHTED = 0.4  # share of it in the grey of papers that are not highlighted


@dataclass(frozen=True, eq=False)
class PaperColors:
    """The colours of the papers on a map.

    Attributes
    ----------
    colors : float array of shape (n_papers, 3)
        Red, green and blue, 0 to 1.
    layers : int array of shape (n_papers,)
        BACKGROUND, GREY, PALE or FULL: in this order, papers are drawn over each other.
    meanings : dict of int to str
        What the small print says about a layer, if there are papers in it.
    """

    colors: Colors
    layers: IntArray
    meanings: Mapping[int, str]

    def notes(self) -> list[str]:
        """Return the small print about the papers that there are."""
        present = set(self.layers.tolist())
        return [meaning for layer, meaning in self.meanings.items() if layer in present]

    def only(self, shown: npt.NDArray[np.bool_], style: PlotStyle) -> PaperColors:
        """Return the same colours for some papers, and a faint grey for all others."""
        grey = paler(np.array(style.unassigned), style.background, _NOT_HIGHLIGHTED)
        return replace(
            self,
            colors=np.where(shown[:, None], self.colors, grey),
            layers=np.where(shown, self.layers, BACKGROUND),
            meanings={**self.meanings, BACKGROUND: "Grey: all other papers."},
        )


def color_by_theme(themes: ThemeMap, colors: Colors, style: PlotStyle) -> PaperColors:
    """Give papers the colours of their themes: paler on the fringe, grey without a theme."""
    labels, core = themes._paper_labels, themes._paper_membership.core
    # A theme with more fringe than core is drawn in full: paler as a whole, it would look faint.
    share = np.array([core[labels == theme.id].mean() for theme in themes] + [1.0])
    core = core | (share < _LEAST_CORE)[labels]
    in_core = (labels >= 0) & core
    palette = np.vstack([colors, style.unassigned])  # the last for the label -1
    shades = np.where(in_core[:, None], palette[labels], _fringe(palette, style)[labels])
    return PaperColors(
        np.where(labels[:, None] >= 0, shades, style.unassigned),
        np.where(labels < 0, GREY, np.where(core, FULL, PALE)),
        {PALE: "Paler: fringe of a theme.", GREY: "Grey: in no theme."},
    )


def _fringe(colors: Colors, style: PlotStyle) -> Colors:
    return paler(colors, style.background, _FRINGE)
