import multiprocessing
import os
import pickle
import warnings

import pytest

from absclust import OptionError, cluster_abstracts, parallel
from absclust.parallel import (
    Memo,
    check_n_jobs,
    in_threads,
    map_chunks,
    n_threads,
    use_jobs,
    without_warnings,
)


def test_chunks_come_in_order(monkeypatch):
    monkeypatch.setattr(parallel, "_CHUNK", 2)
    assert list(map_chunks(list, [5, 3, 1])) == [[5, 3], [1]]


def test_even_nothing_is_a_chunk():
    assert list(map_chunks(list, [])) == [[]]


@pytest.mark.slow
# From the resource tracker of the processes, which outlives them.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_processes_give_the_same_results(monkeypatch):
    monkeypatch.setattr(parallel, "_CHUNK", 2)
    monkeypatch.setattr("absclust.parallel.PROCESSES_FROM", 3)
    with use_jobs(2):
        found = list(map_chunks(_where, [5, 3, 1]))
    assert [chunk for chunk, _ in found] == [[5, 3], [1]]
    assert os.getpid() not in {process for _, process in found}
    with use_jobs(1):
        here = list(map_chunks(_where, [5, 3, 1]))
    assert here == [([5, 3], os.getpid()), ([1], os.getpid())]


def _where(chunk):
    return list(chunk), os.getpid()


def test_a_daemon_starts_no_processes(monkeypatch):
    monkeypatch.setattr("absclust.parallel.PROCESSES_FROM", 1)
    monkeypatch.setattr(multiprocessing.current_process(), "_config", {"daemon": True})
    monkeypatch.setattr("joblib.Parallel", lambda **_: pytest.fail("started"))
    assert list(map_chunks(sum, [1, 2])) == [3]


def test_numbers_of_threads_mean_what_they_mean_in_scikit_learn(monkeypatch):
    monkeypatch.setattr("joblib.cpu_count", lambda: 4)
    for n_jobs, expected in ((None, 4), (-1, 4), (-2, 3), (1, 1), (9, 9), (-9, 1)):
        with use_jobs(n_jobs):
            assert n_threads() == expected
    assert n_threads() == 4


@pytest.mark.parametrize("n_jobs", [0, 1.5, True, "2"])
def test_other_numbers_of_threads_are_refused(n_jobs):
    with pytest.raises(OptionError, match=r"n_jobs is .*; expected a number of threads"):
        check_n_jobs(n_jobs)
    with pytest.raises(OptionError, match="n_jobs is"):
        cluster_abstracts(["Robots grasp."], n_jobs=n_jobs)


def test_each_thread_of_a_service_has_its_own_number():
    def asked(n_jobs):
        with use_jobs(n_jobs):
            return n_threads()

    with use_jobs(3):
        assert in_threads(asked, [1, 2, 5]) == [1, 2, 5]


def test_the_number_of_threads_changes_no_result(sample, sample_themes):
    for n_jobs in (1, 3):
        themes = cluster_abstracts(sample, n_jobs=n_jobs)
        assert themes.options == sample_themes.options
        assert themes.fingerprint == sample_themes.fingerprint
        assert [t.name for t in themes.layers[2]] == [t.name for t in sample_themes.layers[2]]
        assert [t.stability for t in themes] == [t.stability for t in sample_themes]


def test_filters_of_warnings_are_restored_when_threads_change_them_at_once():
    before = list(warnings.filters)

    def quiet(number):
        with without_warnings():
            warnings.warn("nobody sees this", UserWarning, stacklevel=1)
            return number

    with use_jobs(4):
        assert in_threads(quiet, range(200)) == list(range(200))
    assert warnings.filters == before


def test_a_memo_keeps_the_latest_results_only():
    memo, computed = Memo(2), []
    for key in (1, 2, 3, 3, 2, 1):
        assert memo.one(key, lambda key: computed.append(key) or -key) == -key
    assert computed == [1, 2, 3, 1]
    assert pickle.loads(pickle.dumps(memo)).several([1, 2, 3], lambda new: new) == [1, 2, 3]
