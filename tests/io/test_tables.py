"""Tables: spreadsheets, missing values, columns of one's own, and the exports that are tables."""

import gzip
import io
import json
import zipfile

import pandas as pd
import pytest

from absclust import OptionError, ReadError, read_abstracts
from absclust.corpus.columns import months, values, years
from absclust.io.write_papers import write_by_suffix
from tests.io.test_formats import EXPORTS

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"


def xlsx(path, **sheets):
    """Write a workbook as small as Excel accepts; texts are inline, numbers are numbers."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    names = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, 1)
    )
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        package = "http://schemas.openxmlformats.org/package/2006/relationships"
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r" Target="xl/workbook.xml" '
            f'Type="{relation}/officeDocument"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook {main} xmlns:r="{relation}"><sheets>{names}</sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}">'
            + "".join(
                f'<Relationship Id="r{n}" Type="{relation}/worksheet" Target="s{n}.xml"/>'
                for n in range(1, len(sheets) + 1)
            )
            + "</Relationships>",
        )
        for n, rows in enumerate(sheets.values(), 1):
            cells = "".join(
                f'<row r="{i}">' + "".join(_cell(value) for value in row) + "</row>"
                for i, row in enumerate(rows, 1)
            )
            book.writestr(
                f"xl/s{n}.xml", f"<worksheet {main}><sheetData>{cells}</sheetData></worksheet>"
            )
    return path


def _cell(value):
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def ods(path, rows):
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f"<table:table-cell office:value-type='string'><text:p>{v}</text:p></table:table-cell>"
            for v in row
        )
        + "</table:table-row>"
        for row in rows
    )
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{OFFICE}manifest:1.0"/>')
        book.writestr(
            "content.xml",
            f"<office:document-content xmlns:office='{OFFICE}office:1.0' "
            f"xmlns:table='{OFFICE}table:1.0' xmlns:text='{OFFICE}text:1.0'><office:body>"
            f"<office:spreadsheet><table:table table:name='a'>{cells}</table:table>"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def read(folder, text, name="a.csv", **options):
    (folder / name).write_text(text, "utf-8")
    return read_abstracts(folder / name, **options)


# Spreadsheets.

TABLE = [
    ["Article Title", "Authors", "Abstract", "Publication Year"],
    ["Ferns", "Silva I., Wu L.", "They unroll.", 2020],
]


def test_a_workbook_is_read_as_the_same_table_in_csv(tmp_path):
    frame = read_abstracts(xlsx(tmp_path / "a.xlsx", savedrecs=TABLE))
    text = "\n".join(",".join(f'"{value}"' for value in row) for row in TABLE)
    pd.testing.assert_frame_equal(frame, read(tmp_path, text))
    assert frame.iloc[0].tolist() == ["1", "Ferns", "They unroll.", 2020, "Silva I.; Wu L."]
    assert frame.attrs["notes"] == []


def test_the_sheet_with_papers_is_read_and_the_others_are_named(tmp_path):
    cover = [["Search of 3 May"], ["Ferns, in any field"]]
    book = xlsx(
        tmp_path / "a.xlsx", Search=cover, Empty=[], Papers=[["3 results"], *TABLE], B=TABLE
    )
    frame = read_abstracts(book)
    assert frame["title"].tolist() == ["Ferns"]
    assert frame.attrs["skipped"] == ["3 results"]
    assert "a.xlsx: sheet 'Papers' was read; not read: 'Search', 'B'" in frame.attrs["notes"]


def test_older_excel_and_opendocument(tmp_path):
    frame = read_abstracts(EXPORTS / "savedrecs.xls")
    assert frame["title"].tolist() == ["How barn owls aim", "Mice that listen"]
    assert frame["id"].tolist() == ["WOS:000000000000001", "WOS:000000000000002"]
    assert frame["year"].tolist() == [2021, 2019]
    frame = read_abstracts(ods(tmp_path / "a.ods", TABLE))
    assert frame[["title", "year"]].iloc[0].tolist() == ["Ferns", 2020]


def test_dates_of_a_workbook_are_dates(tmp_path):
    from datetime import date, datetime

    row = ["Ferns", date(2020, 5, 1), datetime(2020, 5, 1, 9, 30), 2.5, 2020.0, True]
    columns = ["title", "date", "seen", "score", "year", "read"]
    pd.DataFrame([row], columns=columns).to_excel(tmp_path / "a.xlsx", index=False)
    assert read_abstracts(tmp_path / "a.xlsx")[columns].iloc[0].tolist() == [
        "Ferns", "2020-05-01", "2020-05-01 09:30:00", "2.5", 2020, "True",
    ]  # fmt: skip


def test_a_name_of_excel_for_what_is_text(tmp_path):
    text = "PT\tTI\tAB\tUT\nJ\tFerns\tThey unroll.\tWOS:1\n"  # as Web of Science did
    assert read(tmp_path, text, "savedrecs.xls")["title"].tolist() == ["Ferns"]
    with pytest.raises(ReadError, match=r"a web page; .* open its table in a spreadsheet program"):
        read(tmp_path, "<html><table><tr><td>Title</td></tr></table>", "a.xls")
    (tmp_path / "b.csv").write_bytes(xlsx(tmp_path / "a.xlsx", s=TABLE).read_bytes())
    assert read_abstracts(tmp_path / "b.csv")["title"].tolist() == ["Ferns"]


def test_damaged_and_empty_workbooks(tmp_path):
    whole = xlsx(tmp_path / "a.xlsx", s=TABLE).read_bytes()
    (tmp_path / "b.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ReadError, match="not readable as a spreadsheet"):
        read_abstracts(tmp_path / "b.xlsx")
    older = (EXPORTS / "savedrecs.xls").read_bytes()
    for cut in range(600, len(older), 500):  # some of which the parser panics at
        (tmp_path / "c.xls").write_bytes(older[:cut])
        with pytest.raises(ReadError, match="not readable as a spreadsheet"):
            read_abstracts(tmp_path / "c.xls")
    with pytest.raises(ReadError, match="all sheets are empty"):
        read_abstracts(xlsx(tmp_path / "a.xlsx", s=[], t=[["", " "]]))


# Missing values.


@pytest.mark.parametrize("mark", ["NA", "NaN", "NULL", "#N/A"])
def test_marks_of_missing_values_are_no_values(tmp_path, mark):
    frame = read(
        tmp_path,
        f"title,author,doi,keywords,year,pages,country\nOwls,{mark},{mark},{mark},{mark},{mark},PT\n"
        f"{mark} and owls,Silva I,10.1/x,owls,2020,3,{mark}\n",
    )
    assert frame.loc[0, ["authors", "doi", "keywords", "pages"]].tolist() == [""] * 4
    assert frame["title"][1] == f"{mark} and owls"
    assert frame["country"].tolist() == ["PT", ""]
    assert "year_given" not in frame


def test_na_where_it_may_be_a_value_is_kept(tmp_path):
    frame = read(tmp_path, "title,country,doi\nOwls of the Namib,NA,10.1/x\nMice,PT,\n")
    assert frame["country"].tolist() == ["NA", "PT"]
    assert read(tmp_path, "title,abstract\nNA,None\nB,x\n")["title"].tolist() == ["NA", "B"]


# Exports, and what other programs make of them.


def test_openalex_as_its_website_exported_it(tmp_path):
    frame = read(
        tmp_path,
        '"id","abstract","authorships.author.display_name","authorships.countries",'
        '"authorships.institutions.display_name","display_name","doi","keywords.display_name",'
        '"primary_location.source.display_name","publication_year","topics.display_name"\n'
        '"https://openalex.org/W1","They croak.","Inês Silva|Lin Wu","PT|CN|PT","U Porto|U Wuhan",'
        '"Frogs","https://doi.org/10.5555/f","pond|frog","J Frogs","2020","Amphibians"\n',
    )
    first = frame.iloc[0]
    assert first[["title", "year", "authors", "keywords", "journal"]].tolist() == [
        "Frogs", 2020, "Inês Silva; Lin Wu", "pond; frog", "J Frogs",
    ]  # fmt: skip
    assert values(frame, "country") == (("PT", "CN"),)
    assert values(frame, "institutions") == (("U Porto", "U Wuhan"),)
    assert values(frame, "topic") == (("Amphibians",),)


def test_openalex_as_its_website_exports_it_now(tmp_path):
    text = "Work ID,Title,Authors,Source,Abstract\nW1,Frogs,Inês Silva|Lin Wu,J F,a\n"
    first = read(tmp_path, text).iloc[0]
    assert first[["id", "authors", "journal"]].tolist() == ["W1", "Inês Silva; Lin Wu", "J F"]


def test_cochrane_has_authors_and_journals(tmp_path):
    text = 'CENTRAL ID,Author(s),Title,Source,Year\nCN-1,"Silva, I; Wu, L",Tea,J Sleep,2022\n'
    first = read(tmp_path, text).iloc[0]
    assert first[["authors", "journal"]].tolist() == ["Silva, I; Wu, L", "J Sleep"]


def test_names_of_columns_as_r_and_pandas_write_them(tmp_path):
    dots = "Article.Title,Author.Full.Names,Publication.Year,Author.Keywords,UT..Unique.WOS.ID.\n"
    first = read(tmp_path, dots + 'Frogs,"Silva, Inês; Wu, Lin",2020,pond,WOS:1\n').iloc[0]
    assert first[["id", "title", "year", "authors", "keywords"]].tolist() == [
        "WOS:1", "Frogs", 2020, "Silva, Inês; Wu, Lin", "pond",
    ]  # fmt: skip
    scopus = "Authors,Title,Source.title,Page.start,Page.end,Link\nSilva I.,Frogs,J F,3,9,\n"
    assert read(tmp_path, scopus)[["journal", "pages"]].iloc[0].tolist() == ["J F", "3-9"]
    flat = "display_name,primary_location_source_display_name,publication_year\nFrogs,J F,2020\n"
    assert read(tmp_path, flat)[["title", "journal"]].iloc[0].tolist() == ["Frogs", "J F"]


def test_tables_of_bibliometrix(tmp_path):
    text = (
        "AU,TI,SO,DE,ID,AB,PY,UT\nSILVA I;WU L,FROGS,J F,pond;frog,WATER,They croak.,2020,WOS:1\n"
    )
    first = read(tmp_path, text).iloc[0]
    assert first[["id", "keywords", "keywords_plus", "authors"]].tolist() == [
        "WOS:1", "pond;frog", "WATER", "SILVA I; WU L",
    ]  # fmt: skip


def test_lists_that_python_wrote_into_cells(tmp_path):
    cells = """"['Inês Silva', 'Lin Wu']","['pond', ""frogs' eggs""]\""""
    frame = read(tmp_path, f"title,authors,keywords\nFrogs,{cells}\n[sic] mice,[Anonymous],['a\n")
    assert frame["authors"].tolist() == ["Inês Silva; Lin Wu", "[Anonymous]"]
    assert frame["keywords"].tolist() == ["pond; frogs' eggs", "['a"]


