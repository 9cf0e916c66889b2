"""save and load: the same map comes back, and anything else is a clear error."""

import dataclasses
import hashlib
import json
import shutil
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load as from_safetensors
from safetensors.numpy import save as as_safetensors

import absclust
from absclust import (
    AbsclustError,
    EmbedderError,
    OptionError,
    StoreError,
    StoreWarning,
    ThemeMap,
    TransformerEmbedder,
    cluster_abstracts,
)
from absclust.clustering.leiden import PartitionSettings
from absclust.clustering.membership import Membership
from absclust.clustering.neighbors import NeighborGraph
from absclust.corpus.corpus import Corpus
from absclust.embedding.builtin import DIMENSIONS, BuiltinEmbedder, FittedBuiltin, model_hash
from absclust.embedding.contexts import TokenContexts
from absclust.embedding.embed import FittedEmbedding
from absclust.embedding.embedder import MissingEmbedder
from absclust.embedding.lsa import FittedLSA
from absclust.saving.archive import dump
from absclust.saving.store import _THEME
from absclust.themes.foundation import Foundation
from absclust.themes.theme import Theme
from tests.conftest import ROOT

SAMPLES_OF_MAPS = ROOT / "tests" / "data" / "format-1"
NEW = ["A robot policy grasps cups.", None, "Graph neural networks pass messages.", "ꙮ"]


@pytest.fixture(scope="module")
def saved(sample_themes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved") / "map"
    sample_themes.save(folder)
    return folder


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
    author_keyword_themes.save(tmp_path)
    again = absclust.load(tmp_path)
    assert all(theme.author_keywords for theme in again)
    assert again.themes == author_keyword_themes.themes


def test_nothing_in_the_folder_is_pickled(saved):
    assert {path.suffix for path in saved.iterdir()} == {".json", ".safetensors", ".parquet"}
    manifest = json.loads((saved / "manifest.json").read_bytes())
    assert manifest["format"] == 1
    assert {"absclust", "python", "numpy", "scikit-learn"} <= set(manifest["versions"])


def test_the_same_map_gives_the_same_folder(tmp_path):
    small().save(tmp_path / "one")
    absclust.load(tmp_path / "one").save(tmp_path / "two")
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    )
    assert one == two


def test_coordinates_are_kept_where_they_were_computed(tmp_path):
    themes = small()
    themes.save(tmp_path)
    assert absclust.load(tmp_path).foundation.coordinates_so_far is None
    places = themes.foundation.paper_coordinates
    themes.save(tmp_path)
    assert np.array_equal(absclust.load(tmp_path).foundation.coordinates_so_far, places)


def test_every_field_has_its_place():
    # A new field must be added to store.py; otherwise it would be lost silently.
    assert set(_THEME) == {field.name for field in dataclasses.fields(Theme)}
    known = {
        # In _MAP and _FOUNDATION, or with the arrays and texts.
        ThemeMap: "foundation labels themes _paper_membership settings history",
        Foundation: "corpus paper_embedding paper_graph encoder added labels_when_added "
        "random_state stop_phrases vocabulary min_strength label_notes options progress n_jobs "
        "known_coordinates known_calibration",
        Corpus: "records titles paper_of_row paper_titles paper_texts paper_keys first_row "
        "title_only",
        NeighborGraph: "indices similarities groups level",
        Membership: "strength runner_up margin",
        PartitionSettings: "resolution n_themes min_theme_size",
        FittedEmbedding: "embedder fitted cache progress",
        FittedBuiltin: "centres contexts lsa lsa_centres",
        FittedLSA: "features vocabulary idf components",
        TokenContexts: "tokens idf vectors directions",
    }
    for kind, names in known.items():
        assert {field.name for field in dataclasses.fields(kind)} == set(names.split()), kind
    assert BuiltinEmbedder().encode(["owl"]).shape == (1, DIMENSIONS)


