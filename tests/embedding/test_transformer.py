import sys

import numpy as np
import pytest

from absclust import (
    EmbedderError,
    MissingPackageError,
    TransformerEmbedder,
    cluster_abstracts,
)
from absclust.cli import main
from absclust.embedding import transformer
from absclust.embedding.transformer import model_revision

TEXTS = ["robot arms grasp cups", "proteins fold in cells", "robots grasp"]


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    return save_static_model(tmp_path_factory.mktemp("model"))


def save_static_model(folder):
    """Save a small but real sentence-transformers model, which needs no download."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = sorted({word for text in TEXTS for word in text.split()})
    vocabulary = {word: i for i, word in enumerate(["[UNK]", *words])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    weights = np.random.default_rng(0).normal(size=(len(vocabulary), 16)).astype(np.float32)
    module = StaticEmbedding(tokenizer, embedding_weights=weights)
    SentenceTransformer(modules=[module], device="cpu").save(str(folder))
    return folder


@pytest.mark.slow
def test_a_model_in_a_folder_encodes_texts(model_folder):
    embedder = TransformerEmbedder(str(model_folder), device="cpu", batch_size=2)
    vectors = embedder.encode(TEXTS)
    assert vectors.shape == (3, 16)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.slow
def test_a_second_run_takes_all_vectors_from_the_cache(model_folder, tmp_path, monkeypatch):
    # BERTopic computed embeddings again each time (#520, #1376).
    first = cluster_abstracts(TEXTS, embedder=str(model_folder), cache=tmp_path)
    monkeypatch.setattr(TransformerEmbedder, "encode", lambda *_: pytest.fail("encoded again"))
    again = cluster_abstracts(TEXTS, embedder=str(model_folder), cache=tmp_path)
    assert np.array_equal(first.foundation.paper_embedding, again.foundation.paper_embedding)


def test_the_cache_key_changes_with_all_that_vectors_depend_on(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "weights").write_bytes(b"1")
    name = str(tmp_path)
    keys = {
        TransformerEmbedder(name).cache_key,
        TransformerEmbedder(name, max_tokens=256).cache_key,
        TransformerEmbedder(name, prompt="query: ").cache_key,
    }
    (tmp_path / "weights").write_bytes(b"2")
    keys.add(TransformerEmbedder(name).cache_key)
    assert len(keys) == 4
    same = TransformerEmbedder(name, batch_size=8, device="cpu").cache_key
    assert same in keys


def test_revision_of_a_model_that_is_not_on_the_disk():
    assert model_revision("no-such-model-of-absclust") == ""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["no-such-model-of-absclust", "/no/such/folder"])
def test_a_model_that_cannot_be_loaded(name):
    with pytest.raises(EmbedderError, match=r"can't load .* embedder='builtin'"):
        TransformerEmbedder(name).encode(TEXTS)


def test_without_a_connection_loading_is_not_even_tried(monkeypatch):
    def unreachable(*_, **__):
        raise ConnectionError("no route to the hub")

    monkeypatch.setattr("huggingface_hub.model_info", unreachable)
    monkeypatch.setattr(transformer, "find_spec", lambda name: object())
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)  # whose import would fail
    with pytest.raises(EmbedderError, match=r"no route to the hub.*Check the name") as caught:
        TransformerEmbedder("no-such-model-of-absclust").encode(TEXTS)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("missing", ["sentence_transformers", "torch"])
def test_without_the_packages_of_transformers(monkeypatch, tmp_path, missing):
    monkeypatch.setitem(sys.modules, missing, None)  # as in a light install
    embedder = TransformerEmbedder(str(tmp_path))
    for encode in (embedder.encode, lambda texts: cluster_abstracts(texts, embedder=embedder)):
        with pytest.raises(MissingPackageError, match="pip install sentence-transformers"):
            encode(TEXTS)
    papers = tmp_path / "papers.csv"
    papers.write_text("abstract\n" + "\n".join(TEXTS))
    assert main(["cluster", str(papers), "--embedder", "some-model", "--no-cache"]) == 5


@pytest.mark.slow
def test_the_device_is_passed_on(monkeypatch):
    class Model:
        max_seq_length = 512

        def __init__(self, name, **options):
            self.options = options

    monkeypatch.setattr("sentence_transformers.SentenceTransformer", Model)
    monkeypatch.setattr(transformer, "_reach_hub", lambda name: None)
    model = TransformerEmbedder("some-model", device="cpu")._load()
    assert model.options == {"device": "cpu"}
    assert model.max_seq_length == 96


@pytest.mark.slow
def test_a_model_that_the_library_cannot_load(monkeypatch):
    def fail(*_, **__):
        raise ImportError("cannot import name 'is_offline_mode'")

    monkeypatch.setattr("sentence_transformers.SentenceTransformer", fail)
    monkeypatch.setattr(transformer, "_reach_hub", lambda name: None)
    with pytest.raises(EmbedderError, match=r"can't load .*is_offline_mode"):
        TransformerEmbedder("some-model").encode(TEXTS)


def test_a_folder_that_holds_no_model_is_not_read_and_nobody_is_asked(tmp_path, monkeypatch):
    from absclust.embedding import transformer

    monkeypatch.setattr(transformer, "_reach_hub", lambda name: pytest.fail("asked the hub"))
    (tmp_path / "large.bin").write_bytes(b"x")
    assert transformer.model_revision(str(tmp_path)) == ""
    with pytest.raises(EmbedderError, match="the folder holds no model"):
        TransformerEmbedder(str(tmp_path)).encode(["Robots grasp."])
    assert transformer.model_revision("x" * 5000) == ""
