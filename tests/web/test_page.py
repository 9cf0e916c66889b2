"""The page of the interactive map as text; test_browser.py opens it in a browser."""

import base64
import errno
import json
import re
from pathlib import Path

import numpy as np
import pytest

import absclust.web.page
from absclust import WriteError, cluster_abstracts
from absclust.arrays import evenly_spread
from absclust.text.words import all_words
from absclust.theme_map import ThemeMap
from absclust.web.meaning import meaning
from absclust.web.page import page
from tests.conftest import with_coordinates

HOSTILE = (
    "<script>alert(1)</script> of robots",
    "</script><!-- <img src=x onerror=alert(2)> robots & arms",
    "Robots\u2028in\u2029lines \ud800 alone 🤖",
    "روبوتات تمسك الأكواب",
    '=HYPERLINK("there","robots")',
)
FIELDS = (
    ("robot arm", "grasp", "sim-to-real"),
    ("protein", "fold", "enzyme"),
    ("galaxy", "star", "dust"),
)


def make_map(per_topic: int = 12) -> ThemeMap:
    """Return a map of 3 fields with 2 topics each, with given coordinates, so no UMAP runs."""
    rng = np.random.default_rng(0)
    papers, vectors, places = [], [], []
    for field, (word, *topics) in enumerate(FIELDS):
        for number, topic in enumerate(topics):
            for i in range(per_topic):
                papers.append(
                    {
                        "key": f"k{len(papers)}",
                        "title": f"The {word} and {topic} in study {i}",
                        "abstract": f"We show how a {word} meets a {topic}, {word} by {word}, {i}.",
                        "year": 2015 + i if i else None,
                        "doi": f"10.1234/{field}{number}{i}" if i % 2 else None,
                    }
                )
                centre = np.zeros(21)
                topic_of_all = 2 * field + number
                centre[[field, 3 + topic_of_all, 9 + 2 * topic_of_all + i % 2]] = 3, 1.5, 1.5
                vectors.append(centre + rng.normal(0, 0.2, 21))
                places.append(np.add([4 * field + 1.5 * number, field % 2], rng.normal(0, 0.2, 2)))
    for i, title in enumerate(HOSTILE):
        papers[i]["title"] = title
    papers[1]["doi"] = "javascript:alert(3)"
    papers.append(papers[9])
    vectors.append(vectors[9])
    themes = cluster_abstracts(papers, embeddings=np.array(vectors), n_themes=6)
    return with_coordinates(themes, np.array(places)[themes.corpus.first_row])


@pytest.fixture(scope="module")
def themes() -> ThemeMap:
    return make_map()


@pytest.fixture(scope="module")
def text(themes) -> str:
    return page(themes)


def data_of(text: str) -> dict:
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])


def numbers(packed: str, kind: str) -> list:
    return np.frombuffer(base64.b64decode(packed), kind).tolist()


def test_has_the_same_papers_as_the_map(themes, text):
    data = data_of(text)
    first = themes.corpus.first_row
    assert data["titles"] == [themes.corpus.titles[row] for row in first]
    assert data["links"] == [themes.corpus.links[row] for row in first]
    assert data["ids"] == [f"k{row}" for row in first]
    assert numbers(data["row"], "<i4") == first.tolist()
    assert numbers(data["year"], "<u2") == themes.corpus.years[first].tolist()
    strength = np.array(numbers(data["strength"], "<u1")) / 255
    np.testing.assert_allclose(strength, themes._paper_membership.strength, atol=0.002)
    assert [row for rows in data["copies"].values() for row in rows] == [len(themes.labels) - 1]


def test_layers_are_those_of_the_map(themes, text):
    data = data_of(text)
    shown = data["layers"][data["main"]]
    assert [t["name"] for t in shown["themes"]] == [t.name for t in themes]
    assert [t["size"] for t in shown["themes"]] == [12] * 6  # a paper in two rows counts once
    assert [t["stability"] for t in shown["themes"]] == [t.stability for t in themes]
    assert numbers(shown["labels"], "<i4") == themes.labels[themes.corpus.first_row].tolist()
    counts = [len(layer["themes"]) for layer in data["layers"]]
    assert counts == sorted(set(counts))  # a layer like the one before is left out


def test_author_keywords_are_those_of_the_map(author_keyword_themes):
    places = np.zeros((author_keyword_themes.corpus.n_papers, 2))
    data = data_of(page(with_coordinates(author_keyword_themes, places)))
    shown = data["layers"][data["main"]]["themes"]
    assert [theme["authorKeywords"] for theme in shown] == [
        "protein folding, molecular dynamics",
        "robotic grasping, tactile sensing",
    ]


def test_places_keep_their_proportions(themes, text):
    data = data_of(text)
    shown = np.reshape(numbers(data["places"], "<u2"), (2, -1)).T / 65535
    given = themes.foundation.paper_coordinates * [1, -1]  # y grows downwards on a page
    extent = np.ptp(given, axis=0).max()
    np.testing.assert_allclose(np.diff(shown, axis=0), np.diff(given, axis=0) / extent, atol=1e-4)
    assert shown.min() >= 0
    assert shown.max() <= 1


