"""A dask DataFrame of papers -> a dask DataFrame of their themes, computed when it is asked for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from absclust.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd

    from absclust.theme_map import ThemeMap


def is_lazy(papers: Any) -> bool:
    """Whether papers are a dask DataFrame; without Dask loaded, nothing is."""
    dask = sys.modules.get("dask.dataframe")
    return dask is not None and isinstance(papers, dask.DataFrame)


def predict_lazily(themes: ThemeMap, papers: Any, embeddings: Any) -> Any:
    """Return the assignment of each partition, not computed; see `ThemeMap.predict`.

    Raises
    ------
    OptionError
        If vectors are given, which belong to no partition.
    """
    if embeddings is not None:
        raise OptionError(
            "embeddings are given for a dask DataFrame; expected none. Use a map whose embedder "
            "embeds the papers, or predict partition by partition"
        )
    # The columns of the result; an embedder that can't be used shows itself now.
    columns = themes.predict(["A paper."]).iloc[:0].set_axis(papers._meta.index[:0], axis=0)
    return papers.map_partitions(_predict, _shared(themes), meta=columns)


def _shared(themes: ThemeMap) -> Any:
    """Return a reference to the map that all tasks share; a cluster gets it once."""
    from dask.delayed import delayed

    distributed = sys.modules.get("distributed")
    if distributed is not None:
        try:
            return distributed.default_client().scatter(themes, broadcast=True, hash=False)
        except ValueError:  # no cluster is in use
            pass
    return delayed(themes, pure=False, traverse=False)


def _predict(papers: pd.DataFrame, themes: ThemeMap) -> pd.DataFrame:
    return themes.predict(papers)
