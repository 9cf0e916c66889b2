"""The commands: each calls the API with its options, and returns an answer with files to write."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

import absclust as api
from absclust.analysis.sources import flow
from absclust.cli.answer import CODES, DONE, NOT_ALL, Answer, Command, logged
from absclust.counted import counted
from absclust.errors import OptionError
from absclust.io.parsed import whole
from absclust.io.write_papers import write_by_suffix
from absclust.report import write_map
from absclust.reprs import map_text
from absclust.saving import MAP

if TYPE_CHECKING:
    import pandas as pd

    from absclust.theme_map import ThemeMap


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=CODES
)
@click.version_option(api.__version__, message="absclust %(version)s")
def absclust() -> None:
    """Cluster paper abstracts into named themes, offline."""


absclust.command_class = Command


def _read(
    paths: tuple[str, ...], *, columns: Sequence[tuple[str, str]] = (), **reading: Any
) -> pd.DataFrame:
    """Read papers from files.

    Parameters
    ----------
    columns : NAME=COLUMN
        absclust's name of a column and its name in the file, such as title=Titel, for tables in
        which it isn't found or another one is meant. absclust's names are id, title, abstract,
        year, date, doi, url, authors, keywords, journal and type. May be given again.
    """
    return api.read_abstracts(paths, columns=dict(columns), **reading)


@absclust.command(sources=[_read, api.read_abstracts, api.cluster_abstracts])
def cluster(
    paths: tuple[str, ...],
    *,
    out: str | None = None,
    plan: Path | None = None,
    no_cache: bool = False,
    quiet: bool = False,
    scheduler: str | None = None,
    sample_size: int | None = None,
    **options: Any,
) -> Answer:
    """Find and name the themes of the papers in files.

    A library or an export (.bib, .ris, .nbib, .ciw, .enw, .xml), a table with titles and
    abstracts (.csv, .tsv, .xlsx, .jsonl, .json, .parquet), or a .txt page of titles, each followed
    by its abstract. Several files are clustered together, without duplicates. A folder, a pattern
    in quotes or a URL is a data set, which is read part by part, on Dask if it is large.

    Parameters
    ----------
    out : DIR
        Folder for papers.csv, papers.bib and papers.ris (the papers with their themes),
        themes.csv, sources.csv, map.png, map.html and map.zip, the map; made if absent.
        For a data set, a folder or URL that all workers can reach.
    plan : FILE.toml
        Renames, merges, splits and moves, by name, that are applied again each time.
    no_cache
        Keep no vectors of a slow embedder.
    quiet
        Show no progress bar.
    scheduler : ADDRESS
        Dask cluster for a data set, such as tcp://127.0.0.1:8786. By default, processes on this
        machine, or none for less than 200 MB.
    sample_size
        How many papers of a data set themes are learnt from. By default, 200,000.
    """
    reading = {name: options.pop(name) for name in ("columns", "collection", "tag")}
    options |= {"cache": not no_cache, "progress": not quiet}
    if scheduler or sample_size is not None or any(map(_is_dataset, paths)):
        if plan is not None or any(reading.values()):
            raise OptionError("a data set takes no --plan, --column, --collection and --tag")
        if sample_size is not None:
            options["sample_size"] = sample_size
        return _cluster_dataset(paths, out, client=scheduler, **options)
    papers = _read(paths, **reading)
    folder = None if out is None else Path(out)
    if folder is not None:  # before long work, in case it can't be made
        (folder.parent if _is_map(folder) else folder).mkdir(parents=True, exist_ok=True)
    return _answer(_edited(api.cluster_abstracts(papers, **options), plan), folder)


def _is_dataset(path: str) -> bool:
    """Whether a path means a folder, several files or a URL, rather than one file."""
    if "://" in path or Path(path).is_dir():
        return True
    return any(sign in path for sign in "*?[") and not Path(path).exists()


def _cluster_dataset(paths: tuple[str, ...], out: str | None, **options: Any) -> Answer:
    """Cluster a data set on the cluster that the user names, or on this machine."""
    if len(paths) > 1:
        raise OptionError(
            f"{len(paths)} paths are given; expected one folder, one pattern in quotes or one "
            "URL for a data set, or files only"
        )
    if out is None:
        raise OptionError("a data set needs a folder for its results; expected --out DIR")
    with logged(verbose=options["progress"] and not sys.stderr.isatty()):  # a file shows no bar
        found = api.cluster_dataset(paths[0], out, **options)
    wrote = f"Wrote papers/, map.zip, themes.csv, map.html and report.json to {out}"
    return Answer([f"{found}\n", wrote], found.report() | {"themes": found.table()})


@absclust.command(sources=[_read, api.read_abstracts])
def read(
    paths: tuple[str, ...],
    *,
    out: Path | None = None,
    keep_duplicates: bool = False,
    **reading: Any,
) -> Answer:
    """Read files into one clean table.

    Says what was merged and what was set aside.

    Parameters
    ----------
    out : FILE
        The table, as .csv, .parquet, .xlsx, .ris or .bib.
    keep_duplicates
        Merge no records of the same paper.
    """
    papers = _read(paths, merge_duplicates=not keep_duplicates, **reading)
    about, papers.attrs = papers.attrs, {}
    aside = [f"{name}: {part}" for name in ("broken", "skipped") for part in about[name]]
    lines = [counted(len(papers), "paper"), *about["notes"], *aside]
    return Answer(lines, about | {"papers": papers}, files=_file(papers, out))


@absclust.command(sources=[api.ThemeMap.search])
def search(
    folder: Path,
    query: str,
    *,
    n: int | None = None,
    themes: bool = False,
    theme: int | str | None = None,
    out: Path | None = None,
) -> Answer:
    """Find papers or themes, by their words and by meaning.

    Parameters
    ----------
    themes
        Find themes instead of papers.
    out : FILE
        The papers found, as .csv, .parquet, .xlsx, .ris or .bib.
    """
    if themes and theme is not None:
        raise OptionError("--themes and --theme are both given; expected one of them")
    limit = {} if n is None else {"n": n}
    searched = api.load(folder)
    if themes:
        found = searched.search_themes(query, **limit)
        named = zip(found.index, found["name"], found["size"], strict=True)
        titles = [f"theme {n}: {name} ({counted(size, 'paper')})" for n, name, size in named]
        lines = _listed("score  theme", found["score"], titles, found["keywords"])
    else:
        found = searched.search(query, theme=theme, **limit)
        titles = [f"row {row}: {title}" for row, title in found["title"].items()]
        lines = _listed("score  paper", found["score"], titles, _places(found))
    if found.empty:
        lines = [f"nothing matches {query!r}"]
    written = found if themes else _records(searched, found, out)
    return Answer(lines, found, NOT_ALL if found.empty else DONE, _file(written, out))


@absclust.command()
def report(folder: Path, file: Path) -> Answer:
    """Write a report as .md, .html, .docx or .xlsx.

    It has the methods, the themes with the map, and the papers of each.
    """
    return Answer([], {}, files={str(file): api.load(folder).report})


@absclust.command(sources=[_read, api.read_abstracts])
def predict(
    folder: Path, paths: tuple[str, ...], *, out: Path | None = None, **reading: Any
) -> Answer:
    """Say which themes new papers belong to, if to any.

    Parameters
    ----------
    out : FILE
        The papers with their themes, as .csv, .parquet, .xlsx, .ris or .bib.
    """
    papers = _read(paths, **reading)
    found = api.load(folder).predict(papers)
    table = papers.drop(columns=[name for name in found if name in papers]).join(found)
    table.attrs = {}
    abouts = [
        f"unlike all themes, nearest to {name}" if is_novel else name or "no theme"
        for name, is_novel in zip(found["theme_name"], found["is_novel"], strict=True)
    ]
    lines = _listed("strength  paper, and its theme", found["strength"], papers["title"], abouts)
    return Answer(lines, table, files=_file(table, out))


@absclust.command(sources=[_read, api.read_abstracts])
def update(
    folder: Path,
    paths: tuple[str, ...],
    *,
    plan: Path | None = None,
    out: Path | None = None,
    **reading: Any,
) -> Answer:
    """Add new papers to a map.

    The papers that are in it keep their themes.

    Parameters
    ----------
    plan : FILE.toml
        Renames, merges, splits and moves, by name, that are applied again each time.
    out : DIR
        Folder for the new map and its files. By default, MAP itself.
    """
    grown = api.load(folder).update(_read(paths, **reading))
    data = {
        "new_papers": grown.n_papers,
        "known_rows": grown.n_known,
        "novel_papers": grown.n_novel,
        "reasons_to_cluster_again": list(grown.reasons),
        "growth": grown.growth,
    }
    return _answer(_edited(grown.themes, plan), out or folder, repr(grown), data)


@absclust.command()
def edit(folder: Path, *, plan: Path | None = None, out: Path | None = None) -> Answer:
    """Edit a map by a file of renames, merges, splits, moves.

    The file is kept, and applied to next month's map again; ThemeMap.edit says what it holds.

    Parameters
    ----------
    plan : FILE.toml
        The edits. Themes are given by name, papers by id, DOI or title.
    out : DIR
        Folder for the edited map and its files. By default, MAP itself.
    """
    if plan is None:
        raise OptionError("there is no plan; expected --plan FILE.toml")
    before = api.load(folder)
    themes = before.edit(plan)
    done = themes.history[len(before.history) :]
    text = "\n".join(done) or "nothing to edit"
    return _answer(themes, out or folder, text, {"edits": done})


@absclust.command(sources=[api.ThemeMap.compare])
def compare(
    folder: Path, other: Path | None = None, *, before: int | None = None, out: Path | None = None
) -> Answer:
    """Say which themes grew or shrank by more than noise.

    Against another map, or the papers of one before a year and from it on (--before).

    Parameters
    ----------
    out : FILE
        The changes, as .csv, .parquet or .xlsx.
    """
    later = None if other is None else api.load(other)
    compared = api.load(folder).compare(later, before=before)
    return Answer([repr(compared)], compared.changes, files=_file(compared.changes, out))


@absclust.command()
def export(
    folder: Path,
    files: tuple[Path, ...] = (),
    *,
    table: Literal["papers", "themes", "sources", "years", "keywords", "reading-list"] = "papers",
    by: str | None = None,
) -> Answer:
    """Write papers, a table, the page or the picture.

    The name of a file says what it is: .ris, .bib, .csv, .parquet and .xlsx for papers, .csv,
    .parquet and .xlsx for other tables, .html for the interactive map, .png, .pdf and .svg for
    the picture. Without a file, the table is printed.

    Parameters
    ----------
    table
        What to write.
    by : COLUMN
        Which themes each group of papers has more of.
    """
    themes = api.load(folder)
    name = "table" if table == "themes" else table.replace("-", "_")
    wanted = getattr(themes, name)() if by is None else themes.by(by)
    if not files:
        return Answer([wanted.to_string(max_colwidth=60)], wanted)
    draw = partial(write_map, themes)
    write = partial(write_by_suffix, html=themes.to_html, png=draw, pdf=draw, svg=draw)
    listed = table == "reading-list" and by is None
    tables = {str(file): _records(themes, wanted, file) if listed else wanted for file in files}
    return Answer([], {}, files={file: partial(write, papers) for file, papers in tables.items()})


@absclust.command(sources=[api.ThemeMap.papers])
def info(folder: Path, *, theme: int | str | None = None) -> Answer:
    """Show the themes of a map, and where its papers come from.

    Parameters
    ----------
    theme
        Only this theme: its number or name.
    """
    themes = api.load(folder)
    if theme is None:
        return _answer(themes)
    found = themes[theme]
    papers = [f"  {title}" for title in found.representative_papers]
    said = [f"“{found.sentence}” ({found.sentence_paper})"] if found.sentence else []
    lines = [repr(found), *said, ", ".join(found.keywords), "Nearest to its centre:", *papers]
    return Answer(lines, vars(found))


def _is_map(path: Path) -> bool:
    """Whether a path is that of a saved map, and not of a folder of results."""
    return path.suffix.lower() == Path(MAP).suffix


def _edited(themes: ThemeMap, plan: Path | None) -> ThemeMap:
    return themes if plan is None else themes.edit(plan)


def _answer(
    themes: ThemeMap,
    out: Path | None = None,
    text: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> Answer:
    """Return the results to be written, and the map or what else is to be said of it."""
    about = {
        "summary": themes.summary().splitlines(),
        "fingerprint": themes.fingerprint,
        "themes": themes.table(),
        "sources": themes.sources(),
        "history": themes.history,
        **(data or {}),
    }
    lines = [f"{map_text(themes, in_shell=True)}\n\n{flow(themes)}" if text is None else text]
    if out is None:
        return Answer(lines, about)
    if _is_map(out):
        return Answer(lines, about, files={str(out): themes.save})
    out.mkdir(parents=True, exist_ok=True)
    return Answer(lines, about, files=_results(themes), folder=out)


def _results(themes: ThemeMap) -> dict[str, Callable[[Path], object]]:
    """Return what writes each file of the results."""
    return {
        MAP: themes.save,
        "papers.ris": themes.to_ris,
        "papers.bib": themes.to_bib,
        **_file(themes.table(), "themes.csv"),
        **_file(themes.sources(), "sources.csv"),
        "papers.csv": themes.to_csv,
        "map.png": partial(write_map, themes),
        "map.html": themes.to_html,
    }


def _file(table: pd.DataFrame, name: Path | str | None) -> dict[str, Callable[[Path], object]]:
    """Return what writes a table, if it is to be written."""
    return {} if name is None else {str(name): partial(write_by_suffix, table)}


def _records(themes: ThemeMap, listed: pd.DataFrame, file: Path | None) -> pd.DataFrame:
    """Return what is written of listed papers: for reference managers, all that the map has."""
    whole_records = {".ris", ".bib"} & {*Path(str(file).lower()).suffixes}
    return themes.papers().iloc[whole(listed)["row"]] if whole_records else listed


def _listed(head: str, *columns: Iterable[Any]) -> list[str]:
    """Return two lines a row: its score and title, and what else is to be said."""
    width = head.index(" ")
    rows = (
        f"{score:>{width}.2f}  {title}\n{'':{width + 2}}{about}"
        for score, title, about in zip(*columns, strict=True)
    )
    return [head, *rows]


def _places(papers: pd.DataFrame) -> list[str]:
    """Return the theme, year and link of each paper."""
    places = []
    for paper in papers.astype(object).where(papers.notna(), "").to_dict("records"):
        named = f"theme {paper['theme']}, {paper['theme_name']}"
        theme = named if paper["theme"] >= 0 else "no theme"
        about = (theme, str(paper.get("year", "")), paper.get("link", ""))
        places.append(" · ".join(filter(None, about)))
    return places
