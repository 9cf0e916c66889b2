"""The interactive map in a real browser: headless Chromium, driven by Playwright."""

import base64
import csv
import io
import re
import shutil
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image

from absclust import cluster_abstracts
from absclust._version import __version__
from absclust.corpus.clean import display_text
from absclust.counted import counted_themes
from absclust.io.formulas import guarded
from absclust.plot.colors import layer_colors, theme_colors
from absclust.web.page import page as text_of_page
from absclust.web.widget import framed
from tests.conftest import with_coordinates
from tests.io.test_formulas import FORMULAS, HARMLESS
from tests.web.test_page import HOSTILE, make_map

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)

# Playwright, its driver and the browser talk through pipes, and pages are opened from files.
OFFLINE = ["--host-resolver-rules=MAP * ~NOTFOUND"]
pytestmark = pytest.mark.skipif(not BROWSER, reason="needs a browser: apt-get install chromium")


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="needs: pip install playwright")
    with playwright.sync_playwright() as run:
        started = run.chromium.launch(executable_path=BROWSER, args=OFFLINE)
        yield started
        started.close()


@pytest.fixture(scope="module")
def themes():
    return make_map()


@pytest.fixture(scope="module")
def address(themes, tmp_path_factory):
    return themes.to_html(tmp_path_factory.mktemp("map") / "map.html").as_uri()


@pytest.fixture
def open_page(browser):
    """Return a function that opens an address; at the end, checks that nothing went wrong."""
    contexts, complaints, requests = [], [], []

    def opened(address, **options):
        context = browser.new_context(
            viewport={"width": 1200, "height": 800}, **({"reduced_motion": "reduce"} | options)
        )
        contexts.append(context)
        context.route(re.compile("^https?:"), lambda route: route.fulfill(body="a paper"))
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(address)
        page.wait_for_selector("#legend li, #legend:empty", state="attached")
        if page.locator("iframe").count() == 0:
            page.wait_for_selector("html[data-texts=read]", state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "blob:"))] == []


@pytest.fixture
def page(open_page, address):
    return open_page(address)


def locate(page, title):
    """Bring a paper to the middle of the map as a reader does: search for it and click it."""
    page.fill("#search", title)
    page.press("#search", "Enter")
    page.locator("#list .paper").first.click()
    page.click("#reader-back")
    page.wait_for_selector("#list")
    box = page.locator("#map").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def lasso(page, corners):
    page.click("#lasso")
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=3)
    page.mouse.up()


def exported(page):
    with page.expect_download() as caught:
        page.click("#export")
    assert caught.value.suggested_filename == "papers.csv"
    with open(caught.value.path(), encoding="utf-8", newline="") as file:
        text = file.read()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def shown(page, selector):
    """Return the text of an element, which must be in sight and under nothing else."""
    element = page.locator(selector)
    element.wait_for(state="visible")
    on_top = element.evaluate(
        "e => { const { left, top, width, height } = e.getBoundingClientRect();"
        "const there = document.elementFromPoint(left + width / 2, top + Math.min(height, 20) / 2);"
        "return e === there || e.contains(there) || getComputedStyle(e).pointerEvents === 'none'; }"
    )
    assert on_top, f"{selector} is covered"
    return element.inner_text()


