"""Save a ThemeMap as one file: a zip of JSON, safetensors and Parquet, nothing that could run.

A map is taken apart into the fields of its parts: those of plain types go into JSON, and arrays
stand in ``arrays.toml``. What is read must be, to the byte, what would be written of it, so the
types are checked in one place. Once a version is released, a change of what is written needs a new
``FORMAT``; the readers of older formats then stay, with a sample of each in ``tests/data``.
"""

from __future__ import annotations

import io
import json
import platform
import warnings
from collections.abc import Callable
from dataclasses import fields
from importlib.metadata import distributions, version
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
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
from absclust.embedding.embed import LEARNT, FittedEmbedding
from absclust.embedding.lsa import FittedLSA
from absclust.embedding.tokens import tokenizer
from absclust.errors import AbsclustError, OptionError, StoreError, WriteError
from absclust.packaged import packaged
from absclust.saving import MAP
from absclust.saving.records import read_records, write_records
from absclust.saving.saved_embedder import describe_embedder, find_embedder
from absclust.themes.foundation import Foundation
from absclust.themes.theme import Theme

if TYPE_CHECKING:
    from absclust.embedding.embedder import EmbedderLike
    from absclust.theme_map import ThemeMap

FORMAT = 1
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "graspologic-native")  # that themes depend on
# How fields of each plain type are written and read.
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
# The types of fields that are parts with fields of their own.
_PARTS = {
    "Foundation": Foundation,
    "Corpus": Corpus,
    "NeighborGraph": NeighborGraph,
    "Membership": Membership,
    "PartitionSettings | None": PartitionSettings,
    "tuple[Theme, ...]": Theme,
    "TokenContexts": TokenContexts,
    "FittedLSA | None": FittedLSA,
}
_NOT_KEPT = {"n_jobs", "progress"}  # they belong to the machine
_MOST = 1e6  # that a factor can be
_TOLD = {"embedder": str, "clusterer": str}  # options that the report tells
_TOLD_IF_GIVEN = {"namer": str | None, "seed_themes": dict, "labels": dict}


