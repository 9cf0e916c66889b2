"""Several maps into one (BERTopic#1688, #2222)."""

import numpy as np
import pytest

from absclust import OptionError, cluster_abstracts, combine


def vectors(*subjects, seed=0):
    random = np.random.default_rng(seed)
    return np.eye(12)[np.repeat(subjects, 12)] + random.normal(
        scale=0.1, size=(12 * len(subjects), 12)
    )


def clustered(words, subjects, seed):
    texts = [f"{word} {seed} {i}" for word in words for i in "abcdefghijkl"]
    return cluster_abstracts(texts, embeddings=vectors(*subjects, seed=seed), resolution=1.5)


@pytest.fixture(scope="module")
def maps():
    return {
        "2024": clustered(["robots grasp", "proteins fold", "owls hoot"], [0, 1, 2], 1),
        "2025": clustered(["robots walk", "glaciers melt"], [0, 3], 2),
    }


def test_the_same_themes_are_one_and_the_others_stay(maps):
    both = combine(maps)
    papers = both.papers()
    assert papers["map"].tolist() == ["2024"] * 36 + ["2025"] * 24
    assert papers["theme"].nunique() == len(both) == 4
    assert papers["theme"].iloc[0] == papers["theme"].iloc[36]
    assert papers.groupby(np.arange(60) // 12)["theme"].nunique().tolist() == [1] * 5
    assert {theme.name for theme in maps["2024"]} <= {theme.name for theme in both}
    assert both.options["resolution"] == 1.5  # the first map's


def test_three_maps_in_a_list(maps):
    third = clustered(["glaciers flow", "taxes rise"], [3, 4], 3)
    papers = combine([*maps.values(), third]).papers()
    assert papers["map"].unique().tolist() == ["1", "2", "3"]
    assert papers["theme"].nunique() == 5
    assert papers["theme"].iloc[48] == papers["theme"].iloc[60]


@pytest.mark.parametrize("wrong", [[], [1, 2], "ab", 5, None])
def test_what_cannot_be_combined(wrong, maps):
    with pytest.raises(OptionError, match="expected two or more of the class"):
        combine(wrong)
    with pytest.raises(OptionError, match="expected two or more of the class"):
        combine([maps["2024"]])


def test_what_a_map_was_before_does_not_pass_for_more(sample_themes):
    papers = sample_themes.papers()
    half = papers.index % 2 == 0
    columns = ["title", "abstract"]
    maps = [cluster_abstracts(papers.loc[at, columns], progress=False) for at in (half, ~half)]
    edited = maps[0].rename({0: "Mine"})
    both = combine({"even": edited, "odd": maps[1].rename({1: "Theirs"})})
    assert both["Mine"].size > edited["Mine"].size / 2
    assert both.history[0].endswith("to 'Mine'")
    assert both.history[1] == "combined with 'odd'"
    assert both.history[2].startswith("odd: renamed theme 1")
    assert both.history[2].endswith("to 'Theirs'")
    assert not any(theme.name.startswith("Mixed:") for theme in both if not theme.mixed)
    of_labels = [theme.stability for theme in both if not theme.mixed]
    assert np.isnan(of_labels[:5]).all()
    assert "labelled by hand" not in both.summary()
