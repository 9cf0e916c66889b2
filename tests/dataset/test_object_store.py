"""A data set in an object store: a server of this machine that speaks S3, and asks for a key."""

import os
import subprocess
import sys
import threading

import numpy as np
import pandas as pd
import pytest
from werkzeug.serving import make_server

from absclust import ClusteredDataset, ReadError, WriteError, cluster_dataset
from absclust.cli import main
from absclust.dataset.store import Store

pytestmark = [
    pytest.mark.slow,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    # Connections of clients that the garbage collector closes.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The inplace keyword"),  # of pandas, in Dask
]
KEY = "librarian"


@pytest.fixture(scope="module")
def address():
    from moto.server import DomainDispatcherApplication, create_backend_app

    served = DomainDispatcherApplication(create_backend_app)

    def with_key(environ, start_response):
        if f"Credential={KEY}/" in environ.get("HTTP_AUTHORIZATION", ""):
            return served(environ, start_response)
        start_response("403 Forbidden", [("Content-Type", "application/xml")])
        return [b"<Error><Code>AccessDenied</Code><Message>Who are you?</Message></Error>"]

    server = make_server("127.0.0.1", 0, with_key, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def as_user(address, monkeypatch):
    """Let this process reach the server with a key, as fsspec's own settings say it."""
    import fsspec
    import s3fs

    def reach(key):
        s3fs.S3FileSystem.clear_instance_cache()
        settings = {"key": key, "secret": "secret", "endpoint_url": address}
        monkeypatch.setitem(fsspec.config.conf, "s3", settings)
        return fsspec.filesystem("s3")

    yield reach
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def papers(sample):
    return sample[["id", "title", "abstract", "year"]].astype(str)


def test_a_data_set_from_and_to_an_object_store(as_user, address, papers, tmp_path, capsys):
    store = as_user(KEY)
    store.mkdir("library")
    for number, rows in enumerate(np.array_split(np.arange(len(papers)), 3)):
        with store.open(f"library/papers/{number}.parquet", "wb") as file:
            papers.iloc[rows].to_parquet(file)
    command = "cluster s3://library/papers/*.parquet --out s3://library/themes --sample-size 80"
    settings = {"KEY": KEY, "SECRET": "secret", "ENDPOINT_URL": address}
    done = subprocess.run(
        [sys.executable, "-m", "absclust", *command.split(), "--quiet"],
        env=os.environ | {f"FSSPEC_S3_{name}": value for name, value in settings.items()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    store.invalidate_cache()
    assert sorted(store.ls("library/themes", detail=False)) == [
        f"library/themes/{name}"
        for name in ("map.html", "map.zip", "papers", "report.json", "run.json", "themes.csv")
    ]
    papers.to_parquet(tmp_path / "papers.parquet")
    here = cluster_dataset(tmp_path / "papers.parquet", tmp_path / "themes", sample_size=80)
    there = ClusteredDataset("s3://library/themes")
    assert there.themes.fingerprint == here.themes.fingerprint
    pd.testing.assert_frame_equal(there.table(), here.table())
    pd.testing.assert_frame_equal(there.papers().compute(), here.papers().compute())
    # The same call finds the run finished, from a shell or from Python.
    assert main([*command.split(), "--quiet"]) == 0
    assert capsys.readouterr().out.startswith(repr(there))
    cluster_dataset("s3://library/papers/*.parquet", there.url, sample_size=80, n_jobs=1)


def test_a_key_that_the_store_does_not_know(as_user, tmp_path):
    as_user("stranger")
    with pytest.raises(ReadError, match=r"can't read s3://library/papers: .*(?i:who|forbidden)"):
        cluster_dataset("s3://library/papers", tmp_path / "themes")
    with pytest.raises(WriteError, match=r"can't write .*s3://library/themes/run.json: "):
        Store("s3://library/themes").write("run.json", b"{}")
    with pytest.raises(ReadError, match=r"can't read .*s3://library/themes/report.json: "):
        ClusteredDataset("s3://library/themes").report()
