import dataclasses
import inspect
import io
import re
import warnings
from itertools import combinations, pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

from absclust import OptionError, cluster_abstracts
from absclust.counted import counted
from absclust.plot.theme_map import _wrap
from tests.conftest import with_coordinates

CHARTS = ("sizes", "keywords", "tree", "years", "similarity")


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def many_themes():
    """Return forty themes of a thousand papers, from made-up vectors and places."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(40, 30))
    theme = np.arange(1000) % 40
    vectors = centres[theme] + random.normal(scale=0.3, size=(1000, 30))
    texts = [f"Phrase{t} subject{t} of paper {i}" for i, t in enumerate(theme.tolist())]
    themes = cluster_abstracts(texts, embeddings=vectors, n_themes=40)
    places = random.uniform(0, 10, (40, 2))[themes.labels] + random.normal(0, 0.3, (1000, 2))
    return with_coordinates(themes, places[themes.corpus.first_row])


def names_of(ax):
    """Return the names on a map, without their halos, which have path effects."""
    return [text for text in ax.texts if not text.get_path_effects()]


def renamed(themes, name):
    first = dataclasses.replace(themes[0], name=name, keywords=(name,))
    return dataclasses.replace(themes, themes=(first, *themes.themes[1:]))


def assert_clear(ax):
    """Check that names don't overlap and lie wholly inside the axes and the figure."""
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in names_of(ax)]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    area = ax.get_window_extent()
    figure = ax.figure.bbox
    for box in boxes:
        assert area.x0 - 1 <= box.x0 <= box.x1 <= area.x1 + 1
        assert area.y0 - 1 <= box.y0 <= box.y1 <= area.y1 + 1
    for text in (ax.title, ax._left_title, ax.xaxis.label):
        box = text.get_window_extent()
        assert figure.x0 <= box.x0 <= box.x1 <= figure.x1


@pytest.mark.slow
@pytest.mark.parametrize("figsize", [(10, 7.5), (3.3, 2.7), (2, 2)])
def test_names_of_the_sample_are_clear(sample_themes, figsize):
    ax = sample_themes.plot(figsize=figsize)
    assert sum(len(c.get_offsets()) for c in ax.collections) == sample_themes.corpus.n_papers
    assert_clear(ax)


def share_of(inner, outer):
    return np.divide([inner.width, inner.height], [outer.width, outer.height])


@pytest.mark.parametrize("shape", [(2, 1), (1.4, 1), (1, 1), (6, 1)])
def test_the_map_fills_the_figure_and_papers_fill_the_map(many_themes, shape):
    themes = with_coordinates(many_themes, many_themes.foundation.paper_coordinates * shape)
    ax = themes.plot()
    ax.figure.draw_without_rendering()
    box = ax.get_window_extent()
    spans = np.ptp(ax.transData.transform(themes.foundation.paper_coordinates), axis=0)
    assert (share_of(box, ax.figure.bbox) > [0.97, 0.85]).all()
    assert spans[0] > 0.8 * box.width
    assert spans[1] > (0.75 if shape[0] < 3 else 0.25) * box.height


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("figsize", [(10, 7.5), (6, 6), (3.3, 2.7)])
def test_forty_names_are_clear(many_themes, figsize, dark):
    ax = many_themes.plot(figsize=figsize, dark=dark)
    assert_clear(ax)
    left_out = len(many_themes) - len(names_of(ax))
    # The note says how many are left out; at full size, none are.
    assert (f"{left_out} names left out" in ax.get_xlabel()) == (left_out > 0)
    if figsize == (10, 7.5):
        assert left_out == 0


def names_over_others(ax, themes):
    """Return the themes whose names, on a map, lie over a paper of another theme or of none."""
    ax.figure.draw_without_rendering()
    places = ax.transData.transform(themes.foundation.paper_coordinates)
    radius = np.sqrt(ax.collections[-1].get_sizes()[0]) / 2 * ax.figure.dpi / 72
    numbers = {theme.name.replace(" ", ""): theme.id for theme in themes}
    found = []
    for text in names_of(ax):
        theme = numbers["".join(text.get_text().split())]
        box = text.get_window_extent()
        away = places - np.clip(places, [box.x0, box.y0], [box.x1, box.y1])
        under = np.linalg.norm(away, axis=1) < radius
        if (under & (themes._paper_labels != theme)).any():
            found.append(theme)
    return found


