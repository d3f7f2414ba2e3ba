"""Columns from PostgreSQL as arrays: many lines in each row that COPY sends.

For millions of lines: rows of their own take PostgreSQL longer to send than to find,
and Python is called once for each of them.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

import numpy as np

from odoo.tools import SQL

from .jxc_demand_copy import copied

#: bytes before the first element of an array
_HEAD = 20
#: of an element of numeric: where what is, in words of two bytes
_DIGITS, _WEIGHT, _SIGN, _FIRST = 2, 3, 4, 6
_NEGATIVE = 0x4000
#: so many words of four digits are exact in a float; so are these powers
_EXACT_WORDS, _EXACT_POWER = 3, 5
_POWERS = 10_000.0 ** np.arange(_EXACT_POWER + 1)


def copy_arrays(cr, query: SQL, columns: Mapping[str, str]) -> dict[str, np.ndarray]:
    """Columns of ``query``, whose rows hold arrays; one row's after another's.

    :param columns: name -> numpy type of the elements: i4 for int4 and date, i8 for
        int8 and timestamp (microseconds), 2i4 for two int4 packed into an int8, f8 for
        float8; or numeric, which becomes f8. No element may be NULL
    :returns: each [n], of packed ones [2, n]
    """
    data = copied(cr, query)
    found: dict[str, list[memoryview]] = {name: [] for name in columns}
    at = 0
    while at < len(data):
        at += 2
        for name in columns:
            [size] = struct.unpack_from(">i", data, at)
            at += 4
            if size > _HEAD:  # else nothing was found
                found[name].append(data[at + _HEAD : at + size])
            at += max(size, 0)
    return {
        name: elements(b"".join(parts), columns[name]) for name, parts in found.items()
    }


def elements(data, kind: str) -> np.ndarray:
    """Elements of arrays as they are sent, without what stands before the first."""
    if kind == "numeric":
        return numerics(data)
    sent = np.dtype(kind).newbyteorder(">")
    values = np.frombuffer(data, [("size", ">i4"), ("value", sent)])["value"]
    return np.ascontiguousarray(values.T, dtype=sent.base.newbyteorder("="))


def numerics(data) -> np.ndarray:
    """Elements of an array of numeric as floats, each the one nearest to its decimal.

    >>> sent = bytes.fromhex("0000000a 0001 0000 4000 0001 0003")  # -3.0
    >>> sent += bytes.fromhex("0000000c 0002 0000 0000 0002 0001 09c4")  # 1.25
    >>> numerics(sent).tolist()
    [-3.0, 1.25]
    """
    # one word more than there are: a zero has no digits
    words = np.append(np.frombuffer(data, ">i2"), 0).astype(np.int16)
    start = _starts(words[:-1])
    count, weight, sign = (words[start + at] for at in (_DIGITS, _WEIGHT, _SIGN))
    values = words[start + _FIRST].astype(float)
    other = np.flatnonzero((count != 1) | (weight != 0) | (sign != 0))
    if len(other):
        values[other] = _others(words, start[other])
    return values


def _others(words: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Those that are not simply a word of four digits.

    Their words make a whole number, times a power of 10000.
    """
    count, weight, sign = (words[start + at] for at in (_DIGITS, _WEIGHT, _SIGN))
    whole = np.zeros(len(start))
    for place in range(min(count.max(), _EXACT_WORDS)):
        more = np.flatnonzero(count > place)
        whole[more] = whole[more] * 10_000 + words[start[more] + _FIRST + place]
    power = np.where(count > 0, weight + 1 - count, 0)
    near = np.clip(power, -_EXACT_POWER, _EXACT_POWER)
    values = whole * _POWERS[np.maximum(near, 0)] / _POWERS[np.maximum(-near, 0)]
    np.negative(values, out=values, where=sign == _NEGATIVE)
    plain = (sign == 0) | (sign == _NEGATIVE)
    for row in np.flatnonzero(~plain | (count > _EXACT_WORDS) | (near != power)):
        values[row] = _one(words[start[row] :].tolist())
    return values


def _starts(words: np.ndarray) -> np.ndarray:
    """Where the elements begin: each tells its size, and only from the one before is
    known where it is.

    All places that look like the beginning of one are looked at at once.
    """
    stop = len(words)
    words = np.append(words, np.zeros(_FIRST, np.int16))
    begins = words[1 : stop + 1] == 8 + 2 * words[_DIGITS : stop + _DIGITS]
    begins &= words[:stop] == 0
    start = np.flatnonzero(begins)
    ends = start + _FIRST + words[start + _DIGITS]
    # digits can look like one, too, but seldom is another where that would end
    begins = np.append(begins, True)
    real = begins[np.clip(ends, 0, stop)]
    start, ends = start[real], ends[real]
    if np.array_equal(np.append(0, ends), np.append(start, stop)):
        return start
    found, at = [], 0
    while at < stop:
        found.append(at)
        at += _FIRST + int(words[at + _DIGITS])
    return np.array(found, dtype=np.int64)


def _one(words: list[int]) -> float:
    """Any numeric, by whole numbers of Python."""
    count, weight, sign = (words[at] for at in (_DIGITS, _WEIGHT, _SIGN))
    if sign not in (0, _NEGATIVE):
        return {0xD000 - 0x10000: np.inf, 0xF000 - 0x10000: -np.inf}.get(sign, np.nan)
    whole = 0
    for word in words[_FIRST : _FIRST + count]:
        whole = whole * 10_000 + word
    power = weight + 1 - count
    value = whole * 10_000 ** max(power, 0) / 10_000 ** max(-power, 0)
    return -value if sign else value
