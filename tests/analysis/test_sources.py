import pandas as pd
import pytest

from absclust import cluster_abstracts, load, read_abstracts
from absclust.analysis.sources import flow
from absclust.io.write_papers import write_by_suffix
from tests.conftest import SAMPLES
from tests.io.test_formats import EXPORTS

FILES = [SAMPLES / "abstracts.bib", SAMPLES / "abstracts.ris", EXPORTS / "zotero.bib"]


def test_every_record_is_accounted_for():
    papers = read_abstracts(FILES)
    themes = cluster_abstracts(papers, progress=False)
    table = themes.sources()
    assert table.index.tolist() == ["abstracts.bib", "abstracts.ris", "zotero.bib", "total"]
    assert table["identified"].tolist() == [16, 16, 5, 37]
    assert table["unreadable"].tolist() == [0, 0, 1, 1]  # an entry that is never closed
    assert table["duplicates"].tolist() == [0, 16, 0, 16]
    assert table["without_abstract"].tolist() == [1, 0, 3, 4]
    left = table["identified"] - table["duplicates"]
    assert table["clustered"].tolist() == (left - table["without_text"]).tolist()
    assert len(papers) == left["total"] == len(themes.labels)
    assert papers["source_file"].value_counts()["abstracts.bib; abstracts.ris"] == 16
    assert flow(themes) == (
        "37 records were identified (16 in abstracts.bib, 16 in abstracts.ris, 5 in zotero.bib; "
        "1 part unreadable); 16 duplicates were merged; 21 papers were left, 4 of them without an "
        "abstract and 0 without a title too; 21 papers were clustered"
    )


def test_one_file_and_a_table(tmp_path):
    one = cluster_abstracts(read_abstracts(FILES[0]), progress=False).sources()
    assert one.to_dict("index") == {
        "abstracts.bib": {
            "identified": 16, "unreadable": 0, "duplicates": 0, "left_out": 0,
            "without_abstract": 1, "without_text": 0, "clustered": 16,
        }
    }  # fmt: skip
    table = pd.DataFrame({"title": ["Owls hoot", "Robots grasp", None]})
    themes = cluster_abstracts(table, progress=False)
    row = themes.sources().loc["table"]
    assert row[["identified", "without_abstract", "without_text", "clustered"]].tolist() == [
        3, 3, 1, 2,
    ]  # fmt: skip


def test_counts_stay_with_a_saved_map_and_grow_with_an_update(tmp_path):
    themes = cluster_abstracts([FILES[0]], progress=False)
    themes.save(tmp_path / "map")
    loaded = load(tmp_path / "map")
    assert loaded.sources().equals(themes.sources())
    more = loaded.update(str(FILES[2])).themes.sources()
    assert more.loc["total", ["identified", "unreadable"]].tolist() == [21, 1]
    assert more.loc["total", "clustered"] == 21
    again = loaded.update(FILES[0]).themes
    assert again.sources().loc["abstracts.bib", "identified"] == 32
    assert "32 in abstracts.bib" in flow(again)
    assert again.sources().loc["abstracts.bib", ["duplicates", "clustered"]].tolist() == [16, 16]


def test_a_part_of_what_was_read_and_the_rest_of_it_later():
    papers = read_abstracts(FILES[0])
    part = cluster_abstracts(papers.head(10), progress=False)
    counts = ["identified", "duplicates", "left_out", "clustered"]
    assert part.sources().loc["abstracts.bib", counts].tolist() == [16, 0, 6, 10]
    assert "6 records were left out; 10 papers were left" in flow(part)
    shown = "\n".join(text.get_text() for text in part.plot.sources().texts)
    assert "6 records left out" in shown
    assert "0 papers in no theme" in shown
    whole = part.update(papers.tail(6)).themes
    assert whole.sources().loc["abstracts.bib", counts].tolist() == [16, 0, 0, 16]
    assert "left out" not in flow(whole)
    assert whole.summary().count("abstracts.bib: 15 of 16 have an abstract") == 1
    assert whole.plot.sources().get_figure() is not None


def test_papers_from_elsewhere_have_a_row_of_their_own_after_an_update():
    themes = cluster_abstracts([FILES[0]], progress=False)
    table = themes.update(["Robots grasp tools.", None, "Robots grasp tools."]).themes.sources()
    assert table.index.tolist() == ["abstracts.bib", "table", "total"]
    assert table["identified"].tolist() == [16, 3, 19]
    assert table["duplicates"].tolist() == [0, 1, 1]
    assert table["without_text"].tolist() == [0, 1, 1]
    assert table["clustered"].tolist() == [16, 1, 17]


