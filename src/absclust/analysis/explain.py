"""Why a paper is where it is: its nearest papers, and the phrases it shares with its theme."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from absclust.analysis.changes import log_odds
from absclust.analysis.keywords import KeywordUse
from absclust.errors import OptionError
from absclust.reprs import block, bullets
from absclust.text.keyword_usage import uses
from absclust.themes.edit import row_numbers

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

Mask = npt.NDArray[np.bool_]

_PAPERS_SHOWN = 5


@dataclass(frozen=True)
class NearPaper:
    """A paper and its cosine similarity to the paper that is explained."""

    row: int
    title: str
    similarity: float


@dataclass(frozen=True)
class SharedPhrase:
    """A phrase in the paper, and how many papers of either theme use it.

    Attributes
    ----------
    phrase : str
    share : float
        The share of the theme's papers that use it, 0 to 1.
    share_elsewhere : float
        The share of the papers on the other side: those of the runner-up for the paper's
        own theme, and vice versa. If there is no runner-up, of all other papers.
    log_odds : float
        Natural logarithm of the ratio of the two odds; above 0.
    """

    phrase: str
    share: float
    share_elsewhere: float
    log_odds: float


@dataclass(frozen=True)
class Side:
    """The evidence for one theme.

    Attributes
    ----------
    theme : int
        Its number; -1 for a paper in no theme.
    name : str
        Its name.
    votes : float
        Its share of the neighbours' votes, 0 to 1.
    papers : tuple of NearPaper
        Those of its papers that are nearest to the one explained, nearest first.
    phrases : tuple of SharedPhrase
        Keywords of either theme that the paper uses and that are more common in this
        one, most distinctive first.
    """

    theme: int
    name: str
    votes: float
    papers: tuple[NearPaper, ...]
    phrases: tuple[SharedPhrase, ...]


@dataclass(frozen=True, repr=False)
class Explanation:
    """Why a paper is in its theme. Made by ``ThemeMap.explain``.

    Attributes
    ----------
    row : int
        The paper's row in the input.
    title : str
        Its title, or its first words if it has none.
    own : Side
        The evidence for the paper's theme. For a paper in no theme, the papers nearest
        to it.
    runner_up : Side or None
        The evidence for the theme with the second most votes.
    margin : float
        The share of votes for its theme minus that for the runner-up.
    core : bool
        Whether it is in the core of its theme rather than on its fringe.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> print(themes.explain(0))
    row 0: Robots grasp.
    core of its theme, margin 1.00
    100% of the neighbours' votes for theme 0, Robots grasp
      0.95  row 1: Robots grasp cups.
      uses “Robots grasp”: 100% here, 0% there
    """

    row: int
    title: str
    own: Side
    runner_up: Side | None
    margin: float
    core: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as dicts, lists, numbers and text."""
        return asdict(self)

    def _sides(self) -> list[Side]:
        return [self.own] if self.runner_up is None else [self.own, self.runner_up]

    def _verdict(self) -> str:
        if self.own.theme < 0:
            return "in no theme"
        where = "core" if self.core else "fringe"
        return f"{where} of its theme, margin {self.margin:.2f}"

    def __repr__(self) -> str:
        lines = [f"row {self.row}: {self.title}", self._verdict()]
        for side in self._sides():
            lines += [_headline(side)]
            lines += [f"  {p.similarity:.2f}  row {p.row}: {p.title}" for p in side.papers]
            lines += [f"  uses {_phrase(phrase)}" for phrase in side.phrases]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        columns = "".join(
            '<td style="text-align:left;vertical-align:top;padding:4px 24px 4px 0;max-width:36em">'
            f"<b>{escape(_headline(side))}</b>"
            f"{bullets(f'{p.similarity:.2f} {p.title} (row {p.row})' for p in side.papers)}"
            f"{bullets(f'uses {_phrase(phrase)}' for phrase in side.phrases)}</td>"
            for side in self._sides()
        )
        table = '<table style="border-collapse:collapse;color:inherit;font-size:inherit">'
        note = f"row {self.row}, {escape(self._verdict())}"
        return block(self.title, note, f"{table}<tr>{columns}</tr></table>")


