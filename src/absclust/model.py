"""ThemeModel: the scikit-learn estimator that runs the stages in order."""

from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin

from absclust.arrays import IntArray
from absclust.cluster import by_size, leiden
from absclust.corpus import Corpus, build_corpus
from absclust.embed import CacheLike, EmbedderLike, embed
from absclust.errors import OptionError
from absclust.name import name_themes
from absclust.neighbors import neighbor_graph
from absclust.themes import ThemeMap, make_themes


class ThemeModel(ClusterMixin, BaseEstimator):
    """Cluster abstracts into named themes; a scikit-learn estimator.

    Parameters
    ----------
    embedder : str, object or callable, default "builtin"
        ``"builtin"``, ``"lsa"``, the name or path of a sentence-transformers
        model, an object with ``encode(list[str])``, or a callable.
    n_neighbors : int, default 15
        Neighbours a paper in the similarity graph; small corpora use fewer.
    resolution : float, default 1.5
        Resolution of the communities: higher gives more and smaller themes.
    random_state : int, default 0
        Seed; the same papers with the same options give the same themes.
    cache : bool, path or VectorCache, default True
        Where the vectors of a slow embedder are kept: True for the user's cache
        folder, a folder of your own, or False.
    progress : bool, default True
        Show a progress bar where the work is long.

    Attributes
    ----------
    theme_map_ : ThemeMap
        The result.
    labels_ : int array, one a row of the input
        Theme of each row; -1 for a row without text.

    Examples
    --------
    >>> model = ThemeModel().fit(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                           "Proteins fold fast."])
    >>> model.labels_.tolist()
    [0, 0, 1, 1]
    """

    def __init__(
        self,
        *,
        embedder: EmbedderLike = "builtin",
        n_neighbors: int = 15,
        resolution: float = 1.5,
        random_state: int = 0,
        cache: CacheLike = True,
        progress: bool = True,
    ) -> None:
        self.embedder = embedder
        self.n_neighbors = n_neighbors
        self.resolution = resolution
        self.random_state = random_state
        self.cache = cache
        self.progress = progress

    def fit(self, X: Any, y: None = None, *, embeddings: Any = None) -> Self:  # noqa: N803 (scikit-learn's name)
        """Cluster the papers.

        Parameters
        ----------
        X
            A list of str or of dicts, a pandas Series, or a DataFrame with
            ``title`` and/or ``abstract`` columns.
        y
            Ignored; scikit-learn passes it.
        embeddings : array of shape (n_rows, d), optional
            Vectors of your own, one a row of X; the embedder is not used.

        Raises
        ------
        EmbedderError
            If the embedder can't be loaded or gives no usable vectors.
        InputError
            If X can't be used; the message says which row or column and why.
        OptionError
            If an option is out of range.
        """
        self._check_options()
        corpus = build_corpus(X)
        embedding = embed(
            corpus,
            embedder=self.embedder,
            embeddings=embeddings,
            cache=self.cache,
            progress=self.progress,
            random_state=self.random_state,
        )
        graph = neighbor_graph(embedding.vectors, self.n_neighbors, embedding.groups)
        communities = leiden(graph, resolution=self.resolution, random_state=self.random_state)
        labels = by_size(communities, corpus.n_rows_of_paper)
        names = name_themes(corpus.paper_texts, corpus.paper_titles, labels)
        self.theme_map_ = ThemeMap(
            labels=_labels_of_rows(labels, corpus),
            themes=make_themes(labels, names, corpus, embedding.vectors),
            corpus=corpus,
            embedding=embedding.vectors,
            graph=graph,
            random_state=self.random_state,
        )
        self.labels_ = self.theme_map_.labels
        return self

    def _check_options(self) -> None:
        if not isinstance(self.n_neighbors, Integral) or self.n_neighbors < 1:
            raise OptionError(f"n_neighbors is {self.n_neighbors!r}; expected an int of 1 or more")
        if (
            not isinstance(self.resolution, Real)
            or not np.isfinite(self.resolution)
            or self.resolution <= 0
        ):
            raise OptionError(f"resolution is {self.resolution!r}; expected a number above 0")
        if not isinstance(self.random_state, Integral) or not 0 <= self.random_state < 2**32:
            raise OptionError(
                f"random_state is {self.random_state!r}; expected an int from 0 to 2**32 - 1, so "
                "that the same call gives the same themes"
            )


def _labels_of_rows(labels: IntArray, corpus: Corpus) -> IntArray:
    """Give each row its paper's label; the label appended last serves rows without paper."""
    return np.append(labels, -1)[corpus.paper_of_row]
