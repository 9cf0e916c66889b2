"""The notebooks: they run from a clean kernel, and the outputs kept are fit to be read."""

import re
from pathlib import Path

import nbformat
import pytest
from scripts.notebooks import METADATA, execute

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
A_PATH_OR_TIME = re.compile(
    r"/(?:home|root|tmp|work|Users|var)/|[A-Z]:\\|site-packages| at 0x[0-9a-f]+|\d\d:\d\d:\d\d"
)
SHOWN = {"execute_result", "display_data"}
CODE = re.compile(r"(`+).*?\1", re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)\)")
# 1,409 and 0.98 and .488, but not the digits of "cell2" or "03-two-years".
FIGURE = re.compile(r"(?<![\w.,-])(?:\d[\d,]*)?\.?\d+(?![\w-])")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request) -> Path:
    return request.param


def outputs(notebook) -> list:
    return [
        output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    ]


def texts(output) -> list[str]:
    """What is read in an output: streams and data but pictures and, if slow, a progress bar."""
    if output.output_type == "stream":
        return [output.text]
    unread = ("image/", "application/vnd.jupyter.widget-view")
    return [text for kind, text in output.data.items() if not kind.startswith(unread)]


def relative_links(markdown: str) -> list[str]:
    return [target for target in LINK.findall(markdown) if "://" not in target]


def figures(*texts: str) -> set[str]:
    """Numbers of two digits or more, as they are written."""
    return {found for text in texts for found in FIGURE.findall(text) if len(found) > 1}


def assert_clean(notebook) -> None:
    assert [o.text for o in outputs(notebook) if o.get("name") == "stderr"] == []
    kinds = {o.output_type if o.output_type in SHOWN else o.get("name") for o in outputs(notebook)}
    assert kinds <= {*SHOWN, "stdout"}  # no errors, no warnings
    for output in outputs(notebook):
        for text in texts(output):
            assert not A_PATH_OR_TIME.search(text)


def test_there_are_five():
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05"]


def test_outputs_are_kept(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert_clean(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    # As a clean kernel counts: from 1, in order, every cell.
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert any("text/html" in o.get("data", {}) for o in outputs(notebook))
    assert path.stat().st_size < 600_000


def test_nothing_of_the_machine_is_kept(path):
    notebook = nbformat.read(path, as_version=4)
    assert notebook.metadata == METADATA
    assert not any(cell.metadata for cell in notebook.cells)


def test_links_lead_somewhere(path):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for target in relative_links(cell.source):
                assert (path.parent / target).exists()


def test_it_opens_with_a_picture(path):
    cells = nbformat.read(path, as_version=4).cells
    opening = next(cell for cell in cells if cell.cell_type == "code")
    assert any("image/png" in output.get("data", {}) for output in opening.outputs)


def test_figures_in_the_text_are_shown(path):
    """What is said of the outputs is in them, in the code, or in a file that the text links to."""
    notebook = nbformat.read(path, as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    shown = figures(*code, *(text for output in outputs(notebook) for text in texts(output)))
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            linked = [path.parent / target for target in relative_links(cell.source)]
            known = shown | figures(*(file.read_text("utf-8") for file in linked))
            assert figures(CODE.sub("", LINK.sub("", cell.source))) <= known, cell.source


@pytest.mark.slow
def test_runs_from_a_clean_kernel(path):
    kept = nbformat.read(path, as_version=4)
    before = path.read_bytes()
    run = execute(path)
    assert_clean(run)
    # Figures may differ in the last place on another processor; what is shown may not.
    assert [sorted(o.get("data", [])) for o in outputs(run)] == [
        sorted(o.get("data", [])) for o in outputs(kept)
    ]
    assert path.read_bytes() == before
