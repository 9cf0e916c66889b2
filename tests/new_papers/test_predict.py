"""predict: own labels back, the same answer in every batch, novelty."""

import dataclasses
import os
import subprocess
import sys
import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError
from sklearn.metrics import adjusted_mutual_info_score

from absclust import (
    EmbedderError,
    InputError,
    InputTypeError,
    LanguageWarning,
    ThemeMap,
    ThemeModel,
    cluster_abstracts,
)
from absclust.new_papers.predict import locate
from absclust.themes.foundation import mean_similarity
from tests.conftest import ROOT

NEW = ["A robot policy grasps cups.", None, "Diffusion models draw pictures from text.", "Owls."]

OWN = ["theme", "theme_name", "strength", "runner_up", "margin"]


@pytest.fixture(scope="module")
def halves(sample):
    """Themes of every other row of the sample, and the other rows."""
    return cluster_abstracts(sample.iloc[::2]), sample.iloc[1::2]


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Tell whether two tables are equal to the last bit."""
    return one.reset_index(drop=True).equals(other.reset_index(drop=True))


def test_papers_of_the_map_get_their_own_labels_back(sample, sample_themes):
    # predict differs from fit (BERTopic#905, BERTopic#426).
    found = sample_themes.predict(sample)
    own = sample_themes.papers()[OWN]
    pd.testing.assert_frame_equal(found[OWN], own, check_exact=True, check_dtype=False)
    assert not found["is_novel"].any()
    assert (found["novelty"].dropna() == 0).all()
    assert found.index.equals(sample.index)


def test_papers_that_are_not_in_the_map_are_none_of_it(sample_themes):
    others = cluster_abstracts([NEW[0], sample_themes.corpus.paper_texts[7], *NEW[1:]]).corpus
    found = locate(sample_themes, others)
    assert found.paper_of_row.tolist() == [-1, 7, -1, -1, -1]
    assert found.new.tolist() == [0, 3, 4]
    votes = found.themes_and_votes()
    assert votes["theme"][1:3].tolist() == [sample_themes._paper_labels[7], -1]
    assert votes["novelty"].dtype == np.float32
    np.testing.assert_array_equal(votes["novelty"][1:3], [0, np.nan])


def test_text_that_differs_in_case_and_white_space_is_the_same_paper(sample, sample_themes):
    other = sample.assign(abstract=sample["abstract"].str.upper() + " \n")
    assert np.array_equal(sample_themes.predict(other)["theme"], sample_themes.labels)


@pytest.mark.parametrize("size", [1, 7, 32])
def test_the_batch_makes_no_difference(halves, size):
    # The theme of a paper depended on the size of the batch (BERTopic#1696).
    themes, new = halves
    whole = themes.predict(new)
    parts = [themes.predict(new.iloc[i : i + size]) for i in range(0, len(new), size)]
    assert same(pd.concat(parts), whole)
    order = np.random.default_rng(size).permutation(len(new))
    assert same(themes.predict(new.iloc[order]), whole.iloc[order])
    assert same(themes.predict(pd.concat([new, new])).iloc[len(new) :], whole)


def test_the_batch_makes_no_difference_with_reduced_lsa():
    themes, new = large_map()
    whole = themes.predict(new)
    assert same(pd.concat([themes.predict([text]) for text in new]), whole)
    assert same(themes.predict(new[::-1]).iloc[::-1], whole)


def large_map():
    """A map of 300 papers, enough for a truncated SVD, and new papers."""
    from tests.test_api import half_abstracts

    texts = half_abstracts()
    return cluster_abstracts(texts[:300]), texts[300:325]


def test_threads_and_processes_make_no_difference():
    code = (
        "from tests.new_papers.test_predict import large_map; themes, new = large_map();"
        "print(themes.predict(new).to_json(double_precision=15))"
    )
    outputs = set()
    for threads in ("1", "2"):
        environment = {
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "PATH": "",
        }
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, check=True, env=environment)
        outputs.add(done.stdout)
    assert len(outputs) == 1


def test_two_languages():
    english = [f"The {a} of {b} in deep networks" for a in ("training", "speed") for b in WORDS]
    german = [f"Die {a} von {b} in tiefen Netzen" for a in ("Schulung", "Dauer") for b in GERMAN]
    with pytest.warns(LanguageWarning):
        themes = cluster_abstracts([*english, *german])
    assert themes.foundation.paper_graph.batches is not None
    new = ["The speed of parrots in deep networks", "Die Dauer von Papageien in tiefen Netzen"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        both = themes.predict(new)
    assert same(pd.concat([themes.predict([text]) for text in new]), both)
    again = themes.foundation.encoder.transform(themes.corpus.paper_texts)
    assert np.array_equal(again.vectors, themes.foundation.paper_embedding)
    assert np.array_equal(again.batches, themes.foundation.paper_graph.batches)


WORDS = ["owls", "robots", "proteins", "markets", "planets", "glaciers", "bridges", "vaccines"] * 2
GERMAN = ["Eulen", "Robotern", "Proteinen", "Märkten", "Planeten", "Gletschern", "Brücken"] * 2


def test_odd_texts_are_handled_as_in_fit(halves):
    themes, _ = halves
    odd = [None, "", float("nan"), "!!! ...", "https://a.org/b", "\ud800 graph neural networks"]
    found = themes.predict(odd)
    assert found["theme"].tolist()[:5] == [-1] * 5
    assert found["theme"].iloc[5] >= 0
    assert found["novelty"].isna().tolist() == [True] * 5 + [False]
    assert not found["is_novel"].iloc[:5].any()
    assert len(themes.predict([])) == 0
    with pytest.raises(InputTypeError, match="row 1"):
        themes.predict(["a robot", 3])
    with pytest.raises(InputTypeError, match="a single str"):
        themes.predict("an abstract, longer than any name of a file may be. " * 9)
    with pytest.raises(InputTypeError, match="a single str"):
        themes.predict("a robot")


@cache
def robots() -> ThemeMap:
    return cluster_abstracts(
        ["Robots grasp.", "Robots grasp cups.", "Proteins fold.", "Proteins fold fast."]
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(st.characters(codec=None), max_size=60), max_size=4))
def test_any_text(texts):
    column = pd.Series(texts, dtype=object)  # in a list, "0.json" would be a file
    found = robots().predict(column)
    assert found["theme"].between(-1, 1).all()
    each = [robots().predict(column[at : at + 1]) for at in range(len(texts))]
    assert not texts or same(pd.concat(each), found)


@pytest.mark.parametrize(
    "text", ["x" * 1_000_000, "robot " * 170_000, "\x00\x01\x1b[31m robot", "强化学习 " * 1000]
)
def test_long_and_strange_texts(halves, text):
    assert len(halves[0].predict([text, "a robot"])) == 2


def test_new_papers_go_where_their_like_are(sample):
    intended = sample["intended_theme"].to_numpy()
    clear = np.array([i for i, t in enumerate(intended) if "/" not in t and t != "none"])
    themes = cluster_abstracts(sample.iloc[clear[::2]])
    found = themes.predict(sample.iloc[clear[1::2]])["theme"]
    assert adjusted_mutual_info_score(intended[clear[1::2]], found) > 0.36


def test_held_out_papers_of_real_data(labelled):
    papers = labelled("pubmed5terms").head(600)
    themes = cluster_abstracts(papers["abstract"].iloc[:300])
    found = themes.predict(papers["abstract"].iloc[300:])
    assert adjusted_mutual_info_score(papers["label"].iloc[300:], found["theme"]) > 0.85
    assert found["is_novel"].mean() < 0.15
    foreign = themes.predict(labelled("nlp_tracks")["abstract"].head(100))
    assert foreign["is_novel"].mean() > 0.8


def test_vectors_of_your_own():
    texts = [f"paper {i}" for i in range(40)]
    rng = np.random.default_rng(0)
    vectors = np.repeat(np.eye(2, 8), 20, axis=0) + rng.normal(size=(40, 8)) / 20
    themes = cluster_abstracts(texts, embeddings=vectors)
    assert themes.predict(texts[:3])["theme"].tolist() == themes.labels[:3].tolist()
    with pytest.raises(EmbedderError, match=r"made from vectors of your own.*embeddings="):
        themes.predict(["a new one"])
    with pytest.raises(EmbedderError, match="has 3 dimensions; expected 8"):
        themes.predict(["a new one"], embeddings=np.ones((1, 3)))
    found = themes.predict(["new", "new", None], embeddings=[vectors[0], -vectors[0], vectors[0]])
    assert found["theme"].tolist()[::2] == [themes.labels[0], -1]
    # Each row is judged by its own vector, whatever other rows say.
    assert found["is_novel"].tolist() == [False, True, False]


def test_vectors_beside_a_learnt_embedding(halves):
    with pytest.raises(InputError, match="leave them out"):
        halves[0].predict(["a robot"], embeddings=np.ones((1, 3)))


def test_an_embedder_of_your_own(sample):
    rng = np.random.default_rng(0)
    table = {}

    def embed(texts):
        return np.array([table.setdefault(t, rng.normal(size=8)) for t in texts])

    themes = cluster_abstracts(sample, embedder=embed)
    assert themes.predict(["a new one"])["theme"].between(-1, len(themes) - 1).all()
    table.clear()
    again = cluster_abstracts(sample, embedder=embed)
    table.clear()  # from now on it gives other vectors: no longer the one that made the map
    with pytest.raises(EmbedderError, match=r"gives other vectors.*cluster again"):
        again.predict(["a new one"])


def test_outliers_vote_for_none(sample):
    class Odd:
        def fit_predict(self, X):  # noqa: N803
            return np.zeros(len(X), dtype=int) - 1

    themes = cluster_abstracts(sample, clusterer=Odd())
    assert (themes.predict(["a robot arm"])["theme"] == -1).all()


def test_weak_papers_are_left_out_as_in_fit(sample):
    themes = cluster_abstracts(sample.iloc[::2], min_strength=0.6)
    found = themes.predict(sample.iloc[1::2])
    out = found["theme"] == -1
    assert 0.1 < out.mean() < 0.9
    assert (found["strength"][~out] >= 0.6).all()
    assert (found["strength"][out] == 0).all()


def test_estimator(sample):
    model = ThemeModel()
    with pytest.raises(NotFittedError):
        model.predict(["a robot"])
    labels = model.fit_predict(sample)
    assert np.array_equal(model.predict(sample), labels)


def test_layers_predict_too(sample_themes):
    broad, _, _ = sample_themes.layers
    assert broad.predict(["a robot policy"])["theme"].iloc[0] in range(len(broad))


@pytest.mark.parametrize("n", [1, 2, 3])
def test_tiny_maps(n):
    texts = ["Robots grasp cups.", "Robots grasp tools.", "Proteins fold."][:n]
    themes = cluster_abstracts(texts)
    found = themes.predict([*texts, "A robot grasps."])
    assert found["theme"].tolist()[:n] == themes.labels.tolist()
    assert found["theme"].iloc[n] == themes.labels[0]
    assert not found["is_novel"].any()  # with so few papers nothing can be told


def test_novelty_is_calibrated_once_for_all_views_of_a_map(sample, monkeypatch):
    themes = cluster_abstracts(sample.iloc[::3])
    calls = []
    monkeypatch.setattr(
        "absclust.themes.foundation.mean_similarity",
        lambda s: calls.append(s) or mean_similarity(s),
    )
    first = themes.predict(NEW)
    n_calls = len(calls)
    for view in (themes, themes.rename({0: "first"}), themes.merge([0, 1]), themes.layers[0]):
        again = view.predict(NEW)
        assert np.array_equal(again["novelty"], first["novelty"], equal_nan=True)
    assert len(calls) == n_calls > 0


def test_min_strength_acts_whatever_the_record_of_options_says(sample):
    papers = sample.iloc[::3]
    themes = cluster_abstracts(papers, min_strength=0.99)
    forgetful = dataclasses.replace(
        themes, foundation=dataclasses.replace(themes.foundation, options={})
    )
    lenient = cluster_abstracts(papers)
    assert (lenient.predict(NEW)["theme"] >= 0).sum() > (themes.predict(NEW)["theme"] >= 0).sum()
    assert forgetful.predict(NEW).equals(themes.predict(NEW))
