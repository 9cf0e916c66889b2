import warnings

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from absclust import LanguageWarning, cluster_abstracts
from absclust.embedding.known_language import (
    UNKNOWN,
    batch_centres,
    centre,
    character_ngrams,
    language_batches,
    warn_of_languages,
)


@pytest.mark.parametrize(
    ("known", "batches"),
    [
        ([0.9] * 10, [0] * 10),
        ([0.9] * 99 + [0.3], [0] * 100),  # one foreign paper is not a batch
        ([0.9] * 6 + [0.3] * 4, [0] * 6 + [1] * 4),
        ([0.3] * 5, [1] * 5),
        ([0.3], [1]),
    ],
)
def test_batches(known, batches):
    assert language_batches(np.array(known, dtype=np.float32)).tolist() == batches


def test_warning_names_the_languages_and_a_multilingual_model():
    texts = [
        "Die Regeln der Kunst und das Spiel der Welt",
        "A educação das crianças é o que os professores fazem na escola",
        "Quarks",
    ]
    said = r"2 of 3 papers \(German, Portuguese\).*paraphrase-multilingual-MiniLM"
    with pytest.warns(LanguageWarning, match=said):
        warn_of_languages(np.array([1, 1, 0]), texts)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_languages(np.zeros(3, dtype=int), texts)


def test_related_languages_share_character_ngrams():
    german, english = map(set, map(character_ngrams, ("Optimierung", "optimization")))
    assert {"opti", "ptim"} <= german & english
    assert character_ngrams("强化学习") == ["强化", "化学", "学习"]
    assert character_ngrams("an owl") == ["an", "owl"]


def test_centring_subtracts_what_a_group_has_in_common():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(40, 8)).astype(np.float32)
    vectors[20:] += 5
    batches = np.repeat([0, 1], 20)
    centred = centre(vectors.copy(), batches, batch_centres(vectors, batches))
    assert np.allclose(np.linalg.norm(centred, axis=1), 1, atol=1e-5)
    before = (vectors[20:] / np.linalg.norm(vectors[20:], axis=1, keepdims=True)).mean()
    assert 0 < centred[20:].mean() < before
    lone_paper = centre(vectors[:1], batches[:1], batch_centres(vectors[:1], batches[:1]))
    assert lone_paper.any()  # the centre of one paper is shrunk towards zero


def test_themes_of_two_languages_are_not_the_languages(labelled):
    papers = labelled("tib_mixed_de_en").head(800)
    with pytest.warns(LanguageWarning):
        themes = cluster_abstracts(papers[["title", "abstract"]])
    assert adjusted_mutual_info_score(papers["lang"], themes.labels) < 0.2
    assert adjusted_mutual_info_score(papers["label"], themes.labels) > 0.35


def test_chinese_abstracts_are_clustered_by_subject(labelled):
    papers = labelled("csl_zh").head(600)
    with pytest.warns(LanguageWarning, match="599 of 600"):
        themes = cluster_abstracts(papers[["title", "abstract"]])
    assert adjusted_mutual_info_score(papers["label"], themes.labels) > 0.3


def test_formulas_and_names_of_substances_are_english():
    complexes = "The complexes [Ru(bpy)2(dppz)]2+ and [Os(tpy)(dppn)]2+ bind to poly(dA-dT)."
    crystal = (
        "[Cu(phen)2(H2O)](NO3)2 is monoclinic, C2/c, and has the form of a chain, V = 2447 A3."
    )
    batches = np.array([UNKNOWN] * 3)
    warn_of_languages(batches, [complexes, crystal, f"{crystal} {complexes}"])
    with pytest.warns(LanguageWarning, match="of 1 of 3 papers"):
        warn_of_languages(batches, [complexes, crystal, "Sie jagen in der Nacht nach den Mäusen."])