@pytest.mark.parametrize("figsize", [(10, 7.5), (6, 6), (3.3, 2.7)])
def test_names_lie_over_no_paper_of_another_theme(many_themes, sample_themes, figsize):
    for themes in (many_themes, sample_themes):
        assert names_over_others(themes.plot(figsize=figsize), themes) == []


@pytest.mark.slow
@pytest.mark.parametrize("corpus", ["iclr26_areas", "aaai21_clusters"])
def test_names_of_real_papers_lie_over_no_other_theme(labelled, corpus):
    themes = cluster_abstracts(labelled(corpus))
    for figsize in ((10, 7.5), (3.3, 2.7)):
        ax = themes.plot(figsize=figsize)
        assert names_over_others(ax, themes) == []
        assert len(names_of(ax)) > 0.7 * len(themes)


@pytest.mark.parametrize("figsize", [(10, 7.5), (3.3, 2.7)])
def test_names_grow_with_the_square_root_of_the_papers(sample_themes, figsize):
    names = names_of(sample_themes.plot(figsize=figsize))
    fonts = np.array([text.get_fontsize() for text in names])
    papers = np.array([theme.size for theme in sample_themes])
    assert (fonts >= 5).all()
    assert fonts[0] > 1.2 * fonts[papers.argmin()]
    free = fonts > fonts.min() + 1e-6  # the others have the smallest type
    assert free.sum() > 2
    assert fonts[free] / fonts[0] == pytest.approx(np.sqrt(papers[free] / papers[0]))


@pytest.mark.parametrize("n", [1, 2, 3, 5, 10])
def test_tiny_corpora(n):
    texts = [
        "Robot arms grasp cups.",
        "Robots grasp tools.",
        "Protein folding.",
        "How proteins fold.",
    ]
    themes = cluster_abstracts([f"{texts[i % 4]} Part {i} of it." for i in range(n)])
    ax = themes.plot()
    assert_clear(ax)
    assert len(names_of(ax)) == len(themes)


def test_real_page_of_24_papers(page_path):
    from absclust import read_abstracts

    themes = cluster_abstracts(read_abstracts(page_path))
    ax = themes.plot()
    assert_clear(ax)
    assert len(names_of(ax)) == len(themes)


def test_draws_on_given_axes_and_opens_no_figure(many_themes):
    figure = Figure(figsize=(20, 10), layout="constrained")
    left, right = figure.subplots(1, 2)
    assert many_themes.plot(ax=left) is left
    assert many_themes.plot(ax=right, dark=True) is right
    assert plt.get_fignums() == []
    assert_clear(left)


def test_global_settings_stay(many_themes):
    before = dict(mpl.rcParams)
    many_themes.plot(dark=True)
    for chart in CHARTS[:2]:
        getattr(many_themes.plot, chart)(dark=True)
    assert dict(mpl.rcParams) == before


def test_names_can_be_fewer(many_themes):
    ax = many_themes.plot(names=3)
    written = [text.get_text().replace("\n", " ") for text in names_of(ax)]
    assert written == [theme.name for theme in many_themes.themes[:3]]
    assert "37 names left out" in ax.get_xlabel()
    assert names_of(many_themes.plot(names=0)) == []
    with pytest.raises(OptionError, match="names is -1"):
        many_themes.plot(names=-1)
    with pytest.raises(OptionError, match="names is 'all'"):
        many_themes.plot(names="all")


def test_fringe_is_paler_and_papers_without_theme_are_grey(sample_themes):
    strict = cluster_abstracts(sample_themes.corpus.records, min_strength=0.4)
    strict = with_coordinates(strict, np.random.default_rng(0).random((164, 2)))
    for dark in (False, True):
        ax = strict.plot(dark=dark)
        # Papers without a theme are drawn below the fringe, and this below the core.
        drawn = ax.collections[0].get_facecolors()[:, :3]
        n_grey = (strict._paper_labels < 0).sum()
        n_core = strict._paper_membership.core[strict._paper_labels >= 0].sum()
        grey, fringe, core = np.split(drawn, [n_grey, len(drawn) - n_core])
        assert np.ptp(grey, axis=1).max() < 0.05
        background = np.array(ax.get_facecolor()[:3])
        distances = [np.linalg.norm(c - background, axis=1).mean() for c in (fringe, core)]
        assert distances[0] < 0.7 * distances[1]
        assert ax.get_xlabel() == "Paler: fringe of a theme. Grey: in no theme."


