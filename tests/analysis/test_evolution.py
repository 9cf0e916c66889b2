"""Which themes of one period the papers of the next continue."""

import numpy as np
import pandas as pd
import pytest

from absclust import OptionError, cluster_abstracts
from absclust.clustering.membership import count_votes


@pytest.fixture(scope="module")
def themes():
    """Return robots of 2000 to 2019, and owls from 2010 on, which come from nowhere."""
    random = np.random.default_rng(0)
    owls = np.arange(120) >= 80
    years = np.where(owls, 2010 + np.arange(120) % 10, 2000 + np.arange(120) % 20)
    vectors = np.eye(2, 20)[owls.astype(int)] * 3 + random.normal(0, 0.2, (120, 20))
    papers = [
        {"title": f"{'Owl' if owl else 'Robot'} number {i}", "year": year}
        for i, (owl, year) in enumerate(zip(owls, years.tolist(), strict=True))
    ]
    papers.append({"title": "Robots of any time", "year": None})
    vectors = np.vstack([vectors, vectors[:1] + 0.01])
    return cluster_abstracts(papers, embeddings=vectors, n_themes=2)


def test_robots_continue_robots_and_owls_nothing(themes):
    table = themes.evolution([2010])
    assert table.attrs["periods"] == ["2000–2009", "2010–2019"]
    assert table.attrs["note"] == "1 paper without a year left out"
    first = table[table["from_period"] == ""]
    assert first[["period", "theme", "papers"]].to_numpy().tolist() == [["2000–2009", 0, 40]]
    later = table[table["period"] == "2010–2019"]
    assert later["papers"].sum() == 80
    owls = later[later["theme"] == 1]
    assert owls[["from_theme", "from_name", "papers", "share"]].to_numpy().tolist() == [
        [-1, "", 40, 1.0]
    ]
    robots = later[(later["theme"] == 0) & (later["from_theme"] == 0)]
    assert robots["papers"].item() > 35


def test_a_paper_continues_the_theme_of_its_nearest_earlier_papers(themes):
    table = themes.evolution([2010])
    years = themes.corpus.years[themes.corpus.first_row]
    labels, graph = themes._paper_labels, themes.foundation.paper_graph
    alone = 0
    for paper in np.flatnonzero((years >= 2010) & (labels == 0)):
        near = graph.indices[paper][graph.similarities[paper] > 0]
        alone += not ((years[near] > 0) & (years[near] < 2010)).any()
    said = table[(table["period"] == "2010–2019") & (table["theme"] == 0)]
    assert said[said["from_theme"] == -1]["papers"].sum() == alone


def test_the_votes_of_many_papers_are_counted_in_blocks(themes, monkeypatch):
    whole, at_once = themes.evolution(), []

    def counted(near, *args):
        at_once.append(len(near))
        return count_votes(near, *args)

    monkeypatch.setattr("absclust.arrays._BLOCK", 16)
    monkeypatch.setattr("absclust.analysis.evolution.count_votes", counted)
    pd.testing.assert_frame_equal(themes.evolution(), whole)
    assert sum(at_once) == themes.corpus.n_papers
    assert max(at_once) == 16


def test_three_periods_of_about_as_many_papers(themes):
    table = themes.evolution()
    sizes = table.groupby("period", sort=False)["papers"].sum()
    assert len(sizes) == 3
    assert sizes.min() > 25


def test_a_first_year_with_most_papers_is_a_period_of_its_own():
    papers = [{"title": f"Robots {i}", "year": 2020} for i in range(20)]
    papers += [{"title": f"Arms of robots {i}", "year": 2021 + i % 2} for i in range(6)]
    table = cluster_abstracts(papers, n_themes=1).evolution()
    assert table.attrs["periods"] == ["2020", "2021–2022"]


@pytest.mark.parametrize(
    "breaks", [[], [2000], [2015, 2010], [2010, 2010], [2030], ["2010"], [2010.5]]
)
def test_breaks_that_divide_nothing(themes, breaks):
    with pytest.raises(OptionError, match=r"breaks (is|has) .*"):
        themes.evolution(breaks)


def test_papers_of_one_year_have_no_evolution():
    papers = [{"title": "Robots grasp", "year": 2020}, {"title": "Robots grasp cups", "year": 2020}]
    with pytest.raises(OptionError, match=r"two years or more; .* got 1 year$"):
        cluster_abstracts(papers).evolution()
    with pytest.raises(OptionError, match=r"got 0 years$"):
        cluster_abstracts(["Robots grasp", "Robots grasp cups"]).evolution()