def explain(themes: ThemeMap, row: int) -> Explanation:
    """Explain why a paper is in its theme.

    Lists the evidence for its theme and for the runner-up: the share of its
    neighbours' votes, the nearest papers, and those keywords of the two themes that
    its text uses, with the share of each theme's papers that use them.

    Parameters
    ----------
    row
        The row number, counted from 0 in the order of the input.

    Returns
    -------
    Explanation
        The evidence, which prints as text.

    Raises
    ------
    OptionError
        If there is no such row, or it has no text.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> why = themes.explain(0)
    >>> why.own.papers[0].title, why.own.phrases[0].phrase
    ('Robots grasp cups.', 'Robots grasp')
    """
    rows = row_numbers(row, themes.corpus)
    if len(rows) > 1:
        raise OptionError(
            f"row is {row!r}; expected a single row number; explain one paper at a time"
        )
    paper = int(themes.corpus.paper_of_row[rows[0]])
    labels = themes._paper_labels
    votes, theme = themes._paper_membership, int(labels[paper])
    strength, margin = float(votes.strength[paper]), float(votes.margin[paper])
    runner_up = int(votes.runner_up[paper])
    here = labels == theme if theme >= 0 else np.ones(len(labels), dtype=bool)
    there = labels == runner_up if runner_up >= 0 else ~here
    of_either = [word for t in (theme, runner_up) if t >= 0 for word in themes[t].keywords]
    phrases = _shared(themes, paper, list(dict.fromkeys(of_either)), [here, there])
    own = _side(themes, paper, (theme, strength), here, phrases[0])
    other = _side(themes, paper, (runner_up, strength - margin), there, phrases[1])
    return Explanation(
        row=int(rows[0]),
        title=themes.corpus.titles[rows[0]],
        own=own,
        runner_up=other if runner_up >= 0 else None,
        margin=round(margin, 3),
        core=bool(votes.core[paper]),
    )


def _side(
    themes: ThemeMap,
    paper: int,
    voted: tuple[int, float],
    members: Mask,
    phrases: tuple[SharedPhrase, ...],
) -> Side:
    (theme, votes), vectors = voted, themes.foundation.paper_embedding
    others = np.flatnonzero(members & (np.arange(len(members)) != paper))
    similarity = (vectors[others] @ vectors[paper]).round(5)
    nearest = np.argsort(-similarity, kind="stable")[:_PAPERS_SHOWN]
    papers = tuple(
        NearPaper(row, themes.corpus.titles[row], round(float(similarity[i]), 3))
        for i, row in zip(nearest, themes.corpus.first_row[others[nearest]].tolist(), strict=True)
    )
    return Side(theme, themes._names_by_label[theme], round(votes, 3), papers, phrases)


def _shared(
    themes: ThemeMap, paper: int, keywords: list[str], sides: list[Mask]
) -> list[tuple[SharedPhrase, ...]]:
    """Return, for each of two sides, the paper's keywords that are more common there."""
    use = KeywordUse.of(themes, keywords)
    place = np.flatnonzero(use.papers == paper)
    own = (
        use.used[place[0]] if len(place) else uses([themes.corpus.paper_texts[paper]], keywords)[0]
    )
    keywords = [word for word, is_used in zip(keywords, own, strict=True) if is_used]
    shares, odds = [], []
    for side in sides:
        n_read, share = int(side[use.papers].sum()), use.shares(side)[own]
        shares.append(share)
        odds.append(log_odds(share * n_read, n_read)[0])
    of_sides = []
    for here, there in ((0, 1), (1, 0)):
        ratio = odds[here] - odds[there]
        columns = shares[here].round(3), shares[there].round(3), ratio.round(2)
        rows = list(zip(keywords, *(column.tolist() for column in columns), strict=True))
        best = [i for i in np.argsort(-ratio, kind="stable") if ratio[i] > 0]
        of_sides.append(tuple(SharedPhrase(*rows[i]) for i in best))
    return of_sides


def _headline(side: Side) -> str:
    if side.theme < 0:
        return "The nearest papers of all"
    return f"{side.votes:.0%} of the neighbours' votes for theme {side.theme}, {side.name}"


def _phrase(phrase: SharedPhrase) -> str:
    return f"“{phrase.phrase}”: {phrase.share:.0%} here, {phrase.share_elsewhere:.0%} there"
