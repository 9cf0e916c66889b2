r"""Learn what makes a good theme name; writes src/absclust/naming/name_weights.toml.

Usage::

    python training/train_names.py SHARED/data/unlabelled          # in .venv

Beside this script, ``name_ratings.json.gz`` holds how readers rated some 25 phrases of each of
some 400 themes, by the titles of their papers: 3 is a name on its own, 2 one of two parts, 1 true
but weak, 0 what an editor would correct; and the best name that they could make of one or two of
them. Of 240 themes it has the ratings of some six sentences each: 2 says well what the papers
share, 1 will do, 0 won't. The papers themselves stay in SHARED: the file has their lines there, and
which theme each was in. A ridge regression learns which phrases of a theme are rated better than
its others; a second one, which names made of the best phrases; a logistic one, which sentences are
kept. The first two are learnt once more with all languages taken for unknown, for names in those
that the built-in model doesn't know. Prints what is chosen of corpora that are left out of the
training. Takes three minutes.
"""

import argparse
import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge

from absclust.corpus.corpus import build_corpus
from absclust.naming.evidence import Evidence
from absclust.naming.keywords import (
    PHRASE_FEATURES,
    Scored,
    Setting,
    candidates,
    diverse,
    ranked_phrases,
    theme_keywords,
)
from absclust.naming.names import FEATURES, name_choices, name_features
from absclust.naming.sentences import SENTENCE_FEATURES, fit_sentences, sentence_features

RIDGE = 3.0
FOLDS = 6
SCALE = 5.0  # of ratings, so that scores are as far apart as what names.py adds to them expects
GOOD = 2  # the least rating of a part that nobody corrects
# What a name is worth by the ratings of its parts, the better one first: 1 is what a reader would
# print. One part that should be two loses some, as does one part too many.
ONE = {3: 1.0, 2: 0.6, 1: 0.2, 0: 0.0}
TWO = {(3, 3): 1.0, (3, 2): 1.0, (2, 2): 0.95, (3, 1): 0.35, (2, 1): 0.35, (1, 1): 0.35}
ODD_PART = 0.1
TOO_FEW, TOO_MANY = 0.15, 0.2
# What ratings of single phrases can't teach: readers of whole names, who saw twenty titles of each
# theme, corrected those that few of its papers speak of (decision 88).
REACHED = 0.2
# Names are learnt from those that a theme's best phrases make: of all others, the ridge would
# learn that two poor parts are better than one.
MOST_PHRASES = 4
# Sentences were rated from the 20 papers nearest to each theme's centre, and are identified by
# the first letters of their SHA-1: the texts themselves are their authors'.
RATED_PAPERS, DIGEST = 20, 10
HERE = Path(__file__).parent
HEAD = """\
# Weights of what phrases, names and sentences are judged by; training/train_names.py wrote them.
# If the built-in model knows the language:
[by_model]
"""
TARGET = HERE.parent / "src" / "absclust" / "naming" / "name_weights.toml"


@dataclass(frozen=True)
class Rated:
    """A theme, the phrases of it that were rated, and their ratings."""

    corpus: int
    theme: int
    setting: Setting
    phrases: list[Scored]
    ratings: dict[str, int]  # by the key of the phrase
    best: set[str]  # the keys of the best name's parts
    sentences: dict[str, int]  # by their digest

    def worth(self, name: Sequence[Scored]) -> float:
        """Return what a name is worth."""
        parts = sorted((self.ratings[part.key] for part in name), reverse=True)
        if len(parts) == 1:
            return ONE[parts[0]] - TOO_FEW * (parts[0] == max(ONE) and len(self.best) == 2)
        worth = TWO.get((parts[0], parts[1]))
        if worth is None:
            return ODD_PART
        return worth - TOO_MANY * (parts[1] >= GOOD and len(self.best) == 1)


