"""The report on a ThemeMap in Markdown: method, themes, papers and map."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np

from absclust.atomic import as_path, write_beside
from absclust.corpus.columns import find_bibliographic
from absclust.counted import counted
from absclust.errors import WriteError

if TYPE_CHECKING:
    from os import PathLike

    from absclust.theme_map import ThemeMap
    from absclust.themes.theme import Theme

_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~$&])")
_N_KEYWORDS = 8
_MOST_AUTHORS = 3
_EMBEDDERS = {
    "builtin": "the built-in embedding of absclust: word vectors, adapted to the papers",
    "lsa": "latent semantic analysis of the papers",
    "given vectors": "chosen by the analysts",
}


def report(themes: ThemeMap, path: str | PathLike[str]) -> Path:
    """Write a report in Markdown, and a picture of the map beside it.

    It has the method in two paragraphs, the themes, and the papers of each. For the few lines
    that a notebook shows, see ``summary``.

    Parameters
    ----------
    path
        The file to write; an existing one is replaced. The picture has the same name, and ends
        in ``.png``.

    Returns
    -------
    pathlib.Path
        The path of the file.

    Raises
    ------
    WriteError
        If the path is a folder, its folder is missing, or writing fails.

    Examples
    --------
    >>> import tempfile
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
    >>> themes.report(f"{tempfile.mkdtemp()}/report.md").name
    'report.md'
    """
    path = as_path(path, WriteError)
    picture = path.with_suffix(".png")
    text = markdown(themes, picture.name)
    write_map(themes, picture)
    return write_beside(path, lambda file: file.write_text(text, "utf-8", errors="replace"))


def write_map(themes: ThemeMap, path: Path) -> None:
    """Write the theme map as a PNG picture; no screen is needed."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 7.5), layout="constrained")
    themes.plot(ax=figure.subplots())
    write_beside(path, lambda file: figure.savefig(file, dpi=150, format="png"))


def markdown(themes: ThemeMap, picture: str) -> str:
    """Return the report as Markdown; ``picture`` is the file name of the map in it."""
    lines = _paper_lines(themes)
    unassigned = np.flatnonzero(themes.labels < 0).tolist()
    return "\n\n".join(
        [
            f"# {counted(len(themes), 'theme')} in {counted(themes.corpus.n_rows, 'paper')}",
            f"![Theme map](<{quote(picture)}>)",
            "## Method",
            _method(themes),
            _result(themes),
            "## Themes",
            _table(themes),
            "## Papers",
            *(part for theme in themes for part in _section(themes, theme, lines)),
            *(["### No theme", "\n".join(lines[row] for row in unassigned)] if unassigned else []),
            "",
        ]
    )


def _method(themes: ThemeMap) -> str:
    """Return the first paragraph: what was done, with which settings."""
    corpus, foundation = themes.corpus, themes.foundation
    n_dimensions = foundation.paper_embedding.shape[1]
    n_neighbors = foundation.paper_graph.indices.shape[1]
    n_with_text = corpus.n_rows - len(corpus.empty_rows)
    notes = [f"{_escape(note)}." for note in corpus.records.attrs.get("notes", ())]
    return " ".join(
        [
            f"The input had {counted(corpus.n_rows, 'record')}, {n_with_text:,} with a title or an "
            f"abstract, and {counted(corpus.n_papers, 'distinct paper')} among these.",
            *notes,
            "Titles and abstracts were cleaned of markup, copyright lines and headings, and each "
            f"paper was represented by a vector of {n_dimensions} dimensions{_embedder(themes)}. "
            f"Each was linked to its {n_neighbors} nearest neighbours by cosine similarity.",
            _clustering(themes),
            "Themes are named by the phrases that set their papers apart from the others"
            f"{_by(themes)}. The map shows the same neighbour graph in two dimensions (UMAP; "
            "McInnes et al., 2018).",
        ]
    )


def _embedder(themes: ThemeMap) -> str:
    used = themes.options.get("embedder", "")
    return f" ({_EMBEDDERS.get(used) or _escape(used)})" if used else ""


def _by(themes: ThemeMap) -> str:
    namer = themes.options.get("namer")
    return f", or by {_escape(namer)}" if namer else ""


