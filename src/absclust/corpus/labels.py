"""Labels that people gave to papers: as they come in, one per row -> one per distinct paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import multimode
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from absclust.arrays import IntArray
from absclust.corpus.columns import cells_of
from absclust.corpus.corpus import is_missing
from absclust.counted import counted, name_rows
from absclust.errors import OptionError, listed

if TYPE_CHECKING:
    from absclust.corpus.corpus import Corpus

UNLABELLED = -1  # as in scikit-learn


@dataclass(frozen=True, eq=False)
class KnownLabels:
    """The labels of a corpus's distinct papers.

    Attributes
    ----------
    names : tuple of str
        The labels, in alphabetical order.
    of_paper : int array of shape (n_papers,)
        Number of each paper's label; -1 for none.
    notes : tuple of str
        How many rows are labelled, and what could not be used, line by line.
    """

    names: tuple[str, ...]
    of_paper: IntArray
    notes: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Number of papers with each label."""
        labelled = self.of_paper[self.of_paper >= 0]
        sizes = np.bincount(labelled, minlength=len(self.names))
        return dict(zip(self.names, sizes.tolist(), strict=True))


def labels_of_rows(labels: Any, corpus: Corpus) -> tuple[str, ...]:
    """Return the label of each row as a text; empty where there is none.

    None, NaN, an empty text and the number -1, which scikit-learn takes for "unlabelled",
    are no label. A whole number is written without a fraction, because a column of 0 and 1
    with gaps holds 0.0 and 1.0. Labels that differ in case or white space alone are one,
    written in the way that is commonest.

    Parameters
    ----------
    labels : one per row of the input, or the name of a column
    corpus
        The rows.

    Raises
    ------
    OptionError
        If there is no such column, there is not exactly one label per row, or no row with
        text has a label.

    Examples
    --------
    >>> from absclust.corpus.corpus import build_corpus
    >>> corpus = build_corpus(["Owls hoot.", "Proteins fold.", "Owls see.", "Robots grasp."])
    >>> labels_of_rows(["Owls", None, "owls ", 1.0], corpus)
    ('Owls', '', 'Owls', '1')
    """
    texts = [_as_text(label) for label in _one_per_row(labels, corpus)]
    # The commonest way of writing comes first; of several, the first in the alphabet.
    by_count = sorted(Counter(texts).items(), key=lambda item: (-item[1], item[0]))
    written: dict[str, str] = {}
    for text, _ in by_count:
        written.setdefault(text.casefold(), text)
    of_row = tuple(written[text.casefold()] for text in texts)
    if not any(of_row[row] for row in np.flatnonzero(corpus.paper_of_row >= 0)):
        raise OptionError("none of the rows with text has a label; expected at least one")
    return of_row


def known_labels(labels: Any, corpus: Corpus) -> KnownLabels:
    """Return the labels of the distinct papers.

    A paper whose rows have different labels has the one that most of them have, or none if
    no label is the commonest.

    Parameters and errors are those of ``labels_of_rows``.

    Examples
    --------
    >>> from absclust.corpus.corpus import build_corpus
    >>> corpus = build_corpus(["Owls hoot.", "Proteins fold.", "Owls hoot.", "Robots grasp."])
    >>> known = known_labels(["birds", "cells", "owls", ""], corpus)
    >>> known.counts
    {'cells': 1}
    >>> known.notes[1]
    '1 paper with different labels, the commonest or none kept: rows 0, 2'
    """
    of_row = labels_of_rows(labels, corpus)
    given: list[list[str]] = [[] for _ in range(corpus.n_papers)]
    for paper, label in zip(corpus.paper_of_row.tolist(), of_row, strict=True):
        if paper >= 0 and label:
            given[paper].append(label)
    chosen = [best[0] if len(best) == 1 else "" for best in map(multimode, given)]
    names = tuple(sorted(set(chosen) - {""}))
    if not names:
        raise OptionError(
            "every labelled paper has several labels, none of them commoner than the others; "
            "expected one label for a paper"
        )
    number = {"": UNLABELLED, **{name: i for i, name in enumerate(names)}}
    of_paper = np.array([number[label] for label in chosen], dtype=np.int64)
    notes = _notes(of_row, corpus, np.array([len(set(of_one)) > 1 for of_one in given]))
    return KnownLabels(names, of_paper, notes)


def _notes(of_row: Sequence[str], corpus: Corpus, torn: np.ndarray[Any, Any]) -> tuple[str, ...]:
    """Say how many rows are labelled, which papers have several labels, and what has no text."""
    labelled = np.array([bool(label) for label in of_row])
    of_paper = corpus.paper_of_row
    n_labels = len(set(of_row) - {""})
    notes = [
        f"{counted(int(labelled.sum()), 'row')} with a label given by hand, "
        f"of {counted(n_labels, 'label')}"
    ]
    if n_torn := int(torn.sum()):
        rows = np.flatnonzero(labelled & (of_paper >= 0) & torn[of_paper])
        notes.append(
            f"{counted(n_torn, 'paper')} with different labels, the commonest or none kept: "
            f"{name_rows(rows)}"
        )
    if len(rows := np.flatnonzero(labelled & (of_paper < 0))):
        notes.append(f"{counted(len(rows), 'row')} with a label but no text: {name_rows(rows)}")
    return tuple(notes)


def _one_per_row(labels: Any, corpus: Corpus) -> list[Any]:
    if isinstance(labels, str):
        return list(cells_of(corpus.records, labels))
    several = listed(labels)
    if several is None or len(several) != corpus.n_rows:
        size = type(labels).__name__ if several is None else f"{len(several)} labels"
        raise OptionError(
            f"labels is {size}; expected one for each of the {corpus.n_rows} rows, or the name of "
            "a column"
        )
    return list(pd.Series(several, dtype=object))


def _as_text(label: Any) -> str:
    """Write a label in one line; empty if it is none."""
    if is_missing(label):
        return ""
    is_number = isinstance(label, int | float | np.integer | np.floating)
    if is_number and not isinstance(label, bool) and float(label).is_integer():
        return "" if label == UNLABELLED else str(int(label))
    return " ".join(str(label).split())
