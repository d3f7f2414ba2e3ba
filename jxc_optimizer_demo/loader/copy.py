"""PostgreSQL COPY from numpy columns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

import numpy as np

CHUNK = 20_000
NULL = r"\N"


def reserve_ids(cr, table: str, size: int) -> np.ndarray:
    """``size`` fresh ids of ``table``, taken from its sequence."""
    sequence = f"{table}_id_seq"
    cr.execute("SELECT nextval(%s)", [sequence])
    (first,) = cr.fetchone()
    cr.execute("SELECT setval(%s, %s)", [sequence, first + max(size, 1) - 1])
    return np.arange(first, first + size)


def copy(cr, table: str, size: int, columns: dict[str, object]) -> None:
    """Insert ``size`` rows; a column is an array of them, or one value for all rows.

    NaT, None and negative integers in a column called *_id are written as NULL.
    """
    varying = {
        name: _text(name, values)
        for name, values in columns.items()
        if isinstance(values, np.ndarray)
    }
    constants = {
        name: _escape(value) for name, value in columns.items() if name not in varying
    }
    names = [*varying, *constants]
    tail = "".join(f"\t{value}" for value in constants.values()) + "\n"
    lines = ("\t".join(row) + tail for row in zip(*varying.values(), strict=True))
    quoted = ", ".join(f'"{name}"' for name in names)
    if size:
        cr._obj.copy_expert(f'COPY "{table}" ({quoted}) FROM STDIN', _Lines(lines))


@contextmanager
def checked_later(cr, *tables: str) -> Iterator[None]:
    """Drop plain indexes and foreign keys of ``tables``, make them anew at the end.

    One check of all rows is much faster than one per row and reference. All happens
    in the caller's transaction: nobody sees a table without them. Indexes with a
    comment stay, because Odoo keeps their definition in it.
    """
    cr.execute(
        """
        SELECT format('DROP INDEX %%s', indexrelid::regclass),
               pg_get_indexdef(indexrelid)
          FROM pg_index
         WHERE indrelid = ANY(%(tables)s::regclass[]) AND NOT indisunique
           AND obj_description(indexrelid, 'pg_class') IS NULL
         UNION ALL
        SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I',
                      conrelid::regclass, conname),
               format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s',
                      conrelid::regclass, conname, pg_get_constraintdef(oid))
          FROM pg_constraint
         WHERE conrelid = ANY(%(tables)s::regclass[]) AND contype = 'f'
        """,
        {"tables": list(tables)},
    )
    statements = cr.fetchall()
    for drop, _ in statements:
        cr.execute(drop)
    yield
    for _, make in statements:
        cr.execute(make.replace("%", "%%"))


class _Lines:
    """The file-like object psycopg2 reads from."""

    def __init__(self, lines: Iterator[str]):
        self._lines = lines

    def read(self, _size: int = -1) -> str:  # pylint: disable=method-required-super
        return "".join(islice(self._lines, CHUNK))


def _text(name: str, values: np.ndarray) -> list[str]:
    if values.dtype.kind == "M":
        return np.where(
            np.isnat(values), NULL, np.datetime_as_string(values, unit="s")
        ).tolist()
    if values.dtype.kind == "b":
        return np.where(values, "t", "f").tolist()
    if values.dtype.kind in "iu":
        text = list(map(str, values.tolist()))
        if name.endswith("_id"):
            return [NULL if value[0] == "-" else value for value in text]
        return text
    if values.dtype.kind == "f":
        return list(map(repr, values.tolist()))
    return list(map(_escape, values.tolist()))


def _escape(value: object) -> str:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    text = str(value)
    if "\\" in text or "\t" in text or "\n" in text:
        for plain, escaped in (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n")):
            text = text.replace(plain, escaped)
    return text
