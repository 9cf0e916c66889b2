"""Why a paper is where it is: its nearest papers, and the phrases it shares with its theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from absclust.analysis.keywords import KeywordUse
from absclust.errors import OptionError
from absclust.reprs import block
from absclust.text.keyword_usage import uses
from absclust.themes.edit import row_numbers

if TYPE_CHECKING:
    import pandas as pd

    from absclust.theme_map import ThemeMap

Mask = npt.NDArray[np.bool_]

_PAPERS_SHOWN = 5
_PRIOR = 0.5  # papers added on each side of the odds of a phrase, so that none are 0 (Haldane 1956)


@dataclass(frozen=True, repr=False, eq=False)
class Explanation:
    """Why a paper is in its theme. Made by ``ThemeMap.explain``.

    Attributes
    ----------
    row : int
        The paper's row in the input.
    title : str
        Its title, or its first words if it has none.
    votes : DataFrame
        ``theme``, its number; ``name``; ``votes``, its share of the neighbours' votes, 0 to 1.
        First the paper's own theme (-1 if it is in none), then the theme with the second most
        votes, if any.
    papers : DataFrame
        The papers of either theme that are nearest to it, nearest first: ``theme``, ``row``,
        ``title`` and ``similarity``, the cosine. For a paper in no theme, the nearest of all.
    phrases : DataFrame
        Keywords of the two themes that the paper uses, most distinctive first: ``theme`` that they
        are more common in; ``phrase``; ``share`` of that theme's papers that use it, 0 to 1;
        ``share_elsewhere``, of the other theme's papers (of all others', if there is no other
        theme); ``log_odds``, the natural logarithm of the ratio of the two odds.
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
    votes: pd.DataFrame
    papers: pd.DataFrame
    phrases: pd.DataFrame
    margin: float
    core: bool

    def _verdict(self) -> str:
        if self.votes["theme"][0] < 0:
            return "in no theme"
        where = "core" if self.core else "fringe"
        return f"{where} of its theme, margin {self.margin:.2f}"

    def __repr__(self) -> str:
        lines = [f"row {self.row}: {self.title}", self._verdict()]
        for theme, name, votes in self.votes.itertuples(index=False):
            voted = f"{votes:.0%} of the neighbours' votes for theme {theme}, {name}"
            lines.append(voted if theme >= 0 else "The nearest papers of all")
            for paper in self.papers[self.papers["theme"] == theme].itertuples():
                lines.append(f"  {paper.similarity:.2f}  row {paper.row}: {paper.title}")
            for word in self.phrases[self.phrases["theme"] == theme].itertuples():
                here, there = word.share, word.share_elsewhere
                lines.append(f"  uses “{word.phrase}”: {here:.0%} here, {there:.0%} there")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        tables = [
            table.to_html(index=False, border=0, float_format="{:.2f}".format)
            for table in (self.votes, self.papers, self.phrases)
        ]
        return block(self.title, f"row {self.row}, {self._verdict()}", "".join(tables))


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
    >>> why.papers["title"].tolist()[0], why.phrases["phrase"].tolist()
    ('Robots grasp cups.', ['Robots grasp'])
    """
    import pandas as pd

    rows = row_numbers(row, themes.corpus)
    if len(rows) > 1:
        raise OptionError(
            f"row is {row!r}; expected a single row number; explain one paper at a time"
        )
    paper = int(themes.corpus.paper_of_row[rows[0]])
    labels, voted = themes._paper_labels, themes._paper_membership
    own, runner_up = int(labels[paper]), int(voted.runner_up[paper])
    strength, margin = float(voted.strength[paper]), float(voted.margin[paper])
    here = labels == own if own >= 0 else np.ones(len(labels), dtype=bool)
    there = labels == runner_up if runner_up >= 0 else ~here
    sides = [own, runner_up] if runner_up >= 0 else [own]
    votes = pd.DataFrame({"theme": sides, "name": themes._names_by_label[sides]})
    return Explanation(
        row=int(rows[0]),
        title=themes.corpus.titles[rows[0]],
        votes=votes.assign(votes=np.round([strength, strength - margin], 3)[: len(sides)]),
        papers=_nearest(themes, paper, dict(zip(sides, (here, there), strict=False))),
        phrases=_phrases(themes, paper, sides, (here, there)),
        margin=round(margin, 3),
        core=bool(voted.core[paper]),
    )


def _nearest(themes: ThemeMap, paper: int, sides: dict[int, Mask]) -> pd.DataFrame:
    """Return the nearest papers on each side."""
    import pandas as pd

    vectors, corpus = themes.foundation.paper_embedding, themes.corpus
    found = []
    for theme, members in sides.items():
        others = np.flatnonzero(members & (np.arange(len(members)) != paper))
        similarity = (vectors[others] @ vectors[paper]).round(5)
        nearest = np.argsort(-similarity, kind="stable")[:_PAPERS_SHOWN]
        rows = corpus.first_row[others[nearest]].tolist()
        for row, close in zip(rows, similarity[nearest].tolist(), strict=True):
            found.append((theme, row, corpus.titles[row], round(close, 3)))
    return pd.DataFrame(found, columns=["theme", "row", "title", "similarity"])


def _phrases(
    themes: ThemeMap, paper: int, sides: list[int], members: tuple[Mask, Mask]
) -> pd.DataFrame:
    """Return the paper's keywords that are more common on each side than on the other."""
    import pandas as pd

    use = KeywordUse.of(themes, [theme for theme in sides if theme >= 0])
    words, place = list(use.columns), np.flatnonzero(use.papers == paper)
    read = use.used[place] if len(place) else uses([themes.corpus.paper_texts[paper]], words)
    shares, odds = [], []
    for side in members:
        n_read, share = int(side[use.papers].sum()), use.shares(side)
        inside = share * n_read
        shares.append(share)
        odds.append(np.log((inside + _PRIOR) / (n_read - inside + _PRIOR)))
    parts = []
    for at, theme in enumerate(sides):
        columns = {"theme": theme, "phrase": words, "share": shares[at]}
        part = pd.DataFrame(columns).assign(
            share_elsewhere=shares[1 - at], log_odds=odds[at] - odds[1 - at]
        )[read[0]]
        parts.append(part.sort_values("log_odds", ascending=False, kind="stable"))
    table: pd.DataFrame = pd.concat(parts)
    table = table[table["log_odds"] > 0].reset_index(drop=True)
    return table.round({"share": 3, "share_elsewhere": 3, "log_odds": 2})
