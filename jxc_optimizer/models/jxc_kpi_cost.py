"""What the unit cost of a month's days is computed from, read from Odoo's tables."""

from __future__ import annotations

from datetime import date

import numpy as np

from odoo.tools import SQL

from .jxc_demand_copy import copy_rows
from .jxc_demand_scope import own_goods
from .jxc_kpi_read import places, slot_of, until


def prices(company, categories: list[int], first: date, last: date) -> np.ndarray:
    """Events that decide the unit cost of products of the given categories, in order.

    Prices set by people for all of them, and receipts with the units found before.
    """
    return copy_rows(
        company.env.cr,
        SQL(
            """WITH event AS (
                 SELECT move_id AS id, product_id, date, received, value, 0 AS is_price,
                        sum(net) OVER (PARTITION BY product_id ORDER BY date, move_id)
                        - net AS before
                   FROM (%(moves)s) AS move
                  UNION ALL
                 SELECT id, product_id, date, 0, value::float8, 1, 0
                   FROM product_value
                  WHERE company_id = %(company)s AND move_id IS NULL
                    AND lot_id IS NULL AND product_id IS NOT NULL AND %(until)s
               )
               SELECT product_id, %(slot)s, is_price, before, received, value
                 FROM event WHERE is_price = 1 OR received > 0
                ORDER BY product_id, date, is_price DESC, id""",
            moves=_valued_moves(company, categories, last),
            company=company.id,
            until=until(company, SQL("date"), last),
            slot=slot_of(company, SQL("date"), first),
        ),
        {
            "product_id": "i4",
            "slot": "i4",
            "is_price": "i4",
            "before": "f8",
            "received": "f8",
            "value": "f8",
        },
    )


def receipts(company, categories: list[int], first: date, last: date) -> np.ndarray:
    """Receipts of products of the given categories, in order of time."""
    return copy_rows(
        company.env.cr,
        SQL(
            """SELECT product_id, %s, received, value FROM (%s) AS move
                WHERE received > 0 AND NOT is_dropship
                ORDER BY product_id, date, move_id""",
            slot_of(company, SQL("date"), first),
            _valued_moves(company, categories, last),
        ),
        {"product_id": "i4", "slot": "i4", "received": "f8", "value": "f8"},
    )


def _valued_moves(company, categories: list[int], last: date) -> SQL:
    """Moves into or out of the company's stock, or past it (dropshipping)."""
    return SQL(
        """SELECT l.move_id, l.product_id, move.date,
                  COALESCE(move.value, 0)::float8 AS value, move.is_dropship,
                  COALESCE(sum(l.quantity_product_uom) FILTER (
                      WHERE source.id IS NULL AND target.id IS NOT NULL
                         OR move.is_dropship), 0)::float8 AS received,
                  COALESCE(sum(CASE WHEN target.id IS NULL THEN -1 ELSE 1 END
                               * l.quantity_product_uom) FILTER (
                      WHERE (source.id IS NULL) != (target.id IS NULL)), 0)::float8
                      AS net
             FROM stock_move_line l
             JOIN stock_move move ON move.id = l.move_id
             JOIN product_product product ON product.id = l.product_id
             JOIN product_template template ON template.id = product.product_tmpl_id
              AND COALESCE(template.categ_id, 0) = ANY (%(categories)s)
             LEFT JOIN %(places)s source ON source.id = l.location_id
             LEFT JOIN %(places)s target ON target.id = l.location_dest_id
            WHERE l.state = 'done' AND l.company_id = %(company)s AND %(own)s
              AND %(until)s
              AND ((source.id IS NULL) != (target.id IS NULL) OR move.is_dropship)
            GROUP BY l.move_id, l.product_id, move.date, move.value,
                     move.is_dropship""",
        categories=categories,
        places=places(company),
        company=company.id,
        own=own_goods(company),
        until=until(company, SQL("l.date"), last),
    )