def rated_themes(folder: Path) -> list[Rated]:
    """Read the ratings, and the papers of the themes that they are about."""
    with gzip.open(HERE / "name_ratings.json.gz", "rt", encoding="utf-8") as file:
        found = json.load(file)
    settings = [_setting(folder, corpus) for corpus in found["corpora"]]
    rated = []
    for of in found["themes"]:
        setting, theme, ratings = settings[of["corpus"]], of["theme"], of["ratings"]
        ranked = ranked_phrases(theme, setting, candidates(theme, setting.use))
        phrases = [p for p in ranked if p.key in ratings]
        others = set(of["best"]), of.get("sentences", {})
        rated.append(Rated(of["corpus"], theme, setting, phrases, ratings, *others))
    return [theme for theme in rated if len(theme.phrases) > 1]


def _setting(folder: Path, corpus: dict[str, Any]) -> Setting:
    wanted = set(corpus["lines"])
    with gzip.open(folder / f"{corpus['file']}.jsonl.gz", "rt", encoding="utf-8") as lines:
        upto = enumerate(islice(lines, max(wanted) + 1))
        records = {i: json.loads(line) for i, line in upto if i in wanted}
    papers = [{of: records[i].get(of) for of in ("title", "abstract")} for i in corpus["lines"]]
    read = build_corpus(papers)
    labels = np.array(corpus["labels"])[read.first_row]
    evidence = Evidence.of(read.paper_texts, read.paper_titles).covering(labels)
    return Setting.of(evidence, "en", labels[evidence.papers])


