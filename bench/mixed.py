"""Make any number of abstracts, each of sentences of real ones of the same category.

For measurements of time and memory where there are not enough real abstracts. Every text is
new, and its words are distributed like those of the real texts; what it says makes no sense, so
nothing is to be learnt from its themes.
"""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_MOST_SENTENCES = 12
_PAPERS, _CATEGORIES = "arxiv_100k.jsonl.gz", "arxiv_100k_categories.jsonl.gz"


def mixed(folder: Path, n: int, seed: int = 0) -> Iterator[dict[str, str]]:
    """Yield the titles and abstracts of n papers.

    Parameters
    ----------
    folder
        Contains the papers and their categories, by their ids.
    n
        Number of papers.
    seed
        Seed of the mixture.
    """
    titles: dict[str, list[str]] = {}
    sentences: dict[str, list[str]] = {}
    lengths: list[int] = []
    of_paper: list[str] = []
    first = {row["id"]: row["categories"][0] for row in _lines(folder / _CATEGORIES)}
    for paper in _lines(folder / _PAPERS):
        category = first[paper["id"]]
        own = _SENTENCE.split(paper["abstract"])[:_MOST_SENTENCES]
        titles.setdefault(category, []).append(paper["title"])
        sentences.setdefault(category, []).extend(own)
        lengths.append(len(own))
        of_paper.append(category)
    random = np.random.default_rng(seed)
    for _ in range(n):
        paper = random.integers(len(of_paper))
        category = of_paper[paper]
        titles_of, sentences_of = titles[category], sentences[category]
        chosen = random.integers(len(sentences_of), size=lengths[paper])
        yield {
            "title": titles_of[random.integers(len(titles_of))],
            "abstract": " ".join(sentences_of[number] for number in chosen),
        }


def _lines(path: Path) -> Iterator[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
