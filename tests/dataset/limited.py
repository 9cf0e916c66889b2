"""One worker's work on a data set, in a process that may take so much more memory and no more.

Usage: ``python limited.py DATA STORE BYTES_OF_A_PART MB``: the store has a map with its layers.
Prints the number of rows that got a theme, and what could not be read.
"""

import os
import resource
import sys
from pathlib import Path

from absclust.dataset import source
from absclust.dataset.assign import assign
from absclust.dataset.scan import sample, scan
from absclust.dataset.store import Store


def work(parts, store):
    """Run each stage for each part."""
    n_assigned, not_read = 0, []
    for part in parts:
        not_read += scan(part, store)["not_read"]
        sample(part, store, 0.1)
        n_assigned += sum(assign(part, 0, store)[1])
    return n_assigned, not_read


data, folder, source._BYTES = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
first = data.with_name("first.jsonl")
first.write_text("".join(data.open().readlines()[:100]), "utf-8")
# Loads the map and whatever else is loaded once.
work(source.parts_of([source.Piece(str(first))]), Store(folder, trust_model=True))
taken = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
limit = taken + int(sys.argv[4]) * 1_000_000
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
pieces = source.pieces_of_files({str(data): data.stat().st_size})
print(*work(source.parts_of(pieces), Store(folder, trust_model=True)))
