"""The commands: each calls the API with its options, writes files, and returns an answer."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from functools import partial
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import absclust as api
from absclust.cli.answer import CODES, NOT_ALL, Answer, Command, logged, message, whole
from absclust.cli.options import Option, api_option
from absclust.counted import counted
from absclust.errors import OptionError
from absclust.saving import MAP

if TYPE_CHECKING:
    import pandas as pd

    from absclust.theme_map import ThemeMap

_PICTURES = (".png", ".pdf", ".svg")
# The tables that a map has, by the methods that return them.
_TABLES = {name: name for name in ("papers", "sources", "years", "keywords")} | {
    "themes": "table",
    "reading-list": "reading_list",
}
# The parameters of ``cluster_abstracts`` that a shell can't pass, or passes in its own way.
_OF_PYTHON = {"texts", "embeddings", "namer", "cache", "progress"}


class _Group(click.Group):
    command_class = Command


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=CODES,
)
@click.version_option(api.__version__, message="absclust %(version)s")
def absclust() -> None:
    """Cluster paper abstracts into named themes, offline."""


def _out(what: str, name: str = "FILE") -> Option:
    return Option(["--out"], type=click.Path(path_type=Path), metavar=name, help=what)


_folder = click.argument("folder", metavar="MAP", type=click.Path(path_type=Path))
_papers = click.argument("paths", metavar="FILE...", nargs=-1, required=True)
_plan = Option(
    ["--plan"],
    type=click.Path(path_type=Path),
    metavar="FILE.toml",
    help="Renames, merges, splits and moves, by name, that are applied again each time.",
)


@absclust.command(
    params=[
        _out(
            "Folder for papers.csv, papers.bib and papers.ris (the papers with their themes), "
            "themes.csv, sources.csv, map.png, map.html and map.zip, the map; made if absent. "
            "For a data set, a folder or URL that all workers can reach.",
            "DIR",
        ),
        _plan,
        *(
            api_option(api.cluster_abstracts, name)
            for name in signature(api.cluster_abstracts).parameters
            if name not in _OF_PYTHON
        ),
        Option(["--no-cache"], is_flag=True, help="Keep no vectors of a slow embedder."),
        Option(["--quiet"], is_flag=True, help="Show no progress bar."),
        Option(
            ["--scheduler"],
            metavar="ADDRESS",
            help="Dask cluster for a data set, such as tcp://127.0.0.1:8786. By default, processes "
            "on this machine, or none for less than 200 MB.",
        ),
        api_option(api.cluster_dataset, "sample_size", default=None, show_default=False),
    ]
)
@_papers
def cluster(paths: tuple[str, ...], out: Path | None, plan: Path | None, **options: Any) -> Answer:
    """Find and name the themes of the papers in files.

    A library or an export (.bib, .ris, .nbib, .ciw, .enw, .xml), a table with titles and
    abstracts (.csv, .tsv, .jsonl, .json, .parquet), or a .txt page of titles, each followed by
    its abstract. Several files are clustered together, without duplicates. A folder, a pattern
    in quotes or a URL is a data set, which is read part by part, on Dask if it is large.
    """
    options["cache"], options["progress"] = not options.pop("no_cache"), not options.pop("quiet")
    scheduler, sample_size = options.pop("scheduler"), options.pop("sample_size")
    if scheduler or sample_size is not None or any(map(_is_dataset, paths)):
        if sample_size is not None:
            options["sample_size"] = sample_size
        return _cluster_dataset(paths, out, plan, client=scheduler, **options)
    papers = api.read_abstracts(paths)
    if out is not None and not _is_map(out):
        out.mkdir(parents=True, exist_ok=True)  # before long work, in case that it can't be made
    edited, code = _edited(api.cluster_abstracts(papers, **options), plan)
    return _answer(edited, out, code=code)


def _is_dataset(path: str) -> bool:
    """Whether a path means a folder, several files or a URL, rather than one file."""
    if "://" in path or Path(path).is_dir():
        return True
    return any(sign in path for sign in "*?[") and not Path(path).exists()


def _cluster_dataset(
    paths: tuple[str, ...], out: Path | None, plan: Path | None, **options: Any
) -> Answer:
    """Cluster a data set on the cluster that the user names, or on this machine."""
    if len(paths) > 1:
        raise OptionError(
            f"{len(paths)} paths are given; expected one folder, one pattern in quotes or one "
            "URL for a data set, or files only"
        )
    if out is None or plan is not None:
        what = "a folder for its results; expected --out DIR" if out is None else "no --plan"
        raise OptionError(f"a data set needs {what}")
    with logged(options["progress"] and not sys.stderr.isatty()):  # there is no bar in a file
        found = api.cluster_dataset(paths[0], str(out), **options)
    text = f"{found}\n\nWrote papers/, map.zip, themes.csv, map.html and report.json to {out}"
    return Answer(text, found.report() | {"themes": found.table()})


@absclust.command(
    params=[
        _out("The table, as .csv, .parquet, .xlsx, .ris or .bib."),
        Option(["--keep-duplicates"], is_flag=True, help="Merge no records of the same paper."),
    ]
)
@_papers
def read(paths: tuple[str, ...], out: Path | None, keep_duplicates: bool) -> Answer:
    """Read files into one clean table.

    Says what was merged and what was set aside.
    """
    from absclust.io.write_papers import write_by_suffix

    papers = api.read_abstracts(paths, merge_duplicates=not keep_duplicates)
    about = papers.attrs
    lines = [counted(len(papers), "paper"), *about["notes"]]
    for name in ("broken", "skipped"):
        lines += [f"{name}: {part}" for part in about[name]]
    papers.attrs = {}
    return _written(
        {str(out): partial(write_by_suffix, papers)} if out else {},
        lines,
        about | {"papers": papers},
    )


@absclust.command(
    params=[
        api_option(api.ThemeMap.search, "n", default=None, show_default=False),
        Option(["--themes"], is_flag=True, help="Find themes instead of papers."),
        api_option(api.ThemeMap.search, "theme"),
        _out("The papers found, as .csv, .parquet or .xlsx."),
    ]
)
@_folder
@click.argument("query")
def search(
    folder: Path, query: str, n: int | None, theme: Any, themes: bool, out: Path | None
) -> Answer:
    """Find papers or themes, by their words and by meaning."""
    if themes and theme is not None:
        raise OptionError("--themes and --theme are both given; expected one of them")
    limit = {} if n is None else {"n": n}
    if themes:
        found = api.load(folder).search_themes(query, **limit)
        lines = ["score  theme", *map(_theme_lines, found.index, found.to_dict("records"))]
    else:
        found = api.load(folder).search(query, theme=theme, **limit)
        shown = found.astype(object).where(found.notna(), "")
        lines = ["score  paper", *map(_paper_lines, found.index, shown.to_dict("records"))]
    if not len(found):
        return _table(found, out, [f"nothing matches {query!r}"], NOT_ALL)
    return _table(found, out, lines)


@absclust.command()
@_folder
@click.argument("file", type=click.Path(path_type=Path))
def report(folder: Path, file: Path) -> Answer:
    """Write a report as .md, .html, .docx or .xlsx.

    It has the methods, the themes with the map, and the papers of each.
    """
    return _written({str(file): api.load(folder).report}, [], {})


@absclust.command(params=[_out("The papers with their themes, as .csv, .parquet or .xlsx.")])
@_folder
@_papers
def predict(folder: Path, paths: tuple[str, ...], out: Path | None) -> Answer:
    """Say which themes new papers belong to, if to any."""
    papers = api.read_abstracts(paths)
    found = api.load(folder).predict(papers)
    table = papers.drop(columns=[name for name in found if name in papers]).join(found)
    table.attrs = {}
    shown = zip(
        papers["title"], found["theme_name"], found["strength"], found["is_novel"], strict=True
    )
    lines = ["strength  paper, and its theme"]
    for title, name, strength, is_novel in shown:
        of = f"unlike all themes, nearest to {name}" if is_novel else name or "no theme"
        lines.append(f"{strength:>8.2f}  {title}\n{'':>10}{of}")
    return _table(table, out, lines)


@absclust.command(
    params=[_plan, _out("Folder for the new map and its files. By default, MAP itself.", "DIR")]
)
@_folder
@_papers
def update(folder: Path, paths: tuple[str, ...], plan: Path | None, out: Path | None) -> Answer:
    """Add new papers to a map.

    The papers that are in it keep their themes.
    """
    grown = api.load(folder).update(api.read_abstracts(paths))
    themes, code = _edited(grown.themes, plan)
    data = {
        "new_papers": grown.n_papers,
        "known_rows": grown.n_known,
        "novel_papers": grown.n_novel,
        "reasons_to_cluster_again": list(grown.reasons),
        "growth": grown.table(),
    }
    return _answer(themes, out or folder, grown.report(), data, code)


@absclust.command(
    params=[_plan, _out("Folder for the edited map and its files. By default, MAP itself.", "DIR")]
)
@_folder
def edit(folder: Path, plan: Path | None, out: Path | None) -> Answer:
    """Edit a map by a file of renames, merges, splits, moves.

    The file is kept, and applied to next month's map again; ThemeMap.edit says what it holds.
    """
    if plan is None:
        raise OptionError("there is no plan; expected --plan FILE.toml")
    before = api.load(folder)
    themes, code = _edited(before, plan)
    done = themes.history[len(before.history) :]
    return _answer(
        themes, out or folder, "\n".join(done) or "nothing to edit", {"edits": done}, code
    )


@absclust.command(
    params=[
        api_option(api.ThemeMap.compare, "before"),
        api_option(api.ThemeMap.compare, "confidence"),
        _out("The changes, as .csv, .parquet or .xlsx."),
    ]
)
@_folder
@click.argument("other", required=False, type=click.Path(path_type=Path))
def compare(
    folder: Path, other: Path | None, before: int | None, confidence: float, out: Path | None
) -> Answer:
    """Say which themes grew or shrank by more than noise.

    Against another map, or the papers of one before a year and from it on (--before).
    """
    later = None if other is None else api.load(other)
    compared = api.load(folder).compare(later, before=before, confidence=confidence)
    return _table(compared.table(), out, [repr(compared)])


@absclust.command(
    params=[
        Option(
            ["--table"], type=click.Choice(list(_TABLES)), default="papers", help="What to write."
        ),
        Option(["--by"], metavar="COLUMN", help="Which themes each group of papers has more of."),
    ]
)
@_folder
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def export(folder: Path, files: tuple[Path, ...], table: str, by: str | None) -> Answer:
    """Write papers, a table, the page or the picture.

    The name of a file says what it is: .ris, .bib, .csv, .parquet and .xlsx for papers, .csv,
    .parquet and .xlsx for other tables, .html for the interactive map, .png, .pdf and .svg for
    the picture. Without a file, the table is printed.
    """
    from absclust.io.write_papers import write_by_suffix
    from absclust.report import write_map

    themes = api.load(folder)
    wanted = getattr(themes, _TABLES[table])() if by is None else themes.by(by)
    if not files:
        return _table(wanted, None, [wanted.to_string(max_colwidth=60)])
    writers: dict[str, Callable[[Path], object]] = {}
    for file in files:
        suffix = file.suffix.lower()
        if suffix in _PICTURES:
            writers[str(file)] = partial(write_map, themes)
        elif suffix == ".html":
            writers[str(file)] = themes.to_html
        else:
            writers[str(file)] = partial(write_by_suffix, whole(wanted))
    return _written(writers, [], {})


@absclust.command(
    params=[api_option(api.ThemeMap.papers, "theme", help="Only this theme: its number or name.")]
)
@_folder
def info(folder: Path, theme: int | str | None) -> Answer:
    """Show the themes of a map, and where its papers come from."""
    themes = api.load(folder)
    if theme is None:
        return _answer(themes)
    found = themes[theme]
    papers = [f"  {title}" for title in found.representative_papers]
    said = [f"“{found.sentence}” ({found.sentence_paper})"] if found.sentence else []
    lines = [repr(found), *said, ", ".join(found.keywords), "Nearest to its centre:", *papers]
    return Answer("\n".join(lines), vars(found))


@absclust.command(
    params=[
        Option(["--folder"], type=click.Path(path_type=Path), help="Another cache folder."),
        Option(["--clear"], is_flag=True, help="Remove all vectors."),
    ]
)
def cache(folder: Path | None, clear: bool) -> Answer:
    """Show or clear the vectors that are kept on disk.

    Those of slow embedders are. The folder is the user's cache folder, or $ABSCLUST_CACHE.
    """
    from absclust.embedding.cache import cache_bytes, clear_cache, default_folder

    lines = [f"Removed {clear_cache(folder) / 1e6:,.1f} MB"] if clear else []
    found: dict[str, Any] = {
        "folder": folder or default_folder(),
        "bytes": cache_bytes(folder),
    }
    lines.append(f"{found['folder']}: {found['bytes'] / 1e6:,.1f} MB of vectors")
    return Answer("\n".join(lines), found)


def _is_map(path: Path) -> bool:
    """Whether a path is that of a saved map, and not of a folder of results."""
    return path.suffix.lower() == Path(MAP).suffix


def _edited(themes: ThemeMap, plan: Path | None) -> tuple[ThemeMap, int]:
    """Apply a plan, if there is one; and return whether all of it fitted, as an exit code."""
    if plan is None:
        return themes, 0
    with warnings.catch_warnings(record=True) as misfits:
        warnings.simplefilter("always")
        themes = themes.edit(plan)
    for misfit in misfits:
        warnings.warn(misfit.message, misfit.category, stacklevel=2)
    return themes, NOT_ALL if misfits else 0


def _answer(
    themes: ThemeMap,
    out: Path | None = None,
    text: str | None = None,
    data: dict[str, Any] | None = None,
    code: int = 0,
) -> Answer:
    """Write the results and show the map, or what else is to be said of it."""
    from absclust.analysis.sources import flow

    about: dict[str, Any] = {
        "summary": themes.summary().splitlines(),
        "fingerprint": themes.fingerprint,
    }
    about |= {"themes": themes.table(), "sources": themes.sources(), "history": themes.history}
    lines = [f"{themes}\n\n{flow(themes)}" if text is None else text]
    about |= data or {}
    if out is not None and _is_map(out):
        return _written({str(out): themes.save}, lines, about, code)
    return _written({} if out is None else _results(themes, out), lines, about, code, out)


def _results(themes: ThemeMap, folder: Path) -> dict[str, Callable[[Path], object]]:
    """Return what writes each file of the results."""
    from absclust.io.write_papers import write_by_suffix
    from absclust.report import write_map

    folder.mkdir(parents=True, exist_ok=True)
    return {
        MAP: themes.save,
        "papers.ris": themes.to_ris,
        "papers.bib": themes.to_bib,
        "themes.csv": partial(write_by_suffix, whole(themes.table())),
        "sources.csv": partial(write_by_suffix, whole(themes.sources())),
        "papers.csv": themes.to_csv,
        "map.png": partial(write_map, themes),
        "map.html": themes.to_html,
    }


def _table(found: pd.DataFrame, out: Path | None, lines: list[str], code: int = 0) -> Answer:
    """Show a table, or write it."""
    from absclust.io.write_papers import write_by_suffix

    write = partial(write_by_suffix, whole(found))
    return _written({str(out): write} if out else {}, lines, found, code)


def _written(
    writers: dict[str, Callable[[Path], object]],
    lines: list[str],
    data: Any,
    code: int = 0,
    folder: Path | None = None,
) -> Answer:
    """Write files, each for itself, and say which; a failure is no reason to lose the others."""
    written, failed = [], []
    for name, write in writers.items():
        try:
            write(folder / name if folder else Path(name))
        except Exception as error:
            failed.append(f"{name} is not written: {message(error)}")
        else:
            written.append(name)
    if written:
        blank = [""] if lines else []
        where = f" to {folder}" if folder else ""
        lines = [
            *lines,
            *blank,
            f"Wrote {', '.join(written)}{where}",
        ]
        data = data | {"written": written} if isinstance(data, dict) else data
    return Answer("\n".join(lines), data, code, tuple(failed))


def _theme_lines(number: int, theme: dict[Any, Any]) -> str:
    name = f"theme {number}: {theme['name']} ({counted(theme['size'], 'paper')})"
    return f" {theme['score']:.2f}  {name}\n       {theme['keywords']}"


def _paper_lines(row: int, paper: dict[Any, Any]) -> str:
    theme = f"theme {paper['theme']}, {paper['theme_name']}" if paper["theme"] >= 0 else "no theme"
    about = [theme, str(paper.get("year", "")), paper.get("link", "")]
    first = f" {paper['score']:.2f}  row {row}: {paper['title']}"
    return f"{first}\n       {' · '.join(filter(None, about))}"
