"""Draw the gallery: every kind of picture, maps of 164 to 10,000 papers, and the page.

Usage::

    make gallery
    python scripts/gallery.py SAMPLES OUT [--shared DATA]

SAMPLES is data/samples and OUT the folder for the PNGs. DATA has the
folders ``labelled`` and ``unlabelled`` of real abstracts, which we may not distribute;
their maps show only points and names of themes. Without DATA, these maps are left as
they are, and so are the pictures of the page without Chromium.
"""

import argparse
import gzip
import io
import json
import shutil
import sys
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import pandas as pd
from PIL import Image

from absclust import ThemeMap, cluster_abstracts, read_abstracts

COLUMN = (3.3, 2.7)  # inches, the width of a column in a journal
REAL = {
    "map-1000": ("labelled/iclr26_areas.jsonl.gz", 1000, {}),
    "map-10000": ("unlabelled/arxiv_100k.jsonl.gz", 10_000, {}),
    "map-10000-dark": ("unlabelled/arxiv_100k.jsonl.gz", 10_000, {"dark": True}),
}
CONFERENCES = "unlabelled/conferences_80k.jsonl.gz", 5000


def save(figure: Any, path: Path, dpi: int = 90) -> None:
    """Write a PNG of 255 colours, a third of the usual size; it is renamed when complete."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=dpi)
    plt.close(figure)
    beside = path.with_name(f".{path.name}")
    Image.open(drawn).convert("RGB").quantize(255, dither=Image.Dither.NONE).save(
        beside, format="png", optimize=True
    )
    beside.replace(path)
    print(f"{path}  {path.stat().st_size / 1000:.0f} kB")


def draw_sample(themes: ThemeMap, out: Path) -> None:
    """Draw the sample's map in light, in dark and at column width, and every other picture."""
    save(themes.plot().figure, out / "map-sample.png")
    save(themes.plot(dark=True).figure, out / "map-sample-dark.png")
    save(themes.plot(figsize=COLUMN).figure, out / "map-sample-column.png", dpi=200)
    save(themes.plot(color_by="year").figure, out / "map-sample-year.png")
    save(themes.plot(highlight=[0, 4]).figure, out / "map-sample-highlight.png")
    pictures = {
        "sizes": themes.plot.sizes,
        "keywords": themes.plot.keywords,
        "tree": themes.plot.tree,
        "years": themes.plot.years,
        "similarity": themes.plot.similarity,
        "evolution": themes.plot.evolution,
        "strategic": themes.plot.strategic,
        "links": themes.plot.links,
        "sources": themes.plot.sources,
    }
    for name, draw in pictures.items():
        save(draw().figure, out / f"{name}.png")
        save(draw(figsize=COLUMN).figure, out / f"{name}-column.png", dpi=200)


def draw_page(themes: ThemeMap, out: Path) -> None:
    """Photograph the page: a paper on a desktop, the links between themes, a theme on a phone."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if not browser:
        print("Chromium is absent; the pictures of the page are left as they are", file=sys.stderr)
        return
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as run:
        address = themes.to_html(Path(folder) / "map.html").as_uri()
        started = run.chromium.launch(executable_path=browser)
        for name, width, scheme, place in (
            ("page-paper", 1280, "light", "#paper=0"),
            ("page-links-dark", 1280, "dark", ""),
            ("page-phone", 390, "light", "#theme=0"),
        ):
            view = started.new_page(
                viewport={"width": width, "height": 800},
                color_scheme=scheme,
                reduced_motion="reduce",
            )
            view.goto(address + place)
            view.wait_for_selector("html[data-texts=read]", state="attached")
            if not place:
                view.click("#theme-links")
            path = out / f"{name}.png"
            view.screenshot(path=path)
            print(f"{path}  {path.stat().st_size / 1000:.0f} kB")


def draw_real(shared: Path, out: Path) -> None:
    """Draw the maps of real papers: points and names of themes, none of the papers' text."""
    maps: dict[str, ThemeMap] = {}
    for name, (file, n, options) in REAL.items():
        if not (shared / file).exists():
            print(
                f"{name}: {shared / file} is absent; the picture is left as it is", file=sys.stderr
            )
            continue
        if file not in maps:
            with gzip.open(shared / file, "rt", encoding="utf-8") as lines:
                papers = pd.DataFrame([json.loads(line) for line in islice(lines, n)])
            maps[file] = cluster_abstracts(papers, progress=False)
        save(maps[file].plot(**options).figure, out / f"{name}.png")


def draw_groups(shared: Path, out: Path) -> None:
    """Draw themes by conference, in light and in dark: names of themes and numbers of papers."""
    file, n = CONFERENCES
    if not (shared / file).exists():
        print(f"groups: {shared / file} is absent; the pictures are left", file=sys.stderr)
        return
    with gzip.open(shared / file, "rt", encoding="utf-8") as lines:
        papers = pd.DataFrame([json.loads(line) for line in islice(lines, n)])
    papers["conference"] = papers["venue"].str.rstrip("0123456789").str.upper()
    themes = cluster_abstracts(papers, progress=False)
    for name, dark in (("groups", False), ("groups-dark", True)):
        save(themes.plot.by("conference", n_groups=16, dark=dark).figure, out / f"{name}.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"))
    paths = parser.parse_args()
    paths.out.mkdir(parents=True, exist_ok=True)
    draw_sample(cluster_abstracts(read_abstracts(paths.samples / "abstracts.csv")), paths.out)
    arxiv = cluster_abstracts(read_abstracts(paths.samples / "arxiv.csv.gz"))
    save(arxiv.plot().figure, paths.out / "map-arxiv.png")
    save(arxiv.plot.top("categories").figure, paths.out / "top.png")
    column = arxiv.plot.top("categories", figsize=COLUMN).figure
    save(column, paths.out / "top-column.png", dpi=200)
    draw_page(arxiv, paths.out)
    draw_real(paths.shared, paths.out)
    draw_groups(paths.shared, paths.out)
