"""The interactive theme map: one self-contained page, made from a ThemeMap.

Its parts are in the folder ``web/parts``: a template, a style sheet and ES modules. They go into
the page together with the papers as JSON. The page may neither load nor send anything: its content
security policy allows only its own script and style, by their hashes.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterable
from itertools import chain, compress, islice
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from absclust import sizes
from absclust._version import __version__
from absclust.analysis.citations import citations
from absclust.analysis.strategic import links
from absclust.arrays import FloatArray, IntArray, evenly_spread, members
from absclust.atomic import Target, write_beside
from absclust.corpus.addresses import addresses, best
from absclust.corpus.clean import display_text, without_surrogates
from absclust.corpus.columns import find_bibliographic, find_columns, keywords
from absclust.corpus.corpus import Corpus
from absclust.counted import counted, counted_themes
from absclust.io.formulas import FORMULA, PLAIN_NUMBER
from absclust.plot.canvas import all_shortened, style_of
from absclust.plot.colors import Colors, layer_colors, paler, text_colors
from absclust.plot.paper_colors import Classes, read_column
from absclust.reprs import focus_word, summary
from absclust.web.meaning import meaning, packed
from absclust.web.script import PARTS, page_script

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

# Could end the script element early or break a line of JavaScript, or can't be encoded.
_UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff]")
_LAYERS = {"Broad": "broad_theme", "Themes": "theme", "Fine": "fine_theme"}  # and their columns
_GROUNDS = (False, True)  # whether it is dark
_SHOWN = len(_LAYERS)  # of the layers; those below have too many themes for a legend
# Of more papers, a sample is drawn: a million took 165 MB, 14 seconds to open and half a second
# for each move of the map.
_FEWEST_OF_THEME = 20  # papers, or all of a smaller theme: each theme can be seen
_N_NEAREST = 6  # papers that are shown beside a paper
_MOST_COLUMNS = 8  # that papers can be coloured by
_NAMED = 0.2  # share of the papers that the classes of such a column name, at least
_SHOWN_ELSEWHERE = ("title", "abstract", "id", "doi", "url", "authors", "year", "date")
_DEEPER = 0.35  # share of black (or white) in the names, which lie on top of the points


def to_html(themes: ThemeMap, path: Target, *, abstracts: bool | None = None) -> Path:
    """Write the interactive theme map: one HTML file that any browser opens, even offline.

    In it you can hover over a paper, click to read it and to walk on to its nearest
    papers, search, switch themes, years and layers, draw a lasso and export the papers
    in it. Of more than 100,000 papers it shows an even sample, and says so.

    Parameters
    ----------
    path
        The file to write; an existing one is replaced. Or a file that is open for writing.
    abstracts
        Whether the file contains the abstracts. By default, it does if there are 10,000
        papers or fewer. Say False for a page that you publish, unless you may publish
        the abstracts too: most are their publishers'.

    Returns
    -------
    pathlib.Path
        The path of the file.

    Raises
    ------
    WriteError
        If the path is a folder, its folder is missing, or writing fails.

    Examples
    --------
    >>> import tempfile
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
    >>> themes.to_html(f"{tempfile.mkdtemp()}/map.html").name
    'map.html'
    """
    text = page(themes, abstracts=abstracts)
    return write_beside(
        path, lambda beside: beside.write_text(text, "utf-8", newline="\n"), (".html", ".htm")
    )


def page(themes: ThemeMap, *, abstracts: bool | None = None) -> str:
    """Return the interactive map as the text of an HTML page.

    Parameters
    ----------
    themes
        The map.
    abstracts
        Whether the page contains the abstracts; None: if there are 10,000 papers or fewer.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> text = page(cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "<b>Proteins</b>"]))
    >>> text.startswith("<!doctype html>"), "<b>" in text
    (True, False)
    """
    template, style = (PARTS.joinpath(name).read_text("utf-8") for name in ("map.html", "map.css"))
    script = "\n" + page_script()
    drawn, columns = _drawn(themes), _columns(themes)
    records = themes.corpus.records.iloc[themes.corpus.first_row[drawn].tolist()]
    known = addresses(records)
    if abstracts is None:
        abstracts = len(drawn) <= sizes.ABSTRACTS_IN_PAGE
    policy = (
        "default-src 'none'; connect-src 'none'; img-src data:; base-uri 'none'; "
        f"form-action 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'"
    )
    return Template(template).substitute(
        policy=policy,
        title=f"Theme map of {themes.corpus.n_papers:,} papers",
        style=style,
        script=script,
        data=_json(_data(themes, drawn, known, columns)),
        texts=_compressed(
            _texts(records, known, abstracts=abstracts)
            | {"values": _values(columns, drawn), "meaning": meaning(themes, drawn)}
        ),
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _json(data: Any) -> str:
    """Return the data as JSON that is safe inside a script element, whatever the texts contain."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _data(
    themes: ThemeMap, drawn: IntArray, known: list[dict[str, str]], columns: list[Classes]
) -> dict[str, Any]:
    corpus = themes.corpus
    first = corpus.first_row[drawn].tolist()
    neighbors = themes.foundation.paper_graph.indices
    layers, main = _layers(themes, drawn)
    ids = find_columns(corpus.records.columns).get("id")
    return {
        "sample": {"even": sizes.DRAWN_IN_PAGE, "of": corpus.n_papers},  # what is drawn evenly
        "places": packed(_quantised(themes.foundation.paper_coordinates[drawn]), "<u2"),
        "strength": packed((themes._paper_membership.strength[drawn] * 255).round(), "<u1"),
        "centrality": packed((_centrality(themes, drawn) * 32767).round(), "<i2"),
        "year": packed(corpus.paper_years[drawn], "<u2"),
        "row": packed(first, "<i4"),
        "copies": _copies(corpus, drawn),
        "titles": [corpus.titles[row] for row in first],
        "links": [best(of_paper) for of_paper in known],
        "nearest": packed(_places(corpus, drawn)[neighbors[drawn, :_N_NEAREST]], "<i4"),
        "neighbors": neighbors.shape[1],
        "citations": _citations(corpus, drawn),
        "runnerUp": packed(themes._paper_membership.runner_up[drawn], "<i4"),
        "ids": None if ids is None else list(map(str, corpus.records[ids].iloc[first])),
        "layers": layers,
        "main": main,
        "heading": f"{counted(corpus.n_papers, 'paper')}, {counted_themes(themes.themes)}",
        "made": _made(themes),
        "columns": [_column(classes, drawn) for classes in columns],
        "formulas": {"start": FORMULA, "number": PLAIN_NUMBER},
    }


