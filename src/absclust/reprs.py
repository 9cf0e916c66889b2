"""How a Theme and a ThemeMap show themselves: as text for a terminal, as HTML for a notebook.

The HTML sets no colours: all is in shades of the page's own text colour, which suits light and
dark pages. It still reads well where a code host strips the styles.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from absclust.counted import counted, counted_themes, name_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from absclust.theme_map import ThemeMap
    from absclust.themes.theme import Theme

_COLUMNS = 80  # of a terminal
# Hennig (2007) on the similarity that stability is a mean of: from .75 on, a valid, stable cluster;
# below .6, one not to be trusted.
_SOLID, _FAIR = 0.75, 0.6
_FOCUSED = 0.5  # half of its papers have one label, beyond chance
_NAME_COLUMN = 33  # longer names run on into the column of keywords
_KEYWORDS_SHOWN = 5
_MOST_THEMES, _SHOWN_OF_MORE = 30, 20
_MOST_NOTES, _NOTES_SHOWN = 8, 6
_LEFT = "text-align:left;vertical-align:top"  # in a notebook, cells are on the right


def headline(themes: ThemeMap) -> str:
    """Return rows, papers, themes and coverage in one line."""
    rows = counted(themes.corpus.n_rows, "row")
    papers = counted(themes.corpus.n_papers, "distinct paper")
    found = counted_themes(themes.themes)
    return f"{rows}, {papers}, {found}, coverage {themes.coverage:.0%}"


def summary(themes: ThemeMap) -> str:
    """Return the numbers of papers and themes and what was left out, line by line.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
    >>> themes.summary().splitlines()[0]
    '3 rows, 3 distinct papers, 1 theme, coverage 100%'
    """
    lines = [headline(themes), *_trust(themes), *themes.corpus.report(), *_unassigned(themes)]
    return "\n".join([*lines, *themes.foundation.label_notes, *themes.history])


def _trust(themes: ThemeMap) -> list[str]:
    known = sum(not np.isnan(theme.stability) for theme in themes)
    of_some = "" if known == len(themes) else f" (known for {known} of {len(themes)} themes)"
    return [f"mean stability {themes.mean_stability:.2f} of 1{of_some}"] if known else []


def _unassigned(themes: ThemeMap) -> list[str]:
    rows = np.flatnonzero((themes.labels < 0) & (themes.corpus.paper_of_row >= 0))
    if not len(rows):
        return []
    what = "row belongs" if len(rows) == 1 else "rows belong"
    return [f"{len(rows)} {what} to no theme: {name_rows(rows, themes.corpus.name)}"]


def map_text(themes: ThemeMap, *, in_shell: bool = False) -> str:
    """Return the report and one line per theme, none wider than a terminal; all in a shell."""
    first, notes, shown, more = _parts(themes, in_shell=in_shell)
    above = [
        textwrap.fill(n, _COLUMNS, subsequent_indent="  ") for n in (f"ThemeMap: {first}", *notes)
    ]
    return "\n".join([*above, *_text_rows(shown), *(textwrap.fill(n, _COLUMNS) for n in more)])


def map_html(themes: ThemeMap) -> str:
    """Return the report and a table with one row per theme."""
    import pandas as pd

    first, notes, shown, more = _parts(themes)
    rows = [
        {
            "": theme.id,
            "Theme": f"<b>{escape(theme.name)}</b>{_said(theme)}",
            "Papers": f"{theme.size:,}",
            "Stability": graded(theme.stability),
            "Focus": focus_word(theme),
            "Keywords": escape(", ".join(_new_keywords(theme))),
            "Nearest to its centre": escape("".join(theme.representative_papers[:1])),
        }
        for theme in shown
    ]
    with pd.option_context("display.max_colwidth", None):
        table = pd.DataFrame(rows).to_html(index=False, border=0, justify="left", escape=False)
    table = re.sub("<(t[dh])>", rf'<\1 style="{_LEFT}">', table)
    below = "".join(f'<div style="opacity:.7">{escape(line)}</div>' for line in more)
    return block(first, "".join(f"<br>{escape(line)}" for line in notes), table + below)


def block(title: str, note: str, body: str) -> str:
    """Return HTML under a title, which is text, and a paler note beside it."""
    return (
        f'<div style="font-size:13px;line-height:1.4"><div><b>{escape(title)}</b> '
        f'<span style="opacity:.7">{note}</span></div>{body}</div>'
    )


def bullets(lines: Iterable[str]) -> str:
    """Return lines of text as a list in HTML; nothing of no lines."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<ul style="margin:4px 0 0;padding-left:1.4em;opacity:.8">{items}</ul>' if items else ""


def theme_text(theme: Theme) -> str:
    """Return number, name, size and stability in one line."""
    return f"Theme {theme.id}: {theme.name} ({_size_and_stability(theme)})"


