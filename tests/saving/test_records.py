"""A user's table comes back value for value."""

import datetime
import io
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from absclust.saving.records import _plain, _value, read_records, write_records


def there_and_back(frame):
    data, about, lost = write_records(frame)
    return read_records(data, about, len(frame)), lost


COLUMNS = {
    "ints": [1, 2],
    "floats": [1.5, np.nan],
    "bools": [True, False],
    "str": ["a", None],
    "dates": pd.to_datetime(["2020", "2021"]),
    "zoned": pd.to_datetime(["2020", "2021"]).tz_localize("Europe/Berlin"),
    "spans": pd.to_timedelta([1, 2], unit="s"),
    "months": pd.period_range("2020", periods=2, freq="M"),
    "between": pd.interval_range(0, 2),
    "kinds": pd.Categorical(["x", "y"], categories=["y", "x", "z"], ordered=True),
    "numbers of kinds": pd.Categorical([3, None], categories=[5, 3]),
    "nullable": pd.array([1, None], dtype="Int64"),
    "string": pd.array(["a", None], dtype="string"),
    "half": np.array([1, 2], dtype="f2"),
    "complex": np.array([1, 2j]),
    "sparse": pd.arrays.SparseArray([0, 1]),
}
VALUES = [
    [1, "a"],
    [None, float("nan")],
    [pd.NA, pd.NaT],
    ["\ud800", "x\x00y"],
    [["Ada", "Ben"], {"doi": "10.1/x", 3: [None, ()]}],
    [(1, 2), {1, 2}],
    [frozenset("a"), b"\x00\xff"],
    [Decimal("1.10"), 10**30],
    [datetime.date(2020, 1, 2), datetime.datetime(2020, 1, 2, 3)],
    [pd.Timestamp("2020", tz="UTC"), pd.Timedelta("1s")],
    [np.float32(1.5), np.bool_(True)],
    [float("inf"), complex(1, -2)],
    [[], {}],
    ["", None],
]


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_of_every_type(name):
    frame = pd.DataFrame({"abstract": ["a", "b"], name: COLUMNS[name]})
    read, lost = there_and_back(frame)
    pd.testing.assert_frame_equal(read, frame, check_exact=True)
    assert not lost


@pytest.mark.parametrize("values", VALUES, ids=str)
def test_objects_of_every_kind(values):
    frame = pd.DataFrame({"abstract": ["a", "b"], "odd": pd.Series(values, dtype=object)})
    read, lost = there_and_back(frame)
    assert not lost
    assert read["odd"].dtype == object
    for value, expected in zip(read["odd"], values, strict=True):
        assert type(value) is type(expected)
        assert repr(value) == repr(expected)


def test_arrays_in_cells():
    frame = pd.DataFrame({"vector": [np.arange(6).reshape(2, 3), None]})
    read, lost = there_and_back(frame)
    assert np.array_equal(read["vector"][0], frame["vector"][0])
    assert read["vector"][0].dtype == np.int64
    assert not lost


def test_what_cannot_be_stored_is_kept_as_text_and_reported():
    frame = pd.DataFrame({"where": pd.Series([Path("a/b"), 1], dtype=object)})
    read, lost = there_and_back(frame)
    assert read["where"].tolist() == [str(Path("a/b")), 1]
    assert lost == ["1 in column 'where'"]


@pytest.mark.parametrize(
    "index",
    [
        pd.RangeIndex(5, 9, 2, name="n"),
        pd.Index(["q", "q"], name="key"),
        pd.Index([1.5, np.nan]),
        pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None]),
        pd.DatetimeIndex(["2020", "2021"], name="when"),
        pd.Index([(1, 2), "x"], dtype=object, tupleize_cols=False),
    ],
    ids=str,
)
def test_indexes(index):
    frame = pd.DataFrame({"abstract": ["a", "b"]}, index=index)
    pd.testing.assert_frame_equal(there_and_back(frame)[0], frame)


def test_names_of_columns():
    frame = pd.DataFrame([["a", 1, 2, 3, 4]], columns=["x", "x", 7, ("a", "b"), "\ud800"])
    read, _ = there_and_back(frame)
    assert read.columns.tolist() == frame.columns.tolist()
    assert read.iloc[0].tolist() == frame.iloc[0].tolist()
    named = pd.DataFrame({"a": [1]}).rename_axis(columns="fields")
    assert there_and_back(named)[0].columns.name == "fields"


def test_notes_and_empty_tables():
    frame = pd.DataFrame({"abstract": ["a"]})
    frame.attrs = {"notes": ["3 duplicates merged"]}
    assert there_and_back(frame)[0].attrs == frame.attrs
    assert there_and_back(frame.head(0))[0].shape == (0, 1)


def test_anyone_can_read_the_file():
    frame = pd.DataFrame({"title": ["Owls"], "year": [2020], "authors": [["Ada"]]})
    table = pq.read_table(io.BytesIO(write_records(frame)[0])).to_pandas()
    assert table.to_dict("records") == [{"title": "Owls", "year": 2020, "authors": '[\n"Ada"\n]'}]


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(plain)
def test_any_value(value):
    lost: list[str] = []
    assert repr(_value(_plain(value, lost))) == repr(value)
    assert not lost


@pytest.mark.parametrize(
    "options", [{"compression": "zstd"}, {"use_dictionary": True, "compression": "none"}]
)
def test_files_that_could_swell_are_refused(options):
    # A few bytes can stand for the same long text in a million rows.
    _, about, _ = write_records(pd.DataFrame({"abstract": ["a" * 1000] * 1000}))
    file = io.BytesIO()
    pq.write_table(pa.table({"abstract": ["a" * 1000] * 1000}), file, **options)
    with pytest.raises(ValueError, match="compressed"):
        read_records(file.getvalue(), about, 1000)


def test_other_rows_and_columns_than_described():
    data, about, _ = write_records(pd.DataFrame({"abstract": ["a"]}))
    with pytest.raises(ValueError, match="other rows or columns"):
        read_records(data, about, 2)
    about["columns"][0]["in_file"] = "other"
    with pytest.raises(ValueError, match="other rows or columns"):
        read_records(data, about, 1)


@pytest.mark.parametrize("value", [{"number": ["O", 1]}, {"array": ["O", [1], [1]]}, {"eval": "1"}])
def test_forged_values(value):
    with pytest.raises((ValueError, KeyError)):
        _value(value)
