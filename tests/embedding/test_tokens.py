import numpy as np
import pytest

from absclust import parallel
from absclust.embedding.tokens import count_tokens, dampened, tokenizer

ENGLISH = "We study how agents learn value functions from offline data, and where they fail."
GERMAN = "Wir untersuchen die Wärmeleitfähigkeit gepresster Dämmstoffe unter Feuchtebelastung."
CHINESE = "本文研究强化学习中的价值函数估计问题，并提出一种新的方法。"
ODD = [
    "",
    " ",
    "İstanbul ΣΑΣ ß a×b naïve don't",
    "\x00 \ufffd 🦉 \u200b x",
    "state-of-the-art\u00a0(SOTA)\u2028methods_here",
    "a" * 300,
    "x\u0301y Å \ufb01n",
    "A-B_c (d): e\tf\ng, don't 3.5e-4 [x]{y} ~`!@#$%^&*+=|\\\\<>?/\"",
    "tab\x00bed \x7f",
]


@pytest.mark.parametrize("texts", [[ENGLISH, GERMAN, CHINESE], ODD])
def test_counts_are_those_of_the_tokenizer(texts):
    counts = count_tokens(texts).counts
    for row, text in enumerate(texts):
        ids = tokenizer().encode(text, add_special_tokens=False).ids
        expected = np.bincount(ids, minlength=counts.shape[1]) if ids else 0
        assert np.array_equal(counts[[row]].toarray()[0], expected + np.zeros(counts.shape[1]))


def test_real_texts_are_counted_as_the_tokenizer_does(labelled):
    for name in ("csl_zh", "tib_mixed_de_en", "wos_1k"):
        texts = labelled(name)["abstract"].head(200).tolist()
        counts = count_tokens(texts).counts
        encoded = tokenizer().encode_batch_fast(texts, add_special_tokens=False)
        expected = [np.bincount(e.ids, minlength=counts.shape[1]) for e in encoded]
        assert np.array_equal(counts.toarray(), expected)


def test_batches_make_no_difference(monkeypatch):
    texts = [ENGLISH, GERMAN, CHINESE, "", "owl"]
    whole = count_tokens(texts)
    monkeypatch.setattr(parallel, "_CHUNK", 2)
    parts = count_tokens(texts)
    assert (whole.counts != parts.counts).nnz == 0
    assert np.array_equal(whole.counts.indices, parts.counts.indices)
    assert np.array_equal(whole.known_share, parts.known_share)


def test_no_texts():
    none = count_tokens([])
    assert none.counts.shape == (0, tokenizer().get_vocab_size())
    assert none.known_share.shape == (0,)


def test_the_share_of_known_words_distinguishes_languages():
    known = count_tokens([ENGLISH, GERMAN, CHINESE, "", "1 2 3"]).known_share
    assert known[0] > 0.9
    assert known[1] < 0.6
    assert known[2] < 0.5
    assert known[3] == known[4] == 0


def test_repeats_are_dampened():
    counts = count_tokens(["owl owl owl robot"]).counts
    assert sorted(dampened(counts).data) == pytest.approx([1, 1 + np.log(3)])
    assert sorted(counts.data) == [1, 3]  # the counts stay as they are
