"""Two corpora or periods, theme by theme: what is news and what is noise."""

import numpy as np
import pandas as pd
import pytest

from absclust import Comparison, OptionError, ThemeMap, cluster_abstracts
from absclust.analysis.comparison import _compared
from absclust.analysis.shares import ratio_intervals


def halves(frame, seed):
    rows = np.random.default_rng(seed).permutation(len(frame))
    return [cluster_abstracts(frame.iloc[part], progress=False) for part in np.array_split(rows, 2)]


@pytest.fixture(scope="module")
def theme(sample):
    """Return the papers of intended themes, without duplicates."""
    papers = sample.dropna(subset=["intended_theme", "abstract"]).drop_duplicates("abstract")

    def of(*names):
        return papers[papers["intended_theme"].isin(names)]

    return of


def test_two_halves_of_one_corpus_are_no_news(sample):
    distinct = sample.dropna(subset=["abstract"]).drop_duplicates("abstract")
    for seed in range(2):
        comparison = ThemeMap.compare(*halves(distinct, seed))
        assert comparison.news.empty
        assert (comparison.changes["overlap"] > 0).sum() >= 3


def test_the_same_corpus_is_no_news(sample_themes):
    comparison = sample_themes.compare(sample_themes)
    assert comparison.news.empty
    assert comparison.changes["before"].equals(comparison.changes["after"])
    assert len(comparison.changes) == len(sample_themes)
    # Papers go by the votes of their neighbours, so not every one is in its own theme.
    assert comparison.changes["overlap"].between(0.5, 1).all()
    assert comparison.note == "papers in both: 164"


def words_of(name):
    return set(name.lower().replace(",", "").split()) - {"learning", "networks"}


def test_new_and_gone(theme):
    shared = theme("graph neural networks", "federated learning")
    earlier = pd.concat([shared, theme("robot learning")])
    later = pd.concat([shared, theme("value-based RL")])
    comparison = cluster_abstracts(earlier).compare(cluster_abstracts(later))
    assert sorted(comparison.news["news"]) == ["gone", "new"]
    steady = comparison.changes.query("news == 'steady'")
    names = zip(steady["before"].map(words_of), steady["after"].map(words_of), strict=True)
    assert len(steady) == 2
    assert all(before & after for before, after in names)
    assert comparison.note == "papers in both: 22"


def test_swapping_swaps_the_news(theme):
    a = cluster_abstracts(theme("graph neural networks", "federated learning"))
    b = cluster_abstracts(theme("graph neural networks", "value-based RL"))
    there, back = a.compare(b), b.compare(a)
    opposite = {"new": "gone", "grown": "shrunk", "split": "merged"}
    opposite |= {v: k for k, v in opposite.items()} | {"steady": "steady"}
    assert sorted(map(opposite.get, there.changes["news"])) == sorted(back.changes["news"])
    shares = {
        (c.before, c.after): (c.share_before, c.share_after) for c in there.changes.itertuples()
    }
    for change in back.changes.itertuples():
        assert shares[change.after, change.before] == pytest.approx(
            (change.share_after, change.share_before)
        )


def test_rows_in_any_order_give_the_same(sample):
    a, b = sample.iloc[:80], sample.iloc[80:]
    first = cluster_abstracts(a).compare(cluster_abstracts(b))
    again = ThemeMap.compare(
        cluster_abstracts(a.sample(frac=1, random_state=1)),
        cluster_abstracts(b.sample(frac=1, random_state=2)),
    )
    pd.testing.assert_frame_equal(first.changes, again.changes)
    assert repr(first) == repr(again)


def test_periods(sample):
    themes = cluster_abstracts(sample)
    comparison = themes.compare(before=2024)
    years = themes.corpus.years[themes.corpus.first_row]
    assert (comparison.n_before, comparison.n_after) == (
        (years < 2024).sum(),
        (years >= 2024).sum(),
    )
    labels = themes.labels[themes.corpus.first_row]
    for change in comparison.changes.itertuples():
        assert change.before == change.after == themes[change.before_id].name
        in_it = labels == change.before_id
        assert change.share_before == pytest.approx(in_it[years < 2024].mean())
        assert change.low < change.ratio < change.high
        assert change.low <= 1 <= change.high or change.news != "steady"


def test_a_theme_of_one_period_alone_is_new(theme):
    old = theme("graph neural networks", "robot learning").assign(year=2010)
    more = theme("graph neural networks", "robot learning").assign(year=2020)
    more["abstract"] = "Again. " + more["abstract"]
    rising = theme("federated learning", "value-based RL").assign(year=2020)
    themes = cluster_abstracts(pd.concat([old, more, rising]))
    comparison = themes.compare(before=2015)
    new = comparison.news.query("news == 'new'")
    assert len(new)
    assert (new["share_before"] == 0).all()
    assert (new["low"] > 1).all()


