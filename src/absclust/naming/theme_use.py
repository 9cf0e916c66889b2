"""Phrases of papers, labels -> how often each theme uses each phrase."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from absclust.arrays import IntArray, group_matrix
from absclust.text.phrases import DECLARED, IN_TEXT, Phrases

Floats = npt.NDArray[np.float64]

_TITLED_WEIGHT = 3  # of a paper with the phrase in its title or among its authors' keywords
_FEW_PHRASES = 2  # shared by a theme's papers: too few to choose a name from
_FEWEST, _FEWEST_SHARE = 2, 0.03  # of a theme's papers that use a phrase which represents it


@dataclass(frozen=True, eq=False)
class ThemeUse:
    """How many papers of each theme use each phrase.

    Attributes
    ----------
    phrases
        The phrases.
    labels : int array of shape (n_papers,)
        Theme of each of the papers that the phrases were counted in.
    sizes : int array of shape (n_themes,)
        Number of these papers in each theme.
    papers, weights, declared : sparse arrays of shape (n_themes, n_phrases), by rows
        Number of papers that use each phrase; the same, with papers that have it in the
        title or as a keyword counted three times; number of papers that have it as a
        keyword.
    n_parts : sparse array of shape (n_themes, n_phrases), or None
        In themes that consist of parts: the number of parts that use each phrase.
    parts_of : int array of shape (n_themes,)
        Number of parts of each theme.
    """

    phrases: Phrases
    labels: IntArray
    sizes: IntArray
    papers: sparse.csr_array
    weights: sparse.csr_array
    declared: sparse.csr_array
    n_parts: sparse.csr_array | None
    parts_of: IntArray

    @classmethod
    def count(
        cls, phrases: Phrases, labels: IntArray, n_themes: int, parts: IntArray | None = None
    ) -> ThemeUse:
        """Add up the papers of each theme.

        Parameters
        ----------
        phrases
            The phrases of some papers.
        labels : int array of shape (n_papers,)
            Theme of each of these papers; -1 for none.
        n_themes
            Number of themes.
        parts : int array of shape (n_papers,), optional
            The part of its theme that each paper belongs to.
        """
        how = phrases.uses.data
        members = group_matrix(labels, n_themes)
        papers = _sum(members, phrases.uses, np.ones(len(how)))
        weights = _sum(members, phrases.uses, np.where(how > IN_TEXT, _TITLED_WEIGHT, 1))
        declared = _sum(members, phrases.uses, how & DECLARED > 0)
        declared.eliminate_zeros()
        by_part, parts_of = None, np.ones(n_themes, dtype=np.int64)
        if parts is not None:
            n_parts = int(parts.max(initial=-1)) + 1
            used = _sum(group_matrix(parts, n_parts), phrases.uses, np.ones(len(how)))
            above = np.full(n_parts, -1)
            above[parts[parts >= 0]] = labels[parts >= 0]
            by_part = _sum(group_matrix(above, n_themes), used, np.ones(used.nnz))
            parts_of = np.bincount(above[above >= 0], minlength=n_themes)
        return cls(
            phrases=phrases,
            labels=labels,
            sizes=np.bincount(labels[labels >= 0], minlength=n_themes),
            papers=papers,
            weights=weights,
            declared=declared,
            n_parts=by_part,
            parts_of=parts_of,
        )

    @cached_property
    def total(self) -> Floats:
        """The weights of all themes together, shape (n_phrases,)."""
        return np.asarray(self.weights.sum(axis=0))

    @cached_property
    def n_declared_in_all(self) -> Floats:
        """Number of papers that have each phrase as a keyword, in all themes together."""
        return np.asarray(self.declared.sum(axis=0))

    def candidates(self, theme: int) -> IntArray:
        """Return the phrases that enough of a theme's papers use to represent it.

        If its papers share hardly any phrase, those of single papers must do. A theme of
        several parts is represented by phrases that at least two of them use.
        """
        row = self.papers[[theme]]
        whole = ~self.phrases.fragment[row.indices]
        used, n_papers = row.indices[whole].astype(np.int64), row.data[whole]
        if self.n_parts is not None:
            shared = _at(self.n_parts, theme, used) >= min(2, self.parts_of[theme])
            used, n_papers = used[shared], n_papers[shared]
        size = int(self.sizes[theme])
        often = used[n_papers >= max(min(size, _FEWEST), round(_FEWEST_SHARE * size))]
        return np.sort(often if len(often) >= _FEW_PHRASES else used)

    def shares(self, theme: int, phrases: IntArray) -> tuple[Floats, Floats]:
        """Return the weights of phrases per paper in a theme, and their weights elsewhere."""
        inside = _at(self.weights, theme, phrases)
        return inside / self.sizes[theme], self.total[phrases] - inside

    def n_papers(self, theme: int, phrases: IntArray) -> Floats:
        """Return how many papers of a theme use each of some phrases."""
        return _at(self.papers, theme, phrases)

    def n_declared(self, theme: int, phrases: IntArray) -> Floats:
        """Return how many papers of a theme have each of some phrases as a keyword."""
        return _at(self.declared, theme, phrases)

    def users(self, theme: int, phrases: IntArray) -> npt.NDArray[np.bool_]:
        """Return which papers of a theme use which phrases, shape (size, n_phrases)."""
        members = np.flatnonzero(self.labels == theme)
        used: npt.NDArray[np.bool_] = self.phrases.uses[members][:, phrases].toarray() > 0
        return used


def _sum(
    members: sparse.csr_array, uses: sparse.csr_array, values: npt.NDArray[np.generic]
) -> sparse.csr_array:
    """Add up the values of each group's papers."""
    table = sparse.csr_array((values.astype(float), uses.indices, uses.indptr), shape=uses.shape)
    total: sparse.csr_array = members @ table
    return total


def _at(table: sparse.csr_array, row: int, columns: IntArray) -> Floats:
    """Return the values of a row in some columns."""
    own = table[[row]]
    values = np.zeros(table.shape[1])
    values[own.indices] = own.data
    chosen: Floats = values[columns]
    return chosen
