"""Why a paper is where it is: its nearest papers, and the phrases it shares with its theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from absclust.analysis.keywords import keyword_use, shares_of
from absclust.errors import OptionError
from absclust.text.keyword_usage import uses_with_titles
from absclust.themes.edit import row_numbers

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

_PAPERS_SHOWN = 5


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
        theme).
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

    def __repr__(self) -> str:
        where = f"{'core' if self.core else 'fringe'} of its theme, margin {self.margin:.2f}"
        themed = self.votes["theme"][0] >= 0
        lines = [f"row {self.row}: {self.title}", where if themed else "in no theme"]
        for theme, name, votes in self.votes.itertuples(index=False):
            voted = f"{votes:.0%} of the neighbours' votes for theme {theme}, {name}"
            lines.append(voted if theme >= 0 else "The nearest papers of all")
            for paper in self.papers[self.papers["theme"] == theme].itertuples():
                lines.append(f"  {paper.similarity:.2f}  row {paper.row}: {paper.title}")
            for word in self.phrases[self.phrases["theme"] == theme].itertuples():
                here, there = word.share, word.share_elsewhere
                lines.append(f"  uses “{word.phrase}”: {here:.0%} here, {there:.0%} there")
        return "\n".join(lines)


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
    rows = row_numbers(row, themes.corpus)
    if len(rows) > 1:
        raise OptionError(
            f"row is {row!r}; expected a single row number; explain one paper at a time"
        )
    paper = int(themes.corpus.paper_of_row[rows[0]])
    labels, voted = themes._paper_labels, themes._paper_membership
    own, runner_up = int(labels[paper]), int(voted.runner_up[paper])
    strength, margin = float(voted.strength[paper]), float(voted.margin[paper])
    sides = [own, runner_up] if runner_up >= 0 else [own]
    votes = pd.DataFrame({"theme": sides, "name": themes._names_by_label[sides]})
    return Explanation(
        row=int(rows[0]),
        title=themes.corpus.titles[rows[0]],
        votes=votes.assign(votes=np.round([strength, strength - margin], 3)[: len(sides)]),
        papers=_nearest(themes, paper, sides),
        phrases=_phrases(themes, paper, sides),
        margin=round(margin, 3),
        core=bool(voted.core[paper]),
    )


def _nearest(themes: ThemeMap, paper: int, sides: list[int]) -> pd.DataFrame:
    """Return the nearest papers of each theme; of all, for a paper in none."""
    vectors, rows = themes.foundation.paper_embedding, themes.corpus.first_row
    near = pd.DataFrame(
        {
            "theme": themes._paper_labels if sides[0] >= 0 else -1,
            "row": rows,
            "similarity": (vectors @ vectors[paper]).astype(np.float64).round(5),
        }
    ).drop(index=paper)
    near = near.sort_values("similarity", ascending=False, kind="stable")
    sided = [near[near["theme"] == side].head(_PAPERS_SHOWN) for side in sides]
    found: pd.DataFrame = pd.concat(sided, ignore_index=True).round({"similarity": 3})
    found.insert(2, "title", [themes.corpus.titles[row] for row in found["row"]])
    return found


def _phrases(themes: ThemeMap, paper: int, sides: list[int]) -> pd.DataFrame:
    """Return the paper's keywords that are more common in each theme than in the other."""
    use = keyword_use(themes, [theme for theme in sides if theme >= 0])
    read, text = paper in use.index, themes.corpus.paper_texts[paper]
    words = list(use.columns)
    used: Any = use.loc[paper] if read else uses_with_titles([text], [""], words)[0] > 0
    inside = [themes._paper_labels == side for side in sides]
    here, there = shares_of(use, inside[0]), shares_of(use, inside[1] if inside[1:] else ~inside[0])
    parts = []
    for theme, share, elsewhere in zip(sides, (here, there), (there, here), strict=False):
        lead = (share - elsewhere)[used].sort_values(ascending=False, kind="stable")
        most = lead.index[lead > 0]
        part = {"theme": theme, "phrase": most, "share": share[most]}
        parts.append(pd.DataFrame(part).assign(share_elsewhere=elsewhere[most]))
    return pd.concat(parts, ignore_index=True).round(3)
