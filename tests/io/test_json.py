# ruff: noqa: E501 - records as programs write them
"""JSON of many programs and interfaces: a few invented lines of each, as each writes it."""

import json
from contextlib import suppress

import pandas as pd
import pytest

from absclust import ReadError, read_abstracts
from absclust.io.write_papers import write_by_suffix

TITLE, ABSTRACT, DOI = "Owls at night", "Owls hoot at mice.", "10.5555/o.1"
KINDS = {
    "Semantic Scholar": {"total": 1, "offset": 0, "data": [{
        "paperId": "abc", "externalIds": {"DOI": DOI, "CorpusId": 7}, "title": TITLE, "abstract": ABSTRACT,
        "year": 2018, "venue": "J Owls", "journal": {"name": "J Owls", "volume": "1"},
        "authors": [{"authorId": "1", "name": "Inês Silva"}, {"authorId": "2", "name": "Lin Wu"}],
        "publicationDate": "2018-03-01", "openAccessPdf": None}]},
    "Semantic Scholar's citations": {"offset": 0, "data": [{"isInfluential": False, "citingPaper": {
        "paperId": "abc", "externalIds": {"DOI": DOI}, "title": TITLE, "abstract": ABSTRACT, "year": 2018,
        "venue": "J Owls", "authors": [{"name": "Inês Silva"}, {"name": "Lin Wu"}]}}]},
    "Europe PMC": {"version": "6.9", "hitCount": 1, "request": {"query": "owls"}, "resultList": {"result": [
        {"id": "1", "source": "MED", "doi": DOI, "title": TITLE, "authorString": "Silva I, Wu L.",
         "journalInfo": {"volume": "1", "journal": {"title": "J Owls"}}, "pubYear": "2018",
         "abstractText": ABSTRACT, "keywordList": {"keyword": ["owls", "hearing"]}}]}},
    "DOAJ": {"total": 1, "results": [{"id": "x", "created_date": "2019-01-01T00:00:00Z", "bibjson": {
        "title": TITLE, "abstract": ABSTRACT, "year": "2018", "journal": {"title": "J Owls", "issns": ["1"]},
        "identifier": [{"type": "eissn", "id": "0000-0000"}, {"type": "doi", "id": DOI}],
        "author": [{"name": "Inês Silva", "affiliation": "U"}, {"name": "Lin Wu"}],
        "keywords": ["owls", "hearing"], "link": [{"type": "fulltext", "url": "https://example.org"}]}}]},
    "Lens": {"total": 1, "data": [{"lens_id": "000-1", "title": TITLE, "abstract": ABSTRACT,
        "year_published": 2018, "date_published": "2018-03-01T00:00:00Z", "source": {"title": "J Owls"},
        "external_ids": [{"type": "pmid", "value": "1"}, {"type": "doi", "value": DOI}],
        "authors": [{"first_name": "Inês", "last_name": "Silva"}, {"first_name": "Lin", "last_name": "Wu"}],
        "keywords": ["owls", "hearing"]}]},
    "HAL": {"response": {"numFound": 1, "docs": [{"docid": "1", "title_s": [TITLE], "abstract_s": [ABSTRACT],
        "authFullName_s": ["Inês Silva", "Lin Wu"], "publicationDateY_i": 2018, "journalTitle_s": "J Owls",
        "doiId_s": DOI, "keyword_s": ["owls", "hearing"]}]}},
    "ADS": {"responseHeader": {"status": 0}, "response": {"numFound": 1, "docs": [
        {"bibcode": "2018JOwl", "title": [TITLE], "abstract": ABSTRACT, "author": ["Silva, Inês", "Wu, Lin"],
         "year": "2018", "pub": "J Owls", "doi": [DOI], "keyword": ["owls", "hearing"]}]}},
    "INSPIRE": {"hits": {"total": 1, "hits": [{"id": "1", "metadata": {
        "titles": [{"title": TITLE}], "abstracts": [{"value": ABSTRACT, "source": "x"}],
        "authors": [{"full_name": "Silva, Inês"}, {"full_name": "Wu, Lin"}], "dois": [{"value": DOI}],
        "publication_info": [{"journal_title": "J Owls", "year": 2018}],
        "keywords": [{"value": "owls"}, {"value": "hearing"}]}}]}},
    "Zenodo": {"hits": {"hits": [{"id": 1, "doi": DOI, "metadata": {
        "title": TITLE, "description": ABSTRACT, "doi": DOI, "publication_date": "2018-03-01",
        "creators": [{"name": "Silva, Inês"}, {"name": "Wu, Lin"}], "keywords": ["owls", "hearing"],
        "journal": {"title": "J Owls"}}}], "total": 1}},
    "OpenReview": {"notes": [{"id": "x", "content": {
        "title": {"value": TITLE}, "abstract": {"value": ABSTRACT}, "authors": {"value": ["Inês Silva", "Lin Wu"]},
        "keywords": {"value": ["owls", "hearing"]}, "venue": {"value": "J Owls"}}, "cdate": 1}], "count": 1},
    "DBLP": {"result": {"query": "owls", "hits": {"@total": "1", "hit": [{"@score": "1", "@id": "1", "info": {
        "authors": {"author": [{"@pid": "1", "text": "Inês Silva"}, {"@pid": "2", "text": "Lin Wu"}]},
        "title": TITLE, "venue": "J Owls", "year": "2018", "doi": DOI}}]}}},
    "CORE": {"totalHits": 1, "results": [{"id": 1, "title": TITLE, "abstract": ABSTRACT, "doi": DOI,
        "authors": [{"name": "Silva, Inês"}, {"name": "Wu, Lin"}], "yearPublished": 2018,
        "journals": [{"title": "J Owls", "identifiers": ["0000-0000"]}]}]},
    "Crossref, one work": {"status": "ok", "message-type": "work", "message": {
        "DOI": DOI, "title": [TITLE], "abstract": ABSTRACT, "container-title": ["J Owls"],
        "issued": {"date-parts": [[2018, 3]]}, "reference": [{"DOI": "10.5555/r", "article-title": "x"}],
        "author": [{"given": "Inês", "family": "Silva"}, {"given": "Lin", "family": "Wu"}]}},
    "a search engine": {"took": 1, "hits": {"total": {"value": 1}, "hits": [{"_id": "1", "_source": {
        "title": TITLE, "abstract": ABSTRACT, "authors": ["Inês Silva", "Lin Wu"], "year": 2018,
        "doi": DOI, "journal": "J Owls"}}]}},
    "arXiv, by its Python client": [{"entry_id": "http://arxiv.org/abs/1803.00001v1", "title": TITLE,
        "summary": ABSTRACT, "authors": [{"name": "Inês Silva"}, {"name": "Lin Wu"}], "doi": DOI,
        "published": "2018-03-01T00:00:00Z", "journal_ref": "J Owls", "primary_category": "q-bio"}],
    "Publish or Perish": [{"title": TITLE, "abstract": ABSTRACT, "authors": ["I Silva", "L Wu"],
        "year": 2018, "source": "J Owls", "doi": DOI, "cites": 3, "article_url": "https://example.org"}],
    "pandas, by columns": {"title": {"0": TITLE}, "abstract": {"0": ABSTRACT}, "year": {"0": 2018},
        "doi": {"0": DOI}, "authors": {"0": "Silva, Inês; Wu, Lin"}, "journal": {"0": "J Owls"}},
    "records by their ids": {"W1": {"title": TITLE, "abstract": ABSTRACT, "year": 2018, "doi": DOI,
        "authors": "Silva, Inês; Wu, Lin", "journal": "J Owls"}},
    "R or pandas, column by column": {"title": [TITLE, "Mice"], "abstract": [ABSTRACT, "They squeak."], "doi": [DOI, ""],
        "year": [2018, 2020], "authors": ["Silva, Inês; Wu, Lin", ""], "journal": ["J Owls", ""]},
    "pandas, split": {"columns": ["title", "abstract", "year", "doi", "authors", "journal"], "index": [0],
        "data": [[TITLE, ABSTRACT, 2018, DOI, "Silva, Inês; Wu, Lin", "J Owls"]]},
    "GraphQL": {"data": {"search": {"edges": [{"cursor": "x", "node": {"title": TITLE, "abstract": ABSTRACT,
        "doi": DOI, "year": 2018, "authors": [{"name": "Inês Silva"}, {"name": "Lin Wu"}], "journal": "J Owls"}}]}}},
    "Scopus": {"search-results": {"opensearch:totalResults": "1", "entry": [{"dc:identifier": "SCOPUS_ID:1",
        "dc:title": TITLE, "dc:description": ABSTRACT, "prism:publicationName": "J Owls", "prism:doi": DOI,
        "prism:coverDate": "2018-03-01", "author": [{"authname": "Silva, Inês"}, {"authname": "Wu, Lin"}]}]}},
    "Springer": {"records": [{"contentType": "Article", "identifier": f"doi:{DOI}", "title": TITLE, "doi": DOI,
        "creators": [{"creator": "Silva, Inês"}, {"creator": "Wu, Lin"}], "publicationName": "J Owls",
        "publicationDate": "2018-03-01", "abstract": {"h1": "Abstract", "p": ABSTRACT},
        "keyword": ["owls", "hearing"], "url": [{"format": "", "value": "https://example.org"}]}]},
    "IEEE": {"total_records": 1, "articles": [{"title": TITLE, "abstract": ABSTRACT, "doi": DOI,
        "publication_title": "J Owls", "publication_year": 2018,
        "authors": {"authors": [{"full_name": "Inês Silva"}, {"full_name": "Lin Wu"}]}}]},
    "OpenAIRE": {"header": {"numFound": 1}, "results": [{"id": "x", "mainTitle": TITLE, "descriptions": [ABSTRACT],
        "authors": [{"fullName": "Silva, Inês"}, {"fullName": "Wu, Lin"}], "publicationDate": "2018-03-01",
        "pids": [{"scheme": "doi", "value": DOI}], "container": {"name": "J Owls"},
        "subjects": [{"subject": {"scheme": "k", "value": "owls"}}, {"subject": {"scheme": "k", "value": "hearing"}}]}]},
    "Web of Science": {"hits": [{"uid": "WOS:1", "title": TITLE, "abstract": ABSTRACT, "types": ["Article"],
        "source": {"sourceTitle": "J Owls", "publishYear": 2018}, "identifiers": {"doi": DOI},
        "names": {"authors": [{"displayName": "Silva, Inês"}, {"displayName": "Wu, Lin"}]},
        "keywords": {"authorKeywords": ["owls", "hearing"]}}]},
}  # fmt: skip
PEOPLE = ("Silva, Inês; Wu, Lin", "Inês Silva; Lin Wu", "Silva I; Wu L.", "I Silva; L Wu")


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [(kind, ".json") for kind in KINDS] + [(k, ".jsonl") for k in KINDS if "pandas" not in k],
)
def test_json_of(kind, suffix, tmp_path):
    data = KINDS[kind][0] if suffix == ".jsonl" and isinstance(KINDS[kind], list) else KINDS[kind]
    (tmp_path / f"a{suffix}").write_text(json.dumps(data))
    row = read_abstracts(tmp_path / f"a{suffix}").iloc[0]
    without = {"DBLP": "abstract", "OpenReview": "doi"}.get(kind)
    expected = {"title": TITLE, "abstract": ABSTRACT, "doi": DOI, "journal": "J Owls"}
    assert {name: row.get(name, "") for name in expected} == expected | (
        {without: ""} if without else {}
    )
    assert row["authors"] in PEOPLE
    if kind != "OpenReview":
        assert row["year"] == 2018
    if "hearing" in json.dumps(KINDS[kind]):
        assert row["keywords"] in ("owls; hearing", ["owls", "hearing"])


