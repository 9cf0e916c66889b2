import pytest

from absclust.text.stopwords import is_generic_in, is_stop_word_in, stem
from absclust.text.words import word_list


@pytest.mark.parametrize(
    ("language", "stops", "subjects"),
    [
        ("de", "der Dabei untersucht Ergebnisse vorgestellten Beitrags", "Recht Gott"),
        ("fr", "les Nous résultats proposons article montrée", "état forêt parole"),
        ("es", "los resultados proponemos artículo mostramos", "empleo lluvia"),
        ("zh", "的 我们 研究 提出 本文 结果表明", "水稻 经济"),
        ("ja", "本論文 提案手法 について", "強化学習"),
        ("ru", "и также", "сеть"),
        (
            "de",
            "anwenden angewandt wenigen unterschiedlicher",
            "Unterschiede Anwendung Beziehungen Bilder",
        ),
        ("fr", "estimer estimés mesurer", "estimation traitements"),
    ],
)
def test_stop_words(language, stops, subjects):
    for word in stops.split():
        assert is_stop_word_in(language, word), word
    assert not any(is_stop_word_in(language, word) for word in subjects.split())


def test_stop_words_of_one_language_are_not_those_of_another():
    assert not is_stop_word_in("fr", "die")
    assert not is_stop_word_in("de", "on")


def test_english_words_stop_in_other_scripts():
    assert is_stop_word_in("zh", "the")
    assert not is_stop_word_in("de", "whereas")


def test_generic_words_in_any_form():
    assert is_generic_in("de", "Systemen")
    assert is_generic_in("fr", "modèles")
    assert not is_generic_in("zh", "水稻")


def test_languages_without_lists_have_no_stop_words():
    assert not is_stop_word_in("xx", "word")
    assert not is_generic_in("xx", "word")
    assert stem("xx", "words") == "words"


@pytest.mark.parametrize("language", ["de", "es", "fr", "ja", "zh"])
def test_lists_do_not_contradict_each_other(language):
    academic, generic = (
        {word.lower() for word in word_list(f"{language}/{kind}")}
        for kind in ("academic", "generic")
    )
    assert not academic & generic
