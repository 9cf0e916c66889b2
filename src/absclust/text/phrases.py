"""Texts -> the phrases that papers use, counted by paper and theme.

A phrase is one to four consecutive words of a text, with no stop word, number or
punctuation among them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from types import MappingProxyType

from absclust.text.grammar import Edges, Grammar, grammar_of
from absclust.text.words import fold_plural, is_stop_word, word_list

MAX_WORDS = 4
_TITLE_PRIOR = 4  # number of papers that the prior share of titles counts as
_TITLE_WEIGHT = 2  # added to a paper's weight of 1 if the phrase is in its title
# A phrase is a fragment if at least this share of its papers use one and the same
# longer phrase: "large language" before "model".
_FRAGMENT_SHARE = 0.65
_PROPER_SHARE = 0.2  # a word with fewer lower-case uses, relative to capitalised, is a name

_TOKEN = re.compile(r"[^\W_]+(?:[-‐‑'’][^\W_]+)*(?:\+\+|#)?")
_NUMBER = re.compile(r"[\d.,]+(?:[kKmMbB]|th|st|nd|rd|[xX])?|\d+[-‐‑]\d+")
_HYPHEN = re.compile(r"[-‐‑]")
_ACRONYM = re.compile(r"\(\s*([A-Z][A-Za-z0-9-]{0,8}[A-Z0-9]s?)\s*[),;]")
# Endings of adjectives, participles and adverbs: "deep generative" is half a
# phrase. Nouns with these endings are in the word list "finished".
_UNFINISHED = re.compile(
    r"(?:ive|ous|al|ic|able|ible|ed|ary|ful|less|ly|ant|ent|wise|like|free|aware|an|eous)$"
)


_AFTER_TO = re.compile(r"\b(?:to|can|we|may|that|which|cannot|will|would|could|and)\s+([a-z]+)\b")
_BEFORE_ARTICLE = re.compile(r"\b([a-z]+)\s+(?:the|an?|its|their)\b")
_AFTER_ARTICLE = re.compile(r"\b(?:the|an?|of|its|their|this|these|for|in)\s+([a-z]+)\b")


# How one paper uses a phrase: the paper's theme, its weight, and the forms it writes. A plain
# tuple, because there are hundreds of thousands and the garbage collector ignores those.
_Use = tuple[int, int, tuple[str, ...]]


@dataclass(eq=False)
class PhraseCounts:
    """How often each theme's papers use each phrase, and how they write it.

    Phrases used by a single paper are left out, unless it is the only paper of its
    theme. The key of a phrase is its words in lower case, with plurals folded, hyphens
    replaced by spaces, and acronyms replaced by what they stand for.

    Attributes
    ----------
    grammar
        The rules of the papers' language.
    papers : dict of Counter
        For each phrase, the number of papers in each theme.
    weight : dict of Counter
        The same, with papers that have the phrase in their title counted three times.
    """

    grammar: Grammar
    papers: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    weight: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    _forms: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _casings: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, key: str, use: _Use) -> None:
        """Count a paper that uses a phrase."""
        theme, weight, forms = use
        self.papers[key][theme] += 1
        self.weight[key][theme] += weight
        for form in forms:
            self._forms[key][form] += 1

    def surface(self, key: str) -> str:
        """Return the form of a phrase that the most papers use, as in running text.

        Singular and plural count together when an acronym competes with what it stands
        for; so the form is LLMs if many papers don't spell it out.
        """
        forms: Counter[str] = Counter()
        kinds: Counter[str] = Counter()
        for form, count in self._forms[key].items():
            *words, last = form.split()
            last = last if self.grammar.capital_nouns else self._in_text(last)
            forms[" ".join([*map(self._in_text, words), last])] += count
            kinds[self._kind(form)] += count
        best = min(kinds, key=lambda kind: (-kinds[kind], len(kind), kind))
        same = {form: count for form, count in forms.items() if self._kind(form) == best}
        return self.grammar.best_form(Counter(same))

    def _kind(self, form: str) -> str:
        """Return a key shared by singular and plural, but not by an acronym and its words."""
        return " ".join(map(self.grammar.fold, _HYPHEN.sub(" ", form.lower()).split()))

    def titled(self, key: str) -> float:
        """Return the share of a phrase's papers that have it in the title, smoothed.

        The share of rare phrases is drawn towards that of all phrases. It is 1 for every
        phrase if no title contains any.
        """
        if not self._overall_titled:
            return 1.0
        papers = self.papers[key].total()
        titled = (self.weight[key].total() - papers) / _TITLE_WEIGHT
        total = papers + _TITLE_PRIOR
        return (titled + _TITLE_PRIOR * self._overall_titled) / total

    @cached_property
    def _overall_titled(self) -> float:
        papers = sum(counter.total() for counter in self.papers.values())
        weight = sum(counter.total() for counter in self.weight.values())
        return (weight - papers) / _TITLE_WEIGHT / max(papers, 1)

    def gathered(self, theme_of: Mapping[int, int]) -> "PhraseCounts":
        """Return counts by theme, given the theme of each part that these are counted by.

        A theme of several parts gets only the phrases that at least two of them use.
        """
        n_parts = Counter(theme_of.values())
        gathered = replace(self, papers=defaultdict(Counter), weight=defaultdict(Counter))
        for key, papers in self.papers.items():
            spread = Counter(theme_of[part] for part in papers)
            for part, count in papers.items():
                theme = theme_of[part]
                if spread[theme] >= min(2, n_parts[theme]):
                    gathered.papers[key][theme] += count
                    gathered.weight[key][theme] += self.weight[key][part]
        return gathered

    def drop(self, stop_phrases: Iterable[str]) -> None:
        """Forget the phrases that contain a stop phrase, in any case, singular or plural."""
        stops = [f" {phrase_key(phrase, grammar=self.grammar)} " for phrase in stop_phrases]
        for key in [key for key in self.papers if any(stop in f" {key} " for stop in stops)]:
            del self.papers[key], self.weight[key]

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


def count_phrases(
    texts: Sequence[str], titles: Sequence[str], themes: Sequence[int], language: str = "en"
) -> PhraseCounts:
    """Count the phrases of papers that could become keywords.

    Parameters
    ----------
    texts, titles
        Cleaned text (title and abstract) and title of each paper.
    themes
        Theme of each paper.
    language
        ISO 639-1 code of the papers' language.

    Examples
    --------
    >>> counts = count_phrases(["Reward models help. A reward model fails."], [""], [0])
    >>> counts.papers["reward model"][0], counts.surface("reward model")
    (1, 'reward model')
    """
    grammar = english_or(language)
    acronyms = find_acronyms(texts, grammar.fold)
    # A few words make up most of a corpus, so the key of each is worked out only once.
    key_of = cache(partial(_key, acronyms=acronyms, fold=grammar.fold))
    runs_of = [list(_runs(text, grammar)) for text in texts]
    edges = grammar.edges(runs_of, texts)
    counts = PhraseCounts(grammar)
    sizes = Counter(themes)
    single_uses: dict[str, _Use] = {}
    for runs, title, theme in zip(runs_of, titles, themes, strict=True):
        in_title = {key for key, _ in _candidates(_runs(title, grammar), key_of, edges, grammar)}
        forms: dict[str, tuple[str, ...]] = {}
        for key, form in _candidates(runs, key_of, edges, grammar):
            written = forms.get(key, ())
            if form not in written:
                forms[key] = (*written, form)
        for key, written in forms.items():
            use = (theme, 1 + (_TITLE_WEIGHT if key in in_title else 0), written)
            if key in counts.papers:
                counts.add(key, use)
            elif key in single_uses:
                counts.add(key, single_uses.pop(key))
                counts.add(key, use)
            elif sizes[theme] == 1:
                counts.add(key, use)
            else:
                # Most phrases occur in one paper only; counters for all would take gigabytes.
                single_uses[key] = use
        for word in {word for run in runs for word in run}:
            counts._casings[word.lower()][word] += 1
    _drop_fragments(counts)
    return counts


def find_acronyms(texts: Iterable[str], fold: Callable[[str], str] = fold_plural) -> dict[str, str]:
    """Map each acronym to the key of what the texts say it stands for.

    An acronym in parentheses is taken as defined if its letters are the initials of
    the words before it (after Schwartz and Hearst 2003). The most frequent definition
    counts.

    Examples
    --------
    >>> find_acronyms(["We use reinforcement learning (RL) and RL agents."])
    {'RL': 'reinforcement learning'}
    """
    meanings: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for match in _ACRONYM.finditer(text):
            acronym = _singular_acronym(match[1])
            letters = [c.lower() for c in acronym if c.isalpha()]
            before = re.findall(r"[^\W_]+", text[max(0, match.start() - 100) : match.start()])
            words = [w.lower() for w in before[-len(letters) :]]
            if len(words) >= 2 and [w[0] for w in words] == letters:
                meanings[acronym][" ".join(map(fold, words))] += 1
    return {acronym: forms.most_common(1)[0][0] for acronym, forms in meanings.items()}


def english_or(language: str) -> Grammar:
    """Return the rules of a language, English included, by its ISO 639-1 code."""
    return _ENGLISH if language == "en" else grammar_of(language)


def phrase_key(
    text: str,
    acronyms: Mapping[str, str] = MappingProxyType({}),
    grammar: Grammar | None = None,
) -> str:
    """Return the key by which phrases are compared: lower case, singular, without hyphens.

    Known acronyms are replaced by what they stand for. The rules are those of English
    unless a grammar is given.

    Examples
    --------
    >>> phrase_key("Vision-Language Models")
    'vision language model'
    """
    grammar = grammar or _ENGLISH
    tokens = _TOKEN.finditer(grammar.spaced(text))
    return " ".join(_key(match[0], acronyms, grammar.fold) for match in tokens)


def _singular_acronym(token: str) -> str:
    return token[:-1] if token.endswith("s") and token[:-1].isupper() else token


def _runs(text: str, grammar: Grammar) -> Iterator[list[str]]:
    """Yield runs of words, uninterrupted by stop words, numbers or punctuation."""
    text = grammar.spaced(text)
    run: list[str] = []
    end = 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token[-1] == "s":
            token = token.removesuffix("'s").removesuffix("’s")
        if run and text[end : match.start()] != " ":
            yield run
            run = []
        end = match.end()
        number = token[0].isdigit() and _NUMBER.fullmatch(token)
        stops = len(token) == 1 or bool(number) or grammar.is_stop(token)
        if not stops:
            run.append(token)
        if run and (stops or token != match[0]):  # a possessive ends a phrase too
            yield run
            run = []
    if run:
        yield run


def _verbs(runs_of: Iterable[list[list[str]]], texts: Iterable[str]) -> Edges:
    """Return the verbs that can't begin a phrase, and those that can't end one.

    "Predicting" begins "predicting gene expression" and is a verb; "parsing" ends
    "semantic parsing" and is a noun. "Fool" follows "to", and "induces" precedes "a".
    """
    begins: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    for runs in runs_of:
        for run in runs:
            if len(run) > 1:
                begins[run[0].lower()] += 1
                ends[run[-1].lower()] += 1
    doing = frozenset(w for w in begins if w.endswith("ing") and begins[w] > ends[w])
    verbs: Counter[str] = Counter()
    nouns: Counter[str] = Counter()
    for text in texts:
        lower = text.lower()
        verbs.update(_AFTER_TO.findall(lower))
        verbs.update(_BEFORE_ARTICLE.findall(lower))
        nouns.update(_AFTER_ARTICLE.findall(lower))
    return doing, frozenset(w for w in verbs if verbs[w] > max(nouns[w], ends[w]))


def _candidates(
    runs: Iterable[list[str]],
    key_of: Callable[[str], str],
    edges: Edges,
    grammar: Grammar,
) -> Iterator[tuple[str, str]]:
    """Yield the key and the surface form of each candidate phrase."""
    not_first, not_last = edges
    for run in runs:
        keys = list(map(key_of, run))
        lower = [word.lower() for word in run]
        # In capitals it is not a verb: RAG.
        can_end = [w.isupper() or lw not in not_last for w, lw in zip(run, lower, strict=True)]
        for start in range(len(run)):
            if lower[start] in not_first:
                continue
            for end in range(start + 1, min(start + MAX_WORDS, len(run)) + 1):
                if can_end[end - 1] and grammar.is_candidate(words := tuple(run[start:end])):
                    yield " ".join(keys[start:end]), grammar.join(words)


def _key(token: str, acronyms: Mapping[str, str], fold: Callable[[str], str]) -> str:
    meaning = acronyms.get(_singular_acronym(token))
    return meaning or " ".join(map(fold, _HYPHEN.split(token.lower())))


def _is_candidate(words: tuple[str, ...]) -> bool:
    last = words[-1]
    if not _can_end(last) or any(map(_is_adverb, words)):
        return False
    return len(words) > 1 or (not _is_generic(last) and (len(last) > 2 or last.isupper()))


@cache
def _can_end(word: str) -> bool:
    lower = fold_plural(word.lower())
    finished = word_list("finished")
    return word.isupper() or lower in finished or not _UNFINISHED.search(lower)


@cache
def _is_adverb(word: str) -> bool:
    return word.lower().endswith("ly") and word.lower() not in word_list("finished")


@cache
def _is_generic(word: str) -> bool:
    return word.lower() in word_list("generic") or fold_plural(word.lower()) in word_list("generic")


_ENGLISH = Grammar(
    spaced=str, is_stop=is_stop_word, fold=fold_plural, is_candidate=_is_candidate, edges=_verbs
)


def _drop_fragments(counts: PhraseCounts) -> None:
    """Drop phrases that mostly occur inside one and the same longer phrase."""
    totals = {key: papers.total() for key, papers in counts.papers.items()}
    fragments: set[str] = set()
    for key, total in totals.items():
        words = key.split()
        for part in (" ".join(words[1:]), " ".join(words[:-1])):
            if part in totals and total >= 2 and total >= _FRAGMENT_SHARE * totals[part]:
                fragments.add(part)
    for key in fragments:
        del counts.papers[key], counts.weight[key]