# Columns of one's own.

SWEDISH = 'Rubrik,Sammanfattning,År,Verfasser\nFrösche,Sie quaken.,2020,"Silva I., Wu L."\n'
CHOSEN = {"title": "Rubrik", "abstract": "Sammanfattning", "year": "År", "authors": "Verfasser"}


def test_columns_are_chosen_by_name(tmp_path):
    frame = read(tmp_path, SWEDISH, columns=CHOSEN)
    assert list(frame.columns) == ["id", "title", "abstract", "year", "authors"]
    assert frame.iloc[0].tolist() == ["1", "Frösche", "Sie quaken.", 2020, "Silva I.; Wu L."]
    rows = [line.split(",")[:3] for line in SWEDISH.splitlines()]
    book = xlsx(tmp_path / "a.xlsx", s=rows)
    chosen = {name: CHOSEN[name] for name in ("title", "abstract")}
    assert read_abstracts(book, columns=chosen)["abstract"].tolist() == ["Sie quaken."]


def test_a_chosen_column_comes_before_one_that_we_would_take(tmp_path):
    frame = read(tmp_path, "title,Title,name\nA,B,Owls\n", columns={"title": "name"})
    assert frame[["title", "title (in file)", "Title"]].iloc[0].tolist() == ["Owls", "A", "B"]


