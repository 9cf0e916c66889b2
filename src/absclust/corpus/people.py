"""The names of authors, as bibliographic programs write them."""

import re
from functools import partial
from itertools import chain, takewhile

# What separates others belongs to the name of an institution, which has braces around it.
_BETWEEN_SEPARATORS = re.compile(r"(?:\{[^{}]*\}|[^;|])+")
_AND = re.compile(r"(?<!\s)\s+(?:and|&)\s+")  # tried once for many blanks, not at each of them
_SUFFIXES = ("Jr.", "Sr.")  # of names
_PARTICLES = {"al", "bin", "da", "de", "del", "den", "der", "di", "dos", "la", "van", "von", "y"}
# What databases write for an author whom they don't know, or for those whom they leave out.
NOBODY = re.compile(r"\[no author[^\]]*\]|null null|others|et al\.?", re.IGNORECASE)


def split_people(text: str) -> str:
    """Separate authors by semicolons where they are separated by commas or by "and".

    "Silva, Inês" is one person, "Silva I., Wu L." are two: in a list of persons, most parts have
    a family name and initials, or each has several words. Where semicolons or bars separate the
    persons already, and in an institution's braces, all else belongs to a name.

    Examples
    --------
    >>> split_people("Silva I., de la Cruz J.-P.,"), split_people("Silva, Inês")
    ('Silva I.; de la Cruz J.-P.', 'Silva, Inês')
    >>> split_people("N Okafor, JP Müller"), split_people("Silva, Inês and Wu, Lin")
    ('N Okafor; JP Müller', 'Silva, Inês; Wu, Lin')
    >>> split_people("Silva I and Wu L"), split_people("Department of Health and Human Services")
    ('Silva I; Wu L', 'Department of Health and Human Services')
    """
    # PubMed ends the list with a full stop.
    last = text[-6:].split(" ")[-1]
    end = "" if is_initials(last) or last in _SUFFIXES else "."
    pieces = _BETWEEN_SEPARATORS.findall(text.rstrip(f" …{end}"))
    people: list[str] = []
    for piece in pieces:
        by_and = _AND.split(piece) if len(pieces) == 1 and "{" not in piece else []
        if len(by_and) > 1 and ("," in piece or all(map(_is_full_name, by_and))):
            people += chain.from_iterable(map(split_by_commas, by_and))
        else:
            people += split_by_commas(piece, alone=len(pieces) == 1)
    names = (name.strip().removeprefix("and ") for name in people)
    return "; ".join(name for name in names if name and not NOBODY.fullmatch(name))


def split_by_commas(text: str, *, alone: bool = False) -> list[str]:
    """Split names at commas: "Silva I., Wu L." are two, "De Roos, Anneke J." is one.

    Initials belong to a family name before them, as in "Huey, SL, Mehta, NH" of Cochrane.

    Parameters
    ----------
    text
        One name or several.
    alone
        Whether it is the whole list, in which names without initials may be persons.

    Examples
    --------
    >>> split_by_commas("Huey, SL, Mehta, NH"), split_by_commas("Silva, A. B., C. D. Wu")
    (['Huey, SL', 'Mehta, NH'], ['Silva, A. B.', 'C. D. Wu'])
    >>> split_by_commas("Silva, Jr., Inês")
    ['Silva, Jr., Inês']
    """
    parts: list[str] = []
    for part in filter(None, map(str.strip, text.split(","))):
        most = 1 if " " in part else 4
        initials = all(is_initials(word, most) for word in part.split())
        if parts and (part in _SUFFIXES or (initials and not _has_initials(parts[-1]))):
            parts[-1] += f", {part}"
        else:
            parts.append(part)
    persons = 2 * sum(map(_has_initials, parts)) > len(parts)
    names = alone and len(parts) > 2 and all(len(part.split()) > 1 for part in parts)
    return parts if (persons or names) and "{" not in text else [text]


def _has_initials(name: str) -> bool:
    return "," in name or family_first(name) != name


def _is_full_name(name: str) -> bool:
    """Whether a text is several words with capitals, as in "Silva I" or "Ana de la Cruz"."""
    words = name.split()
    return len(words) > 1 and all(w[0].isupper() or w in _PARTICLES for w in words)


def family_first(name: str) -> str:
    """Put the family name before initials, with a comma, as RIS and BibTeX expect it.

    Examples
    --------
    >>> family_first("de la Cruz J.-P."), family_first("N. Okafor"), family_first("Lin Wu")
    ('de la Cruz, J.-P.', 'Okafor, N.', 'Lin Wu')
    """
    if "," in name:
        return name
    words = name.split()
    if n := len(list(takewhile(is_initials, reversed(words[1:])))):
        return f"{' '.join(words[:-n])}, {' '.join(words[-n:])}"
    first = list(takewhile(partial(is_initials, most=2), words[:-1]))
    return f"{' '.join(words[len(first) :])}, {' '.join(first)}" if first else name


def is_initials(word: str, most: int = 4) -> bool:
    """Whether a word is initials: "I.", "IM" or "J.-P.", but not a name in capitals.

    Parameters
    ----------
    word
        A word of a name.
    most
        The largest number of letters without full stops.

    Examples
    --------
    >>> is_initials("J.-P."), is_initials("IM"), is_initials("Wu"), is_initials("SILVA")
    (True, True, False, False)
    """
    if word[1:2].islower():
        return False  # as most words of names are
    letters = re.sub(r"[.\s-]", "", word)
    longest = 6 if word.count(".") >= len(letters) else most
    return letters.isalpha() and letters.isupper() and len(letters) <= longest