def fit(rows: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Return the weights of features by which a theme's rows are better than its others."""
    x = np.concatenate([features - features.mean(axis=0) for features, _ in rows])
    y = np.concatenate([values - values.mean() for _, values in rows])
    spread = x.std(axis=0) + 1e-9
    return Ridge(RIDGE, fit_intercept=False).fit(x / spread, y).coef_ / spread


def names_of(
    theme: Rated, weights: np.ndarray, most: int | None = None
) -> tuple[list[list[Scored]], np.ndarray]:
    """Return the names that a theme's best rated phrases can make, and their features."""
    scored = [replace(s, score=float(s.features @ weights)) for s in theme.phrases]
    keywords = diverse(sorted(scored, key=lambda s: (-s.score, s.key)))[:most]
    choices = name_choices(keywords)
    features = name_features(theme.theme, keywords, choices, theme.setting)
    return [[keywords[k] for k in choice] for choice in choices], features


def learn(themes: list[Rated]) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights of phrases' features, and of names' features."""
    rows = []
    for theme in themes:
        ratings = np.array([theme.ratings[phrase.key] for phrase in theme.phrases])
        rows.append((np.array([phrase.features for phrase in theme.phrases]), ratings / SCALE))
    phrases = fit(rows)
    rows = []
    for theme in themes:
        names, features = names_of(theme, phrases, MOST_PHRASES)
        rows.append((features, np.array([theme.worth(name) for name in names])))
    weights = fit(rows)
    weights[FEATURES.index("reached")] += REACHED
    return phrases, weights


def report(themes: list[Rated]) -> None:
    """Print what is chosen for the themes of each corpus, learnt from other corpora."""
    chosen = []
    for fold in range(FOLDS):
        phrases, names = learn([theme for theme in themes if theme.corpus % FOLDS != fold])
        for theme in themes:
            if theme.corpus % FOLDS == fold:
                first = max(theme.phrases, key=lambda s: float(s.features @ phrases))
                possible, features = names_of(theme, phrases)
                name = possible[int(np.argmax((features @ names).round(6)))]
                worst = min(theme.ratings[part.key] for part in name)
                rated = theme.ratings[first.key]
                row = (rated, rated >= GOOD, theme.worth(name), worst >= GOOD, worst == 0)
                chosen.append((*row, len(name)))
    print("| themes | best phrase | good | name's worth | all parts good | one odd | parts |")
    means = " | ".join(f"{value:.3f}" for value in np.mean(np.array(chosen, float), axis=0))
    print(f"{'|---' * 7}|\n| {len(chosen)} | {means} |", flush=True)


def rated_sentences(themes: list[Rated]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return features, whether a reader keeps it, corpus and theme of each rated sentence."""
    rows = []
    with patch("absclust.naming.sentences._PAPERS", RATED_PAPERS):
        for number, of in enumerate(themes):
            if of.sentences:
                [keywords] = theme_keywords([of.theme], of.setting)
                found = fit_sentences(of.theme, of.setting)
                features = sentence_features(of.theme, found, keywords, of.setting)
                digests = [hashlib.sha1(s.text.encode()).hexdigest()[:DIGEST] for s in found]
                rows += [
                    (row, of.sentences[digest] > 0, of.corpus, number)
                    for digest, row in zip(digests, features, strict=True)
                    if digest in of.sentences
                ]
    features, kept, corpus, theme = zip(*rows, strict=True)
    return np.array(features), np.array(kept), np.array(corpus), np.array(theme)


def fit_kept(features: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Return the weights whose sum is the log-odds that a sentence is kept."""
    model = LogisticRegression(C=1e3, fit_intercept=False, max_iter=1000)  # one is the constant
    weights: np.ndarray = model.fit(features, kept).coef_[0]
    return weights


def learn_sentences(themes: list[Rated]) -> np.ndarray:
    """Return the weights of sentences; print what is chosen in corpora that are left out."""
    features, kept, corpus, theme = rated_sentences(themes)
    scores = np.zeros(len(kept))
    for fold in range(FOLDS):
        out = corpus % FOLDS == fold
        scores[out] = features[out] @ fit_kept(features[~out], kept[~out])
    best = [max(np.flatnonzero(theme == t), key=lambda i: scores[i]) for t in np.unique(theme)]
    shown = [i for i in best if scores[i] > 0]
    print(
        f"\nSentences of {len(best)} themes: the best is kept in {kept[best].mean():.2f}; "
        f"{len(shown)} score above 0, of which {kept[shown].mean():.2f} are kept."
    )
    return fit_kept(features, kept)


def weight_lines(features: Sequence[str], weights: Sequence[float]) -> str:
    """Write weights as lines of TOML."""
    pairs = zip(features, weights, strict=True)
    return "".join(f"{feature} = {weight:.5f}\n" for feature, weight in pairs)


def main() -> None:
    """Run all steps."""
    parser = argparse.ArgumentParser(description="Learn what makes a good theme name.")
    parser.add_argument("unlabelled", type=Path)
    parser.add_argument("--weights", type=Path, default=TARGET, help="where to write them")
    args = parser.parse_args()
    columns = []
    nothing_learnt = patch(
        "absclust.naming.keywords.learnt_weights", lambda features, _: np.zeros(len(features))
    )
    for by_model, share in ((True, 0.0), (False, 2.0)):
        with nothing_learnt, patch("absclust.naming.evidence.KNOWN_SHARE", share):
            themes = rated_themes(args.unlabelled)
        print(f"\nMeaning by {'the model' if by_model else 'use'}:\n")
        report(themes)
        columns.append(np.concatenate(learn(themes)))
    by_use, by_model = (weight_lines((*PHRASE_FEATURES, *FEATURES), of) for of in columns[::-1])
    by_use = f"\n# And if it doesn't: then there are no sentences.\n[by_use]\n{by_use}"
    args.weights.write_text(f"{HEAD}{by_model}{by_use}", encoding="utf-8")
    # Sentences are judged beside keywords as they come with these weights.
    of_sentences = learn_sentences(rated_themes(args.unlabelled))
    by_model += weight_lines(SENTENCE_FEATURES, of_sentences)
    args.weights.write_text(f"{HEAD}{by_model}{by_use}", encoding="utf-8")


if __name__ == "__main__":
    main()
