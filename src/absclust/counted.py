"""How numbers and rows are written for people."""

from absclust.arrays import IntArray

_MAX_ROWS_NAMED = 10


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural if needed.

    Examples
    --------
    >>> counted(1, "paper"), counted(1200, "paper")
    ('1 paper', '1,200 papers')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def name_rows(rows: IntArray) -> str:
    """Name rows by their position, the first few where there are many."""
    named = ", ".join(str(r) for r in rows[:_MAX_ROWS_NAMED])
    more = len(rows) - _MAX_ROWS_NAMED
    word = "row" if len(rows) == 1 else "rows"
    return f"{word} {named}" + (f" and {more} more" if more > 0 else "")
