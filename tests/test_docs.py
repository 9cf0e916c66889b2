"""Every call that README and the documentation's pages show runs, and prints what they say.

The blocks of a page run in order, with what the blocks above them defined, in a folder that holds
nothing but the samples that ship. Pages choose themes by what they find, never by a name.
"""

import doctest
import re
import shlex
import shutil
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest

import absclust
from absclust.cli import main
from tests.conftest import ROOT, SAMPLES

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
BLOCK = re.compile(r"(?:^<!-- not run: ([^\n]+) -->\n)?^```(python|sh)\n(.*?)^```", re.M | re.S)
PAGES = {
    str(page.relative_to(ROOT)): BLOCK.findall(page.read_text("utf-8"))
    for page in [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
    if ROOT / "docs" / "notebooks" not in page.parents
}
PAGES = {name: blocks for name, blocks in PAGES.items() if blocks}


def run_python(code: str, names: dict, page: str) -> None:
    if ">>> " not in code:
        exec(compile(code, page, "exec"), names)
        return
    examples = doctest.DocTestParser().get_doctest(code, names, page, page, 0)
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    outcome = runner.run(examples, clear_globs=False)
    names.update(examples.globs)
    assert not outcome.failed


def run_shell(code: str) -> None:
    """Run what calls absclust; what installs is run by `make test-dist`."""
    for line in code.replace("\\\n", " ").splitlines():
        if line.startswith("absclust "):
            assert main(shlex.split(line, comments=True)[1:]) == 0, line


def run_page(page: str) -> dict:
    """Run the blocks of a page, and return what they defined."""
    plt.close("all")  # of the pages before
    names: dict = {"__name__": "__main__"}
    for reason, language, code in PAGES[page]:
        if not reason:
            run_shell(code) if language == "sh" else run_python(code, names, page)
    return names


@pytest.fixture
def folder_of_samples(tmp_path, monkeypatch):
    shutil.copytree(SAMPLES, tmp_path / "data" / "samples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["weekly.py", "data/samples/scopus.csv"])
    return tmp_path


@pytest.mark.slow
@pytest.mark.allow_hosts(["127.0.0.1"])  # Dask's processes on this machine
@pytest.mark.parametrize("page", sorted(PAGES.keys() - {"README.md"}))
def test_a_page_runs(page, folder_of_samples):
    run_page(page)


@pytest.mark.slow
def test_the_first_page_runs_and_says_something_sensible(folder_of_samples):
    """Its calls find something in the files that it names."""
    names = run_page("README.md")
    themes = names["themes"]  # of the review: 270 papers, with venues, of two years
    assert "AI agents" in [theme.name for theme in themes]
    assert set(themes.by("venue")["news"]) == {"over", "under", "even"}
    change = themes.compare(before=2026)
    assert min(change.n_before, change.n_after) > 50
    assert "reward hack" in themes.search("reward hacking")["title"].iloc[0].lower()
    assert themes.predict(names["new_papers"])["theme"].ge(0).all()
    written = {"map.html", "map.pdf", "report.md", "themes.ris", "map.zip", "results"}
    assert written <= {path.name for path in folder_of_samples.iterdir()}


def test_only_what_needs_more_than_the_samples_is_not_run():
    reasons = {reason for blocks in PAGES.values() for reason, *_ in blocks if reason}
    assert reasons <= {"it needs a model to be downloaded", "it needs a server"}
    assert not any(reason for reason, *_ in PAGES["README.md"])


CELL = re.compile(r"^\|[^|]+\|(.+)\|$", re.MULTILINE)
CODE = re.compile(r"`([^`]*[(\[.][^`]*)`")


def lines_beside_bertopic():
    page = (ROOT / "docs" / "from-bertopic.md").read_text("utf-8")
    return [code for cell in CELL.findall(page) for code in CODE.findall(cell)]


def test_there_is_a_line_for_each_method():
    assert len(lines_beside_bertopic()) > 40


@pytest.fixture(scope="module")
def beside_bertopic(sample, tmp_path_factory):
    """What the lines of docs/from-bertopic.md call by name."""

    class Named:
        def name(self, requests):
            return [f"theme {number}" for number, _ in enumerate(requests)]

    papers = sample.dropna(subset=["abstract"]).head(60)
    papers = papers.assign(
        venue=["Owls", "Bees"] * 30, label=papers["intended_theme"].where(np.arange(60) % 3 == 0)
    )
    themes = absclust.cluster_abstracts(papers)
    path = tmp_path_factory.mktemp("saved") / "map.zip"
    themes.save(path)
    return {
        "path": path,
        **{name: getattr(absclust, name) for name in absclust.__all__},
        "absclust": absclust,
        "papers": papers,
        "texts": papers["abstract"].tolist(),
        "more": ["Robot arms learn to grasp tools.", "Owls hoot at night."],
        "vectors": themes.embedding,
        "phrases": [keyword for theme in themes for keyword in theme.keywords],
        "namer": Named(),
        "themes": themes,
    }


@pytest.mark.parametrize("line", lines_beside_bertopic())
def test_a_line_beside_bertopic(beside_bertopic, line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(line, dict(beside_bertopic))
