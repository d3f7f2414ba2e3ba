"""Rows with arrays from PostgreSQL to numpy: COPY in PostgreSQL's binary form.

A series with its days comes as one row, several times as fast as a row for each day.
"""

from __future__ import annotations

import numpy as np

from odoo.tools import SQL

from .jxc_copy_arrays import elements
from .jxc_demand_copy import copied

#: bytes of an array with its size before its elements; an empty one, without its size
_HEAD, _EMPTY = 24, 12


def copy_lists(
    cr, query: SQL, columns: dict[str, str], arrays: dict[str, str]
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Rows of ``query``: plain columns, then arrays, in each row of equal length.

    :param columns: name -> numpy type, as of ``copy_rows``
    :param arrays: name -> numpy type of its elements; none may be NULL
    :returns: structured array of the plain columns [n]; length of the arrays of each
        row [n]; name -> elements of all rows after each other
    """
    layout = [("columns", ">i2")]
    for name, kind in columns.items():
        layout += [(f"size {name}", ">i4"), (name, f">{kind}")]
    plain = np.dtype(layout)
    widths = [4 + np.dtype(kind).itemsize for kind in arrays.values()]
    sent = copied(cr, query)
    at, rows, lengths = 0, [], []
    parts: list[list[memoryview]] = [[] for _name in arrays]
    while at < len(sent):
        rows.append(sent[at : at + plain.itemsize])
        at += plain.itemsize
        size = int.from_bytes(sent[at : at + 4])
        length = (size - _HEAD + 4) // widths[0] if size > _EMPTY else 0
        lengths.append(length)
        for part, width in zip(parts, widths, strict=True):
            if length:
                at += _HEAD
                part.append(sent[at : at + length * width])
                at += length * width
            else:
                at += 4 + _EMPTY
    return (
        np.frombuffer(b"".join(rows), dtype=plain),
        np.array(lengths, dtype=int),
        {
            name: elements(b"".join(part), kind)
            for part, (name, kind) in zip(parts, arrays.items(), strict=True)
        },
    )
