"""What `cluster_dataset` returns: the folder with its results, opened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from absclust.dataset.store import Store, needs_dask
from absclust.io.formulas import unguarded
from absclust.saving import MAP

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

TABLE, PAGE, REPORT = "themes.csv", "map.html", "report.json"
_LEFT_OUT = {
    "rows_without_text": "rows without text, in no theme",
    "rows_with_title_only": "rows with a title only",
    "parts_not_read": "parts that could not be read",
    "rows_not_read": "rows that could not be read",
}
_MOST_NAMED = 5  # parts, rows and files that are not in the result


@dataclass(frozen=True)
class ClusteredDataset:
    """The themes of a data set. Made by ``cluster_dataset``.

    Attributes
    ----------
    url : str
        The folder with the results.

    Examples
    --------
    >>> found = ClusteredDataset("themes/")  # opens the results of an earlier run
    >>> found.papers().query("theme == 3").head()  # doctest: +SKIP
    """

    url: str

    @cached_property
    def themes(self) -> ThemeMap:
        """The map that was learnt from the sample; it predicts."""
        return Store(self.url).load_map(MAP)

    def papers(self) -> Any:
        """Return every row of the data set, as a dask DataFrame.

        The columns are ``id`` (the row's number if the source has none); ``row``, its number
        in the data set; ``paper``, a number that rows with the same text share, -1 for a row
        without text; for each layer, ``broad``, ``theme``, ``fine`` and in large samples
        ``fine_2`` and so on, the number and the name of its theme (``theme_name``), -1 and ""
        for none; ``runner_up``, ``runner_up_name``, ``strength``, ``margin`` and ``novelty``
        as in ``ThemeMap.predict``; and the coordinates ``x`` and ``y``.
        """
        with needs_dask():
            import dask.dataframe as dd

        return dd.read_parquet(f"{str(self.url).rstrip('/')}/papers/*.parquet")

    def table(self) -> pd.DataFrame:
        """Return the themes of all layers, one per row, with their sizes in the data set."""
        import io

        content = io.BytesIO(Store(self.url).read(TABLE))
        table = pd.read_csv(content, keep_default_na=False, na_values={"stability": [""]})
        return table.map(unguarded)

    def report(self) -> dict[str, Any]:
        """Return what was read, and which files and rows could not be."""
        return Store(self.url).read_json(REPORT)

    def __repr__(self) -> str:
        report = self.report()
        layers = ", ".join(f"{number:,} {name}" for name, number in report["layers"].items())
        others = report["files_of_other_types"]
        left_out = {words: report[name] for name, words in _LEFT_OUT.items()}
        left_out["files of other types"] = len(others)
        here = "; read in one process, without workers" if report["in_one_process"] else ""
        return "\n".join(
            [
                f"ClusteredDataset: {report['rows']:,} rows, {report['papers']:,} distinct papers; "
                f"themes: {layers}{here}",
                *(f"{what}: {n:,}" for what, n in left_out.items() if n),
                *(f"  {named}" for named in [*report["not_read"], *others][:_MOST_NAMED]),
            ]
        )
