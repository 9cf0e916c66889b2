"""Exports of Zotero, Mendeley, EndNote, PubMed, Scopus, Web of Science, OpenAlex, arXiv.

The files in tests/data/exports were made for these tests and imitate those programs.
"""

import json

import pandas as pd
import pytest

from absclust import ReadError, read_abstracts
from absclust.corpus.columns import values
from absclust.io.bibtex import read_bibtex
from absclust.io.json_records import read_json, read_json_lines
from absclust.io.tables import read_delimited
from absclust.io.tagged import NBIB, RIS
from absclust.io.xml import read_xml
from tests.conftest import ROOT, SAMPLES

EXPORTS = ROOT / "tests" / "data" / "exports"


def read(name):
    return read_abstracts(EXPORTS / name)


def test_zotero_bibtex():
    frame = read("zotero.bib").set_index("id")
    owls = frame.loc["okafor_owls_2021"]
    assert owls["title"] == "How Barn Owls Aim: A Study of 412 Strikes & Misses"
    assert owls["authors"] == (
        "Okafor, Ngozi; Müller, Jón; {Owl Survey Group}; van der Berg, Renée"
    )
    assert "95% of them were aimed within 2° of" in owls["abstract"]
    assert owls["keywords"] == "barn owls; hearing; Animals"
    assert owls["url"] == "https://example.org/owls?id=7&x=a_b%20c"
    assert owls["file"].endswith("storage/AB12/Okafor_2021.pdf:application/pdf")
    assert frame.loc["silva_erdos_2019", "title"] == (
        r"On Erdős numbers of graphs with $O(\sqrt{n})$ edges"
    )
    assert frame.loc["silva_erdos_2019", "journal"].startswith("Proceedings of the 3rd Workshop")
    thesis = frame.loc["lindqvist_2020"]
    assert thesis[["title", "year", "type", "genre"]].tolist() == [
        "Naïve Straßen: Æsthetics of Øre Bridges", 2020, "phdthesis", "PhD Thesis",
    ]  # fmt: skip
    joined = frame.loc["haddad_2022"]
    assert joined["title"] == "Quoted fields and concatenation"
    assert joined["journal"] == "Journal of Invented Ornithology"
    assert joined["authors"] == "Haddad, Samir; Nguyen, Linh"


def test_a_broken_bibtex_entry_is_named_and_the_others_are_kept():
    frame = read("zotero.bib")
    assert len(frame) == 5
    assert len(frame.attrs["broken"]) == 1
    assert frame.attrs["broken"][0].startswith("line 51, '@article{broken_2022")
    assert "1 part of zotero.bib could not be read" in frame.attrs["notes"][1]


def test_a_bibtex_entry_without_its_at_sign_is_reported():
    text = "@misc{a, title={Owls}}\nmisc{b, title={Foxes}}\n@misc{a, title={Bats}}\n"
    library = read_bibtex(text)
    assert library.frame["title"].tolist() == ["Owls", "Bats"]
    assert "fields outside an entry" in library.broken[0]


@pytest.mark.parametrize(
    "between", ["}, ", "} ", "}\n\n% ", "}\n1. ", "}\nSome text ", "}\n\ufeff"]
)
@pytest.mark.parametrize("second", ["@misc{b, title={Bats}}", "@article (b, title={Bats})"])
def test_a_bibtex_entry_may_begin_anywhere(between, second):
    library = read_bibtex(f"@misc{{a, title={{Owls}}, abstract={{They hoot.}}{between}{second}")
    assert library.frame["title"].tolist() == ["Owls", "Bats"]
    assert library.frame["abstract"].tolist()[0] == "They hoot."


def test_broken_bibtex_is_not_also_logged_by_the_parser(caplog, capsys):
    read_bibtex("@misc{a, title={Owls}}\n@misc{b, title={Foxes\n")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("kind", ["bib", "ris"])
def test_samples_are_the_same_in_all_formats(kind, sample):
    frame = read_abstracts(SAMPLES / f"abstracts.{kind}")
    same = sample.set_index("id").loc[frame["id"]]
    assert frame["title"].tolist() == same["title"].tolist()
    assert frame["keywords"].ne("").all()
    if kind == "ris":
        assert frame["abstract"].tolist() == same["abstract"].tolist()


