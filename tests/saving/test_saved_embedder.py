"""How a saved map describes a sentence-transformers model, and how it is found again."""

import json
from pathlib import Path

import pytest

from absclust import EmbedderError, TransformerEmbedder
from absclust.embedding.embed import FittedEmbedding
from absclust.embedding.embedder import MissingEmbedder
from absclust.saving.saved_embedder import describe_embedder, find_embedder

pytestmark = pytest.mark.attack


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    return str(folder)


def test_all_that_vectors_depend_on_comes_back(model):
    embedder = TransformerEmbedder(model, max_tokens=50, prompt="query: ")
    about = describe_embedder(FittedEmbedding(embedder))
    again = find_embedder(about, trust_model=True)
    assert isinstance(again, TransformerEmbedder)
    assert again.cache_key == embedder.cache_key


@pytest.mark.parametrize(
    "options", [{"max_tokens": "96"}, {"max_tokens": 0}, {"max_tokens": None}, {"prompt": []}]
)
def test_options_that_do_not_exist(model, options):
    about = describe_embedder(FittedEmbedding(TransformerEmbedder(model)))
    about["options"] |= options
    with pytest.raises((ValueError, TypeError)):
        find_embedder(about)


def test_a_folder_that_a_map_names_is_not_read_without_being_asked(model, tmp_path, monkeypatch):
    about = describe_embedder(FittedEmbedding(TransformerEmbedder(model)))

    def read(*_, **__):
        raise AssertionError("the folder was read")

    monkeypatch.setattr(Path, "rglob", read)
    found = find_embedder(about)
    assert isinstance(found, MissingEmbedder)
    with pytest.raises(EmbedderError, match="trust_model=True") as error:
        found.encode(["a text"])
    assert model in str(error.value)


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("modules.json", [{"idx": 0, "type": "sklearn.utils.parallel.joblib"}]),
        ("modules.json", [{"idx": 0, "type": "/other/folder--mod.X"}]),
        ("modules.json", [{"idx": 0, "type": "sentence_transformers.util.misc.importlib"}]),
        ("modules.json", [{"idx": 0, "type": "sentence_transformers_evil.X"}]),
        ("1_Router/router_config.json", {"types": {"query": "joblib.numpy_pickle"}}),
        ("2/config.json", {"deep": [{"types": {"a": "os.system"}}]}),
        ("2/CONFIG.JSON", {"type": "os.system"}),
        ("2/config.json", {"type": {"query": "os.system"}}),
    ],
)
def test_a_trusted_model_names_no_classes_but_those_of_the_library(model, tmp_path, file, names):
    path = Path(model) / file
    path.parent.mkdir(exist_ok=True)
    # Escaped, as JSON allows it.
    path.write_text(json.dumps(names).replace('"type', '"\\u0074ype'))
    about = describe_embedder(FittedEmbedding(TransformerEmbedder(model)))
    found = find_embedder(about, trust_model=True)
    assert isinstance(found, MissingEmbedder)


@pytest.mark.parametrize("content", ["{", "[" * 100_000, "\udcff".encode(errors="surrogatepass")])
def test_a_trusted_model_with_unreadable_files_is_not_loaded(model, tmp_path, content):
    file = Path(model) / "modules.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    about = describe_embedder(FittedEmbedding(TransformerEmbedder(model)))
    assert isinstance(find_embedder(about, trust_model=True), MissingEmbedder)
