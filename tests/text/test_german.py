from collections import Counter

import pytest

from absclust.text.german import (
    can_be_inside_german_phrase,
    can_end_german_phrase,
    lower_case_words,
    nominative,
)
from absclust.text.reading import read
from absclust.text.stopwords import is_stop_word_in


@pytest.mark.parametrize(
    ("forms", "shown"),
    [
        ("künstlichen Intelligenz", "künstliche Intelligenz"),
        ("linearer Algebra", "lineare Algebra"),
        ("maschinellen Lernens", "maschinelles Lernen"),
        ("europäischen Kartellrecht", "europäisches Kartellrecht"),
        ("geschlossene Regelkreis|geschlossenen Regelkreises", "geschlossener Regelkreis"),
        ("ersten Weltkriegs|ersten Weltkrieg", "erster Weltkrieg"),
        ("neuronalen Netzen|neuronalen Netzen|neuronale Netze", "neuronale Netze"),
        ("neugeborenen Kalbes|neugeborene Kälber|neugeborenen Kälbern", "neugeborene Kälber"),
        ("politischen Diskurs", "politischer Diskurs"),
        ("physischen Raum", "physischer Raum"),
        ("Handeln|Handeln|Handel", "Handeln"),
        ("ultradünner Schichten", "ultradünne Schichten"),
        ("tierärztlichen Hochschule Hannover", "tierärztliche Hochschule Hannover"),
        ("digitalen Medien", "digitale Medien"),
        ("Nietzsches|Nietzsches|Nietzsche", "Nietzsche"),
        ("Weimarer Republik", "Weimarer Republik"),
        ("Conjoint-Analyse|Conjoint-Analyse|Conjoint Analyse", "Conjoint-Analyse"),
        ("dünnen Schichtsystemen", "dünnen Schichtsystemen"),  # better unchanged than wrong
    ],
)
def test_the_nominative(forms, shown):
    assert nominative(Counter(forms.split("|"))) == shown


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Spracherkennung", True),
        ("maschinelle Übersetzung", True),
        ("DNA", True),
        ("maschinelle", False),
        ("optimal Steuerung", False),
    ],
)
def test_noun_phrases(words, expected):
    *_, last = words = words.split()
    allowed = all(map(can_be_inside_german_phrase, words)) and can_end_german_phrase(last)
    assert allowed == expected


def in_lower_case(*texts):
    """Return, in lower case, the words that are no nouns."""
    reading = read(texts, is_stop=lambda word: is_stop_word_in("de", word))
    return {
        word
        for word, lower in zip(reading.lower_words, lower_case_words(reading), strict=True)
        if lower
    }


def test_a_capital_at_the_start_of_a_sentence_does_not_make_a_noun():
    words = in_lower_case(
        "Experimentelle. experimentellen Befunde, experimentelles Design",
        "Katholisch-Theologischen, theologische Fakultät. Fakultät",
    )
    assert {"experimentelle", "katholisch-theologischen"} <= words
    assert not {"befunde", "fakultät"} & words


def test_stop_words_are_no_forms_of_a_noun():
    # "Bilden" differs from "Bild" as the forms of an adjective differ.
    assert is_stop_word_in("de", "bilden")
    assert "bild" not in in_lower_case("Das Bild", "Die Bilder bilden es. Sie bilden es.")