def test_columns_are_chosen_in_the_files_that_have_them(tmp_path):
    (tmp_path / "b.csv").write_text("title,abstract\nMice,They squeak.\n")
    (tmp_path / "a.csv").write_text(SWEDISH, "utf-8")
    frame = read_abstracts([tmp_path / "a.csv", tmp_path / "b.csv"], columns=CHOSEN)
    assert frame["title"].tolist() == ["Frösche", "Mice"]


def test_a_table_without_known_columns_shows_how_to_choose(tmp_path):
    with pytest.raises(
        ReadError, match=r"columns are 'Rubrik', .* columns=\{'abstract': 'Rubrik'\}"
    ):
        read(tmp_path, SWEDISH)
    with pytest.raises(ReadError, match="no column 'Title' for 'title'; the columns are 'Rubrik'"):
        read(tmp_path, SWEDISH, columns={"title": "Title"})
    with pytest.raises(OptionError, match=r"columns is \{'titel.*our names are id, title, abs"):
        read(tmp_path, SWEDISH, columns={"titel": "Rubrik"})


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["03/04/2020", "31/12/2020"], [4, 12]),  # days first
        (["03/04/2020", "12/31/2020"], [3, 12]),  # months first
        (["03/04/2020", "05/06/2020"], [0, 0]),  # nobody can tell
        (["31/04/2020", "12/31/2020"], [0, 0]),
        (["03.04.2020", "31. 1. 2020"], [4, 1]),
        (["20200330", "2021-06-24"], [3, 6]),
        (["05/2020", "5-2020"], [5, 5]),
        (["13/2020", "2020"], [0, 0]),
    ],
)
def test_dates_of_any_column(tmp_path, dates, expected):
    lines = [f"Owls {number},{date}" for number, date in enumerate(dates)]
    text = "\n".join(["title,Accepted", *lines])
    frame = read(tmp_path, text, columns={"date": "Accepted"})
    assert months(frame, years(frame)).tolist() == expected
    assert frame["year"].tolist() == [int(year) for year in years(frame)]


