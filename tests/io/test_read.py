import gzip
import json
import textwrap
import tracemalloc
import zipfile

import pandas as pd
import pytest

import absclust.io.read
from absclust import ReadError, read_abstracts
from tests.conftest import SAMPLES

ABSTRACT = " ".join(f"word{i}" for i in range(40)) + "."


def write(folder, name, text, encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_csv(tmp_path):
    path = write(tmp_path, "a.csv", 'Title,Abstract,Year,DOI\nA,"x, y\nz",2020,d1\nNA,None,,\n')
    frame = read_abstracts(path)
    assert list(frame.columns) == ["id", "title", "abstract", "year", "doi"]
    assert frame["abstract"].tolist() == ["x, y\nz", "None"]
    assert frame["title"].tolist() == ["A", "NA"]
    assert frame["id"].tolist() == ["1", "2"]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_csv_with_other_separators(tmp_path, separator):
    lines = [separator.join(["title", "abstract"]), separator.join(["A", "one, two, three"])]
    frame = read_abstracts(write(tmp_path, "a.csv", "\n".join(lines)))
    assert frame["abstract"].tolist() == ["one, two, three"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path, encoding):
    path = write(tmp_path, "a.csv", "title,abstract\nMüller’s naïve,Größe\n", encoding)
    frame = read_abstracts(path)
    assert frame["title"].tolist() == ["Müller’s naïve"]
    assert frame["abstract"].tolist() == ["Größe"]


def test_tsv_and_gzip(tmp_path):
    path = tmp_path / "a.tsv.gz"
    path.write_bytes(gzip.compress(b"ti\tab\nA\tone, two\n"))
    assert read_abstracts(path)["abstract"].tolist() == ["one, two"]


def test_json_lines(tmp_path):
    text = '{"title": "A", "abstract": "x\u2028y", "year": 2020}\n\n{"abstract": null}\n'
    frame = read_abstracts(write(tmp_path, "a.jsonl", text))
    assert frame["title"].tolist() == ["A", ""]
    assert frame["year"].tolist() == [2020, pd.NA]
    assert frame["abstract"].tolist() == ["x\u2028y", ""]


@pytest.mark.parametrize(
    "data",
    [
        [{"title": "A", "abstract": "x"}],
        {"count": 1, "results": [{"title": "A", "abstract": "x"}]},
    ],
)
def test_json(tmp_path, data):
    frame = read_abstracts(write(tmp_path, "a.json", json.dumps(data)))
    assert frame[["title", "abstract"]].to_numpy().tolist() == [["A", "x"]]


def test_json_list_of_strings(tmp_path):
    assert read_abstracts(write(tmp_path, "a.json", '["x"]'))["abstract"].tolist() == ["x"]


def test_parquet(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"Title": ["A", None], "Abstract": ["x", "y"], "year": [2020, None]}).to_parquet(
        path
    )
    frame = read_abstracts(path)
    assert frame["title"].tolist() == ["A", ""]
    assert frame["abstract"].tolist() == ["x", "y"]


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ("2020,,2021.0", [2020, pd.NA, 2021]),
        ("2020,n.d.,c1999a", [2020, pd.NA, 1999]),
        (",0,", [pd.NA] * 3),
    ],
)
def test_years_are_numbers(tmp_path, years, expected):
    lines = [f"{year},owls hunt {i}" for i, year in enumerate(years.split(","))]
    path = write(tmp_path, "a.csv", "\n".join(["year,abstract", *lines]))
    frame = read_abstracts(path)
    assert str(frame["year"].tolist()) == str(expected)
    assert frame["year"].dtype == "Int64"
    if "n.d." in years:  # nothing is lost
        assert frame["year_given"].tolist() == ["", "n.d.", "c1999a"]
        assert frame.attrs["notes"] == ["1 paper without a year: 'n.d.'"]


def test_page_of_titles_and_abstracts(tmp_path):
    text = f"Menu\n\nLog in\n\nFirst title\n\n{ABSTRACT}\n\nSecond title\n\n{ABSTRACT}\n\nFooter\n"
    frame = read_abstracts(write(tmp_path, "page.txt", text))
    assert frame["title"].tolist() == ["First title", "Second title"]
    assert frame.attrs["skipped"] == ["Menu", "Log in", "Footer"]


def test_page_without_blank_lines_and_with_windows_line_ends(tmp_path):
    text = f"First title\r\n{ABSTRACT}\r\nSecond title\r\n{ABSTRACT}\r\n"
    assert len(read_abstracts(write(tmp_path, "page.txt", text))) == 2


def test_page_of_wrapped_lines(tmp_path):
    wrapped = "\n".join(" ".join(f"w{i}" for i in range(9)) for _ in range(6))
    frame = read_abstracts(
        write(tmp_path, "page.txt", f"T one\n\n{wrapped}\n\nT two\n\n{wrapped}\n")
    )
    assert frame["title"].tolist() == ["T one", "T two"]
    assert len(frame["abstract"][0].split()) == 54