def test_points_shrink_with_their_number(many_themes, sample_themes):
    few = cluster_abstracts(["a robot", "a protein", "zebra"]).plot().collections[0].get_sizes()[0]
    many = many_themes.plot().collections[-1].get_sizes()[0]
    small = many_themes.plot(figsize=(3.3, 2.7)).collections[-1].get_sizes()[0]
    assert few > 3 * many > 6 * small


@pytest.mark.parametrize("kind", ["pdf", "svg"])
def test_vectors_and_many_points(many_themes, kind, monkeypatch):
    def save():
        file = io.BytesIO()
        with mpl.rc_context({"svg.fonttype": "none", "pdf.compression": 0}):
            many_themes.plot().figure.savefig(file, format=kind)
        return file.getvalue()

    image = {"pdf": b"/Subtype /Image", "svg": b"<image"}[kind]
    assert image not in save()
    monkeypatch.setattr("absclust.sizes.RASTERED_FROM", 100)
    rastered = save()
    assert image in rastered
    if kind == "svg":  # names stay text
        assert all(f"hrase{t}".encode() in rastered for t in range(40))


@pytest.mark.parametrize("name", ["$x_1$ and $", "$\\frac{1", "a_b^c", "<b>&amp;", "%s {0}"])
def test_names_are_plain_text_even_if_they_look_like_mathematics(sample_themes, name):
    themes = renamed(sample_themes, name)
    themes = with_coordinates(themes, np.random.default_rng(0).random((164, 2)))
    ax = themes.plot()
    ax.figure.savefig(io.BytesIO())
    assert name in {text.get_text().replace("\n", " ") for text in names_of(ax)}
    for picture in (themes.plot.sizes(), themes.plot.years(), themes.plot.similarity()):
        picture.figure.savefig(io.BytesIO())
    themes.plot.keywords().figure.savefig(io.BytesIO())


def test_names_are_broken_into_even_lines():
    assert _wrap("RLHF, reward model", 80) == "RLHF, reward model"
    assert _wrap("Vision-language models, well-posedness", 80) == (
        "Vision-language models,\nwell-posedness"
    )
    assert _wrap("Mixed: interpretability, monitoring", 40) == (
        "Mixed:\ninterpretability,\nmonitoring"
    )
    assert max(map(len, _wrap("仿真结果表明" * 6, 40).split("\n"))) < 20
    assert _wrap("a" * 30, 40).replace("\n", "") == "a" * 30


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("chart", CHARTS)
def test_charts_return_axes_and_draw_on_given_ones(sample_themes, chart, dark):
    ax = getattr(sample_themes.plot, chart)(dark=dark)
    ax.figure.savefig(io.BytesIO())
    plt.close("all")
    mine = Figure(layout="constrained").subplots()
    assert getattr(sample_themes.plot, chart)(ax=mine, dark=dark) is mine
    assert plt.get_fignums() == []


@pytest.mark.parametrize("n", [1, 2, 4])
def test_charts_of_tiny_corpora(n):
    texts = ["Robot arms grasp cups.", "Protein folding.", "Robots grasp tools.", "Proteins fold."]
    papers = [{"abstract": text, "year": 2020} for text in texts[:n]]
    themes = cluster_abstracts(papers)
    for chart in CHARTS:
        getattr(themes.plot, chart)().figure.savefig(io.BytesIO())


def test_no_theme_at_all():
    papers = [{"abstract": "Robot arms grasp.", "year": 2020}, {"abstract": "Proteins fold."}]
    themes = cluster_abstracts(papers, min_strength=1.0)
    assert len(themes) == 0
    for chart in ("__call__", *CHARTS, "links", "sources"):
        getattr(themes.plot, chart)().figure.savefig(io.BytesIO())


def labels_of(ax):
    return [text.get_text().replace("\n", " ") for text in ax.get_yticklabels()]


def test_sizes(sample_themes):
    ax = sample_themes.plot.sizes()
    assert [bar.get_width() for bar in ax.patches] == [theme.size for theme in sample_themes]
    assert labels_of(ax) == [theme.name for theme in sample_themes]
    written = [text.get_text() for text in ax.texts]
    assert written == [
        *(f"{theme.size}" for theme in sample_themes),
        *(f"{theme.stability:.2f}" for theme in sample_themes),
    ]
    assert "on the right stability" in caption(ax)


