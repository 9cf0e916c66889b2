"""Names from a list of the user's own: which of its phrases fit a theme."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray, IntArray
from absclust.errors import NamingWarning
from absclust.naming.evidence import Evidence
from absclust.naming.keywords import N_KEYWORDS, Scored, meaning_score
from absclust.text.phrases import phrase_key

# A phrase fits a theme if its meaning is this close to the theme's centre, or if this share
# of the theme's papers use it and it is this many times rarer elsewhere.
_CLOSE, _USED, _RARER = 0.35, 0.1, 2.0
_SHOWN = 5  # themes listed in the warning


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Phrases that names may come from, and which papers use them.

    Attributes
    ----------
    phrases
        The phrases as the user wrote them.
    used : bool array of shape (n_read, n_phrases)
        Which of the papers that were read use each phrase.
    vectors : float32 array of shape (n_phrases, d)
        Meaning of each phrase.
    """

    phrases: tuple[str, ...]
    used: npt.NDArray[np.bool_]
    vectors: FloatArray

    @classmethod
    def of(cls, phrases: Sequence[str], evidence: Evidence) -> Vocabulary:
        """Look up phrases in the papers; phrases that differ in spelling alone are one."""
        distinct = tuple({phrase_key(phrase): phrase for phrase in reversed(phrases)}.values())
        return cls(distinct, evidence.uses(distinct), evidence.embed(distinct))

    def fitting(
        self, theme: int, papers: IntArray, labels: IntArray, centres: FloatArray | None
    ) -> list[Scored]:
        """Return the phrases that fit a theme, best first.

        Parameters
        ----------
        theme
            Number of the theme.
        papers : int array of shape (n_papers,)
            Which of the papers that were read are in the theme's language.
        labels : int array of shape (n_papers,)
            Theme of each of them; -1 for none.
        centres : float array of shape (n_themes, d), or None
            Meaning of each theme.
        """
        used, inside = self.used[papers], labels == theme
        share = used[inside].mean(axis=0)
        elsewhere = used[~inside].sum(axis=0) / max(int((~inside).sum()), 1)
        fits = (share >= _USED) & (share >= _RARER * elsewhere)
        scores, closeness = share - elsewhere, np.zeros(len(share))
        if centres is not None:
            by_meaning, closeness = meaning_score(theme, self.vectors, centres)
            fits |= closeness >= _CLOSE
            scores = scores + by_meaning
        chosen = np.flatnonzero(fits)
        best = chosen[np.argsort(-scores[chosen].round(4), kind="stable")][:N_KEYWORDS]
        return [
            Scored(
                phrase=i,
                surface=self.phrases[i],
                key=phrase_key(self.phrases[i]),
                score=float(scores[i]),
                closeness=float(closeness[i]),
                vector=self.vectors[i],
            )
            for i in best.tolist()
        ]


def warn_of_themes_without(names: Sequence[str], without: Sequence[int]) -> None:
    """Say which themes no phrase of the vocabulary fits.

    Parameters
    ----------
    names
        Names of all themes.
    without
        Numbers of the themes that no phrase fits.
    """
    if without:
        listed = ", ".join(f"{theme} ({names[theme]!r})" for theme in without[:_SHOWN])
        more = f" and {len(without) - _SHOWN} more" if len(without) > _SHOWN else ""
        warnings.warn(
            f"no phrase of the vocabulary fits {len(without)} of {len(names)} themes, which are "
            f"named by their keywords: {listed}{more}. Add phrases for them, or rename them",
            NamingWarning,
            stacklevel=2,
        )
