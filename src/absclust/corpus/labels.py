"""Labels that people gave to papers: as they come in, one per row -> one per distinct paper."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from absclust.arrays import IntArray
from absclust.corpus.columns import cells_of, commonest_spellings
from absclust.corpus.corpus import Corpus, is_missing
from absclust.counted import counted, name_rows
from absclust.errors import OptionError, listed

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
        return {name: int((self.of_paper == i).sum()) for i, name in enumerate(self.names)}


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
    written = commonest_spellings(texts)
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
    of_row = [label or None for label in labels_of_rows(labels, corpus)]
    numbers, known = pd.factorize(np.array(of_row, dtype=object), sort=True)
    rows = pd.DataFrame({"paper": corpus.paper_of_row, "label": numbers})
    labelled = rows[rows["label"] >= 0]
    textless = labelled["paper"] < 0
    counts = labelled[~textless].value_counts().rename("n").reset_index()
    most = counts["n"] == counts.groupby("paper")["n"].transform("max")
    chosen = counts[most].drop_duplicates("paper", keep=False)
    if chosen.empty:
        raise OptionError(
            "every labelled paper has several labels, none of them commoner than the others; "
            "expected one label for a paper"
        )
    names = np.unique(chosen["label"])
    of_paper = np.full(corpus.n_papers, UNLABELLED)
    of_paper[chosen["paper"]] = np.searchsorted(names, chosen["label"])
    torn = counts["paper"][counts["paper"].duplicated()].unique()
    by_hand = f"{counted(len(labelled), 'row')} with a given label"
    notes = [f"{by_hand}, of {counted(len(known), 'label')}"]
    of_torn = f"{counted(len(torn), 'paper')} with different labels, the commonest or none kept"
    unused = f"{counted(int(textless.sum()), 'row')} with a label but no text"
    for what, found in ((of_torn, labelled["paper"].isin(torn)), (unused, textless)):
        if found.any():
            notes.append(f"{what}: {name_rows(labelled.index[found].to_numpy())}")
    return KnownLabels(tuple(known[names]), of_paper, tuple(notes))


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
