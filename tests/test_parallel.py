import multiprocessing
import os

import pytest

from absclust import parallel
from absclust.parallel import map_chunks


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
    monkeypatch.setattr(parallel, "_FROM", 3)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    found = list(map_chunks(_where, [5, 3, 1]))
    assert [chunk for chunk, _ in found] == [[5, 3], [1]]
    assert os.getpid() not in {process for _, process in found}
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert list(map_chunks(_where, [5, 3, 1])) == [([5, 3], os.getpid()), ([1], os.getpid())]


def _where(chunk):
    return list(chunk), os.getpid()


def test_a_daemon_starts_no_processes(monkeypatch):
    monkeypatch.setattr(parallel, "_FROM", 1)
    monkeypatch.setattr(multiprocessing.current_process(), "_config", {"daemon": True})
    monkeypatch.setattr(parallel, "_in_processes", lambda *_: pytest.fail("started"))
    assert list(map_chunks(sum, [1, 2])) == [3]