def test_citations_are_of_the_papers_drawn(monkeypatch):
    cited = [
        {"title": f"Owls {i}", "doi": f"10.1234/{i}", "references": f"10.1234/{i - 1}"}
        for i in range(4)
    ]
    vectors = np.random.default_rng(0).random((4, 3))
    themes = cluster_abstracts(cited, embeddings=vectors, n_themes=1)
    themes = with_coordinates(themes, np.zeros((4, 2)))
    titles = [themes.corpus.titles[row] for row in themes.corpus.first_row]
    for drawn in (slice(4), slice(1, 4)):
        monkeypatch.setattr(absclust.web.page, "_drawn", lambda _, some=drawn: np.arange(4)[some])
        data, order = data_of(page(themes)), titles[drawn]
        pairs = np.reshape(numbers(data["citations"], "<i4"), (-1, 2))
        named = {(order[citing], order[paper]) for citing, paper in pairs}
        assert named == {(f"Owls {i}", f"Owls {i - 1}") for i in range(1, 4)} & {
            (one, other) for one in order for other in order
        }
    assert data_of(page(make_map()))["citations"] is None


def test_papers_can_be_coloured_by_the_year_of_their_date():
    papers = [{"abstract": f"Owls hoot {i}.", "Date": f"{2020 + i % 3}-05-01"} for i in range(6)]
    themes = cluster_abstracts(papers, embeddings=np.eye(6), n_themes=1)
    columns = data_of(page(with_coordinates(themes, np.zeros((6, 2)))))["columns"]
    found = {column["name"]: column["names"] for column in columns}
    assert found["year"] == ["2020", "2021", "2022", "no year"]


def test_loads_nothing_from_elsewhere(text):
    assert not re.search(
        r"<link(?! rel=\"icon\" href=\"data:,\")|<(?:img|iframe|object|base)\b", text
    )
    assert not re.search(r"""\b(?:src|srcset|action)\s*=\s*["']""", text)
    assert not re.search(r"@import|url\(|\bfetch\(|XMLHttpRequest|WebSocket|\bimport\(", text)
    addresses = set(re.findall(r"https?://[^\s\"'<>\\]+", text))
    addresses.discard("http://www.w3.org/2000/svg")  # what SVG is called; nothing opens it
    assert all(address.startswith("https://doi.org/10.1234/") for address in addresses)
    assert "connect-src 'none'" in text


def test_policy_allows_its_own_script_and_style_only(text):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for part in ("script", "style"):
        source = re.search(rf"<{part}(?: type=\"module\")?>(.*?)</{part}>", text, re.DOTALL)[1]
        assert absclust.web.page._hash(source) in re.search(rf"{part}-src '([^']*)'", policy)[1]


@pytest.mark.parametrize("n_neighbors", [2, 5])
def test_the_page_knows_how_many_neighbours_papers_have(n_neighbors):
    themes = cluster_abstracts([f"owl {i}" for i in range(30)], n_neighbors=n_neighbors)
    assert data_of(page(themes))["neighbors"] == n_neighbors


def test_titles_can_not_end_the_data(themes, text):
    assert text.count("</script>") == 3  # of the data, the texts and the script
    raw = re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1]
    assert not re.search("[<>&\u2028\u2029\ud800-\udfff]", raw)
    assert set(HOSTILE[3:]) <= set(data_of(text)["titles"])
    assert any("<script>alert(1)</script>" in title for title in data_of(text)["titles"])
    text.encode("utf-8")  # fails for a lone surrogate


def test_a_link_is_http_or_none(text):
    assert "javascript:alert(3)" not in text
    assert all(re.match(r"https://doi\.org/|$", link) for link in data_of(text)["links"])


def test_the_same_map_gives_the_same_page(text):
    assert page(make_map()) == text


@pytest.mark.parametrize(
    "papers",
    [
        ["The owls hoot at night."],
        ["The owls hoot."] * 2,
        ["The owl hoots.", None, "The bee hums."],
    ],
)
def test_tiny_corpora(papers):
    data = data_of(page(cluster_abstracts(papers)))
    assert len(data["titles"]) == len({p for p in papers if p})
    assert not any(data["links"])
    assert data["ids"] is None


@pytest.mark.parametrize("most_drawn", [1, 2])
def test_papers_in_no_theme_are_counted(monkeypatch, most_drawn):
    monkeypatch.setattr("absclust.sizes.DRAWN_IN_PAGE", most_drawn)

    class NoThemes:
        def fit_predict(self, vectors):
            return np.full(len(vectors), -1)

    data = data_of(page(cluster_abstracts(["Owls hoot.", "Bees hum."], clusterer=NoThemes())))
    assert data["layers"][data["main"]]["themes"] == []
    assert data["layers"][data["main"]]["unplaced"] == 2
    assert len(data["titles"]) == most_drawn


