import dataclasses
import html
import io
import sys
import zipfile
from xml.etree import ElementTree

import docx
import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt

from absclust import MissingPackageError, WriteError, cluster_abstracts, read_abstracts
from absclust.report import markdown
from absclust.reprs import graded
from tests.conftest import SAMPLES, with_corpus

MARKDOWN = MarkdownIt("commonmark").enable("table")


def tokens(text, kind):
    return [token for token in MARKDOWN.parse(text) if token.type == kind]


def plain(inline):
    return "".join(child.content for child in inline.children)


def test_the_report_has_method_themes_papers_and_map(tmp_path):
    themes = cluster_abstracts(read_abstracts(SAMPLES / "abstracts.bib"))
    text = themes.report(tmp_path / "my report.md").read_text("utf-8")
    assert text == markdown(themes, "my report.png")
    assert (tmp_path / "my report.png").read_bytes().startswith(b"\x89PNG")
    assert "](<my%20report.png>)" in text
    method = text.split("## Method\n\n")[1].split("\n\n## ")[0]
    assert len(method.split("\n\n### ")[0].split("\n\n")) == 2
    for part in ("16 records were identified", "1 of them without an abstract", "Leiden",
                 "scikit-learn", "### References", "Traag VA, Waltman L", "doi.org/10.1038",
                 "Hennig C",
                 "resolution", "mean stability", themes.fingerprint):  # fmt: skip
        assert part in method
    rows = tokens(text, "tr_open")
    assert len(rows) == len(themes) + 1
    papers = text.split("## Papers\n\n")[1]
    assert len(tokens(papers, "list_item_open")) == len(themes.labels)
    for title in themes.corpus.titles:
        assert any(title in plain(inline) for inline in tokens(text, "inline"))


def test_titles_are_text_and_never_markup(tmp_path):
    titles = [
        "# No heading | no cell", "<script>alert(1)</script>", "[click](javascript:alert(1))",
        "**a** _b_ `c` \\* &amp; ~~d~~", "1. no list\n- none", "![x](http://example.org/y.png)",
    ]  # fmt: skip
    links = ["https://example.org/a_(b)?x=|", "javascript:alert(1)", "", "", "", ""]
    themes = cluster_abstracts(
        ["Robot arms grasp cups.", "Robots grasp tools.", "Robot arms stack tools.",
         "Proteins fold fast.", "How proteins fold.", "A protein folds twice."]
    )  # fmt: skip
    first, *others = themes.themes
    named = dataclasses.replace(first, name="a | b\n## c", keywords=("x|y", "<i>z"))
    themes = with_corpus(
        dataclasses.replace(themes, themes=(named, *others)),
        records=pd.DataFrame({"title": titles, "url": links, "authors": "A_B|C; <b>D"}),
        titles=tuple(" ".join(title.split()) for title in titles),
    )
    text = themes.report(tmp_path / "report.md").read_text("utf-8")
    parsed = MARKDOWN.parse(text)
    assert not [t for t in parsed if t.type == "html_block"]
    children = [child for token in parsed for child in token.children or ()]
    assert not [c for c in children if c.type == "html_inline"]
    links = [c.attrs["href"] for c in children if c.type == "link_open"]
    cited = ("https://doi.org/10.", "https://arxiv.org/abs/1802.03426")
    assert [link for link in links if not link.startswith(cited)] == [
        "https://example.org/a_(b)?x=%7C"
    ]
    assert len([c for c in children if c.type == "image"]) == 1  # the map
    shown = " ".join(plain(token) for token in parsed if token.type == "inline")
    for title in titles:
        assert " ".join(title.split()) in shown
    rows = text.split("## Themes\n\n")[1].split("\n\n## ")[0]
    assert len(tokens(rows, "td_open")) == 6 * len(themes)


def hostile():
    """Two papers whose titles are markup, a formula, and characters that XML forbids."""
    records = pd.DataFrame(
        {"title": ["=1+1 & 2 < 3", "Owls \x07*hoot*"], "abstract": ["a" * 40_000, "Owls hoot."]}
    )
    records["url"] = "https://example.org/a?b=1&c=2"
    return cluster_abstracts(records, embeddings=np.eye(2))


