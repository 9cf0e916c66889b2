import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy import sparse

from absclust import EmbedderError, OptionError, VectorCache, cluster_abstracts
from absclust.arrays import unit_rows
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
    assert embedding.batches is None
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


NUMBERS = np.array([[1.0, 0], [0, 2], [3, 1], [0.5, 0.25]])
HOLDERS = {
    "list": np.ndarray.tolist,
    "list of arrays": list,
    "tuple": lambda numbers: tuple(map(tuple, numbers)),
    "frame": pd.DataFrame,
    "frame of objects": lambda numbers: pd.DataFrame(numbers, dtype=object),
    "column of lists": lambda numbers: pd.Series(numbers.tolist()),
    "column of arrays": lambda numbers: pd.Series(list(numbers)),
    "masked": np.ma.MaskedArray,
    "pyarrow": lambda numbers: pa.array(numbers.tolist()),
    "pyarrow in chunks": lambda numbers: pa.chunked_array([pa.array(numbers.tolist())]),
    "matrix": np.matrix,
    "float16": lambda numbers: numbers.astype(np.float16),
    "large": lambda numbers: numbers * 1e300,
    "small": lambda numbers: numbers * 1e-300,
    "bfloat16 tensor": lambda numbers: tensor(numbers).bfloat16(),
    "list of bfloat16 tensors": lambda numbers: list(tensor(numbers).bfloat16()),
    "tensor with gradient": lambda numbers: tensor(numbers).requires_grad_(),
    "sparse tensor": lambda numbers: tensor(numbers).to_sparse(),
    "csr_matrix": sparse.csr_matrix,
    "csr_array": sparse.csr_array,
    "coo_matrix": sparse.coo_matrix,
    "lil_matrix": sparse.lil_matrix,
    "list of sparse rows": lambda numbers: [sparse.csr_matrix(row) for row in numbers],
}


def tensor(numbers):
    return pytest.importorskip("torch").tensor(numbers)


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize("what", HOLDERS)
def test_whatever_holds_the_numbers(what):
    held = HOLDERS[what](NUMBERS)
    expected = embed(CORPUS, embeddings=NUMBERS).vectors
    np.testing.assert_allclose(embed(CORPUS, embeddings=held).vectors, expected, atol=1e-6)
    found = embed(CORPUS, embedder=lambda _: held).vectors
    np.testing.assert_allclose(found, unit_rows(NUMBERS), atol=1e-6)


@pytest.mark.parametrize(
    ("vectors", "says"),
    [
        (NUMBERS + 1j, "complex128"),
        (NUMBERS.astype("datetime64[s]"), "datetime64"),
        (pd.DataFrame({"a": ["[1, 2]"] * 4}), "could not convert"),
        ([None, *NUMBERS[1:]], "NaN or infinite .* in 1 of 4 rows"),
        (
            np.ma.MaskedArray(NUMBERS, [[True, False]] + [[False] * 2] * 3),
            "NaN or .* in 1 of 4 rows",
        ),
        (np.zeros((4, 3)), "all vectors are zero"),
    ],
)
def test_numbers_whose_meaning_is_not_plain(vectors, says):
    with pytest.raises(EmbedderError, match=says):
        embed(CORPUS, embeddings=vectors)


def test_a_sparse_matrix_that_is_too_large_says_how_to_reduce_it(monkeypatch):
    monkeypatch.setattr("absclust.embedding.embedder._MOST_DENSE", 10)
    with pytest.raises(EmbedderError, match=r"csr_matrix.*sparse.*TruncatedSVD"):
        embed(CORPUS, embeddings=sparse.csr_matrix(NUMBERS))


def test_rows_without_text_need_no_vector():
    texts = [*TEXTS[:2], None, *TEXTS[2:4]]
    vectors = [*NUMBERS[:2], None, *NUMBERS[2:]]
    themes = cluster_abstracts(texts, embeddings=vectors)
    assert themes.labels[2] == -1
    again = themes.predict(texts, embeddings=vectors)
    assert again["theme"].tolist() == themes.labels.tolist()
