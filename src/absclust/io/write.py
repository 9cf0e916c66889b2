"""The papers with their themes, written for other programs: RIS, BibTeX, CSV, Parquet.

A paper's theme goes into its keywords ("theme: NAME"), which Zotero shows as a tag,
and into a note with its strength and runner-up. Whatever else a record holds is
written too: what came in goes out.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.atomic import write_beside
from absclust.corpus.columns import find_bibliographic, find_columns
from absclust.corpus.corpus import is_missing
from absclust.errors import InputError
from absclust.io import bibtex
from absclust.io.latex import encode_latex
from absclust.io.tagged import RIS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    import pandas as pd


Record = dict[str, str]  # our name of a field, or the input's, -> what it says

_FOUND = ("theme", "theme_name", "strength", "runner_up", "margin", "core")
_TAG = "theme: "
# Kinds of records: BibTeX's name and that of RIS.
_KINDS = {
    "article": "JOUR", "inproceedings": "CONF", "incollection": "CHAP", "book": "BOOK",
    "phdthesis": "THES", "techreport": "RPRT", "unpublished": "UNPB", "online": "ELEC",
    "dataset": "DATA", "software": "COMP", "patent": "PAT", "misc": "GEN",
}  # fmt: skip
_SYNONYMS = {code.lower(): kind for kind, code in _KINDS.items()} | {
    "journal article": "article", "journalarticle": "article", "j": "article",
    "review": "article", "letter": "article", "conference paper": "inproceedings",
    "conferencepaper": "inproceedings", "proceedings paper": "inproceedings",
    "conference": "inproceedings", "cpaper": "inproceedings", "c": "inproceedings",
    "conference proceedings": "inproceedings", "book chapter": "incollection",
    "book section": "incollection", "booksection": "incollection",
    "book-chapter": "incollection", "inbook": "incollection", "thesis": "phdthesis",
    "dissertation": "phdthesis", "mastersthesis": "phdthesis", "report": "techreport",
    "preprint": "unpublished", "manuscript": "unpublished", "webpage": "online",
    "web page": "online", "electronic": "online",
}  # fmt: skip
_BIBTEX_ONLY = {
    "inbook", "mastersthesis", "manual", "proceedings", "booklet", "thesis", "report",
    "collection", "conference", "electronic", "periodical",
}  # fmt: skip
_RIS_CODE = re.compile(r"[A-Z]{3,7}")
# Tags of RIS that have no name of ours; other formats' tags mean something else.
_RIS_TAG = re.compile(
    r"A[34D]|C[1-8ANY]|D[BP]|ET|J[12AFO]|L[1-4B]|M[1-3]|NV|OP|R[INP]|S[ET]|T[3AT]|U[1-5]|Y2"
)
_INITIALS = re.compile(r"^([^,]+?)\s+((?:[A-Z]\.?[ -]?){1,4})$")
_DASH = re.compile(r"\s*(?:--?|–)\s*")
_NOT_IN_A_KEY = re.compile(r"[^\w:./+-]+")
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9_+.:-]+")
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d*\.?\d+(?:[eE][+-]?\d+)?")


def write_ris(papers: pd.DataFrame, path: str | PathLike[str]) -> Path:
    """Write the papers as RIS; ``ThemeMap.to_ris`` says more."""
    return _write_text(path, "\n".join(_ris(record) for record in _records(papers)))


def write_bib(papers: pd.DataFrame, path: str | PathLike[str]) -> Path:
    """Write the papers as BibTeX; ``ThemeMap.to_bib`` says more."""
    keys: Counter[str] = Counter()
    return _write_text(path, "\n".join(_bib(record, keys) for record in _records(papers)))


def write_csv(papers: pd.DataFrame, path: str | PathLike[str]) -> Path:
    """Write the papers as CSV; ``ThemeMap.to_csv`` says more."""
    frame = papers.map(_guarded).rename(columns=_guarded)
    # A byte-order mark makes spreadsheet programs read the text as UTF-8.
    return _write(
        path, lambda file: frame.to_csv(file, index=False, encoding="utf-8-sig", errors="replace")
    )


def write_parquet(papers: pd.DataFrame, path: str | PathLike[str]) -> Path:
    """Write the papers as Parquet; ``ThemeMap.to_parquet`` says more."""
    frame = papers.rename(columns=str)
    repeated = [name for name, times in Counter(frame.columns).items() if times > 1]
    if repeated:
        raise InputError(
            f"{len(repeated)} names are those of several columns ({repeated[0]!r}); Parquet "
            "expects one column of a name. Rename the others"
        )
    frame = frame.apply(_one_type)
    frame.attrs = {}
    return _write(path, lambda file: frame.to_parquet(file, index=False))


def _write(path: str | PathLike[str], write: Any) -> Path:
    path = Path(path)
    write_beside(path, write)
    return path


def _write_text(path: str | PathLike[str], text: str) -> Path:
    return _write(path, lambda file: file.write_text(text, "utf-8", newline="\n"))


def _guarded(value: Any) -> Any:
    """Put an apostrophe before what a spreadsheet program would run as a formula."""
    if not isinstance(value, str):
        return value
    mark = "'" if _FORMULA.match(value) and not _NUMBER.fullmatch(value) else ""
    return mark + _unix(value)  # a lone carriage return would end the record


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _one_type(column: pd.Series[Any]) -> pd.Series[Any]:
    """Make a column of values of several types one of strings: Parquet has one type a column."""
    if column.dtype != object:
        return column
    kinds = {type(value) for value in column if not is_missing(value)}
    return column if kinds <= {int} or kinds <= {float} or kinds <= {bool} else column.map(_string)


def _string(value: Any) -> str:
    """Write any value of a table as text that can be encoded."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list | tuple | set):
        return "; ".join(map(_string, value))
    if isinstance(value, dict):
        return _string(json.dumps(value, ensure_ascii=False, default=str))
    if isinstance(value, np.ndarray):
        return _string(value.tolist())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a year in a column with gaps
    return "" if is_missing(value) else str(value)