# What each array of a part of a map must be; the file says how it is described.
_ARRAYS = {
    f"{part}.{name}": what
    for part, arrays in packaged("saving/arrays.toml").items()
    for name, what in arrays.items()
}


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
    values, arrays = _taken_apart(themes)
    about = {
        "format": FORMAT,
        "versions": {"python": platform.python_version(), "absclust": __version__}
        | {name: version(name) for name in _LIBRARIES if any(distributions(name=name))},
        "fingerprint": themes.fingerprint,
        "embedder": describe_embedder(themes.foundation.encoder),
    }
    files = {
        "map.json": _dump(about),
        "values.json": values,
        "arrays.safetensors": as_safetensors(
            {name: np.ascontiguousarray(a) for name, a in arrays.items() if a is not None}
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
        about = _parse(files["map.json"])
        if about["format"] != FORMAT:
            raise StoreError(  # noqa: TRY301
                f"{path} has format {str(about['format'])[:20]}, but this version of absclust "
                f"reads format {FORMAT}; install the version that saved it, or a newer one"
            )
        usable = find_embedder(about["embedder"], embedder, trust_model=trust_model)
        themes = _put_together(files, LEARNT.get(about["embedder"]["kind"]), usable, make)
        _check_fit(themes)
        _require(themes.fingerprint == about["fingerprint"])
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
    """Return plain values as JSON, without NaN, always the same bytes; "?" for half surrogates."""
    text = json.dumps(value, allow_nan=False, sort_keys=True, ensure_ascii=False)
    return text.encode("utf-8", "replace")


def _parse(data: bytes) -> Any:
    return json.loads(data, parse_constant=int)  # which refuses NaN and infinity


def _taken_apart(themes: ThemeMap) -> tuple[bytes, dict[str, Any]]:
    """Return the plain values of a map as JSON, and its arrays; None where it has none."""
    arrays: dict[str, Any] = {}
    encoder = themes.foundation.encoder
    parts = {"map": themes, "fitted": None if encoder is None else encoder.fitted}
    return _dump({name: _values(part, arrays) for name, part in parts.items()}), arrays


def _values(part: Any, arrays: dict[str, Any]) -> Any:
    """Return the plain values of a part of a map, and add its arrays to the others."""
    if part is None:
        return None
    if isinstance(part, tuple):
        return [_values(one, arrays) for one in part]
    kind, values = type(part).__name__, dict[str, Any]()
    for field in fields(part):
        if what := _ARRAYS.get(f"{kind}.{field.name}"):
            arrays[f"{kind}.{field.name}"] = getattr(part, what.get("place", field.name))
        elif field.type in _PARTS:
            values[field.name] = _values(getattr(part, field.name), arrays)
        elif field.type in _PLAIN and field.name not in _NOT_KEPT:
            values[field.name] = _PLAIN[field.type][0](getattr(part, field.name))
    return values


def _put_together(
    files: dict[str, bytes],
    learns: type | None,
    usable: EmbedderLike | None,
    make: Callable[..., ThemeMap],
) -> ThemeMap:
    """Return the map in these files, if saving it would write the same files."""
    from safetensors.numpy import load as from_safetensors

    arrays, values = from_safetensors(files["arrays.safetensors"]), _parse(files["values.json"])
    fitted = None if learns is None else _made(learns, values["fitted"], arrays, {})
    _require((learns is None) == (fitted is None))
    given = {
        "pd.DataFrame": read_records(files["records.parquet"], len(arrays["ThemeMap.labels"])),
        "tuple[bytes, ...]": tuple(row.tobytes() for row in arrays["Corpus.paper_keys"]),
        "FittedEmbedding | None": None if usable is None else FittedEmbedding(usable, fitted),
    }
    themes: ThemeMap = _made(make, values["map"], arrays, given)
    _check_arrays(arrays, themes)
    written, found = _taken_apart(themes)
    lacking = {name for name, array in found.items() if array is None}
    _require(arrays.keys() == found.keys() - lacking)
    _require(all("optional" in _ARRAYS[name] for name in lacking))
    if written != files["values.json"]:
        raise ValueError("values have other types, or don't fit the labels")
    return themes


def _made(kind: Any, values: Any, arrays: dict[str, Any], given: dict[str, Any]) -> Any:
    """Make a part of a map from its values and arrays, and from what is given by type."""
    if isinstance(values, list):
        return tuple(_made(kind, one, arrays, given) for one in values)
    if values is None:
        return None
    found = {}
    for field in fields(kind):
        if field.type in given:
            found[field.name] = given[field.type]
        elif f"{kind.__name__}.{field.name}" in _ARRAYS:
            found[field.name] = arrays.get(f"{kind.__name__}.{field.name}")
        elif field.type in _PARTS:
            found[field.name] = _made(_PARTS[field.type], values[field.name], arrays, given)
        elif field.type in _PLAIN and field.name not in _NOT_KEPT:
            found[field.name] = _PLAIN[field.type][1](values[field.name])
    return kind(**found)


def _check_arrays(arrays: dict[str, Any], themes: ThemeMap) -> None:
    """Raise ValueError unless the arrays have the types, sizes and ranges that a map needs."""
    corpus, encoder = themes.corpus, themes.foundation.encoder
    sizes: dict[Any, float] = {"two": 2, "key": 16, "themes": len(themes), "model": np.inf}
    sizes |= {"rows": len(corpus.titles), "papers": corpus.n_papers}
    if encoder is not None and encoder.embedder == "builtin":  # another model has other sizes
        sizes |= {"static": DIMENSIONS, "model": tokenizer().get_vocab_size()}
    for name, array in arrays.items():
        what = _ARRAYS[name]
        shape, least = what["shape"].split(), what["least"]
        below = sizes.get(what["below"], what["below"])
        if array.dtype != what["dtype"] or array.ndim != len(shape):
            raise ValueError(f"{name} has type {array.dtype} and {array.ndim} dimensions")
        for size, called in zip(array.shape, shape, strict=True):
            if called != "any" and sizes.setdefault(called, size) != size:
                raise ValueError(f"{name} has {size} {called}, not {sizes[called]}")
        if array.size and not (array.min() >= least and array.max() < below):  # nor NaN
            raise ValueError(f"{name} has values that are not from {least} to below {below}")


def _check_fit(themes: ThemeMap) -> None:
    """Raise ValueError unless the parts of a map fit together."""
    foundation, corpus, rule = themes.foundation, themes.corpus, themes.settings
    labels, n_papers, graph = themes.labels, corpus.n_papers, foundation.paper_graph
    _require(n_papers and foundation.paper_embedding.shape[1])
    _require(np.array_equal(corpus.paper_of_row[corpus.first_row], np.arange(n_papers)))
    _require(np.array_equal(labels, corpus.to_rows(themes._paper_labels, missing=-1)))
    _require(len(corpus.paper_titles) == n_papers)
    _require(all(a < b for a, b in pairwise(corpus.paper_keys)))
    sizes = np.bincount(labels[labels >= 0], minlength=len(themes))
    for number, theme in enumerate(themes):
        shown = theme.representative_rows
        _require(theme.id == number and theme.name.strip() and theme.size == sizes[number])
        _require(all(0 <= row < corpus.n_rows for row in shown))
        _require(len(shown) == len(theme.representative_papers))
        _require(np.isnan(theme.stability) or 0 <= theme.stability <= 1)
    _require((np.linalg.norm(foundation.paper_embedding, axis=1) < 1.01).all())
    _require((np.diff(foundation.calibration_similarities) >= 0).all())
    if (added := foundation.added) is not None:
        _require(not added[graph.indices].any() and not added.all())
    if rule is not None:
        _require(0 < rule.resolution < _MOST and rule.min_theme_size >= 0)
        _require(0 < (rule.n_themes or 1) <= n_papers)
    _require(0 < graph.scale < _MOST)
    _require(0 <= foundation.random_state < 2**32 and 0 <= foundation.min_strength <= 1)
    if options := themes.options:
        told = _TOLD | {name: kind for name, kind in _TOLD_IF_GIVEN.items() if name in options}
        _require(all(isinstance(options[name], kind) for name, kind in told.items()))
        _require(all(type(n) is int for n in options.get("labels", {}).values()))
    _check_encoder(themes)


def _check_encoder(themes: ThemeMap) -> None:
    encoder = themes.foundation.encoder
    if encoder is None or encoder.fitted is None:
        return
    fitted, width = encoder.fitted, 0
    if lsa := fitted if isinstance(fitted, FittedLSA) else fitted.lsa:
        _require(lsa.features in ("words", "characters"))
        _require(len(lsa.vocabulary) == len(lsa.idf) == len(set(lsa.vocabulary)) > 0)
        width = len(lsa.idf if lsa.components is None else lsa.components)
    if isinstance(fitted, FittedBuiltin):
        centres = fitted.lsa_centres
        _require(width == (0 if centres is None else centres.shape[1]))
        _require((np.diff(fitted.contexts.tokens) > 0).all())
        width += fitted.centres.shape[1]
    _require(themes.foundation.paper_embedding.shape[1] == width)


def _require(fits: Any) -> None:
    if not fits:
        raise ValueError("numbers are out of range, or counts differ")
