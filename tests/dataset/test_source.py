import pandas as pd
import pytest
from fsspec.implementations.local import LocalFileSystem

from absclust import ReadError, WriteError
from absclust.dataset import source
from absclust.dataset.source import Part, list_files, numbered, parts_of_file
from absclust.dataset.store import Store


def papers(n):
    return pd.DataFrame(
        {"title": [f"Owl {i}" for i in range(n)], "abstract": ["Owls hoot."] * n, "more": 1}
    )


def test_files_of_a_folder_and_of_a_pattern(tmp_path):
    for name in ("b.csv", "a.jsonl.gz", "notes.docx", "_SUCCESS", ".hidden.csv"):
        (tmp_path / name).write_text("x")
    files, others, size = list_files(str(tmp_path))
    assert [file.rpartition("/")[2] for file in files] == ["a.jsonl.gz", "b.csv"]
    assert [other.rpartition("/")[2] for other in others] == ["notes.docx"]
    assert size == 2
    assert len(list_files(f"{tmp_path}/*.csv")[0]) == 1
    assert list_files(f"{tmp_path}/b.csv")[2] == 1
    with pytest.raises(ReadError, match="no files of papers"):
        list_files(f"{tmp_path}/*.parquet")


def test_row_groups_are_grouped(monkeypatch, tmp_path):
    monkeypatch.setattr(source, "_ROWS", 5)
    papers(11).to_parquet(tmp_path / "papers.parquet", row_group_size=2)
    parts = numbered(parts_of_file(str(tmp_path / "papers.parquet")))
    assert [(part.number, part.start, part.stop) for part in parts] == [
        *((0, 0, 2), (1, 2, 4), (2, 4, 6)),
    ]
    read = [part.read() for part in parts]
    assert pd.concat(read)["title"].tolist() == papers(11)["title"].tolist()
    assert "more" not in read[0]  # what no stage needs stays where it is
    assert parts[1].name.endswith("papers.parquet (row groups 2 to 4)")


def test_a_damaged_file_is_a_part_that_cannot_be_read(tmp_path):
    (tmp_path / "papers.parquet").write_bytes(b"PAR1")
    (part,) = parts_of_file(str(tmp_path / "papers.parquet"))
    with pytest.raises(ReadError, match=r"papers\.parquet: not readable as Parquet"):
        part.read()
    with pytest.raises(ReadError, match=r"gone\.csv"):
        Part(0, f"file://{tmp_path}/gone.csv").read()


def test_a_partition_is_read_as_it_is():
    frame = papers(2).astype(object)
    frame.loc[1, "abstract"] = None
    read = Part(7, frame=frame).read()
    assert read["abstract"].tolist() == ["Owls hoot.", ""]
    assert read["id"].tolist() == ["", ""]
    assert Part(7).name == "partition 7"


def test_what_a_full_disk_leaves_is_removed_with_the_work(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    store = Store(str(tmp_path))
    store.write("papers/part-00000.parquet", b"whole")
    monkeypatch.setattr(LocalFileSystem, "mv", full)
    with pytest.raises(WriteError, match=r"part-00001\.parquet: No space left"):
        store.write("papers/part-00001.parquet", b"half")
    assert [path.name for path in (tmp_path / "papers").iterdir()] == ["part-00000.parquet"]
    store.remove("work")
    assert [path.name for path in tmp_path.iterdir()] == ["papers"]
