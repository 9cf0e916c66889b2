"""Names from a namer: an object that the user brings, or the one for language models."""

import warnings
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol

from absclust.errors import NamerError, NamingWarning
from absclust.themes.theme import Theme
from absclust.themes.theme_map import ThemeMap


class Namer(Protocol):
    """Anything that gives themes names, ``LLMNamer`` for one."""

    def name(self, themes: Sequence[Theme], /) -> Sequence[str | None]:
        """Return a name for each theme; where it is None, the theme keeps its keyword name."""
        ...


def name_with(namer: Namer, themes: ThemeMap, *, keep: Collection[int] = ()) -> ThemeMap:
    """Return the map with the namer's names; those it doesn't give stay.

    Parameters
    ----------
    namer
        Gives a name or None for each theme.
    themes
        The map, named by keywords.
    keep
        Themes that have a name of the user's own; the namer is not asked for them.

    Raises
    ------
    NamerError
        If what the namer returns is not one str or None a theme.

    Warns
    -----
    NamingWarning
        If the namer fails, or gives a name that another theme has.
    """
    asked = [theme for theme in themes if theme.id not in keep]
    try:
        answers = list(namer.name(asked))
    except Exception as error:  # a service that is down must not cost the clustering
        warnings.warn(
            f"the namer failed, so that all themes keep their keyword names: {error!r}",
            NamingWarning,
            stacklevel=2,
        )
        return themes
    if len(answers) != len(asked) or not all(a is None or isinstance(a, str) for a in answers):
        raise NamerError(
            f"the namer gave {answers!r}; expected a list of {len(asked)}, one str or None a theme"
        )
    return replace(themes, themes=_named(themes, dict(zip(asked, answers, strict=True))))


def _named(themes: ThemeMap, answers: dict[Theme, str | None]) -> tuple[Theme, ...]:
    names = {theme: " ".join((answers.get(theme) or "").split()) for theme in themes}
    taken = {theme.name.casefold() for theme in themes if not names[theme]}
    named, doubles = [], []
    for theme in themes:
        name = names[theme]
        if name and name.casefold() in taken:
            doubles.append(f"theme {theme.id}, {name!r}")
            name = ""
        taken.add((name or theme.name).casefold())
        named.append(replace(theme, name=name or theme.name))
    if doubles:
        warnings.warn(
            f"the namer gave names that other themes have: {'; '.join(doubles)}. These themes "
            "keep their keyword names",
            NamingWarning,
            stacklevel=3,
        )
    return tuple(named)