def test_sizes_without_stability(sample_themes):
    unknown = tuple(dataclasses.replace(t, stability=float("nan")) for t in sample_themes)
    ax = dataclasses.replace(sample_themes, themes=unknown).plot.sizes()
    assert len(ax.texts) == len(sample_themes)
    assert caption(ax) == "papers"


def test_keywords_of_all_themes_stand_side_by_side(sample_themes):
    ax = sample_themes.plot.keywords()
    ax.figure.draw_without_rendering()
    assert {theme.keywords[0] for theme in sample_themes} <= {t.get_text() for t in ax.texts}
    for a, b in pairwise(ax.texts):
        if a.get_position()[1] == b.get_position()[1]:
            assert a.get_window_extent().x1 < b.get_window_extent().x0
    assert max(text.get_window_extent().x1 for text in ax.texts) <= ax.get_window_extent().x1


@pytest.mark.parametrize("dark", [False, True])
def test_keywords_of_few_papers_fade_but_can_be_read(sample_themes, dark):
    ax = sample_themes.plot.keywords(dark=dark)
    light = [
        to_luminance(color) for color in (ax.get_facecolor(), *(t.get_color() for t in ax.texts))
    ]
    ground, inks = light[0], np.array(light[1:])
    contrasts = np.maximum(inks, ground) / np.minimum(inks, ground)
    assert contrasts.min() >= 3
    assert contrasts.min() < 3.5
    assert contrasts.max() > 4.2


def to_luminance(color):
    """Return the relative luminance of a colour by the Web Content Accessibility Guidelines."""
    rgb = np.array(mpl.colors.to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722] + 0.05


def test_keywords_of_different_themes_have_one_spelling(sample_themes):
    rows = [("language models", "behaviour"), ("language model", "Behavior"), ("language models",)]
    # What differs in more than spelling stays apart.
    rows += [("model language", "graph", "graphical")]
    rows += [(theme.keywords[0],) for theme in sample_themes.themes[4:]]
    changed = [
        dataclasses.replace(t, keywords=row) for t, row in zip(sample_themes, rows, strict=True)
    ]
    ax = dataclasses.replace(sample_themes, themes=tuple(changed)).plot.keywords()
    written = [text.get_text() for text in ax.texts]
    assert written[:5] == ["language models", "behaviour"] * 2 + ["language models"]
    assert written[5:8] == ["model language", "graph", "graphical"]


def test_tree_has_all_themes_of_all_layers(sample_themes):
    texts = [text.get_text().replace("\n", " ") for text in sample_themes.plot.tree().texts]
    drawn = {text.rsplit("  ", 1)[0] for text in texts}
    broad, middle, fine = sample_themes.layers
    assert (
        {t.name for t in (*broad, *middle)} <= drawn <= {t.name for t in (*broad, *middle, *fine)}
    )
    assert len(drawn) > len(broad) + len(middle)
    ax = sample_themes.plot.tree(fine=False)
    assert len(ax.texts) == len(broad) + len(middle)
    assert ax.get_xlabel() == f"{len(fine)} fine themes not shown"


def test_names_of_the_tree_stand_clear(sample_themes):
    ax = sample_themes.plot.tree()
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    for a, b in combinations(boxes, 2):
        same_row = abs(a.y0 - b.y0) < a.height / 2
        assert not (same_row and a.x0 < b.x1 and b.x0 < a.x1)
    assert max(box.x1 for box in boxes) <= ax.figure.bbox.x1


def test_years(sample_themes):
    table = sample_themes.years(keywords=False)
    ax = sample_themes.plot.years()
    with_text = sample_themes.corpus.paper_of_row >= 0
    years, n = np.unique(sample_themes.corpus.years[with_text], return_counts=True)
    ticks = sorted(label.get_text() for label in ax.get_xticklabels())
    assert ticks == [f"{year}\n{count}" for year, count in zip(years, n, strict=True)]
    heights = np.abs([bar.get_height() for bar in ax.containers[0]])
    assert np.allclose(heights / heights.max(), n / n.max())
    names = [f"{theme.name}  {theme.size}" for theme in sample_themes]
    assert labels_of(ax) == [*names, f"all papers  {n.sum()}"]
    top = scale_of(ax)[1]
    lines = [line for line in ax.lines if line.get_marker() == "."]
    assert len(lines) == len(sample_themes)
    for theme, line in enumerate(lines):
        part = table[(table["theme"] == theme) & (table["of"] > 0)]
        shares = (theme + 0.45 - line.get_ydata()) / 0.85 * float(top.rstrip("%")) / 100
        assert shares == pytest.approx(part["share"], abs=0.02)


