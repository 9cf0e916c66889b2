"""Measure very large corpora on one machine, and data sets on a Dask cluster of this machine.

Usage::

    make bench-scale
    python bench/scale.py UNLABELLED [--tables one dask] [--papers 10000 100000 1000000]

UNLABELLED contains ``arxiv_100k.jsonl.gz`` and ``arxiv_100k_categories.jsonl.gz``. Prints
Markdown tables; docs/measured/scale.md has those of the last run. Up to 100,000 papers are real
abstracts; beyond that, they are mixed of sentences of real ones (bench/mixed.py). Each measurement
runs once, in a fresh process; in the same process, the built-in model's tokenizer reads 10,000 of
the texts, and times are given relative to what it would take for all of them. Takes about an hour.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mixed import mixed
from peers import peak_gb

REAL = 100_000
TOKENISED = 10_000  # texts that the tokenizer's time is measured on
PREDICTED = 10_000
SAMPLE, PARTS = 20_000, 20  # papers that themes are learnt from, of REAL; parts of the data set


def papers(folder: Path, n: int) -> pd.DataFrame:
    """Return the first real papers, or mixed ones if there are not enough."""
    if n > REAL:
        return pd.DataFrame(mixed(folder, n))
    with gzip.open(folder / "arxiv_100k.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, n)]
    return pd.DataFrame(rows)[["id", "title", "abstract"]]


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long something takes, and what it returns."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def one_machine(path: str) -> None:
    """Cluster a Parquet file of papers in this process; print times as JSON, as they come."""
    measured: dict[str, Any] = {}

    def note(**values: Any) -> None:
        measured.update(values, peak_gb=peak_gb())
        print(json.dumps(measured), flush=True)

    frame = pd.read_parquet(path)
    call, themes = seconds(lambda: cluster(frame))
    note(call=call, themes=len(themes))
    from absclust.embedding.tokens import tokenizer

    texts = list(themes.corpus.paper_texts[:TOKENISED])
    tokenise, _ = seconds(lambda: tokenizer().encode_batch_fast(texts))
    note(tokenizer=tokenise / len(texts) * len(frame))
    layers, sizes = seconds(lambda: [len(layer) for layer in themes.layers])
    note(layers=layers, sizes=sizes, names=[t.name for t in themes.layers[-1]][:20])
    new = frame.sample(min(PREDICTED, len(frame)), random_state=0)
    new = new.assign(abstract=new["abstract"].str.slice(stop=-40))  # so that no paper is known
    themes.predict(new.head(100))  # novelty is calibrated by the first call
    predict, _ = seconds(lambda: themes.predict(new))
    note(predict=len(new) / predict)
    with tempfile.TemporaryDirectory() as folder:
        page, written = seconds(lambda: themes.to_html(Path(folder) / "map.html"))
        note(page=page, page_mb=written.stat().st_size / 1e6)


def cluster(frame: pd.DataFrame) -> Any:
    """Run the default call, imports included."""
    from absclust import cluster_abstracts

    return cluster_abstracts(frame, progress=False)


def table_of_one_machine(folder: Path, sizes: list[int]) -> None:
    """Print times and memory of the default call, its layers, predict and its page."""
    print("\n| papers | tokenizer | call | over tokenizer | layers | their themes", end="")
    print(" | page | its size | predict | peak memory |\n|" + "---|" * 10)
    for n in sizes:
        with tempfile.TemporaryDirectory() as temporary:
            path = f"{temporary}/papers.parquet"
            papers(folder, n).to_parquet(path)
            command = [sys.executable, __file__, "--child", path]
            output = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
        m = json.loads(output.stdout.splitlines()[-1])  # as far as it came
        cells = [
            f"{n:,}",
            f"{m['tokenizer']:.1f} s",
            f"{m['call']:.1f} s",
            f"{m['call'] / m['tokenizer']:.2f}",
            f"{m['layers']:.1f} s",
            ", ".join(f"{size:,}" for size in m["sizes"]),
            f"{m['page']:.1f} s",
            f"{m['page_mb']:.1f} MB",
            f"{m['predict']:,.0f} papers/s",
            f"{m['peak_gb']:.1f} GB",
        ]
        print(f"| {' | '.join(cells)} |", flush=True)


def table_of_dask(folder: Path, _: list[int]) -> None:
    """Print how well and how fast a data set is clustered, on one and on two workers."""
    from distributed import Client
    from sklearn.metrics import adjusted_mutual_info_score

    from absclust import cluster_dataset

    frame = papers(folder, REAL)
    with gzip.open(folder / "arxiv_100k_categories.jsonl.gz", "rt", encoding="utf-8") as lines:
        first = {row["id"]: row["categories"][0] for row in map(json.loads, lines)}
    truth = frame["id"].map(first)
    once, themes = seconds(lambda: cluster(frame))
    rows = [("all at once", once, themes.labels, themes.layers[2].labels)]
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary, "papers")
        source.mkdir()
        for number, part in enumerate(np.array_split(np.arange(REAL), PARTS)):
            frame.iloc[part].to_parquet(source / f"{number:03d}.parquet")
        for n_workers in (1, 2):
            out = f"{temporary}/themes-{n_workers}"
            with Client(
                n_workers=n_workers, threads_per_worker=1, dashboard_address=None
            ) as client:
                spent, found = seconds(
                    lambda out=out, client=client: cluster_dataset(
                        str(source), out, client=client, sample_size=SAMPLE, progress=False
                    )
                )
            result = found.papers().compute().set_index("id").loc[frame["id"]]
            rows.append((f"{n_workers} worker(s)", spent, result["theme"], result["fine"]))
    print(
        f"\n| {REAL:,} papers, learnt from {SAMPLE:,} | seconds | themes | AMI | over all at",
        end="",
    )
    print(" once | fine themes | AMI |\n|---|---|---|---|---|---|---|")
    whole = adjusted_mutual_info_score(truth, rows[0][2])
    for name, spent, labels, fine in rows:
        ami, of_fine = (adjusted_mutual_info_score(truth, found) for found in (labels, fine))
        cells = f"{spent:.0f} | {len(set(labels))} | {ami:.3f} | {ami / whole:.3f}"
        print(f"| {name} | {cells} | {len(set(fine))} | {of_fine:.3f} |", flush=True)


def main() -> None:
    """Print the requested tables; a child process does one measurement."""
    warnings.simplefilter("ignore")
    if sys.argv[1:2] == ["--child"]:
        one_machine(sys.argv[2])
        return
    tables = {"one": table_of_one_machine, "dask": table_of_dask}
    parser = argparse.ArgumentParser(description="Measure very large corpora.")
    parser.add_argument("unlabelled", type=Path)
    parser.add_argument("--tables", nargs="+", choices=tables, default=list(tables))
    parser.add_argument("--papers", nargs="+", type=int, default=[10_000, REAL, 1_000_000])
    args = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    for table in args.tables:
        tables[table](args.unlabelled, args.papers)


if __name__ == "__main__":
    main()
