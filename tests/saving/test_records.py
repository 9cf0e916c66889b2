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

from absclust.saving.records import read_records, write_records


def there_and_back(frame):
    data, lost = write_records(frame)
    return read_records(data, len(frame)), lost


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
    ["\ud800", "x\x00y"],
    [["Ada", "Ben"], {"doi": "10.1/x", "more": [None, 3.5]}],
    [b"\x00\xff", None],
    [Decimal("1.10"), Decimal("2.00")],
    [10**30, 1],
    [datetime.date(2020, 1, 2), None],
    [float("inf"), "x"],
    [[], {}],
    ["", None],
]


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_of_every_type(name):
    frame = pd.DataFrame({"abstract": ["a", "b"], name: COLUMNS[name]})
    read, lost = there_and_back(frame)
    pd.testing.assert_frame_equal(read, frame, check_exact=True)
    assert not lost


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (pa.string(), "a"),
        (pa.large_string(), "a"),
        (pa.int64(), 1),
        (pa.float64(), 1.5),
        (pa.bool_(), True),
        (pa.timestamp("us", "Europe/Berlin"), pd.Timestamp("2020", tz="UTC")),
        (pa.date32(), datetime.date(2020, 1, 2)),
        (pa.decimal128(5, 2), Decimal("1.10")),
        (pa.binary(), b"\xff"),
        (pa.dictionary(pa.int32(), pa.string()), "a"),
        (pa.list_(pa.string()), ["Ada", None]),
        (pa.large_list(pa.string()), []),
        (pa.struct([("doi", pa.string())]), {"doi": None}),
    ],
    ids=str,
)
def test_columns_and_indexes_of_arrow(kind, value):
    column = pd.Series([value, None], dtype=pd.ArrowDtype(kind), name="arrow")
    frame = column.to_frame()
    if not pa.types.is_nested(kind):
        frame.index = pd.Index(column, name="key")
    read, lost = there_and_back(frame)
    assert str(read.dtypes.tolist()) == str(frame.dtypes.tolist())
    assert read.index.dtype == frame.index.dtype
    assert read["arrow"].tolist() == frame["arrow"].tolist()
    assert not lost


def test_a_column_that_parquet_can_not_hold_is_kept_in_a_simpler_form():
    frame = pd.DataFrame({"odd": pd.Series([None, None], dtype=pd.ArrowDtype(pa.struct([])))})
    read, lost = there_and_back(frame)
    assert read.shape == (2, 1)
    assert lost == ["2 in column 'odd'"]


@pytest.mark.parametrize("values", VALUES, ids=str)
def test_objects_of_every_kind(values):
    frame = pd.DataFrame({"abstract": ["a", "b"], "odd": pd.Series(values, dtype=object)})
    read, lost = there_and_back(frame)
    assert not lost
    assert read["odd"].dtype == object
    for value, expected in zip(read["odd"], values, strict=True):
        assert type(value) is type(expected)
        assert repr(value) == repr(expected)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Path("a/b"), str(Path("a/b"))),
        ((1, 2), [1, 2]),
        ({3: "x"}, {"3": "x"}),
        ({(1, 2): "x"}, "{(1, 2): 'x'}"),
        (np.arange(6).reshape(2, 3), [[0, 1, 2], [3, 4, 5]]),
        (np.float32(1.5), 1.5),
        (pd.NA, "<NA>"),
        (pd.Timestamp("2020", tz="UTC"), "2020-01-01 00:00:00+00:00"),
    ],
)
def test_what_cannot_be_stored_is_kept_in_a_simpler_form_and_reported(value, kept):
    frame = pd.DataFrame({"odd": pd.Series(["x", value], dtype=object)})
    read, lost = there_and_back(frame)
    assert read["odd"].tolist() == ["x", kept]
    assert lost == ["1 in column 'odd'"]


def test_notes_and_names_that_cannot_be_stored_are_reported():
    frame = pd.DataFrame({"abstract": ["a"], pd.Timestamp("2020"): [1]})
    frame.attrs = {"file": Path("a"), ("x", 1): {(1, 2): 3}}
    read, lost = there_and_back(frame)
    assert read.attrs == {"file": "a", "('x', 1)": "{(1, 2): 3}"}
    assert read.columns.tolist() == ["abstract", "2020-01-01 00:00:00"]
    assert lost == [
        "1 in the name Timestamp('2020-01-01 00:00:00')",
        "1 in the table's notes",
    ]


def test_categories_that_cannot_be_stored_are_kept_as_text():
    categories = pd.Categorical([(1, 2), None], categories=[(1, 2), (3, 4)])
    read, lost = there_and_back(pd.DataFrame({"kind": categories}))
    assert str(read["kind"][0]) == "[1, 2]"
    assert lost == ["2 in column 'kind'"]


@pytest.mark.parametrize(
    "index",
    [
        pd.RangeIndex(5, 9, 2, name="n"),
        pd.Index(["q", "q"], name="key"),
        pd.Index([1.5, np.nan]),
        pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None]),
        pd.DatetimeIndex(["2020", "2021"], name="when"),
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
    frame["about"] = [[1, "x"]]
    table = pq.read_table(io.BytesIO(write_records(frame)[0])).to_pandas()
    assert table["title"].tolist() == ["Owls"]
    assert table["authors"].tolist() == ['["Ada"]']
    assert table["about"].tolist() == ['[1, "x"]']


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.lists(plain, min_size=1))
def test_any_value_comes_back_or_is_reported(values):
    frame = pd.DataFrame({"odd": pd.Series(values, dtype=object)})
    read, lost = there_and_back(frame)
    n = sum(repr(a) != repr(b) for a, b in zip(read["odd"], values, strict=True))
    assert lost == ([f"{n} in column 'odd'"] if n else [])


@pytest.mark.parametrize(
    "options", [{"compression": "zstd"}, {"use_dictionary": True, "compression": "none"}]
)
def test_files_that_could_swell_are_refused(options):
    # A few bytes can stand for the same long text in a million rows.
    whole = pq.read_table(io.BytesIO(write_records(pd.DataFrame({"a": ["a" * 1000] * 1000}))[0]))
    file = io.BytesIO()
    pq.write_table(whole, file, **options)
    with pytest.raises(ValueError, match="compressed"):
        read_records(file.getvalue(), 1000)


def test_other_rows_and_columns_than_described():
    data, _ = write_records(pd.DataFrame({"abstract": ["a"]}))
    with pytest.raises(ValueError, match="other rows"):
        read_records(data, 2)
    table = pq.read_table(io.BytesIO(data))
    file = io.BytesIO()
    pq.write_table(
        table.append_column("b", table.column(0)), file, compression="none", use_dictionary=False
    )
    with pytest.raises(ValueError, match="shorter"):
        read_records(file.getvalue(), 1)
