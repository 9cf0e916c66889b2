"""The second stage: assign the papers of each part to the themes learnt from the sample."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.arrays import take
from absclust.corpus.corpus import build_corpus
from absclust.dataset.keys import as_numbers, is_in_sample
from absclust.dataset.scan import scan_name
from absclust.errors import InputError
from absclust.layout import place_new
from absclust.new_papers.placement import place
from absclust.new_papers.predict import assigned, embed_new
from absclust.saving import MAP

if TYPE_CHECKING:
    import pyarrow as pa

    from absclust.corpus.corpus import Corpus
    from absclust.dataset.source import Part
    from absclust.dataset.store import Store
    from absclust.theme_map import ThemeMap

_NAMED_FROM = 6_000  # papers of a theme whose texts are kept, to name what is in it
# The types of columns that each row has, and their values in a row without text.
_OF_ROWS = {
    "theme": ("int32", -1),
    "strength": ("float32", 0),
    "runner_up": ("int32", -1),
    "margin": ("float32", 0),
    "novelty": ("float32", np.nan),
    "x": ("float32", np.nan),
    "y": ("float32", np.nan),
    "group": ("int16", 0),
}


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


def assign(part: Part, store: Store, shares: list[float]) -> None:
    """Assign the papers of a part; write a table of its rows, theme by theme."""
    scanned = store.read_table(scan_name(part.number))["key"].to_pylist()
    if not scanned:
        corpus = build_corpus([], allow_empty=True)
    else:
        corpus = build_corpus(part.read(), allow_empty=True)
    keys: list[bytes | None] = [*corpus.paper_keys, None]
    if [keys[paper] for paper in corpus.paper_of_row.tolist()] != scanned:
        raise InputError(
            f"{part.name} has changed since it was read first; expected the same papers in each "
            "reading. Begin again in another folder"
        )
    table = _table(corpus, _of_papers(store.load_map(MAP), corpus), np.array(shares))
    theme = table["theme"].to_numpy()
    order = np.argsort(theme, kind="stable")
    table = table.take(order)
    ends = [0, *np.flatnonzero(np.diff(theme[order])) + 1, len(theme)]
    groups = (table.slice(a, b - a) for a, b in pairwise(ends))
    store.write_tables(assigned_name(part.number), groups)


def _of_papers(themes: ThemeMap, corpus: Corpus) -> dict[str, Any]:
    """Find the themes of the papers of a part, by the rule of ``ThemeMap.predict``."""
    foundation, in_map = themes.foundation, themes.corpus.find(corpus.paper_keys)
    # Of papers that are not in the map, these follow.
    coordinates, vectors = foundation.paper_coordinates[in_map], foundation.paper_embedding[in_map]
    of_map = foundation.paper_graph.groups
    groups = np.zeros(len(in_map), dtype=np.int64) if of_map is None else of_map[in_map]
    new, placement = np.flatnonzero(in_map < 0), None
    if len(new):
        embedding = embed_new(themes, corpus, new)
        placement = place(themes, embedding)
        vectors[new] = embedding.vectors
        groups[new] = 0 if embedding.groups is None else embedding.groups
        coordinates[new] = place_new(
            placement.indices, placement.similarities, foundation.paper_coordinates
        )
    found = assigned(themes, in_map, new, placement)
    return {
        "theme": found.theme,
        "strength": found.membership.strength,
        "runner_up": found.membership.runner_up,
        "margin": found.membership.margin,
        "novelty": found.novelty,
        "x": coordinates[:, 0],
        "y": coordinates[:, 1],
        "group": groups,
        "vector": vectors.astype(np.float16),
    }


def _table(corpus: Corpus, of_papers: dict[str, Any], shares: Any) -> pa.Table:
    """Return a table of the rows; vectors and texts stand beside the first row of a paper alone."""
    import pyarrow as pa

    paper = corpus.paper_of_row.tolist()
    first = np.full(corpus.n_rows, -1)
    first[corpus.first_row] = np.arange(corpus.n_papers)
    vectors, numbers = of_papers["vector"], as_numbers(b"".join(corpus.paper_keys))
    with_text = is_in_sample(numbers, take(shares, of_papers["theme"], missing=0.0))
    with_text = take(with_text, first, missing=False)
    text_of = np.where(with_text, first, -1).tolist()

    def pick(values: Any, papers: list[int]) -> list[Any]:
        return [values[p] if p >= 0 else None for p in papers]

    return pa.table(
        {
            "row": np.arange(corpus.n_rows),
            "id": pa.array([str(i) for i in corpus.records["id"]] if paper else [], pa.string()),
            "key": pa.array(pick(corpus.paper_keys, paper), pa.binary(16)),
            **{
                name: pa.array(take(of_papers[name], corpus.paper_of_row, missing), kind)
                for name, (kind, missing) in _OF_ROWS.items()
            },
            "vector": pa.array(
                [None if p < 0 else vectors[p].tobytes() for p in first.tolist()],
                pa.binary(2 * vectors.shape[1]),
            ),
            "title": pa.array(pick(corpus.paper_titles, text_of), pa.string()),
            "text": pa.array(pick(corpus.paper_texts, text_of), pa.string()),
            "keywords": pa.array(pick(corpus.paper_keywords, text_of), pa.list_(pa.string())),
        }
    )
