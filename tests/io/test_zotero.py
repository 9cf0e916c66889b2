"""Zotero's own library: its database, its items in JSON, its RDF; and the XML of libraries."""

import json
import sqlite3

import pytest

from absclust import ReadError, read_abstracts

# As Zotero 7 has it, without the columns that are not read.
SCHEMA = """
CREATE TABLE items (itemID INTEGER PRIMARY KEY, itemTypeID INT, key TEXT);
CREATE TABLE itemTypes (itemTypeID INTEGER PRIMARY KEY, typeName TEXT);
CREATE TABLE fields (fieldID INTEGER PRIMARY KEY, fieldName TEXT);
CREATE TABLE itemData (itemID INT, fieldID INT, valueID INT);
CREATE TABLE itemDataValues (valueID INTEGER PRIMARY KEY, value);
CREATE TABLE creators (creatorID INTEGER PRIMARY KEY, firstName TEXT, lastName TEXT, fieldMode INT);
CREATE TABLE creatorTypes (creatorTypeID INTEGER PRIMARY KEY, creatorType TEXT);
CREATE TABLE itemCreators (itemID INT, creatorID INT, creatorTypeID INT, orderIndex INT);
CREATE TABLE tags (tagID INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE itemTags (itemID INT, tagID INT, type INT);
CREATE TABLE collections (collectionID INTEGER PRIMARY KEY, collectionName TEXT,
    parentCollectionID INT);
CREATE TABLE collectionItems (collectionID INT, itemID INT);
CREATE TABLE deletedItems (itemID INTEGER PRIMARY KEY);
INSERT INTO itemTypes VALUES (1, 'journalArticle'), (2, 'conferencePaper'), (3, 'attachment');
INSERT INTO items VALUES (1, 1, 'AAAA1111'), (2, 2, 'BBBB2222'), (3, 3, 'CCCC3333'),
    (4, 1, 'DDDD4444');
INSERT INTO deletedItems VALUES (4);
INSERT INTO fields VALUES (1, 'title'), (2, 'abstractNote'), (3, 'date'), (4, 'publicationTitle'),
    (5, 'proceedingsTitle'), (6, 'DOI'), (7, 'extra');
INSERT INTO itemDataValues VALUES (1, 'Owls at night'), (2, 'Owls hoot.'),
    (3, '2018-03-00 2018-03'), (4, 'J Owls'), (5, 'Proc. of Mice'), (6, '10.5555/o.1'), (7, 'Mice'),
    (8, 2020), (9, 'PDF'), (10, 'Kept');
INSERT INTO itemData VALUES (1,1,1), (1,2,2), (1,3,3), (1,4,4), (1,6,6), (1,7,10), (2,1,7), (2,3,8),
    (2,5,5), (3,1,9), (4,1,7);
INSERT INTO creators VALUES (1, 'Inês', 'Silva', 0), (2, '', 'Owl Survey Group', 1),
    (3, 'Lin', 'Wu', 0);
INSERT INTO creatorTypes VALUES (1, 'author'), (2, 'editor');
INSERT INTO itemCreators VALUES (1, 2, 1, 1), (1, 1, 1, 0), (1, 3, 2, 2), (3, 1, 1, 0);
INSERT INTO tags VALUES (1, 'owls'), (2, 'to read');
INSERT INTO itemTags VALUES (1, 1, 0), (1, 2, 1), (3, 1, 0);
INSERT INTO collections VALUES (1, 'Reviews', NULL), (2, 'Review 2026', 1), (3, 'Mice', NULL);
INSERT INTO collectionItems VALUES (2, 1), (3, 2);
"""


@pytest.fixture
def library(tmp_path):
    path = tmp_path / "zotero.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    connection.commit()
    connection.close()
    return path


def test_the_library_of_zotero_is_read_while_zotero_holds_it(library):
    lock = sqlite3.connect(library, isolation_level=None)
    lock.execute("PRAGMA locking_mode = EXCLUSIVE")
    lock.execute("BEGIN EXCLUSIVE")
    try:
        frame = read_abstracts(library)
    finally:
        lock.close()
    assert frame["id"].tolist() == ["AAAA1111", "BBBB2222"]  # no files, nothing from the bin
    first = frame.iloc[0]
    assert first[["title", "abstract", "year", "doi", "journal", "extra"]].tolist() == [
        "Owls at night", "Owls hoot.", 2018, "10.5555/o.1", "J Owls", "Kept",
    ]  # fmt: skip
    assert first["authors"] == "Silva, Inês; {Owl Survey Group}"
    assert first["editor"] == "Wu, Lin"
    assert first["keywords"] == "owls; to read"
    assert frame["journal"][1] == "Proc. of Mice"
    assert frame["year"][1] == 2020


