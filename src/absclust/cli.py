"""The ``absclust`` command: argparse onto the API."""

import argparse
import inspect
import re
import sys
import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import absclust
from absclust.analysis.sources import flow
from absclust.atomic import write_beside
from absclust.counted import counted
from absclust.errors import AbsclustError, OptionError
from absclust.io.formulas import write_table

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 2 if the input can't be used."""
    args = _parser().parse_args(argv)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", UserWarning)
            warnings.showwarning = _show_warning
            args.run(args)
    except AbsclustError as error:
        message = str(error)
    except OSError as error:
        message = ": ".join(str(part) for part in (error.filename, error.strerror or error) if part)
    else:
        return 0
    print(f"absclust: error: {' '.join(message.split())}", file=sys.stderr)
    return 2


_MAP = "map.zip"  # the saved map, inside the folder of results

# The options of ``cluster_abstracts`` that the command takes, under the same names. Their
# defaults and help are those of that function.
_OPTIONS: dict[str, dict[str, Any]] = {
    "embedder": {"metavar": "NAME"},
    "clusterer": {"choices": ["graph", "hdbscan"]},
    "outliers": {"choices": ["keep", "assign"]},
    "n_neighbors": {"type": int, "metavar": "N"},
    "n_themes": {"type": int, "metavar": "N"},
    "granularity": {"type": float, "metavar": "X"},
    "min_theme_size": {"type": int, "metavar": "N"},
    "resolution": {"type": float, "metavar": "X"},
    "labels": {"metavar": "COLUMN"},
    "stop_phrases": {"nargs": "+", "metavar": "PHRASE"},
    "vocabulary": {"nargs": "+", "metavar": "PHRASE"},
    "min_strength": {"type": float, "metavar": "X"},
    "random_state": {"type": int, "metavar": "N"},
    "n_jobs": {"type": int, "metavar": "N"},
}


def _flag(option: str) -> str:
    return f"--{option.replace('_', '-')}"


def _documented(option: str) -> dict[str, Any]:
    """Return an option's default and help as ``cluster_abstracts`` has them."""
    function = absclust.cluster_abstracts
    default = inspect.signature(function).parameters[option].default
    # Python run with -OO has no docstrings.
    section = re.search(
        rf"^{option} : .*\n((?: +.*\n?)+)", inspect.getdoc(function) or "", re.MULTILINE
    )
    words = " ".join(section[1].split()).replace("``", "") if section else ""
    shown = "" if default in (None, ()) else f" (default: {default})"
    return {"default": default, "help": (words + shown).replace("%", "%%")}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="absclust", description="Cluster paper abstracts into named themes, offline."
    )
    parser.add_argument("--version", action="version", version=f"absclust {absclust.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    cluster = commands.add_parser(
        "cluster",
        help="find and name the themes of a file of abstracts",
        description="Find and name the themes of a file of abstracts.",
    )
    cluster.add_argument(
        "paths",
        nargs="+",
        metavar="path",
        help="A library or an export (.bib, .ris, .nbib, .ciw, .enw, .xml), a table with titles "
        "and abstracts (.csv, .tsv, .jsonl, .json, .parquet), or a .txt page of titles, each "
        "followed by its abstract. Several files are clustered together, without duplicates. A "
        "folder, a pattern in quotes or a URL is a data set, which is clustered on Dask.",
    )
    cluster.add_argument(
        "--out",
        default=None,
        metavar="DIR",
        help="Folder for papers.csv, papers.bib and papers.ris (the papers with their themes), "
        "themes.csv, sources.csv, map.png, map.html and map.zip, the saved map. Created if "
        "missing. For a data set, a folder or URL that all workers can reach.",
    )
    cluster.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="Dask cluster to use for a data set, such as tcp://127.0.0.1:8786 (default: "
        "processes on this machine).",
    )
    cluster.add_argument(
        "--sample-size",
        type=int,
        metavar="N",
        help="Number of papers of a data set that themes are learnt from (default: 200000).",
    )
    for option in _OPTIONS:
        cluster.add_argument(_flag(option), **_OPTIONS[option], **_documented(option))
    cluster.add_argument(
        "--no-cache", action="store_true", help="Don't keep the vectors of a slow embedder."
    )
    cluster.add_argument("--quiet", action="store_true", help="Show no progress bar.")
    cluster.set_defaults(run=_cluster)
    search = commands.add_parser(
        "search",
        help="find papers or themes in a saved map",
        description="Find the papers of a saved map that match a query best, by their words and "
        "by their meaning.",
    )
    search.add_argument(
        "folder",
        type=Path,
        help="A saved map, or a folder that `absclust cluster --out` wrote. Of a data set, the "
        "sample that its themes were learnt from is searched.",
    )
    search.add_argument("query", help="Words, a phrase or a title, in quotes.")
    search.add_argument(
        "-n", type=int, metavar="N", help="How many to show (default: 10 papers, or 5 themes)."
    )
    kind = search.add_mutually_exclusive_group()
    kind.add_argument("--themes", action="store_true", help="Find themes instead of papers.")
    kind.add_argument("--theme", metavar="X", help="Look in this theme only: its number or name.")
    search.set_defaults(run=_search)
    cache = commands.add_parser(
        "cache",
        help="show or clear the vectors that are kept on disk",
        description="Show the vectors of slow embedders that are kept on disk, or clear them. "
        "The folder is the user's cache folder, or $ABSCLUST_CACHE.",
    )
    cache.add_argument("--folder", type=Path, help="Another cache folder.")
    cache.add_argument("--clear", action="store_true", help="Remove all vectors.")
    cache.set_defaults(run=_cache)
    return parser


