"""Papers -> what themes are named from: their phrases and their meaning."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from absclust import sizes
from absclust.arrays import FloatArray, IntArray, evenly_spread, members, unit_rows
from absclust.embedding.known_language import KNOWN_SHARE
from absclust.parallel import Memo
from absclust.text.language_id import commonest_language, paper_languages, part_in
from absclust.text.phrases import KeyedWords, Phrases, count_phrases, keyed_words

# A theme of which fewer papers were read has more of them read: up to the second number.
_FEWEST, _ADDED = 10, 50
_KEPT = 2  # evidences with such papers: of the themes, and of one more layer
_BEGINNING = 1000  # characters of a text that are enough to show its subject


@dataclass(frozen=True, eq=False)
class Meaning:
    """The meaning of some papers.

    Attributes
    ----------
    texts, titles : float32 arrays of shape (n_papers, d)
        Unit vectors. A paper without a title has its text's vector instead.
    by_model
        Whether they are the built-in model's. If not, those of titles are those of texts.
    """

    texts: FloatArray
    titles: FloatArray
    by_model: bool

    def of_users(self, used: Any) -> FloatArray:
        """Return for each phrase what the papers mean that use it, as unit vectors.

        Parameters
        ----------
        used : array of shape (n_papers, n_phrases), which may be sparse
            Which of the papers use which phrase.
        """
        return unit_rows((used > 0).astype(np.float32).T @ self.texts)


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the themes of a corpus are named from, however its papers are divided into themes.

    All layers of a map and all edits share it, so that each text is read once.

    Attributes
    ----------
    papers : int array of shape (n_read,)
        The papers that were read: all, or an even sample of a large corpus.
    """

    papers: IntArray
    _all_texts: Sequence[str]
    _all_titles: Sequence[str]
    _all_keywords: Sequence[Sequence[str]]
    _words: Memo[str, KeyedWords] = field(default_factory=Memo)
    _phrases: Memo[str, Phrases] = field(default_factory=Memo)
    _meanings: Memo[str, Meaning] = field(default_factory=Memo)
    _embedded: Memo[str, FloatArray] = field(default_factory=Memo)
    _covering: Memo[bytes, Evidence] = field(default_factory=lambda: Memo(_KEPT))

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        titles: Sequence[str],
        keywords: Sequence[Sequence[str]] | None = None,
    ) -> Evidence:
        """Choose the papers to read.

        Parameters
        ----------
        texts, titles
            Cleaned text (title and abstract) and title of each paper.
        keywords
            The keywords that the authors of each paper gave; none by default.
        """
        source = (texts, titles, keywords or [()] * len(texts))
        return cls(evenly_spread(np.arange(len(texts)), sizes.READ_FOR_NAMES), *source)

    def covering(self, labels: IntArray) -> Evidence:
        """Return evidence in which no theme of a large corpus has too few papers.

        Parameters
        ----------
        labels : int array
            Theme of each paper of the corpus; -1 for none.
        """
        n_themes = int(labels.max(initial=-1)) + 1
        of_theme, read = members(labels, n_themes), labels[self.papers]
        n_read = np.bincount(read[read >= 0], minlength=n_themes)
        short = np.flatnonzero(n_read < np.minimum([len(own) for own in of_theme], _FEWEST))
        if not len(short):
            return self
        added = [evenly_spread(of_theme[theme], _ADDED) for theme in short.tolist()]
        papers = np.union1d(self.papers, np.concatenate(added))
        source = (self._all_texts, self._all_titles, self._all_keywords)
        return self._covering.one(papers.tobytes(), lambda _: Evidence(papers, *source))

    def read(self) -> None:
        """Read the papers now, not when they are first needed."""
        for language in sorted(set(self.languages)):
            self.phrases(language)
            self.meaning(language)

    @cached_property
    def texts(self) -> list[str]:
        """Cleaned text (title and abstract) of each paper that was read."""
        return [self._all_texts[i] for i in self.papers]

    @cached_property
    def titles(self) -> list[str]:
        """Title of each paper that was read."""
        return [self._all_titles[i] for i in self.papers]

    @cached_property
    def languages(self) -> list[str]:
        """ISO 639-1 code of the main language of each paper."""
        return paper_languages(self.texts)

    def themes_in(self, labels: IntArray) -> dict[str, list[int]]:
        """Return the themes that have more papers in a language than in any other.

        Parameters
        ----------
        labels : int array of shape (n_read,)
            Theme of each of the papers that were read; -1 for none.
        """
        themes_in: dict[str, list[int]] = defaultdict(list)
        for theme, papers in enumerate(members(labels, int(labels.max(initial=-1)) + 1)):
            if counts := Counter(self.languages[paper] for paper in papers.tolist()):
                themes_in[commonest_language(counts)].append(theme)
        return dict(sorted(themes_in.items()))

    def read_in(self, language: str) -> IntArray:
        """Return which of the papers that were read are in a language."""
        return np.flatnonzero(np.array(self.languages) == language)

    def phrases(self, language: str) -> Phrases:
        """Return the phrases of the papers in a language."""
        words = self._words.one(language, self._read_words)
        return self._phrases.one(language, lambda _: count_phrases(words))

    def _read_words(self, language: str) -> KeyedWords:
        own = self.read_in(language).tolist()
        texts = [part_in(language, self.texts[i]) for i in own]
        titles = [self.titles[i] for i in own]
        keywords = [self._all_keywords[paper] for paper in self.papers[own]]
        return keyed_words(texts, titles, keywords, language)

    def uses(self, keywords: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return which of the papers use which keywords, shape (n_read, n_keywords)."""
        used = np.zeros((len(self.papers), len(keywords)), dtype=bool)
        for language in sorted(set(self.languages)):
            own = self.read_in(language)
            # Titles and keywords follow the texts.
            used[own] = self._words.one(language, self._read_words).uses(keywords)[: len(own)]
        return used

    def embed(self, phrases: Sequence[str]) -> FloatArray:
        """Return the unit vector of each phrase by the built-in model, each computed once."""
        from absclust.embedding.builtin import BuiltinEmbedder

        return np.array(self._embedded.several(phrases, BuiltinEmbedder().encode))

    def meaning(self, language: str) -> Meaning:
        """Return the meaning of the papers in a language.

        By the built-in model, if it knows the language; otherwise by latent semantic analysis.
        """
        return self._meanings.one(language, self._find_meaning)

    def _find_meaning(self, language: str) -> Meaning:
        from absclust.embedding.builtin import embed_counts
        from absclust.embedding.lsa import fit_lsa
        from absclust.embedding.tokens import count_tokens

        papers = self.read_in(language).tolist()
        texts, titles = ([of[i] for i in papers] for of in (self.texts, self.titles))
        tokens = count_tokens([*(text[:_BEGINNING] for text in texts), *titles])
        if papers and np.median(tokens.known_share[: len(texts)]) < KNOWN_SHARE:
            _, vectors = fit_lsa(texts, features="characters")
            vectors = unit_rows(vectors - vectors.mean(axis=0))
            return Meaning(vectors, vectors, by_model=False)
        of_texts, of_titles = np.split(embed_counts(tokens.counts), 2)
        has_title = np.array([[bool(title)] for title in titles])
        of_titles = np.where(has_title, of_titles, of_texts)
        return Meaning(of_texts, of_titles, by_model=True)
