"""Measure time and memory, compared with UMAP and HDBSCAN and with BERTopic.

Usage::

    make bench-speed              # in .venv, and build/peers for the other tools
    python bench/speed.py UNLABELLED [--peers PYTHON] [--tables clustering whole large]

UNLABELLED contains ``arxiv_100k.jsonl.gz`` with ``title`` and ``abstract`` in each line.
Prints Markdown tables; docs/clustering.md has those of the last run. Every measurement
runs in a fresh process, absclust and the other tool in turn; figures are medians of three
(the other tool's whole call on 10,000 papers runs once). PYTHON is the interpreter of an
environment with bench/constraints-peers.txt; without it, the other tools are left out.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from peers import peak_gb

CLUSTERED, MANY = 10_000, 100_000
WHOLE = (24, 1000, 10_000)
PEERS_ONCE = 10_000  # from here on the other tool runs once: encoding alone takes minutes
PROCESSES, ROUNDS = 3, 2
LIMIT_SECONDS = 480


def texts(folder: Path, n: int) -> list[str]:
    """Return the first titles and abstracts."""
    with gzip.open(folder / "arxiv_100k.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, n)]
    return [f"{row['title']}. {row['abstract']}" for row in rows]


def save_vectors(folder: Path, n: int, target: str) -> str:
    """Save built-in vectors, which have as many dimensions as MiniLM's; return the path."""
    from absclust import BuiltinEmbedder

    np.save(target, BuiltinEmbedder(progress=False).encode(texts(folder, n)))
    return target


@contextmanager
def timed(into: dict[str, float], name: str) -> Iterator[None]:
    """Record how many seconds a stage takes."""
    began = time.perf_counter()
    yield
    into[name] = time.perf_counter() - began


def cluster_vectors(path: str, rounds: str) -> None:
    """Print the times of absclust's stages in each round, in seconds, and the peak memory."""
    from absclust.clustering.leiden import (
        PartitionSettings,
        by_size,
        choose_resolution,
        find_communities,
        relabeller,
    )
    from absclust.clustering.membership import membership
    from absclust.clustering.neighbors import neighbor_graph
    from absclust.clustering.stability import stability_samples, theme_stability

    vectors = np.load(path)
    n = len(vectors)
    seconds: list[dict[str, float]] = []
    for _ in range(int(rounds)):
        stages: dict[str, float] = {}
        with timed(stages, "neighbours"):
            graph = neighbor_graph(vectors)
        with timed(stages, "resolution"):
            settings = PartitionSettings(choose_resolution(graph.adjacency), min_theme_size=2)
        with timed(stages, "communities"):
            labels = by_size(find_communities(graph, settings), np.ones(n, dtype=np.int64))
        with timed(stages, "memberships"):
            membership(graph, labels)
        with timed(stages, "stability"):
            relabel = relabeller(graph.adjacency, settings, 0)
            theme_stability(labels, stability_samples(n, 0), relabel)
        seconds.append(stages)
    print(json.dumps({"seconds": seconds, "peak_gb": peak_gb()}))


def whole_call(path: str) -> None:
    """Run the default call on texts; print the number of themes and the peak memory."""
    from absclust import cluster_abstracts

    papers = json.loads(Path(path).read_text(encoding="utf-8"))
    themes = cluster_abstracts(papers, progress=False)
    print(json.dumps({"themes": len(themes), "peak_gb": peak_gb()}))


def in_process(python: str, script: str, *args: str, limit: float | None = None) -> dict[str, Any]:
    """Run a script of this folder; return what it prints, with the wall-clock time in seconds."""
    command = [python, str(Path(__file__).with_name(script)), *args]
    began = time.perf_counter()
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=limit)
    wall = time.perf_counter() - began
    return {**json.loads(output.stdout.splitlines()[-1]), "wall": wall}


def middle(runs: list[dict[str, Any]], stage: str | None, turn: int) -> float:
    """Return the median over processes of the seconds of one stage, or of all stages."""
    rounds = [run["seconds"][turn] for run in runs]
    return statistics.median(r[stage] if stage else sum(r.values()) for r in rounds)


