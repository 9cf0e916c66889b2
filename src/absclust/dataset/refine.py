"""The third stage: find the finer themes inside each theme, from all of its papers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.arrays import FloatArray, IntArray, unit_rows
from absclust.clustering.leiden import PartitionSettings
from absclust.clustering.membership import theme_centroids, vote_shares
from absclust.clustering.neighbors import NeighborGraph, NeighborSearch, neighbor_graph
from absclust.dataset.assign import assigned_name
from absclust.dataset.keys import as_numbers, stored_bytes
from absclust.naming.evidence import Evidence
from absclust.naming.names import ThemeName, name_themes
from absclust.new_papers.placement import best_theme
from absclust.saving import MAP
from absclust.themes.layers import FINE, FINER, names_of_whole, ordered_layer, parents, split_themes

if TYPE_CHECKING:
    import pyarrow as pa

    from absclust.dataset.store import Store
    from absclust.themes.theme import Theme

_PAPER = ["row", "vector", "group", "text", "title", "keywords", "theme"]  # columns of papers


def refined_name(theme: int) -> str:
    """Return the file of the store with the finer themes of a theme; -1 is for papers without."""
    return f"work/refined-{theme:05d}.parquet"


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows of a data set that are in a theme; arrays of shape (n,)."""

    part: IntArray
    row: IntArray
    paper: IntArray  # number of the row's paper; papers are numbered in the order of their keys
    first: IntArray  # for each paper, the first row that holds it


@dataclass(frozen=True, eq=False)
class _Layer:
    """A layer of finer themes."""

    labels: IntArray  # of papers
    names: list[ThemeName]
    stability: FloatArray


def refine(theme: int, n_parts: int, n_layers: int, size: int, store: Store) -> None:
    """Find finer themes among the papers of a theme; write the layers of each of its rows.

    Parameters
    ----------
    theme
        The theme; -1 for papers without one, of which only copies are looked for.
    n_parts
        Number of parts of the data set.
    n_layers
        Number of finer layers.
    size
        How many papers finer themes are found from at most. If the theme has more, the
        sample is fair, and the other papers are assigned by their neighbours in it.
    store
        Where the parts' tables are.
    """
    rows = _rows(theme, n_parts, store)
    n_papers = len(rows.first)
    layers: list[_Layer] = []
    if theme >= 0 and n_papers:
        learnt = np.arange(n_papers) < size
        read = partial(_read, store, theme, rows)
        papers = read(learnt)
        graph, layers = _find(theme, papers, n_layers, store)
        if not learnt.all():
            finest = _assign_others(read, rows, papers, graph, layers[-1])
            layers = [
                replace(layer, labels=parents(layers[-1].labels, layer.labels)[finest])
                for layer in layers
            ]
    above = [np.zeros(n_papers, dtype=np.int64), *(layer.labels for layer in layers)]
    found = [_about(layer, over, rows.paper) for layer, over in zip(layers, above, strict=False)]
    facts = {"rows": len(rows.row), "papers": n_papers, "layers": found or [[]] * n_layers}
    store.write_tables(refined_name(theme), _tables(rows, layers, n_layers, n_parts), facts)


def _rows(theme: int, n_parts: int, store: Store) -> _Rows:
    """Read the keys of a theme's rows, and find which rows hold the same paper."""
    parts, row_numbers, keys = [], [], []
    for number in range(n_parts):
        table = store.read_table(assigned_name(number), ["row", "key", "theme"], theme=theme)
        table = table.filter(table["key"].is_valid())
        parts.append(np.full(table.num_rows, number))
        row_numbers.append(table["row"].to_numpy())
        keys.append(as_numbers(stored_bytes(table["key"])))
    _, first, paper = np.unique(
        np.concatenate(keys), axis=0, return_index=True, return_inverse=True
    )
    return _Rows(np.concatenate(parts), np.concatenate(row_numbers), paper.ravel(), first)


def _read(store: Store, theme: int, rows: _Rows, wanted: np.ndarray[Any, Any]) -> pa.Table:
    """Read some of a theme's papers, in the order of their keys."""
    import pyarrow as pa

    at = np.sort(rows.first[wanted])  # by part and row, as the tables are
    tables = []
    for part in np.unique(rows.part[at]).tolist():
        table = store.read_table(assigned_name(part), _PAPER, theme=theme)
        here = rows.row[at[rows.part[at] == part]]
        tables.append(table.filter(np.isin(table["row"].to_numpy(), here)))
    return pa.concat_tables(tables).take(np.argsort(rows.paper[at]))


def _vectors(papers: pa.Table) -> FloatArray:
    halves = np.frombuffer(stored_bytes(papers["vector"]), dtype=np.float16)
    return unit_rows(halves.reshape(papers.num_rows, -1))


