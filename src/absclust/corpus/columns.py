"""Find and read the columns of a user's table: title, abstract, year, link, keywords, groups."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable
from functools import cache
from reprlib import repr as shortened
from typing import Any

import numpy as np
import pandas as pd

from absclust.arrays import IntArray
from absclust.corpus.clean import display_text
from absclust.corpus.entities import unescape
from absclust.corpus.people import split_people
from absclust.errors import InputError, OptionError
from absclust.packaged import packaged

# Begins the keyword, and the note, that our exports add to a paper for its theme.
THEME_TAG = "theme: "
# The column that names the file of a record, where records come from several files.
SOURCE_FILE = "source_file"

# Our name of a column -> the names that other programs use, best first.
TABLES = packaged("corpus/columns.toml")
_COLUMN_NAMES: dict[str, list[str]] = TABLES["columns"]
_BIBLIOGRAPHIC_NAMES: dict[str, list[str]] = TABLES["bibliographic"]
_NAMES = _BIBLIOGRAPHIC_NAMES | _COLUMN_NAMES
_FIELD_OF_NAME = {name: field for field, names in _NAMES.items() for name in (field, *names)}
OUR_NAMES = (*_COLUMN_NAMES, *_BIBLIOGRAPHIC_NAMES)
# The columns that `ThemeMap.papers` adds to those of the input.
RESULT_COLUMNS = ("theme", "theme_name", "strength", "runner_up", "margin", "core")
_WORD = re.compile(r"[^\W_]+")
# What people call a group -> the column that holds several of its kind.
_SINGULAR = {"country": "countries", "institution": "institutions", "topic": "topics"}
# A year, alone or at the beginning of a date such as 20170812.
YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?=(?:[01]\d[0-3]\d)?(?!\d))")
# The month before the year, as in 05/2020, 12/05/2020 and 12. 5. 2020; or right after it, as in
# 2020-05 and 20200512.
_DATE = (
    r"(?:(?<![\d/.-])(?:(?P<first>\d{1,2})[-/.] ?)?(?P<second>\d{1,2})[-/.] ?)?"
    rf"(?P<year>{YEAR.pattern})"
    r"(?:[-/.](?P<after>1[0-2]|0?[1-9])(?!\d)|(?P<packed>1[0-2]|0[1-9])[0-3]\d(?!\d))?"
)
_MONTHS = 12
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = {name: number for number, name in enumerate(MONTH_NAMES, start=1)}
# Some older DOIs have angle brackets: 10.1175/1520-0493(1987)115<1606:GARSPP>2.0.CO;2.
DOI = re.compile(r"10\.\d{4,9}/[^\s\"'<>]+(?:<\d+:[^\s\"'<>]+>[^\s\"'<>]+)?")
# MeSH marks major topics by a star ("*Owls", but not "*-algebra"). The last full stop of an
# abbreviation ("U.S.A.") belongs to the keyword.
_AROUND_KEYWORD = re.compile(r"^\*(?=\w)|(?<!\.\w)\s?\.{1,3}$")
_QUOTED = re.compile(r"""(["'“„«‘])((?:(?!\1).)+)["'”“»’]""")  # but not '"deep" or "wide"'


def plain_name(name: Any) -> str:
    """Return the name of a column as its words in lower case: R writes dots for other signs.

    Examples
    --------
    >>> plain_name("Publication_Year "), plain_name("UT..Unique.WOS.ID."), plain_name("Author(s)")
    ('publication year', 'ut unique wos id', 'author s')
    """
    return " ".join(_WORD.findall(str(name).lower()))


def find_columns(names: Iterable[Any]) -> dict[str, Any]:
    """Find the id, title, abstract, year and date columns; case does not matter.

    Raises
    ------
    InputError
        If there is neither a title nor an abstract column, or if two columns could be
        the same field.

    Examples
    --------
    >>> find_columns(["Authors", "Article Title", "Abstract"])
    {'title': 'Article Title', 'abstract': 'Abstract'}
    """
    names = list(names)
    called: dict[str, list[Any]] = {}
    for name in names:
        called.setdefault(plain_name(name), []).append(name)
    columns: dict[str, Any] = {}
    for field, known in _COLUMN_NAMES.items():
        same: list[Any] = next((called[name] for name in known if name in called), [])
        exact = [name for name in same if name in known]
        if len(same) > 1 and len(exact) != 1:
            raise InputError(
                f"the columns {', '.join(map(repr, same))} could each be the {field}; "
                "expected one. Rename or drop the others"
            )
        if same:
            columns[field] = (exact or same)[0]
    if "title" not in columns and "abstract" not in columns:
        seen = ", ".join(repr(n) for n in names) or "(none)"
        raise InputError(
            f"found neither a title nor an abstract column; the columns are {seen}. "
            "Rename one of them to 'abstract' (and one to 'title'), or say which it is: "
            f"read_abstracts(path, columns={{'abstract': {str(next(iter(names), '...'))!r}}}), in "
            "a shell --column abstract=..."
        )
    return columns


def find_bibliographic(names: Iterable[Any]) -> dict[str, Any]:
    """Find the DOI, link, author, keyword, journal and type columns; the first of each.

    Examples
    --------
    >>> find_bibliographic(["Title", "DOI", "Author", "author keywords"])
    {'doi': 'DOI', 'authors': 'Author', 'keywords': 'author keywords'}
    """
    names = list(names)
    plain = {plain_name(name): name for name in reversed(names)}
    candidates = {
        field: [field] * (field in names) + [plain[name] for name in known if name in plain]
        for field, known in _BIBLIOGRAPHIC_NAMES.items()
    }
    return {field: several[0] for field, several in candidates.items() if several}


def field_of(name: Any) -> str:
    """Return our name of a column; empty if it has none.

    Examples
    --------
    >>> field_of("Article Title"), field_of("Author"), field_of("PMCID")
    ('title', 'authors', '')
    """
    return _FIELD_OF_NAME.get(plain_name(name), "")


def year_in(text: str) -> str:
    """Return the first year in a text such as a date; empty if there is none.

    Examples
    --------
    >>> year_in("12 May 2020"), year_in("in press")
    ('2020', '')
    """
    year = YEAR.search(text)
    return year[0] if year else ""


def years(records: pd.DataFrame) -> IntArray:
    """Return the year of each row, from its year or its date; 0 where it is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> years(pd.DataFrame({"title": ["a", "b", "c"], "Date": ["2024-05", 1999.0, None]})).tolist()
    [2024, 1999, 0]
    """
    given, dates = (map(year_in, map(str, _values(records, field))) for field in ("year", "date"))
    found = (int(year or of_date or 0) for year, of_date in zip(given, dates, strict=True))
    return np.fromiter(found, dtype=np.int64, count=len(records))


def dated(records: pd.DataFrame, column: Any) -> pd.DataFrame:
    """Return records whose only date is that of a column.

    Raises
    ------
    OptionError
        If there is no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"year": [2024], "Accepted": ["3 May 2023"]})
    >>> years(dated(table, "Accepted")).tolist()
    [2023]
    """
    return cells_of(records, column).rename("date").to_frame().assign(title="")


def with_years(records: pd.DataFrame, known: IntArray) -> pd.DataFrame:
    """Return the records with the known years where their column of years is empty.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"title": ["a", "b"], "year": [None, 1999], "date": ["2024-05", None]})
    >>> [int(year) for year in with_years(table, years(table))["year"]]
    [2024, 1999]
    """
    column = find_columns(records.columns).get("year")
    if column is None or list(records.columns).count(column) > 1:
        return records
    cells = records[column]
    empty = cells.isna().to_numpy(dtype=bool) & (known > 0)
    if not empty.any():
        return records
    kind = str if any(isinstance(cell, str) for cell in cells) else int
    filled = zip(cells.tolist(), known.tolist(), empty.tolist(), strict=True)
    years = [kind(year) if is_empty else cell for cell, year, is_empty in filled]
    return records.assign(**{column: years})


def months(records: pd.DataFrame, known_years: IntArray) -> IntArray:
    """Return the month of each row (1 to 12), from its date; 0 where it is unknown.

    Parameters
    ----------
    records
        The user's table.
    known_years : int array, one per row
        The result of ``years``; a date in a different year is ignored.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"title": list("abcd"), "date": ["2024-05", "2024 Mar 3", "2024", ""]})
    >>> months(frame, years(frame)).tolist()
    [5, 3, 0, 0]
    >>> frame["date"] = ["01/02/2020", "31/12/2020", "5/2020", "2020"]  # days come first
    >>> months(frame, years(frame)).tolist()
    [2, 12, 5, 0]
    """
    texts = pd.Series([str(value) for value in _values(records, "date")], dtype=object).str.lower()
    dates = texts.str.extract(_DATE).astype(float)
    dates = dates.where(dates["year"] == known_years)
    named = texts.str.extract(rf"\b({'|'.join(MONTH_NAMES)})")[0].map(_NUMBERS)
    month = dates["after"].fillna(dates["packed"]).fillna(named)
    first, second = dates["first"].where(month.isna()), dates["second"].where(month.isna())
    # What can only be a day shows which number is the month, in the column as a whole.
    month_first, day_first = (second > _MONTHS).any(), (first > _MONTHS).any()
    if month_first:
        second = first.fillna(second)
    month = month.fillna(second.where(first.isna() | (month_first != day_first)))
    known = dates["year"].notna() & month.between(1, _MONTHS)
    return month.where(known, 0).to_numpy(dtype=np.int64)


def keywords(records: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    """Return the authors' keywords of each row, without those that our exports added.

    A cell may be a list of str, or a str that separates keywords by semicolons, else by
    vertical bars, else by line breaks, else by commas. Anything else holds no keywords.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = ["barn owls; Models, Animal.; theme: Owls", ["*Hearing", "hearing"], None]
    >>> keywords(pd.DataFrame({"title": ["a", "b", "c"], "Author Keywords": cells}))
    (('barn owls', 'Models, Animal'), ('Hearing',), ())
    """
    columns = find_bibliographic(records.columns)
    if "keywords" not in columns:
        return ((),) * len(records)
    cells = (map(_keyword, _words(cell)) for cell in cells_of(records, columns["keywords"]))
    return tuple(distinct(k for k in cell if k and not k.startswith(THEME_TAG)) for cell in cells)


def values(records: pd.DataFrame, column: Any) -> tuple[tuple[str, ...], ...]:
    """Return the values of a column in each row, as text; none where the cell is empty.

    A cell may be a list, or a str that separates values by semicolons, else by vertical bars;
    authors and keywords are separated as bibliographic programs do it. Journals are one value.

    Parameters
    ----------
    records
        The user's table.
    column
        The name of a column; or "year", "authors", "keywords", "journal", "venue" or "type"
        for the column that holds these, whatever it is called.

    Raises
    ------
    OptionError
        If there is no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"title": ["a", "b", "c"], "Author": ["Silva I., Wu L.", "Wu L.", ""],
    ...                       "country": [["PT", "CN"], "PT;CN", None], "score": [1.0, 2.5, None]})
    >>> values(table, "authors")
    (('Silva I.', 'Wu L.'), ('Wu L.',), ())
    >>> values(table, "country"), values(table, "score")
    ((('PT', 'CN'), ('PT', 'CN'), ()), (('1',), ('2.5',), ()))
    """
    if isinstance(column, str) and is_year(records, column):
        return tuple((str(year),) if year else () for year in years(records).tolist())
    known, name = find_bibliographic(records.columns), column
    if isinstance(column, str) and column not in records:
        other = known.get(field_of(column), _SINGULAR.get(column))
        name = other if other in records else column
    cells = cells_of(records, name)
    field = next((field for field, column in known.items() if column == name), "")
    if field == "keywords":
        return keywords(records)
    shown = cache(display_text)  # values recur

    def parts(cell: Any) -> list[str]:
        if isinstance(cell, str) and field in ("journal", "authors"):
            return split_people(cell).split("; ") if field == "authors" else [cell]
        return _items(cell, ";|")

    return tuple(distinct(filter(None, map(shown, parts(cell)))) for cell in cells)


def cells_of(records: pd.DataFrame, column: Any) -> pd.Series[Any]:
    """Return a column by its name, the first if there are two.

    Raises
    ------
    OptionError
        If there is none.
    """
    names = list(records.columns)
    # What can't be hashed or compared is no name.
    if not pd.api.types.is_hashable(column) or column is pd.NA or column not in names:
        known = ", ".join(map(repr, names))
        raise OptionError(f"there is no column {shortened(column)}; the columns are {known}")
    return records.iloc[:, names.index(column)]


def is_year(records: pd.DataFrame, column: Any) -> bool:
    """Whether a column is that of years; "year" is also known from a column of dates.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"title": ["a"], "Date": ["2024-05"]})
    >>> is_year(table, "year"), is_year(table, "Date")
    (True, False)
    """
    year = find_columns(records.columns).get("year", "year")
    return column in ("year", year) and (year in records or bool(years(records).any()))


def first_source(records: pd.DataFrame) -> pd.Series[str]:
    """Return the file that each record came from; of a merged one, that of the record kept."""
    return records[SOURCE_FILE].astype(str).str.split("; ").str[0]


def unused(name: str, taken: Container[str]) -> str:
    """Return the name under which a field is kept whose own name may be taken.

    Examples
    --------
    >>> unused("title", {"title"}), unused("title", {"abstract"})
    ('title (in file)', 'title')
    """
    while name in taken:
        name = f"{name} (in file)"
    return name


def from_file(records: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return records with the name of their file; a column of their own for that is kept beside.

    Examples
    --------
    >>> import pandas as pd
    >>> from_file(pd.DataFrame({"source_file": ["a.csv"]}), "both.csv").to_dict("list")
    {'source_file (in file)': ['a.csv'], 'source_file': ['both.csv']}
    """
    kept = {SOURCE_FILE: unused(SOURCE_FILE, records)}
    return records.rename(columns=kept).assign(**{SOURCE_FILE: name})


def distinct(words: Iterable[str]) -> tuple[str, ...]:
    """Return the first of those words that differ in case only, in their order.

    Examples
    --------
    >>> distinct(["Owls", "mice", "owls"])
    ('Owls', 'mice')
    """
    first: dict[str, str] = {}
    for word in words:
        first.setdefault(word.casefold(), word)
    return tuple(first.values())


def commonest_spellings(texts: Iterable[str]) -> dict[str, str]:
    """Return how texts that differ in case only are mostly written, by what they have in common.

    Of spellings that are as frequent, it is the first in the alphabet.

    Examples
    --------
    >>> commonest_spellings(["owls", "Owls", "Mice", "Owls"])
    {'owls': 'Owls', 'mice': 'Mice'}
    """
    times = Counter(texts)
    in_order = sorted(sorted(times, reverse=True), key=times.__getitem__)  # the last one stays
    return {text.casefold(): text for text in in_order}


def _words(cell: Any) -> list[str]:
    """Split a cell into keywords."""
    if isinstance(cell, str):
        return _items(cell, ";|\n,")
    several = cell.ravel().tolist() if isinstance(cell, np.ndarray) else cell
    known = several if isinstance(several, list | tuple) else []
    return _items([word for word in known if isinstance(word, str)], "")


def _items(cell: Any, marks: str) -> list[str]:
    """Split a cell into values, each as text: at the first of the marks that it has."""
    if isinstance(cell, str):
        text = unescape(cell).strip()  # first, because "&amp;" contains a semicolon
        return text.split(next((mark for mark in marks if mark in text), marks[-1]))
    if isinstance(cell, list | tuple | np.ndarray):
        # OpenReview has lists whose only item holds all keywords, separated by semicolons.
        return [part for item in cell for part in _items(item, ";")]
    if pd.api.types.is_scalar(cell) and pd.isna(cell):
        return []
    # A column of whole numbers in which some are missing holds floats.
    return [str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)]


def _keyword(text: str) -> str:
    """Remove the quotes, the star and the full stop around a keyword."""
    word = _AROUND_KEYWORD.sub("", display_text(text))
    quoted = _QUOTED.fullmatch(word)
    return _keyword(quoted[2]) if quoted else word


def _values(records: pd.DataFrame, field: str) -> Iterable[Any]:
    column = find_columns(records.columns).get(field)
    return [""] * len(records) if column is None else records[column]
