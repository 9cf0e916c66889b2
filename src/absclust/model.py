"""ThemeModel: the scikit-learn estimator that runs the stages in order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from absclust.arrays import FloatArray, IntArray
from absclust.clustering.clusterer import ClustererLike
from absclust.clustering.density import assign_outliers, umap_hdbscan
from absclust.clustering.leiden import (
    Rule,
    by_size,
    choose_resolution,
    find_communities,
    place_isolated,
    relabeller,
    subgraph,
)
from absclust.clustering.membership import membership
from absclust.clustering.neighbors import NeighborGraph, neighbor_graph
from absclust.clustering.seeds import Seeds, find_seeds, guided_communities
from absclust.clustering.stability import N_RESAMPLES, resample, theme_stability
from absclust.corpus.corpus import Corpus, build_corpus
from absclust.embedding.embed import embed
from absclust.embedding.fitted import CacheLike, EmbedderLike
from absclust.errors import OptionError
from absclust.naming.namer import Namer, name_with
from absclust.new_papers.predict import predict
from absclust.themes.build import build_map


@dataclass(frozen=True, eq=False)
class _Found:
    """Themes of the distinct papers, before anything is left out."""

    labels: IntArray
    stability: FloatArray
    rule: Rule | None
    names: dict[int, str]  # of themes that the user named


class ThemeModel(ClusterMixin, BaseEstimator):
    """Cluster abstracts into named themes; a scikit-learn estimator.

    Parameters
    ----------
    embedder : str, object or callable, default "builtin"
        ``"builtin"``, ``"lsa"``, the name or path of a sentence-transformers
        model, an object with ``encode(list[str])``, or a callable.
    clusterer : str or object, default "graph"
        ``"graph"``, communities of the neighbour graph; ``"hdbscan"``, UMAP and
        then HDBSCAN; or an object with ``fit_predict(vectors)``.
    outliers : str, default "keep"
        What becomes of papers in no theme, with another clusterer than
        ``"graph"``, which leaves none: ``"keep"`` them as -1, or ``"assign"``
        each to the theme of its neighbours.
    n_neighbors : int, default 15
        Neighbours a paper in the similarity graph; small corpora use fewer.
    n_themes : int, optional
        Exactly so many themes; by default as many as there are.
    granularity : float, default 1
        2 for finer themes, 0.5 for coarser ones: multiplies the resolution.
    min_theme_size : int, optional
        By default 2 for ``"graph"``, where smaller themes go with the one they are
        most linked to, and a third of the square root of the number of papers for
        ``"hdbscan"``.
    resolution : float, optional
        Resolution of the communities. By default that of clear-cut themes where
        the corpus has them, else 1.5.
    seed_themes : dict of str to list of str, optional
        Themes you have in mind: words or phrases for each one's name. Papers that
        mention them are pulled together under that name; the others find their
        own themes.
    stop_phrases : list of str, default ()
        Phrases, in any case and number, that no name and no keyword may hold.
    namer : object, optional
        Names the themes instead of their keywords: any object with
        ``name(themes)``, such as ``LLMNamer``.
    min_strength : float, default 0
        Papers with a smaller share of their neighbours' votes for their theme are
        left unassigned (-1).
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
        clusterer: ClustererLike = "graph",
        outliers: Literal["keep", "assign"] = "keep",
        n_neighbors: int = 15,
        n_themes: int | None = None,
        granularity: float = 1.0,
        min_theme_size: int | None = None,
        resolution: float | None = None,
        seed_themes: Mapping[str, Sequence[str]] | None = None,
        stop_phrases: Sequence[str] = (),
        namer: Namer | None = None,
        min_strength: float = 0.0,
        random_state: int = 0,
        cache: CacheLike = True,
        progress: bool = True,
    ) -> None:
        self.embedder = embedder
        self.clusterer = clusterer
        self.outliers = outliers
        self.n_neighbors = n_neighbors
        self.n_themes = n_themes
        self.granularity = granularity
        self.min_theme_size = min_theme_size
        self.resolution = resolution
        self.seed_themes = seed_themes
        self.stop_phrases = stop_phrases
        self.namer = namer
        self.min_strength = min_strength
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
        found = self._cluster(graph, embedding.vectors, corpus)
        if self.min_strength > 0:
            strength = membership(graph, found.labels).strength
            found = _without(strength < self.min_strength, found)
        themes = build_map(
            found.labels,
            found.stability,
            found.names,
            corpus=corpus,
            embedding=embedding.vectors,
            graph=graph,
            rule=found.rule,
            stop_phrases=tuple(self.stop_phrases),
            random_state=self.random_state,
            encoder=embedding.encoder,
            options=self._options(given=embeddings is not None),
        )
        if self.namer is not None:
            themes = name_with(self.namer, themes, keep=found.names)
        self.theme_map_ = themes
        self.labels_ = self.theme_map_.labels
        return self

    def predict(self, X: Any, *, embeddings: Any = None) -> IntArray:  # noqa: N803
        """Return the theme of each paper; -1 for none. ``theme_map_.predict`` says more.

        Parameters
        ----------
        X
            Papers, as in ``fit``; those it has seen get their own label.
        embeddings : array of shape (n_rows, d), optional
            Their vectors, where ``fit`` was given vectors.

        Raises
        ------
        EmbedderError
            If the embedder gives no usable vectors, or they are needed and not given.
        InputError
            If X can't be used; the message says which row or column and why.
        """
        check_is_fitted(self)
        corpus = build_corpus(X, allow_empty=True)
        return predict(self.theme_map_, corpus, embeddings).theme

    def _options(self, *, given: bool) -> dict[str, Any]:
        """Return the options that made the themes, as plain values: objects by their names."""
        options: dict[str, Any] = self.get_params(deep=False)
        del options["cache"], options["progress"]  # they change no result
        for name in ("embedder", "clusterer", "namer"):
            if not isinstance(options[name], str | None):
                options[name] = (
                    f"{type(options[name]).__module__}.{type(options[name]).__qualname__}"
                )
        if given:
            options["embedder"] = "given vectors"
        seeds = self.seed_themes or {}
        options["stop_phrases"] = list(self.stop_phrases)
        options["seed_themes"] = {name: list(words) for name, words in seeds.items()}
        return {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in options.items()
        }

    def _cluster(self, graph: NeighborGraph, vectors: FloatArray, corpus: Corpus) -> _Found:
        if self.clusterer != "graph":
            groups = self._other_clusterer(graph, vectors)
            labels = by_size(groups, corpus.n_rows_of_paper)
            # Refitting ten times takes too long, and may not even be possible.
            unknown = np.full(labels.max(initial=-1) + 1, np.nan, dtype=np.float32)
            return _Found(labels, unknown, None, {})
        rule = self._rule(graph, corpus)
        if self.seed_themes:
            return self._guided(graph, rule, corpus)
        groups = find_communities(graph, rule, random_state=self.random_state)
        labels = by_size(groups, corpus.n_rows_of_paper)
        relabel = relabeller(graph.adjacency, rule, self.random_state)
        return _Found(labels, self._stability(labels, relabel), rule, {})

    def _rule(self, graph: NeighborGraph, corpus: Corpus) -> Rule:
        if self.n_themes is not None and self.n_themes > corpus.n_papers:
            raise OptionError(
                f"n_themes is {self.n_themes}, but there are {corpus.n_papers} distinct papers; "
                "expected that many themes at the most"
            )
        resolution = self.resolution
        if resolution is None:
            resolution = choose_resolution(graph.adjacency, random_state=self.random_state)
        # Whoever asks for a number of themes gets it, small ones among them.
        smallest = self.min_theme_size or 2 if self.n_themes is None else 1
        return Rule(resolution * self.granularity, self.n_themes, smallest)

    def _guided(self, graph: NeighborGraph, rule: Rule, corpus: Corpus) -> _Found:
        adjacency = graph.adjacency
        degrees = np.asarray(adjacency.sum(axis=1)).ravel()
        seeds = find_seeds(self.seed_themes or {}, corpus.paper_texts, corpus.paper_titles, degrees)
        seed, resolution = self.random_state, rule.resolution
        groups, own = guided_communities(adjacency, seeds, resolution=resolution, random_state=seed)
        placed = place_isolated(groups, graph)
        labels = by_size(placed, corpus.n_rows_of_paper)
        names = {
            int(labels[np.flatnonzero(placed == community)[0]]): name
            for name, community in zip(seeds.names, own, strict=True)
            if (placed == community).any()
        }

        def relabel(papers: IntArray) -> IntArray:
            part = subgraph(adjacency, papers)
            some = Seeds(seeds.names, seeds.links[papers])
            return guided_communities(
                part, some, resolution=resolution, random_state=seed, quick=True
            )[0]

        return _Found(labels, self._stability(labels, relabel), rule, names)

    def _other_clusterer(self, graph: NeighborGraph, vectors: FloatArray) -> IntArray:
        if isinstance(self.clusterer, str):
            groups = umap_hdbscan(
                graph, vectors, min_theme_size=self.min_theme_size, random_state=self.random_state
            )
        else:
            groups = _labels_given(self.clusterer.fit_predict(vectors), graph.n_papers)
        if self.outliers == "keep":
            return groups
        return assign_outliers(groups, graph, vectors)

    def _stability(self, labels: IntArray, relabel: Callable[[IntArray], IntArray]) -> FloatArray:
        return theme_stability(
            labels, resample(len(labels), N_RESAMPLES, self.random_state), relabel
        )

    def _check_options(self) -> None:
        _check(self.n_neighbors, "n_neighbors", Integral, least=1)
        _check(self.n_themes, "n_themes", Integral, least=1, none=True)
        _check(self.min_theme_size, "min_theme_size", Integral, least=1, none=True)
        self._check_clusterer()
        _check(self.resolution, "resolution", Real, above=0, none=True)
        _check(self.granularity, "granularity", Real, above=0)
        _check(self.min_strength, "min_strength", Real, least=0, most=1)
        self._check_naming()
        # None would mean another result each time.
        _check(self.random_state, "random_state", Integral, least=0, most=2**32 - 1)

    def _check_naming(self) -> None:
        phrases = self.stop_phrases
        if isinstance(phrases, str) or not all(isinstance(phrase, str) for phrase in phrases):
            raise OptionError(
                f"stop_phrases is {phrases!r}; expected a list of str, as in ['case study']"
            )
        if self.namer is not None and not hasattr(self.namer, "name"):
            raise OptionError(
                f"namer is {self.namer!r}; expected an object with a name(themes) method, "
                "such as LLMNamer('gpt-4o-mini')"
            )

    def _check_clusterer(self) -> None:
        known = self.clusterer in ("graph", "hdbscan") if isinstance(self.clusterer, str) else False
        if not known and not hasattr(self.clusterer, "fit_predict"):
            raise OptionError(
                f"clusterer is {self.clusterer!r}; expected 'graph', 'hdbscan' or an object with "
                "a fit_predict method"
            )
        if self.outliers not in ("keep", "assign"):
            raise OptionError(f"outliers is {self.outliers!r}; expected 'keep' or 'assign'")
        if self.seed_themes and self.n_themes is not None:
            raise OptionError(
                "n_themes and seed_themes are both given; expected one of them. Use granularity "
                "for finer or coarser themes beside those you seed"
            )
        steers = ("n_themes", "resolution", "seed_themes")
        unused = [name for name in steers if getattr(self, name) is not None]
        if self.clusterer != "graph" and unused:
            raise OptionError(
                f"{unused[0]} is given, but only clusterer='graph' takes it; leave it out"
            )


