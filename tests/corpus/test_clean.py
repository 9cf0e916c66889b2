import pytest

from absclust.corpus.clean import clean_text


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (r"Erd\H{o}s--R\'enyi, M\"uller, Fran\c{c}ois", "Erdős--Rényi, Müller, François"),
        (r"rate $\mathcal{O}(\sqrt{T})$ holds", "rate holds"),
        (r"\emph{robust} and \textbf{fast}", "robust and fast"),
        (r"costs $5 and $7 a unit", "costs $5 and $7 a unit"),
        (r"as shown~\cite{smith2020} before", "as shown before"),
        (r"a 5\% gain \& more", "a 5% gain & more"),
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


@pytest.mark.parametrize(
    "notice",
    [
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
