import dataclasses

import numpy as np
import pandas as pd
from markdown_it import MarkdownIt

from absclust import cluster_abstracts, read_abstracts
from absclust.report import markdown
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
    assert len(method.split("\n\n")) == 2
    for part in ("The input had 16 records", "15 of 16 have an abstract", "Leiden", "scikit-learn",
                 "resolution", "mean stability", themes.fingerprint):  # fmt: skip
        assert part in method
    rows = tokens(text, "tr_open")
    assert len(rows) == len(themes) + 1
    assert len(tokens(text, "list_item_open")) == len(themes.labels)
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
    assert [c.attrs["href"] for c in children if c.type == "link_open"] == [
        "https://example.org/a_(b)?x=%7C"
    ]
    assert len([c for c in children if c.type == "image"]) == 1  # the map
    shown = " ".join(plain(token) for token in parsed if token.type == "inline")
    for title in titles:
        assert " ".join(title.split()) in shown
    rows = text.split("## Themes\n\n")[1].split("\n\n## ")[0]
    assert len(tokens(rows, "td_open")) == 5 * len(themes)


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
    themes = cluster_abstracts(sample, clusterer="hdbscan", outliers="assign")
    text = themes.report(tmp_path / "a.md").read_text("utf-8")
    assert "UMAP and HDBSCAN (Campello et al., 2013; outliers: assign)" in text


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
