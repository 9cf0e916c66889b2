"""Make one table of papers, with counts and notes, from one parsed file or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from absclust.corpus.clean import clean_text
from absclust.corpus.columns import (
    YEAR,
    find_bibliographic,
    find_columns,
    first_source,
    from_file,
    unused,
    years,
)
from absclust.corpus.people import split_people
from absclust.counted import counted
from absclust.errors import InputError, ReadError
from absclust.io.duplicates import merge
from absclust.io.parsed import Parsed

_PLACEHOLDER_MAX = 60  # characters; "[No abstract available]" and the like are shorter
_NUMBERS: dict[type, Any] = {int: "Int64", float: "Float64", bool: "boolean"}
_MOST_NAMED = 5  # broken parts or skipped lines that a note quotes
_PART_MAX, _LINE_MAX = 160, 40  # characters that it quotes of a broken part, and of a line or year


def as_papers(
    files: Sequence[tuple[str, Parsed]],
    merge_duplicates: bool,
    columns: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return the table that `read_abstracts` returns.

    Parameters
    ----------
    files
        The name and the parsed content of each file.
    merge_duplicates
        Whether to merge records of the same paper.
    columns
        Our name of a column -> its name in the files, where that isn't known.

    Raises
    ------
    ReadError
        If there are no records, they have neither titles nor abstracts, or no file has one of
        the ``columns``.
    """
    names, contents = _short_names([name for name, _ in files]), [parsed for _, parsed in files]
    columns = columns or {}
    for ours, theirs in columns.items():
        if not any(theirs in parsed.frame for parsed in contents):
            seen = ", ".join(repr(name) for parsed in contents for name in parsed.frame)
            raise ReadError(f"there is no column {theirs!r} for {ours!r}; the columns are {seen}")
    frames = []
    for name, parsed in files:
        try:
            frames.append(_standard_columns(_renamed(parsed.frame, columns)))
        except (ReadError, InputError) as error:
            raise ReadError(f"{name}: {error}") from error
    frame = frames[0] if len(frames) == 1 else _stacked(names, frames)
    if merge_duplicates:
        frame = merge(frame)
    sources = _sources(names, frames, frame, contents)
    frame = _with_years(frame).apply(_with_numbers)
    frame.attrs = {
        "notes": _notes(frame, sources, contents),
        "broken": [
            part if len(files) == 1 else f"{name}: {part}"
            for name, parsed in zip(names, contents, strict=True)
            for part in parsed.broken
        ],
        "skipped": [line for parsed in contents for line in parsed.skipped],
        "sources": sources,
    }
    return frame


