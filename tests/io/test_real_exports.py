"""Faults that were seen in real exports, each in a few lines of our own."""

import re

import pandas as pd
import pytest

from absclust import ReadError, read_abstracts
from absclust.corpus.corpus import build_corpus
from absclust.io.write_papers import write_bib, write_by_suffix, write_ris
from tests.io.test_formats import EXPORTS


def read(folder, name, text, **options):
    path = folder / name
    path.write_text(text, "utf-8", newline="")
    return read_abstracts(path, merge_duplicates=False, **options)


def written(frame, path):
    """Write the records without themes, and read them again."""
    themed = frame.assign(
        theme=-1, theme_name="", strength=0.0, runner_up="", margin=0.0, core=False
    )
    (write_bib if path.suffix == ".bib" else write_ris)(themed, path)
    return read_abstracts(path, merge_duplicates=False)


# 1. Web of Science's BibTeX.


def test_double_braces_and_wrapped_lines(tmp_path):
    frame = read(
        tmp_path,
        "a.bib",
        "@article{ WOS:1,\nAuthor = {Silva, Inês and Van\n   Dyck, Renée},\nTitle = {{Owls \\&\n"
        "   mice}},\nYear = {{2021}},\nDOI = {{10.5555/x}},\nKeywords = {{a b; c,\n   d}},\n"
        "Abstract = {{They hoot\n   at night.\n   \n   Mice fear.}},\n}\n",
    )
    row = frame.iloc[0]
    assert row[["title", "year", "doi"]].tolist() == ["Owls & mice", 2021, "10.5555/x"]
    assert row["authors"] == "Silva, Inês; Van Dyck, Renée"
    assert row["keywords"] == "a b; c, d"
    assert row["abstract"].split("\n")[0] == "They hoot at night."
    assert build_corpus(frame).links == ("https://doi.org/10.5555/x",)
    again = written(frame, tmp_path / "b.bib")
    assert "year = {2021}" in (tmp_path / "b.bib").read_text()
    assert again[["title", "year", "doi", "authors"]].equals(
        frame[["title", "year", "doi", "authors"]]
    )
    assert len(written(frame, tmp_path / "b.ris")["authors"][0].split("; ")) == 2


def test_duplicates_are_found_in_spite_of_double_braces(tmp_path):
    (tmp_path / "a.bib").write_text(
        "@article{a, Title={{On owls at night}}, DOI={{10.5555/x}}}\n"
        "@article{b, Title={On owls at night}, DOI={10.5555/X}}"
    )
    assert len(read_abstracts(tmp_path / "a.bib")) == 1


# 2. LaTeX.


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"{\textless}p{\textgreater}Projections", "<p>Projections"),
        (r"{\DJ}okovi{\'c}", "Đoković"),
        (r"Nguy{\~{\^e}}n", "Nguyễn"),
        (r"about {\~{}}100", "about ~100"),
        (r"3\texttimes4 \textpm 1", "3×4 ±1"),
        (r"{\relax Ll}ewelyn", "Llewelyn"),
        (r"$\sim$100 at $10^{-3}$", r"$\sim$100 at $10^{-3}$"),
        (r"H\textsubscript{2}O, {\em E. coli}", r"H\textsubscript{2}O, {\em E. coli}"),
        (r"{\VAX} and \MF", r"{\VAX} and {\MF}"),
        (r"The {\LaTeX} companion", "The LaTeX companion"),
        (r"\$5 to \$7, 5\% \& \#1", "$5 to $7, 5% & #1"),
        (r"Y{\i}ld{\i}z, {\c S}im\c{s}ek, Ko\v ci\'c", "Yıldız, Şimşek, Kočić"),
        (r"\cb{S}tefan, o\t{oo}", "Ștefan, oo\u0361o"),
        (r"\(x_{i}\) is", r"\(x_{i}\) is"),
        (
            r"See \href {http://e.org} {this} \emph {x} {DNA}",
            r"See \href {http://e.org} {this} \emph {x} DNA",
        ),
    ],
)
def test_latex_is_read_and_comes_back(tmp_path, latex, text):
    frame = read(tmp_path, "a.bib", f"@misc{{a, title = {{{latex}}}, abstract = {{{latex}}}}}")
    assert frame[["title", "abstract"]].iloc[0].tolist() == [text, text]
    again = written(frame, tmp_path / "b.bib")
    assert again[["title", "abstract"]].iloc[0].tolist() == [text, text]
    assert "textbackslash" not in (tmp_path / "b.bib").read_text()


