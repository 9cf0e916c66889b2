"""Texts -> the phrases that papers use, as a table of papers by phrases.

A phrase is one to four consecutive words of a text, with no stop word, number or
punctuation among them. The words of all texts are numbers in one array, so that phrases
are found and counted for a whole corpus at once; the table does not depend on themes,
and any themes are counted from it by adding up the rows of their papers.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import compress

import numpy as np
from scipy import sparse

from absclust.arrays import IntArray, count_entries, numbering, ranges
from absclust.parallel import Memo
from absclust.text.acronyms import find_acronyms, singular_acronym
from absclust.text.grammar import Grammar, grammar_of
from absclust.text.reading import BREAK, NO_WORDS, BoolArray, Reading, read, words_in
from absclust.text.segment import CUT

MAX_WORDS = 4
MAX_DECLARED_WORDS = 5  # in a keyword of the authors
IN_TEXT, IN_TITLE, DECLARED = 1, 2, 4  # how a paper uses a phrase
_N_KINDS = 3  # of texts in which it may use it
# A phrase is a fragment if at least this share of its papers use one and the same
# longer phrase: "large language" before "model".
_FRAGMENT_SHARE = 0.65
_PROPER_SHARE = 0.2  # a word with fewer lower-case uses, relative to capitalised, is a name
_SPELLED_OUT = 2  # how much a use counts that is no acronym, when forms compete
_SHORT_ACRONYM = 4
_HYPHEN = re.compile(r"[-‐‑]")


class PhraseKeys:
    """What the variants of a phrase share: its key.

    A key is in lower case, with plurals and spellings folded, hyphens replaced by
    spaces, and acronyms replaced by what they stand for. A word that is also written
    without its hyphen is taken as one word: "pre-trained" where others write
    "pretrained".

    Parameters
    ----------
    grammar
        The rules of the language.
    words
        All words of the texts, in lower case.
    texts
        The texts, in which acronyms are defined.

    Examples
    --------
    >>> keys = PhraseKeys(grammar_of("en"), texts=["Reinforcement learning (RL)."])
    >>> keys.of("RL agents"), keys.of("Vision-Language Models")
    ('reinforcement learning agent', 'vision language model')
    """

    def __init__(
        self, grammar: Grammar, words: Iterable[str] = (), texts: Sequence[str] = ()
    ) -> None:
        self._grammar = grammar
        self._words = frozenset(words)
        self.acronyms: dict[str, str] = {}
        self.of_word = self._of_word
        self.acronyms = find_acronyms(texts, self.of)
        self.of_word = lru_cache(maxsize=100_000)(self._of_word)

    def of(self, phrase: str) -> str:
        """Return the key of a phrase."""
        return " ".join(map(self.of_word, words_in(self._grammar.spaced(phrase))))

    def _of_word(self, word: str) -> str:
        """Return the key of one word: several words if it has a hyphen or is an acronym."""
        meaning = self.acronyms.get(singular_acronym(word))
        if meaning:
            return meaning
        if word in NO_WORDS:
            return ""
        lower = word.lower()
        if word.isupper() and len(word) <= _SHORT_ACRONYM:  # AIDS is no plural
            return lower
        parts = _HYPHEN.split(lower)
        joined = "".join(parts)
        return " ".join(map(self._grammar.fold, [joined] if joined in self._words else parts))


def phrase_key(text: str) -> str:
    """Return the key by which phrases of any language are compared, by the rules of English.

    Examples
    --------
    >>> phrase_key("Vision-Language Models")
    'vision language model'
    """
    return _ENGLISH.of(text)


_ENGLISH = PhraseKeys(grammar_of("en"))


@dataclass(frozen=True, eq=False)
class KeyedWords:
    """The words of some papers in a language, with their keys.

    Attributes
    ----------
    grammar
        The rules of their language.
    reading : Reading
        The words of the texts, then those of the titles, then the authors' keywords.
    keys
        Makes the keys that phrases are compared by.
    of_words : list of str
        The key of each distinct word of the reading.
    n_papers : int
        Number of papers.
    """

    grammar: Grammar
    reading: Reading
    keys: PhraseKeys
    of_words: list[str]
    n_papers: int

    def uses(self, keywords: Sequence[str]) -> BoolArray:
        """Return which texts, titles and lists of keywords use which keywords.

        Returns
        -------
        bool array of shape (3 * n_papers, n_keywords)

        Examples
        --------
        >>> papers = keyed_words(["Reinforcement learning (RL).", "An RL agent."], ["", ""])
        >>> papers.uses(["RL", "agents"])[:2].tolist()
        [[True, False], [True, True]]
        """
        numbers, words, text_ends = self._in_order
        used = np.zeros((len(text_ends), len(keywords)), dtype=bool)
        for column, keyword in enumerate(keywords):
            sought = [numbers.get(word, -1) for word in self.keys.of(keyword).split()]
            if sought:
                at = np.flatnonzero(words == sought[0])
                for i, word in enumerate(sought[1:], start=1):
                    at = at[at + i < len(words)]
                    at = at[words[at + i] == word]
                used[np.searchsorted(text_ends, at, side="right"), column] = True
        return used

    @cached_property
    def _in_order(self) -> tuple[dict[str, int], IntArray, IntArray]:
        """A number for each word of the keys, the numbers of all words, where each text ends."""
        numbers = numbering("")  # which stands for a break
        of_words = [[""], *map(str.split, self.of_words[1:])]
        in_order = count_entries(of_words, numbers)[self.reading.ids]
        return dict(numbers), in_order.indices, in_order.indptr[self.reading.starts[1:]]


def keyed_words(
    texts: Sequence[str],
    titles: Sequence[str],
    keywords: Sequence[Sequence[str]] | None = None,
    language: str = "en",
) -> KeyedWords:
    """Read the words of papers.

    Parameters
    ----------
    texts, titles
        Cleaned text (title and abstract) and title of each paper.
    keywords
        The authors' keywords of each paper; none by default.
    language
        ISO 639-1 code of the papers' language.
    """
    grammar = grammar_of(language)
    declared = map(f" {CUT} ".join, keywords or [()] * len(texts))
    reading = read([*texts, *titles, *declared], grammar.spaced, grammar.is_stop)
    keys = PhraseKeys(grammar, compress(reading.lower_words, reading.content), texts)
    return KeyedWords(grammar, reading, keys, list(map(keys.of_word, reading.words)), len(texts))


@dataclass(frozen=True, eq=False)
class Phrases:
    """The phrases of some papers, and which papers use them.

    Attributes
    ----------
    words
        The papers' words.
    uses : sparse int8 array of shape (n_papers, n_phrases), by rows
        How each paper uses a phrase: 1 in its text, plus 2 in its title, plus 4 as a
        keyword that its authors gave. 0 where it doesn't.
    """

    words: KeyedWords
    uses: sparse.csr_array
    _numbers: Mapping[str, int]  # of each phrase, by its key
    _places: IntArray  # where phrases occur in the reading, phrase by phrase
    _sizes: IntArray  # how many words they have there
    _first: IntArray  # of each phrase among the places; one more at the end
    _surfaces: Memo[int, str] = field(default_factory=Memo)

    @cached_property
    def keys(self) -> list[str]:
        """The key of each phrase."""
        return list(self._numbers)

    def find(self, keys: Sequence[str]) -> IntArray:
        """Return the number of the phrase with each key; -1 where no paper uses it."""
        return np.array([self._numbers.get(key, -1) for key in keys], dtype=np.int64)

    @cached_property
    def fragment(self) -> BoolArray:
        """Whether each phrase mostly occurs inside one and the same longer phrase."""
        fragment = np.zeros(len(self._numbers), dtype=bool)
        longer = np.flatnonzero(self.n_papers >= 2)
        keys = [self.keys[phrase] for phrase in longer.tolist()]
        shorter = ([k.partition(" ")[2] for k in keys], [k.rpartition(" ")[0] for k in keys])
        for part in map(self.find, shorter):
            known = part >= 0
            n_papers, of_part = self.n_papers[longer[known]], self.n_papers[part[known]]
            fragment[part[known][n_papers >= _FRAGMENT_SHARE * of_part]] = True
        return fragment

    @cached_property
    def n_papers(self) -> IntArray:
        """Number of papers that use each phrase."""
        return np.bincount(self.uses.indices, minlength=len(self._numbers))

    def surfaces(self, phrases: IntArray) -> list[str]:
        """Return how papers write each of some phrases, as in running text: the commonest form.

        Singular and plural count together when an acronym competes with what it stands
        for; so the form is LLMs if most papers don't spell it out.
        """
        return self._surfaces.several(phrases.tolist(), self._find_surfaces)

    def _find_surfaces(self, phrases: list[int]) -> Iterable[str]:
        return map(self._surface, phrases, *self._forms(np.array(phrases)))

    def _forms(self, phrases: IntArray) -> tuple[list[Counter[str]], BoolArray]:
        """Count the papers that write each phrase in each form, in running text where any does.

        Returns also where none does: those phrases are only in titles and keywords.
        """
        counts = self._first[phrases + 1] - self._first[phrases]
        of_phrase = np.repeat(np.arange(len(phrases)), counts)
        at = ranges(self._first[phrases], counts)
        running = self._in_running_text(self._places[at])
        headings = np.bincount(of_phrase[running], minlength=len(phrases)) == 0
        shown = running | headings[of_phrase]
        of_phrase, at = of_phrase[shown], at[shown]
        places, sizes = self._places[at], self._sizes[at]
        written = _number_runs(self.words.reading, places, sizes)
        n_papers = self.uses.shape[0]
        _, one_of, form = np.unique(written, return_index=True, return_inverse=True)
        papers = self.words.reading.text_of[places] % n_papers
        pairs = np.unique(form * np.int64(n_papers) + papers) // n_papers
        counted = np.bincount(pairs, minlength=len(one_of)).tolist()
        forms: list[Counter[str]] = [Counter() for _ in range(len(phrases))]
        for i, count in zip(one_of.tolist(), counted, strict=True):
            words = self.words.reading.ids[places[i] : places[i] + sizes[i]].tolist()
            written_as = self.words.grammar.join([self.words.reading.words[word] for word in words])
            forms[of_phrase[i]][written_as.replace(" 's", "'s")] += count
        return forms, headings

    def _in_running_text(self, places: IntArray) -> BoolArray:
        """Return which places are in a text, after the title with which it begins."""
        n_papers, starts = self.uses.shape[0], self.words.reading.starts
        text = self.words.reading.text_of[places]
        title = np.minimum(text, n_papers - 1) + n_papers
        begins = starts[text] + starts[title + 1] - starts[title] - 1
        return (text < n_papers) & (places >= begins)

    def _surface(self, phrase: int, counted: Counter[str], heading: bool) -> str:
        key = self.keys[phrase]
        forms: Counter[str] = Counter()
        kinds: Counter[str] = Counter({key: 0})
        _, _, mostly = max(counted, key=lambda form: (counted[form], form)).partition(" ")
        names = not (heading or self.words.grammar.capital_nouns or mostly[:1].islower())
        for form, count in counted.items():
            # Capitals inside a phrase stay if most papers write them: "Red Sea".
            named = names and form.endswith(f" {mostly}")
            forms[form if named else self._as_in_text(form)] += count
            kinds[self._kind(form)] += count
        kinds[key] *= _SPELLED_OUT
        best = min(kinds, key=lambda kind: (-kinds[kind], len(kind), kind))
        same = {form: count for form, count in forms.items() if self._kind(form) == best}
        return self.words.grammar.best_form(Counter(same))

    def _kind(self, form: str) -> str:
        """Return a key shared by singular and plural, but not by an acronym and its words."""
        return " ".join(map(self.words.grammar.fold, _HYPHEN.sub(" ", form.lower()).split()))

    def _as_in_text(self, form: str) -> str:
        *words, last = form.split()
        last = last if self.words.grammar.capital_nouns else self._in_text(last)
        return " ".join([*map(self._in_text, words), last])

    def _in_text(self, word: str) -> str:
        """Undo the capitals of titles and of the first words of sentences."""
        casings = self._casings.get(word.lower())
        if not casings:
            return word  # joined from several words, as in Chinese
        if not all(part[1:] == part[1:].lower() for part in _HYPHEN.split(word)):
            # An acronym or a name such as mRNA, unless it comes from a title all in capitals.
            return word.lower() if casings[word.lower()] > casings[word] else word
        plainest = max(casings, key=lambda form: (sum(map(str.islower, form)), casings[form]))
        return plainest if casings[plainest] >= _PROPER_SHARE * casings[word] else word

    @cached_property
    def _casings(self) -> dict[str, Counter[str]]:
        """How often each word is written in which case."""
        reading = self.words.reading
        counts = np.bincount(reading.ids, minlength=len(reading.words)).tolist()
        casings: dict[str, Counter[str]] = defaultdict(Counter)
        for lower, word, count in zip(reading.lower_words, reading.words, counts, strict=True):
            casings[lower][word] = count
        return casings


def count_phrases(papers: KeyedWords) -> Phrases:
    """Find the phrases of papers that could become keywords, and who uses them.

    Examples
    --------
    >>> papers = keyed_words(["Reward models help. A reward model fails."], [""])
    >>> phrases = count_phrases(papers)
    >>> number = phrases.find(["reward model"])
    >>> phrases.uses[:, number].toarray().tolist(), phrases.surfaces(number)
    ([[1]], ['reward model'])
    """
    reading, spaced_keys = papers.reading, [f" {key}" if key else "" for key in papers.of_words]
    places, sizes = _candidates(reading, papers.grammar, n_texts=2 * papers.n_papers)
    _, one_of, run = np.unique(
        _number_runs(reading, places, sizes), return_index=True, return_inverse=True
    )
    keys, spaced = np.full(len(one_of), "", dtype=object), np.array(spaced_keys, dtype=object)
    for i in range(int(sizes.max(initial=0))):
        longer = np.flatnonzero(sizes[one_of] > i)
        keys[longer] += spaced[reading.ids[places[one_of[longer]] + i]]
    numbers = numbering()
    phrase = np.array([numbers[key[1:]] for key in keys], dtype=np.int64)[run]
    order = np.argsort(phrase, kind="stable")
    return Phrases(
        words=papers,
        uses=_table(phrase, reading.text_of[places], (papers.n_papers, len(numbers))),
        _numbers=dict(numbers),
        _places=places[order],
        _sizes=sizes[order],
        _first=np.append(0, np.cumsum(np.bincount(phrase, minlength=len(numbers)))),
    )


def _number_runs(reading: Reading, places: IntArray, sizes: IntArray) -> IntArray:
    """Return a number for each run of words: the same for the same words, as they are written.

    Parameters
    ----------
    places, sizes : int arrays of shape (n_runs,)
        Where each run begins in the reading, and how many words it has.
    """
    numbers = np.zeros(len(places), dtype=np.int64)
    used = 0
    for i in range(int(sizes.max(initial=0))):
        longer = np.flatnonzero(sizes > i)
        words = reading.ids[places[longer] + i]
        known, number = np.unique(numbers[longer] * len(reading.words) + words, return_inverse=True)
        numbers[longer] = used + number
        used += len(known)
    return numbers


def _table(phrase: IntArray, text: IntArray, shape: tuple[int, int]) -> sparse.csr_array:
    """Return how papers use phrases, given the phrase and the text of each occurrence.

    Texts are numbered as they were read: texts, titles, keywords.
    """
    n_papers = max(shape[0], 1)
    kind, paper = np.divmod(text, n_papers)
    ways = np.sort((phrase * np.int64(n_papers) + paper) * _N_KINDS + kind)
    cells, kind = np.divmod(ways[np.diff(ways, prepend=-1) > 0], _N_KINDS)
    phrases, papers = np.divmod(cells, n_papers)
    flags = np.array([IN_TEXT, IN_TITLE, DECLARED], dtype=np.int8)[kind]
    return sparse.csr_array((flags, (papers, phrases)), shape=shape)  # which adds up the flags


def _candidates(reading: Reading, grammar: Grammar, n_texts: int) -> tuple[IntArray, IntArray]:
    """Return where the phrases of a reading begin, and how many words they have.

    What follows the first texts are keywords, of which only whole ones count.
    """
    not_first, not_last = grammar.edges(reading)
    ends = reading.mark(grammar.can_end)
    alone = ends & reading.content & reading.mark(grammar.is_subject)
    inside = reading.content & reading.mark(grammar.can_be_inside)
    first, last = inside & ~not_first, inside & ~not_last & ends
    ids = reading.ids[: reading.starts[n_texts]]
    starts = np.flatnonzero(first[ids])
    places, sizes = [starts[(alone & last)[ids[starts]]]], [1]
    for size in range(2, MAX_WORDS + 1):
        starts = starts[: np.searchsorted(starts, len(ids) - size + 1)]
        starts = starts[inside[ids[starts + size - 1]]]
        places.append(starts[last[ids[starts + size - 1]]])
        sizes.append(size)
    n_of_size = [len(of_size) for of_size in places]

    breaks = np.flatnonzero(reading.ids == BREAK)
    breaks = breaks[breaks >= len(ids) - 1]
    starts, lengths = breaks[:-1] + 1, np.diff(breaks) - 1
    final = reading.ids[breaks[1:] - 1]
    fit = (lengths > 0) & (lengths <= MAX_DECLARED_WORDS)
    fit &= reading.content[reading.ids[starts]] & np.where(lengths == 1, alone[final], ends[final])
    places.append(starts[fit])
    return np.concatenate(places), np.append(np.repeat(sizes, n_of_size), lengths[fit])
