"""The second stage: assign the papers of each part to the themes learnt from the sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.arrays import IntArray, take
from absclust.corpus.corpus import build_corpus
from absclust.dataset.scan import paper_numbers, scanned
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

_LAYERS = "work/layers.parquet"


def papers_name(number: int) -> str:
    """Return the file of the store with the result for a part."""
    return f"papers/part-{number:05d}.parquet"


@dataclass(frozen=True, eq=False)
class Learnt:
    """The layers of the map that was learnt from the sample, from broad to fine.

    Attributes
    ----------
    labels : list of int arrays of shape (n_papers,)
        Theme of each paper of the sample on each layer; -1 for none.
    themes : list of lists of dicts
        What the table of themes says of each theme on each layer.
    """

    labels: list[IntArray]
    themes: list[list[dict[str, Any]]]

    @classmethod
    def of(cls, themes: ThemeMap) -> Learnt:
        """Return the layers of a map."""
        layers = list(themes.layers)
        labels = [layer._paper_labels for layer in layers]
        facts: list[list[dict[str, Any]]] = []
        for layer, own, above in zip(layers, labels, [labels[0], *labels], strict=False):
            names = [""] * len(layer)
            if facts:
                names = [facts[-1][over]["name"] for over in parents(own, above).tolist()]
            facts.append(
                [
                    {
                        "name": theme.name,
                        "above": name,
                        "stability": None if np.isnan(theme.stability) else theme.stability,
                        "keywords": ", ".join(theme.keywords),
                        "author_keywords": ", ".join(theme.author_keywords),
                    }
                    for theme, name in zip(layer, names, strict=True)
                ]
            )
        return cls(labels, facts)

    @classmethod
    def read(cls, store: Store) -> Learnt:
        """Read the layers from the store."""
        table = store.read_table(_LAYERS)
        return cls([column.to_numpy() for column in table.columns], store.read_facts(_LAYERS))

    def write(self, store: Store) -> None:
        """Write the layers to the store."""
        import pyarrow as pa

        table = pa.table(dict(zip(layer_names(len(self.labels)), self.labels, strict=True)))
        store.write_table(_LAYERS, table, self.themes)


def assign(part: Part, start: int, store: Store) -> None:
    """Assign the papers of a part, and write the result for its rows.

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

    scanned_as = scanned(part.number, store)
    corpus = build_corpus(part.read() if len(scanned_as) else [], allow_empty=True)
    papers = paper_numbers(corpus)
    if not np.array_equal(papers, scanned_as):
        raise InputError(
            f"{part.name} has changed since it was read first; expected the same papers in each "
            "reading. Begin again in another folder"
        )
    learnt, rows = Learnt.read(store), start + np.arange(corpus.n_rows)
    ids: Any = corpus.records["id"] if corpus.n_rows else []
    columns: dict[str, Any] = {
        "id": pa.array([str(own) or str(row) for own, row in zip(ids, rows, strict=True)], "str"),
        "row": rows,
        "paper": papers,
    }
    found, measures = _found(store.load_map(MAP), corpus, learnt)
    for name, labels, themes in zip(layer_names(len(found)), found, learnt.themes, strict=True):
        columns |= {name: labels.astype(np.int32), f"{name}_name": _names(themes, labels)}
    runner_up = measures["runner_up"]
    measures |= {
        "runner_up": runner_up.astype(np.int32),
        "runner_up_name": _names(learnt.themes[1], runner_up),
    }
    counts = [
        np.bincount(labels[labels >= 0], minlength=len(themes)).tolist()
        for labels, themes in zip(found, learnt.themes, strict=True)
    ]
    store.write_table(papers_name(part.number), pa.table(columns | measures), counts)


def _found(
    themes: ThemeMap, corpus: Corpus, learnt: Learnt
) -> tuple[list[IntArray], dict[str, Any]]:
    """Return each row's theme on each layer, and what else is said of it.

    The theme is found by the rule of ``ThemeMap.predict``, and the finest one inside it.
    """
    located = locate(themes, corpus)
    finest = located.values(
        learnt.labels[-1], lambda new: place_inside(themes, new, learnt.labels[-1]), -1
    )
    coordinates = themes.foundation.paper_coordinates
    places = located.values(
        coordinates, lambda new: place_new(new.indices, new.similarities, coordinates), np.nan
    )
    on_layers = [
        take(parents(learnt.labels[-1], labels), finest, missing=-1) for labels in learnt.labels
    ]
    votes = located.themes_and_votes()
    del votes["theme"]  # that of the second layer
    return on_layers, votes | {"x": places[:, 0], "y": places[:, 1]}


def _names(themes: list[dict[str, Any]], labels: IntArray) -> Any:
    import pyarrow as pa

    names = [*(theme["name"] for theme in themes), ""]
    return pa.DictionaryArray.from_arrays(
        pa.array(np.where(labels < 0, len(themes), labels).astype(np.int32)), pa.array(names)
    )