def test_words_are_not_glued_to_commands(tmp_path):
    frame = read(
        tmp_path, "a.bib", r"@misc{a, abstract = {{\textless}p{\textgreater}Projections rise.}}"
    )
    assert build_corpus(frame).paper_texts == ("Projections rise.",)


# 3. to 6. Tables.


def test_a_header_that_is_one_name_short(tmp_path):
    frame = read(
        tmp_path,
        "a.csv",
        "Authors,Title,Year,Source title,Link,Abstract\n"
        + "".join(f"A. Silva,Owls {i},2020,J,,They hoot {i}.,2-s2.0-{i}\n" for i in range(8))
        + "A. Silva,Owls 8,2020,J,,They hoot 8.\n",
    )
    assert frame["title"].tolist() == [f"Owls {i}" for i in range(9)]
    assert frame["Unnamed: 6"].tolist() == [f"2-s2.0-{i}" for i in range(8)] + [""]
    assert frame.attrs["broken"] == []


def test_numbered_rows_without_a_name(tmp_path):
    # As R's write.table() writes them.
    frame = read(tmp_path, "a.csv", "title,year\n1,On owls,2020\n2,On mice,2021\n")
    assert frame["title"].tolist() == ["On owls", "On mice"]
    assert frame["year"].tolist() == [2020, 2021]


def test_single_records_that_are_too_long_are_still_set_aside(tmp_path):
    frame = read(tmp_path, "a.csv", "title,year\nA,2020\nB,2021\nC,2022,x\n")
    assert frame["title"].tolist() == ["A", "B"]
    assert frame.attrs["broken"] == ["line 4 has 3 fields; the header has 2"]


def test_verbatim_fields_are_unescaped(tmp_path):
    frame = read(
        tmp_path,
        "a.bib",
        r"@article{a, title = {A}, url = {http://e.org/{\~{}}x/a{\_}b{\%}20c?d=1{\&}e\_f\#g}, "
        r"doi = {10.1162/grey\_a\_00389}, file = {:C$\backslash$:/Users/a{\_}b.pdf:pdf}}"
        "\n"
        r"@article{b, title = {B}, url = {\url{http://e.org/~y}}}",
    )
    assert frame["url"].tolist() == ["http://e.org/~x/a_b%20c?d=1&e_f#g", "http://e.org/~y"]
    assert frame["doi"][0] == "10.1162/grey_a_00389"
    assert frame["file"][0] == r":C\:/Users/a_b.pdf:pdf"
    again = written(frame, tmp_path / "b.bib")
    assert again[["url", "doi", "file"]].equals(frame[["url", "doi", "file"]])


@pytest.mark.parametrize(
    ("name", "rows", "titles"),
    [
        # A quotation mark inside a quoted field.
        ("a.csv", ['"On "slow" owls","They, hoot."', '"B","Two\nlines"'], ['On "slow" owls', "B"]),
        # At the beginning and the end of an unquoted field.
        ("a.tsv", ['"On owls" and mice\tThey hoot.', 'B\t"x" y'], ['"On owls" and mice', "B"]),
        # Never closed.
        ("a.csv", ['"On owls,They hoot.', "B,y", 'C,"z"'], ['"On owls', "B", "C"]),
        # In a record of several lines.
        ("a.csv", ['"On "owls"","They hoot.\nAt "night"."', "B,y"], ['On "owls"', "B"]),
        ("a.csv", ['A,"say ""hi"""', 'B "b",y'], ["A", 'B "b"']),
    ],
)
def test_stray_quotation_marks(tmp_path, name, rows, titles):
    separator = "\t" if name.endswith("tsv") else ","
    frame = read(tmp_path, name, "\n".join([f"title{separator}abstract", *rows]) + "\n")
    assert frame["title"].tolist() == titles
    assert frame["abstract"].ne("").all()
    assert frame.attrs["broken"] == []