def theme_html(theme: Theme) -> str:
    """Return the theme's name and size, its keywords, and the papers nearest to its centre."""
    given = ", ".join(theme.author_keywords)
    by_authors = f"<div>Authors' keywords: {escape(given)}</div>" if given else ""
    return block(
        f"Theme {theme.id}: {theme.name}",
        f"({_size_and_stability(theme)})",
        f"{_said(theme)}<div>{escape(', '.join(theme.keywords))}</div>{by_authors}"
        f"{bullets(theme.representative_papers)}",
    )


def _said(theme: Theme) -> str:
    """Return the theme's sentence; pointing at it shows the title of its paper."""
    if not theme.sentence:
        return ""
    source = escape(theme.sentence_paper)
    return f'<div style="opacity:.8" title="{source}">{escape(theme.sentence)}</div>'


def _parts(
    themes: ThemeMap, *, in_shell: bool = False
) -> tuple[str, list[str], tuple[Theme, ...], list[str]]:
    """Return the first line, notes, the themes shown, largest first, and what to say of others.

    A shell has no methods that show more.
    """
    first, *notes = summary(themes).split("\n")
    if len(notes) > _MOST_NOTES and not in_shell:
        left = len(notes) - _NOTES_SHOWN
        notes[_NOTES_SHOWN:] = [f"… and {left} more lines; summary() has them all"]
    n_shown = len(themes) if in_shell or len(themes) <= _MOST_THEMES else _SHOWN_OF_MORE
    shown, left_out, more = themes.themes[:n_shown], themes.themes[n_shown:], []
    if left_out:
        papers = counted(sum(t.size for t in left_out), "paper")
        more = [f"… and {counted(len(left_out), 'more theme')} ({papers}); table() has them all"]
    if loose := ", ".join(str(t.id) for t in shown if _grade(t.stability) == "loose"):
        better = "; alternatives() shows whether fewer themes are more stable" * (not in_shell)
        more.append(
            f"Loose ({loose}): such a theme may not come back when papers are added. Read its "
            f"papers before you rely on it{better}."
        )
    return first, notes, shown, more


def _grade(stability: float) -> str:
    """Return a word for a stability, as it is shown: with two decimals."""
    shown = round(stability, 2)
    if np.isnan(shown):
        return ""
    return "solid" if shown >= _SOLID else "fair" if shown >= _FAIR else "loose"


def _text_rows(themes: tuple[Theme, ...]) -> list[str]:
    """Return a header, and a line per theme with the keywords that fit; nothing of no themes."""
    names = min(_NAME_COLUMN, max((_width(t.name) for t in themes), default=0))
    columns = "{:>3}  {:>6}  {:<10}  {:<7}  "
    head = columns.format("no", "papers", "stability", "focus")
    rows = [f"{head}{'theme':<{names}}  keywords"] if themes else []
    for theme in themes:
        trust = graded(theme.stability), focus_word(theme)
        row = columns.format(theme.id, f"{theme.size:,}", *trust)
        name = _cut(theme.name, _COLUMNS - len(row))
        row += name + " " * (names - _width(name))
        separator = "  "
        for keyword in _new_keywords(theme):
            if _width(row + separator + keyword) <= _COLUMNS:
                row += separator + keyword
                separator = ", "
        rows.append(row.rstrip())
    return rows


def _size_and_stability(theme: Theme) -> str:
    size = counted(theme.size, "paper")
    known = [] if np.isnan(theme.stability) else [f"stability {theme.stability:.2f}"]
    return ", ".join([size, *known, *filter(None, [focus_word(theme)])])


def focus_word(theme: Theme) -> str:
    """Return a word for how far a theme is about one thing; "" if that is unknown."""
    if theme.mixed or np.isnan(theme.focus):
        return "mixed" if theme.mixed else ""
    return "focused" if theme.focus >= _FOCUSED else "broad"


def _new_keywords(theme: Theme) -> list[str]:
    """Return the first keywords that aren't already part of the name."""
    name = theme.name.lower()
    return [k for k in theme.keywords if k.lower() not in name][:_KEYWORDS_SHOWN]


def graded(stability: float) -> str:
    """Return a stability as a number and a word.

    Examples
    --------
    >>> graded(0.8), graded(0.75), graded(0.7), graded(0.59), graded(float("nan"))
    ('0.80 solid', '0.75 solid', '0.70 fair', '0.59 loose', '–')
    """
    return "–" if np.isnan(stability) else f"{stability:.2f} {_grade(stability)}"


def _width(text: str) -> int:
    """Return the width of a text in columns: a Chinese or Japanese character takes two."""
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


def _cut(text: str, columns: int) -> str:
    if _width(text) <= columns:
        return text
    while _width(text) >= columns:
        text = text[:-1]
    return f"{text.rstrip()}…"