# Years.


def test_years_come_from_dates_where_there_is_no_other(tmp_path):
    text = "title,year,Publication Date\nA,,2021-06-24\nB,2019,2020\nC,in press,May 2022\nD,soon,\n"
    frame = read(tmp_path, text)
    assert frame["year"].tolist() == [2021, 2019, 2022, pd.NA]
    assert frame["Publication Date"].tolist() == ["2021-06-24", "2020", "May 2022", ""]
    assert frame.attrs["notes"][-1] == "1 paper without a year: 'soon'"
    frame = read(tmp_path, "title,date\nA,20200330\nB,24.6.2021\nC,\n")
    assert frame["year"].tolist() == [2020, 2021, pd.NA]


def test_years_come_from_dates_of_several_files(tmp_path):
    (tmp_path / "a.ris").write_text("TY  - JOUR\nTI  - Owls\nDA  - 2019/05\nER  - \n")
    (tmp_path / "b.csv").write_text("title,Publication Date\nMice,2021-06-24\n")
    frame = read_abstracts([tmp_path / "a.ris", tmp_path / "b.csv"])
    assert frame["year"].tolist() == [2019, 2021]
    assert frame["date"].tolist() == ["2019/05", "2021-06-24"]


def test_items_of_zotero_have_years(tmp_path):
    text = '[{"itemType": "journalArticle", "title": "Lamps", "date": "2017-05"}, {"title": "x"}]'
    assert read(tmp_path, text, "a.json")["year"].tolist() == [2017, pd.NA]


# What some programs write in their own way.


def test_embase_separates_keywords_by_semicolons_and_commas(tmp_path):
    text = (
        'Title,Author Names,Open URL Link,Author Keywords\nSoup,"Wu L., Silva I.",,"a b;,c d;, e"\n'
    )
    assert read(tmp_path, text)["keywords"].tolist() == ["a b; c d; e"]


