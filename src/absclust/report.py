"""The report on a ThemeMap: method, themes, papers and map.

It is written once, in Markdown; the page for a browser and the Word file are made from that.
"""

from __future__ import annotations

import base64
import html
import io
import re
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from absclust._version import __version__
from absclust.analysis.sources import flow, sources
from absclust.atomic import Target, format_of, is_open, path_of, suffix_of, write_beside
from absclust.corpus.columns import find_bibliographic
from absclust.counted import counted, counted_themes
from absclust.errors import needs
from absclust.io.write_papers import write_workbook
from absclust.packaged import packaged
from absclust.reprs import focus_word, graded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from absclust.theme_map import ThemeMap

_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~$&])")
_N_KEYWORDS = 8
_MOST_AUTHORS = 3
_PICTURE = 567  # pixels of 1/96 inch: the width of the picture, 15 cm
_FORMATS = (".md", ".html", ".docx", ".xlsx")
_WORDS = packaged("report.toml")
# Control characters, which no file of Word may hold.
_NOT_OF_XML = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
)


def report(themes: ThemeMap, path: Target, *, format: str | None = None) -> Path:
    """Write a report: the method, the themes with a picture of the map, and the papers of each.

    The method is written to be pasted into an article: what was done with which settings, what
    came out, what reproduces it, and the references. For the few lines that a notebook shows,
    see ``summary``.

    Parameters
    ----------
    path
        The file to write; an existing one is replaced. How its name ends says what it is: ``.md``,
        Markdown, with the picture beside it in a ``.png`` of the same name; ``.html``, a page that
        has the picture in it, to be mailed; ``.docx``, for Word; ``.xlsx``, a spreadsheet with a
        sheet each for themes, papers and sources. The last two need
        ``pip install 'absclust[office]'``. Or a file that is open for writing.
    format : optional
        ``".md"``, ``".html"``, ``".docx"`` or ``".xlsx"``, for a file without such a name.

    Returns
    -------
    pathlib.Path
        The path of the file.

    Raises
    ------
    MissingPackageError
        If the format needs a package that is not installed.
    WriteError
        If the path is a folder, its folder is missing, its name is that of another format, or
        writing fails.

    Examples
    --------
    >>> import tempfile
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
    >>> themes.report(f"{tempfile.mkdtemp()}/report.md").name
    'report.md'
    """
    kind = format_of(path, format, _FORMATS)
    if kind == ".xlsx":
        tables = {"themes": themes.table(), "papers": themes.papers(), "sources": sources(themes)}
        return write_workbook(tables, path)
    if kind == ".docx":
        document = _word(themes)
        return write_beside(path, lambda file: document.save(str(file)))
    if kind == ".html":
        title, body = _html(themes)
        page = Template(files("absclust").joinpath("report.html").read_text("utf-8"))
        text = page.substitute(title=title, body=body)
    elif is_open(path):
        text = markdown(themes)
    else:
        picture = path_of(path).with_suffix(".png")
        text = markdown(themes, picture.name)
        write_map(themes, picture)
    return write_beside(path, lambda file: file.write_text(text, "utf-8", "replace"))


def write_map(themes: ThemeMap, path: Path) -> None:
    """Write the theme map as a picture, in the format that its name says; no screen is needed."""
    kind = suffix_of(path, (".png", ".pdf", ".svg"))
    write_beside(path, lambda file: file.write_bytes(_picture(themes, kind[1:])))


def _picture(themes: ThemeMap, kind: str = "png") -> bytes:
    from matplotlib.figure import Figure

    from absclust.plot.theme_map import usual_size

    size, drawn = usual_size(themes.foundation.paper_coordinates), io.BytesIO()
    figure = Figure(figsize=size, layout="constrained")
    themes.plot(ax=figure.subplots())
    figure.savefig(drawn, dpi=150, format=kind)
    return drawn.getvalue()


