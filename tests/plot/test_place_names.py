import numpy as np
import pytest

from absclust.plot.place_names import place_names

AREA = (400.0, 300.0)


def boxes(places, sizes):
    return np.hstack([places.centres - sizes / 2, places.centres + sizes / 2])


def overlap(a, b):
    return bool((a[:2] < b[2:]).all() and (b[:2] < a[2:]).all())


def clouds(centres, n, spread):
    random = np.random.default_rng(0)
    points = np.concatenate([random.normal(c, spread, (n, 2)) for c in centres])
    return np.clip(points, 1, 299).astype(np.float32), np.repeat(np.arange(len(centres)), n)


@pytest.mark.parametrize(("n_themes", "n"), [(1, 1), (3, 4), (12, 40), (20, 100)])
def test_names_are_clear_of_each_other_and_inside(n_themes, n):
    centres = np.random.default_rng(1).uniform(20, 280, (n_themes, 2))
    points, labels = clouds(centres, n, 12)
    sizes = np.tile([70.0, 14.0], (n_themes, 1))
    places = place_names(points, labels, np.ones(len(labels), dtype=bool), sizes, AREA, 12)
    names = boxes(places, sizes)
    assert not np.isnan(names).any()
    assert (names >= 0).all()
    assert (names <= [*AREA, *AREA]).all()
    assert not any(overlap(a, b) for i, a in enumerate(names) for b in names[:i])


def test_points_of_a_tiny_theme_are_not_hidden():
    points, labels = clouds([(150, 150)], 500, 40)
    tiny = np.array([[150, 150], [155, 152]], dtype=np.float32)
    points, labels = np.vstack([points, tiny]), np.append(labels, [1, 1])
    sizes = np.tile([80.0, 14.0], (2, 1))
    places = place_names(points, labels, np.ones(len(labels), dtype=bool), sizes, AREA, 12)
    for box in boxes(places, sizes):
        assert not any(overlap(box, np.append(point, point)) for point in tiny)


def test_a_name_that_stands_aside_has_a_line_to_its_theme():
    points, labels = clouds([(200, 150)], 3000, 25)
    points = np.vstack([points, [[200, 150]] * 3]).astype(np.float32)
    labels = np.append(labels, [1, 1, 1])
    sizes = np.tile([90.0, 30.0], (2, 1))
    places = place_names(points, labels, np.ones(len(labels), dtype=bool), sizes, AREA, 12)
    assert not np.isnan(places.ends[1]).any()
    assert np.linalg.norm(places.ends[1] - [200, 150]) < 5


def test_no_room():
    points, labels = clouds([(100, 100), (200, 150)], 5, 10)
    sizes = np.array([[390.0, 290.0], [390.0, 290.0]])
    places = place_names(points, labels, np.ones(10, dtype=bool), sizes, AREA, 12)
    assert np.isnan(places.centres[:, 0]).tolist() == [False, True]


def test_no_names():
    places = place_names(
        np.zeros((2, 2), dtype=np.float32),
        np.full(2, -1),
        np.zeros(2, dtype=bool),
        np.zeros((0, 2)),
        AREA,
        12,
    )
    assert places.centres.shape == (0, 2)
