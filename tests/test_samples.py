"""The sample of real papers: it is what its README says, and the demo runs on it."""

import re
import shlex
import shutil

import pandas as pd
import pytest
from scripts import sample as script

from absclust import read_abstracts
from absclust.cli import main
from absclust.corpus.latex import quotes
from tests.conftest import ROOT, SAMPLES, SHARED

EXPORTS = ("zotero.bib", "scopus.csv")
ARXIV = SAMPLES / "arxiv.csv.gz"
README = (SAMPLES / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def papers() -> pd.DataFrame:
    return read_abstracts(ARXIV)


def test_every_paper_is_whole_and_there_once(papers):
    assert papers.attrs["broken"] == papers.attrs["skipped"] == []
    assert not papers["title"].str.casefold().duplicated().any()
    assert not papers["abstract"].str.casefold().duplicated().any()
    assert papers["id"].str.fullmatch(r"\d{4}\.\d{5}").all()
    assert papers["abstract"].str.len().min() > 400
    # An id begins with the year and the month of the first version.
    assert (papers["date"].str[2:4] + papers["date"].str[5:7] == papers["id"].str[:4]).all()


def test_it_follows_its_rule(papers):
    assert papers["categories"].str.split("; ").str[0].isin(script.CATEGORIES).all()
    assert (papers["date"] >= script.FIRST_MONTH).all()
    assert papers["date"].is_monotonic_increasing
    subjects = [script.subject({"title": title}) for title in papers["title"]]
    counts = pd.Series(subjects).value_counts()
    assert set(counts.index) == set(script.SUBJECTS)
    assert counts.max() == script.EACH
    taken = dict(re.findall(r"\| ([a-z, -]+) \| (\d+) \| [\d,]+ \|", README))
    assert {name: int(number) for name, number in taken.items()} == counts.to_dict()


def test_its_readme_says_what_it_is(papers):
    assert f"{len(papers):,} papers" in README
    assert "CC0 1.0" in README
    assert "https://creativecommons.org/publicdomain/zero/1.0/" in README
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert f"{len(papers):,} real papers" in readme


def test_it_is_small():
    assert ARXIV.stat().st_size < 1_000_000


@pytest.mark.slow
def test_it_is_drawn_byte_for_byte(tmp_path, papers):
    source = SHARED / "unlabelled"
    if not source.exists():
        pytest.skip(f"needs the real data: {source} is absent")
    script.write(script.draw(source), tmp_path / "again.csv.gz")
    assert read_abstracts(tmp_path / "again.csv.gz").equals(papers)


def test_the_exports_are_made_of_it(tmp_path, papers):
    shutil.copy(ARXIV, tmp_path)
    script.write_exports(tmp_path / ARXIV.name)
    for name in EXPORTS:
        assert (tmp_path / name).read_bytes() == (SAMPLES / name).read_bytes()


def test_the_exports_are_read_as_exports(papers):
    zotero, scopus = (read_abstracts(SAMPLES / name) for name in EXPORTS)
    assert len(zotero) == len(scopus) == script.EXPORTED
    assert zotero.attrs["broken"] == scopus.attrs["broken"] == []
    assert (scopus["abstract"] == "[No abstract available]").sum() == script.WITHOUT_ABSTRACT
    merged = read_abstracts([SAMPLES / name for name in EXPORTS])
    assert len(merged) == 2 * script.EXPORTED - script.SHARED
    known = papers.set_index("id")["abstract"]
    ids = zotero["doi"].str.removeprefix("10.48550/arXiv.")
    as_read = dict(zip(ids, zotero["abstract"], strict=True))
    changed = [i for i, text in as_read.items() if words(quotes(text)) != words(quotes(known[i]))]
    assert changed == []


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_demo_installs_what_users_need_and_no_more():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(r"^demo: \$\(VENV\)/\.demo ", makefile, re.MULTILINE)
    recipe = re.search(r"^\$\(VENV\)/\.demo:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)[1]
    asked = re.findall(r"(?:-r|-e) (\S+)", recipe)
    assert asked == ["requirements-light.txt", "."]
    assert "--quiet" not in recipe


@pytest.mark.slow
def test_the_demo_runs(tmp_path, monkeypatch, capsys):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    command = re.search(r"^demo:.*\n\t\$\(BIN\)/absclust (.+)$", makefile, re.MULTILINE)
    *arguments, out = shlex.split(command[1])
    assert out == "build/demo"
    monkeypatch.chdir(ROOT)
    assert main([*arguments, str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    themes = pd.read_csv(tmp_path / "themes.csv")
    assert len(themes) > 5
    assert all(name[:20] in shown for name in themes["name"])
    assert (tmp_path / "map.png").stat().st_size > 50_000
    assert "<html" in (tmp_path / "map.html").read_text("utf-8")[:200]
