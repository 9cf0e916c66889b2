import re
import warnings

import numpy as np
import pandas as pd
import pytest

import absclust
from absclust import OptionError, SearchWarning, UnknownThemeError, cluster_abstracts
from tests.abstracts import CHINESE, GERMAN
from tests.conftest import ROOT

PAPERS = [
    {"title": "Robot arms grasp cups", "abstract": "Arms learn to grasp.", "year": 2021},
    {"title": "Robots grasp tools", "abstract": "A robot grasps a tool.", "year": None},
    {"title": None, "abstract": None, "year": 2020},
    {"title": "Proteins fold fast", "abstract": "How a protein folds.", "year": 2023},
    {"title": "Robots grasp tools", "abstract": "A robot grasps a tool.", "year": 2022},
    {"title": "A protein folds twice", "abstract": "Folding of proteins.", "year": 2024},
]


@pytest.fixture(scope="module")
def few():
    return cluster_abstracts(PAPERS, n_themes=2)


def letters(texts):
    """Embed texts by their letters: an embedder of the user's own."""
    return np.array([[text.lower().count(c) for c in "abcdefghijklmnoprstu"] for text in texts])


def test_a_title_finds_its_paper(sample, sample_themes):
    rows = np.flatnonzero((sample["title"] > "") & (sample["abstract"] > ""))
    titles = [sample_themes.corpus.titles[row] for row in rows.tolist()]
    found = [sample_themes.search(title, n=1)["title"].iloc[0] for title in titles]
    assert len(titles) > 150
    assert np.mean(np.array(found) == np.array(titles)) >= 0.99


def test_a_paper_that_is_called_like_the_query_comes_first():
    papers = [{"title": "Owls", "abstract": "They hoot at night, and nobody knows why they do."}]
    papers += [
        {"title": f"Owls and {n}", "abstract": "Owls, owls, owls."} for n in ("cats", "bats")
    ]
    themes = cluster_abstracts(papers)
    for query in ("owls", "Owl"):
        found = themes.search(query)
        assert found.index[0] == 0
        assert found["score"].iloc[0] == 1 >= found["score"].max()
    assert themes.search("owls owls bats").index[0] == 2


def test_columns_and_rows(few):
    found = few.search("robot")
    assert found.index.name == "row"
    assert found.index.tolist() == [1, 0]  # row 4 repeats row 1
    assert list(found) == ["title", "theme", "theme_name", "score", "year", "link"]
    assert found["title"].tolist() == ["Robots grasp tools", "Robot arms grasp cups"]
    assert found["year"].tolist() == [pd.NA, 2021]
    assert found["theme"].tolist() == few.labels[found.index].tolist()
    assert found["theme_name"].tolist() == [few[few.labels[row]].name for row in found.index]
    assert found["score"].is_monotonic_decreasing
    assert 0 <= found["score"].min() <= found["score"].max() <= 1
    papers = few.papers().iloc[found.index]
    assert papers["title"].tolist() == found["title"].tolist()


def test_years_and_links_are_shown_where_they_are_known():
    themes = cluster_abstracts(
        [{"title": "Owls hoot", "doi": "10.1000/xyz"}, {"title": "Owls hoot and hunt"}]
    )
    found = themes.search("owls hoot")
    assert sorted(found["link"]) == ["", "https://doi.org/10.1000/xyz"]
    assert found["year"].isna().all()


def test_meaning_finds_what_has_none_of_the_words(sample_themes):
    found = sample_themes.search("grippers picking things up", n=3)
    assert not any("gripper" in title.lower() for title in found["title"])
    assert all("robot" in sample_themes[theme].keywords for theme in found["theme"])


def test_letters_that_are_no_word_find_nothing(sample_themes):
    for query in ("zzzz", "zzzz qqqq", "asdf ghjk"):
        assert sample_themes.search(query).empty
        assert sample_themes.search_themes(query).empty


def test_a_word_that_is_spelt_wrong_finds_nothing_but_the_right_one(sample_themes):
    with pytest.warns(SearchWarning, match="no paper has the word 'reinforcment', but 'reinforc"):
        assert sample_themes.search("reinforcment").empty
    with pytest.warns(SearchWarning, match="no paper has the word 'hakcing', but 'hacking'"):
        found = sample_themes.search("reward hakcing", n=3)
    assert len(found) == 3  # by the other word


def test_a_word_that_no_paper_has_is_found_by_a_meaning_that_is_close():
    class Embedder:
        def encode(self, texts):
            on_roads = [any(word in text for word in ("Cars", "auto")) for text in texts]
            return np.array([[1, 0.2] if yes else [0.2, 1] for yes in on_roads])

    papers = ["Cars and engines.", "Cars need petrol.", "Owls hoot.", "Owls and bats fly at night."]
    themes = cluster_abstracts(papers, embedder=Embedder(), cache=False)
    assert set(themes.search("automobile").index) == {0, 1}


