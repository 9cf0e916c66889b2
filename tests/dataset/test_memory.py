"""What a worker takes is bounded by the size of a part, whatever the size of the data set."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from absclust.dataset.stages import write_layers
from absclust.dataset.store import Store
from absclust.saving import MAP
from absclust.saving.store import map_bytes

N_PAPERS, WORDS, PART = 15_000, 300, 1_000_000  # of 2 kB each; bytes of a part
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder, random = tmp_path_factory.mktemp("memory"), np.random.default_rng(0)
    words = np.array([f"{a}{b}" for a in ("owl", "robot", "protein") for b in range(700)])
    with (folder / "papers.jsonl").open("w") as file:
        for number in range(N_PAPERS):
            abstract = " ".join(words[random.integers(len(words), size=WORDS)])
            file.write(json.dumps({"title": f"Paper {number}", "abstract": abstract}) + "\n")
    return folder / "papers.jsonl"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux to limit memory")
@pytest.mark.parametrize(("part", "fits"), [(PART, True), (10**9, False)])
def test_memory_is_bounded_by_the_size_of_a_part(data, sample_themes, tmp_path, part, fits):
    store = Store(str(tmp_path))
    write_layers(sample_themes, store)
    store.write(MAP, map_bytes(sample_themes))
    worker = Path(__file__).with_name("limited.py")
    done = subprocess.run(
        [sys.executable, worker, str(data), str(tmp_path), str(part), "60"],
        env=os.environ | ONE_THREAD | {"MALLOC_ARENA_MAX": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    n_assigned, not_read = done.stdout.split(maxsplit=1)
    assert int(n_assigned) == (N_PAPERS if fits else 0)
    assert ("need more memory than there is" in not_read) is not fits
