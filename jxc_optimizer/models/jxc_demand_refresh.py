from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

from . import jxc_bulk
from .jxc_demand_scope import create_places, local_day, own_goods, start_of, timezone
from .jxc_demand_sql import create_marks

#: class of our advisory locks; the object is the company
LOCK = 0x6A7864
#: from this many changes on, counting everything is faster than repairing
MANY_CHANGES = 500_000
#: a line's date and its move's, set when both are done, differ by less than this
SLACK = "6 hours"
#: arrays of a series -> the figure of a day they are made of
DAYS = {name: name for name in ("quantity", "lines", "largest", "returned")}
DAYS = {"days": "day", **DAYS}
MOVED = {"moved_days": "day", "moved": "moved"}
#: all that is counted of a series
COUNTED = (*DAYS, *MOVED, "out_from", "out_until", "negative_until")


class JxcDemandDay(models.Model):
    _inherit = "jxc.demand.day"

    @api.model
    def _refresh(self, company) -> dict[str, int]:
        """Bring the company's demand up to date with its stock moves.

        Costs what changed since the last time. The first time, and when places or time
        zone changed, everything is counted.

        :returns: changes (moved lines noted), days (of products, counted again), and
            inserted, updated, deleted (series written); ``{"busy": 1}`` when somebody
            else is at it, whose result counts after his commit
        """
        self.env.flush_all()
        if not self._lock(company):
            return {"busy": 1}
        fingerprint = create_places(company)
        state = self._state(company)
        if state.fingerprint != fingerprint:
            return self._count_all(company, state, fingerprint)
        changes, everything = self._pending(company)
        if everything or changes > MANY_CHANGES:
            return self._count_all(company, state, fingerprint)
        if not changes:
            return {"changes": 0, "days": 0, "inserted": 0, "updated": 0, "deleted": 0}
        self._take_changes(company, state.rebuilt_day)
        days = self._find_days(company)
        self._find_lines(company, state.rebuilt_day)
        self._find_returns()
        create_marks(company)
        self._load_count()
        self._merge_days()
        self._rebuild_stock()
        return {"changes": changes, "days": days, **self._write(company, partial=True)}

    # -- steps of both -----------------------------------------------------------

    def _lock(self, company) -> bool:
        """Keep a second count of the company out until the end of the transaction."""
        [[held]] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK, company.id)
        )
        return held

    def _state(self, company):
        # sudo: the count is the same whoever asks for it
        return (
            self.env["jxc.demand.state"]
            .sudo()
            .search([("company_id", "=", company.id)])
        )

    def _temporary(self, table: str, query: SQL) -> int:
        """Make a temporary table of a query; its number of rows."""
        cr, name = self.env.cr, SQL.identifier(table)
        cr.execute(SQL("DROP TABLE IF EXISTS %s", name))
        cr.execute(SQL("CREATE TEMP TABLE %s ON COMMIT DROP AS %s", name, query))
        count = cr.rowcount
        self._analyze(table)
        return count

    def _create(self, table: str, types: dict[str, str]) -> None:
        """Make an empty temporary table of columns with their types."""
        cr, name = self.env.cr, SQL.identifier(table)
        columns = SQL(", ").join(
            SQL("%s %s", SQL.identifier(column), SQL(kind))  # pylint: disable=sql-injection
            for column, kind in types.items()
        )
        cr.execute(
            SQL(
                """DROP TABLE IF EXISTS %(name)s;
                   CREATE TEMP TABLE %(name)s (%(columns)s) ON COMMIT DROP""",
                name=name,
                columns=columns,
            )
        )

    def _analyze(self, table: str) -> None:
        self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    def _write(self, company, *, partial: bool) -> dict[str, int]:
        """Write the series of ``jxc_demand_new`` that differ from the stored ones.

        :param partial: leave alone series that are not in ``jxc_demand_new``; those
            without a day left are deleted
        """
        cr, counts = self.env.cr, {}
        columns = SQL(", ").join(map(SQL.identifier, COUNTED))
        cr.execute(
            SQL(
                """DELETE FROM jxc_demand_series series
                    WHERE company_id = %(company)s AND %(gone)s""",
                company=company.id,
                gone=SQL(
                    """EXISTS (SELECT FROM jxc_demand_new new
                                WHERE new.location_id = series.location_id
                                  AND new.product_id = series.product_id
                                  AND new.days = '{}' AND new.moved_days = '{}')"""
                    if partial
                    else """NOT EXISTS (SELECT FROM jxc_demand_new new
                                WHERE new.location_id = series.location_id
                                  AND new.product_id = series.product_id)"""
                ),
            )
        )
        counts["deleted"] = cr.rowcount
        cr.execute(
            SQL(
                """UPDATE jxc_demand_series series SET %(new)s
                     FROM jxc_demand_new new
                    WHERE new.location_id = series.location_id
                      AND new.product_id = series.product_id AND %(differs)s""",
                new=jxc_bulk.assignments(COUNTED, "new"),
                differs=jxc_bulk.differs(COUNTED, "new", "series"),
            )
        )
        counts["updated"] = cr.rowcount
        cr.execute(
            SQL(
                """INSERT INTO jxc_demand_series
                          (company_id, warehouse_id, location_id, product_id,
                           %(columns)s)
                   SELECT %(company)s, key.warehouse_id, location_id, product_id,
                          %(columns)s
                     FROM jxc_demand_new new
                     JOIN jxc_demand_key key USING (location_id)
                    WHERE (new.days != '{}' OR new.moved_days != '{}')
                      AND NOT EXISTS (SELECT FROM jxc_demand_series series
                                       WHERE series.location_id = new.location_id
                                         AND series.product_id = new.product_id)
                    ORDER BY location_id, product_id""",
                company=company.id,
                columns=columns,
            )
        )
        counts["inserted"] = cr.rowcount
        self.env["jxc.demand.series"].invalidate_model()
        self.env["jxc.stock.out"].invalidate_model()
        self.invalidate_model()
        return counts

    # -- counting everything -----------------------------------------------------

    def _count_all(self, company, state, fingerprint: str) -> dict[str, int]:
        """Count from all moves; the returned ``differences`` are 0 by definition."""
        self._temporary(
            "jxc_demand_pair",
            SQL(
                """SELECT id AS move_id, origin_returned_move_id AS origin_id
                     FROM stock_move
                    WHERE origin_returned_move_id IS NOT NULL AND company_id = %s""",
                company.id,
            ),
        )
        create_marks(company)
        self._load_series(company)
        counts = self._write(company, partial=False)
        # sudo: as in _state
        values = {
            "fingerprint": fingerprint,
            "rebuilt_day": self._today(company),
            "rebuilt_at": fields.Datetime.now(),
            "differences": 0,
        }
        if state:
            state.write(values)
        else:
            state = state.create({"company_id": company.id, **values})
        self.env.flush_all()
        changes = self._take_changes(company, state.rebuilt_day)
        return {"changes": changes, "days": 0, **counts, "differences": 0}

    def _today(self, company):
        return fields.Datetime.context_timestamp(
            self.with_context(tz=timezone(company)), fields.Datetime.now()
        ).date()

    # -- counting what changed ---------------------------------------------------

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

    def _take_changes(self, company, frontier) -> int:
        """Move the noted changes to ``jxc_demand_taken``.

        Kept noted are *strays*: lines of days since the last complete count (the
        frontier) whose date lies off their move's, so that Odoo's index on the moves'
        date does not lead to them.
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
                           WHERE l.id = taken.line_id AND l.state = 'done'
                             AND l.date >= %(frontier)s
                             AND l.date NOT BETWEEN move.date - %(slack)s::interval
                                                AND move.date + %(slack)s::interval)""",
                frontier=start_of(SQL("%s::date", frontier), timezone(company)),
                slack=SLACK,
            )
        )
        return self.env.cr.rowcount

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
                          FROM chain JOIN stock_move move ON move.id = chain.move_id
                         WHERE move.origin_returned_move_id IS NOT NULL
                   ), dirty AS (
                        SELECT product_id, %(taken)s AS day
                          FROM jxc_demand_taken taken WHERE date IS NOT NULL
                         UNION
                        SELECT l.product_id, %(line)s
                          FROM chain JOIN stock_move_line l ON l.move_id = chain.move_id
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

    def _find_lines(self, company, frontier) -> None:
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
                          l.quantity_product_uom::float8 AS quantity, dirty.day
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

    def _find_returns(self) -> None:
        """``jxc_demand_pair``: the returns of the lines' moves, down the chains."""
        self._temporary(
            "jxc_demand_pair",
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
        )

    def _merge_days(self) -> None:
        """``jxc_demand_arrays``: the series touched, with the days counted again.

        What lies before a series' first day to count is kept as it is, unread.
        """
        self._temporary(
            "jxc_demand_arrays",
            SQL(
                """WITH first AS (
                        SELECT product_id, min(day) AS day
                          FROM jxc_demand_dirty GROUP BY product_id
                   ), old AS (
                        SELECT series.*, width_bucket(first.day - 1, days) AS kept,
                               width_bucket(first.day - 1, moved_days) AS moved_kept
                          FROM jxc_demand_series series
                          JOIN first USING (product_id)
                         WHERE location_id IN (SELECT location_id FROM jxc_demand_key)
                   ), stored AS (
                        SELECT location_id, product_id, tail.*
                          FROM old
                         CROSS JOIN LATERAL (
                               SELECT *, 0::float8 AS moved, true AS wanted
                                 FROM unnest(
                                      days[kept + 1:], quantity[kept + 1:],
                                      lines[kept + 1:], largest[kept + 1:],
                                      returned[kept + 1:]
                                      ) AS day(day, quantity, lines, largest, returned)
                                UNION ALL
                               SELECT day, NULL, NULL, NULL, NULL, moved, false
                                 FROM unnest(
                                      moved_days[moved_kept + 1:],
                                      moved[moved_kept + 1:]) AS day(day, moved)
                               ) AS tail
                         WHERE NOT EXISTS (SELECT FROM jxc_demand_dirty dirty
                                            WHERE dirty.product_id = old.product_id
                                              AND dirty.day = tail.day)
                   ), part AS (
                        SELECT * FROM stored
                         UNION ALL
                        SELECT location_id, product_id, day, quantity, lines, largest,
                               returned, moved, wanted
                          FROM jxc_demand_count
                   ), tail AS (
                        SELECT location_id, product_id, %(arrays)s
                          FROM part GROUP BY location_id, product_id
                   )
                   SELECT location_id, product_id,
                          COALESCE(old.days[:kept], '{}')
                          || COALESCE(tail.days, '{}') AS days,
                          COALESCE(old.quantity[:kept], '{}')
                          || COALESCE(tail.quantity, '{}') AS quantity,
                          COALESCE(old.lines[:kept], '{}')
                          || COALESCE(tail.lines, '{}') AS lines,
                          COALESCE(old.largest[:kept], '{}')
                          || COALESCE(tail.largest, '{}') AS largest,
                          COALESCE(old.returned[:kept], '{}')
                          || COALESCE(tail.returned, '{}') AS returned,
                          COALESCE(old.moved_days[:moved_kept], '{}')
                          || COALESCE(tail.moved_days, '{}') AS moved_days,
                          COALESCE(old.moved[:moved_kept], '{}')
                          || COALESCE(tail.moved, '{}') AS moved
                     FROM old FULL JOIN tail USING (location_id, product_id)""",
                arrays=_arrays(SQL("ORDER BY day")),
            ),
        )


def _arrays(order: SQL) -> SQL:
    """A series' arrays out of its days, of which some only count for the stock."""
    return SQL(", ").join(
        SQL(
            "COALESCE(array_agg(%s %s) FILTER (WHERE %s), '{}') AS %s",
            SQL.identifier(source),
            order,
            SQL("moved != 0") if name in MOVED else SQL("wanted"),
            SQL.identifier(name),
        )
        for name, source in (DAYS | MOVED).items()
    )
