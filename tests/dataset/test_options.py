"""Calls of cluster_dataset that are refused before any work is done."""

import builtins
import importlib
import sys

import pandas as pd
import pytest

from absclust import (
    ClusteredDataset,
    MissingPackageError,
    OptionError,
    cluster_dataset,
)
from absclust.cli import main


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sample_size": 0}, "sample_size is 0; expected an int of 1 or more"),
        ({"n_theme": 3}, "there is no option 'n_theme'"),
        ({"labels": "coded"}, "labels is given, but the themes of a data set are learnt from"),
        ({"granularity": -1}, "granularity is -1"),
        ({"embedder": len}, "which workers can load by themselves"),
        ({"clusterer": "hdbscan"}, "clusterer is 'hdbscan'; expected 'graph'"),
    ],
)
def test_options_that_cannot_be_used(tmp_path, options, message):
    with pytest.raises(OptionError, match=message):
        cluster_dataset("papers/*.parquet", tmp_path / "themes", **options)
    assert not (tmp_path / "themes").exists()


def test_without_dask(monkeypatch, tmp_path):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.split(".")[0] in ("dask", "distributed"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingPackageError, match=r"pip install 'absclust\[dask\]'"):
        cluster_dataset("papers/*.parquet", tmp_path / "themes")


def test_results_without_dask(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "dask.dataframe", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'absclust\[dask\]'"):
        ClusteredDataset(str(tmp_path)).papers()
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'absclust\[dask\]'"):
        ClusteredDataset(str(tmp_path)).table()


def test_a_file_system_without_its_package(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "s3fs", None)
    loaded = importlib.import_module("fsspec.registry")._registry
    monkeypatch.delitem(loaded, "s3", raising=False)  # by an earlier test
    with pytest.raises(MissingPackageError, match=r"can't reach s3://papers: Install s3fs"):
        cluster_dataset("s3://papers", tmp_path / "themes", client=object())
    with pytest.raises(MissingPackageError, match=r"can't reach s3://themes: Install s3fs"):
        ClusteredDataset("s3://themes").table()


def test_what_is_no_data_set(tmp_path):
    for source in (["a paper"], pd.DataFrame({"title": ["Owls"]})):
        with pytest.raises(OptionError, match="is no place of files; expected a str or a Path"):
            cluster_dataset(source, tmp_path / "themes", client=object())


@pytest.mark.slow
@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_scheduler_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setattr("absclust.dataset.cluster._PATIENCE", "1s")
    (tmp_path / "papers.csv").write_text("title\nOwls\n", "utf-8")
    with pytest.raises(OptionError, match=r"there is no Dask scheduler at 'tcp://127\.0\.0\.1:9'"):
        cluster_dataset(tmp_path, tmp_path / "themes", client="tcp://127.0.0.1:9")


@pytest.mark.parametrize("path", ["{folder}", "{folder}/*.csv", "s3://papers"])
def test_the_command_needs_a_folder_for_a_data_set(capsys, tmp_path, path):
    assert main(["cluster", path.format(folder=tmp_path)]) == 2
    assert "expected --out DIR" in capsys.readouterr().err
