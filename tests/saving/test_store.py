"""save and load: the same map comes back, and anything else is a clear error."""

import dataclasses
import io
import json
import shutil
import subprocess
import sys
import warnings
from functools import cache
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load as from_safetensors
from safetensors.numpy import save as as_safetensors
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

import absclust
from absclust import (
    AbsclustError,
    EmbedderError,
    OptionError,
    ReadError,
    StoreError,
    StoreWarning,
    ThemeMap,
    TransformerEmbedder,
    WriteError,
    cluster_abstracts,
)
from absclust.embedding.builtin import DIMENSIONS, BuiltinEmbedder, FittedBuiltin, model_hash
from absclust.embedding.embed import FittedEmbedding
from absclust.embedding.embedder import MissingEmbedder
from absclust.saving.store import _ARRAYS, _PARTS, _PLAIN, _dump, map_bytes
from tests.conftest import ROOT
from tests.test_fuzz import TIMES

SAMPLES_OF_MAPS = ROOT / "tests" / "data" / "format-1"
NEW = ["A robot policy grasps cups.", None, "Graph neural networks pass messages.", "ꙮ"]


@pytest.fixture(scope="module")
def saved(sample_themes, tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "map.zip"
    sample_themes.save(path)
    return path


def small() -> ThemeMap:
    """Return a map of given vectors that is quick to save and load."""
    vectors = np.repeat(np.eye(3, 4), 5, axis=0) + np.arange(15)[:, None] / 100
    return cluster_abstracts([f"owls and robots, part {i}" for i in range(15)], embeddings=vectors)


def test_everything_works_after_loading(sample, sample_themes, saved):
    # Pickles die on upgrade (BERTopic#1783); a safe save changed predictions (BERTopic#1672).
    themes = absclust.load(saved)
    pd.testing.assert_frame_equal(themes.predict(NEW), sample_themes.predict(NEW), check_exact=True)
    pd.testing.assert_frame_equal(themes.papers(), sample_themes.papers(), check_exact=True)
    pd.testing.assert_frame_equal(themes.table(), sample_themes.table(), check_exact=True)
    assert repr(themes) == repr(sample_themes)
    assert themes._repr_html_() == sample_themes._repr_html_()
    assert themes.themes == sample_themes.themes
    assert themes.fingerprint == sample_themes.fingerprint
    pd.testing.assert_frame_equal(themes.alternatives(), sample_themes.alternatives())
    pd.testing.assert_frame_equal(themes.tree(), sample_themes.tree())
    assert np.array_equal(
        themes.foundation.paper_coordinates, sample_themes.foundation.paper_coordinates
    )
    assert [t.get_text() for t in themes.plot().texts]
    assert themes.options == sample_themes.options
    assert themes.update(sample.head(3)).n_known == 3


def test_author_keywords_are_kept(author_keyword_themes, tmp_path):
    author_keyword_themes.save(tmp_path / "map.zip")
    again = absclust.load(tmp_path / "map.zip")
    assert all(theme.author_keywords for theme in again)
    assert again.themes == author_keyword_themes.themes


def parts(path):
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_parts(path, files, **options):
    with ZipFile(path, "w", **options) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def test_nothing_in_the_file_is_pickled(saved):
    files = parts(saved)
    assert {Path(name).suffix for name in files} == {".json", ".safetensors", ".parquet"}
    about = json.loads(files["map.json"])
    assert about["format"] == 1
    assert {"absclust", "python", "numpy", "scikit-learn"} <= set(about["versions"])


def test_the_same_map_gives_the_same_file(tmp_path):
    small().save(tmp_path / "one")
    absclust.load(tmp_path / "one").save(tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


# Code that is killed before the n-th change to the disk.
KILLED = """
import os, sys
from pathlib import Path
import absclust

left = int(sys.argv[3])
def watched(act):
    def wait(*args, **options):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return act(*args, **options)
    return wait

themes = absclust.load(sys.argv[1])
os.fsync = watched(os.fsync)
for name in ("write_bytes", "replace", "unlink"):
    setattr(Path, name, watched(getattr(Path, name)))
themes.save(sys.argv[2])
"""


SAVES = """
import sys
import absclust

themes = absclust.load(sys.argv[1])
for _ in range(20):
    themes.save(sys.argv[2])
"""


@pytest.mark.attack
def test_two_processes_that_save_to_one_file_leave_one_of_the_maps(saved, tmp_path):
    path, other = tmp_path / "map.zip", tmp_path / "small.zip"
    small().save(other)
    environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": ""}
    children = [
        subprocess.Popen([sys.executable, "-c", SAVES, str(source), str(path)], env=environment)
        for source in (saved, other)
    ]
    assert [child.wait() for child in children] == [0, 0]
    assert path.read_bytes() in (saved.read_bytes(), other.read_bytes())
    assert {file.name for file in tmp_path.iterdir()} == {"map.zip", "small.zip"}


@pytest.mark.attack
@pytest.mark.parametrize("step", range(5))
def test_a_kill_leaves_the_old_map_whole_or_the_new_one(saved, tmp_path, step):
    path = tmp_path / "map.zip"
    small().save(path)
    environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": ""}
    command = [sys.executable, "-c", KILLED, str(saved), str(path), str(step)]
    killed = subprocess.run(command, env=environment, check=False).returncode
    assert killed == (9 if step < 4 else 0)
    n_rows = absclust.load(path).corpus.n_rows
    assert (n_rows == 15) == (step < 3)  # once the file is renamed, everything is new


def test_where_nothing_can_be_written(tmp_path):
    with pytest.raises(WriteError, match="there is no folder"):
        small().save(tmp_path / "nowhere" / "map.zip")


def test_what_is_no_saved_map(tmp_path):
    with pytest.raises(StoreError, match=r"can't read .*nowhere: No such file"):
        absclust.load(tmp_path / "nowhere")
    with pytest.raises(StoreError, match=r"No such file.*; expected a file that ThemeMap.save"):
        absclust.load(tmp_path)


def test_a_map_in_a_folder(tmp_path):
    small().save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["map.zip"]
    assert absclust.load(tmp_path).fingerprint == small().fingerprint
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(StoreError, match="not an intact saved map"):
        absclust.load(tmp_path / "thesis.tex")


def test_a_newer_format_says_so(tmp_path):
    path = tmp_path / "map.zip"
    small().save(path)
    forge(path, "map.json", lambda plain: plain | {"format": 2})
    with pytest.raises(StoreError, match="has format 2, but this version of absclust reads form"):
        absclust.load(path)


def test_files_that_could_swell_are_refused(tmp_path):
    path = tmp_path / "map.zip"
    small().save(path)
    write_parts(path, parts(path), compression=ZIP_DEFLATED)
    with pytest.raises(StoreError, match="parts are compressed"):
        absclust.load(path)


def test_coordinates_are_kept_where_they_were_computed(tmp_path):
    themes = small()
    themes.save(tmp_path / "map.zip")
    assert absclust.load(tmp_path / "map.zip").foundation.coordinates_so_far is None
    places = themes.foundation.paper_coordinates
    themes.save(tmp_path / "map.zip")
    assert np.array_equal(absclust.load(tmp_path / "map.zip").foundation.coordinates_so_far, places)


def test_every_field_has_its_place():
    # A new field of another type must be added to store.py; otherwise it would be lost silently.
    elsewhere = {"records", "encoder", "progress", "n_jobs"}
    for kind in (ThemeMap, FittedBuiltin, *_PARTS.values()):
        for field in dataclasses.fields(kind):
            is_kept = field.type in _PLAIN or field.type in _PARTS
            is_array = f"{kind.__name__}.{field.name}" in _ARRAYS
            assert is_kept or is_array or field.name in elsewhere, (kind, field.name)
    assert len(dataclasses.fields(FittedEmbedding)) == 4  # two of them are kept
    assert BuiltinEmbedder().encode(["owl"]).shape == (1, DIMENSIONS)


@pytest.mark.parametrize("name", ["builtin", "lsa", "given"])
def test_samples_of_the_format(name):
    """Every version after the first release must load them."""
    expected = json.loads((SAMPLES_OF_MAPS / f"{name}.json").read_text("utf-8"))
    themes = absclust.load(SAMPLES_OF_MAPS / f"{name}.zip")
    assert themes.labels.tolist() == expected["labels"]
    assert [theme.name for theme in themes] == expected["names"]
    assert {theme.author_keywords for theme in themes} == {()}
    assert themes.foundation.paper_coordinates.shape == (24, 2)
    assert themes.plot() is not None
    try:
        predicted = themes.predict(expected["new"], embeddings=expected["embeddings"])
    except EmbedderError:  # the model may have been replaced since
        assert name == "builtin"
        assert isinstance(themes.foundation.encoder.embedder, MissingEmbedder)
        return
    assert predicted["theme"].tolist() == expected["theme"]
    assert np.allclose(predicted["strength"], expected["strength"], atol=1e-3)
    novelty = np.array(expected["novelty"], dtype=float)
    assert np.allclose(predicted["novelty"], novelty, atol=1e-3, equal_nan=True)


def test_odd_columns():
    records = absclust.load(SAMPLES_OF_MAPS / "given.zip").corpus.records
    assert records.index[:2].tolist() == ["k0", "k1"]
    assert records["authors"].iloc[0] == ["Ada", "Ben"]
    assert records["about"].iloc[:6].tolist() == [{"doi": "10.1000/x"}, 3, "x", 1.5, None, [1, 2]]
    assert str(records["read"].dtype).startswith("datetime64")
    assert records["kind"].dtype == "category"


def test_values_that_cannot_be_stored_are_reported(tmp_path):
    frame = pd.DataFrame({"abstract": ["Robots grasp."], "file": [Path("a.pdf")]})
    themes = cluster_abstracts(frame)
    with pytest.warns(StoreWarning, match="1 in column 'file'"):
        themes.save(tmp_path / "map.zip")
    assert absclust.load(tmp_path / "map.zip").corpus.records["file"].tolist() == ["a.pdf"]


def test_large_maps_updates_and_layers(tmp_path):
    from tests.new_papers.test_predict import large_map

    themes, new = large_map()
    assert len(themes.foundation.encoder.fitted.contexts.tokens) > 300
    for number, variant in enumerate((themes, themes.update(new).themes, themes.layers[2])):
        variant.save(tmp_path / str(number))
        again = absclust.load(tmp_path / str(number))
        predicted, expected = again.predict(new), variant.predict(new)
        pd.testing.assert_frame_equal(predicted, expected, check_exact=True)
        assert again.fingerprint == variant.fingerprint


@pytest.mark.parametrize(
    "options", [{"embedder": "lsa"}, {"n_themes": 4}, {"min_strength": 0.5}, {"seed": True}]
)
def test_maps_of_other_options(sample, tmp_path, options):
    if options == {"seed": True}:
        options = {"seed_themes": {"robots": ["robot"]}}
    themes = cluster_abstracts(sample, **options)
    themes.save(tmp_path / "map.zip")
    again = absclust.load(tmp_path / "map.zip")
    assert again.options == themes.options
    pd.testing.assert_frame_equal(again.predict(NEW), themes.predict(NEW), check_exact=True)


def test_saving_over_another_map(saved, tmp_path):
    shutil.copy(saved, tmp_path / "map.zip")
    small().save(tmp_path / "map.zip")
    assert absclust.load(tmp_path / "map.zip").corpus.n_rows == 15
    assert [path.name for path in tmp_path.iterdir()] == ["map.zip"]


class Letters:
    def encode(self, sentences):
        return np.array([[s.lower().count(c) + 0.1 for c in "abcdefgh"] for s in sentences])


def test_an_embedder_that_can_not_be_found_again_is_asked_for(sample, tmp_path):
    themes = cluster_abstracts(sample, embedder=Letters())
    themes.save(tmp_path / "map.zip")
    without = absclust.load(tmp_path / "map.zip")
    assert without.table().equals(themes.table())
    assert without.predict(sample.iloc[:2])["theme"].tolist() == themes.labels[:2].tolist()
    with pytest.raises(EmbedderError, match=r"test_store.Letters; pass it, absclust.load\(folder"):
        without.predict(["a new one"])
    without.save(tmp_path / "map.zip")  # what is known about the embedder is not lost
    predicted = absclust.load(tmp_path / "map.zip", embedder=Letters()).predict(["a new one"])
    pd.testing.assert_frame_equal(predicted, themes.predict(["a new one"]), check_exact=True)
    with pytest.raises(EmbedderError, match="gives vectors of 2 dimensions, not 8"):
        absclust.load(
            tmp_path / "map.zip", embedder=lambda texts: np.ones((len(texts), 2))
        ).predict(["new"])
    with pytest.raises(EmbedderError, match="gives other vectors"):
        absclust.load(tmp_path / "map.zip", embedder=lambda t: -Letters().encode(t)).predict(
            ["new"]
        )


def test_an_embedder_where_none_is_needed(saved):
    with pytest.raises(OptionError, match="made with 'builtin', which needs none; leave it out"):
        absclust.load(saved, embedder=Letters())


def test_another_version_of_the_builtin_model(saved, monkeypatch, sample):
    monkeypatch.setattr("absclust.saving.saved_embedder.model_hash", lambda: "another")
    monkeypatch.setattr("absclust.saving.store.DIMENSIONS", 100)
    monkeypatch.setattr("absclust.saving.store.tokenizer", lambda: Tokenizer(WordLevel()))
    themes = absclust.load(saved)
    assert themes.predict(sample.iloc[:2])["theme"].tolist() == themes.labels[:2].tolist()
    with pytest.raises(EmbedderError, match="another version of the built-in model"):
        themes.predict(["a new one"])


@pytest.fixture
def model_folder(tmp_path):
    """Return the folder of a sentence-transformers model that needs no download."""
    from tests.embedding.test_transformer import save_static_model

    return save_static_model(tmp_path / "model")


@pytest.mark.slow
def test_a_model_in_a_folder_is_found_again_where_it_is_safe(model_folder, tmp_path, monkeypatch):
    texts = ["robot arms grasp cups", "proteins fold in cells", "robots grasp", "cells fold cups"]
    embedder = TransformerEmbedder(str(model_folder), device="cpu", max_tokens=50)
    monkeypatch.setenv("ABSCLUST_CACHE", str(tmp_path / "cache"))
    themes = cluster_abstracts(texts, embedder=embedder)
    themes.save(tmp_path / "map")
    with pytest.raises(EmbedderError, match="only if you say so"):
        absclust.load(tmp_path / "map").predict(["a new one"])
    again = absclust.load(tmp_path / "map", trust_model=True)
    assert again.foundation.encoder.embedder.name == str(model_folder.resolve())
    assert again.foundation.encoder.embedder.max_tokens == 50
    new = ["arms grasp", None]
    pd.testing.assert_frame_equal(again.predict(new), themes.predict(new), check_exact=True)
    (model_folder / "modeling.py").write_text("raise SystemExit")
    with pytest.raises(EmbedderError, match="may run code; pass it"):
        absclust.load(tmp_path / "map", trust_model=True).predict(["a new one"])


@pytest.mark.parametrize(
    "about",
    [
        {"kind": "hub", "name": "../model"},
        {"kind": "hub", "name": "/tmp/model"},
        {"kind": "hub", "name": "a b"},
        {"kind": "folder", "name": "model"},
        {"kind": "folder", "name": "/"},
        {"kind": "object", "name": "os.system"},
    ],
)
def test_forged_embedders_are_not_taken(tmp_path, about):
    small().save(tmp_path / "map.zip")
    options = {"max_tokens": 96, "prompt": None}
    about |= {"revision": "", "options": options}
    forge(tmp_path / "map.zip", "map.json", lambda plain: plain | {"embedder": about})
    with pytest.raises(EmbedderError, match="pass it"):
        absclust.load(tmp_path / "map.zip").predict(["a new one"])


def forge(path, name, change):
    """Change a part of a map, with a checksum that fits, as anyone can."""
    files = parts(path)
    data = files[name]
    if name.endswith("json"):
        data = _dump(change(json.loads(data)))
    elif name.endswith("safetensors"):
        data = as_safetensors(change(from_safetensors(data)))
    else:
        data = change(data)
    write_parts(path, files | {name: data})


EMBEDDING, KEYS = "Foundation.paper_embedding", "Corpus.paper_keys"


def put(name, position, value):
    def change(arrays):
        arrays[name] = arrays[name].copy()
        arrays[name][position] = value
        return arrays

    return change


@pytest.mark.parametrize(
    "change",
    [
        put("ThemeMap.labels", 0, 99),
        put("ThemeMap.labels", 0, -2),
        put("Foundation.paper_embedding", 0, np.nan),
        put("Foundation.paper_embedding", 0, 1e30),
        put("Membership.strength", 0, 7),
        put("Membership.margin", 0, -7),
        put("NeighborGraph.indices", 0, 99),
        put("NeighborGraph.indices", 0, -1),
        put("NeighborGraph.similarities", 0, np.inf),
        put("Corpus.paper_of_row", 0, 10**12),
        put("Corpus.first_row", 0, -1),
        put("Membership.runner_up", 0, 99),
        put("Corpus.paper_keys", 0, 255),
        put("Foundation.known_calibration", 0, 0.99),
        lambda arrays: arrays | {"ThemeMap.labels": arrays["ThemeMap.labels"][:-1]},
        lambda arrays: arrays | {"ThemeMap.labels": arrays["ThemeMap.labels"].astype(float)},
        lambda arrays: arrays | {EMBEDDING: arrays[EMBEDDING][0]},
        lambda arrays: arrays | {EMBEDDING: arrays[EMBEDDING][:, :0]},
        lambda arrays: arrays | {EMBEDDING: arrays[EMBEDDING].astype(np.float64)},
        lambda arrays: arrays | {KEYS: arrays[KEYS].view(np.int8)},
        lambda arrays: arrays | {KEYS: arrays[KEYS].reshape(30, 8)},
        lambda arrays: arrays | {"Foundation.known_coordinates": np.zeros((15, 3), np.float32)},
        lambda arrays: arrays | {"Foundation.added": np.ones(15, dtype=bool)},
        lambda arrays: arrays | {"Corpus.title_only": np.array([99])},
        lambda arrays: arrays | {"FittedLSA.idf": np.ones(3, dtype=np.float32)},
        lambda arrays: arrays | {"more": np.zeros(1)},
        lambda arrays: {n: a for n, a in arrays.items() if n != "Membership.margin"},
        lambda arrays: {n: a[:0] for n, a in arrays.items()},
    ],
)
def test_forged_arrays(tmp_path, change):
    small().save(tmp_path / "map.zip")
    forge(tmp_path / "map.zip", "arrays.safetensors", change)
    with pytest.raises(StoreError, match="not an intact saved map"):
        absclust.load(tmp_path / "map.zip")


def in_map(field, value):
    return lambda values: {**values, "map": {**values["map"], field: value}}


def in_part(part, field, value):
    return lambda values: in_map(part, {**values["map"][part], field: value})(values)


def in_part_of_foundation(part, field, value):
    def change(values):
        of = values["map"]["foundation"][part]
        return in_part("foundation", part, {**of, field: value})(values)

    return change


def in_themes(field, value):
    def change(values):
        return in_map("themes", [{**theme, field: value} for theme in values["map"]["themes"]])(
            values
        )

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda values: [],
        lambda values: None,
        lambda values: in_map("themes", values["map"]["themes"][:-1])(values),
        in_map("themes", []),
        in_map("history", [3]),
        in_map("history", "edited"),
        in_map("settings", {"code": "1"}),
        in_themes("id", 0),
        in_themes("size", 10**30),
        in_themes("name", 3),
        in_themes("name", " "),
        in_themes("author_keywords", ""),
        in_themes("representative_rows", [99, 0, 0]),
        in_themes("stability", 7),
        in_themes("other", 3),
        in_part("settings", "resolution", -1.0),
        in_part("settings", "resolution", 1e300),
        in_part("settings", "n_themes", 10**6),
        in_part("foundation", "random_state", -1),
        in_part("foundation", "random_state", "0"),
        in_part("foundation", "options", []),
        in_part("foundation", "min_strength", "high"),
        in_part("foundation", "min_strength", 2.0),
        in_part_of_foundation("options", "embedder", 5),
        in_part_of_foundation("options", "clusterer", None),
        in_part_of_foundation("options", "namer", 3),
        in_part_of_foundation("options", "seed_themes", "robots"),
        in_part_of_foundation("options", "labels", {"include": "many"}),
        in_part_of_foundation("paper_graph", "scale", 0.0),
        in_part_of_foundation("paper_graph", "scale", 1),
        in_part_of_foundation("paper_graph", "scale", 1e300),
        in_part_of_foundation("paper_graph", "scale", None),
        in_part_of_foundation("corpus", "titles", ["Owls"]),
        in_part_of_foundation("corpus", "paper_titles", [3] * 15),
        in_part_of_foundation("corpus", "paper_texts", "a" * 15),
        lambda values: {**values, "fitted": {"features": "words", "vocabulary": ["owls"]}},
    ],
)
def test_forged_values(tmp_path, change):
    small().save(tmp_path / "map.zip")
    forge(tmp_path / "map.zip", "values.json", change)
    with pytest.raises(StoreError, match="not an intact saved map"):
        absclust.load(tmp_path / "map.zip")


