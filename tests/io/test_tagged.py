"""Records of tagged lines that are neither RIS nor of the programs in test_formats.py."""

import pytest

from absclust import ReadError, read_abstracts


def read(folder, name, text):
    (folder / name).write_text(text, "utf-8", newline="")
    return read_abstracts(folder / name)


ERIC = """OWN - ERIC
TI  - Counting owls
AU  - Silva, Inês
AU  - Wu, Lin
OT  - Number Sense
OID - EJ0000001
DP  - 2019
AB  - We counted owls
      with forty pupils.

OWN - ERIC
TI  - Reading to owls
AU  - Raman, Priya
OID - EJ0000002
DP  - 2021 Spr
"""


@pytest.mark.parametrize("name", ["a.nbib", "a.txt", "a.medline"])
def test_eric_has_no_pmid(tmp_path, name):
    frame = read(tmp_path, name, ERIC)
    assert frame["id"].tolist() == ["EJ0000001", "EJ0000002"]
    assert frame["title"].tolist() == ["Counting owls", "Reading to owls"]
    assert frame["authors"].tolist() == ["Silva, Inês; Wu, Lin", "Raman, Priya"]
    assert frame["year"].tolist() == [2019, 2021]
    assert frame["abstract"][0] == "We counted owls with forty pupils."


