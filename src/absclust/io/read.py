"""Read a file into a DataFrame with the columns id, title, abstract, year and more."""

import gzip
import io
import os
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from glob import glob
from os import PathLike
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

import pandas as pd

from absclust.atomic import as_path, content_of, is_readable
from absclust.corpus.columns import OUR_NAMES, find_columns
from absclust.counted import counted
from absclust.errors import InputError, OptionError, ReadError, listed
from absclust.io.bibtex import read_bibtex
from absclust.io.json_records import read_json, read_json_lines
from absclust.io.papers import as_papers, shorten
from absclust.io.parsed import FIELDS, Parsed
from absclust.io.saved_page import read_page
from absclust.io.tables import read_delimited, read_parquet, read_spreadsheet, separator_of
from absclust.io.tagged import DIALECTS
from absclust.io.xml import read_xml
from absclust.io.zotero import chosen, read_zotero
from absclust.sizes import UNPACKED

_File = tuple[str, Callable[[], bytes]]  # its name, and what reads it

_LONGEST_PATH = 4096  # characters
_BEGINNING = 200  # bytes that show the encoding
_PIECE = 1 << 20  # bytes
_SPLIT = "split it, and cluster the parts with absclust.cluster_dataset"


def read_abstracts(
    path: "str | PathLike[str] | IO[Any] | Iterable[str | PathLike[str] | IO[Any]]",
    *,
    columns: Mapping[str, str] | None = None,
    collection: str | None = None,
    tag: str | None = None,
    merge_duplicates: bool = True,
) -> pd.DataFrame:
    r"""Read papers from a file, or from several.

    Parameters
    ----------
    path
        A library or an export: ``.bib`` (BibTeX, BibLaTeX), ``.ris``, ``.enw`` and
        ``.xml`` (EndNote), ``.nbib`` and ``.xml`` (PubMed), ``.ciw`` / ``.txt`` (Web of
        Science), ``.csv`` / ``.tsv`` (Scopus, Web of Science, Zotero, IEEE Xplore and
        others), ``.json`` / ``.jsonl`` (OpenAlex, arXiv, Crossref, CSL), ``.xml`` (arXiv,
        OAI-PMH); a table of your own: ``.csv``, ``.tsv``, ``.xlsx`` / ``.xls`` / ``.ods``,
        ``.jsonl`` / ``.ndjson``, ``.json`` or ``.parquet``, with an abstract or a title in
        each record; or
        ``.txt`` / ``.md``: a page of titles, each followed by its abstract. Any of them
        may be compressed (``.csv.gz``). ``zotero.sqlite`` is Zotero's own library. A list of
        such files, a folder, a pattern such as ``"exports/*.bib"`` or a ``.zip`` is read into
        one table; what a folder, a pattern or an archive holds besides papers is named. A file
        that is open for reading, or a stream such as ``io.BytesIO``, is read like one.
    columns
        absclust's name of a column -> its name in the file, for tables in which it is not
        found or another one is meant: ``{"title": "display_name", "year": "Jahr"}``. The
        former are the names listed below, and ``date``.
    collection
        Only the papers of this collection of Zotero's library, and of those inside it.
    tag
        Only the papers with this tag or keyword.
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
        Other missing values are empty strings, or NA in a column of numbers.
        ``frame.attrs["notes"]`` says what was merged, is missing or could not be used;
        ``ThemeMap.report`` repeats it.
        ``frame.attrs["sources"]`` counts the records of each file; ``ThemeMap.sources``
        shows them. With several files, ``source_file`` names the file of each record.
        ``frame.attrs["broken"]`` lists the parts that could not be read, and
        ``frame.attrs["skipped"]`` the lines that belong to no paper.

    Raises
    ------
    ReadError
        If a file is missing, empty, given twice or of an unknown format, if nothing in
        it can be read, or if it has no column of that name.
    OptionError
        If ``columns`` has a name that isn't ours.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "papers.bib"
    ...     _ = file.write_text("@misc{q, title={Deep {Q}}, abstract={We study Q-learning.}}")
    ...     read_abstracts(file)[["title", "abstract"]].iloc[0].tolist()
    ['Deep Q', 'We study Q-learning.']
    """
    paths: list[Any] = [path] if is_readable(path) else listed(path, [path])
    if wrong := [p for p in paths if not isinstance(p, str | PathLike) and not is_readable(p)]:
        raise ReadError(
            f"{wrong[0]!r:.80} is no path; expected the path of a file, an open file, or several"
        )
    if not paths:
        raise ReadError("there are no files; expected the path of at least one")
    columns = {} if columns is None else columns
    if not isinstance(columns, Mapping) or set(columns) - set(OUR_NAMES):
        raise OptionError(
            f"columns is {columns!r:.200}; expected our names with those in the file, as in "
            f'{{"title": "Titel"}}; our names are {", ".join(OUR_NAMES)}'
        )
    aside: list[str] = []
    files = [
        (name, chosen(chosen(whole, "collection", collection), "tag", tag))
        for number, path in enumerate(paths, start=1)
        for name, whole in _parsed(path, number, columns, aside)
    ]
    twice = [name for name, times in Counter(Path(name) for name, _ in files).items() if times > 1]
    if twice:
        raise ReadError(f"{twice[0]}: this file is given twice; expected each file once")
    frame = as_papers(files, merge_duplicates, columns)
    if aside:
        frame.attrs["notes"].append(f"{counted(len(aside), 'file')} not read: {shorten(aside)}")
    return frame


