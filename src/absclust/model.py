"""ThemeModel: the scikit-learn estimator that runs the stages in order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from absclust.arrays import FloatArray, IntArray
from absclust.clustering.neighbors import neighbor_graph
from absclust.clustering.partition import ClustererLike, Granularity, Partitioner
from absclust.clustering.seeds import SeedThemes, checked_seed_themes
from absclust.corpus.corpus import build_corpus
from absclust.corpus.labels import KnownLabels, known_labels
from absclust.embedding.embed import embed
from absclust.embedding.embedder import CacheLike, EmbedderLike
from absclust.errors import OptionError, check_number, listed
from absclust.io.read import papers_of
from absclust.naming.namer import Namer, names_by
from absclust.parallel import aside, check_n_jobs, use_jobs
from absclust.progress import LOG, stage
from absclust.theme_map import ThemeMap
from absclust.themes.foundation import Foundation


@dataclass(kw_only=True, eq=False, repr=False)  # whose __init__ is what scikit-learn expects
class ThemeModel(ClusterMixin, BaseEstimator):
    """Cluster abstracts into named themes; a scikit-learn estimator.

    Parameters
    ----------
    embedder, clusterer, n_neighbors, n_themes, granularity, min_theme_size, \
resolution, seed_themes, stop_phrases, vocabulary, namer, min_strength, random_state, cache, \
progress, n_jobs
        The options of ``cluster_abstracts``, where each is explained, with the same
        defaults. They are checked by ``fit``.

    Attributes
    ----------
    theme_map_ : ThemeMap
        The result.
    labels_ : int array of shape (n_rows,)
        Theme of each row of the input; -1 for a row without text.

    Examples
    --------
    >>> model = ThemeModel().fit(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                           "Proteins fold fast."])
    >>> model.labels_.tolist()
    [0, 0, 1, 1]
    """

    embedder: EmbedderLike = "builtin"
    clusterer: ClustererLike = "graph"
    n_neighbors: int = 15
    n_themes: int | None = None
    granularity: Granularity = 1.0
    min_theme_size: int | None = None
    resolution: float | None = None
    seed_themes: SeedThemes | None = None
    stop_phrases: Sequence[str] = ()
    vocabulary: Sequence[str] = ()
    namer: Namer | None = None
    min_strength: float = 0.0
    random_state: int = 0
    cache: CacheLike = True
    progress: bool = True
    n_jobs: int | None = None

    def fit(
        self,
        X: Any,  # noqa: N803 (scikit-learn's name)
        y: object = None,
        *,
        labels: Any = None,
        embeddings: Any = None,
    ) -> Self:
        """Cluster the papers.

        Parameters
        ----------
        X
            The papers, as ``texts`` in ``cluster_abstracts``.
        y
            Ignored, as by scikit-learn's clusterers, so that a search over options may score
            the themes by their agreement with it.
        labels : one per row of X, or the name of a column, optional
            Known labels, as in ``cluster_abstracts``.
        embeddings : array of shape (n_rows, d), optional
            Vectors of your own, one per row of X; the embedder is then not used.

        Returns
        -------
        ThemeModel
            Itself, fitted.

        Raises
        ------
        EmbedderError
            If the embedder can't be loaded or gives no usable vectors.
        InputError
            If X can't be used; the message says which row or column and why.
        OptionError
            If an option is out of range.

        Examples
        --------
        >>> ThemeModel(n_themes=2).fit(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                             "Proteins fold fast."]).theme_map_[0].size
        2
        """
        self.check_options(labels)
        with use_jobs(self.n_jobs):
            self.theme_map_ = self._fit(X, labels, embeddings)
        self.labels_ = self.theme_map_.labels
        return self

    def _fit(self, X: Any, labels: Any, embeddings: Any) -> ThemeMap:  # noqa: N803
        corpus = build_corpus(papers_of(X), progress=self.progress)
        for note in corpus.report():
            LOG.warning("%s", note)
        known = None if labels is None else known_labels(labels, corpus)
        embedding = embed(
            corpus,
            embedder=self.embedder,
            embeddings=embeddings,
            cache=self.cache,
            progress=self.progress,
            random_state=self.random_state,
        )
        n = corpus.n_papers
        with stage(f"Comparing {n:,} papers", n, show=self.progress):
            graph = neighbor_graph(embedding.vectors, int(self.n_neighbors), embedding.batches)
        foundation = Foundation(
            corpus=corpus,
            paper_embedding=embedding.vectors,
            paper_graph=graph,
            encoder=embedding.encoder,
            random_state=self.random_state,
            stop_phrases=tuple(self.stop_phrases),
            vocabulary=tuple(self.vocabulary),
            min_strength=self.min_strength,
            label_notes=() if known is None else known.notes,
            options=self._options(known, given=embeddings is not None),
            progress=self.progress,
            n_jobs=self.n_jobs,
        )
        # The communities are found outside Python's lock; phrases are read in Python.
        with foundation.stage("Finding themes"), aside(foundation.evidence.read):
            partitioner = Partitioner.of(self.get_params(deep=False), labels)
            partition = partitioner.partition(graph, embedding, corpus, known)
        themes = ThemeMap._of(foundation, partition)
        if self.namer is not None:
            names = names_by(self.namer, themes, keep=partition.names)
            named = (replace(t, name=name) for t, name in zip(themes, names, strict=True))
            themes = replace(themes, themes=tuple(named))
        return themes

    def predict(self, X: Any, *, embeddings: Any = None) -> IntArray:  # noqa: N803
        """Return the theme of each row of X, -1 for none. ``theme_map_.predict`` returns more.

        Parameters
        ----------
        X
            Papers, as in ``fit``; those that were seen there get their own label.
        embeddings : array of shape (n_rows, d), optional
            Their vectors, if ``fit`` was given vectors.

        Raises
        ------
        EmbedderError
            If the embedder gives no usable vectors, or they are needed and not given.
        InputError
            If X can't be used; the message says which row or column and why.

        Examples
        --------
        >>> model = ThemeModel().fit(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                           "Proteins fold fast."])
        >>> model.predict(["A robot grasps a bottle."]).tolist()
        [0]
        """
        check_is_fitted(self)
        return self.theme_map_.predict(X, embeddings=embeddings)["theme"].to_numpy()

    def predict_proba(self, X: Any, *, embeddings: Any = None) -> FloatArray:  # noqa: N803
        """Return how much of each theme is in each paper: ``theme_map_.memberships`` as an array.

        Parameters
        ----------
        X, embeddings
            As in ``predict``.

        Returns
        -------
        float32 array of shape (n_rows, n_themes)
            Each row adds up to 1, or is NaN for a row without text.

        Raises
        ------
        EmbedderError, InputError
            As ``predict`` does.

        Examples
        --------
        >>> model = ThemeModel().fit(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
        ...                           "Proteins fold fast."])
        >>> model.predict_proba(["A robot grasps a bottle."]).argmax(axis=1).tolist()
        [0]
        """
        check_is_fitted(self)
        return self.theme_map_.memberships(X, embeddings=embeddings).to_numpy()

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that the input is texts and not numbers."""
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = tags.input_tags.string = tags.input_tags.dict = True
        tags.input_tags.two_d_array = False
        tags.input_tags.allow_nan = True  # a row without text
        return tags

    def _options(self, known: KnownLabels | None, *, given: bool) -> dict[str, Any]:
        """Return the options that the themes are made with, as plain values: objects by name."""
        options: dict[str, Any] = self.get_params(deep=False)
        del options["cache"], options["progress"], options["n_jobs"]  # they change no result
        for name in ("embedder", "clusterer", "namer"):
            if not isinstance(options[name], str | None):
                kind = type(options[name])
                options[name] = f"{kind.__module__}.{kind.__qualname__}"
        if given:
            options["embedder"] = "given vectors"
        for name in ("stop_phrases", "vocabulary"):
            options[name] = list(options[name])
        options["seed_themes"] = checked_seed_themes(self.seed_themes)
        # The labels themselves are in the papers' table, or were given beside it.
        options["labels"] = {} if known is None else known.counts
        return {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in options.items()
        }

    def check_options(self, labels: Any = None) -> None:
        """Raise an OptionError if an option is out of range, or if two can't be combined."""
        check_n_jobs(self.n_jobs)
        if not isinstance(self.progress, bool | np.bool_):
            raise OptionError(f"progress is {self.progress!r}; expected True or False")
        check_number(self.n_neighbors, "n_neighbors", Integral, least=1)
        Partitioner.of(self.get_params(deep=False), labels)
        self._check_naming()

    def _check_naming(self) -> None:
        for name, example in (
            ("stop_phrases", "case study"),
            ("vocabulary", "machine translation"),
        ):
            phrases = getattr(self, name)
            # What can be gone through only once would be empty when it is used.
            may_be = isinstance(phrases, Collection) and not isinstance(phrases, Mapping)
            if not may_be or not all(isinstance(phrase, str) for phrase in listed(phrases, [0])):
                raise OptionError(
                    f"{name} is {phrases!r}; expected a list of str, as in [{example!r}]"
                )
        if self.namer is not None and not hasattr(self.namer, "name"):
            raise OptionError(
                f"namer is {self.namer!r}; expected an object with a name(themes) method, "
                "such as LLMNamer('gpt-4o-mini')"
            )