def _renamed(frame: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Give the columns that the user chose our names."""
    chosen = {theirs: ours for ours, theirs in columns.items() if theirs in frame}
    displaced = {ours: unused(ours, frame) for ours in chosen.values() if ours not in chosen}
    frame = frame.rename(columns=displaced | chosen)
    if "authors" in chosen.values():
        frame["authors"] = [split_people(v) if isinstance(v, str) else v for v in frame["authors"]]
    return frame


def _standard_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Give known columns our names and put them first."""
    columns = find_bibliographic(frame.columns) | find_columns(frame.columns)
    if frame.empty:
        raise ReadError("the table has a header but no records; expected one row per paper")
    first = ["id", "title", "abstract", "year"]
    names = {column: name for name, column in columns.items() if name not in frame}
    frame = frame.rename(columns={c: n for c, n in names.items() if n != "date"})
    frame = frame.copy()  # joins its blocks: pandas warns of columns added to more than 100
    for name in first:
        if name not in frame:
            frame[name] = "" if name != "id" else [str(i + 1) for i in range(len(frame))]
    optional = ["doi", "url", "authors", "keywords", "journal", "type"]
    first += [name for name in optional if name in frame]
    return frame[[*first, *(c for c in frame.columns if c not in first)]].copy()


def _short_names(names: list[str]) -> list[str]:
    """Return the names of files without their folders, unless two would be alike.

    They have no semicolons, which separate the files of a record that was merged.
    """
    names = [name.replace(";", ",") for name in names]
    short = [Path(name).name for name in names]
    return short if len(set(short)) == len(short) else names


def _stacked(names: list[str], frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Put the records of several files below each other, with the name of their file."""
    frames = [
        from_file(
            frame.rename(columns={find_columns(frame.columns).get("date"): "date"}), name
        ).astype(object)
        for name, frame in zip(names, frames, strict=True)
    ]
    frame = pd.concat(frames, ignore_index=True)
    return frame.where(frame.notna(), "")


def _sources(
    names: list[str], frames: list[pd.DataFrame], frame: pd.DataFrame, parsed: list[Parsed]
) -> list[dict[str, Any]]:
    """Count the records of each file, and those that were merged into another."""
    # A single file may have such a column of its own, as a table of papers that is read again.
    kept = first_source(frame) if len(names) > 1 else pd.Series(names * len(frame), dtype=object)
    return [
        {
            "file": name,
            "identified": len(whole),
            "unreadable": len(parts.broken),
            "duplicates": len(whole) - int((kept == name).sum()),
        }
        for name, whole, parts in zip(names, frames, parsed, strict=True)
    ]


def _with_years(frame: pd.DataFrame) -> pd.DataFrame:
    """Make the years whole numbers, from dates if need be; ``year_given`` keeps anything else."""
    text = frame["year"].map(str).str.strip().replace("0", "")
    odd = ~text.str.fullmatch(r"(?:\d{4}(?:\.0)?)?")
    if odd.any():
        frame["year_given"] = text.where(odd, "")
        text[odd] = text[odd].str.extract(f"({YEAR.pattern})", expand=False)
    frame["year"] = pd.to_numeric(text, errors="coerce").astype("Int64")
    unknown = frame["year"].isna()
    if unknown.any() and "date" in find_columns(frame.columns):
        dated = pd.Series(years(frame[unknown]), frame.index[unknown], "Int64")
        frame["year"] = frame["year"].fillna(dated.replace(0, pd.NA))
    return frame


def _with_numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    """Give a column of numbers with gaps one type, as Arrow and Polars need it: NA for a gap."""
    if column.dtype != object:
        return column
    kinds = {type(value) for value in column if not isinstance(value, str) or value}
    types = [name for kind, name in _NUMBERS.items() if kinds == {kind}]
    with suppress(OverflowError):  # some Python ints are too large
        return column.where(column != "", None).astype(types[0]) if types else column
    return column


def _notes(frame: pd.DataFrame, sources: list[dict[str, Any]], parsed: list[Parsed]) -> list[str]:
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
            notes.append(f"{parts} of {name} could not be read: {shorten(whole.broken)}")
        if whole.skipped:
            lines = counted(len(whole.skipped), "line")
            verb = "belongs" if len(whole.skipped) == 1 else "belong"
            shown = shorten([repr(_cut(line, _LINE_MAX)) for line in whole.skipped])
            notes.append(f"{lines} of {name} {verb} to no paper: {shown}")
        notes += [f"{name}: {note}" for note in whole.notes]
    given = frame.get("year_given", pd.Series("", frame.index))[frame["year"].isna()]
    if odd := [text for text in given if text]:
        shown = shorten([repr(_cut(text, _LINE_MAX)) for text in dict.fromkeys(odd)])
        notes.append(f"{counted(len(odd), 'paper')} without a year: {shown}")
    return notes


def _is_abstract(value: object) -> bool:
    """Whether a value is an abstract, not a notice that there is none."""
    text = str(value).strip()
    return bool(text if len(text) > _PLACEHOLDER_MAX else clean_text(text))


def shorten(lines: Sequence[str]) -> str:
    """Join the first lines of several, each cut to some length."""
    shown = "; ".join(_cut(line, _PART_MAX) for line in lines[:_MOST_NAMED])
    return shown + (" …" if len(lines) > _MOST_NAMED else "")


def _cut(line: str, max_chars: int) -> str:
    return line if len(line) <= max_chars else line[: max_chars - 1] + "…"