def caption(ax):
    return ax.get_xlabel().replace("\n", " ")


def scale_of(ax):
    """Return the labels of the axis on the right."""
    ax.figure.draw_without_rendering()
    (side,) = [child for child in ax.child_axes if child.get_yticks().size]
    return [label.get_text() for label in side.get_yticklabels()]


def texts_of(ax):
    """Return all texts of a picture that are not empty, with those of its side axes."""
    ticks = [
        label
        for axis, labels in ((ax.xaxis, ax.get_xticklabels()), (ax.yaxis, ax.get_yticklabels()))
        for place, label in zip(axis.get_ticklocs(), labels, strict=False)
        if min(axis.get_view_interval()) <= place <= max(axis.get_view_interval())
    ]
    labels = [ax.xaxis.label, ax._left_title, *ax.texts, *ticks]
    inner = [text for child in ax.child_axes for text in texts_of(child)]
    return [text for text in labels if text.get_text().strip() and text.get_visible()] + inner


@pytest.mark.parametrize("n_themes", [13, 24])
@pytest.mark.parametrize("chart", [*CHARTS, "by", "evolution", "strategic"])
def test_charts_for_one_column_are_whole_and_clear(chart, n_themes):
    theme = np.arange(600) % n_themes
    random = np.random.default_rng(0)
    vectors = random.normal(size=(n_themes, 30))[theme] + random.normal(scale=0.2, size=(600, 30))
    papers = [
        {
            "title": f"Phrase{t} model of subject{t} and learning {i}",
            "abstract": f"Method{t} of phrase{t}, {i}, with measurement{t} for application{t}.",
            "year": 1995 + int(random.integers(0, 30)),
        }
        for i, t in enumerate(theme.tolist())
    ]
    themes = cluster_abstracts(papers, embeddings=vectors, n_themes=n_themes, progress=False)
    long = {t.id: f"Measurement of application {t.id} by learned methods" for t in themes}
    plot = themes.rename(long).plot
    size = (3.3, 2.7)
    ax = plot.by("year", figsize=size) if chart == "by" else getattr(plot, chart)(figsize=size)
    ax.figure.draw_without_rendering()
    figure, texts = ax.figure.bbox, texts_of(ax)
    assert len(texts) > n_themes
    boxes = [text.get_window_extent() for text in texts]
    for text, box in zip(texts, boxes, strict=True):
        inside = figure.padded(1.5)
        assert inside.x0 <= box.x0 <= box.x1 <= inside.x1, text
        assert inside.y0 <= box.y0 <= box.y1 <= inside.y1, text
    upright = [(t, b.padded(-1)) for t, b in zip(texts, boxes, strict=True)]
    for (one, a), (two, b) in combinations(upright, 2):
        assert not a.overlaps(b), (one, two)
    assert min(text.get_fontsize() for text in texts) >= 3


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("chart", ["evolution", "strategic"])
def test_pictures_of_development_return_axes_and_draw_on_given_ones(sample_themes, chart, dark):
    figure = Figure(layout="constrained", figsize=(7, 7))
    ax = figure.add_subplot()
    assert getattr(sample_themes.plot, chart)(ax=ax, dark=dark) is ax
    figure.savefig(io.BytesIO())
    assert plt.get_fignums() == []


def test_the_strategic_map_shows_the_table(sample_themes):
    table = sample_themes.strategic()
    ax = sample_themes.plot.strategic()
    assert np.allclose(ax.collections[0].get_offsets(), table[["centrality", "density"]])
    areas = ax.collections[0].get_sizes()
    assert np.argmax(areas) == np.argmax(table["papers"])
    assert {"motor", "basic", "niche"} <= {text.get_text() for text in ax.texts}


@pytest.mark.parametrize("figsize", [None, (3.3, 2.7)])
def test_names_on_the_strategic_map_cover_no_circle(many_themes, figsize):
    ax = many_themes.plot.strategic(figsize=figsize)
    ax.figure.draw_without_rendering()
    (circles,) = ax.collections
    middles = ax.transData.transform(circles.get_offsets())
    radii = np.sqrt(circles.get_sizes()) / 2 * ax.figure.dpi / 72
    names = [text for text in ax.texts if text.get_fontstyle() == "normal"]
    assert len(names) > 10
    for name in names:
        box = name.get_window_extent()
        away = np.linalg.norm(middles - np.clip(middles, box.min, box.max), axis=1)
        assert (away > 0.95 * radii).all(), name


