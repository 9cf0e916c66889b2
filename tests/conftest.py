"""What several test files share: corpora, and where the real data lies."""

import dataclasses
import gzip
import json
import os
import tracemalloc
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

mpl.use("agg")
# The same cases in every run; HYPOTHESIS_PROFILE=default looks for others.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "data" / "samples"
SHARED = ROOT.parent / "shared" / "data"


def peak_memory(work):
    """Return the most bytes that were held at once while work was done, beyond those before."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def with_coordinates(themes, places):
    """Return a map whose papers lie at the places given, instead of where a layout puts them."""
    places = np.asarray(places, dtype=np.float32)
    foundation = dataclasses.replace(themes.foundation, known_coordinates=places)
    return dataclasses.replace(themes, foundation=foundation)


def with_corpus(themes, **fields):
    """Return a map whose corpus has other values in some fields."""
    corpus = dataclasses.replace(themes.corpus, **fields)
    foundation = dataclasses.replace(themes.foundation, corpus=corpus)
    return dataclasses.replace(themes, foundation=foundation)


@pytest.fixture(scope="session")
def sample() -> pd.DataFrame:
    """The project's own sample: 166 rows, with empty ones and duplicates."""
    from absclust import read_abstracts

    return read_abstracts(SAMPLES / "abstracts.csv")


@pytest.fixture(scope="session")
def sample_themes(sample):
    from absclust import cluster_abstracts

    return cluster_abstracts(sample)


@pytest.fixture(scope="session")
def author_keyword_themes():
    """Return a map of papers with authors' keywords: of proteins, and of robots."""
    from absclust import cluster_abstracts

    robots = {
        "cups": ["robotic grasping", "tactile sensing"],
        "tools": ["robotic grasping", "tactile sensing"],
        "boxes": ["robotic grasping", "Industry 4.0"],
    }
    proteins = {
        "proteins": "protein folding; molecular dynamics",
        "enzymes": "protein folding; molecular dynamics",
        "antibodies": "protein folding",
        "hormones": None,
    }
    papers = [
        {"abstract": f"A robot arm learns to grasp {what} by touch.", "keywords": keywords}
        for what, keywords in robots.items()
    ]
    papers += [
        {"abstract": f"How {what} fold in a cell, residue by residue.", "keywords": keywords}
        for what, keywords in proteins.items()
    ]
    return cluster_abstracts(papers, n_themes=2)


@pytest.fixture(scope="session")
def page_path() -> Path:
    """A real page of 24 abstracts, kept outside the project."""
    return _shared("hf_papers_page.txt")


@pytest.fixture(scope="session")
def labelled():
    """Return a reader of the labelled real corpora, kept outside the project."""

    def read(name: str) -> pd.DataFrame:
        path = _shared(f"labelled/{name}.jsonl.gz")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return pd.DataFrame(map(json.loads, lines))

    return read


def _shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs the real data: {path} is absent")
    return path
