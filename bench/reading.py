"""Measure processor time and memory of reading 50 MB of each format, each in a fresh process.

Run: python bench/reading.py (a few minutes). The records of tests/data and data/samples
are repeated, each time with a different id, DOI and title.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
MEGABYTES = 50
READ = """
import resource, sys, time
import pandas
from absclust import read_abstracts
start = time.process_time()
frame = read_abstracts(sys.argv[1])
seconds = time.process_time() - start
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
print(f"{len(frame):>8,} records  {seconds:6.1f} s  {memory:5.2f} GB  {frame.attrs['notes']}")
"""
NUMBERED = re.compile(
    rb"\bs0\d\d\b|30000001|10\.5555/[\w.]+|(?<=title = \{)|(?<=TI  - )|(?<=<ArticleTitle>)"
)


def grown(content: bytes, head: bytes, body: bytes, foot: bytes) -> bytes:
    """Repeat the body, with unique ids, DOIs and titles, until the file is large enough."""
    copies = []
    size = 0
    while size < MEGABYTES * 1e6:
        number = b"%d" % len(copies)
        copies.append(NUMBERED.sub(lambda m, n=number: m[0] + b"x" + n, body))
        size += len(copies[-1])
    return head + b"".join(copies) + foot


def main() -> None:
    """Make a large file of each format, read it, and print the time and memory used."""
    samples, exports = ROOT / "data" / "samples", ROOT / "tests" / "data" / "exports"
    csv = (samples / "abstracts.csv").read_bytes()
    xml = (exports / "pubmed.xml").read_bytes()
    first, last = xml.index(b"<PubmedArticle>"), xml.index(b"</PubmedArticleSet>")
    cases = {
        "a.bib": (b"", (samples / "abstracts.bib").read_bytes(), b""),
        "a.ris": (b"", (samples / "abstracts.ris").read_bytes(), b""),
        "a.nbib": (b"", (exports / "pubmed.nbib").read_bytes(), b""),
        "a.xml": (xml[:first], xml[first:last], xml[last:]),
        "a.csv": (csv[: csv.index(b"\n") + 1], csv[csv.index(b"\n") + 1 :], b""),
        "a.jsonl": (b"", (samples / "abstracts.jsonl").read_bytes(), b""),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, (head, body, foot) in cases.items():
            path = Path(folder) / name
            path.write_bytes(grown(b"", head, body, foot))
            process = subprocess.run(
                [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=False
            )
            print(
                f"{name:8} {path.stat().st_size / 1e6:5.1f} MB  {process.stdout or process.stderr}",
                end="",
            )
            path.unlink()


if __name__ == "__main__":
    main()
