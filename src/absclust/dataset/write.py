"""The last stages: bring the layers of all themes together, and write the result."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.arrays import IntArray, take
from absclust.dataset.assign import assigned_name
from absclust.dataset.refine import refined_name, theme_facts
from absclust.themes.layers import layer_names, parents

if TYPE_CHECKING:
    import pandas as pd

    from absclust.dataset.store import Store
    from absclust.theme_map import ThemeMap

LAYERS = "work/layers.json"  # the themes of all layers, and where each part begins
_KEPT = ("strength", "margin", "novelty", "x", "y")  # columns as they were assigned


def papers_name(number: int) -> str:
    """Return the file of the store with the result for a part."""
    return f"papers/part-{number:05d}.parquet"


def describe_layers(themes: ThemeMap, n_finer: int, store: Store) -> dict[str, Any]:
    """Return the themes of all layers, numbered from the largest down on each.

    Returns
    -------
    dict
        ``layers``: for each layer, from broad to fine, a list of themes as plain values, with
        ``above``, the number of the theme above. ``numbers``: for each layer below the
        themes, the number of each theme that was found inside each of the map's themes.
    """
    facts = [store.read_facts(refined_name(theme)) for theme in range(len(themes))]
    broad = themes.layers[0]
    over = parents(themes._paper_labels, broad._paper_labels).tolist()
    of_map = [
        theme_facts(theme, theme.stability, above, fact["rows"], fact["papers"])
        for theme, above, fact in zip(themes, over, facts, strict=True)
    ]
    n_rows, n_papers = (
        np.bincount(over, [fact[count] for fact in facts], len(broad)).astype(int).tolist()
        for count in ("rows", "papers")
    )
    of_broad = [
        theme_facts(theme, theme.stability, -1, *sizes)
        for theme, *sizes in zip(broad, n_rows, n_papers, strict=True)
    ]
    layers = [of_broad, of_map]
    numbers: list[list[list[int]]] = []
    places = [[theme] for theme in range(len(themes))]  # of what was found inside each theme
    for depth in range(n_finer):
        found = [
            (of, number, about)
            for of, fact in enumerate(facts)
            for number, about in enumerate(fact["layers"][depth])
        ]
        found.sort(key=lambda entry: -entry[2]["rows"])  # ties stay in the order of the themes
        layers.append([about | {"above": places[of][about["above"]]} for of, _, about in found])
        places = [[-1] * len(fact["layers"][depth]) for fact in facts]
        for place, (of, number, _) in enumerate(found):
            places[of][number] = place
        numbers.append(places)
    for layer, above in zip(layers[2:], layers[1:], strict=False):
        _tell_apart(layer, above)
    return {"layers": layers, "numbers": numbers}


def _tell_apart(layer: list[dict[str, Any]], above: list[dict[str, Any]]) -> None:
    """Add the name of the theme above to names that several themes of a layer have."""
    times = Counter(theme["name"].lower() for theme in layer)
    for theme in layer:
        over = above[theme["above"]]["name"]
        if times[theme["name"].lower()] > 1 and over != theme["name"]:
            theme["name"] = f"{theme['name']} ({over})"


def write_part(number: int, store: Store) -> None:
    """Write the result for the rows of a part, in their order.

    Parameters
    ----------
    number
        The part.
    store
        The folder of results.
    """
    import pyarrow as pa

    about = store.read_json(LAYERS)
    layers, numbers, starts = about["layers"], about["numbers"], about["starts"]
    columns = ["row", "id", "theme", "runner_up", *_KEPT]
    table = store.read_table(assigned_name(number), columns).sort_by("row")
    theme, row = table["theme"].to_numpy(), table["row"].to_numpy()
    paper, finer = _finer(number, theme, starts, numbers, store)
    above = np.array([t["above"] for t in layers[1]], dtype=np.int64)
    found = [take(above, theme, missing=-1), theme, *finer]
    whole = starts[number] + row
    ids = [own or str(at) for own, at in zip(table["id"].to_pylist(), whole.tolist(), strict=True)]
    result: dict[str, Any] = {"id": ids, "row": whole, "paper": paper}
    for name, labels, of_layer in zip(layer_names(len(found)), found, layers, strict=True):
        result[name] = labels.astype(np.int32)
        result[f"{name}_name"] = _names(of_layer, labels)
    result["runner_up"] = table["runner_up"]
    result["runner_up_name"] = _names(layers[1], table["runner_up"].to_numpy())
    result |= {name: table[name] for name in _KEPT}
    store.write_tables(papers_name(number), [pa.table(result)])


def _finer(
    number: int, theme: IntArray, starts: list[int], numbers: list[list[list[int]]], store: Store
) -> tuple[IntArray, list[IntArray]]:
    """Return the first row with each row's paper, -1 without text, and its finer themes."""
    paper = np.full(len(theme), -1)
    finer = [np.full(len(theme), -1) for _ in numbers]
    offsets = np.array(starts, dtype=np.int64)
    for of in np.unique(theme).tolist():
        table = store.read_table(refined_name(of), part=number)
        rows = table["row"].to_numpy()
        first_part, first_row = (table[f"first_{x}"].to_numpy() for x in ("part", "row"))
        paper[rows] = offsets[first_part] + first_row
        if of >= 0:
            for depth, labels in enumerate(finer):
                inside = np.array(numbers[depth][of], dtype=np.int64)
                labels[rows] = inside[table[f"layer {depth}"].to_numpy()]
    return paper, finer


def _names(layer: list[dict[str, Any]], labels: IntArray) -> Any:
    import pyarrow as pa

    names = [*(theme["name"] for theme in layer), ""]
    return pa.DictionaryArray.from_arrays(
        pa.array(np.where(labels < 0, len(layer), labels).astype(np.int32)), pa.array(names)
    )


def theme_table(about: dict[str, Any]) -> pd.DataFrame:
    """Return the themes of all layers as a table, one row per theme."""
    import pandas as pd

    layers, tables = about["layers"], []
    for name, layer, over in zip(layer_names(len(layers)), layers, [[], *layers], strict=False):
        table = pd.DataFrame(layer)
        table["above"] = [over[theme["above"]]["name"] if over else "" for theme in layer]
        table.insert(0, "theme", range(len(layer)))
        table.insert(0, "layer", name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
