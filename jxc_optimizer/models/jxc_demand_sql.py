"""The definition of demand, in SQL.

**Demand** is what leaves a place because somebody wanted it:

- the *done* quantity of stock move lines (never the ordered one), in the product's
  unit of measure, on the line's date in the company's time zone;
- that start in stock inside the place and end outside it: with customers, in
  production, in another warehouse (goods sent through a transit location count where
  and when they set off), in stock outside any warehouse (a subcontractor). A transfer
  of several steps inside a warehouse is inside, so a delivery counts once, when the
  goods leave the building;
- not: goods sent to a vendor, scrap, inventory corrections, dropshipping (never in
  stock here), stock that belongs to another owner.

**Returns** take back from the move they return, on that move's day and place, in
proportion to the lines it left by; a return of a return gives back again. A move that
returns anything is no demand of its own (returned receipts and unbuilt goods, too).
Goods that come from a customer without reference to a delivery count negative on
their own day, in the place they come to.

Kits are demand of their components, because their moves are.

An **order line** is a stock move; several move lines of one move (lots, shelves) on
one day are one line. Parts delivered later (backorders) are moves of their own.

All functions return SQL over move lines ``l`` with the columns move_id, product_id,
location_id, location_dest_id, day and quantity.
"""

from __future__ import annotations

from odoo.tools import SQL

from .jxc_demand_scope import local_day, own_goods, timezone

#: sums of the same figures in another order agree to far more than this
DECIMALS = 1e6
#: returns of returns of ...: anything deeper is a circle
MAX_CHAIN = 20
MEASURES = ("quantity", "lines", "largest", "returned")


def all_lines(company) -> SQL:
    """Done move lines of a company."""
    return SQL(
        """(SELECT l.move_id, l.product_id, l.location_id, l.location_dest_id,
                   l.quantity_product_uom::float8 AS quantity, %s AS day
              FROM stock_move_line l
             WHERE l.state = 'done' AND l.company_id = %s AND %s)""",
        local_day(SQL("l.date"), timezone(company)),
        company.id,
        own_goods(company),
    )


def create_returned(company) -> None:
    """Make the temporary table ``jxc_demand_returned`` (move_id, share).

    ``share`` of a move is what came back of it, 1 for all; NULL marks a move that is
    itself a return. Reads pairs of return and origin from ``jxc_demand_pair``, which
    must hold every return of a move that is asked about, returns of returns included.
    """
    cr = company.env.cr
    cr.execute(SQL("DROP TABLE IF EXISTS jxc_demand_returned"))
    cr.execute(
        SQL(
            """CREATE TEMP TABLE jxc_demand_returned ON COMMIT DROP AS
               WITH RECURSIVE chain AS (
                    SELECT move_id, origin_id, 1 AS sign, 1 AS depth
                      FROM jxc_demand_pair
                     UNION ALL
                    SELECT chain.move_id, pair.origin_id, -sign, depth + 1
                      FROM chain
                      JOIN jxc_demand_pair pair ON pair.move_id = chain.origin_id
                     WHERE depth < %(depth)s
               ), back AS (
                    SELECT chain.origin_id AS move_id,
                           sum(chain.sign * l.quantity_product_uom::float8) AS quantity
                      FROM chain
                      JOIN stock_move_line l ON l.move_id = chain.move_id
                     WHERE l.state = 'done' AND %(own)s
                       AND NOT EXISTS (SELECT FROM jxc_demand_pair pair
                                        WHERE pair.move_id = chain.origin_id)
                     GROUP BY chain.origin_id
               )
               SELECT back.move_id,
                      back.quantity / sum(l.quantity_product_uom::float8) AS share
                 FROM back
                 JOIN stock_move_line l ON l.move_id = back.move_id
                WHERE l.state = 'done' AND %(own)s
                GROUP BY back.move_id, back.quantity
               HAVING sum(l.quantity_product_uom) != 0
                UNION ALL
               SELECT move_id, NULL FROM jxc_demand_pair""",
            depth=MAX_CHAIN,
            own=own_goods(company),
        )
    )
    cr.execute(SQL("ANALYZE jxc_demand_returned"))


def outgoing(lines: SQL) -> SQL:
    """What leaves a place and is no return, line by line."""
    return SQL(
        """SELECT l.move_id, key.key AS location_id, l.product_id, l.day, l.quantity,
                  COALESCE(returned.share, 0) AS share
             FROM %s l
             JOIN jxc_demand_place source ON source.location_id = l.location_id
             JOIN jxc_demand_place target ON target.location_id = l.location_dest_id
             LEFT JOIN jxc_demand_returned returned ON returned.move_id = l.move_id
            CROSS JOIN unnest(source.keys) AS key(key)
            WHERE target.wanted AND key.key != ALL (target.keys)
              AND (returned.move_id IS NULL OR returned.share IS NOT NULL)""",
        lines,
    )


def by_move(lines: SQL) -> SQL:
    """Lines of the same move and day, put together as one order line."""
    return SQL(
        """SELECT move_id, location_id, product_id, day,
                  sum(quantity) AS quantity, share
             FROM (%s) AS outgoing
            GROUP BY move_id, location_id, product_id, day, share""",
        lines,
    )


def unreferenced_returns(lines: SQL) -> SQL:
    """What comes back from customers without naming the delivery."""
    return SQL(
        """SELECT key.key AS location_id, l.product_id, l.day, l.quantity
             FROM %s l
             JOIN jxc_demand_place source ON source.location_id = l.location_id
             JOIN jxc_demand_place target ON target.location_id = l.location_dest_id
            CROSS JOIN unnest(target.keys) AS key(key)
            WHERE source.customer
              AND NOT EXISTS (SELECT FROM jxc_demand_returned returned
                               WHERE returned.move_id = l.move_id
                                 AND returned.share IS NULL)""",
        lines,
    )


def by_day(order_lines: SQL, blind_returns: SQL) -> SQL:
    """Figures per key location, product and day from order lines and returns."""
    return SQL(
        """SELECT location_id, product_id, day,
                  round(sum(quantity) * %(d)s) / %(d)s AS quantity,
                  count(line)::int AS lines,
                  COALESCE(max(line), 0) AS largest,
                  round(COALESCE(sum(returned), 0) * %(d)s) / %(d)s AS returned
             FROM (SELECT location_id, product_id, day,
                          quantity * (1 - share) AS quantity,
                          quantity AS line, quantity * share AS returned
                     FROM (%(order_lines)s) AS order_line
                    UNION ALL
                   SELECT location_id, product_id, day, -quantity, NULL, quantity
                     FROM (%(blind_returns)s) AS blind_return
                  ) AS part
            GROUP BY location_id, product_id, day""",
        d=DECIMALS,
        order_lines=order_lines,
        blind_returns=blind_returns,
    )
