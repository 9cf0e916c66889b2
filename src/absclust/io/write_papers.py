"""Write the papers with their themes for other programs: RIS, BibTeX, CSV, Parquet.

In RIS and BibTeX, a paper's theme becomes a keyword ("theme: NAME"), which Zotero
shows as a tag, and a note with the strength and the runner-up. All other fields of
the input are written too, and those that are its index.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from absclust.atomic import Target, path_of, suffix_of, write_beside
from absclust.corpus.columns import (
    MONTH_NAMES,
    RESULT_COLUMNS,
    THEME_TAG,
    find_bibliographic,
    find_columns,
    plain_name,
)
from absclust.corpus.corpus import is_missing
from absclust.corpus.latex import GROUP, encode_latex
from absclust.corpus.people import family_first
from absclust.errors import InputError, WriteError, needs
from absclust.io import bibtex
from absclust.io.formulas import write_table
from absclust.io.parsed import FIELDS, have_papers, text_of, whole
from absclust.io.tagged import RIS

Record = dict[str, str]  # name of a field, ours if we know the field -> its text

# Kinds of records: BibTeX's entry type -> the type of RIS; and what other programs call them.
_KINDS: dict[str, str] = FIELDS["ris_types"]
_CALLED = {re.compile(rf"\b(?:{words})\b"): kind for kind, words in FIELDS["called"].items()}
_RIS_CODE = re.compile(r"[A-Z]{3,7}")
_RIS_TAG, _PUBMED_ONLY = (re.compile(FIELDS["ris"][name]) for name in ("tags", "pubmed_only"))
_PUBMED_NAMES = {"TA": "J2", "IS": "issn", "PMC": "C2"}
_DASH = re.compile(r"(?:(?<!\s)\s+)?(?:--?|–)\s*")
_INSTITUTION = re.compile(r"\{(.*)\}", re.DOTALL)
_NOT_IN_A_KEY = re.compile(r"[^\w:./+-]+")
_LONGEST_CELL, _MOST_CELLS = 32_767, 1_048_576  # characters of a cell, and rows of a sheet
_WIDEST_COLUMN = 400  # pixels
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9_+.:-]+")


def write_ris(papers: pd.DataFrame, target: Target) -> Path:
    """Write the papers as RIS; see ``ThemeMap.to_ris``."""
    text = "\n".join(_ris(record) for record in _records(whole(papers)))
    return _write_text(target, text, (".ris", ".txt"))


def write_bib(papers: pd.DataFrame, target: Target) -> Path:
    """Write the papers as BibTeX; see ``ThemeMap.to_bib``."""
    keys: Counter[str] = Counter()
    text = "\n".join(_bib(record, keys) for record in _records(whole(papers)))
    return _write_text(target, text, (".bib", ".bibtex", ".txt"))


def write_csv(papers: pd.DataFrame, target: Target) -> Path:
    """Write the papers as CSV; see ``ThemeMap.to_csv``."""
    return write_beside(target, lambda file: write_table(whole(papers), file), (".csv", ".txt"))


def write_parquet(papers: pd.DataFrame, target: Target) -> Path:
    """Write the papers as Parquet; see ``ThemeMap.to_parquet``."""
    frame = whole(papers).rename(columns=str)
    repeated = [name for name, times in Counter(frame.columns).items() if times > 1]
    if repeated:
        raise InputError(
            f"several columns are named {', '.join(map(repr, repeated))}; expected a different "
            "name for each, as Parquet requires. Rename all but one"
        )
    frame = frame.apply(_one_type)
    frame.attrs = {}
    return write_beside(
        target, lambda file: frame.to_parquet(file, index=False), (".parquet", ".pq")
    )


def write_workbook(sheets: Mapping[str, pd.DataFrame], target: Target) -> Path:
    """Write tables as the sheets of a spreadsheet; texts stay texts, and nothing is a formula.

    Raises
    ------
    MissingPackageError
        If XlsxWriter is not installed.
    WriteError
        As `write_beside` does, and if a table has more rows than a sheet can hold.
    """
    with needs("a spreadsheet", "XlsxWriter", install="absclust[office]"):
        import xlsxwriter  # noqa: F401
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}

    def write(file: Path) -> None:
        with pd.ExcelWriter(
            file, engine="xlsxwriter", engine_kwargs={"options": as_text}
        ) as workbook:
            for name, table in sheets.items():
                whole(table).map(_cell).to_excel(workbook, sheet_name=name, index=False)
                workbook.sheets[name].freeze_panes(1, 0)
                workbook.sheets[name].autofit(max_width=_WIDEST_COLUMN)

    if any(len(table) >= _MOST_CELLS for table in sheets.values()):
        raise WriteError(f"a sheet holds {_MOST_CELLS - 1:,} papers at most; write a .csv instead")
    return write_beside(target, write, (".xlsx",))


def write_by_suffix(table: pd.DataFrame, target: Target, **others: Callable[[Target], Any]) -> Any:
    """Write a table in the format that the name of the file says; RIS and BibTeX hold papers only.

    Parameters
    ----------
    table, target
        What to write, and where.
    others
        What writes files whose names end in other ways, such as ``html=themes.to_html``.

    Raises
    ------
    WriteError
        If the name ends in another way, and as `write_beside` does.
    """
    known = _OF_TABLES | _OF_PAPERS if have_papers(table.columns) else _OF_TABLES
    suffix = suffix_of(path_of(target), (*known, *(f".{kind}" for kind in others)))
    return known[suffix](table, target) if suffix in known else others[suffix[1:]](target)


_OF_PAPERS = {".ris": write_ris, ".bib": write_bib}
_OF_TABLES: dict[str, Callable[[pd.DataFrame, Target], Path]] = {
    ".csv": write_csv,
    ".parquet": write_parquet,
    ".xlsx": lambda table, target: write_workbook({"papers": table}, target),
}


def _write_text(target: Target, text: str, suffixes: tuple[str, ...]) -> Path:
    return write_beside(target, lambda file: file.write_text(text, "utf-8", newline="\n"), suffixes)


def _cell(value: Any) -> Any:
    """Return a value that a cell of a spreadsheet can hold: short enough, and of a simple type."""
    if is_missing(value) or isinstance(value, bool | int | float):
        return None if is_missing(value) else value
    text = _string(value)
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"


def _one_type(column: pd.Series[Any]) -> pd.Series[Any]:
    """Convert a column of mixed types to strings, because Parquet needs one type per column."""
    if column.dtype != object:
        return column
    kinds = {type(value) for value in column if not is_missing(value)}
    return column if kinds <= {int} or kinds <= {float} or kinds <= {bool} else column.map(_string)


def _string(value: Any) -> str:
    """Convert any value of a table to text that can be encoded."""
    return text_of(value).encode("utf-8", "replace").decode("utf-8")


def _records(papers: pd.DataFrame) -> Iterator[Record]:
    """Yield the record of each row, with its theme as a keyword and a note."""
    known = find_bibliographic(papers.columns) | find_columns(papers.columns)
    known.pop("date", None)
    ours = {column: name for name, column in known.items()}
    names = [str(ours.get(column, column)) for column in papers.columns]
    for number, values in enumerate(papers.itertuples(index=False, name=None), start=1):
        record = {"id": f"paper{number}"}
        result = {}
        for name, value in zip(names, values, strict=True):
            text = re.sub(r"\r\n?", "\n", _string(value)).strip()
            if name in RESULT_COLUMNS:
                result[name] = value
            elif text and text != record.get(name):
                before = f"{record[name]}; " if name in record and name != "id" else ""
                record[name] = f"{before}{text}"
        if given := record.pop("year_given", ""):
            record["year"] = given
        yield record if result.get("theme", -1) < 0 else _with_theme(record, result)


def _with_theme(record: Record, result: dict[str, Any]) -> Record:
    """Add the theme; the keyword and the note of an earlier run are replaced."""
    # A comma or a semicolon would split the tag in two.
    tag = THEME_TAG + re.sub(r"(?:(?<!\s)\s+)?[,;]\s*", " · ", result["theme_name"])
    keywords = [k for k in _items(record.get("keywords", "")) if not k.startswith(THEME_TAG)]
    runner_up = f"; runner-up: {result['runner_up']}" if result["runner_up"] else ""
    note = f"{THEME_TAG}{result['theme_name']} (strength {result['strength']:.2f}{runner_up})"
    notes = [n for n in record.get("notes", "").split("\n") if not n.startswith(THEME_TAG)]
    return record | {
        "keywords": "; ".join([*keywords, tag]),
        "notes": "\n".join([*notes, note]).strip(),
    }


def _items(value: str) -> list[str]:
    return [item for part in value.split(";") if (item := part.strip())]


def _kind(record: Record) -> str:
    """Return the BibTeX entry type of the record."""
    kind = next(iter(_items(record.get("type", ""))), "").lower()
    if kind in _KINDS:
        return kind
    coded = {code.lower(): name for name, code in _KINDS.items()}
    called = (name for words, name in _CALLED.items() if words.search(kind))
    return coded.get(kind) or next(called, "article" if "journal" in record else "misc")


def _ris(record: Record) -> str:
    given, kind = record.get("type", ""), _kind(record)
    lines = ["TY  - " + (given if _RIS_CODE.fullmatch(given) else _KINDS[kind])]
    if given and given.lower() not in _KINDS and not _RIS_CODE.fullmatch(given):
        lines.append(f"M3  - {_continued(given)}")
    of_pubmed = "OWN" in record and record["id"].isdigit()
    if of_pubmed:
        record = {"url": f"https://pubmed.ncbi.nlm.nih.gov/{record['id']}/"} | record
    for name, value in record.items():
        if name == "type" or (of_pubmed and _PUBMED_ONLY.fullmatch(name)):
            continue
        fields = _ris_fields(_PUBMED_NAMES.get(name, name) if of_pubmed else name, value)
        lines += [f"{tag}  - {_continued(text)}" for tag, text in fields]
    return "\n".join([*lines, "ER  - ", ""])


def _ris_fields(name: str, value: str) -> list[tuple[str, str]]:
    if name == "MH" or plain_name(name) == "mesh terms":
        return [("KW", item.lstrip("*")) for item in _items(value)]
    if name in RIS.repeated:
        write = str if name == "keywords" else _ris_person
        return [(RIS.fields[name][0], write(item)) for item in _items(value)]
    if name == "pages":
        return list(zip(("SP", "EP"), _DASH.split(value, maxsplit=1), strict=False))
    if name in RIS.fields or _RIS_TAG.fullmatch(name):
        return [(RIS.fields.get(name, [name])[0], value)]
    return [("N1", f"{name}: {value}")]


def _ris_person(name: str) -> str:
    """Write "{World Health Organization}" as RIS does: with a comma at the end."""
    institution = _INSTITUTION.fullmatch(name)
    return f"{institution[1]}," if institution else family_first(name)


def _continued(text: str) -> str:
    """Keep the line breaks of a text, except before a line that looks like a tag."""
    first, *lines = text.split("\n")
    return first + "".join((" " if RIS.tagged(line) else "\n") + line for line in lines)


def _bib(record: Record, keys: Counter[str]) -> str:
    given, kind = record.get("type", ""), _kind(record)
    if given in FIELDS["bibtex"]["types"]:
        kind = given
    key = _unique(_NOT_IN_A_KEY.sub("_", record["id"]), keys, ".")
    fields: Record = {} if key == record["id"] else {"recordid": record["id"]}
    if given and kind != given and not _RIS_CODE.fullmatch(given):
        fields["type"] = given
    used = Counter(fields)
    for name, value in record.items():
        if name not in {"id", "type"}:
            fields[_unique(_field_name(name, kind), used, "_")] = value
    lines = [f"  {name} = {_bib_value(name, value)}," for name, value in fields.items()]
    return "\n".join([f"@{kind}{{{key},", *lines, "}", ""])


def _unique(name: str, used: Counter[str], mark: str) -> str:
    """Return the name, with a number if it was used before, in capitals or not."""
    unique = name
    while unique.casefold() in used:
        used[name.casefold()] += 1
        unique = f"{name}{mark}{used[name.casefold()]}"
    used[unique.casefold()] += 1
    return unique


def _field_name(name: str, kind: str) -> str:
    if name == "journal" and kind in {"inproceedings", "incollection"}:
        return "booktitle"
    if name in bibtex.FIELDS:
        return bibtex.FIELDS[name][0]
    return _NOT_IN_A_NAME.sub("_", name.lower()).lstrip("0123456789.:+-") or "field"


def _bib_value(name: str, value: str) -> str:
    """Return the value of a field as BibTeX wants it; its months have names of their own."""
    if name == "month" and value.lower() in MONTH_NAMES:
        return value.lower()
    if name in bibtex.PEOPLE:
        value = " and ".join(map(_bib_person, _items(value)))
    elif name == "keywords":
        mark = "; " if "," in value else ", "
        value = mark.join(map(encode_latex, _items(value)))
    elif name not in bibtex.VERBATIM:
        value = encode_latex(value)
    elif re.fullmatch(rf"(?:[^{{}}]|{GROUP})*", value):  # BibTeX counts the braces
        value = value.replace("\n", " ")
    else:
        value = value.replace("\n", " ").replace("{", "%7B").replace("}", "%7D")
    return f"{{{value}}}"


def _bib_person(name: str) -> str:
    institution = _INSTITUTION.fullmatch(name)
    encoded = encode_latex(institution[1] if institution else family_first(name))
    whole = institution or re.search(r"\band\b", name, re.IGNORECASE)
    return f"{{{encoded}}}" if whole else encoded
