"""Run the notebooks in place, each in a clean kernel, and keep their outputs.

Usage::

    make notebooks
    python scripts/notebooks.py [NOTEBOOK ...]

What differs between machines is left out: execution times and versions of the kernel. The
kernel is reached through Unix sockets, so no network is needed.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "notebooks"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def execute(path: Path, timeout: int = 300) -> nbformat.NotebookNode:
    """Run a notebook and return it with its outputs; the file is not changed.

    Raises
    ------
    CellExecutionError
        If a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    with _own_folders() as folder:
        kernel = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=f"{folder}/k")
        NotebookClient(
            notebook,
            km=kernel,
            timeout=timeout,
            record_timing=False,
            coalesce_streams=True,  # a cell's prints are one output, however they arrive
            resources={"metadata": {"path": str(path.parent)}},
        ).execute(cleanup_kc=True)  # also ends the kernel, although we made it
    notebook.metadata = nbformat.from_dict(METADATA)
    return notebook


@contextmanager
def _own_folders() -> Iterator[str]:
    """Keep the user's IPython settings and history separate from the run."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="nb") as folder:  # short, as paths of sockets must be
        os.environ |= {"IPYTHONDIR": f"{folder}/i", "JUPYTER_RUNTIME_DIR": f"{folder}/r"}
        try:
            yield folder
        finally:
            os.environ.clear()
            os.environ |= before


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", type=Path, nargs="*", default=sorted(FOLDER.glob("*.ipynb")))
    for path in parser.parse_args().notebooks:
        notebook = execute(path.resolve())
        beside = path.with_name(f".{path.name}")
        nbformat.write(notebook, beside)
        beside.replace(path)
        print(f"{path}  {path.stat().st_size / 1000:.0f} kB")
