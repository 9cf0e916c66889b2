import logging
import re
import subprocess
import sys

import pytest

from absclust.progress import progress_bar, stage


class Terminal:
    """A stderr that somebody looks at."""

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        pass

    def isatty(self):
        return True


def draw(monkeypatch, *, show, terminal=True):
    screen = Terminal()
    screen.isatty = lambda: terminal
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr("absclust.progress._DELAY_S", 0)
    with progress_bar("Embedding", 4, "papers", show=show) as bar:
        bar.update(4)
        bar.refresh()
    return screen.text


def test_bar_has_a_rate(monkeypatch):
    text = draw(monkeypatch, show=True)
    assert "Embedding" in text
    assert "papers/s" in text


@pytest.mark.parametrize(("show", "terminal"), [(False, True), (True, False)])
def test_silence(monkeypatch, show, terminal):
    assert draw(monkeypatch, show=show, terminal=terminal) == ""


@pytest.mark.parametrize(("n_papers", "expected"), [(9_999, ""), (10_000, "Naming 182 themes ...")])
def test_long_work_shows_its_stage_at_once(monkeypatch, n_papers, expected):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with stage("Naming 182 themes", n_papers, show=True):
        shown = screen.text
    assert shown.strip() == expected


def test_stages_are_logged_with_their_times_and_what_is_set_aside_is_a_warning(caplog):
    from absclust import cluster_abstracts

    caplog.set_level(logging.INFO, "absclust")
    cluster_abstracts(["Robots grasp.", None, "Proteins fold."], progress=False)
    logged = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert ("WARNING", "1 row has no text and no theme: row 1") in logged
    stages = [message for level, message in logged if level == "INFO"]
    assert all(re.fullmatch(r"[A-Z].*: \d+\.\d s", line) for line in stages)
    assert any(line.startswith("Finding themes: ") for line in stages)


@pytest.mark.parametrize("progress", [True, False])
def test_only_papers_are_logged_as_embedded(caplog, progress):
    from absclust import cluster_abstracts

    caplog.set_level(logging.DEBUG, "absclust")
    texts = [f"{what} {i}." for what in ("Robots grasp", "Proteins fold") for i in range(30)]
    themes = cluster_abstracts(texts, progress=progress)
    assert len(themes.foundation.calibration_similarities) == 60  # from papers held out
    themes.search("robots")
    lines = [record.getMessage() for record in caplog.records if record.levelname == "INFO"]
    embedded = [line for line in lines if "Embedding" in line]
    assert all(line.startswith("Embedding 60 papers: ") for line in embedded)
    assert not any(line.endswith(": 0.0 s") for line in embedded)


def test_a_program_that_does_not_listen_sees_nothing(tmp_path):
    code = "import absclust; absclust.cluster_abstracts(['Robots grasp.', None], progress=False)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == done.stdout == ""
