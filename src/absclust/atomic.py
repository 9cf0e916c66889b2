"""Writing files completely or not at all."""

import os
from collections.abc import Callable
from pathlib import Path

from absclust.errors import WriteError


def write_beside(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file under a temporary name, then rename it, so no half-written file is left.

    Parameters
    ----------
    path
        The file to write; an existing one is replaced.
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
    if path.is_dir():
        raise WriteError(f"{path} is a folder; expected the name of a file to write")
    if not path.parent.is_dir():
        raise WriteError(f"can't write {path}: there is no folder {path.parent}; make it first")
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(beside)
        with beside.open("rb+") as file:
            os.fsync(file.fileno())  # or a power cut could leave a new name without its content
        beside.replace(path)
    except OSError as error:
        raise WriteError(f"can't write {path}: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)
