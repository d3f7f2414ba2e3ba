"""What the key figures of a month are computed from, read from Odoo's tables.

Each function that reads is one statement. Days are the company's own; ``slot`` counts
them: 0 is everything before the month, 1 its first day. Own goods only. Warehouse 0
stands for places of the company outside any warehouse, such as goods in transit.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from odoo.tools import SQL

from .jxc_demand_copy import copy_rows
from .jxc_demand_scope import local_day, own_goods, start_of, timezone

#: goods that go to one of these were sold or used up
CONSUMED = ("customer", "production")
#: an article counts as wanted for so many days after its last demand
WANTED_DAYS = 365
PAIR = {"product_id": "i4", "warehouse_id": "i4"}


def places(company) -> SQL:
    """Locations in which Odoo values goods of the company: id, warehouse_id."""
    return SQL(
        """(SELECT id, COALESCE(warehouse_id, 0) AS warehouse_id FROM stock_location
             WHERE company_id = %s AND usage IN ('internal', 'transit'))""",
        company.id,
    )


def _until(company, column: SQL, last: date) -> SQL:
    """Condition: the moment lies on or before the day."""
    after = SQL("%s::date", last + timedelta(days=1))
    return SQL("%s < %s", column, start_of(after, timezone(company)))


def _slot(company, column: SQL, first: date) -> SQL:
    day = local_day(column, timezone(company))
    return SQL("greatest(0, %s - %s::date + 1)", day, first)


def products(company) -> np.ndarray:
    """Storable products: category (0 for none) and today's unit cost."""
    return copy_rows(
        company.env.cr,
        SQL(
            """SELECT product.id, COALESCE(categ_id, 0),
                      COALESCE((standard_price->>%s)::float8, 0)
                 FROM product_product product
                 JOIN product_template template ON template.id = product_tmpl_id
                WHERE is_storable ORDER BY product.id""",
            str(company.id),
        ),
        {"product_id": "i4", "categ_id": "i4", "price": "f8"},
    )


def create_lines(company, first: date, last: date) -> None:
    """Make temporary tables of the done move lines up to the last day.

    ``jxc_kpi_line``: those of the month, with their day's slot. ``jxc_kpi_before``:
    what went from place to place before it, added up; ``fresh`` since the days began in
    which goods count as no dead stock. The lines of all years are read only here.
    """
    cr, tz = company.env.cr, timezone(company)
    since = min(first, _fresh_since(company, last))

    def own_lines(condition: SQL) -> SQL:
        return SQL(
            "stock_move_line l WHERE l.state = 'done' AND l.company_id = %s AND %s"
            " AND %s",
            company.id,
            own_goods(company),
            condition,
        )

    begin = start_of(SQL("%s::date", first), tz)
    _temporary(
        cr,
        "jxc_kpi_line",
        SQL(
            """SELECT l.move_id, l.product_id, l.location_id, l.location_dest_id,
                      %s AS slot, l.quantity_product_uom AS quantity
                 FROM %s""",
            _slot(company, SQL("l.date"), first),
            own_lines(
                SQL("l.date >= %s AND %s", begin, _until(company, SQL("l.date"), last))
            ),
        ),
    )
    _temporary(
        cr,
        "jxc_kpi_before",
        SQL(
            """SELECT l.product_id, l.location_id, l.location_dest_id,
                      l.date >= %s AS fresh, sum(l.quantity_product_uom) AS quantity
                 FROM %s GROUP BY 1, 2, 3, 4""",
            start_of(SQL("%s::date", since), tz),
            own_lines(SQL("l.date < %s", begin)),
        ),
    )


