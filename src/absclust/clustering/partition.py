"""Neighbour graph -> themes: communities, around seed themes or labels, or another clusterer."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from hashlib import blake2b
from numbers import Integral, Real
from typing import Any, Literal, Protocol

import numpy as np

from absclust import sizes
from absclust.arrays import FloatArray, IntArray, evenly_spread, group_matrix, numbering
from absclust.clustering.focus import Relabel, divide_mixed, dividing, parts_finder
from absclust.clustering.leiden import (
    PartitionSettings,
    by_size,
    choose_resolution,
    find_communities,
    place_isolated,
    relabeller,
    subgraph,
    together,
    without_gaps,
)
from absclust.clustering.membership import membership
from absclust.clustering.neighbors import NeighborGraph, sample_graph
from absclust.clustering.seeds import (
    Seeds,
    SeedThemes,
    checked_seed_themes,
    find_seeds,
    guided_communities,
)
from absclust.clustering.stability import stability_samples, theme_stability
from absclust.clustering.umap_hdbscan import umap_hdbscan
from absclust.corpus.corpus import Corpus
from absclust.corpus.labels import KnownLabels
from absclust.embedding.embed import Embedding
from absclust.errors import OptionError, check_number


class Clusterer(Protocol):
    """Anything that groups vectors: a scikit-learn clusterer for one."""

    def fit_predict(self, X: Any, /) -> Any:  # noqa: N803 (scikit-learn's name)
        """Return a label for each row of an array of shape (n, d); -1 for none."""
        ...


ClustererLike = Clusterer | Literal["graph", "hdbscan"]
Granularity = float | Literal["broad", "medium", "fine"]
GRANULARITIES = {"broad": 0.5, "medium": 1.0, "fine": 2.0}
_SMALLEST_COMMUNITY = 2  # papers, by default
_NO_LETTERS = bytes(byte for byte in range(128) if not chr(byte).isalpha())


@dataclass(frozen=True, eq=False)
class Partition:
    """The distinct papers, partitioned into themes.

    Attributes
    ----------
    labels : int array of shape (n_papers,)
        Theme of each paper, 0 to K - 1, largest first; -1 for none.
    stability : float32 array of shape (K,)
        Stability of each theme; NaN where it is unknown.
    settings : PartitionSettings or None
        How the communities of the graph were found; None for another clusterer.
    names : dict of int to str
        Names that themes have already, such as those of seed themes and labels.
    mixed : frozenset of int
        Themes that are not about one thing; they come last.
    """

    labels: IntArray
    stability: FloatArray
    settings: PartitionSettings | None = None
    names: Mapping[int, str] = field(default_factory=dict)
    mixed: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class Partitioner:
    """How to find themes: the options of ``cluster_abstracts`` of the same names."""

    clusterer: ClustererLike = "graph"
    n_themes: int | None = None
    granularity: float = 1.0
    min_theme_size: int | None = None
    resolution: float | None = None
    seed_themes: SeedThemes | None = None
    min_strength: float = 0.0
    random_state: int = 0

    @classmethod
    def of(cls, options: Mapping[str, Any], labels: Any = None) -> Partitioner:
        """Return the partitioner with those of a call's options that it has.

        Raises
        ------
        OptionError
            If one is out of range, or if two can't be combined.

        Examples
        --------
        >>> Partitioner.of({"granularity": "fine", "embedder": "lsa"}).granularity
        2.0
        """
        names = (field.name for field in fields(cls))
        given = {name: options[name] for name in names if name in options}
        word = given.get("granularity")
        if isinstance(word, str):
            if word not in GRANULARITIES:
                raise OptionError(
                    f"granularity is {word!r}; expected {', '.join(map(repr, GRANULARITIES))} or a "
                    "number above 0"
                )
            given["granularity"] = GRANULARITIES[word]
        partitioner = cls(**given)
        partitioner._check(labels)
        return partitioner

    def _check(self, labels: Any) -> None:
        check_number(self.n_themes, "n_themes", Integral, least=1, none=True)
        check_number(self.min_theme_size, "min_theme_size", Integral, least=1, none=True)
        check_number(self.resolution, "resolution", Real, above=0, none=True)
        check_number(self.granularity, "granularity", Real, above=0)
        check_number(self.min_strength, "min_strength", Real, least=0, most=1)
        # None, which scikit-learn takes, would give another result each time.
        check_number(self.random_state, "random_state", Integral, least=0, most=2**32 - 1)
        known = self.clusterer in ("graph", "hdbscan") if isinstance(self.clusterer, str) else False
        usable = hasattr(self.clusterer, "fit_predict") and not isinstance(self.clusterer, type)
        if not known and not usable:
            raise OptionError(
                f"clusterer is {self.clusterer!r}; expected 'graph', 'hdbscan' or an object with "
                "a fit_predict method"
            )
        checked_seed_themes(self.seed_themes)
        steers = {name: getattr(self, name) for name in ("n_themes", "resolution", "seed_themes")}
        given = [name for name, value in (steers | {"labels": labels}).items() if value is not None]
        if self.clusterer != "graph" and given:
            raise OptionError(
                f"{given[0]} is given, but only clusterer='graph' takes it; leave it out"
            )
        for name in ("seed_themes", "labels"):
            if {"n_themes", name} <= set(given):
                raise OptionError(
                    f"n_themes and {name} are both given; expected one of them. Use granularity "
                    "for finer or coarser themes beside those of your own"
                )

    def partition(
        self,
        graph: NeighborGraph,
        embedding: Embedding,
        corpus: Corpus,
        known: KnownLabels | None = None,
    ) -> Partition:
        """Partition the papers of a corpus into themes.

        Parameters
        ----------
        graph
            The neighbour graph of the distinct papers.
        embedding
            Their embedding.
        corpus
            The papers.
        known
            Labels that some of them have.

        Raises
        ------
        OptionError
            If more themes are asked for than there are papers, if no paper mentions a seed
            theme's words, or if a clusterer that was plugged in gives no usable labels.
        EmbedderError
            If a seed theme is described and there is no embedder for its description.
        """
        vectors = embedding.vectors
        if self.clusterer != "graph":
            labels = by_size(self._by_clusterer(graph, vectors), corpus.n_rows_of_paper)
            # Fitting another clusterer ten more times takes too long, if it can be done at all.
            unknown = np.full(labels.max(initial=-1) + 1, np.nan, dtype=np.float32)
            partition = Partition(labels, unknown)
        else:
            partition = self._by_graph(graph, embedding, corpus, known)
        if self.min_strength > 0:
            weak = membership(graph, partition.labels).strength < self.min_strength
            if known is not None:
                weak &= known.of_paper < 0  # a person said where these belong
            return _without(weak, partition)
        return partition

    def _by_graph(
        self, graph: NeighborGraph, embedding: Embedding, corpus: Corpus, known: KnownLabels | None
    ) -> Partition:
        settings = self._settings(graph, embedding.vectors, corpus)
        seeds = find_seeds(checked_seed_themes(self.seed_themes), known, graph, embedding, corpus)
        labels, relabel, first = self._communities(graph, settings, seeds)
        mixed: frozenset[int] = frozenset()
        if self.n_themes is None:
            of_person = first[first >= 0]
            alike, numbers = alike_papers(embedding, corpus), np.arange(corpus.n_papers)
            told_apart = seeds.given >= 0
            told_apart[of_person] = True  # so that no seed theme is lost
            alike = np.where(told_apart, corpus.n_papers + numbers, alike)
            whole = together(labels, alike)
            parts_of = parts_finder(graph.adjacency, self.granularity, self.random_state)
            labels, mixed = divide_mixed(
                graph, embedding.vectors, whole, parts_of, settings.min_theme_size, of_person
            )
            relabel = dividing(_together(relabel, alike), parts_of, whole, labels)
        labels = by_size(labels, corpus.n_rows_of_paper, last=mixed)
        samples = stability_samples(len(labels), self.random_state)
        stability = theme_stability(labels, samples, relabel)
        if known is not None:  # who labels most of a theme's papers made it; it wasn't found
            given = group_matrix(labels, len(stability)) @ (known.of_paper >= 0)
            stability[given > np.bincount(labels[labels >= 0]) / 2] = np.nan
        pairs = zip(seeds.names, first.tolist(), strict=True)
        names = {int(labels[paper]): name for name, paper in pairs if paper >= 0}
        n_themes = len(stability)
        mixed = frozenset(range(n_themes - len(mixed), n_themes))
        return Partition(labels, stability, settings, names, mixed)

    def _settings(
        self, graph: NeighborGraph, vectors: FloatArray, corpus: Corpus
    ) -> PartitionSettings:
        if self.n_themes is not None and self.n_themes > corpus.n_papers:
            raise OptionError(
                f"n_themes is {self.n_themes}, but there are {corpus.n_papers} distinct papers; "
                "expected at most that many themes"
            )
        resolution = self.base_resolution(graph, vectors) * self.granularity
        # With n_themes, small themes are kept so that the number is met.
        smallest = self.min_theme_size or _SMALLEST_COMMUNITY if self.n_themes is None else 1
        return PartitionSettings(resolution, self.n_themes, smallest)

    def base_resolution(self, graph: NeighborGraph, vectors: FloatArray) -> float:
        """Return the resolution that the granularity multiplies."""
        if self.resolution is not None:
            return self.resolution
        if graph.n_papers > sizes.CLEAR_CUT_SAMPLE:
            papers = evenly_spread(np.arange(graph.n_papers), sizes.CLEAR_CUT_SAMPLE)
            graph = sample_graph(graph, vectors, papers)
        return choose_resolution(graph.adjacency, random_state=self.random_state)

    def _communities(
        self, graph: NeighborGraph, settings: PartitionSettings, seeds: Seeds
    ) -> tuple[IntArray, Relabel, IntArray]:
        """Return communities, how to find them anew, and a paper of each seed's; -1 for none."""
        adjacency, seed = graph.adjacency, self.random_state
        if not seeds.names:
            labels = find_communities(graph, settings, random_state=seed)
            return labels, relabeller(adjacency, settings, seed), np.array([], dtype=np.int64)

        def relabel(papers: IntArray) -> IntArray:
            part, pulling = subgraph(adjacency, papers), seeds.among(papers)
            return guided_communities(part, pulling, settings, seed, quick=True)[0]

        labels, first = guided_communities(adjacency, seeds, settings, seed)
        return place_isolated(labels, graph), relabel, first

    def _by_clusterer(self, graph: NeighborGraph, vectors: FloatArray) -> IntArray:
        if not isinstance(self.clusterer, str):
            return _checked_labels(self.clusterer.fit_predict(vectors), graph.n_papers)
        labels = umap_hdbscan(
            graph, vectors, min_theme_size=self.min_theme_size, random_state=self.random_state
        )
        if (labels < 0).all():
            warnings.warn(
                f"HDBSCAN found no theme in {graph.n_papers} papers; clusterer='graph' finds "
                "themes in few papers too",
                stacklevel=2,
            )
        return labels