@pytest.mark.parametrize(
    "header",
    [
        "作者,文献标题,年份,来源出版物名称,摘要,作者关键字,文献类型",  # Scopus
        "Author-作者,Title-题名,Year-年,Source-文献来源,Summary-摘要,Keyword-关键词,x",  # CNKI
        "作者,题名,年,刊名,摘要,关键词,x",  # Wanfang
    ],
)
def test_chinese_headers(tmp_path, header):
    frame = read(tmp_path, f"{header}\n王五;李四,河流治理,2019,水利,本文研究。,河流;治理,x\n")
    names = ["title", "abstract", "year", "authors", "keywords", "journal"]
    assert frame[names].iloc[0].tolist() == [
        "河流治理", "本文研究。", 2019, "王五; 李四", "河流;治理", "水利",
    ]  # fmt: skip


def test_columns_with_the_same_name_and_value_are_written_once(tmp_path):
    from absclust.io.write_papers import _records

    table = pd.DataFrame(
        [["Owls", "x", "x", "y", "", -1]],
        columns=["title", "note", "note", "note", "note", "theme"],
    )
    assert next(_records(table))["note"] == "x; y"


def test_json_of_plos_and_datacite(tmp_path):
    plos = {"response": {"numFound": 1, "docs": [
        {"id": "10.1371/j.1", "journal": "PLOS ONE", "publication_date": "2019-07-24T00:00:00Z",
         "author_display": ["Inês Silva", "Lin Wu"], "abstract": ["Owls.", "They hoot."],
         "title_display": "Owls <i>at</i> night"}]}}  # fmt: skip
    row = read(tmp_path, json.dumps(plos), "a.json").iloc[0]
    assert row[["title", "abstract", "year", "authors", "journal"]].tolist() == [
        "Owls <i>at</i> night", "Owls. They hoot.", 2019, "Inês Silva; Lin Wu", "PLOS ONE",
    ]  # fmt: skip
    datacite = {"data": [{"id": "10.5555/x", "type": "dois", "attributes": {
        "doi": "10.5555/x", "titles": [{"title": "Owls"}, {"title": "a data set"}],
        "creators": [{"name": "Silva, Inês", "familyName": "Silva", "givenName": "Inês"},
                     {"name": "Owl Group", "nameType": "Organizational"}, {"name": "Wu, Lin"}],
        "descriptions": [{"description": "They hoot.", "descriptionType": "Abstract"},
                         {"description": "Thanks.", "descriptionType": "Other"}],
        "publicationYear": 2020, "subjects": [{"subject": "owls"}], "language": "en",
        "types": {"resourceTypeGeneral": "Dataset"}, "url": "https://example.org/x"}}],
        "meta": {"total": 1}}  # fmt: skip
    row = read(tmp_path, json.dumps(datacite), "b.json").iloc[0]
    names = ["title", "abstract", "year", "authors", "keywords", "type", "language"]
    assert row[names].tolist() == [
        "Owls: a data set", "They hoot.", 2020, "Silva, Inês; {Owl Group}; Wu, Lin", "owls",
        "Dataset", "en",
    ]  # fmt: skip


