"""Acronyms and what texts say they stand for."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

_ACRONYM = re.compile(r"\(\s*([A-Z][A-Za-z0-9-]{0,8}[A-Z0-9]s?)\s*[),;]")
WORD = re.compile(r"[^\W_]+")
_BEFORE = 100  # characters before an acronym that can hold what it stands for


def find_acronyms(texts: Iterable[str], key: Callable[[str], str]) -> dict[str, str]:
    """Map each acronym to the key of what the texts say it stands for.

    An acronym in parentheses is taken as defined if its letters are the initials of
    the words before it (after Schwartz and Hearst 2003). The most frequent definition
    counts.

    Parameters
    ----------
    texts
        Cleaned texts.
    key
        Returns the key of a phrase, which all its variants share.

    Examples
    --------
    >>> find_acronyms(["We use reinforcement learning (RL) and RL agents."], str.upper)
    {'RL': 'REINFORCEMENT LEARNING'}
    """
    meanings: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for match in _ACRONYM.finditer(text):
            acronym = singular_acronym(match[1])
            letters = [c.lower() for c in acronym if c.isalpha()]
            start = max(0, match.start() - _BEFORE)
            words = list(WORD.finditer(text, start, match.start()))[-len(letters) :]
            if len(words) >= 2 and [w[0][0].lower() for w in words] == letters:
                meanings[acronym][key(text[words[0].start() : words[-1].end()])] += 1
    return {acronym: forms.most_common(1)[0][0] for acronym, forms in meanings.items()}


def singular_acronym(word: str) -> str:
    """Return an acronym without the "s" of its plural.

    Examples
    --------
    >>> singular_acronym("LLMs"), singular_acronym("LSTM"), singular_acronym("gas")
    ('LLM', 'LSTM', 'gas')
    """
    return word[:-1] if word.endswith("s") and word[:-1].isupper() else word


def stands_for(acronym: str, phrase: str) -> bool:
    """Return whether the letters of an acronym are the initials of a phrase's words.

    Examples
    --------
    >>> stands_for("GNNs", "graph neural networks"), stands_for("GNN", "gene")
    (True, False)
    """
    letters = singular_acronym(acronym)
    initials = "".join(word[0] for word in WORD.findall(phrase))
    return len(letters) > 1 and letters.isupper() and letters.lower() == initials.lower()
