"""Save a ThemeMap as a folder of JSON, safetensors and Parquet, without executable content.

The fields of each class are written and read in one place below; a new one takes a line in a
table, or two. Once a version is released, a change of what is written needs a new
``archive.FORMAT``; the readers of older formats then stay, with a sample of each in ``tests/data``.
"""

from __future__ import annotations

import platform
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust._version import __version__
from absclust.clustering.leiden import PartitionSettings
from absclust.clustering.membership import Membership
from absclust.clustering.neighbors import NeighborGraph
from absclust.corpus.corpus import Corpus
from absclust.embedding.builtin import FittedBuiltin
from absclust.embedding.contexts import TokenContexts
from absclust.embedding.embed import FittedEmbedding
from absclust.embedding.embedder import MissingEmbedder
from absclust.embedding.lsa import FittedLSA
from absclust.errors import OptionError, StoreError
from absclust.saving.archive import dump, parse, read_folder, write_folder
from absclust.saving.records import read_records, write_records
from absclust.saving.saved_embedder import describe_embedder, find_embedder
from absclust.saving.sound import (
    Array,
    by_name,
    check_arrays,
    check_fit,
    number,
    texts,
    whole,
    wholes,
)
from absclust.themes.foundation import Foundation
from absclust.themes.theme import Theme

if TYPE_CHECKING:
    from absclust.embedding.embedder import EmbedderLike
    from absclust.theme_map import ThemeMap

_FILES = frozenset({"map.json", "texts.json", "arrays.safetensors", "records.parquet"})
_PACKAGES = (
    "numpy",
    "scipy",
    "scikit-learn",
    "pandas",
    "pyarrow",
    "safetensors",
    "tokenizers",
    "umap-learn",
    "graspologic-native",
    "sentence-transformers",
)

# How each field of a Theme is written, and how it is read and checked.
_THEME: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "id": (int, whole),
    "name": (str, lambda name: texts([name])[0]),
    "size": (int, whole),
    "keywords": (list, texts),
    "stability": (lambda s: None if np.isnan(s) else float(s), number),
    "representative_rows": (list, wholes),
    "representative_papers": (list, texts),
    "author_keywords": (list, texts),
}


# The same for the plain fields of a Foundation, and of a ThemeMap.
_FOUNDATION: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "random_state": (int, whole),
    "options": (dict, by_name),
    "stop_phrases": (list, texts),
    "vocabulary": (list, texts),
    "min_strength": (float, number),
    "label_notes": (list, texts),
}
_CONTEXTS = ("tokens", "idf", "vectors", "directions")  # the fields of TokenContexts
_MAP: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {"history": (list, texts)}


_GRAPH, _VOTES, _ENCODER = "foundation.paper_graph", "_paper_membership", "foundation.encoder"
_ARRAYS = {
    "labels": Array("int64", ("rows",), "labels"),
    "paper_of_row": Array("int64", ("rows",), "corpus.paper_of_row"),
    "title_only": Array("int64", ("title_only",), "corpus.title_only"),
    "first_row": Array("int64", ("papers",), "corpus.first_row"),
    "paper_keys": Array("uint8", ("papers", "key"), "corpus.key_bytes"),
    "embedding": Array("float32", ("papers", "dimensions"), "foundation.paper_embedding"),
    "neighbors": Array("int32", ("papers", "k"), f"{_GRAPH}.indices"),
    "similarities": Array("float32", ("papers", "k"), f"{_GRAPH}.similarities"),
    "groups": Array("int64", ("papers",), f"{_GRAPH}.groups", needed=False),
    "strength": Array("float32", ("papers",), f"{_VOTES}.strength"),
    "runner_up": Array("int64", ("papers",), f"{_VOTES}.runner_up"),
    "margin": Array("float32", ("papers",), f"{_VOTES}.margin"),
    "usual_similarity": Array("float32", ("usual",), "foundation.calibration_similarities"),
    "added": Array("bool", ("papers",), "foundation.added", needed=False),
    "labels_when_added": Array("int64", ("papers",), "foundation.labels_when_added", needed=False),
    "coordinates": Array(
        "float32", ("papers", "two"), "foundation.coordinates_so_far", needed=False
    ),
    "idf": Array("float32", ("features",), f"{_ENCODER}.lsa.idf", needed=False),
    "components": Array(
        "float32", ("components", "features"), f"{_ENCODER}.lsa.components", needed=False
    ),
    "centres": Array("float32", ("two", "static"), f"{_ENCODER}.builtin.centres", needed=False),
    "lsa_centres": Array(
        "float32", ("two", "lsa"), f"{_ENCODER}.builtin.lsa_centres", needed=False
    ),
} | {
    f"context_{name}": Array(dtype, shape, f"{_ENCODER}.builtin.contexts.{name}", needed=False)
    for name, dtype, shape in (
        ("tokens", "int32", ("tokens",)),
        ("idf", "float32", ("tokens",)),
        ("vectors", "float32", ("tokens", "directions")),
        ("directions", "float32", ("directions", "static")),
    )
}


