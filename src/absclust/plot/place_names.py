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
    fonts = pixel * np.array([text.get_fontsize() for text in texts])
    boxes = [text.get_window_extent() for text in texts]
    sizes = np.array([[box.width, box.height] for box in boxes]).reshape(-1, 2)
    sizes += 2 * _SPACE * fonts[:, None]
    points, area = ax.transData.transform(places) - box.p0, (box.width, box.height)
    board = _Board(points, labels, core, sizes, area, fonts, radius * pixel)
    for through_name in [_CROSSES] * _SWEEPS + [np.inf]:
        for theme in range(len(sizes)):
            board.place(theme, through_name)
    leaders = [board.leader(theme) for theme in range(len(sizes))]
    found = np.concatenate([board.centres[:, None], np.reshape(leaders, (-1, 2, 2))], axis=1)
    centres, starts, ends = (
        np.asarray(ax.transData.inverted().transform(found[:, i] + box.p0)) for i in range(3)
    )
    return centres, starts, ends


@dataclass(eq=False)
class _Board:
    """The raster, with the names and leader lines on it so far; see `place_names`."""

    points: FloatArray
    labels: IntArray
    core: npt.NDArray[np.bool_]
    sizes: Raster
    area: tuple[float, float]
    heights: Raster
    radius: float

    def __post_init__(self) -> None:
        self.cell = max(self.area) / _CELLS
        self.shape = tuple(max(1, int(side / self.cell)) for side in reversed(self.area))
        self.boxes = self._odd(self.sizes)
        self.clear = self._odd(self.sizes + 2 * self.radius)  # of the middles of others' points
        self.centres = np.full((len(self.sizes), 2), np.nan)
        self.names = np.zeros(self.shape, dtype=np.int64)
        self.lines = np.zeros(self.shape, dtype=np.int64)
        self.rows, self.columns = np.indices(self.shape) + 0.5
        self.targets: list[tuple[Raster, Raster]] = []
        everyone = self._shares(np.arange(len(self.points)))
        self.costs = [self._cost(theme, everyone) for theme in range(len(self.sizes))]

    def _odd(self, sizes: Raster) -> IntArray:
        """Return the height and width in cells of boxes that have a middle cell."""
        return np.ceil(sizes[:, ::-1] / self.cell / 2).astype(np.int64) * 2 + 1

    def _shares(self, chosen: IntArray) -> Raster:
        """Return the sum over each cell's points of 1 / the size of their theme."""
        size = np.bincount(self.labels[self.labels >= 0], minlength=int(self.labels.max()) + 1)
        weight = 1 / np.append(size, max(len(self.labels), 1))[self.labels[chosen]]
        row, column = self._cells(self.points[chosen])
        raster = np.zeros(self.shape)
        np.add.at(raster, (row, column), weight)
        return raster

    def _cells(self, points: Raster | FloatArray) -> tuple[IntArray, IntArray]:
        column, row = (points / self.cell).astype(np.int64).T
        return np.clip(row, 0, self.shape[0] - 1), np.clip(column, 0, self.shape[1] - 1)

    def _cost(self, theme: int, everyone: Raster) -> Raster:
        """Return the cost of each position of a name's middle, leaving aside the other names."""
        from scipy import ndimage

        height, width = self.boxes[theme]
        members = self.labels == theme
        own = self._shares(np.flatnonzero(members))
        heart = members & self.core if (members & self.core).any() else members
        middle = self._shares(np.flatnonzero(heart))
        density = ndimage.gaussian_filter(middle, _SMOOTHED * _CELLS, mode="constant")
        peak = np.array(np.unravel_index(int(density.argmax()), self.shape))
        dense = density >= _DENSE * density.max()
        targets = np.argwhere(dense & (middle > 0))[:, ::-1]
        self.targets.append((self._middles(targets), self._middles(peak[::-1])))
        away = ndimage.distance_transform_edt(~dense)
        gap = ndimage.minimum_filter(away, size=(height, width), mode="nearest")
        off = np.hypot(self.rows - peak[0], self.columns - peak[1])

        def hidden(raster: Raster, box: IntArray) -> Raster:
            sums: Raster = ndimage.uniform_filter(raster, size=tuple(box), mode="constant")
            sums *= box.prod()
            return sums

        others = hidden(everyone - own, self.clear[theme])
        cost: Raster = _HIDES_OWN * hidden(own, self.boxes[theme]) + _HIDES_OTHERS * others
        cost += (_AWAY * gap + _OFF_CENTRE * off) * self.cell / self.heights[theme]
        inside = np.zeros(self.shape, dtype=bool)
        up, right = height // 2, width // 2
        inside[up : self.shape[0] - up, right : self.shape[1] - right] = True
        cost[~inside | (gap > _FARTHEST * _CELLS) | (others > _HIDDEN + 1e-9)] = np.inf
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
        cost = self.costs[theme] + np.select([names, lines], [np.inf, through_name])
        cost = cost.ravel()
        tried = np.argpartition(cost, min(_TRIED, len(cost) - 1))[:_TRIED]
        best, least = np.full(2, np.nan), np.inf
        for position in tried[np.argsort(cost[tried], kind="stable")].tolist():
            if cost[position] >= least:
                break
            self.centres[theme] = middle = self._middles(
                np.array(divmod(position, self.shape[1])[::-1])
            )
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
        (row,), (column,) = self._cells(self.centres[theme][None])
        up, right = self.boxes[theme] // 2
        self.names[row - up : row + up + 1, column - right : column + right + 1] += change
        np.add.at(self.lines, self._leader_cells(theme), change)

    def _middles(self, cells: IntArray) -> Raster:
        """Return the middles, in pixels, of cells given as (column, row)."""
        middles: Raster = (cells + 0.5) * self.cell
        return middles

    def _leader_cells(self, theme: int) -> tuple[IntArray, IntArray]:
        start, end = self.leader(theme)
        if np.isnan(start[0]):
            return self._cells(np.zeros((0, 2)))
        steps = np.linspace(0, 1, max(2, int(np.hypot(*(end - start)) / self.cell * 1.5)))
        return self._cells(start + steps[:, None] * (end - start))

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
