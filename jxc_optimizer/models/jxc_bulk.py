"""Writing many rows of plain columns: COPY to a work table, then only what differs.

Meant for columns that nothing computed depends on. Rows that stay equal are not
touched, so nothing is logged, indexed or vacuumed for them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np

from odoo.tools import SQL

#: what COPY reads as NULL; no value of ours can look like it
NULL = "\\N"


def load(
    cr,
    table: str,
    types: Mapping[str, str],
    columns: Mapping,
    keys: Sequence[str] = (),
) -> None:
    """Make the temporary table ``table`` of the given columns and fill it.

    :param types: column name -> PostgreSQL type
    :param columns: column name -> sequence of values; NaN and None become NULL
    :param keys: the columns that PostgreSQL has to know to find a way; none: all
    """
    cr.execute(SQL("DROP TABLE IF EXISTS %s", SQL.identifier(table)))
    definitions = SQL(", ").join(
        SQL("%s %s", SQL.identifier(name), SQL(kind))  # pylint: disable=sql-injection
        for name, kind in types.items()
    )
    cr.execute(
        SQL(
            "CREATE TEMP TABLE %s (%s) ON COMMIT DROP",
            SQL.identifier(table),
            definitions,
        )
    )
    texts = [_texts(columns[name]) for name in types]
    rows = "\n".join(map("\t".join, zip(*texts, strict=True)))
    if rows:
        names = ", ".join(f'"{name}"' for name in types)
        cr._obj.copy_expert(
            f'COPY "{table}" ({names}) FROM STDIN', io.StringIO(rows + "\n")
        )
    some = SQL("(%s)", SQL(", ").join(map(SQL.identifier, keys))) if keys else SQL()
    cr.execute(SQL("ANALYZE %s %s", SQL.identifier(table), some))


def _texts(values) -> list[str]:
    """COPY's text form of a column."""
    values = np.asarray(values)
    if values.dtype.kind == "f":
        texts = list(map(repr, values.tolist()))
        for index in np.flatnonzero(np.isnan(values)):
            texts[index] = NULL
        return texts
    if values.dtype.kind in "iu":
        return list(map(str, values.tolist()))
    if values.dtype.kind == "b":
        return ["t" if value else "f" for value in values.tolist()]
    return [NULL if value is None else _escape(value) for value in values.tolist()]


def _escape(value: object) -> str:
    text = str(value)
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        for plain, escaped in (
            ("\\", "\\\\"),
            ("\t", "\\t"),
            ("\n", "\\n"),
            ("\r", "\\r"),
        ):
            text = text.replace(plain, escaped)
    return text


def differs(columns: Sequence[str], left: str, right: str) -> SQL:
    """Condition: any of the columns differs between two tables."""
    return SQL(
        "(%s) IS DISTINCT FROM (%s)",
        SQL(", ").join(SQL.identifier(left, name) for name in columns),
        SQL(", ").join(SQL.identifier(right, name) for name in columns),
    )


def assignments(columns: Sequence[str], source: str) -> SQL:
    """SET list that takes the columns from another table."""
    return SQL(", ").join(
        SQL("%s = %s", SQL.identifier(name), SQL.identifier(source, name))
        for name in columns
    )
