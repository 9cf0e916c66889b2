"""The links between papers, or between themes, as a network for other programs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.analysis.citations import citations
from absclust.analysis.strategic import links
from absclust.arrays import FloatArray
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
    graph = _of_themes(themes) if of == "themes" else _of_papers(themes, of == "citations")
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


def _places(themes: ThemeMap) -> Any:
    """Return where papers are, in units that leave room for nodes."""
    places = themes.foundation.paper_coordinates.astype(np.float64)
    return _SPREAD * (places - places.mean(axis=0)) / max(float(np.ptp(places)), 1e-9)


def _node(themes: ThemeMap, name: str, theme: int, place: FloatArray, **more: Any) -> Any:
    """Return what a node knows, without what is unknown; XML can't hold some characters."""
    x, y = place.tolist()
    texts = {"label": name, "theme_name": themes._names_by_label[theme]} | more
    return {"x": x, "y": y, "theme": theme} | {
        key: _NOT_IN_XML.sub("", value) if isinstance(value, str) else value
        for key, value in texts.items()
        if value is not None
    }


def _of_themes(themes: ThemeMap) -> Graph[int]:
    import networkx as nx

    graph, places = nx.Graph(), _places(themes)
    for theme in themes:
        graph.add_node(
            theme.id,
            **_node(
                themes,
                theme.name,
                theme.id,
                np.median(places[themes._paper_labels == theme.id], axis=0),
                papers=theme.size,
                keywords=", ".join(theme.keywords),
                stability=None if np.isnan(theme.stability) else float(theme.stability),
            ),
        )
    for link in links(themes).to_dict("records"):
        graph.add_edge(link["theme"], link["other"], weight=link["strength"], links=link["links"])
    return graph


def _of_papers(themes: ThemeMap, cited: bool) -> Graph[int]:
    import networkx as nx

    corpus, labels, near = themes.corpus, themes._paper_labels, themes.foundation.paper_graph
    graph, places, rows = nx.DiGraph() if cited else nx.Graph(), _places(themes), corpus.first_row
    for row, label, place in zip(rows.tolist(), labels.tolist(), places, strict=True):
        year, url = int(corpus.years[row]) or None, corpus.links[row] or None
        node = _node(themes, corpus.titles[row], label, place, year=year, url=url)
        graph.add_node(row, **node)
    if cited:
        if (pairs := citations(corpus)) is None:
            raise OptionError(
                "the papers have no references; expected a column of them, as 'References' of "
                "Scopus, 'Cited References' of Web of Science and 'referenced_works' of OpenAlex"
            )
        graph.add_edges_from(rows[pairs].tolist(), weight=1)
        return graph
    starts = np.repeat(rows, near.indices.shape[1]).tolist()
    edges = zip(starts, rows[near.indices].ravel(), near.similarities.ravel(), strict=True)
    graph.add_weighted_edges_from((one, int(two), float(of)) for one, two, of in edges if of > 0)
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
