"""Print the fingerprint and the theme names of real corpora, to see what a change leaves as it was.

Usage::

    make fingerprints                 # in .venv; needs the real abstracts
    python bench/fingerprints.py LABELLED [--papers N]

LABELLED holds ``*.jsonl.gz`` files with a title and an abstract in each line. Prints one line of
JSON per file: its name, the fingerprint of the default call's themes, and their names. Two runs
that print the same made the same themes of the same papers, under the same names::

    make fingerprints > before; git switch ...; make fingerprints > after; diff before after
"""

import argparse
import json
import warnings
from pathlib import Path

import pandas as pd

from absclust import cluster_abstracts


def main() -> None:
    """Cluster each file by the default call and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--papers", type=int, help="read at most N papers of each file")
    args = parser.parse_args()
    warnings.simplefilter("ignore")  # of corpora in other languages: meant, and not the question
    for path in sorted(args.labelled.glob("*.jsonl.gz")):
        papers = pd.read_json(path, lines=True, nrows=args.papers)
        themes = cluster_abstracts(papers, progress=False)
        found = {
            "papers": path.name,
            "fingerprint": themes.fingerprint,
            "names": [theme.name for theme in themes],
        }
        print(json.dumps(found, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
