r"""Learn what makes a good theme name; writes src/absclust/naming/name_weights.txt.

Usage::

    python training/train_names.py LABELLED          # in .venv, with the extra "train"

LABELLED contains ``named_groups.jsonl.gz`` and ``keyword_groups.jsonl.gz``: groups of papers
with the names that people gave them (sessions, tracks, reading lists; authors' keywords). For
each group, the names that its keywords can make are compared with the people's name by
all-MiniLM-L6-v2, and a ridge regression learns which of them come close. It prints, for each
field, how close the chosen names come if that field is left out of the training.
"""

import argparse
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer
from sklearn.linear_model import Ridge
from train_builtin import load_teacher, read_records

from absclust.naming.evidence import Evidence
from absclust.naming.keywords import theme_centres, theme_keywords
from absclust.naming.names import FEATURES, name_choices, name_features, name_themes
from absclust.naming.theme_use import ThemeUse

SEED = 0
FEWEST_PAPERS, FEWEST_GROUPS, MOST_GROUPS = 4, 5, 40  # groups of one corpus
MOST_CORPORA = 9  # of one field, so that political science doesn't outweigh the rest
MOST_NAMES = 18  # per group, sampled
RIDGE = 1.0
APART = 0.5  # weight of the likeness to the nearest other group's name
ECOLOGY = ("ecol", "plant", "zoo", "forest", "marine")
POLITICS = ("briatte/ecprconf", "KisooKim/mpsa2026", "briatte/epsaconf")
TARGET = Path(__file__).parents[1] / "src" / "absclust" / "naming" / "name_weights.txt"


@dataclass(frozen=True)
class Example:
    """A group of papers: the names that its keywords can make, and how good each is."""

    field: str
    features: np.ndarray
    n_parts: np.ndarray
    likeness: np.ndarray  # cosine of each name to the people's name
    nearest: np.ndarray  # the same, to that of the group of the corpus that is nearest besides
    before: tuple[float, float]  # both, of the name as it was


def corpora(folder: Path) -> list[tuple[str, list[dict]]]:
    """Return corpora: the groups of one source and year, or of one field, with its name."""
    chance, by_source = random.Random(SEED), defaultdict(list)
    for group in read_records(folder / "named_groups.jsonl.gz"):
        if len(group["papers"]) >= FEWEST_PAPERS:
            by_source[family(group["source"]), group["source"], group.get("year")].append(group)
    for group in read_records(folder / "keyword_groups.jsonl.gz"):
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


def examples(
    field: str, groups: list[dict], transformer: SentenceTransformer, chance: random.Random
) -> list[Example]:
    """Return the groups of a corpus that are named in English, with the names they can have."""
    papers = [(g, paper) for g, group in enumerate(groups) for paper in group["papers"]]
    titles = [paper.get("title") or "" for _, paper in papers]
    texts = [
        f"{title}. {paper.get('abstract') or ''}".strip(". ")
        for title, (_, paper) in zip(titles, papers, strict=True)
    ]
    groups_of = np.array([g for g, _ in papers])
    evidence = Evidence.of(texts, titles).covering(groups_of)
    labels = groups_of[evidence.papers]
    themes = evidence.themes_in(labels).get("en", [])
    own = evidence.read_in("en")
    if not len(themes) or evidence.vectors("en") is None:
        return []
    use = ThemeUse.count(evidence.phrases("en"), labels[own], len(groups))
    centres = theme_centres(evidence.vectors("en"), labels[own], len(groups))
    before = name_themes(evidence, groups_of)
    told = encode(transformer, [group["name"] for group in groups])
    found = []
    for theme in themes:
        keywords = theme_keywords(theme, evidence, use, centres)
        used = use.users(theme, np.array([k.phrase for k in keywords], dtype=np.int64))
        choices = name_choices(keywords)
        if len(choices) < 2:
            continue
        features = name_features(theme, keywords, choices, used, centres)
        shown = sorted(chance.sample(range(len(choices)), min(MOST_NAMES, len(choices))))
        names = [", ".join(keywords[k].surface for k in choices[i]) for i in shown]
        cosine = encode(transformer, [*names, before[theme].name]) @ told.T
        own, others = cosine[:, theme], np.delete(cosine, theme, axis=1).max(axis=1)
        n_parts = np.array([len(choices[i]) for i in shown])
        was = (float(own[-1]), float(others[-1]))
        found.append(Example(field, features[shown], n_parts, own[:-1], others[:-1], was))
    return found


def encode(transformer: SentenceTransformer, names: list[str]) -> np.ndarray:
    """Return the unit vectors of names."""
    return transformer.encode(names, batch_size=256, normalize_embeddings=True)


def fit(among: list[Example]) -> np.ndarray:
    """Return the weights of the features: which names of a group are better than its others."""
    x = np.concatenate([e.features - e.features.mean(axis=0) for e in among])
    values = [e.likeness - APART * e.nearest for e in among]
    y = np.concatenate([value - value.mean() for value in values])
    spread = x.std(axis=0) + 1e-9
    return Ridge(RIDGE, fit_intercept=False).fit(x / spread, y).coef_ / spread


def report(field: str, among: list[Example], weights: np.ndarray) -> None:
    """Print how close the chosen names come to the people's, and how many are told apart."""
    chosen = [int(np.argmax(e.features @ weights)) for e in among]
    pairs = list(zip(among, chosen, strict=True))
    row = [
        np.mean([e.before[0] for e in among]),
        np.mean([e.before[0] > e.before[1] for e in among]),
        np.mean([e.likeness[i] for e, i in pairs]),
        np.mean([e.likeness[i] > e.nearest[i] for e, i in pairs]),
        np.mean([e.n_parts[i] for e, i in pairs]),
        np.mean([e.likeness.max() for e in among]),
    ]
    print(f"| {field} {len(among)} | {' | '.join(f'{value:.3f}' for value in row)} |", flush=True)


def main() -> None:
    """Run all steps."""
    parser = argparse.ArgumentParser(description="Learn what makes a good theme name.")
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--weights", type=Path, default=TARGET, help="where to write them")
    args = parser.parse_args()
    transformer = load_teacher()
    chance = random.Random(SEED)
    among = [
        example
        for field, groups in corpora(args.labelled)
        for example in examples(field, groups, transformer, chance)
    ]
    print("| groups | as it was | right | learnt | right | parts | best |\n" + "|---" * 7 + "|")
    for field in sorted({e.field for e in among}):
        others = fit([e for e in among if e.field != field])
        report(field, [e for e in among if e.field == field], others)
    lines = [f"{f} {w:.5f}" for f, w in zip(FEATURES, fit(among), strict=True)]
    head = "# Weights of a name's features; training/train_names.py wrote them."
    args.weights.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
