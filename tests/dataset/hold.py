"""Loaded into the workers of the tests' cluster: holds the task that a test names.

A test writes the name of a result into the file ``hold``; the worker that is about to write that
result writes its process number into ``held``, and waits until ``hold`` is gone.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

from absclust.dataset import source
from absclust.dataset.store import Store


def dask_setup(worker):
    """Make the worker hold tasks, and parts small; Dask calls this when it starts."""
    source._ROWS = 20
    folder, write = Path(os.environ["FOLDER_OF_HELD_TASKS"]), Store.write

    def is_held(name):
        with suppress(FileNotFoundError):
            return (folder / "hold").read_text() == name
        return False

    def write_when_let_go(self, name, content):
        if is_held(name):
            (folder / "held.part").write_text(str(os.getpid()))
            (folder / "held.part").rename(folder / "held")
        while is_held(name):
            time.sleep(0.02)
        write(self, name, content)

    Store.write = write_when_let_go
