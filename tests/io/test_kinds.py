# ruff: noqa: E501 (records stand on one line, as they do in the files)
"""Exports and answers of programs that few name: each gives title, abstract, year and the rest."""

import json

import pytest

from absclust import ReadError, read_abstracts
from absclust.corpus.columns import keywords

T, A, DOI = "Counting owls at night", "Owls were counted in four estuaries.", "10.5555/o.1"
J = "Journal of Owls"
PEOPLE = [{"lastname": "Silva", "firstname": "Inês"}, {"lastname": "Wu", "firstname": "Lin"}]
ALL = {"title", "abstract", "year", "doi", "authors", "journal", "keywords"}
TABLES = {
    "JSTOR": f'id,title,isPartOf,publicationYear,doi,docType,creator,keyphrase,abstract\n1,{T},{J},2021,{DOI},article,Inês Silva; Lin Wu,owls; night,"{A}"\n',
    "CORD-19": f"cord_uid,title,doi,abstract,publish_time,authors,journal,keywords\nx,{T},{DOI},{A},2021-03-01,Inês Silva; Lin Wu,{J},owls; night\n",
    "pybliometrics": f"eid,doi,title,author_names,coverDate,publicationName,description,authkeywords\n1,{DOI},{T},Inês Silva;Lin Wu,2021-03-01,{J},{A},owls | night\n",
    "EBSCO, new": f"an,title,abstract,contributors,publicationDate,source,doi,subjects,plink,pageStart,pageEnd\n1,{T},{A},Inês Silva; Lin Wu,20210301,{J},{DOI},owls; night,https://x,3,9\n",
    "synthesisr": f"title,abstract,author,source,year,startpage,endpage,doi,keywords\n{T},{A},Inês Silva and Lin Wu,{J},2021,3,9,{DOI},owls and night and dusk\n",
    "rcrossref": f'"","container.title","doi","issued","title","author","abstract","subject"\n1,{J},{DOI},2021-03-01,{T},Inês Silva; Lin Wu,{A},x\n',
    "openalexR": f'"id","display_name","ab","so","so_id","publication_year","doi","authors","keywords"\nW1,{T},{A},{J},s,2021,{DOI},Inês Silva; Lin Wu,owls; night\n',
    "RISmed": f"PMID,ArticleTitle,AbstractText,YearPubmed,MedlineTA\n1,{T},{A},2021,{J}\n",
    "CORDIS": f'id;acronym;title;startDate;objective;keywords\n1;OWL;{T};2021-03-01;"{A}";owls, night\n',
    "ClinicalTrials.gov": f"NCT Number,Study Title,Study URL,Brief Summary,Conditions,Start Date\nN1,{T},https://x,{A},owls|night,2021-03-01\n",
    "NSF": f"AwardNumber,Title,StartDate,PrincipalInvestigator,Abstract\n1,{T},03/01/2021,Inês Silva,{A}\n",
    "NIH": f"Project Number,Project Title,Project Abstract,Contact PI / Project Leader,Fiscal Year\n1,{T},{A},Inês Silva,2021\n",
    "Citavi": f"Autor, Herausgeber oder Institution;Titel;Jahr;Zeitschrift/Zeitung;Abstract;Schlagwörter;DOI\nInês Silva / Lin Wu;{T};2021;{J};{A};owls; night;{DOI}\n".replace("owls; night", '"owls; night"').replace("Inês Silva / Lin Wu", '"Inês Silva; Lin Wu"').replace("Autor, Herausgeber oder Institution", '"Autor, Herausgeber oder Institution"'),
    "SSRN": f'Title,Abstract,Author(s),Date Posted,Keywords\n{T},{A},Inês Silva and Lin Wu,"March 1, 2021","owls, night"\n',
    "J-STAGE": f"論文名,著者,雑誌名,出版年,抄録,キーワード,DOI\n{T},Inês Silva; Lin Wu,{J},2021,{A},owls; night,{DOI}\n",
    "KCI": f"논문명,저자,학술지명,발행년,초록,키워드,DOI\n{T},Inês Silva; Lin Wu,{J},2021,{A},owls; night,{DOI}\n",
    "eLibrary": f"Название,Авторы,Журнал,Год,Аннотация,Ключевые слова,DOI\n{T},Inês Silva; Lin Wu,{J},2021,{A},owls; night,{DOI}\n",
    "TR Dizin": f"Başlık,Yazarlar,Dergi,Yıl,Özet,Anahtar Kelimeler,DOI\n{T},Inês Silva; Lin Wu,{J},2021,{A},owls; night,{DOI}\n",
    "pandas, with Python's objects": "id,title,abstract,doi,year,journal.title,authors,keywords\n"
    f"1,{T},{A},{DOI},2021,{J},\"[{{'first_name': 'Inês', 'last_name': 'Silva'}}, {{'first_name': 'Lin', 'last_name': 'Wu'}}]\",owls; night\n",
}  # fmt: skip
ANSWERS = {
    "PyMed": {"pubmed_id": "1", "title": T, "abstract": A, "doi": DOI, "journal": J, "authors": PEOPLE,
        "publication_date": "2021-03-01", "keywords": ["owls", "night"]},
    "S2ORC": {"corpusid": 1, "externalids": {"DOI": DOI}, "title": T, "abstract": A, "venue": J,
        "year": 2021, "authors": [{"name": "Inês Silva"}, {"name": "Lin Wu"}], "fieldsOfStudy": None},
    "HAL": {"docid": "1", "title_s": [T], "authFullName_s": ["Inês Silva", "Lin Wu"], "abstract_s": [A],
        "producedDateY_i": 2021, "doiId_s": DOI, "keyword_s": ["owls", "night"], "journalTitle_s": J},
    "JSTOR": {"id": "1", "title": T, "isPartOf": J, "publicationYear": 2021, "doi": DOI,
        "creator": ["Inês Silva", "Lin Wu"], "keyphrase": ["owls", "night"], "abstract": A},
    "ClinicalTrials.gov": {"studies": [{"protocolSection": {"identificationModule": {"nctId": "N1",
        "briefTitle": T}, "statusModule": {"startDateStruct": {"date": "2021-03"}},
        "descriptionModule": {"briefSummary": A}, "conditionsModule": {"keywords": ["owls", "night"]}}}]},
    "NSF": {"response": {"award": [{"id": "1", "title": T, "abstractText": A, "pdPIName": "Inês Silva",
        "startDate": "03/01/2021"}]}},
    "bioRxiv": {"messages": [{"status": "ok"}], "collection": [{"doi": DOI, "title": T, "abstract": A,
        "authors": "Silva, I.; Wu, L.", "date": "2021-03-01", "server": J}]},
    "Papers with Code": [{"title": T, "abstract": A, "proceeding": J, "date": "2021-03-01",
        "authors": ["Inês Silva", "Lin Wu"], "tasks": ["owls", "night"]}],
    "Unpaywall": {"doi": DOI, "title": T, "journal_name": J, "published_date": "2021-03-01",
        "z_authors": [{"given": "Inês", "family": "Silva"}, {"given": "Lin", "family": "Wu"}]},
    "a search of Google Scholar": {"organic_results": [{"title": T, "link": "https://x", "snippet": A,
        "publication_info": {"summary": "I Silva - Owls, 2021", "authors": [{"name": "I Silva"}]}}]},
}  # fmt: skip
TEXTS = {
    "RePEc": f"Template-Type: ReDIF-Paper 1.0\nAuthor-Name: Inês Silva\nAuthor-Name: Lin Wu\nTitle: {T}\nAbstract: {A}\nKeywords: owls, night\nCreation-Date: 2021-03\n",
    "AMiner": f"#*{T}\n#@Inês Silva;Lin Wu\n#t2021\n#c{J}\n#index1\n#!{A}\n\n#*Mice\n#t2020\n#index2\n",
    "OHSUMED": f".I 1\n.U\n870\n.S\n{J}; 4(6):1-5\n.M\nowls; night.\n.T\n{T}.\n.W\n{A}\n.A\nSilva I; Wu L.\n.I 2\n.T\nMice.\n",
    "Crossref": f"<doi_records><doi_record><crossref><journal><journal_metadata><full_title>{J}</full_title></journal_metadata><journal_article><titles><title>{T}</title></titles><contributors><person_name contributor_role='author'><given_name>Inês</given_name><surname>Silva</surname></person_name><person_name contributor_role='author'><given_name>Lin</given_name><surname>Wu</surname></person_name></contributors><abstract><p>{A}</p></abstract><publication_date><year>2021</year></publication_date><doi_data><doi>{DOI}</doi></doi_data></journal_article></journal></crossref></doi_record></doi_records>",
    "NSF": f"<rootTag><Award><AwardTitle>{T}</AwardTitle><AwardEffectiveDate>03/01/2021</AwardEffectiveDate><AbstractNarration>{A}</AbstractNarration><Investigator><FirstName>Inês</FirstName><LastName>Silva</LastName></Investigator></Award></rootTag>",
    "DBLP": f"<result><hits><hit id='1'><info><authors><author>Inês Silva</author><author>Lin Wu</author></authors><title>{T}.</title><venue>{J}</venue><year>2021</year><doi>{DOI}</doi></info></hit></hits></result>",
    "Europe PMC": f"<responseWrapper><resultList><result><doi>{DOI}</doi><title>{T}.</title><authorList><author><firstName>Inês</firstName><lastName>Silva</lastName></author><author><firstName>Lin</firstName><lastName>Wu</lastName></author></authorList><journalInfo><journal><title>{J}</title></journal></journalInfo><pubYear>2021</pubYear><abstractText>{A}</abstractText><keywordList><keyword>owls</keyword><keyword>night</keyword></keywordList></result></resultList></responseWrapper>",
    "Scopus": f"<search-results xmlns:d='d'><entry><d:title>{T}</d:title><d:creator>Silva I.</d:creator><publicationName>{J}</publicationName><coverDate>2021-03-01</coverDate><doi>{DOI}</doi><d:description>{A}</d:description></entry></search-results>",
    "Springer": f"<response><records><message><head><article><title>{T}</title><creator>Silva, Inês</creator><creator>Wu, Lin</creator><publicationName>{J}</publicationName><doi>{DOI}</doi><publicationDate>2021-03-01</publicationDate></article></head><body><h1>Abstract</h1><p>{A}</p></body></message></records></response>",
    "TREC": f"<DOC>\n<DOCNO>1</DOCNO>\n<TITLE>{T}</TITLE>\n<DATE>2021</DATE>\n<TEXT>{A} & more</TEXT>\n</DOC>\n<DOC><DOCNO>2</DOCNO><TITLE>Mice</TITLE></DOC>\n",
}  # fmt: skip
# What a kind does not have, or has not in full.
WITHOUT = {
    "rcrossref": {"keywords"},
    "RISmed": {"doi", "authors", "keywords"},
    "CORDIS": {"doi", "authors", "journal"},
    "ClinicalTrials.gov": {"doi", "authors", "journal"},
    "NSF": {"doi", "keywords", "journal"},
    "NIH": {"doi", "keywords", "journal"},
    "SSRN": {"doi", "journal"},
    "S2ORC": {"keywords"},
    "bioRxiv": {"keywords"},
    "Papers with Code": {"doi"},
    "Unpaywall": {"abstract", "keywords"},
    "a search of Google Scholar": {"doi", "journal", "keywords"},
    "RePEc": {"doi", "journal"},
    "AMiner": {"doi", "keywords"},
    "OHSUMED": {"doi", "year", "journal"},
    "TREC": {"doi", "authors", "journal", "keywords"},
    **{kind: {"keywords"} for kind in ("Crossref", "DBLP", "Scopus", "Springer")},
}
FILES = [
    *((kind, "a.csv", text) for kind, text in TABLES.items()),
    *((kind, "a.json", json.dumps(answer)) for kind, answer in ANSWERS.items()),
    *((kind, "a.xml" if text[:2] in ("<d", "<r", "<s") else "a.txt", text) for kind, text in TEXTS.items()),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "text"), FILES, ids=[f"{k} {n}" for k, n, _ in FILES])