def picture(page):
    """Return the pixels of the canvas of points."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    return page.evaluate("() => document.getElementById('points').toDataURL()")


def test_every_theme_is_listed_with_size_and_stability(page, themes):
    rows = page.locator("#legend li .theme").all_inner_texts()
    assert [row.split("\n")[0] for row in rows] == [theme.name for theme in themes]
    for row, theme in zip(rows, themes, strict=True):
        assert row.split("\n")[1:] == ["12", f"{theme.stability:.2f}"]
    assert page.inner_text("#heading") == "72 papers, 6 themes"


def test_a_theme_has_its_keywords_as_a_tooltip(open_page, author_keyword_themes, tmp_path):
    page = open_page(author_keyword_themes.to_html(tmp_path / "map.html").as_uri())
    shown = page.eval_on_selector_all("#legend .theme", "all => all.map((row) => row.title)")
    for text, theme in zip(shown, author_keyword_themes, strict=True):
        given = ", ".join(theme.author_keywords)
        said = f"{theme.sentence}\n" if theme.sentence else ""
        assert text == f"{said}{', '.join(theme.keywords)}\nAuthors' keywords: {given}"


def test_a_tooltip_without_authors_keywords(page, themes):
    shown = page.eval_on_selector_all("#legend .theme", "all => all.map((row) => row.title)")
    assert shown == [", ".join(theme.keywords) for theme in themes]


def test_a_theme_has_the_colour_of_the_pictures(page, themes):
    dots = "dot => getComputedStyle(dot).getPropertyValue('--theme')"
    shown = page.eval_on_selector_all("#legend li", f"all => all.map({dots})")
    colors = (theme_colors(themes) * 255).round().astype(int).tolist()
    assert shown == [f"rgb({r} {g} {b})" for r, g, b in colors]


def test_the_map_is_drawn(page):
    colors = page.evaluate(
        "() => { const c = document.getElementById('points');"
        "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        "return new Set(new Uint32Array(d.buffer)).size; }"
    )
    assert colors > 20
    names = page.evaluate(
        "() => { const c = document.getElementById('map');"
        "return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(Boolean); }"
    )
    assert names


def test_hover_shows_title_theme_strength_and_year(page, themes):
    row = 9
    page.get_by_label(f"Themes {len(themes)}").click()  # held
    x, y = locate(page, themes.corpus.titles[row])
    page.mouse.move(x, y)
    card = shown(page, "#card")
    paper = themes.corpus.paper_of_row[row]
    assert themes.corpus.titles[row] in card
    assert themes[themes.labels[row]].name in card
    assert f"strength {themes._paper_membership.strength[paper]:.2f}" in card
    assert str(themes.corpus.years[row]) in card
    assert "in 2 rows" in card
    page.mouse.move(x, y + 300)
    assert page.locator("#card").is_hidden()


def test_a_click_shows_the_paper(page, themes):
    row = 9
    x, y = locate(page, themes.corpus.titles[row])
    page.mouse.click(x, y)
    paper = themes.corpus.paper_of_row[row]
    assert shown(page, "#reader-title") == themes.corpus.titles[row]
    assert shown(page, "#reader .abstract") == themes.corpus.records["abstract"][row]
    assert shown(page, "#reader .about >> nth=0") == f"{themes.corpus.years[row]} · in 2 rows"
    runner_up = themes[themes._paper_membership.runner_up[paper]].name
    assert shown(page, "#reader .belongs") == (
        f"{themes[themes.labels[row]].name} · strength "
        f"{themes._paper_membership.strength[paper]:.2f} · runner-up {runner_up}"
    )
    assert page.locator("#tabs").is_hidden()
    page.keyboard.press("Escape")
    page.wait_for_selector("#tabs")
    assert page.locator("#reader").is_hidden()


def test_one_walks_from_paper_to_paper_and_back(page, themes):
    x, y = locate(page, themes.corpus.titles[9])
    page.mouse.click(x, y)
    paper = themes.corpus.paper_of_row[9]
    near = themes.foundation.paper_graph.indices[paper][:6]
    page.wait_for_selector("#reader .papers")
    titles = page.locator("#reader .papers .title").all_inner_texts()
    assert titles == [themes.corpus.titles[row] for row in themes.corpus.first_row[near]]
    page.locator("#reader .papers .paper").first.click()
    page.wait_for_function(
        "title => document.getElementById('reader-title').textContent === title", arg=titles[0]
    )
    address = page.url
    page.go_back()
    page.wait_for_function(
        "title => document.getElementById('reader-title').textContent === title",
        arg=themes.corpus.titles[9],
    )
    page.goto("about:blank")
    page.goto(address)  # the address opens the same paper again
    assert shown(page, "#reader-title") == titles[0]


def test_lines_lead_to_the_nearest_papers(page, themes):
    x, y = locate(page, themes.corpus.titles[9])
    page.mouse.move(5, 400)
    marks = "() => document.getElementById('map').toDataURL()"
    before = page.evaluate(marks)
    page.mouse.click(x, y)
    page.wait_for_selector("#reader .papers")
    page.mouse.move(5, 400)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert page.evaluate(marks) != before


def test_who_cites_whom_is_listed_and_drawn_as_arrows(open_page, tmp_path):
    papers = [
        {
            "title": f"Owls of study {i}",
            "doi": f"10.1234/{i}",
            "year": 2010 + i,
            "References": cited,
        }
        for i, cited in enumerate(["", "10.1234/0", "10.1234/1", "10.1234/1; 10.1234/9", "", ""])
    ]
    vectors = np.random.default_rng(0).random((6, 4))
    themes = cluster_abstracts(papers, embeddings=vectors, n_themes=1)
    row, places = (
        themes.corpus.first_row,
        np.array([[0, 0], [9, 1], [4, 7], [8, 6], [2, 3], [7, 3]]),
    )
    themes = with_coordinates(themes, places[row])
    page = open_page(themes.to_html(tmp_path / "map.html").as_uri())
    page.fill("#search", "study 1")
    page.press("#search", "Enter")
    page.locator("#list .paper").first.click()
    page.wait_for_selector("#reader h3.cites")
    headings = page.locator("#reader h3.cites").all_inner_texts()
    assert headings == ["Cites 1 of these papers →", "Cited by 2 of these papers ←"]
    lists = [page.locator(f"#reader h3.cites >> nth={i} >> xpath=following::ol[1]") for i in (0, 1)]
    assert [each.locator(".title").all_inner_texts() for each in lists] == [
        ["Owls of study 0"], ["Owls of study 3", "Owls of study 2"]
    ]  # fmt: skip
    page.mouse.move(5, 400)
    page.click("#reset")
    accent = page.evaluate("getComputedStyle(document.querySelector('.cites')).color")
    with page.expect_download() as caught:
        page.click("#save-svg")
    paths = [path.get("d") for path in ElementTree.parse(caught.value.path()).getroot().iter()
             if path.get("stroke") == accent]  # fmt: skip
    assert len(paths) == 9  # three arrows, each of a line and two strokes of its head
    ends = [np.array(re.findall(r"[-\d.]+", path), float).reshape(2, 2) for path in paths[::3]]
    starts, tips = np.array(ends).swapaxes(0, 1)
    np.testing.assert_allclose(tips[1:], [tips[1]] * 2, atol=30)  # at the paper that is read
    np.testing.assert_allclose(starts[0], tips[1], atol=30)
    assert np.linalg.norm(starts[1:] - tips[1], axis=1).min() > 60
    url = page.evaluate("document.getElementById('map').toDataURL()")
    drawn = np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))), dtype=int)
    for x, y in np.mean(ends, axis=1).astype(int):  # on the map itself, half-way along each arrow
        red, green, blue, opacity = drawn[y, x]
        assert opacity > 100
        assert blue > green + 30 > red + 60


def test_authors_venue_keywords_and_links_are_shown(open_page, tmp_path):
    records = [
        {"id": "2103.00001", "title": "On owls", "authors": ["Silva, Inês", "Wu, Lin"],
         "journal": "J. Owls", "keywords": "owls; night", "doi": "10.5555/x", "pmid": 123,
         "abstract": "Owls hoot in CO<sub>2</sub>. <b onclick=alert(1)>Loud</b>"},
        {"title": "On bees", "abstract": ""},
    ]  # fmt: skip
    themes = cluster_abstracts(records, n_themes=1, embeddings=np.eye(2))
    page = open_page(themes.to_html(tmp_path / "map.html").as_uri())
    page.click("#tab-papers")
    page.click("text=On owls")
    assert shown(page, "#reader .authors") == "Silva, Inês; Wu, Lin"
    assert shown(page, "#reader-text .about >> nth=0") == "J. Owls"
    assert shown(page, "#reader .words") == "Keywords: owls; night"
    assert shown(page, "#reader .abstract") == "Owls hoot in CO2. Loud"
    links = page.locator("#reader .links a")
    assert links.evaluate_all("all => all.map((a) => [a.textContent, a.href, a.rel])") == [
        ["DOI ↗", "https://doi.org/10.5555/x", "noopener noreferrer"],
        ["arXiv ↗", "https://arxiv.org/abs/2103.00001", "noopener noreferrer"],
        ["PubMed ↗", "https://pubmed.ncbi.nlm.nih.gov/123/", "noopener noreferrer"],
    ]
    page.click("#reader .papers .paper")
    assert shown(page, "#reader .missing") == "It has no abstract."


def test_four_hundred_authors_leave_the_abstract_in_sight(open_page, tmp_path):
    authors = [f"Owl, A{i}" for i in range(400)]
    papers = [{"title": "On owls", "authors": authors, "abstract": "Owls hoot."}, {"title": "Bees"}]
    themes = cluster_abstracts(papers, n_themes=1, embeddings=np.eye(2))
    page = open_page(f"{themes.to_html(tmp_path / 'map.html').as_uri()}#paper=0")
    assert shown(page, "#reader .abstract") == "Owls hoot."
    assert shown(page, "#reader .authors summary").endswith("Owl, A9; and 390 more")
    assert page.locator("#reader .authors").inner_text().count("Owl") == 10
    page.click("#reader .authors summary")
    assert page.locator("#reader .authors").inner_text().count("Owl") == 400


def test_a_page_without_abstracts_says_so(open_page, themes, tmp_path):
    written = themes.to_html(tmp_path / "map.html", abstracts=False)
    page = open_page(written.as_uri())
    page.click("#tab-papers")
    page.locator("#list .paper").first.click()
    assert shown(page, "#reader .missing") == "This page was made without abstracts."


def test_a_click_on_a_link_opens_it_without_access_to_the_map(page, themes):
    row = 9
    x, y = locate(page, themes.corpus.titles[row])
    page.mouse.click(x, y)
    with page.context.expect_page() as caught:
        page.click("#reader .links a")
    caught.value.wait_for_load_state()
    assert caught.value.url == themes.corpus.links[row] == "https://doi.org/10.1234/009"
    assert caught.value.evaluate("window.opener") is None
    assert caught.value.evaluate("document.referrer") == ""


def test_a_paper_without_a_link_is_read_all_the_same(page, themes):
    assert themes.corpus.links[8] == ""
    x, y = locate(page, themes.corpus.titles[8])
    page.mouse.click(x, y)
    assert shown(page, "#reader-title") == themes.corpus.titles[8]
    assert page.locator("#reader .links").count() == 0
    assert len(page.context.pages) == 1


@pytest.mark.parametrize(
    ("title", "word"),
    list(zip(HOSTILE, ("alert(1)", "onerror", "alone", "روبوتات", "hyperlink"), strict=True)),
)
def test_a_title_is_text_never_markup(page, title, word):
    x, y = locate(page, word)
    page.mouse.move(x, y)
    text = display_text(title)
    assert page.locator("#list .title").all_inner_texts() == [text]
    assert text in shown(page, "#card")
    page.mouse.click(x, y)
    assert shown(page, "#reader-title") == text
    page.wait_for_selector("#reader .abstract")
    assert page.locator("main script, main img, #panel script, #panel img").count() == 0


def test_search_counts_marks_and_zooms(page):
    before = picture(page)
    page.fill("#search", "GALAXY dust")
    page.wait_for_function("document.getElementById('found').textContent === '12 found'")
    marked = picture(page)
    assert marked != before
    page.press("#search", "Enter")
    assert picture(page) != marked  # closer now
    assert page.locator("#list .title").count() == 12
    assert all(
        "galaxy and dust" in title for title in page.locator("#list .title").all_inner_texts()
    )
    page.fill("#search", "nowhere to be found")
    assert page.inner_text("#found") == "0 found"
    page.press("#search", "Escape")
    assert page.inner_text("#found") == ""
    page.click("#reset")
    assert picture(page) == before


def test_search_finds_what_is_in_abstracts_ids_and_themes(page, themes):
    page.fill("#search", "meets a fold")
    assert page.inner_text("#found") == "12 found"
    page.fill("#search", "k9")
    page.press("#search", "Enter")
    assert page.locator("#list .title").first.inner_text() == themes.corpus.titles[9]
    page.fill("#search", themes[2].name)
    page.press("#search", "Enter")
    assert shown(page, "#themes-found .title >> nth=0") == themes[2].name
    page.locator("#themes-found .paper").first.click()
    assert shown(page, "#reader-title") == themes[2].name


def test_the_best_match_comes_first(page, themes):
    title = themes.corpus.titles[40]
    page.fill("#search", title)
    page.press("#search", "Enter")
    assert shown(page, "#list .title >> nth=0") == title


def test_search_knows_accents_and_other_scripts(page):
    page.fill("#search", "Róbot")
    assert page.inner_text("#found") == "24 found"
    page.fill("#search", "روبوتات")
    assert page.inner_text("#found") == "1 found"


def test_legend_switches_themes(page, themes):
    first = page.locator("#legend .switch").first
    first.click()
    assert first.get_attribute("aria-pressed") == "false"
    distinct = int((themes.labels[themes.corpus.first_row] == 0).sum())
    assert page.inner_text("#tab-papers") == f"Papers {72 - distinct}"
    first.click()
    assert page.inner_text("#tab-papers") == "Papers 72"
    page.click("#all-on")
    assert page.inner_text("#tab-papers") == "Papers 72"
    page.locator("#legend li").nth(3).hover()
    page.locator("#legend .only").nth(3).click()
    assert page.inner_text("#tab-papers") == "Papers 12"
    page.click("#all-off")
    assert page.inner_text("#tab-papers") == "Papers 0"


def test_a_name_in_the_legend_shows_the_theme(page, themes):
    page.locator("#legend .theme").nth(1).click()
    theme = themes[1]
    assert shown(page, "#reader-title") == theme.name
    assert shown(page, "#reader .about >> nth=0") == (
        f"12 papers · stability {theme.stability:.2f} · focused"
    )
    assert shown(page, "#reader .words") == f"Keywords: {', '.join(theme.keywords)}"
    assert page.locator("#reader .papers .title").all_inner_texts() == list(
        theme.representative_papers
    )
    of_theme = themes._paper_labels == 1
    years = themes.corpus.years[themes.corpus.first_row][of_theme]
    undated = int((years == 0).sum())
    assert undated == 1
    assert shown(page, "#reader .ends + .about") == f"{undated} paper without a year"
    bars = page.locator(".by-year li").evaluate_all("all => all.map((bar) => bar.title)")
    assert bars == [f"{year}: 1 paper" for year in sorted(years[years > 0])]
    page.locator("#reader .papers .paper").first.click()
    page.wait_for_function(
        "title => document.getElementById('reader-title').textContent === title",
        arg=theme.representative_papers[0],
    )
    page.click("#reader-back")  # to the theme, and then to the list
    page.wait_for_selector("#reader .by-year")
    page.click("text=List its papers")
    assert shown(page, "#listed") == f"{int(of_theme.sum())} selected"
    central = (themes.foundation.paper_embedding @ themes.centroids[1])[of_theme].round(4)
    titles = np.array(themes.corpus.titles, dtype=object)[themes.corpus.first_row][of_theme]
    listed = page.locator("#list .title").all_inner_texts()
    place = {title: at for at, title in enumerate(titles.tolist())}
    assert (np.diff([central[place[title]] for title in listed]) <= 0.003).all()  # the centre first


def test_years_without_a_bar_are_counted(open_page, tmp_path):
    papers = [{"title": f"Robots {i}", "year": 1950 + 2 * i if i < 36 else None} for i in range(40)]
    vectors = np.random.default_rng(0).random((40, 4))
    themes = cluster_abstracts(papers, embeddings=vectors, n_themes=1)
    page = open_page(themes.to_html(tmp_path / "map.html").as_uri())
    page.locator("#legend .theme").first.click()
    assert page.locator(".by-year li").count() == 40  # from 1981 to 2020
    assert shown(page, "#reader .ends + .about") == "16 papers before 1981; 4 papers without a year"


def test_a_name_on_the_map_shows_the_theme(page, themes):
    page.mouse.move(5, 5)
    box = page.locator("#map").bounding_box()
    for x in range(40, int(box["width"]), 12):  # wherever the names are
        for y in range(220, int(box["height"]), 12):
            page.mouse.move(x, y)
            if page.locator("#map.linked").count() and page.locator("#card").is_hidden():
                page.mouse.click(x, y)
                assert shown(page, "#reader-title") in names_on(page)
                assert "theme=" in page.url
                return
    pytest.fail("no name on the map")


def names_on(page):
    """Return the names that are written on the map."""
    frame = "await new Promise(requestAnimationFrame);"
    page.evaluate(f"async () => {{ {3 * frame} }}")  # a new size is drawn a frame later
    return page.get_attribute("#map", "data-names").split("; ")


def test_links_between_themes_are_drawn_and_listed(open_page, tmp_path):
    themes = make_map(per_topic=5)  # so few that the nearest papers include those of other themes
    page = open_page(themes.to_html(tmp_path / "map.html").as_uri())
    without = picture_of_names(page)
    page.click("#theme-links")
    assert page.get_attribute("#theme-links", "aria-pressed") == "true"
    names_on(page)  # drawn by now
    assert picture_of_names(page) != without
    written = page.get_attribute("#map", "data-links").split()
    table = themes.links()
    assert written
    assert {int(number) for number in written} <= set(table["links"])
    page.click("#theme-links")
    names_on(page)
    assert picture_of_names(page) == without
    # A field of the test papers is two themes, whose papers lie close together.
    field = themes.layers[0].labels[themes.corpus.first_row]
    pairs = [sorted(set(themes._paper_labels[field == broad].tolist())) for broad in set(field)]
    one, two = next(pair for pair in pairs if len(pair) == 2)
    linked = "#reader h3:has-text('Linked themes') + ul li:first-child button"
    page.locator("#legend .theme").nth(one).click()
    page.locator(linked).scroll_into_view_if_needed()
    assert shown(page, linked) == themes[two].name
    page.click(linked)
    page.wait_for_selector(f"#reader-title:has-text('{themes[two].name}')")
    page.locator(linked).scroll_into_view_if_needed()
    assert shown(page, linked) == themes[one].name
    pair = table[(table["theme"] == one) & (table["other"] == two)]
    said = page.locator(linked).locator("xpath=../span").inner_text().strip()
    assert said == f"{pair['links'].item()} links"


def layer_shown(page, themes):
    """Return the layer that the names, the legend, the colours and the buttons all show."""
    page.mouse.move(5, 5)  # off the legend, which would let one theme stand out, and its focus too
    page.evaluate("() => document.activeElement.blur()")
    drawn = set(names_on(page)) - {""}
    layers = [[theme.name for theme in layer] for layer in themes.layers[:3]]
    listed = page.locator("#legend .name").all_inner_texts()
    index = layers.index(listed)
    assert drawn <= set(listed)
    assert page.locator("#layers input[type=radio]:checked").get_attribute("value") == str(index)
    colors = layer_colors(themes)
    own = page.eval_on_selector_all(
        "#legend li",
        "all => all.map((li) => getComputedStyle(li).getPropertyValue('--theme').match(/\\d+/g))",
    )
    assert np.array(own, dtype=float).tolist() == (colors[index] * 255).round().tolist()
    on_map, filled = colors_on(page)
    assert [color for color in colors[index] if not is_among(color, on_map)] == []
    others = np.vstack([layer for i, layer in enumerate(colors) if i != index])
    apart = np.abs(others[:, None] - colors[index]).max(axis=2).min(axis=1) > 0.1
    assert not any(is_among(color, filled) for color in others[apart])
    return index


def colors_on(page):
    """Return the map's colours without the ground under them, 0 to 1: all, and those of most."""
    image = Image.open(io.BytesIO(base64.b64decode(picture(page).split(",")[1])))
    colors, often = np.unique(np.asarray(image)[..., :3].reshape(-1, 3), axis=0, return_counts=True)
    ground = colors[often.argmax()]
    without = (colors * 256.0 - ground * 31.0) / 225 / 255  # a paper has this alpha
    return without[often > 4], without[often > 150]


