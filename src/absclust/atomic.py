"""Writing files completely or not at all."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from os import PathLike
from pathlib import Path
from secrets import token_hex
from typing import Any

from absclust.errors import AbsclustError, WriteError


def write_beside(path: str | PathLike[str], write: Callable[[Path], object]) -> Path:
    """Write a file under a temporary name, then rename it, so no half-written file is left.

    Parameters
    ----------
    path
        The file to write; an existing one is replaced. A link stays, and what it points to is
        written; a device or a pipe is written to directly.
    write
        Called with the path to write to.

    Returns
    -------
    pathlib.Path
        The path.

    Raises
    ------
    WriteError
        If it is no path, or that of a folder, its folder is missing, or writing fails.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "note.txt"
    >>> _ = write_beside(path, lambda beside: beside.write_text("whole", "utf-8"))
    >>> [p.name for p in path.parent.iterdir()], path.read_text("utf-8")
    (['note.txt'], 'whole')
    """
    path = as_path(path, WriteError)
    try:
        if path.is_dir():
            raise WriteError(f"{path} is a folder; expected the name of a file to write")
        file = Path(os.path.realpath(path))
        if not file.parent.is_dir():
            raise WriteError(f"can't write {path}: there is no folder {file.parent}; make it first")
        if file.exists() and not file.is_file():
            write(file)
            return path
        with replacing(file) as beside:
            if file.exists():
                shutil.copymode(file, beside)
            write(beside)
    except OSError as error:
        raise WriteError(f"can't write {path}: {error.strerror or error}") from error
    return path


def as_path(path: Any, kind: type[AbsclustError]) -> Path:
    """Return what a user gives as a path, or raise an error of that kind.

    Examples
    --------
    >>> as_path(5, WriteError)
    Traceback (most recent call last):
    absclust.errors.WriteError: 5 can't be a path; expected a str or a Path
    """
    try:
        found = Path(path)
    except TypeError:
        raise kind(f"{path!r:.80} can't be a path; expected a str or a Path") from None
    if "\0" in str(found):
        raise kind(f"{str(found)!r} can't be a path: there is a NUL in it")
    return found


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Make a new file beside another; it takes the other's place if no error is raised inside.

    Its name is random and no file had it before, so nobody can have put a link there.

    Parameters
    ----------
    path
        The file that is replaced, even if it is a link.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "note.txt"
    >>> with replacing(path) as beside:
    ...     _ = beside.write_bytes(b"whole")
    >>> path.read_bytes()
    b'whole'
    """
    beside = path.with_name(f"{path.name}.{token_hex(8)}.part")
    try:
        beside.open("xb").close()
        yield beside
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        with suppress(OSError):  # it would hide what went wrong
            beside.unlink(missing_ok=True)