@pytest.mark.parametrize("name", ["Review 2026", "Reviews"])
def test_papers_of_a_collection_and_of_those_inside_it(library, name):
    assert read_abstracts(library, collection=name)["id"].tolist() == ["AAAA1111"]


def test_unknown_collections_and_databases_are_refused(library, tmp_path):
    with pytest.raises(ReadError, match="'Owls'; the collections are 'Mice', 'Review 2026', 'Rev"):
        read_abstracts(library, collection="Owls")
    (tmp_path / "a.csv").write_text("title\nOwls\n")
    with pytest.raises(ReadError, match=r"a collection 'Owls'; the collections are \(none\)"):
        read_abstracts(tmp_path / "a.csv", collection="Owls")
    sqlite3.connect(tmp_path / "b.sqlite").execute("CREATE TABLE items (itemID)").connection.close()
    (tmp_path / "c.sqlite").write_bytes(b"no database" * 99)
    for name in ("b.sqlite", "c.sqlite"):
        with pytest.raises(ReadError, match="not readable as a library of Zotero"):
            read_abstracts(tmp_path / name)


def test_text_that_is_no_utf8_stops_nothing(library):
    connection = sqlite3.connect(library)
    connection.execute("UPDATE itemDataValues SET value = CAST(x'4fff' AS TEXT) WHERE valueID = 1")
    connection.commit()
    connection.close()
    assert read_abstracts(library)["title"][0] == "O\ufffd"


def test_a_library_with_a_write_ahead_log(library):
    connection = sqlite3.connect(library)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    assert len(read_abstracts(library)) == 2


ITEM = {
    "key": "AAAA1111", "itemType": "bookSection", "title": "Owls", "bookTitle": "On Owls",
    "creators": [{"creatorType": "author", "name": "Owl Group"},
                 {"creatorType": "editor", "firstName": "Lin", "lastName": "Wu"}],
    "date": "May 2017", "tags": [{"tag": "owls", "type": 1}],
}  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        [ITEM, {"itemType": "attachment", "title": "PDF"}],
        [{"key": "AAAA1111", "data": ITEM}, {"data": {"itemType": "note"}}],  # its API
        {"config": {}, "collections": {}, "items": [ITEM]},  # Better BibTeX
    ],
)
def test_items_of_zotero(tmp_path, data):
    (tmp_path / "a.json").write_text(json.dumps(data))
    frame = read_abstracts(tmp_path / "a.json")
    assert frame[["title", "journal", "authors", "editor", "keywords", "year"]].values.tolist() == [
        ["Owls", "On Owls", "{Owl Group}", "Wu, Lin", "owls", 2017]
    ]


