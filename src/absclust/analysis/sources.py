"""Where the papers come from: how many each file held, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from absclust.corpus.columns import SOURCE_FILE, find_columns, first_source
from absclust.corpus.corpus import files_of
from absclust.counted import counted

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

TOTAL = "total"


def sources(themes: ThemeMap) -> pd.DataFrame:
    """Return where the papers come from and what became of them, as for a PRISMA flow.

    One row per file, and ``total`` where there are several. Columns: ``identified``
    (records), ``unreadable`` (parts that could not be read, which are not among the
    records), ``duplicates`` (records of a paper that an earlier record is of, whether they
    were merged into it or repeat its text), ``left_out`` (records that were read, but not
    given to be clustered, as of a table that was filtered), ``without_abstract`` (of the
    others; they are clustered by their titles), ``without_text`` (those of them without a
    title too) and ``clustered``. A record that was merged counts for the first file that
    holds it, and a file whose records were added in parts, as by ``update``, counts once. Where
    the column ``source_file`` was taken away, what became of the records of several files is
    known in total only. For papers that were not read by ``read_abstracts``, there is one row,
    ``table``.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts([{"abstract": "Robots grasp."}, {"title": "On owls"}, {}])
    >>> themes.sources()[["identified", "without_abstract", "clustered"]].values.tolist()
    [[3, 2, 2]]
    """
    corpus, records = themes.corpus, themes.corpus.records
    repeated = np.isin(np.arange(corpus.n_rows), corpus.duplicate_rows)
    without_text = corpus.paper_of_row < 0
    without_abstract = without_text | np.isin(np.arange(corpus.n_rows), corpus.title_only)
    if "abstract" not in find_columns(records.columns):
        without_abstract[:] = True
    rows = pd.DataFrame(
        {
            "rows": 1,
            "repeated": repeated,
            "without_abstract": without_abstract & ~repeated,
            "without_text": without_text,
            "clustered": (themes.labels >= 0) & ~repeated,
        }
    )
    # The same file may have been read twice, and two files may have one name.
    noted = pd.DataFrame(files_of(records)).drop_duplicates()
    files = noted.groupby("file", sort=False).sum()
    # A record that was merged belongs to its first file.
    first = np.full(corpus.n_rows, files.index[0] if len(files) == 1 else None)
    if len(files) > 1 and SOURCE_FILE in records:
        first = first_source(records).to_numpy()
    unknown = ~np.isin(first, files.index)
    table = files.join(rows.groupby(first).sum().reindex(files.index, fill_value=0))
    table["identified"] = np.maximum(table["identified"], table["rows"] + table["duplicates"])
    if len(files) > 1:
        total = table.sum().add(rows[unknown].sum(), fill_value=0)
        total["identified"] = max(total["identified"], total["rows"] + total["duplicates"])
        table.loc[TOTAL] = total
    table.insert(3, "left_out", table["identified"] - table["duplicates"] - table.pop("rows"))
    table["duplicates"] += table.pop("repeated")
    table = table.astype("Int64")
    if unknown.any() and table.loc[files.index, "left_out"].any():
        table.loc[files.index, "left_out":] = pd.NA
    return table


def flow(themes: ThemeMap) -> str:
    """Say in a sentence what became of the records, as the PRISMA statement asks for."""
    table = sources(themes)
    total = table.iloc[-1]
    files = table.index[:-1] if TOTAL in table.index else table.index
    by_file = ", ".join(f"{table.loc[file, 'identified']:,} in {file}" for file in files)
    unreadable = f"; {counted(total['unreadable'], 'part')} unreadable" * bool(total["unreadable"])
    left = total["identified"] - total["duplicates"] - total["left_out"]
    left_out = f"{_were(total['left_out'], 'record')} left out; " * bool(total["left_out"])
    return (
        f"{_were(total['identified'], 'record')} identified ({by_file}{unreadable}); "
        f"{_were(total['duplicates'], 'duplicate')} merged; {left_out}{_were(left, 'paper')} left, "
        f"{total['without_abstract']:,} of them without an abstract and "
        f"{total['without_text']:,} without a title too; {_were(total['clustered'], 'paper')} "
        "clustered"
    )


def _were(number: int, noun: str) -> str:
    return f"{counted(number, noun)} {'was' if number == 1 else 'were'}"
