"""How a saved map describes a sentence-transformers model, and how it is found again."""

import pytest

from absclust import TransformerEmbedder
from absclust.embedding.embed import FittedEmbedding
from absclust.saving.saved_embedder import describe_embedder, find_embedder


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    return str(folder)


@pytest.mark.parametrize("backend", ["torch", "onnx"])
def test_all_that_vectors_depend_on_comes_back(model, tmp_path, backend):
    embedder = TransformerEmbedder(model, max_tokens=50, prompt="query: ", backend=backend)
    about = describe_embedder(FittedEmbedding(embedder))
    again = find_embedder(about, tmp_path / "map")
    assert isinstance(again, TransformerEmbedder)
    assert again.backend == backend
    assert again.cache_key == embedder.cache_key


@pytest.mark.parametrize("backend", ["openvino", None, ["onnx"]])
def test_a_backend_that_does_not_exist(model, tmp_path, backend):
    about = describe_embedder(FittedEmbedding(TransformerEmbedder(model)))
    with pytest.raises(ValueError, match="backend is unknown"):
        find_embedder(about | {"backend": backend}, tmp_path / "map")
