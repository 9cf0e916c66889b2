import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

# Processes on a busy machine may take long to answer. Read when Dask is first imported.
os.environ["DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT"] = "600s"
os.environ["DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP"] = "600s"

DASK = str(Path(sys.executable).with_name("dask"))
HOLD = Path(__file__).with_name("hold.py")
SECONDS = 600  # until a test is given up; what is waited for ends it, or a process that died


def wait_for(condition, process):
    """Wait until a condition holds, which a process that runs brings about."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert process.poll() is None, f"{process.args} ended before what was waited for"
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


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
        wait_for(lambda: file.exists() and file.read_text().strip().endswith("}"), self.scheduler)
        self.address = json.loads(file.read_text())["address"]
        for _ in range(2):
            self.add_worker()

    def _start(self, *command):
        environment = os.environ | {"FOLDER_OF_HELD_TASKS": str(self.folder)}
        return subprocess.Popen([DASK, *command], stdout=self.log, stderr=self.log, env=environment)

    def add_worker(self):
        self.workers.append(
            self._start(
                *("worker", self.address, "--host", "127.0.0.1", "--no-dashboard"),
                *("--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder)),
                *("--preload", str(HOLD)),
            )
        )

    @contextmanager
    def holding(self, name, command):
        """Start a command, and hold the task that writes a result; give command and worker."""
        hold, held = self.folder / "hold", self.folder / "held"
        hold.write_text(name)
        run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            wait_for(held.exists, run)
            yield run, next(w for w in self.workers if w.pid == int(held.read_text()))
        finally:
            hold.unlink()
            held.unlink(missing_ok=True)

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
