from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

from . import jxc_bulk
from .jxc_demand_changed import frontier_of
from .jxc_demand_count import COUNTED, TYPES
from .jxc_demand_scope import create_places, timezone
from .jxc_demand_series import LINKS
from .jxc_link import hold

#: class of our advisory locks; the object is the company
LOCK = 0x6A7864
#: from this many changes on, counting everything is faster than repairing
MANY_CHANGES = 500_000


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
        frontier = frontier_of(state.rebuilt_day)
        self._take_changes(company, frontier)
        days = self._find_days(company)
        self._find_lines(company, frontier)
        self._load_changed(company)
        return {"changes": changes, "days": days, **self._write_ends(company)}

    # -- steps of both -----------------------------------------------------------

    def _lock(self, company, *, shared: bool = False) -> bool:
        """Keep a second count of the company out until the end of the transaction.

        :param shared: but for others that count shares of the same
        """
        [[held]] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock%s(%s, %s)",
                SQL("_shared") if shared else SQL(),
                LOCK,
                company.id,
            )
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
        cr.execute(
            SQL(
                """DROP TABLE IF EXISTS %(name)s;
                   CREATE TEMP TABLE %(name)s ON COMMIT DROP AS %(query)s""",
                name=name,
                query=query,
            )
        )
        count = cr.rowcount
        self._analyze(table)
        return count

    def _create(self, table: str, types: dict[str, str]) -> None:
        """Make an empty temporary table of columns with their types.

        Arrays are not compressed in it: they are soon somewhere else.
        """
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
        arrays = [column for column, kind in types.items() if kind.endswith("[]")]
        if arrays:
            cr.execute(
                SQL(
                    "ALTER TABLE %s %s",
                    name,
                    SQL(", ").join(
                        SQL(
                            "ALTER %s SET STORAGE EXTERNAL",
                            SQL.identifier(column),
                        )
                        for column in arrays
                    ),
                )
            )

    def _analyze(self, table: str, *columns: str) -> None:
        names = SQL(", ").join(map(SQL.identifier, columns))
        some = SQL("(%s)", names) if columns else SQL()
        self.env.cr.execute(SQL("ANALYZE %s %s", SQL.identifier(table), some))

    def _insert_new(self) -> int:
        """Add the series of ``jxc_demand_new`` that are not stored; their number."""
        self._hold("jxc_demand_new")
        self.env.cr.execute(
            SQL(
                """INSERT INTO jxc_demand_series (%(columns)s)
                   SELECT %(columns)s FROM jxc_demand_new new
                    WHERE (new.days != '{}' OR new.moved_days != '{}')
                      AND NOT EXISTS (SELECT FROM jxc_demand_series series
                                       WHERE series.location_id = new.location_id
                                         AND series.product_id = new.product_id)""",
                columns=SQL(", ").join(map(SQL.identifier, TYPES)),
            )
        )
        return self.env.cr.rowcount

    def _hold(self, table: str) -> None:
        """Let nobody delete what series refer to until we commit."""
        hold(self.env["jxc.demand.series"], table, LINKS)

    def _forget_read(self) -> None:
        """Series were written: what was read of them does not hold any more."""
        self.env["jxc.demand.series"].invalidate_model()
        self.env["jxc.stock.out"].invalidate_model()
        self.invalidate_model()

    # -- counting everything -----------------------------------------------------

    def _count_all(self, company, state, fingerprint: str) -> dict[str, int]:
        """Count from all moves; the returned ``differences`` are 0 by definition."""
        today = self._today(company)
        frontier = frontier_of(today)
        known = self.env.execute_query(
            SQL(
                "SELECT FROM jxc_demand_series WHERE company_id = %s LIMIT 1",
                company.id,
            )
        )
        if known:
            self._create("jxc_demand_new", TYPES)
            moves, _count = self._load_every(company, "jxc_demand_new", frontier)
            # of the arrays nothing need be known
            self._analyze("jxc_demand_new", "location_id", "product_id")
            counts = self._write_all(company)
        else:
            # nothing to compare with: no need to write all twice
            moves, count = self._load_every(company, "jxc_demand_series", frontier)
            self._hold("jxc_demand_series")
            counts = {"deleted": 0, "updated": 0, "inserted": count}
            self._forget_read()
        # sudo: as in _state
        values = {
            "fingerprint": fingerprint,
            "rebuilt_day": today,
            "rebuilt_at": fields.Datetime.now(),
            "differences": 0,
        }
        if state:
            state.write(values)
        else:
            state.create({"company_id": company.id, **values})
        changes = self._drop_changes(company, frontier, moves)
        return {"changes": changes, "days": 0, **counts, "differences": 0}

    def _write_all(self, company) -> dict[str, int]:
        """Make the stored series those of ``jxc_demand_new``; writes what differs."""
        cr, counts = self.env.cr, {}
        cr.execute(
            SQL(
                """DELETE FROM jxc_demand_series series
                    WHERE company_id = %s
                      AND NOT EXISTS (SELECT FROM jxc_demand_new new
                                       WHERE new.location_id = series.location_id
                                         AND new.product_id = series.product_id)""",
                company.id,
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
        counts["inserted"] = self._insert_new()
        self._forget_read()
        return counts

    def _today(self, company):
        return fields.Datetime.context_timestamp(
            self.with_context(tz=timezone(company)), fields.Datetime.now()
        ).date()