def test_mendeley_ris_has_an_end_mark_without_space():
    frame = read("mendeley.ris")
    assert len(frame) == 2
    assert frame["authors"].tolist() == ["Okafor, Ngozi; Müller, Jón", "Haddad, Samir"]
    assert frame["year"].tolist() == [2021, 2022]
    assert frame["date"].tolist() == ["2021/03//", "2022/05/12/"]
    assert frame["abstract"][1].split("\n")[1] == "They wake when the sand cools."
    assert frame["pages"].tolist() == ["101-119", ""]


def test_endnote_ris_keeps_records_whose_end_mark_is_missing():
    frame = read("endnote.ris")
    assert frame["title"].tolist() == [
        "Sleep and Heat in Desert Animals",
        "A record whose end mark is missing",
        "The last record, cut off",
    ]
    first = frame.iloc[0]
    assert first["keywords"] == "sleep; heat; desert"  # one tag, then one line per keyword
    assert first["authors"] == "Nguyen, Linh; {World Health Organization}"
    assert first["notes"] == "First note\nSecond note"
    assert first[["M3", "C1", "issn"]].tolist() == ["Review", "A custom field", "0000-1111"]
    assert frame["abstract"][2] == "The file ends in the middle of"


def test_lines_before_the_first_ris_record_are_named():
    library = RIS("Provider: ACM\nDatabase: x\nTY  - JOUR\nTI  - Owls\nER  - \n")
    assert library.skipped == ("Provider: ACM", "Database: x")


def test_two_authors_with_the_same_name_are_both_kept():
    text = "TY  - JOUR\nAU  - Wang, Y\nAU  - Wang, Y\nTI  - Owls\nER  - \n"
    assert RIS(text).frame["authors"][0] == "Wang, Y; Wang, Y"


def test_pubmed_nbib():
    frame = read("pubmed.nbib")
    first = frame.iloc[0]
    assert first["id"] == "30000001"
    assert first["title"].endswith("of fans and open windows.")
    assert "BACKGROUND: Warm rooms disturb sleep. METHODS: We gave" in first["abstract"]
    assert first["authors"] == "Okafor, Ngozi; Müller, Jón"
    assert first["keywords"] == "sleep; heat"
    assert first["MH"] == "*Sleep; Infant"
    assert frame["doi"].tolist() == ["10.5555/fans.2021.2", "10.5555/editorial.9"]
    assert frame["year"].tolist() == [2021, 2020]


def test_a_line_with_a_dash_continues_the_abstract():
    text = "PMID- 1\nTI  - Owls\nAB  - Owls hunt, foxes\n      AB - sleep.\n"
    assert NBIB(text).frame["abstract"][0] == "Owls hunt, foxes AB - sleep."


def test_dois_of_pubmed_are_not_those_of_references(tmp_path):
    doi = '<ArticleIdList><ArticleId IdType="doi">10.5555/{}</ArticleId></ArticleIdList>'
    cited = f"<ReferenceList><Reference>{doi.format('cited')}</Reference></ReferenceList>"
    article = "<MedlineCitation><Article><ArticleTitle>Owls</ArticleTitle></Article>"
    article = f"{article}</MedlineCitation><PubmedData>{cited}</PubmedData>"
    book = f"<BookDocument>{doi.format('book')}<ArticleTitle>Mice</ArticleTitle></BookDocument>"
    (tmp_path / "a.xml").write_text(
        f"<PubmedArticleSet><PubmedArticle>{article}</PubmedArticle>"
        f"<PubmedBookArticle>{book}</PubmedBookArticle></PubmedArticleSet>"
    )
    assert read_abstracts(tmp_path / "a.xml")["doi"].tolist() == ["", "10.5555/book"]


def test_pubmed_xml():
    frame = read("pubmed.xml")
    first = frame.iloc[0]
    assert first["title"] == (
        "Sleep of infants in warm rooms: effects of fans & open windows on CO2."
    )
    assert first["abstract"] == (
        "BACKGROUND: Warm rooms disturb sleep. RESULTS: Fans added 31 minutes (p<0.01). Fans help."
    )
    assert first["authors"] == "Okafor, Ngozi; {Fan Trial Group}"
    assert first[["id", "year", "doi", "mesh_terms"]].tolist() == [
        "30000001", 2021, "10.5555/fans.2021.2", "Sleep",
    ]  # fmt: skip
    assert frame["title"][1] == "A Handbook of Invented Sleep"


