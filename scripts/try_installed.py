"""Try an installed absclust: python -I scripts/try_installed.py data/samples/abstracts.csv.

Needs nothing but what pip installed, and runs in an empty folder. With --light, it also checks
that torch and sentence-transformers are absent, and that a missing package is named.
"""

import argparse
import subprocess
import sys
import tempfile
import warnings
from importlib.util import find_spec
from pathlib import Path

TORCH = ("torch", "transformers", "sentence_transformers")
OTHERS = [
    "Eulen jagen nachts Mäuse, und ihre Flügel sind leise.",
    "Leise Flügel helfen Eulen bei der nächtlichen Jagd.",
    "猫头鹰在夜间捕猎老鼠，它们的翅膀很安静。",
    None,
]


def main() -> None:
    """Run what users run first, and stop at the first thing that doesn't work."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("papers", type=Path, help="a file of abstracts")
    parser.add_argument("--light", action="store_true", help="there must be no torch")
    args = parser.parse_args()
    papers = args.papers.resolve()
    missing = [name for name in TORCH if find_spec(name) is None]
    assert missing == (list(TORCH) if args.light else []), f"{missing} are not installed"
    with tempfile.TemporaryDirectory() as folder:
        try_calls(papers, Path(folder))
        try_command(papers, Path(folder) / "results")
    if args.light:
        try_missing_packages()
    else:
        subprocess.run([sys.executable, "-c", "import sentence_transformers"], check=True)
    print(f"{'light' if args.light else 'whole'} install: all that was tried works")


def try_calls(papers: Path, folder: Path) -> None:
    """Cluster, draw, write, save, load, predict and edit."""
    import matplotlib as mpl

    import absclust

    mpl.use("agg")
    assert Path(absclust.__file__).is_relative_to(sys.prefix), absclust.__file__
    themes = absclust.cluster_abstracts(absclust.read_abstracts(papers))
    assert len(themes) > 2, themes
    assert all(theme.name for theme in themes), themes
    themes.plot().figure.savefig(folder / "map.pdf")
    page = themes.to_html(folder / "map.html").read_text("utf-8")
    assert themes[0].name in page
    assert "</html>" in page
    assert themes[0].name in themes.report(folder / "report.md").read_text("utf-8")
    for write in (themes.to_csv, themes.to_parquet, themes.to_bib, themes.to_ris):
        assert (
            write(folder / f"papers.{write.__name__.removeprefix('to_')}").stat().st_size > 10_000
        )
    themes.rename({0: "mine"}).save(folder / "map.zip")
    loaded = absclust.load(folder / "map.zip")
    assert loaded[0].name == "mine"
    assert loaded.fingerprint == themes.fingerprint
    new = ["A robot hand learns to grasp cups by touch.", None]
    assert loaded.predict(new)["theme"].tolist() == themes.predict(new)["theme"].tolist()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", absclust.LanguageWarning)
        assert absclust.cluster_abstracts(OTHERS).labels[-1] == -1
    for options in ({"clusterer": "hdbscan"}, {"embedder": "lsa"}):
        assert len(absclust.cluster_abstracts(absclust.read_abstracts(papers), **options)) > 2


def try_command(papers: Path, out: Path) -> None:
    """Run the command as a shell finds it."""
    command = str(Path(sys.executable).with_name("absclust"))
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    print(done.stdout.strip())
    subprocess.run(
        [command, "cluster", str(papers), "--out", str(out)], stdout=subprocess.DEVNULL, check=True
    )
    written = {path.name for path in out.iterdir()}
    assert written >= {"papers.csv", "papers.bib", "themes.csv", "map.png", "map.html"}, written


def try_missing_packages() -> None:
    """Ask for what an optional package does; the error must name it."""
    import absclust

    themes = absclust.cluster_abstracts(["Owls hunt mice.", "Owls hunt at night."])
    for package, call in {
        "sentence-transformers": lambda: absclust.TransformerEmbedder("a-model").encode(["Owls"]),
        "absclust[notebook]": themes.explore,
        "absclust[llm]": lambda: absclust.LLMNamer("a-model", api_key="none"),
        "absclust[dask]": lambda: absclust.cluster_dataset("papers/*.csv", "themes"),
    }.items():
        try:
            call()
        except absclust.MissingPackageError as error:
            message = str(error)
        else:
            message = "no error"
        assert f"pip install {package}" in message.replace("'", ""), message


if __name__ == "__main__":
    main()
