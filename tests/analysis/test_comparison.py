"""Two corpora or periods, theme by theme: what is news and what is noise."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from absclust import OptionError, ThemeMap, cluster_abstracts
from absclust.analysis.changes import news_of, ratio_intervals


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
        assert comparison.news == ()
        assert sum(change.overlap > 0 for change in comparison.changes) >= 3


def test_the_same_corpus_is_no_news(sample_themes):
    comparison = sample_themes.compare(sample_themes)
    assert comparison.news == ()
    assert [c.before for c in comparison.changes] == [c.after for c in comparison.changes]
    assert len(comparison.changes) == len(sample_themes)
    # Papers go by the votes of their neighbours, so not every one is in its own theme.
    assert all(0.5 < change.overlap <= 1 for change in comparison.changes)
    assert comparison.notes == ("papers in both: 164",)


def words_of(name):
    return set(name.lower().replace(",", "").split()) - {"learning", "networks"}


def test_new_and_gone(theme):
    shared = theme("graph neural networks", "federated learning")
    earlier = pd.concat([shared, theme("robot learning")])
    later = pd.concat([shared, theme("value-based RL")])
    comparison = cluster_abstracts(earlier).compare(cluster_abstracts(later))
    assert sorted(change.news for change in comparison.news) == ["gone", "new"]
    steady = [change for change in comparison.changes if change.news == "steady"]
    names = [(words_of(change.before), words_of(change.after)) for change in steady]
    assert len(names) == 2
    assert all(before & after for before, after in names)
    assert comparison.notes == ("papers in both: 22",)


def test_swapping_swaps_the_news(theme):
    a = cluster_abstracts(theme("graph neural networks", "federated learning"))
    b = cluster_abstracts(theme("graph neural networks", "value-based RL"))
    there, back = a.compare(b), b.compare(a)
    opposite = {"new": "gone", "grown": "shrunk", "split": "merged"}
    opposite |= {v: k for k, v in opposite.items()} | {"steady": "steady"}
    assert sorted(opposite[c.news] for c in there.changes) == sorted(c.news for c in back.changes)
    shares = {(c.before, c.after): (c.share_before, c.share_after) for c in there.changes}
    for change in back.changes:
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
    assert first == again


def test_periods(sample):
    themes = cluster_abstracts(sample)
    comparison = themes.compare(before=2024)
    years = themes.corpus.years[themes.corpus.first_row]
    assert (comparison.n_before, comparison.n_after) == (
        (years < 2024).sum(),
        (years >= 2024).sum(),
    )
    labels = themes.labels[themes.corpus.first_row]
    for change in comparison.changes:
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
    assert "new" in {change.news for change in comparison.news}
    for change in comparison.news:
        if change.news == "new":
            assert change.share_before == 0
            assert change.low > 1


def test_rows_without_a_year_are_left_out_and_reported():
    frame = pd.DataFrame(
        {"title": [f"robots grasp {i}" for i in range(5)], "year": [2010, 2011, None, 2020, 2021]}
    )
    comparison = cluster_abstracts(frame).compare(before=2015)
    assert (comparison.n_before, comparison.n_after) == (2, 2)
    assert comparison.notes == ("papers without a known year, left out: 1",)


def test_intervals_cover_the_truth():
    # 60 pairs of corpora with equal shares: an interval for all themes at once
    # excludes 1 somewhere in at most about 5 of 100.
    random = np.random.default_rng(0)
    shares = np.array([0.4, 0.3, 0.2, 0.07, 0.03])
    wrong = 0
    for _ in range(60):
        counts = np.vstack([random.multinomial(n, shares) for n in (300, 500)])
        of = counts.sum(axis=1, keepdims=True).repeat(5, axis=1)
        _, _, low, high = ratio_intervals(counts, of, 0.95)
        wrong += bool((low > 1).any() or (high < 1).any())
    assert wrong <= 9


def test_intervals_of_a_theme_without_papers():
    shares, *ratio = ratio_intervals(np.array([[0], [20]]), np.array([[200], [200]]), 0.95)
    before, after, middle, low, high = (float(value) for (value,) in (*shares, *ratio))
    assert before == 0
    assert 1 < low < middle < high < np.inf
    assert news_of(before, after, middle, low, high) == "new"
    assert news_of(0.1, 0.15, 1.5, 1.1, 2.0) == "grown"
    assert news_of(0.2, 0.01, 0.05, 0.01, 0.5) == "gone"


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


def test_papers_in_no_theme(sample_themes):
    without_first = sample_themes.move(sample_themes.labels == 0, to=-1)
    comparison = sample_themes.compare(without_first)
    (gone,) = (c for c in comparison.changes if c.before == sample_themes[0].name)
    assert gone.after == ""
    empty = sample_themes.move(sample_themes.labels >= 0, to=-1)
    changes = sample_themes.compare(empty).changes
    assert {c.before for c in changes} == {theme.name for theme in sample_themes}
    assert {c.within for c in changes} == {""}
    assert empty.compare(empty).changes == ()


def test_table_and_reprs(sample_themes):
    renamed = sample_themes.rename({0: "<b>bold</b>"})
    comparison = sample_themes.compare(renamed)
    table = comparison.table()
    assert list(table.columns) == [f.name for f in dataclasses.fields(comparison.changes[0])]
    assert len(table) == len(comparison.changes)
    assert f"0 of {len(sample_themes)} themes changed by more than noise" in repr(comparison)
    assert "<b>bold" not in comparison._repr_html_()
    made = dataclasses.replace(
        comparison,
        changes=(
            dataclasses.replace(
                comparison.changes[0], news="split", within="Old", within_share=0.6
            ),
        ),
    )
    assert " off Old, " in repr(made)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: t.compare(["a"]), "the other map is list; expected a ThemeMap"),
        (lambda t: t.compare(), "neither is given; expected one of them"),
        (lambda t: t.compare(t, before=2020), "both is given; expected one of them"),
        (lambda t: t.compare(cluster_abstracts(["a robot"])), "the other map has a single paper"),
        (
            lambda t: t.compare(t, confidence=95),
            "confidence is 95; expected a number between 0 and 1",
        ),
        (lambda t: t.compare(before="2021"), "before is '2021'; expected an int"),
        (lambda t: t.compare(before=1900), "before is 1900, but all years are from"),
        (lambda t: t.compare(before=2020, confidence=0), "confidence is 0; expected"),
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
    grown = " ".join(c.after.lower() for c in comparison.news if c.news in ("grown", "new"))
    assert "reasoning" in grown
    assert "language models" in grown
