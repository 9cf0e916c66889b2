import pandas as pd
import pytest

from absclust import cluster_abstracts, read_abstracts
from absclust.io.duplicates import merge
from tests.conftest import SAMPLES
from tests.io.test_formats import EXPORTS

TEXT = "Owls hunt in the dark by sound and we recorded four hundred strikes of them in a barn"


def frame(*records):
    columns = ["id", "title", "abstract", "year", "doi", "authors", "keywords", "pages"]
    rows = [{"id": str(i), **record} for i, record in enumerate(records)]
    return pd.DataFrame(rows, columns=columns, dtype=object).fillna("")


X = {"doi": "10.1000/x"}
PAPER = {"title": "How barn owls aim at mice", "year": "2021", "authors": "Okafor, Ngozi"}


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ({"doi": "10.1000/x"}, {"doi": "https://doi.org/10.1000/X", "authors": ""}),
        ({"doi": "10.1000/x"}, {"doi": "10.1000/x", "title": "How Barn Owls Aim"}),
        ({}, {"title": "How Barn Owls <i>Aim</i> at Mice."}),
        ({}, {"authors": "Ngozi Okafor; Jón Müller"}),
        ({}, {"authors": "Okafor N., Müller J."}),
        ({"year": "2019"}, {"year": ""}),
        ({"year": "2021"}, {"year": "2019"}),  # the preprint was two years earlier
        # The same DOI: a subtitle is left out; a translated title on the same pages.
        ({"doi": "10.1000/x"}, {"doi": "10.1000/x", "title": PAPER["title"] + ": a study"}),
        (
            {"doi": "10.1000/x", "pages": "1--9"},
            {"doi": "10.1000/x", "pages": "1-9", "title": "Wie Schleiereulen Mäuse finden"},
        ),
        # Four words are a title, and "response" inside of one is a word like any other.
        ({"title": "How barn owls aim"}, {"title": "How barn owls aim"}),
        *(
            (X | {"title": title}, X | {"title": title.replace("response", "reaction")})
            for title in (
                "Barn owls in response to mice aim at them in the dark",
                "Barn owls in the dark aim at mice in response to their noises there",
                "Barn owls in the dark aim at the response of many mice",
            )
        ),
        (X, X | {"title": ""}),
        (X, X | {"title": "", "authors": ""}),
        (X | {"authors": ""}, X | {"title": ""}),
        (X | {"title": "How barn owls aim"}, X | {"title": "How barn owls aim", "authors": "Wu"}),
        (X | {"title": "Owls"}, X | {"title": "Owls", "authors": ""}),
        (X | {"title": "Owls", "authors": ""}, X | {"title": "Owls"}),
        (
            X | {"title": "How barn owls aim"},
            X | {"title": "How barn owls aim: four hundred strikes in the dark of old barns"},
        ),
        (X | {"title": "Owls aim at old mice"}, X | {"title": "Owls aim at young foxes"}),
        (X | {"abstract": TEXT}, X | {"abstract": TEXT, "title": "Wie Eulen zielen"}),
        # Spelt in other ways.
        ({"title": "Étude of barn owls"}, {"title": "Etude of barn owls"}),
        ({"doi": "10.1000/x."}, X | {"title": ""}),
        (
            {"doi": "10.1175/1520-0493(1987)115&lt;1606:GARSPP&gt;2.0.CO;2"},
            {"doi": "10.1175/1520-0493(1987)115<1606:GARSPP>2.0.CO;2", "title": ""},
        ),
        ({}, {"authors": "Ngozi Ada Okafor and Jón Müller"}),
        ({}, {"authors": "van der Okafor N. B."}),
        ({"authors": "N. B."}, {"authors": "N. B."}),
        # A family name of several words, together, apart, or without the first.
        ({"authors": "Vander Meer, R. H."}, {"authors": "VANDERMEER, RH; OKORO, B"}),
        ({"authors": "Vander Meer RH"}, {"authors": "VanderMeer, Robert"}),
        ({"authors": "Robert Vander Meer"}, {"authors": "Vandermeer R.H."}),
        ({"authors": "van der Meer, R"}, {"authors": "Meer, R. van der"}),
        # Titles that differ in how words are joined.
        (
            {"title": "E-learning and co-operation of owls"},
            {"title": "Elearning & cooperation of owls"},
        ),
        # A short title, and authors that were not read rightly.
        (
            X | {"title": "Layered Tea Brewing"},
            X | {"title": "Layered tea brewing", "authors": "Bin; Zhu"},
        ),
        # A preprint and the published paper.
        ({"doi": "10.1/a", "abstract": TEXT}, {"doi": "10.1/b", "abstract": f"{TEXT}, indeed"}),
    ],
)
def test_records_of_the_same_paper_are_merged(a, b):
    assert len(merge(frame(PAPER | a, PAPER | b))) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ({"title": "Editorial"}, {"title": "Editorial"}),
        ({"title": "Introduction", "abstract": TEXT}, {"title": "Introduction"}),
        ({"title": "", "abstract": TEXT}, {"title": "", "abstract": TEXT}),
        ({"title": "How owls aim"}, {"title": "How owls aim"}),
        ({"doi": "10.1000/x"}, {"doi": "10.1000/y"}),
        ({"abstract": TEXT}, {"abstract": "Foxes of the desert sleep by day when sand is hot"}),
        ({}, {"year": "2018"}),
        ({}, {"authors": "Silva, Inês"}),
        ({"authors": ""}, {"authors": ""}),
        ({"authors": "[No author name available]"}, {"authors": "[No author name available]"}),
        # Chapters that share the DOI of their book, by one author in one year.
        ({"doi": "10.1000/x"}, {"doi": "10.1000/x", "title": "Foxes of the desert"}),
        (
            {"doi": "10.1000/x", "title": "Introduction"},
            {"doi": "10.1000/x", "title": "Introduction to owls"},
        ),
        (
            {"doi": "10.1000/x", "title": "Conclusion"},
            {"doi": "10.1000/x", "title": "Conclusion", "authors": "Silva, Inês"},
        ),
        (X | {"abstract": TEXT}, X | {"title": "Foxes of the desert"}),
        (X | {"pages": "1-9"}, X | {"pages": "10-19", "title": "Foxes of the desert"}),
        (X | {"title": "Owls aim at old mice"}, X | {"title": "Owls aim by hearing them"}),
        *(
            (X | a | {"pages": "1-9"}, X | b | {"title": "Foxes of the desert", "pages": "1-9"})
            for a, b in (
                ({}, {"authors": "Silva, Inês"}),
                ({"authors": ""}, {"authors": ""}),
                ({}, {"year": "2020"}),
                ({"year": ""}, {"year": ""}),
            )
        ),
        (X, X | {"title": "", "authors": "Silva, Inês"}),
        ({"authors": "Anonymous"}, {"authors": "Anonymous"}),
        (
            X | {"title": "Concluding remarks"},
            X | {"title": "Concluding remarks", "authors": "Wu, L"},
        ),
        (
            X | {"title": "Layered Tea Brewing"},
            X | {"title": "Layered Tea Brewing", "authors": "Wu, L", "year": "2020"},
        ),
        ({"authors": "Vander Meer, R"}, {"authors": "Vander, M"}),
        # A wrong DOI that a program gives to many papers.
        (
            {"doi": "10.1007/s13398-014-0173-7.2"},
            {
                "doi": "10.1007/s13398-014-0173-7.2",
                "title": "How mice aim at cheese in barns",
                "authors": "Silva, Inês",
            },
        ),
        # What is about a paper, under the paper's DOI.
        *(
            ({"doi": "10.1000/x"}, {"doi": "10.1000/x", "title": f"{word}: {PAPER['title']}"})
            for word in ("Correction to", "Erratum", "Reply to", "Retraction", "Comment on")
        ),
        ({"doi": "10.1000/x"}, {"doi": "10.1000/x", "title": f"{PAPER['title']} (corrigendum)"}),
    ],
)
def test_records_of_different_papers_are_kept(a, b):
    assert len(merge(frame(PAPER | a, PAPER | b))) == 2


