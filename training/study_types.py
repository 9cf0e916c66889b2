r"""Take study types out of the built-in embedding; rewrites src/absclust/embedding/model/.

Usage::

    python training/study_types.py UNLABELLED [--model FOLDER]

In medicine the largest differences between abstracts are not their subjects but the kind of
study: species, cells, trial, survey, imaging, surgery, case, people, care. UNLABELLED contains
``broad_180k``, ``reviews_17k`` and ``biomed_3k``; the texts that show at least two of these
traits are regressed on all of them, and the directions that the traits explain are projected
out of every token's vector (a linear concept erasure, as in Bolukbasi et al. 2016). It comes
after train_builtin.py; doing it twice changes nothing. The seed-free computation
takes two minutes.
"""

import argparse
import re
from pathlib import Path

import numpy as np
from train_builtin import (
    SHORTEST_ABSTRACT,
    TARGET,
    count_beginnings,
    load,
    read_records,
    save,
    text_of,
)

from absclust.arrays import row_product, unit_rows
from absclust.embedding.tokens import dampened

FILES = ("broad_180k", "reviews_17k", "biomed_3k")
FEWEST_TRAITS = 2  # in a text that counts as medical
TRAITS = {
    "species": r"\b(rats?|mice|mouse|rabbits?|dogs?|pigs?|monkeys?|murine|canine|sheep)\b",
    "cells": r"in vitro|cell lines?|cultured|immunohistochem|western blot|mRNA|assay",
    "trial": r"placebo|randomi[sz]ed|double-blind|efficacy|trial",
    "survey": r"prevalence|questionnaire|odds ratio|cohort|case-control|epidemiolog",
    "imaging": r"magnetic resonance imag|tomograph|ultraso|radiograph|doppler|angiograph|\bCT\b",
    "surgery": r"surg|postoperative|operation\b|anastomos|resection",
    "case": r"case report|year-old|we report a|presented with|autopsy",
    "people": r"\b(women|men|children|infants|elderly|adolescents|girls|boys)\b",
    "care": r"hospital|nurs|physician|health care|services|costs",
}


def read_texts(folder: Path) -> tuple[list[str], np.ndarray]:
    """Return the medical texts, and which traits each shows, shape (n, len(TRAITS))."""
    records = (r for name in FILES for r in read_records(folder / f"{name}.jsonl.gz"))
    texts = [
        text_of(record)
        for record in records
        if len(record.get("abstract") or "") > SHORTEST_ABSTRACT
    ]
    traits = traits_of(texts)
    medical = traits.sum(axis=1) >= FEWEST_TRAITS
    return [texts[i] for i in np.flatnonzero(medical)], traits[medical]


def traits_of(texts: list[str]) -> np.ndarray:
    """Return which traits each text shows, shape (len(texts), len(TRAITS))."""
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern in TRAITS.values()]
    shown = [[bool(pattern.search(text)) for pattern in patterns] for text in texts]
    return np.array(shown, dtype=np.float32)


def directions(vectors: np.ndarray, traits: np.ndarray) -> np.ndarray:
    """Return orthonormal directions that the traits explain, shape (len(TRAITS), d)."""
    effects = np.linalg.lstsq(traits - traits.mean(0), vectors - vectors.mean(0), rcond=None)[0]
    return np.linalg.svd(effects, full_matrices=False)[2]


def main() -> None:
    """Run all steps."""
    parser = argparse.ArgumentParser(description="Take study types out of the embedding.")
    parser.add_argument("unlabelled", type=Path)
    parser.add_argument("--model", type=Path, default=TARGET)
    args = parser.parse_args()
    tokens, tokenizer = load(args.model)
    texts, traits = read_texts(args.unlabelled)
    shares = ", ".join(f"{t} {s:.2f}" for t, s in zip(TRAITS, traits.mean(axis=0), strict=True))
    print(f"{len(texts):,} medical texts: {shares}", flush=True)
    sums = row_product(dampened(count_beginnings(texts, tokenizer)), tokens)
    found = directions(unit_rows(sums), traits)
    save(tokens - (tokens @ found.T) @ found, tokenizer, args.model)


if __name__ == "__main__":
    main()