def _records(papers: pd.DataFrame) -> Iterator[Record]:
    """Yield what each row says, under our names, with its theme as a keyword and a note."""
    known = find_columns(papers.columns)
    fields = {name: known[name] for name in ("id", "title", "abstract", "year") if name in known}
    ours = {column: name for name, column in (find_bibliographic(papers.columns) | fields).items()}
    names = [str(ours.get(column, column)) for column in papers.columns]
    for number, values in enumerate(papers.itertuples(index=False, name=None), start=1):
        record = {"id": f"paper{number}"}
        found = {}
        for name, value in zip(names, values, strict=True):
            if name in _FOUND:
                found[name] = value
            elif text := _unix(_string(value)).strip():
                record[name] = (
                    f"{record[name]}; {text}" if name in record and name != "id" else text
                )
        yield record if found["theme"] < 0 else _with_theme(record, found)


def _with_theme(record: Record, found: dict[str, Any]) -> Record:
    """Add the theme; what an earlier run added is replaced."""
    # A comma or a semicolon would make two tags of one.
    tag = _TAG + re.sub(r"\s*[,;]\s*", " · ", found["theme_name"])
    keywords = [k for k in _items(record.get("keywords", "")) if not k.startswith(_TAG)]
    rival = f"; runner-up: {found['runner_up']}" if found["runner_up"] else ""
    note = f"{_TAG}{found['theme_name']} (strength {found['strength']:.2f}{rival})"
    notes = [n for n in record.get("notes", "").split("\n") if not n.startswith(_TAG)]
    return record | {
        "keywords": "; ".join([*keywords, tag]),
        "notes": "\n".join([*notes, note]).strip(),
    }


def _items(value: str) -> list[str]:
    return [item for part in value.split(";") if (item := part.strip())]


def _kind(record: Record) -> str:
    """Return BibTeX's name for what the record is."""
    said = _items(record.get("type", ""))
    kind = said[0].lower() if said else ""
    if kind in _KINDS:
        return kind
    return _SYNONYMS.get(kind, "article" if "journal" in record else "misc")