def is_among(color, colors):
    return bool((np.abs(colors - color) < 0.02).all(axis=1).any())


def test_names_legend_colours_and_buttons_agree_after_every_action(open_page, themes, tmp_path):
    votes = themes._paper_membership  # weaker papers are drawn paler, which is left aside here
    firm = replace(themes, _paper_membership=replace(votes, strength=np.ones(len(votes.strength))))
    page = open_page(firm.to_html(tmp_path / "map.html").as_uri())
    broad, middle, fine = range(3)
    buttons = [f"Broad {len(themes.layers[0])}", f"Themes {len(themes)}"]
    buttons.append(f"Fine {len(themes.layers[2])}")
    follows = page.get_by_label("By zoom")
    assert layer_shown(page, themes) == middle
    assert follows.is_checked()
    for index in (broad, fine, middle):
        page.get_by_label(buttons[index]).check()
        assert layer_shown(page, themes) == index
        assert not follows.is_checked()
        page.focus("#map")
        page.mouse.move(400, 400)
        for notch in (-100, -100, -100, 300, 300):
            page.mouse.wheel(0, notch)  # held, whatever the zoom
            names_on(page)
            assert page.locator("#layers input[type=radio]:checked").get_attribute("value") == str(
                index
            )
        page.click("#reset")
        assert layer_shown(page, themes) == index
    follows.check()
    for _ in range(6):
        page.click("#zoom-out")
        assert layer_shown(page, themes) in (broad, middle)
    assert layer_shown(page, themes) == broad
    page.click("#reset")
    assert layer_shown(page, themes) == middle
    page.get_by_label(buttons[middle]).click()  # shown already: now it is held
    assert not follows.is_checked()
    page.click("#zoom-out", click_count=6)
    assert layer_shown(page, themes) == middle
    page.click("#reset")
    follows.check()
    page.set_viewport_size({"width": 390, "height": 600})
    assert layer_shown(page, themes) in (broad, middle)
    page.set_viewport_size({"width": 250, "height": 300})
    assert layer_shown(page, themes) == broad
    page.set_viewport_size({"width": 1200, "height": 800})
    page.locator("#legend .theme").first.click()  # read a theme, and back
    page.wait_for_selector("#reader .about")
    assert page.locator("#layers input[type=radio]:checked").get_attribute("value") == str(middle)
    page.keyboard.press("Escape")
    page.wait_for_selector("#tabs")
    assert layer_shown(page, themes) == middle


