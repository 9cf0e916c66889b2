"""The links between papers, or between themes, as a network for other programs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.analysis.strategic import links
from absclust.atomic import write_beside
from absclust.errors import OptionError

if TYPE_CHECKING:
    from os import PathLike

    from networkx import Graph

    from absclust.theme_map import ThemeMap

_SUFFIXES = (".gexf", ".graphml", ".json")
_SPREAD = 1000.0  # width of the network: programs draw nodes some ten units wide
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_DATE = re.compile(' lastmodifieddate="[^"]*"')
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_network(themes: ThemeMap, path: str | PathLike[str], of: str = "themes") -> Path:
    """Write the links between themes, or papers, as a network, in the format of the suffix.

    ``.gexf`` is for Gephi, ``.graphml`` for Cytoscape and others, ``.json`` for VOSviewer.
    The nodes stand where they are on the map and know their theme; if the map was not drawn
    before, this computes its layout.

    Parameters
    ----------
    path
        The file to write, with one of these suffixes; an existing one is replaced.
    of
        ``"themes"``: a node per theme, linked as in ``links``; ``"papers"``: a node per
        distinct paper, linked to its nearest papers by their cosines.

    Returns
    -------
    pathlib.Path
        The path of the file.

    Raises
    ------
    OptionError
        If the suffix is another one, or ``of`` is neither.
    WriteError
        If the path is a folder, its folder is missing, or writing fails.

    Examples
    --------
    >>> import tempfile
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
    >>> themes.to_network(f"{tempfile.mkdtemp()}/papers.gexf", of="papers").name
    'papers.gexf'
    """
    import networkx as nx

    path = Path(path)
    if path.suffix.lower() not in _SUFFIXES:
        raise OptionError(
            f"{path.name} is no name of a network; expected one that ends in .gexf (Gephi), "
            ".graphml (Cytoscape) or .json (VOSviewer)"
        )
    if of not in ("themes", "papers"):
        raise OptionError(f"of is {of!r}; expected 'themes' or 'papers'")
    graph = _of_themes(themes) if of == "themes" else _of_papers(themes)
    if path.suffix.lower() == ".json":
        text = json.dumps(_vosviewer(graph), ensure_ascii=False)
    elif path.suffix.lower() == ".graphml":
        text = _DECLARATION + "\n".join(nx.generate_graphml(graph, named_key_ids=True))
    else:
        for node in graph.nodes.values():
            node["viz"] = {"position": {"x": node["x"], "y": node["y"], "z": 0.0}}
        # Without the date, the same map gives the same file.
        text = _DECLARATION + _DATE.sub("", "\n".join(nx.generate_gexf(graph)))
    write_beside(path, lambda beside: beside.write_text(text, "utf-8", newline="\n"))
    return path


def _places(themes: ThemeMap) -> Any:
    """Return where papers are, in units that leave room for nodes."""
    places = themes.foundation.paper_coordinates.astype(np.float64)
    return _SPREAD * (places - places.mean(axis=0)) / max(float(np.ptp(places)), 1e-9)


def _of_themes(themes: ThemeMap) -> Graph[int]:
    import networkx as nx

    graph, places = nx.Graph(), _places(themes)
    for theme in themes:
        x, y = np.median(places[themes._paper_labels == theme.id], axis=0).tolist()
        known = {} if np.isnan(theme.stability) else {"stability": float(theme.stability)}
        graph.add_node(theme.id, label=_clean(theme.name), x=x, y=y, theme=theme.id,
                       theme_name=_clean(theme.name), papers=theme.size,
                       keywords=_clean(", ".join(theme.keywords)), **known)  # fmt: skip
    table = links(themes)[["theme", "other", "strength", "links"]]
    for one, other, strength, number in table.itertuples(index=False):
        graph.add_edge(int(one), int(other), weight=float(strength), links=int(number))
    return graph


def _of_papers(themes: ThemeMap) -> Graph[int]:
    import networkx as nx

    corpus, labels, names = themes.corpus, themes._paper_labels, themes._names_by_label
    graph, places = nx.Graph(), _places(themes)
    for paper, row in enumerate(corpus.first_row.tolist()):
        year, link = int(corpus.years[row]), corpus.links[row]
        known: dict[str, Any] = ({"year": year} if year else {}) | ({"url": link} if link else {})
        x, y = places[paper].tolist()
        graph.add_node(row, label=_clean(corpus.titles[row]), x=x, y=y, theme=int(labels[paper]),
                       theme_name=_clean(names[labels[paper]]), **known)  # fmt: skip
    edges = themes.foundation.paper_graph
    rows = corpus.first_row.tolist()
    for paper, others in enumerate(edges.indices.tolist()):
        for other, cosine in zip(others, edges.similarities[paper].tolist(), strict=True):
            if cosine > 0:
                graph.add_edge(rows[paper], rows[other], weight=float(cosine))
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


def _clean(text: str) -> str:
    """Remove the characters that XML can't hold."""
    return _NOT_IN_XML.sub("", text)
