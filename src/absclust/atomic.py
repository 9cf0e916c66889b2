"""Writing files completely or not at all, in a format that their names say."""

import errno
import gzip
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import IO, Any, TypeGuard

from absclust.errors import AbsclustError, WriteError

Target = str | os.PathLike[str] | IO[Any]  # a path, or a file that is open for writing


def write_beside(
    target: Target, write: Callable[[Path], object], suffixes: tuple[str, ...] = ()
) -> Path:
    """Write a file under a temporary name, then rename it, so no half-written file is left.

    Parameters
    ----------
    target
        The file to write; an existing one is replaced. A link stays, and what it points to is
        written; a device or a pipe is written to directly. A file that is open for writing gets
        all at once.
    write
        Called with the path to write to.
    suffixes
        How the name of the file may end; with ``.gz`` after it, the file is compressed. By
        default, in any way.

    Returns
    -------
    Path
        The path of the file; of an open one, its name.

    Raises
    ------
    WriteError
        If the path is a folder, its folder is missing, its name is that of another format, or
        writing fails.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "note.txt"
    >>> _ = write_beside(path, lambda beside: beside.write_text("whole", "utf-8"), (".txt",))
    >>> [p.name for p in path.parent.iterdir()], path.read_text("utf-8")
    (['note.txt'], 'whole')
    """
    path = path_of(target)
    if is_open(target):
        _into(target, write)
        return path
    try:
        if path.is_dir():
            raise WriteError(f"{path} is a folder; expected the name of a file to write")
        file = Path(os.path.realpath(path))
        if not file.parent.is_dir():
            raise WriteError(f"can't write {path}: there is no folder {file.parent}; make it first")
        if file.exists() and not file.is_file():
            write(file)
            return path
        suffix_of(path, suffixes)
        with replacing(file) as beside:
            if file.exists():
                shutil.copymode(file, beside)
            write(beside)
            if path.suffix.lower() == ".gz":
                beside.write_bytes(gzip.compress(beside.read_bytes(), mtime=0))
    except OSError as error:
        raise WriteError(f"can't write {path}: {error.strerror or error}") from error
    return path


def is_open(target: Target) -> TypeGuard[IO[Any]]:
    """Return whether a target is a file that is open for writing."""
    return hasattr(target, "write")


def path_of(target: Target) -> Path:
    """Return the path of a target; of an open file, its name, if it has one.

    Raises
    ------
    WriteError
        If it is neither a path nor an open file.
    """
    if is_open(target):
        return Path(str(getattr(target, "name", "")))
    return as_path(target, WriteError)


def is_readable(source: Any) -> TypeGuard[IO[Any]]:
    """Return whether a source is a file that is open for reading."""
    return hasattr(source, "read")


def content_of(source: Any, kind: type[AbsclustError]) -> bytes:
    """Return the content of a file, given by its path or open for reading; of text as UTF-8.

    Raises
    ------
    kind
        If it is neither, or can't be read.
    """
    try:
        found = source.read() if is_readable(source) else as_path(source, kind).read_bytes()
    except OSError as error:
        raise kind(f"can't read {source}: {error.strerror or error}") from error
    return found.encode("utf-8") if isinstance(found, str) else bytes(found)


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
        os.stat(found)
    except TypeError:
        raise kind(f"{path!r:.80} can't be a path; expected a str or a Path") from None
    except ValueError as error:  # there is a NUL in it, or half of a surrogate pair
        raise kind(f"{str(path)!r:.80} can't be a path: {error}") from None
    except OSError as error:  # there is no such file yet, or its name is too long
        if error.errno == errno.ENAMETOOLONG:
            raise kind(f"{str(path)!r:.80} can't be a path: {error.strerror}") from None
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
            os.fsync(file.fileno())  # or a power cut could leave a new name without its content
        beside.replace(path)
    finally:
        with suppress(OSError):  # it would hide what went wrong
            beside.unlink(missing_ok=True)


def suffix_of(path: Path, suffixes: tuple[str, ...]) -> str:
    """Return how the name of a file ends, without ``.gz``, in lower case.

    Raises
    ------
    WriteError
        If it must end in another way.

    Examples
    --------
    >>> suffix_of(Path("papers.CSV.gz"), (".csv", ".tsv"))
    '.csv'
    """
    name = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    suffix = name.suffix.lower()
    if suffixes and suffix not in suffixes:
        known = " or ".join(filter(None, [", ".join(suffixes[:-1]), suffixes[-1]]))
        raise WriteError(f"can't write {path}: expected a name that ends in {known}")
    return suffix


def format_of(target: Target, given: str | None, suffixes: tuple[str, ...]) -> str:
    """Return the suffix of the format that a file is written in: the one given, or by its name.

    A format may be given with its dot or without: ".docx", "docx".

    Raises
    ------
    WriteError
        If it is not among the suffixes.
    """
    if given is None:
        return suffix_of(path_of(target), suffixes)
    dotted = f".{given.removeprefix('.')}" if isinstance(given, str) else repr(given)
    return suffix_of(Path(f"a file of the format {dotted}"), suffixes)


def _into(file: IO[Any], write: Callable[[Path], object]) -> None:
    """Write into a file that is open, as text if it is open for text."""
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole"
        write(whole)
        content = whole.read_bytes()
    try:
        file.write(content.decode("utf-8-sig") if isinstance(file, io.TextIOBase) else content)
    except UnicodeDecodeError:
        raise WriteError("the file is open for text; expected one open for bytes, 'wb'") from None
    except OSError as error:
        raise WriteError(f"can't write: {error.strerror or error}") from error
