"""The second stage: assign the papers of each part to the themes learnt from the sample."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.arrays import FloatArray, IntArray, take
from absclust.corpus.corpus import build_corpus
from absclust.dataset.keys import as_numbers, is_in_sample
from absclust.dataset.scan import scan_name
from absclust.errors import InputError
from absclust.layout import place_new
from absclust.new_papers.placement import place
from absclust.new_papers.predict import assigned, embed_new

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from absclust.corpus.corpus import Corpus
    from absclust.dataset.source import Part
    from absclust.dataset.store import Store
    from absclust.new_papers.predict import Prediction
    from absclust.theme_map import ThemeMap

MAP = "map"  # the folder of the store with the saved map
_NAMED_FROM = 6_000  # papers of a theme whose texts are kept, to name what is in it


def assigned_name(number: int) -> str:
    """Return the file of the store with the themes of a part."""
    return f"work/assigned-{number:05d}.parquet"


def shares_with_text(themes: ThemeMap, n_rows: int) -> list[float]:
    """Return the share of each theme's papers whose texts are kept, to name finer themes.

    Parameters
    ----------
    themes
        The map that was learnt from the sample.
    n_rows
        Number of rows in the data set.
    """
    sizes = np.bincount(themes._paper_labels[themes._paper_labels >= 0], minlength=len(themes))
    expected = sizes / max(1, sizes.sum()) * n_rows
    shares: list[float] = np.minimum(1, _NAMED_FROM / np.maximum(expected, 1)).tolist()
    return shares


def assign(part: Part, frame: pd.DataFrame | None, store: Store, shares: list[float]) -> None:
    """Assign the papers of a part; write a table of its rows, theme by theme."""
    scanned = store.read_table(scan_name(part.number))["key"].to_pylist()
    if not scanned:
        corpus = build_corpus([], allow_empty=True)
    else:
        corpus = build_corpus(part.read(frame), allow_empty=True)
    keys: list[bytes | None] = [*corpus.paper_keys, None]
    if [keys[paper] for paper in corpus.paper_of_row.tolist()] != scanned:
        raise InputError(
            f"{part.name} has changed since it was read first; expected the same papers in each "
            "reading. Begin again in another folder"
        )
    themes = store.load_map(MAP)
    placed = _place(themes, corpus)
    table = _table(corpus, placed, np.array(shares))
    theme = table["theme"].to_numpy()
    order = np.argsort(theme, kind="stable")
    table = table.take(order)
    ends = [0, *np.flatnonzero(np.diff(theme[order])) + 1, len(theme)]
    groups = (table.slice(a, b - a) for a, b in pairwise(ends))
    store.write_tables(assigned_name(part.number), groups)


@dataclass(frozen=True, eq=False)
class _Placed:
    """Where the papers of a part belong; arrays with one entry per paper."""

    prediction: Prediction
    coordinates: FloatArray
    vectors: FloatArray
    groups: IntArray


def _place(themes: ThemeMap, corpus: Corpus) -> _Placed:
    """Find the themes of the papers of a part, by the rule of ``ThemeMap.predict``."""
    in_map = themes.corpus.find(corpus.paper_keys)
    coordinates = themes.foundation.paper_coordinates[in_map]  # those of new papers follow
    vectors, groups = (
        themes.foundation.paper_embedding[in_map],
        _groups(themes.foundation.paper_graph.groups, in_map),
    )
    new = np.flatnonzero(in_map < 0)
    if not len(new):
        return _Placed(assigned(themes, in_map), coordinates, vectors, groups)
    embedding = embed_new(themes, corpus, new)
    placement = place(themes, embedding)
    vectors[new] = embedding.vectors
    groups[new] = 0 if embedding.groups is None else embedding.groups
    coordinates[new] = place_new(
        placement.indices, placement.similarities, themes.foundation.paper_coordinates
    )
    prediction = assigned(themes, in_map, new, placement)
    return _Placed(prediction, coordinates, vectors, groups)


def _groups(groups: IntArray | None, papers: IntArray) -> IntArray:
    return np.zeros(len(papers), dtype=np.int64) if groups is None else groups[papers]


def _table(corpus: Corpus, placed: _Placed, shares: Any) -> pa.Table:
    """Return a table of the rows; vectors and texts stand beside the first row of a paper alone."""
    import pyarrow as pa

    paper, rows = corpus.paper_of_row, np.arange(corpus.n_rows)
    first = np.zeros(corpus.n_rows, dtype=bool)
    first[corpus.first_row] = True
    found, votes = placed.prediction, placed.prediction.membership
    numbers = as_numbers(b"".join(corpus.paper_keys))
    with_text = is_in_sample(numbers, take(shares, found.theme, missing=0.0))

    def of_rows(values: Any, kind: Any, missing: Any) -> Any:
        return pa.array(take(values, paper, missing), kind)

    def texts(values: Any, kind: Any) -> Any:
        shown = first & take(with_text, paper, missing=False)
        return pa.array(
            [values[p] if show else None for p, show in zip(paper.tolist(), shown, strict=True)],
            kind,
        )

    half = placed.vectors.astype(np.float16)
    vectors = [
        half[p].tobytes() if show else None
        for p, show in zip(paper.tolist(), first.tolist(), strict=True)
    ]
    keys: list[bytes | None] = [*corpus.paper_keys, None]
    ids = [str(value) for value in corpus.records["id"]] if len(rows) else []
    return pa.table(
        {
            "row": rows,
            "id": pa.array(ids, pa.string()),
            "key": pa.array([keys[p] for p in paper.tolist()], pa.binary(16)),
            "theme": of_rows(found.theme, pa.int32(), -1),
            "strength": of_rows(votes.strength, pa.float32(), 0),
            "runner_up": of_rows(votes.runner_up, pa.int32(), -1),
            "margin": of_rows(votes.margin, pa.float32(), 0),
            "novelty": of_rows(found.novelty, pa.float32(), np.nan),
            "x": of_rows(placed.coordinates[:, 0], pa.float32(), np.nan),
            "y": of_rows(placed.coordinates[:, 1], pa.float32(), np.nan),
            "group": of_rows(placed.groups, pa.int16(), 0),
            "vector": pa.array(vectors, pa.binary(2 * half.shape[1])),
            "title": texts(corpus.paper_titles, pa.string()),
            "text": texts(corpus.paper_texts, pa.string()),
            "keywords": texts(
                [list(words) for words in corpus.paper_keywords], pa.list_(pa.string())
            ),
        }
    )