OVID = """<1. >
VN  - Ovid Technologies
DB  - An Index
AN  - PREV1
AU  - Silva, Inês [Author, Reprint Author; E-mail: i@example.org]
AU  - Wu, Lin [Author]
TI  - Owls at night
SO  - Journal of Owls. 12(3):45-51, 2018 Mar.
AB  - Owls hoot.
YR  - 2018
KW  - owls; hearing
DO  - 10.5555/o.1

<12. >
AN  - PREV2
TI  - Mice by day
SO  - Mouse Reports. 4:1-9, 2020.
YR  - 2020
"""
COCHRANE = """Record #1 of 2
ID: CN-01
AU: Silva I
AU: Wu L
TI: Owls at night
SO: Journal of Owls
YR: 2018
AB: Owls hoot.
AIM: they hoot.
DOI: 10.5555/o.1
KY: owls; hearing

Record #2 of 2
ID: CN-02
TI: Mice by day
SO: Mouse Reports
YR: 2020
"""
REFWORKS = """RT Journal Article
SR 1
A1 Silva, Inês
A1 Wu, Lin
T1 Owls at night
JF Journal of Owls
YR 2018
K1 owls;hearing
AB Owls hoot.

RT Journal Article
T1 Mice by day
JF Mouse Reports
YR 2020
"""
NOTEEXPRESS = """{Reference Type}: Journal Article
{Title}: Owls at night
{Author}: Silva, Inês;Wu, Lin;
{Author Address}: A university
{Journal}: Journal of Owls
{Year}: 2018
{Keywords}: owls;hearing
{Abstract}: Owls hoot.

{Reference Type}: Journal Article
{Title}: Mice by day
{Author}:
{Journal}: Mouse Reports
{Year}: 2020
"""
CNKI = """SrcDatabase-来源库: 期刊
Title-题名: Owls at night
Author-作者: Silva, Inês;Wu, Lin;
Source-文献来源: Journal of Owls
Keyword-关键词: owls;hearing
Summary-摘要: Owls hoot.
PubTime-发表时间: 2018-03-01

SrcDatabase-来源库: 期刊
Title-题名: Mice by day
Source-文献来源: Mouse Reports
PubTime-发表时间: 2020-03-01
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("text", [OVID, COCHRANE, REFWORKS, NOTEEXPRESS, CNKI])
def test_tags_of_other_programs(tmp_path, text, ends):
    frame = read(tmp_path, "a.txt", text.replace("\n", ends))
    assert frame["title"].tolist() == ["Owls at night", "Mice by day"]
    assert frame["year"].tolist() == [2018, 2020]
    assert frame["journal"].tolist() == ["Journal of Owls", "Mouse Reports"]
    assert frame["abstract"][0].startswith("Owls hoot.")
    assert frame["authors"][0] in ("Silva, Inês; Wu, Lin", "Silva I; Wu L")
    assert frame["keywords"][0] == "owls; hearing"
    assert frame.attrs["skipped"] == []
    if text is COCHRANE:
        assert frame["abstract"][0] == "Owls hoot.\nAIM: they hoot."
        assert frame["doi"][0] == "10.5555/o.1"


@pytest.mark.parametrize(
    ("text", "looks_like"),
    [
        ("[TI] Owls\n[AU] Silva\n[AB] They hoot.\n" * 3, r"such as '\[TI\] Owls', of a kind"),
        ("TI = Owls\nAU = Silva\nAB = They hoot.\n" * 3, "such as 'TI = Owls', of a kind"),
        ("01142cam a2200301 a 4500001001300000003000400013\x1e", "binary MARC"),
        ("1. J Owls. 2020;43(1):1-9.\n\nOwls.\n\nSilva I.\n\nHoot.\n\nPMID: 1\n", "PubMed's list"),
    ],
)
def test_what_is_not_read_is_named(tmp_path, text, looks_like):
    with pytest.raises(ReadError, match=looks_like):
        read(tmp_path, "a.txt", text)


def test_a_page_may_have_lines_that_look_like_tags(tmp_path):
    page = "AI - A review\n\n" + "Owls hoot at night. " * 12 + "\n\nTV: a view\n\n" + "Mice. " * 40
    assert read(tmp_path, "a.txt", page)["title"].tolist() == ["AI - A review", "TV: a view"]


@pytest.mark.parametrize("name", ["a.ris", "a.txt"])
@pytest.mark.parametrize("end", ["ER  - \n", "\n"])
def test_ris_without_its_first_tag(tmp_path, name, end):
    begin = "AU  - Silva, I\nAU  - Wu, L\n"
    records = (f"{begin}TI  - {title}\nPY  - 2020\n{end}" for title in ("Owls", "Mice"))
    frame = read(tmp_path, name, "".join(records))
    assert frame["title"].tolist() == ["Owls", "Mice"]
    assert frame["authors"].tolist() == ["Silva, I; Wu, L"] * 2


def test_medline_that_begins_with_another_tag(tmp_path):
    text = "".join(f"STAT- MEDLINE\nFAU - Silva, I\nJT  - J\nTI  - {t}\n\n" for t in ("A", "B"))
    frame = read(tmp_path, "a.txt", text)
    assert frame[["title", "authors"]].to_numpy().tolist() == [["A", "Silva, I"], ["B", "Silva, I"]]


PROQUEST = """____________________________________________________________
Document 1 of 2
Owls at night
Author: Silva, Inês; Wu, Lin
Publication title: J Owls; Porto
Abstract: Owls hoot.
Methods: We listened.
Title: Owls at night
Publication year: 2018
DOI: 10.5555/o.1
Subject: Owls; Hearing
____________________________________________________________
Document 2 of 2
Author: Wu, Lin
Title: Mice by day
Publication year: 2020
Abstract: Mice squeak.
"""
EBSCO = """Record: 1
Title: Owls at night
Authors: Silva, Inês; Wu, Lin
Source: J Owls
Digital Object Identifier: 10.5555/o.1
Abstract: Owls hoot.
Methods: We listened.
Publication Date: 2018

Record: 2
Title: Mice by day
Authors: Wu, Lin
Abstract: Mice squeak.
Publication Date: 20200101
"""


@pytest.mark.parametrize("text", [PROQUEST, EBSCO])
def test_records_with_the_names_of_their_fields(text, tmp_path):
    (tmp_path / "a.txt").write_text(text, "utf-8")
    frame = read_abstracts(tmp_path / "a.txt")
    assert frame[["title", "year", "authors"]].values.tolist() == [
        ["Owls at night", 2018, "Silva, Inês; Wu, Lin"], ["Mice by day", 2020, "Wu, Lin"],
    ]  # fmt: skip
    assert frame["abstract"].tolist() == ["Owls hoot.\nMethods: We listened.", "Mice squeak."]
    assert frame["doi"][0] == "10.5555/o.1"


OVID_BY_NAMES = """<1>
Unique Identifier
  123