def _temporary(cr, table: str, query: SQL) -> None:
    name = SQL.identifier(table)
    cr.execute(SQL("DROP TABLE IF EXISTS %s", name))
    cr.execute(SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS %s", name, query))
    cr.execute(SQL("ANALYZE %s", name))


def _fresh_since(company, last: date) -> date:
    return last - timedelta(days=company.jxc_dead_days - 1)


def changes(company) -> np.ndarray:
    """Net change of stock per product, warehouse and slot."""
    return copy_rows(
        company.env.cr,
        SQL(
            """WITH went AS (
                    SELECT product_id, location_id, location_dest_id, slot,
                           sum(quantity) AS quantity
                      FROM jxc_kpi_line GROUP BY 1, 2, 3, 4
                     UNION ALL
                    SELECT product_id, location_id, location_dest_id, 0, quantity
                      FROM jxc_kpi_before
               )
               SELECT product_id, warehouse_id, slot, sum(quantity)::float8
                 FROM (SELECT product_id, warehouse_id, slot, quantity
                         FROM went JOIN %(places)s place ON place.id = location_dest_id
                        UNION ALL
                       SELECT product_id, warehouse_id, slot, -quantity
                         FROM went JOIN %(places)s place ON place.id = location_id
                      ) AS change
                GROUP BY product_id, warehouse_id, slot""",
            places=places(company),
        ),
        PAIR | {"slot": "i4", "quantity": "f8"},
    )


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
            until=_until(company, SQL("date"), last),
            slot=_slot(company, SQL("date"), first),
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
            _slot(company, SQL("date"), first),
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
        until=_until(company, SQL("l.date"), last),
    )


def consumption(company) -> np.ndarray:
    """Value of the goods sold or used up, less returns, as Odoo valued the moves.

    ``sold`` and ``sold_value``: the units and the value of what customers got.
    """

    def side(sign: SQL, inside: SQL, outside: SQL) -> SQL:
        return SQL(
            """SELECT l.product_id, place.warehouse_id,
                      other.usage = 'customer' AS sold,
                      %(sign)s l.quantity::float8 AS quantity,
                      %(sign)s COALESCE(move.value, 0)::float8 * l.quantity
                      / NULLIF(sum(l.quantity) OVER (PARTITION BY l.move_id), 0)
                      AS value
                 FROM jxc_kpi_line l
                 JOIN stock_move move ON move.id = l.move_id
                 JOIN %(places)s place ON place.id = %(inside)s
                 JOIN stock_location other ON other.id = %(outside)s
                  AND other.usage IN %(consumed)s""",
            sign=sign,
            places=places(company),
            inside=inside,
            outside=outside,
            consumed=CONSUMED,
        )

    return copy_rows(
        company.env.cr,
        SQL(
            """SELECT product_id, warehouse_id, COALESCE(sum(value), 0)::float8,
                      COALESCE(sum(quantity) FILTER (WHERE sold), 0)::float8,
                      COALESCE(sum(value) FILTER (WHERE sold), 0)::float8
                 FROM (%s UNION ALL %s) AS line GROUP BY product_id, warehouse_id""",
            side(SQL(""), SQL("l.location_id"), SQL("l.location_dest_id")),
            side(SQL("-"), SQL("l.location_dest_id"), SQL("l.location_id")),
        ),
        PAIR | {"value": "f8", "sold": "f8", "sold_value": "f8"},
    )


def demand(company, first: date, last: date) -> np.ndarray:
    """Articles wanted lately: slots of first and latest demand, lines in the month.

    A day on which goods only came back is no demand.

    ``since`` is the first demand within a year, in the month at the earliest; it lies
    after the month where there was none within a year.
    """
    return copy_rows(
        company.env.cr,
        SQL(
            """SELECT product_id, warehouse_id,
                      COALESCE(greatest(1, min(day) FILTER (
                          WHERE day > %(last)s::date - %(wanted)s)
                          - %(first)s::date + 1), 99),
                      max(day) - %(first)s::date + 1,
                      COALESCE(sum(lines) FILTER (
                          WHERE day >= %(first)s::date), 0)::float8
                 FROM (SELECT series.product_id, series.warehouse_id, day, part.lines
                         FROM jxc_demand_series series
                         JOIN stock_warehouse warehouse
                           ON warehouse.lot_stock_id = series.location_id,
                              unnest(series.days, series.lines) AS part(day, lines)
                        WHERE series.company_id = %(company)s AND part.lines > 0
                        UNION ALL
                       SELECT product_id, warehouse_id, day, COALESCE(lines, 0)
                         FROM jxc_demand_entry
                        WHERE active AND company_id = %(company)s AND quantity > 0
                      ) AS demand
                WHERE day > %(last)s::date - %(window)s AND day <= %(last)s::date
                GROUP BY product_id, warehouse_id""",
            company=company.id,
            first=first,
            last=last,
            wanted=WANTED_DAYS,
            window=max(WANTED_DAYS, company.jxc_dead_days),
        ),
        PAIR | {"since": "i4", "latest": "i4", "lines": "f8"},
    )


