"""The definition of demand, and what SQL has to do with it.

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

What else comes into a place or leaves it (receipts, goods that come back, scrap,
corrections) is no demand, but **moved**: with it the stock of each day can be rebuilt
(jxc_demand_stock.py).

The lines are read into numpy (jxc_demand_lines.py), where is found what they mean to
each place (jxc_demand_places.py), what came back (engine/returns.py), sums by day and
the days without stock (engine/days.py).
"""

from __future__ import annotations

from odoo.tools import SQL


def outgoing(lines: SQL) -> SQL:
    """What leaves a place for where it was wanted, of lines with their mark's columns.

    ``back``: sent back to where it came from, so no demand of its own.
    """
    return SQL(
        """SELECT l.move_id, key.key AS location_id, l.product_id, l.day, l.quantity,
                  COALESCE(l.share, 0) AS share, l.back IS TRUE AS back
             FROM (%s) AS l
             JOIN jxc_demand_place source ON source.location_id = l.location_id
             JOIN jxc_demand_place target ON target.location_id = l.location_dest_id
            CROSS JOIN unnest(source.keys) AS key(key)
            WHERE target.wanted AND key.key != ALL (target.keys)""",
        lines,
    )
