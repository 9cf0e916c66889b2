"""How good themes are, as a whole: measures that need no labels, and two that do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from absclust import sizes
from absclust.arrays import evenly_spread
from absclust.clustering.partition import Partitioner
from absclust.corpus.labels import labels_of_rows
from absclust.embedding.embed import Embedding
from absclust.errors import OptionError

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap


_STEPS = 3  # alternatives on either side, each twice as fine as the one before


def quality(themes: ThemeMap, labels: Any = None) -> pd.Series[float]:
    """Measure the themes: stability, separation, coverage, and agreement with labels.

    Parameters
    ----------
    labels : one per row of the input, or the name of a column, optional
        Labels to compare the themes with, which adds AMI and ARI. Rows without a
        label (None, NaN, empty or -1) are left out.

    Returns
    -------
    Series
        ``stability``, the mean of the themes whose stability is known, weighted by size, 0 to 1
        (Hennig 2007). ``separation``, the mean silhouette of the papers by cosine distance, -1 to
        1: how much closer a paper is, on average, to its theme's papers than to those of the
        nearest other theme (Rousseeuw 1987); of more than 5,000 papers, of an even sample.
        ``coverage``, the share of rows with text that are in a theme. With labels also ``ami``,
        the adjusted mutual information (Vinh, Epps and Bailey 2010), and ``ari``, the adjusted
        Rand index (Hubert and Arabie 1985), for which rows in no theme are one more theme; and
        ``labelled``, the share of rows with text that have a label. NaN where one is unknown, as
        is the separation of a single theme.

    Raises
    ------
    OptionError
        If there is no such column, there is not exactly one label per row, or no row
        with text has a label.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> print(themes.quality(labels=["a", "a", "b", "b"]).ami)
    1.0
    """
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

    figures = {
        "stability": themes.mean_stability,
        "separation": _separation(themes),
        "coverage": themes.coverage,
    }
    if labels is not None:
        given = np.array(labels_of_rows(labels, themes.corpus), dtype=object)
        with_text = themes.corpus.paper_of_row >= 0
        labelled = (given != "") & with_text
        pair = given[labelled].astype(str), themes.labels[labelled]
        figures["ami"] = adjusted_mutual_info_score(*pair)
        figures["ari"] = adjusted_rand_score(*pair)
        figures["labelled"] = labelled.sum() / with_text.sum()
    return pd.Series(figures, dtype=float).round(4)


def _separation(themes: ThemeMap) -> float:
    from sklearn.metrics import silhouette_score

    labels = themes._paper_labels
    papers = evenly_spread(np.flatnonzero(labels >= 0), sizes.COMPARED_IN_PAIRS)
    if not 1 < len(np.unique(labels[papers])) < len(papers):
        return float("nan")
    vectors = themes.foundation.paper_embedding[papers]
    return float(silhouette_score(vectors, labels[papers], metric="cosine"))


def alternatives(themes: ThemeMap) -> pd.DataFrame:
    """Return what coarser and finer themes would be like: how many, how stable, coverage.

    Each row is what ``cluster_abstracts`` makes of the papers at another granularity, if the
    other options stay as they were, but without ``n_themes`` and labels. Mixed themes are among
    ``n_themes``; ``chosen`` marks the granularity that this map was made with. Takes several
    times as long as the clustering.

    Raises
    ------
    OptionError
        If the themes were not made from the neighbour graph.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> others = themes.alternatives()
    >>> others.loc[others["chosen"], ["granularity", "n_themes"]].values.tolist()
    [[1.0, 2.0]]
    """
    if themes.settings is None:
        raise OptionError(
            "alternatives are partitions of the neighbour graph, but another clusterer made "
            "these themes; cluster with clusterer='graph', the default"
        )
    foundation, corpus = themes.foundation, themes.corpus
    graph, vectors = foundation.paper_graph, foundation.paper_embedding
    embedding = Embedding(vectors, graph.batches, foundation.encoder)
    chosen = Partitioner.of({**foundation.options, "n_themes": None})
    chosen = replace(chosen, resolution=chosen.base_resolution(graph, vectors))
    rows = []
    for step in range(-_STEPS, _STEPS + 1):
        partitioner = replace(chosen, granularity=chosen.granularity * 2.0**step)
        partition = partitioner.partition(graph, embedding, corpus)
        labels = partition.labels[corpus.paper_of_row[corpus.paper_of_row >= 0]]
        stability = pd.Series(partition.stability)[labels[labels >= 0]]  # of each row in a theme
        rows.append(
            {
                "granularity": partitioner.granularity,
                "n_themes": len(partition.stability),
                "stability": round(float(stability.mean()), 3),
                "coverage": round(float((labels >= 0).mean()), 3),
                "chosen": step == 0,
            }
        )
    return pd.DataFrame(rows)