@pytest.mark.parametrize("key", ["authors", "subject", "abstract", "identifier", "x"])
def test_deep_objects_end_in_an_error(key, tmp_path):
    for depth in (300, 900):
        deep = f'{{"{key}":' * depth + "1" + "}" * depth
        (tmp_path / "a.json").write_text(f'[{{"title": "Owls", "{key}": [{deep}]}}]')
        with suppress(ReadError):  # never a bare RecursionError
            assert read_abstracts(tmp_path / "a.json")["title"].tolist() == ["Owls"]


def test_objects_without_papers_are_refused(tmp_path):
    for data in ({"a": {"b": 1}}, {"papers": [], "authors": ["x"], "c": [1]}):
        (tmp_path / "a.json").write_text(json.dumps(data))
        with pytest.raises(ReadError):
            read_abstracts(tmp_path / "a.json")


def test_an_abstract_may_be_a_list_of_anything(tmp_path):
    record = {"title": "Owls", "year": 2020, "abstract": ["They hoot.", 5, ["x"], None]}
    (tmp_path / "papers.json").write_text(json.dumps([record]), "utf-8")
    assert read_abstracts(tmp_path / "papers.json")["abstract"].tolist() == ["They hoot. 5"]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_what_is_no_record_is_set_aside(tmp_path, name):
    items = [json.dumps(item) for item in ({"title": "Owls", "abstract": "They hoot."}, None, 5)]
    text = "\n".join(items) if name == "a.jsonl" else f"[{', '.join(items)}]"
    (tmp_path / name).write_text(text)
    papers = read_abstracts(tmp_path / name)
    what = "line" if name == "a.jsonl" else "record"
    assert papers["title"].tolist() == ["Owls"]
    assert [part.partition(";")[0] for part in papers.attrs["broken"]] == [
        f"{what} 2 is NoneType",
        f"{what} 3 is int",
    ]
    assert f"2 parts of {name} could not be read" in papers.attrs["notes"][0]


