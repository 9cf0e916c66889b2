import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from absclust.clustering.neighbors import neighbor_graph
from absclust.clustering.umap_hdbscan import _default_size, reduce_dimensions, umap_hdbscan
from absclust.errors import OptionError
from tests.clustering.test_leiden import blobs

NOISY = {"sizes": [150] * 4, "d": 150, "noise": 0.3}  # large enough for BLAS to use threads


def digest_of_noisy_blobs():
    vectors = blobs(**NOISY)
    graph = neighbor_graph(vectors)
    places = reduce_dimensions(graph, vectors)
    labels = umap_hdbscan(graph, vectors)
    return hashlib.sha256(places.tobytes() + labels.tobytes()).hexdigest()


@pytest.mark.parametrize("n", range(1, 10))
def test_too_few_papers_for_two_themes_form_none(n):
    vectors = blobs([n])
    graph = neighbor_graph(vectors)
    assert umap_hdbscan(graph, vectors).tolist() == [-1] * n


def test_groups_are_found_among_fewer_papers_than_umap_needs():
    vectors = blobs([7, 7])
    labels = umap_hdbscan(neighbor_graph(vectors), vectors)
    assert [len(set(labels[:7])), len(set(labels[7:])), len(set(labels))] == [1, 1, 2]
    labels = umap_hdbscan(neighbor_graph(vectors), vectors, min_theme_size=8)
    assert set(labels) == {-1}  # neither group is as large as the size asked for


@pytest.mark.parametrize("n", [12, 40])
@pytest.mark.parametrize("paper", [[0.0, 0.0, 0.0], [0.0, 0.6, 0.8]])
def test_identical_papers_form_no_theme(n, paper):
    vectors = np.tile(np.array(paper, dtype=np.float32), (n, 1))
    graph = neighbor_graph(vectors)
    assert umap_hdbscan(graph, vectors).tolist() == [-1] * n


def test_papers_all_unlike_each_other_form_no_theme():
    vectors = np.eye(30, dtype=np.float32)
    graph = neighbor_graph(vectors)
    assert umap_hdbscan(graph, vectors).tolist() == [-1] * 30


def test_the_default_size_grows_within_bounds():
    assert [_default_size(n) for n in (1, 100, 1_000, 10_000, 10**6)] == [5, 5, 11, 33, 50]


@pytest.mark.parametrize("size", [1, 0, -3, 2.5, "5", True])
def test_an_invalid_theme_size_is_refused(size):
    vectors = blobs([5])
    with pytest.raises(OptionError, match=r"min_theme_size is .*; expected an int of 2 or more"):
        umap_hdbscan(neighbor_graph(vectors), vectors, min_theme_size=size)


@pytest.mark.slow
def test_separate_groups_are_found():
    vectors = blobs([30, 40, 50])
    labels = umap_hdbscan(neighbor_graph(vectors), vectors)
    assert [len(set(group)) for group in np.split(labels, [30, 70])] == [1, 1, 1]
    assert sorted(set(labels)) == [0, 1, 2]


@pytest.mark.slow
def test_outliers_are_kept():
    vectors = np.vstack([blobs(**NOISY), np.zeros((2, 150), dtype=np.float32)])
    graph = neighbor_graph(vectors)
    labels = umap_hdbscan(graph, vectors)
    assert labels[-2:].tolist() == [-1, -1]  # papers without known words
    assert 2 < (labels == -1).sum() < len(labels) / 2


@pytest.mark.slow
def test_fifteen_papers_few_dimensions_and_copies():
    vectors = blobs([15])
    assert len(umap_hdbscan(neighbor_graph(vectors), vectors, min_theme_size=2)) == 15
    vectors = blobs([20, 20], d=2)
    assert umap_hdbscan(neighbor_graph(vectors), vectors).max() >= 0
    vectors = np.repeat(np.eye(3, dtype=np.float32), 20, axis=0)  # each paper twenty times
    labels = umap_hdbscan(neighbor_graph(vectors), vectors)
    assert [len(set(group)) for group in np.split(labels, 3)] == [1, 1, 1]


@pytest.mark.slow
def test_the_seed_decides_and_nothing_else():
    vectors = blobs(**NOISY)
    graph = neighbor_graph(vectors)
    first = digest_of_noisy_blobs()
    assert umap_hdbscan(graph, vectors, random_state=1).shape == (600,)  # another run in between
    assert digest_of_noisy_blobs() == first
    assert _computed_elsewhere("1" if os.cpu_count() > 1 else "2") == first


def _computed_elsewhere(threads):
    """Compute the digest in another process, in which any warning is an error.

    One process is enough, with another number of threads than here: compiling UMAP takes longest.
    """
    counts = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
    command = (
        "from tests.clustering.test_umap_hdbscan import digest_of_noisy_blobs as d; print(d())"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", command],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        env=os.environ | dict.fromkeys(counts, threads) | {"PYTHONHASHSEED": threads},
        cwd=Path(__file__).parents[2],
    )
    return done.stdout.strip()
