"""Read a file into a DataFrame with the columns id, title, abstract, year and more."""

import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from absclust.errors import InputError, ReadError
from absclust.io.bibtex import read_bibtex
from absclust.io.json_records import read_json, read_json_lines
from absclust.io.papers import as_papers
from absclust.io.parsed import Parsed
from absclust.io.saved_page import read_page
from absclust.io.tables import read_delimited, read_parquet
from absclust.io.tagged import ENDNOTE, NBIB, RIS, WEB_OF_SCIENCE, read_tagged
from absclust.io.xml import read_xml
from absclust.sizes import UNPACKED

if TYPE_CHECKING:
    import pandas as pd

_LONGEST_PATH = 4096  # characters
_PIECE = 1 << 20  # bytes
_SPLIT = "split it, and cluster the parts with absclust.cluster_dataset"


def read_abstracts(
    path: "str | PathLike[str] | Iterable[str | PathLike[str]]", *, merge_duplicates: bool = True
) -> "pd.DataFrame":
    r"""Read papers from a file, or from several.

    Parameters
    ----------
    path
        A library or an export: ``.bib`` (BibTeX, BibLaTeX), ``.ris``, ``.enw`` and
        ``.xml`` (EndNote), ``.nbib`` and ``.xml`` (PubMed), ``.ciw`` / ``.txt`` (Web of
        Science), ``.csv`` / ``.tsv`` (Scopus, Web of Science, Zotero, IEEE Xplore and
        others), ``.json`` / ``.jsonl`` (OpenAlex, arXiv, Crossref, CSL), ``.xml`` (arXiv,
        OAI-PMH); a table of your own: ``.csv``, ``.tsv``, ``.jsonl`` / ``.ndjson``,
        ``.json`` or ``.parquet``, with an abstract or a title in each record; or
        ``.txt`` / ``.md``: a page of titles, each followed by its abstract. Any of them
        may be compressed (``.csv.gz``). A list of such files is read into one table.
    merge_duplicates
        Merge records that are surely the same paper, also across files: those with the
        same DOI and similar titles; or with the same title and first author, at most two
        years apart and without conflicting abstracts. Records with neither DOIs nor
        authors are all kept.

    Returns
    -------
    pandas.DataFrame
        One row per record, in the order of the files, with the columns ``id``,
        ``title``, ``abstract`` and ``year``, then ``doi``, ``url``, ``authors``,
        ``keywords``, ``journal`` and ``type`` where the file has them, then all other
        fields under their own names. Years are whole numbers, NA where missing; what
        else is written in their place, such as "in press", is kept in ``year_given``.
        Other missing values are empty strings. ``frame.attrs["notes"]`` says what was merged, is
        missing or could not be used; ``ThemeMap.report`` repeats it.
        ``frame.attrs["sources"]`` counts the records of each file; ``ThemeMap.sources``
        shows them. With several files, ``source_file`` names the file of each record.
        ``frame.attrs["broken"]`` lists the parts that could not be read, and
        ``frame.attrs["skipped"]`` the lines that belong to no paper.

    Raises
    ------
    ReadError
        If a file is missing, empty, given twice or of an unknown format, or if nothing in
        it can be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "papers.bib"
    ...     _ = file.write_text("@misc{q, title={Deep {Q}}, abstract={We study Q-learning.}}")
    ...     read_abstracts(file)[["title", "abstract"]].iloc[0].tolist()
    ['Deep Q', 'We study Q-learning.']
    """
    single = isinstance(path, str | PathLike) or not isinstance(path, Iterable)
    paths: list[Any] = [path] if single else list(path)  # type: ignore[arg-type]
    if wrong := [path for path in paths if not isinstance(path, str | PathLike)]:
        raise ReadError(f"{wrong[0]!r:.80} is no path; expected the path of a file, or several")
    if not paths:
        raise ReadError("there are no files; expected the path of at least one")
    for name in map(str, paths):
        kind_of(name)  # before a large file is read in vain
    twice = [str(path) for path, times in Counter(map(Path, paths)).items() if times > 1]
    if twice:
        raise ReadError(f"{twice[0]}: this file is given twice; expected each file once")
    files = [(str(path), parse(str(path), _content(Path(path)))) for path in paths]
    return as_papers(files, merge_duplicates)


def papers_of(texts: Any) -> Any:
    """Read the papers if they are given as the path of a file, or as several; else return them.

    Raises
    ------
    ReadError
        As `read_abstracts` does.
    """
    if isinstance(texts, str | Path):
        return read_abstracts(texts) if _is_path(texts) else texts
    if isinstance(texts, list | tuple) and texts and all(map(_is_path, texts)):
        return read_abstracts(texts)
    return texts


