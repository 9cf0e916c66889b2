"""The heat map of themes and groups: what a reader sees."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import PatchCollection, QuadMesh

from absclust import cluster_abstracts
from absclust.plot.canvas import FONT
from absclust.plot.colors import seen_colors


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def two_venues():
    papers = [{"abstract": f"Robots grasp {i}.", "venue": "ICRA_$x^{1/2}$"} for i in range(20)]
    papers += [{"abstract": f"Proteins fold {i}.", "venue": "ISMB"} for i in range(15)]
    papers += [{"abstract": "Robots grasp it.", "venue": "once"}, {"abstract": "Proteins fold it."}]
    return cluster_abstracts(papers, n_themes=2)


def parts(ax):
    """Return the colours of the cells, and the frames."""
    mesh = next(c for c in ax.collections if isinstance(c, QuadMesh))
    frames = next(c for c in ax.collections if isinstance(c, PatchCollection))
    return np.asarray(mesh.get_array()), frames.get_paths()


def numbers(ax, n_rows, n_columns):
    """Return the numbers in the cells by row and column."""
    written = {text.get_position(): text.get_text() for text in ax.texts}
    return [[written[column, row] for column in range(n_columns)] for row in range(n_rows)]


@pytest.mark.parametrize("dark", [False, True])
def test_more_is_orange_and_less_is_blue(two_venues, dark):
    ax = two_venues.plot.by("venue", n_groups=2, dark=dark)
    assert [t.get_text() for t in ax.get_yticklabels()] == [
        f"{t.name}  {t.size}" for t in two_venues
    ]
    titles = [t.get_text() for t in ax.get_xticklabels()]
    assert titles == ["ICRA_$x^{1/2}$  20", "ISMB  15", "other  1"]
    assert not any(label.get_parse_math() for label in ax.get_xticklabels())
    assert numbers(ax, 2, 3) == [["20", "0", "1"], ["0", "15", "0"]]
    colors, frames = parts(ax)
    red, _, blue = np.moveaxis(colors, -1, 0)
    warm = red - blue
    assert (np.sign(warm[:, :2]) == [[1, -1], [-1, 1]]).all()
    assert len(frames) == 4  # all but the two of "other", where one paper says nothing
    assert np.abs(warm[:, 2]).max() < np.abs(warm[:, :2]).min() / 2
    assert (
        "1 smaller group together in 'other'; 1 paper without a value"
        in ax.get_xlabel().replace("\n", " ")
    )
    assert "after names: papers" in ax.get_xlabel()


def test_nothing_where_little_is_expected_is_hardly_coloured():
    papers = [{"abstract": f"Robots grasp {i}.", "venue": f"v{i % 15}"} for i in range(60)]
    papers += [{"abstract": f"Proteins fold {i}.", "venue": f"v{i}"} for i in range(3)]
    ax = cluster_abstracts(papers, n_themes=2).plot.by("venue")
    colors, frames = parts(ax)
    assert len(frames) == 0
    none = np.array(numbers(ax, 2, 15)[1]) == "0"
    assert none.sum() == 12
    assert (1 - colors[1, none]).max() < 0.15 < (1 - colors[1, ~none]).max()  # nearly white


@pytest.mark.parametrize(("groups", "n_themes"), [(20, 30), (3, 2)])
def test_labels_are_inside_and_numbers_apart(groups, n_themes):
    random = np.random.default_rng(0)
    theme = np.arange(3000) % n_themes
    vectors = random.normal(size=(n_themes, 30))[theme] + random.normal(scale=0.2, size=(3000, 30))
    papers = [
        {
            "abstract": f"Phrase{t} subject{t} {i}",
            "venue": f"Proceedings of the {i % groups}th owls",
        }
        for i, t in enumerate(theme.tolist())
    ]
    themes = cluster_abstracts(papers, embeddings=vectors, n_themes=n_themes, progress=False)
    ax = themes.plot.by("venue")
    ax.figure.draw_without_rendering()
    figure = ax.figure.bbox
    shown = [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels(), ax.xaxis.label]
    for text in shown:
        box = text.get_window_extent()
        assert figure.x0 <= box.x0 <= box.x1 <= figure.x1
        assert figure.y0 <= box.y0 <= box.y1 <= figure.y1
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert min(text.get_fontsize() for text in shown) >= FONT - 2.5


def test_draws_on_given_axes_and_of_maps_without_themes(two_venues):
    _, ax = plt.subplots()
    assert two_venues.plot.by("venue", ax=ax) is ax
    nothing = two_venues.move(list(range(37)), to=-1)
    assert len(nothing) == 0
    assert nothing.plot.by("venue").get_yticklabels() == []


@pytest.mark.parametrize("dark", [False, True])
def test_dichromats_tell_more_from_less(two_venues, dark):
    ax = two_venues.plot.by("venue", n_groups=2, dark=dark)
    more, less = parts(ax)[0][0, :2]
    background = np.array(ax.get_facecolor()[:3])
    seen = seen_colors(np.array([more, less, background]))
    apart = np.linalg.norm(seen[:, :, None] - seen[:, None], axis=3)
    assert apart[:, *np.triu_indices(3, 1)].min() > 0.2


def test_a_single_group_has_nothing_to_be_compared_with():
    papers = [{"abstract": f"Robots grasp {what}.", "venue": "ICRA"} for what in "abcd"]
    themes = cluster_abstracts(papers)
    assert themes.by("venue")["ratio"].isna().all()
    themes.plot.by("venue").figure.savefig(io.BytesIO())