@pytest.mark.parametrize(
    "change",
    [
        lambda about: [],
        {"embedder": {"kind": "pickle"}},
        {"embedder": {"kind": "builtin", "model": model_hash()}},
        {"embedder": {"kind": "builtin", "model": "another"}},
        {"embedder": {"kind": "lsa"}},
        {"embedder": None},
        {"fingerprint": "0" * 32},
    ],
)
def test_forged_descriptions(tmp_path, change):
    small().save(tmp_path / "map.zip")
    forge(tmp_path / "map.zip", "map.json", change if callable(change) else lambda a: a | change)
    with pytest.raises(StoreError, match="not an intact saved map"):
        absclust.load(tmp_path / "map.zip")


def test_what_is_forged_is_refused_for_its_values_alone(tmp_path):
    small().save(tmp_path / "map.zip")
    for name in parts(tmp_path / "map.zip"):
        forge(tmp_path / "map.zip", name, lambda same: same)
    assert len(absclust.load(tmp_path / "map.zip")) == 3


def test_a_map_of_another_model_is_saved_again_whole(tmp_path, monkeypatch):
    # Else it could not be loaded any more where its model is.
    themes = cluster_abstracts(["Robots grasp.", "Robots grasp cups.", "Proteins fold."])
    themes.save(tmp_path / "map.zip")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("absclust.saving.saved_embedder.model_hash", lambda: "another")
        absclust.load(tmp_path / "map.zip").rename({0: "Arms"}).save(tmp_path / "map.zip")
    again = absclust.load(tmp_path / "map.zip")
    assert again[0].name == "Arms"
    pd.testing.assert_series_equal(
        again.predict(["A robot grasps."])["strength"],
        themes.predict(["A robot grasps."])["strength"],
    )


