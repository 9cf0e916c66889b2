"""Count in how many abstracts and titles each word occurs, for naming themes.

Usage: python scripts/word_frequencies.py FOLDER, where FOLDER contains ``*.jsonl.gz``
files with a title and an abstract in each line. Takes about two minutes for
218,000 abstracts. Users of the package never need it.
"""

import gzip
import json
import sys
from collections import Counter
from pathlib import Path

from absclust.corpus.clean import clean_text
from absclust.text.spelling import fold_word
from absclust.text.words import content_words

AT_LEAST = 30
WORD_LISTS = Path(__file__).parents[1] / "src" / "absclust" / "text" / "word_lists"
TARGET = WORD_LISTS / "word_frequencies.txt"


def main(folder: Path) -> None:
    """Count the words of all files in a folder and write the list."""
    counts: Counter[str] = Counter()
    titled: Counter[str] = Counter()
    n_abstracts = 0
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for record in map(json.loads, lines):
                if "abstract" not in record:
                    continue
                title = clean_text(record.get("title") or "")
                in_title = set(map(fold_word, content_words(title)))
                titled.update(in_title)
                abstract = content_words(clean_text(record["abstract"]))
                counts.update(in_title.union(map(fold_word, abstract)))
                n_abstracts += 1
    listed = sorted(
        ((word, count) for word, count in counts.items() if count >= AT_LEAST),
        key=lambda item: (-item[1], item[0]),
    )
    head = (
        f"# In how many of {n_abstracts} papers of all sciences (arXiv, 1992 to 2026, conferences\n"
        f"# on machine learning, and three smaller collections) each word occurs, and in how\n"
        f"# many of their titles, for the {len(listed)} words that are in {AT_LEAST} or more.\n"
        "# Words are folded as in absclust/text/spelling.py. Made by scripts/word_frequencies.py.\n"
    )
    body = "".join(
        f"{word} {count} {titled[word]}\n" for word, count in [("*", n_abstracts), *listed]
    )
    TARGET.write_text(head + body, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
