"""Names from a namer: an object that the user plugs in, or the one for language models."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from absclust.errors import NamerError, NamingWarning

if TYPE_CHECKING:
    from absclust.themes.theme import Theme


class Namer(Protocol):
    """Anything that names themes, such as ``LLMNamer``.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> class Shouting:
    ...     def name(self, themes):
    ...         return [theme.name.upper() for theme in themes]
    >>> cluster_abstracts(["Robots grasp.", "Robots grasp cups."], namer=Shouting())[0].name
    'ROBOTS GRASP'
    """

    def name(self, themes: Sequence[Theme], /) -> Sequence[str | None]:
        """Return a name for each theme, or None where the theme keeps its keyword name.

        It isn't asked about mixed themes, which keep the names of what they hold.
        """
        ...


def names_by(namer: Namer, themes: Iterable[Theme], *, keep: Collection[int] = ()) -> list[str]:
    """Return the name of each theme: the namer's, or else the one that it has.

    Parameters
    ----------
    namer
        Gives a name or None for each theme.
    themes
        All themes of a map, named by their keywords.
    keep
        Numbers of themes that the user named; the namer is not asked about them.

    Raises
    ------
    NamerError
        If the namer does not return one str or None per theme.

    Warns
    -----
    NamingWarning
        If the namer fails, or gives a name that another theme has.
    """
    themes = list(themes)
    asked = [theme for theme in themes if theme.id not in keep and not theme.mixed]
    try:
        answers = list(namer.name(asked))
    except Exception as error:  # a service that is down must not cost the clustering
        warnings.warn(
            f"the namer failed, so all themes keep their keyword names: {error!r}",
            NamingWarning,
            stacklevel=2,
        )
        return [theme.name for theme in themes]
    if len(answers) != len(asked) or not all(a is None or isinstance(a, str) for a in answers):
        raise NamerError(
            f"the namer gave {answers!r}; expected a list of {len(asked)}, one str or None per "
            "theme"
        )
    by_theme = {theme.id: answer for theme, answer in zip(asked, answers, strict=True)}
    return _unique(
        themes,
        {i: " ".join((name or "").split()) for i, name in by_theme.items()},
    )


def _unique(themes: list[Theme], answers: dict[int, str]) -> list[str]:
    """Return the names, without those of the namer that another theme has already."""
    taken = {theme.name.casefold() for theme in themes if not answers.get(theme.id)}
    names, doubles = [], []
    for theme in themes:
        name = answers.get(theme.id)
        if name and name.casefold() in taken:
            doubles.append(f"theme {theme.id}, {name!r}")
            name = None
        names.append(name or theme.name)
        taken.add(names[-1].casefold())
    if doubles:
        warnings.warn(
            f"the namer gave names that other themes have: {'; '.join(doubles)}. These themes "
            "keep their keyword names",
            NamingWarning,
            stacklevel=3,
        )
    return names
