"""Conditions on product ids: what a part of the articles is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from odoo.tools import SQL

_PRODUCT = SQL("product_id")
#: condition on whatever column the products stand in
Chosen = Callable[[SQL], SQL]


def every(_column: SQL) -> SQL:
    """Condition on a column: any product."""
    return SQL("true")


def between(
    first: int,
    last: int,
    only: Sequence[int] | None = None,
    column: SQL = _PRODUCT,
) -> SQL:
    """Condition on a column: in a range, or one of ``only`` if that is given."""
    if only is None:
        return SQL("%s BETWEEN %s AND %s", column, first, last)
    return among(only, column)


def among(products: Sequence[int], column: SQL = _PRODUCT) -> SQL:
    """Condition on a column: one of some products, given in rising order."""
    if not products:
        return SQL("false")
    # One text is sent and read much faster than thousands of numbers.
    return SQL(
        "%(column)s BETWEEN %(first)s AND %(last)s"
        " AND %(column)s = ANY (%(ids)s::int4[])",
        column=column,
        first=products[0],
        last=products[-1],
        ids=f"{{{','.join(map(str, products))}}}",
    )
