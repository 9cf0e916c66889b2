"""Networks for Gephi, Cytoscape and VOSviewer, read again by networkx or as JSON."""

import io
import json

import networkx as nx
import numpy as np
import pytest

from absclust import OptionError, WriteError, cluster_abstracts
from tests.conftest import with_coordinates


@pytest.fixture(scope="module")
def themes():
    random = np.random.default_rng(0)
    theme = np.repeat([0, 1], 10)
    papers = [
        {"title": f"The {'owl' if t else 'robot'} & <b>\x0b {i}", "year": 2000 + i if i else None,
         "doi": f"10.1/{i}" if i % 2 else None}
        for i, t in enumerate(theme.tolist())
    ]  # fmt: skip
    papers.insert(5, dict(papers[3]))  # a duplicate is no node
    vectors = np.eye(2, 12)[theme] + random.normal(0, 0.2, (20, 12))
    vectors = np.insert(vectors, 5, vectors[3], axis=0)
    themes = cluster_abstracts(papers, embeddings=vectors, n_themes=2)
    return with_coordinates(themes, random.random((20, 2)))


READERS = {".gexf": lambda path: nx.read_gexf(path, node_type=int),
           ".graphml": lambda path: nx.read_graphml(path, node_type=int)}  # fmt: skip


@pytest.mark.parametrize("suffix", READERS)
def test_papers_are_nodes_and_their_nearest_papers_neighbours(themes, tmp_path, suffix):
    read = READERS[suffix](themes.to_network(tmp_path / f"a{suffix}", of="papers"))
    first = themes.corpus.first_row
    assert sorted(read.nodes) == sorted(first.tolist())
    graph = themes.foundation.paper_graph
    linked = {
        frozenset((int(first[paper]), int(first[other])))
        for paper, others in enumerate(graph.indices)
        for other, cosine in zip(others, graph.similarities[paper], strict=True)
        if cosine > 0
    }
    assert {frozenset(edge) for edge in read.edges} == linked
    for row in first.tolist():
        node = read.nodes[row]
        assert node["label"] == themes.corpus.titles[row].replace("\x0b", "")
        assert node["theme"] == themes.labels[row]
        assert node.get("year", 0) == themes.corpus.years[row]
        assert node.get("url", "") == themes.corpus.links[row]


@pytest.mark.parametrize("suffix", READERS)
def test_themes_are_nodes(themes, tmp_path, suffix):
    read = READERS[suffix](themes.to_network(tmp_path / f"a{suffix}"))
    assert [read.nodes[theme.id]["papers"] for theme in themes] == [theme.size for theme in themes]
    table = themes.links()
    assert len(read.edges) == len(table)
    for row in table.itertuples():
        edge = read.edges[row.theme, row.other]
        assert (edge["links"], edge["weight"]) == (row.links, pytest.approx(row.strength))


@pytest.mark.parametrize("of", ["themes", "papers"])
def test_vosviewer_has_items_with_clusters_and_links(themes, tmp_path, of):
    network = json.loads(themes.to_network(tmp_path / "a.json", of=of).read_text("utf-8"))[
        "network"
    ]
    items = {item["id"]: item for item in network["items"]}
    assert len(items) == (2 if of == "themes" else 20)
    assert {item["cluster"] for item in items.values()} == {1, 2}
    assert all({"label", "x", "y", "weights", "scores"} <= set(item) for item in items.values())
    for link in network["links"]:
        assert link["source_id"] in items
        assert link["target_id"] in items
        assert link["strength"] > 0
    degrees = [item["weights"]["Links"] for item in items.values()]
    assert sum(degrees) == 2 * len(network["links"])


@pytest.mark.parametrize("suffix", [*READERS, ".json"])
def test_the_same_map_gives_the_same_file_on_any_day(themes, tmp_path, suffix, monkeypatch):
    one = themes.to_network(tmp_path / f"a{suffix}").read_bytes()
    monkeypatch.setattr("time.strftime", lambda *_: "2001-01-01")
    assert themes.to_network(tmp_path / f"b{suffix}").read_bytes() == one


def test_what_is_no_network(themes, tmp_path):
    for options in ({}, {"format": ".net"}):
        with pytest.raises(WriteError, match=r"\.net: expected a name that ends in \.gexf, \.gr"):
            themes.to_network(tmp_path / "a.net", **options)
    with pytest.raises(OptionError, match="of is 'words'; expected 'themes', 'papers' or 'cit"):
        themes.to_network(tmp_path / "a.gexf", of="words")
    with pytest.raises(WriteError, match="there is no folder"):
        themes.to_network(tmp_path / "none" / "a.gexf")


def test_an_open_file_takes_a_network_too(themes, tmp_path):
    whole = themes.to_network(tmp_path / "a.gexf").read_bytes()
    with (tmp_path / "b.gexf").open("wb") as file:
        themes.to_network(file)
    assert (tmp_path / "b.gexf").read_bytes() == whole
    text = io.StringIO()
    themes.to_network(text, format=".gexf")
    assert text.getvalue() == whole.decode("utf-8")