@pytest.mark.parametrize("name", ["builtin", "lsa", "given"])
def test_samples_of_the_format(name):
    """Every version after the first release must load them."""
    expected = json.loads((SAMPLES_OF_MAPS / f"{name}.json").read_text("utf-8"))
    themes = absclust.load(SAMPLES_OF_MAPS / name)
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
    records = absclust.load(SAMPLES_OF_MAPS / "given").corpus.records
    assert records.index[:2].tolist() == ["k0", "k1"]
    assert records["authors"].iloc[0] == ["Ada", "Ben"]
    assert records["about"].iloc[:6].tolist() == [{"doi": "10.1000/x"}, 3, "x", 1.5, None, (1, 2)]
    assert str(records["read"].dtype).startswith("datetime64")
    assert records["kind"].dtype == "category"


def test_values_that_cannot_be_stored_are_reported(tmp_path):
    frame = pd.DataFrame({"abstract": ["Robots grasp."], "file": [Path("a.pdf")]})
    themes = cluster_abstracts(frame)
    with pytest.warns(StoreWarning, match="1 in column 'file'"):
        themes.save(tmp_path)
    assert absclust.load(tmp_path).corpus.records["file"].tolist() == ["a.pdf"]


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
    themes.save(tmp_path)
    again = absclust.load(tmp_path)
    assert again.options == themes.options
    pd.testing.assert_frame_equal(again.predict(NEW), themes.predict(NEW), check_exact=True)


def test_saving_over_another_map(sample_themes, saved, tmp_path):
    shutil.copytree(saved, tmp_path / "map")
    small().save(tmp_path / "map")
    assert absclust.load(tmp_path / "map").corpus.n_rows == 15
    assert len(list((tmp_path / "map").iterdir())) == 5


class Letters:
    def encode(self, sentences):
        return np.array([[s.lower().count(c) + 0.1 for c in "abcdefgh"] for s in sentences])


def test_an_embedder_that_can_not_be_found_again_is_asked_for(sample, tmp_path):
    themes = cluster_abstracts(sample, embedder=Letters())
    themes.save(tmp_path)
    without = absclust.load(tmp_path)
    assert without.table().equals(themes.table())
    assert without.predict(sample.iloc[:2])["theme"].tolist() == themes.labels[:2].tolist()
    with pytest.raises(EmbedderError, match=r"test_store.Letters; pass it, absclust.load\(folder"):
        without.predict(["a new one"])
    without.save(tmp_path)  # what is known about the embedder is not lost
    predicted = absclust.load(tmp_path, embedder=Letters()).predict(["a new one"])
    pd.testing.assert_frame_equal(predicted, themes.predict(["a new one"]), check_exact=True)
    with pytest.raises(EmbedderError, match="gives vectors of 2 dimensions, not 8"):
        absclust.load(tmp_path, embedder=lambda texts: np.ones((len(texts), 2))).predict(["new"])
    with pytest.raises(EmbedderError, match="gives other vectors"):
        absclust.load(tmp_path, embedder=lambda t: -Letters().encode(t)).predict(["new"])


def test_an_embedder_where_none_is_needed(saved):
    with pytest.raises(OptionError, match="made with 'builtin', which needs none; leave it out"):
        absclust.load(saved, embedder=Letters())


def test_another_version_of_the_builtin_model(saved, monkeypatch, sample):
    monkeypatch.setattr("absclust.saving.saved_embedder.model_hash", lambda: "another")
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
    again = absclust.load(tmp_path / "map")
    assert again.foundation.encoder.embedder.name == str(model_folder.resolve())
    assert again.foundation.encoder.embedder.max_tokens == 50
    new = ["arms grasp", None]
    pd.testing.assert_frame_equal(again.predict(new), themes.predict(new), check_exact=True)
    (model_folder / "modeling.py").write_text("raise SystemExit")
    with pytest.raises(EmbedderError, match="may run code; pass it"):
        absclust.load(tmp_path / "map").predict(["a new one"])


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
    small().save(tmp_path)
    about |= {"revision": "", "max_tokens": 96, "prompt": None, "backend": "torch"}
    forge(tmp_path, "map.json", lambda plain: plain | {"embedder": about})
    with pytest.raises(EmbedderError, match="pass it"):
        absclust.load(tmp_path).predict(["a new one"])