def test_rows_of_separators_are_no_papers(tmp_path):
    frame = read(tmp_path, "a.csv", "title,abstract,year\nA,x,2020\n,,\n , ,\nB,y,2021\n,,\n")
    assert frame["title"].tolist() == ["A", "B"]


def test_lines_before_the_header(tmp_path):
    frame = read(tmp_path, "a.csv", "sep=;\ntitle;abstract\nA;x, y\n")
    assert frame[["title", "abstract"]].iloc[0].tolist() == ["A", "x, y"]


# 7. RIS.


def test_fields_after_the_end_mark_belong_to_the_record_before(tmp_path):
    frame = read(
        tmp_path,
        "a.ris",
        "1.\nTY  - JOUR\nTI  - Owls\nDO  - 10.5555/x\nDO  - 10.5555/x\nER  - \nNL  - J Owls\n\n"
        "2.\nTY  - JOUR\nTI  - Mice\nER  - \nNL  - \n",
    )
    assert frame["title"].tolist() == ["Owls", "Mice"]
    assert frame["doi"][0] == "10.5555/x"
    assert frame["NL"].tolist() == ["J Owls", ""]
    assert frame.attrs["skipped"] == []


def test_a_record_without_its_type_is_still_a_record(tmp_path):
    text = "TY  - JOUR\nTI  - Owls\nER  - \nTI  - Mice\nER  - \n"
    assert read(tmp_path, "a.ris", text)["title"].tolist() == ["Owls", "Mice"]


def test_ris_with_one_space_after_the_tag(tmp_path):
    text = "TY - JOUR\nTI - Owls\nAB - They hoot.\nPY - Start date: 20170812\nER - \n"
    frame = read(tmp_path, "a.txt", text)
    assert frame[["title", "abstract", "year"]].iloc[0].tolist() == ["Owls", "They hoot.", 2017]


# 8. Braces.


def test_escaped_braces_count_as_in_bibtex(tmp_path):
    frame = read(
        tmp_path,
        "a.bib",
        "@misc{a, title = {Sets \\{a, b\\} of {owls}}, year = 2020}\n"
        "@misc{b, title = {A \\} in the middle {\\}, year = 2021}\n@misc{c, title = {C}}",
    )
    assert frame["id"].tolist() == ["a", "b", "c"]
    assert frame["title"][0] == "Sets {a, b} of owls"
    assert frame["year"].tolist()[:2] == [2020, 2021]


@pytest.mark.parametrize("abstract", ["an interval ]0, 1} of", "an open { brace", r"a \{ b"])
def test_an_entry_with_one_brace_too_many_is_read_by_its_lines(tmp_path, abstract):
    frame = read(
        tmp_path,
        "a.bib",
        "@article{a,\nauthor={Silva, I.},\ntitle={On owls},\nyear={2020},\n"
        f"abstract={{We study {abstract} owls.}},\ndoi={{10.5555/x}},\n}}\n\n"
        "@article{b,\ntitle={On mice},\n}\n",
    )
    assert frame["id"].tolist() == ["a", "b"]
    assert frame.loc[0, ["title", "year", "doi", "authors"]].tolist() == [
        "On owls", 2020, "10.5555/x", "Silva, I.",
    ]  # fmt: skip
    assert frame.attrs["broken"] == []


@pytest.mark.parametrize(
    "entry",
    [
        "@article{a, title={On {owls}, year={2020}, doi={10.5555/x}}",
        "@article{a,\n title={On owls}}, year={2020}, doi={10.5555/x}\n}",
        '@article{a, title="On {owls", year="2020", doi={10.5555/x}}',
    ],
)
def test_an_entry_with_one_brace_too_many_and_several_fields_on_a_line(tmp_path, entry):
    frame = read(tmp_path, "a.bib", f"{entry}\n@article{{b, title={{On mice}}, year=2021}}\n")
    assert frame["title"].str.replace("[{}]", "", regex=True).tolist() == ["On owls", "On mice"]
    assert frame["year"].tolist() == [2020, 2021]
    assert frame["doi"][0] == "10.5555/x"
    assert frame.attrs["broken"] == []


