"""The promises of the one call: any size, any order, the same every time."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from absclust import cluster_abstracts, read_abstracts
from absclust.text.words import is_stop_word
from tests.clustering.test_leiden import blobs
from tests.conftest import ROOT, SAMPLES


def partition(labels, keys):
    """The themes as a set of sets of papers, whatever their numbers."""
    return {frozenset(np.asarray(keys)[labels == t]) for t in set(labels.tolist())}


def test_one_paper_is_one_theme():
    themes = cluster_abstracts(["Reward models for language agents."])
    assert themes.labels.tolist() == [0]
    assert len(themes) == 1
    parts = themes[0].name.lower().split(", ")
    assert all(part in "reward models for language agents" for part in parts)


@pytest.mark.parametrize("n", [2, 3, 5, 9])
def test_tiny_corpora(sample, n):
    # Tiny corpora crash or are all outliers elsewhere (BERTopic#97, #2218, #1018).
    themes = cluster_abstracts(sample.head(n))
    assert (themes.labels >= 0).all()
    assert sum(t.size for t in themes) == n


def test_papers_all_alike_are_one_theme():
    themes = cluster_abstracts(["The same words about owls."] * 40)
    assert themes.labels.tolist() == [0] * 40
    assert themes.corpus.n_papers == 1


def test_duplicates_change_no_theme(sample, sample_themes):
    doubled = pd.concat([sample, sample, sample.head(10)], ignore_index=True)
    themes = cluster_abstracts(doubled)
    assert np.array_equal(themes.labels[:166], sample_themes.labels) or (
        partition(themes.labels[:166], sample["id"])
        == partition(sample_themes.labels, sample["id"])
    )
    assert np.array_equal(themes.labels[166:332], themes.labels[:166])


def test_the_same_call_twice_gives_the_same_labels(sample, sample_themes):
    again = cluster_abstracts(sample)
    assert np.array_equal(again.labels, sample_themes.labels)
    assert again.themes == sample_themes.themes


@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_rows_give_the_same_themes(sample, sample_themes, seed):
    # Swapping two documents moved 20 topics to 24 (BERTopic#2276).
    shuffled = sample.sample(frac=1, random_state=seed)
    themes = cluster_abstracts(shuffled)
    assert np.array_equal(themes.labels, sample_themes.labels[shuffled.index])
    assert [t.name for t in themes] == [t.name for t in sample_themes]


def half_abstracts():
    """More than 300 texts, enough for a truncated SVD."""
    abstracts = read_abstracts(SAMPLES / "abstracts.csv")["abstract"]
    words = [abstract.split() for abstract in abstracts if abstract]
    return [" ".join(half) for w in words for half in (w[: len(w) // 2], w[len(w) // 2 :])]


def test_other_processes_and_numbers_of_threads_give_the_same_themes():
    code = (
        "from absclust import cluster_abstracts; from tests.test_api import half_abstracts;"
        "print(cluster_abstracts(half_abstracts()).fingerprint)"
    )
    expected = cluster_abstracts(half_abstracts()).fingerprint
    for threads, hash_seed in (("1", "1"), ("2", "77")):
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={
                "OMP_NUM_THREADS": threads,
                "OPENBLAS_NUM_THREADS": threads,
                "PYTHONHASHSEED": hash_seed,
                "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
                "PATH": "",
            },
        )
        assert done.stdout.strip() == expected


@pytest.mark.parametrize(
    ("sizes", "noise"), [([200, 200, 200], 0.2), ([120, 40, 40, 40, 40], 0.1), ([60, 60], 0.1)]
)
def test_clear_groups_of_any_size_are_the_themes(sizes, noise):
    vectors = blobs(sizes, d=64, noise=noise)
    themes = cluster_abstracts(
        [f"paper {i} on owl{i}" for i in range(sum(sizes))], embeddings=vectors
    )
    groups = np.repeat(np.arange(len(sizes)), sizes)
    assert len(themes) == len(sizes)
    assert adjusted_rand_score(groups, themes.labels) > 0.98


@pytest.mark.parametrize(("size", "noise"), [(5, 0.08), (20, 0.15)])
def test_tiny_themes_beside_a_huge_one_stay_whole(size, noise):
    sizes = [1000] + [size] * 10
    vectors = blobs(sizes, d=64, noise=noise)
    texts = [f"paper {i} on owl{i}" for i in range(sum(sizes))]
    labels = cluster_abstracts(texts, embeddings=vectors).labels
    groups = np.repeat(np.arange(len(sizes)), sizes)
    tiny = [set(labels[groups == group].tolist()) for group in range(1, len(sizes))]
    assert all(len(found) == 1 for found in tiny)
    assert len(set.union(*tiny)) >= 8  # of ten; some have much in common by chance
    assert not set.union(*tiny) & set(labels[groups == 0].tolist())


def test_papers_all_different_give_an_answer():
    texts = [f"alpha{i} beta{i} gamma{i}" for i in range(60)]
    themes = cluster_abstracts(texts, embedder="lsa")
    assert sum(theme.size for theme in themes) + (themes.labels < 0).sum() == 60


def test_half_duplicates_make_no_theme(sample, sample_themes):
    # 165 copies of one paper: a theme by sheer number elsewhere.
    copies = pd.concat([sample, *[sample.head(1)] * 165], ignore_index=True)
    themes = cluster_abstracts(copies)
    assert themes.fingerprint == sample_themes.fingerprint
    assert "166 rows repeat earlier ones" in themes.summary()


def test_real_page(page_path):
    papers = read_abstracts(page_path)
    themes = cluster_abstracts(papers)
    assert len(themes.labels) == 24
    assert (themes.labels >= 0).all()

    def theme_of(*titles):
        rows = [papers.index[papers["title"].str.contains(t, regex=False)][0] for t in titles]
        found = set(themes.labels[rows].tolist())
        assert len(found) == 1, titles
        return found.pop()

    groups = [
        theme_of("Stop Regressing", "Digi-Q", "B-Coder"),
        theme_of("Value Kaleidoscope", "What are human values", "Utility Engineering"),
        theme_of("DPO and PPO", "Transforming and Combining", "Reward Modelling in RLHF"),
    ]
    assert len(set(groups)) == 3
    for theme in themes:
        words = theme.name.replace(",", "").split()
        assert not any(map(is_stop_word, words)), theme.name


def test_real_page_with_its_papers_in_any_order(page_path):
    papers = read_abstracts(page_path)
    labels = cluster_abstracts(papers).labels
    for seed in range(5):
        shuffled = papers.sample(frac=1, random_state=seed)
        assert np.array_equal(cluster_abstracts(shuffled).labels, labels[shuffled.index])


@pytest.mark.slow
def test_thousands_of_real_papers(labelled):
    papers = labelled("nlp_tracks")
    themes = cluster_abstracts(papers[["title", "abstract"]])
    assert (themes.labels >= 0).mean() > 0.999
    assert 8 <= len(themes) <= 60
