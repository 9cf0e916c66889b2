"""The widget without a notebook; test_jupyterlab.py has it in a real one."""

import re
import sys
from html import unescape

import numpy as np
import pandas as pd
import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

from absclust import MissingPackageError, OptionError, cluster_abstracts
from absclust.web.page import page
from tests.web.test_page import make_map


@pytest.fixture(scope="module")
def themes():
    return make_map()


@pytest.fixture
def view(themes):
    return themes.explore()


def displayed(view, monkeypatch) -> list[dict]:
    """Return what a notebook gets when it displays a view."""
    shell = InteractiveShell.instance()
    publisher = CapturingDisplayPublisher()
    monkeypatch.setattr(shell, "display_pub", publisher)
    view._ipython_display_()
    InteractiveShell.clear_instance()
    return [output["data"] for output in publisher.outputs]


def test_the_page_is_an_output_in_a_sandbox(view, themes, monkeypatch):
    frame, _ = displayed(view, monkeypatch)
    assert unescape(re.search(r'srcdoc="([^"]*)"', frame["text/html"])[1]) == page(themes)
    allowed = re.search(r'sandbox="([^"]*)"', frame["text/html"])[1].split()
    assert "allow-scripts" in allowed
    assert "allow-same-origin" not in allowed  # the page must not reach the notebook
    assert "application/vnd.jupyter.widget-view+json" not in frame


def test_the_widget_is_an_output_of_its_own_that_knows_the_frame(view, monkeypatch):
    frame, widget = displayed(view, monkeypatch)
    name = re.search(r'name="([^"]*)"', frame["text/html"])[1]
    assert widget["application/vnd.jupyter.widget-view+json"]["model_id"] == name
    assert view.get_state()["_map"] == name


def test_nothing_is_selected_at_first(view, themes):
    assert len(view.selected) == 0
    assert view.selected.columns.tolist() == themes.papers().columns.tolist()


def test_rows_are_selected_by_number_and_by_mask(view, themes):
    papers = themes.papers()
    later = papers["year"] > 2020
    for rows in (np.flatnonzero(later), later, later.tolist()):
        view.selected = rows
        pd.testing.assert_frame_equal(view.selected, papers[later])
    for nothing in ([], papers["year"] > 3000, np.array([], dtype=int)):
        view.selected = nothing
        assert len(view.selected) == 0


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([0, 99], "there is no row 99"),
        ([0.5], "expected row numbers"),
        ([True, False], "one True or False for each"),
        (pd.DataFrame({"a": [1]}, index=["x"]), "expected row numbers"),
    ],
)
def test_what_is_no_row_is_refused(view, rows, says):
    view.selected = [1]
    with pytest.raises(OptionError, match=says):
        view.selected = rows
    assert len(view.selected) == 1


def test_a_row_without_text_is_refused_or_of_a_mask_left_out():
    view = cluster_abstracts(["Owls hoot.", None, "Bees hum."]).explore()
    view.selected = [True, True, False]
    assert view.selected.index.tolist() == [0]
    view.selected = pd.Series([False, None, True])
    assert view.selected.index.tolist() == [2]
    view.selected = [False, True, False]
    assert view.selected.empty
    with pytest.raises(OptionError, match="row 1: no text"):
        view.selected = [1]


def test_it_says_how_many_papers_it_shows(view):
    assert repr(view) == "<MapView of 72 papers>"


def test_without_anywidget_it_says_what_to_install(themes, monkeypatch):
    monkeypatch.delitem(sys.modules, "absclust.web.widget", raising=False)
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'absclust\[notebook\]'"):
        themes.explore()
