"""Colours of themes: a range of hues for each broad theme, distinct for every reader.

Colours are chosen in OKLab (Ottosson 2020), where distances match how different
colours look, and also as dichromats see them (Machado, Oliveira and Fernandes 2009).
They are chosen for light and dark backgrounds at once: a theme has one hue on both.
"""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from absclust.arrays import IntArray, group_matrix
from absclust.plot.canvas import STYLE, PlotStyle

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

    from absclust.theme_map import ThemeMap

Colors = npt.NDArray[np.float64]

_MATRICES = {name: np.array(rows) for name, rows in STYLE["matrices"].items()}
# Steps of hue, lightness and chroma of the colours to choose from; the first is a blue.
_HUES, _TONES, _VIVIDNESS = (260 + np.arange(36) * 10) % 360, np.linspace(0, 1, 9), (1.0, 0.7)
# Lightness and chroma of theme colours, so that they stand out from the background. Few
# themes get calmer colours; with many, dichromats need the whole range of lightness.
_LIGHTNESS = {False: ((0.55, 0.74), (0.38, 0.83)), True: ((0.66, 0.82), (0.50, 0.95))}
_CHROMA = (0.095, 0.175), (0.05, 0.215)
_FEW, _MANY = 6, 24
# Blue for less and orange for more, which dichromats tell apart; on light and dark grounds.
_LESS = {False: (0.16, 0.42, 0.70), True: (0.33, 0.62, 0.93)}
_MORE = {False: (0.85, 0.40, 0.05), True: (0.96, 0.56, 0.18)}
_GREY = {False: 0.62, True: 0.5}
_NORMAL_WEIGHT = 0.8  # of distances in normal vision, which are larger
# Width of a family's range of hues beyond that of its themes, in themes; share of a mean range
# that stays empty between two; the widest range, in degrees, that still looks like a family.
_FAMILY, _GAP, _WIDEST = 2, 0.25, 120
_TRIES = 64  # orders of the families around the circle of hues; fewer with very many themes
_ANY_PAIR = 0.05  # closeness that two themes have at least: all colours must differ
_STEEPNESS = 4  # how much more it costs if two colours are closer than others
_LEAST = 0.005  # distance below which two colours are the same
_SHADES = (0, 0.3, -0.25, 0.15, -0.12)  # of fine themes: towards white; if negative, black
_PASSES = 20  # rounds in which each theme may change its colour; most maps need fewer than ten
_INKS_APART = 0.05  # in OKLab, the least distance between names' colours, where there is room
# Of text and background, and of text that fades: Web Content Accessibility Guidelines.
_TEXT_CONTRAST, _FAINT_CONTRAST = 4.5, 3


def theme_colors(themes: "ThemeMap", *, dark: bool = False) -> Colors:
    """Return one colour per theme, the same in every picture of a map.

    The themes of a broad theme have neighbouring hues. Among these, each gets the colour
    that differs most from the others', above all from those of the themes that it is
    linked to in the neighbour graph. If each theme is a broad theme of its own, all hues
    are open to all. Mixed themes are grey.

    Parameters
    ----------
    themes
        The result to draw.
    dark
        Whether the background is dark.

    Returns
    -------
    float array of shape (n_themes, 3)
        Red, green and blue, 0 to 1.
    """
    colors: Colors = _choose(_closeness(themes), themes.layers.families)[int(dark)].copy()
    colors[[theme.mixed for theme in themes]] = _GREY[dark]
    return colors


def layer_colors(themes: "ThemeMap", *, dark: bool = False) -> tuple[Colors, Colors, Colors]:
    """Return the colours of the broad themes, the themes and the fine themes.

    A broad theme has the colour of its largest theme; fine themes have shades of the
    colour of the theme they belong to.

    Parameters
    ----------
    themes
        The result to draw.
    dark
        Whether the background is dark.

    Returns
    -------
    tuple of three float arrays of shape (n_themes, 3)
        Red, green and blue, 0 to 1.
    """
    from absclust.themes.layers import parents

    colors = theme_colors(themes, dark=dark)
    broad, fine = (themes.layers[i].labels for i in (0, 2))
    largest = np.unique(parents(themes.labels, broad), return_index=True)[1]  # 0 is the largest
    above = parents(fine, themes.labels)
    before = [int((above[:theme] == parent).sum()) for theme, parent in enumerate(above)]
    shades = np.array(_SHADES)[np.array(before, dtype=np.int64) % len(_SHADES)]
    ends, shares = (shades > 0).astype(float)[:, None], np.abs(shades)[:, None]
    return colors[largest], colors, (1 - shares) * colors[above] + shares * ends


