"""Check that the contents of a saved map can form a map: types, shapes, ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from absclust.embedding.builtin import DIMENSIONS, FittedBuiltin
from absclust.embedding.tokens import tokenizer

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

# Names of sizes that are known beforehand; for others, the same name means the same size.
_SIZES = {"two": 2, "key": 16, "static": DIMENSIONS}
_MOST = 1e6  # that a factor can be
_TOLD = {"embedder": str, "clusterer": str, "outliers": str}  # options that the report tells
_TOLD_IF_GIVEN = {"namer": str | None, "seed_themes": dict, "labels": dict}


class Array(NamedTuple):
    """What an array of a saved map must be, and where the map has it."""

    dtype: str
    shape: str  # by names of sizes, such as "papers key"
    least: float  # that a value may be
    below: float | str  # that all values are: a number, or the name of a size
    place: str  # attributes of the map, one after the other
    needed: bool = True

    def of(self, themes: ThemeMap) -> Any:
        """Return the array, or None where the map has none."""
        value: Any = themes
        for name in self.place.split("."):
            value = None if value is None else getattr(value, name)
        return value


def texts(values: Any) -> tuple[str, ...]:
    """Return a tuple of str, or raise ValueError."""
    if not isinstance(values, list) or not all(type(value) is str for value in values):
        raise ValueError("texts are not a list of str")
    "".join(values).encode()  # half a surrogate pair raises a ValueError
    return tuple(values)


def check_arrays(arrays: dict[str, Any], known: Mapping[str, Array], n_themes: int) -> None:
    """Raise ValueError unless the arrays have the types, sizes and ranges that a map needs."""
    sizes = _SIZES | {"themes": n_themes, "model": tokenizer().get_vocab_size()}
    wanted = {name: what for name, what in known.items() if what.needed or name in arrays}
    for name, what in wanted.items():
        array, shape = arrays[name], what.shape.split()
        if array.dtype != what.dtype or array.ndim != len(shape):
            raise ValueError(f"{name} has type {array.dtype} and {array.ndim} dimensions")
        for size, called in zip(array.shape, shape, strict=True):
            if sizes.setdefault(called, size) != size:
                raise ValueError(f"{name} has {size} {called}, other arrays have {sizes[called]}")
    for name, what in wanted.items():
        array, below = (
            arrays[name],
            sizes[what.below] if isinstance(what.below, str) else what.below,
        )
        if array.size and not (array.min() >= what.least and array.max() < below):  # nor NaN
            raise ValueError(f"{name} has values that are not from {what.least} to below {below}")
    if set(arrays) - set(known) or not sizes["papers"] or not sizes["dimensions"]:
        raise ValueError("there are no papers or vectors, or there are unknown arrays")


def check_fit(themes: ThemeMap) -> None:
    """Raise ValueError unless the parts of a map fit together."""
    corpus, graph = themes.corpus, themes.foundation.paper_graph
    n_rows, n_papers, n_themes = corpus.n_rows, len(themes.foundation.paper_embedding), len(themes)
    rows, labels = corpus.first_row, themes.labels
    _require(np.array_equal(corpus.paper_of_row[rows], np.arange(n_papers)))
    _require(np.array_equal(labels, corpus.to_rows(labels[rows], missing=-1)))
    _require(len(corpus.titles) == n_rows)
    _require(len(corpus.paper_titles) == len(corpus.paper_texts) == n_papers)
    _require(all(a < b for a, b in zip(corpus.paper_keys, corpus.paper_keys[1:], strict=False)))
    _require([theme.id for theme in themes] == list(range(n_themes)))
    _require(all(theme.name.strip() for theme in themes))
    sizes = np.bincount(labels[labels >= 0], minlength=n_themes)
    _require([theme.size for theme in themes] == sizes.tolist())
    _require(all(0 <= row < n_rows for theme in themes for row in theme.representative_rows))
    _require(all(len(t.representative_rows) == len(t.representative_papers) for t in themes))
    _require((np.linalg.norm(themes.foundation.paper_embedding, axis=1) < 1.01).all())
    _require((np.diff(themes.foundation.calibration_similarities) >= 0).all())
    if (added := themes.foundation.added) is not None:
        _require(not added[graph.indices].any() and not added.all())
    if (rule := themes.settings) is not None:
        _require(0 < rule.resolution < _MOST and rule.min_theme_size >= 0)
        _require(0 < (rule.n_themes or 1) <= n_papers)
    _require(0 < graph.level < _MOST)
    _require(all(np.isnan(theme.stability) or 0 <= theme.stability <= 1 for theme in themes))
    _require(0 <= themes.foundation.random_state < 2**32)
    _require(0 <= themes.foundation.min_strength <= 1)
    if options := themes.options:
        told = _TOLD | {name: kind for name, kind in _TOLD_IF_GIVEN.items() if name in options}
        _require(all(isinstance(options[name], kind) for name, kind in told.items()))
        _require(all(type(n) is int for n in options.get("labels", {}).values()))
    _check_encoder(themes)


def _check_encoder(themes: ThemeMap) -> None:
    encoder = themes.foundation.encoder
    if encoder is None:
        return
    fitted, lsa = encoder.fitted, encoder.lsa
    _require(lsa is not None or encoder.embedder != "lsa")
    width = 0
    if lsa is not None:
        _require(lsa.features in ("words", "characters"))
        _require(len(lsa.vocabulary) == len(lsa.idf) == len(set(lsa.vocabulary)) > 0)
        width = len(lsa.idf) if lsa.components is None else len(lsa.components)
    if isinstance(fitted, FittedBuiltin):
        _require((fitted.lsa_centres is None) == (lsa is None))
        _require(fitted.lsa_centres is None or fitted.lsa_centres.shape[1] == width)
        _require((np.diff(fitted.contexts.tokens) > 0).all())
        width += DIMENSIONS
    if fitted is not None:
        _require(themes.foundation.paper_embedding.shape[1] == width)


def _require(fits: Any) -> None:
    if not fits:
        raise ValueError("numbers are out of range, or counts differ")
