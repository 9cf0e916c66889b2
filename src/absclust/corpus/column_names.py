"""The names that databases and bibliographic programs give to the columns of their tables."""

from collections.abc import Mapping

# The columns that `ThemeMap.papers` adds to those of the input.
RESULT_COLUMNS = ("theme", "theme_name", "strength", "runner_up", "margin", "core")
# Our name of a column -> the names that other programs use, in lower case, best first.
COLUMN_NAMES = {
    "id": ("id", "key", "eid", "ut", "ut (unique wos id)", "pmid"),
    "title": ("title", "article title", "document title", "item title", "titles", "ti"),
    "abstract": (
        "abstract", "abstract note", "abstractnote", "abstracts", "summary", "abstract text",
        "text", "ab",
    ),
    "year": ("year", "publication year", "publication_year", "pubyear", "py"),
    "date": (
        "date", "publication date", "publication_date", "date published", "published", "month",
    ),
}  # fmt: skip
# The other bibliographic columns; having two of a kind is not an error.
BIBLIOGRAPHIC_NAMES = {
    "doi": ("doi", "di", "item doi", "doi link"),
    "url": ("url", "link", "urls", "pdf link", "external url", "dimensions url"),
    "authors": (
        "authors", "author", "creators", "author full names", "author names", "author/s", "au",
    ),
    "keywords": ("keywords", "author keywords", "manual tags", "tags"),
    "journal": (
        "journal", "source title", "publication title", "venue", "container title", "journal/book",
        "publicationtitle",
    ),
    # Zotero's "Type" is that of a thesis or a report.
    "type": ("item type", "itemtype", "document type", "publication type", "content type", "type"),
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
}