def test_scopus():
    frame = read_abstracts(EXPORTS / "scopus.csv", merge_duplicates=False)
    assert list(frame.columns[:10]) == [
        "id", "title", "abstract", "year", "doi", "url", "authors", "keywords", "journal", "type",
    ]  # fmt: skip
    assert frame["id"].tolist() == [f"2-s2.0-8500000000{i}" for i in (1, 2, 3)]
    assert frame["Index Keywords"][0] == "Animals; Strigiformes"
    assert frame.attrs["notes"] == ["scopus.csv: 2 of 3 have an abstract"]


@pytest.mark.parametrize("name", ["webofscience.txt", "webofscience.ciw"])
def test_web_of_science(name):
    frame = read(name)
    assert frame["id"].tolist() == ["WOS:000000000000001", "WOS:000000000000002"]
    assert frame["title"][0].replace('"', "") == "Hearing in barn owls: a review of the aim"
    assert frame["authors"].tolist() == ["Okafor, Ngozi; Müller, Jón", "Silva, Inês"]
    assert frame["keywords"][0].startswith("barn owls; hearing")
    assert frame["keywords_plus"][0] == "SOUND LOCALIZATION; TYTO"
    assert not [c for c in frame.columns if c.startswith("Unnamed")]


def test_web_of_science_in_utf16():
    assert read("webofscience_utf16.txt")["authors"].tolist() == ["Silva, Inês"]


def test_openalex_abstracts_are_restored():
    frame = read("openalex.json")
    assert frame["abstract"].tolist() == [
        "Owls hunt in the dark, and mice fear them the more.", "",
    ]  # fmt: skip
    assert frame["authors"][0] == "Ngozi Okafor; Jón Müller"
    assert frame["journal"][0] == "Journal of Invented Ornithology"
    assert frame["year"].tolist() == [2021, pd.NA]
    assert frame["cited_by_count"][0] == 4


def test_institutions_countries_and_topics_of_openalex_are_columns_of_several_values():
    authorships = [
        {"institutions": [{"display_name": "U Porto"}, {"display_name": "CERN"}],
         "countries": ["PT", "CH"]},
        {"institutions": [{"display_name": "U Porto"}], "countries": ["PT"]},
        {},
    ]  # fmt: skip
    work = {"id": "https://openalex.org/W1", "title": "Owls", "authorships": authorships,
            "topics": [{"display_name": "Owls"}, {"display_name": "Hearing"}]}  # fmt: skip
    frame = read_json(json.dumps([work, {**work, "authorships": None, "topics": None}])).frame
    assert values(frame, "country") == (("PT", "CH"), ())
    assert values(frame, "institution") == (("U Porto", "CERN"), ())
    assert values(frame, "topics") == (("Owls", "Hearing"), ())


def test_one_openalex_work():
    work = '{"id": "https://openalex.org/W1", "title": "Owls", "authorships": [], "x": [1], '
    frame = read_json(
        work + '"abstract_inverted_index": {"far": [99999999999], "Owls": [0]}}'
    ).frame
    assert frame["abstract"].tolist() == ["Owls far"]


def test_arxiv_snapshot_holds_json_lines_in_a_json_file():
    frame = read("arxiv.json")
    assert frame["title"].tolist() == ["How Owls Aim: a Study of $412$ Strikes", "Strings"]
    assert frame["authors"].tolist() == ["Okafor, Ngozi; Müller, Jón", "Silva, Inês"]
    assert frame["year"].tolist() == [2021, 2009]  # of the first version, where it is known
    assert frame["url"][1] == "https://arxiv.org/abs/hep-th/9901001"


def test_arxiv_atom():
    first = read("arxiv.xml").iloc[0]
    assert first["title"] == "How Owls Aim: a Study of $412$ Strikes"
    assert first["categories"] == "q-bio.NC; cs.SD"
    assert first["url"] == "http://arxiv.org/abs/2103.00001v2"
    assert first["comment"] == "12 pages"