def test_the_layer_follows_the_zoom(page, themes):
    broad, _, fine = ([theme.name for theme in layer] for layer in themes.layers)
    whole = names_on(page)
    assert set(whole) == {theme.name for theme in themes}
    for _ in range(4):
        page.click("#zoom-out")
    assert set(names_on(page)) <= set(broad)  # no room for more
    page.click("#reset")
    x, y = locate(page, themes.corpus.titles[9])
    page.press("#search", "Escape")
    page.mouse.move(x, y)
    assert names_on(page) == [""]  # titles of papers instead
    titles = picture_of_names(page)
    for _ in range(40):
        page.mouse.wheel(0, 60)
        near = set(names_on(page))
        if near & (set(fine) - set(whole)):
            break
    else:
        pytest.fail("no names of fine themes")
    row = 9
    path = [layer[layer.labels[row]].name for layer in themes.layers[1:]]
    assert shown(page, "#where") == " › ".join(path)
    assert page.locator("#legend .name").all_inner_texts() == fine
    assert picture_of_names(page) != titles
    page.click("#reset")
    assert names_on(page) == whole
    assert page.locator("#where").is_hidden()


def test_a_theme_in_the_panel_stays_when_the_layer_changes(page, themes):
    page.locator("#legend .theme").nth(1).click()
    page.wait_for_selector("#reader .about")
    page.get_by_label(f"Broad {len(themes.layers[0])}").check()
    assert shown(page, "#reader-title") == themes[1].name
    assert page.url.endswith("#theme=1&show=broad_theme")
    page.keyboard.press("Escape")
    page.wait_for_selector("#tabs")
    assert page.locator("#legend li").count() == len(themes.layers[0])


def test_a_row_that_is_off_lets_the_map_be(page):
    page.locator("#legend .switch").first.click()
    page.mouse.move(5, 400)
    before = picture(page)
    page.locator("#legend li").first.hover()
    assert picture(page) == before
    page.locator("#legend li").nth(1).hover()
    assert picture(page) != before


def picture_of_names(page):
    return page.evaluate("() => document.getElementById('map').toDataURL()")


def test_a_chosen_layer_keeps_its_names(page, themes):
    fine = themes.layers[2]
    page.get_by_label(f"Fine {len(fine)}").check()
    assert set(names_on(page)) <= {theme.name for theme in fine}
    unnamed = len(fine) - len(names_on(page))
    if unnamed:
        assert shown(page, "#nameless").startswith(f"{unnamed} theme")
    else:
        assert page.locator("#nameless").is_hidden()


def test_what_has_no_room_is_counted(page, themes):
    page.get_by_label(f"Fine {len(themes.layers[2])}").check()
    page.set_viewport_size({"width": 240, "height": 400})
    unnamed = len(themes.layers[2]) - len(names_on(page))
    assert unnamed > 0
    noun = "theme" if unnamed == 1 else "themes"
    assert shown(page, "#nameless") == f"{unnamed} {noun} without room for a name: zoom in"


def test_texts_are_never_code(open_page, tmp_path):
    evil = "<img src=x onerror=alert(1)> robot </script><b>arm</b> &amp; <svg/onload=alert(2)>"
    papers = [
        {
            "title": f"{evil} {number}",
            "abstract": f"{evil} grasps cup {number}, {word} by {word}.",
            "authors": f"{evil}, A.; B, C.",
            "journal": evil,
            "keywords": f"{evil}; {word}",
            "id": f"{evil}{number}",
            "year": 2020 + number % 3,
            "url": "javascript:alert(3)",
        }
        for number, word in enumerate(["hand", "planet"] * 8)
    ]
    vectors = np.random.default_rng(0).normal(0, 0.1, (16, 8)) + np.eye(8)[[0, 1] * 8]
    themes = cluster_abstracts(papers, embeddings=vectors, n_themes=2)
    themes = themes.rename({0: evil, 1: f"{evil} 1"})
    places = np.random.default_rng(0).normal(0, 1, (16, 2))
    page = open_page(with_coordinates(themes, places).to_html(tmp_path / "map.html").as_uri())

    def as_written(place):
        text = shown(page, place)
        tags = page.locator(f"{place} :is(img, script, b, svg:not(.growth))").count()
        return "<img src=x onerror=alert(1)>" in text and not tags

    assert as_written("#legend")
    page.locator("#legend .theme").first.click()
    assert as_written("#reader")
    page.click("text=List its papers")
    assert as_written("#summary")
    assert as_written("#list")
    page.locator("#list .paper").first.click()
    page.wait_for_selector("#reader .belongs")
    assert as_written("#reader")
    page.locator("#reader .papers .paper").first.hover()
    page.click("#reader-back")
    page.fill("#search", "onerror")
    assert as_written("#list")
    page.click("#reset")
    page.hover("#map", position={"x": 300, "y": 300})


@pytest.mark.parametrize("width", [360, 700, 1200])
def test_the_two_lines_on_the_map_never_meet(page, width):
    page.set_viewport_size({"width": width, "height": 700})
    names_on(page)  # drawn anew by now
    page.evaluate(
        "() => { const where = document.getElementById('where');"
        "where.hidden = false; where.textContent = 'Networks, channel, codes › '.repeat(4);"
        "document.getElementById('nameless').style.visibility = 'visible'; }"
    )
    one, two = (page.locator(name).bounding_box() for name in ("#where", "#nameless"))
    apart = one["y"] + one["height"] <= two["y"] or two["y"] + two["height"] <= one["y"]
    assert apart or one["x"] >= two["x"] + two["width"]


def test_an_address_opens_a_theme_and_a_paper_in_it(open_page, address, themes):
    page = open_page(f"{address}#theme=2&paper=9")
    assert shown(page, "#reader-title") == themes.corpus.titles[9]
    page.keyboard.press("Escape")
    page.wait_for_selector("#reader .by-year")
    assert shown(page, "#reader-title") == themes[2].name
    page = open_page(f"{address}#layer=0&theme=1")
    assert shown(page, "#reader-title") == themes.layers[0][1].name
    page = open_page(f"{address}#theme=1")
    page.evaluate("() => { location.hash = 'layer=0&theme=1'; }")  # of the same number
    page.wait_for_selector(f"#reader-title:has-text('{themes.layers[0][1].name}')")
    page = open_page(f"{address}#theme=99&paper=x")  # not on this map
    assert page.locator("#reader").is_hidden()


def test_the_theme_of_a_paper_is_a_click_away(page, themes):
    page.click("#tab-papers")
    page.locator("#list .paper").first.click()
    name = page.locator("#reader .of-theme").inner_text()
    page.click("#reader .of-theme")
    page.wait_for_selector("#reader .by-year")
    assert shown(page, "#reader-title") == name


def test_the_legend_counts_what_the_years_leave(page, themes):
    page.locator("#from").fill("2020")
    page.locator("#to").fill("2021")
    page.uncheck("#with-undated")
    years = themes.corpus.years[themes.corpus.first_row]
    inside = (years >= 2020) & (years <= 2021)
    sizes = page.locator("#legend li .size").all_inner_texts()
    assert sizes == [
        f"{int((inside & (themes._paper_labels == theme.id)).sum())} of 12" for theme in themes
    ]


def test_a_lasso_says_what_is_in_it(page, themes):
    page.get_by_label(f"Themes {len(themes)}").click()  # held
    page.locator("#legend .theme").first.click()
    page.click("text=List its papers")
    summary = shown(page, "#summary")
    assert f"{themes[0].name} (" in summary
    years = themes.corpus.years[themes.corpus.first_row][themes._paper_labels == 0]
    assert f"{min(years[years > 0])} – {max(years)}" in summary
    words = summary.split("Stands out\n")[1].split(", ")
    assert any(word in themes[0].name.lower() for word in words)
    page.click("#clear")
    assert page.locator("#summary").is_hidden()


def test_layers_change_names_and_agree_on_what_is_off(page, themes):
    broad, _, fine = themes.layers
    page.get_by_label(f"Broad {len(broad)}").check()
    names = [name.split("\n")[0] for name in page.locator("#legend .theme").all_inner_texts()]
    assert names == [theme.name for theme in broad]
    page.locator("#legend .switch").first.click()
    page.get_by_label(f"Themes {len(themes)}").check()
    assert page.locator('#legend [aria-pressed="false"]').count() == 2
    page.get_by_label(f"Fine {len(fine)}").check()
    assert page.locator("#legend li").count() == len(fine)
    page.locator('#legend [aria-pressed="false"]').first.click()
    page.get_by_label(f"Broad {len(broad)}").check()
    assert page.locator('#legend [aria-pressed="mixed"]').count() == 1


def test_lasso_selects_lists_and_exports(page, themes):
    row = 9
    x, y = locate(page, themes.corpus.titles[row])
    for _ in range(8):
        page.click("#zoom-in")
    page.press("#search", "Escape")
    lasso(page, [(x - 12, y - 12), (x + 12, y - 12), (x + 12, y + 12), (x - 12, y + 12)])
    assert page.inner_text("#listed") == "1 selected"
    (paper,) = exported(page)
    columns = zip(("broad_theme", "theme", "fine_theme"), themes.layers, strict=True)
    strength = themes._paper_membership.strength[themes.corpus.paper_of_row[row]]
    assert paper == {
        "id": "k9",
        "rows": "9 72",
        "title": themes.corpus.titles[row],
        **{column: layer[layer.labels[row]].name for column, layer in columns},
        "strength": f"{strength:.2f}".rstrip("0").rstrip("."),
        "year": "2024",
        "doi": "10.1234/009",
        "link": "https://doi.org/10.1234/009",
        "abstract": themes.corpus.records["abstract"][row],
    }
    page.click("#clear")
    assert page.inner_text("#listed") == "72 shown"


