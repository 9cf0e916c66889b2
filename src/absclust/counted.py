"""How numbers are said to people."""


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it needs one.

    Examples
    --------
    >>> counted(1, "paper"), counted(1200, "paper")
    ('1 paper', '1,200 papers')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