def _clustering(themes: ThemeMap) -> str:
    settings = themes.settings
    if settings is None:
        used = themes.options.get("clusterer", "")
        if used == "hdbscan":
            return (
                "Themes were found with UMAP and HDBSCAN (Campello et al., 2013; outliers: "
                f"{themes.options['outliers']})."
            )
        chosen = f" ({_escape(used)})" if used else ""
        return f"Themes were found with a clusterer chosen by the analysts{chosen}."
    seeds = themes.options.get("seed_themes") or {}
    labels = themes.options.get("labels") or {}
    parts = [
        "Themes are communities of this graph, found with the Leiden algorithm (Traag et al., "
        f"2019; modularity at resolution {settings.resolution:.3g})"
    ]
    if settings.n_themes is not None:
        parts.append(f", merged into the {settings.n_themes} requested")
    if seeds:
        named = ", ".join(map(_escape, seeds))
        parts.append(f", with papers pulled together around seed themes ({named})")
    if labels:
        named = ", ".join(f"{_escape(name)}: {n:,}" for name, n in labels.items())
        parts.append(f", with papers that were labelled by hand kept together by label ({named})")
    if settings.min_theme_size > 1:
        scope = "other " if seeds or labels else ""
        size = counted(settings.min_theme_size, "paper")
        parts.append(f"; {scope}themes of fewer than {size} were merged into the nearest")
    return "".join([*parts, "."])


def _result(themes: ThemeMap) -> str:
    """Return the second paragraph: what came out, and what reproduces it."""
    from absclust._version import __version__

    sizes = [theme.size for theme in themes]
    known = [theme.stability for theme in themes if not np.isnan(theme.stability)]
    parts = [
        f"The result has {counted(len(themes), 'theme')}"
        + (f" of {min(sizes)} to {max(sizes)} papers" if sizes else "")
        + f"; {themes.coverage:.1%} of the papers with text are in a theme."
    ]
    if known:
        of_some = "" if len(known) == len(themes) else f" (known for {len(known)} of them)"
        parts.append(
            f"Their mean stability{of_some}, weighted by size, is {themes.mean_stability:.2f} "
            f"({min(known):.2f} to {max(known):.2f}): the best Jaccard similarity to a theme "
            "found from scratch when a fifth of the papers is left out, averaged over ten draws."
        )
    if themes.history:
        parts.append(f"Edited by hand: {_escape('; '.join(themes.history))}.")
    packages = ", ".join(
        f"{p} {version(p)}" for p in ("graspologic-native", "scikit-learn", "umap-learn")
    )
    parts.append(
        f"The analysis was run with absclust {__version__} ({packages}) and the random state "
        f"{themes.foundation.random_state}; the partition's fingerprint is `{themes.fingerprint}`."
    )
    return " ".join(parts)


def _table(themes: ThemeMap) -> str:
    rows = [("", "Theme", "Papers", "Stability", "Keywords")]
    for theme in themes:
        stability = "–" if np.isnan(theme.stability) else f"{theme.stability:.2f}"
        keywords = ", ".join(theme.keywords[:_N_KEYWORDS])
        rows.append((f"{theme.id}", theme.name, f"{theme.size:,}", stability, keywords))
    lines = [f"| {' | '.join(map(_escape, row))} |" for row in rows]
    return "\n".join([lines[0], "|---:|---|---:|---:|---|", *lines[1:]])


def _section(themes: ThemeMap, theme: Theme, lines: list[str]) -> list[str]:
    """Return a theme's heading and its papers, the strongest first."""
    strength = themes.membership.strength
    rows = np.flatnonzero(themes.labels == theme.id)
    rows = rows[np.argsort(-strength[rows], kind="stable")]
    return [f"### {theme.id} · {_escape(theme.name)}", "\n".join(lines[row] for row in rows)]


def _paper_lines(themes: ThemeMap) -> list[str]:
    """Return one line per row: authors, year and title, linked where the paper has a link."""
    corpus = themes.corpus
    column = find_bibliographic(corpus.records.columns).get("authors")
    authors = [""] * corpus.n_rows if column is None else corpus.records[column].tolist()
    lines = []
    for title, by, year, link in zip(
        corpus.titles, authors, corpus.years.tolist(), corpus.links, strict=True
    ):
        name = f"*{_escape(title) or 'no title'}*"
        before = " ".join(part for part in (_people(by), f"({year})" if year else "") if part)
        lines.append(f"- {before}{': ' if before else ''}{f'[{name}](<{link}>)' if link else name}")
    return lines


def _people(authors: object) -> str:
    names = [name.strip(" {}") for name in authors.split(";")] if isinstance(authors, str) else []
    more = " et al." if len(names) > _MOST_AUTHORS else ""
    return _escape("; ".join(names[:_MOST_AUTHORS])) + more


def _escape(text: str) -> str:
    """Return the text on one line, without markup."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
