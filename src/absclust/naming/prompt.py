"""Themes -> the question to a language model; its answer -> a name.

Titles may contain anything, and so may the answer to them. Titles are sent as data, and
an answer is used only if it is a plain, short name that no other theme has.
"""

import json
import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from absclust.naming.names import MAX_NAME_LENGTH
from absclust.packaged import packaged

if TYPE_CHECKING:
    from absclust.themes.theme import Theme

_MAX_NEIGHBOURS = 20  # other themes named in a question: small models read few tokens
_MAX_TITLE_LENGTH = 300

_PROMPT = packaged("naming/prompt.toml")
ANSWER_FORMAT = _PROMPT["answer_format"]

_FLAT_OBJECT = re.compile(r"\{[^{}]*\}")
_KEYS = ("name", "title", "theme", "theme_name", "label", "topic")
# An answer without JSON: nothing but the name, perhaps with what it is in front, in quotes.
_BARE = re.compile(
    r"(?:.*</think>)?\s*(?:(?:the )?(?:theme(?:['’]s)? |new )?(?:name|title|label)(?: is)?\s*:\s*)?"
    r"([\"'“„«`*]*)([^\n{}\[\]]{1,60}?)[\"'”“»`*]*(?<![.!?])\s*",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP = re.compile(r"[<>{}\[\]`|\\$]|\*\*|__|://|&#?\w+;")


class UnusableNameError(Exception):
    """An answer can't be used as the theme's name; the message says why."""


def task(instructions: str | None = None, language: str | None = None) -> str:
    """Tell a model what to do.

    Parameters
    ----------
    instructions
        What the user adds.
    language
        The language of the names; by default that of the titles.
    """
    language = language or "the language of the titles"
    told = str(_PROMPT["task"]).format(length=MAX_NAME_LENGTH, language=language)
    return f"{told}\n{instructions}" if instructions else told


def question(i: int, themes: Sequence["Theme"], names: Sequence[str]) -> str:
    """Describe a theme in JSON: titles, keywords, and the names of the themes most like it.

    Parameters
    ----------
    i
        Position of the theme in ``themes``.
    themes, names
        All themes, and the current name of each.
    """
    words = [set(" ".join(theme.keywords).lower().split()) for theme in themes]
    others = sorted(set(range(len(themes))) - {i}, key=lambda j: (-len(words[i] & words[j]), j))
    return json.dumps(
        {
            "titles": [title[:_MAX_TITLE_LENGTH] for title in themes[i].representative_papers],
            "keywords": themes[i].keywords,
            "other_themes": [names[j] for j in others[:_MAX_NEIGHBOURS]],
        },
        ensure_ascii=False,
    )


def read_name(answer: str, taken: Collection[str]) -> str:
    """Return the name in an answer if it is safe to show in tables, maps and web pages.

    Parameters
    ----------
    answer
        Text that contains ``{"name": "..."}``; a model may think aloud before it.
    taken
        Case-folded names of the other themes.

    Raises
    ------
    UnusableNameError
        If there is no name, it is not a single line of at most 40 plain characters,
        or it is taken.

    Examples
    --------
    >>> read_name('Robots, I think: {"name": "Robot  learning"}', {"robots"})
    'Robot learning'
    """
    text = _last_name(answer).strip()
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(text.splitlines()) != 1:
        problem = "the name is not a single line"
    elif len(name) > MAX_NAME_LENGTH:
        problem = f"the name is longer than {MAX_NAME_LENGTH} characters"
    elif not name.isprintable() or _MARKUP.search(name):
        problem = "the name contains markup or unprintable characters"
    # Spreadsheets run text that begins with =, + or @ as a formula.
    elif not name[0].isalnum() or not any(c.isalpha() for c in name):
        problem = "the name does not begin with a word"
    elif name.casefold() in taken:
        problem = "another theme has that name"
    else:
        return name
    raise UnusableNameError(problem)


def _last_name(answer: str) -> str:
    for text in reversed(_FLAT_OBJECT.findall(answer)):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            continue
        for key in _KEYS:
            if isinstance(found.get(key), str):
                return str(found[key])
    if bare := _BARE.fullmatch(answer.replace("```json", "").replace("```", "").strip()):
        return bare[2]
    raise UnusableNameError('the answer is neither a JSON object {"name": "..."} nor just a name')