def _columns(themes: ThemeMap) -> list[Classes]:
    """Return the columns that divide the papers."""
    records = themes.corpus.records
    known = find_columns(records.columns)
    years = ["year"] if themes.corpus.years.any() else []
    shown_elsewhere = {known.get(field) for field in _SHOWN_ELSEWHERE}
    once = records.columns.drop_duplicates(keep=False)
    names = [*years, *(name for name in once if name not in shown_elsewhere)]
    alone = np.isin(themes.corpus.first_row, themes.corpus.title_only)
    abstracts = Classes.of("abstract", np.where(alone, "", "given").tolist())
    # One after the other, as long as there is room: an export may have a hundred columns.
    divisions = (read_column(themes.corpus, name) for name in names)
    return list(islice(filter(_divides, chain([abstracts], divisions)), _MOST_COLUMNS))


def _column(classes: Classes, drawn: IntArray) -> dict[str, Any]:
    """Return a column with the class of each drawn paper."""
    return {
        "name": classes.column,
        "names": all_shortened(classes.names),
        "ordered": classes.ordered,
        "groups": packed(classes.groups[drawn], "<u1"),
        "colors": _packed_colors(classes.palette(style_of(dark=dark)) for dark in _GROUNDS),
    }


def _values(columns: list[Classes], drawn: IntArray) -> list[str]:
    """Return what columns say of each drawn paper, for the search."""
    texts = [each.texts for each in columns if each.texts and each.column != "abstract"]
    return [without_surrogates(" ".join(each[i] for each in texts)) for i in drawn.tolist()]


def _divides(classes: Classes) -> bool:
    """Whether classes say something: not if nearly all papers have a value of their own, or one."""
    sizes = np.bincount(classes.groups, minlength=len(classes.names))
    named = sizes[:-1] if classes.ordered else sizes[:-2]
    return bool(sizes.max() < sizes.sum() and named.sum() >= _NAMED * sizes.sum())


def _made(themes: ThemeMap) -> list[str]:
    """Return what the papers are, what was set aside, and how the themes were made."""
    plain = {k: v for k, v in themes.options.items() if isinstance(v, str | bool | int | float)}
    options = ", ".join(f"{name}={value!r}" for name, value in plain.items())
    return [*summary(themes).split("\n"), f"absclust {__version__}; {options}"]


def _centrality(themes: ThemeMap, drawn: IntArray) -> FloatArray:
    """Return the cosine of each drawn paper with the centre of its theme; 0 without one."""
    labels = themes._paper_labels[drawn]
    vectors = themes.foundation.paper_embedding[drawn]
    centres = np.vstack([themes.centroids, np.zeros_like(vectors[:1])])  # the last for no theme
    return np.clip(np.einsum("ij,ij->i", vectors, centres[labels]), -1, 1)


def _places(corpus: Corpus, drawn: IntArray) -> IntArray:
    """Return the place of each paper among those drawn, or -1."""
    place = np.full(corpus.n_papers, -1)
    place[drawn] = np.arange(len(drawn))
    return place


def _citations(corpus: Corpus, drawn: IntArray) -> str | None:
    """Return which drawn papers cite which, by their places; None without references."""
    if (cited := citations(corpus)) is None:
        return None
    pairs = _places(corpus, drawn)[cited]
    return packed(pairs[(pairs >= 0).all(axis=1)], "<i4")


