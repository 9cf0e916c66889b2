"""Any accepted input -> Corpus: distinct papers in a canonical order.

Rows keep the user's order. Papers are sorted by a hash of their text, so that no
later stage can depend on the order of the rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from textwrap import shorten
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from absclust.arrays import IntArray, take
from absclust.corpus.addresses import links
from absclust.corpus.clean import clean_text, display_text, without_surrogates
from absclust.corpus.columns import distinct, find_columns, from_file, keywords, years
from absclust.counted import name_rows
from absclust.errors import EmptyCorpusError, InputError, InputTypeError, listed
from absclust.parallel import map_chunks
from absclust.progress import stage

_TEXTS = ["title", "abstract"]
_LONGEST_NAME = 40  # characters of a title that names its row
# Of an abstract shown in place of a title: about a line of a report.
_TITLE_MAX_CHARS = 90
# What is noted of each file that a table was read from.
_SOURCE = {"file": str, "identified": int, "unreadable": int, "duplicates": int}


@dataclass(frozen=True, eq=False)
class Corpus:
    """The papers to cluster, and the paper of each row of the input.

    Attributes
    ----------
    records : pandas.DataFrame
        The input as a table, row for row.
    titles : tuple of str, one per row
        Titles for display; the beginning of the abstract where there is no title.
    paper_of_row : int array, one per row
        Index of the row's paper; -1 for a row without text.
    paper_titles, paper_texts : tuple of str, one per paper
        Cleaned title, and cleaned title and abstract, of each distinct paper in
        canonical order. Rows with the same text share one paper.
    paper_keys : tuple of bytes, one per paper
        Hash of the paper's text; papers are sorted by it.
    first_row : int array, one per paper
        The first row that holds the paper.
    title_only : int array
        Rows that are clustered by their title because they have no abstract.
    """

    records: pd.DataFrame
    titles: tuple[str, ...]
    paper_of_row: IntArray
    paper_titles: tuple[str, ...]
    paper_texts: tuple[str, ...]
    paper_keys: tuple[bytes, ...]
    first_row: IntArray
    title_only: IntArray

    @property
    def n_rows(self) -> int:
        """Number of rows in the input."""
        return len(self.paper_of_row)

    @property
    def n_papers(self) -> int:
        """Number of distinct papers."""
        return len(self.paper_texts)

    def find(self, keys: Iterable[bytes]) -> IntArray:
        """Return the index of each key in ``paper_keys``; -1 for a key that is not there."""
        return pd.Index(self.paper_keys, dtype=object).get_indexer(pd.Index(keys, dtype=object))

    def to_rows(self, values: npt.ArrayLike, missing: Any) -> npt.NDArray[Any]:
        """Turn one value per paper into one value per row of the input.

        Parameters
        ----------
        values : array of shape (n_papers, ...)
        missing
            The value for rows without text, which have no paper.

        Returns
        -------
        array of shape (n_rows, ...)

        Examples
        --------
        >>> corpus = build_corpus(["Owls hoot.", None, "Owls hoot."])
        >>> corpus.to_rows([7], missing=-1).tolist()
        [7, -1, 7]
        """
        return take(values, self.paper_of_row, missing)

    @property
    def n_rows_of_paper(self) -> IntArray:
        """Number of rows that hold each paper."""
        return np.bincount(self.paper_of_row[self.paper_of_row >= 0], minlength=self.n_papers)

    @property
    def empty_rows(self) -> IntArray:
        """Rows that are left out because they have no text."""
        return np.flatnonzero(self.paper_of_row < 0)

    @property
    def duplicate_rows(self) -> IntArray:
        """Rows with the same text as an earlier row."""
        rows = np.flatnonzero(self.paper_of_row >= 0)
        return rows[self.first_row[self.paper_of_row[rows]] != rows]

    @property
    def key_bytes(self) -> npt.NDArray[np.uint8]:
        """The papers' keys as an array of bytes, of shape (n_papers, 16)."""
        return np.frombuffer(b"".join(self.paper_keys), dtype=np.uint8).reshape(self.n_papers, -1)

    @cached_property
    def years(self) -> IntArray:
        """Year of each row; 0 where it is unknown."""
        return years(self.records)

    @property
    def paper_years(self) -> IntArray:
        """Year of each paper, that of its first row; 0 where there is none."""
        return self.years[self.first_row]

    @cached_property
    def links(self) -> tuple[str, ...]:
        """Web address of each row's paper; empty where it is unknown."""
        return links(self.records)

    @cached_property
    def keywords(self) -> tuple[tuple[str, ...], ...]:
        """Authors' keywords of each row, in their order; empty where there are none."""
        return keywords(self.records)

    @cached_property
    def paper_keywords(self) -> tuple[tuple[str, ...], ...]:
        """Authors' keywords of each paper: those of all its rows, each once.

        Examples
        --------
        >>> cells = ["owls; calls", "Owls; night"]
        >>> corpus = build_corpus([{"abstract": "Owls hoot.", "keywords": cell} for cell in cells])
        >>> corpus.paper_keywords
        (('owls', 'calls', 'night'),)
        """
        words: list[list[str]] = [[] for _ in range(self.n_papers)]
        for paper, words_of_row in zip(self.paper_of_row.tolist(), self.keywords, strict=True):
            if paper >= 0:
                words[paper] += words_of_row
        return tuple(map(distinct, words))

    def report(self) -> list[str]:
        """List what was noted while reading, and the rows that are empty or repeated."""
        lines = [*noted(self.records, "notes")]
        for rows, singular, plural in (
            (self.empty_rows, "row has no text and no theme", "rows have no text and no theme"),
            (self.title_only, "row has a title only", "rows have a title only"),
            (self.duplicate_rows, "row repeats an earlier one", "rows repeat earlier ones"),
        ):
            if len(rows):
                words = singular if len(rows) == 1 else plural
                lines.append(f"{len(rows)} {words}: {name_rows(rows, self.name)}")
        return lines

    def name(self, row: int) -> str:
        """Return what people call a row: its title, cut short, or else its id; may be empty."""
        if title := self.titles[row]:
            return shorten(title, _LONGEST_NAME, placeholder=" …")
        column = find_columns(self.records.columns).get("id")
        given = None if column is None else self.records[column].iloc[row]
        return "" if is_missing(given) else str(given).strip()