class StoreWarning(UserWarning):
    """Some values of the user's table were saved as text."""


def save(themes: ThemeMap, folder: str | Path) -> None:
    """Save the map to a folder, completely or not at all; ``absclust.load`` reads it back.

    Parameters
    ----------
    folder
        A new or empty folder, or one that holds a saved map, which is replaced.

    Raises
    ------
    StoreError
        If the folder holds other files but no saved map, or can't be written.

    Examples
    --------
    >>> import tempfile
    >>> from absclust import cluster_abstracts, load
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
    >>> folder = f"{tempfile.mkdtemp()}/themes"
    >>> themes.save(folder)
    >>> load(folder).labels.tolist() == themes.labels.tolist()
    True
    """
    from safetensors.numpy import save as as_safetensors

    records, about_records, lost = write_records(themes.corpus.records)
    if lost:
        warnings.warn(
            f"values that can't be stored as they are were saved as text: {'; '.join(lost)}",
            StoreWarning,
            stacklevel=3,
        )
    found = {name: array.of(themes) for name, array in _ARRAYS.items()}
    arrays = {name: np.ascontiguousarray(a) for name, a in found.items() if a is not None}
    files = {
        "map.json": dump(_plain_map(themes) | {"records": about_records}),
        "texts.json": dump(_texts(themes)),
        "arrays.safetensors": as_safetensors(arrays),
        "records.parquet": records,
    }
    about = {"fingerprint": themes.fingerprint, "versions": _versions()}
    write_folder(Path(folder).expanduser(), files, about)


def read_map(
    folder: str | Path, embedder: EmbedderLike | None, make: Callable[..., ThemeMap]
) -> ThemeMap:
    """Read a saved map; ``make`` is the class ThemeMap, and the rest as for ``absclust.load``."""
    path = Path(folder).expanduser()
    manifest, files = read_folder(path, _FILES)
    try:
        themes = _read_map(path, files, embedder, make)
        if themes.fingerprint != manifest["fingerprint"]:
            raise ValueError("labels and fingerprint don't fit")  # noqa: TRY301
    except (StoreError, OptionError):
        raise
    except (Exception, MemoryError) as error:  # anything that damaged files make libraries raise
        cause = f"{type(error).__name__}: {str(error)[:200]}"
        raise StoreError(
            f"{path} is not an intact saved map: its parts don't fit together ({cause})"
        ) from error
    return themes


def _plain_map(themes: ThemeMap) -> dict[str, Any]:
    encoder = themes.foundation.encoder
    lsa = None if encoder is None else encoder.lsa
    return {
        **_written(themes, _MAP),
        **_written(themes.foundation, _FOUNDATION),
        "themes": [_written(theme, _THEME) for theme in themes],
        "rule": None if themes.settings is None else asdict(themes.settings),
        "level": float(themes.foundation.paper_graph.level),
        "embedder": describe_embedder(encoder),
        "features": None if lsa is None else lsa.features,
    }


def _texts(themes: ThemeMap) -> dict[str, Any]:
    corpus, encoder = themes.corpus, themes.foundation.encoder
    lsa = None if encoder is None else encoder.lsa
    return {
        "titles": list(corpus.titles),
        "paper_titles": list(corpus.paper_titles),
        "paper_texts": list(corpus.paper_texts),
        "vocabulary": [] if lsa is None else list(lsa.vocabulary),
    }


