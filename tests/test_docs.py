"""The examples in the documentation run and print what it says."""

import doctest
import re

import numpy as np
import pytest

import absclust
from tests.conftest import ROOT

PAGES = sorted(
    str(page.relative_to(ROOT / "docs"))
    for page in ROOT.glob("docs/**/*.md")
    if ">>> " in page.read_text("utf-8")
)
FENCE = re.compile(r"^```.*$", re.MULTILINE)


def test_there_are_examples():
    assert "groups.md" in PAGES


@pytest.mark.parametrize("name", PAGES)
def test_examples_of_a_page(monkeypatch, name):
    monkeypatch.chdir(ROOT)
    page = ROOT / "docs" / name
    text = FENCE.sub("", page.read_text("utf-8"))
    examples = doctest.DocTestParser().get_doctest(text, {}, name, str(page), 0)
    outcome = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(examples)
    assert outcome.attempted
    assert not outcome.failed


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
