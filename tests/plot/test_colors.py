import numpy as np
import pytest

from absclust.plot.colors import (
    _arrange,
    _contrast,
    layer_colors,
    oklab,
    paler,
    palette,
    seen_colors,
    text_colors,
    theme_colors,
)
from absclust.themes.layers import parents

# Viénot, Brettel and Mollon 1999: a different simulation from the one used to choose colours.
DICHROMATS = {
    "protan": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    "deutan": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
    "normal": np.eye(3),
}


def smallest_distance(colors: np.ndarray, reader: str) -> float:
    linear = np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(DICHROMATS[reader]).T, 0, 1)
    lab = oklab(np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055))
    distances = np.linalg.norm(lab[:, None] - lab, axis=2)
    return float(distances[np.triu_indices(len(lab), 1)].min())


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("reader", sorted(DICHROMATS))
@pytest.mark.parametrize(("n", "least"), [(3, 0.15), (10, 0.06), (20, 0.04), (40, 0.03)])
def test_every_reader_can_tell_colours_apart(n, least, reader, dark):
    # About 0.02 is just noticeable in OKLab.
    assert smallest_distance(palette(n, dark=dark), reader) > least


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("n", [0, 1, 2, 100])
def test_any_number_of_colours(n, dark):
    colors = palette(n, dark=dark)
    assert colors.shape == (n, 3)
    assert len(np.unique(colors, axis=0)) == n
    assert ((colors >= 0) & (colors <= 1)).all()


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read(dark):
    assert (_contrast(text_colors(palette(40, dark=dark), dark=dark), dark) >= 4.5).all()


def test_oklab_of_known_colours():
    # From Ottosson's post: white, and red.
    lab = oklab(np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]]))
    assert lab == pytest.approx(np.array([[1, 0, 0], [0.628, 0.225, 0.126]]), abs=1e-3)


def test_paler_goes_to_the_background():
    assert paler(np.array([[0.0, 0.5, 1.0]]), (1.0, 1.0, 1.0), 1.0).tolist() == [[1, 1, 1]]


def test_close_themes_get_distant_colours():
    seen = np.array(seen_colors(palette(20)))
    apart = np.linalg.norm(seen[:, :, None] - seen[:, None], axis=3).min(axis=0)
    ring = np.roll(np.eye(20), 1, axis=1)
    order = _arrange(ring + ring.T, seen)
    assert sorted(order.tolist()) == list(range(20))
    beside = apart[order, np.roll(order, -1)]
    assert beside.min() > 2 * apart[np.triu_indices(20, 1)].min()
    assert beside.mean() > 1.2 * apart[np.triu_indices(20, 1)].mean()


def test_colours_of_a_map_are_the_same_each_time(sample_themes):
    assert np.array_equal(theme_colors(sample_themes), theme_colors(sample_themes))
    assert len(np.unique(theme_colors(sample_themes), axis=0)) == len(sample_themes)


@pytest.mark.parametrize("dark", [False, True])
def test_layers_have_shades_of_the_themes_colours(sample_themes, dark):
    broad, middle, fine = layer_colors(sample_themes, dark=dark)
    assert [len(broad), len(middle), len(fine)] == [len(layer) for layer in sample_themes.layers]
    assert (middle == theme_colors(sample_themes, dark=dark)).all()
    above = parents(sample_themes.labels, sample_themes.layers[0].labels)
    for theme, color in enumerate(broad):
        assert (color == middle[np.flatnonzero(above == theme)[0]]).all()
    assert ((fine >= 0) & (fine <= 1)).all()
    assert len(np.unique(fine.round(3), axis=0)) == len(fine)
