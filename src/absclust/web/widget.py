"""The interactive map as a notebook's widget, which says what is selected in it.

The page is an ordinary output, so that it stays where no kernel runs. It is in a frame without
access to the notebook: it may run its script, save a file, open links and post messages. The
widget, an output of its own without anything to see, carries these to and from the kernel.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

import anywidget
import numpy as np
import traitlets

from absclust.counted import counted
from absclust.themes.edit import row_numbers
from absclust.web.page import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    from absclust.theme_map import ThemeMap

_HEIGHT = 680  # pixels


class MapView(anywidget.AnyWidget):
    """The interactive map in a notebook: the page that ``to_html`` writes.

    The map is in the notebook's file, and is shown where no kernel runs too (nbviewer, exported
    HTML); only the selection then stays in the page.

    Attributes
    ----------
    selected : DataFrame
        The papers that the lasso caught, or else those that the search found, or else the one that
        was clicked and is being read: their rows of ``ThemeMap.papers``. No rows if there are none.
        Assign row numbers (counted from 0), or one True or False per row of the input, such as
        ``papers["theme"] == 3``, to select these papers in the map; assign [] to select nothing.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
    >>> view = themes.explore()
    >>> view.selected = [0, 2]
    >>> view.selected["abstract"].tolist()
    ['Robots grasp.', 'Proteins fold.']
    """

    _esm = files("absclust.web").joinpath("widget.mjs").read_text("utf-8")
    _map = traitlets.Unicode().tag(sync=True)
    _rows = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(self, themes: ThemeMap) -> None:
        super().__init__()
        self._map = self.model_id
        self._themes = themes

    @property
    def selected(self) -> pd.DataFrame:
        """The selected papers: their rows of ``ThemeMap.papers``."""
        return self._themes.papers().iloc[self._rows]

    @selected.setter
    def selected(self, rows: Sequence[int] | npt.NDArray[np.bool_] | pd.Series) -> None:
        given = np.asarray(rows)
        corpus = self._themes.corpus
        self._rows = row_numbers(given, corpus, least=0).tolist() if given.size else []

    def __repr__(self) -> str:
        return f"<MapView of {counted(self._themes.corpus.n_papers, 'paper')}>"

    def _ipython_display_(self) -> None:
        from IPython.display import display

        frame, text = framed(page(self._themes), self._map), repr(self)
        display({"text/html": frame, "text/plain": text}, raw=True)  # type: ignore[no-untyped-call]
        data, metadata = self._repr_mimebundle_()  # type: ignore[misc]
        # Where there are no widgets, this output is empty.
        empty = {**data, "text/html": "<div></div>"}
        display(empty, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]


def framed(text: str, name: str) -> str:
    """Return a page in a frame of that name, as HTML that a notebook displays."""
    # Links open as ordinary pages, since publishers' sites don't work in a sandbox.
    allowed = "allow-scripts allow-downloads allow-popups allow-popups-to-escape-sandbox"
    return (
        f'<div><iframe title="Theme map" name="{name}" sandbox="{allowed}" srcdoc="{escape(text)}" '
        f'style="width:100%;height:{_HEIGHT}px;border:1px solid rgba(128,128,128,.3);'
        'border-radius:8px"></iframe></div>'
    )
