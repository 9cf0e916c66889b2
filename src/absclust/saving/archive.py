"""A folder of files with a manifest: written completely or not at all, read only if intact.

File names contain a token of the files' content. The manifest says which token is valid
and is renamed into place last. A writer that is killed leaves the old map or the new one
complete, and the next save removes its leftovers. No name in a manifest is ever used as
a path (decision 42).
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
MANIFEST = "manifest.json"
_MOST_MANIFEST_BYTES = 1_000_000
_PART = ".part"
_TOKEN = re.compile(r"[0-9a-f]{12}")
_WRITTEN = re.compile(r"[a-z]+-[0-9a-f]{12}\.(?:json|safetensors|parquet)(?:\.part)?")
_BLOCK = 1 << 20


def write_folder(folder: Path, files: Mapping[str, bytes], about: Mapping[str, Any]) -> None:
    """Write files to a folder, replacing those written earlier.

    Parameters
    ----------
    folder
        A new or empty folder, or one that this function wrote. Any other files in it
        are left alone.
    files
        Contents by name, such as ``"arrays.safetensors"``.
    about
        Further entries of the manifest, as plain values.

    Raises
    ------
    StoreError
        If the folder holds other files but no manifest of absclust, or can't be written.
    """
    listed = {name: {"bytes": len(d), "sha256": _hash(d)} for name, d in sorted(files.items())}
    token = _hash(dump(listed))[:12]
    manifest = {"absclust": _MARK, "format": FORMAT, "token": token, "files": listed, **about}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_other_files(folder)
        for name, data in files.items():
            _write(folder / _with_token(name, token), data)
        _write(folder / MANIFEST, dump(manifest | {"sha256": _hash(dump(manifest))}))
        _sync(folder)
        kept = {_with_token(name, token) for name in files}
        for path in folder.iterdir():
            left_over = _WRITTEN.fullmatch(path.name) and path.name not in kept
            if left_over or path.name == MANIFEST + _PART:
                with suppress(OSError):  # open on Windows: the next save removes it
                    path.unlink()
    except OSError as error:
        raise StoreError(
            f"can't write to {folder} ({error}); what was saved there before is unchanged"
        ) from error


def read_folder(folder: Path, names: frozenset[str]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the manifest and the contents of the files, after checking that they are intact.

    Parameters
    ----------
    folder
        A folder that ``write_folder`` wrote.
    names
        The files that the folder must have, no more and no fewer.

    Raises
    ------
    StoreError
        If there is no manifest, it has another format, or a file is missing, cut off,
        changed, or not a regular file.
    """
    try:
        manifest = _read_manifest(folder)
        if set(manifest["files"]) != names:
            raise StoreError(f"{folder}: the manifest doesn't list the files of a saved map")
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
            f"can't read the saved map {folder} ({error}); saving it was cut off, or only a part "
            "of it was copied"
        ) from error
    return manifest, files


def dump(value: Any) -> bytes:
    """Return plain values as JSON: ASCII, without NaN, always the same bytes."""
    text = json.dumps(value, allow_nan=False, sort_keys=True, indent=0)
    return text.encode("ascii")


def parse(data: bytes) -> Any:
    """Return the values of JSON that ``dump`` wrote.

    Raises
    ------
    ValueError
        If it is not JSON, contains NaN or infinity, or is nested too deeply.
    """
    try:
        return json.loads(data, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("JSON is nested too deeply") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"JSON contains {name}")


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not folder.is_dir():
        raise StoreError(f"there is no folder {folder}; expected one that ThemeMap.save wrote")
    if not path.exists():
        raise StoreError(
            f"{folder} has no {MANIFEST}: it is not a saved map, or saving it was cut off"
        )
    data = _read(path, expected=None)
    try:
        manifest = parse(data)
        is_marked = isinstance(manifest, dict) and manifest.get("absclust") == _MARK
    except ValueError:
        is_marked = False
    if not is_marked:
        raise StoreError(f"{path} is damaged, or not the manifest of a saved map")
    if manifest.get("format") != FORMAT:
        raise StoreError(
            f"{folder} has format {str(manifest.get('format'))[:20]}, but this version of absclust "
            f"reads format {FORMAT}; install the version that saved it, or a newer one"
        )
    checksum = manifest.pop("sha256", None)
    sound = checksum == _hash(dump(manifest)) and data == dump(manifest | {"sha256": checksum})
    files = manifest.get("files")
    token = manifest.get("token")
    if not (sound and isinstance(files, dict) and _TOKEN.fullmatch(str(token))):
        raise StoreError(f"{path} was changed after it was saved: its checksum differs")
    for listed in files.values():
        if not isinstance(listed, dict) or set(listed) != {"bytes", "sha256"}:
            raise StoreError(f"{path} doesn't list its files as a saved map does")
    return dict(manifest)


def _read(path: Path, *, expected: int | None) -> bytes:
    """Return the content of a regular file, after checking its size."""
    info = path.lstat()
    if not stat.S_ISREG(info.st_mode):
        raise StoreError(f"{path} is not a regular file; a saved map has no links")
    fits = info.st_size <= _MOST_MANIFEST_BYTES if expected is None else info.st_size == expected
    if not fits:
        raise StoreError(f"{path} has {info.st_size} bytes; expected {expected or 'fewer'}")
    descriptor = os.open(
        path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    )
    with os.fdopen(descriptor, "rb") as file:
        return file.read(info.st_size)


def _write(path: Path, data: bytes) -> None:
    """Write a file to the disk under a temporary name, then rename it into place."""
    part = path.with_name(path.name + _PART)
    part.unlink(missing_ok=True)  # so as not to follow a link that someone put there
    with part.open("xb") as file:
        for start in range(0, len(data), _BLOCK):
            file.write(data[start : start + _BLOCK])
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _sync(folder: Path) -> None:
    """Flush the folder's new file names to the disk, where the system can."""
    with suppress(OSError):  # Windows can't open folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _refuse_other_files(folder: Path) -> None:
    """Raise an error if a folder without a saved map holds files that absclust didn't write."""
    names = {path.name for path in folder.iterdir()}
    if MANIFEST in names:
        with suppress(StoreError, ValueError, AttributeError):
            manifest = parse(_read(folder / MANIFEST, expected=None))
            if manifest.get("absclust") == _MARK:
                return
    others = sorted(n for n in names if not _WRITTEN.fullmatch(n) and n != MANIFEST + _PART)
    if others:
        raise StoreError(
            f"{folder} holds other files ({', '.join(others[:3])}{', ...' if others[3:] else ''}) "
            "but no saved map; expected a new or empty folder, or one with a saved map"
        )


def _with_token(name: str, token: str) -> str:
    stem, ending = name.split(".")
    return f"{stem}-{token}.{ending}"


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