def test_the_merged_record_combines_all_records():
    merged = merge(
        frame(
            PAPER | {"abstract": "[No abstract available]", "keywords": "owls; hearing"},
            PAPER | {"abstract": TEXT, "doi": "10.1000/x", "keywords": "hearing; mice"},
            {"title": "Foxes", "authors": "Silva, Inês"},
            PAPER | {"abstract": TEXT[:40], "doi": "10.1000/y"},
        )
    )
    first = merged.iloc[0]
    assert first[["abstract", "doi", "keywords"]].tolist() == [
        TEXT, "10.1000/x", "owls; hearing; mice",
    ]  # fmt: skip
    assert first["merged_records"] == "1; 3 (10.1000/y)"
    assert first["pages"] == ""
    assert merged["title"].tolist() == [PAPER["title"], "Foxes"]
    assert merged.index.tolist() == [0, 1]
    assert merged.columns.tolist() == [*frame().columns, "merged_records"]


def test_without_dois_and_with_keywords_in_lists_the_first_ones_are_kept():
    papers = frame(*[PAPER | {"keywords": words} for words in (["owls"], ["mice"], [])])
    merged = merge(papers.drop(columns="doi"))
    assert merged["keywords"].tolist() == [["owls"]]
    assert merged["merged_records"].tolist() == ["1; 2"]