@pytest.mark.parametrize("width", [45, 60, 75, 90])
def test_page_of_wrapped_lines_that_begin_with_nouns(tmp_path, width):
    german = (
        "Wir untersuchen, wie Eulen in Wäldern und Parks von Städten nach Mäusen jagen. Dazu haben "
        "Fachleute in Nächten mit Mond und Nächten ohne Licht an Rändern von Wegen und Wiesen die "
        "Rufe von Tieren gezählt. Die Zahl der Rufe steigt in Monaten mit Schnee und Frost."
    )
    wrapped = "\n".join(textwrap.wrap(german, width))
    text = f"Eulen\n\n{wrapped}\n\nMäuse\n\n{wrapped}\n"
    frame = read_abstracts(write(tmp_path, "page.txt", text))
    assert frame["title"].tolist() == ["Eulen", "Mäuse"]
    assert frame["abstract"].tolist() == [german, german]


def test_titles_below_each_other_are_several(tmp_path):
    titles = ["Owls of the North", "Mice under Snow", "Do Owls Hoot by Day?"]
    text = "\n".join([*titles, "", ABSTRACT])
    frame = read_abstracts(write(tmp_path, "page.txt", text))
    assert frame["title"].tolist() == titles[2:]
    assert frame.attrs["skipped"] == titles[:2]


def test_page_of_abstracts_alone(tmp_path):
    frame = read_abstracts(write(tmp_path, "page.md", f"{ABSTRACT}\n\n{ABSTRACT}\n"))
    assert frame["title"].tolist() == ["", ""]


def test_page_with_an_abstract_of_two_paragraphs(tmp_path):
    text = f"First title\n\n{ABSTRACT}\n\n{ABSTRACT}\n\nSecond title\n\n{ABSTRACT}\n"
    frame = read_abstracts(write(tmp_path, "page.txt", text))
    assert [len(a.split()) for a in frame["abstract"]] == [80, 40]


def test_a_real_page_gives_24_papers_and_no_furniture(page_path):
    frame = read_abstracts(page_path)
    assert len(frame) == 24
    assert frame["title"].str.len().min() > 20
    assert frame.attrs["skipped"][-1] == "Mar 14"
    assert len(frame.attrs["skipped"]) == 5


def test_sample_in_both_formats():
    csv, lines = (read_abstracts(SAMPLES / f"abstracts.{kind}") for kind in ("csv", "jsonl"))
    assert len(csv) == 166
    both = csv.set_index("id").loc[lines["id"]]
    assert both["abstract"].tolist() == lines["abstract"].tolist()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "a.xyz",
            "x",
            r"can't read files of type '.xyz'; expected one of .bib, .bibtex, .ciw, .csv",
        ),
        ("a", "x", r"\(none\)"),
        ("a.csv", "", "the file is empty"),
        ("a.csv", "\ufeff", "column"),
        ("a.csv", "title,abstract\n", "no records"),
        ("a.csv", "name,doi\nx,y\n", "the columns are 'name', 'doi'"),
        ("a.csv", "title,abstract\na,b,c,d\n", "not readable as a table"),
        ("a.csv", 'title,abstract\na,"b,c"d",e"f\n', "quotation marks that don't match"),
        ("a.json", "{", "not readable as JSON"),
        ("a.json", "3", "the JSON value is int"),
        ("a.json", '{"a": 1}', "the keys 'a'"),
        ("a.json", "[1]", "record 1 is int"),
        ("a.json", "[" * 100_000, "not readable as JSON"),
        ("a.jsonl", "\nnope\n", "line 2: not readable as JSON"),
        ("a.parquet", "nope", "not readable as Parquet"),
        ("a.csv.gz", "nope", "a.csv.gz"),
        ("a.txt", "Only a title\n", "found no abstract"),
    ],
)
def test_bad_files_give_a_clear_error(tmp_path, name, text, message):
    with pytest.raises(ReadError, match=message):
        read_abstracts(write(tmp_path, name, text))


def test_no_file_and_a_file_given_twice():
    with pytest.raises(ReadError, match="there are no files"):
        read_abstracts([])
    with pytest.raises(ReadError, match="given twice; expected each file once"):
        read_abstracts([SAMPLES / "abstracts.bib", str(SAMPLES / "abstracts.bib")])


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(ReadError, match=r"can't read .*none\.csv: No such file"):
        read_abstracts(tmp_path / "none.csv")
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    with pytest.raises(ReadError, match="found no file of papers"):
        read_abstracts(folder)
    with pytest.raises(ReadError, match="no file of papers"):
        read_abstracts(str(tmp_path / "*.bib"))


@pytest.fixture
def exports(tmp_path):
    """Return a folder with three exports, and with files that are none."""
    folder = tmp_path / "exports"
    (folder / "more").mkdir(parents=True)
    write(folder, "a.csv", "title,abstract\nOwls,They hoot.\n")
    write(folder, "b.bib", "@misc{a, title={Mice}}")
    write(folder, "more/c.ris", "TY  - JOUR\nTI  - Bats\nER  - \n")
    for name, text in {
        "README.md": "Search of 3 May", "counts.csv": "database,hits\nScopus,3\n",
        "more/owls.pdf": "%PDF", ".DS_Store": "x",
    }.items():  # fmt: skip
        write(folder, name, text)
    return folder


