"""How good themes are: measures that need no labels, and two that do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from absclust.analysis.keywords import KeywordUse
from absclust.arrays import FloatArray, IntArray, group_matrix
from absclust.clustering.partition import Partitioner
from absclust.corpus.labels import labels_of_rows
from absclust.embedding.embed import Embedding
from absclust.errors import OptionError
from absclust.reprs import block
from absclust.text.phrases import phrase_key

if TYPE_CHECKING:
    import pandas as pd

    from absclust.theme_map import ThemeMap


_STEPS = 3  # alternatives on either side, each twice as fine as the one before


@dataclass(frozen=True, repr=False)
class Quality:
    """How good a map's themes are. Made by ``ThemeMap.quality``.

    Attributes
    ----------
    stability : float
        Mean stability of the themes whose stability is known, weighted by size, 0 to 1
        (Hennig 2007).
    separation : float
        Mean silhouette of the papers by cosine distance, -1 to 1: how much closer a
        paper is, on average, to its theme's papers than to those of the nearest other
        theme (Rousseeuw 1987).
    coherence : float
        Mean over themes of the normalised pointwise mutual information of all pairs of a
        theme's keywords, -1 to 1: whether they occur in the same papers of this corpus
        (Bouma 2009; Lau, Newman and Baldwin 2014).
    diversity : float
        The share of distinct keywords among the keywords of all themes, 0 to 1 (Dieng,
        Ruiz and Blei 2020).
    coverage : float
        The share of rows with text that are in a theme, 0 to 1.
    ami, ari : float or None
        Adjusted mutual information (Vinh, Epps and Bailey 2010) and adjusted Rand
        index (Hubert and Arabie 1985) with the given labels. Rows in no theme count as
        one more theme.
    n_labelled : int
        Number of rows with both text and a label.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> quality = themes.quality()
    >>> quality.diversity, quality.table()["size"].tolist()
    (1.0, [2, 2])
    """

    stability: float
    separation: float
    coherence: float
    diversity: float
    coverage: float
    ami: float | None
    ari: float | None
    n_labelled: int
    _themes: pd.DataFrame = field(compare=False)

    def to_dict(self) -> dict[str, float]:
        """Return the measures of the whole map, with AMI and ARI if there were labels."""
        names = ("stability", "separation", "coherence", "diversity", "coverage", "ami", "ari")
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    def table(self) -> pd.DataFrame:
        """Return each theme's measures, one row per theme; NaN where one is unknown."""
        return self._themes.copy()

    def __repr__(self) -> str:
        figures = ", ".join(f"{name} {value:.3f}" for name, value in self.to_dict().items())
        labelled = f" ({self.n_labelled:,} rows labelled)" if self.ami is not None else ""
        return f"Quality of {len(self._themes)} themes: {figures}{labelled}"

    def _repr_html_(self) -> str:
        return block(repr(self), "", self.table().to_html(float_format="{:.3f}".format, border=0))


def quality(themes: ThemeMap, labels: Any = None) -> Quality:
    """Measure the themes: stability, separation, coherence, diversity, coverage.

    ``Quality`` defines each measure and names its source.

    Parameters
    ----------
    labels : one per row of the input, or the name of a column, optional
        Labels to compare the themes with, which adds AMI and ARI. Rows without a
        label (None, NaN, empty or -1) are left out.

    Returns
    -------
    Quality
        The measures of the map, and of each theme.

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
    >>> themes.quality(labels=["a", "a", "b", "b"]).ami
    1.0
    """
    import pandas as pd

    of_papers = themes._paper_labels
    separation = silhouette(themes.foundation.paper_embedding, of_papers)
    placed = of_papers >= 0
    by_theme = pd.Series(separation[placed]).groupby(of_papers[placed]).mean()
    coherences = _coherences(themes)
    keys = [phrase_key(word) for theme in themes for word in theme.keywords]
    ami, ari, n_labelled = _agreement(themes, labels)
    return Quality(
        stability=_rounded(themes.mean_stability),
        separation=_rounded(pd.Series(separation[placed]).mean()),
        coherence=_rounded(coherences.mean()),
        diversity=_rounded(len(set(keys)) / len(keys) if keys else np.nan),
        coverage=_rounded(themes.coverage),
        ami=ami,
        ari=ari,
        n_labelled=n_labelled,
        _themes=themes.table()[["name", "size", "stability"]].assign(
            separation=by_theme.round(4), coherence=coherences.round(4)
        ),
    )


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
    import pandas as pd

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


