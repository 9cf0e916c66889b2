"""Writing files completely or not at all."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from absclust.errors import WriteError


def write_beside(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file under a temporary name, then rename it, so no half-written file is left.

    Parameters
    ----------
    path
        The file to write; an existing one is replaced. A link stays, and what it points to is
        written; a device or a pipe is written to directly.
    write
        Called with the path to write to.

    Raises
    ------
    WriteError
        If the path is a folder, its folder is missing, or writing fails.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "note.txt"
    >>> write_beside(path, lambda beside: beside.write_text("whole", "utf-8"))
    >>> [p.name for p in path.parent.iterdir()], path.read_text("utf-8")
    (['note.txt'], 'whole')
    """
    if "\0" in str(path):
        raise WriteError(f"can't write {str(path)!r}: no file's name may have a NUL in it")
    if path.is_dir():
        raise WriteError(f"{path} is a folder; expected the name of a file to write")
    try:
        file = Path(os.path.realpath(path))
        if not file.parent.is_dir():
            raise WriteError(f"can't write {path}: there is no folder {file.parent}; make it first")
        if file.exists() and not file.is_file():
            write(file)
            return
        with replacing(file) as beside:
            if file.exists():
                shutil.copymode(file, beside)
            write(beside)
    except OSError as error:
        raise WriteError(f"can't write {path}: {error.strerror or error}") from error


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