def build_corpus(texts: Any, *, allow_empty: bool = False, progress: bool = False) -> Corpus:
    """Make a corpus of a user's papers, in any accepted form.

    Parameters
    ----------
    texts
        A list (or any iterable) of str or of dicts, a pandas Series of str, or
        a DataFrame with a ``title`` and/or an ``abstract`` column; also one of Polars,
        pyarrow or another library with Arrow's interface. None, NaN, empty and blank
        values are rows without text.
    allow_empty
        Accept input in which no row has text.
    progress
        Show that texts are being cleaned, if there are many.

    Raises
    ------
    InputTypeError
        If a value is neither text nor missing; the message names the row.
    InputError
        If there is neither a title nor an abstract column.
    EmptyCorpusError
        If no row has text and ``allow_empty`` is false.

    Examples
    --------
    >>> corpus = build_corpus(["Deep Q-learning.", None, "Deep  Q-learning."])
    >>> corpus.n_rows, corpus.n_papers, corpus.paper_of_row.tolist()
    (3, 1, [0, -1, 0])
    """
    records = _as_table(texts)
    columns = {f: c for f, c in find_columns(records.columns).items() if f in _TEXTS}
    for column in columns.values():
        _check_texts(records[column], column)
    raw: Any = records[list(columns.values())].set_axis(list(columns), axis=1)
    raw = raw.reset_index(drop=True).reindex(columns=_TEXTS)
    with stage("Cleaning texts", len(raw), show=progress):
        cleaned = list(chain.from_iterable(map_chunks(_clean, raw)))
    keys = [row.key for row in cleaned]
    if not allow_empty and not any(keys):
        raise EmptyCorpusError(
            f"none of the {len(records)} rows has text; expected at least one title or abstract"
        )
    title_only = [i for i, row in enumerate(cleaned) if row.is_title]
    order, paper_of_row, first_row = _number(keys)
    return Corpus(
        records=records,
        titles=tuple(row.shown for row in cleaned),
        paper_of_row=paper_of_row,
        paper_titles=tuple(cleaned[row].title for row in first_row),
        paper_texts=tuple(cleaned[row].text for row in first_row),
        paper_keys=order,
        first_row=first_row,
        title_only=np.array(title_only if "abstract" in columns else [], dtype=np.int64),
    )


