"""Columns as rows in the binary form that COPY reads, all rows at once.

Each value gets a place as wide as its column's widest; the bytes that it leaves empty
are taken out at the end.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from decimal import Decimal

import numpy as np

#: what a binary COPY begins and ends with
BEGIN, END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
#: day 0 of PostgreSQL's dates
EPOCH = np.datetime64("2000-01-01", "D")
#: PostgreSQL type -> how its values are sent, where they all have one width
_WIDTHS = {
    "bool": "?", "int4": ">i4", "int8": ">i8", "float8": ">f8", "date": ">i4"
}  # fmt: skip
#: what a text begins with
_TEXTS = {"varchar": b"", "text": b"", "jsonb": b"\x01"}
#: a numeric: words of four digits, the first one 10000 ** weight times as much, and how
#: many digits are shown behind the point
_NUMERIC = [("count", ">i2"), ("weight", ">i2"), ("sign", ">u2"), ("shown", ">u2")]
_WORDS = 10_000 ** np.arange(4, -1, -1, dtype=np.int64)
_NEGATIVE, _INFINITE, _MINUS_INFINITE = 0x4000, 0xD000, 0xF000
#: bytes that are put together at once
_MOST = 2**25


def binary(types: Mapping[str, str], columns: Mapping) -> bytes:
    """All that COPY reads.

    :param types: column -> PostgreSQL type
    :param columns: column -> values; NaN, NaT and None become NULL
    """
    values = {name: np.asarray(columns[name]) for name in types}
    return BEGIN + _rows(types, values) + END


def _rows(types: Mapping[str, str], columns: Mapping[str, np.ndarray]) -> bytes:
    """The rows alone; halves of them where one long text would make all wide."""
    fields = [_field(kind, columns[name]) for name, kind in types.items()]
    count = len(fields[0][0])
    width = 2 + sum(4 + max(size.max(initial=0), 0) for size, _data in fields)
    if count > 1 and count * width > _MOST:
        middle = count // 2
        return b"".join(
            _rows(types, {name: column[part] for name, column in columns.items()})
            for part in (slice(middle), slice(middle, None))
        )
    cells = np.empty((count, width), np.uint8)
    used = np.ones((count, width), bool)
    cells[:, :2] = divmod(len(types), 256)
    at = 2
    for size, data in fields:
        cells[:, at : at + 4] = _bytes(size.astype(">i4"))
        at += 4
        if not isinstance(data, np.ndarray):
            data = np.array(data, dtype=bytes)
        place = _bytes(data)[:, : max(size.max(initial=0), 0)]
        end = at + place.shape[1]
        cells[:, at:end] = place
        if (size < end - at).any():
            used[:, at:end] = np.arange(end - at) < size[:, None]
        at = end
    return cells[used].tobytes()


def _bytes(values: np.ndarray) -> np.ndarray:
    """[n, width]"""
    values = np.ascontiguousarray(values)
    return values.view(np.uint8).reshape(len(values), values.dtype.itemsize)


def _field(kind: str, values: np.ndarray):
    """Bytes of each value, -1 of NULL, and the values as they are sent."""
    missing = _missing(values)
    if kind in _TEXTS:
        sent = _encoded(values, _TEXTS[kind])
        size = np.array([len(text) for text in sent], dtype=int)
    elif kind == "numeric":
        size, sent = _numerics(np.where(missing, 0, values).astype(float))
    else:
        if kind == "date":
            values = np.where(missing, 0, _days(values))
        elif missing.any():
            values = np.where(missing, 0, values)
        sent = values.astype(_WIDTHS[kind])
        size = np.full(len(values), sent.itemsize)
    return np.where(missing, -1, size), sent


def _days(values: np.ndarray) -> np.ndarray:
    """Days since the epoch; what NULL becomes does not matter."""
    if values.dtype.kind != "O":
        return (values.astype("M8[D]") - EPOCH).astype(np.int64)
    # objects come one by one, and there are few different ones
    known = {day: np.datetime64(day or EPOCH, "D") for day in set(values.tolist())}
    numbers = {day: (found - EPOCH).astype(int) for day, found in known.items()}
    return np.array([numbers[day] for day in values.tolist()], dtype=np.int64)


def _missing(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind == "f":
        return np.isnan(values)
    if values.dtype.kind == "M":
        return np.isnat(values)
    if values.dtype.kind == "O":
        return np.array([value is None for value in values.tolist()], dtype=bool)
    return np.zeros(len(values), dtype=bool)


def _encoded(values: np.ndarray, head: bytes) -> list[bytes]:
    """Texts; those that come again and again are encoded once."""
    known: dict[object, bytes] = {None: b""}
    found = []
    for value in values.tolist():
        text = known.get(value)
        if text is None:
            text = known[value] = head + str(value).encode()
        found.append(text)
    return found


def _numerics(values: np.ndarray) -> tuple[np.ndarray, np.ndarray | list[bytes]]:
    """Numerics with the digits that ``repr`` shows."""
    amount = np.abs(values)
    # of up to six places and 15 digits: no other decimal of that length is as near
    millionths = np.rint(amount * 1e6)
    plain = (millionths < 1e15) & (millionths / 1e6 == amount)
    whole = np.where(plain, millionths, 0).astype(np.int64)
    sent = np.empty(len(values), [*_NUMERIC, ("words", ">i2", len(_WORDS))])
    sent["count"], sent["weight"] = len(_WORDS), 2
    sent["sign"] = np.where(values < 0, _NEGATIVE, 0)
    sent["shown"] = 1 + sum(whole % 10**place > 0 for place in range(1, 6))
    sent["words"] = whole[:, None] * 100 // _WORDS % 10_000
    size = np.full(len(values), sent.itemsize)
    if plain.all():
        return size, sent
    texts = sent.view(f"V{sent.itemsize}").tolist()
    for row in np.flatnonzero(~plain).tolist():
        texts[row] = _numeric(values[row].item())
        size[row] = len(texts[row])
    return size, texts


def _numeric(value: float) -> bytes:
    if math.isinf(value):
        sign = _INFINITE if value > 0 else _MINUS_INFINITE
        return struct.pack(">hhHH", 0, 0, sign, 0)
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    places = max(-exponent, 0)
    number = int("".join(map(str, digits))) * 10 ** (max(exponent, 0) + -places % 4)
    words: list[int] = []
    while number:
        number, word = divmod(number, 10_000)
        words.insert(0, word)
    weight = len(words) - 1 - -(-places // 4)
    head = (len(words), weight, _NEGATIVE if sign else 0, places)
    return struct.pack(f">hhHH{len(words)}h", *head, *words)
