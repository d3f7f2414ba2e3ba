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


def until(company, column: SQL, last: date) -> SQL:
    """Condition: the moment lies on or before the day."""
    after = SQL("%s::date", last + timedelta(days=1))
    return SQL("%s < %s", column, start_of(after, timezone(company)))


def slot_of(company, column: SQL, first: date) -> SQL:
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
    """Make temporary tables of the done move lines from the first day on.

    ``jxc_kpi_line``: those up to the last day, with their day's slot.
    ``jxc_kpi_later``: what went from place to place after it, added up.
    """
    cr, tz = company.env.cr, timezone(company)
    begin = start_of(SQL("%s::date", first), tz)
    end = start_of(SQL("%s::date", last + timedelta(days=1)), tz)
    _temporary(
        cr,
        "jxc_kpi_line",
        SQL(
            """SELECT l.move_id, l.product_id, l.location_id, l.location_dest_id,
                      %s AS slot, l.quantity_product_uom AS quantity
                 FROM %s AND l.date >= %s AND l.date < %s""",
            slot_of(company, SQL("l.date"), first),
            _own_lines(company),
            begin,
            end,
        ),
    )
    _temporary(
        cr,
        "jxc_kpi_later",
        SQL(
            """SELECT l.product_id, l.location_id, l.location_dest_id,
                      sum(l.quantity_product_uom) AS quantity
                 FROM %s AND l.date >= %s GROUP BY 1, 2, 3""",
            _own_lines(company),
            end,
        ),
    )


def _own_lines(company) -> SQL:
    """Done move lines ``l`` of the company's own goods; ends with a condition."""
    return SQL(
        "stock_move_line l WHERE l.state = 'done' AND l.company_id = %s AND %s",
        company.id,
        own_goods(company),
    )


def _temporary(cr, table: str, query: SQL) -> None:
    name = SQL.identifier(table)
    cr.execute(SQL("DROP TABLE IF EXISTS %s", name))
    cr.execute(SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS %s", name, query))
    cr.execute(SQL("ANALYZE %s", name))


def changes(company) -> np.ndarray:
    """Net change of stock per product, warehouse and slot.

    What was there before the first day is what is there now, less all that came and
    went since: so Odoo itself tells the stock of a day, and only the lines since then
    have to be read.
    """
    return copy_rows(
        company.env.cr,
        SQL(
            """WITH went AS (
                    SELECT product_id, location_id, location_dest_id, slot,
                           sum(quantity) AS quantity
                      FROM jxc_kpi_line GROUP BY 1, 2, 3, 4
               ), change AS (
                    SELECT * FROM went
                     UNION ALL
                    SELECT product_id, location_id, location_dest_id, 0, -quantity
                      FROM went
                     UNION ALL
                    SELECT product_id, location_id, location_dest_id, 0, -quantity
                      FROM jxc_kpi_later
               )
               SELECT product_id, warehouse_id, slot, sum(quantity)::float8
                 FROM (SELECT product_id, warehouse_id, slot, quantity
                         FROM change
                         JOIN %(places)s place ON place.id = location_dest_id
                        UNION ALL
                       SELECT product_id, warehouse_id, slot, -quantity
                         FROM change
                         JOIN %(places)s place ON place.id = location_id
                        UNION ALL
                       SELECT l.product_id, warehouse_id, 0, l.quantity
                         FROM stock_quant l
                         JOIN %(places)s place ON place.id = l.location_id
                        WHERE %(own)s
                      ) AS change
                GROUP BY product_id, warehouse_id, slot""",
            places=places(company),
            own=own_goods(company),
        ),
        PAIR | {"slot": "i4", "quantity": "f8"},
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


def arrivals(company, products: np.ndarray, last: date) -> np.ndarray:
    """Units of some products that came into a warehouse in the days up to the last
    within which none are dead.

    Not what customers send back: those goods are as old as they were.
    """
    since = last - timedelta(days=company.jxc_dead_days - 1)
    return copy_rows(
        company.env.cr,
        SQL(
            """SELECT l.product_id, target.warehouse_id,
                      sum(l.quantity_product_uom)::float8
                 FROM (SELECT * FROM %(lines)s AND l.product_id = ANY (%(products)s)
                          AND l.date >= %(since)s AND %(until)s) AS l
                 JOIN %(places)s target ON target.id = l.location_dest_id
                 JOIN stock_location source ON source.id = l.location_id
                WHERE source.usage != 'customer'
                  AND (source.usage != 'internal'
                       OR COALESCE(source.warehouse_id, 0) != target.warehouse_id)
                GROUP BY l.product_id, target.warehouse_id""",
            lines=_own_lines(company),
            products=products.tolist(),
            since=start_of(SQL("%s::date", since), timezone(company)),
            until=until(company, SQL("l.date"), last),
            places=places(company),
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
