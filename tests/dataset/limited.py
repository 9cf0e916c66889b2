"""One worker's work on a data set, in a process that may take so much more memory and no more.

Usage: ``python limited.py DATA STORE BYTES_OF_A_PART MB``: the store has a map with its layers.
Prints the number of rows that got a theme, and what could not be read.
"""

import os
import sys
from pathlib import Path

from absclust.dataset import source
from absclust.dataset.stages import assign, sample, scan
from absclust.dataset.store import Store


def work(parts, store):
    """Run each stage for each part."""
    n_assigned, not_read = 0, []
    for part in parts:
        not_read += [problem for facts in scan(part, store) for problem in facts["not_read"]]
        sample(part, store, 2**63 // 10)
        n_assigned += sum(assign(part, 0, store)[1])
    return n_assigned, not_read


def main(data, folder, part, megabytes):
    """Work without a limit first, which loads what is loaded once, and then with it."""
    import resource  # only where there is Linux

    data, folder, source._BYTES = Path(data), folder, int(part)
    first = data.with_name("first.jsonl")
    first.write_text("".join(data.open().readlines()[:100]), "utf-8")
    work(source.parts_of([source.Piece(str(first))]), Store(folder, trust_model=True))
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    limit = taken + int(megabytes) * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    pieces = source.pieces_of_files({str(data): data.stat().st_size})
    print(*work(source.parts_of(pieces), Store(folder, trust_model=True)))


if __name__ == "__main__":
    main(*sys.argv[1:])
