"""The stages that read the parts: number the papers, draw a sample, assign themes.

A paper's number is taken from the hash that `corpus` gives its text: rows with the same text
have the same number, in whichever parts they are, and the papers with the smallest numbers are a
fair sample, however the data set is divided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from absclust.arrays import IntArray, take
from absclust.corpus.corpus import Corpus, build_corpus
from absclust.dataset.source import Part
from absclust.dataset.store import Store
from absclust.errors import InputError, ReadError
from absclust.layout import place_new
from absclust.new_papers.placement import place_inside
from absclust.new_papers.predict import locate
from absclust.saving import MAP
from absclust.themes.layers import layer_names, parents

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

# What is counted in each piece, and added up in the report.
NOTED = ("rows", "rows_without_text", "rows_with_title_only", "rows_not_read", "parts_not_read")
# The files of the store: what a part was read as, the result for it, and the layers of the map that
# was learnt from the sample.
SCAN, PAPERS = "work/scan-{:05d}.parquet", "papers/part-{:05d}.parquet"
_LAYERS = "work/layers.parquet"
_MOST_NAMED = 20  # broken rows of a piece


def paper_numbers(corpus: Corpus) -> IntArray:
    """Return the number of each row's paper; -1 for a row without text.

    Examples
    --------
    >>> numbers = paper_numbers(build_corpus(["Owls hoot.", None, "Owls  hoot."]))
    >>> bool(numbers[0] == numbers[2] > 0), int(numbers[1])
    (True, -1)
    """
    halves = np.frombuffer(b"".join(corpus.paper_keys), dtype=">u8")[::2]
    return corpus.to_rows((halves // 2).astype(np.int64), missing=-1)


def scan(part: Part, store: Store) -> Any:
    """Read a part; write the number of each row's paper, and return what was noted of each piece.

    A piece that can't be read has no rows, and the facts say why.
    """
    facts, numbers = [], []
    for piece in part.pieces:
        broken, not_read = [], []
        try:
            papers = piece.read()
            corpus = build_corpus(papers if len(papers) else [], allow_empty=True)
            broken = papers.attrs.get("broken", [])
        except (ReadError, InputError) as error:
            corpus, not_read = build_corpus([], allow_empty=True), [str(error)]
        numbers.append(paper_numbers(corpus))
        rows = (corpus.n_rows, len(corpus.empty_rows), len(corpus.title_only), len(broken))
        counts = dict(zip(NOTED, (*rows, len(not_read)), strict=True))
        named = [f"{piece.name}: {problem}" for problem in broken[:_MOST_NAMED]]
        facts.append({**counts, "not_read": not_read + named})
    table = pa.table({"paper": np.concatenate(numbers)})
    return store.write_table(SCAN.format(part.number), table, facts)


def scanned(part: Part, store: Store) -> IntArray:
    """Return the number of the paper in each row of a part that was read."""
    return store.read_table(SCAN.format(part.number))["paper"].to_numpy()


def read_again(part: Part, store: Store) -> pd.DataFrame:
    """Return the papers of a part, of the pieces that could be read when it was scanned."""
    facts = store.read_facts(SCAN.format(part.number))
    read = [piece.read() for piece, found in zip(part.pieces, facts, strict=True) if found["rows"]]
    for papers in read:
        papers.attrs = {}  # which pandas would compare
    return pd.concat(read, ignore_index=True)


def first_papers(parts: list[Part], store: Store, n_rows: int, sample_size: int) -> tuple[int, int]:
    """Return the number of distinct papers in the data set, and the last number in the sample.

    It takes 9 bytes of memory for each row. Without any paper, the last number is -1.
    """
    numbers, place, first = np.empty(n_rows, dtype=np.int64), 0, np.zeros(0, dtype=np.int64)
    for part in parts:
        found = scanned(part, store)
        numbers[place : (place := place + len(found))] = found
        first = np.union1d(first, found[found >= 0])[:sample_size]
    numbers.sort()
    numbers = numbers[np.searchsorted(numbers, 0) :]
    n_papers = bool(len(numbers)) + int(np.count_nonzero(numbers[1:] != numbers[:-1]))
    return n_papers, int(first.max(initial=-1))


def sample(part: Part, store: Store, last: int) -> pd.DataFrame:
    """Return the papers of a part that are in the sample of all papers, up to its last number.

    Their index is their numbers; of equal papers, the first is there.
    """
    numbers, rows = np.unique(scanned(part, store), return_index=True)
    kept = (numbers >= 0) & (numbers <= last)
    if not kept.any():
        return pd.DataFrame()
    return read_again(part, store).iloc[rows[kept]].set_axis(numbers[kept])


def united(samples: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the samples of all parts, in their order, as one table in that of its numbers."""
    papers = pd.concat([papers for papers in samples if len(papers)]).sort_index(kind="stable")
    papers = papers[~papers.index.duplicated()].astype(object).reset_index(drop=True)
    return papers.where(papers.notna(), "")