def forge(folder, name, change):
    """Change a file and update all checksums, as anyone can."""
    stem, ending = name.split(".")
    path = next(folder.glob(f"{stem}-*.{ending}"))
    data = path.read_bytes()
    if ending == "json":
        data = dump(change(json.loads(data)))
    elif ending == "safetensors":
        data = as_safetensors(change(from_safetensors(data)))
    else:
        data = change(data)
    resign(folder, path, name, data)


def resign(folder, path, name, data):
    manifest = json.loads((folder / "manifest.json").read_bytes())
    del manifest["sha256"]
    path.write_bytes(data)
    manifest["files"][name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    manifest["sha256"] = hashlib.sha256(dump(manifest)).hexdigest()
    (folder / "manifest.json").write_bytes(dump(manifest))


def put(name, position, value):
    def change(arrays):
        arrays[name] = arrays[name].copy()
        arrays[name][position] = value
        return arrays

    return change


@pytest.mark.parametrize(
    "change",
    [
        put("labels", 0, 99),
        put("labels", 0, -2),
        put("embedding", 0, np.nan),
        put("embedding", 0, 1e30),
        put("neighbors", 0, 99),
        put("neighbors", 0, -1),
        put("similarities", 0, np.inf),
        put("paper_of_row", 0, 10**12),
        put("first_row", 0, -1),
        put("runner_up", 0, 99),
        put("paper_keys", 0, 255),
        put("usual_similarity", 0, 0.99),
        lambda arrays: arrays | {"labels": arrays["labels"][:-1]},
        lambda arrays: arrays | {"labels": arrays["labels"].astype(float)},
        lambda arrays: arrays | {"embedding": arrays["embedding"][0]},
        lambda arrays: arrays | {"embedding": arrays["embedding"][:, :0]},
        lambda arrays: arrays | {"coordinates": np.zeros((15, 3), dtype=np.float32)},
        lambda arrays: arrays | {"added": np.ones(15, dtype=bool)},
        lambda arrays: arrays | {"title_only": np.array([99])},
        lambda arrays: arrays | {"more": np.zeros(1)},
        lambda arrays: {n: a for n, a in arrays.items() if n != "margin"},
        lambda arrays: {n: a[:0] for n, a in arrays.items()},
    ],
)
def test_forged_arrays(tmp_path, change):
    small().save(tmp_path)
    forge(tmp_path, "arrays.safetensors", change)
    with pytest.raises(StoreError, match="not an intact saved map"):
        absclust.load(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: [],
        lambda plain: None,
        lambda plain: {**plain, "themes": plain["themes"][:-1]},
        lambda plain: {**plain, "themes": [{**t, "id": 0} for t in plain["themes"]]},
        lambda plain: {**plain, "themes": [{**t, "size": 10**30} for t in plain["themes"]]},
        lambda plain: {**plain, "themes": [{**t, "name": 3} for t in plain["themes"]]},
        lambda plain: {**plain, "themes": [{**t, "author_keywords": ""} for t in plain["themes"]]},
        lambda plain: {**plain, "themes": [{**t, "other": 3} for t in plain["themes"]][:0]},
        lambda plain: {
            **plain,
            "themes": [{**t, "representative_rows": [99, 0, 0]} for t in plain["themes"]],
        },
        lambda plain: {**plain, "rule": {"resolution": -1}},
        lambda plain: {**plain, "rule": {"code": "1"}},
        lambda plain: {**plain, "random_state": -1},
        lambda plain: {**plain, "random_state": "0"},
        lambda plain: {**plain, "options": []},
        lambda plain: {**plain, "min_strength": "high"},
        lambda plain: {**plain, "min_strength": 2},
        lambda plain: {**plain, "level": None},
        lambda plain: {**plain, "embedder": {"kind": "pickle"}},
        lambda plain: {**plain, "embedder": {"kind": "builtin", "model": model_hash()}},
        lambda plain: {**plain, "embedder": {"kind": "lsa"}},
        lambda plain: {**plain, "features": "words"},
        lambda plain: {**plain, "features": ["words"]},
        lambda plain: {**plain, "records": {**plain["records"], "numbered": [0, 10**18, 1, None]}},
        lambda plain: {**plain, "records": {**plain["records"], "columns": []}},
        lambda plain: {**plain, "records": {**plain["records"], "attrs": 3}},
    ],
)
def test_forged_json(tmp_path, change):
    small().save(tmp_path)
    forge(tmp_path, "map.json", change)
    with pytest.raises(StoreError, match="not an intact saved map"):
        absclust.load(tmp_path)