def text_colors(colors: Colors, *, dark: bool = False) -> Colors:
    """Darken colours (or lighten them, on a dark background) until text in them is readable.

    Colours that would become nearly the same are darkened further, each more than those that
    were lighter before.

    Examples
    --------
    >>> text_colors(np.array([[1.0, 1.0, 0.0]])).round(1).tolist()
    [[0.4, 0.4, 0.0]]
    """
    end, text = (1.0 if dark else 0.0), colors.copy()
    shares = np.linspace(0, 1, 21)
    order = np.argsort(oklab(colors)[:, 0] * (1 if dark else -1), kind="stable")
    for done, theme in enumerate(order):
        tried = paler(colors[theme], (end, end, end), shares[:, None])
        readable = tried[_contrast(tried, 1 - np.full(3, end)) >= _TEXT_CONTRAST]
        before = oklab(text[order[:done]])
        apart = np.linalg.norm(oklab(readable)[:, None] - before, axis=2).min(axis=1, initial=1.0)
        # Where none is apart enough, that which is most.
        far = np.minimum(apart, _INKS_APART)
        text[theme] = readable[int(far.argmax())]
    return text


def paler(colors: Colors, background: tuple[float, float, float], share: float | Colors) -> Colors:
    """Mix a share of the background into the colours."""
    return (1 - share) * colors + share * np.array(background)


def faintest(color: Colors, background: tuple[float, float, float]) -> float:
    """Return the largest share of the background with which text in a colour can be read."""
    shares = np.linspace(0, 1, 101)
    readable = _contrast(paler(color, background, shares[:, None]), background) >= _FAINT_CONTRAST
    return float(shares[readable].max(initial=0))


def color_map(style: PlotStyle) -> "Colormap":
    """Return colours from less, blue, to more, orange, with the background's in the middle."""
    from matplotlib.colors import LinearSegmentedColormap

    ends = _LESS[style.dark], style.background, _MORE[style.dark]
    return LinearSegmentedColormap.from_list("", list(ends))


def palette(n: int, *, dark: bool = False) -> Colors:
    """Return n colours as different from each other as possible, for any reader.

    Parameters
    ----------
    n
        How many colours, 0 or more.
    dark
        Whether the background is dark.

    Returns
    -------
    float array of shape (n, 3)
        Red, green and blue, 0 to 1.

    Examples
    --------
    >>> palette(3).shape
    (3, 3)
    """
    return _choose(np.zeros((n, n)), np.zeros(n, dtype=np.int64))[int(dark)]


@cache
def _candidates(n: int) -> tuple[Colors, Colors, Colors]:
    """Return the colours to choose from for n themes.

    Returns
    -------
    hues : float array of shape (m,)
        In degrees; 0 is a red, 90 a yellow.
    colors : float array of shape (2, m, 3)
        Red, green and blue on a light and on a dark background, of the same hue.
    likeness : float array of shape (m, m)
        How alike two of them look, for the reader and on the background that tell them
        apart least.
    """
    many = float(np.clip((n - _FEW) / (_MANY - _FEW), 0, 1))

    def mixed(of_few: tuple[float, float], of_many: tuple[float, float]) -> Colors:
        return (1 - many) * np.array(of_few) + many * np.array(of_many)

    dull, vivid = mixed(*_CHROMA)
    grid = np.meshgrid(_HUES, _TONES, _VIVIDNESS, indexing="ij")
    hues, tones, vividness = (steps.ravel() for steps in grid)
    colors, fits = [], np.ones(len(hues), dtype=bool)
    for dark in (False, True):
        low, high = mixed(*_LIGHTNESS[dark])
        lightness = low + tones * (high - low)
        chroma = vividness * _most_chroma(lightness, hues, vivid)
        fits &= chroma >= dull
        colors.append(_rgb(_lch(lightness, chroma, hues)))
    chosen = np.array(colors)[:, fits]
    return hues[fits], chosen, _likeness(chosen)


def _most_chroma(lightness: Colors, hues: Colors, vivid: float) -> Colors:
    """Return the largest chroma up to ``vivid`` at which a screen can show each colour."""
    steps = np.linspace(0, vivid, 44)
    grid = np.broadcast_arrays(lightness[:, None], steps, hues[:, None])
    linear = _light(_lch(*(part.ravel() for part in grid))).reshape(*grid[0].shape, 3)
    shown = ((linear > -1e-3) & (linear < 1 + 1e-3)).all(axis=2)
    return (shown * steps).max(axis=1)


def _likeness(colors: Colors) -> Colors:
    """Return how alike colours look on the backgrounds, which come first; (n, n)."""
    nearest = np.full((colors.shape[1],) * 2, np.inf)
    for on_background in colors:
        for seen, weight in zip(seen_colors(on_background), (_NORMAL_WEIGHT, 1, 1), strict=True):
            distances = np.linalg.norm(seen[:, None] - seen, axis=2)
            nearest = np.minimum(nearest, weight * distances)
    return np.maximum(nearest, _LEAST) ** -float(_STEEPNESS)


