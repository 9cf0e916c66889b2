import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

DASK = str(Path(sys.executable).with_name("dask"))
SECONDS = 120


def wait_for(condition):
    """Wait until a condition holds, and return what it gives."""
    end = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return found


class Cluster:
    """A scheduler and workers, started as a user would start them."""

    def __init__(self, folder):
        file = folder / "scheduler.json"
        self.log = (folder / "log").open("w")
        self.workers = []
        self.scheduler = self._start(
            *("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"),
            *("--scheduler-file", str(file)),
        )
        wait_for(lambda: file.exists() and file.read_text().strip().endswith("}"))
        self.address = json.loads(file.read_text())["address"]
        for _ in range(2):
            self.add_worker()

    def _start(self, *command):
        return subprocess.Popen([DASK, *command], stdout=self.log, stderr=self.log)

    def add_worker(self):
        self.workers.append(
            self._start(
                *("worker", self.address, "--host", "127.0.0.1", "--no-dashboard"),
                *("--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder)),
            )
        )

    @property
    def folder(self):
        return Path(self.log.name).parent

    def stop(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        self.log.close()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    yield started
    started.stop()
