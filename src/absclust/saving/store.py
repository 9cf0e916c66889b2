"""Save a ThemeMap as one file: a zip of JSON, safetensors and Parquet, nothing that could run.

Fields of plain types are written by type, arrays and texts by the tables below. What is read must
be, to the byte, what would be written of it, so the types are checked in one place. Once a version
is released, a change of what is written needs a new ``FORMAT``; the readers of older formats then
stay, with a sample of each in ``tests/data``.
"""

from __future__ import annotations

import io
import json
import platform
import re
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import MISSING, fields
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np

from absclust._version import __version__
from absclust.atomic import Target, as_path, is_open, write_beside
from absclust.clustering.leiden import PartitionSettings
from absclust.clustering.membership import Membership
from absclust.clustering.neighbors import NeighborGraph
from absclust.corpus.corpus import Corpus
from absclust.embedding.builtin import DIMENSIONS, FittedBuiltin
from absclust.embedding.contexts import TokenContexts
from absclust.embedding.embed import FittedEmbedding
from absclust.embedding.embedder import MissingEmbedder
from absclust.embedding.lsa import FittedLSA
from absclust.embedding.tokens import tokenizer
from absclust.errors import AbsclustError, OptionError, StoreError, WriteError
from absclust.packaged import packaged
from absclust.saving import MAP
from absclust.saving.records import read_records, write_records
from absclust.saving.saved_embedder import FIT_THEMSELVES, describe_embedder, find_embedder
from absclust.themes.foundation import Foundation
from absclust.themes.theme import Theme

if TYPE_CHECKING:
    from absclust.embedding.embedder import EmbedderLike
    from absclust.theme_map import ThemeMap

Made = TypeVar("Made")
FORMAT = 1
# How fields of each plain type are written and read. Fields of other types are arrays, or parts
# with fields of their own.
_PLAIN: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "int": (int, int),
    "str": (str, str),
    "bool": (bool, bool),
    "float": (lambda x: None if np.isnan(x) else float(x), lambda x: np.nan if x is None else x),
    "int | None": (lambda n: n if n is None else int(n), lambda n: n),
    "tuple[int, ...]": (lambda numbers: [int(n) for n in numbers], tuple),
    "tuple[str, ...]": (lambda values: [str(value) for value in values], tuple),
    "Mapping[str, Any]": (dict, dict),
}
_NOT_KEPT = {"n_jobs", "progress"}  # they belong to the machine
_LATER = {  # fields that themes that were saved earlier lack
    field.name: _PLAIN[str(field.type)][0](field.default)
    for field in fields(Theme)
    if field.default is not MISSING
}

# Names of sizes that are known beforehand; for others, the same name means the same size.
_SIZES = {"two": 2, "key": 16, "static": DIMENSIONS}
_MOST = 1e6  # that a factor can be
_TOLD = {"embedder": str, "clusterer": str, "outliers": str}  # options that the report tells
_TOLD_IF_GIVEN = {"namer": str | None, "seed_themes": dict, "labels": dict}


class Array(NamedTuple):
    """What an array of a saved map must be, and where the map has it."""

    dtype: str
    shape: str  # by names of sizes, such as "papers key"
    least: float  # that a value may be
    below: float | str  # that all values are: a number, or the name of a size
    place: str  # attributes of the map, one after the other
    needed: bool = True

    def of(self, themes: ThemeMap) -> Any:
        """Return the array, or None where the map has none."""
        value: Any = themes
        for name in self.place.split("."):
            value = None if value is None else getattr(value, name)
        return value


_CORPUS, _PAPERS, _GRAPH = "corpus", "foundation", "foundation.paper_graph"
_VOTES, _BUILTIN, _LSA = "_paper_membership", "foundation.encoder.builtin", "foundation.encoder.lsa"
_ARRAYS = {name: Array(**about) for name, about in packaged("saving/arrays.toml").items()}


class StoreWarning(UserWarning):
    """Some values of the user's table were saved in a simpler form, as text or as lists."""


def save(themes: ThemeMap, path: Target) -> None:
    """Save the map to a file, completely or not at all; ``absclust.load`` reads it back.

    Parameters
    ----------
    path
        The file, a zip archive; an existing one is replaced. In an existing folder, it is
        ``map.zip``. Or a file that is open for writing bytes.

    Raises
    ------
    WriteError
        If the file can't be written.

    Examples
    --------
    >>> import tempfile
    >>> from absclust import cluster_abstracts, load
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
    >>> path = f"{tempfile.mkdtemp()}/themes.zip"
    >>> themes.save(path)
    >>> load(path).labels.tolist() == themes.labels.tolist()
    True
    """
    data = map_bytes(themes)
    target = path if is_open(path) else map_file(path, WriteError)
    write_beside(target, lambda beside: beside.write_bytes(data))


