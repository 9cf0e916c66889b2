"""The second stage: assign the papers of each part to the themes learnt from the sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.arrays import IntArray, take
from absclust.corpus.corpus import build_corpus
from absclust.dataset.scan import paper_numbers, read_again, scanned
from absclust.errors import InputError
from absclust.layout import place_new
from absclust.new_papers.placement import place_inside
from absclust.new_papers.predict import locate
from absclust.saving import MAP
from absclust.themes.layers import layer_names, parents

if TYPE_CHECKING:
    from absclust.corpus.corpus import Corpus
    from absclust.dataset.source import Part
    from absclust.dataset.store import Store
    from absclust.theme_map import ThemeMap

_LAYERS = "work/layers.parquet"  # of the map that was learnt from the sample


def papers_name(number: int) -> str:
    """Return the file of the store with the result for a part."""
    return f"papers/part-{number:05d}.parquet"


def write_layers(themes: ThemeMap, store: Store) -> None:
    """Write each paper's theme on each layer of a map, from broad to fine, and the names."""
    import pyarrow as pa

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
    import pyarrow as pa

    scanned_as = scanned(part, store)
    corpus = build_corpus(read_again(part, store) if len(scanned_as) else [], allow_empty=True)
    papers = paper_numbers(corpus)
    if not np.array_equal(papers, scanned_as):
        raise InputError(
            f"{part.name} has changed since it was read first; expected the same papers in each "
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
    return store.write_table(papers_name(part.number), pa.table(columns | votes), counts)


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
    import pyarrow as pa

    numbers = np.where(labels < 0, len(names), labels).astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(numbers), pa.array([*names, ""]))
