"""A query -> the papers and the themes that match it best, by their words and by their meaning."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from absclust.analysis.reading_list import described
from absclust.arrays import FloatArray, IntArray, one_thread, unit_rows
from absclust.corpus.clean import clean_text
from absclust.errors import EmbedderError, OptionError, check_number
from absclust.new_papers.predict import given_vectors
from absclust.text.word_index import words_of
from absclust.themes.find import find_themes

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

Scores = npt.NDArray[np.float64]

_VOTERS = 20  # best papers, whose themes are those that match
_READ = 100  # best papers by words, whose titles are compared with the query
# Cosine similarity to the nearest paper that letters which are no word hardly ever reach: of 156 in
# three corpora of 1,000 papers, 1 in 20 has more than .40 to .47.
_CLOSE = 0.5
# Words that are spelt alike, by difflib: where nothing matches, and where other words do, for
# which a short word is more likely right than wrong.
_NEAR, _NEARER, _LONG = 0.75, 0.85, 6
_NEAR_WORDS, _EDITS = 3, 2  # how many are named, and how much longer or shorter they may be
_SPELLED = 5  # words of a query that may be spelt wrong: each is compared with all known ones
_ALIKE = 1e-6  # a smaller difference between scores is due to rounding


class SearchWarning(UserWarning):
    """A search ranks by words alone, or no paper has a word that may be spelt wrong."""


def search(
    themes: ThemeMap,
    query: str,
    *,
    n: int = 10,
    theme: int | str | Iterable[int | str] | None = None,
    embeddings: Any = None,
) -> pd.DataFrame:
    """Return the papers that match a query best, by their words and by their meaning.

    Words are compared by BM25 (Robertson and Zaragoza 2009) over titles, which count
    twice, and abstracts; forms and spellings of a word count as one. Meaning is the cosine
    similarity of the papers' vectors to the query's, by the embedder that the map was made
    with. The score is their mean (a convex combination; Bruch, Gai and Ingber 2023): BM25 as
    a share of the best paper's, and the cosine scaled to 0 for an average paper and 1 for the
    nearest. A paper whose title is the query comes first, with the score 1. A paper that has
    none of the words, and is no nearer in meaning than an average paper, is left out. If no
    paper has any of the words, only papers with a cosine similarity of at least 0.5 match;
    there may be none.

    The first search indexes all papers, which takes some five seconds for 100,000 of them;
    later ones take milliseconds. The index is not saved with the map.

    Parameters
    ----------
    query
        Words, a phrase, a title or a whole abstract.
    n
        How many papers to return, at most.
    theme : int, str, or list of these, optional
        Only look in these themes, given by number or name.
    embeddings : array of shape (d,), optional
        The vector of the query, if the map was made from vectors of your own. Without it,
        such a map is searched by words alone, with a warning.

    Returns
    -------
    DataFrame, one row per paper, best first
        The index, ``row``, is the row number in the input, counted from 0; a paper with
        several rows is listed once, by its first. Columns: ``title``; ``theme`` and
        ``theme_name``; ``score``, 1 for a paper that is best both by words and by meaning, and
        comparable within one search only; ``year`` and ``link``, missing and empty where unknown.

    Raises
    ------
    OptionError
        If there is no word in the query, or n is not 1 or more.
    UnknownThemeError
        If there is no such theme.
    EmbedderError, InputError
        If the vector given can't be used.

    Warns
    -----
    SearchWarning
        If the query can't be embedded, so that words alone decide; or if no paper has one of its
        words, with words that are spelt nearly like it.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> themes.search("robot with a cup").index.tolist()
    [1, 0]
    >>> len(themes.search("zzzz"))
    0
    """
    check_number(n, "n", Integral, least=1)
    wanted = find_themes(themes, theme)
    scores, matches = _match(themes, query, embeddings)
    if theme is not None:
        matches = matches & np.isin(themes._paper_labels, wanted)
    papers = _best(scores, matches, n)
    found = described(themes, papers).set_index("row")
    found.insert(3, "score", scores[papers].clip(0, 1).round(3))
    return found


def search_themes(
    themes: ThemeMap, query: str, *, n: int = 5, embeddings: Any = None
) -> pd.DataFrame:
    """Return the themes that match a query best.

    The twenty papers that match best, as in ``search``, each vote for their theme with
    their score (Macdonald and Ounis 2006, "CombSUM"); a theme's score is its share of the
    votes. A theme whose name is the query has the score 1. Themes without votes are left
    out.

    Parameters
    ----------
    query
        As in ``search``.
    n
        How many themes to return, at most.
    embeddings
        As in ``search``.

    Returns
    -------
    DataFrame, one row per theme, best first
        The index is the number of the theme; the columns are ``name``, ``score``, ``size``
        and ``keywords``.

    Raises
    ------
    OptionError, EmbedderError, InputError
        As in ``search``.

    Examples
    --------
    >>> from absclust import cluster_abstracts
    >>> themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold.",
    ...                             "Proteins fold fast."])
    >>> themes.search_themes("robots")[["name", "score"]].values.tolist()
    [['Robots grasp', 1.0]]
    """
    check_number(n, "n", Integral, least=1)
    share = votes(themes, query, *_match(themes, query, embeddings))
    found = _best(share, share > 0, n)
    table = themes.table().iloc[found].assign(score=share[found].round(3))
    return table[["name", "score", "size", "keywords"]]


def by_words(themes: ThemeMap, text: str) -> Scores:
    """Return how well each paper matches by its words: 0 if it has none, 1 for the best."""
    scores = themes.foundation.words.scores(text).astype(np.float64)
    return scores / max(scores.max(), _ALIKE)


def by_meaning(themes: ThemeMap, vector: FloatArray) -> Scores:
    """Return how near each paper is to a vector: 0 for an average paper, 1 for the nearest.

    Some embedders find all papers much alike; what counts is how much nearer the nearest is.
    """
    with one_thread():
        cosines = (themes.foundation.paper_embedding @ vector).astype(np.float64)
    mean = cosines.mean()
    spread = cosines.max() - mean
    if spread < _ALIKE:
        return np.asarray(cosines > _ALIKE, dtype=np.float64)
    return (cosines - mean) / spread


def called(themes: ThemeMap, text: str, scores: Scores) -> IntArray:
    """Return the papers whose title is the query, among the best by words."""
    words, titles = set(words_of(text)), themes.corpus.paper_titles
    best = _best(scores, scores > 0, _READ).tolist()
    return np.array([p for p in best if set(words_of(titles[p])) == words], dtype=np.int64)


def votes(themes: ThemeMap, query: str, scores: Scores, matches: npt.NDArray[np.bool_]) -> Scores:
    """Return each theme's share of the votes of the papers that match best."""
    labels = themes._paper_labels
    voters = _best(scores, matches & (labels >= 0), _VOTERS)
    counts = np.bincount(labels[voters], scores[voters].clip(0, 1), minlength=len(themes))
    share: Scores = counts / max(counts.sum(), _ALIKE)
    words = set(words_of(query))
    share[[t.id for t in themes if set(words_of(t.name)) == words]] = 1
    return share