def map_file(path: Any, kind: type[AbsclustError]) -> Path:
    """Return the path of a map's file, which may be given by its folder."""
    file = as_path(path, kind).expanduser()
    return file / MAP if file.is_dir() else file


def map_bytes(themes: ThemeMap) -> bytes:
    """Return the content of the file of a map."""
    from safetensors.numpy import save as as_safetensors

    records, lost = write_records(themes.corpus.records)
    if lost:
        warnings.warn(
            f"values that can't be stored as they are were saved as text or lists: "
            f"{'; '.join(lost)}",
            StoreWarning,
            stacklevel=3,
        )
    corpus, encoder = themes.corpus, themes.foundation.encoder
    lsa = None if encoder is None else encoder.lsa
    about = {
        "format": FORMAT,
        "versions": _versions(),
        "embedder": describe_embedder(encoder),
    }
    strings = {
        "titles": corpus.titles,
        "paper_titles": corpus.paper_titles,
        "paper_texts": corpus.paper_texts,
        "vocabulary": () if lsa is None else lsa.vocabulary,
    }
    found = {name: array.of(themes) for name, array in _ARRAYS.items()}
    files = {
        "map.json": _dump(about | _plain_map(themes)),
        "texts.json": _dump(strings),
        "arrays.safetensors": as_safetensors(
            {name: np.ascontiguousarray(a) for name, a in found.items() if a is not None}
        ),
        "records.parquet": records,
    }
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(ZipInfo(name), data)  # without the time: equal maps, equal files
    return content.getvalue()


def read_map(
    data: bytes,
    path: str,
    embedder: EmbedderLike | None,
    make: Callable[..., ThemeMap],
    *,
    trust_model: bool = False,
) -> ThemeMap:
    """Return the map in the content of a file; ``make`` is the class ThemeMap."""
    try:
        files = _unzip(data)
        plain = _parse(files["map.json"])
        plain["themes"] = [_LATER | theme for theme in plain["themes"]]
        if plain["format"] != FORMAT:
            raise StoreError(  # noqa: TRY301
                f"{path} has format {str(plain['format'])[:20]}, but this version of absclust "
                f"reads format {FORMAT}; install the version that saved it, or a newer one"
            )
        usable = find_embedder(plain["embedder"], embedder, trust_model=trust_model)
        themes = _read_map(files, plain, usable, make)
        _check_fit(themes)
        again = _plain_map(themes)
        if _dump(again) != _dump({name: plain[name] for name in again}):
            raise ValueError("values have other types, or don't fit the labels")  # noqa: TRY301
    except (StoreError, OptionError):
        raise
    except (Exception, MemoryError) as error:  # anything that damaged files make libraries raise
        cause = f"{type(error).__name__}: {str(error)[:200]}"
        raise StoreError(
            f"{path} is not an intact saved map: it was changed or cut off, or is another file "
            f"({cause})"
        ) from error
    return themes


