"""The links between papers, or between themes, as a network for other programs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from absclust.analysis.citations import citations
from absclust.analysis.strategic import links
from absclust.atomic import Target, format_of, write_beside
from absclust.errors import OptionError, check_choice

if TYPE_CHECKING:
    from pathlib import Path

    from networkx import Graph

    from absclust.theme_map import ThemeMap

_SUFFIXES = (".gexf", ".graphml", ".json")
_SPREAD = 1000.0  # width of the network: programs draw nodes some ten units wide
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_DATE = re.compile(' lastmodifieddate="[^"]*"')
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_network(
    themes: ThemeMap, path: Target, of: str = "themes", *, format: str | None = None
) -> Path:
    """Write the links between themes, or papers, as a network, in the format of the suffix.

    ``.gexf`` is for Gephi, ``.graphml`` for Cytoscape and others, ``.json`` for VOSviewer.
    The nodes stand where they are on the map and know their theme; if the map was not drawn
    before, this computes its layout.

    Parameters
    ----------
    path
        The file to write, with one of these suffixes; an existing one is replaced. Or a file that
        is open for writing.
    of
        ``"themes"``: a node per theme, linked as in ``links``; ``"papers"``: a node per
        distinct paper, linked to its nearest papers by their cosines; ``"citations"``: a node per
        distinct paper, with a link to each paper of the map that its references surely name.
    format : optional
        ``".gexf"``, ``".graphml"`` or ``".json"``, for a file without such a name.

    Returns
    -------
    pathlib.Path
        The path of the file.

    Raises
    ------
    OptionError
        If ``of`` is none of these, or the input has no column of references.
    WriteError
        If the path is a folder, its folder is missing, its name is that of another format, or
        writing fails.

    Examples
    --------
    >>> import tempfile
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
    >>> themes.to_network(f"{tempfile.mkdtemp()}/papers.gexf", of="papers").name
    'papers.gexf'
    """
    import networkx as nx

    kind = format_of(path, format, _SUFFIXES)
    check_choice(of, "of", ("themes", "papers", "citations"))
    graph = _network(themes, of)
    if kind == ".json":
        text = json.dumps(_vosviewer(graph), ensure_ascii=False)
    elif kind == ".graphml":
        text = _DECLARATION + "\n".join(nx.generate_graphml(graph, named_key_ids=True))
    else:
        for node in graph.nodes.values():
            node["viz"] = {"position": {"x": node["x"], "y": node["y"], "z": 0.0}}
        # Without the date, the same map gives the same file.
        text = _DECLARATION + _DATE.sub("", "\n".join(nx.generate_gexf(graph)))
    return write_beside(path, lambda beside: beside.write_text(text, "utf-8", newline="\n"))


def _nodes(themes: ThemeMap, of: str) -> pd.DataFrame:
    """Return what the nodes know, and where they stand, in units that leave room for them."""
    labels, corpus = themes._paper_labels, themes.corpus
    at = themes.foundation.paper_coordinates.astype(np.float64)
    at = _SPREAD * (at - at.mean(axis=0)) / max(float(np.ptp(at)), 1e-9)
    places = pd.DataFrame(at, columns=["x", "y"])
    if of == "themes":
        known = themes.table()[["name", "size", "keywords", "stability"]]
        known = known.rename(columns={"name": "label", "size": "papers"})
        nodes = known.join(places.groupby(labels).median()).assign(theme=known.index)
    else:
        rows = corpus.first_row
        years = corpus.years[rows]
        nodes = places.assign(
            theme=labels,
            label=[corpus.titles[row] for row in rows],
            year=pd.arrays.IntegerArray(years, years == 0),
            url=[corpus.links[row] or np.nan for row in rows],
        ).set_axis(rows)
    return nodes.assign(theme_name=themes._names_by_label[nodes["theme"]])


def _network(themes: ThemeMap, of: str) -> Graph[int]:
    """Return a network whose nodes have no value where it is unknown."""
    import networkx as nx

    graph, corpus, near = nx.Graph(), themes.corpus, themes.foundation.paper_graph
    if of == "citations":
        graph = nx.DiGraph()
    nodes = _nodes(themes, of).replace(_NOT_IN_XML, "", regex=True)  # in texts
    for number, node in nodes.to_dict("index").items():
        known = {str(name): value for name, value in node.items() if not pd.isna(value)}
        graph.add_node(number, **known)
    rows = corpus.first_row
    if of == "themes":
        for link in links(themes).itertuples():
            graph.add_edge(link.theme, link.other, weight=link.strength, links=link.links)
    elif of == "papers":
        ends = np.repeat(rows, near.indices.shape[1]), rows[near.indices].ravel()
        edges = zip(*(part.tolist() for part in (*ends, near.similarities.ravel())), strict=True)
        graph.add_weighted_edges_from(edge for edge in edges if edge[2] > 0)
    elif (pairs := citations(corpus)) is not None:
        graph.add_edges_from(rows[pairs].tolist(), weight=1)
    else:
        raise OptionError(
            "the papers have no references; expected a column of them, as 'References' of "
            "Scopus, 'Cited References' of Web of Science and 'referenced_works' of OpenAlex"
        )
    return graph


def _vosviewer(graph: Graph[int]) -> dict[str, Any]:
    """Return a network as VOSviewer's JSON; its clusters are numbered from 1."""
    items = []
    for number, node in graph.nodes.items():
        item = {"id": number + 1, **{name: node[name] for name in ("label", "x", "y")}}
        if node["theme"] >= 0:
            item["cluster"] = node["theme"] + 1
        item["weights"] = {"Links": graph.degree[number]}
        if "papers" in node:
            item["weights"]["Papers"] = node["papers"]
        scores = {"Year": "year", "Stability": "stability"}
        item["scores"] = {name: node[key] for name, key in scores.items() if key in node}
        item["description"] = node.get("keywords", node["theme_name"])
        items.append(item | ({"url": node["url"]} if "url" in node else {}))
    edges = [
        {"source_id": one + 1, "target_id": other + 1, "strength": edge["weight"]}
        for (one, other), edge in graph.edges.items()
    ]
    return {"network": {"items": items, "links": edges}}
