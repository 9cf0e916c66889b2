"""Read a file into a DataFrame with the columns id, title, abstract, year and more."""

import gzip
import re
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from absclust.corpus.clean import clean_text
from absclust.corpus.columns import SOURCE_FILE, YEAR, find_bibliographic, find_columns
from absclust.corpus.duplicates import merge
from absclust.counted import counted
from absclust.errors import InputError, ReadError
from absclust.io.bibtex import read_bibtex
from absclust.io.json_records import read_json, read_json_lines
from absclust.io.page import read_page
from absclust.io.parsed import Parsed
from absclust.io.tables import read_delimited, read_parquet
from absclust.io.tagged import ENDNOTE, NBIB, RIS, WEB_OF_SCIENCE, read_tagged
from absclust.io.xml import read_xml

if TYPE_CHECKING:
    import pandas as pd

_PLACEHOLDER_MAX = 60  # characters; "[No abstract available]" and the like are shorter
_LONGEST_PATH = 4096  # characters
_MOST_NAMED = 5  # broken parts or skipped lines that a note quotes


def read_abstracts(
    path: str | Path | Sequence[str | Path], *, merge_duplicates: bool = True
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
        If the file is missing, empty or of an unknown format, or if nothing in it can
        be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "papers.bib"
    ...     _ = file.write_text("@misc{q, title={Deep {Q}}, abstract={We study Q-learning.}}")
    ...     read_abstracts(file)[["title", "abstract"]].iloc[0].tolist()
    ['Deep Q', 'We study Q-learning.']
    """
    paths = [path] if isinstance(path, str | Path) else list(path)
    if not paths:
        raise ReadError("there are no files; expected the path of at least one")
    for name in map(str, paths):
        kind_of(name)  # before a large file is read in vain
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
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise ReadError(f"{name}: {error}") from error
    if not content.strip():
        raise ReadError(f"{name}: the file is empty; expected at least one paper")
    try:
        return _READERS[kind](content)
    except (ReadError, InputError) as error:
        raise ReadError(f"{name}: {error}") from error


def as_papers(files: Sequence[tuple[str, Parsed]], merge_duplicates: bool) -> "pd.DataFrame":
    """Return what was parsed as `read_abstracts` does.

    Parameters
    ----------
    files
        The name and the content of each file.
    merge_duplicates
        Whether to merge records of the same paper.

    Raises
    ------
    ReadError
        If there are no records, or they have neither titles nor abstracts.
    """
    frames = []
    for name, parsed in files:
        try:
            frames.append(_standard_columns(parsed.frame))
        except (ReadError, InputError) as error:
            raise ReadError(f"{name}: {error}") from error
    names = _short_names([name for name, _ in files])
    frame = frames[0] if len(frames) == 1 else _stacked(names, frames)
    if merge_duplicates:
        frame = merge(frame)
    sources = _sources(names, frames, frame, [parsed for _, parsed in files])
    frame = _with_years(frame)
    frame.attrs = {
        "notes": _notes(frame, sources, [parsed for _, parsed in files]),
        "broken": [
            part if len(files) == 1 else f"{name}: {part}"
            for name, (_, parsed) in zip(names, files, strict=True)
            for part in parsed.broken
        ],
        "skipped": [line for _, parsed in files for line in parsed.skipped],
        "sources": sources,
    }
    return frame


def _short_names(names: list[str]) -> list[str]:
    """Return the names of files without their folders, unless two would be alike."""
    short = [Path(name).name for name in names]
    return short if len(set(short)) == len(short) else names


def _stacked(names: list[str], frames: "list[pd.DataFrame]") -> "pd.DataFrame":
    """Put the records of several files below each other, with the name of their file."""
    import pandas as pd

    frames = [
        frame.assign(**{SOURCE_FILE: name}).astype(object)
        for name, frame in zip(names, frames, strict=True)
    ]
    frame = pd.concat(frames, ignore_index=True)
    return frame.where(frame.notna(), "")


def _sources(
    names: list[str], frames: "list[pd.DataFrame]", frame: "pd.DataFrame", parsed: list[Parsed]
) -> list[dict[str, Any]]:
    """Count the records of each file, and those that were merged into another."""
    # The name before the first separator is the file of the record that was kept.
    kept = frame[SOURCE_FILE].str.split("; ").str[0] if SOURCE_FILE in frame else None
    return [
        {
            "file": name,
            "identified": len(whole),
            "unreadable": len(parts.broken),
            "duplicates": len(whole) - (len(frame) if kept is None else int((kept == name).sum())),
        }
        for name, whole, parts in zip(names, frames, parsed, strict=True)
    ]


def _with_years(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Make the years whole numbers; where something else is written, keep it beside them."""
    import pandas as pd

    text = frame["year"].map(str).str.strip().replace("0", "")
    odd = ~text.str.fullmatch(r"(?:\d{4}(?:\.0)?)?")
    if odd.any():
        frame["year_given"] = text.where(odd, "")
        text[odd] = text[odd].str.extract(f"({YEAR.pattern})", expand=False)
    frame["year"] = pd.to_numeric(text, errors="coerce").astype("Int64")
    return frame


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ReadError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise ReadError(f"{path}: this is a folder; expected a file") from None
    except OSError as error:
        raise ReadError(f"{path}: {error}") from error


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


def _standard_columns(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Give known columns our names and put them first."""
    columns = find_columns(frame.columns)
    if frame.empty:
        raise ReadError("the table has a header but no records; expected one row per paper")
    first = ["id", "title", "abstract", "year"]
    columns = find_bibliographic(frame.columns) | columns
    names = {column: name for name, column in columns.items() if name not in frame}
    frame = frame.rename(columns={c: n for c, n in names.items() if n != "date"})
    for name in first:
        if name not in frame:
            frame[name] = "" if name != "id" else [str(i + 1) for i in range(len(frame))]
    optional = ["doi", "url", "authors", "keywords", "journal", "type"]
    first += [name for name in optional if name in frame]
    return frame[[*first, *(c for c in frame.columns if c not in first)]].copy()


def _notes(frame: "pd.DataFrame", sources: list[dict[str, Any]], parsed: list[Parsed]) -> list[str]:
    """Say what was merged, what is missing and what could not be used."""
    notes = []
    n_merged = sum(source["duplicates"] for source in sources)
    n_abstracts = sum(map(_is_abstract, frame["abstract"]))
    if n_merged or n_abstracts < len(frame) or len(sources) > 1:
        merged = f"; {counted(n_merged, 'duplicate')} merged" if n_merged else ""
        files = ", ".join(
            source["file"] if len(sources) == 1 else f"{source['file']} ({source['identified']:,})"
            for source in sources
        )
        notes.append(f"{files}: {n_abstracts:,} of {len(frame):,} have an abstract{merged}")
    for source, whole in zip(sources, parsed, strict=True):
        name = source["file"]
        if whole.broken:
            parts = counted(len(whole.broken), "part")
            notes.append(f"{parts} of {name} could not be read: {_shorten(whole.broken)}")
        if whole.skipped:
            lines = counted(len(whole.skipped), "line")
            verb = "belongs" if len(whole.skipped) == 1 else "belong"
            shown = _shorten([repr(_cut(line, 40)) for line in whole.skipped])
            notes.append(f"{lines} of {name} {verb} to no paper: {shown}")
    if "year_given" in frame:
        odd = [text for text in frame["year_given"] if text and not YEAR.search(text)]
        if odd:
            shown = _shorten([repr(_cut(text, 40)) for text in dict.fromkeys(odd)])
            notes.append(f"{counted(len(odd), 'paper')} without a year: {shown}")
    return notes


def _is_abstract(value: object) -> bool:
    """Whether a value is an abstract, not a notice that there is none."""
    text = str(value).strip()
    return bool(text if len(text) > _PLACEHOLDER_MAX else clean_text(text))


def _shorten(lines: Sequence[str]) -> str:
    shown = "; ".join(_cut(line, 160) for line in lines[:_MOST_NAMED])
    return shown + (" …" if len(lines) > _MOST_NAMED else "")


def _cut(line: str, max_chars: int) -> str:
    return line if len(line) <= max_chars else line[: max_chars - 1] + "…"


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