# Tables as programs and people name their columns: title, abstract, year, authors, DOI, keywords,
# journal, in the order of PAPER.
PAPER = [
    "Owls at night",
    "Owls hoot.",
    "2018",
    "Silva, Inês; Wu, Lin",
    "10.5555/o.1",
    "owls; hearing",
]
HEADERS = {
    "EBSCO": "Article Title,Abstract,Publication Date,Author,DOI,Keywords,"
    "Journal Title,Doctype,PLink",
    "EBSCO, new": "title,abstract,publicationDate,contributors,doi,subjects,source,an,plink",
    "ProQuest": "Title,Abstract,year,Authors,digitalObjectIdentifier,"
    "identifierKeywords,pubtitle,StoreId",
    "Covidence": "Title,Abstract,Published Year,Authors,DOI,Tags,Journal,Covidence #,Study",
    "ASReview": "title,abstract,year,authors,doi,keywords,journal,record_id,asreview_label",
    "LILACS": "Title,Abstract,Publication year,Authors,DOI,Descriptor(s),Journal,Fulltext URL,ID",
    "SciELO": "Title,Abstract,Publication year,Author(s),DOI,Keyword(s),Journal,Fulltext URL",
    "HAL": "title_s,abstract_s,publicationDateY_i,authFullName_s,doiId_s,"
    "keyword_s,journalTitle_s,docid",
    "Europe PMC": "TITLE,ABSTRACT,PUBYEAR,AUTHOR_STRING,DOI,KEYWORDS,JOURNAL_TITLE,EXTID,SOURCE",
    "Paperpile": "Title,Abstract,Publication year,Authors,DOI,Keywords,Journal,Item type,URLs",
    "bibliometrix": "TI,AB,PY,AU,DI,DE,SO,ID,SR",
    "in German": "Titel,Zusammenfassung,Jahr,Autoren,DOI,Schlagwörter,Zeitschrift",
    "in French": "Titre,Résumé,Année,Auteurs,DOI,Mots-clés,Revue",
    "in Spanish": "Título,Resumen,Año,Autores,DOI,Palabras clave,Revista",
    "in Portuguese": "Título,Resumo,Ano,Autores,DOI,Palavras-chave,Revista",
}


@pytest.mark.parametrize("program", HEADERS)
@pytest.mark.parametrize("name", ["a.csv", "a.txt"])
def test_headers_of_programs_and_languages(program, name, tmp_path):
    header = HEADERS[program]
    cells = [*PAPER, "J Owls", *("x" for _ in header.split(",")[7:])]
    text = f"{header}\n" + ",".join(f'"{cell}"' for cell in cells) + "\n"
    row = read(tmp_path, text, name).iloc[0]
    names = ["title", "abstract", "year", "authors", "doi", "keywords"]
    assert [str(value) for value in row[names]] == PAPER
    assert program == "EBSCO, new" or row["journal"] == "J Owls"


