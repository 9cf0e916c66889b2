"""Phrases of papers, labels -> how often each theme uses each phrase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from absclust.arrays import IntArray, group_matrix
from absclust.text.phrases import DECLARED, IN_TEXT, IN_TITLE, Phrases

Floats = npt.NDArray[np.float64]

ANYHOW = IN_TEXT | IN_TITLE | DECLARED
_TITLED_WEIGHT = 3  # of a paper with the phrase in its title
_SEVERAL_THEMES = 3
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
    papers : mapping to sparse arrays of shape (n_themes, n_phrases), by rows
        Number of papers that use each phrase anyhow, in the title, or as a keyword.
    totals : mapping to arrays of shape (n_phrases,)
        The same of all themes together.
    n_parts : sparse array of shape (n_themes, n_phrases), or None
        In themes that consist of parts: the number of parts that use each phrase.
    parts_of : int array of shape (n_themes,)
        Number of parts of each theme.
    """

    phrases: Phrases
    labels: IntArray
    sizes: IntArray
    papers: Mapping[int, sparse.csr_array]
    totals: Mapping[int, Floats]
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
        members = group_matrix(labels, n_themes)
        papers = {how: members @ _used(phrases, how) for how in (ANYHOW, IN_TITLE, DECLARED)}
        by_part, parts_of = None, np.ones(n_themes, dtype=np.int64)
        if parts is not None:
            n_parts = int(parts.max(initial=-1)) + 1
            above = np.full(n_parts, -1)
            above[parts[parts >= 0]] = labels[parts >= 0]
            used = group_matrix(parts, n_parts) @ _used(phrases, ANYHOW)
            by_part = group_matrix(above, n_themes) @ (used > 0).astype(float)
            parts_of = np.bincount(above[above >= 0], minlength=n_themes)
        return cls(
            phrases=phrases,
            labels=labels,
            sizes=np.bincount(labels[labels >= 0], minlength=n_themes),
            papers=papers,
            totals={how: np.asarray(table.sum(axis=0)) for how, table in papers.items()},
            n_parts=by_part,
            parts_of=parts_of,
        )

    def candidates(self, theme: int) -> IntArray:
        """Return the phrases that enough of a theme's papers use to represent it.

        If its papers share hardly any phrase, those of single papers must do. A theme of
        several parts is represented by phrases that at least two of them use. What most
        papers of all themes use represents none of several.
        """
        row = self.papers[ANYHOW][[theme]]
        whole = ~self.phrases.fragment[row.indices]
        if np.count_nonzero(self.sizes) >= _SEVERAL_THEMES:
            whole &= self.phrases.n_papers[row.indices] <= self.phrases.uses.shape[0] / 2
        used, n_papers = row.indices[whole].astype(np.int64), row.data[whole]
        if self.n_parts is not None:
            shared = _row(self.n_parts, theme, used) >= min(2, self.parts_of[theme])
            used, n_papers = used[shared], n_papers[shared]
        size = int(self.sizes[theme])
        often = used[n_papers >= max(min(size, _FEWEST), round(_FEWEST_SHARE * size))]
        return np.sort(often if len(often) >= _FEW_PHRASES else used)

    def shares(self, theme: int, phrases: IntArray) -> tuple[Floats, Floats]:
        """Return the weight of phrases per paper in a theme, and their weight elsewhere.

        A paper weighs three times as much if it has the phrase in its title.
        """
        more = _TITLED_WEIGHT - 1
        inside = self.n_papers(theme, phrases) + more * self.n_papers(theme, phrases, IN_TITLE)
        total = self.totals[ANYHOW][phrases] + more * self.totals[IN_TITLE][phrases]
        return inside / self.sizes[theme], total - inside

    def n_papers(self, theme: int, phrases: IntArray, how: int = ANYHOW) -> Floats:
        """Return how many papers of a theme use each of some phrases: anyhow, or in one way."""
        return _row(self.papers[how], theme, phrases)

    def users(self, theme: int, phrases: IntArray) -> npt.NDArray[np.bool_]:
        """Return which papers of a theme use which phrases, shape (size, n_phrases)."""
        members = np.flatnonzero(self.labels == theme)
        return self.phrases.uses[members][:, phrases].toarray() > 0


def _used(phrases: Phrases, how: int) -> sparse.csr_array:
    """Return 1 where a paper uses a phrase in one of some ways."""
    uses = phrases.uses.astype(float)
    uses.data = (phrases.uses.data & how > 0).astype(float)
    uses.eliminate_zeros()
    return uses


def _row(table: sparse.csr_array, row: int, columns: IntArray) -> Floats:
    """Return the values of a row in some columns."""
    return table[[row]].toarray()[0, columns]