def test_rare_words_find_their_papers(sample_themes):
    texts = sample_themes.corpus.records["abstract"].fillna("")
    found = sample_themes.search("Bellman operator", n=5)
    assert all("Bellman" in texts[row] for row in found.index[:3])


def test_the_order_of_rows_does_not_matter(sample, sample_themes):
    backwards = cluster_abstracts(sample.iloc[::-1].reset_index(drop=True))
    for query in ("reward hacking", "robots that learn from people"):
        there, here = backwards.search(query), sample_themes.search(query)
        assert there["title"].tolist() == here["title"].tolist()
        assert there["score"].tolist() == here["score"].tolist()


def test_only_in_some_themes(sample_themes):
    name = sample_themes[1].name
    by_number, by_name = (sample_themes.search("learning", theme=t) for t in (1, name))
    assert set(by_number["theme"]) == {1}
    pd.testing.assert_frame_equal(by_number, by_name)
    both = sample_themes.search("learning", theme=[1, sample_themes[3].name], n=200)
    assert set(both["theme"]) == {1, 3}
    everywhere = sample_themes.search("learning", n=200)
    assert set(by_number.index) < set(everywhere.index)
    assert by_number["score"].to_dict().items() <= everywhere["score"].to_dict().items()


def test_n_is_a_limit(sample_themes):
    assert len(sample_themes.search("learning", n=3)) == 3
    everything = sample_themes.search("learning", n=10_000)
    assert 10 < len(everything) <= sample_themes.corpus.n_papers
    assert everything.index.is_unique


@pytest.mark.parametrize("query", ["", "  ", "...", None, 7, ["robots"]])
def test_a_query_needs_words(few, query):
    with pytest.raises(OptionError, match="expected one or more words"):
        few.search(query)
    with pytest.raises(OptionError, match="expected one or more words"):
        few.search_themes(query)


@pytest.mark.parametrize("n", [0, -1, 2.5, True, "3"])
def test_n_must_be_a_number(few, n):
    with pytest.raises(OptionError, match=r"n is .*; expected an int of 1 or more"):
        few.search("robots", n=n)
    with pytest.raises(OptionError, match=r"n is .*; expected an int of 1 or more"):
        few.search_themes("robots", n=n)


@pytest.mark.parametrize("theme", [-1, 2, "no such theme", [0, "no such theme"]])
def test_unknown_themes(few, theme):
    with pytest.raises(UnknownThemeError, match="not in this map"):
        few.search("robots", theme=theme)


def test_one_paper():
    themes = cluster_abstracts(["Robots grasp cups."])
    assert themes.search("a robot")["score"].tolist() == [1]
    assert themes.search_themes("a robot")["score"].tolist() == [1]


@pytest.mark.parametrize("abstracts", [GERMAN, CHINESE])
def test_other_languages(abstracts):
    texts = [text for of_subject in abstracts.values() for text in of_subject]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", absclust.LanguageWarning)
        themes = cluster_abstracts(texts)
    for row, text in enumerate(texts):
        assert themes.search(text, n=1).index.tolist() == [row]
    query = {"Datenschutz": 4, "悬索桥": 8}
    word, first = next((q, r) for q, r in query.items() if any(q in text for text in texts))
    assert set(themes.search(word, n=2).index) <= set(range(first, first + 4))


def test_a_saved_map_finds_the_same(sample_themes, tmp_path):
    sample_themes.save(tmp_path / "map.zip")
    loaded = absclust.load(tmp_path / "map.zip")
    for query in ("reward hacking", "proteins"):
        pd.testing.assert_frame_equal(loaded.search(query), sample_themes.search(query))
        pd.testing.assert_frame_equal(
            loaded.search_themes(query), sample_themes.search_themes(query)
        )


def test_edits_share_the_index_and_change_the_themes(sample_themes):
    merged = sample_themes.merge([0, 1], "both of them")
    assert merged.foundation.words is sample_themes.foundation.words
    before, after = (themes.search("reward hacking") for themes in (sample_themes, merged))
    assert after.index.tolist() == before.index.tolist()
    assert after["theme_name"].iloc[0] == "both of them"


def test_papers_that_were_added_are_found(few):
    grown = few.update([{"title": "Zebrafish larvae swim", "abstract": "Larvae of zebrafish."}])
    assert grown.themes.search("zebrafish").index.tolist()[0] == 6
    assert few.search("zebrafish larvae", n=1).index.tolist() != [6]


def test_layers_can_be_searched(sample_themes):
    fine = sample_themes.layers[2]
    assert fine.search("reward hacking")["theme"].max() < len(fine)