def test_endnote_in_both_formats():
    for name in ("endnote.xml", "endnote.enw"):
        first = read(name).iloc[0]
        assert first[["title", "year", "doi", "keywords"]].tolist() == [
            "Sleep and Heat", 2023, "10.5555/heat.3", "sleep; heat",
        ]  # fmt: skip
        assert first["authors"] == "Nguyen, Linh; {World Health Organization}"
    assert read("endnote.xml")["custom1"][0] == "Kept"


def test_zotero_csv():
    frame = read("zotero.csv")
    assert frame[["id", "year"]].iloc[0].tolist() == ["AB12CD34", 2021]
    assert frame["keywords"][0] == "owls; hearing"


def test_the_content_of_a_file_decides_how_it_is_read(tmp_path):
    for name, text in {
        "a.txt": "TY  - JOUR\nTI  - Owls\nER  - \n",
        "b.txt": "\nPMID- 1\nTI  - Owls\n",
        "c.txt": "@misc{a, title={Owls}}",
        "d.ris": "PMID- 1\nTI  - Owls\n",
    }.items():
        (tmp_path / name).write_text(text)
        assert read_abstracts(tmp_path / name)["title"].tolist() == ["Owls"]


BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">%s]>
<feed><entry><title>&b9;</title></entry></feed>""".replace(
    "%s", "".join(f'<!ENTITY b{i} "{(f"&b{i - 1};" if i else "&a;") * 10}">' for i in range(10))
)
OTHER_FILE = """<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>
<feed><entry><title>&e;</title></entry></feed>"""


@pytest.mark.parametrize("content", [BOMB, OTHER_FILE])
def test_hostile_xml_is_refused(content):
    with pytest.raises(ReadError, match="declares the entity"):
        read_xml(content)


def test_deeply_nested_xml_and_xml_of_another_kind_are_refused():
    with pytest.raises(ReadError, match="nested more than"):
        read_xml("<a>" * 1_000_000)
    with pytest.raises(ReadError, match="found no record in <html>"):
        read_xml("<html><body/></html>")


def test_records_that_are_known_by_the_element_around_them_are_all_read():
    results = "".join(f"<result><title>{title}</title></result>" for title in ("Owls", "Mice"))
    library = read_xml(f"<response><resultList>{results}</resultList></response>")
    assert library.frame["title"].tolist() == ["Owls", "Mice"]


def test_an_external_dtd_is_not_fetched():
    # Sockets are disabled in tests, so a fetch would raise.
    content = (
        '<!DOCTYPE f SYSTEM "http://example.org/x.dtd"><feed><entry><title>A</title></entry></feed>'
    )
    assert read_xml(content).frame["title"].tolist() == ["A"]


def test_blank_lines_before_the_declaration_cost_nothing(tmp_path):
    text = '\n\n<?xml version="1.0"?><feed><entry><title>Owls</title></entry></feed>'
    for name in ("a.xml", "a.txt"):
        (tmp_path / name).write_text(text)
        assert read_abstracts(tmp_path / name)["title"].tolist() == ["Owls"]


def test_xml_that_breaks_off_keeps_what_came_before():
    content = (EXPORTS / "pubmed.xml").read_text("utf-8")
    cut = content[: content.index("A Handbook")]
    library = read_xml(cut)
    assert len(library.frame) == 1
    assert "the rest of the file was not read" in library.broken[0]


def test_broken_json_lines_are_listed():
    library = read_json_lines('{"abstract": "x"}\nnope\n[1]\n"y"\n')
    assert library.frame["abstract"].tolist() == ["x", "y"]
    assert [b.split(":")[0] for b in library.broken] == [
        "line 2",
        "line 3 is list; expected an object with an abstract, or a string",
    ]


def test_lone_surrogates_in_json_are_replaced():
    for reader in (read_json, read_json_lines):
        frame = reader('{"abstract": "owls \\ud83e\\udd89", "ti\\ud800": "a \\ud800 b"}').frame
        assert frame["abstract"].tolist() == ["owls 🦉"]
        assert frame["ti\ufffd"].tolist() == ["a \ufffd b"]


def test_rows_with_too_many_fields_are_listed():
    table = read_delimited("title,abstract\na,b\nc,d,e\nf,g,,\nh\n")
    assert table.frame["title"].tolist() == ["a", "f", "h"]
    assert table.broken == ("line 3 has 3 fields; the header has 2",)


def test_columns_with_the_same_name_are_numbered():
    table = read_delimited("title,title,,title.1\na,b,c,d\n")
    assert list(table.frame.columns) == ["title", "title.2", "Unnamed: 2", "title.1"]


JATS = """<article article-type="research-article"><front><journal-meta><journal-title-group>
<journal-title>J Owls</journal-title></journal-title-group></journal-meta><article-meta>
<article-id pub-id-type="pmid">7</article-id><article-id pub-id-type="doi">10.5555/o.1</article-id>
<title-group><article-title>Owls <italic>at night</italic></article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Silva</surname>
<given-names>Inês</given-names></name><xref ref-type="aff"/></contrib><contrib
contrib-type="author"><collab>Owl Group</collab></contrib></contrib-group>
<pub-date><day>1</day><year>2018</year></pub-date><abstract><sec><title>Aim</title>
<p>Owls hoot.</p></sec><sec><title>Methods</title><p>We listened.</p></sec></abstract>
<kwd-group><kwd>owls</kwd><kwd>hearing</kwd></kwd-group></article-meta></front>
<body><p>The whole text.</p></body></article>"""
DBLP = """<dblp><article key="journals/owl/Silva18"><author>Inês Silva</author>
<author>Owl Group</author><title>Owls <i>at night</i></title><year>2018</year>
<journal>J Owls</journal><ee>https://doi.org/10.5555/o.1</ee></article></dblp>"""
EBSCO = """<records><rec resultID="1"><header shortDbName="o" uiTerm="7"><controlInfo><jinfo>
<jtl>J Owls</jtl></jinfo><pubinfo><dt year="2018" month="03"/><vid>1</vid></pubinfo><artinfo>
<ui type="doi">10.5555/o.1</ui><tig><atl>Owls at night</atl></tig><aug><au>Silva, Inês</au>
<au>Owl Group</au></aug><sug><subj type="major">owls</subj><subj>hearing</subj></sug>
<ab>Owls hoot.</ab></artinfo></controlInfo></header></rec></records>"""