def test_notes_of_others_in_a_table_are_left_alone(tmp_path):
    frame = pd.DataFrame({"abstract": ["Robots grasp.", "Proteins fold."]})
    for attrs in ({"notes": 5, "sources": "Scopus"}, {"notes": [5], "sources": [{"file": 5}]}):
        frame.attrs = attrs
        themes = cluster_abstracts(frame)
        themes.save(tmp_path / "map.zip")
        again = absclust.load(tmp_path / "map.zip")
        assert again.corpus.records.attrs == attrs
        assert again.sources()["identified"].tolist() == [2]
        assert again.update(["Owls hoot."]).themes.corpus.report() == []


def huge_safetensors(shape, end):
    header = json.dumps(
        {"ThemeMap.labels": {"dtype": "I64", "shape": shape, "data_offsets": [0, end]}}
    )
    return len(header).to_bytes(8, "little") + header.encode()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("arrays.safetensors", huge_safetensors([10**12], 8 * 10**12)),
        ("arrays.safetensors", huge_safetensors([10**12], 8)),
        ("arrays.safetensors", huge_safetensors([10**12, 0], 0)),
        ("arrays.safetensors", (2**63).to_bytes(8, "little") + b"{}"),
        ("arrays.safetensors", b"\x80\x04cos\nsystem\n(S'exit 1'\ntR."),  # a pickle
        ("arrays.safetensors", b"\x93NUMPY\x01\x00"),
        ("arrays.safetensors", b""),
        ("map.json", b"[" * 1_000_000),
        ("map.json", b'{"format": NaN}'),
        ("values.json", b'{"map": NaN}'),
        ("values.json", b"\xff\xfe"),
        ("records.parquet", b"PAR1" + b"\x00" * 100 + b"\xff\xff\xff\x7fPAR1"),
        ("records.parquet", b""),
    ],
)
def test_hostile_files(tmp_path, name, data):
    small().save(tmp_path / "map.zip")
    write_parts(tmp_path / "map.zip", parts(tmp_path / "map.zip") | {name: data})
    with pytest.raises(StoreError, match="not an intact saved map"):
        absclust.load(tmp_path / "map.zip")


