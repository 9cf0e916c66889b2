"""Tables: spreadsheets, missing values, columns of one's own, and the exports that are tables."""

import zipfile

import pandas as pd
import pytest

from absclust import ReadError, read_abstracts
from absclust.corpus.columns import values
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


def test_dates_of_a_workbook_are_dates():
    from datetime import date, datetime

    from absclust.io.tables import _shown

    shown = [_shown(v) for v in (2020.0, 2.5, date(2020, 5, 1), datetime(2020, 5, 1), True, "x")]
    assert shown == ["2020", "2.5", "2020-05-01", "2020-05-01", "True", "x"]


def test_a_name_of_excel_for_what_is_text(tmp_path):
    text = "PT\tTI\tAB\tUT\nJ\tFerns\tThey unroll.\tWOS:1\n"  # as Web of Science did
    assert read(tmp_path, text, "savedrecs.xls")["title"].tolist() == ["Ferns"]
    with pytest.raises(ReadError, match=r"a web page; open it in a spreadsheet program"):
        read(tmp_path, "<html><table><tr><td>Title</td></tr></table>", "a.xls")
    (tmp_path / "b.csv").write_bytes(xlsx(tmp_path / "a.xlsx", s=TABLE).read_bytes())
    assert read_abstracts(tmp_path / "b.csv")["title"].tolist() == ["Ferns"]


def test_damaged_and_empty_workbooks(tmp_path):
    whole = xlsx(tmp_path / "a.xlsx", s=TABLE).read_bytes()
    (tmp_path / "b.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ReadError, match="not readable as a spreadsheet"):
        read_abstracts(tmp_path / "b.xlsx")
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
