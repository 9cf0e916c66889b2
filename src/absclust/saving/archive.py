"""A folder of files with a manifest: written whole or not at all, read only if sound.

Files carry a token of their content in their names; the manifest says which token
counts and is put in place last, by one renaming. A writer that is killed leaves
the manifest of before with the files of before; what it left over goes with the
next writing. No name in a manifest is ever used as a path.
"""

import hashlib
import json
import os
import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from absclust.errors import StoreError

FORMAT = 1

_MARK = "absclust theme map"
_MANIFEST = "manifest.json"
_MOST_MANIFEST_BYTES = 1_000_000
_PART = ".part"
_TOKEN = re.compile(r"[0-9a-f]{12}")
_OURS = re.compile(r"[a-z]+-[0-9a-f]{12}\.(?:json|safetensors|parquet)(?:\.part)?")
_BLOCK = 1 << 20


def write_folder(folder: Path, files: Mapping[str, bytes], about: Mapping[str, Any]) -> None:
    """Write files to a folder, in place of those of an earlier writing.

    Parameters
    ----------
    folder
        A new or empty folder, or one that this function wrote. Other files in it
        are left alone.
    files
        Content by name, such as ``"arrays.safetensors"``.
    about
        What else the manifest says, as plain values.

    Raises
    ------
    StoreError
        If the folder holds other files and no manifest of ours, or can't be written.
    """
    listed = {name: {"bytes": len(d), "sha256": _hash(d)} for name, d in sorted(files.items())}
    token = _hash(dump(listed))[:12]
    manifest = {"absclust": _MARK, "format": FORMAT, "token": token, "files": listed, **about}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_what_is_not_ours(folder)
        for name, data in files.items():
            _write(folder / _with_token(name, token), data)
        _write(folder / _MANIFEST, dump(manifest | {"sha256": _hash(dump(manifest))}))
        _sync(folder)
        kept = {_with_token(name, token) for name in files}
        for path in folder.iterdir():
            left_over = _OURS.fullmatch(path.name) and path.name not in kept
            if left_over or path.name == _MANIFEST + _PART:
                with suppress(OSError):  # an open file on Windows; it goes the next time
                    path.unlink()
    except OSError as error:
        raise StoreError(
            f"can't write to {folder} ({error}); what was there is as it was"
        ) from error


def read_folder(folder: Path, names: frozenset[str]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return what the manifest says and the files' content, once both are seen to be sound.

    Parameters
    ----------
    folder
        As ``write_folder`` wrote it.
    names
        The files that there must be.

    Raises
    ------
    StoreError
        If there is no manifest, it is another format's, or a file is missing, cut
        off, changed, or no plain file.
    """
    try:
        manifest = _read_manifest(folder)
        if set(manifest["files"]) != names:
            raise StoreError(f"{folder}: the manifest lists other files than a saved map has")
        files = {}
        for name in sorted(names):
            listed = manifest["files"][name]
            path = folder / _with_token(name, manifest["token"])
            data = _read(path, expected=listed["bytes"])
            if _hash(data) != listed["sha256"]:
                raise StoreError(f"{path} was changed after it was saved: its checksum differs")
            files[name] = data
    except OSError as error:
        raise StoreError(
            f"can't read the saved map {folder} ({error}); its saving was cut off, or it was "
            "copied in part"
        ) from error
    return manifest, files


def dump(value: Any) -> bytes:
    """Return plain values as JSON: ASCII, no NaN, always the same bytes."""
    text = json.dumps(value, allow_nan=False, sort_keys=True, indent=0)
    return text.encode("ascii")


def parse(data: bytes) -> Any:
    """Return the values of JSON as ``dump`` writes it.

    Raises
    ------
    ValueError
        If it is none, or nested without end.
    """
    try:
        return json.loads(data, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("JSON is nested too deeply") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"JSON holds {name}")


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / _MANIFEST
    if not folder.is_dir():
        raise StoreError(f"there is no folder {folder}; expected one that save() wrote")
    if not path.exists():
        raise StoreError(
            f"{folder} holds no {_MANIFEST}: it is no saved map, or its saving was cut off"
        )
    data = _read(path, expected=None)
    try:
        manifest = parse(data)
        ours = isinstance(manifest, dict) and manifest.get("absclust") == _MARK
    except ValueError:
        ours = False
    if not ours:
        raise StoreError(f"{path} is damaged, or no saved map's")
    if manifest.get("format") != FORMAT:
        raise StoreError(
            f"{folder} has format {str(manifest.get('format'))[:20]}, this version of absclust "
            f"reads {FORMAT}; install the version that saved it, or a newer one"
        )
    checksum = manifest.pop("sha256", None)
    sound = checksum == _hash(dump(manifest)) and data == dump(manifest | {"sha256": checksum})
    files = manifest.get("files")
    token = manifest.get("token")
    if not (sound and isinstance(files, dict) and _TOKEN.fullmatch(str(token))):
        raise StoreError(f"{path} was changed after it was saved: its checksum differs")
    for listed in files.values():
        if not isinstance(listed, dict) or set(listed) != {"bytes", "sha256"}:
            raise StoreError(f"{path} lists files otherwise than a saved map does")
    return dict(manifest)


def _read(path: Path, *, expected: int | None) -> bytes:
    """Return the content of a plain file, once its size is what it should be."""
    info = path.lstat()
    if not stat.S_ISREG(info.st_mode):
        raise StoreError(f"{path} is no plain file; a saved map has no links")
    right = info.st_size <= _MOST_MANIFEST_BYTES if expected is None else info.st_size == expected
    if not right:
        raise StoreError(f"{path} has {info.st_size} bytes; expected {expected or 'fewer'}")
    descriptor = os.open(
        path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    )
    with os.fdopen(descriptor, "rb") as file:
        return file.read(info.st_size)


def _write(path: Path, data: bytes) -> None:
    """Write a file beside its place, to the disk, and rename it into place."""
    part = path.with_name(path.name + _PART)
    part.unlink(missing_ok=True)  # a link that someone put there is not followed
    with part.open("xb") as file:
        for start in range(0, len(data), _BLOCK):
            file.write(data[start : start + _BLOCK])
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _sync(folder: Path) -> None:
    """Have the folder's new names on the disk, where the system can."""
    with suppress(OSError):  # Windows opens no folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _refuse_what_is_not_ours(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    if _MANIFEST in names:
        with suppress(StoreError, ValueError, AttributeError):
            found = parse(_read(folder / _MANIFEST, expected=None))
            if found.get("absclust") == _MARK:
                return
    others = sorted(n for n in names if not _OURS.fullmatch(n) and n != _MANIFEST + _PART)
    if others:
        raise StoreError(
            f"{folder} holds other files ({', '.join(others[:3])}{', ...' if others[3:] else ''}) "
            "and no saved map; expected a new or empty folder, or that of a saved map"
        )


def _with_token(name: str, token: str) -> str:
    stem, ending = name.split(".")
    return f"{stem}-{token}.{ending}"


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
