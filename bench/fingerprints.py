"""Print the fingerprint and theme names of real corpora, to check what a change leaves unchanged.

Usage::

    make fingerprints                 # in .venv; needs the real abstracts
    python bench/fingerprints.py LABELLED [--papers N]

LABELLED contains ``*.jsonl.gz`` files with a title and an abstract in each line. Prints one line
of JSON per file: its name, the fingerprint of the default call's themes, and their names. If two
runs print the same, they made the same themes from the same papers, with the same names::

    make fingerprints > before; git switch ...; make fingerprints > after; diff before after
"""

import argparse
import json
import warnings
from pathlib import Path

import pandas as pd

from absclust import cluster_abstracts


def main() -> None:
    """Cluster each file with the default call and print the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--papers", type=int, help="read at most N papers of each file")
    args = parser.parse_args()
    warnings.simplefilter("ignore")  # about languages other than English: they are intended
    for path in sorted(args.labelled.glob("*.jsonl.gz")):
        papers = pd.read_json(path, lines=True, nrows=args.papers)
        if "abstract" not in papers:  # groups of papers, each with a name
            continue
        themes = cluster_abstracts(papers, progress=False)
        result = {
            "papers": path.name,
            "fingerprint": themes.fingerprint,
            "names": [theme.name for theme in themes],
        }
        print(json.dumps(result, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
