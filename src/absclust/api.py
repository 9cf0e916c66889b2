"""The one-call functions: each only calls what does the work. Every option is documented here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from absclust.atomic import Target, content_of, is_readable
from absclust.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from absclust.clustering.partition import ClustererLike, Granularity
    from absclust.clustering.seeds import SeedThemes
    from absclust.embedding.embedder import CacheLike, EmbedderLike
    from absclust.naming.namer import Namer
    from absclust.theme_map import ThemeMap


def cluster_abstracts(
    texts: Any,
    *,
    embedder: EmbedderLike = "builtin",
    embeddings: Any = None,
    clusterer: ClustererLike = "graph",
    n_neighbors: int = 15,
    n_themes: int | None = None,
    granularity: Granularity = 1.0,
    min_theme_size: int | None = None,
    resolution: float | None = None,
    seed_themes: SeedThemes | None = None,
    labels: Any = None,
    stop_phrases: Sequence[str] = (),
    vocabulary: Sequence[str] = (),
    namer: Namer | None = None,
    min_strength: float = 0.0,
    random_state: int = 0,
    cache: CacheLike = True,
    progress: bool = True,
    n_jobs: int | None = None,
) -> ThemeMap:
    """Cluster paper abstracts into named themes.

    Parameters
    ----------
    texts
        The papers: a list of str or of dicts, a pandas Series, or a DataFrame with a
        ``title`` and/or an ``abstract`` column, in upper or lower case; or the path of a
        file, or a list of paths, which ``read_abstracts`` reads into one table without
        duplicates. Rows without text get the label -1 and are counted in the report.
    embedder : str, object or callable
        Turns texts into vectors: ``"builtin"``, the model that ships with absclust;
        ``"lsa"``, latent semantic analysis of the corpus; the name or path of a
        sentence-transformers model; an object with an ``encode(list[str])`` method, such
        as ``TransformerEmbedder(name, device="cuda", batch_size=256)``; or a callable.
    embeddings : array of shape (n_rows, d), optional
        Vectors of your own, one per row of the input; the embedder is then not used.
    clusterer : str or object
        Finds the themes: ``"graph"``, communities of the neighbour graph; ``"hdbscan"``,
        UMAP followed by HDBSCAN; or an object with a ``fit_predict(vectors)`` method. Only
        ``"graph"`` puts every paper into a theme.
    n_neighbors : int
        Number of neighbours per paper in the neighbour graph; small corpora use fewer.
    n_themes : int, optional
        The exact number of themes. By default, it follows from the papers.
    granularity : float or str
        How fine the themes are: ``"broad"``, ``"medium"`` or ``"fine"``, which stand for 0.5, 1
        and 2, or any number; it multiplies the resolution.
    min_theme_size : int, optional
        The smallest number of papers in a theme. With ``"graph"``, smaller themes are
        merged into the one they are most linked to; the default is 2, and it does not
        apply to seed themes or if ``n_themes`` is given. With ``"hdbscan"``, the default
        is a third of the square root of the number of papers, between 5 and 50.
    resolution : float, optional
        Resolution of the communities. By default, the one at which the corpus falls into
        clear-cut themes, or 1.5 if there is none.
    seed_themes : dict of str to list of str or str, or list of str, optional
        Themes that you have in mind. Words, as in ``{"alignment": ["RLHF", "preference"]}``,
        pull together the papers that mention them; a description, as in
        ``{"alignment": "making models safe"}``, those that are closest to it in meaning; a
        list of descriptions needs no names. The other papers find their own themes.
    labels : column name, or one label per row, optional
        Labels that people gave to some of the papers; None, NaN, ``""`` or -1 for the
        others. Papers with the same label share a theme of that name (the labels 1 and 0
        name themes "1" and "0"), and those with different labels never do, unless these differ
        in case only. Other papers join them if the labels can be told from the texts, or find
        their own themes.
    stop_phrases : list of str
        Phrases that no name and no keyword may contain, such as ``["case study"]``, in
        upper or lower case, singular or plural.
    vocabulary : list of str
        Phrases to take names from, such as the terms of a thesaurus. A theme that none of
        them fits is named by its keywords, and a warning says so. By default, names come
        from the papers.
    namer : object, optional
        Names the themes in place of their keywords: an object with a ``name(themes)``
        method that returns a name or None for each, such as ``LLMNamer``. Themes for
        which it returns None keep their keyword names.
    min_strength : float
        Papers with a lower strength are left in no theme (-1). A paper's strength is its
        theme's share of its neighbours' votes, between 0 and 1.
    random_state : int
        Seed. The same papers with the same options give the same themes, in whatever
        order the papers come.
    cache : bool, path or VectorCache
        Where to keep the vectors of a slow embedder: True for the user's cache folder, a
        folder, a ``VectorCache``, or False to keep none.
    progress : bool
        Whether to show a progress bar during long work.
    n_jobs : int, optional
        How many threads work at once, as in scikit-learn: 2 for two, -2 for one fewer than
        there are cores. By default, one per core. It changes no result.

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

    Papers that people have labelled keep their labels, here of a screening:

    >>> found = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "A robot grasps.",
    ...                            "Proteins fold.", "Proteins fold fast.", "A protein folds."],
    ...                           labels=["include", "include", None, "exclude", None, None])
    >>> [theme.name for theme in found], found.labels.tolist()
    (['exclude', 'include'], [1, 1, 1, 0, 0, 0])
    """
    options = dict(locals())  # with the names that ThemeModel has for them
    for name in ("texts", "labels", "embeddings"):
        del options[name]

    from absclust.model import ThemeModel

    return ThemeModel(**options).fit(texts, labels=labels, embeddings=embeddings).theme_map_


def load(
    path: Target, *, embedder: EmbedderLike | None = None, trust_model: bool = False
) -> ThemeMap:
    """Load a saved map.

    Nothing in the file is executed, and its contents are checked. The built-in
    embedding, LSA, and sentence-transformers models given by name are found again. Any
    other embedder must be passed here to embed new papers; everything else works without it.

    Parameters
    ----------
    path
        A file that ``ThemeMap.save`` wrote, or the folder with it as ``map.zip``; or the file,
        open for reading bytes.
    embedder : optional
        The embedder that the map was made with, if it was one of your own.
    trust_model
        Load the sentence-transformers model from the folder that the map names, if it was
        made with one: say so only if you know where the map comes from. The model must be the
        same to the byte.

    Returns
    -------
    ThemeMap
        The map as it was saved.

    Raises
    ------
    StoreError
        If the file can't be read, is not a saved map, is incomplete, was changed, or has
        another format, or if its contents don't fit together.
    OptionError
        If an embedder is passed for a map that was made without one.

    Examples
    --------
    >>> import tempfile
    >>> from absclust import cluster_abstracts, load
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     themes.save(f"{folder}/themes.zip")
    ...     loaded = load(f"{folder}/themes.zip")
    >>> loaded.labels.tolist(), loaded.fingerprint == themes.fingerprint
    ([0, 0, 1, 1], True)
    """
    from absclust.saving.store import map_file, read_map
    from absclust.theme_map import ThemeMap

    source = path if is_readable(path) else map_file(path, StoreError)
    try:
        data = content_of(source, StoreError)
    except StoreError as error:
        raise StoreError(f"{error}; expected a file that ThemeMap.save wrote") from error
    return read_map(data, str(path), embedder, ThemeMap, trust_model=trust_model)