def _read_map(
    path: Path,
    files: dict[str, bytes],
    embedder: EmbedderLike | None,
    make: Callable[..., ThemeMap],
) -> ThemeMap:
    from safetensors.numpy import load as from_safetensors

    plain, strings = parse(files["map.json"]), parse(files["texts.json"])
    arrays = from_safetensors(files["arrays.safetensors"])
    check_arrays(arrays, _ARRAYS)
    corpus = _read_corpus(files["records.parquet"], plain["records"], strings, arrays)
    encoder = _read_encoder(path, plain, strings, arrays, embedder)
    foundation = Foundation(
        corpus=corpus,
        paper_embedding=arrays["embedding"],
        paper_graph=NeighborGraph(
            arrays["neighbors"],
            arrays["similarities"],
            arrays.get("groups"),
            number(plain["level"]),
        ),
        encoder=encoder,
        added=arrays.get("added"),
        labels_when_added=arrays["labels_when_added"] if "added" in arrays else None,
        known_coordinates=arrays.get("coordinates"),
        known_calibration=arrays["usual_similarity"],
        **_read(plain, _FOUNDATION),
    )
    themes = make(
        foundation=foundation,
        labels=arrays["labels"],
        themes=tuple(Theme(**_read(theme, _THEME)) for theme in plain["themes"]),
        _paper_membership=Membership(arrays["strength"], arrays["runner_up"], arrays["margin"]),
        settings=None if plain["rule"] is None else PartitionSettings(**plain["rule"]),
        **_read(plain, _MAP),
    )
    check_fit(themes)
    return themes


def _written(value: Any, table: Mapping[str, tuple[Callable[[Any], Any], Any]]) -> dict[str, Any]:
    return {name: write(getattr(value, name)) for name, (write, _) in table.items()}


def _read(
    plain: Mapping[str, Any], table: Mapping[str, tuple[Any, Callable[[Any], Any]]]
) -> dict[str, Any]:
    return {name: read(plain[name]) for name, (_, read) in table.items()}


def _read_corpus(
    records: bytes, about: dict[str, Any], strings: dict[str, Any], arrays: dict[str, Any]
) -> Corpus:
    return Corpus(
        records=read_records(records, about, len(arrays["labels"])),
        titles=texts(strings["titles"]),
        paper_of_row=arrays["paper_of_row"],
        paper_titles=texts(strings["paper_titles"]),
        paper_texts=texts(strings["paper_texts"]),
        paper_keys=tuple(row.tobytes() for row in arrays["paper_keys"]),
        first_row=arrays["first_row"],
        title_only=arrays["title_only"],
    )


def _read_encoder(
    path: Path,
    plain: dict[str, Any],
    strings: dict[str, Any],
    arrays: dict[str, Any],
    embedder: EmbedderLike | None,
) -> FittedEmbedding | None:
    about, features = plain["embedder"], plain["features"]
    fits_itself = about["kind"] in ("builtin", "lsa")
    of_builtin = arrays.keys() & {"centres", "lsa_centres", "context_tokens"}
    if (features is not None and not fits_itself) or (of_builtin and about["kind"] != "builtin"):
        raise ValueError("the embedder and its fitted parameters don't fit")
    if embedder is not None and fits_itself:
        raise OptionError(
            f"embedder is given, but this map was made with {about['kind']!r}, which needs none; "
            "leave it out"
        )
    usable = embedder if embedder is not None else find_embedder(about, path)
    if usable is None:
        return None
    if isinstance(usable, MissingEmbedder):  # what was fitted beside it is of no use
        return FittedEmbedding(usable)
    lsa = None
    if features is not None:
        if features not in ("words", "characters"):
            raise ValueError("the kind of features is unknown")
        vocabulary = texts(strings["vocabulary"])
        lsa = FittedLSA(features, vocabulary, arrays["idf"], arrays.get("components"))
    if usable != "builtin":
        return FittedEmbedding(usable, lsa)
    contexts = TokenContexts(*(arrays[f"context_{name}"] for name in _CONTEXTS))
    builtin = FittedBuiltin(arrays["centres"], contexts, lsa, arrays.get("lsa_centres"))
    return FittedEmbedding(usable, builtin)


def _versions() -> dict[str, str]:
    """Return the versions of the packages that results depend on."""
    versions = {"python": platform.python_version(), "absclust": __version__}
    for package in _PACKAGES:
        with suppress(PackageNotFoundError):  # a light install has no sentence-transformers
            versions[package] = version(package)
    return versions