@cache
def map_in_parts() -> dict[str, bytes]:
    return parts(io.BytesIO(map_bytes(small())))


def changed(data, where, how):
    where %= len(data)
    if how == 0:
        return data[:where]
    return data[:where] + bytes([data[where] ^ how]) + data[where + 1 :]


def damaged_maps_never_crash(tmp_path_factory, examples):
    path = tmp_path_factory.mktemp("damaged") / "map.zip"
    cases = given(st.integers(0, 7), st.integers(0, 10**6), st.integers(0, 255))

    def check(which, where, how):
        files = map_in_parts()
        name = [*files, None][min(which, len(files))]
        if name is None:  # the checksums no longer fit
            write_parts(path, files)
            path.write_bytes(changed(path.read_bytes(), where, how))
        else:
            write_parts(path, files | {name: changed(files[name], where, how)})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                themes = absclust.load(path)
            except StoreError:
                return
            if name is None:  # such as a date, which nobody reads
                assert map_bytes(themes) == map_bytes(small()), "a changed byte was not noticed"
            try:  # with updated checksums, the map must work or raise an AbsclustError
                themes.predict(["a new one"], embeddings=np.ones((1, 4)))
                themes.predict(["owls and robots, part 3"])
                repr(themes), themes.table(), themes.papers(), themes.summary()
            except AbsclustError:
                pass

    settings(max_examples=examples, deadline=None, database=None)(cases(check))()