def clustering(folder: Path, peers: str | None) -> None:
    """Print how long clustering given vectors takes."""
    ways = {"absclust": (sys.executable, "speed.py", "--child", "cluster_vectors")}
    if peers:
        ways["UMAP + HDBSCAN"] = (peers, "peers.py", "reduce")
    runs: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as temporary:
        path = save_vectors(folder, CLUSTERED, f"{temporary}/vectors.npy")
        for _ in range(PROCESSES):
            for way, command in ways.items():
                runs[way].append(in_process(*command, path, str(ROUNDS)))
    print(f"\n{CLUSTERED:,} vectors\n")
    print("| | first in a process | again in it | peak memory | stages, when again |")
    print("|---|---|---|---|---|")
    for way, done in runs.items():
        stages = (f"{s} {middle(done, s, -1):.2f}" for s in done[0]["seconds"][0])
        peak = statistics.median(run["peak_gb"] for run in done)
        first, again = (middle(done, None, turn) for turn in (0, -1))
        print(f"| {way} | {first:.1f} s | {again:.1f} s | {peak:.2f} GB | {', '.join(stages)} |")
    if peers:
        own, peer = runs.values()
        ratios = [middle(peer, None, turn) / middle(own, None, turn) for turn in (0, -1)]
        print(f"| times faster | {ratios[0]:.1f} | {ratios[1]:.1f} | | |")


def whole(folder: Path, peers: str | None) -> None:
    """Print how long a process takes from start to end, including imports."""
    print("\n| papers | | start to end | themes | peak memory |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary, "texts.json")
        for n in WHOLE:
            path.write_text(json.dumps(texts(folder, n)), encoding="utf-8")
            ways = {"absclust": (sys.executable, "speed.py", "--child", "whole_call")}
            if peers:
                ways["BERTopic, MiniLM of 96 tokens"] = (peers, "peers.py", "whole")
            runs: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
            for turn in range(PROCESSES):
                for way, command in ways.items():
                    if way == "absclust" or n < PEERS_ONCE or not turn:
                        runs[way].append(in_process(*command, str(path)))
            for way, done in runs.items():
                wall, themes, peak = (
                    statistics.median(run[key] for run in done)
                    for key in ("wall", "themes", "peak_gb")
                )
                row = f"{wall:.1f} s | {themes:g} | {peak:.2f} GB"
                print(f"| {n:,} | {way} | {row} |", flush=True)


def large(folder: Path, _: str | None) -> None:
    """Print how long absclust takes for many vectors, in one run."""
    with tempfile.TemporaryDirectory() as temporary:
        path = save_vectors(folder, MANY, f"{temporary}/vectors.npy")
        command = (sys.executable, "speed.py", "--child", "cluster_vectors", path, "1")
        try:
            run = in_process(*command, limit=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"\n{MANY:,} vectors: stopped after {LIMIT_SECONDS} s")
            return
    stages = run["seconds"][0]
    shown = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in stages.items())
    print(f"\n{MANY:,} vectors: {sum(stages.values()):.0f} s ({shown}), {run['peak_gb']:.2f} GB")


def main() -> None:
    """Print the requested tables; a child process does one measurement."""
    warnings.simplefilter("ignore")
    if sys.argv[1:2] == ["--child"]:
        {"cluster_vectors": cluster_vectors, "whole_call": whole_call}[sys.argv[2]](*sys.argv[3:])
        return
    tables = {"clustering": clustering, "whole": whole, "large": large}
    parser = argparse.ArgumentParser(description="Measure time and memory.")
    parser.add_argument("unlabelled", type=Path)
    parser.add_argument("--peers", help="Python of an environment with the other tools")
    parser.add_argument("--tables", nargs="+", choices=tables, default=list(tables))
    args = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    for table in args.tables:
        tables[table](args.unlabelled, args.peers)


if __name__ == "__main__":
    main()