def _cluster(args: argparse.Namespace) -> None:
    options = {option: getattr(args, option) for option in _OPTIONS}
    options |= {"cache": not args.no_cache, "progress": not args.quiet}
    if args.scheduler or args.sample_size is not None or any(map(_is_dataset, args.paths)):
        _cluster_dataset(args, options)
        return
    papers = absclust.read_abstracts(args.paths)
    themes = absclust.cluster_abstracts(papers, **options)
    print(themes)
    print(f"\nPapers: {flow(themes)}")
    if args.out is not None:
        _write(themes, Path(args.out))


def _is_dataset(path: str) -> bool:
    """Whether a path means a folder, several files or a URL, rather than one file."""
    if "://" in path or Path(path).is_dir():
        return True
    return any(sign in path for sign in "*?[") and not Path(path).exists()


def _cluster_dataset(args: argparse.Namespace, options: dict[str, Any]) -> None:
    """Cluster a data set on the cluster that the user names, or on this machine."""
    if len(args.paths) > 1:
        raise OptionError(
            f"{len(args.paths)} paths are given; expected one folder, one pattern in quotes or one "
            "URL for a data set, or files only"
        )
    if args.out is None:
        raise OptionError("a data set needs a folder for its results; expected --out DIR")
    if args.sample_size is not None:
        options["sample_size"] = args.sample_size
    print(absclust.cluster_dataset(args.paths[0], args.out, client=args.scheduler, **options))
    print(f"\nWrote papers/, map.zip, themes.csv, map.html and report.json to {args.out}")


def _search(args: argparse.Namespace) -> None:
    inside = args.folder / _MAP
    themes = absclust.load(inside if inside.is_file() else args.folder)
    limit = {} if args.n is None else {"n": args.n}
    if args.themes:
        found = themes.search_themes(args.query, **limit)
        lines = map(_theme_lines, found.index, found.to_dict("records"))
    else:
        theme = int(args.theme) if args.theme and args.theme.isdecimal() else args.theme
        found = themes.search(args.query, theme=theme, **limit)
        shown = found.astype(object).where(found.notna(), "")
        lines = map(_paper_lines, found.index, shown.to_dict("records"))
    print("\n".join(lines) or f"nothing matches {args.query!r}")


def _theme_lines(number: int, theme: dict[Any, Any]) -> str:
    name = f"theme {number}: {theme['name']} ({counted(theme['size'], 'paper')})"
    return f"{theme['score']:.2f}  {name}\n      {theme['keywords']}"


def _paper_lines(row: int, paper: dict[Any, Any]) -> str:
    theme = f"theme {paper['theme']}, {paper['theme_name']}" if paper["theme"] >= 0 else "no theme"
    about = [theme, str(paper.get("year", "")), paper.get("link", "")]
    first = f"{paper['score']:.2f}  row {row}: {paper['title']}"
    return f"{first}\n      {' · '.join(filter(None, about))}"


def _cache(args: argparse.Namespace) -> None:
    from absclust.embedding.cache import cache_info, clear_cache

    if args.clear:
        print(f"Removed {clear_cache(args.folder):,} vectors")
    info = cache_info(args.folder)
    print(f"{info.folder}: {info.n_vectors:,} vectors, {info.bytes / 1e6:.1f} MB on disk")
    for model, n_vectors, n_bytes in info.models:
        print(f"  {n_vectors:>8,}  {n_bytes / 1e6:>8.1f} MB  {model}")


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Print a warning on one line, without the place in the code that it comes from."""
    print(f"absclust: warning: {' '.join(str(message).split())}", file=sys.stderr)


def _write(themes: "ThemeMap", folder: Path) -> None:
    """Write the results: the papers for other programs, the tables and the map."""
    from absclust.report import write_map

    folder.mkdir(parents=True, exist_ok=True)
    themes.to_csv(folder / "papers.csv")
    themes.to_bib(folder / "papers.bib")
    themes.to_ris(folder / "papers.ris")
    for name, table in (("themes.csv", themes.table()), ("sources.csv", themes.sources())):
        write_beside(folder / name, partial(write_table, table, index=True))
    write_map(themes, folder / "map.png")
    themes.to_html(folder / "map.html")
    themes.save(folder / _MAP)
    print(
        "\nWrote papers.csv, papers.bib, papers.ris, themes.csv, sources.csv, map.png, map.html "
        f"and map.zip to {folder}"
    )