RDF = """<rdf:RDF xmlns:rdf="r" xmlns:z="z" xmlns:dcterms="t" xmlns:bib="b" xmlns:foaf="f"
 xmlns:dc="d"><bib:Article rdf:about="https://example.org/owls"><z:itemType>journalArticle</z:itemType>
<dcterms:isPartOf><bib:Journal><dc:title>J Owls</dc:title><dc:identifier>DOI 10.5555/o.1
</dc:identifier><dc:identifier>ISSN 0000-0000</dc:identifier></bib:Journal></dcterms:isPartOf>
<bib:authors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Silva</foaf:surname>
<foaf:givenName>Inês</foaf:givenName></foaf:Person></rdf:li></rdf:Seq></bib:authors>
<dc:subject>owls</dc:subject><dc:subject><z:AutomaticTag><rdf:value>hearing</rdf:value>
</z:AutomaticTag></dc:subject><dc:title>Owls at night</dc:title>
<dcterms:abstract>Owls hoot.</dcterms:abstract><dc:date>2018-03</dc:date></bib:Article>
<z:Attachment><z:itemType>attachment</z:itemType><dc:title>PDF</dc:title></z:Attachment>
<bib:Document><z:itemType>attachment</z:itemType><dc:title>PDF</dc:title></bib:Document></rdf:RDF>"""
OF_JOURNAL = """<bib:Article rdf:about="https://example.org/{n}"><z:itemType>journalArticle</z:itemType>
<dcterms:isPartOf {part}><dc:title>Owls {n}</dc:title></bib:Article>"""
JOURNAL = """<bib:Journal{about}><prism:volume>4</prism:volume><dc:title>J Owls</dc:title>
<dc:identifier>DOI 10.5555/o.{n}</dc:identifier><dc:identifier>ISSN 0000-0001</dc:identifier>
</bib:Journal>"""
MODS = """<modsCollection xmlns="m"><mods><titleInfo><title>Owls at night</title></titleInfo>
<name><namePart type="family">Silva</namePart><namePart type="given">Inês</namePart>
<role><roleTerm type="text">author</roleTerm></role></name>
<name><namePart>Wu</namePart><role><roleTerm>editor</roleTerm></role></name>
<abstract>Owls hoot.</abstract><subject><topic>owls</topic></subject><subject><topic>hearing</topic>
</subject><relatedItem type="host"><titleInfo><title>J Owls</title></titleInfo><originInfo>
<dateIssued>2018-03</dateIssued></originInfo></relatedItem>
<identifier type="doi">10.5555/o.1</identifier></mods></modsCollection>"""
MARC = """<collection xmlns="http://www.loc.gov/MARC21/slim"><record><leader>0</leader>
<controlfield tag="001">7</controlfield>
<datafield tag="245"><subfield code="a">Owls at night /</subfield></datafield>
<datafield tag="100"><subfield code="a">Silva, Inês,</subfield></datafield>
<datafield tag="520"><subfield code="a">Owls hoot.</subfield></datafield>
<datafield tag="264"><subfield code="c">2018.</subfield></datafield>
<datafield tag="650"><subfield code="a">owls</subfield></datafield>
<datafield tag="650"><subfield code="a">hearing</subfield></datafield>
<datafield tag="773"><subfield code="t">J Owls,</subfield></datafield>
<datafield tag="024"><subfield code="a">10.5555/o.1</subfield></datafield></record></collection>"""


@pytest.mark.parametrize(
    ("name", "text"), [("a.rdf", RDF), ("a.xml", RDF), ("a.mods", MODS), ("a.txt", MARC)]
)
def test_rdf_and_the_xml_of_libraries(tmp_path, name, text):
    declared = '<?xml version="1.0" encoding="utf-8"?>' + text
    (tmp_path / name).write_text(declared, "utf-8")
    frame = read_abstracts(tmp_path / name)
    names = ["title", "abstract", "year", "doi", "authors", "keywords", "journal"]
    assert frame[names].values.tolist() == [
        [
            "Owls at night",
            "Owls hoot.",
            2018,
            "10.5555/o.1",
            "Silva, Inês",
            "owls; hearing",
            "J Owls",
        ]
    ]


def test_rdf_names_a_journal_that_stands_elsewhere(tmp_path):
    head = RDF[: RDF.index("<bib:Article")].replace(">", ' xmlns:prism="p">')
    attached = "<z:Attachment rdf:about='#a'><z:itemType>attachment</z:itemType></z:Attachment>"
    articles = [
        OF_JOURNAL.format(n=1, part='rdf:resource="urn:issn:0000-0001"/'),
        OF_JOURNAL.format(n=2, part=f">{JOURNAL.format(about='', n=2)}</dcterms:isPartOf"),
    ]
    journal = JOURNAL.format(about=' rdf:about="urn:issn:0000-0001"', n=1)
    (tmp_path / "a.rdf").write_text("".join([head, *articles, attached, journal, "</rdf:RDF>"]))
    frame = read_abstracts(tmp_path / "a.rdf")
    assert frame[["id", "title", "journal", "doi", "volume"]].values.tolist() == [
        [f"https://example.org/{n}", f"Owls {n}", "J Owls", f"10.5555/o.{n}", "4"] for n in (1, 2)
    ]
    assert "part_of" not in frame


def test_a_journal_that_holds_articles_is_no_record(tmp_path):
    articles = "".join(f"<Article><title>Owls {n}</title></Article>" for n in (1, 2))
    (tmp_path / "a.xml").write_text(f"<Journal><title>J Owls</title>{articles}</Journal>")
    assert read_abstracts(tmp_path / "a.xml")["title"].tolist() == ["Owls 1", "Owls 2"]