def test_files_that_are_open_are_read_as_files(tmp_path):
    text = "title;abstract\nOwls;They hoot.\n"
    (tmp_path / "a.csv").write_text(text)
    with (tmp_path / "a.csv").open("rb") as file:
        frame = read_abstracts(file)
    assert frame.attrs["sources"][0]["file"] == "a.csv"
    streams = [io.StringIO(text), io.BytesIO(gzip.compress(text.replace("Owls", "Mice").encode()))]
    assert read_abstracts(streams)["title"].tolist() == ["Owls", "Mice"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as book:
        book.writestr("b.csv", text)
    archive.name = "exports.zip"
    archive.seek(0)
    assert read_abstracts(archive)["title"].tolist() == ["Owls"]
    with pytest.raises(ReadError, match="the file is empty"):
        read_abstracts(io.BytesIO())


def test_a_row_for_each_field(tmp_path):
    text = (
        '"TITLE","Owls at night"\n"SOURCE","J Owls (2018) 1:2"\n"AUTHOR NAMES","Silva I.","Wu L."\n'
        '"ABSTRACT","Owls hoot."\n"AUTHOR KEYWORDS","owls","hearing"\n"PUBLICATION YEAR","2018"\n\n'
        '"TITLE","Mice by day"\n"AUTHOR NAMES","Wu L."\n'
    )  # Embase
    frame = read(tmp_path, text)
    assert frame["title"].tolist() == ["Owls at night", "Mice by day"]
    assert frame.loc[0, ["abstract", "year", "authors", "keywords"]].tolist() == [
        "Owls hoot.", 2018, "Silva I.; Wu L.", "owls; hearing",
    ]  # fmt: skip


@pytest.mark.parametrize("mark", ["\t", ";", ",", "|"])
@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
def test_lines_above_the_header_do_not_say_what_separates(tmp_path, mark, name):
    above = ["Search of 10 January 2024", "Owls, mice; by Silva, I. and others", ""]
    header = mark.join(("Title", "Abstract", "Year"))
    rows = [mark.join((f"Owls {n}", '"They hoot, at night; or not."', "2020")) for n in range(3)]
    papers = read(tmp_path, "\n".join([*above, header, *rows]), name)
    assert papers[["title", "abstract", "year"]].to_numpy().tolist() == [
        [f"Owls {n}", "They hoot, at night; or not.", 2020] for n in range(3)
    ]


def test_a_text_that_speaks_of_columns_is_no_table(tmp_path):
    lines = ["Owls in tables", "Text, image and sound in a model of owls " * 5, "Text, abstract"]
    text = "\n\n".join([*lines, "We read the title, abstract, and year of each paper, " * 6])
    assert read(tmp_path, text, "a.txt")["title"].tolist() == ["Owls in tables", "Text, abstract"]


def test_a_title_that_begins_like_a_header_is_no_header(tmp_path):
    text = f"Text, image and sound\n\n{'Owls hoot, and mice squeak. ' * 9}\n"
    assert read(tmp_path, text, "a.txt")["title"].tolist() == ["Text, image and sound"]


def test_titles_below_each_other_are_no_abstract(tmp_path):
    titles = "\n".join(f"Owl calls in the woods of the north, part {n}" for n in range(14))
    with pytest.raises(ReadError, match=r"or a .csv that begins with 'title'"):
        read(tmp_path, titles, "a.txt")
    assert len(read(tmp_path, f"title\n{titles.replace(',', '')}")) == 14
    wrapped = "Owls\n\nOwls in German\nWoods hoot at night,\n" + "which we count.\n" * 14
    assert read(tmp_path, wrapped, "a.txt")["title"].tolist() == ["Owls"]


def test_lists_and_indices_of_parquet(tmp_path):
    people, nested = ["Silva, Inês", "Wu, Lin", None], [{"name": "Wu", "n": [1, 2]}]
    rows = [{"id": "P7", "title": "Owls", "authors": people, "keywords": [], "x": nested}]
    pd.DataFrame(rows).set_index("id").to_parquet(tmp_path / "a.parquet")
    row = read_abstracts(tmp_path / "a.parquet").iloc[0]
    assert row[["id", "authors", "keywords", "x"]].tolist() == [
        "P7", "Silva, Inês; Wu, Lin", "", '[{"name": "Wu", "n": [1, 2]}]',
    ]  # fmt: skip


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".bib", ".xlsx"])
def test_lists_of_a_table_are_written_as_texts(tmp_path, suffix):
    table = pd.DataFrame(
        {"title": ["Owls"], "n": [(1, 2)], "authors": [["Silva, Inês", "Wu, Lin"]]}
    )
    write_by_suffix(table, tmp_path / f"a{suffix}")
    row = read_abstracts(tmp_path / f"a{suffix}").iloc[0]
    assert row[["authors", "n"]].tolist() == ["Silva, Inês; Wu, Lin", "1; 2"]


@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
@pytest.mark.parametrize("n", [8, 9, 10])
def test_nine_lines_may_stand_above_the_header(tmp_path, n, name):
    above = ["A remark, of ours, here"] * n
    text = "\n".join([*above, "Title;Abstract;Year", "Owls;They hoot, at night, here;2020"])
    if n < 10:
        papers = read(tmp_path, text, name)
        assert papers[["title", "abstract", "year"]].iloc[0].tolist() == [
            "Owls", "They hoot, at night, here", 2020,
        ]  # fmt: skip
    else:
        with pytest.raises(ReadError):
            read(tmp_path, text, name)


@pytest.mark.parametrize("name", ["id", None])
def test_the_index_of_a_parquet_file(tmp_path, name):
    papers = pd.DataFrame({"title": ["Owls", "Mice"], "id": ["a", "b"]})
    papers.index = pd.Index(["v", "w"], name=name)
    papers.to_parquet(tmp_path / "a.parquet")
    after = read_abstracts(tmp_path / "a.parquet")
    assert after["id"].tolist() == ["a", "b"]
    assert name or after["index"].tolist() == ["v", "w"]


def test_a_column_that_was_displaced_before_is_displaced_again(tmp_path):
    (tmp_path / "a.csv").write_text("title,title (in file),Titel\nA,B,Owls\n")
    frame = read_abstracts(tmp_path / "a.csv", columns={"title": "Titel"})
    assert frame["title"].tolist() == ["Owls"]
    assert frame.filter(like="(in file)").iloc[0].tolist() == ["A", "B"]
