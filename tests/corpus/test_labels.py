import numpy as np
import pandas as pd
import pytest

from absclust import OptionError
from absclust.corpus.corpus import build_corpus
from absclust.corpus.labels import known_labels, labels_of_rows

TEXTS = ["Owls hoot.", "Robots grasp.", "Proteins fold.", "Stars shine."]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["a", None, "b", ""], ("a", "", "b", "")),
        ([1, 0, -1, np.nan], ("1", "0", "", "")),
        (np.array([1.0, 0.0, np.nan, -1.0]), ("1", "0", "", "")),
        (pd.Series([1, pd.NA, 0, pd.NA], dtype="Int64"), ("1", "", "0", "")),
        (pd.Series([True, False, None, None], dtype=object), ("True", "False", "", "")),
        (pd.Categorical(["a", None, "b", "a"]), ("a", "", "b", "a")),
        ([0.5, "-1", "nan", " "], ("0.5", "-1", "nan", "")),
        (["two\nlines ", "Two  lines", "two lines", None], ("two lines",) * 3 + ("",)),
        (pd.Series(["a", "b", None, "c"], index=[9, 8, 7, 6]), ("a", "b", "", "c")),
    ],
)
def test_what_is_a_label_and_what_is_none(labels, expected):
    assert labels_of_rows(labels, build_corpus(TEXTS)) == expected


def test_the_commonest_way_of_writing_a_label_counts():
    corpus = build_corpus(TEXTS)
    assert labels_of_rows(["Owls", "owls", "owls", None], corpus) == ("owls",) * 3 + ("",)
    assert labels_of_rows(["owls", "Owls", None, None], corpus) == ("Owls",) * 2 + ("",) * 2


def test_a_column_that_is_there_twice():
    frame = pd.DataFrame(zip(TEXTS, "abcd", "wxyz", strict=True), columns=["text", "code", "code"])
    assert labels_of_rows("code", build_corpus(frame)) == tuple("abcd")


def test_rows_of_one_paper_with_different_labels():
    corpus = build_corpus(["Owls hoot."] * 3 + ["Robots grasp."] * 2 + ["Stars shine.", None])
    known = known_labels(["bird", "owl", "bird", "arm", "leg", "sun", "none"], corpus)
    assert known.names == ("bird", "sun")
    assert known.counts == {"bird": 1, "sun": 1}
    of_row = corpus.to_rows(known.of_paper, missing=-1).tolist()
    assert of_row == [0, 0, 0, -1, -1, 1, -1]
    assert known.notes == (
        "7 rows with a given label, of 6 labels",
        "2 papers with different labels, the commonest or none kept: rows 0, 1, 2, 3, 4",
        "1 row with a label but no text: row 6",
    )


def test_a_label_that_can_not_be_encoded():
    known = known_labels(["owl \ud800", "owl", None, "arm"], build_corpus(TEXTS))
    assert known.counts == {"arm": 1, "owl": 1, "owl \ud800": 1}


def test_rows_of_one_paper_that_are_not_all_labelled():
    corpus = build_corpus(["Owls hoot.", "Owls hoot.", "Stars shine."])
    known = known_labels([None, "bird", None], corpus)
    assert known.counts == {"bird": 1}
    assert len(known.notes) == 1


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("code", "there is no column 'code'; the columns are 'abstract'"),
        (["a"], "labels is 1 labels; expected one for each of the 3 rows"),
        (7, "labels is int; expected one for each of the 3 rows"),
        ([None, "", np.nan], "none of the rows with text has a label"),
        ([-1, -1, -1], "none of the rows with text has a label"),
        ([None, None, "a"], "none of the rows with text has a label"),
        (["a", "b", None], "every labelled paper has several labels"),
    ],
)
def test_labels_that_can_not_be_used(labels, message):
    corpus = build_corpus(["Owls hoot.", "Owls hoot.", None])
    with pytest.raises(OptionError, match=message):
        known_labels(labels, corpus)
