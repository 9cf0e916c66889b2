from collections import Counter

import pytest

from absclust.text.german import is_noun_phrase, lower_case_words, nominative


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
    assert is_noun_phrase(tuple(words.split())) == expected


def test_a_capital_at_the_start_of_a_sentence_does_not_make_a_noun():
    runs = [[["Experimentelle"], ["experimentellen", "Befunde"], ["experimentelles", "Design"]]]
    runs.append([["Katholisch-Theologischen"], ["theologische", "Fakultät"], ["Fakultät"]])
    words = lower_case_words(runs)
    assert {"experimentelle", "katholisch-theologischen"} <= words
    assert not {"befunde", "fakultät"} & words
