"""A user's table to Parquet and back, value for value.

Columns that Arrow returns unchanged are stored as they are. Others, such as columns of
lists, of dicts or of several types, are stored as JSON, one text per value. Values that
JSON can't hold either are stored as text, and reported.
"""

import datetime
import io
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from absclust.saving.archive import dump, parse

if TYPE_CHECKING:
    import pandas as pd

_NUMBER_TYPE = re.compile(r"[<>|=]?[biufc]\d{1,2}")
_ENCODINGS = {"PLAIN", "RLE", "BIT_PACKED"}  # RLE is for levels and booleans, never for text


def write_records(frame: "pd.DataFrame") -> tuple[bytes, dict[str, Any], list[str]]:
    """Return a table as Parquet, what is needed to read it back, and what could not be kept.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"title": ["Owls"], "authors": [["Ada", "Ben"]]})
    >>> data, about, lost = write_records(frame)
    >>> read_records(data, about, 1)["authors"].tolist(), lost
    ([['Ada', 'Ben']], [])
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    index, lost = frame.index, list[str]()
    numbered = isinstance(index, pd.RangeIndex)
    levels = [] if numbered else [index.get_level_values(i) for i in range(index.nlevels)]
    parts: list[tuple[Any, pd.Series[Any]]] = [
        (name, frame.iloc[:, i]) for i, name in enumerate(frame.columns)
    ]
    parts += [(level.name, level.to_series()) for level in levels]
    names = [name for name, _ in parts]
    arrays, columns = [], []
    for number, (name, column) in enumerate(parts):
        array, about = _pack(column.reset_index(drop=True), name, lost)
        arrays.append(array)
        columns.append(about | {"in_file": _name_in_file(names, number)})
    table = pa.table(arrays, names=[column["in_file"] for column in columns])
    file = io.BytesIO()
    # No compression or dictionaries, so that reading takes no more memory than the file has.
    pq.write_table(table, file, compression="none", use_dictionary=False)
    about = {
        "columns": columns[: frame.shape[1]],
        "columns_name": _plain(frame.columns.name, lost),
        "index": columns[frame.shape[1] :],
        "numbered": [*_range(index), _plain(index.name, lost)] if numbered else None,
        "attrs": _plain(dict(frame.attrs), lost),
    }
    return file.getvalue(), about, [f"{n} in {column}" for column, n in Counter(lost).items()]


def read_records(data: bytes, about: dict[str, Any], n_rows: int) -> "pd.DataFrame":
    """Return the table that ``write_records`` wrote.

    Raises
    ------
    ValueError, TypeError, KeyError or an error of pyarrow
        If the file is damaged, or doesn't fit its description.
    """
    import pandas as pd
    import pyarrow.parquet as pq

    described = [*about["columns"], *about["index"]]
    names = [column["in_file"] for column in described]
    file = pq.ParquetFile(io.BytesIO(data))
    _check_metadata(file.metadata, names, n_rows)
    table = file.read()
    table.validate(full=True)
    columns = [_unpack(table.column(n), column) for n, column in enumerate(described)]
    width = len(about["columns"])
    frame = pd.concat(columns[:width], axis=1)
    frame.columns = pd.Index(
        [_value(column["name"]) for column in described[:width]],
        name=_value(about["columns_name"]),
    )
    level_names = [_value(column["name"]) for column in described[width:]]
    if about["numbered"] is not None:
        start, stop, step, name = about["numbered"]
        frame.index = pd.RangeIndex(start, stop, step, name=_value(name))
    elif len(level_names) == 1:
        frame.index = pd.Index(columns[width].array, name=level_names[0])
    else:
        levels = [column.array for column in columns[width:]]
        frame.index = pd.MultiIndex.from_arrays(levels, names=level_names)
    frame.attrs = dict(_value(about["attrs"]))
    return frame


def _check_metadata(metadata: Any, names: list[str], n_rows: int) -> None:
    if metadata.num_rows != n_rows or metadata.schema.to_arrow_schema().names != names:
        raise ValueError("the records have other rows or columns than described")
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(column)
            if chunk.compression != "UNCOMPRESSED" or not set(chunk.encodings) <= _ENCODINGS:
                raise ValueError("the records are compressed; a saved map's never are")


def _pack(column: "pd.Series[Any]", name: Any, lost: list[str]) -> tuple[Any, dict[str, Any]]:
    """Return a column as an Arrow array, and how to read it back."""
    import pandas as pd
    import pyarrow as pa

    about: dict[str, Any] = {"name": _plain(name, lost), "type": str(column.dtype)}
    original, missed = column, list[str]()
    if isinstance(column.dtype, pd.CategoricalDtype):
        categories = _plain(column.cat.categories.tolist(), missed)
        about |= {"categories": categories, "ordered": bool(column.cat.ordered)}
        column = column.astype(object)
    values = column.tolist() if column.dtype == object else None
    try:
        if values is None:
            array = pa.array(column, from_pandas=True)
            if _is_same(_unpack(array, about | {"as": "arrow"}), column):
                return array, about | {"as": "arrow"}
        elif all(value is None or type(value) is str for value in values):
            return pa.array(values, pa.large_string()), about | {"as": "text"}
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        pass  # it is stored as JSON
    texts = [dump(_plain(value, missed)).decode() for value in column.astype(object)]
    lost += [f"column {name!r}" for _ in missed]
    array, about = pa.array(texts, pa.large_string()), about | {"as": "json"}
    if original.dtype != object and not missed and not _is_same(_unpack(array, about), original):
        lost.append(f"column {name!r}")
    return array, about


def _unpack(array: Any, about: dict[str, Any]) -> "pd.Series[Any]":
    import pandas as pd

    column: pd.Series[Any]
    if about["as"] == "arrow":
        column = array.to_pandas()
    elif about["as"] == "text":
        column = pd.Series(array.to_pylist(), dtype=object)
    else:
        values = [_value(parse(text.encode("ascii"))) for text in array.to_pylist()]
        column = pd.Series(values, dtype=object)
    if "categories" in about:
        categories = pd.Index(_value(about["categories"]))
        return pd.Series(pd.Categorical(column, categories, about["ordered"]))
    return column if about["type"] == "object" else column.astype(about["type"])


def _is_same(read: "pd.Series[Any]", column: "pd.Series[Any]") -> bool:
    return read.dtype == column.dtype and read.reset_index(drop=True).equals(column)


def _name_in_file(names: list[Any], number: int) -> str:
    """Return the column's own name if it is a unique, printable str, else its number."""
    name = names[number]
    is_unique = isinstance(name, str) and names.count(name) == 1
    return name if is_unique and name.isprintable() else f"column {number}"