class TestWithoutAnEmbedder:
    texts = ("Robots grasp cups.", "Robots grasp tools.", "Proteins fold fast.", "Proteins fold.")
    vectors = np.array([[1, 0.1], [1, 0.2], [0.1, 1], [0.2, 1]])

    @pytest.fixture
    def given(self):
        return cluster_abstracts(list(self.texts), embeddings=self.vectors, n_themes=2)

    def test_words_alone_and_a_warning(self, given):
        with pytest.warns(SearchWarning, match=r"ranked by words alone: .* vectors of your own"):
            found = given.search("cups of robots")
        assert found.index.tolist() == [0, 1]
        with pytest.warns(SearchWarning):
            assert given.search("zebra").empty
        with pytest.warns(SearchWarning):
            assert given.search_themes("robot").index.tolist() == [given.labels[0]]
        with pytest.warns(SearchWarning):
            assert given.search_themes("zebra").empty

    def test_the_vector_of_the_query(self, given):
        for vector in ([0, 2], [[0, 2]]):
            found = given.search("zebra", embeddings=vector)
            assert found.index.tolist() == [2, 3]
        assert given.search_themes("zebra", embeddings=[0, 1]).index.tolist() == [given.labels[2]]

    def test_a_vector_that_can_not_be_used(self, given, few):
        with pytest.raises(absclust.EmbedderError, match="3 dimensions; expected 2"):
            given.search("robots", embeddings=[1, 2, 3])
        with pytest.raises(absclust.EmbedderError, match="NaN"):
            given.search("robots", embeddings=[np.nan, 1])
        with pytest.raises(absclust.InputError, match="leave them out"):
            few.search("robots", embeddings=[1, 2])


def test_an_embedder_of_the_users_own(tmp_path):
    themes = cluster_abstracts([p["title"] for p in PAPERS], embedder=letters, n_themes=2)
    assert themes.search("folded protein", n=1)["title"].tolist()[0] in {
        "Proteins fold fast",
        "A protein folds twice",
    }
    assert themes.search("Poretin sdlof tasf", n=1).index.tolist() == [3]  # the same letters
    themes.save(tmp_path / "map.zip")
    loaded = absclust.load(tmp_path / "map.zip")
    with pytest.warns(SearchWarning, match="embedder="):
        assert loaded.search("proteins").index.tolist()[0] in {3, 5}
    again = absclust.load(tmp_path / "map.zip", embedder=letters)
    pd.testing.assert_frame_equal(again.search("robots"), themes.search("robots"))


def test_a_themes_name_finds_it(sample_themes):
    for theme in sample_themes:
        found = sample_themes.search_themes(theme.name, n=1)
        assert found.index.tolist() == [theme.id]
        assert found["score"].tolist() == [1]


def test_a_new_name_finds_its_theme(sample_themes):
    renamed = sample_themes.rename({5: "Zebra crossings"})
    assert renamed.search_themes("zebra crossing").index[0] == 5
    assert renamed.search_themes("zebra crossing")["name"].iloc[0] == "Zebra crossings"


def test_themes_are_in_a_table(sample_themes):
    found = sample_themes.search_themes("reward hacking")
    assert found.index.name == "theme"
    assert list(found) == ["name", "score", "size", "keywords"]
    expected = sample_themes.table().loc[found.index, ["name", "size", "keywords"]]
    pd.testing.assert_frame_equal(found.drop(columns="score"), expected)
    assert found["score"].is_monotonic_decreasing
    assert found["score"].sum() == pytest.approx(1, abs=0.01)
    assert len(found) <= 5
    assert len(sample_themes.search_themes("learning", n=2)) == 2
    assert found.index[0] == sample_themes.search("reward hacking", n=1)["theme"].iloc[0]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["aaai21_clusters", "csl_zh"])
def test_titles_of_real_papers(labelled, name):
    frame = labelled(name).head(600)[["title", "abstract"]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", absclust.LanguageWarning)
        themes = cluster_abstracts(frame)
    titles = frame["title"].iloc[::3]
    first = [themes.search(title, n=1).index[0] for title in titles]
    assert np.mean(frame["title"].iloc[first].to_numpy() == titles.to_numpy()) >= 0.99


@pytest.mark.parametrize("page", ["searching.md", "maps.md"])
def test_the_examples_in_the_documentation_run(sample_themes, page):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / page).read_text("utf-8"), re.S)
    assert blocks
    scope = {"themes": sample_themes}
    for block in blocks:
        exec(block, scope)


def test_a_long_query_of_unknown_words_is_not_compared_word_by_word(monkeypatch):
    from absclust.analysis import search as module

    compared = []
    monkeypatch.setattr(module, "get_close_matches", lambda word, *_, **__: compared.append(word))
    themes = cluster_abstracts(["Robots grasp.", "Proteins fold."], progress=False)
    themes.search("robots " + " ".join(f"unknowable{letter}" for letter in "bcdefghijklmnopqr"))
    assert 0 < len(compared) <= 5
