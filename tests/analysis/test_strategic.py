"""Links between themes, and the strategic map."""

import numpy as np
import pytest

from absclust import cluster_abstracts


def a_map(years=(), spread=(0.1, 0.4, 0.1, 0.4), *, lonely=False):
    """Return four themes of 30 papers: two pairs of neighbours, one dense and one loose in each."""
    random = np.random.default_rng(0)
    centres = np.zeros((4, 40))
    centres[[0, 1], 0] = centres[[2, 3], 1] = 1.0
    centres[range(4), range(2, 6)] = 0.8
    if lonely:  # the last pair lies apart
        centres[3, [1, 6]] = 0.0, 1.0
    theme = np.repeat(np.arange(4), 30)
    vectors = centres[theme] + random.normal(size=(120, 40)) * np.array(spread)[theme, None] / 2
    words = ("robot", "protein", "galaxy", "owl")
    papers = [
        {"title": f"The {words[t]} of study {i}", "year": years[i] if len(years) else None}
        for i, t in enumerate(theme.tolist())
    ]
    themes = cluster_abstracts(papers, embeddings=vectors, n_themes=4)
    of = [int(themes.labels[30 * t]) for t in range(4)]
    assert sorted(of) == [0, 1, 2, 3]
    return themes, of


def test_themes_that_lie_close_are_linked_more_than_by_chance_than_others():
    themes, of = a_map()
    table = themes.links()
    assert (table["theme"] < table["other"]).all()
    assert table["strength"].is_monotonic_decreasing
    pairs = {frozenset(pair) for pair in table[["theme", "other"]].head(2).to_numpy().tolist()}
    assert pairs <= {frozenset(of[:2]), frozenset(of[2:])}


def test_links_are_those_of_the_graph():
    themes, _ = a_map()
    labels, near = themes._paper_labels, themes.foundation.paper_graph
    row = themes.links().iloc[0]
    across = {(row["theme"], row["other"]), (row["other"], row["theme"])}
    number = sum(
        (labels[paper], labels[other]) in across and cosine > 0
        for paper, others in enumerate(near.indices)
        for other, cosine in zip(others, near.similarities[paper], strict=True)
    )
    assert row["links"] == number


def test_dense_themes_are_dense():
    themes, of = a_map()
    density = themes.strategic()["density"].to_numpy()
    assert min(density[of[0]], density[of[2]]) > max(density[of[1]], density[of[3]])
    table = themes.strategic()
    assert table["quadrant"].isin(["motor", "basic", "niche", "emerging or declining"]).all()
    assert table[["mean_year", "growth", "low", "high"]].isna().all(axis=None)
    assert table.attrs["split"] == 0


def test_quadrants_are_divided_by_the_medians():
    themes, _ = a_map()
    table = themes.strategic()
    central = table["centrality"] >= table["centrality"].median()
    dense = table["density"] >= table["density"].median()
    assert (table["quadrant"] == "motor").tolist() == (central & dense).tolist()
    assert (table["quadrant"] == "niche").tolist() == (dense & ~central).tolist()
    assert (table["quadrant"] == "basic").tolist() == (central & ~dense).tolist()


@pytest.mark.parametrize(("late", "said"), [(True, "emerging"), (False, "declining")])
def test_years_tell_what_emerges_from_what_declines(late, said):
    spread = (0.1, 0.4, 0.05, 0.2)
    years = np.where(np.arange(120) % 2, 2010, 2020)
    years[90:] = 2020 if late else 2010
    themes, of = a_map(years.tolist(), spread, lonely=True)
    table = themes.strategic()
    assert table["quadrant"][of[3]] == said
    assert table["mean_year"][of[3]] == (2020 if late else 2010)
    assert table.attrs["split"] == 2020
    unknown, of = a_map(spread=spread, lonely=True)
    assert unknown.strategic()["quadrant"][of[3]] == "emerging or declining"


def test_one_theme_has_no_others():
    table = cluster_abstracts(["Robots grasp.", "Robots grasp cups."], n_themes=1).strategic()
    assert table["centrality"].tolist() == [0]


def test_without_themes_the_map_is_empty():
    with pytest.warns(UserWarning, match="HDBSCAN found no theme"):
        themes = cluster_abstracts(
            ["Owls hoot.", "Nets learn.", "Corn grows."], clusterer="hdbscan"
        )
    assert themes.strategic().empty