def test_evolution_shows_the_numbers_of_the_table(sample_themes):
    table = sample_themes.evolution()
    ax = sample_themes.plot.evolution()
    sizes = table.groupby(["period", "theme"])["papers"].sum()
    assert sorted(int(text.get_text()) for text in ax.texts) == sorted(sizes.tolist())
    without = table[(table["from_period"] != "") & (table["from_theme"] < 0)]["papers"].sum()
    assert (f"{counted(without, 'paper')} with no near" in caption(ax)) == (without > 0)


def test_thin_years_do_not_mislead():
    # The one paper of 1999 is 100 % of its year: it doesn't set the scale, and an arrow says so.
    robots = [{"abstract": f"Robot arms grasp cup {i}.", "year": 2020} for i in range(20)]
    proteins = [{"abstract": f"Protein chains fold {i} times.", "year": 2020} for i in range(20)]
    lone = {"abstract": "Robot arms grasp cups of tea.", "year": 1999}
    unknown = {"abstract": "Robot arms grasp a tool.", "year": None}
    themes = cluster_abstracts([*robots, *proteins, lone, unknown], n_themes=2)
    ax = themes.plot.years()
    bounds = themes.years(keywords=False).query("period == '2020'")["high"]
    assert scale_of(ax) == ["0", f"{1.05 * bounds.max():.0%}"]
    assert "arrows: above the scale; 1 of 42 rows with text are not counted" in caption(ax)
    (arrow,) = [line for line in ax.lines if line.get_marker() == "^" and len(line.get_xdata())]
    assert arrow.get_xdata().tolist() == [0]


def test_years_start_where_there_is_something_to_see():
    # 3 of 400 dated papers lie before 2004: less than 1 %. With a fourth, the last counts.
    papers = [{"abstract": f"Robot arms grasp cup {i}.", "year": 2004 + i % 5} for i in range(397)]
    papers += [{"abstract": f"Arms of robot {i}.", "year": 1970 + i} for i in range(3)]
    vectors = np.random.default_rng(0).normal(size=(401, 5))
    unknown = {"abstract": "Robot arms grasp a tool.", "year": None}
    ax = cluster_abstracts([*papers, unknown], embeddings=vectors, n_themes=1).plot.years()
    assert "3 papers before 2004 left out; 1 of 401 rows" in caption(ax)
    assert [label.get_text()[:4] for label in ax.get_xticklabels()] == [
        str(year) for year in range(2008, 2003, -1)
    ]
    assert len(ax.containers[0]) == 5
    ax.figure.draw_without_rendering()
    assert ax.xaxis.label.get_window_extent().x1 <= ax.figure.bbox.x1
    more = {"abstract": "A robot arm grasps a tool.", "year": 1970}
    more = [*papers[1:], more]
    ax = cluster_abstracts(more, embeddings=vectors[1:], n_themes=1).plot.years()
    assert "3 papers before 1972 left out" in caption(ax)


def test_no_years():
    with pytest.raises(OptionError, match="no paper has a year; the columns are 'abstract'"):
        cluster_abstracts(["a robot", "a protein"]).plot.years()


def rows_of(ax):
    """Return the rows of a heat map by the number of their theme, and the texts in its cells."""
    rows = {int(label.get_text().split()[0]): row for row, label in enumerate(ax.get_yticklabels())}
    assert list(rows) == [int(label.get_text()) for label in ax.get_xticklabels()]
    return rows, {text.get_position(): text.get_text() for text in ax.texts}


def test_similarity(sample_themes):
    ax = sample_themes.plot.similarity()
    rows, written = rows_of(ax)
    names = [re.sub(r"^\d+ +", "", label) for label in labels_of(ax)]
    assert names == [sample_themes[theme].name for theme in rows]
    labels = sample_themes.labels[sample_themes.corpus.first_row]
    centres = np.stack(
        [sample_themes.foundation.paper_embedding[labels == t.id].mean(0) for t in sample_themes]
    )
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    for one, other in combinations(rows, 2):
        for place in ((rows[one], rows[other]), (rows[other], rows[one])):
            assert float(written[place]) == pytest.approx(centres[one] @ centres[other], abs=0.006)
    assert len(written) == len(rows) * (len(rows) - 1)  # none for a theme and itself