@pytest.mark.parametrize(
    "fields",
    [
        "title = {On {DNA} of owls}\n doi = {10.5555/x},\n isbn = {1-2}\n year = {2023},",
        'title = "On {DNA} of owls"\n doi = "10.5555/x",\n year = 2023\n month = jan',
        "title = {{On DNA of owls}} doi = {10.5555/x} year = 2023 isbn = {1-2}",
    ],
)
def test_a_missing_comma_costs_no_field(tmp_path, fields):
    row = read(tmp_path, "a.bib", f"@article{{a,\n {fields}\n}}\n").iloc[0]
    assert row[["title", "doi", "year"]].tolist() == ["On DNA of owls", "10.5555/x", 2023]
    text = "@article{a, title = {If x = {y} and z = 2}, abstract = {p} # {q = {r}}, year = 2023}"
    row = read(tmp_path, "b.bib", text).iloc[0]
    assert row[["title", "abstract"]].tolist() == ["If x = y and z = 2", "pq = r"]


def test_brackets_in_dois_of_web_of_science(tmp_path):
    text = "@article{a, title={{Loons}}, DOI = {{10.1577/1548(2006)56{[}801:LOAIL]2.0.CO;2}}}"
    assert read(tmp_path, "a.bib", text)["doi"][0] == "10.1577/1548(2006)56[801:LOAIL]2.0.CO;2"


def test_quotation_marks_of_latex(tmp_path):
    latex = "The ``quiet city'' and ``waiting{''}, ``owls and ``mice'', 5''"
    text = "The “quiet city” and “waiting”, ``owls and “mice”, 5''"
    frame = read(tmp_path, "a.bib", f"@misc{{a, title = {{{latex}}}, abstract = {{{latex}}}}}")
    assert frame[["title", "abstract"]].iloc[0].tolist() == [text, text]
    assert build_corpus(pd.DataFrame({"title": [latex]})).titles == (text,)
    # What is no mark of LaTeX's in a table comes back as it was.
    again = written(read(tmp_path, "a.csv", f'title,abstract\n"{latex}",x\n'), tmp_path / "b.bib")
    assert again["title"][0] == latex


def test_entries_without_a_key_and_with_a_parent(tmp_path):
    frame = read(
        tmp_path,
        "a.bib",
        "\n\t@article{\n\t  author = {Silva, I.},\n\t  title = {On owls},\n\t  year = {2012}\n\t}\n"
        "@string{x = {y}}\n@inproceedings{a, title = {On mice}, crossref = {Proc}}\n"
        "@proceedings{proc, title = {Proc. of Mice}, year = 2010}\n",
    )
    assert frame["title"].tolist() == ["On owls", "On mice", "Proc. of Mice"]
    assert frame["year"].tolist() == [2012, 2010, 2010]
    assert frame["journal"].tolist() == ["", "Proc. of Mice", ""]
    assert frame.attrs["broken"] == []


def test_dois_with_angle_brackets(tmp_path):
    doi = "10.1175/1520-0493(1987)115<1606:GARSPP>2.0.CO;2"
    other = doi.replace("1606:GARSPP", "1650:GARSPP")
    text = (
        f"title,doi\nClouds of the tropics: Part I,{doi}\nClouds of the tropics: Part II,{other}\n"
    )
    (tmp_path / "a.csv").write_text(text)
    frame = read_abstracts(tmp_path / "a.csv")
    assert frame["doi"].tolist() == [doi, other]
    assert build_corpus(frame).links[0] == (
        "https://doi.org/10.1175/1520-0493(1987)115%3C1606:GARSPP%3E2.0.CO;2"
    )


# 9. and 10. Types and authors.


