"""What `cluster_dataset` returns: the folder with its results, opened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from absclust.dataset.assign import MAP
from absclust.dataset.store import Store, needs_dask

if TYPE_CHECKING:
    import pandas as pd

    from absclust.theme_map import ThemeMap

TABLE, PAGE, REPORT = "themes.csv", "map.html", "report.json"


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
        in the data set; ``paper``, the first row with the same text, -1 for a row without
        text; for each layer, ``broad``, ``theme``, ``fine`` and in large data sets ``fine_2``
        and so on, the number and the name of its theme (``theme_name``), -1 and "" for none;
        ``runner_up``, ``runner_up_name``, ``strength``, ``margin`` and ``novelty`` as in
        ``ThemeMap.predict``; and the coordinates ``x`` and ``y``.
        """
        with needs_dask():
            import dask.dataframe as dd

        return dd.read_parquet(f"{self.url.rstrip('/')}/papers/*.parquet")

    def table(self) -> pd.DataFrame:
        """Return the themes of all layers, one per row, with their sizes in the data set."""
        import io

        import pandas as pd

        content = io.BytesIO(Store(self.url).read(TABLE))
        return pd.read_csv(content, keep_default_na=False, na_values={"stability": [""]})

    def report(self) -> dict[str, Any]:
        """Return what was read, and which files and rows could not be."""
        report: dict[str, Any] = Store(self.url).read_json(REPORT)
        return report

    def __repr__(self) -> str:
        report = self.report()
        layers = ", ".join(f"{number:,} {name}" for name, number in report["layers"].items())
        lines = [
            f"ClusteredDataset: {report['rows']:,} rows, {report['papers']:,} distinct papers; "
            f"themes: {layers}"
        ]
        for name, singular, plural in _REPORTED:
            found = report[name]
            number = found if isinstance(found, int) else len(found)
            if number:
                lines.append(f"{number:,} {singular if number == 1 else plural}")
                lines += [f"  {one}" for one in _examples(name, report)]
        return "\n".join(lines)


_REPORTED = (
    ("rows_without_text", "row has no text and no theme", "rows have no text and no theme"),
    ("rows_with_title_only", "row has a title only", "rows have a title only"),
    ("parts_not_read", "part could not be read:", "parts could not be read:"),
    ("rows_not_read", "row could not be read:", "rows could not be read:"),
    ("files_of_other_types", "file is of another type:", "files are of other types:"),
)
_MOST_NAMED = 5


def _examples(name: str, report: dict[str, Any]) -> list[str]:
    """Return some of the parts, rows or files that a line of the report is about."""
    named = report["first_rows_not_read"] if name == "rows_not_read" else report[name]
    return named[:_MOST_NAMED] if isinstance(named, list) else []