def test_an_export_has_authors_venue_doi_keywords_and_abstract(open_page, tmp_path):
    records = [
        {"title": "On owls", "authors": ["Silva, Inês", "Wu, Lin"], "journal": "J. Owls",
         "keywords": "owls; night", "doi": "10.5555/x", "abstract": "Owls hoot."},
        {"title": "On bees", "abstract": ""},
    ]  # fmt: skip
    themes = cluster_abstracts(records, n_themes=1, embeddings=np.eye(2))
    page = open_page(themes.to_html(tmp_path / "map.html").as_uri())
    page.click("#tab-papers")
    owls = next(row for row in exported(page) if row["title"] == "On owls")
    fields = ("authors", "venue", "doi", "keywords", "abstract")
    assert [owls[field] for field in fields] == [
        "Silva, Inês; Wu, Lin", "J. Owls", "10.5555/x", "owls; night", "Owls hoot.",
    ]  # fmt: skip
    page = open_page(themes.to_html(tmp_path / "bare.html", abstracts=False).as_uri())
    page.click("#tab-papers")
    assert "abstract" not in exported(page)[0]


def test_the_page_says_how_it_was_made_and_what_its_numbers_mean(page, themes):
    assert page.locator("#made").is_hidden()
    page.click("#about summary")
    made = shown(page, "#made")
    assert all(line in made for line in themes.summary().split("\n"))
    assert f"absclust {__version__}; " in made
    assert "n_themes=6" in made
    assert "random_state=0" in made
    meaning = shown(page, "#about dl")
    for word in ("Stability", "Strength", "Coverage", "means little"):
        assert word in meaning


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_seen_is_saved_as_a_picture(open_page, address, scheme):
    page = open_page(address, color_scheme=scheme)
    names_on(page)
    with page.expect_download() as caught:
        page.click("#save")
    assert caught.value.suggested_filename == "map.png"
    saved = np.asarray(Image.open(caught.value.path()).convert("RGB")).astype(int)
    drawn = [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGBA"))
        for url in (picture(page), picture_of_names(page))
    ]
    assert saved.shape[:2] == drawn[0].shape[:2] == drawn[1].shape[:2]
    points, names = (each.astype(int) for each in drawn)
    bare = names[..., 3] == 0
    assert (np.abs(saved - points[..., :3])[bare] <= 1).all()
    full = names[..., 3] == 255
    assert (np.abs(saved - names[..., :3])[full] <= 1).all()
    assert full.any()


def test_a_broad_theme_leads_to_its_themes(page, themes):
    broad = themes.layers[0]
    page.get_by_label(f"Broad {len(broad)}").check()
    page.locator("#legend .theme").first.click()
    page.wait_for_selector("#reader .about")
    inside = sorted(set(themes.labels[broad.labels == 0].tolist()))
    assert page.locator("#reader h3:has-text('Consists of') + ul button").all_inner_texts() == [
        themes[theme].name for theme in inside
    ]
    page.click("#reader h3:has-text('Consists of') + ul li:first-child button")
    page.wait_for_selector(f"#reader-title:has-text('{themes[inside[0]].name}')")
    assert page.url.endswith(f"#theme={inside[0]}&show=broad_theme")


def test_an_address_keeps_search_filters_and_layer(open_page, address, page, themes):
    page.fill("#search", "galaxy & dust")
    page.wait_for_function("document.getElementById('found').textContent === '0 found'")
    page.fill("#search", "galaxy")
    page.locator("#from").fill("2018")
    page.uncheck("#with-undated")
    page.get_by_label(f"Broad {len(themes.layers[0])}").check()
    page.locator("#legend .switch").nth(1).click()
    page.locator("#legend .theme").first.click()
    page.wait_for_selector("#reader .about")
    again = open_page(page.url)
    for ours in (page, again):
        ours.wait_for_function("document.getElementById('found').textContent !== ''")
        names_on(ours)
    for part in ("#found", "#span", "#tab-papers", "#reader-title", "#legend"):
        texts = [ours.locator(part).text_content() for ours in (page, again)]
        assert texts[0] == texts[1], part
    assert again.input_value("#search") == "galaxy"
    assert again.input_value("#from") == "2018"
    assert not again.is_checked("#with-undated")
    assert not again.get_by_label("By zoom").is_checked()
    states = "all => all.map((each) => each.ariaPressed)"
    off = again.eval_on_selector_all("#legend .switch", states)
    assert off == page.eval_on_selector_all("#legend .switch", states)
    assert "false" in off
    page.keyboard.press("Escape")
    page.wait_for_selector("#tabs")
    page.locator("#search").fill("")
    page.locator("#from").fill("2016")
    page.check("#with-undated")
    page.click("#all-on")
    page.get_by_label("By zoom").check()
    assert page.url == address
    broken = open_page(f"{address}#years=9-1&off=99.x&show=none&search=%E0%A4%A")
    assert broken.locator("#legend li").count() == len(themes)


