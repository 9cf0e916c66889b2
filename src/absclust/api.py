"""The one-call function. It builds a ThemeModel, fits it and returns the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from absclust.clustering.clusterer import ClustererLike
    from absclust.embedding.fitted import CacheLike, EmbedderLike
    from absclust.naming.namer import Namer
    from absclust.themes.theme_map import ThemeMap


def cluster_abstracts(
    texts: Any,
    *,
    embedder: EmbedderLike = "builtin",
    embeddings: Any = None,
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
) -> ThemeMap:
    """Cluster paper abstracts into named themes.

    Parameters
    ----------
    texts
        A list of str or of dicts, a pandas Series, or a DataFrame with
        ``title`` and/or ``abstract`` columns, in any case. Rows without text
        get the label -1 and are counted in the report.
    embedder
        ``"builtin"``, the model that ships with absclust; ``"lsa"``; the name or
        path of a sentence-transformers model; an object with
        ``encode(list[str])``, such as ``TransformerEmbedder(name, device="cuda",
        batch_size=256)``; or a callable.
    embeddings : array of shape (n_rows, d), optional
        Vectors of your own, one a row of the input; the embedder is not used.
    clusterer
        ``"graph"``, communities of the neighbour graph; ``"hdbscan"``, UMAP and
        then HDBSCAN; or an object with ``fit_predict(vectors)``.
    outliers
        What becomes of papers in no theme, with another clusterer than
        ``"graph"``, which leaves none: ``"keep"`` them as -1, or ``"assign"``
        each to the theme of its neighbours.
    n_neighbors
        Neighbours a paper in the similarity graph; small corpora use fewer.
    n_themes
        Exactly so many themes; by default as many as there are.
    granularity
        2 for finer themes, 0.5 for coarser ones: multiplies the resolution.
    min_theme_size
        By default 2 for ``"graph"``, where smaller themes go with the one they are
        most linked to unless ``n_themes`` is given, and a third of the square root
        of the number of papers for ``"hdbscan"``.
    resolution
        Resolution of the communities. By default that of clear-cut themes where
        the corpus has them, else 1.5.
    seed_themes
        Themes you have in mind, as in ``{"alignment": ["RLHF", "preference"]}``:
        papers that mention the words are pulled together under that name; the
        others find their own themes.
    stop_phrases
        Phrases, in any case and number, that no name and no keyword may hold, as
        in ``["case study"]``.
    namer
        Names the themes instead of their keywords: any object with
        ``name(themes)`` that returns a name or None for each, such as
        ``LLMNamer``. Themes that get none keep their keyword names.
    min_strength
        Papers with a smaller share of their neighbours' votes for their theme are
        left unassigned (-1).
    random_state
        Seed; the same papers with the same options give the same themes, in
        whatever order they come.
    cache
        Where the vectors of a slow embedder are kept: True for the user's cache
        folder, a folder of your own, a ``VectorCache``, or False.
    progress
        Show a progress bar where the work is long.

    Returns
    -------
    ThemeMap
        Labels, named themes, tables and the map.

    Raises
    ------
    EmbedderError
        If the embedder can't be loaded or gives no usable vectors.
    InputError
        If the texts can't be used; the message says which row or column and why.
    OptionError
        If an option is out of range.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", None,
    ...                             "Proteins fold.", "Proteins fold fast."])
    >>> themes.labels.tolist()
    [0, 0, -1, 1, 1]
    """
    from absclust.model import ThemeModel

    model = ThemeModel(
        embedder=embedder,
        clusterer=clusterer,
        outliers=outliers,
        n_neighbors=n_neighbors,
        n_themes=n_themes,
        granularity=granularity,
        min_theme_size=min_theme_size,
        resolution=resolution,
        seed_themes=seed_themes,
        stop_phrases=stop_phrases,
        namer=namer,
        min_strength=min_strength,
        random_state=random_state,
        cache=cache,
        progress=progress,
    )
    return model.fit(texts, embeddings=embeddings).theme_map_