@pytest.mark.parametrize(
    ("group", "person"),
    [
        ({"collective_name": "Owl Group"}, {"first_name": "Inês", "last_name": "Silva"}),  # Lens
        ({"collectiveName": "Owl Group"}, {"fullName": "Silva I", "lastName": "Silva", "firstName": "Inês"}),
        ({"name": "Owl Group"}, {"given": "Inês", "family": "Silva"}),  # Crossref
        ({"literal": "Owl Group"}, {"given": "Inês", "family": "Silva"}),  # CSL
    ],
)  # fmt: skip
def test_groups_among_the_authors_stay_whole(tmp_path, group, person):
    nameless, by_comma = {"affiliation": []}, {"name": "Wu, Lin"}
    authors = [group, person, nameless, by_comma]
    record = {"title": "Owls", "abstract": "They hoot.", "authors": authors}
    (tmp_path / "a.json").write_text(json.dumps([record]))
    papers = read_abstracts(tmp_path / "a.json")
    assert papers["authors"].tolist() == ["{Owl Group}; Silva, Inês; Wu, Lin"]
    write_by_suffix(papers, tmp_path / "a.bib")
    again = read_abstracts(tmp_path / "a.bib")
    assert again["authors"].tolist() == papers["authors"].tolist()


@pytest.mark.parametrize(
    "authors",
    [
        [{"name": "Ines Silva", "family": None}, {"name": "Lin Wu", "family": ""}],
        [
            {"name": "Ines Silva", "nameType": "Personal"},
            {"name": "Lin Wu", "nameType": "Personal", "familyName": ""},
        ],
    ],
)
def test_persons_with_one_name_have_no_braces(tmp_path, authors):
    record = {"title": "Owls", "abstract": "They hoot.", "authors": authors}
    (tmp_path / "a.json").write_text(json.dumps([record]))
    assert read_abstracts(tmp_path / "a.json")["authors"].tolist() == ["Ines Silva; Lin Wu"]


