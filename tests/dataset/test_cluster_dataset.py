import json
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest

import absclust
from absclust import (
    ClusteredDataset,
    EmptyCorpusError,
    OptionError,
    ReadError,
    cluster_dataset,
)
from absclust.corpus.corpus import build_corpus
from absclust.dataset import source
from absclust.dataset.cluster import _cluster
from absclust.dataset.stages import PAPERS, SCAN, paper_numbers
from absclust.dataset.store import Store
from absclust.saving.store import map_bytes
from absclust.sizes import ON_WORKERS_FROM
from tests.dataset.conftest import SECONDS, Cluster, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    # All about Dask's own connections, which are closed when the garbage is collected.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore:The inplace keyword"),  # of pandas, in Dask
]
SIZE = 80  # of the sample: half of the papers


def write(sample, folder, n_files, kind="parquet"):
    folder.mkdir()
    for number, rows in enumerate(np.array_split(np.arange(len(sample)), n_files)):
        part, path = sample.iloc[rows], folder / f"{number:03d}.{kind}"
        if kind == "parquet":
            part.to_parquet(path)
        else:
            part.to_json(path, orient="records", lines=True)
    return str(folder)


@pytest.fixture(scope="session")
def rows(sample):
    """The sample without columns of mixed types."""
    return sample[["id", "title", "abstract", "year"]].astype(str)