def _parsed(
    path: Any, number: int, columns: Mapping[str, str], aside: list[str]
) -> Iterator[tuple[str, Parsed]]:
    """Yield the name and the papers of the file at a path, or of all that it stands for.

    Of a folder, a pattern or an archive, files without papers are added to ``aside``.
    """
    single, files = _expanded(path, number)
    n_read = 0
    for name, content in files:
        if not single and not can_read(name):
            aside.append(Path(name).name)
            continue
        kind_of(name)  # before a large file is read in vain
        try:
            whole = parse(name, content())
            if not single:
                known = [ours for ours, theirs in columns.items() if theirs in whole.frame]
                find_columns([*whole.frame, *known])
        except (ReadError, InputError) as error:
            if single:
                raise
            reason = str(error).removeprefix(f"{name}: ")
            aside.append(f"{Path(name).name}: {reason}")
        else:
            n_read += 1
            yield name, whole
    if not n_read:
        reasons = f": {shorten(aside)}" if aside else ""
        raise ReadError(f"{path}: found no file of papers{reasons}")


def _expanded(path: Any, number: int) -> tuple[bool, list[_File]]:
    """Return whether a path is that of a single file, and what it stands for.

    These are a file, or those of a folder, a pattern or an archive, in the order of their names.
    A file that is open may have no name; its content says what it is.
    """
    if is_readable(path):
        name = str(getattr(path, "name", "")) or f"file {number}"
        name = name if _kind(name) in (*_READERS, ".zip") else f"{name}.txt"
        files: list[_File] = [(name, partial(content_of, path, ReadError))]
    else:
        found = [file := as_path(path, ReadError)]
        if file.is_dir():
            inside = [Path(folder, name) for folder, _, names in os.walk(file) for name in names]
            visible = [i for i in inside if not _is_hidden(i.relative_to(file))]
            found = sorted(name for name in visible if name.is_file())
        elif any(sign in str(path) for sign in "*?[") and not file.exists():
            found = sorted(Path(name) for name in glob(str(path), recursive=True))
        files = [(str(file), partial(content_of, file, ReadError)) for file in found]
    members = [member for file in files for member in _members(*file)]
    return members == files and (is_readable(path) or found == [file]), members


def _members(name: str, content: Callable[[], bytes]) -> list[_File]:
    """Return the files in an archive, each with what reads it; another file is for itself."""
    if _kind(name) != ".zip":
        return [(name, content)]
    try:
        archive = ZipFile(io.BytesIO(content()))
    except (BadZipFile, NotImplementedError) as error:
        raise ReadError(f"{name}: not readable as a zip archive ({error})") from error
    inside = [i for i in archive.namelist() if not (i.endswith("/") or _is_hidden(Path(i)))]
    return [(f"{name}/{i}", partial(_member, archive, i)) for i in inside]