def test_a_page_has_the_picture_in_it_and_runs_nothing(tmp_path, sample_themes):
    page = sample_themes.report(tmp_path / "report.html").read_text("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert page.startswith("<!DOCTYPE html>")
    assert page.count('src="data:image/png;base64,iVBOR') == page.count("<img") == 1
    assert all(f"<td>{html.escape(theme.name)}</td>" in page for theme in sample_themes)
    page = hostile().report(tmp_path / "hostile.html").read_text("utf-8")
    assert "=1+1 &amp; 2 &lt; 3" in page
    assert "<script" not in page


def test_a_word_file_has_headings_table_picture_and_links(tmp_path, sample_themes):
    document = docx.Document(sample_themes.report(tmp_path / "report.docx"))
    by_style = {}
    for paragraph in document.paragraphs:
        by_style.setdefault(paragraph.style.name, []).append(paragraph.text)
    assert by_style["Title"] == ["8 themes and 1 mixed in 164 papers"]
    assert by_style["Heading 1"] == ["Method", "Themes", "Papers"]
    assert len(by_style["List Bullet"]) > len(sample_themes.labels)
    (table,) = document.tables
    assert [row.cells[1].text for row in table.rows[1:]] == [t.name for t in sample_themes]
    assert table.rows[1].cells[3].text == graded(sample_themes[0].stability)
    assert len(document.inline_shapes) == 1
    document = docx.Document(hostile().report(tmp_path / "hostile.docx"))
    text = [paragraph.text for paragraph in document.paragraphs]
    assert "=1+1 & 2 < 3" in text
    assert "Owls *hoot*" in text
    linked = {rel.target_ref for rel in document.part.rels.values() if rel.is_external}
    assert "https://example.org/a?b=1&c=2" in linked


def test_a_spreadsheet_has_a_sheet_each_and_no_formula(tmp_path, sample_themes):
    sheets = read_sheets(sample_themes.report(tmp_path / "report.xlsx"))
    assert list(sheets) == ["themes", "papers", "sources"]
    assert [row["name"] for row in sheets["themes"]] == [t.name for t in sample_themes]
    assert [int(row["theme"]) for row in sheets["papers"]] == sample_themes.labels.tolist()
    assert sheets["sources"][0]["identified"] == "166"
    papers = read_sheets(hostile().report(tmp_path / "hostile.xlsx"))["papers"]
    assert papers[0]["title"] == "=1+1 & 2 < 3"
    assert len(papers[0]["abstract"]) == 32_767
    assert papers[0]["abstract"].endswith("a…")  # what a cell can't hold is seen to be cut


def read_sheets(path):
    """Read a workbook by its XML: each sheet as a list of dicts; a formula is an error."""
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    sheets = {}
    with zipfile.ZipFile(path) as archive:
        strings = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        texts = ["".join(t.text or "" for t in s.iter(f"{{{space['m']}}}t")) for s in strings]
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        for number, sheet in enumerate(book.find("m:sheets", space), start=1):
            content = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            assert content.find(".//m:f", space) is None
            rows = []
            for row in content.iterfind(".//m:row", space):
                cells = {}
                for cell in row:
                    value = cell.findtext("m:v", "", space)
                    column = cell.get("r").rstrip("0123456789")
                    cells[column] = texts[int(value)] if cell.get("t") == "s" else value
                rows.append(cells)
            header = rows[0]
            sheets[sheet.get("name")] = [
                {name: row.get(column, "") for column, name in header.items()} for row in rows[1:]
            ]
    return sheets


def test_a_missing_package_says_what_to_install(tmp_path, sample_themes, monkeypatch):
    for package, name in (("docx", "a.docx"), ("xlsxwriter", "a.xlsx")):
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(MissingPackageError, match=r"pip install 'absclust\[office\]'"):
            sample_themes.report(tmp_path / name)


def test_the_method_counts_what_a_flow_chart_counts(tmp_path):
    files = [SAMPLES / "abstracts.bib", SAMPLES / "abstracts.ris"]
    themes = cluster_abstracts(read_abstracts(files))
    assert "32 records were identified" in markdown(themes)
    assert themes.sources().loc["total", "identified"] == 32
    assert "The input had" not in markdown(themes)


def test_the_summary_is_short(sample_themes):
    report = sample_themes.summary()
    assert report.startswith("166 rows")
    assert "## " not in report


def test_the_method_says_how_papers_were_embedded_and_what_was_edited(tmp_path, sample_themes):
    text = sample_themes.merge([0, 1], "two in one").report(tmp_path / "a.md").read_text("utf-8")
    assert "384 dimensions (the built-in embedding of absclust: word vectors, adapted" in text
    known = len(sample_themes) - 2
    assert f"mean stability (known for {known} of them)" in text
    assert "Edited by hand: merged theme 0" in text
    given = cluster_abstracts(["robots", "owls"], embeddings=np.eye(2))
    assert "(chosen by the analysts)" in given.report(tmp_path / "b.md").read_text("utf-8")


def test_the_method_says_which_clusterer_was_used(tmp_path, sample):
    themes = cluster_abstracts(sample, clusterer="hdbscan")
    text = themes.report(tmp_path / "a.md").read_text("utf-8")
    assert "UMAP and HDBSCAN (Campello et al., 2013)." in text


def test_the_method_says_how_small_themes_were_treated(sample):
    default = cluster_abstracts(sample)
    treatment = "themes of fewer than 2 papers were merged into the nearest"
    assert treatment in markdown(default, "map.png")
    with_number = markdown(cluster_abstracts(sample, n_themes=5), "map.png")
    assert "merged into the 5 requested" in with_number
    assert "fewer than" not in with_number


def test_the_method_is_true_of_seed_themes(sample):
    seeds = {"Federation": ["federated learning"], "Chips": ["KV cache"]}
    themes = cluster_abstracts(sample, seed_themes=seeds, min_theme_size=15)
    text = markdown(themes, "map.png")
    assert "around seed themes (Federation, Chips)" in text
    assert "other themes of fewer than 15 papers were merged into the nearest" in text
    assert all(theme.size >= 15 for theme in themes if theme.name not in seeds)
    assert set(seeds) <= {theme.name for theme in themes}


def test_a_paper_begins_with_its_authors_or_else_its_title(tmp_path):
    papers = pd.DataFrame(
        {
            "title": ["Owls hoot", "Owls fly", "Owls nest"],
            "authors": ["Ali, Z; Bo, Y", "", ""],
            "year": [2020, 2021, None],
        }
    )
    text = cluster_abstracts(papers, progress=False).report(tmp_path / "a.md").read_text("utf-8")
    for line in ("- Ali, Z; Bo, Y (2020): *Owls hoot*", "- *Owls fly* (2021)", "- *Owls nest*"):
        assert f"{line}\n" in f"{text}\n"


@pytest.mark.parametrize("given", ["md", ".html", "docx", "xlsx"])
def test_a_report_goes_into_an_open_file(given, sample_themes):
    written = io.BytesIO()
    sample_themes.report(written, format=given)
    assert len(written.getvalue()) > 2000
    with pytest.raises(WriteError, match=r"format \.pdf: expected"):
        sample_themes.report(written, format="pdf")
