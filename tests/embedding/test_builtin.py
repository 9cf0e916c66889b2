import json
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest

from absclust import BuiltinEmbedder
from absclust.embedding.tokens import count_tokens

MODEL = files("absclust.embedding").joinpath("model")
ENGLISH = "We study how agents learn value functions from offline data, and where they fail."
GERMAN = "Wir untersuchen die Wärmeleitfähigkeit gepresster Dämmstoffe unter Feuchtebelastung."
CHINESE = "本文研究强化学习中的价值函数估计问题，并提出一种新的方法。"


def test_vectors_have_unit_length_and_similar_texts_lie_together():
    texts = [
        "Q-learning with a value function",
        "temporal-difference value learning",
        "protein folds",
    ]
    vectors = BuiltinEmbedder().encode(texts)
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_a_text_has_the_same_vector_in_any_batch():
    # In BERTopic, predictions depended on the batch (#905, #1696).
    embedder = BuiltinEmbedder()
    texts = [ENGLISH, GERMAN, CHINESE, "", "owl"] * 300
    batch = embedder.encode(texts)
    assert np.array_equal(batch[:5], embedder.encode(texts[:5]))
    assert np.array_equal(batch[-1], embedder.encode(["owl"])[0])


def test_repeated_words_count_less():
    once, twice, often = BuiltinEmbedder().encode(
        ["robot owl", "robot robot owl", "robot " * 9 + "owl"]
    )
    robot = BuiltinEmbedder().encode(["robot"])[0]
    assert once @ robot < twice @ robot < often @ robot < 0.99


def test_texts_without_known_pieces_are_zero():
    assert not BuiltinEmbedder().encode(["", "  "]).any()
    assert np.isfinite(BuiltinEmbedder().encode(["\x00 \ufffd 🦉", "a" * 100_000])).all()


def test_loading_imports_neither_torch_nor_transformers():
    code = (
        "import sys, json, absclust; absclust.BuiltinEmbedder().encode(['an owl']);"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert not {"torch", "transformers", "sentence_transformers", "sklearn", "pandas"} & loaded


def test_size_in_the_wheel():
    size = sum(file.stat().st_size for file in MODEL.iterdir())  # type: ignore[attr-defined]
    assert size < 16e6


@pytest.mark.slow
def test_model2vec_and_sentence_transformers_load_it():
    # Earlier releases read the int8 vectors as weights, and ignore the factors.
    pytest.importorskip("sentence_transformers", minversion="6.2")
    from model2vec import StaticModel
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    # Each token once: model2vec sums repeated tokens, absclust dampens them.
    texts = [ENGLISH, "protein folding"]
    assert count_tokens(texts).counts.max() == 1
    builtin_vectors = BuiltinEmbedder().encode(texts)
    model2vec_vectors = StaticModel.from_pretrained(str(MODEL)).encode(texts)
    assert np.allclose(builtin_vectors, model2vec_vectors, atol=1e-3)
    module = StaticEmbedding.from_model2vec(str(MODEL))
    model = SentenceTransformer(modules=[module], device="cpu")
    assert np.allclose(builtin_vectors, model.encode(texts, normalize_embeddings=True), atol=1e-3)


def test_lone_surrogates_do_not_crash():
    vectors = BuiltinEmbedder().encode(["reward \ud800 model", "reward model"])
    assert vectors[0] @ vectors[1] > 0.5
