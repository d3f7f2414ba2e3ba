"""Many rows from and to numpy: COPY in PostgreSQL's binary form."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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
    "int4": (23, np.dtype(">i4")),
    "float8": (701, np.dtype(">f8")),
    "date": (1082, np.dtype(">i4")),
    "bool": (16, np.dtype("?")),
}
#: what an array begins with; its length and lower bound follow unless it is empty
_HEAD = np.dtype([(name, ">i4") for name in ("dimensions", "nulls", "type")])


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


@dataclass(frozen=True)
class Lists:
    """An array for each of n rows."""

    length: np.ndarray  # [n] of each
    values: np.ndarray  # of all of them, one behind the other


def lists(keys: np.ndarray, owners: np.ndarray, values: np.ndarray) -> Lists:
    """For each of ``keys`` the array of the values it owns.

    :param keys: ascending
    :param owners: key of each value, ascending; all that stand between ``keys`` are
        among them
    """
    starts = np.searchsorted(owners, keys)
    stops = np.searchsorted(owners, keys, side="right")
    first, last = (starts[0], stops[-1]) if len(keys) else (0, 0)
    return Lists(stops - starts, values[first:last])


def write_rows(cr, table: str, types: Mapping[str, str], columns: Mapping) -> None:
    """Add rows to a table.

    :param types: as by ``sent_rows``
    """
    send_rows(cr, table, types, sent_rows(types, columns))


def send_rows(cr, table: str, types: Mapping[str, str], rows: np.ndarray) -> None:
    """Add rows to a table.

    :param rows: as by ``sent_rows``
    """
    names = ", ".join(f'"{name}"' for name in types)
    cr._obj.copy_expert(
        f'COPY "{table}" ({names}) FROM STDIN (FORMAT binary)', io.BytesIO(rows)
    )
    cr.sql_log_count += 1


def sent_rows(types: Mapping[str, str], columns: Mapping) -> np.ndarray:
    """All that COPY reads, in bytes: first where each value is to be, then the values.

    :param types: column -> PostgreSQL type, an array's with [] behind it
    :param columns: column -> values, NaN meaning NULL; an array's as ``Lists``
    """
    count = len(columns[next(iter(types))])
    kinds = [kind.removesuffix("[]") for kind in types.values()]
    sizes = np.empty((count, len(types)), dtype=np.int64)
    for place, (name, kind) in enumerate(zip(types, kinds, strict=True)):
        values, width = columns[name], _TYPES[kind][1].itemsize
        if isinstance(values, Lists):
            sizes[:, place] = _array_size(values.length, width)
        else:
            sizes[:, place] = np.where(values != values, -1, width)
    steps = 4 + np.maximum(sizes, 0)
    steps[:, 0] += 2  # the number of columns
    ends = len(BEGIN) + np.cumsum(steps).reshape(steps.shape)
    sent = np.empty(ends[-1, -1] + len(END), np.uint8)
    sent[: len(BEGIN)], sent[-len(END) :] = list(BEGIN), list(END)
    _put(sent, ends[:, 0] - steps[:, 0], np.full(count, len(types), ">i2"))
    for place, (name, kind) in enumerate(zip(types, kinds, strict=True)):
        values, size = columns[name], sizes[:, place]
        at = ends[:, place] - np.maximum(size, 0)
        _put(sent, at - 4, size.astype(">i4"))
        if isinstance(values, Lists):
            _put_arrays(sent, at, values, kind)
        else:
            known = size >= 0
            _put(sent, at[known], values[known].astype(_TYPES[kind][1]))
    return sent


def _put(sent: np.ndarray, places: np.ndarray, values: np.ndarray) -> None:
    """Each value's bytes from its place on."""
    kind = np.dtype(f"V{values.itemsize}")
    anywhere = np.ndarray(len(sent) - kind.itemsize + 1, kind, sent, strides=(1,))
    anywhere[places] = values.view(kind)


def _put_arrays(sent: np.ndarray, at: np.ndarray, arrays: Lists, kind: str) -> None:
    number, form = _TYPES[kind]
    length = arrays.length
    head = np.zeros(len(length), _HEAD)
    head["dimensions"], head["type"] = length > 0, number
    _put(sent, at, head)
    some = length > 0
    bounds = np.ones((some.sum(), 2), ">i4")
    bounds[:, 0] = length[some]
    _put(sent, at[some] + head.itemsize, bounds.view("V8")[:, 0])
    elements = np.empty(len(arrays.values), [("size", ">i4"), ("value", form)])
    elements["size"], elements["value"] = form.itemsize, arrays.values
    width = elements.itemsize
    first = at + head.itemsize + 8 - (np.cumsum(length) - length) * width
    _put(
        sent,
        np.repeat(first, length) + np.arange(0, len(elements) * width, width),
        elements,
    )


def _array_size(length: np.ndarray, width: int) -> np.ndarray:
    return np.where(length > 0, 20 + length * (4 + width), 12)
