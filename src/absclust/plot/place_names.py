"""Where names go on a map: inside it, clear of each other and of other themes' points.

Positions are tried on a raster. A name may hide points of its own theme, but of all other
themes' no more than a two-hundredth, so none of a theme of fewer than 200. The cost of a
position adds up the share of the theme's own points that the name hides, the shares of
other themes' points, and the distance to the theme. Names are placed from the largest
theme to the smallest, then moved in further sweeps, since others have moved. So a name
sits on a large cloud, but beside a few points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray
from absclust.plot.canvas import pixels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text

Raster = npt.NDArray[np.floating]
Places = tuple[Raster, Raster, Raster]  # of names' middles, and the ends of their leader lines

_CELLS = 180  # along the longer side of the area
_SWEEPS = 3
_SPACE = 0.2  # around a name, in font sizes
_HIDES_OWN, _HIDES_OTHERS = 1.0, 2.5  # costs of hiding all points of a theme
_HIDDEN = 0.005  # the largest share of other themes' points, added up over themes, under a name
_AWAY, _OFF_CENTRE = 0.05, 0.006  # cost per line of text to the theme, and to its middle
_CROSSES = 1.0  # cost of a leader line across a name, which none may have at last, or a line
_TRIED = 300  # cheapest positions, whose leader lines are examined
_DENSE = 0.3  # share of the peak density from which on a place belongs to the theme
_SMOOTHED = 0.012  # width of the density's smoothing, of the longer side
_LEADER_FROM = 1.5  # lines of text from a name to its theme; nearer names need no line
_FARTHEST = 0.3  # of the longer side, from a name to its theme; farther names are left out
_INWARD = 0.5  # how much leader lines prefer the middle of a theme to its edge


def place_names(
    ax: Axes,
    places: FloatArray,
    labels: IntArray,
    core: npt.NDArray[np.bool_],
    texts: Sequence[Text],
    radius: float = 0.0,
) -> Places:
    """Find a place for the name of each theme.

    Parameters
    ----------
    ax
        The axes of the map, which must have their final size and limits.
    places : float array of shape (n, 2)
        Points of the map.
    labels : int array of shape (n,)
        Theme of each point; -1 for none.
    core : bool array of shape (n,)
        Which points are in the core of their theme, where its name belongs.
    texts
        The names; the first is that of theme 0.
    radius
        Radius of the points, in typographic points.

    Returns
    -------
    centres : float array of shape (n_names, 2)
        Middle of each name; NaN where there is no room for it.
    starts, ends : float arrays of shape (n_names, 2)
        Ends of the leader line from each name's edge to its theme; NaN where it needs none.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().subplots()
    >>> _ = ax.set(xlim=(0, 9), ylim=(0, 9))
    >>> places, core = np.array([[4, 5], [5, 5], [6, 5]]), np.ones(3, dtype=bool)
    >>> name = ax.text(0, 0, "Robots")
    >>> centres, _, _ = place_names(ax, places, np.zeros(3, dtype=int), core, [name])
    >>> bool(np.abs(centres[0] - [5, 5]).max() < 2)
    True
    """
    box, pixel = ax.get_window_extent(), pixels(ax)
    cell = max(box.width, box.height) / _CELLS
    fonts = pixel / cell * np.array([text.get_fontsize() for text in texts])
    extents = [text.get_window_extent() for text in texts]
    sizes = np.reshape([[extent.height, extent.width] for extent in extents], (-1, 2)) / cell
    board = _Board(
        points=(ax.transData.transform(places) - box.p0)[:, ::-1] / cell,
        labels=labels,
        core=core,
        sizes=sizes + 2 * _SPACE * fonts[:, None],
        shape=(max(1, int(box.height / cell)), max(1, int(box.width / cell))),
        heights=fonts,
        radius=radius * pixel / cell,
    )
    for through_name in [_CROSSES] * _SWEEPS + [np.inf]:
        for theme in range(len(texts)):
            board.place(theme, through_name)
    leaders = np.reshape([board.leader(theme) for theme in range(len(texts))], (-1, 2, 2))
    centres, starts, ends = (
        np.asarray(ax.transData.inverted().transform(found[:, ::-1] * cell + box.p0))
        for found in (board.centres, *leaders.swapaxes(0, 1))
    )
    return centres, starts, ends


@dataclass(eq=False)
class _Board:
    """The raster, with the names and leader lines on it so far; see `place_names`.

    All sizes and places are in cells, up and across.
    """

    points: Raster
    labels: IntArray
    core: npt.NDArray[np.bool_]
    sizes: Raster
    shape: tuple[int, int]
    heights: Raster
    radius: float

    def __post_init__(self) -> None:
        # Odd, so that there is a middle cell. Names keep a radius more from other themes' points.
        self.boxes, self.clear = (
            np.ceil(size / 2).astype(np.int64) * 2 + 1
            for size in (self.sizes, self.sizes + 2 * self.radius)
        )
        self.centres = np.full((len(self.sizes), 2), np.nan)
        self.names, self.lines = np.zeros((2, *self.shape), dtype=np.int64)
        self.targets: list[tuple[Raster, Raster]] = []
        everyone = self._shares(np.ones(len(self.points), dtype=bool))
        self.costs = [self._cost(theme, everyone) for theme in range(len(self.sizes))]

    def _shares(self, chosen: npt.NDArray[np.bool_]) -> Raster:
        """Return the sum over each cell's points of 1 / the size of their theme."""
        size = np.bincount(self.labels[self.labels >= 0], minlength=int(self.labels.max()) + 1)
        weight = 1 / np.append(size, max(len(self.labels), 1))[self.labels[chosen]]
        raster = np.zeros(self.shape)
        np.add.at(raster, self._cells(self.points[chosen]), weight)
        return raster

    def _cells(self, points: Raster) -> tuple[IntArray, IntArray]:
        row, column = np.clip(points.astype(np.int64), 0, np.array(self.shape) - 1).T
        return row, column

    def _cost(self, theme: int, everyone: Raster) -> Raster:
        """Return the cost of each position of a name's middle, leaving aside the other names."""
        from scipy import ndimage

        members, box = self.labels == theme, tuple(self.boxes[theme])
        heart = members & self.core if (members & self.core).any() else members
        own, middle = self._shares(members), self._shares(heart)
        density = ndimage.gaussian_filter(middle, _SMOOTHED * _CELLS, mode="constant")
        peak = np.array(np.unravel_index(int(density.argmax()), self.shape))
        dense = density >= _DENSE * density.max()
        self.targets.append((np.argwhere(dense & (middle > 0)) + 0.5, peak + 0.5))
        away = ndimage.distance_transform_edt(~dense)
        gap = ndimage.minimum_filter(away, size=box, mode="nearest")
        off = np.hypot(*(np.indices(self.shape) + 0.5 - peak[:, None, None]))
        hides_own, hides_others = (
            ndimage.uniform_filter(raster, size=tuple(size), mode="constant") * size.prod()
            for raster, size in ((own, self.boxes[theme]), (everyone - own, self.clear[theme]))
        )
        cost: Raster = _HIDES_OWN * hides_own + _HIDES_OTHERS * hides_others
        cost += (_AWAY * gap + _OFF_CENTRE * off) / self.heights[theme]
        outside = ndimage.maximum_filter(np.zeros(self.shape), size=box, mode="constant", cval=1)
        barred = (outside > 0) | (gap > _FARTHEST * _CELLS) | (hides_others > _HIDDEN + 1e-9)
        cost[barred] = np.inf
        return cost

    def place(self, theme: int, through_name: float) -> None:
        """Move a name to where it costs least, given where the others are.

        `through_name` is the cost of a leader line that runs through a name.
        """
        from scipy import ndimage

        self._count(theme, -1)
        names, lines = (
            ndimage.maximum_filter(taken, size=tuple(self.boxes[theme]), mode="constant") > 0
            for taken in (self.names, self.lines)
        )
        cost = (self.costs[theme] + np.select([names, lines], [np.inf, through_name])).ravel()
        tried = np.argpartition(cost, min(_TRIED, len(cost) - 1))[:_TRIED]
        best, least = np.full(2, np.nan), np.inf
        for position in tried[np.argsort(cost[tried], kind="stable")].tolist():
            if cost[position] >= least:
                break
            self.centres[theme] = middle = np.array(divmod(position, self.shape[1])) + 0.5
            under = self._leader_cells(theme)
            crossing = (
                through_name if self.names[under].any() else _CROSSES * self.lines[under].any()
            )
            if cost[position] + crossing < least:
                best, least = middle, float(cost[position] + crossing)
        self.centres[theme] = best
        self._count(theme, 1)

    def _count(self, theme: int, change: int) -> None:
        """Add the cells under a name and its leader line to the counts, or remove them again."""
        if np.isnan(self.centres[theme, 0]):
            return
        middle, half = self.centres[theme].astype(np.int64), self.boxes[theme] // 2
        self.names[tuple(map(slice, middle - half, middle + half + 1))] += change
        np.add.at(self.lines, self._leader_cells(theme), change)

    def _leader_cells(self, theme: int) -> tuple[IntArray, IntArray]:
        start, end = self.leader(theme)
        n_steps = max(2, int(np.nan_to_num(np.hypot(*(end - start))) * 1.5))
        steps = np.linspace(start, end, n_steps)
        return self._cells(steps[~np.isnan(steps).any(axis=1)])

    def leader(self, theme: int) -> tuple[Raster, Raster]:
        """Return start and end of a name's leader line; NaN if the name is close to its theme."""
        targets, peak = self.targets[theme]
        half = self.sizes[theme] / 2
        edges = np.clip(targets, self.centres[theme] - half, self.centres[theme] + half)
        gaps = np.linalg.norm(targets - edges, axis=1)
        if np.isnan(self.centres[theme, 0]) or gaps.min() < _LEADER_FROM * self.heights[theme]:
            return np.full(2, np.nan), np.full(2, np.nan)
        inward = np.linalg.norm(targets - peak, axis=1)
        nearest = int((gaps + _INWARD * inward).argmin())
        return edges[nearest], targets[nearest]
