import numpy as np
import pytest

from absclust.plot.colors import (
    _choose,
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


@pytest.mark.parametrize("n", [1, 6, 12, 40])
def test_colours_are_lighter_on_a_dark_background(n):
    light, dark = (oklab(palette(n, dark=dark))[:, 0] for dark in (False, True))
    assert (dark - light).min() > 0.07
    # Darkest and lightest of each: neither fades into its background, white or near black.
    assert light.max() < 0.84
    assert dark.min() > 0.49


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read(dark):
    assert (_contrast(text_colors(palette(40, dark=dark), dark=dark), [1 - dark] * 3) >= 4.5).all()


def test_oklab_of_known_colours():
    # From Ottosson's post: white, and red.
    lab = oklab(np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]]))
    assert lab == pytest.approx(np.array([[1, 0, 0], [0.628, 0.225, 0.126]]), abs=1e-3)


def test_paler_goes_to_the_background():
    assert paler(np.array([[0.0, 0.5, 1.0]]), (1.0, 1.0, 1.0), 1.0).tolist() == [[1, 1, 1]]


def test_close_themes_get_distant_colours():
    ring = np.roll(np.eye(20), 1, axis=1)
    seen = seen_colors(_choose(ring + ring.T, np.zeros(20, dtype=int))[0])
    apart = np.linalg.norm(seen[:, :, None] - seen[:, None], axis=3).min(axis=0)
    beside = apart[np.arange(20), np.roll(np.arange(20), -1)]
    assert beside.min() > 2 * apart[np.triu_indices(20, 1)].min()
    assert beside.mean() > 1.2 * apart[np.triu_indices(20, 1)].mean()


def hues_of(colors):
    _, red, yellow = oklab(colors).T
    return np.degrees(np.arctan2(yellow, red))


def turns(a, b):
    """Return the angles between hues, 0 to 180 degrees."""
    return np.abs((a - b + 180) % 360 - 180)


FAMILIES = ([8, 6, 3, 1], [3, 3, 2, 1], [5, 4, 4, 3, 1], [3, 2], [4, 4, 3, 3, 2, 2, 2, 2, 1, 1, 1])


@pytest.mark.parametrize("sizes", FAMILIES)
def test_a_family_has_its_own_range_of_hues(sizes):
    families = np.repeat(np.arange(len(sizes)), sizes)
    for colors in _choose(np.zeros((len(families),) * 2), families):
        hues = hues_of(colors)
        of_family = [np.sort(hues[families == family] % 360) for family in range(len(sizes))]
        for inside in of_family:  # the widest gap on the circle is outside of the family
            assert 360 - np.diff([*inside, inside[0] + 360]).max() <= 121
        # Around the circle, each family is left once: its hues lie side by side.
        order = families[np.argsort(hues)]
        assert (order != np.roll(order, 1)).sum() == len(sizes)


@pytest.mark.parametrize("dark", [0, 1])
@pytest.mark.parametrize("reader", sorted(DICHROMATS))
@pytest.mark.parametrize("sizes", FAMILIES)
def test_every_reader_can_tell_relatives_apart(sizes, reader, dark):
    families = np.repeat(np.arange(len(sizes)), sizes)
    colors = _choose(np.zeros((len(families),) * 2), families)[dark]
    assert smallest_distance(colors, reader) > 0.04


def test_themes_without_relatives_have_the_whole_circle_of_hues():
    assert np.array_equal(_choose(np.zeros((6, 6)), np.arange(6))[0], palette(6))


@pytest.mark.parametrize("n", [0, 1, 2, 40])
def test_any_number_of_families(n):
    light, dark = _choose(np.zeros((2 * n,) * 2), np.arange(2 * n) % max(n, 1))
    assert light.shape == dark.shape == (2 * n, 3)
    assert len(np.unique(light, axis=0)) == 2 * n


def test_a_theme_has_the_same_hue_on_light_and_dark(sample_themes):
    light, dark = (hues_of(theme_colors(sample_themes, dark=dark)) for dark in (False, True))
    assert turns(light, dark).max() < 3


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
        relatives = np.flatnonzero(above == theme)
        assert (color == middle[relatives[0]]).all()
        hues = hues_of(middle[[t for t in relatives if not sample_themes[t].mixed]])
        assert turns(hues[:, None], hues).max() <= 121
    assert ((fine >= 0) & (fine <= 1)).all()
    assert len(np.unique(fine.round(3), axis=0)) == len(fine)


@pytest.mark.parametrize("dark", [False, True])
def test_names_in_shades_of_one_hue_differ(dark):
    hue = np.array([0.75, 0.6, 0.1])
    colors = np.array([hue * share for share in (1, 0.97, 0.9, 0.84)])
    inks = text_colors(colors, dark=dark)
    apart = np.linalg.norm(oklab(inks)[:, None] - oklab(inks), axis=2)
    assert apart[~np.eye(4, dtype=bool)].min() >= 0.045
    assert (_contrast(inks, [1 - dark] * 3) >= 4.5).all()