def silhouette(embedding: FloatArray, labels: IntArray) -> npt.NDArray[np.float64]:
    """Return the silhouette of each paper by cosine distance (Rousseeuw 1987).

    For unit vectors, the mean cosine distance to a theme's papers is the distance to
    their mean, so the exact result takes n times K steps instead of n times n.

    Parameters
    ----------
    embedding : float32 array of shape (n, d)
        Rows of unit length (or zero).
    labels : int array of shape (n,)
        Theme of each paper, 0 to K - 1; -1 for none.

    Returns
    -------
    float array of shape (n,)
        0 for papers that are alone in their theme or in none, and if there is one theme.

    Examples
    --------
    >>> v = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=np.float32)
    >>> silhouette(v, np.array([0, 0, 1, 1])).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    n_themes = int(labels.max(initial=-1)) + 1
    silhouettes = np.zeros(len(labels))
    placed = np.flatnonzero(labels >= 0)
    if n_themes < 2:
        return silhouettes
    own, rows = labels[placed], np.arange(len(placed))
    vectors = embedding[placed]
    sizes = np.bincount(own, minlength=n_themes)
    similar = vectors @ (group_matrix(own, n_themes) @ vectors).T
    to_others = similar[rows, own] - np.einsum("nd,nd->n", vectors, vectors)
    within = 1 - to_others / np.maximum(sizes[own] - 1, 1)
    distance = 1 - similar / sizes
    distance[rows, own] = np.inf
    nearest = distance.min(axis=1)
    wider = np.maximum(within, nearest)
    score = np.divide(nearest - within, wider, out=np.zeros_like(wider), where=wider > 0)
    silhouettes[placed] = np.where(sizes[own] > 1, score, 0)
    return silhouettes


def npmi(used: npt.NDArray[np.bool_]) -> float:
    """Return the mean normalised pointwise mutual information of all pairs of phrases.

    ln(p(a, b) / (p(a) p(b))) / -ln p(a, b), where p is the share of papers with a phrase
    or with both: 1 for phrases that always occur together, 0 for independent phrases,
    -1 for phrases that never do (Bouma 2009).

    Parameters
    ----------
    used : bool array of shape (n_papers, n_phrases)

    Examples
    --------
    >>> npmi(np.array([[True, True], [False, False]]))
    1.0
    >>> npmi(np.array([[True, False], [False, True]]))
    -1.0
    """
    n_phrases = used.shape[1]
    if n_phrases < 2 or not len(used):
        return float("nan")
    counts = used.astype(np.float64)
    joint = (counts.T @ counts) / len(used)
    single = np.diag(joint)
    first, second = np.triu_indices(n_phrases, k=1)
    both, independent = joint[first, second], single[first] * single[second]
    values = np.full(len(both), -1.0)
    always = both >= 1
    values[always] = 1
    sometimes = (both > 0) & ~always
    pmi = np.log(both[sometimes] / independent[sometimes])
    values[sometimes] = pmi / -np.log(both[sometimes])
    return float(values.mean())


def _coherences(themes: ThemeMap) -> pd.Series[float]:
    import pandas as pd

    use = KeywordUse.of(themes)
    return pd.Series([npmi(use[theme.keywords]) for theme in themes], dtype=float)


def _agreement(themes: ThemeMap, labels: Any) -> tuple[float | None, float | None, int]:
    """Return AMI and ARI with the labels, and the number of rows that have a label."""
    if labels is None:
        return None, None, 0
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

    given = np.array(labels_of_rows(labels, themes.corpus), dtype=object)
    labelled = (given != "") & (themes.corpus.paper_of_row >= 0)
    true = np.unique(given[labelled], return_inverse=True)[1]
    assigned = themes.labels[labelled]
    ami, ari = adjusted_mutual_info_score(true, assigned), adjusted_rand_score(true, assigned)
    return _rounded(ami), _rounded(ari), int(labelled.sum())


def _rounded(value: float) -> float:
    return round(float(value), 4)
