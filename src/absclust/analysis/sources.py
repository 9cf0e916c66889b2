"""Where the papers come from: how many each file held, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from absclust.corpus.columns import SOURCE_FILE, find_columns, first_source
from absclust.corpus.corpus import noted
from absclust.counted import counted

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

TOTAL = "total"


def sources(themes: ThemeMap) -> pd.DataFrame:
    """Return where the papers come from and what became of them, as for a PRISMA flow.

    One row per file, and ``total`` where there are several. Columns: ``identified``
    (records), ``unreadable`` (parts that could not be read, which are not among the
    records), ``duplicates`` (records merged into another), ``without_abstract`` (of
    the others; they are clustered by their titles), ``without_text`` (those of them
    without a title too) and ``clustered``. A record that was merged counts for the first
    file that holds it. For a table that was not read by ``read_abstracts``, there is
    one row.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts([{"abstract": "Robots grasp."}, {"title": "On owls"}, {}])
    >>> themes.sources()[["identified", "without_abstract", "clustered"]].values.tolist()
    [[3, 2, 2]]
    """
    corpus, records = themes.corpus, themes.corpus.records
    without_text = corpus.paper_of_row < 0
    without_abstract = without_text | np.isin(np.arange(corpus.n_rows), corpus.title_only)
    if "abstract" not in find_columns(records.columns):
        without_abstract[:] = True
    # Tables from elsewhere have no counts.
    files = noted(records, "sources") or [{"file": "table", "identified": corpus.n_rows}]
    table = pd.DataFrame(files, columns=["file", "identified", "unreadable", "duplicates"])
    # A file may have been added again.
    table = table.fillna(0).groupby("file", sort=False).sum()
    rows = pd.DataFrame(
        {
            "without_abstract": without_abstract,
            "without_text": without_text,
            "clustered": themes.labels >= 0,
        }
    )
    # A record that was merged belongs to its first file, if that is known.
    first = np.full(corpus.n_rows, table.index[0] if len(table) == 1 else None)
    if len(table) > 1 and SOURCE_FILE in records:
        first = first_source(records).to_numpy()
    by_file = rows.groupby(first).sum()
    if len(by_file):
        by_file = by_file.reindex(table.index, fill_value=0)
    total = pd.concat([table.sum(), rows.sum()])
    table = table.join(by_file)
    if len(table) > 1:
        table.loc[TOTAL] = total
    return table.astype("Int64")


def flow(themes: ThemeMap) -> str:
    """Say in a sentence what became of the records, as the PRISMA statement asks for."""
    table = sources(themes)
    total = table.iloc[-1]
    files = table.index[:-1] if TOTAL in table.index else table.index
    by_file = ", ".join(f"{table.loc[file, 'identified']:,} in {file}" for file in files)
    unreadable = f"; {counted(total['unreadable'], 'part')} unreadable" * bool(total["unreadable"])
    left = total["identified"] - total["duplicates"]
    return (
        f"{_were(total['identified'], 'record')} identified ({by_file}{unreadable}); "
        f"{_were(total['duplicates'], 'duplicate')} merged; {_were(left, 'paper')} left, "
        f"{total['without_abstract']:,} of them without an abstract and "
        f"{total['without_text']:,} without a title too; {_were(total['clustered'], 'paper')} "
        "clustered"
    )


def _were(number: int, noun: str) -> str:
    return f"{counted(number, noun)} {'was' if number == 1 else 'were'}"