def write_layers(themes: ThemeMap, store: Store) -> None:
    """Write each paper's theme on each layer of a map, from broad to fine, and the names."""
    layers = list(themes.layers)
    columns = zip(layer_names(len(layers)), layers, strict=True)
    table = pa.table({name: layer._paper_labels for name, layer in columns})
    store.write_table(_LAYERS, table, [[theme.name for theme in layer] for layer in layers])


def assign(part: Part, start: int, store: Store) -> Any:
    """Assign the papers of a part, and write the result for its rows.

    Returns the number of rows in each theme of each layer.

    Parameters
    ----------
    part
        The part.
    start
        Number of its first row in the data set.
    store
        The folder of results.
    """
    scanned_as = scanned(part, store)
    corpus = build_corpus(read_again(part, store) if len(scanned_as) else [], allow_empty=True)
    papers = paper_numbers(corpus)
    if not np.array_equal(papers, scanned_as):
        names = " or ".join(piece.name for piece in part.pieces)
        raise InputError(
            f"{names} has changed since it was read first; expected the same papers in each "
            "reading. Begin again in another folder"
        )
    layers, names = store.read_table(_LAYERS), store.read_facts(_LAYERS)
    on_layers, votes = _found(store.load_map(MAP), corpus, [x.to_numpy() for x in layers.columns])
    rows = start + np.arange(corpus.n_rows)
    ids: Any = corpus.records["id"] if corpus.n_rows else []
    columns: dict[str, Any] = {
        "id": pa.array([str(own) or str(row) for own, row in zip(ids, rows, strict=True)], "str"),
        "row": rows,
        "paper": papers,
    }
    for name, labels, of_layer in [
        *zip(layers.column_names, on_layers, names, strict=True),
        ("runner_up", votes.pop("runner_up"), names[1]),
    ]:
        columns |= {name: labels.astype(np.int32), f"{name}_name": _named(of_layer, labels)}
    counts = [
        np.bincount(labels[labels >= 0], minlength=len(of_layer)).tolist()
        for labels, of_layer in zip(on_layers, names, strict=True)
    ]
    return store.write_table(PAPERS.format(part.number), pa.table(columns | votes), counts)


def _found(
    themes: ThemeMap, corpus: Corpus, of_sample: list[IntArray]
) -> tuple[list[IntArray], dict[str, Any]]:
    """Return each row's theme on each layer, and what else is said of it.

    The theme is found by the rule of ``ThemeMap.predict``, and the finest one inside it.
    """
    located, fine = locate(themes, corpus), of_sample[-1]
    finest = located.values(fine, lambda new: place_inside(themes, new, fine), -1)
    coordinates = themes.foundation.paper_coordinates
    places = located.values(
        coordinates, lambda new: place_new(new.indices, new.similarities, coordinates), np.nan
    )
    votes = located.themes_and_votes()
    del votes["theme"]  # that of the second layer
    on_layers = [take(parents(fine, labels), finest, missing=-1) for labels in of_sample]
    return on_layers, votes | {"x": places[:, 0], "y": places[:, 1]}


def _named(names: list[str], labels: IntArray) -> Any:
    """Return the name of each row's theme, "" for -1, each name stored once."""
    numbers = np.where(labels < 0, len(names), labels).astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(numbers), pa.array([*names, ""]))
