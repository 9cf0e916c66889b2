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
    holds it, and a file whose records were added in parts, as by ``update``, counts once. For
    papers that were not read by ``read_abstracts``, there is one row, ``table``.

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
    files = pd.DataFrame(files_of(records)).groupby("file", sort=False).max()
    # A record that was merged belongs to its first file.
    first = first_source(records) if len(files) > 1 and SOURCE_FILE in records else files.index[0]
    by_file = rows.groupby(np.broadcast_to(first, corpus.n_rows)).sum()
    table = files.join(by_file.reindex(files.index, fill_value=0))
    if len(table) > 1:
        table.loc[TOTAL] = table.sum()
    # Of a file that was read again, all rows may be there twice.
    table["identified"] = np.maximum(table["identified"], table["rows"] + table["duplicates"])
    table.insert(3, "left_out", table["identified"] - table["duplicates"] - table.pop("rows"))
    table["duplicates"] += table.pop("repeated")
    return table.astype("Int64")


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