@pytest.mark.parametrize("text", [JATS, DBLP, EBSCO])
def test_xml_of_publishers_and_databases(text):
    row = read_xml(text).frame.iloc[0]
    assert row[["title", "year", "doi", "journal"]].tolist() == [
        "Owls at night", "2018", "10.5555/o.1", "J Owls",
    ]  # fmt: skip
    assert row["authors"] in (
        "Silva, Inês; {Owl Group}", "Inês Silva; Owl Group", "Silva, Inês; Owl Group",
    )  # fmt: skip
    if text is not DBLP:
        assert row["keywords"] == "owls; hearing"
        assert row["abstract"].startswith(("Owls hoot.", "Aim: Owls hoot. Methods: We listened."))
    assert "body" not in row


DATACITE = """<oai_datacite><payload><resource><identifier identifierType="DOI">10.5555/o.1
</identifier><creators><creator><creatorName>Silva, Inês</creatorName><givenName>Inês</givenName>
<familyName>Silva</familyName></creator></creators><titles><title>Owls at night</title></titles>
<publicationYear>2018</publicationYear><subjects><subject>owls</subject></subjects><descriptions>
<description>Owls hoot.</description></descriptions></resource></payload></oai_datacite>"""
THESIS = """<thesis><title>Owls at night</title><creator>Silva, Inês</creator>
<subject>owls</subject><description>Owls hoot.</description><date>2018-03</date>
<identifier>10.5555/o.1</identifier>
<degree>PhD</degree></thesis>"""


@pytest.mark.parametrize("inside", [DATACITE, THESIS])
def test_other_records_of_repositories(inside):
    text = (
        "<OAI-PMH><ListRecords><record><header><identifier>oai:x:1</identifier></header>"
        f"<metadata>{inside}</metadata></record></ListRecords></OAI-PMH>"
    )
    row = read_xml(text).frame.iloc[0]
    alone = read_xml(inside.replace("thesis>", "dc>")).frame.iloc[0]
    assert alone["title"] == row["title"]
    assert row[["id", "title", "abstract", "year", "doi", "authors", "keywords"]].tolist() == [
        "oai:x:1", "Owls at night", "Owls hoot.", "2018", "10.5555/o.1", "Silva, Inês", "owls",
    ]  # fmt: skip
