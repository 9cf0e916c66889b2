"""Theme: one theme of a map, with its name, keywords and typical papers."""

from __future__ import annotations

from dataclasses import dataclass

from absclust.reprs import theme_html, theme_text


@dataclass(frozen=True, repr=False, kw_only=True)
class Theme:
    """One theme.

    Attributes
    ----------
    id : int
        The theme's number in ``labels``; 0 is the largest theme.
    name : str
        The theme's name, made from its best keywords; unique within the map.
    size : int
        Number of rows in the theme; a paper that is in two rows counts twice.
    keywords : tuple of str
        The phrases that distinguish the theme from others, most distinctive first.
    stability : float
        How well the theme is found again when a fifth of the papers is left out,
        0 to 1: the mean, over ten draws, of the best Jaccard similarity to a theme
        of the repeated clustering. NaN if it can't be measured, or if the theme was made by
        an edit, by ``combine`` or by labels of most of its papers.
    representative_rows : tuple of int
        The rows nearest to the theme's centroid, nearest first.
    representative_papers : tuple of str
        Their titles, or their first words if they have no title.
    author_keywords : tuple of str
        The keywords that the papers' authors gave and that are characteristic of the
        theme, most characteristic first; empty if the input has no column of keywords.
    focus : float
        How far the theme is about one thing, 0 to 1: an estimate, from how its papers lie and
        are linked, of the share that a person would give one label, beyond chance. NaN for a
        theme of a single paper.
    mixed : bool
        Whether its focus is far below the mean of the map: its papers fit nowhere else. It
        comes last, and is named after what it holds, as in "Mixed: health, law, grading".
    sentence, sentence_paper : str
        A sentence of one of its papers that says what they share, and the title of that
        paper; empty if no sentence is fit to stand alone.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> themes[0].name, themes[0].size, themes[0].keywords
    ('Robots grasp', 2, ('Robots grasp', 'grasp cups'))
    """

    id: int
    name: str
    size: int
    stability: float
    focus: float = float("nan")
    mixed: bool = False
    keywords: tuple[str, ...]
    author_keywords: tuple[str, ...] = ()
    representative_papers: tuple[str, ...]
    sentence: str = ""
    sentence_paper: str = ""
    representative_rows: tuple[int, ...]

    __repr__ = theme_text
    _repr_html_ = theme_html