def test_kind(kind, name, text, tmp_path):
    (tmp_path / name).write_text(text, "utf-8")
    papers = read_abstracts(tmp_path / name)
    row = papers.iloc[0]
    found = {name: str(row.get(name, "")).strip(".") for name in ALL - WITHOUT.get(kind, set())}
    expected = {"title": T, "year": "2021", "doi": DOI, "journal": J}
    assert {name: found[name] for name in expected if name in found} == {
        name: value for name, value in expected.items() if name in found
    }
    if "abstract" in found and kind != "DBLP":
        assert row["abstract"].startswith(A)
    if "authors" in found:
        several = (
            "Silva, Inês; Wu, Lin",
            "Inês Silva; Lin Wu",
            "Silva, I.; Wu, L",
            "Silva I; Wu L",
        )
        one = ("Silva, Inês", "Inês Silva", "Silva I", "I Silva")
        assert found["authors"] in several + one
        assert found["authors"] in several or kind in ("NSF", "NIH", "Scopus") or "Google" in kind
    if "keywords" in found:
        assert keywords(papers)[0][:2] == ("owls", "night")


def test_institutions_that_are_joined_by_and_stay_whole(tmp_path):
    names = ["Department of Health and Human Services", "Food and Drug Administration"]
    (tmp_path / "a.csv").write_text("title,author\n" + "".join(f"Owls,{name}\n" for name in names))
    assert read_abstracts(tmp_path / "a.csv")["authors"].tolist() == names