def _drawn(themes: ThemeMap) -> IntArray:
    """Return the papers to draw: all, or an even sample and what small themes lack in it."""
    everyone = np.arange(themes.corpus.n_papers)
    if len(everyone) <= sizes.DRAWN_IN_PAGE:
        return everyone
    drawn = np.zeros(len(everyone), dtype=bool)
    drawn[evenly_spread(everyone, sizes.DRAWN_IN_PAGE)] = True
    # From fine to broad: the papers that a fine theme gets count for the themes above it.
    for layer in reversed(themes.layers[:_SHOWN]):
        for papers in members(layer._paper_labels, len(layer)):
            lacking = _FEWEST_OF_THEME - int(drawn[papers].sum())
            if lacking > 0:
                drawn[evenly_spread(papers[~drawn[papers]], lacking)] = True
    return np.flatnonzero(drawn)


def _layers(themes: ThemeMap, drawn: IntArray) -> tuple[list[dict[str, Any]], int]:
    """Return the layers that differ, broad to fine, and the index of ``themes`` among them."""
    broad, _, fine = themes.layers[:_SHOWN]
    colors = zip(*(layer_colors(themes, dark=dark) for dark in _GROUNDS), strict=True)
    layers = zip(_LAYERS, (broad, themes, fine), colors, strict=True)
    kept = len(broad) < len(themes), True, len(fine) > len(themes)
    return [_layer(*layer, drawn) for layer in compress(layers, kept)], int(kept[0])


def _layer(
    name: str, themes: ThemeMap, colors: tuple[Colors, Colors], drawn: IntArray
) -> dict[str, Any]:
    labels, place = themes._paper_labels, _places(themes.corpus, drawn)[themes.corpus.paper_of_row]
    unplaced, *counts = np.bincount(labels + 1, minlength=len(themes) + 1).tolist()
    inks = (
        paler(text_colors(colors[dark], dark=dark), (float(dark),) * 3, _DEEPER)
        for dark in _GROUNDS
    )
    return {
        "name": name,
        "column": _LAYERS[name],
        "unplaced": unplaced,
        "labels": packed(labels[drawn], "<i4"),
        "linked": packed(links(themes)[["theme", "other", "links"]], "<i4"),
        "colors": _packed_colors(colors),
        "inks": _packed_colors(inks),
        "themes": [
            {
                "name": theme.name,
                "size": n_papers,
                "stability": None if np.isnan(theme.stability) else theme.stability,
                "focus": focus_word(theme),
                "keywords": ", ".join(theme.keywords),
                "authorKeywords": ", ".join(theme.author_keywords),
                "sentence": theme.sentence,
                "sentencePaper": theme.sentence_paper,
                # By their place among those drawn, or -1.
                "representative": place[list(theme.representative_rows)].tolist(),
            }
            for theme, n_papers in zip(themes, counts, strict=True)
        ],
    }


def _copies(corpus: Corpus, drawn: IntArray) -> dict[Any, list[int]]:
    """Return the other rows of each drawn paper that occurs in several rows."""
    rows = corpus.duplicate_rows
    places = _places(corpus, drawn)[corpus.paper_of_row[rows]]
    return pd.Series(rows).groupby(places).agg(list).drop(-1, errors="ignore").to_dict()


def _quantised(coordinates: FloatArray) -> FloatArray:
    """Return all x, then all y, as whole numbers to 65535, in the same proportions, y downwards."""
    places = coordinates * np.array([1, -1], dtype=np.float32)
    low, high = places.min(axis=0), places.max(axis=0)
    extent = max((high - low).max(), np.finfo(np.float32).tiny)
    shares = np.clip((places - (low + high) / 2) / extent + 0.5, 0, 1)
    return (shares * 65535).round().T


def _packed_colors(on_grounds: Iterable[Colors]) -> dict[str, str]:
    """Return colours on a light and on a dark ground."""
    packages = (packed((colors * 255).round(), "<u1") for colors in on_grounds)
    return dict(zip(("light", "dark"), packages, strict=True))


def _texts(
    records: pd.DataFrame, addresses: list[dict[str, str]], *, abstracts: bool
) -> dict[str, Any]:
    """Return the texts of some papers and their addresses; abstracts are most of the size."""
    return {
        "abstracts": _column_shown(records, "abstract") if abstracts else None,
        "authors": _column_shown(records, "authors"),
        "venues": _column_shown(records, "journal"),
        "keywords": keywords(records),
        "addresses": [list(known.items()) for known in addresses],
    }


def _compressed(data: Any) -> str:
    """Return data as base64 of compressed JSON; without a time, so that it is always the same."""
    content = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(gzip.compress(content, mtime=0)).decode()


def _column_shown(records: pd.DataFrame, field: str) -> list[str] | None:
    """Return a field's column as texts that people read; None if there is none with any text."""
    columns = list(records.columns)
    column = (find_bibliographic(columns) | find_columns(columns)).get(field)
    if column is None:
        return None
    texts = [_text(value) for value in records.iloc[:, columns.index(column)]]
    return texts if any(texts) else None


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(map(_text, value))
    return display_text(value) if isinstance(value, str) else ""
