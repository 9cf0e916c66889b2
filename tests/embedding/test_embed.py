import numpy as np
import pytest

from absclust import EmbedderError, OptionError, VectorCache, cluster_abstracts
from absclust.corpus.corpus import build_corpus
from absclust.embedding.embed import embed
from absclust.embedding.lsa import fit_lsa

TEXTS = ["Robot arms grasp cups.", "Robots grasp tools.", "Proteins fold.", "Proteins fold fast."]
CORPUS = build_corpus(TEXTS)


class Letters:
    """An embedder that counts letters; it records the texts it was given."""

    def __init__(self):
        self.asked = []

    def encode(self, sentences):
        self.asked.append(list(sentences))
        return np.array([[s.count(c) for c in "abcdefghijklmnopqrstuvwxyz"] for s in sentences])


class Named(Letters):
    cache_key = "letters 1"


def test_builtin_is_the_default():
    embedding = embed(CORPUS)
    assert embedding.groups is None
    assert len(embedding.vectors) == 4
    assert embedding.vectors.shape[1] == 384
    assert np.allclose(np.linalg.norm(embedding.vectors, axis=1), 1, atol=1e-5)


def test_lsa_alone():
    assert np.array_equal(embed(CORPUS, embedder="lsa").vectors, fit_lsa(CORPUS.paper_texts)[1])


@pytest.mark.parametrize("kind", ["object", "callable", "list of lists", "float64"])
def test_embedders_of_every_kind(kind):
    letters = Letters()
    embedder = {
        "object": letters,
        "callable": letters.encode,
        "list of lists": lambda texts: letters.encode(texts).tolist(),
        "float64": lambda texts: letters.encode(texts).astype(np.float64),
    }[kind]
    vectors = embed(CORPUS, embedder=embedder).vectors
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert letters.asked == [list(CORPUS.paper_texts)]


def test_an_embedder_is_asked_for_each_distinct_paper_once():
    letters = Letters()
    themes = cluster_abstracts([*TEXTS, None, *TEXTS], embedder=letters)
    assert len(letters.asked[0]) == 4
    assert themes.labels[4] == -1
    assert np.array_equal(themes.labels[:4], themes.labels[5:])


def test_your_own_vectors_are_used_row_by_row():
    own = np.array([[1, 0], [1, 0.1], [0, 0], [0, 1], [0.1, 1]])
    themes = cluster_abstracts([*TEXTS[:2], None, *TEXTS[2:]], embeddings=own)
    assert themes.labels[0] == themes.labels[1] != themes.labels[3] == themes.labels[4]
    assert themes.foundation.paper_embedding.shape == (4, 2)
    # The same vectors with their rows in another order give the same themes.
    order = [3, 0, 2, 4, 1]
    texts = [*TEXTS[:2], None, *TEXTS[2:]]
    again = cluster_abstracts([texts[i] for i in order], embeddings=own[order])
    assert np.array_equal(again.labels, themes.labels[order])


def test_vectors_are_kept_by_name_and_text(tmp_path):
    first, second, third = Named(), Named(), Named()
    a = embed(CORPUS, embedder=first, cache=tmp_path).vectors
    b = embed(CORPUS, embedder=second, cache=VectorCache(tmp_path)).vectors
    assert first.asked
    assert not second.asked
    assert np.array_equal(a, b)
    embed(build_corpus([*TEXTS, "One more."]), embedder=third, cache=str(tmp_path))
    assert third.asked == [["One more."]]


def test_without_a_name_or_with_cache_off_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("ABSCLUST_CACHE", str(tmp_path / "cache"))
    embed(CORPUS, embedder=Letters())
    embed(CORPUS, embedder=Named(), cache=False)
    embed(CORPUS)
    assert not (tmp_path / "cache").exists()
    embed(CORPUS, embedder=Named())
    assert (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    ("vectors", "says"),
    [
        (np.ones((3, 2)), r"has shape \(3, 2\); expected \(4, d\)"),
        (np.ones(4), r"has shape \(4,\)"),
        (np.ones((4, 0)), r"has shape \(4, 0\)"),
        ([["a"], ["b"], ["c"], ["d"]], "is of type list and not an array of numbers"),
        ([[1], [1, 2], [1], [1]], "is of type list and not an array of numbers"),
        (np.array([[1.0], [np.nan], [1.0], [1.0]]), "NaN or infinite .* in 1 of 4 rows.* row 1"),
        (np.array([[1.0], [1.0], [np.inf], [1.0]]), "row 2"),
    ],
)
def test_unusable_vectors(vectors, says, tmp_path):
    with pytest.raises(EmbedderError, match=says):
        embed(CORPUS, embeddings=vectors)
    with pytest.raises(EmbedderError, match=says):
        embed(CORPUS, embedder=lambda _: vectors)
    named = Named()
    named.encode = lambda _: vectors
    with pytest.raises(EmbedderError, match=says):
        embed(CORPUS, embedder=named, cache=tmp_path)


@pytest.mark.parametrize("embedder", [3, None, Letters, ["builtin"]])
def test_what_is_not_an_embedder(embedder):
    with pytest.raises(OptionError, match="expected 'builtin', 'lsa'"):
        embed(CORPUS, embedder=embedder)


def test_what_is_not_a_cache():
    with pytest.raises(OptionError, match="expected True, False, a folder or a VectorCache"):
        embed(CORPUS, embedder=Named(), cache=3)


def test_an_error_of_the_embedder_comes_through():
    def fail(texts):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        embed(CORPUS, embedder=fail)


def test_torch_tensors_are_accepted():
    class Tensor:
        """The part of a torch tensor that matters here."""

        def detach(self):
            return self

        def cpu(self):
            return self

        def numpy(self):
            return np.eye(4)

    assert embed(CORPUS, embedder=lambda _: Tensor()).vectors.shape == (4, 4)


def test_vectors_of_a_map_can_be_given_back():
    texts = ["Robots grasp.", None, "Robots grasp cups.", "Proteins fold.", "Proteins fold fast."]
    themes = cluster_abstracts(texts)
    assert np.isnan(themes.embedding[1]).all()
    again = cluster_abstracts(texts, embeddings=themes.embedding)
    assert again.labels.tolist() == themes.labels.tolist()