def _match(themes: ThemeMap, query: str, embeddings: Any) -> tuple[Scores, npt.NDArray[np.bool_]]:
    """Return how well each paper matches, by words and meaning, and whether it matches at all."""
    text = clean_text(query) if isinstance(query, str) else ""
    if not words_of(text):
        raise OptionError(f"query is {query!r}; expected one or more words to search for")
    scores = by_words(themes, text)
    has_word, sought = scores > 0, called(themes, text, scores)
    vector = _vector(themes, text, embeddings)
    if vector.any():  # else its meaning is unknown
        scores = (scores + by_meaning(themes, vector)) / 2
    scores[sought] = 1 + scores[sought].clip(_ALIKE)  # before all others
    matches = has_word | (scores > _ALIKE)
    if embeddings is None and not has_word.any():
        # Letters that are no word lie somewhere too, and are nearer to some papers than to others.
        with one_thread():
            matches &= themes.foundation.paper_embedding @ vector >= _CLOSE
    _suggest(themes, text, nothing=not matches.any())
    return scores, matches


def _suggest(themes: ThemeMap, text: str, *, nothing: bool) -> None:
    """Warn of words that no paper has, if papers have words that are nearly the same."""
    known = themes.foundation.words.numbers
    cutoff, shortest = (_NEAR, 1) if nothing else (_NEARER, _LONG)
    parts = []
    unknown = (word for word in dict.fromkeys(words_of(text)) if word not in known)
    for word in islice((word for word in unknown if len(word) >= shortest), _SPELLED):
        alike = [other for other in known if abs(len(other) - len(word)) <= _EDITS]
        if near := get_close_matches(word, alike, n=_NEAR_WORDS, cutoff=cutoff):
            parts.append(f"no paper has the word {word!r}, but {', '.join(map(repr, near))}")
    if parts:
        warnings.warn("; ".join(parts), SearchWarning, stacklevel=5)


def _vector(themes: ThemeMap, text: str, embeddings: Any) -> FloatArray:
    """Return the unit vector of the query; zero if it is unknown."""
    if embeddings is not None:
        return unit_rows(given_vectors(themes, np.atleast_2d(embeddings), 1))[0]
    try:
        return themes.foundation.checked_encoder.transform([text]).vectors[0]
    except EmbedderError as error:
        warnings.warn(f"ranked by words alone: {error}", SearchWarning, stacklevel=5)
        return np.zeros(themes.foundation.paper_embedding.shape[1], dtype=np.float32)


def _best(scores: Scores, matches: npt.NDArray[np.bool_], most: int) -> IntArray:
    """Return which of the matches have the highest scores, best first."""
    found = np.flatnonzero(matches)
    return found[np.argsort(-scores[found], kind="stable")[:most]]
