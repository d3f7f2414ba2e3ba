"""Counting what changed: which days of which products, and what they are now."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from odoo import models
from odoo.tools import SQL

from ..engine import returns as chains
from .jxc_among import Chosen, every
from .jxc_demand_copy import copy_rows
from .jxc_demand_scope import local_day, own_goods, start_of, timezone

#: a line's date and its move's, set when both are done, differ by less than this
SLACK = "6 hours"
#: what is entered late, is so many days late at most times
LATE_DAYS = 3


def frontier_of(rebuilt_day: date) -> date:
    """Since when all strays are known, by the day of the last complete count."""
    return rebuilt_day - timedelta(days=LATE_DAYS)


class JxcDemandDay(models.Model):
    _inherit = "jxc.demand.day"

    def _pending(self, company) -> tuple[int, bool]:
        """Number of changes noted, and whether one of them means everything."""
        [[changes, everything]] = self.env.execute_query(
            SQL(
                """SELECT count(*), COALESCE(bool_or(product_id IS NULL), false)
                     FROM jxc_demand_change WHERE company_id = %s""",
                company.id,
            )
        )
        return changes, everything

    def _take_changes(self, company, frontier: date) -> None:
        """Move the noted changes to ``jxc_demand_taken``.

        Kept noted are *strays*: lines of days since the frontier whose date lies off
        their move's, so that Odoo's index on the moves' date does not lead to them.
        """
        self._temporary(
            "jxc_demand_taken",
            SQL(
                "SELECT id, product_id, move_id, line_id, date FROM jxc_demand_change"
                " WHERE company_id = %s",
                company.id,
            ),
        )
        self.env.cr.execute(
            SQL(
                """DELETE FROM jxc_demand_change change
                    USING jxc_demand_taken taken
                    WHERE taken.id = change.id AND NOT EXISTS (
                          SELECT FROM stock_move_line l
                            JOIN stock_move move ON move.id = l.move_id
                           WHERE l.id = taken.line_id AND %s)""",
                _stray(company, frontier),
            )
        )

    def _drop_changes(
        self, company, frontier: date, moves: np.ndarray, chosen: Chosen = every
    ) -> int:
        """Drop the noted changes after a complete count; their number.

        :param chosen: of some products, whose share was counted
        :param moves: all that have done lines since the frontier, looked through for
            strays
        """
        cr = self.env.cr
        cr.execute(
            SQL(
                "DELETE FROM jxc_demand_change WHERE company_id = %s AND %s",
                company.id,
                chosen(SQL("product_id")),
            )
        )
        count = cr.rowcount
        cr.execute(
            SQL(
                """INSERT INTO jxc_demand_change
                          (company_id, product_id, move_id, line_id, date)
                   SELECT l.company_id, l.product_id, l.move_id, l.id, l.date
                     FROM unnest(%(moves)s::int[]) AS known(id)
                    CROSS JOIN LATERAL (
                          SELECT date FROM stock_move WHERE id = known.id
                          OFFSET 0) AS move
                    CROSS JOIN LATERAL (
                          SELECT * FROM stock_move_line WHERE move_id = known.id
                          OFFSET 0) AS l
                    WHERE l.company_id = %(company)s AND %(stray)s""",
                moves=moves.tolist(),
                company=company.id,
                stray=_stray(company, frontier),
            )
        )
        return count

    def _find_days(self, company) -> int:
        """``jxc_demand_dirty``: product and day of all that has to be counted again.

        The old and the new day of a changed line and, since returns count with what
        they return, the days of the move at the head of its chain of returns.
        """
        tz = timezone(company)
        return self._temporary(
            "jxc_demand_dirty",
            SQL(
                """WITH RECURSIVE chain AS (
                        SELECT move_id FROM jxc_demand_taken
                         UNION
                        SELECT move.origin_returned_move_id
                          FROM chain
                         CROSS JOIN LATERAL (
                               SELECT origin_returned_move_id FROM stock_move
                                WHERE id = chain.move_id OFFSET 0) move
                         WHERE move.origin_returned_move_id IS NOT NULL
                   ), dirty AS (
                        SELECT product_id, %(taken)s AS day
                          FROM jxc_demand_taken taken WHERE date IS NOT NULL
                         UNION
                        SELECT l.product_id, %(line)s
                          FROM chain
                         CROSS JOIN LATERAL (
                               SELECT * FROM stock_move_line
                                WHERE move_id = chain.move_id OFFSET 0) l
                         WHERE l.state = 'done'
                   )
                   SELECT product_id, day, %(start)s AS start, %(stop)s AS stop
                     FROM dirty""",
                taken=local_day(SQL("taken.date"), tz),
                line=local_day(SQL("l.date"), tz),
                start=start_of(SQL("day"), tz),
                stop=start_of(SQL("day + 1"), tz),
            ),
        )

    def _find_lines(self, company, frontier: date) -> None:
        """``jxc_demand_line``: all done lines of the days to count.

        Recent days (since the frontier) are found as a whole through Odoo's index on
        the moves' date, older ones through the index on the lines' product. (OFFSET 0
        makes the planner go through these indexes, whatever it expects.)
        """
        self._temporary(
            "jxc_demand_line",
            SQL(
                """WITH found AS (
                        SELECT l.id
                          FROM (SELECT product_id, min(start) AS start,
                                       max(stop) AS stop
                                  FROM jxc_demand_dirty
                                 WHERE day < %(frontier)s GROUP BY product_id) old
                         CROSS JOIN LATERAL (
                               SELECT id FROM stock_move_line
                                WHERE product_id = old.product_id
                                  AND date >= old.start AND date < old.stop
                               OFFSET 0) l
                         UNION
                        SELECT l.id
                          FROM (SELECT DISTINCT start, stop FROM jxc_demand_dirty
                                 WHERE day >= %(frontier)s) day
                         CROSS JOIN LATERAL (
                               SELECT id FROM stock_move
                                WHERE date >= day.start - %(slack)s::interval
                                  AND date < day.stop + %(slack)s::interval
                               OFFSET 0) move
                         CROSS JOIN LATERAL (
                               SELECT id FROM stock_move_line
                                WHERE move_id = move.id
                               OFFSET 0) l
                         UNION
                        SELECT line_id FROM jxc_demand_taken WHERE line_id IS NOT NULL
                   )
                   SELECT l.move_id, l.product_id, l.location_id, l.location_dest_id,
                          l.quantity_product_uom AS quantity, l.date
                     FROM found
                    CROSS JOIN LATERAL (
                          SELECT * FROM stock_move_line WHERE id = found.id OFFSET 0) l
                     JOIN jxc_demand_dirty dirty
                       ON dirty.product_id = l.product_id AND dirty.day = %(day)s
                    WHERE l.state = 'done' AND l.company_id = %(company)s
                      AND %(own)s""",
                frontier=frontier,
                slack=SLACK,
                day=local_day(SQL("l.date"), timezone(company)),
                company=company.id,
                own=own_goods(company),
            ),
        )

    def _find_returns(self) -> chains.Returns:
        """The returns of the moves of ``jxc_demand_line``, down the chains."""
        pairs = copy_rows(
            self.env.cr,
            SQL(
                """WITH RECURSIVE chain AS (
                        SELECT move.id AS move_id,
                               move.origin_returned_move_id AS origin_id
                          FROM (SELECT DISTINCT move_id FROM jxc_demand_line) line
                         CROSS JOIN LATERAL (
                               SELECT * FROM stock_move
                                WHERE id = line.move_id OFFSET 0) move
                         UNION
                        SELECT move.id, chain.move_id
                          FROM chain
                         CROSS JOIN LATERAL (
                               SELECT id FROM stock_move
                                WHERE origin_returned_move_id = chain.move_id
                               OFFSET 0) move
                   )
                   SELECT move_id, origin_id FROM chain WHERE origin_id IS NOT NULL"""
            ),
            {"move": "i4", "origin": "i4"},
        )
        return chains.chains(pairs["move"].astype(int), pairs["origin"].astype(int))

    def _moved(self, company, move: np.ndarray) -> np.ndarray:
        """What some moves moved by done lines [m + 1], 0 for the last.

        :param move: ids, ascending
        """
        rows = copy_rows(
            self.env.cr,
            SQL(
                """SELECT l.move_id, sum(l.quantity_product_uom::float8)
                     FROM unnest(%s::int[]) AS known(id)
                    CROSS JOIN LATERAL (
                          SELECT * FROM stock_move_line WHERE move_id = known.id
                          OFFSET 0) AS l
                    WHERE l.state = 'done' AND l.quantity_product_uom IS NOT NULL
                      AND %s
                    GROUP BY l.move_id""",
                move.tolist(),
                own_goods(company),
            ),
            {"move_id": "i4", "quantity": "f8"},
        )
        moved = np.zeros(len(move) + 1)
        moved[np.searchsorted(move, rows["move_id"])] = rows["quantity"]
        return moved


def _stray(company, frontier: date) -> SQL:
    """Condition on a line ``l`` and its ``move``."""
    return SQL(
        """l.state = 'done' AND l.date >= %(frontier)s
           AND l.date NOT BETWEEN move.date - %(slack)s::interval
                              AND move.date + %(slack)s::interval""",
        frontier=start_of(SQL("%s::date", frontier), timezone(company)),
        slack=SLACK,
    )
