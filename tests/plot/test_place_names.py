import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from absclust.plot.place_names import place_names

AREA = (400.0, 300.0)  # points, and units of the axes


class Name:
    """A name of a size in points, in type of twelve points."""

    def __init__(self, width, height):
        self.extent = Bbox.from_bounds(0, 0, width, height)

    def get_window_extent(self):
        return self.extent

    def get_fontsize(self):
        return 12.0


def placed(points, labels, sizes, core=None, radius=0.0):
    """Return the middles of names and the ends of their lines; sizes are with the space around."""
    ax = Figure(figsize=(400 / 72, 300 / 72), dpi=72).add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, AREA[0]), ylim=(0, AREA[1]))
    names = [Name(width - 4.8, height - 4.8) for width, height in sizes]
    core = np.ones(len(labels), dtype=bool) if core is None else core
    return place_names(ax, points, labels, core, names, radius)


def boxes(centres, sizes):
    return np.hstack([centres - sizes / 2, centres + sizes / 2])


def overlap(a, b):
    return bool((a[:2] < b[2:]).all() and (b[:2] < a[2:]).all())


def clouds(centres, n, spread):
    random = np.random.default_rng(0)
    points = np.concatenate([random.normal(c, spread, (n, 2)) for c in centres])
    return np.clip(points, 1, 299).astype(np.float32), np.repeat(np.arange(len(centres)), n)


@pytest.mark.parametrize(
    ("n_themes", "n", "most"), [(1, 1, 0), (3, 4, 0), (12, 40, 0), (20, 100, 3)]
)
def test_names_are_clear_of_each_other_and_inside(n_themes, n, most):
    centres = np.random.default_rng(1).uniform(20, 280, (n_themes, 2))
    points, labels = clouds(centres, n, 12)
    sizes = np.tile([70.0, 14.0], (n_themes, 1))
    centres, _, _ = placed(points, labels, sizes)
    assert np.isnan(centres[:, 0]).sum() <= most  # so many are left out
    names = boxes(centres, sizes)[~np.isnan(centres[:, 0])]
    assert (names >= 0).all()
    assert (names <= [*AREA, *AREA]).all()
    assert not any(overlap(a, b) for i, a in enumerate(names) for b in names[:i])


def test_points_of_a_tiny_theme_are_not_hidden():
    points, labels = clouds([(150, 150)], 500, 40)
    tiny = np.array([[150, 150], [155, 152]], dtype=np.float32)
    points, labels = np.vstack([points, tiny]), np.append(labels, [1, 1])
    sizes = np.tile([80.0, 14.0], (2, 1))
    centres, _, _ = placed(points, labels, sizes)
    for box in boxes(centres, sizes):
        assert not any(overlap(box, np.append(point, point)) for point in tiny)


@pytest.mark.parametrize("radius", [0.0, 6.0])
def test_points_of_other_themes_are_not_hidden(radius):
    points, labels = clouds([(80, 80), (220, 80), (150, 220)], 60, 30)
    sizes = np.tile([80.0, 28.0], (3, 1))
    centres, _, _ = placed(points, labels, sizes, radius=radius)
    for theme, (left, bottom, right, top) in enumerate(boxes(centres, sizes)):
        others = points[labels != theme]
        away = others - np.clip(others, [left, bottom], [right, top])
        assert np.linalg.norm(away, axis=1).min() >= radius
        assert not np.isnan(left)


def test_a_name_without_a_place_clear_of_other_themes_is_left_out():
    column, row = np.meshgrid(np.arange(0, 400, 5), np.arange(0, 300, 5))
    everywhere = np.column_stack([column.ravel(), row.ravel()])
    points = np.vstack([everywhere, [[200, 150]] * 3]).astype(np.float32)
    labels = np.append(np.zeros(len(everywhere), dtype=int), [1, 1, 1])
    sizes = np.tile([80.0, 28.0], (2, 1))
    centres, _, _ = placed(points, labels, sizes)
    assert np.isnan(centres[:, 0]).tolist() == [False, True]
    # Of a theme of so many papers, a few may be hidden.
    small = np.tile([12.0, 6.0], (2, 1))
    centres, _, _ = placed(points, labels, small)
    assert not np.isnan(centres).any()


def test_a_name_that_stands_aside_has_a_line_to_its_theme():
    points, labels = clouds([(200, 150)], 3000, 25)
    points = np.vstack([points, [[200, 150]] * 3]).astype(np.float32)
    labels = np.append(labels, [1, 1, 1])
    sizes = np.tile([90.0, 30.0], (2, 1))
    _, _, ends = placed(points, labels, sizes)
    assert not np.isnan(ends[1]).any()
    assert np.linalg.norm(ends[1] - [200, 150]) < 5


@pytest.mark.parametrize("n_themes", [25, 40])
def test_lines_run_through_no_name(n_themes):
    middles = np.random.default_rng(2).uniform(60, 240, (n_themes, 2))
    points, labels = clouds(middles, 30, 9)
    sizes = np.tile([64.0, 14.0], (n_themes, 1))
    centres, starts, ends = placed(points, labels, sizes)
    names = boxes(centres, sizes)
    along = np.linspace(0, 1, 200)[:, None]
    lines = {i: starts[i] + along * (ends[i] - starts[i]) for i in range(n_themes)}
    lines = {i: line for i, line in lines.items() if not np.isnan(line).any()}
    assert len(lines) >= 5
    for i, line in lines.items():
        for j in set(range(n_themes)) - {i}:
            inside = (line > names[j, :2] + 1) & (line < names[j, 2:] - 1)
            assert not inside.all(axis=1).any(), (i, j)


def test_no_room():
    points, labels = clouds([(100, 100), (200, 150)], 5, 10)
    points[labels == 1] = [399, 299]  # in the corner, clear of the first name
    sizes = np.array([[390.0, 290.0], [390.0, 290.0]])
    centres, _, _ = placed(points, labels, sizes)
    assert np.isnan(centres[:, 0]).tolist() == [False, True]


def test_no_names():
    centres, _, _ = placed(
        np.zeros((2, 2), dtype=np.float32), np.full(2, -1), [], np.zeros(2, bool)
    )
    assert centres.shape == (0, 2)
