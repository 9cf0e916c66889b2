"""The map as a widget in a real JupyterLab, in headless Chromium."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT
from tests.web.test_browser import BROWSER, shown
from tests.web.test_page import make_map

pytest.importorskip("jupyterlab", reason="needs: pip install jupyterlab")
HTMLExporter = pytest.importorskip("nbconvert", reason="comes with jupyterlab").HTMLExporter
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BROWSER, reason="needs a browser: apt-get install chromium"),
]

SECONDS = 300  # until a test is given up; a busy machine may take long
CELLS = (
    "from tests.web.test_page import make_map\nview = make_map().explore()\nview",
    "print('selected:', view.selected['key'].tolist())",
    "view.selected = [40, 30]",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Start JupyterLab in an empty folder; return its folder and address."""
    home = tmp_path_factory.mktemp("jupyter")
    folders = {
        name: str(home / name.lower()) for name in ("HOME", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    options = [
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        "--port=0",
        "--IdentityProvider.token=",
    ]
    command = [sys.executable, "-m", "jupyterlab", *options, f"--ServerApp.root_dir={home}"]
    environment = (
        os.environ | folders | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    )
    with open(home / "log.txt", "w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield home, _address(process, home)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _address(process, home):
    for _ in range(SECONDS * 2):
        for path in Path(home / "jupyter_runtime_dir").glob("jpserver-*.json"):
            return json.loads(path.read_text())["url"]
        assert process.poll() is None, (home / "log.txt").read_text()
        time.sleep(0.5)
    pytest.fail((home / "log.txt").read_text())


@pytest.fixture(scope="module")
def lab(server):
    """Open a notebook with the cells in JupyterLab, once: its kernel takes long to start."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs: pip install playwright")
    home, address = server
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, home / "map.ipynb")
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(
            executable_path=BROWSER,
            args=["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )
        page = browser.new_page(viewport={"width": 1500, "height": 1000}, reduced_motion="reduce")
        page.set_default_timeout(SECONDS * 1000)
        page.goto(f"{address}lab/tree/map.ipynb?reset")
        page.locator("text=| Idle").wait_for()  # the kernel has started
        yield page
        browser.close()


def run_cell(lab, number):
    """Run a cell and wait until it is done; return its output."""
    cell = lab.locator(".jp-CodeCell").nth(number)
    prompt = cell.locator(".jp-InputPrompt")
    before = prompt.inner_text()
    cell.locator(".jp-InputArea-editor").click()
    lab.keyboard.press("Control+Enter")
    for _ in range(SECONDS * 10):
        lab.wait_for_timeout(100)
        if re.fullmatch(r"\[\d+\]:", prompt.inner_text()) and prompt.inner_text() != before:
            return cell.locator(".jp-OutputArea-output")
    pytest.fail(f"cell {number} is not done: {prompt.inner_text()}")


def frame_of(lab):
    """Return the map's frame, when it is ready and in sight."""
    element = lab.locator("iframe[title='Theme map']")
    element.wait_for(state="visible")
    frame = element.element_handle().content_frame()
    frame.wait_for_selector("html[data-texts=read]", state="attached")
    element.scroll_into_view_if_needed()
    return frame


def keys(output):
    return re.findall(r"'(k\d+)'", output.inner_text())


def test_what_is_selected_in_the_map_comes_back(lab):
    run_cell(lab, 0)
    frame = frame_of(lab)
    assert keys(run_cell(lab, 1)) == []

    frame.fill("#search", "galaxy and star")
    frame.press("#search", "Enter")
    assert shown(frame, "#listed") == "12 found"
    assert keys(run_cell(lab, 1)) == [f"k{i}" for i in range(48, 60)]

    frame.locator("#clear").click()
    frame.fill("#search", "study 7")
    frame.locator("#search").press("Escape")
    assert keys(run_cell(lab, 1)) == []

    # A lasso around the whole map.
    frame.click("#reset")
    frame.click("#lasso")
    stage = frame.locator("#map").bounding_box()
    left, top = stage["x"] + 5, stage["y"] + 5
    right, bottom = left + stage["width"] - 10, top + stage["height"] - 10
    lab.mouse.move(right, bottom)
    lab.mouse.down()
    for corner in ((left, bottom), (left, top), (right, top)):
        lab.mouse.move(*corner, steps=4)
    lab.mouse.up()
    assert shown(frame, "#listed") == "72 selected"
    assert len(keys(run_cell(lab, 1))) == 73  # one paper has two rows

    # What Python selects is lit in the map, and read back as it was given.
    run_cell(lab, 2)
    frame = frame_of(lab)
    assert shown(frame, "#listed") == "2 selected"
    assert shown(frame, "#list li:first-child .title").startswith("The ")
    assert keys(run_cell(lab, 1)) == ["k30", "k40"]

    frame.locator("#clear").click()
    frame.locator("#list .paper").first.click()
    title = shown(frame, "#reader-title")
    (clicked,) = keys(run_cell(lab, 1))
    assert make_map().papers().set_index("key").loc[clicked, "title"] == title


def test_the_map_stays_when_the_kernel_is_gone(lab, server):
    run_cell(lab, 0)
    frame_of(lab)
    lab.keyboard.press("Control+s")
    lab.locator("text=Saving completed").wait_for()
    lab.locator(".jp-CodeCell").first.locator(".jp-InputArea-editor").click()
    lab.keyboard.press("Escape")
    lab.click("text=Kernel")
    lab.click("text=Restart Kernel…")
    lab.click("button:has-text('Restart')")
    lab.reload()
    lab.locator("text=| Idle").wait_for()
    assert shown(frame_of(lab), "#heading") == "72 papers, 6 themes"

    exported, _ = HTMLExporter().from_filename(str(server[0] / "map.ipynb"))
    (server[0] / "map.html").write_text(exported, "utf-8")
    lab.goto((server[0] / "map.html").as_uri())
    assert shown(frame_of(lab), "#heading") == "72 papers, 6 themes"
    assert "MapView" not in lab.inner_text("body")
    lab.screenshot(path="/tmp/lab5.png")
