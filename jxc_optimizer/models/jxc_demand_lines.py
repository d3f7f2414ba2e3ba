"""Done move lines, read by the million."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from odoo.tools import SQL

from .jxc_among import Chosen, every
from .jxc_copy_arrays import copy_arrays
from .jxc_demand_scope import local_days, own_goods, timezone

#: pages of the table of lines that are read at once
PAGES = 5_000
#: and those whose lines come as one row
ROW_PAGES = 250
_SENT = {"move_product": "2i4", "from_to": "2i4", "quantity": "numeric", "date": "i8"}


@dataclass(frozen=True)
class Lines:
    """n lines; all [n]."""

    move_id: np.ndarray  # 0: none
    product_id: np.ndarray
    location_id: np.ndarray
    location_dest_id: np.ndarray
    quantity: np.ndarray  # in the product's unit
    day: np.ndarray  # of the company, since EPOCH

    def __len__(self) -> int:
        return len(self.day)


def pages_of_lines(env) -> int:
    """Size of the table of lines."""
    [[pages]] = env.execute_query(
        SQL(
            "SELECT pg_relation_size('stock_move_line')"
            " / current_setting('block_size')::int"
        )
    )
    return pages


def every_line(company, chosen: Chosen = every) -> Iterator[Lines]:
    """The company's done lines, part of the table by part.

    :param chosen: only of some products
    """
    pages = pages_of_lines(company.env)
    for start in range(0, pages, PAGES):
        yield _read(
            company,
            SQL(
                """SELECT row.* FROM generate_series(%(start)s, %(last)s, %(step)s) page
                    CROSS JOIN LATERAL (
                          SELECT %(sent)s FROM stock_move_line l
                           WHERE l.ctid >= format('(%%s,0)', page)::tid
                             AND l.ctid < format('(%%s,0)', page + %(step)s)::tid
                             AND l.state = 'done' AND l.company_id = %(company)s
                             AND %(own)s AND %(chosen)s) AS row""",
                start=start,
                last=min(start + PAGES, pages) - 1,
                step=ROW_PAGES,
                sent=_sent(SQL("l.quantity_product_uom")),
                company=company.id,
                own=own_goods(company),
                chosen=chosen(SQL("l.product_id")),
            ),
        )


def lines_of(company, table: str) -> Lines:
    """Lines that stand in a table with all columns that are read."""
    return _read(
        company,
        SQL("SELECT %s FROM %s l", _sent(SQL("l.quantity")), SQL.identifier(table)),
    )


def _sent(quantity: SQL) -> SQL:
    packed = SQL(
        """array_agg(COALESCE(l.move_id, 0) * %(shift)s + l.product_id),
           array_agg(l.location_id * %(shift)s + l.location_dest_id)""",
        shift=2**32,
    )
    return SQL("%s, array_agg(COALESCE(%s, 0)), array_agg(l.date)", packed, quantity)


def _read(company, query: SQL) -> Lines:
    cr = company.env.cr
    sent = copy_arrays(cr, query, _SENT)
    return Lines(
        *sent["move_product"],
        *sent["from_to"],
        quantity=sent["quantity"],
        day=local_days(cr, sent["date"], timezone(company)),
    )