def test_rows_without_a_year_are_left_out_and_reported():
    frame = pd.DataFrame(
        {"title": [f"robots grasp {i}" for i in range(5)], "year": [2010, 2011, None, 2020, 2021]}
    )
    comparison = cluster_abstracts(frame).compare(before=2015)
    assert (comparison.n_before, comparison.n_after) == (2, 2)
    assert comparison.note == "papers without a known year, left out: 1"


def test_intervals_cover_the_truth():
    # 60 pairs of corpora with equal shares: an interval for all themes at once
    # excludes 1 somewhere in at most about 5 of 100.
    random = np.random.default_rng(0)
    shares = np.array([0.4, 0.3, 0.2, 0.07, 0.03])
    wrong = 0
    for _ in range(60):
        counts = np.vstack([random.multinomial(n, shares) for n in (300, 500)])
        of = counts.sum(axis=1, keepdims=True).repeat(5, axis=1)
        _, _, low, high = ratio_intervals(counts, of)
        wrong += bool((low > 1).any() or (high < 1).any())
    assert wrong <= 9


def test_intervals_of_a_theme_without_papers():
    shares, *ratio = ratio_intervals(np.array([[0], [20]]), np.array([[200], [200]]))
    before, after, middle, low, high = (float(value) for (value,) in (*shares, *ratio))
    assert before == 0
    assert (before, after) == (0, 0.1)
    assert 1 < low < middle < high < np.inf


def test_own_vectors(sample):
    vectors = np.random.default_rng(0).normal(size=(len(sample), 8))
    a, b = (
        cluster_abstracts(sample.iloc[part], embeddings=vectors[part])
        for part in (slice(0, 90), slice(90, None))
    )
    comparison = a.compare(b, embedder="own")
    assert comparison.n_before + comparison.n_after >= 164
    of_other_size = cluster_abstracts(sample, embeddings=np.ones((len(sample), 3)))
    with pytest.raises(OptionError, match="have 8 and 3 dimensions"):
        a.compare(of_other_size, embedder="own")
    again = a.compare(of_other_size)  # by their texts
    assert again.note == f"papers in both: {comparison.n_before}"


def test_papers_in_no_theme(sample_themes):
    without_first = sample_themes.move(sample_themes.labels == 0, to=-1)
    comparison = sample_themes.compare(without_first)
    (gone,) = comparison.changes.query("before == @sample_themes[0].name")["after"]
    assert gone == ""
    empty = sample_themes.move(sample_themes.labels >= 0, to=-1)
    changes = sample_themes.compare(empty).changes
    assert set(changes["before"]) == {theme.name for theme in sample_themes}
    assert set(changes["within"]) == {""}
    assert empty.compare(empty).changes.empty


ROBOTS = {
    "news": "grown",
    "before": "Robots",
    "after": "Robots",
    "share_before": 0.1,
    "share_after": 0.2,
    "ratio": 2.0,
    "low": 1.5,
    "high": 2.5,
    "within": "",
    "within_share": 0.0,
}


def said(*changes):
    return repr(Comparison(1000, 20, pd.DataFrame(changes), "papers in both: 3"))


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "grown: Robots, 10.0% → 20.0%, × 2.00 (1.50 to 2.50)"),
        ({"after": "Drones"}, "grown: Robots → Drones, 10.0%"),
        ({"before": ""}, "grown: Robots, 10.0%"),
        ({"after": ""}, "grown: Robots, 10.0%"),
        ({"before": "", "after": "Drones"}, "grown: Drones, 10.0%"),
        ({"news": "split", "within": "Arms", "within_share": 0.5}, "split: Robots off Arms, 10"),
        ({"news": "merged", "within": "Arms", "within_share": 0.6}, "merged: Robots into Arms, 1"),
        ({"news": "new", "within": "Arms", "within_share": 0.6}, "new: Robots in Arms, 10.0%"),
        ({"news": "split", "within": "Arms", "within_share": 0.49}, "split: Robots, 10.0%"),
        ({"high": 100.0}, "grown: Robots, 10.0% → 20.0%, × 2.00 (1.50 to above 100)"),
        ({"high": 99.9}, "grown: Robots, 10.0% → 20.0%, × 2.00 (1.50 to 99.90)"),
    ],
)
def test_a_change_is_said_in_a_line(fields, text):
    assert said(ROBOTS | fields).splitlines()[-1].startswith(text)