def test_zotero_csv_keeps_its_types(tmp_path):
    papers = read_abstracts(EXPORTS / "zotero_full.csv")
    written(papers, tmp_path / "a.bib")
    text = (tmp_path / "a.bib").read_text("utf-8")
    assert "@article{AB12CD34" in text
    assert "@thesis{EF56GH78" in text
    assert "@inproceedings{JK90LM12" in text
    written(papers, tmp_path / "a.ris")
    types = re.findall(r"TY  - (\w+)", (tmp_path / "a.ris").read_text("utf-8"))
    assert types == ["JOUR", "THES", "CONF", "ELEC"]


@pytest.mark.parametrize("kind", ["bib", "ris"])
def test_authors_of_older_scopus_files_are_several(tmp_path, kind):
    papers = read_abstracts(EXPORTS / "scopus_old.csv")
    again = written(papers, tmp_path / f"a.{kind}")
    assert again["authors"][0] == "Okafor, N.; Müller, J.-P.; van der Berg, R."


def test_initials_before_the_name(tmp_path):
    again = written(read_abstracts(EXPORTS / "ieee.csv"), tmp_path / "a.ris")
    assert again["authors"][0] == "Okafor, N.; Müller, J. -P.; van der Berg, R."


# 13. Titles, years, names of files.


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Owls &amp; mice", "Owls & mice"),
        ("Owls &amp;amp; mice &#38; bats", "Owls & mice & bats"),
        ("CO<sub>2</sub> at 10<sup>3</sup> of <i>Tyto</i>", "CO2 at 10^3 of Tyto"),
        (r"An \{EEG\} of {RNA} in \emph{Tyto alba}", "An EEG of RNA in Tyto alba"),
        (r"The set {0, 1} and $x_{i,j}$", r"The set {0, 1} and $x_{i,j}$"),
        (r"Say \mkbibquote{{{Hoo}}}", "Say Hoo"),
        ("p<0.05 and 3 > 2", "p<0.05 and 3 > 2"),
        ("{}", "{}"),
    ],
)
def test_titles_are_shown_without_markup(title, shown):
    corpus = build_corpus([{"title": title, "abstract": "Owls hoot."}])
    assert corpus.titles == (shown,)
    assert corpus.records["title"][0] == title  # the tables keep it


def test_one_odd_year_does_not_turn_all_into_text(tmp_path):
    text = "title,year\nA,2020\nB,In prep\nC,2019a\nD,\n"
    frame = read(tmp_path, "a.csv", text)
    assert frame["year"].tolist() == [2020, pd.NA, 2019, pd.NA]
    assert frame["year_given"].tolist() == ["", "In prep", "2019a", ""]
    assert frame.attrs["notes"][-1] == "1 paper without a year: 'In prep'"
    again = written(frame, tmp_path / "b.bib")
    assert again["year_given"].tolist() == ["", "In prep", "2019a", ""]
    assert "year = {In prep}" in (tmp_path / "b.bib").read_text()


def test_months_are_bibtex_names(tmp_path):
    frame = read(
        tmp_path, "a.bib", "@misc{a, title={A}, month=jul}\n@misc{b, title={B}, month={5}}"
    )
    written(frame, tmp_path / "b.bib")
    text = (tmp_path / "b.bib").read_text()
    assert "month = jul," in text
    assert "month = {5}," in text


def test_a_folder_of_names_that_say_little(tmp_path):
    for name, source in (("a.txt", "pubmed_xml.txt"), ("b.txt", "csl.json"), ("c.ris", "wos.bib")):
        (tmp_path / name).write_bytes((EXPORTS / source).read_bytes())
        assert len(read_abstracts(tmp_path / name)) == len(read_abstracts(EXPORTS / source))


@pytest.mark.parametrize("begin", ["<!DOCTYPE html>\n", "<!-- x --><HTML><body>", "<table><tr>"])
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.md", "a.bib"])
def test_a_web_page_is_refused_whatever_it_is_called(tmp_path, begin, name):
    page = f"{begin}\n\nOwls at night\n\n" + "Owls hoot at night. " * 12
    with pytest.raises(ReadError, match="this looks like a web page; copy its text"):
        read(tmp_path, name, page)