def _range(index: Any) -> tuple[int, int, int]:
    return index.start, index.stop, index.step


def _plain(value: Any, lost: list[str]) -> Any:
    """Return a value that JSON can hold: {kind: content} for a type that JSON doesn't have."""
    import pandas as pd

    if value is None or type(value) in (bool, int) or isinstance(value, str):
        return value if value is None or not isinstance(value, str) else str(value)
    if type(value) is float:
        return value if np.isfinite(value) else {"float": str(value)}
    if type(value) is list:
        return [_plain(item, lost) for item in value]
    if type(value) is dict:
        return {"dict": [[_plain(k, lost), _plain(v, lost)] for k, v in value.items()]}
    if value is pd.NA or value is pd.NaT:
        return {"missing": str(value)}
    for kind, (types, to_plain, _) in _kinds().items():
        if type(value) in types:
            return {kind: _plain(to_plain(value), lost)}
    if isinstance(value, np.generic) and _NUMBER_TYPE.fullmatch(value.dtype.str):
        return {"number": [value.dtype.str, _plain(value.item(), lost)]}
    if isinstance(value, np.ndarray) and _NUMBER_TYPE.fullmatch(value.dtype.str):
        return {"array": [value.dtype.str, list(value.shape), _plain(value.ravel().tolist(), lost)]}
    lost.append("values that are kept as text")
    return str(value)


def _value(plain: Any) -> Any:
    """Return the value that ``_plain`` turned into JSON."""
    import pandas as pd

    if isinstance(plain, list):
        return [_value(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    ((kind, content),) = plain.items()
    if kind == "dict":
        return {_value(key): _value(item) for key, item in content}
    if kind == "missing":
        return {"<NA>": pd.NA, "NaT": pd.NaT}[content]
    if kind in ("number", "array"):
        dtype = content[0]
        if not _NUMBER_TYPE.fullmatch(dtype):
            raise ValueError(f"{dtype!r} is not a numeric type")
        if kind == "number":
            return np.dtype(dtype).type(_value(content[1]))
        return np.array(_value(content[2]), dtype=dtype).reshape(content[1])
    return _kinds()[kind][2](_value(content))


@cache
def _kinds() -> dict[str, tuple[tuple[type, ...], Callable[[Any], Any], Callable[[Any], Any]]]:
    """Return for each kind its types, and functions to a plain value and back."""
    import pandas as pd

    return {
        "float": ((), float, float),
        "complex": ((complex,), lambda v: [v.real, v.imag], lambda v: complex(*v)),
        "tuple": ((tuple,), list, tuple),
        "set": ((set,), lambda v: sorted(v, key=repr), set),
        "frozenset": ((frozenset,), lambda v: sorted(v, key=repr), frozenset),
        "bytes": ((bytes,), bytes.hex, bytes.fromhex),
        "decimal": ((Decimal,), str, Decimal),
        "date": ((datetime.date,), str, datetime.date.fromisoformat),
        "datetime": (
            (datetime.datetime,),
            datetime.datetime.isoformat,
            datetime.datetime.fromisoformat,
        ),
        "timestamp": ((pd.Timestamp,), pd.Timestamp.isoformat, pd.Timestamp),
        "timedelta": ((pd.Timedelta,), pd.Timedelta.isoformat, pd.Timedelta),
    }