def _unzip(data: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if any(entry.compress_type or entry.file_size > len(data) for entry in entries):
            raise ValueError("parts are compressed; a saved map's never are")
        return {entry.filename: archive.read(entry) for entry in entries}  # checks the sums


def _dump(value: Any) -> bytes:
    """Return plain values as JSON: ASCII, without NaN, always the same bytes."""
    return json.dumps(value, allow_nan=False, sort_keys=True, indent=0).encode("ascii")


def _parse(data: bytes) -> Any:
    return json.loads(data, parse_constant=_no_constant)


def _no_constant(name: str) -> Any:
    raise ValueError(f"JSON contains {name}")


def _written(value: Any) -> dict[str, Any]:
    """Return the fields of plain types of a dataclass."""
    return {
        field.name: _PLAIN[field.type][0](getattr(value, field.name))
        for field in fields(value)
        if field.type in _PLAIN and field.name not in _NOT_KEPT
    }


def _read(kind: Any, plain: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments for the fields of plain types of a dataclass."""
    return {
        field.name: _PLAIN[field.type][1](plain[field.name])
        for field in fields(kind)
        if field.type in _PLAIN and field.name not in _NOT_KEPT
        if field.name in plain or field.default is MISSING  # earlier maps lack what came later
    }


def _plain_map(themes: ThemeMap) -> dict[str, Any]:
    foundation = themes.foundation
    return {
        "fingerprint": themes.fingerprint,
        "map": _written(themes),
        "foundation": _written(foundation),
        "level": float(foundation.paper_graph.level),
        "themes": [_written(theme) for theme in themes],
        "settings": None if themes.settings is None else _written(themes.settings),
    }


def _read_map(
    files: dict[str, bytes],
    plain: dict[str, Any],
    usable: EmbedderLike | None,
    make: Callable[..., ThemeMap],
) -> ThemeMap:
    from safetensors.numpy import load as from_safetensors

    strings = {name: _texts(values) for name, values in _parse(files["texts.json"]).items()}
    arrays = from_safetensors(files["arrays.safetensors"])
    _check_arrays(arrays, _ARRAYS, len(plain["themes"]))
    vocabulary = strings.pop("vocabulary")
    corpus = _made(
        Corpus,
        _CORPUS,
        arrays,
        records=read_records(files["records.parquet"], len(arrays["labels"])),
        paper_keys=tuple(row.tobytes() for row in arrays["paper_keys"]),
        **strings,
    )
    foundation = _made(
        Foundation,
        _PAPERS,
        arrays,
        corpus=corpus,
        paper_graph=_made(NeighborGraph, _GRAPH, arrays, level=plain["level"]),
        encoder=_read_encoder(plain["embedder"], vocabulary, arrays, usable),
        known_coordinates=arrays.get("coordinates"),
        known_calibration=arrays["usual_similarity"],
        **_read(Foundation, plain["foundation"]),
    )
    rule = plain["settings"]
    return make(
        foundation=foundation,
        labels=arrays["labels"],
        themes=tuple(Theme(**_read(Theme, theme)) for theme in plain["themes"]),
        _paper_membership=_made(Membership, _VOTES, arrays),
        settings=None if rule is None else PartitionSettings(**_read(PartitionSettings, rule)),
        **_read(make, plain["map"]),
    )


def _made(kind: Callable[..., Made], part: str, arrays: dict[str, Any], **given: Any) -> Made:
    """Make a part of a map of its arrays and of what else is given.

    Raises
    ------
    KeyError
        If it lacks an array that such a part must have.
    """
    places = {f"{part}.{field.name}": field for field in fields(kind)}  # type: ignore[arg-type]
    found = {
        places[what.place].name: arrays[name]
        for name, what in _ARRAYS.items()
        if what.place in places
        if name in arrays or places[what.place].default is MISSING
    }
    return kind(**found, **given)


def _read_encoder(
    about: dict[str, Any],
    vocabulary: tuple[str, ...],
    arrays: dict[str, Any],
    usable: EmbedderLike | None,
) -> FittedEmbedding | None:
    if usable is None:
        return None
    if isinstance(usable, MissingEmbedder) or about["kind"] not in FIT_THEMSELVES:
        return FittedEmbedding(usable)
    features, lsa = about["features"], None
    if features is not None:
        lsa = _made(FittedLSA, _LSA, arrays, features=features, vocabulary=vocabulary)
    if usable == "lsa":
        return FittedEmbedding(usable, lsa)
    contexts = _made(TokenContexts, f"{_BUILTIN}.contexts", arrays)
    return FittedEmbedding(
        usable, _made(FittedBuiltin, _BUILTIN, arrays, contexts=contexts, lsa=lsa)
    )


def _versions() -> dict[str, str]:
    """Return the versions of absclust and of the packages that it requires."""
    versions = {"python": platform.python_version(), "absclust": __version__}
    with suppress(PackageNotFoundError):  # a checkout that is only on the path
        needed = (r for r in requires("absclust") or () if "extra ==" not in r)
        for package in (re.split(r"[^\w.-]", requirement)[0] for requirement in needed):
            with suppress(PackageNotFoundError):  # a light install has no sentence-transformers
                versions[package] = version(package)
    return versions


def _texts(values: Any) -> tuple[str, ...]:
    """Return a tuple of str, or raise ValueError."""
    if not isinstance(values, list) or not all(type(value) is str for value in values):
        raise ValueError("texts are not a list of str")
    "".join(values).encode()  # half a surrogate pair raises a ValueError
    return tuple(values)


def _check_arrays(arrays: dict[str, Any], known: Mapping[str, Array], n_themes: int) -> None:
    """Raise ValueError unless the arrays have the types, sizes and ranges that a map needs."""
    sizes = _SIZES | {"themes": n_themes, "model": tokenizer().get_vocab_size()}
    wanted = {name: what for name, what in known.items() if what.needed or name in arrays}
    for name, what in wanted.items():
        array, shape = arrays[name], what.shape.split()
        if array.dtype != what.dtype or array.ndim != len(shape):
            raise ValueError(f"{name} has type {array.dtype} and {array.ndim} dimensions")
        for size, called in zip(array.shape, shape, strict=True):
            if sizes.setdefault(called, size) != size:
                raise ValueError(f"{name} has {size} {called}, other arrays have {sizes[called]}")
    for name, what in wanted.items():
        array, below = (
            arrays[name],
            sizes[what.below] if isinstance(what.below, str) else what.below,
        )
        if array.size and not (array.min() >= what.least and array.max() < below):  # nor NaN
            raise ValueError(f"{name} has values that are not from {what.least} to below {below}")
    if set(arrays) - set(known) or not sizes["papers"] or not sizes["dimensions"]:
        raise ValueError("there are no papers or vectors, or there are unknown arrays")


def _check_fit(themes: ThemeMap) -> None:
    """Raise ValueError unless the parts of a map fit together."""
    corpus, graph = themes.corpus, themes.foundation.paper_graph
    n_rows, n_papers, n_themes = corpus.n_rows, len(themes.foundation.paper_embedding), len(themes)
    rows, labels = corpus.first_row, themes.labels
    _require(np.array_equal(corpus.paper_of_row[rows], np.arange(n_papers)))
    _require(np.array_equal(labels, corpus.to_rows(labels[rows], missing=-1)))
    _require(len(corpus.titles) == n_rows)
    _require(len(corpus.paper_titles) == len(corpus.paper_texts) == n_papers)
    _require(all(a < b for a, b in zip(corpus.paper_keys, corpus.paper_keys[1:], strict=False)))
    _require([theme.id for theme in themes] == list(range(n_themes)))
    _require(all(theme.name.strip() for theme in themes))
    sizes = np.bincount(labels[labels >= 0], minlength=n_themes)
    _require([theme.size for theme in themes] == sizes.tolist())
    _require(all(0 <= row < n_rows for theme in themes for row in theme.representative_rows))
    _require(all(len(t.representative_rows) == len(t.representative_papers) for t in themes))
    _require((np.linalg.norm(themes.foundation.paper_embedding, axis=1) < 1.01).all())
    _require((np.diff(themes.foundation.calibration_similarities) >= 0).all())
    if (added := themes.foundation.added) is not None:
        _require(not added[graph.indices].any() and not added.all())
    if (rule := themes.settings) is not None:
        _require(0 < rule.resolution < _MOST and rule.min_theme_size >= 0)
        _require(0 < (rule.n_themes or 1) <= n_papers)
    _require(0 < graph.level < _MOST)
    _require(all(np.isnan(theme.stability) or 0 <= theme.stability <= 1 for theme in themes))
    _require(0 <= themes.foundation.random_state < 2**32)
    _require(0 <= themes.foundation.min_strength <= 1)
    if options := themes.options:
        told = _TOLD | {name: kind for name, kind in _TOLD_IF_GIVEN.items() if name in options}
        _require(all(isinstance(options[name], kind) for name, kind in told.items()))
        _require(all(type(n) is int for n in options.get("labels", {}).values()))
    _check_encoder(themes)


def _check_encoder(themes: ThemeMap) -> None:
    encoder = themes.foundation.encoder
    if encoder is None:
        return
    fitted, lsa = encoder.fitted, encoder.lsa
    _require(lsa is not None or encoder.embedder != "lsa")
    width = 0
    if lsa is not None:
        _require(lsa.features in ("words", "characters"))
        _require(len(lsa.vocabulary) == len(lsa.idf) == len(set(lsa.vocabulary)) > 0)
        width = len(lsa.idf) if lsa.components is None else len(lsa.components)
    if isinstance(fitted, FittedBuiltin):
        _require((fitted.lsa_centres is None) == (lsa is None))
        _require(fitted.lsa_centres is None or fitted.lsa_centres.shape[1] == width)
        _require((np.diff(fitted.contexts.tokens) > 0).all())
        width += DIMENSIONS
    if fitted is not None:
        _require(themes.foundation.paper_embedding.shape[1] == width)


def _require(fits: Any) -> None:
    if not fits:
        raise ValueError("numbers are out of range, or counts differ")
