"""Many rows from and to numpy: COPY in PostgreSQL's binary form."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TypeVar

import numpy as np

from odoo.tools import SQL

from .jxc_rows import BEGIN, END

T = TypeVar("T")

#: signature, flags and length of the header's extension
_HEADER = 19
#: the file ends with a row of -1 columns
_TRAILER = 2
#: type -> its number in PostgreSQL and what it is sent as
_TYPES = {
    "int4": (23, ">i4"),
    "float8": (701, ">f8"),
    "date": (1082, ">i4"),
    "bool": (16, "?"),
}
#: what an array begins with; an empty one has no dimension
_ARRAY = [(name, ">i4") for name in ("bytes", "dimensions", "nulls", "type")]
_ARRAY += [("length", ">i4"), ("lower", ">i4")]


def copy_rows(cr, query: SQL, columns: dict[str, str]) -> np.ndarray:
    """Rows of ``query`` as a structured array.

    :param columns: name -> numpy type of each column, of the size PostgreSQL sends:
        i4 for int4 and date (days since EPOCH), f8 for float8; none may be NULL
    """
    layout = [("columns", ">i2")]
    for name, kind in columns.items():
        layout += [(f"size {name}", ">i4"), (name, f">{kind}")]
    return np.frombuffer(copied(cr, query), dtype=layout)


def copied(cr, query: SQL) -> memoryview:
    """Rows of ``query`` as they are sent."""
    statement = cr._obj.mogrify(query.code, query.params).decode()
    buffer = io.BytesIO()
    cr._obj.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT binary)", buffer)
    cr.sql_log_count += 1
    return buffer.getbuffer()[_HEADER:-_TRAILER]


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, each made by a thread while the one before is worked on.

    PostgreSQL and numpy then work at the same time. Only one of both sides may use the
    cursor.
    """
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(next, items, None)
        while (item := waiting.result()) is not None:
            waiting = thread.submit(next, items, None)
            yield item


def write_rows(cr, table: str, types: Mapping[str, str], columns: Mapping) -> None:
    """Add rows to a table.

    :param types: column -> PostgreSQL type, an array's with [] behind it
    :param columns: column -> values, NaN meaning NULL; an array's as by ``lists``
    """
    count = len(columns[next(iter(types))])
    fields: list[Iterable[bytes]] = [[len(types).to_bytes(2, "big")] * count]
    for name, kind in types.items():
        values = columns[name]
        fields.append(values if kind.endswith("[]") else _fields(values, kind))
    body = b"".join(chain.from_iterable(zip(*fields, strict=True)))
    names = ", ".join(f'"{name}"' for name in types)
    cr._obj.copy_expert(
        f'COPY "{table}" ({names}) FROM STDIN (FORMAT binary)',
        io.BytesIO(BEGIN + body + END),
    )
    cr.sql_log_count += 1


def _elements(values: np.ndarray, kind: str) -> tuple[bytes, int]:
    """Values, each with its size before it, and the size of both."""
    layout = [("size", ">i4"), ("value", _TYPES[kind][1])]
    sent = np.empty(len(values), dtype=layout)
    sent["size"] = sent.dtype["value"].itemsize
    sent["value"] = values
    return sent.tobytes(), sent.itemsize


def _fields(values: np.ndarray, kind: str) -> list[bytes]:
    missing = np.isnan(values) if values.dtype.kind == "f" else np.zeros(0, dtype=bool)
    sent, width = _elements(
        np.where(missing, 0, values) if len(missing) else values, kind
    )
    fields = [sent[at : at + width] for at in range(0, len(sent), width)]
    for row in np.flatnonzero(missing):
        fields[row] = b"\xff\xff\xff\xff"
    return fields


def lists(keys: np.ndarray, owners: np.ndarray, values: np.ndarray, kind: str):
    """For each of ``keys`` the array of the values it owns, as it is sent.

    :param keys: ascending
    :param owners: key of each value, ascending
    """
    starts = np.searchsorted(owners, keys)
    stops = np.searchsorted(owners, keys, side="right")
    first, last = (starts[0], stops[-1]) if len(keys) else (0, 0)
    sent, width = _elements(values[first:last], kind)
    number = _TYPES[kind][0]
    head = np.zeros(len(keys), dtype=_ARRAY)
    length = stops - starts
    head["bytes"] = np.where(length > 0, 20 + length * width, 12)
    head["dimensions"] = length > 0
    head["type"], head["length"], head["lower"] = number, length, 1
    heads, step = head.tobytes(), head.itemsize
    bounds = np.column_stack([starts - first, stops - first]) * width
    return [
        heads[row * step : row * step + (step if stop > start else step - 8)]
        + sent[start:stop]
        for row, (start, stop) in enumerate(bounds.tolist())
    ]
