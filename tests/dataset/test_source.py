import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.local import LocalFileSystem

from absclust import ReadError, WriteError
from absclust.dataset import source
from absclust.dataset.source import Piece, list_files, parts_of, pieces_of_files
from absclust.dataset.store import Store


def papers(n):
    return pd.DataFrame(
        {"title": [f"Owl {i}" for i in range(n)], "abstract": ["Owls hoot."] * n, "more": 1}
    )


def test_files_of_a_folder_and_of_a_pattern(tmp_path):
    for name in ("b.csv", "a.jsonl.gz", "notes.docx", "_SUCCESS", ".hidden.csv"):
        (tmp_path / name).write_text("x")
    files, others = list_files(str(tmp_path))
    assert [file.rpartition("/")[2] for file in files] == ["a.jsonl.gz", "b.csv"]
    assert [other.rpartition("/")[2] for other in others] == ["notes.docx"]
    assert list(files.values()) == [1, 1]
    assert len(list_files(f"{tmp_path}/*.csv")[0]) == 1
    assert list(list_files(f"{tmp_path}/b.csv")[0].values()) == [1]
    with pytest.raises(ReadError, match="no files of papers"):
        list_files(f"{tmp_path}/*.parquet")


def test_row_groups_are_grouped(monkeypatch, tmp_path):
    monkeypatch.setattr(source, "_ROWS", 5)
    papers(11).to_parquet(tmp_path / "papers.parquet", row_group_size=2)
    parts = parts_of(pieces_of_files({str(tmp_path / "papers.parquet"): 1}))
    pieces = [piece for part in parts for piece in part.pieces]
    assert [(piece.start, piece.stop) for piece in pieces] == [(0, 2), (2, 4), (4, 6)]
    assert [part.number for part in parts] == [0, 1, 2]
    read = [piece.read() for piece in pieces]
    assert pd.concat(read)["title"].tolist() == papers(11)["title"].tolist()
    assert "more" not in read[0]  # what no stage needs stays where it is
    assert pieces[1].name.endswith("papers.parquet (row groups 2 to 4)")


def test_small_files_are_read_together(monkeypatch, tmp_path):
    monkeypatch.setattr(source, "_ROWS", 5)
    monkeypatch.setattr(source, "_BYTES", 100)
    sizes = {}
    for name, n in {"a": 4, "b": 1, "c": 3}.items():
        papers(n).to_parquet(tmp_path / f"{name}.parquet")
        sizes[f"{tmp_path}/{name}.parquet"] = 1
    sizes |= {"d.csv": 30, "e.csv": 20, "f.csv": 130, "g.csv.gz": 20, "h.csv": 15}
    parts = parts_of(pieces_of_files(sizes))
    names = [[p.name.rpartition("/")[2].split(".")[0] for p in part.pieces] for part in parts]
    # Three of five rows leave no room for 50 of 100 bytes; what is packed counts four times.
    assert names == [["a", "b"], ["c", "d"], ["e"], ["f"], ["g", "h"]]


def test_a_file_without_row_groups_is_named(tmp_path):
    with pq.ParquetWriter(tmp_path / "papers.parquet", pa.schema({"title": pa.string()})):
        pass
    (part,) = parts_of(pieces_of_files({str(tmp_path / "papers.parquet"): 1}))
    with pytest.raises(ReadError, match="a header but no records"):
        part.pieces[0].read()


def test_a_damaged_file_is_a_part_that_cannot_be_read(tmp_path):
    (tmp_path / "papers.parquet").write_bytes(b"PAR1")
    (piece,) = pieces_of_files({str(tmp_path / "papers.parquet"): 4})
    with pytest.raises(ReadError, match=r"papers\.parquet: not readable as Parquet"):
        piece.read()
    with pytest.raises(ReadError, match=r"gone\.csv"):
        Piece(f"file://{tmp_path}/gone.csv").read()


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
