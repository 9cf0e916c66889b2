"""The third stage: find the finer themes inside each theme, from all of its papers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.arrays import FloatArray, IntArray, unit_rows
from absclust.clustering.leiden import PartitionSettings
from absclust.clustering.membership import theme_centroids, vote_shares
from absclust.clustering.neighbors import NeighborGraph, NeighborSearch, neighbor_graph
from absclust.dataset.assign import MAP, assigned_name
from absclust.dataset.keys import as_numbers, in_order, starts_of_equal, stored_bytes
from absclust.naming.evidence import Evidence
from absclust.naming.names import ThemeName, name_themes
from absclust.new_papers.placement import best_theme
from absclust.themes.layers import FINE, FINER, names_of_whole, ordered_layer, parents, split_themes

if TYPE_CHECKING:
    import pyarrow as pa

    from absclust.dataset.store import Store


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
class _Papers:
    """Some papers of a theme."""

    vectors: FloatArray
    groups: IntArray
    texts: list[tuple[str, str, list[str]] | None]  # text, title and keywords, where kept


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
        papers = _read(theme, range(n_parts), rows, learnt, store)
        graph, layers = _find(theme, papers, n_layers, store)
        if not learnt.all():
            layers = _assign_others(theme, rows, papers, graph, layers, n_parts, store)
    above = [np.zeros(n_papers, dtype=np.int64), *(layer.labels for layer in layers)]
    found = [_about(layer, over, rows.paper) for layer, over in zip(layers, above, strict=False)]
    facts = {"papers": n_papers, "layers": found or [[]] * n_layers}
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
    part, row, key = (np.concatenate(found) for found in (parts, row_numbers, keys))
    order = in_order(key, part, row)
    is_first = starts_of_equal(key[order])
    paper = np.empty(len(order), dtype=np.int64)
    paper[order] = np.cumsum(is_first) - 1
    return _Rows(part, row, paper, order[is_first])


def _read(
    theme: int, parts: Sequence[int], rows: _Rows, wanted: np.ndarray[Any, Any], store: Store
) -> _Papers:
    """Read some of a theme's papers, those of the given parts, in the order of their keys."""
    places, vectors, groups, texts = [], [], [], []
    is_first = np.zeros(len(rows.row), dtype=bool)
    is_first[rows.first[wanted]] = True
    columns = ["row", "vector", "group", "text", "title", "keywords", "theme"]
    for part in parts:
        here = np.flatnonzero((rows.part == part) & is_first)
        if not len(here):
            continue
        here = here[np.argsort(rows.row[here])]
        table = store.read_table(assigned_name(part), columns, theme=theme)
        table = table.take(np.flatnonzero(np.isin(table["row"].to_numpy(), rows.row[here])))
        table = table.sort_by("row")
        places.append(rows.paper[here])
        halves = np.frombuffer(stored_bytes(table["vector"]), dtype=np.float16)
        vectors.append(halves.reshape(len(here), -1))
        groups.append(table["group"].to_numpy())
        texts += [
            None if text is None else (text, title, keywords)
            for text, title, keywords in zip(
                *(table[name].to_pylist() for name in ("text", "title", "keywords")), strict=True
            )
        ]
    if not places:
        return _Papers(np.zeros((0, 1), np.float32), np.zeros(0, np.int64), [])
    order = np.argsort(np.concatenate(places))
    return _Papers(
        unit_rows(np.concatenate(vectors)[order]),
        np.concatenate(groups)[order].astype(np.int64),
        [texts[number] for number in order.tolist()],
    )


def _find(
    theme: int, papers: _Papers, n_layers: int, store: Store
) -> tuple[NeighborGraph, list[_Layer]]:
    """Find and name finer and finer themes, as the layers of a map are."""
    of_all = store.load_map(MAP)
    foundation, seed = of_all.foundation, of_all.foundation.random_state
    groups = None if foundation.paper_graph.groups is None else papers.groups
    graph = neighbor_graph(papers.vectors, foundation.paper_graph.indices.shape[1], groups)
    with_text = np.array([number for number, text in enumerate(papers.texts) if text is not None])
    known = [text for text in papers.texts if text is not None]
    evidence = Evidence.of(
        [text for text, _, _ in known],
        [title for _, title, _ in known],
        [keywords for _, _, keywords in known],
    )
    ones = np.ones(graph.n_papers, dtype=np.int64)
    above, names = np.zeros(graph.n_papers, dtype=np.int64), [of_all[theme].name]
    layers: list[_Layer] = []
    for depth in range(n_layers):
        settings = PartitionSettings(FINE.resolution * FINER**depth)
        split = split_themes(above, graph, depth, seed)
        labels, stability = ordered_layer(split, ones, graph, settings, seed)
        named = name_themes(
            evidence,
            labels[with_text] if len(with_text) else labels[:0],
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
    theme: int,
    rows: _Rows,
    learnt: _Papers,
    graph: NeighborGraph,
    layers: list[_Layer],
    n_parts: int,
    store: Store,
) -> list[_Layer]:
    """Assign the papers that the finer themes were not found from, part by part."""
    n_learnt = len(learnt.vectors)
    finest = np.full(len(rows.first), -1)
    finest[:n_learnt] = layers[-1].labels
    n_themes = len(layers[-1].names)
    search = NeighborSearch(learnt.vectors, graph)
    centroids = theme_centroids(learnt.vectors, layers[-1].labels, n_themes)
    part_of_paper = rows.part[rows.first]
    for part in range(n_parts):
        wanted = (part_of_paper == part) & (np.arange(len(finest)) >= n_learnt)
        papers = _read(theme, [part], rows, wanted, store)
        if not len(papers.texts):
            continue
        groups = None if graph.groups is None else papers.groups
        near, similarities = search.neighbors(papers.vectors, groups)
        shares, _ = vote_shares(layers[-1].labels[near], similarities, n_themes)
        finest[wanted] = best_theme(shares, papers.vectors, centroids)
    return [
        _Layer(parents(layers[-1].labels, layer.labels)[finest], layer.names, layer.stability)
        for layer in layers
    ]


def _about(layer: _Layer, above: IntArray, paper_of_row: IntArray) -> list[dict[str, Any]]:
    """Return what is to be known about the themes of a layer, as plain values."""
    n = len(layer.names)
    over = parents(layer.labels, above)
    papers = np.bincount(layer.labels, minlength=n)
    rows = np.bincount(layer.labels[paper_of_row], minlength=n)
    return [
        {
            "name": name.name,
            "keywords": list(name.keywords),
            "author_keywords": list(name.author_keywords),
            "rows": int(rows[number]),
            "papers": int(papers[number]),
            "above": int(over[number]),
            "stability": None if np.isnan(stable) else round(float(stable), 3),
        }
        for number, (name, stable) in enumerate(zip(layer.names, layer.stability, strict=True))
    ]


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