Title
  Owls at night
Source
  J Owls. 1(2):1-9, 2018 Mar.
Authors
  Silva, Inês
  Wu, Lin
Abstract
  Owls hoot.
DOI
  10.5555/o.1

<2>
Unique Identifier
  124
Title
  Mice by day
"""
SCIFINDER = """START_RECORD
FIELD Copyright:Copyright (C)
FIELD Title:Owls at night
FIELD Abstract:Owls hoot.
FIELD Author:Silva, Inês; Wu, Lin
FIELD Publication Year:2018
FIELD Journal Title:J Owls
FIELD DOI:10.5555/o.1
END_RECORD

START_RECORD
FIELD Title:Mice by day
END_RECORD
"""


@pytest.mark.parametrize("text", [OVID_BY_NAMES, SCIFINDER])
def test_other_texts_with_names_of_fields(text, tmp_path):
    frame = read(tmp_path, "a.txt", text)
    assert frame["title"].tolist() == ["Owls at night", "Mice by day"]
    assert frame[["abstract", "year", "authors", "journal", "doi"]].values.tolist()[0] == [
        "Owls hoot.", 2018, "Silva, Inês; Wu, Lin", "J Owls", "10.5555/o.1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Scopus\nEXPORT DATE: 1 March 2024\n\nSilva, I.\nOwls at night\n", "Scopus's plain text"),
        ("1: Silva I. Owls. J Owls. 2018;1:2. PMID: 123.\n\n2: Wu L. Mice.\n", "PubMed's list"),
    ],
)
def test_texts_without_tags_are_refused_by_name(text, what, tmp_path):
    with pytest.raises(ReadError, match=f"this looks like {what}"):
        read(tmp_path, "a.txt", text)


def test_a_group_of_pubmed_is_an_author(tmp_path):
    text = "PMID- 1\nTI  - Owls\nFAU - Silva, Inês\nAU  - Silva I\nCN  - Owl Group\nCN  - WHO\n"
    only = "\nPMID- 2\nTI  - Mice\nCN  - Owl Group\n"
    first = "\nPMID- 3\nTI  - Bats\nCN  - Owl Group\nFAU - Wu, Lin\nAU  - Wu L\n"
    papers = read(tmp_path, "a.nbib", text + only + first)
    assert papers["authors"].tolist() == [
        "Silva, Inês; {Owl Group}; {WHO}", "{Owl Group}", "{Owl Group}; Wu, Lin",
    ]  # fmt: skip


def test_the_full_name_of_a_journal_comes_first(tmp_path):
    text = "TY  - JOUR\nTI  - Owls\nJO  - Ann. Owls\nJF  - Annals of Owls\nER  - \n"
    assert read(tmp_path, "a.ris", text)["journal"].tolist() == ["Annals of Owls"]


def test_titles_and_feet_with_colons_are_no_records(tmp_path):
    line, titles = "_" * 60, ["Owls of the north", "Mice: a survey under snow"]
    records = [
        f"Document {n} of 2\n\n{title}\n\nAuthor: Silva, Inês\n\nTitle: {title}\n\nYear: 2020\n"
        for n, title in enumerate(titles, start=1)
    ]
    foot = "Contact us at: http://www.example.org\n"
    papers = read(tmp_path, "a.txt", f"\n{line}\n".join(["", *records, foot]))
    assert papers["title"].tolist() == titles
    assert papers.attrs["skipped"] == [
        titles[0],
        titles[1],
        "Contact us at: http://www.example.org",
    ]