def arrivals(company, first: date, last: date) -> np.ndarray:
    """Units that came into a warehouse in the last days, within which none are dead.

    Not what customers send back: those goods are as old as they were.
    """
    since = _fresh_since(company, last)
    return copy_rows(
        company.env.cr,
        SQL(
            """SELECT l.product_id, target.warehouse_id, sum(l.quantity)::float8
                 FROM (SELECT product_id, location_id, location_dest_id, quantity
                         FROM jxc_kpi_before WHERE fresh
                        UNION ALL
                       SELECT product_id, location_id, location_dest_id, quantity
                         FROM jxc_kpi_line
                        WHERE slot > %(since)s::date - %(first)s::date
                      ) AS l
                 JOIN %(places)s target ON target.id = l.location_dest_id
                 JOIN stock_location source ON source.id = l.location_id
                WHERE source.usage != 'customer'
                  AND (source.usage != 'internal'
                       OR COALESCE(source.warehouse_id, 0) != target.warehouse_id)
                GROUP BY l.product_id, target.warehouse_id""",
            places=places(company),
            since=since,
            first=first,
        ),
        PAIR | {"quantity": "f8"},
    )


def purchases(company, first: date, last: date) -> np.ndarray:
    """Lines of purchase orders confirmed in the month, and shares of the orders."""
    return copy_rows(
        company.env.cr,
        SQL(
            """SELECT product_id, warehouse_id, count(*)::float8, sum(share)::float8
                 FROM (SELECT line.product_id, type.warehouse_id,
                              1.0 / count(*) OVER (PARTITION BY purchase.id) AS share
                         FROM purchase_order_line line
                         JOIN purchase_order purchase ON purchase.id = line.order_id
                         JOIN stock_picking_type type
                           ON type.id = purchase.picking_type_id
                         JOIN product_product product ON product.id = line.product_id
                         JOIN product_template template
                           ON template.id = product.product_tmpl_id AND is_storable
                        WHERE purchase.company_id = %s AND purchase.state = 'purchase'
                          AND line.product_qty > 0 AND type.warehouse_id IS NOT NULL
                          AND %s BETWEEN %s AND %s) AS line
                GROUP BY product_id, warehouse_id""",
            company.id,
            local_day(SQL("purchase.date_approve"), timezone(company)),
            first,
            last,
        ),
        PAIR | {"lines": "f8", "orders": "f8"},
    )


def accuracy(company, first: date) -> np.ndarray:
    """Errors of the month's forecasts and what was sold, at cost; once it is over."""
    company.env["jxc.accuracy"].flush_model()
    return copy_rows(
        company.env.cr,
        SQL(
            """SELECT product_id, warehouse_id, COALESCE(final_error, 0)::float8,
                      COALESCE(actual_value, 0)::float8
                 FROM jxc_accuracy
                WHERE company_id = %s AND month = %s AND is_complete""",
            company.id,
            first,
        ),
        PAIR | {"error": "f8", "sold": "f8"},
    )


def classes(company) -> np.ndarray:
    """ABC and XYZ of the last run as character codes, 0 for none."""
    return copy_rows(
        company.env.cr,
        SQL(
            """SELECT policy.product_id, policy.warehouse_id,
                      COALESCE(ascii(abc_class), 0), COALESCE(ascii(xyz_class), 0)
                 FROM jxc_policy policy
                 JOIN stock_warehouse warehouse
                   ON warehouse.lot_stock_id = policy.location_id
                WHERE policy.company_id = %s""",
            company.id,
        ),
        PAIR | {"abc": "i4", "xyz": "i4"},
    )


def excess(company) -> np.ndarray:
    """Value of today's stock above need."""
    return copy_rows(
        company.env.cr,
        SQL(
            """SELECT product_id, warehouse_id, excess_value::float8
                 FROM jxc_stock_age WHERE company_id = %s AND excess_value > 0""",
            company.id,
        ),
        PAIR | {"value": "f8"},
    )
