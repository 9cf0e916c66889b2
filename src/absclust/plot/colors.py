"""Colours of themes: distinct for every reader, and most distinct where themes are close.

Colours are chosen in OKLab (Ottosson 2020), where distances match how different
colours look, and also as dichromats see them (Machado, Oliveira and Fernandes 2009).
"""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from absclust.themes.theme_map import ThemeMap

Colors = npt.NDArray[np.float64]

# Linear sRGB as seen without medium-wave (deutan) and without long-wave (protan) cones.
_DICHROMATS = (
    np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
)
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
# Lightness and chroma of theme colours, so that they stand out from the background. Few
# themes get calmer colours; with many, dichromats need the whole range of lightness.
_STEPS = 18  # levels of red, green and blue among which colours are chosen
_LIGHTNESS = {False: ((0.55, 0.74), (0.38, 0.83)), True: ((0.66, 0.82), (0.50, 0.95))}
_CHROMA = (0.095, 0.175), (0.05, 0.215)
_FEW, _MANY = 6, 24
_FIRST = np.array([0.20, 0.45, 0.75])  # a blue
_NORMAL_WEIGHT = 0.8  # of distances in normal vision, which are larger
_SHADES = (0, 0.3, -0.25, 0.15, -0.12)  # of fine themes: towards white; if negative, black
_PASSES = 20  # rounds of swaps; most maps need fewer than ten
_TEXT_CONTRAST = 4.5  # of text and background: Web Content Accessibility Guidelines


def theme_colors(themes: "ThemeMap", *, dark: bool = False) -> Colors:
    """Return one colour per theme, the same in every picture of a map.

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
    colors = palette(len(themes), dark=dark)
    return colors[_arrange(_closeness(themes), np.array(seen_colors(colors)))]


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

    Examples
    --------
    >>> text_colors(np.array([[1.0, 1.0, 0.0]])).round(1).tolist()
    [[0.4, 0.4, 0.0]]
    """
    end = 1.0 if dark else 0.0
    text = colors.copy()
    for share in np.linspace(0, 1, 21):
        faint = _contrast(text, dark) < _TEXT_CONTRAST
        text[faint] = (1 - share) * colors[faint] + share * end
    return text


def paler(colors: Colors, background: tuple[float, float, float], share: float) -> Colors:
    """Mix a share of the background into the colours."""
    return (1 - share) * colors + share * np.array(background)


def palette(n: int, *, dark: bool = False) -> Colors:
    """Return n colours as different from each other as possible, for any reader.

    Each colour in turn is the one farthest from all before it. Its distance is the
    smallest that a reader with normal vision, a deutan or a protan sees.

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
    return np.array(_palette(n, dark)).reshape(n, 3)


@cache
def _palette(n: int, dark: bool) -> tuple[tuple[float, ...], ...]:
    candidates = _candidates(n, dark)
    seen = seen_colors(candidates)
    nearest = np.full(len(candidates), np.inf)
    chosen = [int(np.linalg.norm(candidates - _FIRST, axis=1).argmin())]
    for _ in range(n):
        nearest = np.minimum(nearest, _distances(seen, chosen[-1]))
        chosen.append(int(nearest.argmax()))
    return tuple(tuple(candidates[i].tolist()) for i in chosen[:n])


def _candidates(n: int, dark: bool) -> Colors:
    """Return the colours to choose from for n themes on a light or dark background."""
    levels = np.linspace(0, 1, _STEPS)
    grid = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    lab = oklab(grid)
    lightness, chroma = lab[:, 0], np.hypot(lab[:, 1], lab[:, 2])
    many = float(np.clip((n - _FEW) / (_MANY - _FEW), 0, 1))
    (low, high), (dull, vivid) = (
        (1 - many) * np.array(few) + many * np.array(all_)
        for few, all_ in (_LIGHTNESS[dark], _CHROMA)
    )
    fits = (lightness >= low) & (lightness <= high) & (chroma >= dull) & (chroma <= vivid)
    candidates: Colors = grid[fits]
    return candidates


def _distances(seen: Colors, chosen: int) -> Colors:
    """Return how far candidates are from a chosen one, for the reader who sees it least."""
    distances = np.linalg.norm(seen - seen[:, chosen : chosen + 1], axis=2)
    distances[0] *= _NORMAL_WEIGHT
    smallest: Colors = distances.min(axis=0)
    return smallest


def _closeness(themes: "ThemeMap") -> Colors:
    """Return how close themes are, (n_themes, n_themes): the share of links that join them."""
    from scipy import sparse

    labels = themes.paper_labels
    placed = np.flatnonzero(labels >= 0)
    member = sparse.csr_matrix(
        (np.ones(len(placed)), (labels[placed], placed)), shape=(len(themes), len(labels))
    )
    links = (member @ themes.paper_graph.adjacency @ member.T).toarray()
    np.fill_diagonal(links, 0)
    share = links / np.maximum(links.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    closeness: Colors = share + share.T
    return closeness


def _arrange(closeness: Colors, seen: Colors) -> npt.NDArray[np.int64]:
    """Return which colour each theme gets, so that close themes get distant colours.

    Pairs of themes swap colours as long as that helps: a quadratic assignment problem,
    solved to a local optimum.
    """
    n = len(closeness)
    order = np.arange(n)
    apart = np.linalg.norm(seen[:, :, None] - seen[:, None], axis=3)
    apart[0] *= _NORMAL_WEIGHT
    likeness = 1 / np.maximum(apart.min(axis=0), 0.01) ** 2
    np.fill_diagonal(likeness, 0)
    for _ in range(_PASSES):
        before = order.copy()
        for theme in range(n):
            now = likeness[np.ix_(order, order)]
            change = (closeness[theme] - closeness) * (now - now[theme])
            change[:, theme] = 0
            np.fill_diagonal(change, 0)
            gain = change.sum(axis=1)
            partner = int(gain.argmin())
            if gain[partner] < -1e-9:
                order[[theme, partner]] = order[[partner, theme]]
        if np.array_equal(order, before):
            break
    return order


def _contrast(colors: Colors, dark: bool) -> Colors:
    """Return the contrast of colours with a black or a white background, 1 to 21."""
    luminance = _linear(colors) @ np.array([0.2126, 0.7152, 0.0722])
    contrast: Colors = (luminance + 0.05) / 0.05 if dark else 1.05 / (luminance + 0.05)
    return contrast


def seen_colors(colors: Colors) -> Colors:
    """Return OKLab colours as seen in normal vision, by deutans and by protans: (3, n, 3)."""
    linear = _linear(colors)
    seen = [linear, *(np.clip(linear @ matrix.T, 0, 1) for matrix in _DICHROMATS)]
    return np.stack([_lab(light) for light in seen])


def oklab(colors: Colors) -> Colors:
    """Return sRGB colours in OKLab: lightness, green to red, blue to yellow; shape (n, 3)."""
    return _lab(_linear(colors))


def _linear(colors: Colors) -> Colors:
    return np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)


def _lab(linear: Colors) -> Colors:
    lab: Colors = np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T
    return lab
