"""Theme: one theme of a map."""

from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class Theme:
    """One theme.

    Attributes
    ----------
    id : int
        Its number in ``labels``; 0 is the largest theme.
    name : str
        Made of its best keywords; unique within the map.
    size : int
        How many rows are in it.
    keywords : tuple of str
        The phrases that set it apart, most telling first.
    stability : float
        How surely the theme comes back when a fifth of the papers is left out,
        0 to 1: the mean, over ten draws, of the best Jaccard similarity with a
        theme found anew. NaN where the clusterer can't tell.
    representative_rows : tuple of int
        The rows nearest to its centre, nearest first.
    representative_papers : tuple of str
        Their titles, or first words where there is no title.
    """

    id: int
    name: str
    size: int
    keywords: tuple[str, ...]
    stability: float
    representative_rows: tuple[int, ...]
    representative_papers: tuple[str, ...]

    def __repr__(self) -> str:
        from absclust.reprs import theme_text

        return theme_text(self)

    def _repr_html_(self) -> str:
        from absclust.reprs import theme_html

        return theme_html(self)