def test_a_comparison_says_the_news_alone():
    assert said(ROBOTS, ROBOTS | {"news": "steady"}).splitlines() == [
        "1,000 papers before, 20 after: 1 of 2 themes changed by more than noise (intervals at 95% "
        "for all themes at once)",
        "papers in both: 3",
        "grown: Robots, 10.0% → 20.0%, × 2.00 (1.50 to 2.50)",
    ]


def each_paper(cells):
    """Return the corpus and the two themes of each of the papers that are counted."""
    return tuple(
        np.repeat(numbers, np.ravel(cells)) for numbers in np.indices((2, 2, 3)).reshape(3, -1)
    )


# How many papers of each corpus are in the themes of two maps of one and two themes, and in none.
@pytest.mark.parametrize(
    ("cells", "news"),
    [
        ([[[100, 20, 0], [0, 0, 880]], [[100, 60, 0], [0, 0, 840]]], ["split", "steady"]),
        ([[[100, 20, 0], [0, 0, 880]], [[100, 22, 0], [0, 0, 878]]], ["steady", "steady"]),
        ([[[100, 9, 0], [0, 11, 880]], [[100, 20, 0], [0, 40, 840]]], ["grown", "steady"]),
        ([[[100, 0, 0], [0, 19, 881]], [[100, 0, 0], [0, 100, 800]]], ["new", "steady"]),
        ([[[100, 0, 0], [0, 21, 879]], [[100, 0, 0], [0, 100, 800]]], ["grown", "steady"]),
        ([[[100, 0, 0], [0, 100, 800]], [[100, 0, 0], [0, 19, 881]]], ["gone", "steady"]),
        ([[[100, 0, 0], [0, 100, 800]], [[100, 0, 0], [0, 21, 879]]], ["shrunk", "steady"]),
    ],
)
def test_what_became_of_each_theme(cells, news):
    one = cluster_abstracts(["Robots grasp.", "Robots grasp cups."], n_themes=1)
    two = cluster_abstracts(["Owls hoot.", "Owls hoot more.", "Cats purr.", "Cats purr more."])
    assert (len(one), len(two)) == (1, 2)
    papers = each_paper(cells)
    found = _compared((one, two), papers, "")
    assert (found.n_before, found.n_after) == tuple(np.sum(cells, axis=(1, 2)))
    assert sorted(found.changes["news"]) == news
    later, before, after = papers
    back = _compared((two, one), (1 - later, after, before), "").changes
    opposite = {"new": "gone", "grown": "shrunk", "split": "merged"}
    opposite |= {there: here for here, there in opposite.items()} | {"steady": "steady"}
    assert sorted(map(opposite.get, back["news"])) == news


def test_a_part_says_what_it_is_part_of():
    one = cluster_abstracts(["Robots grasp.", "Robots grasp cups."], n_themes=1)
    two = cluster_abstracts(["Owls hoot.", "Owls hoot more.", "Cats purr.", "Cats purr more."])
    papers = each_paper([[[100, 15, 0], [0, 5, 880]], [[100, 60, 0], [0, 0, 840]]])
    split, steady = _compared((one, two), papers, "").changes.itertuples()
    assert (split.before, split.after, split.within) == ("", two[1].name, one[0].name)
    assert split.within_share == pytest.approx(75 / 80, abs=1e-3)
    assert split.share_after == pytest.approx(0.06)
    assert (steady.before_id, steady.after_id, steady.within) == (0, 0, "")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: t.compare(["a"]), "the other map is list; expected a ThemeMap"),
        (lambda t: t.compare(), "neither is given; expected one of them"),
        (lambda t: t.compare(t, before=2020), "both is given; expected one of them"),
        (lambda t: t.compare(cluster_abstracts(["a robot"])), "the other map has a single paper"),
        (lambda t: t.compare(before="2021"), "before is '2021'; expected an int"),
        (lambda t: t.compare(before=1900), "before is 1900, but all years are from"),
        (
            lambda t: cluster_abstracts(["a b", "c d"]).compare(before=2000),
            "no paper has a year",
        ),
    ],
)
def test_what_cannot_be_compared(sample_themes, call, message):
    with pytest.raises(OptionError, match=message):
        call(sample_themes)


@pytest.mark.slow
def test_halves_of_real_corpora_are_no_news(labelled):
    papers = labelled("nlp_tracks").drop_duplicates("abstract")
    assert len(ThemeMap.compare(*halves(papers, 0)).news) <= 1


@pytest.mark.slow
def test_language_models_grew_in_the_papers_of_nlp_conferences(labelled):
    papers = labelled("nlp_tracks").query("year in (2020, 2023)")
    themes = cluster_abstracts(papers)
    comparison = themes.compare(before=2022)
    grown = " ".join(comparison.news.query("news in ('grown', 'new')")["after"]).lower()
    assert "reasoning" in grown
    assert "language models" in grown
