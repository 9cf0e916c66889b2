import numpy as np

from absclust.embedding.lsa import fit_lsa


def embed_lsa(texts):
    return fit_lsa(texts)[1]


TEXTS = [
    "robot arms grasp cups",
    "robot hands grasp tools",
    "proteins fold in cells",
    "folding of membrane proteins",
]


def test_rows_have_unit_length():
    vectors = embed_lsa(TEXTS)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)


def test_similar_texts_lie_together():
    similarity = embed_lsa(TEXTS) @ embed_lsa(TEXTS).T
    assert similarity[0, 1] > similarity[0, 2]
    assert similarity[2, 3] > similarity[1, 3]


def test_one_text_and_texts_that_share_all_or_no_words():
    assert embed_lsa(["one paper"]).shape[0] == 1
    same_words = embed_lsa([f"owl {'hoot ' * (i + 1)}" for i in range(12)])
    assert np.allclose(np.linalg.norm(same_words, axis=1), 1)
    assert embed_lsa([f"w{i}" for i in range(12)]).shape[0] == 12


def test_large_corpora_are_reduced():
    rng = np.random.default_rng(0)
    words = [f"word{i}" for i in range(500)]
    texts = [" ".join(rng.choice(words, 30)) for _ in range(300)]
    vectors = embed_lsa(texts)
    assert vectors.shape == (300, 50)
    assert np.array_equal(vectors, embed_lsa(texts))


def test_a_text_unlike_all_others_is_zero_in_a_large_corpus():
    texts = [f"owl hoot number{i % 7} wood" for i in range(300)]
    vectors = embed_lsa([*texts, "zebra"])
    assert not vectors[-1].any()
    assert np.isfinite(vectors).all()


def test_many_texts_with_a_single_feature():
    # scikit-learn can't reduce one dimension to fewer.
    for features, texts in (
        ("characters", [f"word{i}" for i in range(300)]),
        ("words", ["owls"] * 300),
    ):
        fitted, vectors = fit_lsa(texts, features=features)
        assert vectors.tolist() == [[1.0]] * 300
        assert fitted.transform(texts).tolist() == vectors.tolist()