def test_a_missing_font_is_said_once_and_what_to_install(monkeypatch, sample_themes):
    from absclust.plot import canvas

    monkeypatch.setattr("matplotlib.font_manager.get_font_names", lambda: ["DejaVu Sans"])
    canvas._say_what_to_install.cache_clear()
    chinese = sample_themes.rename({0: "强化学习", 1: "图神经网络"})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            chinese.plot().figure.canvas.draw()
            chinese.plot.sizes().figure.canvas.draw()
    canvas._say_what_to_install.cache_clear()
    (warning,) = caught
    assert "apt-get install fonts-noto-cjk" in str(warning.message)


@pytest.mark.parametrize("figsize", [5, (3, 2, 1), (3, 0), ("a", 2), (3, None)])
def test_a_figure_of_no_size(sample_themes, figsize):
    with pytest.raises(OptionError, match=r"figsize (is|.*expected)"):
        sample_themes.plot(figsize=figsize)


def test_help_shows_what_all_pictures_take(sample_themes):
    for name in ("__call__", "sizes", "years", "by", "top", "links", "sources", "tree"):
        parameters = inspect.signature(getattr(sample_themes.plot, name)).parameters
        assert list(parameters)[-3:] == ["ax", "dark", "figsize"]
    with pytest.raises(TypeError, match="colour"):
        sample_themes.plot.sizes(colour="red")


@pytest.mark.parametrize("size", [None, (3.3, 2.7)])
def test_links_are_written_in_their_cells(sample_themes, size):
    ax = sample_themes.plot.links(figsize=size)
    table = sample_themes.links()
    rows, written = rows_of(ax)
    for one, other, links in table[["theme", "other", "links"]].to_numpy()[:10]:
        for place in ((rows[one], rows[other]), (rows[other], rows[one])):
            assert size or written[place] == f"{links:,}"
    (mesh,) = (each for each in ax.collections if isinstance(each, QuadMesh))
    warmth = np.array(mesh.get_array()[..., 0] - mesh.get_array()[..., 2])
    np.fill_diagonal(warmth, -1)  # of a theme and itself, grey
    strongest, weakest = table.iloc[0], table.iloc[-1]
    assert warmth[rows[strongest["theme"]], rows[strongest["other"]]] == warmth.max()
    assert warmth[rows[weakest["theme"]], rows[weakest["other"]]] < 0


@pytest.mark.parametrize("size", [None, (3.3, 2.7)])
def test_the_flow_of_records_counts_what_the_table_counts(sample_themes, size):
    ax = sample_themes.plot.sources(figsize=size)
    total = sample_themes.sources().iloc[-1]
    written = [" ".join(text.get_text().split()) for text in ax.texts if text.get_text()]
    assert written[0].startswith(f"{total['identified']} records identified")
    assert any(text.startswith(f"{total['without_text']} record") for text in written)
    assert written[-1].startswith(f"{total['clustered']} papers clustered in 8 themes and 1 mixed")
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    frame = ax.figure.bbox
    assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 for box in boxes)


def test_top_values_are_written_with_their_numbers():
    papers = [
        {
            "title": f"{'Robots' if i < 8 else 'Owls'} {i}",
            "venue": "ICRA" if i % 3 else "Owl Letters",
        }
        for i in range(14)
    ]
    vectors = np.eye(2)[[0] * 8 + [1] * 6]
    themes = cluster_abstracts(papers, embeddings=vectors, n_themes=2)
    table = themes.top("venue")
    assert table[["theme", "value", "papers", "elsewhere"]].to_numpy().tolist() == [
        [0, "ICRA", 5, 4], [0, "Owl Letters", 3, 2], [1, "ICRA", 4, 5], [1, "Owl Letters", 2, 3]
    ]  # fmt: skip
    assert table["share"].round(3).tolist() == [0.625, 0.375, 0.667, 0.333]
    assert themes.top("venue", n=1)["value"].tolist() == ["ICRA", "ICRA"]
    ax = themes.plot.top("venue")
    assert [text.get_text() for text in ax.texts] == [
        "ICRA 5", "Owl Letters 3", "ICRA 4", "Owl Letters 2"
    ]  # fmt: skip
    with pytest.raises(OptionError, match="n is 0; expected an int of 1 or more"):
        themes.top("venue", n=0)