def _is_path(value: Any) -> bool:
    """Whether a value is a path, or a text that can only be the name of a file."""
    if not isinstance(value, str):
        return isinstance(value, Path)
    return len(value) < _LONGEST_PATH and "\n" not in value and _kind(value) in _READERS


def kind_of(name: str) -> str:
    """Return the type of a file by its name, such as ".csv" for "papers.csv.gz".

    Raises
    ------
    ReadError
        If files of this type can't be read.
    """
    kind = _kind(name)
    if kind not in _READERS:
        known = ", ".join(sorted(_READERS))
        raise ReadError(
            f"{name}: can't read files of type {kind or '(none)'!r}; expected one of {known}"
        )
    return kind


def _kind(name: str) -> str:
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    if len(suffixes) > 1 and suffixes[-1] == ".gz":
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def parse(name: str, content: bytes) -> Parsed:
    """Parse the content of a file, which may be compressed; its name says what it is.

    Raises
    ------
    ReadError
        If it is empty, of an unknown type, or can't be read.
    """
    kind = kind_of(name)
    if name.lower().endswith(".gz"):
        try:
            content = _unpacked(content)
        except (OSError, EOFError, zlib.error, ReadError) as error:
            raise ReadError(f"{name}: {error}") from error
    if not content or content.isspace():
        raise ReadError(f"{name}: the file is empty; expected at least one paper")
    try:
        return _READERS[kind](content)
    except (ReadError, InputError) as error:
        raise ReadError(f"{name}: {error}") from error
    except MemoryError:
        raise ReadError(
            f"{name}: {len(content) / 1e6:,.0f} MB need more memory than there is; {_SPLIT}"
        ) from None


def _unpacked(content: bytes) -> bytes:
    """Unpack a file piece by piece: a few megabytes could hold more than the memory does."""
    pieces, size = [], 0
    with gzip.open(io.BytesIO(content)) as file:
        while piece := file.read(_PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > UNPACKED:
                raise ReadError(f"it holds more than {UNPACKED / 1e9:g} GB; {_SPLIT}")
    return b"".join(pieces)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ReadError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise ReadError(f"{path}: this is a folder; expected a file") from None
    except (OSError, ValueError) as error:  # a ValueError, if there is a NUL in the path
        raise ReadError(f"{str(path)!r}: {error}") from error


def _text(content: bytes) -> str:
    """Decode UTF-8, UTF-16 with a byte-order mark, or else Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _of_text(reader: Callable[[str], Parsed]) -> Callable[[bytes], Parsed]:
    return lambda content: reader(_text(content))


def _guess(default: Callable[[str], Parsed]) -> Callable[[bytes], Parsed]:
    """Choose the reader by the beginning of the file; its name may be vague or wrong."""

    def read(content: bytes) -> Parsed:
        if _XML_BEGINNING.match(content):
            return read_xml(content)
        text = _text(content)
        readers = (reader for begin, reader in _BEGINNINGS.items() if re.match(begin, text))
        return next(readers, default)(text)

    return read


_RIS, _NBIB, _WEB_OF_SCIENCE, _ENDNOTE = (
    partial(read_tagged, dialect=dialect) for dialect in (RIS, NBIB, WEB_OF_SCIENCE, ENDNOTE)
)
_TSV = partial(read_delimited, separator="\t")
# Not HTML, which a saved page may be.
_XML_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!DOCTYPE (?!html)|PubmedArticle|xml>|XML>|feed|OAI-PMH)"
)
_BEGINNINGS: dict[str, Callable[[str], Parsed]] = {
    r"\s*(?:1\.\s+)?TY {1,2}- ": _RIS,
    r"\s*PMID *- ": _NBIB,
    r"\s*(?:FN (?:Clarivate|Thomson|ISI)|VR 1\.0|PT [A-Z]\r?\n[A-Z][A-Z0-9] )": _WEB_OF_SCIENCE,
    r"\s*%0 ": _ENDNOTE,
    r"\s*@\w+\s*\{": read_bibtex,
    r"\s*(?:\[\s*)?\{\s*\"": read_json,
    r"PT\t": _TSV,
}
_READERS: dict[str, Callable[[bytes], Parsed]] = {
    ".bib": _of_text(read_bibtex),
    ".ris": _guess(_RIS),
    ".nbib": _guess(_NBIB),
    ".ciw": _guess(_WEB_OF_SCIENCE),
    ".isi": _guess(_WEB_OF_SCIENCE),
    ".enw": _guess(_ENDNOTE),
    ".xml": read_xml,
    ".csv": _of_text(read_delimited),
    ".tsv": _of_text(_TSV),
    ".jsonl": _of_text(read_json_lines),
    ".ndjson": _of_text(read_json_lines),
    ".json": _of_text(read_json),
    ".parquet": read_parquet,
    ".txt": _guess(read_page),
    ".md": _guess(read_page),
}