def _labels_given(labels: Any, n: int) -> IntArray:
    """Check the labels of a clusterer that was plugged in."""
    array = np.asarray(labels)
    if array.shape != (n,) or not np.issubdtype(array.dtype, np.integer):
        raise OptionError(
            f"the clusterer gave labels of shape {array.shape} and type {array.dtype}; expected "
            f"one int for each of {n} papers"
        )
    return np.where(array < 0, -1, array).astype(np.int64)


def _check(
    value: Any,
    name: str,
    kind: type,
    *,
    least: float = -np.inf,
    most: float = np.inf,
    above: float = -np.inf,
    none: bool = False,
) -> None:
    """Refuse an option that is not a finite number of that kind within its bounds."""
    if value is None and none:
        return
    right_kind = isinstance(value, kind) and not isinstance(value, bool)
    # NaN is in no range.
    if right_kind and least <= value <= most and above < value < np.inf:
        return
    bounds = [
        text
        for bound, text in (
            (least, f"of {least:g} or more"),
            (above, f"above {above:g}"),
            (most, f"of {most:g} at the most"),
        )
        if np.isfinite(bound)
    ]
    noun = "an int" if kind is Integral else "a number"
    raise OptionError(
        f"{name} is {value!r}; expected {noun} {' and '.join(bounds)}{', or None' if none else ''}"
    )


def _without(weak: npt.NDArray[np.bool_], found: _Found) -> _Found:
    """Leave papers unassigned, and drop the themes that are empty then."""
    labels = np.where(weak, -1, found.labels)
    left = np.unique(labels[labels >= 0])
    number = np.full(len(found.stability) + 1, -1)  # the last serves the unassigned
    number[left] = np.arange(len(left))
    names = {int(number[t]): name for t, name in found.names.items() if number[t] >= 0}
    return _Found(number[labels], found.stability[left], found.rule, names)