def test_many_records_with_one_title_do_not_take_quadratic_time():
    assert len(merge(frame(*[PAPER] * 3000))) == 1


def test_of_many_records_with_one_title_the_first_is_compared_with_all():
    years = ["2010", *["2021"] * 49, "2010"]
    merged = merge(frame(*[PAPER | {"year": year} for year in years]))
    assert merged["id"].tolist() == ["0", "1"]
    assert merged["merged_records"].tolist() == ["50", "; ".join(map(str, range(2, 50)))]


def test_a_table_with_neither_dois_nor_authors_keeps_all_rows(sample):
    assert len(sample) == 166
    assert len(read_abstracts(SAMPLES / "abstracts.csv", merge_duplicates=False)) == 166


def test_the_report_mentions_merged_records():
    papers = read_abstracts(EXPORTS / "scopus.csv")
    assert papers["merged_records"].tolist() == ["2-s2.0-85000000003", ""]
    # read_abstracts wrote this note; the report repeats it.
    report = cluster_abstracts(papers).summary()
    assert "scopus.csv: 1 of 2 have an abstract; 1 duplicate merged" in report.split("\n")


def test_files_without_authors_are_compared_with_others():
    # The same text in two files is one paper; in one file, it may be meant.
    papers = frame(PAPER | {"abstract": TEXT, "authors": ""}, PAPER | {"abstract": TEXT})
    assert len(merge(papers)) == 2
    merged = merge(papers.assign(source_file=["a.csv", "b.bib"]))
    assert merged.loc[0, ["source_file", "merged_records"]].tolist() == [
        "a.csv; b.bib", "b.bib: 1",
    ]  # fmt: skip
    assert len(merged) == 1


def test_of_files_a_title_of_four_words_is_enough_and_one_of_three_is_not():
    def merged(title):
        record = PAPER | {"title": title, "abstract": TEXT, "authors": ""}
        papers = frame(record, record | {"authors": PAPER["authors"]})
        return merge(papers.assign(source_file=["a.csv", "b.bib"]))

    assert len(merged("How barn owls aim")) == 1
    assert len(merged("How owls aim")) == 2


def test_the_same_text_of_other_authors_is_another_paper():
    papers = frame(PAPER | {"abstract": TEXT}, PAPER | {"abstract": TEXT, "authors": "Silva, I."})
    papers = papers.assign(source_file=["a.csv", "b.bib"])
    pd.testing.assert_frame_equal(merge(papers), papers)  # without a column of merged records


def test_files_with_neither_dois_nor_authors_keep_all_rows():
    papers = frame(PAPER | {"abstract": TEXT}, PAPER | {"abstract": TEXT})
    papers = papers.drop(columns=["doi", "authors"]).assign(source_file=["a.csv", "b.csv"])
    pd.testing.assert_frame_equal(merge(papers), papers)


def test_a_retracted_paper_is_the_paper():
    title = f"RETRACTED: {PAPER['title']}"
    papers = frame(PAPER | {"doi": "10.1000/x"}, PAPER | {"doi": "10.1000/x", "title": title})
    assert len(merge(papers)) == 1