def test_a_person_without_a_family_name_among_others(tmp_path):
    wu = {"name": "Wu, Lin", "nameType": "Personal", "givenName": "Lin", "familyName": "Wu"}
    authors = [wu, {"name": "Sukarno", "nameType": "Personal"}, {"name": "Owl Group"}]
    record = {"title": "Owls", "abstract": "They hoot.", "creators": authors}
    (tmp_path / "a.json").write_text(json.dumps([record]))
    found = read_abstracts(tmp_path / "a.json")["authors"].tolist()
    assert found == ["Wu, Lin; Sukarno; {Owl Group}"]


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        ([[2020, 5], [2021, 3]], "2020-05"),
        ([[2020], [2021]], "2020"),
        ([["2020", "5", 1]], "2020-05-01"),
        ([2020, 5], "2020-05"),
    ],
)
def test_a_range_of_dates_is_its_first(tmp_path, parts, date):
    record = {"title": "Owls", "abstract": "They hoot.", "issued": {"date-parts": parts}}
    (tmp_path / "a.json").write_text(json.dumps([record]))
    papers = read_abstracts(tmp_path / "a.json")
    assert papers["date"].tolist() == [date]
    assert papers["year"].tolist() == [2020]


@pytest.mark.parametrize("orient", ["columns", "records", "split"])
def test_json_of_pandas_has_any_names(tmp_path, orient):
    table = pd.DataFrame(
        {"Title": ["Owls", "Mice"], "Abstract": ["They hoot.", ""], "PY": [2020, 21]}
    )
    table.to_json(tmp_path / "a.json", orient=orient)
    papers = read_abstracts(tmp_path / "a.json")
    assert papers["title"].tolist() == ["Owls", "Mice"]
    assert papers["abstract"].tolist() == ["They hoot.", ""]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_answers_that_were_collected_are_read_whole(tmp_path, name):
    pages = [
        {"meta": {"page": n}, "results": [{"title": f"Owls {n}", "year": 2020}]} for n in (1, 2)
    ]
    lines = [json.dumps(page) for page in pages]
    (tmp_path / name).write_text("\n".join(lines) if name == "a.jsonl" else f"[{','.join(lines)}]")
    assert read_abstracts(tmp_path / name)["title"].tolist() == ["Owls 1", "Owls 2"]


def test_authors_of_a_record_without_a_title_are_no_papers(tmp_path):
    records = [{"title": "Owls", "year": 2020}, {"id": 2, "authors": ["Silva, Inês", "Wu, Lin"]}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, records)))
    papers = read_abstracts(tmp_path / "a.jsonl")
    assert papers[["title", "abstract"]].to_numpy().tolist() == [["Owls", ""], ["", ""]]