def noted(records: pd.DataFrame, name: str) -> list[Any]:
    """Return what ``read_abstracts`` noted of a table: ``notes``, or the files as ``sources``.

    Tables from elsewhere have nothing there, or what others put there, which is left alone.

    Examples
    --------
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"abstract": ["Owls hoot."]})
    >>> papers.attrs = {"notes": ["1 duplicate merged"], "sources": "my library"}
    >>> noted(papers, "notes"), noted(papers, "sources")
    (['1 duplicate merged'], [])
    """
    found: Any = records.attrs.get(name)
    ours: Any = str if name == "notes" else _SOURCE
    is_ours = isinstance(found, list) and all(_types(one) == ours for one in found)
    return found if is_ours else []


def files_of(records: pd.DataFrame) -> list[dict[str, Any]]:
    """Return what is noted of each file that a table was read from; of others, how long it is."""
    unread = {"file": "table", "identified": len(records), "unreadable": 0, "duplicates": 0}
    return noted(records, "sources") or [unread]


def _types(value: Any) -> Any:
    is_dict = isinstance(value, dict)
    return {name: type(held) for name, held in value.items()} if is_dict else type(value)


def extend_corpus(corpus: Corpus, new: Corpus) -> Corpus:
    """Append the rows of a second corpus; a paper that is in both is one paper.

    The title, abstract, year and other known columns of the second are renamed to
    match those of the first.
    """
    texts: dict[bytes, tuple[str, str]] = {}
    for part in (new, corpus):
        pairs = zip(part.paper_titles, part.paper_texts, strict=True)
        texts |= zip(part.paper_keys, pairs, strict=True)
    keys = [
        key
        for part in (corpus, new)
        for key in part.to_rows(np.array(part.paper_keys, dtype=object), missing=b"")
    ]
    order, paper_of_row, first_row = _number(keys)
    return Corpus(
        records=_stack(corpus.records, new.records),
        titles=corpus.titles + new.titles,
        paper_of_row=paper_of_row,
        paper_titles=tuple(texts[key][0] for key in order),
        paper_texts=tuple(texts[key][1] for key in order),
        paper_keys=order,
        first_row=first_row,
        title_only=np.append(corpus.title_only, new.title_only + corpus.n_rows),
    )


def _number(keys: list[bytes]) -> tuple[tuple[bytes, ...], IntArray, IntArray]:
    """Return the distinct keys in order, the paper of each row, and the first row of each paper."""
    known = np.array([key or None for key in keys], dtype=object)
    paper_of_row, order = pd.factorize(known, sort=True)
    papers, first_row = np.unique(paper_of_row, return_index=True)
    return tuple(order), paper_of_row, first_row[papers >= 0]


def _stack(above: pd.DataFrame, below: pd.DataFrame) -> pd.DataFrame:
    """Put one table below the other without changing the type of any value."""
    names, new_names = find_columns(above.columns), find_columns(below.columns)
    below = below.rename(
        columns={new_names[f]: names[f] for f in new_names if f in names and names[f] not in below}
    )
    if not (above.columns.is_unique and below.columns.is_unique):
        raise InputError(
            "two columns have the same name; expected different names. Rename one before "
            "adding papers"
        )
    files = [files_of(part) for part in (above, below)]
    own = [{file["file"] for file in of_part} for of_part in files]
    if len(set.union(*own)) > 1:
        above, below = (
            from_file(part, *of_part) if len(of_part) == 1 else part
            for part, of_part in zip((above, below), own, strict=True)
        )
    mixed = {name for name, _ in {*above.dtypes.items()} ^ {*below.dtypes.items()}}
    parts = [t.astype({c: object for c in mixed if c in t}) for t in (above, below)]
    for part in parts:
        part.attrs = {}
    # If both tables merely number their rows, the numbering continues.
    numbered = all(t.index.equals(pd.RangeIndex(len(t))) for t in parts)
    stacked = pd.concat(parts, ignore_index=numbered)
    stacked.attrs = below.attrs | above.attrs
    if noted(above, "sources") or noted(below, "sources"):
        stacked.attrs["sources"] = list(chain.from_iterable(files))
    if notes := [*noted(above, "notes"), *noted(below, "notes")]:
        stacked.attrs["notes"] = list(dict.fromkeys(notes))  # of a file that was read again
    return stacked


