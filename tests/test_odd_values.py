"""Values of the wrong kind, to every public call: an answer, or an error that is ours."""

import datetime
import io
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import absclust
from absclust import AbsclustError, cluster_abstracts, read_abstracts

PAPERS = [
    {"title": f"{what} {i}", "abstract": f"{what}.", "year": 2015 + i, "venue": "A; B"}
    for what in ("Robots grasp cups", "Proteins fold fast", "Owls hunt at night")
    for i in range(5)
]
ODD = [
    *(None, True, -1, 5, 10**30, 1.5, float("nan"), float("inf"), 1j, Decimal(3), Fraction(1, 2)),
    *("", "x", "\0", "\ud800", "9" * 5000, b"x", bytearray(b"a"), memoryview(b"a")),
    *([], [None], [1.5], ["x", 1], [[]], (), {}, {"a": 1}, {1: 2}, set(), range(3), Counter("ab")),
    *(object(), len, int, Exception("x"), slice(1, 2), datetime.date(2020, 1, 1)),
    *(np.array(x) for x in ([], [[1, 2]], 5, [True, False], "x", ["a", "b"])),
    *(np.int8(3), np.float32(2), np.datetime64("2020"), np.ma.array([1, 2], mask=[0, 1])),
    *(pd.NA, pd.NaT, pd.Timestamp("2020"), pd.Index([1]), pd.Categorical(["a"])),
    *(pd.Series([1, 2]), pd.Series([], dtype=object), pd.DataFrame(), pd.DataFrame({"a": [1]})),
]
FILE, MAP = "a.csv", "a.zip"  # in the folder of the test
OF_A_MODULE = {
    "cluster_abstracts": lambda value: cluster_abstracts(value, progress=False),
    "read_abstracts": read_abstracts,
    "load": absclust.load,
    "combine": absclust.combine,
    "ClusteredDataset": lambda value: absclust.ClusteredDataset(value).report(),
    "read columns": lambda value: read_abstracts(FILE, columns=value),
    "read collection": lambda value: read_abstracts(FILE, collection=value),
    "read tag": lambda value: read_abstracts(FILE, tag=value),
    "load embedder": lambda value: absclust.load(MAP, embedder=value),
}
OPTIONS = [
    "embeddings",
    "clusterer",
    "n_neighbors",
    "n_themes",
    "granularity",
    "min_theme_size",
    "resolution",
    "seed_themes",
    "labels",
    "stop_phrases",
    "vocabulary",
    "min_strength",
    "random_state",
    "cache",
    "n_jobs",
    "progress",
]
OF_A_MAP = {
    "themes": lambda t, value: t[value],
    "papers": lambda t, value: t.papers(value),
    "keywords": lambda t, value: t.keywords(value),
    "years": lambda t, value: t.years(value, keywords=False),
    "years by": lambda t, value: t.years(date=value, keywords=False),
    "evolution": lambda t, value: t.evolution(value),
    "by": lambda t, value: t.by(value),
    "by n": lambda t, value: t.by("venue", n_groups=value),
    "top": lambda t, value: t.top(value),
    "top n": lambda t, value: t.top("venue", value),
    "compare": lambda t, value: t.compare(value),
    "compare before": lambda t, value: t.compare(before=value),
    "search": lambda t, value: t.search(value),
    "search n": lambda t, value: t.search("owl", n=value),
    "search in": lambda t, value: t.search("owl", theme=value),
    "search by": lambda t, value: t.search("owl", embeddings=value),
    "search_themes": lambda t, value: t.search_themes(value),
    "reading_list": lambda t, value: t.reading_list(value),
    "reading_list of": lambda t, value: t.reading_list(theme=value),
    "explain": lambda t, value: t.explain(value),
    "quality": lambda t, value: t.quality(value),
    "levels": lambda t, value: t.levels(value),
    "rename": lambda t, value: t.rename(value),
    "rename to": lambda t, value: t.rename({0: value}),
    "merge": lambda t, value: t.merge(value),
    "merge as": lambda t, value: t.merge([0, 1], value),
    "split": lambda t, value: t.split(value),
    "split in": lambda t, value: t.split(0, value),
    "move": lambda t, value: t.move(value, to=0),
    "move to": lambda t, value: t.move(0, to=value),
    "edit": lambda t, value: t.edit(value),
    "edit rename": lambda t, value: t.edit({"rename": value}),
    "edit merge": lambda t, value: t.edit({"merge": {"themes": value}}),
    "edit merge as": lambda t, value: t.edit({"merge": {"themes": [0, 1], "name": value}}),
    "edit split": lambda t, value: t.edit({"split": {"theme": 0, "n": value}}),
    "edit split into": lambda t, value: t.edit({"split": {"theme": 0, "into": value}}),
    "edit move": lambda t, value: t.edit({"move": {"papers": value, "to": 0}}),
    "edit move to": lambda t, value: t.edit({"move": {"papers": ["x"], "to": value}}),
    "became": lambda t, value: t.became(value),
    "predict": lambda t, value: t.predict(value),
    "predict by": lambda t, value: t.predict(["Owls"], embeddings=value),
    "memberships": lambda t, value: t.memberships(value),
    "update": lambda t, value: t.update(value),
    "save": lambda t, value: t.save(value),
    "to_csv": lambda t, value: t.to_csv(value),
    "to_network": lambda t, value: t.to_network(value),
    "to_network of": lambda t, value: t.to_network("a.gexf", of=value),
    "to_network as": lambda t, value: t.to_network(io.BytesIO(), format=value),
    "report": lambda t, value: t.report(value),
    "report as": lambda t, value: t.report(io.BytesIO(), format=value),
}


@pytest.fixture(scope="module")
def themes():
    return cluster_abstracts(PAPERS, progress=False)


@pytest.fixture
def answer(tmp_path, monkeypatch, themes):
    monkeypatch.chdir(tmp_path)  # where files of odd names go
    themes.to_csv(FILE)
    themes.save(MAP)

    def _answer(call):
        unlike = []
        for value in ODD:
            try:
                call(value)
            except Exception as error:
                if not isinstance(error, AbsclustError) or len(str(error)) > 2500:
                    unlike.append(f"{value!r:.40}: {type(error).__name__}: {error!s:.80}")
        assert unlike == []

    return _answer


pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # such as of edits that don't fit
    pytest.mark.attack,
]


@pytest.mark.parametrize("call", OF_A_MODULE.values(), ids=OF_A_MODULE)
def test_calls_of_the_module(call, answer):
    answer(call)


@pytest.mark.parametrize("option", OPTIONS)
def test_options(option, answer):
    answer(lambda value: cluster_abstracts(PAPERS, **({"progress": False} | {option: value})))


@pytest.mark.parametrize("call", OF_A_MAP.values(), ids=OF_A_MAP)
def test_calls_of_a_map(call, answer, themes):
    answer(lambda value: call(themes, value))