def test_keywords_with_and_stay_whole_where_something_else_separates_them(tmp_path):
    cells = ["law and order; search and rescue and care", "owls"]
    (tmp_path / "a.csv").write_text("title,keywords\n" + "".join(f"Owls,{c}\n" for c in cells))
    papers = read_abstracts(tmp_path / "a.csv")
    assert keywords(papers)[0] == ("law and order", "search and rescue and care")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("a.docx", "a document of a word processor; copy its titles and abstracts"),
        ("a.pdf", "a PDF, which is not read; export the records"),
        ("a.html", "a web page; copy its text"),
        ("a.mrk", "MARC as MarcEdit writes it, which is not read; convert it to MARCXML"),
        ("a.yaml", "YAML, which is not read; export CSL JSON"),
        ("a.enlx", "a packed library of a reference manager"),
    ],
)
def test_files_of_other_kinds_are_refused_by_name(name, what, tmp_path):
    (tmp_path / name).write_bytes(b"PK\x03\x04")
    with pytest.raises(ReadError, match=f"{name}: this is {what}"):
        read_abstracts(tmp_path / name)


def test_marc_in_a_text_is_refused_by_name(tmp_path):
    (tmp_path / "a.txt").write_text("=LDR  00000nam\n=245  10$aOwls /$cInês Silva.\n")
    with pytest.raises(ReadError, match="this looks like MARC as MarcEdit writes it"):
        read_abstracts(tmp_path / "a.txt")