def _choose(closeness: Colors, families: IntArray) -> Colors:
    """Return the colours of themes on a light and on a dark background, (2, n_themes, 3).

    Each family has a range of hues. In which order the ranges follow each other, and
    where the first begins, is tried at random; what costs least is taken.
    """
    n, sizes = len(families), np.bincount(families, minlength=1)
    hues, colors, likeness = _candidates(min(n, _MANY))
    weights = closeness + _ANY_PAIR
    np.fill_diagonal(weights, 0)
    if len(sizes) in (1, n):  # one family, or no theme has relatives
        ranges = [np.ones((n, len(hues)), dtype=bool)]
    else:
        random, tries = np.random.default_rng(0), max(1, _TRIES * _MANY // max(n, _MANY))
        ranges = [_ranges(hues, sizes, random)[families] for _ in range(tries)]
    fits = [_fit(weights, likeness, allowed) for allowed in ranges]
    _, chosen = min(fits, key=lambda fit: fit[0])
    return colors[:, chosen]


def _ranges(hues: Colors, sizes: IntArray, random: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Return which colours are in the range of each family, (n_families, n_colors)."""
    order, turn = random.permutation(len(sizes)), random.uniform(0, 360)
    widths = (sizes[order] + _FAMILY) * 360 / (sizes + _FAMILY).sum()
    middles, reach = np.empty((2, len(sizes)))
    middles[order] = turn + widths.cumsum() - widths / 2
    reach[order] = np.minimum(widths - _GAP * 360 / len(sizes), _WIDEST) / 2
    away = np.abs((hues - middles[:, None] + 180) % 360 - 180)
    # Of a range narrower than the steps between hues, the nearest hue remains.
    return away <= np.maximum(reach, away.min(axis=1))[:, None]


def _fit(
    weights: Colors, likeness: Colors, allowed: npt.NDArray[np.bool_]
) -> tuple[float, IntArray]:
    """Choose a colour for each theme so that themes of great weight have colours unlike.

    Each theme in turn takes the colour that costs least, given the others', until none
    changes. Returns the cost, and which colours were chosen.
    """
    n = len(weights)
    chosen = np.full(n, -1)
    costs = np.zeros((len(likeness), n))  # of each colour for each theme
    for _ in range(_PASSES):
        before = chosen.copy()
        for theme in range(n):
            cost = np.where(allowed[theme], costs[:, theme], np.inf)
            best, now = int(cost.argmin()), chosen[theme]
            if now < 0 or cost[best] < cost[now] * (1 - 1e-9):
                change = likeness[:, best] - (likeness[:, now] if now >= 0 else 0)
                costs += np.outer(change, weights[theme])
                chosen[theme] = best
        if np.array_equal(chosen, before):
            break
    return float(costs[chosen, np.arange(n)].sum()), chosen


def _closeness(themes: "ThemeMap") -> Colors:
    """Return how close themes are, (n_themes, n_themes): the share of links that join them."""
    member = group_matrix(themes._paper_labels, len(themes))
    links = (member @ themes.foundation.paper_graph.adjacency @ member.T).toarray()
    np.fill_diagonal(links, 0)
    share = links / np.maximum(links.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    return share + share.T


def _contrast(colors: Colors, ground: npt.ArrayLike) -> Colors:
    """Return the contrast of colours with a background, 1 to 21."""
    light = _linear(np.vstack([ground, colors])) @ np.array([0.2126, 0.7152, 0.0722]) + 0.05
    return np.maximum(light[1:], light[0]) / np.minimum(light[1:], light[0])


def seen_colors(colors: Colors) -> Colors:
    """Return OKLab colours as seen in normal vision, by deutans and by protans: (3, n, 3)."""
    linear = _linear(colors)
    dichromats = (np.clip(linear @ _MATRICES[by].T, 0, 1) for by in ("deutan", "protan"))
    return np.stack([_lab(light) for light in (linear, *dichromats)])


def oklab(colors: Colors) -> Colors:
    """Return sRGB colours in OKLab: lightness, green to red, blue to yellow; shape (n, 3)."""
    return _lab(_linear(colors))


def _lch(lightness: Colors, chroma: Colors, hues: Colors) -> Colors:
    """Return colours in OKLab, given their hues in degrees."""
    angles = np.radians(hues)
    return np.column_stack([lightness, chroma * np.cos(angles), chroma * np.sin(angles)])


def _rgb(lab: Colors) -> Colors:
    """Return colours in OKLab as sRGB, cut off at its limits."""
    linear = np.clip(_light(lab), 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def _light(lab: Colors) -> Colors:
    """Return colours in OKLab as linear sRGB, which may be beyond its limits."""
    return np.linalg.solve(_MATRICES["cones"], np.linalg.solve(_MATRICES["lab"], lab.T) ** 3).T


def _linear(colors: Colors) -> Colors:
    return np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)


def _lab(linear: Colors) -> Colors:
    return np.cbrt(linear @ _MATRICES["cones"].T) @ _MATRICES["lab"].T
