r"""Learn what makes a good theme name; writes src/absclust/naming/name_weights.txt.

Usage::

    python training/train_names.py SHARED/data          # in .venv, with the extra "train"

``labelled`` there contains ``named_groups.jsonl.gz`` and ``keyword_groups.jsonl.gz``: groups of
papers with the names that people gave them (sessions, tracks, reading lists; authors' keywords);
``unlabelled`` has the abstracts of many. A ridge regression learns which phrases of a group come
close to the people's name, by all-MiniLM-L6-v2; a second one, which names that are made of the
best phrases. They learn from the groups that people made and named: the papers of an author's
keyword all share it, which themes' papers don't. Both are learnt once more with all languages
taken for unknown, for names in those that the built-in model doesn't know; this takes abstracts,
which only the keywords' papers have. It prints, for each field, how close the chosen names come if
that field is left out of the training. Takes some minutes.
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from sentence_transformers import SentenceTransformer
from sklearn.linear_model import Ridge
from train_builtin import keys, load_teacher, read_records

from absclust.naming.evidence import Evidence
from absclust.naming.keywords import (
    PHRASE_FEATURES,
    Scored,
    Setting,
    diverse,
    ranked_phrases,
)
from absclust.naming.names import FEATURES, name_choices, name_features

SEED = 0
FEWEST_PAPERS, FEWEST_GROUPS, MOST_GROUPS = 4, 5, 40  # groups of one corpus
MOST_CORPORA = 9  # of one field, so that political science doesn't outweigh the rest
MOST_PHRASES, MOST_NAMES = 25, 12  # per group, sampled
RIDGE = 1.0
APART = 0.25  # weight of the likeness to the nearest other group's name
SECOND_PART = 0.02  # what it must add: every part can be wrong
# What groups of four or five papers can't teach: in a theme of a hundred, readers reject what few
# of its papers speak of (decision 84).
READERS = {"share": 0.07, "ratio": 0.04}
WITH_ABSTRACTS = "broad_180k"
NAMED = ("AI", "lists", "politics")  # fields whose groups people made; the others are keywords'
ECOLOGY = ("ecol", "plant", "zoo", "forest", "marine")
POLITICS = ("briatte/ecprconf", "KisooKim/mpsa2026", "briatte/epsaconf")
TARGET = Path(__file__).parents[1] / "src" / "absclust" / "naming" / "name_weights.txt"


class Judge:
    """Compares phrases by meaning; each is embedded once."""

    def __init__(self, transformer: SentenceTransformer) -> None:
        self._transformer = transformer
        self._vectors: dict[str, np.ndarray] = {}

    def vectors(self, texts: list[str]) -> np.ndarray:
        """Return the unit vector of each text."""
        new = sorted(set(texts) - self._vectors.keys())
        if new:
            vectors = self._transformer.encode(new, batch_size=256, normalize_embeddings=True)
            self._vectors.update(zip(new, vectors, strict=True))
        return np.array([self._vectors[text] for text in texts])


@dataclass(frozen=True)
class Group:
    """A group of papers with a name, among the groups of a corpus."""

    field: str
    names: list[str]  # of all groups of the corpus
    number: int  # of this one among them
    phrases: list[Scored]
    setting: Setting


@dataclass(frozen=True)
class Example:
    """What a group can be called, and how good each is."""

    features: np.ndarray
    likeness: np.ndarray  # cosine to the people's name
    nearest: np.ndarray  # the same, to that of the group of the corpus that is nearest besides


def corpora(folder: Path) -> list[tuple[str, list[dict]]]:
    """Return corpora: the groups of one source and year, or of one field, with its name."""
    chance, by_source = random.Random(SEED), defaultdict(list)
    for group in read_records(folder / "labelled" / "named_groups.jsonl.gz"):
        if len(group["papers"]) >= FEWEST_PAPERS:
            by_source[family(group["source"]), group["source"], group.get("year")].append(group)
    for group in read_records(folder / "labelled" / "keyword_groups.jsonl.gz"):
        field = group.get("field", "")
        kind = "ecology" if any(k in field.lower() for k in ECOLOGY) else "sciences"
        by_source[kind, field, None].append(group)
    by_field = defaultdict(list)
    for key in sorted(by_source, key=str):
        groups = list({group["name"]: group for group in by_source[key]}.values())
        chance.shuffle(groups)
        parts = [groups[i : i + MOST_GROUPS] for i in range(0, len(groups), MOST_GROUPS)]
        by_field[key[0]] += [part for part in parts if len(part) >= FEWEST_GROUPS]
    return [
        (field, part)
        for field, parts in by_field.items()
        for part in chance.sample(parts, min(MOST_CORPORA, len(parts)))
    ]


def family(source: str) -> str:
    """Return the field of a source of named groups."""
    if source in POLITICS:
        return "politics"
    return "AI" if "paperlists" in source or "acl" in source.lower() else "lists"


def abstracts(folder: Path) -> dict[str, str]:
    """Return abstracts by what identifies their title."""
    records = read_records(folder / "unlabelled" / f"{WITH_ABSTRACTS}.jsonl.gz")
    return {
        key: record["abstract"] for record in records for key in keys(record.get("title") or "", "")
    }


def read_groups(field: str, groups: list[dict], known: dict[str, str]) -> Iterator[Group]:
    """Yield the groups of a corpus that are in English."""
    papers = [(g, paper) for g, group in enumerate(groups) for paper in group["papers"]]
    titles = [paper.get("title") or "" for _, paper in papers]
    texts = []
    for title, (_, paper) in zip(titles, papers, strict=True):
        found = (known[key] for key in keys(title, "") if key in known)
        texts.append(f"{title}. {paper.get('abstract') or next(found, '')}".strip(". "))
    groups_of = np.array([g for g, _ in papers])
    evidence = Evidence.of(texts, titles).covering(groups_of)
    labels = groups_of[evidence.papers]
    setting = Setting.of(evidence, "en", labels)
    names = [group["name"] for group in groups]
    for theme in evidence.themes_in(labels).get("en", []):
        phrases = ranked_phrases(theme, setting)
        if len(phrases) > 1:
            yield Group(field, names, theme, phrases, setting)


def sampled_phrases(group: Group) -> tuple[list[str], np.ndarray]:
    """Return a sample of a group's phrases, and their features."""
    size = min(MOST_PHRASES, len(group.phrases))
    shown = random.Random(SEED).sample(group.phrases, size)
    return [phrase.surface for phrase in shown], np.array([phrase.features for phrase in shown])


