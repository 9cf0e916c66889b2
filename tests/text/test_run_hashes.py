import numpy as np
import pytest

from absclust.text.run_hashes import RunHashes, hash_runs

MEANINGS = ["", "reinforcement learning", "agent", "deep", "graph neural network", "learning"]
NUMBER = {"RL": 1, "agent": 2, "deep": 3, "GNN": 4, "learning": 5}
HASHES = RunHashes(MEANINGS)


def hash_of(run, **options):
    ids = np.array([NUMBER[word] for word in run.split()])
    (value,) = HASHES.of(ids, np.array([0]), np.array([len(ids)]), **options)
    return int(value)


def meaning_of(run):
    return " ".join(MEANINGS[NUMBER[word]] for word in run.split())


@pytest.mark.parametrize("of", [HASHES.of, hash_runs])
def test_equal_runs_have_equal_hashes(of):
    ids = np.array([2, 3, 0, 3, 2, 3])
    first, other, second = of(ids, np.array([0, 3, 4]), np.array([2, 2, 2]))
    assert first == second
    assert first != other  # the order matters


@pytest.mark.parametrize("of", [HASHES.of, hash_runs])
def test_runs_of_any_sizes_at_once(of):
    ids, places, sizes = (
        np.array([3, 2, 5, 3]),
        np.array([0, 0, 1, 2, 3]),
        np.array([1, 3, 2, 1, 1]),
    )
    hashes = of(ids, places, sizes)
    alone = [of(ids, places[[i]], sizes[[i]])[0] for i in range(len(places))]
    assert hashes.tolist() == alone
    assert len(set(alone)) == 4  # "deep" comes twice
    nothing = np.zeros(0, dtype=int)
    assert of(ids, nothing, nothing).shape == (0,)


def test_a_word_that_stands_for_several_counts_as_them():
    ids = np.array([1, 2])
    (run,) = HASHES.of(ids, np.array([0]), np.array([2]))
    assert int(run) == HASHES.of_text("reinforcement learning agent")


def test_a_word_of_an_acronym_is_the_same_word_alone():
    assert hash_of("learning agent") == HASHES.of_text("learning agent")
    assert hash_of("RL agent", without="first") == hash_of("learning agent")


RUNS = ["RL", "agent", "RL agent", "deep RL", "GNN", "deep GNN agent", "GNN RL", "agent deep agent"]


@pytest.mark.parametrize("run", RUNS)
def test_runs_without_a_word_are_the_rest(run):
    words = meaning_of(run).split()
    assert hash_of(run) == HASHES.of_text(" ".join(words))
    assert hash_of(run, without="first") == HASHES.of_text(" ".join(words[1:]))
    assert hash_of(run, without="last") == HASHES.of_text(" ".join(words[:-1]))


@pytest.mark.parametrize("without", ["first", "last"])
def test_runs_without_a_word_all_at_once(without):
    ids = np.array([NUMBER[word] for run in RUNS for word in run.split()])
    sizes = np.array([len(run.split()) for run in RUNS])
    hashes = HASHES.of(ids, np.cumsum(sizes) - sizes, sizes, without)
    assert hashes.tolist() == [hash_of(run, without=without) for run in RUNS]


def test_no_known_run_has_a_word_that_is_not_known():
    known = {HASHES.of_text(meaning_of(run)) for run in RUNS}
    for text in (
        "",
        "owl",
        "owl agent",
        "owl reinforcement learning",
        "agent owl",
        "deep owl agent",
    ):
        assert HASHES.of_text(text) not in known, text


def test_different_runs_have_different_hashes():
    rng = np.random.default_rng(0)
    ids, n_runs = rng.integers(0, 50, 100_000), 90_000
    places, sizes = np.arange(n_runs), rng.integers(1, 5, n_runs)
    runs = {tuple(ids[i : i + n]) for i, n in zip(places.tolist(), sizes.tolist(), strict=True)}
    assert len(set(hash_runs(ids, places, sizes).tolist())) == len(runs)
    words = RunHashes([f"word{i}" for i in range(50)])
    assert len(set(words.of(ids, places, sizes).tolist())) == len(runs)
