"""The names that databases and bibliographic programs give to the columns of their tables."""

from collections.abc import Mapping

# The columns that `ThemeMap.papers` adds to those of the input.
RESULT_COLUMNS = ("theme", "theme_name", "strength", "runner_up", "margin", "core")
# Our name of a column -> the names that other programs use, best first, as `plain_name` returns
# them.
COLUMN_NAMES = {
    "id": ("id", "key", "eid", "ut", "ut unique wos id", "pmid", "record id", "extid", "docid"),
    "title": (
        "title", "article title", "document title", "item title", "titles", "ti", "display name",
        "title display", "primary title", "paper title", "study title", "project title", "title s",
        "titel", "titre", "título", "titulo", "titolo",
        "文献标题", "题名", "标题", "篇名", "title 题名",
    ),
    "abstract": (
        "abstract", "abstract note", "abstractnote", "abstracts", "summary", "abstract text",
        "text", "ab", "summaries", "project abstract", "brief summary", "abstract s",
        "zusammenfassung", "kurzfassung", "résumé", "resume", "resumen", "resumo", "riassunto",
        "摘要", "summary 摘要",
    ),
    "year": (
        "year", "publication year", "pubyear", "py", "published year", "year published",
        "year of publication", "publicationdatey i", "jahr", "erscheinungsjahr", "année", "annee",
        "año", "ano", "anno", "年份", "年", "year 年",
    ),
    "date": (
        "date", "publication date", "date published", "published", "pubdate", "cover date",
        "coverdate", "publicationdate", "published date", "date of publication", "month", "datum",
        "发表时间", "出版日期", "pubtime 发表时间",
    ),
}  # fmt: skip
# The other bibliographic columns; having two of a kind is not an error.
BIBLIOGRAPHIC_NAMES = {
    "doi": ("doi", "di", "item doi", "digitalobjectidentifier", "doiid s", "doi link"),
    "url": (
        "url", "link", "urls", "pdf link", "external url", "dimensions url", "documenturl",
        "plink", "fulltext url", "article url", "链接",
    ),
    "authors": (
        "authors", "author", "作者", "author 作者", "creators", "author full names", "author names",
        "author s", "au", "authorships author display name", "author display", "author string",
        "contributors", "authfullname s", "autor", "autoren", "autores", "auteur", "auteurs",
        "autori",
    ),
    "keywords": (
        "keywords", "author keywords", "manual tags", "tags", "keywords display name",
        "keyword", "identifierkeywords", "keyword s", "subjects", "subjectterms", "descriptor s",
        "descriptors", "schlagwörter", "schlagworte", "mots clés", "palabras clave",
        "palavras chave", "parole chiave", "作者关键字", "关键词", "关键字", "keyword 关键词",
    ),
    "journal": (
        "journal", "source title", "publication title", "venue", "container title", "journal book",
        "publicationtitle", "primary location source display name", "source display name",
        "journal title", "pubtitle", "journaltitle s", "journal name", "zeitschrift", "revue",
        "revista", "rivista", "来源出版物名称", "期刊", "刊名", "文献来源", "source 文献来源",
    ),
    "references": ("references", "cited references", "cr", "referenced works"),
    # Zotero's "Type" is that of a thesis or a report.
    "type": (
        "item type", "itemtype", "document type", "publication type", "content type",
        "documenttype", "doctype", "doctypes", "type", "文献类型",
    ),
}  # fmt: skip
# Columns that have the same meaning in the exports of several databases -> our names. Titles, DOIs
# and so on are found in any table, by the names above.
COMMON = {
    "Volume": "volume", "Journal Volume": "volume", "Issue": "number", "Issue Number": "number",
    "Journal Issue": "number", "Page start": "start_page", "Page end": "end_page",
    "Start Page": "start_page", "End Page": "end_page", "StartPage": "start_page",
    "EndPage": "end_page", "Pages": "pages", "Pagination": "pages", "Publisher": "publisher",
    "ISSN": "issn", "ISSNs": "issn", "Language": "language", "Editor": "editor",
    "Language of Original Document": "language",
    "authorships.institutions.display_name": "institutions", "authorships.countries": "countries",
    "topics.display_name": "topics", "primary_location.landing_page_url": "url",
}  # fmt: skip
# Columns that identify an export -> our names of those columns that would be misunderstood.
EXPORTS: dict[tuple[str, ...], Mapping[str, str]] = {
    ("Authors", "Source title", "Link"): {},  # Scopus
    ("UT (Unique WOS ID)", "Article Title"): {"Author Full Names": "authors"},
    ("Item Type", "Manual Tags", "Type"): {"Type": "genre", "Manual Tags": "keywords"},  # Zotero
    ("Document Title", "PDF Link"): {"Document Identifier": "type"},  # IEEE Xplore
    ("Item Title", "Item DOI"): {},  # Springer
    ("Publication ID", "PubYear"): {  # Dimensions
        "Publication ID": "id",
        "Publication Type": "type",
    },
    ("Lens ID", "Title"): {"Lens ID": "id"},
    ("Author Names", "Open URL Link"): {"Source": "journal"},  # Embase
    ("Cites", "GSRank"): {"Source": "journal", "ArticleURL": "url"},  # Publish or Perish
    ("PMID", "Journal/Book"): {},  # PubMed
    ("authorships.author.display_name",): {},  # OpenAlex, as it was until 2025
    ("Work ID", "Source"): {"Work ID": "id", "Source": "journal"},  # OpenAlex
    ("Author(s)", "Source"): {"Source": "journal"},  # Cochrane
}
