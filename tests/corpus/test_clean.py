import pytest

from absclust import cluster_abstracts, read_abstracts
from absclust.corpus.clean import clean_text, display_text
from absclust.corpus.corpus import build_corpus


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (r"Erd\H{o}s--R\'enyi, M\"uller, Fran\c{c}ois", "Erdős--Rényi, Müller, François"),
        (r"rate $\mathcal{O}(\sqrt{T})$ holds", "rate holds"),
        (r"\emph{robust} and \textbf{fast}", "robust and fast"),
        (r"costs $5 and $7 a unit", "costs $5 and $7 a unit"),
        (r"as shown~\cite{smith2020} before", "as shown before"),
        (r"a 5\% gain \& more", "a 5% gain & more"),
        ("modi(cid:12)ed rates (cid:3)", "modied rates"),  # a glyph that a PDF gives no letter
        ("<jats:p>We study <i>E. coli</i>.</jats:p>", "We study E. coli."),
        ("where p < 0.05 and n > 3", "where p < 0.05 and n > 3"),
        ("R&amp;D &lt; all", "R&D < all"),
        ("See https://example.org/x and doi 10.1000/182 now", "See and doi now"),
        ("Write to a.b@example.org today", "Write to today"),
        ("Abstract: We study owls.", "We study owls."),
        ("ABSTRACT—We study owls.", "We study owls."),
        ("BACKGROUND: Owls hoot. METHODS: We listened.", "Owls hoot. We listened."),
        ("Aims and methods: We listened.", "We listened."),
        ("We study owls. (C) 2022 Elsevier Ltd. All rights reserved.", "We study owls."),
        ("We study owls. © 2023 The Author(s). Published by Springer.", "We study owls."),
        ("© 2020 Elsevier B.V. All rights reserved. We study owls.", "We study owls."),
        ("  two   \n lines ", "two lines"),
        ("Owls. (PsycInfo Database Record (c) 2022 APA, all rights reserved)", "Owls."),
        ("Owls. (PsycINFO Database Record (c) 2016 APA, all rights reserved) (Source: x)", "Owls."),
        ("Owls hoot. (journal abstract)", "Owls hoot."),
        ("We study owls. © Emerald Group Publishing Limited", "We study owls."),
        ("We study owls. ©2020 AACR.", "We study owls."),
        ("We study owls © 2020 Elsevier B.V.", "We study owls"),
        ("We study owls (C) 2011 Owl Press, Inc.", "We study owls"),
        ("The carbon (C) of owls?? Who knows.", "The carbon (C) of owls?? Who knows."),
        ("We study owls. 2020 Elsevier Ltd. All rights reserved.", "We study owls."),
        ("We study owls. Copyright © 2012 S. Karger AG, Basel.", "We study owls."),
        ("Owls. This article is protected by copyright. All rights reserved.", "Owls."),
        ("Owls hoot. Supplementary data are available at Owls online.", "Owls hoot."),
        (
            "Owls hoot. [ABSTRACT FROM AUTHOR] Copyright of Owls is the property of Owl Press. "
            + "Users may print this abstract. " * 15,
            "Owls hoot.",
        ),
        ("The © sign names no owner of owls here.", "The © sign names no owner of owls here."),
        ("CO<sub>2</sub> and 10<sup>3</sup> Ca<sup>2+</sup> ions", "CO2 and 10^3 Ca2+ ions"),
        ("R&amp;amp;D", "R&D"),
        (r"about $\sim$100 owls and $10^{-3}$ of them", "about 100 owls and of them"),
        (r"Owls of Nguy{\~{\^e}}n, {\DJ}uro and {\VAX}", "Owls of Nguyễn, Đuro and VAX"),
        ("Abstract The owls hoot.", "The owls hoot."),
        ("Abstract Meaning Representation is old.", "Abstract Meaning Representation is old."),
        ("<jats:title>Abstract</jats:title><jats:p>Owls hoot.</jats:p>", "Owls hoot."),
        (
            "Rafts of <it>Tyto</it> and <scp>NLP</scp>, <uri>owls</uri>",
            "Rafts of Tyto and NLP, owls",
        ),
        ("a <jats:alternatives><jats:tex-math>x</jats:tex-math></jats:alternatives> b", "a x b"),
        ("6 <MU>g", "6 µg"),
        ("PM2<middle dot>5 at 6 <mu>g, <Delta>T, p<alpha", "PM2·5 at 6 µg, ΔT, p<alpha"),
    ],
)
def test_markup_and_publishers_lines_are_removed(raw, clean):
    assert clean_text(raw) == clean


@pytest.mark.parametrize(
    "notice",
    [
        "This paper has been withdrawn by the author due to an error in Lemma 2.",
        "No abstract available.",
        "[no abstract available]",
        "N/A",
        "nan",
    ],
)
def test_a_notice_is_not_an_abstract(notice):
    assert clean_text(notice) == ""


def test_letters_of_pdfs_and_full_width_ones_are_plain_letters():
    text = clean_text(
        "The \ufb02uid sys\xadtem, a te\xad\nmplate of \uff21\uff22 and \U0001d400, CO\u2082"
    )
    assert text == "The fluid system, a template of AB and A, CO2"


def test_copyright_inside_the_text_is_its_subject():
    text = "Copyright law (c) 2019 changed. " + "Courts decided many cases on owls. " * 20
    assert clean_text(text).endswith("owls.")
    assert clean_text("We study copyright by design in music.") == (
        "We study copyright by design in music."
    )