def alike_papers(embedding: Embedding, corpus: Corpus) -> IntArray:
    """Return a number per paper, the same for papers that can't be told apart.

    Texts that differ in digits and signs alone say the same; of vectors that the user
    made, only equal ones do.
    """
    if embedding.encoder is None:
        said: Iterable[bytes] = (row.tobytes() for row in embedding.vectors.round(5) + 0.0)
    else:
        said = map(_letters, corpus.paper_texts)
    number = numbering()  # by hashes, which take less memory than the texts
    return np.array([number[blake2b(key, digest_size=16).hexdigest()] for key in said])


def _letters(text: str) -> bytes:
    if text.isascii():  # as most are: four times faster
        return text.lower().encode().translate(None, _NO_LETTERS)
    return "".join(filter(str.isalpha, text.lower())).encode()


def _together(relabel: Relabel, alike: IntArray) -> Relabel:
    return lambda papers: together(relabel(papers), alike[papers])


def _checked_labels(labels: Any, n: int) -> IntArray:
    """Check the labels of a clusterer that was plugged in."""
    array = np.asarray(labels)
    if array.shape != (n,) or not np.issubdtype(array.dtype, np.integer):
        raise OptionError(
            f"the clusterer gave labels of shape {array.shape} and type {array.dtype}; expected "
            f"one int for each of {n} papers"
        )
    return np.where(array < 0, -1, array).astype(np.int64)


def _without(weak: np.ndarray[Any, np.dtype[np.bool_]], partition: Partition) -> Partition:
    """Leave weak papers unassigned, and drop the themes that are empty then."""
    labels = np.where(weak, -1, partition.labels)
    left = np.unique(labels[labels >= 0])
    number = {old: new for new, old in enumerate(left.tolist())}
    names = {number[t]: name for t, name in partition.names.items() if t in number}
    mixed = frozenset(number[t] for t in partition.mixed if t in number)
    labels, stability = without_gaps(labels), partition.stability[left]
    return replace(partition, labels=labels, stability=stability, names=names, mixed=mixed)