def test_an_export_of_many_columns_is_read_without_a_warning(tmp_path):
    # Zotero's, with the first sign damaged, so that it has no column for the id.
    export = (EXPORTS / "zotero_full.csv").read_text(encoding="utf-8-sig")
    header, records = export.split("\n", 1)
    more = ",".join(f"more {number}" for number in range(120))
    (tmp_path / "a.csv").write_text(f"x{header},{more}\n{records}", encoding="utf-8")
    frame = read_abstracts(tmp_path / "a.csv")
    assert frame["id"].tolist() == [str(number + 1) for number in range(len(frame))]
    assert "more 119" in frame


@pytest.mark.parametrize("declared", ["gbk", "shift_jis", "UTF.8", "windows-1251", "hex"])
def test_xml_in_any_encoding(tmp_path, declared):
    encoding = declared if declared in ("gbk", "shift_jis", "windows-1251") else "utf-8"
    text = f'<?xml version="1.0" encoding="{declared}"?>' + (
        "<feed><entry><title>Сова</title></entry></feed>"
    )
    (tmp_path / "a.xml").write_bytes(text.encode(encoding))
    assert read_abstracts(tmp_path / "a.xml")["title"].tolist() == ["Сова"]


# RIS of what came from PubMed.


def test_pubmed_in_ris_has_no_notes_of_its_state(tmp_path):
    papers = read_abstracts(EXPORTS / "pubmed.nbib")
    again = written(papers, tmp_path / "a.ris")
    text = (tmp_path / "a.ris").read_text("utf-8")
    assert re.findall("N1  - .*", text) == [
        "N1  - CI: (c) 2021 The Authors. Published by Invented Press."
    ]
    assert re.findall("KW  - (.*)", text) == ["sleep", "heat", "Sleep", "Infant"]
    assert "J2  - Ann Inv Paed" in text
    assert "SN  - 1111-2222 (Electronic)" in text
    assert build_corpus(again).links[0] == "https://pubmed.ncbi.nlm.nih.gov/30000001/"


@pytest.mark.parametrize("name", sorted(path.name for path in EXPORTS.iterdir()))
@pytest.mark.parametrize("kind", ["ris", "bib"])
def test_a_second_export_is_as_the_first(tmp_path, name, kind):
    papers = read_abstracts(EXPORTS / name, merge_duplicates=False)
    once = written(papers, tmp_path / f"a.{kind}")
    twice = written(once, tmp_path / f"b.{kind}")
    thrice = written(twice, tmp_path / f"c.{kind}")
    pd.testing.assert_frame_equal(thrice, twice)
    lines = [(tmp_path / f"{n}.{kind}").read_text("utf-8").split("\n") for n in "ab"]
    assert len(lines[1]) <= len(lines[0])


def test_authors_whom_bibtex_leaves_out_are_nobody(tmp_path):
    text = "@misc{a, title={Owls}, author={Silva, Inês and {Owl Group} and others}}"
    assert read(tmp_path, "a.bib", text)["authors"].tolist() == ["Silva, Inês; {Owl Group}"]


def test_a_field_with_a_name_of_ours_does_not_replace_it(tmp_path):
    names = ["Authors", "Author Full Names", "Article Title", "UT (Unique WOS ID)"]
    table = pd.DataFrame([["Silva, I", "Silva, Inês", "Owls", "WOS:1"]], columns=names)
    table.to_excel(tmp_path / "a.xlsx", index=False, engine="xlsxwriter")
    papers = read_abstracts(tmp_path / "a.xlsx")
    for number in range(2):
        write_by_suffix(papers, tmp_path / f"{number}.bib")
        papers = read_abstracts(tmp_path / f"{number}.bib")
        assert papers["authors"].tolist() == ["Silva, Inês"]
    assert "Silva, I" in papers.iloc[0].astype(str).tolist()


def test_embase_with_two_columns_for_the_journal(tmp_path):
    text = (
        "Title,Author Names,Source,Source title,Publication Year,Open URL Link\n"
        'Owls,Silva I.,"Annals of Owls (2019) 7:2",Annals of Owls,2019,https://x?id=doi:10.5555%2Fo\n'
    )
    row = read(tmp_path, "a.csv", text).iloc[0]
    assert row[["journal", "year", "doi"]].tolist() == ["Annals of Owls", 2019, "10.5555/o"]