def test_plain_text_is_left_alone():
    text = "Value-based RL (e.g. DQN) scales: 3 of 4 agents improve by 12.5%."
    assert clean_text(text) == text


def test_long_unclosed_markup_is_fast():
    for bad in ("$" * 50_000, "<" * 50_000, "\\" * 50_000, "{" * 50_000, "&" * 50_000, "©" * 9_999):
        clean_text(bad)


HEADINGS = """Purpose; Design/methodology/approach; Research limitations/implications; Findings
Practical implications; Originality/value; Search methods; Selection criteria; Main results
Data collection and analysis; Authors' conclusions; Methodology/Principal Findings; Result(s)
Design, setting, and participants; Measurements and main results; Purpose of review; Areas covered
Ethnopharmacological relevance; Hypothesis/objectives; Conclusions and clinical relevance; ANIMALS
Rationale, aims and objectives; Location; TRIAL REGISTRATION; Study design, size, duration
Level of evidence"""


@pytest.mark.parametrize("heading", HEADINGS.replace("\n", "; ").split("; "))
@pytest.mark.parametrize("between", [": ", " - ", " – ", "\n", " ", ""])
def test_headings_of_all_fields(heading, between):
    end = f"{between}We count. {heading}{between}The owls hoot."
    assert clean_text(f"{heading}{end}") == "We count. The owls hoot."
    assert clean_text(f"Background: Why?  {heading}{end}") == "Why? We count. The owls hoot."


@pytest.mark.parametrize(
    "text",
    [
        "Two groups: owls and mice.",
        "We ask: do owls hoot? Group A: they do.",
        "Owls in practice: a case. The results: none.",
        "Results of the trial were good. Methods differ; data: none.",
        "Case studies - two of them - show it.",
        "Owls hoot. Experimental results\non mice show it. Recent\nadvances help.",
        "Owls hoot. We show two\nlimitations: hoots and screeches.",
    ],
)
def test_what_authors_wrote_before_a_colon_stays(text):
    assert clean_text(text) == " ".join(text.split())


def test_titles_keep_what_comes_before_their_colon():
    titles = ["Research methods: a review", "Evidence: The case of owls", "Design - a critique"]
    corpus = build_corpus([{"title": title, "abstract": "Owls hoot."} for title in titles])
    assert sorted(corpus.paper_titles) == sorted(titles)


@pytest.mark.parametrize(
    "notice",
    [
        "© (2013) Owl Publications, Switzerland.",
        "©",
        "Copyright:",
        "Copyright (c)",
        "(copyright) 2011 Owl Ltd.",
        "& COPY; 2023 Owl Press",
        "?? 2013 Owl Press.",
        "© by the University of Owls 2005.",
        "2013 Elsevier Inc.",
        "2014 Society for Owls and John Wiley & Sons Ltd.",
        "Published by",
        "Copyright: All rights reserved",
        "© 2020 Elsevier Ltd.",
        "(C) The Authors",
        "COPYRIGHT 1999",
        "All Rights Reserved",
        "Published by Elsevier",
        "This is an Open-Access article",
        "Licensee MDPI",
        "Crown Copyright",
    ],
)
def test_notices_at_the_end_in_any_case(notice):
    assert clean_text(f"Owls hoot at night. {notice}") == "Owls hoot at night."


def test_an_entity_of_thousands_of_digits_stops_nothing(tmp_path):
    """Python refuses to read a number of more than 4,300 digits: one row stopped a whole run."""
    text = "Owls hoot at &#" + "9" * 5000 + "; night &#x" + "f" * 5000 + "; long."
    assert clean_text(text) == "Owls hoot at � night � long."
    themes = cluster_abstracts(
        [{"title": text, "keywords": text, "doi": text}, {"title": "Owls hunt."}]
    )
    assert themes.predict([text])["theme"].tolist() == [0]
    assert len(themes.search("owls " + text)) == 2
    (tmp_path / "a.ris").write_text(f"TY  - JOUR\nTI  - {text}\nDO  - {text}\nER  - \n", "utf-8")
    assert len(read_abstracts(tmp_path / "a.ris")) == 1


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("H$^2$RL and $R^2$", "H²RL and R²"),
        ("Fe$_2$O$_3$, $10^{-3}$ and $k$-means", "Fe₂O₃, 10⁻³ and k-means"),
        ("costs $5 and $6_000, or $7", "costs $5 and $6_000, or $7"),
        ("costs $6_000 or A$ 7, from $5 to US$ 6", "costs $6_000 or A$ 7, from $5 to US$ 6"),
        (r"$x^{ab}$ and $\beta^2$ and $x_i$", "xᵃᵇ and β² and xᵢ"),
        (r"$\alpha$-synuclein, a $\beta$-VAE", "α-synuclein, a β-VAE"),
        (r"$L^p(\mathbb{R}^n)$ for $d \geq 3$, $f(T)$", "Lᵖ(Rⁿ) for d ≥3, f(T)"),
        (r"$L^{\infty}$, $C^\infty$, $360^\circ$, $\mathbb R^2$", "L^∞, C^∞, 360°, R²"),
        (r"$C^{1,\alpha}$, $\sqrt{2}$ and $\R$", r"$C^{1,\alpha}$, $\sqrt{2}$ and $\R$"),
    ],
)
def test_simple_formulas_are_shown_without_markup(written, shown):
    assert display_text(written) == shown
