"""Writing many rows of plain columns: COPY to a work table, then only what differs.

Meant for columns that nothing computed depends on. Rows that stay equal are not
touched, so nothing is logged, indexed or vacuumed for them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from odoo.tools import SQL

from .jxc_rows import binary

#: an arbitrary key of our own among PostgreSQL's advisory locks
_ANALYZE = 0x6A7862


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
    names = ", ".join(f'"{name}"' for name in types)
    cr._obj.copy_expert(
        f'COPY "{table}" ({names}) FROM STDIN (FORMAT binary)',
        io.BytesIO(binary(types, columns)),
    )
    some = SQL("(%s)", SQL(", ").join(map(SQL.identifier, keys))) if keys else SQL()
    cr.execute(SQL("ANALYZE %s %s", SQL.identifier(table), some))


def know_size(cr, table: str, keys: Sequence[str]) -> None:
    """Tell PostgreSQL when a table has grown much: what is asked next must know.

    Shards that are written at the same time do not wait for each other here.
    """
    cr.execute(
        SQL(
            """SELECT pg_relation_size(oid) > 2 * relpages::int8
                                               * current_setting('block_size')::int8
                      AND pg_try_advisory_xact_lock(%s, oid::int4)
                 FROM pg_class WHERE oid = %s::regclass""",
            _ANALYZE,
            table,
        )
    )
    [grown] = cr.fetchone()
    if grown:
        cr.execute(
            SQL(
                "ANALYZE %s (%s)",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, keys)),
            )
        )


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
