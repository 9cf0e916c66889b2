"""Files and the interactive page, as methods of ThemeMap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from absclust.errors import MissingPackageError
from absclust.methods import MapMethods

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    from absclust.web.widget import MapView


class Exports(MapMethods):
    """Save the map, show it as an interactive page, and export the papers with their themes."""

    def save(self, folder: str | Path) -> None:
        """Save the map to a folder, completely or not at all; ``absclust.load`` reads it back.

        Parameters
        ----------
        folder
            A new or empty folder, or one that holds a saved map, which is replaced.

        Raises
        ------
        StoreError
            If the folder holds other files but no saved map, or can't be written.

        Examples
        --------
        >>> import tempfile
        >>> from absclust import cluster_abstracts, load
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> folder = f"{tempfile.mkdtemp()}/themes"
        >>> themes.save(folder)
        >>> load(folder).labels.tolist() == themes.labels.tolist()
        True
        """
        from absclust.saving.store import save

        save(self._map, folder)

    def to_html(self, path: str | PathLike[str], *, abstracts: bool | None = None) -> Path:
        """Write the interactive theme map: one HTML file that any browser opens, even offline.

        In it you can hover over a paper, click to read it and to walk on to its nearest
        papers, search, switch themes, years and layers, draw a lasso and export the papers
        in it. Of more than 100,000 papers it shows an even sample, and says so.

        Parameters
        ----------
        path
            The file to write; an existing one is replaced.
        abstracts
            Whether the file contains the abstracts. By default, it does if there are 10,000
            papers or fewer. Say False for a page that you publish, unless you may publish
            the abstracts too: most are their publishers'.

        Returns
        -------
        pathlib.Path
            The path of the file.

        Raises
        ------
        WriteError
            If the path is a folder, its folder is missing, or writing fails.

        Examples
        --------
        >>> import tempfile
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> themes.to_html(f"{tempfile.mkdtemp()}/map.html").name
        'map.html'
        """
        from absclust.web.page import write_html

        return write_html(self._map, path, abstracts=abstracts)

    def explore(self) -> MapView:
        """Show the interactive theme map in a notebook, and get back what is selected in it.

        It is the page that ``to_html`` writes. After you have drawn a lasso in it, searched or
        clicked a paper, ``selected`` of the view has these papers as a DataFrame; assigning rows
        to it selects them in the map.

        Returns
        -------
        MapView
            A notebook displays it if it is the last line of a cell. ``selected`` has the papers.

        Raises
        ------
        MissingPackageError
            If anywidget is not installed.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> view = themes.explore()
        >>> view.selected = themes.labels == 0
        >>> len(view.selected) == themes[0].size
        True
        """
        try:
            from absclust.web.widget import MapView
        except ModuleNotFoundError as error:
            raise MissingPackageError(
                "explore() shows the map in a notebook and needs anywidget: "
                "pip install 'absclust[notebook]'. Outside a notebook, write the map to a file "
                "with to_html('map.html')"
            ) from error
        return MapView(self._map)

    def to_ris(self, path: str | PathLike[str]) -> Path:
        """Write the papers as RIS, each with its theme as a keyword and a note.

        Zotero, Mendeley and EndNote show the keyword, "theme: NAME", as a tag.
        Every other column of the input is written too, under its RIS tag or as a note
        that gives the column's name.

        Parameters
        ----------
        path
            The file to write; an existing one is replaced.

        Returns
        -------
        pathlib.Path
            The path of the file.

        Raises
        ------
        WriteError
            If the path is a folder, its folder is missing, or writing fails.

        Examples
        --------
        >>> import tempfile
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> themes.to_ris(f"{tempfile.mkdtemp()}/a.ris").name
        'a.ris'
        """
        from absclust.io.write_papers import write_ris

        return write_ris(self._map.papers(), path)

    def to_bib(self, path: str | PathLike[str]) -> Path:
        """Write the papers as BibTeX, each with its theme as a keyword and an ``annote``.

        An id becomes the citation key if BibTeX allows it; otherwise it is kept as
        ``recordid``. LaTeX's special characters are escaped; mathematics and commands are
        left as they are.

        Parameters
        ----------
        path
            The file to write; an existing one is replaced.

        Returns
        -------
        pathlib.Path
            The path of the file.

        Raises
        ------
        WriteError
            If the path is a folder, its folder is missing, or writing fails.

        Examples
        --------
        >>> import tempfile
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> themes.to_bib(f"{tempfile.mkdtemp()}/a.bib").name
        'a.bib'
        """
        from absclust.io.write_papers import write_bib

        return write_bib(self._map.papers(), path)

    def to_csv(self, path: str | PathLike[str], *, coordinates: bool = True) -> Path:
        """Write the table of papers as CSV, which spreadsheet programs recognise as UTF-8.

        A text that begins with one of ``= + - @``, and is not a number, gets an apostrophe in
        front, because spreadsheet programs would run it as a formula. Parquet keeps texts as
        they are.

        Parameters
        ----------
        path
            The file to write; an existing one is replaced.
        coordinates
            Whether to write ``x`` and ``y`` too, the place of each paper on the map. If the map
            was not drawn before, this computes its layout, which takes some 10 seconds for
            10,000 papers.

        Returns
        -------
        pathlib.Path
            The path of the file.

        Raises
        ------
        WriteError
            If the path is a folder, its folder is missing, or writing fails.

        Examples
        --------
        >>> import tempfile
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> themes.to_csv(f"{tempfile.mkdtemp()}/a.csv").name
        'a.csv'
        """
        from absclust.io.write_papers import write_csv

        return write_csv(self._map.papers(coordinates=coordinates), path)

    def to_parquet(self, path: str | PathLike[str], *, coordinates: bool = True) -> Path:
        """Write the table of papers as Parquet.

        A column that mixes several types is written as strings.

        Parameters
        ----------
        path
            The file to write; an existing one is replaced.
        coordinates
            Whether to write ``x`` and ``y`` too, the place of each paper on the map. If the map
            was not drawn before, this computes its layout, which takes some 10 seconds for
            10,000 papers.

        Returns
        -------
        pathlib.Path
            The path of the file.

        Raises
        ------
        InputError
            If two columns have the same name.
        WriteError
            If the path is a folder, its folder is missing, or writing fails.

        Examples
        --------
        >>> import tempfile
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> themes.to_parquet(f"{tempfile.mkdtemp()}/a.parquet").name
        'a.parquet'
        """
        from absclust.io.write_papers import write_parquet

        return write_parquet(self._map.papers(coordinates=coordinates), path)

    def report(self, path: str | PathLike[str] | None = None) -> str:
        """Summarise the map: papers, themes, coverage, and rows merged or left out.

        Parameters
        ----------
        path
            If given, a full report in Markdown is written to this file, with a picture of
            the map beside it: the method in two paragraphs, the themes, and the papers of
            each.

        Returns
        -------
        str
            The summary, or the report if a path is given.

        Raises
        ------
        WriteError
            If the path is a folder, its folder is missing, or writing fails.

        Examples
        --------
        >>> from absclust import cluster_abstracts
        >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
        >>> themes.report().splitlines()[0]
        '3 rows, 3 distinct papers, 1 theme, coverage 100%'
        """
        if path is None:
            from absclust.reprs import report_text

            return report_text(self._map)
        from absclust.report import write_report

        return write_report(self._map, path)