def huge_safetensors(shape, end):
    header = json.dumps({"labels": {"dtype": "I64", "shape": shape, "data_offsets": [0, end]}})
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
        ("map.json", b'{"themes": NaN}'),
        ("texts.json", b'{"titles": ["\\ud800"]}'),
        ("texts.json", b"\xff\xfe"),
        ("records.parquet", b"PAR1" + b"\x00" * 100 + b"\xff\xff\xff\x7fPAR1"),
        ("records.parquet", b""),
    ],
)
def test_hostile_files(tmp_path, name, data):
    small().save(tmp_path)
    stem, ending = name.split(".")
    resign(tmp_path, next(tmp_path.glob(f"{stem}-*.{ending}")), name, data)
    with pytest.raises(StoreError, match="not an intact saved map"):
        absclust.load(tmp_path)


@cache
def files_of_a_map() -> tuple[tuple[str, bytes], ...]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        small().save(folder)
        return tuple((p.name, p.read_bytes()) for p in sorted(Path(folder).iterdir()))


def damage(folder, which, where, how, *, sign):
    """Write a map with one file changed; if ``sign``, with updated checksums."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    files = files_of_a_map()
    for name, data in files:
        (folder / name).write_bytes(data)
    name, data = files[which % len(files)]
    position = where % len(data)
    if how == 0:
        data = data[:position]
    else:
        data = data[:position] + bytes([data[position] ^ how]) + data[position + 1 :]
    if sign and name != "manifest.json":
        stem, ending = name.split(".")
        resign(folder, folder / name, f"{stem.split('-')[0]}.{ending}", data)
    else:
        (folder / name).write_bytes(data)


MANIFEST = 1  # its position in the order of names


def damaged_maps_never_crash(tmp_path_factory, examples):
    folder = tmp_path_factory.mktemp("damaged") / "map"
    cases = given(st.integers(0, 4), st.integers(0, 10**6), st.integers(0, 255), st.booleans())

    def check(which, where, how, sign):
        damage(folder, which, where, how, sign=sign)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                themes = absclust.load(folder)
            except StoreError:
                return
            unnoticed = not sign or which == MANIFEST
            assert not unnoticed, "a changed byte was not noticed"
            try:  # with updated checksums, the map must work or raise an AbsclustError
                themes.predict(["a new one"], embeddings=np.ones((1, 4)))
                themes.predict(["owls and robots, part 3"])
                repr(themes), themes.table(), themes.papers(), themes.summary()
            except AbsclustError:
                pass

    settings(max_examples=examples, deadline=None, database=None)(cases(check))()


def test_damaged_maps_never_crash(tmp_path_factory):
    damaged_maps_never_crash(tmp_path_factory, 400)


@pytest.mark.slow
def test_thousands_of_damaged_maps_never_crash(tmp_path_factory):
    damaged_maps_never_crash(tmp_path_factory, 2000)