def test_ten_thousand_titles_are_below_8_mb():
    title = (
        "A title as long as titles of papers usually are, with a hundred characters or so, number"
    )
    link = "https://doi.org/10.1000/journal.of.long.names.2024.12345"
    papers = [{"title": f"{title} {i}", "url": link, "year": 2020} for i in range(10_000)]
    themes = cluster_abstracts(papers[:12])
    per_paper = len(page(cluster_abstracts(papers[:13])).encode()) - len(page(themes).encode())
    assert len(page(themes).encode()) + 10_000 * per_paper < 8e6


def test_writes_the_page_and_says_where(themes, text, tmp_path):
    (tmp_path / "map.html").write_text("old")
    written = themes.to_html(str(tmp_path / "map.html"))
    assert written == tmp_path / "map.html"
    assert written.read_bytes() == text.encode("utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["map.html"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (".", "is a folder; expected the name of a file"),
        ("none/map.html", "there is no folder .*none; make it first"),
    ],
)
def test_a_path_that_can_not_be_written(themes, tmp_path, name, says):
    with pytest.raises(WriteError, match=says):
        themes.to_html(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_old_file(themes, tmp_path, monkeypatch):
    (tmp_path / "map.html").write_text("old")

    def fail(self, *args, **kwargs):
        self.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(WriteError, match=r"map\.html: No space left on device"):
        themes.to_html(tmp_path / "map.html")
    monkeypatch.undo()
    assert [p.read_text() for p in tmp_path.iterdir()] == ["old"]


@pytest.fixture(params=[8, 30, 70])
def sampled(themes, monkeypatch, request) -> dict:
    """Return the data of a page that may draw no more papers than that, or 3 of each theme."""
    monkeypatch.setattr("absclust.sizes.DRAWN_IN_PAGE", request.param)
    monkeypatch.setattr(absclust.web.page, "_FEWEST_OF_THEME", 3)
    return data_of(page(themes))


def drawn_papers(themes: ThemeMap, data: dict) -> list[int]:
    return themes.corpus.paper_of_row[numbers(data["row"], "<i4")].tolist()


def test_a_very_large_map_draws_an_even_sample(themes, sampled):
    drawn = drawn_papers(themes, sampled)
    everyone = np.arange(themes.corpus.n_papers)
    assert set(evenly_spread(everyone, absclust.sizes.DRAWN_IN_PAGE)) <= set(drawn)
    assert drawn == sorted(set(drawn))
    assert len(drawn) < len(everyone)
    assert sampled["sample"] == {"even": absclust.sizes.DRAWN_IN_PAGE, "of": len(everyone)}
    assert data_of(page(make_map())) == sampled


def test_no_more_is_drawn_if_each_theme_has_enough(themes, monkeypatch):
    monkeypatch.setattr("absclust.sizes.DRAWN_IN_PAGE", 60)
    monkeypatch.setattr(absclust.web.page, "_FEWEST_OF_THEME", 1)
    assert len(data_of(page(themes))["titles"]) == 60


def test_each_theme_of_a_sampled_map_is_drawn(themes, sampled):
    drawn = drawn_papers(themes, sampled)
    for shown, layer in zip(sampled["layers"], themes.layers, strict=True):
        labels = numbers(shown["labels"], "<i4")
        assert labels == layer._paper_labels[drawn].tolist()
        for theme in range(len(layer)):
            assert labels.count(theme) >= min(3, (layer._paper_labels == theme).sum())


def test_sizes_in_a_sampled_map_count_all_papers(themes, sampled):
    for shown, layer in zip(sampled["layers"], themes.layers, strict=True):
        sizes = [theme["size"] for theme in shown["themes"]]
        assert sizes == np.bincount(layer._paper_labels, minlength=len(layer)).tolist()


def test_a_sampled_map_has_titles_links_ids_years_and_copies_of_its_papers(themes, sampled):
    drawn, corpus = drawn_papers(themes, sampled), themes.corpus
    rows = corpus.first_row[drawn]
    assert numbers(sampled["row"], "<i4") == rows.tolist()
    assert sampled["titles"] == [corpus.titles[row] for row in rows]
    assert sampled["links"] == [corpus.links[row] for row in rows]
    assert sampled["ids"] == [f"k{row}" for row in rows]
    assert numbers(sampled["year"], "<u2") == corpus.years[rows].tolist()
    twice = corpus.paper_of_row[-1]  # the last row repeats an earlier one
    copies = {str(drawn.index(twice)): [len(corpus.titles) - 1]} if twice in drawn else {}
    assert sampled["copies"] == copies


def test_a_map_at_the_limit_is_drawn_whole(themes, text, monkeypatch):
    monkeypatch.setattr("absclust.sizes.DRAWN_IN_PAGE", themes.corpus.n_papers)
    data = data_of(page(themes))
    assert data.pop("sample") == {"even": 72, "of": 72}  # which the page takes for the whole
    assert data.items() <= data_of(text).items()


def test_words_for_the_search_by_meaning_have_one_order(sample_themes):
    # With the order of a set, each process would write another page.
    words = meaning(sample_themes, np.arange(sample_themes.corpus.n_papers))["words"]
    texts = [set(all_words(text.lower())) for text in sample_themes.corpus.paper_texts]
    counts = {word: sum(word in each for each in texts) for word in words}
    assert words == sorted(words, key=lambda word: (-counts[word], word))