def possible_names(group: Group, weights: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the names that a group's best phrases can make, and their features."""
    scored = [replace(s, score=float(s.features @ weights)) for s in group.phrases]
    keywords = diverse(sorted(scored, key=lambda s: (-s.score, s.key)))
    choices = name_choices(keywords)
    features = name_features(group.number, keywords, choices, group.setting)
    return [", ".join(keywords[k].surface for k in choice) for choice in choices], features


def sampled_names(group: Group, weights: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return a sample of these names, and their features."""
    names, features = possible_names(group, weights)
    shown = random.Random(SEED).sample(range(len(names)), min(MOST_NAMES, len(names)))
    return [names[i] for i in shown], features[shown]


def examples(
    groups: list[Group], found: list[tuple[list[str], np.ndarray]], judge: Judge
) -> list[Example]:
    """Compare what each group can be called with what people call it."""
    judge.vectors([text for texts, _ in found for text in texts])  # all at once, which is faster
    compared = []
    for group, (texts, features) in zip(groups, found, strict=True):
        cosine = judge.vectors(texts) @ judge.vectors(group.names).T
        others = np.delete(cosine, group.number, axis=1).max(axis=1)
        compared.append(Example(features, cosine[:, group.number], others))
    return compared


def fit(among: list[Example], *, positive: bool = False) -> np.ndarray:
    """Return the weights of the features: which names of a group are better than its others.

    Weights can be kept from being negative, where each feature speaks for a name.
    """
    x = np.concatenate([e.features - e.features.mean(axis=0) for e in among])
    values = [e.likeness - APART * e.nearest for e in among]
    y = np.concatenate([value - value.mean() for value in values])
    spread = x.std(axis=0) + 1e-9
    return Ridge(RIDGE, fit_intercept=False, positive=positive).fit(x / spread, y).coef_ / spread


def learn(groups: list[Group], judge: Judge) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights of phrases' features, and of names' features."""
    phrases = fit(examples(groups, list(map(sampled_phrases, groups)), judge))
    names = fit(
        examples(groups, [sampled_names(group, phrases) for group in groups], judge), positive=True
    )
    names[FEATURES.index("one_part")] += SECOND_PART
    for feature, weight in READERS.items():
        phrases[PHRASE_FEATURES.index(feature)] += weight
    return phrases, names


def report(field: str, groups: list[Group], taught: list[Group], judge: Judge) -> None:
    """Print how close the chosen names of a field come, learnt from the others of some groups."""
    phrases, names = learn([group for group in taught if group.field != field], judge)
    own, chosen = [group for group in groups if group.field == field], []
    for group in own:
        possible, features = possible_names(group, phrases)
        best = [int(np.argmax(features @ names))]
        chosen.append(([possible[i] for i in best], features[best]))
    row = np.mean(
        [
            (
                e.likeness[0],
                e.likeness[0] > e.nearest[0],
                2 - e.features[0, FEATURES.index("one_part")],
            )
            for e in examples(own, chosen, judge)
        ],
        axis=0,
    )
    print(f"| {field} {len(own)} | {' | '.join(f'{value:.3f}' for value in row)} |", flush=True)


def main() -> None:
    """Run all steps."""
    parser = argparse.ArgumentParser(description="Learn what makes a good theme name.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", type=Path, default=TARGET, help="where to write them")
    args = parser.parse_args()
    judge, known = Judge(load_teacher()), abstracts(args.data)
    columns = []
    nothing_learnt = patch(
        "absclust.naming.keywords.learnt_weights", lambda features, _: np.zeros(len(features))
    )
    for by_model, share in ((True, 0.0), (False, 2.0)):
        with nothing_learnt, patch("absclust.naming.evidence.KNOWN_SHARE", share):
            groups = [
                group
                for field, found in corpora(args.data)
                for group in read_groups(field, found, known)
            ]
        taught = [group for group in groups if (group.field in NAMED) == by_model]
        print(f"\nMeaning by {'the model' if by_model else 'use'}:\n")
        print("| groups | likeness | right | parts |\n" + "|---" * 4 + "|", flush=True)
        for field in sorted({group.field for group in groups}):
            report(field, groups, taught, judge)
        columns.append(np.concatenate(learn(taught, judge)))
    rows = zip((*PHRASE_FEATURES, *FEATURES), *columns, strict=True)
    head = "# Weights of what phrases and names are judged by, if the built-in model knows the\n"
    head += "# language, and if not; training/train_names.py wrote them.\n"
    lines = [f"{feature} {known:.5f} {unknown:.5f}\n" for feature, known, unknown in rows]
    args.weights.write_text(head + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
