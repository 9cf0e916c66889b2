"""What pages show is what their commands and code print; and a day's work on real files."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from scripts.transcript import told_anew

import absclust
from absclust.cli import main
from tests.conftest import ROOT, SHARED

TOLD = ["README.md", "docs/guides/shell.md", "docs/trust.md"]


@pytest.mark.slow
@pytest.mark.parametrize("name", TOLD)
def test_a_page_shows_what_is_printed(name, tmp_path):
    page = (ROOT / name).read_text("utf-8")
    now = told_anew(page, tmp_path)
    assert now.count("\n$ absclust ") + now.count("\n```text") > 0
    assert now == page, f"run python scripts/transcript.py {' '.join(TOLD)}"


@pytest.mark.slow  # as the test above: the page is made anew after a change of names
def test_the_guides_edits_fit_but_one():
    """The one that is wrong on purpose."""
    page = (ROOT / "docs/guides/shell.md").read_text("utf-8")
    assert page.count("\n$ absclust ") > 15
    assert page.count("this edit no longer fits") == 1
    assert "merged theme" in page
    assert "moved row" in page


def records(name, n, **fixed):
    """Return the first records of a real file that have certain values."""
    path = SHARED / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip("the real abstracts are not here")
    found = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            if len(found) < n and all(record.get(key) == value for key, value in fixed.items()):
                found.append(record)
    return pd.DataFrame(found)


@pytest.fixture
def shell(tmp_path, monkeypatch, capsys):
    """Run a command in an empty folder; return its exit code and its JSON."""
    monkeypatch.chdir(tmp_path)

    def run(*argv):
        code = main([*map(str, argv), "--json"])
        return code, json.loads(capsys.readouterr().out or "null")

    return run


@pytest.mark.slow
def test_a_librarians_day(shell, tmp_path):
    papers = records("unlabelled/reviews_17k", 300, review="ADHD")
    lines = []
    for number, paper in enumerate(papers[:200].to_dict("records")):
        text = " ".join(paper["abstract"].split())
        lines += [
            f"PMID- {number}",
            f"TI  - {paper['title']}",
            f"AB  - {text}",
            f"FAU - Smith, A{number}",
            "",
        ]
    Path("pubmed.nbib").write_text("\n".join(lines), "utf-8")
    scopus = papers[150:].assign(Authors=[f"Smith, A{n}" for n in range(150, len(papers))])
    scopus.rename(columns={"title": "Title", "abstract": "Abstract"}).to_csv(
        "scopus.csv", index=False
    )
    code, found = shell("cluster", "pubmed.nbib", "scopus.csv", "--out", "review", "--quiet")
    assert code == 0
    total = found["sources"][-1]
    assert total["identified"] == len(papers) + 50
    assert total["duplicates"] >= 40
    assert total["clustered"] + total["without_text"] == total["identified"] - total["duplicates"]
    old = found["themes"][0]["name"]
    Path("edits.toml").write_text(f"[rename]\n{json.dumps(old)} = 'Medication'\n", "utf-8")
    assert shell("edit", "review", "--plan", "edits.toml")[0] == 0
    code, found = shell("search", "review", "methylphenidate", "-n", 5)
    assert (code, len(found)) == (0, 5)
    assert shell("search", "review", "zzzz") == (1, [])
    for report in ("report.docx", "report.html", "report.xlsx"):
        assert shell("report", "review", report)[0] == 0
    assert f"{total['identified']} records were identified" in Path("report.html").read_text(
        "utf-8"
    )
    again = absclust.read_abstracts("review/papers.ris", merge_duplicates=False)
    assert (again["keywords"].str.contains("theme: Medication")).sum() > 10


@pytest.mark.slow
def test_a_managers_month(shell):
    papers = records("unlabelled/conferences_80k", 900).rename(columns={"venue": "department"})
    papers["year"] = [2020 + n % 6 for n in range(len(papers))]
    papers[:800].to_csv("institute.csv", index=False)
    papers[780:].to_csv("november.csv", index=False)
    assert shell("cluster", "institute.csv", "--out", "map", "--quiet")[0] == 0
    code, by_department = shell("export", "map", "--by", "department")
    assert code == 0
    assert len({row["group"] for row in by_department}) > 5
    assert shell("export", "map", "years.csv", "--table", "years")[0] == 0
    assert set(pd.read_csv("years.csv")["period"]) == set(range(2020, 2026))
    assert shell("compare", "map", "--before", 2023)[0] == 0
    code, predicted = shell("predict", "map", "november.csv", "--out", "november-themes.csv")
    assert (code, len(predicted)) == (0, len(pd.read_csv("november-themes.csv")))
    code, update = shell("update", "map", "november.csv")
    assert (update["known_rows"], update["new_papers"]) == (20, 100)
    assert len(pd.read_csv("map/papers.csv")) == 920


@pytest.mark.slow
def test_an_engineers_night(shell, tmp_path):
    papers = records("unlabelled/arxiv_100k", 1200)
    Path("parts").mkdir()
    for number in range(3):
        papers[number::3].to_parquet(f"parts/{number}.parquet")
    argv = ["cluster", "parts", "--out", "themes", "--json", "--log-file", "night.log"]
    done = subprocess.run(
        [sys.executable, "-m", "absclust", *argv], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["rows"] == 1200
    stages = Path("night.log").read_text("utf-8")
    for stage in ("Reading", "Finding themes", "Assigning"):
        assert f"INFO {stage}" in stages
        assert f"absclust: {stage}" in done.stderr  # a line each, as it is no terminal
    assert shell("search", "themes", "reinforcement learning", "--out", "found.csv")[0] == 0
    assert shell("cluster", "none.csv") == (3, None)
    assert shell("cluster", "parts/0.parquet", "--granularity", "0") == (2, None)
    assert shell("export", "themes", "no-folder/papers.ris")[0] == 4