@pytest.mark.attack
def test_damaged_maps_never_crash(tmp_path_factory):
    damaged_maps_never_crash(tmp_path_factory, 400 * TIMES)


@pytest.mark.slow
def test_thousands_of_damaged_maps_never_crash(tmp_path_factory):
    damaged_maps_never_crash(tmp_path_factory, 2000)


FORGED = [None, -1, 1e300, 10**30, "", [], {}, True, ["a"], {"a": 1}]


def places_in(value, path=()):
    """Yield the way to every value in plain values; of lists, to the first two."""
    items = {}
    if isinstance(value, dict):
        items = value
    elif isinstance(value, list):
        items = dict(enumerate(value[:2]))
    for key, inner in items.items():
        yield (*path, key)
        yield from places_in(inner, (*path, key))


def forged(value, path, instead):
    """Return plain values with another value at one place."""
    if not path:
        return instead
    changed = value.copy()
    changed[path[0]] = forged(value[path[0]], path[1:], instead)
    return changed


@pytest.mark.attack
def test_every_value_that_is_forged_is_refused_or_harmless(tmp_path):
    path, report = tmp_path / "map.zip", tmp_path / "report.md"
    files = parts(io.BytesIO(map_bytes(small().update(["owls"], embeddings=np.eye(1, 4)).themes)))
    plain = {name: json.loads(files[name]) for name in ("map.json", "values.json")}
    cases = [(place, value) for place in places_in(plain) if place[1:] for value in FORGED]
    for place, value in cases[:: max(1, 40 // TIMES)]:
        changed = forged(plain, place, value)
        content = {name: _dump(changed[name]) for name in plain}
        write_parts(path, files | content)
        try:
            themes = absclust.load(path)
        except StoreError:
            continue
        try:
            themes.report(report), repr(themes), themes.summary(), themes.papers()
            themes.predict(["a new one"], embeddings=np.ones((1, 4)))
            themes.update(["another"], embeddings=np.ones((1, 4)))
            themes.sources(), themes.alternatives(), themes.tree(), map_bytes(themes)
        except AbsclustError:
            pass
        except Exception as error:
            raise AssertionError(f"{place} forged as {value!r} fails later") from error


def test_a_map_and_a_plan_come_from_open_files(sample_themes):
    written = io.BytesIO()
    sample_themes.save(written)
    loaded = absclust.load(io.BytesIO(written.getvalue()))
    assert loaded.fingerprint == sample_themes.fingerprint
    plan = io.StringIO(f'[rename]\n"{sample_themes[0].name}" = "Owls"')
    assert loaded.edit(plan)[0].name == "Owls"
    for source in (io.BytesIO(b"no map"), 5):
        with pytest.raises(StoreError):
            absclust.load(source)
    with pytest.raises(ReadError, match="can't be a path"):
        loaded.edit(5)
