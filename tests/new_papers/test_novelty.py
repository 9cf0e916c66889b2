import numpy as np

from absclust import cluster_abstracts
from absclust.new_papers.novelty import is_novel, novelty

USUAL = np.linspace(0.1, 1, 99).astype(np.float32)


def row(similarity):
    return np.array([[similarity]], dtype=np.float32)


def test_novelty_is_the_share_of_papers_that_are_closer():
    assert np.allclose(novelty(row(0.0), USUAL), 0.99)
    assert np.allclose(novelty(row(2.0), USUAL), 0)
    assert novelty(row(USUAL[49]), USUAL) == np.float32(0.49)
    assert novelty(row(0.0), USUAL[:0]) == 0


def test_threshold():
    assert is_novel(novelty(row(USUAL[3]), USUAL)).all()
    assert not is_novel(novelty(row(USUAL[5]), USUAL)).any()
    assert not is_novel(np.array([np.nan], dtype=np.float32)).any()
    assert not is_novel(novelty(row(0.0), USUAL[:18])).any()


def test_papers_are_held_out_where_the_embedding_was_learnt_from_them(sample_themes):
    usual = sample_themes.foundation.calibration_similarities
    inside = np.sort(sample_themes.foundation.paper_graph.similarities.mean(axis=1))
    assert (np.diff(usual) >= 0).all()
    assert len(usual) == sample_themes.corpus.n_papers
    assert not np.allclose(usual, inside)


def test_given_vectors_stand_for_themselves():
    vectors = np.random.default_rng(0).normal(size=(40, 8))
    themes = cluster_abstracts([f"paper {i}" for i in range(40)], embeddings=vectors)
    inside = np.sort(themes.foundation.paper_graph.similarities.mean(axis=1, dtype=np.float64))
    assert np.allclose(themes.foundation.calibration_similarities, inside)
