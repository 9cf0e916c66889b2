"""Names from a list of the user's own: which of its phrases fit a theme."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from absclust.arrays import FloatArray
from absclust.counted import name_rows
from absclust.errors import NamingWarning
from absclust.naming.evidence import Evidence
from absclust.naming.keywords import N_KEYWORDS, Scored, Setting, meaning
from absclust.text.phrases import phrase_key

# A phrase fits a theme if its meaning is this close to the theme's centre, or if this share
# of the theme's papers use it and it is this many times rarer elsewhere.
_CLOSE, _USED, _RARER = 0.35, 0.1, 2.0


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
        Meaning of each phrase, by the built-in model.
    """

    phrases: tuple[str, ...]
    used: npt.NDArray[np.bool_]
    vectors: FloatArray

    @classmethod
    def of(cls, phrases: Sequence[str], evidence: Evidence) -> Vocabulary:
        """Look up phrases in the papers; phrases that differ in spelling alone are one."""
        distinct = tuple({phrase_key(phrase): phrase for phrase in reversed(phrases)}.values())
        return cls(distinct, evidence.uses(distinct), evidence.embed(distinct))

    def fitting(self, theme: int, setting: Setting) -> list[Scored]:
        """Return the phrases that fit a theme, best first."""
        used = self.used[setting.evidence.read_in(setting.language)]
        inside = setting.use.labels == theme
        share = used[inside].mean(axis=0)
        elsewhere = used[~inside].sum(axis=0) / max(int((~inside).sum()), 1)
        fits = (share >= _USED) & (share >= _RARER * elsewhere)
        papers = setting.meaning
        vectors = self.vectors if papers.by_model else papers.of_users(used)
        closeness, _ = meaning(theme, vectors, setting)
        if papers.by_model:
            fits |= closeness >= _CLOSE
        scores = (share - elsewhere + closeness).round(6)
        keys = map(phrase_key, self.phrases)
        columns = (self.phrases, keys, scores.tolist(), closeness[:, None], vectors)
        scored = list(map(Scored, *columns, used[inside].T))
        best = sorted(np.flatnonzero(fits).tolist(), key=lambda i: (-scores[i], i))
        return [scored[i] for i in best[:N_KEYWORDS]]


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
        listed = name_rows(np.array(without), lambda theme: repr(names[theme]), noun="theme")
        warnings.warn(
            f"no phrase of the vocabulary fits {len(without)} of {len(names)} themes, which are "
            f"named by their keywords: {listed}. Add phrases for them, or rename them",
            NamingWarning,
            stacklevel=2,
        )