@pytest.fixture(scope="session")
def done(cluster, rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("done")
    papers = write(rows, folder / "papers", 3)
    return cluster_dataset(papers, folder / "themes", client=cluster.address, sample_size=SIZE)


def test_every_row_comes_back_with_its_themes(done, rows):
    papers = done.papers().compute()
    assert papers["id"].tolist() == rows["id"].tolist()
    assert papers["row"].tolist() == list(range(166))
    empty = [57]
    assert papers.index[papers["theme"] < 0].size == len(empty)
    assert papers["theme"].iloc[57] == -1
    assert papers["theme_name"].iloc[57] == ""
    names = done.table().set_index(["layer", "theme"])["name"]
    for layer in ("broad", "theme", "fine"):
        known = papers[papers[layer] >= 0]
        expected = [names[layer, theme] for theme in known[layer]]
        assert known[f"{layer}_name"].tolist() == expected
    assert papers["strength"].between(0, 1).all()
    assert papers.loc[papers["theme"] >= 0, ["x", "y"]].notna().all(axis=None)


def test_the_sample_has_its_own_themes_and_the_others_those_that_predict_gives(done, rows):
    papers = done.papers().compute()
    assert done.themes.corpus.n_papers == SIZE
    predicted = done.themes.predict(rows[["title", "abstract"]])
    assert papers["theme"].tolist() == predicted["theme"].tolist()
    assert papers["theme_name"].tolist() == predicted["theme_name"].tolist()
    assert papers["runner_up_name"].tolist() == predicted["runner_up"].tolist()
    assert np.allclose(papers["strength"], predicted["strength"])


def test_fine_themes_lie_inside_themes_and_are_counted(done):
    papers, table = done.papers().compute(), done.table()
    for below, above in (("fine", "theme"), ("theme", "broad")):
        assert papers[[below, above]].drop_duplicates()[below].is_unique
        counts = papers.loc[papers[below] >= 0, below].value_counts().sort_index()
        listed = table[table["layer"] == below]
        assert listed["rows"].tolist() == counts.tolist()
    fine = table[table["layer"] == "fine"]
    assert len(fine) > len(table[table["layer"] == "theme"])
    assert fine["name"].is_unique
    above = papers[["fine_name", "theme_name"]].drop_duplicates().set_index("fine_name")
    assert fine["above"].tolist() == above["theme_name"].reindex(fine["name"]).tolist()


def test_the_layers_are_those_of_the_map(done, rows):
    papers = done.papers().compute()
    text, learnt = rows["title"] + rows["abstract"], done.themes.corpus.records
    found = {text: row for row, text in enumerate(learnt["title"] + learnt["abstract"])}
    in_map = text.isin(found).to_numpy()
    assert in_map.sum() >= SIZE
    for name, layer in zip(("broad", "theme", "fine"), done.themes.layers, strict=True):
        expected = layer.labels[[found[one] for one in text[in_map]]]
        assert papers[name][in_map].tolist() == expected.tolist()
        table = done.table().query("layer == @name")
        assert table["name"].tolist() == [theme.name for theme in layer]


def test_copies_in_different_parts_are_one_paper(done, sample_themes):
    paper = done.papers().compute()["paper"]
    corpus = sample_themes.corpus
    first = corpus.first_row[corpus.paper_of_row[corpus.duplicate_rows]]
    assert paper.iloc[corpus.duplicate_rows].tolist() == paper.iloc[first].tolist()
    assert paper[paper >= 0].nunique() == done.report()["papers"] == corpus.n_papers
    assert (paper == -1).tolist() == (corpus.paper_of_row < 0).tolist()


def test_the_map_the_table_and_the_page_are_there(done):
    folder = Path(done.url)
    assert sorted(path.name for path in folder.iterdir()) == [
        *("map.html", "map.zip", "papers", "report.json", "run.json", "themes.csv"),
    ]
    assert absclust.load(folder / "map.zip").fingerprint == done.themes.fingerprint
    assert all(theme.name in (folder / "map.html").read_text("utf-8") for theme in done.themes)
    assert repr(done).startswith("ClusteredDataset: 166 rows, 164 distinct papers; themes: ")
    assert "rows without text, in no theme: 1" in repr(done)


@pytest.mark.parametrize(("n_files", "kind"), [(1, "parquet"), (7, "parquet"), (2, "jsonl")])
def test_parts_make_no_difference(done, cluster, rows, tmp_path, n_files, kind):
    papers = write(rows, tmp_path / "papers", n_files, kind)
    again = cluster_dataset(papers, tmp_path / "themes", client=cluster.address, sample_size=SIZE)
    assert_same(again, done)


def assert_same(one, other):
    assert one.themes.fingerprint == other.themes.fingerprint
    pd.testing.assert_frame_equal(one.table(), other.table())
    pd.testing.assert_frame_equal(
        one.papers().compute().reset_index(drop=True),
        other.papers().compute().reset_index(drop=True),
    )


def test_the_cluster_in_use(done, cluster, rows, tmp_path):
    from distributed import Client

    papers = write(rows, tmp_path / "papers", 4)
    with Client(cluster.address):
        again = cluster_dataset(papers, tmp_path / "themes", sample_size=SIZE)
        assert "without workers" not in repr(again)
        assert_same(again, done)
        # The finished run is opened, not computed again.
        assert cluster_dataset(papers, tmp_path / "themes", sample_size=SIZE).url == again.url


def test_a_small_data_set_is_clustered_in_this_process(done, rows, tmp_path, monkeypatch, caplog):
    from distributed import Client

    def no_client(*_, **__):
        raise AssertionError("workers were started")

    monkeypatch.setattr(Client, "__init__", no_client)
    papers = write(rows, tmp_path / "papers", 3)
    with caplog.at_level("INFO", logger="absclust"):
        again = cluster_dataset(papers, tmp_path / "themes", sample_size=SIZE, progress=False)
    assert "MB of files: read in this process, without workers" in caplog.text
    assert " fine; read in one process, without workers" in repr(again)
    assert "without workers" not in repr(done)
    assert_same(again, done)


def test_with_all_papers_in_the_sample_it_is_the_answer_of_cluster_abstracts(rows, tmp_path):
    papers = write(rows, tmp_path / "papers", 3)
    found = cluster_dataset(papers, tmp_path / "themes")
    themes = absclust.cluster_abstracts(rows)
    assert found.themes.fingerprint == themes.fingerprint
    labels = found.papers().compute()
    for name, layer in zip(("broad", "theme", "fine"), themes.layers, strict=True):
        pairs = pd.DataFrame({"one": labels[name], "other": layer.labels}).drop_duplicates()
        assert pairs["one"].is_unique  # copies count once in the sample, so numbers may differ
        assert pairs["other"].is_unique


def test_the_sample_is_the_papers_with_the_smallest_numbers(tmp_path):
    texts = [f"Owls hoot {number // 2} times." for number in range(80)]  # each is there twice
    numbers = paper_numbers(build_corpus(texts))
    late = [number > 0.6 * 2**63 for number in numbers]
    pd.DataFrame({"title": np.array(texts)[late]}).to_csv(tmp_path / "papers.csv")
    for size in (1, 3):
        found = cluster_dataset(tmp_path / "papers.csv", tmp_path / f"{size}", sample_size=size)
        first = dict(sorted(zip(numbers[late], np.array(texts)[late], strict=True)))
        assert found.themes.corpus.titles == tuple(first.values())[:size]
        assert found.report()["papers"] == len(first) > 3


def test_a_data_set_in_a_store_of_objects(done, rows):
    import fsspec

    memory = fsspec.filesystem("memory")
    for number, part in enumerate(np.array_split(np.arange(len(rows)), 3)):
        with memory.open(f"/papers/{number}.parquet", "wb") as file:
            rows.iloc[part].to_parquet(file)
    again = cluster_dataset("memory://papers/*.parquet", "memory://themes", sample_size=SIZE)
    assert_same(again, done)


def test_a_scheduler_that_dies(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("doomed")
    cluster = Cluster(folder)
    papers = write(rows, folder / "papers", 4)
    try:
        with cluster.holding(SCAN.format(2), command(papers, folder / "themes", cluster)) as (
            run,
            _,
        ):
            cluster.scheduler.kill()
            _, errors = run.communicate(timeout=SECONDS)
            assert run.returncode == 3, errors
            assert "absclust: error: the Dask scheduler is gone" in errors
    finally:
        cluster.stop()


def test_damaged_files_and_rows_are_named_and_counted(cluster, rows, tmp_path):
    papers = Path(write(rows, tmp_path / "papers", 2))
    (papers / "002.parquet").write_bytes(b"PAR1 damaged")
    good = json.dumps({"title": "A robot", "abstract": "A robot grasps a cup."})
    (papers / "003.jsonl").write_text(f'{good}\n{{"title": broken\n{good}\n', "utf-8")
    (papers / "004.csv").write_text("a,b\n1,2\n", "utf-8")
    (papers / "notes.docx").write_bytes(b"")
    (papers / "_SUCCESS").write_bytes(b"")
    themes = cluster_dataset(
        str(papers), tmp_path / "themes", client=cluster.address, sample_size=SIZE
    )
    report = themes.report()
    assert report["rows"] == 168
    damaged, broken_row, foreign = report["not_read"]
    assert report["parts_not_read"] == 2
    assert "002.parquet: not readable as Parquet" in damaged
    assert "004.csv: found neither a title nor an abstract column" in foreign
    assert report["rows_not_read"] == 1
    assert "003.jsonl" in broken_row
    assert [Path(path).name for path in report["files_of_other_types"]] == ["notes.docx"]
    assert "parts that could not be read: 2" in repr(themes)
    ids = themes.papers().compute()["id"].tolist()
    assert ids[-2:] == ["166", "167"]  # the file has no ids


def command(papers, out, cluster):
    return [
        *(sys.executable, "-m", "absclust", "cluster", papers, "--out", str(out), "--quiet"),
        *("--scheduler", cluster.address, "--sample-size", str(SIZE)),
    ]


def test_a_worker_killed_in_the_middle_costs_its_tasks_only(done, cluster, rows, tmp_path):
    papers, work = write(rows, tmp_path / "papers", 6), tmp_path / "themes" / "work"
    in_the_middle = command(papers, tmp_path / "themes", cluster)
    with cluster.holding(SCAN.format(3), in_the_middle) as (run, worker):
        wait_for(lambda: len(list(work.glob("scan-*.parquet"))) >= 2, run)  # by the other worker
        worker.kill()
        worker.wait()
    cluster.workers.remove(worker)
    try:
        assert run.wait(SECONDS) == 0
    finally:
        cluster.add_worker()
    assert_same(ClusteredDataset(str(tmp_path / "themes")), done)


def test_a_client_killed_in_the_middle_goes_on_where_it_was(done, cluster, rows, tmp_path):
    papers, out = write(rows, tmp_path / "papers", 6), tmp_path / "themes"
    with cluster.holding(PAPERS.format(3), command(papers, out, cluster)) as (run, _):
        run.kill()
        run.wait()
    learnt = (out / "map.zip").stat().st_mtime_ns
    assert not (out / "report.json").exists()
    again = subprocess.run(
        command(papers, out, cluster), check=True, capture_output=True, text=True
    )
    assert (out / "map.zip").stat().st_mtime_ns == learnt
    assert "166 rows, 164 distinct papers" in again.stdout
    assert_same(ClusteredDataset(str(out)), done)


def test_another_run_in_the_same_folder_is_refused(done, cluster, rows, tmp_path):
    papers = write(rows, tmp_path / "papers", 3)
    with pytest.raises(OptionError, match="holds a run with other parts"):
        cluster_dataset(papers, done.url, client=cluster.address, sample_size=SIZE)


def test_files_that_grew_make_other_parts(rows, tmp_path, monkeypatch):
    monkeypatch.setattr(source, "_BYTES", 300_000)
    papers, out = Path(write(rows, tmp_path / "papers", 2, "jsonl")), tmp_path / "themes"
    cluster_dataset(papers, out, sample_size=SIZE)
    grown = papers / "000.jsonl"
    grown.write_text(4 * grown.read_text("utf-8"), "utf-8")  # no room for the second file beside it
    with pytest.raises(OptionError, match="holds a run with other parts"):
        cluster_dataset(papers, out, sample_size=SIZE)


def test_a_data_set_without_text(cluster, tmp_path):
    (tmp_path / "papers.csv").write_text("title,abstract\n,\n", "utf-8")
    with pytest.raises(EmptyCorpusError, match="no row of the data set has text"):
        cluster_dataset(tmp_path / "papers.csv", tmp_path / "themes", client=cluster.address)


def test_no_files(cluster, tmp_path):
    with pytest.raises(ReadError, match="no files of papers"):
        cluster_dataset(f"{tmp_path}/*.parquet", tmp_path / "themes", client=cluster.address)


def test_the_map_predicts_a_dask_dataframe(done, rows):
    lazy = dd.from_pandas(rows, npartitions=3).map_partitions(done.themes.predict)
    expected = done.themes.predict(rows)
    pd.testing.assert_frame_equal(lazy.compute(scheduler="sync"), expected)


def test_json_lines_are_divided_at_line_ends(monkeypatch, rows, tmp_path):
    papers = Path(write(rows, tmp_path / "papers", 1, "jsonl")) / "000.jsonl"
    monkeypatch.setattr(source, "_BYTES", 1000)
    pieces = source.pieces_of_files({str(papers): papers.stat().st_size})
    assert len(pieces) > 10
    read = pd.concat([piece.read() for piece in pieces])
    assert read["title"].tolist() == rows["title"].tolist()


def test_a_map_is_kept_in_memory_until_another_is_written(sample_themes, tmp_path):
    store = Store(str(tmp_path))
    store.write("map.zip", map_bytes(sample_themes))
    loaded = store.load_map("map.zip")
    assert loaded.fingerprint == sample_themes.fingerprint
    assert store.load_map("map.zip") is loaded
    store.write("map.zip", map_bytes(sample_themes.rename({0: "another"})))
    assert store.load_map("map.zip")[0].name == "another"


def test_a_cluster_of_its_own_takes_a_free_port():
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # taken already, by another cluster of these tests
            other.bind(("127.0.0.1", 8787))  # the usual port of Dask's dashboard
            other.listen()
        with _cluster(None, ON_WORKERS_FROM) as client:
            assert client.submit(sum, [1, 2]).result() == 3
