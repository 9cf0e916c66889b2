"""The examples in the documentation run and print what it says."""

import doctest
import re

import pytest

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