def _member(archive: ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as file:
            return _unpacked(file)
    except (BadZipFile, RuntimeError, NotImplementedError, zlib.error) as error:
        raise ReadError(f"not readable in its archive ({error})") from error


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def papers_of(texts: Any) -> Any:
    """Read the papers if they are given as the path of a file, or as several; else return them.

    Raises
    ------
    ReadError
        As `read_abstracts` does.
    """
    one = isinstance(texts, str | Path) and (_is_path(texts) or os.path.isdir(texts))
    several = isinstance(texts, list | tuple) and texts and all(map(_is_path, texts))
    return read_abstracts(texts) if one or several else texts


def _is_path(value: Any) -> bool:
    """Whether a value is a path, or a text that can only be the name of a file."""
    if not isinstance(value, str):
        return isinstance(value, Path)
    return len(value) < _LONGEST_PATH and "\n" not in value and _kind(value) in (*_READERS, ".zip")


def can_read(name: str) -> bool:
    """Return whether files of this type, by its name, can be read."""
    return _kind(name) in _READERS


def kind_of(name: str) -> str:
    """Return the type of a file by its name, such as ".csv" for "papers.csv.gz".

    Raises
    ------
    ReadError
        If files of this type can't be read.
    """
    kind = _kind(name)
    if kind not in _READERS:
        for refused in FIELDS["refused"]:
            if kind and kind in refused.get("suffixes", "").split():
                raise ReadError(f"{name}: this is {refused['what']}")
        known = ", ".join(sorted(_READERS))
        raise ReadError(
            f"{name}: can't read files of type {kind or '(none)'!r}; expected one of {known}"
        )
    return kind


def _kind(name: str) -> str:
    return Path(name.lower().removesuffix(".gz")).suffix


def parse(name: str, content: bytes) -> Parsed:
    """Parse the content of a file, which may be compressed; its name says what it is.

    Raises
    ------
    ReadError
        If it is empty, of an unknown type, or can't be read.
    """
    kind = kind_of(name)
    if name.lower().endswith(".gz") or content.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(io.BytesIO(content)) as file:
                content = _unpacked(file)
        except (OSError, EOFError, zlib.error, ReadError) as error:
            raise ReadError(f"{name}: {error}") from error
    if not content or content.isspace():
        raise ReadError(f"{name}: the file is empty; expected at least one paper")
    try:
        return _read(kind, content)
    except (ReadError, InputError) as error:
        raise ReadError(f"{name}: {error}") from error
    except MemoryError:
        raise ReadError(
            f"{name}: {len(content) / 1e6:,.0f} MB need more memory than there is; {_SPLIT}"
        ) from None


def _unpacked(file: IO[bytes] | gzip.GzipFile) -> bytes:
    """Unpack a file piece by piece: a few megabytes could hold more than the memory does."""
    pieces, size = [], 0
    while piece := file.read(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > UNPACKED:
            raise ReadError(f"it holds more than {UNPACKED / 1e9:g} GB; {_SPLIT}")
    return b"".join(pieces)


def decoded(content: bytes) -> str:
    """Decode UTF-8, UTF-16, what XML declares or else Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content[:_BEGINNING]:  # UTF-16 without its mark has them in every second place
        for place, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
            if not content[place:_BEGINNING:2].strip(b"\0"):
                return content.decode(encoding, errors="replace")
        if content[:_BEGINNING].count(0) > len(content[:_BEGINNING]) / 8:
            raise ReadError(
                "this is a binary file, of no kind that is known; export it as RIS, BibTeX or a "
                "table"
            )
    if declared := _ENCODING_OF_XML.match(content):
        with suppress(LookupError, ValueError):
            return content.decode(declared[1].decode("ascii", "replace"), "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _read(kind: str, content: bytes) -> Parsed:
    """Read a file as what it begins like; a name that says less than the content may be wrong."""
    default = _READERS[kind]
    of_bytes = (reader for sign, reader in _SIGNATURES.items() if content.startswith(sign))
    if reader := next(of_bytes, default if kind in _OF_BYTES else None):
        return reader(content)
    text = decoded(content)
    if kind in _OF_TEXT:
        return default(text)
    for refused in FIELDS["refused"]:
        if "begins" in refused and re.match(refused["begins"], text):
            raise ReadError(f"this looks like {refused['what']}")
    readers = (reader for begin, reader in _BEGINNINGS.items() if re.match(begin, text))
    return next(readers, default)(text)


def _read_trec(text: str) -> Parsed:
    """Read a test collection, whose records have no element around them all."""
    return read_xml(f"<DOCS>{re.sub(r'&(?!#?[A-Za-z0-9]+;)', '&amp;', text)}</DOCS>")


_TSV = partial(read_delimited, separator="\t")
_ENCODING_OF_XML = re.compile(rb"""\s*<\?xml[^>]*\bencoding\s*=\s*["']([^"'>]*)""")
# Names that say surely what a file is, of bytes and of texts. Most others are vague or wrong: what
# Excel is said to have written may be text or HTML.
_OF_BYTES, _OF_TEXT = (".sqlite", ".parquet"), (".json", ".jsonl", ".ndjson")
_SIGNATURES: dict[bytes, Callable[[bytes], Parsed]] = {
    b"PK\x03\x04": read_spreadsheet,
    b"\xd0\xcf\x11\xe0": read_spreadsheet,  # of older Excel
    b"PAR1": read_parquet,
    b"SQLite format 3": read_zotero,
}
_BEGINNINGS: dict[str, Callable[[str], Parsed]] = {
    # Not HTML, which a saved page may be.
    r"\s*<(?:\?xml|!DOCTYPE (?!html)|PubmedArticle|xml>|XML>|feed|OAI-PMH)": read_xml,
    r"\s*@\w+\s*\{": read_bibtex,
    r"\s*(?:\[\s*)?\{\s*\"": read_json,
    r"\s*<DOC>": _read_trec,
    r"PT\t": _TSV,
    **{dialect.begins: dialect for dialect in DIALECTS.values()},
}
# The reader of files that begin in no known way, by their names.
_OF_NAMES: dict[Callable[[Any], Parsed], str] = {
    **{dialect: dialect.suffixes for dialect in DIALECTS.values()},
    read_bibtex: ".bib .bibtex",
    read_xml: ".xml .rdf .mods",
    _TSV: ".tsv",
    read_delimited: ".csv .xlsx .xlsm .xls .ods",
    lambda text: (read_delimited if separator_of(text) else read_page)(text): ".txt",
    read_page: ".md",
    read_json: ".json",
    read_json_lines: ".jsonl .ndjson",
    read_zotero: ".sqlite",
    read_parquet: ".parquet",
}
_READERS = {name: reader for reader, names in _OF_NAMES.items() for name in names.split()}
