import pandas as pd
import pytest

from absclust import cluster_abstracts, read_abstracts
from absclust.corpus.duplicates import merge
from tests.conftest import SAMPLES
from tests.io.test_formats import EXPORTS

TEXT = "Owls hunt in the dark by sound and we recorded four hundred strikes of them in a barn"


def frame(*records):
    columns = ["id", "title", "abstract", "year", "doi", "authors", "keywords"]
    rows = [{"id": str(i), **record} for i, record in enumerate(records)]
    return pd.DataFrame(rows, columns=columns, dtype=object).fillna("")


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
        ({"doi": "10.1000/x"}, {"doi": "10.1000/y"}),
        ({"abstract": TEXT}, {"abstract": "Foxes of the desert sleep by day when sand is hot"}),
        ({}, {"year": "2018"}),
        ({}, {"authors": "Silva, Inês"}),
        ({"authors": ""}, {"authors": ""}),
        ({"authors": "[No author name available]"}, {"authors": "[No author name available]"}),
        # Chapters that share the DOI of their book.
        ({"doi": "10.1000/x"}, {"doi": "10.1000/x", "title": "Foxes of the desert"}),
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
    assert merged["title"].tolist() == [PAPER["title"], "Foxes"]
    assert merged.index.tolist() == [0, 1]


def test_many_records_with_one_title_do_not_take_quadratic_time():
    assert len(merge(frame(*[PAPER] * 3000))) == 1


def test_a_table_with_neither_dois_nor_authors_keeps_all_rows(sample):
    assert len(sample) == 166
    assert len(read_abstracts(SAMPLES / "abstracts.csv", merge_duplicates=False)) == 166


def test_the_report_mentions_merged_records():
    papers = read_abstracts(EXPORTS / "scopus.csv")
    assert papers["merged_records"].tolist() == ["2-s2.0-85000000003", ""]
    # read_abstracts wrote this note; the report repeats it.
    report = cluster_abstracts(papers).report()
    assert "scopus.csv: 1 of 2 have an abstract; 1 duplicate merged" in report.split("\n")