def test_a_folder_is_one_corpus(exports):
    frame = read_abstracts(exports)
    assert frame["title"].tolist() == ["Owls", "Mice", "Bats"]
    assert frame["source_file"].tolist() == ["a.csv", "b.bib", "c.ris"]
    note = frame.attrs["notes"][-1]
    assert note.startswith("3 files not read: ")
    for part in ("README.md: found no abstract", "counts.csv: found neither", "owls.pdf"):
        assert part in note
    assert [source["file"] for source in frame.attrs["sources"]] == ["a.csv", "b.bib", "c.ris"]
    assert read_abstracts(str(exports))["title"].tolist() == frame["title"].tolist()


def test_a_pattern(exports):
    assert read_abstracts(f"{exports}/*.bib")["title"].tolist() == ["Mice"]
    assert read_abstracts(f"{exports}/**/*.ris")["title"].tolist() == ["Bats"]
    both = read_abstracts([exports / "a.csv", f"{exports}/more/*"])
    assert both["title"].tolist() == ["Owls", "Bats"]
    with pytest.raises(ReadError, match="given twice"):
        read_abstracts([exports / "a.csv", f"{exports}/*"])


def test_an_archive(exports, tmp_path):
    archive = tmp_path / "exports.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(exports.rglob("*")):
            file.write(path, path.relative_to(exports))
        file.writestr("__MACOSX/._a.csv", "x")
    frame = read_abstracts(archive)
    assert frame["title"].tolist() == ["Owls", "Mice", "Bats"]
    assert frame.attrs["notes"][-1].startswith("3 files not read: ")
    archive.write_bytes(b"PK no archive")
    with pytest.raises(ReadError, match="not readable as a zip archive"):
        read_abstracts(archive)


def test_a_folder_or_an_archive_is_clustered_too(exports):
    from absclust.io.read import papers_of

    assert len(papers_of(str(exports))) == 3
    assert papers_of("exports that are not there") == "exports that are not there"
    assert papers_of(["a.zip of words", "b"]) == ["a.zip of words", "b"]
    assert papers_of("a\0b" * 9) == "a\0b" * 9


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark(tmp_path, encoding):
    text = "@misc{a, title = {Größe und Maß}}"
    assert read_abstracts(write(tmp_path, "a.bib", text, encoding))["title"][0] == "Größe und Maß"


def test_a_binary_file_is_named_so(tmp_path):
    (tmp_path / "a.enl").write_bytes(b"MZ\x90\x00\x03\x00\x00\x00\x04" * 30)
    with pytest.raises(ReadError, match="a binary file, of no kind that is known"):
        read_abstracts(tmp_path / "a.enl")


def test_a_compressed_file_that_holds_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr("absclust.io.read.UNPACKED", 5_000_000)
    bomb = gzip.compress(b"title,abstract\n" + b"a,b\n" * 5_000_000)
    (tmp_path / "a.csv.gz").write_bytes(bomb)
    tracemalloc.start()
    with pytest.raises(ReadError, match=r"more than 0\.005 GB; split it.*cluster_dataset"):
        read_abstracts(tmp_path / "a.csv.gz")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12_000_000


def test_an_archive_that_holds_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr("absclust.io.read.UNPACKED", 5_000_000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.csv", b"title,abstract\n" + b"a,b\n" * 5_000_000)
        file.writestr("b.pdf", bytes(50_000_000))  # nobody asks for it
        file.writestr("c.csv", "title\nOwls\n")
    tracemalloc.start()
    frame = read_abstracts(tmp_path / "a.zip")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert frame["title"].tolist() == ["Owls"]
    assert "a.csv: it holds more than 0.005 GB" in frame.attrs["notes"][-1]
    assert peak < 20_000_000


def test_memory_that_runs_out(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("title\nOwls\n")

    def full(_):
        raise MemoryError

    monkeypatch.setitem(absclust.io.read._READERS, ".csv", full)
    with pytest.raises(ReadError, match=r"more memory than there is; split it"):
        read_abstracts(tmp_path / "a.csv")


@pytest.mark.parametrize("path", [5, None, [5], b"a.csv", {"a": 1}.values(), "a\0b.csv"])
def test_what_is_no_path(path):
    with pytest.raises(ReadError, match=r"no path|null"):
        read_abstracts(path)


def test_ris_in_which_nothing_begins_or_ends_a_record(tmp_path):
    path = tmp_path / "a.ris"
    path.write_text("TI  - A\nAU  - x\nAU  - y\nAB  - a\nTI  - B\nAB  - b\n")
    frame = read_abstracts(path)
    assert frame[["title", "abstract", "authors"]].to_numpy().tolist() == [
        ["A", "a", "x; y"],
        ["B", "b", ""],
    ]
    path.write_text("AU  - x\nAU  - y\nTI  - A\nAU  - z\nTI  - B\n")
    frame = read_abstracts(path)
    assert frame[["title", "authors"]].to_numpy().tolist() == [["A", "x; y"], ["B", "z"]]
