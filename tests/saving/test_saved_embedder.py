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
def test_all_that_vectors_depend_on_comes_back(model, backend):
    embedder = TransformerEmbedder(model, max_tokens=50, prompt="query: ", backend=backend)
    about = describe_embedder(FittedEmbedding(embedder))
    again = find_embedder(about)
    assert isinstance(again, TransformerEmbedder)
    assert again.backend == backend
    assert again.cache_key == embedder.cache_key


@pytest.mark.parametrize(
    "options", [{"backend": "openvino"}, {"backend": None}, {"max_tokens": "96"}, {"prompt": []}]
)
def test_options_that_do_not_exist(model, options):
    about = describe_embedder(FittedEmbedding(TransformerEmbedder(model)))
    about["options"] |= options
    with pytest.raises((ValueError, TypeError)):
        find_embedder(about)