@pytest.mark.parametrize("name", ["papers.csv", "papers.parquet", "papers.bib"])
def test_a_merged_table_that_is_read_again_is_one_file(tmp_path, name):
    write_by_suffix(read_abstracts(FILES), tmp_path / name)
    papers = read_abstracts(tmp_path / name)
    assert papers["source_file"].tolist() == read_abstracts(FILES)["source_file"].tolist()
    assert papers.attrs["sources"] == [
        {"file": name, "identified": 21, "unreadable": 0, "duplicates": 0}
    ]
    themes = cluster_abstracts(papers, progress=False)
    (tmp_path / "more.csv").write_text("title,abstract\nOwls at night,They hoot in the woods.\n")
    later = themes.update(tmp_path / "more.csv").themes.sources()
    assert later["identified"].tolist() == [21, 1, 22]
    assert later["clustered"].tolist() == [len(papers), 1, len(papers) + 1]
    both = read_abstracts([tmp_path / name, tmp_path / "more.csv"])
    assert both["source_file (in file)"].tolist() == [*papers["source_file"], ""]
    assert [source["duplicates"] for source in both.attrs["sources"]] == [0, 0]
    # What was read together is combined again, as every week.
    (tmp_path / "later.csv").write_text("title,abstract\nMice by day,They squeak in the barns.\n")
    write_by_suffix(both, tmp_path / f"both.{name}")
    third = read_abstracts([tmp_path / f"both.{name}", tmp_path / "later.csv"])
    files = third.filter(like="source_file")
    assert len(set(files)) == 3
    assert set(files.iloc[0]) == {f"both.{name}", name, papers["source_file"][0]}


def test_a_name_of_a_file_may_have_semicolons(tmp_path):
    (tmp_path / "owls; mice.csv").write_text("title,abstract\nOwls at night,They hoot a lot.\n")
    (tmp_path / "more.csv").write_text("title,abstract\nMice by day,They squeak in the barns.\n")
    papers = read_abstracts([tmp_path / "owls; mice.csv", tmp_path / "more.csv"])
    assert [source["duplicates"] for source in papers.attrs["sources"]] == [0, 0]
    sources = cluster_abstracts(papers, progress=False).sources()
    assert sources.index.tolist() == ["owls, mice.csv", "more.csv", "total"]
    assert sources["clustered"].tolist() == [1, 1, 2]


def test_what_is_not_known_by_file_is_known_in_total(tmp_path):
    papers = read_abstracts(FILES[1:])
    without = cluster_abstracts(papers[["title", "abstract"]], progress=False)
    table = without.sources()
    assert table["identified"].tolist() == [16, 5, 21]
    assert table["clustered"].isna().tolist() == [True, True, False]
    assert table.loc["total", ["left_out", "clustered"]].tolist() == [0, 21]
    more = without.update([FILES[0]]).themes  # a copy of the first
    assert more.sources().loc["total", ["identified", "duplicates", "clustered"]].tolist() == [
        37, 16, 21,
    ]  # fmt: skip
    noted = pd.DataFrame([{"title": "A note of my own", "abstract": "Owls hoot."}])
    own = pd.concat([papers, noted])
    own.attrs = papers.attrs
    table = cluster_abstracts(own, progress=False).sources()
    assert table["clustered"].tolist() == [16, 5, 22]
    assert table["identified"].tolist() == [16, 5, 22]


def test_two_files_of_one_name_and_a_column_of_their_own(tmp_path):
    for week, kind in enumerate(("owl", "mouse", "fox")):
        (tmp_path / f"{week}").mkdir()
        rows = [f"{kind} {i},The {kind} hunts in valley {i}.,mine" for i in range(3 + week)]
        path = tmp_path / f"{week}" / ("new.csv" if week < 2 else "fox.csv")
        path.write_text("\n".join(["title,abstract,source_file", *rows]))
    themes = cluster_abstracts([tmp_path / "0" / "new.csv"], progress=False)
    themes = themes.update([tmp_path / "1" / "new.csv"]).themes
    assert themes.sources().loc["new.csv", ["identified", "clustered"]].tolist() == [7, 7]
    themes = themes.update([tmp_path / "2" / "fox.csv"]).themes
    assert themes.sources()["identified"].tolist() == [7, 5, 12]
    papers = themes.papers()
    assert papers["source_file"].tolist() == ["new.csv"] * 7 + ["fox.csv"] * 5
    assert set(papers["source_file (in file)"]) == {"mine"}


def test_papers_given_as_paths_are_read():
    by_path = cluster_abstracts(str(FILES[0]), progress=False)
    by_table = cluster_abstracts(read_abstracts(FILES[0]), progress=False)
    assert by_path.labels.tolist() == by_table.labels.tolist()
    assert by_path.predict(FILES[1])["theme"].tolist() == by_path.labels.tolist()
    both = cluster_abstracts(FILES[:2], progress=False)
    assert len(both.labels) == 16


def test_files_of_the_same_name_keep_their_folders(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.csv").write_text(f"title,abstract\nOwls {folder},They hoot.\n")
    paths = [tmp_path / folder / "x.csv" for folder in ("a", "b")]
    assert read_abstracts(paths)["source_file"].tolist() == [str(path) for path in paths]
