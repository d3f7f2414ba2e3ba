"""Order lines and whether they were filled, read from Odoo's moves.

An **order line** is what a customer (or production, or another warehouse) asked for in
one go: a move with its backorders. Its moves belong to one sales order line where there
is one, else to one delivery with the deliveries that follow it up; they have the same
product and leave the same warehouse.

It is **filled** if all that was asked for was done by the day it was due: the deadline,
else the date it was first scheduled for (``jxc.move.promise``), of its moves the
earliest. What was left out of a delivery, or cancelled after a part was delivered, was
asked for and is not filled; a delivery that was cancelled as a whole is no line. Before
the installation moves without deadline count as due when they were done. Such lines are
**estimated**: only what was left out or delivered later is known to be late.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from odoo.tools import SQL

from .jxc_demand_copy import copy_rows
from .jxc_demand_scope import (
    create_places,
    local_day,
    own_goods,
    start_of,
    timezone,
)

#: backorders of backorders of ...: anything deeper is a circle
MAX_CHAIN = 100
#: quantities are equal within this
SAME = 1e-6
SERVICE = {
    "product_id": "i4",
    "warehouse_id": "i4",
    "lines": "i4",
    "filled_lines": "i4",
    "estimated_lines": "i4",
    "units": "f8",
    "filled_units": "f8",
}


def service(company, first: date, last: date) -> np.ndarray:
    """Lines due in a span of days, by product and warehouse.

    ``filled_lines`` and ``estimated_lines`` are of the ``lines``; ``units`` were asked
    for, ``filled_units`` done by the day they were due. Only lines due before today:
    today is not over. A fixed number of statements.

    :param first, last: days of the company, both included
    :returns: rows with the columns of SERVICE, ordered by product and warehouse
    """
    company.env.flush_all()
    create_places(company)
    _find_moves(company, first, last)
    return copy_rows(
        company.env.cr,
        SQL(
            """SELECT product_id, warehouse_id, count(*)::int4,
                      (count(*) FILTER (WHERE filled >= asked - %(same)s))::int4,
                      (count(*) FILTER (WHERE estimated))::int4,
                      sum(asked), sum(least(filled, asked))
                 FROM (%(lines)s) AS line
                WHERE asked > %(same)s AND due < %(today)s
                  AND due BETWEEN %(first)s AND %(last)s
                GROUP BY product_id, warehouse_id
                ORDER BY product_id, warehouse_id""",
            same=SAME,
            lines=_order_lines(company),
            today=company.env["jxc.demand.day"]._today(company),
            first=first,
            last=last,
        ),
        SERVICE,
    )


def _temporary(cr, table: str, query: SQL) -> None:
    name = SQL.identifier(table)
    cr.execute(SQL("DROP TABLE IF EXISTS %s", name))
    cr.execute(SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS %s", name, query))
    cr.execute(SQL("ANALYZE %s", name))


def _find_moves(company, first: date, last: date) -> None:
    """``jxc_line_move``: all moves of the lines that may be due in the span.

    Any move that is due, promised or done then leads to its line, and the line to its
    other moves. All moves are looked through once; what is wanted of them is kept, as
    looking up many by their ids would read the whole table again.
    """
    cr, tz = company.env.cr, timezone(company)
    begin = start_of(SQL("%s::date", first), tz)
    end = start_of(SQL("%s::date", last + timedelta(days=1)), tz)
    # The sales order line, where the Sales app is there.
    sale_line = (
        SQL("move.sale_line_id")
        if "sale_line_id" in company.env["stock.move"]._fields
        else SQL("NULL::int4")
    )
    move = SQL(
        """move.id, move.product_id, move.location_id, move.location_dest_id,
           move.state, move.date, move.date_deadline, move.product_qty,
           move.picking_id, %s AS sale_line_id""",
        sale_line,
    )
    # an order of a customer, not what comes back or belongs to somebody else
    asked = SQL(
        """move.company_id = %s AND move.origin_returned_move_id IS NULL
           AND (move.restrict_partner_id IS NULL OR move.restrict_partner_id = %s)
           AND move.location_id IN (SELECT location_id FROM jxc_demand_place
                                     WHERE keys != '{}')""",
        company.id,
        company.partner_id.id,
    )
    _temporary(
        cr,
        "jxc_line_seed",
        SQL(
            """SELECT %(move)s FROM stock_move move
                WHERE (move.date_deadline >= %(begin)s AND move.date_deadline < %(end)s
                       OR move.date >= %(begin)s AND move.date < %(end)s) AND %(asked)s
                UNION
               SELECT %(move)s
                 FROM jxc_move_promise promise
                 JOIN stock_move move ON move.id = promise.move_id
                WHERE promise.date >= %(begin)s AND promise.date < %(end)s
                  AND %(asked)s""",
            move=move,
            asked=asked,
            begin=begin,
            end=end,
        ),
    )
    _temporary(
        cr,
        "jxc_line_delivery",
        SQL(
            """WITH RECURSIVE up AS (
                    SELECT picking.id, picking.backorder_id, 1 AS depth
                      FROM (SELECT DISTINCT picking_id FROM jxc_line_seed) seed
                      JOIN stock_picking picking ON picking.id = seed.picking_id
                     UNION
                    SELECT earlier.id, earlier.backorder_id, depth + 1
                      FROM up JOIN stock_picking earlier ON earlier.id = up.backorder_id
                     WHERE depth < %(depth)s
               ), down AS (
                    SELECT id, id AS first_id, 1 AS depth FROM up
                     WHERE backorder_id IS NULL
                     UNION
                    SELECT later.id, first_id, depth + 1
                      FROM down JOIN stock_picking later ON later.backorder_id = down.id
                     WHERE depth < %(depth)s
               )
               SELECT DISTINCT id, first_id FROM down""",
            depth=MAX_CHAIN,
        ),
    )
    _temporary(
        cr,
        "jxc_line_move",
        SQL(
            """SELECT move.id, move.product_id, key.warehouse_id, move.state, move.date,
                      move.product_qty::float8 AS ordered,
                      COALESCE(move.date_deadline, promise.date) AS promised,
                      move.sale_line_id, delivery.first_id
                 FROM (SELECT * FROM jxc_line_seed
                        UNION
                       SELECT %(move)s FROM jxc_line_delivery delivery
                         JOIN stock_move move ON move.picking_id = delivery.id
                        WHERE %(asked)s
                        UNION
                       SELECT %(move)s
                         FROM (SELECT DISTINCT sale_line_id AS id FROM jxc_line_seed
                              ) seed
                         JOIN stock_move move ON seed.id = %(sale_line)s
                        WHERE %(asked)s) AS move
                 JOIN jxc_demand_place source ON source.location_id = move.location_id
                 JOIN jxc_demand_place target
                   ON target.location_id = move.location_dest_id
                 JOIN jxc_demand_key key ON key.location_id = ANY (source.keys)
                  AND key.location_id != ALL (target.keys)
                 JOIN stock_warehouse warehouse
                   ON warehouse.lot_stock_id = key.location_id
            LEFT JOIN stock_picking picking ON picking.id = move.picking_id
            LEFT JOIN jxc_line_delivery delivery ON delivery.id = move.picking_id
            LEFT JOIN jxc_move_promise promise ON promise.move_id = move.id
                WHERE target.wanted
                  AND (move.state NOT IN ('draft', 'cancel')
                       OR move.state = 'cancel' AND (picking.state = 'done'
                                       OR picking.backorder_id IS NOT NULL))""",
            move=move,
            asked=asked,
            sale_line=sale_line,
        ),
    )


def _order_lines(company) -> SQL:
    """The lines of ``jxc_line_move``: what was asked for, and done when it was due.

    Move lines are looked up move by move: these are few of all, and lie together.
    """
    tz = timezone(company)
    return SQL(
        """WITH move AS (
                SELECT *, min(%(promised)s) OVER line AS due,
                       min(id) OVER line AS line_id
                  FROM jxc_line_move
                WINDOW line AS (
                       PARTITION BY product_id, warehouse_id, sale_line_id,
                       CASE WHEN sale_line_id IS NULL THEN first_id END,
                       CASE WHEN COALESCE(sale_line_id, first_id) IS NULL THEN id END)
           )
           SELECT product_id, warehouse_id, due,
                  bool_or(promised IS NULL AND state = 'done') AS estimated,
                  CASE WHEN sum(ordered) > 0 THEN sum(ordered)
                       ELSE sum(COALESCE(quantity, 0)) END AS asked,
                  sum(COALESCE(in_time, 0)) AS filled
             FROM move
            CROSS JOIN LATERAL (
                  SELECT sum(l.quantity_product_uom)::float8 AS quantity,
                         (sum(l.quantity_product_uom) FILTER (
                             WHERE %(day)s <= move.due))::float8 AS in_time
                    FROM stock_move_line l
                   WHERE l.move_id = move.id AND l.state = 'done' AND %(own)s) AS done
            WHERE state != 'done' OR quantity IS NOT NULL
            GROUP BY line_id, product_id, warehouse_id, due""",
        promised=local_day(SQL("COALESCE(promised, date)"), tz),
        day=local_day(SQL("l.date"), tz),
        own=own_goods(company),
    )