def _ris(record: Record) -> str:
    said, kind = record.get("type", ""), _kind(record)
    lines = ["TY  - " + (said if _RIS_CODE.fullmatch(said) else _KINDS[kind])]
    if said and said.lower() not in _KINDS and not _RIS_CODE.fullmatch(said):
        lines.append(f"M3  - {_continued(said)}")
    for name, value in record.items():
        if name != "type":
            lines += [f"{tag}  - {_continued(text)}" for tag, text in _ris_fields(name, value)]
    return "\n".join([*lines, "ER  - ", ""])


def _ris_fields(name: str, value: str) -> list[tuple[str, str]]:
    if name in RIS.repeated:
        write = str if name == "keywords" else _ris_person
        return [(RIS.fields[name][0], write(item)) for item in _items(value)]
    if name == "pages":
        return list(zip(("SP", "EP"), _DASH.split(value, maxsplit=1), strict=False))
    if name in RIS.fields:
        return [(RIS.fields[name][0], value)]
    if _RIS_TAG.fullmatch(name):
        return [(name, value)]
    return [("N1", f"{name}: {value}")]


def _ris_person(name: str) -> str:
    """Write "{World Health Organization}" as RIS does: with a comma and no first name."""
    return f"{name[1:-1]}," if _is_institution(name) else _family_first(name)


def _is_institution(name: str) -> bool:
    return name.startswith("{") and name.endswith("}")


def _family_first(name: str) -> str:
    """Put a comma into "Silva I.", as Scopus and PubMed write, lest "I." be the family."""
    return _INITIALS.sub(r"\1, \2", name)


def _continued(text: str) -> str:
    """Keep the lines of a text, but for one that would be taken for a tag."""
    first, *lines = text.split("\n")
    return first + "".join((" " if RIS.line.match(line) else "\n") + line for line in lines)


def _bib(record: Record, keys: Counter[str]) -> str:
    said, kind = record.get("type", ""), _kind(record)
    if said in _BIBTEX_ONLY:
        kind = said
    key = _key(record["id"], keys)
    fields: Record = {} if key == record["id"] else {"recordid": record["id"]}
    if said and kind != said and not _RIS_CODE.fullmatch(said):
        fields["type"] = said
    for name, value in record.items():
        if name not in {"id", "type"}:
            fields[_field_name(name, kind, fields)] = value
    lines = [f"  {name} = {{{_bib_value(name, value)}}}," for name, value in fields.items()]
    return "\n".join([f"@{kind}{{{key},", *lines, "}", ""])


def _key(name: str, keys: Counter[str]) -> str:
    """Make a citation key of an id, and make it unique; BibTeX doesn't tell A from a."""
    key = base = _NOT_IN_A_KEY.sub("_", name)
    while key.casefold() in keys:
        keys[base.casefold()] += 1
        key = f"{base}.{keys[base.casefold()]}"
    keys[key.casefold()] += 1
    return key


def _field_name(name: str, kind: str, taken: Record) -> str:
    if name == "journal" and kind in {"inproceedings", "incollection"}:
        field = "booktitle"
    elif name in bibtex.FIELDS:
        field = bibtex.FIELDS[name][0]
    else:
        field = _NOT_IN_A_NAME.sub("_", name.lower()).lstrip("0123456789.:+-") or "field"
    base, copy = field, 1
    while field in taken:
        copy += 1
        field = f"{base}_{copy}"
    return field


def _bib_value(name: str, value: str) -> str:
    if name in bibtex.PEOPLE:
        return " and ".join(map(_bib_person, _items(value)))
    if name == "keywords":
        items = [encode_latex(item) for item in _items(value)]
        return ("; " if "," in value else ", ").join(items)
    if name in bibtex.VERBATIM:
        return value.replace("{", "%7B").replace("}", "%7D").replace("\n", " ")
    return encode_latex(value)


def _bib_person(name: str) -> str:
    if _is_institution(name):
        return f"{{{encode_latex(name[1:-1])}}}"
    written = encode_latex(_family_first(name))
    return f"{{{written}}}" if re.search(r"\band\b", name, re.IGNORECASE) else written
