import numpy as np

from absclust.arrays import row_product, unit_rows
from absclust.embedding.builtin import embed_counts
from absclust.embedding.contexts import fit_contexts
from absclust.embedding.tokens import count_tokens

# "zorb" is no word: what it means can be learnt from its company only.
ROBOTS = ["The zorb is a robot arm.", "A zorb grasps cups.", "Robots like the zorb have hands."]
CELLS = ["Cells divide.", "Proteins fold in cells.", "The cell's nucleus has proteins."]
NEW = ["Zorb", "Blick"]


def vectors_and_counts(texts):
    counts = count_tokens(texts).counts
    return embed_counts(counts), counts


def test_an_unknown_word_gets_the_meaning_of_its_papers():
    vectors, counts = vectors_and_counts(ROBOTS + CELLS)
    contexts = fit_contexts(unit_rows(vectors - vectors.mean(axis=0)), counts)
    robot, cell = vectors_and_counts(["robots", "cells"])[0]
    before, counts = vectors_and_counts(NEW)
    after = contexts.add_to(before, counts)
    towards_robots = after @ (robot - cell) - before @ (robot - cell)
    assert towards_robots[0] > 0.1
    assert abs(towards_robots[1]) < 1e-6  # none of its pieces occurs


def test_vectors_depend_on_the_text_alone():
    texts = [f"{a} {b} {i}" for i, (a, b) in enumerate(zip(ROBOTS * 900, CELLS * 900, strict=True))]
    vectors, counts = vectors_and_counts(texts)
    contexts = fit_contexts(vectors, counts)
    together = contexts.add_to(vectors, counts)
    some = [2600, 5, 1030]
    alone = contexts.add_to(vectors[some], counts[some])
    assert np.array_equal(together[some], alone)


def test_shapes_and_texts_without_known_tokens():
    vectors, counts = vectors_and_counts(ROBOTS + CELLS)
    contexts = fit_contexts(vectors, counts)
    assert contexts.vectors.shape == (len(contexts.tokens), 128)
    assert contexts.directions.shape == (128, 384)
    assert (np.diff(contexts.tokens) > 0).all()
    empty, strange = vectors_and_counts(["", "quasars"])[0]
    moved = contexts.add_to(*vectors_and_counts(["", "quasars"]))
    assert not empty.any()
    assert not moved[0].any()
    assert np.allclose(moved[1], strange, atol=1e-6)


def test_one_paper():
    vectors, counts = vectors_and_counts(["Robot arms."])
    assert np.isfinite(fit_contexts(vectors, counts).add_to(vectors, counts)).all()


def test_products_are_the_same_in_any_block():
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=(2500, 40)).astype("f4"), rng.normal(size=(40, 30)).astype("f4")
    product = row_product(left, right)
    assert np.allclose(product, left @ right, atol=1e-4)
    assert np.array_equal(product[1000:1100], row_product(left[1000:1100], right))
    assert np.array_equal(product[2400], row_product(left[2400:2401], right)[0])