def _groups(papers: pa.Table, graph: NeighborGraph) -> IntArray | None:
    return None if graph.groups is None else papers["group"].to_numpy().astype(np.int64)


def _find(
    theme: int, papers: pa.Table, n_layers: int, store: Store
) -> tuple[NeighborGraph, list[_Layer]]:
    """Find and name finer and finer themes, as the layers of a map are."""
    of_all = store.load_map(MAP)
    foundation, seed = of_all.foundation, of_all.foundation.random_state
    k, groups = foundation.paper_graph.indices.shape[1], _groups(papers, foundation.paper_graph)
    graph = neighbor_graph(_vectors(papers), k, groups)
    with_text = np.flatnonzero(papers["text"].is_valid())
    known = papers.take(with_text)
    evidence = Evidence.of(*(known[name].to_pylist() for name in ("text", "title", "keywords")))
    ones = np.ones(graph.n_papers, dtype=np.int64)
    above, names = np.zeros(graph.n_papers, dtype=np.int64), [of_all[theme].name]
    layers: list[_Layer] = []
    for depth in range(n_layers):
        settings = PartitionSettings(FINE.resolution * FINER**depth)
        split = split_themes(above, graph, depth, seed)
        labels, stability = ordered_layer(split, ones, graph, settings, seed)
        named = name_themes(
            evidence,
            labels[with_text],
            given=names_of_whole(labels, above, names),
            stop_phrases=foundation.stop_phrases,
            vocabulary=foundation.vocabulary,
        )
        # A theme so small that no text of it was kept.
        named += [ThemeName(f"{names[0]} {i + 1}", ()) for i in range(len(named), len(stability))]
        layers.append(_Layer(labels, named, stability))
        above, names = labels, [name.name for name in named]
    return graph, layers


def _assign_others(
    read: Callable[[IntArray], pa.Table],
    rows: _Rows,
    learnt: pa.Table,
    graph: NeighborGraph,
    layer: _Layer,
) -> IntArray:
    """Return the themes of a layer for all papers: those it wasn't found from by neighbours."""
    n_learnt, n_themes = len(layer.labels), len(layer.names)
    finest = np.concatenate([layer.labels, np.full(len(rows.first) - n_learnt, -1)])
    search = NeighborSearch(_vectors(learnt), graph)
    centroids = theme_centroids(_vectors(learnt), layer.labels, n_themes)
    others = np.arange(n_learnt, len(finest))
    part_of_other = rows.part[rows.first[others]]
    for part in np.unique(part_of_other).tolist():  # one after the other, to bound memory
        wanted = others[part_of_other == part]
        papers = read(wanted)
        vectors = _vectors(papers)
        near, similarities = search.neighbors(vectors, _groups(papers, graph))
        shares, _ = vote_shares(layer.labels[near], similarities, n_themes)
        finest[wanted] = best_theme(shares, vectors, centroids)
    return finest


def _about(layer: _Layer, above: IntArray, paper_of_row: IntArray) -> list[dict[str, Any]]:
    """Return what is to be known about the themes of a layer, as plain values."""
    n = len(layer.names)
    over = parents(layer.labels, above).tolist()
    papers = np.bincount(layer.labels, minlength=n).tolist()
    rows = np.bincount(layer.labels[paper_of_row], minlength=n).tolist()
    of_themes = zip(layer.names, layer.stability, over, rows, papers, strict=True)
    return [theme_facts(*of_theme) for of_theme in of_themes]


def theme_facts(
    named: ThemeName | Theme, stability: float, above: int, rows: int, papers: int
) -> dict[str, Any]:
    """Return what the table of themes says of one, as plain values."""
    return {
        "name": named.name,
        "above": above,
        "rows": rows,
        "papers": papers,
        "stability": None if np.isnan(stability) else round(float(stability), 3),
        "keywords": ", ".join(named.keywords),
        "author_keywords": ", ".join(named.author_keywords),
    }


def _tables(rows: _Rows, layers: list[_Layer], n_layers: int, n_parts: int) -> Iterator[pa.Table]:
    """Yield a table for each part: the first copy of each row's paper, and its finer themes."""
    import pyarrow as pa

    first = rows.first[rows.paper]
    nothing = np.full(len(rows.first), -1)
    of_layers = [layer.labels for layer in layers] or [nothing] * n_layers
    for part in range(n_parts):
        here = np.flatnonzero(rows.part == part)
        yield pa.table(
            {
                "part": rows.part[here],
                "row": rows.row[here],
                "first_part": rows.part[first[here]],
                "first_row": rows.row[first[here]],
                **{
                    f"layer {number}": labels[rows.paper[here]].astype(np.int32)
                    for number, labels in enumerate(of_layers)
                },
            }
        )