def _html(themes: ThemeMap) -> tuple[str, str]:
    """Return the title of the report, and all below it as HTML, with the picture in it."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    title, body = parser.render(markdown(themes, "map")).split("\n", 1)
    picture = base64.b64encode(_picture(themes)).decode()
    source = f'src="data:image/png;base64,{picture}" width="{_PICTURE}"'
    return title.removeprefix("<h1>").removesuffix("</h1>"), body.replace('src="map"', source, 1)


def _word(themes: ThemeMap) -> Any:
    """Return the report as a document of python-docx."""
    with needs("a Word file", "python-docx and html-for-docx", install="absclust[office]"):
        import docx
        from html4docx import HtmlToDocx

    title, body = _html(themes)
    document, parser = docx.Document(), HtmlToDocx()
    document.add_heading(html.unescape(title), 0)
    parser.table_style = "Table Grid"
    # Below the title, Word's headings begin at 1.
    body = re.sub("(</?h)([2-6])", lambda tag: f"{tag[1]}{int(tag[2]) - 1}", body)
    parser.add_html_to_document(body.translate(_NOT_OF_XML), document)
    return document


def markdown(themes: ThemeMap, picture: str = "") -> str:
    """Return the report as Markdown; ``picture`` is the file name of the map, if it has one."""
    method, result = _method(themes), _result(themes)
    aside = "\n".join(f"- {_escape(note)}" for note in themes.corpus.report())
    return _WORDS["text"].format(
        title=f"{counted_themes(themes.themes)} in {counted(themes.corpus.n_papers, 'paper')}",
        picture=f"![Theme map](<{quote(picture)}>)\n\n" if picture else "",
        method=method,
        result=result,
        references=_references(method + result),
        aside=f"### Set aside\n\n{aside}\n\n" if aside else "",
        table=_table(themes),
        papers="\n\n".join(_papers(themes)),
    )


def _method(themes: ThemeMap) -> str:
    """Return the first paragraph: what was done, with which settings."""
    foundation = themes.foundation
    used, namer = (themes.options.get(name) for name in ("embedder", "namer"))
    embedder = _WORDS["embedders"].get(used) or _escape(used or "")
    return _WORDS["method"].format(
        flow=_escape(flow(themes)),
        papers=counted(themes.corpus.n_papers, "distinct paper"),
        n_dimensions=foundation.paper_embedding.shape[1],
        n_neighbors=foundation.paper_graph.indices.shape[1],
        embedder=_aside(embedder),
        clustering=_clustering(themes),
        namer=f", or by {_escape(namer)}" if namer else "",
    )


def _clustering(themes: ThemeMap) -> str:
    """Return the sentence that says how themes were found."""
    settings, options = themes.settings, themes.options
    if settings is None:
        used = options.get("clusterer", "")
        how = {"hdbscan" if used == "hdbscan" else "given": True}
        known: dict[str, Any] = {"clusterer": _aside(_escape(used))}
    else:
        seeds, labels = (options.get(name) or {} for name in ("seed_themes", "labels"))
        guided = bool(seeds or labels)
        how = {
            "leiden": True,
            "number": settings.n_themes is not None,
            "seeds": bool(seeds),
            "labels": bool(labels),
            "small": settings.min_theme_size > 1,
            "divided": settings.n_themes is None and not guided,
        }
        known = {
            "resolution": settings.resolution,
            "n_themes": settings.n_themes,
            "seeds": ", ".join(map(_escape, seeds)),
            "labels": ", ".join(f"{_escape(name)}: {n:,}" for name, n in labels.items()),
            "other": "other " if guided else "",
            "papers": counted(settings.min_theme_size, "paper"),
        }
    parts = (_WORDS["clustering"][part] for part, applies in how.items() if applies)
    return "".join(parts).format(**known) + "."


def _result(themes: ThemeMap) -> str:
    """Return the second paragraph: what came out, and what reproduces it."""
    sizes = [theme.size for theme in themes]
    known = [theme.stability for theme in themes if not np.isnan(theme.stability)]
    by_density = themes.options.get("clusterer") == "hdbscan"
    used = ["umap-learn", "hdbscan"] if by_density else ["graspologic-native", "scikit-learn"]
    stability = _WORDS["stability"].format(
        known="" if len(known) == len(themes) else f" (known for {len(known)} of them)",
        mean=themes.mean_stability,
        least=min(known, default=0),
        most=max(known, default=0),
    )
    edits = _escape("; ".join(themes.history))
    return _WORDS["result"].format(
        themes=counted_themes(themes.themes),
        sizes=f" of {min(sizes)} to {max(sizes)} papers" if sizes else "",
        coverage=themes.coverage,
        stability=stability if known else "",
        history=f" Edited by hand: {edits}." if edits else "",
        version=__version__,
        packages=", ".join(f"{name} {version(name)}" for name in used),
        seed=themes.foundation.random_state,
        fingerprint=themes.fingerprint,
    )


def _aside(text: str) -> str:
    return f" ({text})" if text else ""


def _references(cited: str) -> str:
    """Return the works that a text cites, and the software."""
    works = [work for key, work in _WORDS["works"].items() if key in cited]
    return "\n".join(f"- {work}" for work in works).format(version=__version__)


def _table(themes: ThemeMap) -> str:
    rows = [("", "Theme", "Papers", "Stability", "Focus", "Keywords")]
    for theme in themes:
        keywords = ", ".join(theme.keywords[:_N_KEYWORDS])
        trust = graded(theme.stability), focus_word(theme)
        rows.append((f"{theme.id}", theme.name, f"{theme.size:,}", *trust, keywords))
    lines = [f"| {' | '.join(map(_escape, row))} |" for row in rows]
    return "\n".join([lines[0], "|---:|---|---:|---:|---|---|", *lines[1:]])


def _papers(themes: ThemeMap) -> Iterator[str]:
    """Yield each theme's heading, its sentence and its papers, the strongest first."""
    lines, strength = np.array(_row_lines(themes), dtype=object), themes.membership.strength
    for theme in themes:
        rows = np.flatnonzero(themes.labels == theme.id)
        yield f"### {theme.id} · {_escape(theme.name)}"
        if theme.sentence:
            yield f"{_escape(theme.sentence)} ({_escape(theme.sentence_paper)})"
        yield "\n".join(lines[rows[np.argsort(-strength[rows], kind="stable")]])
    if (loose := themes.labels < 0).any():
        yield "### No theme\n\n" + "\n".join(lines[loose])


def _row_lines(themes: ThemeMap) -> list[str]:
    """Return one line per row: authors, year and title, linked where the paper has a link."""
    corpus = themes.corpus
    column = find_bibliographic(corpus.records.columns).get("authors")
    authors = [""] * corpus.n_rows if column is None else corpus.records[column].tolist()
    lines = []
    for title, by, year, link in zip(
        corpus.titles, authors, corpus.years.tolist(), corpus.links, strict=True
    ):
        name = f"*{_escape(title) or 'no title'}*"
        titled, people = f"[{name}](<{link}>)" if link else name, _people(by)
        dated = f" ({year})" if year else ""
        lines.append(f"- {people}{dated}: {titled}" if people else f"- {titled}{dated}")
    return lines


def _people(authors: object) -> str:
    names = [name.strip(" {}") for name in authors.split(";")] if isinstance(authors, str) else []
    more = " et al." if len(names) > _MOST_AUTHORS else ""
    return _escape("; ".join(names[:_MOST_AUTHORS])) + more


def _escape(text: str) -> str:
    """Return the text on one line, without markup."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