def _as_table(texts: Any) -> pd.DataFrame:
    if isinstance(texts, pd.DataFrame):
        return texts.copy()
    if isinstance(texts, pd.Series):
        return pd.DataFrame({"abstract": texts.astype(object)}, index=texts.index)
    # Polars, pyarrow, DuckDB and others.
    if hasattr(texts, "__arrow_c_stream__") or hasattr(texts, "__arrow_c_array__"):
        return _of_arrow(texts)
    if hasattr(texts, "columns"):
        raise InputTypeError(
            f"texts is a table of {type(texts).__module__.split('.')[0]}; expected a DataFrame of "
            "pandas, as its to_pandas() or compute() gives"
        )
    items = None if isinstance(texts, Mapping) else listed(texts)
    if items is None:
        raise InputTypeError(
            f"texts is a single {type(texts).__name__}; expected a list of str, a Series, a list "
            "of dicts, a DataFrame or the path of a file such as 'library.bib'"
        )
    if any(isinstance(item, Mapping) for item in items):
        for row, item in enumerate(items):
            if not isinstance(item, Mapping) and not is_missing(item):
                raise InputTypeError(
                    f"texts[{row}] is {_show(item)}, but other rows are dicts; expected a dict "
                    "in every row, or None for a row without text"
                )
        return pd.DataFrame(
            [dict(i) if isinstance(i, Mapping) else {} for i in items], dtype=object
        )
    return pd.DataFrame({"abstract": pd.Series(items, dtype=object)})


def _of_arrow(texts: Any) -> pd.DataFrame:
    """Convert a table, or a column of texts, by Arrow's interface between libraries."""
    try:
        table = pa.table(texts)
    except (TypeError, ValueError):
        column = (
            pa.chunked_array(texts) if hasattr(texts, "__arrow_c_stream__") else pa.array(texts)
        )
        return pd.DataFrame({"abstract": column.to_pylist()}, dtype=object)
    try:
        return table.to_pandas()
    except pa.ArrowNotImplementedError:  # lists of texts, as Polars has them
        return pd.DataFrame(table.to_pydict(), dtype=object)


def _check_texts(column: pd.Series[Any], name: Any) -> None:
    """Raise an error if a cell is neither text nor missing."""
    may_be_other = not isinstance(column.dtype, pd.StringDtype)
    for row, (index, value) in enumerate(column.items() if may_be_other else ()):
        if not isinstance(value, str) and not is_missing(value):
            label = "" if index == row else f" (index {index!r})"
            raise InputTypeError(
                f"row {row}{label}, column {name!r}, is {_show(value)}; expected str, or None "
                "for a row without text"
            )


def is_missing(value: Any) -> bool:
    """Whether a value of a table is missing: None, NaN, NaT or NA."""
    return value is None or (bool(pd.api.types.is_scalar(value)) and bool(pd.isna(value)))


def _show(value: Any) -> str:
    shown = repr(value)
    return f"{type(value).__name__} ({shown[:40]}{'...' if len(shown) > 40 else ''})"


class _Row(NamedTuple):
    """What a row of the input says."""

    shown: str  # the title for display
    title: str
    text: str
    key: bytes  # empty for a row without text
    is_title: bool  # whether the text is the title alone


def _clean(texts: Any) -> list[_Row]:
    """Clean the title and the abstract of each row; raw texts are strings only while that lasts."""
    rows = []
    raw = ([text if isinstance(text, str) else "" for text in texts[field]] for field in _TEXTS)
    for raw_title, raw_abstract in zip(*raw, strict=True):
        title, abstract = clean_text(raw_title, headings=False), clean_text(raw_abstract)
        text = _join(title, abstract)
        key = _key(text) if any(map(str.isalnum, text)) else b""
        shown = _display_title(raw_title, raw_abstract)
        shown = title if shown == title else shown  # one string instead of two
        rows.append(_Row(shown, title, text, key, bool(title and not abstract)))
    return rows


def _join(title: str, abstract: str) -> str:
    if not title or not abstract:
        return title or abstract
    return f"{title}{'' if title[-1] in '.?!' else '.'} {abstract}"


def _key(text: str) -> bytes:
    """Hash a text; texts that differ only in case and white space have the same hash."""
    folded = " ".join(text.casefold().split())
    return hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _display_title(title: str, abstract: str) -> str:
    """Return the title as people read it, or the first words of the abstract."""
    if line := display_text(title) or " ".join(without_surrogates(title).split()):
        return line
    words = display_text(abstract)
    if len(words) <= _TITLE_MAX_CHARS:
        return words
    return words[:_TITLE_MAX_CHARS].rsplit(" ", 1)[0] + " …"
