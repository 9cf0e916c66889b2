"""What the page needs to search by meaning: vectors of papers and of their words, made small."""

from __future__ import annotations

import base64
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from absclust import sizes
from absclust.arrays import IntArray, evenly_spread, one_thread, principal_axes, unit_rows
from absclust.errors import EmbedderError
from absclust.text.words import all_words

if TYPE_CHECKING:
    from absclust.theme_map import ThemeMap

_DIMENSIONS = 64  # of the first principal axes, a byte each
_MOST_WORDS = 5_000  # the commonest; those of a single paper are left out
_FEWEST = 2  # papers with a word


def meaning(themes: ThemeMap, drawn: IntArray) -> dict[str, Any] | None:
    """Return vectors of papers and words, along the axes on which papers differ most.

    A word's vector is as long as it is rare, so that the sum of some is that of a query. None
    where they aren't known or would be too large: for maps of vectors from elsewhere, of other
    embedders than the built-in one, and of more than 10,000 papers.
    """
    if themes.options.get("embedder") != "builtin" or len(drawn) > sizes.ABSTRACTS_IN_PAGE:
        return None
    texts = themes.corpus.paper_texts
    counts = Counter(word for text in texts for word in set(all_words(text.lower())))
    # By the alphabet where as many papers have them, so that the page is the same in every process.
    common = sorted(counts, key=lambda word: (-counts[word], word))[:_MOST_WORDS]
    words = [word for word in common if counts[word] >= _FEWEST]
    try:
        encoder = themes.foundation.checked_encoder
    except EmbedderError:
        return None
    if not words:
        return None
    papers, of_words = themes.foundation.paper_embedding, encoder.transform(words).vectors
    sample = papers[evenly_spread(np.arange(len(papers)), sizes.CHOSEN_AMONG)]
    axes = principal_axes(sample, _DIMENSIONS)
    with one_thread():
        papers, of_words = papers @ axes, of_words @ axes
    rarity = np.log(1 + len(texts) / np.array([counts[word] for word in words]))
    of_words = unit_rows(of_words) * (rarity / rarity.max())[:, None]
    return {
        "dimensions": axes.shape[1],
        "words": words,
        "ofWords": packed((127 * of_words).round(), "<i1"),
        "ofPapers": packed((127 * unit_rows(papers[drawn])).round(), "<i1"),
    }


def packed(values: npt.ArrayLike, kind: str) -> str:
    """Return numbers as the base64 of their bytes, to be read into JavaScript's typed arrays."""
    return base64.b64encode(np.asarray(values).astype(kind).tobytes()).decode()