@pytest.fixture(scope="module")
def cited():
    """Return a map with venues, citations and a column of which each value is met once."""
    themes = make_map()
    records = themes.corpus.records.assign(
        venue=[("ICRA", "ISMB", None)[row % 3] for row in range(73)],
        citations=[row // 6 * 10 for row in range(73)],
        note=[f"note {row}" for row in range(73)],
        same="same",
    )
    corpus = replace(themes.corpus, records=records)
    return replace(themes, foundation=replace(themes.foundation, corpus=corpus))


def test_papers_are_coloured_and_filtered_by_a_column(open_page, cited, tmp_path):
    page = open_page(cited.to_html(tmp_path / "map.html").as_uri())
    options = page.locator("#color-by option").all_inner_texts()
    assert options == ["theme", "year", "venue", "citations"]
    assert page.locator("#classes").is_hidden()
    before = picture(page)
    page.select_option("#color-by", label="venue")
    assert picture(page) != before
    rows = cited.corpus.first_row
    venues = cited.corpus.records["venue"].iloc[rows].fillna("no venue").value_counts()
    listed = [text.split("\n") for text in page.locator("#classes li:visible").all_inner_texts()]
    assert {name: int(size) for name, size in listed} == venues.to_dict()
    page.click("#classes button:has-text('ICRA')")  # leaves its papers out
    left = 72 - venues["ICRA"]
    assert page.inner_text("#tab-papers") == f"Papers {left}"
    page.locator("#to").fill("2020")  # together with the years
    dated = cited.corpus.years[rows]
    kept = (cited.corpus.records["venue"].iloc[rows] != "ICRA").to_numpy() & (dated <= 2020)
    assert page.inner_text("#tab-papers") == f"Papers {kept.sum()}"
    sizes = page.locator("#legend li .size").all_inner_texts()
    assert [int(size.split(" of ")[0]) for size in sizes] == [
        int((kept & (cited._paper_labels == theme.id)).sum()) for theme in cited
    ]
    again = open_page(page.url)
    assert again.inner_text("#tab-papers") == f"Papers {kept.sum()}"
    assert again.locator("#color-by option:checked").inner_text() == "venue"
    assert again.locator("#classes").inner_text() == page.locator("#classes").inner_text()
    page.click("#classes button:has-text('ICRA')")
    page.locator("#to").fill("2026")
    page.select_option("#color-by", label="theme")
    page.mouse.move(5, 5)
    assert picture(page) == before


def test_papers_without_an_abstract_are_found(open_page, tmp_path):
    papers = [
        {"title": f"On the owls of study {i}", "abstract": "" if i % 3 else f"Owls hoot {i} times."}
        for i in range(12)
    ]
    vectors = np.random.default_rng(0).random((12, 4))
    themes = cluster_abstracts(papers, embeddings=vectors, n_themes=1)
    page = open_page(themes.to_html(tmp_path / "map.html").as_uri())
    page.select_option("#color-by", label="abstract")
    assert page.locator("#classes li:visible").all_inner_texts() == ["given\n4", "no abstract\n8"]
    page.click("#classes button:has-text('given')")
    page.click("#tab-papers")
    titles = page.locator("#list .title").all_inner_texts()
    assert sorted(titles) == sorted(each["title"] for each in papers if not each["abstract"])


def test_numbers_are_coloured_in_order(open_page, cited, tmp_path):
    page = open_page(cited.to_html(tmp_path / "map.html").as_uri())
    page.select_option("#color-by", label="citations")
    classes = [text.split("\n") for text in page.locator("#classes li:visible").all_inner_texts()]
    assert sum(int(size) for _, size in classes) == 72
    assert len(classes) == 7
    bounds = [list(map(int, name.split(" – "))) for name, _ in classes]
    assert all(a[-1] < b[0] for a, b in pairwise(bounds))
    assert (bounds[0][0], bounds[-1][-1]) == (0, 110)


def test_a_map_without_columns_offers_none(open_page, tmp_path):
    themes = cluster_abstracts(["The owl hoots.", "The bee hums."])
    page = open_page(themes.to_html(tmp_path / "map.html").as_uri())
    assert page.locator("#color").is_hidden()


def test_lasso_round_all_exports_every_paper_safely(page, themes):
    box = page.locator("#map").bounding_box()
    right, bottom = box["width"] - 5, box["height"] - 5
    lasso(page, [(70, 5), (right, 5), (right, bottom), (5, bottom), (5, 250), (70, 250)])
    papers = exported(page)
    assert len(papers) == 72
    titles = {paper["title"] for paper in papers}
    assert f"'{HOSTILE[4]}" in titles  # a spreadsheet would run it
    assert HOSTILE[4] not in titles
    assert {HOSTILE[0], HOSTILE[1], HOSTILE[3]} <= titles
    assert sorted(int(row) for paper in papers for row in paper["rows"].split()) == list(range(73))


def test_the_export_guards_the_same_values_as_python(open_page, tmp_path):
    ids = [*FORMULAS, *HARMLESS]  # ids reach the page as they are; titles are cleaned
    papers = [{"id": value, "title": f"Robot arm {i} grasps cups."} for i, value in enumerate(ids)]
    themes = cluster_abstracts(papers, n_themes=1, embeddings=np.eye(len(ids)))
    themes = with_coordinates(themes, np.random.default_rng(0).random((len(ids), 2)))
    page = open_page(themes.to_html(tmp_path / "map.html").as_uri())
    page.click("#tab-papers")
    papers = exported(page)
    assert len(papers) == len(ids)
    assert [row["id"] for row in papers] == [guarded(ids[int(row["rows"])]) for row in papers]


def test_shift_and_drag_draws_a_lasso_too(page):
    before = picture(page)
    page.keyboard.down("Shift")
    page.mouse.move(100, 30)
    page.mouse.down()
    for x, y in ((700, 30), (700, 700), (100, 700)):
        page.mouse.move(x, y, steps=3)
    page.mouse.up()
    page.keyboard.up("Shift")
    assert page.inner_text("#listed").endswith(" selected")
    page.click("#clear")
    page.mouse.move(5, 5)
    assert picture(page) == before  # the map has not moved


def test_years_leave_out_what_is_outside(page, themes):
    years = themes.corpus.years[themes.corpus.first_row]
    assert page.inner_text("#span") == "2016 – 2026"
    page.locator("#from").fill("2020")
    page.locator("#to").fill("2022")
    assert page.inner_text("#span") == "2020 – 2022"
    inside = int(((years >= 2020) & (years <= 2022)).sum())
    undated = int((years == 0).sum())
    assert page.inner_text("#tab-papers") == f"Papers {inside + undated}"
    page.uncheck("#with-undated")
    assert page.inner_text("#tab-papers") == f"Papers {inside}"
    page.locator("#from").fill("2026")  # the handles can't pass each other
    assert page.inner_text("#span") == "2022"


def test_dark_follows_the_system_and_the_button(open_page, address):
    page = open_page(address, color_scheme="dark")

    def paper():
        return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    dark, drawn = paper(), picture(page)
    assert page.get_attribute("#mode", "aria-pressed") == "true"
    page.click("#mode")
    assert paper() != dark
    assert picture(page) != drawn
    page.click("#mode")
    assert paper() == dark


def test_keys_and_wheel_move_the_map(page):
    start = picture(page)
    page.focus("#map")
    for key in ("ArrowLeft", "ArrowUp", "-"):
        before = picture(page)
        page.keyboard.press(key)
        assert picture(page) != before
    page.keyboard.press("0")
    assert picture(page) == start
    page.mouse.move(500, 400)
    page.mouse.wheel(0, -300)
    zoomed = picture(page)
    assert zoomed != start
    page.mouse.down()
    page.mouse.move(400, 300, steps=4)
    page.mouse.up()
    assert picture(page) != zoomed


@pytest.mark.parametrize("size", [(1200, 800), (390, 844)])
def test_a_touch_shows_the_paper(open_page, address, themes, size):
    page = open_page(address, has_touch=True)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    x, y = locate(page, themes.corpus.titles[9])
    page.touchscreen.tap(x, y)
    page.wait_for_timeout(300)  # the finger has left long since
    assert shown(page, "#reader-title") == themes.corpus.titles[9]
    assert page.get_attribute("#reader .links a", "href") == themes.corpus.links[9]
    assert page.locator("#card").is_hidden()


@pytest.mark.parametrize("size", [(800, 600), (1200, 800), (1000, 420)])
def test_no_paper_lies_under_the_tools_in_the_whole_view(open_page, address, size):
    page = open_page(address)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.click("#reset")
    names_on(page)  # drawn by now
    inks = page.evaluate(
        "() => { const tools = document.getElementById('tools').getBoundingClientRect();"
        "const { left, top, width, height } = tools;"
        "const context = document.getElementById('points').getContext('2d');"
        "const { data } = context.getImageData(left, top, width, height);"
        "return new Set(new Uint32Array(data.buffer)).size; }"
    )
    assert inks == 1  # that of the page


def test_a_phone_shows_map_and_panel(open_page, address):
    page = open_page(address)
    page.set_viewport_size({"width": 420, "height": 800})
    stage, panel = page.locator("#stage").bounding_box(), page.locator("#panel").bounding_box()
    assert stage["width"] == panel["width"] == 420
    assert stage["height"] > 300
    assert page.evaluate("document.documentElement.scrollWidth") == 420


def test_everything_can_be_reached_with_the_keyboard(page):
    reached = set()
    page.focus("body")
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.className"))
    wanted = {
        "switch",
        "map",
        "zoom-in",
        "lasso",
        "mode",
        "search",
        "tab-themes",
        "theme",
        "only",
        "from",
        "to",
    }
    assert wanted <= reached
    nameless = page.evaluate(
        "() => [...document.querySelectorAll('button, input')].filter((e) => !e.hidden &&"
        " !(e.ariaLabel || e.textContent.trim() || e.labels?.[0]?.textContent.trim())).length"
    )
    assert nameless == 0


def test_nothing_is_loaded_besides_the_page(page):
    page.click("#lasso")
    assert page.evaluate("performance.getEntriesByType('resource').length") == 0


def test_the_policy_forbids_calling_home(browser, address):
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    refused = page.evaluate("fetch('https://example.org/').then(() => 'sent', () => 'refused')")
    context.close()
    assert refused == "refused"


def test_without_javascript_the_page_says_so(open_page, browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    said = page.inner_text("noscript")
    assert "JavaScript" in said
    assert "to_csv" in said
    assert page.get_by_role("button").count() == 0
    assert page.inner_text("body").strip() == said.strip()
    context.close()


def test_with_forced_colours_themes_and_what_is_chosen_can_be_told(open_page, address, themes):
    page = open_page(address, forced_colors="active")
    color = "all => all.map((each) => getComputedStyle(each).backgroundColor)"
    assert len(set(page.eval_on_selector_all("#legend .swatch", color))) == len(themes)
    chosen = page.eval_on_selector_all("#layers :checked + span", color)
    assert not set(chosen) & set(page.eval_on_selector_all("#layers :not(:checked) + span", color))
    page.click("#theme-links")
    tools = page.eval_on_selector_all("#theme-links, #lasso", color)
    assert len(set(tools)) == 2
    border = "all => all.map((each) => getComputedStyle(each).borderBottomColor)"
    assert len(set(page.eval_on_selector_all("#tabs button", border))) == 2
    page.locator("#legend .theme").first.click()
    panel = page.eval_on_selector("#panel", "it => getComputedStyle(it).backgroundColor")
    assert panel not in page.eval_on_selector_all(".by-year li", color)


def test_a_notebook_frame_works_and_is_kept_apart(open_page, themes, tmp_path):
    notebook = tmp_path / "notebook.html"
    frame = framed(text_of_page(themes), "a-map")
    notebook.write_text(f"<!doctype html><p id=legend>{frame}", "utf-8")
    page = open_page(notebook.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator("#search").fill("galaxy dust")
    frame.locator("#search").press("Enter")
    assert frame.locator("#list .title").count() == 12
    with page.expect_download() as caught:
        frame.locator("#export").click()
    assert caught.value.suggested_filename == "papers.csv"
    inner = page.frames[1]
    assert (
        inner.evaluate(
            "(() => { try { return parent.document.title } catch { return 'kept out' } })()"
        )
        == "kept out"
    )
    with page.context.expect_page() as opened:
        frame.locator("#list a").first.click()
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("origin") == "https://doi.org"  # an ordinary page, not sandboxed


@pytest.mark.parametrize("papers", [["The owl hoots."], ["The owl hoots.", "The bee hums."]])
def test_tiny_maps_open(open_page, tmp_path, papers):
    page = open_page(cluster_abstracts(papers).to_html(tmp_path / "map.html").as_uri())
    assert page.inner_text("#tab-papers") == f"Papers {len(papers)}"
    assert page.locator("#years").is_hidden()


@pytest.mark.slow
def test_ten_thousand_papers_load(open_page, tmp_path):
    rng = np.random.default_rng(0)
    centres = rng.normal(0, 1, (30, 16))
    topic = rng.integers(0, 30, 10_000)
    papers = [
        {
            "title": f"Topic{'abcdefghij'[t % 10]} paper {i} on nothing in particular",
            "year": 2000 + t % 25,
        }
        for i, t in enumerate(topic)
    ]
    vectors = centres[topic] + rng.normal(0, 0.4, (10_000, 16))
    themes = cluster_abstracts(papers, embeddings=vectors, progress=False)
    places = (centres[:, :2] * 4)[topic] + rng.normal(0, 0.5, (10_000, 2))
    places[0] = places.min(axis=0) - 2  # alone, at the bottom on the left
    themes = with_coordinates(themes, places[themes.corpus.first_row])
    written = themes.to_html(tmp_path / "map.html")
    assert written.stat().st_size < 8e6
    page = open_page(written.as_uri())
    assert page.inner_text("#tab-papers") == "Papers 10,000"
    page.get_by_label(f"Themes {len(themes)}").click()  # held
    image = Image.open(io.BytesIO(base64.b64decode(picture(page).split(",")[1])))
    pixels = np.asarray(image)[..., :3] / 255
    ground, color = pixels[0, 0], theme_colors(themes)[themes.labels[0]]
    covered = (pixels - ground) @ (color - ground) / ((color - ground) ** 2).sum()
    off = np.linalg.norm(pixels - ground - covered[..., None] * (color - ground), axis=2)
    covered[off > 0.03] = 0  # of other colours
    row, column = np.nonzero(np.linalg.norm(pixels - ground, axis=2) > 0.1)
    alone = covered[row.max() - 3 :, : column.min() + 4].max()
    assert 0.25 < alone < 0.6  # where papers lie over each other, they are darker than alone
    assert covered.max() > alone + 0.3
    page.fill("#search", "topica 1")
    page.press("#search", "Enter")
    assert int(page.inner_text("#listed").split()[0]) > 100
    assert page.locator("#list li").count() == 100
    page.click("#more")
    assert page.locator("#list li").count() > 100


@pytest.fixture
def sampled_address(themes, tmp_path, monkeypatch):
    """Return the address of a page that draws a sample of 40 papers."""
    monkeypatch.setattr("absclust.sizes.DRAWN_IN_PAGE", 40)
    monkeypatch.setattr("absclust.web.page._FEWEST_OF_THEME", 1)
    return themes.to_html(tmp_path / "map.html").as_uri()


def test_a_sampled_map_says_how_many_are_added(open_page, themes, tmp_path, monkeypatch):
    monkeypatch.setattr("absclust.sizes.DRAWN_IN_PAGE", 6)
    monkeypatch.setattr("absclust.web.page._FEWEST_OF_THEME", 3)
    page = open_page(themes.to_html(tmp_path / "map.html").as_uri())
    drawn = int(re.search(r"Papers (\d+)", page.inner_text("#tab-papers"))[1])
    assert drawn > 6
    said = f"Draws {drawn} of 72 papers: an even sample of 6, and {drawn - 6} more of small themes."
    assert page.inner_text("#sampled").startswith(said)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_sampled_map_says_so(open_page, themes, sampled_address, width):
    page = open_page(sampled_address)
    page.set_viewport_size({"width": width, "height": 844})
    assert page.inner_text("#heading") == "72 papers, 6 themes"
    assert page.inner_text("#sampled") == (
        "Draws 40 of 72 papers, an even sample. "
        "Theme sizes count all papers; years, search, list and CSV only those drawn."
    )
    # Each corner of the note is in sight and under nothing else.
    uncovered = page.evaluate(
        "() => { const note = document.getElementById('sampled');"
        "const { left, right, top, bottom } = note.getBoundingClientRect();"
        "return [left + 1, right - 1].flatMap((x) => [top + 1, bottom - 1].map("
        "(y) => document.elementFromPoint(x, y) === note)); }"
    )
    assert uncovered == [True] * 4
    sizes = page.locator("#legend li .theme .size").all_inner_texts()
    assert sizes == ["12"] * 6


def test_list_and_export_of_a_sampled_map_have_the_papers_drawn(open_page, sampled_address):
    page = open_page(sampled_address)
    page.click("#tab-papers")
    assert page.inner_text("#listed") == "40 shown among the papers drawn"
    assert len(exported(page)) == 40
    page.fill("#search", "robot")
    assert re.fullmatch(r"\d+ found among the papers drawn", page.inner_text("#listed"))


def test_a_map_drawn_whole_has_no_note(page):
    assert page.locator("#sampled").is_hidden()
    page.click("#tab-papers")
    assert page.inner_text("#listed") == "72 shown"


PIECES = (
    *(
        "<script>alert(1)</script>",
        "</script>",
        "<!--",
        "]]>",
        "<img src=x onerror=alert(2)>",
        "${title}",
    ),
    *(
        '"',
        "'",
        "&lt;",
        "&amp;",
        "\\",
        "`",
        "$texts",
        "{{7*7}}",
        "javascript:alert(3)",
        "\u202e",
        "\u2028",
    ),
    *(
        "\ud800",
        "\x00",
        "\x1b",
        "\ufeff",
        "🤖",
        "روبوت",
        "蛋白质",
        "owls",
        "robots",
        " ",
        "\n",
        "%s",
    ),
)
WORDS = ("owls", "bees", "foxes", "hares")
hostile_texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), min_size=1, max_size=8).map(
    "".join
)


@pytest.mark.slow
@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # to shrink a case, a browser takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_whatever_texts_hold_every_panel_shows_text(open_page, tmp_path, data):
    def drawn():
        return data.draw(hostile_texts)

    papers = [
        {
            "id": drawn(),
            "title": f"owls and {WORDS[i]} {drawn()}",
            "abstract": f"The {WORDS[i]} hoot at {drawn()}.",
            "authors": f"{drawn()}; {drawn()}",
            "venue": drawn(),
            "keywords": f"{drawn()}; {drawn()}",
            "year": 2015 + i,
            "doi": f"10.1234/{drawn()}",
            "url": drawn(),
        }
        for i in range(4)
    ]
    vectors = np.repeat(np.eye(2), 2, axis=0) + np.eye(4, 2) / 10
    themes = cluster_abstracts(papers, embeddings=vectors, n_themes=2)
    names = {theme.id: " ".join(f"{drawn()} {theme.id}".split()) for theme in themes}  # one line
    themes = themes.rename(names)
    page = open_page(themes.to_html(tmp_path / "map.html").as_uri())
    only_text = (
        "() => document.querySelectorAll('main script, main img, #panel script, #panel img').length"
    )

    page.fill("#search", "owls")
    page.press("#search", "Enter")
    for i in range(page.locator("#list .paper").count()):
        page.locator("#list .paper").nth(i).hover()
        page.locator("#list .paper").nth(i).click()
        page.wait_for_selector("#reader .belongs")
        assert " ".join(shown(page, "#reader-title").split()).startswith("owls")
        for address in page.locator("#reader a").evaluate_all("all => all.map((a) => a.href)"):
            assert address.startswith(("http://", "https://"))
        page.click("#reader-back")
    page.locator("#clear").click()
    page.click("#reset")
    lasso(page, [(840, 780), (20, 780), (20, 20), (840, 20)])
    page.wait_for_selector("#summary dd")
    page.click("#tab-themes")
    for theme in themes:
        page.locator("#legend .theme").nth(theme.id).click()
        assert shown(page, "#reader-title").split() == theme.name.split()
        page.click("#reader-back")
    page.click("#zoom-in")
    assert page.evaluate(only_text) == 0
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_serious_for_screen_readers(open_page, address, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(address, bypass_csp=True, color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 820})

    def serious():
        found = axe.run(page).response["violations"]
        return [
            (each["id"], each["nodes"][0]["html"])
            for each in found
            if each["impact"] in ("serious", "critical")
        ]

    assert serious() == []
    page.locator("#legend .theme").nth(1).click()
    assert shown(page, "#reader-title")
    assert serious() == []
    page.keyboard.press("Escape")
    page.fill("#search", "robot")
    page.press("#search", "Enter")
    assert shown(page, "#listed").endswith("found")
    assert serious() == []
    page.locator("#list .paper").first.click()
    page.wait_for_selector("#reader .abstract")
    assert serious() == []


def test_the_legend_shows_which_themes_grew(open_page, tmp_path):
    papers = [{"title": f"Robot {i} grasps", "year": 2000 + i % 10} for i in range(40)]
    papers += [{"title": f"Owl {i} hoots", "year": 2009 - i % 3} for i in range(30)]
    vectors = np.eye(2, 8)[[0] * 40 + [1] * 30] + np.random.default_rng(0).normal(0, 0.1, (70, 8))
    themes = cluster_abstracts(papers, embeddings=vectors, n_themes=2)
    page = open_page(themes.to_html(tmp_path / "map.html").as_uri())
    assert page.locator("#legend .growth").first.is_visible()
    ends = [
        [float(point.split(",")[1]) for point in line.split()]
        for line in page.locator("#legend polyline").evaluate_all(
            "all => all.map((line) => line.getAttribute('points'))"
        )
    ]
    shares = themes.years(keywords=False)["share"].to_numpy().reshape(2, 10)
    for line, share in zip(ends, shares, strict=True):  # y goes downwards
        np.testing.assert_allclose(line, 1 + 10 * (1 - share / share.max()), atol=0.06)


def test_two_themes_are_compared_and_what_lies_between_them_is_listed(open_page, tmp_path):
    themes = make_map(per_topic=5)
    page = open_page(themes.to_html(tmp_path / "map.html").as_uri())
    page.locator("#legend .theme").nth(0).click()
    page.locator("#beside-which").scroll_into_view_if_needed()
    page.select_option("#beside-which", label=themes[1].name)
    page.locator(".beside").scroll_into_view_if_needed()
    rows = [row.split("\t") for row in shown(page, ".beside").splitlines()]
    assert rows[0][1:] == [themes[0].name, themes[1].name]
    said = {row[0]: row[1:] for row in rows[1:]}
    assert said["Papers"] == ["5", "5"]
    assert said["Stability"] == [f"{themes[t].stability:.2f}" for t in (0, 1)]
    labels, near = themes._paper_labels, themes.foundation.paper_graph.indices[:, :6]
    across = [
        themes.corpus.titles[row]
        for row, own, others in zip(themes.corpus.first_row, labels, near, strict=True)
        if own in (0, 1) and (labels[others] == 1 - own).any()
    ]
    plural = "" if len(across) == 1 else "s"
    assert page.inner_text("#beside h3") == f"{len(across)} paper{plural} between them"
    assert set(page.locator("#beside .title").all_inner_texts()) <= set(across)


def test_recent_papers_of_two_themes_are_exported(page, themes):
    page.click("#all-off")
    for theme in (1, 2):
        page.locator("#legend .switch").nth(theme).click()
    page.locator("#from").fill("2022")
    page.uncheck("#with-undated")
    rows = exported_of_tab(page)
    years = themes.corpus.years[themes.corpus.first_row]
    wanted = np.isin(themes._paper_labels, (1, 2)) & (years >= 2022)
    assert len(rows) == wanted.sum() > 0
    assert {row["theme"] for row in rows} == {themes[1].name, themes[2].name}
    assert min(int(row["year"]) for row in rows) == 2022


def exported_of_tab(page):
    page.click("#tab-papers")
    return exported(page)


def test_the_papers_of_one_venue_author_year_and_country_are_listed(open_page, tmp_path):
    papers = [
        {"title": f"Robots {i}", "authors": "Okafor, Ada" if i % 3 else "Silva, Ines",
         "journal": "Journal of Owls" if i < 4 else "Robots Today", "year": 2020 + i // 6,
         "Country": "Peru" if i < 5 else "Chad"}
        for i in range(12)
    ]  # fmt: skip
    vectors = np.random.default_rng(0).random((12, 4))
    themes = cluster_abstracts(papers, embeddings=vectors, n_themes=1)
    page = open_page(themes.to_html(tmp_path / "map.html").as_uri())
    page.wait_for_selector("html[data-texts=read]")
    for query, number in (
        ("silva", 4), ("journal of owls", 4), ("okafor today", 6), ("2021", 6), ("peru silva", 2)
    ):  # fmt: skip
        page.fill("#search", query)
        page.press("#search", "Enter")
        assert shown(page, "#listed") == f"{number} found"


def test_every_value_of_a_column_is_found_and_told_apart(open_page, tmp_path):
    sources = ["https://journals.example.org/a-long-way-to/owls"] * 8
    sources += ["https://journals.example.org/a-long-way-to/bees"] * 8
    sources += [f"Decolonizing_expertise_in_the_study_of_owls_{i // 2}" for i in range(24)]
    sources[-1] = "Lone \ud83d surrogate"
    papers = [{"title": f"Robots {i}", "source": source} for i, source in enumerate(sources)]
    vectors = np.random.default_rng(0).random((40, 4))
    themes = cluster_abstracts(papers, embeddings=vectors, n_themes=1)
    page = open_page(themes.to_html(tmp_path / "map.html").as_uri())
    page.select_option("#color-by", label="source")
    classes = page.locator("#classes bdi").all_inner_texts()
    assert len(set(classes)) == len(classes)
    assert all("owls" in name or "bees" in name for name in classes[:2])
    for query, number in (
        ("decolonizing_expertise", 23), ("study_of_owls_10", 2), ("long-way-to/bees", 8)
    ):  # fmt: skip
        page.fill("#search", query)
        page.press("#search", "Enter")
        assert shown(page, "#listed") == f"{number} found"


def test_what_is_seen_is_saved_as_a_vector_graphic(open_page, address, themes):
    page = open_page(address)
    names = names_on(page)
    with page.expect_download() as caught:
        page.click("#save-svg")
    assert caught.value.suggested_filename == "map.svg"
    root = ElementTree.parse(caught.value.path()).getroot()
    space = "{http://www.w3.org/2000/svg}"
    written = " ".join("".join(text.itertext()) for text in root.iter(f"{space}text"))
    assert names
    assert all(word in written for name in names for word in name.split())
    dots = [path for path in root.iter(f"{space}path") if path.get("fill") != "none"]
    assert len(dots) == 72
    inks = {path.get("fill") for path in dots}
    assert inks == {f"rgb({' '.join(map(str, color))})" for color in colors_of_pictures(themes)}


def colors_of_pictures(themes):
    return (theme_colors(themes) * 255).round().astype(int).tolist()


def test_papers_grow_with_a_column_of_numbers(open_page, cited, tmp_path):
    page = open_page(cited.to_html(tmp_path / "map.html").as_uri())
    options = page.locator("#size-by option").all_inner_texts()
    assert options == ["nothing", "year", "citations"]  # venues have no order
    before = picture(page)
    page.select_option("#size-by", label="citations")
    assert picture(page) != before
    assert "size=citations" in page.url
    again = open_page(page.url)
    assert picture(again) == picture(page)
    with again.expect_download() as caught:
        again.click("#save-svg")
    widths = re.findall(r"a([\d.]+) [\d.]+ 0 1 0", caught.value.path().read_text("utf-8"))
    assert len(set(widths)) == 7  # as many as there are classes


def test_a_touch_explains_stability(open_page, address):
    page = open_page(address, has_touch=True)
    page.set_viewport_size({"width": 390, "height": 780})
    page.locator("#what-stability").scroll_into_view_if_needed()
    assert page.locator("#stability-means").is_hidden()
    page.tap("#what-stability")
    page.locator("#stability-means").scroll_into_view_if_needed()
    assert "Read themes below 0.6 with care" in shown(page, "#stability-means")
    assert page.get_attribute("#what-stability", "aria-expanded") == "true"


@pytest.fixture(scope="module")
def meant(sample_themes, tmp_path_factory):
    return sample_themes.to_html(tmp_path_factory.mktemp("meant") / "map.html").as_uri()


def test_mixed_themes_are_counted_apart_everywhere(open_page, meant, sample_themes):
    said = counted_themes(sample_themes.themes)
    assert "mixed" in said
    page = open_page(meant)
    assert page.inner_text("#heading") == f"164 papers, {said}"
    assert sample_themes.plot().get_title(loc="left") == f"{said} of 164 papers"
    assert f"Themes {said.split()[0]}" in page.inner_text("#layers").split("\n")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_an_address_leads_to_its_theme_and_its_paper(open_page, address, themes, motion):
    page = open_page(f"{address}#theme=2", reduced_motion=motion)
    page.wait_for_timeout(600)  # longer than the flight
    assert shown(page, "#where").startswith(themes[2].name)
    page = open_page(f"{address}#paper=9", reduced_motion=motion)
    page.wait_for_timeout(600)
    title = page.inner_text("#reader-title")
    box = page.locator("#map").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert shown(page, "#card strong") == title


def test_search_by_meaning_finds_what_words_do_not(open_page, meant, sample_themes):
    page = open_page(meant)
    page.wait_for_selector("html[data-texts=read]")
    query = "software agents fetch documents to answer questions"
    page.fill("#search", query)
    page.press("#search", "Enter")
    assert shown(page, "#found").endswith("near in meaning")  # no paper has all these words
    best = page.locator("#list .title").all_inner_texts()
    expected = sample_themes.search(query, n=20)["title"].tolist()
    assert len(set(best[:5]) & set(expected)) >= 3
    page.fill("#search", "retrieval")
    assert shown(page, "#found").endswith("found")
    by_words = page.inner_text("#found")
    page.check("#by-meaning")
    assert shown(page, "#found").endswith("near in meaning")
    again = open_page(page.url)
    again.wait_for_function("document.getElementById('found').textContent.endsWith('meaning')")
    page.uncheck("#by-meaning")
    assert page.inner_text("#found") == by_words
    page.fill("#search", "zzzz")
    assert page.inner_text("#found") == "0 found"


def test_a_map_of_other_vectors_is_searched_by_words_alone(page):
    page.wait_for_selector("html[data-texts=read]")
    page.fill("#search", "galaxy")
    assert page.locator("#meaning").is_hidden()
