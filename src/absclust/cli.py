"""The ``absclust`` command: argparse onto the API."""

import argparse
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import absclust
from absclust.atomic import write_beside
from absclust.errors import AbsclustError

if TYPE_CHECKING:
    from absclust.themes.theme_map import ThemeMap


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 2 where the input can't be used."""
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
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    cluster.add_argument(
        "path",
        type=Path,
        help="a library or an export (.bib, .ris, .nbib, .ciw, .enw, .xml), a table with titles "
        "and abstracts (.csv, .tsv, .jsonl, .json, .parquet), or a .txt page of titles, each "
        "followed by its abstract",
    )
    cluster.add_argument(
        "--out",
        type=Path,
        default=None,
        metavar="DIR",
        help="folder for papers.csv, themes.csv, map.png, map.html and, of a .bib or .ris file, "
        "the papers with their themes in that format; made if missing",
    )
    cluster.add_argument(
        "--embedder",
        default="builtin",
        metavar="NAME",
        help="builtin, lsa, or the name or folder of a sentence-transformers model",
    )
    cluster.add_argument(
        "--no-cache", action="store_true", help="keep no vectors of a slow embedder"
    )
    cluster.add_argument("--quiet", action="store_true", help="show no progress bar")
    cluster.add_argument("--themes", type=int, metavar="N", help="exactly so many themes")
    cluster.add_argument(
        "--granularity", type=float, default=1.0, help="2 for finer themes, 0.5 for coarser ones"
    )
    cluster.add_argument(
        "--min-size", type=int, default=2, help="papers that a theme has at the least"
    )
    cluster.add_argument(
        "--neighbors", type=int, default=15, help="neighbours a paper in the similarity graph"
    )
    cluster.add_argument("--seed", type=int, default=0, help="random state")
    cluster.set_defaults(run=_cluster)
    cache = commands.add_parser(
        "cache",
        help="show or clear the vectors that are kept on disk",
        description="Show the vectors of slow embedders that are kept on disk, or clear them. "
        "The folder is the user's cache folder, or $ABSCLUST_CACHE.",
    )
    cache.add_argument("--folder", type=Path, help="another cache folder")
    cache.add_argument("--clear", action="store_true", help="remove all vectors")
    cache.set_defaults(run=_cache)
    return parser


def _cluster(args: argparse.Namespace) -> None:
    papers = absclust.read_abstracts(args.path)
    themes = absclust.cluster_abstracts(
        papers,
        embedder=args.embedder,
        cache=not args.no_cache,
        progress=not args.quiet,
        n_neighbors=args.neighbors,
        n_themes=args.themes,
        granularity=args.granularity,
        min_theme_size=args.min_size,
        random_state=args.seed,
    )
    print(themes)
    if args.out is not None:
        _write(themes, args.out, args.path.suffix.lower())


def _cache(args: argparse.Namespace) -> None:
    from absclust.embedding.cache import cache_info, clear_cache

    if args.clear:
        print(f"Removed {clear_cache(args.folder):,} vectors")
    info = cache_info(args.folder)
    print(f"{info.folder}: {info.n_vectors:,} vectors, {info.bytes / 1e6:.1f} MB on disk")
    for model, n_vectors, n_bytes in info.models:
        print(f"  {n_vectors:>8,}  {n_bytes / 1e6:>8.1f} MB  {model}")


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Print a warning on one line, without the place in the code that gave it."""
    print(f"absclust: warning: {' '.join(str(message).split())}", file=sys.stderr)


def _write(themes: "ThemeMap", folder: Path, kind: str) -> None:
    """Write the results, and the papers again in the format they came in."""
    from absclust.report import write_map

    folder.mkdir(parents=True, exist_ok=True)
    themes.to_csv(folder / "papers.csv")
    write_beside(
        folder / "themes.csv", lambda file: themes.table().to_csv(file, encoding="utf-8-sig")
    )
    write_map(themes, folder / "map.png")
    themes.to_html(folder / "map.html")
    again = {".bib": themes.to_bib, ".ris": themes.to_ris}.get(kind)
    if again is not None:
        again(folder / f"papers{kind}")
    more = "" if again is None else f", papers{kind}"
    print(f"\nWrote papers.csv, themes.csv{more}, map.png and map.html to {folder}")
