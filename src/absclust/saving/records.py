"""A user's table to Parquet and back.

Columns that Arrow returns unchanged are stored as they are. Others, such as columns of lists, are
stored as JSON, one text per value. What JSON can't hold either is stored in a simpler form, as text
or as lists, and reported.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from contextlib import suppress
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

_ABOUT = b"absclust"  # the key of the file's metadata that says how to read the columns
_ENCODINGS = {"PLAIN", "RLE", "BIT_PACKED"}  # RLE is for levels and booleans, never for text


def write_records(frame: pd.DataFrame) -> tuple[bytes, list[str]]:
    """Return a table as Parquet, and what could not be kept.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"title": ["Owls"], "authors": [["Ada", "Ben"]]})
    >>> data, lost = write_records(frame)
    >>> read_records(data, 1)["authors"].tolist(), lost
    ([['Ada', 'Ben']], [])
    """
    index, lost = frame.index, Counter[str]()
    is_plain = index.name is None and index.equals(pd.RangeIndex(len(frame)))
    columns = [frame.iloc[:, number] for number in range(frame.shape[1])]
    if not is_plain:
        columns += [index.get_level_values(level).to_series() for level in range(index.nlevels)]
    packed = [_pack(column.reset_index(drop=True), lost) for column in columns]
    attrs = {str(key): _plain(value) for key, value in frame.attrs.items()}
    lost["the table's notes"] = repr(attrs) != repr(frame.attrs)
    about = {
        "columns": [how for _, how in packed],
        "n_columns": frame.shape[1],
        "columns_name": _plain(frame.columns.name),
        "attrs": attrs,
    }
    names: list[Any] = [column.name for column in columns]
    in_file = [
        name
        if isinstance(name, str) and name.isprintable() and names.count(name) == 1
        else f"column {number}"
        for number, name in enumerate(names)
    ]
    metadata = {_ABOUT: _json(about)}
    table = pa.table([array for array, _ in packed], names=in_file, metadata=metadata)
    file = io.BytesIO()
    # No compression or dictionaries, so that reading takes no more memory than the file has; and
    # the items of lists keep their name.
    settings = {"compression": "none", "use_dictionary": False, "use_compliant_nested_type": False}
    pq.write_table(table, file, **settings)
    return file.getvalue(), [f"{n:,} in {where}" for where, n in lost.items() if n]


def read_records(data: bytes, n_rows: int) -> pd.DataFrame:
    """Return the table that ``write_records`` wrote.

    Raises
    ------
    ValueError, TypeError, KeyError or an error of pyarrow
        If the file is damaged, or doesn't fit its description.
    """
    file = pq.ParquetFile(io.BytesIO(data))
    _check_metadata(file.metadata, n_rows)
    table = file.read()
    table.validate(full=True)
    about = json.loads(table.schema.metadata[_ABOUT])
    width, described = about["n_columns"], about["columns"]
    columns = [_unpack(array, how) for array, how in zip(table.columns, described, strict=True)]
    names = [_name(how["name"]) for how in described]
    frame = pd.concat(columns[:width], axis=1)
    frame.columns = pd.Index(names[:width], name=_name(about["columns_name"]))
    if len(columns) > width:
        levels = pd.concat(columns[width:], axis=1, keys=range(len(columns) - width))
        frame.index = levels.set_index(list(levels)).index.set_names(names[width:])
    frame.attrs = dict(about["attrs"])
    return frame


def _check_metadata(metadata: Any, n_rows: int) -> None:
    if metadata.num_rows != n_rows:
        raise ValueError("the records have other rows than the map")
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(column)
            if chunk.compression != "UNCOMPRESSED" or not set(chunk.encodings) <= _ENCODINGS:
                raise ValueError("the records are compressed; a saved map's never are")


def _pack(column: pd.Series[Any], lost: Counter[str]) -> tuple[Any, dict[str, Any]]:
    """Return a column as an Arrow array, and how to read it back."""
    how: dict[str, Any] = {"name": _plain(column.name), "type": str(column.dtype), "as": "arrow"}
    lost[f"the name {column.name!r}"] += _name(how["name"]) != column.name
    if isinstance(column.dtype, pd.CategoricalDtype):
        how["categories"] = [_plain(category) for category in column.cat.categories]
        how["ordered"] = bool(column.cat.ordered)
    with suppress(pa.ArrowException, ValueError, TypeError, OverflowError):
        is_object = column.dtype == object
        array = pa.array(column.tolist() if is_object else column, from_pandas=not is_object)
        pq.write_table(pa.table([array[:0]], ["_"]), io.BytesIO())  # Parquet lacks some types
        as_json = is_object and pa.types.is_nested(array.type)
        if not as_json and not _n_changed(array, how, column):
            return array, how
    array = pa.array([_json(value) for value in column.astype(object)], pa.large_string())
    how["as"] = "json"
    try:
        changed = _n_changed(array, how, column)
    except (ValueError, TypeError):
        how = {"name": how["name"], "type": "object", "as": "json"}
        changed = len(column)
    lost[f"column {column.name!r}"] += changed
    return array, how


def _unpack(array: Any, how: dict[str, Any]) -> pd.Series[Any]:
    column: pd.Series[Any]
    if how["as"] == "json":
        column = pd.Series([json.loads(text) for text in array.to_pylist()], dtype=object)
    elif how["type"].endswith("[pyarrow]"):  # the file knows the type itself, names not all of it
        return pd.Series(pd.arrays.ArrowExtensionArray(array))
    elif how["type"] == "object":
        column = pd.Series(array.to_pylist(), dtype=object)
    else:
        column = array.to_pandas()
    if "categories" in how:
        return pd.Series(pd.Categorical(column, how["categories"], how["ordered"]))
    return column.astype(how["type"])


def _n_changed(array: Any, how: dict[str, Any], column: pd.Series[Any]) -> int:
    """Return how many values of a column come back as others."""
    read = _unpack(array, how)
    if str(read.dtype) != str(column.dtype):
        return len(column)
    return sum(repr(a) != repr(b) for a, b in zip(read, column, strict=True))


def _json(value: Any) -> str:
    try:
        return json.dumps(
            value, default=lambda of: of.tolist() if hasattr(of, "tolist") else str(of)
        )
    except (TypeError, ValueError):  # such as keys that are tuples
        return json.dumps(str(value))


def _plain(value: Any) -> Any:
    return json.loads(_json(value))


def _name(name: Any) -> Any:
    """Return the name of a column: a tuple where JSON has a list."""
    return tuple(map(_name, name)) if isinstance(name, list) else name
